"""Cluster some components anew, by the scan's own functions on their articles alone.

Below the caps of over-full keys (dedup.candidates.bands, .passages, .anchors) nothing that a scan decides about an
article depends on articles outside its component. Hence the clusters, relations, canonical copies and origins of these
functions are those of a scan of the whole index.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.find import Postings, SearchResult, find_candidates
from dedup.candidates.time_window import Window, published_seconds
from dedup.clustering.admission import Admission
from dedup.clustering.article_clusters import BodyCluster, build_clusters
from dedup.clustering.rewrites import RewriteContext
from dedup.comparison.pair_table import ComparePairs, RelationTable
from dedup.comparison.probability import Limits
from dedup.comparison.relate import JOINS
from dedup.corpus.build import OUTPUT_COLUMNS
from dedup.index.model_values import evidence_from_json, origin_to_json
from dedup.index.pair_cache import CachedVerifier, PairCache
from dedup.index.sites import sites_of
from dedup.index.snapshot import Snapshot
from dedup.index.stores.base import ArticleRow, ClusterRow
from dedup.inputs.batch import take_strings, text_array
from dedup.kernels.union_find import components
from dedup.results.assemble import ClusterColumns, ClusterInput, assemble

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ComponentResult:
    """The articles of whole components by rank, the order of their ids, and what a scan says of them.

    rows (n,): the articles. numbers (n,) int64: theirs. representative (n,) int64: rank of the article that represents
    the body of each, -1 where it is too short. pairs: compared representatives, by rank. body_clusters: clusters of
    bodies. clusters: of articles.
    """

    rows: list[ArticleRow]
    numbers: Ints
    representative: Ints
    pairs: RelationTable
    body_clusters: list[BodyCluster]
    clusters: ClusterColumns

    @cached_property
    def oldest_members(self) -> list[int]:
        """The smallest number of an article in each of `clusters`."""
        clusters = self.clusters
        if not clusters.origins:
            return []
        return np.minimum.reduceat(self.numbers[clusters.rank], clusters.first[:-1]).tolist()

    @cached_property
    def _cluster_of_rank(self) -> Ints:
        out = np.full(len(self.rows), -1)
        out[self.clusters.rank] = self.clusters.number
        return out

    def cluster_of(self, row: ArticleRow) -> int:
        """Return the position in `clusters` of the cluster of an article, -1 for one in none."""
        rank = bisect_left(self.rows, row.id, key=attrgetter("id"))
        is_here = rank < len(self.rows) and self.rows[rank].number == row.number
        return int(self._cluster_of_rank[rank]) if is_here else -1

    def rows_by_number(self, numbers: Collection[int]) -> dict[int, ArticleRow]:
        """Return those of the articles that have one of these numbers."""
        ranks = np.flatnonzero(np.isin(self.numbers, np.fromiter(numbers, np.int64, len(numbers))))
        return {self.rows[rank].number: self.rows[rank] for rank in ranks.tolist()}

    def cores(self) -> dict[int, int]:
        """Return the core of the cluster of every body; of a body in no cluster itself."""
        body = [row.body for row in self.rows]
        cores = {number: number for number in body if number is not None}
        for cluster in self.body_clusters:
            core = body[cluster.bodies[0]]
            cores |= {body[member]: core for member in cluster.bodies}  # type: ignore[misc]
        return cores

    def component_labels(self) -> dict[int, int | None]:
        """Return the component of every body: the smallest body that it is connected with; None if it is alone."""
        numbers, of_rank = np.unique([row.body for row in self.rows], return_inverse=True)  # type: ignore[type-var]
        bodies = numbers.tolist()
        joins = np.flatnonzero(JOINS[self.pairs.relation])
        labels: dict[int, int | None] = dict.fromkeys(bodies)
        for component in components(len(bodies), of_rank[self.pairs.a[joins]], of_rank[self.pairs.b[joins]]):
            labels |= {bodies[i]: bodies[component[0]] for i in component}
        return labels

    def representative_numbers(self) -> Ints:
        """Return the numbers of the articles that represent their bodies."""
        return self.numbers[self.representative == np.arange(len(self.rows))]


def component_candidates(
    snapshot: Snapshot, rows: list[ArticleRow], cache: PairCache
) -> tuple[CachedVerifier, pa.Table, SearchResult]:
    """Find the candidate pairs among articles, ordered by id, and load their stored comparisons into the cache.

    Returns a verifier of the articles, their `OUTPUT_COLUMNS`, and the candidate pairs.
    """
    verifier = cache.verifier(rows)
    table = pa.table({name: text_array(list(map(attrgetter(name), rows))) for name in OUTPUT_COLUMNS})
    published = partial(published_seconds, table)
    search = find_candidates(verifier.digests, _postings(snapshot, rows), published, snapshot.settings)
    representative = search.representative
    cache.load_among({rows[rank].number for rank in np.unique(representative[representative >= 0]).tolist()})
    return verifier, table, search


def articles_by_id(snapshot: Snapshot, bodies: Collection[int]) -> list[ArticleRow]:
    """Return all articles of bodies, ordered by id."""
    return sorted((row for rows in snapshot.articles_of(bodies).values() for row in rows), key=attrgetter("id"))


def recluster(snapshot: Snapshot, cache: PairCache, bodies: Collection[int]) -> ComponentResult:
    """Cluster the articles of bodies, which are whole components, as a scan clusters a corpus."""
    rows = articles_by_id(snapshot, bodies)
    verifier, table, (representative, window, candidates) = component_candidates(snapshot, rows, cache)
    pairs = verifier.compare_related(candidates.a, candidates.b)
    evidence = {rank: evidence_from_json(row.evidence) for rank, row in enumerate(rows) if row.evidence}
    settings = snapshot.settings
    inputs = ClusterInput(
        [row.id for row in rows], table, representative, verifier.digests.length, evidence,
        sites_of(settings),
    )  # fmt: skip
    articles = ComponentArticles(rows, inputs, verifier, window)
    return cluster_articles(snapshot, articles, pairs, verifier.compare)


class ComponentArticles(NamedTuple):
    """The articles of whole components, ordered by id, as `cluster_articles` takes them."""

    rows: list[ArticleRow]
    inputs: ClusterInput
    verifier: CachedVerifier
    window: Window | None = None


def cluster_articles(
    snapshot: Snapshot, articles: ComponentArticles, pairs: RelationTable, compare: ComparePairs
) -> ComponentResult:
    """Cluster articles by their related pairs. compare: compares more pairs, by rank, exactly."""
    rows, inputs, verifier, window = articles

    def external_counts(keys: NDArray[np.uint32]) -> Ints:
        return snapshot.core_counts(keys, {row.body for row in rows if row.body is not None})

    context = RewriteContext(
        verifier.bodies,
        lambda ranks: published_seconds(inputs.table, ranks),
        lambda ranks: take_strings(inputs.table.column("title"), ranks),
        external_counts=external_counts,
        limits=Limits.of(snapshot.settings),
    )
    admission = Admission(verifier.bodies.fingerprint_rank, compare, window)
    body_clusters = build_clusters(context, inputs.representative, pairs, admission).clusters
    clusters = assemble(inputs, body_clusters, pairs, compare)
    return ComponentResult(rows, verifier.numbers, inputs.representative, pairs, body_clusters, clusters)


def cluster_numbers(clusters: ClusterColumns, before: Ints, next_number: int) -> list[int]:
    """Return the number of each cluster in the index.

    It is that of the stored cluster which most of its members were in and no earlier one of `clusters` got, of equals
    the smallest; else `next_number` and those that follow it. before (n,) int64: by rank, the number of the stored
    cluster that each article was in, -1 for none.
    """
    numbers: list[int] = []
    used: set[int] = set()
    for low, high in zip(clusters.first[:-1].tolist(), clusters.first[1:].tolist(), strict=True):
        votes = Counter(before[clusters.rank[low:high]].tolist())
        ballot = [(-count, stored) for stored, count in votes.items() if stored >= 0 and stored not in used]
        if ballot:
            number = min(ballot)[1]
        else:
            number, next_number = next_number, next_number + 1
        used.add(number)
        numbers.append(number)
    return numbers


def cluster_rows(clusters: ClusterColumns, numbers: Sequence[int], articles: Ints) -> list[ClusterRow]:
    """Return clusters as rows of a store. numbers: their numbers; articles (n,): numbers of the articles by rank."""
    origins = map(origin_to_json, clusters.origins)
    canonical = articles[clusters.canonical].tolist()
    return list(map(ClusterRow, numbers, canonical, clusters.sizes.tolist(), clusters.probability, origins))


def _postings(snapshot: Snapshot, rows: list[ArticleRow]) -> Postings:
    """Return the postings of articles by rank, of each body once, for its first article.

    With a window any article may represent its body, so that all of them get its postings.
    """
    sketch_of = snapshot.sketches(row.body for row in rows if row.body is not None)
    ranks, bodies = [], set()
    for rank, row in enumerate(rows):
        if row.body not in bodies or snapshot.settings.window is not None:
            bodies.add(row.body)
            ranks.append(rank)
    sketches = [sketch_of[rows[rank].body] for rank in ranks]  # type: ignore[index]
    passages = [sketch.passage for sketch in sketches]
    key = np.concatenate([np.zeros(0, np.uint32), *passages]).astype(np.uint64) << np.uint64(32)
    passage = key | np.repeat(np.array(ranks, np.uint64), list(map(len, passages)))
    with_bands = [i for i, sketch in enumerate(sketches) if len(sketch.band)]
    if len(with_bands) < 2:
        return Postings([], [passage])
    keys = np.stack([sketches[i].band for i in with_bands], 1)
    return Postings([(np.array(ranks, np.int64)[with_bands], keys)], [passage])
