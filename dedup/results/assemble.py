"""From clusters of bodies to clusters of articles: members, roles, origin, canonical copy, and the pairs written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from math import inf
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.attribution.canonical import canonical
from dedup.attribution.features import MemberEvidence
from dedup.attribution.score import decide
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.pair_table import Verified
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry, registry
from dedup.inputs.batch import taken
from dedup.inputs.dates import When, parse
from dedup.kernels.union_find import crossed, flat
from dedup.model import Evidence, Origin

#: In clusters of more members only the pairs with the canonical copy are written.
ALL_PAIRS = 200
#: Pairs of two groups of identical articles across clusters are written one by one up to so many.
ACROSS = 400
#: Bodies of a cluster from which on its articles are gathered as a column.
MANY = 64
#: The lag of an article whose time is not known.
NO_LAG = np.iinfo(np.int64).min

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class View:
    """What assembling needs of a corpus: columns by rank, the representative of every article, what it says."""

    ids: list[str]
    table: pa.Table
    rep: Ints
    count: Ints
    said: dict[int, list[Observation]]
    registry: Registry = field(default_factory=registry)

    def members(self, ranks: Ints) -> Members:
        """What decides of some articles on origin and canonical copy."""
        return OneByOne(self, ranks)


class Members(Protocol):
    """Articles of clusters, one cluster after the other.

    seconds (n,): infinite where no time is known; exact (n,): whether the time is more than a date.
    """

    seconds: NDArray[np.float64]
    exact: NDArray[np.bool_]

    def decide(self, low: int, high: int, words: int, retold: NDArray[np.bool_]) -> tuple[Origin, int, float]:
        """Of the cluster that stands from `low` to `high`: its origin, the place of the canonical copy and how sure
        that is. words: of the longest copy; retold: which members tell the story in other words."""


class OneByOne:
    """Members as a scan has them."""

    def __init__(self, view: View, ranks: Ints) -> None:
        self._registry = view.registry
        self._witnesses = _witnesses(view, ranks, map(parse, _column(view, "published", ranks)))
        self.seconds = np.array([w.when.seconds if w.when else inf for w in self._witnesses])
        self.exact = np.array([w.when is not None and w.when.exact for w in self._witnesses], np.bool_)

    def decide(self, low: int, high: int, words: int, retold: NDArray[np.bool_]) -> tuple[Origin, int, float]:
        own = self._witnesses[low:high]
        origin = decide(own, self._registry)
        return (origin, *canonical(own, origin, words, self._registry, retold.tolist()))


@dataclass(frozen=True)
class Group:
    """One cluster: its bodies (core first) and its articles, by rank."""

    bodies: list[int]
    articles: list[int]


@dataclass(frozen=True)
class Twins:
    """The articles of every body: those of body b are `article[first[b] : first[b] + count[b]]`, ascending."""

    article: Ints
    first: Ints
    count: Ints

    @classmethod
    def of(cls, rep: Ints) -> Twins:
        """rep (n,): representative of each article, -1 for none."""
        rows = np.flatnonzero(rep >= 0)
        count = np.bincount(rep[rows], minlength=len(rep))
        return cls(rows[np.argsort(rep[rows], kind="stable")], np.cumsum(count) - count, count)


@dataclass(frozen=True)
class Assembled:
    """k clusters of m articles as columns, each with its canonical copy first, then by time.

    first (k + 1,) int64: the members of cluster i are `first[i]` to `first[i + 1]`. By member, toward the canonical
    copy: rank (m,) int64, relation (m,) uint8 codes, direction (m,) int8 (1: member in canonical, -1: canonical in
    member), resemblance and containment (m,) int64 ten-thousandths; lag (m,) int64 seconds, or NO_LAG. By cluster:
    its origin, and the probability of the canonical copy.
    """

    first: Ints
    rank: Ints
    relation: NDArray[np.uint8]
    direction: NDArray[np.int8]
    resemblance: Ints
    containment: Ints
    lag: Ints
    origins: list[Origin]
    probability: list[float]

    @property
    def sizes(self) -> Ints:
        """How many members each cluster has (k,)."""
        return np.diff(self.first)

    @property
    def kept(self) -> Ints:
        """The rank of the canonical copy of each cluster (k,)."""
        return self.rank[self.first[:-1]]

    @property
    def number(self) -> Ints:
        """The number of the cluster of each member (m,)."""
        return np.repeat(np.arange(len(self.origins)), self.sizes)


def groups(rep: Ints, clusters: Sequence[Sequence[int]]) -> tuple[list[Group], Twins]:
    """Clusters with all their articles, largest first, then by smallest id; and the articles of every body.

    rep (n,): representative of each article, -1 for none. A body that only identical articles share is a cluster too.
    """
    twins = Twins.of(rep)
    article, first, count = twins.article.tolist(), twins.first.tolist(), twins.count.tolist()
    alone = twins.count > 1
    alone[flat(clusters)[0]] = False
    parts = [list(part) for part in clusters] + [[body] for body in np.flatnonzero(alone).tolist()]

    def articles(part: list[int]) -> list[int]:
        if len(part) < MANY:
            return sorted(m for b in part for m in article[first[b] : first[b] + count[b]])
        own = np.array(part, np.int64)
        begin, left = np.zeros(len(own), np.int64), np.ones(len(own), np.int64)
        place, _, _ = crossed(twins.first[own], twins.count[own], begin, left)
        return np.sort(twins.article[place]).tolist()  # type: ignore[no-any-return]

    found = [Group(part, articles(part)) for part in parts]
    found.sort(key=lambda g: (-len(g.articles), g.articles[0]))
    return found, twins


def build(
    view: View, parts: Sequence[Group], edges: Verified, verify: Callable[[NDArray[np.int64]], Verified]
) -> Assembled:
    """The clusters as columns. Pairs with the canonical copy that were not compared yet are compared, in one go."""
    article, first = flat([part.articles for part in parts])
    body, body_first = flat([part.bodies for part in parts])
    members = view.members(article)
    bodies = np.diff(body_first)
    core = np.repeat(body[body_first[:-1]], bodies)
    of_body = np.zeros(len(view.rep), np.int64)
    of_body[body] = np.arange(len(body))
    retold = _retold(edges, body, core, np.repeat(bodies, bodies))
    own_words = np.where(retold, 0, view.count[body])
    longest = np.maximum.reduceat(own_words, body_first[:-1]) if parts else np.zeros(0, np.int64)
    reworded = retold[of_body[view.rep[article]]]
    origins, probability, best = [], [], []
    for low, high, words in zip(first[:-1].tolist(), first[1:].tolist(), longest.tolist(), strict=True):
        origin, place, sure = members.decide(low, high, words, reworded[low:high])
        origins.append(origin)
        best.append(low + place)
        probability.append(sure)
    kept = np.repeat(view.rep[article[best]], bodies)
    missing = edges.missing(np.stack([body, kept], 1)[body != kept])
    if len(missing):
        edges.extend(verify(missing))
    relation, direction, resemblance, containment = _toward(edges, body, kept, core)
    order, lag = _in_time(members.seconds.copy(), members.exact, first, np.array(best, np.int64))
    rows = of_body[view.rep[article[order]]]
    return Assembled(
        first, article[order], relation[rows], direction[rows], resemblance[rows], containment[rows], lag[order],
        origins, probability,
    )  # fmt: skip


def _retold(edges: Verified, body: Ints, core: Ints, together: Ints) -> NDArray[np.bool_]:
    """Which bodies are others' words for the story of the core. Of two alone nobody knows which was the first.

    together: how many bodies are in each one's cluster.
    """
    out = np.zeros(len(body), np.bool_)
    if not (edges.relation == r.REWRITE).any():
        return out
    other = np.flatnonzero((body != core) & (together > 2))
    rows = edges.rows(body[other], core[other])
    out[other] = (rows >= 0) & (edges.relation[rows] == r.REWRITE)
    return out


def _column(view: View, name: str, ranks: Ints) -> list[str | None]:
    return taken(view.table.column(name), ranks)


def _witnesses(view: View, ranks: Ints, when: Iterable[When | None]) -> list[MemberEvidence]:
    rows = ranks.tolist()
    ids = [view.ids[rank] for rank in rows]
    said = [
        tuple([Evidence(name, *item, 0.0) for item in heard]) if (heard := view.said.get(rank)) else ()
        for rank, name in zip(rows, ids, strict=True)
    ]
    return list(map(MemberEvidence, ids, _column(view, "domain", ranks), when, view.count[ranks].tolist(), said))


def _in_time(seconds: NDArray[np.float64], exact: NDArray[np.bool_], first: Ints, best: Ints) -> tuple[Ints, Ints]:
    """The order of the members, and the lag of each (not in that order).

    The canonical copy comes first, undated members last; the sort is stable, and the articles of a part ascend.
    """
    number = np.repeat(np.arange(len(best)), np.diff(first))
    # Where no member has an exact time, the earliest is infinite, and is asked of by none.
    earliest = np.minimum.reduceat(np.where(exact, seconds, inf), first[:-1]) if len(best) else seconds
    lag = np.full(len(seconds), NO_LAG)
    lag[exact] = np.rint(seconds[exact] - earliest[number[exact]])
    seconds[best] = -inf
    return np.lexsort((seconds, number)), lag


def _toward(
    edges: Verified, body: Ints, kept: Ints, core: Ints
) -> tuple[NDArray[np.uint8], NDArray[np.int8], Ints, Ints]:
    """Relation code, direction, resemblance and containment of bodies toward the canonical one of their cluster."""
    relation, direction = np.full(len(body), r.IDENTICAL, np.uint8), np.zeros(len(body), np.int8)
    resemblance, containment = np.full(len(body), 10_000), np.full(len(body), 10_000)
    other = np.flatnonzero(body != kept)
    if len(other) == 0:
        return relation, direction, resemblance, containment
    body, kept, core = body[other], kept[other], core[other]
    rows = edges.rows(body, kept)
    code = edges.relation[rows]
    # The member is verified against the core; the canonical copy may be a shorter one.
    apart = np.flatnonzero(~r.JOINS[code])
    to_core = edges.relation[edges.rows(body[apart], core[apart])]
    code[apart] = np.where(body[apart] == core[apart], r.VERSION, to_core)
    # Of a canonical copy that rewrites the core, the core's copies are rewrites too.
    retold = (kept[apart] != core[apart]) & (edges.relation[edges.rows(kept[apart], core[apart])] == r.REWRITE)
    code[apart[retold]] = r.REWRITE
    f = edges.features[rows].astype(np.int64)
    a_in_b = np.where(f[:, c.LENGTH_A] < f[:, c.LENGTH_B], 1, -1)
    shared, size_a, size_b = f[:, c.SHARED], np.maximum(1, f[:, c.SIZE_A]), np.maximum(1, f[:, c.SIZE_B])
    relation[other] = code
    direction[other] = np.where(code == r.EXCERPT, np.where(body < kept, a_in_b, -a_in_b), 0)
    resemblance[other] = r.ten_thousandths(shared, size_a + size_b - shared)
    containment[other] = r.ten_thousandths(shared, np.minimum(size_a, size_b))
    return relation, direction, resemblance, containment


@dataclass(frozen=True)
class Written:
    """Pairs to write, by (a, b): ranks, the row of `edges` that holds the numbers (-1: identical bodies), whether the
    row's a is the pair's b, and how many more pairs are implied."""

    a: Ints
    b: Ints
    row: Ints
    swapped: NDArray[np.bool_]
    implied: int


def pairs(parts: Sequence[Group], kept: Ints, rep: Ints, twins: Twins, edges: Verified) -> Written:
    """Which pairs of articles are written: all verified ones of clusters up to ALL_PAIRS, else those with the
    canonical copy, and all across clusters.

    kept (parts,): the rank of each cluster's canonical copy.
    """
    home = np.full(len(rep), -1, np.int64)
    body, body_first = flat([part.bodies for part in parts])
    home[body] = np.repeat(np.arange(len(parts)), np.diff(body_first))
    large = np.array([len(part.articles) > ALL_PAIRS for part in parts], np.bool_)
    chosen, implied = _verified_pairs(home, large, twins, edges)
    same = body[~large[home[body]]]
    i, j, _ = crossed(twins.first[same], twins.count[same], twins.first[same], twins.count[same])
    i, j = i[i < j], j[i < j]
    chosen.append((twins.article[i], twins.article[j], np.full(len(i), -1)))
    for number in np.flatnonzero(large).tolist():
        size = len(parts[number].articles)
        implied += size * (size - 1) // 2 - (size - 1)
        members = np.array([m for m in parts[number].articles if m != kept[number]])
        keeper = np.full(size - 1, kept[number])
        rows = np.full(size - 1, -1)
        other = np.flatnonzero(rep[members] != rep[keeper])
        rows[other] = edges.rows(rep[members[other]], rep[keeper[other]])
        chosen.append((members, keeper, rows))
    a, b, row = (np.concatenate(column) for column in zip(*chosen, strict=True))
    low, high = np.minimum(a, b), np.maximum(a, b)
    # A row's a is the smaller representative; the articles that stand for it may be in the other order.
    flipped = np.where(row >= 0, rep[low] != edges.a[row], False) if len(edges) else np.zeros(len(a), np.bool_)
    order = np.lexsort((high, low))
    keep = edges.relation[row[order]] != r.NONE if len(edges) else np.ones(len(order), np.bool_)
    keep |= row[order] < 0
    order = order[keep]
    return Written(low[order], high[order], row[order], flipped[order], implied)


def _verified_pairs(
    home: Ints, large: NDArray[np.bool_], twins: Twins, edges: Verified
) -> tuple[list[tuple[Ints, Ints, Ints]], int]:
    """The articles (a, b) of all related pairs of bodies that are not within a large cluster, with their rows.

    home (n,): the number of each body's cluster, or -1. Of many articles across clusters only the first are taken;
    how many are left out is the second result.
    """
    row = np.flatnonzero(edges.relation != r.NONE)
    x, y = edges.a[row], edges.b[row]
    inside = (home[x] >= 0) & (home[x] == home[y])
    wanted = ~inside
    wanted[inside] = ~large[home[x[inside]]]
    row, x, y, inside = row[wanted], x[wanted], y[wanted], inside[wanted]
    left, right = twins.count[x], twins.count[y]
    many = ~inside & (left * right > ACROSS)
    implied = int((left * right - 1)[many].sum())
    left, right = np.where(many, 1, left), np.where(many, 1, right)
    i, j, source = crossed(twins.first[x], left, twins.first[y], right)
    return [(twins.article[i], twins.article[j], row[source])], implied


def all_within(parts: Sequence[Group], edges: Verified) -> NDArray[np.int64]:
    """The pairs (m, 2) of bodies of one cluster of up to ALL_PAIRS articles that were not compared yet."""
    body, first = flat([part.bodies for part in parts if len(part.bodies) > 2 and len(part.articles) <= ALL_PAIRS])
    i, j, _ = crossed(first[:-1], np.diff(first), first[:-1], np.diff(first))
    return edges.missing(np.stack([body[i[i < j]], body[j[i < j]]], axis=1))


class Alone(NamedTuple):
    """Origins of articles in no cluster.

    `single`: of those that say something of their source or stand on an agency's site, by rank; `unknown`: of all
    others, `which` (n,) int64 of them. What nobody says is as likely unknown as its host is one to write.
    """

    single: dict[int, Origin]
    unknown: list[Origin]
    which: Ints


def singles(view: View, alone: NDArray[np.bool_], domain: Ints, names: Sequence[str]) -> Alone:
    """The origins of the articles that stand `alone`; domain (n,): the number of each one's name, -1 for none."""
    hosts = [view.registry.host(name) for name in names]
    # One domain of each sort speaks for all: -1 is the last, that of articles without one.
    sorts = {(host.kind, host.republishes): name for name, host in zip(names, hosts, strict=True)}
    number = {key: i for i, key in enumerate(sorts)}
    unknown = [decide([MemberEvidence("", name, None, 0)], view.registry) for name in (*sorts.values(), None)]
    sort = np.array([*(number[host.kind, host.republishes] for host in hosts), len(sorts)], np.int64)
    telling = np.array([origin.name is not None for origin in unknown])[sort[domain]]  # an agency's own site
    telling[list(view.said)] = True
    ranks = np.flatnonzero(telling & alone)
    single = {
        rank: decide([witness], view.registry)
        for rank, witness in zip(ranks.tolist(), _witnesses(view, ranks, repeat(None)), strict=True)
    }
    return Alone(single, [replace(origin, evidence=(), rivals=()) for origin in unknown], sort[domain])
