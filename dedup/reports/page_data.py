"""Make the data of `report.html`: the clusters and the texts of their articles, as JSON inside HTML.

A cluster is one short list, so that 10,000 of them load at once; texts stand cluster by cluster in elements of their
own, and are parsed when one is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.attribution.weights import weights
from dedup.comparison.recency import Dated
from dedup.inputs.batch import int_array, text_array
from dedup.inputs.dates import parse_timestamp
from dedup.model import Cluster, Evidence, Member, Origin, Relation
from dedup.reports.origin_text import UNQUOTED, explain_origin
from dedup.reports.page_comparisons import COMPARED, Members, comparisons
from dedup.results.result import ScanOutcome
from dedup.results.tables import cluster_name
from dedup.sanitize import safe_link
from dedup.text.boilerplate.explain import mark_texts

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
#: Articles that are cut into words and compared at once.
_AT_ONCE = 256
#: Rows that are made at once.
_ROWS = 512

_DIRECTIONS = (None, "member_in_canonical", "canonical_in_member")


def escaped(data: bytes) -> bytes:
    """Escape JSON so that no HTML parser takes it for markup: `<`, `>`, `&`, U+2028 and U+2029."""
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
    """The part of a scan that a page holds: how many clusters, and whether texts and unclustered articles."""

    clusters: int
    texts: bool
    singles: bool

    @classmethod
    def of(cls, result: ScanOutcome, articles: str) -> Extent:
        """Choose the largest clusters, as many as a page can hold. articles: all, clustered or none."""
        first = result.clusters.columns.first
        fit = int(np.searchsorted(first, MOST_MEMBERS, side="right")) - 1
        count = min(len(result.clusters), MOST_CLUSTERS, max(fit, 1))
        return cls(count, articles != "none", articles == "all")


class _Shared(dict[Any, int]):
    """A table of values that many rows repeat, with the number of each."""

    def __missing__(self, value: Any) -> int:
        return self.setdefault(value, len(self))


def data(result: ScanOutcome, extent: Extent) -> Iterator[bytes]:
    """Yield the JSON object of all clusters in escaped pieces."""
    domains, origins = _Shared(), _Shared()
    table = weights()
    links = _links(result, extent)
    yield b'{"clusters":['
    for low in range(0, extent.clusters, _ROWS):
        clusters = result.clusters[low : min(low + _ROWS, extent.clusters)]
        rows = [_cluster(cluster, links.get(i, ()), domains, origins) for i, cluster in enumerate(clusters, low)]
        for i, (row, cluster) in enumerate(zip(rows, clusters, strict=True), low):
            row.append(None if cluster.canonical.title else opening(result, extent, i))
        yield (b"," if low else b"") + escaped(orjson.dumps(rows)[1:-1])
    yield b'],"singles":['
    if extent.singles:
        comma = b""
        for rank, row in _singles(result, domains, origins):
            yield comma + escaped(orjson.dumps([rank, *row]))
            comma = b","
    rest = {
        "domains": list(domains),
        "origins": list(origins),
        "relations": [[r.code, r.value, r.words.singular, r.look.shape] for r in Relation],
        "signals": {name: [words, int(name in UNQUOTED)] for name, words in table.says.items()},
        "texts": extent.texts,
    }
    yield b"]," + escaped(orjson.dumps(rest)[1:])


def _cluster(cluster: Cluster, links: Iterable[list[Any]], domains: _Shared, origins: _Shared) -> list[Any]:
    """Make the row [size, origin, evidence, probability of the canonical copy, members, links, first time in seconds].

    The caller appends the opening.
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
    """The first words of a cluster's text, in place of a missing title; None if the page holds no texts."""
    if not extent.texts:
        return None
    (text,) = result.corpus.texts.texts([int(result.clusters.columns.canonical[index])])
    begin = " ".join((text or "")[: 4 * OPENING].split())
    beginning = begin[:OPENING].rpartition(" ")[0] if len(begin) > OPENING else begin
    return beginning or begin[:OPENING] or None


