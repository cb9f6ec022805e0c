"""From clusters of bodies to clusters of articles: members, roles, origin, canonical copy, and the pairs written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.articles.batch import int_array
from dedup.articles.dates import parse
from dedup.clusters import align as c
from dedup.clusters import relate as r
from dedup.clusters.group import Verified
from dedup.clusters.origin.decide import Witness, decide
from dedup.clusters.origin.keep import canonical
from dedup.clusters.origin.registry import Registry, registry
from dedup.clusters.origin.said import Said
from dedup.model import Cluster, Evidence, Member, Origin, Relation

#: In clusters of more members only the pairs with the canonical copy are written.
ALL_PAIRS = 200
#: Pairs of two groups of identical articles across clusters are written one by one up to so many.
ACROSS = 400

#: The columns of a `Row`.
COLUMNS = ("url", "domain", "title", "published")

_ROLES = {
    r.IDENTICAL: "copy",
    r.NEAR_COPY: "copy",
    r.VERSION: "version",
    r.EXCERPT: "excerpt",
    r.REWRITE: "rewrite",
}
_UPDATE = re.compile(r"^\W*(?:UPDATE|WRAPUP|RPT|CORRECTED|REFILE)\b\W*(\d*)", re.IGNORECASE)


@dataclass(frozen=True)
class View:
    """What assembling needs of a corpus: columns by rank, the representative of every article, what it says."""

    ids: list[str]
    table: pa.Table
    rep: NDArray[np.int64]
    count: NDArray[np.int64]
    said: dict[int, list[Said]]
    registry: Registry = field(default_factory=registry)


@dataclass(frozen=True)
class Group:
    """One cluster: its bodies (core first), its articles by rank, and, once known, its canonical article."""

    bodies: list[int]
    articles: list[int]


def groups(rep: NDArray[np.int64], clusters: Sequence[Sequence[int]]) -> tuple[list[Group], dict[int, list[int]]]:
    """Clusters with all their articles, largest first, then by smallest id; and the articles of every repeated body.

    rep (n,): representative of each article, -1 for none. A body that only identical articles share is a cluster too.
    """
    rows = np.flatnonzero(rep >= 0)
    order = rows[np.argsort(rep[rows], kind="stable")]
    starts = np.flatnonzero(np.append(True, np.diff(rep[order]) != 0)) if len(order) else np.zeros(0, np.int64)
    sizes = np.diff(np.append(starts, len(order)))
    repeated = {
        int(rep[order[s]]): order[s : s + k].tolist()
        for s, k in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True)
    }
    used = {body for part in clusters for body in part}
    parts = [list(part) for part in clusters] + [[body] for body in repeated if body not in used]
    found = [Group(part, sorted(m for body in part for m in repeated.get(body, [body]))) for part in parts]
    found.sort(key=lambda g: (-len(g.articles), g.articles[0]))
    return found, repeated


def build(
    view: View, parts: Sequence[Group], edges: Verified, verify: Callable[[NDArray[np.int64]], Verified]
) -> list[Cluster]:
    """The clusters as values. Pairs with the canonical copy that were not compared yet are compared, in one go."""
    rows = _rows(view.table, [m for part in parts for m in part.articles])
    chosen = []
    at = 0
    for part in parts:
        own = rows[at : at + len(part.articles)]
        at += len(own)
        witnesses = [_witness(view, rank, row) for rank, row in zip(part.articles, own, strict=True)]
        origin = decide(witnesses, view.registry)
        best, probability = canonical(
            witnesses, origin, max(int(view.count[b]) for b in part.bodies), view.registry
        )
        chosen.append((part, own, witnesses, origin, best, probability))
    toward = [(b, int(view.rep[part.articles[best]])) for part, _, _, _, best, _ in chosen for b in part.bodies]
    missing = edges.missing(np.array([pair for pair in toward if pair[0] != pair[1]], np.int64))
    if len(missing):
        edges.extend(verify(missing))
    return [
        Cluster(f"c{number:06d}", _members(view, own, part, witnesses, best, edges), origin, probability)
        for number, (part, own, witnesses, origin, best, probability) in enumerate(chosen, 1)
    ]


#: What is kept of an article, as text: url, domain, title, published.
Row = tuple[str | None, ...]


def _rows(table: pa.Table, ranks: Sequence[int]) -> list[Row]:
    part = table.take(int_array(ranks))
    return list(zip(*[part.column(name).to_pylist() for name in COLUMNS], strict=True))


def _witness(view: View, rank: int, row: Row) -> Witness:
    heard = view.said.get(rank)
    said = tuple([Evidence(view.ids[rank], *item, 0.0) for item in heard]) if heard else ()
    _, domain, _, published = row
    return Witness(view.ids[rank], domain, parse(published), int(view.count[rank]), said)


def _members(
    view: View, rows: Sequence[Row], part: Group, witnesses: Sequence[Witness], best: int, edges: Verified
) -> tuple[Member, ...]:
    earliest = min([w.when.seconds for w in witnesses if w.when and w.when.exact], default=None)
    body = int(view.rep[part.articles[best]])
    toward = {b: _toward(edges, b, body, part.bodies[0]) for b in part.bodies}
    # Undated members come last; the sort is stable, and the articles of a part ascend.
    times = [w.when.seconds if w.when else inf for w in witnesses]
    times[best] = -inf
    members = []
    for i in sorted(range(len(times)), key=times.__getitem__):
        rank, when, (url, domain, title, published) = part.articles[i], witnesses[i].when, rows[i]
        code, direction, resemblance, containment = toward[int(view.rep[rank])]
        lag = round(when.seconds - earliest) if when is not None and when.exact and earliest is not None else None
        role = "canonical" if i == best else _ROLES[code]
        relation = r.RELATIONS[code] or Relation.VERSION
        members.append(
            Member(
                view.ids[rank], url, domain, title, published, role, relation, direction, resemblance, containment, lag
            )
        )
    return tuple(members)


def _toward(edges: Verified, body: int, kept: int, core: int) -> tuple[int, str | None, float, float]:
    """Relation code, direction, resemblance and containment of a body toward the canonical one."""
    if body == kept:
        return r.IDENTICAL, None, 1.0, 1.0
    row = edges.find(body, kept)
    f = edges.features[row].tolist()
    code = int(edges.relation[row])
    if not r.JOINS[code]:
        # The member is verified against the core; the canonical copy may be a shorter one.
        code = int(edges.relation[edges.find(body, core)]) if body != core else r.VERSION
    direction = None
    if code == r.EXCERPT:
        a_is_short = f[c.LENGTH_A] < f[c.LENGTH_B]
        direction = "member_in_canonical" if a_is_short == (body < kept) else "canonical_in_member"
    shared, size_a, size_b = f[c.SHARED], max(1, f[c.SIZE_A]), max(1, f[c.SIZE_B])
    return code, direction, r.ratio(shared, size_a + size_b - shared), r.ratio(shared, min(size_a, size_b))


@dataclass(frozen=True)
class Written:
    """Pairs to write, by (a, b): ranks, the row of `edges` that holds the numbers (-1: identical bodies), whether the
    row's a is the pair's b, and how many more pairs are implied."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    row: NDArray[np.int64]
    swapped: NDArray[np.bool_]
    implied: int


