"""Make the tables of a scan for CSV, Parquet and SQLite: the same names and values in each.

Rows are made when they are asked for, so that a writer never holds a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

from dedup.model import Evidence, Origin
from dedup.reports.republication import flow_of
from dedup.results.result import ScanOutcome
from dedup.results.tables import cluster_name

Row = tuple[Any, ...]
T = TypeVar("T")
#: The types of columns: Python's for a value that is not null.
TEXT, WHOLE, SHARE, YES = str, int, float, bool
#: Rows that are made at once.
BLOCK = 4096


@dataclass(frozen=True)
class Table:
    """A table: its name, its columns as (name, type), and a function that returns an iterator of all rows."""

    name: str
    columns: tuple[tuple[str, type], ...]
    rows: Callable[[], Iterator[Row]]


#: Columns of a writer, wherever one stands.
_ORIGIN = (("origin", TEXT), ("origin_kind", TEXT), ("origin_domain", TEXT), ("in_corpus", YES), ("probability", SHARE))

COLUMNS: dict[str, tuple[tuple[str, type], ...]] = {
    "articles": (
        ("id", TEXT), ("url", TEXT), ("domain", TEXT), ("title", TEXT), ("published", TEXT), ("cluster", TEXT),
    ),
    "clusters": (
        ("cluster", TEXT), ("size", WHOLE), *_ORIGIN, ("canonical", TEXT), ("canonical_probability", SHARE),
        ("spread_seconds", WHOLE),
    ),
    "members": (
        ("cluster", TEXT), ("article", TEXT), ("position", WHOLE), ("role", TEXT), ("relation", TEXT),
        ("direction", TEXT), ("resemblance", SHARE), ("containment", SHARE), ("lag_seconds", WHOLE),
    ),
    "pairs": (
        ("a", TEXT), ("b", TEXT), ("relation", TEXT), ("direction", TEXT), ("newer", TEXT), ("resemblance", SHARE),
        ("a_in_b", SHARE), ("b_in_a", SHARE), ("longest_run", WHOLE), ("probability", SHARE),
    ),
    "origins": (("article", TEXT), *_ORIGIN),
    "evidence": (
        ("cluster", TEXT), ("about", TEXT), ("article", TEXT), ("signal", TEXT), ("quote", TEXT), ("supports", TEXT),
        ("weight", SHARE),
    ),
    "sites": (("domain", TEXT), ("articles", WHOLE), ("not_its_own", WHOLE), ("median_lag_seconds", WHOLE)),
    "flow": (
        ("origin", TEXT), ("origin_kind", TEXT), ("origin_domain", TEXT), ("domain", TEXT), ("articles", WHOLE),
        ("median_lag_seconds", WHOLE),
    ),
}  # fmt: skip


def tables(result: ScanOutcome) -> list[Table]:
    """List all tables of a result."""
    makers = {
        "articles": _articles, "clusters": _clusters, "members": _members, "pairs": _pairs, "origins": _origins,
        "evidence": _evidence, "sites": _sites, "flow": _flow,
    }  # fmt: skip
    return [Table(name, COLUMNS[name], partial(makers[name], result)) for name in COLUMNS]


def blocks(items: Iterable[T], size: int = BLOCK) -> Iterator[list[T]]:
    """Yield the items in lists of `size`."""
    iterator = iter(items)
    return iter(lambda: list(islice(iterator, size)), [])


def _origin(origin: Origin) -> Row:
    return origin.name, origin.kind, origin.domain, origin.in_corpus, origin.probability


def _articles(result: ScanOutcome) -> Iterator[Row]:
    names, table = result.clusters.names.values, result.clusters.table
    for low in range(0, len(names), BLOCK):
        part = table.slice(low, BLOCK)
        columns = (part.column(name).to_pylist() for name in ("url", "domain", "title", "published"))
        clusters = (cluster_name(i) if i >= 0 else None for i in result.origins.cluster[low : low + BLOCK].tolist())
        yield from zip(names[low : low + BLOCK], *columns, clusters, strict=True)


def _clusters(result: ScanOutcome) -> Iterator[Row]:
    for cluster in result.clusters:
        spread = max((m.lag_seconds for m in cluster.members if m.lag_seconds is not None), default=None)
        yield (
            cluster.name,
            cluster.size,
            *_origin(cluster.origin),
            cluster.canonical.id,
            cluster.canonical_probability,
            spread,
        )


def _members(result: ScanOutcome) -> Iterator[Row]:
    for cluster in result.clusters:
        for place, m in enumerate(cluster.members, 1):
            yield (
                cluster.name, m.id, place, m.role, m.relation.value, m.direction, m.resemblance, m.containment,
                m.lag_seconds,
            )  # fmt: skip


def _pairs(result: ScanOutcome) -> Iterator[Row]:
    for p in result.pairs:
        yield (
            p.a, p.b, p.relation.value, p.direction, p.newer, p.resemblance, p.a_in_b, p.b_in_a, p.longest_run,
            p.probability,
        )  # fmt: skip


def _origins(result: ScanOutcome) -> Iterator[Row]:
    origins = result.origins
    of_clusters = [_origin(origin) for origin in origins.origins]
    unknown = [_origin(origin) for origin in origins.unknown]
    single = {rank: _origin(origin) for rank, origin in origins.single.items()}
    for rank, (name, cluster) in enumerate(zip(origins.names.values, origins.cluster.tolist(), strict=True)):
        yield name, *(of_clusters[cluster] if cluster >= 0 else single.get(rank) or unknown[origins.which[rank]])


def _evidence(result: ScanOutcome) -> Iterator[Row]:
    clusters = ((cluster_name(i), None, e) for i, origin in enumerate(result.origins.origins) for e in origin.evidence)
    ids = result.origins.names.values
    single = ((None, ids[rank], e) for rank, origin in result.origins.single.items() for e in origin.evidence)
    rows: Iterable[tuple[str | None, str | None, Evidence]] = chain(clusters, single)
    for cluster, about, e in rows:
        yield cluster, about, e.article, e.signal, e.quote, e.supports, e.weight


def _sites(result: ScanOutcome) -> Iterator[Row]:
    for site in flow_of(result).sites:
        yield site.domain, site.articles, site.foreign, site.lag


def _flow(result: ScanOutcome) -> Iterator[Row]:
    flow = flow_of(result)
    for edge in flow.edges:
        source = flow.sources[edge.source]
        yield source.name, source.kind, source.domain, flow.sites[edge.site].domain, edge.articles, edge.lag
