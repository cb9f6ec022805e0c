"""Build clusters of articles from related pairs of bodies: star clusters, then rewrites, then all articles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.clustering.admission import Admission
from dedup.clustering.article_bodies import ArticlesOfBody
from dedup.clustering.composites import find_composites
from dedup.clustering.contradicted import contradicted
from dedup.clustering.late_versions import LateVersions
from dedup.clustering.linked_table import LinkedTable
from dedup.clustering.other_subjects import OtherSubjects
from dedup.clustering.own_news import tells_own_news
from dedup.clustering.rewrites import RewriteContext, RewriteCounts, attach_rewrites
from dedup.clustering.star_clusters import cluster_bodies
from dedup.comparison.pair_table import RelationTable
from dedup.kernels.union_find import cross_join_ranges, flatten

Ints = NDArray[np.int64]

#: The articles of clusters of so many bodies are gathered as columns.
LARGE = 64


@dataclass(frozen=True)
class BodyCluster:
    """One cluster: its bodies, the core first, and its articles, ascending; both as ranks.

    composites: bodies that are near copies with another story beside it.
    """

    bodies: list[int]
    articles: list[int]
    composites: Sequence[int] = ()


def order_clusters(
    representative: Ints, clusters: Sequence[Sequence[int]], composites: Collection[int] = ()
) -> tuple[list[BodyCluster], ArticlesOfBody]:
    """Clusters with all their articles, the largest first, then by smallest id; and the articles of every body.

    representative (n,): of each article, -1 for none. A body that several articles have is a cluster of its own.
    composites: bodies that are near copies with another story beside it.
    """
    articles_of = ArticlesOfBody.of(representative)
    article, first, count = articles_of.article.tolist(), articles_of.first.tolist(), articles_of.count.tolist()
    shared = articles_of.count > 1
    shared[flatten(clusters)[0]] = False
    parts = [list(part) for part in clusters] + [[body] for body in np.flatnonzero(shared).tolist()]

    def articles(part: list[int]) -> list[int]:
        if len(part) < LARGE:
            return sorted(m for b in part for m in article[first[b] : first[b] + count[b]])
        bodies = np.array(part, np.int64)
        begin, ones = np.zeros(len(bodies), np.int64), np.ones(len(bodies), np.int64)
        place, _, _ = cross_join_ranges(articles_of.first[bodies], articles_of.count[bodies], begin, ones)
        return np.sort(articles_of.article[place]).tolist()  # type: ignore[no-any-return]

    out = [
        BodyCluster(part, articles(part), [body for body in part[1:] if body in composites] if composites else ())
        for part in parts
    ]
    out.sort(key=lambda cluster: (-len(cluster.articles), cluster.articles[0]))
    return out, articles_of


class Clustering(NamedTuple):
    """Clusters in the order of output, the articles of every body, and counts of the search for rewrites."""

    clusters: list[BodyCluster]
    articles: ArticlesOfBody
    rewrites: RewriteCounts

    def cluster_of_body(self, n: int) -> Ints:
        """The number of the cluster of each of n bodies (n,); bodies in none have a number of their own."""
        number = np.arange(n) + len(self.clusters)
        body, first = flatten([cluster.bodies for cluster in self.clusters])
        number[body] = np.repeat(np.arange(len(self.clusters)), np.diff(first))
        return number


def build_clusters(
    context: RewriteContext, representative: Ints, edges: RelationTable, admission: Admission
) -> Clustering:
    """Clusters with all their articles, rewrites among them.

    representative (n,): of each article, -1 for none; edges: the related pairs; pairs compared on the way are added.
    """
    late = LateVersions(context.published, representative)
    linked = LinkedTable(edges, late.mask(edges) | contradicted(len(representative), edges), late.mask, admission)
    composites = find_composites(linked.pairs, linked.admission)
    other = OtherSubjects(context.titles, context.bodies, late.apart)

    def tell_others(table: RelationTable) -> NDArray[np.bool_]:
        return tells_own_news(table) | other.mask(table)

    # What a composite holds may have a title of its own.
    own = LinkedTable(linked.pairs, tell_others(linked.pairs), tell_others, linked.admission)
    clusters = cluster_bodies(own.pairs, own.admission, composites)
    own.keep_compared()
    linked.keep_compared()
    clusters, counts = attach_rewrites(context, representative, clusters, edges, admission)
    return Clustering(*order_clusters(representative, clusters, composites.home), counts)
