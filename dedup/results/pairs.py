"""Select the pairs of articles that are written, and make their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.clustering.article_bodies import ArticlesOfBody
from dedup.clustering.article_clusters import BodyCluster
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.probability import Limits, model, probabilities
from dedup.comparison.recency import newer
from dedup.corpus.build import Corpus
from dedup.inputs.batch import int_array
from dedup.kernels.union_find import cross_join_ranges, flatten
from dedup.results.tables import Names, PairTable

Ints = NDArray[np.int64]

#: In clusters of more members only the pairs with the canonical copy are written.
ALL_PAIRS = 200


#: Pairs of which all features are looked at together: 4 MB of them.
BLOCK = 1 << 14
#: Pairs of two groups of identical articles across clusters are written one by one up to so many.
ACROSS = 400


@dataclass(frozen=True)
class PairSelection:
    """Pairs to write, by (a, b): ranks, the row of `edges` that holds the numbers (-1: identical bodies), whether the
    row's a is the pair's b, and how many more pairs are implied."""

    a: Ints
    b: Ints
    row: Ints
    swapped: NDArray[np.bool_]
    implied: int


def select_pairs(
    clusters: Sequence[BodyCluster],
    canonical: Ints,
    representative: Ints,
    articles: ArticlesOfBody,
    edges: RelationTable,
) -> PairSelection:
    """Select the pairs of articles that are written.

    They are all compared pairs of clusters up to ALL_PAIRS articles, in larger clusters those with the canonical copy,
    and all related pairs across clusters.

    canonical (clusters,): the rank of each cluster's canonical copy.
    """
    cluster_of = np.full(len(representative), -1, np.int64)
    body, body_first = flatten([cluster.bodies for cluster in clusters])
    cluster_of[body] = np.repeat(np.arange(len(clusters)), np.diff(body_first))
    large = np.array([len(cluster.articles) > ALL_PAIRS for cluster in clusters], np.bool_)
    pieces, implied = _verified_pairs(cluster_of, large, articles, edges)
    same = body[~large[cluster_of[body]]]
    i, j, _ = cross_join_ranges(articles.first[same], articles.count[same], articles.first[same], articles.count[same])
    i, j = i[i < j], j[i < j]
    pieces.append((articles.article[i], articles.article[j], np.full(len(i), -1)))
    for number in np.flatnonzero(large).tolist():
        size = len(clusters[number].articles)
        implied += size * (size - 1) // 2 - (size - 1)
        members = np.array([m for m in clusters[number].articles if m != canonical[number]])
        keeper = np.full(size - 1, canonical[number])
        rows = np.full(size - 1, -1)
        other = np.flatnonzero(representative[members] != representative[keeper])
        rows[other] = edges.rows_of(representative[members[other]], representative[keeper[other]])
        pieces.append((members, keeper, rows))
    a, b, row = (np.concatenate(column) for column in zip(*pieces, strict=True))
    low, high = np.minimum(a, b), np.maximum(a, b)
    # A row's a is the smaller representative; the articles that stand for it may be in the other order.
    flipped = (
        np.where(row >= 0, representative[low] != edges.a[row], False) if len(edges) else np.zeros(len(a), np.bool_)
    )
    order = np.lexsort((high, low))
    keep = edges.relation[row[order]] != r.NONE if len(edges) else np.ones(len(order), np.bool_)
    keep |= row[order] < 0
    order = order[keep]
    return PairSelection(low[order], high[order], row[order], flipped[order], implied)


def _verified_pairs(
    cluster_of: Ints, large: NDArray[np.bool_], articles: ArticlesOfBody, edges: RelationTable
) -> tuple[list[tuple[Ints, Ints, Ints]], int]:
    """The articles (a, b) of all related pairs of bodies that are not within a large cluster, with their rows.

    cluster_of (n,): the number of each body's cluster, or -1. Of many articles across clusters only the first are
    selected; the second result is how many pairs this leaves out.
    """
    row = np.flatnonzero(edges.relation != r.NONE)
    x, y = edges.a[row], edges.b[row]
    inside = (cluster_of[x] >= 0) & (cluster_of[x] == cluster_of[y])
    selected = ~inside
    selected[inside] = ~large[cluster_of[x[inside]]]
    row, x, y, inside = row[selected], x[selected], y[selected], inside[selected]
    left, right = articles.count[x], articles.count[y]
    many = ~inside & (left * right > ACROSS)
    implied = int((left * right - 1)[many].sum())
    left, right = np.where(many, 1, left), np.where(many, 1, right)
    i, j, source = cross_join_ranges(articles.first[x], left, articles.first[y], right)
    return [(articles.article[i], articles.article[j], row[source])], implied


def cluster_pairs(clusters: Sequence[BodyCluster]) -> NDArray[np.int64]:
    """The pairs (m, 2) of bodies of one cluster of up to ALL_PAIRS articles."""
    body, first = flatten(
        [cluster.bodies for cluster in clusters if len(cluster.bodies) > 2 and len(cluster.articles) <= ALL_PAIRS]
    )
    i, j, _ = cross_join_ranges(first[:-1], np.diff(first), first[:-1], np.diff(first))
    return np.stack([body[i[i < j]], body[j[i < j]]], axis=1)


def pair_table(corpus: Corpus, names: Names, pairs: PairSelection, edges: RelationTable, limits: Limits) -> PairTable:
    """The selected pairs with their numbers. limits: those under which their relations were found."""
    digests = corpus.digests
    identical = pairs.row < 0
    shingles = np.maximum(1, digests.length - digests.size + 1)[pairs.a]
    relation, direction = np.full(len(identical), r.IDENTICAL, np.uint8), np.zeros(len(identical), np.int8)
    numbers: dict[str, NDArray[Any]] = dict.fromkeys(("shared", "size_a", "size_b"), shingles)
    numbers["run"] = digests.length[pairs.a]
    probability = np.full(len(identical), model().identical)
    if len(edges):
        other = np.flatnonzero(~identical)
        for low in range(0, len(other), BLOCK):
            some = other[low : low + BLOCK]
            row = pairs.row[some]
            probability[some] = probabilities(edges.features[row], edges.relation[row], limits)
        relation = np.where(identical, relation, edges.relation[pairs.row])
        direction = r.direction(edges.features[pairs.row][:, : c.LENGTH_B + 1], relation)
        columns = {"shared": c.SHARED, "size_a": c.SIZE_A, "size_b": c.SIZE_B, "run": c.RUN}
        numbers = {
            name: np.where(identical, numbers[name], edges.features[pairs.row, i]) for name, i in columns.items()
        }
    flip = pairs.swapped
    return PairTable(
        names, pairs.a, pairs.b, relation, np.where(flip, -direction, direction).astype(np.int8),
        _newer(corpus, pairs, relation), numbers["shared"], np.where(flip, numbers["size_b"], numbers["size_a"]),
        np.where(flip, numbers["size_a"], numbers["size_b"]), numbers["run"], probability,
    )  # fmt: skip


def _newer(corpus: Corpus, pairs: PairSelection, relation: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Which article of each pair is the later version (m,): 1 for b, -1 for a, 0 where nothing says so."""
    out = np.zeros(len(relation), np.int8)
    rows = np.flatnonzero((relation == r.VERSION) | (relation == r.EXCERPT))
    ranks, place = np.unique(np.concatenate([pairs.a[rows], pairs.b[rows]]), return_inverse=True)
    titles, domains, published = (
        corpus.table.column(name).take(int_array(ranks)).to_pylist() for name in ("title", "domain", "published")
    )
    out[rows] = newer(titles, domains, published, place[: len(rows)], place[len(rows) :])
    return out