def _start(cluster: Cluster) -> int | None:
    """The time of the earliest copy in seconds since 1970, from which lags count; None if no time is known."""
    first = [member for member in cluster.members if member.lag_seconds == 0] or cluster.members
    times = [when.seconds for member in first if (when := parse_timestamp(member.published))]
    return int(min(times)) if times else None


def _origin(origin: Origin, origins: _Shared) -> list[Any]:
    """Make the row [name, kind and domain, probability, whether in the corpus, chain, rivals, reason for no name]."""
    return [
        origins[origin.name, origin.kind, origin.domain],
        origin.probability,
        int(origin.in_corpus),
        origin.chain,
        origin.rivals,
        explain_origin(origin) if origin.name is None else "",
    ]


def _evidence(evidence: Iterable[Evidence], place: dict[str, int]) -> list[list[Any]]:
    """Make the rows [place of the member or null, signal, quote, name, weight], the strongest first."""
    strongest = sorted(evidence, key=lambda e: -abs(e.weight))[:EVIDENCE]
    return [[place.get(e.article or ""), e.signal, e.quote, e.supports, e.weight] for e in strongest]


def _member(member: Member, domains: _Shared, head: Member) -> list[Any]:
    """Make the row [id, url, domain, title, published, relation, direction, resemblance, containment, lag].

    A title of 0 stands for the title of `head`, the canonical copy.
    """
    return [
        member.id,
        safe_link(member.url),
        domains[member.domain],
        0 if member is not head and member.title == head.title else member.title,
        member.published,
        member.relation.code,
        _DIRECTIONS.index(member.direction),
        member.resemblance,
        member.containment,
        member.lag_seconds,
    ]


def _links(result: ScanOutcome, extent: Extent) -> dict[int, list[list[Any]]]:
    """Find for each cluster the articles outside that share a passage or a form with a member, longest runs first.

    Each as [id, name of its cluster or null, relation, words of the longest run].
    """
    pairs, cluster = result.pairs, result.origins.cluster
    home_a, home_b = cluster[pairs.a], cluster[pairs.b]
    rows = np.flatnonzero(home_a != home_b)
    cluster_here = np.concatenate([home_a[rows], home_b[rows]])
    outside = np.concatenate([pairs.b[rows], pairs.a[rows]])
    cluster_there = np.concatenate([home_b[rows], home_a[rows]])
    row = np.concatenate([rows, rows])
    rows_shown = np.flatnonzero((cluster_here >= 0) & (cluster_here < extent.clusters))
    order = rows_shown[np.lexsort((outside[rows_shown], -pairs.run[row[rows_shown]], cluster_here[rows_shown]))]
    out: dict[int, list[list[Any]]] = {}
    keys: set[tuple[int, int]] = set()
    for at in order.tolist():
        links = out.setdefault(int(cluster_here[at]), [])
        key = (int(cluster_here[at]), int(outside[at]))
        if len(links) == LINKS or key in keys:
            continue
        keys.add(key)
        other = int(cluster_there[at])
        name = None if other < 0 else cluster_name(other)
        relation, run = int(pairs.relation[row[at]]), int(pairs.run[row[at]])
        links.append([result.clusters.names.values[outside[at]], name, relation, run])
    return out


def _singles(result: ScanOutcome, domains: _Shared, origins: _Shared) -> Iterator[tuple[int, list[Any]]]:
    """Yield for each unclustered article, by id, its rank and its row as a cluster of one."""
    table = result.clusters.table
    ranks = np.flatnonzero(result.origins.cluster < 0).tolist()
    for part in (ranks[low : low + _ROWS] for low in range(0, len(ranks), _ROWS)):
        columns = (table.column(name).take(int_array(part)).to_pylist() for name in _COLUMNS)
        for rank, url, domain, title, published in zip(part, *columns, strict=True):
            origin = result.origins.alone(rank)
            name = result.clusters.names.values[rank]
            row = (name, url, domain, title, published, "canonical", Relation.IDENTICAL, None, 1.0, 1.0, None)
            yield rank, [*_cluster(Cluster(name, (Member(*row),), origin, 1.0), (), domains, origins), None]


