"""Keep pairs out of a cluster that were published too late for what they share.

An outlet updates a text within a day. What it prints later with half of the words of an old text is mostly another
story with the same background, or the next notice of one form. The share that a version must have in common grows with
the time between: of 80 labelled and read versions that were published more than a day apart 41 are other stories, 22 of
which have less, and 4 of the 39 copies. After a day a text is not edited any more: where more words are a version's own
than were edited, they are other news. And what is printed again after days keeps its figures: bulletins of one form
have others. Such a pair is still written as what its words make it; it only joins no cluster. As with rewrites
(`rewrites.APART`), nothing is asked of articles without a time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dedup.clustering.article_bodies import ArticlesOfBody
from dedup.clustering.own_news import own_and_edited
from dedup.comparison import align as c
from dedup.comparison.leads import OWN_LEAD, SAME_LEAD
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import NEAR_COPY, VERSION
from dedup.kernels.union_find import cross_join_ranges

Ints = NDArray[np.int64]

_DAY = 86400.0
#: The least share (per mille) of the smaller body's shingles in a version that was published so many days later.
LATER, MUCH_LATER = (1 * _DAY, 500), (2 * _DAY, 600)
#: Later than LATER a version has less than this share of its words of its own, per mille, or was edited throughout, or
#: both begin alike.
OWN_LATER = 100
#: Later than this near copies and versions have the same numbers: more than this share of the fewer ones, per mille,
#: and no other one in an aligned slot.
DAYS_LATER, SAME_FIGURES = 3 * _DAY, 700


class LateVersions:
    """Which pairs were published too late for what they share.

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
        rows = np.flatnonzero((table.relation == VERSION) | (table.relation == NEAR_COPY))
        version = table.relation[rows] == VERSION
        shared, size_a, size_b = table.columns(rows, c.SHARED, c.SIZE_A, c.SIZE_B)
        numbers_a, numbers_b, numbers = table.columns(rows, c.NUMBERS_A, c.NUMBERS_B, c.NUMBERS)
        changed, cover, lead = table.columns(rows, c.CHANGED, c.LEAD_COVER, c.LEAD_OWN)
        first_a, first_b = table.columns(rows, c.FIRST_A, c.FIRST_B)
        other_lead = (cover < SAME_LEAD) & (np.maximum(lead, np.maximum(first_a, first_b)) >= OWN_LEAD)
        share = 1000 * shared // np.maximum(1, np.minimum(size_a, size_b))
        own, edited = own_and_edited(table, rows)
        with_own = version & (own >= OWN_LATER) & (5 * own >= 6 * edited) & other_lead
        fewer = np.minimum(numbers_a, numbers_b)
        others = (changed > 0) | ((fewer > 0) & (1000 * numbers <= SAME_FIGURES * fewer))
        may_be = np.flatnonzero((version & (share < MUCH_LATER[1])) | with_own | others)
        apart = np.full(len(rows), np.nan)
        if len(may_be):
            apart[may_be] = self.apart(table.a[rows[may_be]], table.b[rows[may_be]])
        little = (apart > MUCH_LATER[0]) & (share < MUCH_LATER[1])
        little |= (apart > LATER[0]) & (share < LATER[1])
        out = np.zeros(len(table), np.bool_)
        out[rows] = (version & little) | (with_own & (apart > LATER[0])) | (others & (apart > DAYS_LATER))
        return out

    def apart(self, a: Ints, b: Ints) -> NDArray[np.float64]:
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
