"""Keep versions out of a cluster that were published too late for what they share.

An outlet updates a text within a day. What it prints later with half of the words of an old text is mostly another
story with the same background, or the next notice of one form. The share that a version must have in common grows with
the time between: of 80 labelled and read versions that were published more than a day apart 41 are other stories, 22 of
which have less, and 4 of the 39 copies. Such a pair is still written as the version that its words make it; it only
joins no cluster. As with rewrites (`rewrites.APART`), nothing is asked of articles without a time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dedup.clustering.article_bodies import ArticlesOfBody
from dedup.comparison import align as c
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import VERSION
from dedup.kernels.union_find import cross_join_ranges

Ints = NDArray[np.int64]

_DAY = 86400.0
#: The least share (per mille) of the smaller body's shingles in a version that was published so many days later.
LATER, MUCH_LATER = (1 * _DAY, 500), (2 * _DAY, 600)


class LateVersions:
    """Which pairs are versions that were published too late.

    published: seconds since 1970 of some ranks, NaN where unknown. representative (n,) int64: of each article, -1 for
    none.
    """

    def __init__(self, published: Callable[[Ints], NDArray[np.float64]], representative: Ints) -> None:
        self._published, self._representative = published, representative
        # The earliest and the latest time of bodies that were asked for.
        self._first = np.full(len(representative), np.nan)
        self._last = np.full(len(representative), np.nan)
        self._is_known = np.zeros(len(representative), np.bool_)

    @cached_property
    def _articles(self) -> ArticlesOfBody:
        return ArticlesOfBody.of(self._representative)

    def mask(self, table: RelationTable) -> NDArray[np.bool_]:
        """Which pairs (m,) of a table are too late to join a cluster."""
        shared, size_a, size_b = (table.features[:, i].astype(np.int64) for i in (c.SHARED, c.SIZE_A, c.SIZE_B))
        share = 1000 * shared // np.maximum(1, np.minimum(size_a, size_b))
        out = (table.relation == VERSION) & (share < MUCH_LATER[1])
        rows = np.flatnonzero(out)
        if len(rows):
            apart = self._apart(table.a[rows], table.b[rows])
            out[rows] = (apart > MUCH_LATER[0]) | ((apart > LATER[0]) & (share[rows] < LATER[1]))
        return out

    def _apart(self, a: Ints, b: Ints) -> NDArray[np.float64]:
        """Seconds (m,) between the nearest articles of two bodies; NaN where one has no time."""
        bodies = np.unique(np.concatenate([a, b]))
        bodies = bodies[~self._is_known[bodies]]
        if len(bodies):
            self._is_known[bodies] = True
            articles, none = self._articles, np.zeros(len(bodies), np.int64)
            place, _, _ = cross_join_ranges(articles.first[bodies], articles.count[bodies], none, none + 1)
            seconds = self._published(articles.article[place])
            body = self._representative[articles.article[place]]
            np.fmin.at(self._first, body, seconds)
            np.fmax.at(self._last, body, seconds)
        return np.maximum(self._first[a] - self._last[b], self._first[b] - self._last[a])