def pairs(
    parts: Sequence[Group],
    kept: Sequence[int],
    rep: NDArray[np.int64],
    repeated: dict[int, list[int]],
    edges: Verified,
) -> Written:
    """Which pairs of articles are written: all verified ones of clusters up to ALL_PAIRS, else those with the
    canonical copy, and all across clusters."""
    home = np.full(len(rep), -1, np.int64)
    for number, part in enumerate(parts):
        home[part.bodies] = number
    related = np.flatnonzero(edges.relation != r.NONE)
    x, y = edges.a[related], edges.b[related]
    inside = (home[x] >= 0) & (home[x] == home[y])
    large = np.array([len(part.articles) > ALL_PAIRS for part in parts], np.bool_)
    in_large = np.zeros(len(related), np.bool_)
    in_large[inside] = large[home[x[inside]]]
    single = np.ones(len(rep) + 1, np.bool_)
    single[list(repeated)] = False
    plain = single[x] & single[y] & ~in_large
    out_a, out_b, out_row = [x[plain]], [y[plain]], [related[plain]]
    more: list[tuple[int, int, int]] = []
    implied = 0
    for row, a, b, within in zip(
        related[~plain & ~in_large].tolist(), x[~plain & ~in_large].tolist(), y[~plain & ~in_large].tolist(),
        inside[~plain & ~in_large].tolist(), strict=True,
    ):  # fmt: skip
        left, right = repeated.get(a, [a]), repeated.get(b, [b])
        if not within and len(left) * len(right) > ACROSS:
            implied += len(left) * len(right) - 1
            left, right = left[:1], right[:1]
        more.extend((m, n, row) for m in left for n in right)
    for number, part in enumerate(parts):
        if large[number]:
            implied += len(part.articles) * (len(part.articles) - 1) // 2 - (len(part.articles) - 1)
            keeper = kept[number]
            for m in part.articles:
                if m != keeper:
                    same = rep[m] == rep[keeper]
                    more.append((m, keeper, -1 if same else edges.find(int(rep[m]), int(rep[keeper]))))
        else:
            for body in part.bodies:
                twins = repeated.get(body, ())
                more.extend((m, n, -1) for i, m in enumerate(twins) for n in twins[i + 1 :])
    if more:
        extra = np.array(more, np.int64)
        out_a.append(extra[:, 0])
        out_b.append(extra[:, 1])
        out_row.append(extra[:, 2])
    a, b, row = np.concatenate(out_a), np.concatenate(out_b), np.concatenate(out_row)
    low, high = np.minimum(a, b), np.maximum(a, b)
    # A row's a is the smaller representative; the articles that stand for it may be in the other order.
    flipped = np.where(row >= 0, rep[low] != edges.a[row], False) if len(edges) else np.zeros(len(a), np.bool_)
    order = np.lexsort((high, low))
    keep = edges.relation[row[order]] != r.NONE if len(edges) else np.ones(len(order), np.bool_)
    keep |= row[order] < 0
    order = order[keep]
    return Written(low[order], high[order], row[order], flipped[order], implied)


