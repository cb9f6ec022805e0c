"""The articles of a large component, as clustering and assembling ask for them, by columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.attribution.codes import Codes
from dedup.attribution.large_clusters import Columns, canonical_many, decide_many
from dedup.index.recluster import column_of
from dedup.index.stores.base import ArticleRow
from dedup.model import Origin

Ints = NDArray[np.int64]


class Table:
    """Columns of articles as Arrow has them, made when they are asked for."""

    def __init__(self, rows: Sequence[ArticleRow]) -> None:
        self._rows = rows

    def column(self, name: str) -> pa.Array:
        return column_of([getattr(row, name) for row in self._rows])


class View:
    """`assemble.View`, by columns."""

    def __init__(self, rows: Sequence[ArticleRow], rep: Ints, count: Ints, columns: Columns, codes: Codes) -> None:
        self.representative, self.count = rep, count
        self._rows, self._columns, self._codes = rows, columns, codes

    def members(self, ranks: Ints) -> Members:
        return Members(self._rows, ranks, self._columns.take(ranks), self._codes)


class _Ids(Sequence[str]):
    def __init__(self, rows: Sequence[ArticleRow], ranks: Ints) -> None:
        self._rows, self._ranks = rows, ranks

    def __len__(self) -> int:
        return len(self._ranks)

    def __getitem__(self, i: Any) -> Any:
        return self._rows[self._ranks[i]].id


class Members:
    """`assemble.Members`, by columns."""

    def __init__(self, rows: Sequence[ArticleRow], ranks: Ints, columns: Columns, codes: Codes) -> None:
        self._rows, self._ranks, self._columns, self._codes = rows, ranks, columns, codes
        self.seconds, self.exact = columns.seconds, columns.exact

    def decide(self, low: int, high: int, words: int, rewrites: NDArray[np.bool_]) -> tuple[Origin, int, float]:
        own = self._columns.take(np.arange(low, high))
        origin = decide_many(own, _Ids(self._rows, self._ranks[low:high]), self._codes)
        return (origin, *canonical_many(own, origin, words, self._codes, rewrites))
