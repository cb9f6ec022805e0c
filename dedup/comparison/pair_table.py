"""Compared pairs of bodies, with their features and relations, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.relate import JOINS


@dataclass
class RelationTable:
    """m compared pairs of bodies, by (a, b).

    a, b (m,) int64, a < b; features (m, len(align.FEATURES)) int32; relation (m,) uint8: codes of `relate.RELATIONS`.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    features: NDArray[np.int32]
    relation: NDArray[np.uint8]

    def __post_init__(self) -> None:
        #: The row of each key, and the keys in order with their rows; made when they are asked for.
        self._row: dict[int, int] | None = None
        self._sorted: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def __len__(self) -> int:
        return len(self.a)

    def row_of(self, x: int, y: int) -> int:
        """The row of a pair, -1 for a pair that is not in the table."""
        if self._row is None:
            self._row = dict(zip((self.a << 32 | self.b).tolist(), range(len(self)), strict=True))
        return self._row.get((x << 32 | y) if x < y else (y << 32 | x), -1)

    def rows_of(self, x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of pairs (k,), -1 for a pair that is not in the table."""
        if len(self) == 0:
            return np.full(len(x), -1)
        if self._sorted is None:
            keys = self.a << 32 | self.b
            order = np.argsort(keys, kind="stable")
            self._sorted = keys[order], order
        keys, order = self._sorted
        key = np.minimum(x, y) << 32 | np.maximum(x, y)
        place = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        return np.where(keys[place] == key, order[place], -1)

    def uncompared(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """The pairs (m, 2) that are not in the table, as (k, 2) with a < b, ascending, each once."""
        if len(pairs) == 0:
            return pairs.reshape(-1, 2)
        low, high = np.minimum(pairs[:, 0], pairs[:, 1]), np.maximum(pairs[:, 0], pairs[:, 1])
        keys = np.sort(low << 32 | high)
        keys = keys[np.append(True, keys[1:] != keys[:-1])]
        pairs = np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1)
        return pairs[self.rows_of(pairs[:, 0], pairs[:, 1]) < 0]

    def is_joining(self, x: int, y: int) -> bool:
        """Whether the relation of a pair lets both be in one cluster; False for a pair that is not in the table."""
        row = self.row_of(x, y)
        return row >= 0 and bool(JOINS[self.relation[row]])

    def filter(self, keep: NDArray[np.bool_]) -> RelationTable:
        """The rows for which `keep` (m,) is set."""
        return RelationTable(self.a[keep], self.b[keep], self.features[keep], self.relation[keep])

    def extend(self, *others: RelationTable) -> None:
        """Add pairs that are not in the table."""
        if self._row is not None:
            keys = np.concatenate([other.a << 32 | other.b for other in others]) if others else np.zeros(0, np.int64)
            self._row.update(zip(keys.tolist(), range(len(self), len(self) + len(keys)), strict=True))
        self._sorted = None
        self.a = np.concatenate([self.a, *(other.a for other in others)])
        self.b = np.concatenate([self.b, *(other.b for other in others)])
        self.features = np.concatenate([self.features, *(other.features for other in others)])
        self.relation = np.concatenate([self.relation, *(other.relation for other in others)])


#: Compares pairs (m, 2) of bodies and returns all of them, related or not.
ComparePairs = Callable[[NDArray[np.int64]], RelationTable]