def all_within(parts: Sequence[Group], edges: Verified) -> NDArray[np.int64]:
    """The pairs (m, 2) of bodies of one cluster of up to ALL_PAIRS articles that were not compared yet."""
    wanted = [np.zeros((0, 2), np.int64)]
    for part in parts:
        if len(part.bodies) > 2 and len(part.articles) <= ALL_PAIRS:
            bodies = np.array(part.bodies)
            i, j = np.triu_indices(len(bodies), 1)
            wanted.append(np.stack([bodies[i], bodies[j]], axis=1))
    return edges.missing(np.concatenate(wanted))


def newer(titles: Sequence[str | None]) -> NDArray[np.int64]:
    """How late a version each title says its text is: the number of an update, 1 for a correction, 0 for none."""
    out = np.zeros(len(titles), np.int64)
    for i, title in enumerate(titles):
        found = _UPDATE.match(title) if title else None
        if found:
            out[i] = int(found.group(1)[:4] or 1)
    return out


def singles(view: View, clustered: NDArray[np.bool_]) -> dict[int, Origin]:
    """Origins of unclustered articles that say something of their source, or stand on the domain of an agency."""
    found = {}
    ranks = [rank for rank in sorted(view.said) if not clustered[rank]]
    domains = view.table.column("domain").take(int_array(ranks)).to_pylist()
    for rank, domain in zip(ranks, domains, strict=True):
        said = tuple(Evidence(view.ids[rank], *item, 0.0) for item in view.said[rank])
        found[rank] = decide([Witness(view.ids[rank], domain, None, 0, said)], view.registry)
    return found