_COLUMNS = ("url", "domain", "title", "published")


# -- texts ---------------------------------------------------------------------------------------------------------


def text_blocks(result: ScanOutcome, extent: Extent) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each cluster (or unclustered article, `a000001`) and its texts as escaped JSON.

    A list as long as the members. Each is [text, furniture, whether it was cut short, comparison with the first one or
    null] (`page_comparisons`); or null where a text cannot be had. A number in place of a text, or of the whole list,
    stands for that of an earlier member.
    """
    if not extent.texts:
        return
    columns = result.clusters.columns
    first = columns.first[: extent.clusters + 1].tolist()
    bounds = ((i, slice(low, min(high, low + MEMBERS))) for i, (low, high) in enumerate(pairwise(first)))
    yield from _blocks(
        result, (_Group(cluster_name(i), columns.rank[part], columns.relation[part]) for i, part in bounds)
    )
    if extent.singles:
        ranks = np.flatnonzero(result.origins.cluster < 0)
        none = np.zeros(1, np.uint8)
        groups = (_Group(f"a{rank + 1:06d}", ranks[i : i + 1], none) for i, rank in enumerate(ranks.tolist()))
        yield from _blocks(result, groups)


class _Group(NamedTuple):
    """A cluster, or an article without a copy: its name, the ranks of its members and their relations by code."""

    name: str
    rank: NDArray[np.int64]
    relation: NDArray[np.uint8]


def _blocks(result: ScanOutcome, groups: Iterable[_Group]) -> Iterator[tuple[str, bytes]]:
    """Yield the texts group by group. Some groups at a time are cut into words and compared."""
    waiting: list[_Group] = []
    articles = 0
    for group in groups:
        waiting.append(group)
        articles += len(group.rank)
        if articles >= _AT_ONCE:
            yield from _texts_of(result, waiting)
            waiting, articles = [], 0
    if waiting:
        yield from _texts_of(result, waiting)


def _texts_of(result: ScanOutcome, groups: list[_Group]) -> Iterator[tuple[str, bytes]]:
    ranks = np.concatenate([group.rank for group in groups])
    whole = list(result.corpus.texts.texts(ranks.tolist()))
    columns = [result.clusters.table.column(name).take(int_array(ranks)).combine_chunks() for name in Dated._fields]
    titles, domains, _ = columns
    marks = mark_texts(text_array([text or "" for text in whole]), titles, domains, result.furniture)
    for i in marks.bodies.repairs:  # the places of the marks are those of the repaired text
        if whole[i] is not None:
            whole[i] = marks.bodies.texts.raw(i).decode()
    size = np.array([len(group.rank) for group in groups])
    begin = np.cumsum(size) - size
    place = np.arange(len(ranks))
    head = np.repeat(begin, size)
    head = np.where(place - head < COMPARED, head, place)
    members = Members(ranks, np.concatenate([group.relation for group in groups]), head)
    articles = list(map(Dated, *(column.to_pylist() for column in columns)))
    results = comparisons(result, members, marks, articles)
    for group, at in zip(groups, begin.tolist(), strict=True):
        earlier: dict[str, int] = {}
        rows: list[Any] = []
        for i, text in enumerate(whole[at : at + len(group.rank)]):
            if text is None:
                rows.append(None)
                continue
            place_of_text = earlier.setdefault(text, i)
            is_cut = len(text) > LONGEST_TEXT
            content = text[:LONGEST_TEXT] if place_of_text == i else place_of_text
            row = [content, _within(marks.boilerplate[at + i], text, is_cut), is_cut, results[at + i]]
            same = place_of_text < i and row[1:] == rows[place_of_text][1:]
            rows.append(place_of_text if same else row)
        yield group.name, escaped(orjson.dumps(rows))


def _within(spans: list[int], text: str, is_cut: bool) -> list[int]:
    """Select the spans [start, end, zone ...] of a text that begin in the part that the page shows."""
    if not is_cut:
        return spans
    end = len(text[:LONGEST_TEXT].encode("utf-16-le")) // 2
    return spans[: 3 * sum(start < end for start in spans[::3])]
