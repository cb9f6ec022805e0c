"""Keep pairs out of a cluster whose titles name other subjects: notices of one form, reports on two people.

Such a pair keeps the relation of its words. In alphabets without capital letters a title in other words looks the same
as one on somebody else; there the articles must also be published more than a day apart, and some days apart where one
word tells.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dedup.clustering.late_versions import DAYS_LATER, LATER
from dedup.comparison.bodies import BodyColumns
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import NEAR_COPY, REWRITE, VERSION
from dedup.comparison.title_subjects import (
    CHARACTERS,
    NAMES,
    ONE_WORD,
    WORDS,
    other_subjects_kernel,
)
from dedup.inputs.batch import text_array
from dedup.text.tokens import tokenise

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Pairs whose bodies are read at once.
BLOCK = 1 << 14


class OtherSubjects:
    """Which pairs have titles that name other subjects.

    titles: of some ranks, None where there is none. bodies: n bodies, of the ranks that represent them. apart: seconds
    (m,) between pairs of bodies, NaN where one has no time.
    """

    def __init__(
        self,
        titles: Callable[[Ints], list[str | None]],
        bodies: BodyColumns,
        apart: Callable[[Ints, Ints], NDArray[np.float64]],
    ) -> None:
        self._titles, self._bodies, self._apart = titles, bodies, apart

    def mask(self, table: RelationTable) -> Bools:
        """Which pairs (m,) of a table are about other subjects and join no cluster."""
        out = np.zeros(len(table), np.bool_)
        rows = np.flatnonzero((table.relation == NEAR_COPY) | (table.relation == VERSION) | (table.relation == REWRITE))
        for low in range(0, len(rows), BLOCK):
            block = rows[low : low + BLOCK]
            out[block] = self._of_pairs(table.a[block], table.b[block])
        return out

    def _of_pairs(self, a: Ints, b: Ints) -> Bools:
        bodies, place = np.unique(np.concatenate([a, b]), return_inverse=True)
        title_a, title_b = place[: len(a)], place[len(a) :]
        tokens = tokenise(text_array([title or "" for title in self._titles(bodies)]), repair=False)
        first = np.append(tokens.first, tokens.last[-1:])
        # Bodies are read only where titles differ.
        unread = np.zeros(0, np.uint32), self._bodies.at, self._bodies.length, self._bodies.size
        rows = np.flatnonzero(other_subjects_kernel(tokens.word, first, title_a, title_b, *unread, a, b))
        out = np.zeros(len(a), np.bool_)
        if len(rows) == 0:
            return out
        loaded, pairs, _ = self._bodies.load(np.stack([a[rows], b[rows]], 1))
        x, y = np.ascontiguousarray(pairs.T)
        kind = other_subjects_kernel(tokens.word, first, title_a[rows], title_b[rows], *loaded, x, y)
        out[rows] = (kind == NAMES) | (kind == CHARACTERS)
        for in_doubt, seconds in ((WORDS, LATER[0]), (ONE_WORD, DAYS_LATER)):
            words = rows[kind == in_doubt]
            out[words] = self._apart(a[words], b[words]) > seconds
        return out
