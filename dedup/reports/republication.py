"""Find out who republishes whom: sites by the writers of the texts they print, with counts and median lags.

An article is *not its site's own* where the origin of its text is known and is another than the site; where the origin
is unknown, where it is a copy of what another site has and not the copy to keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.evidence.registry import Registry, registry
from dedup.model import Origin
from dedup.results.assemble import NO_LAG
from dedup.results.result import ScanOutcome
from dedup.text.boilerplate.learning import domain_numbers, normalize_domain


@dataclass(frozen=True)
class Source:
    """A writer that others republish. `name` is None for all texts whose origin is unknown."""

    name: str | None
    kind: str
    domain: str | None
    articles: int


@dataclass(frozen=True)
class Site:
    """A site of the corpus: its articles, how many of them are not its own, and their median lag in seconds."""

    domain: str
    articles: int
    foreign: int
    lag: int | None

    @property
    def share(self) -> float:
        """The share of its articles that are not its own."""
        return self.foreign / self.articles


@dataclass(frozen=True)
class Edge:
    """Articles of one site whose text is a source's, by the places of both in `Flow`; their median lag in seconds."""

    source: int
    site: int
    articles: int
    lag: int | None


@dataclass(frozen=True)
class Flow:
    """Sources and sites, those with most republished articles first, and the edges between them, the heaviest first."""

    sources: tuple[Source, ...]
    sites: tuple[Site, ...]
    edges: tuple[Edge, ...]
    unnamed: int

    @cached_property
    def named(self) -> Source | None:
        """The named writer with the most republished articles."""
        return next((source for source in self.sources if source.name is not None), None)

    @cached_property
    def articles(self) -> int:
        """The number of articles that are not their site's own."""
        return sum(source.articles for source in self.sources)

    def cells(self, sources: int, sites: int) -> dict[tuple[int, int], tuple[int, int | None]]:
        """Articles and their median lag by the places of source and site.

        All sources from the place `sources` on count as one, and so do sites. A median of several is not known.
        """
        cells: dict[tuple[int, int], tuple[int, int | None]] = {}
        for edge in self.edges:
            key = (min(edge.source, sources), min(edge.site, sites))
            cells[key] = (cells[key][0] + edge.articles, None) if key in cells else (edge.articles, edge.lag)
        return cells


def same_site(first: str | None, second: str | None) -> bool:
    """Whether two domains are one site: equal, or one is a subdomain of the other."""
    if not first or not second:
        return False
    a, b = normalize_domain(first), normalize_domain(second)
    return a == b or a.endswith(f".{b}") or b.endswith(f".{a}")


