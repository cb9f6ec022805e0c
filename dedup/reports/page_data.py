"""What `report.html` holds beside its template: the clusters and the texts of their articles, as JSON inside HTML.

A cluster is one short list, so that 10,000 of them load at once; texts stand cluster by cluster in elements of their
own, and are parsed when one is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from dedup.attribution.weights import weights
from dedup.comparison.relate import RELATIONS
from dedup.inputs.batch import int_array, text_array
from dedup.inputs.dates import parse
from dedup.reports.origin_text import because
from dedup.reports.terminal import UNQUOTED
from dedup.sanitize import safe_link
from dedup.text.boilerplate.spans import furniture_spans

if TYPE_CHECKING:
    from dedup.model import Cluster, Evidence, Member, Origin
    from dedup.results.result import ScanOutcome

#: What a page holds at most: beyond, the largest clusters, and of each its first members.
MOST_CLUSTERS = 20_000
MOST_MEMBERS = 120_000
MEMBERS = 2_000
EVIDENCE = 60
LINKS = 12
#: Characters of a text that are shown.
LONGEST_TEXT = 40_000
#: Characters of a text that stand for a missing title.
OPENING = 90
#: Articles whose furniture is looked for at once.
_AT_ONCE = 256
#: Rows that are made at once.
_ROWS = 512

_DIRECTIONS = (None, "member_in_canonical", "canonical_in_member")
_NAMES = [relation.value if relation else "" for relation in RELATIONS]


def escaped(data: bytes) -> bytes:
    """JSON that no HTML parser can take for markup: `<`, `>`, `&`, U+2028 and U+2029 as escapes."""
    for character, escape in (
        (b"<", b"\\u003c"),
        (b">", b"\\u003e"),
        (b"&", b"\\u0026"),
        (b"\xe2\x80\xa8", b"\\u2028"),
        (b"\xe2\x80\xa9", b"\\u2029"),
    ):
        if character in data:
            data = data.replace(character, escape)
    return data


@dataclass(frozen=True)
class Extent:
    """What of a scan is in a page: how many of its clusters, whether with texts, and the articles without a copy."""

    clusters: int
    texts: bool
    singles: bool

    @classmethod
    def of(cls, result: ScanOutcome, articles: str) -> Extent:
        """As many of the clusters as a page bears, the largest first. articles: all, clustered or none."""
        first = result.clusters.columns.first
        fit = int(np.searchsorted(first, MOST_MEMBERS, side="right")) - 1
        count = min(len(result.clusters), MOST_CLUSTERS, max(fit, 1))
        return cls(count, articles != "none", articles == "all")


def cluster_name(index: int) -> str:
    return f"c{index + 1:06d}"


class _Shared:
    """Texts that many rows repeat, each said once."""

    def __init__(self) -> None:
        self.place: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return self.place.setdefault(value, len(self.place))


def data(result: ScanOutcome, extent: Extent) -> Iterator[bytes]:
    """The object of all clusters, in pieces: escaped JSON."""
    domains, origins = _Shared(), _Shared()
    known = weights()
    links = _links(result, extent)
    yield b'{"clusters":['
    for low in range(0, extent.clusters, _ROWS):
        clusters = result.clusters[low : min(low + _ROWS, extent.clusters)]
        rows = [_cluster(one, links.get(i, ()), domains, origins) for i, one in enumerate(clusters, low)]
        for i, (row, one) in enumerate(zip(rows, clusters, strict=True), low):
            row.append(None if one.canonical.title else opening(result, extent, i))
        yield (b"," if low else b"") + escaped(orjson.dumps(rows)[1:-1])
    yield b'],"singles":['
    if extent.singles:
        comma = b""
        for rank, row in _singles(result, domains, origins):
            yield comma + escaped(orjson.dumps([rank, *row]))
            comma = b","
    rest = {
        "domains": list(domains.place),
        "origins": list(origins.place),
        "relations": _NAMES,
        "signals": {name: [words, int(name in UNQUOTED)] for name, words in known.says.items()},
        "shingle": result.summary["settings"]["shingle_size"],
        "texts": extent.texts,
    }
    yield b"]," + escaped(orjson.dumps(rest)[1:])


def _cluster(cluster: Cluster, links: Iterable[list[Any]], domains: _Shared, origins: _Shared) -> list[Any]:
    """[size, origin, evidence, probability of the canonical copy, members, links, first time in seconds].

    Its opening is put after these.
    """
    place = {member.id: i for i, member in enumerate(cluster.members)}
    return [
        cluster.size,
        _origin(cluster.origin, origins),
        _evidence(cluster.evidence, place),
        cluster.canonical_probability,
        [_member(member, domains, cluster.canonical) for member in cluster.members[:MEMBERS]],
        list(links),
        _start(cluster),
    ]


def opening(result: ScanOutcome, extent: Extent, index: int) -> str | None:
    """How the text of a cluster begins, to call it by where it has no title."""
    if not extent.texts:
        return None
    (text,) = result.corpus.texts.texts([int(result.clusters.columns.canonical[index])])
    begin = " ".join((text or "")[: 4 * OPENING].split())
    cut = begin[:OPENING].rpartition(" ")[0] if len(begin) > OPENING else begin
    return cut or begin[:OPENING] or None


def _start(cluster: Cluster) -> int | None:
    """When the earliest copy was published, in seconds since 1970: from that one on lags count."""
    first = [member for member in cluster.members if member.lag_seconds == 0] or cluster.members
    known = [when.seconds for member in first if (when := parse(member.published))]
    return int(min(known)) if known else None


def _origin(origin: Origin, origins: _Shared) -> list[Any]:
    """[name, kind and domain, probability, whether in the corpus, the way, rivals, why nobody is named]."""
    return [
        origins((origin.name, origin.kind, origin.domain)),
        origin.probability,
        int(origin.in_corpus),
        origin.chain,
        origin.rivals,
        because(origin) if origin.name is None else "",
    ]


def _evidence(evidence: Iterable[Evidence], place: dict[str, int]) -> list[list[Any]]:
    """[member that says it or null, signal, quote, name, weight], the strongest first."""
    ranked = sorted(evidence, key=lambda e: -abs(e.weight))[:EVIDENCE]
    return [[place.get(e.article or ""), e.signal, e.quote, e.supports, e.weight] for e in ranked]


def _member(member: Member, domains: _Shared, head: Member) -> list[Any]:
    """[id, url, domain, title, published, relation, direction, resemblance, containment, lag].

    Title 0: that of the head, the copy to keep.
    """
    return [
        member.id,
        safe_link(member.url),
        domains(member.domain),
        0 if member is not head and member.title == head.title else member.title,
        member.published,
        _NAMES.index(member.relation.value),
        _DIRECTIONS.index(member.direction),
        member.resemblance,
        member.containment,
        member.lag_seconds,
    ]


def _links(result: ScanOutcome, extent: Extent) -> dict[int, list[list[Any]]]:
    """By cluster, the articles outside that share a passage or a form with a member, the longest runs first.

    Each as [id, name of its cluster or null, relation, words of the longest run].
    """
    pairs, cluster = result.pairs, result.origins.cluster
    home_a, home_b = cluster[pairs.a], cluster[pairs.b]
    rows = np.flatnonzero(home_a != home_b)
    here = np.concatenate([home_a[rows], home_b[rows]])
    outside = np.concatenate([pairs.b[rows], pairs.a[rows]])
    there = np.concatenate([home_b[rows], home_a[rows]])
    row = np.concatenate([rows, rows])
    wanted = np.flatnonzero((here >= 0) & (here < extent.clusters))
    order = wanted[np.lexsort((outside[wanted], -pairs.run[row[wanted]], here[wanted]))]
    out: dict[int, list[list[Any]]] = {}
    seen: set[tuple[int, int]] = set()
    for at in order.tolist():
        held = out.setdefault(int(here[at]), [])
        key = (int(here[at]), int(outside[at]))
        if len(held) == LINKS or key in seen:
            continue
        seen.add(key)
        other = int(there[at])
        name = None if other < 0 else cluster_name(other)
        relation, run = int(pairs.relation[row[at]]), int(pairs.run[row[at]])
        held.append([result.clusters.names.values[outside[at]], name, relation, run])
    return out


def _singles(result: ScanOutcome, domains: _Shared, origins: _Shared) -> Iterator[tuple[int, list[Any]]]:
    """Articles in no cluster, by id: their rank, and a cluster of one."""
    table = result.clusters.table
    alone = np.flatnonzero(result.origins.cluster < 0).tolist()
    for part in (alone[low : low + _ROWS] for low in range(0, len(alone), _ROWS)):
        columns = (table.column(name).take(int_array(part)).to_pylist() for name in _COLUMNS)
        for rank, url, domain, title, published in zip(part, *columns, strict=True):
            origin = result.origins.alone(rank)
            name = result.clusters.names.values[rank]
            member = [name, safe_link(url), domains(domain), title, published, 1, 0, 1.0, 1.0, None]
            when = parse(published)
            start = int(when.seconds) if when else None
            said = _evidence(origin.evidence, {name: 0})
            yield rank, [1, _origin(origin, origins), said, 1.0, [member], [], start, None]


_COLUMNS = ("url", "domain", "title", "published")


# -- texts ---------------------------------------------------------------------------------------------------------


def text_blocks(result: ScanOutcome, extent: Extent) -> Iterator[tuple[str, bytes]]:
    """The name of each cluster (or article without a copy, `a000001`) and its texts as escaped JSON.

    A list as long as the members, of [text, furniture, whether it was cut short], or null where a text cannot be had;
    a number stands for the same text as that of an earlier member.
    """
    if not extent.texts:
        return
    found = result.clusters.columns
    first = found.first[: extent.clusters + 1].tolist()
    bounds = ((i, low, min(high, low + MEMBERS)) for i, (low, high) in enumerate(pairwise(first)))
    yield from _blocks(result, ((cluster_name(i), found.rank[low:high]) for i, low, high in bounds))
    if extent.singles:
        alone = np.flatnonzero(result.origins.cluster < 0)
        yield from _blocks(result, ((f"a{rank + 1:06d}", alone[i : i + 1]) for i, rank in enumerate(alone.tolist())))


def _blocks(result: ScanOutcome, groups: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """Texts group by group; furniture is looked for in many at once."""
    waiting: list[tuple[str, Any]] = []
    for group in groups:
        waiting.append(group)
        if sum(len(ranks) for _, ranks in waiting) >= _AT_ONCE:
            yield from _some(result, waiting)
            waiting = []
    if waiting:
        yield from _some(result, waiting)


def _some(result: ScanOutcome, groups: list[tuple[str, Any]]) -> Iterator[tuple[str, bytes]]:
    ranks = np.concatenate([ranks for _, ranks in groups])
    whole = list(result.corpus.texts.texts(ranks.tolist()))
    shown = [text and text[:LONGEST_TEXT] for text in whole]
    titles, domains = (
        result.clusters.table.column(name).take(int_array(ranks)).combine_chunks() for name in ("title", "domain")
    )
    spans = furniture_spans(text_array([text or "" for text in shown]), titles, domains, result.furniture)
    at = 0
    for name, own in groups:
        seen: dict[str, int] = {}
        rows: list[Any] = []
        for i in range(len(own)):
            text = shown[at + i]
            if text is None:
                rows.append(None)
            elif seen.setdefault(text, i) < i:
                rows.append(seen[text])
            else:
                rows.append([text, spans[at + i], len(text) < len(whole[at + i] or "")])
        at += len(own)
        yield name, escaped(orjson.dumps(rows))