def flow_of(result: ScanOutcome) -> Flow:
    """Compute the flow of a scan's articles. Articles without a domain are counted in `unnamed` only."""
    columns = result.clusters.columns
    domain, names = domain_numbers(result.clusters.table.column("domain"))
    sources, source = _sources(columns.origins, result.origins.cluster, result.origins.single)
    lag = np.full(len(domain), NO_LAG, np.int64)
    lag[columns.rank] = columns.lag
    keeper = np.full(len(domain), -1, np.int64)
    keeper[columns.rank] = columns.canonical[columns.number]
    rows = np.flatnonzero((source >= 0) & (domain >= 0))
    settings = result.corpus.settings
    writers = registry(settings.agencies, settings.sites)
    rows = rows[~_own(rows, _ArticleColumns(source, domain, keeper), sources, names, writers)]
    foreign = np.bincount(domain[rows], minlength=len(names))
    total = np.bincount(domain[domain >= 0], minlength=len(names))
    articles = np.bincount(source[rows], minlength=len(sources))
    ranked_sites = sorted(range(len(names)), key=lambda i: (-foreign[i], -total[i], names[i]))
    source_order = sorted(
        np.flatnonzero(articles).tolist(), key=lambda i: (-articles[i], sources[i].name is None, sources[i].name or "")
    )
    site_lag = _medians(domain[rows], lag[rows], len(names))
    pair = source[rows] * max(1, len(names)) + domain[rows]
    keys, place = np.unique(pair, return_inverse=True)
    pair_lag = _medians(place, lag[rows], len(keys))
    site_place, source_place = (
        dict(zip(order, range(len(order)), strict=True)) for order in (ranked_sites, source_order)
    )
    edges = [
        Edge(source_place[key // len(names)], site_place[key % len(names)], count, middle)
        for key, count, middle in zip(keys.tolist(), np.bincount(place).tolist(), pair_lag, strict=True)
    ]
    return Flow(
        tuple(Source(sources[i].name, sources[i].kind, sources[i].domain, int(articles[i])) for i in source_order),
        tuple(Site(names[i], int(total[i]), int(foreign[i]), site_lag[i]) for i in ranked_sites),
        tuple(sorted(edges, key=lambda e: (-e.articles, e.source, e.site))),
        int((domain < 0).sum()),
    )


def _sources(
    origins: Sequence[Origin], cluster: NDArray[np.int64], single: dict[int, Origin]
) -> tuple[list[Source], NDArray[np.int64]]:
    """List all writers, and number the writer of each article: (n,) int64, -1 if unclustered and of unknown origin."""
    numbers: dict[tuple[str | None, str, str | None], int] = {}

    def number(origin: Origin) -> int:
        # A writer may be known by more than one home; they are one by name and kind.
        key = (origin.name, origin.kind, origin.domain)
        return numbers.setdefault(key, len(numbers))

    of_cluster = np.array([*map(number, origins), -1], np.int64)
    out = of_cluster[cluster]
    for rank, origin in single.items():
        if origin.name is not None:
            out[rank] = number(origin)
    return [Source(*key, 0) for key in numbers], out


class _ArticleColumns(NamedTuple):
    """For each article, int64 (n,): the numbers of its source and its domain, and the rank of its cluster's canonical
    copy, -1 where there is none."""

    source: NDArray[np.int64]
    domain: NDArray[np.int64]
    keeper: NDArray[np.int64]


def _own(
    rows: NDArray[np.int64], articles: _ArticleColumns, sources: list[Source], names: list[str], registry: Registry
) -> NDArray[np.bool_]:
    """Whether each of the articles `rows` is its site's own. A writer is at home on each of its domains."""
    source, domain, keeper = articles

    def at_home(writer: Source, domain: str) -> bool:
        if same_site(writer.domain, domain):
            return True
        owner = registry.of_domain(domain)
        return owner is not None and owner.name == writer.name

    pair = source[rows] * max(1, len(names)) + domain[rows]
    keys, place = np.unique(pair, return_inverse=True)
    home = [at_home(sources[key // len(names)], names[key % len(names)]) for key in keys.tolist()]
    unknown = np.array([writer.name is None for writer in sources], np.bool_)[source[rows]]
    canonical = keeper[rows]
    # Without a known writer, the site of the copy to keep is as far back as the text can be followed.
    from_keeper = (canonical >= 0) & (domain[np.maximum(canonical, 0)] == domain[rows])
    homeless = np.array([writer.domain is None and writer.kind == "outlet" for writer in sources], np.bool_)[
        source[rows]
    ]
    itself = homeless & (canonical == rows)
    return np.where(unknown, from_keeper, np.array(home, np.bool_)[place] | itself)


def _medians(group: NDArray[np.int64], lag: NDArray[np.int64], groups: int) -> list[int | None]:
    """Compute the lower median of the known lags of each group; None for a group without any."""
    dated_rows = lag != NO_LAG
    group, lag = group[dated_rows], lag[dated_rows]
    order = np.lexsort((lag, group))
    first = np.searchsorted(group[order], np.arange(groups + 1))
    middles: list[int | None] = []
    for low, high in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        middles.append(int(lag[order[(low + high - 1) // 2]]) if high > low else None)
    return middles
