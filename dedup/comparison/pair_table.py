"""Compared pairs of bodies, with their features and relations, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.relate import JOINS


@dataclass
class Verified:
    """Compared pairs: bodies `a` < `b`, their features and relation codes, by (a, b). Grows by `extend`."""

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

    def find(self, x: int, y: int) -> int:
        """The row of a pair, or -1."""
        if self._row is None:
            self._row = dict(zip((self.a << 32 | self.b).tolist(), range(len(self)), strict=True))
        return self._row.get((x << 32 | y) if x < y else (y << 32 | x), -1)

    def rows(self, x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
        """`find` of columns: the rows of pairs (m,), -1 for one that was not compared."""
        if len(self) == 0:
            return np.full(len(x), -1)
        if self._sorted is None:
            keys = self.a << 32 | self.b
            order = np.argsort(keys, kind="stable")
            self._sorted = keys[order], order
        keys, order = self._sorted
        wanted = np.minimum(x, y) << 32 | np.maximum(x, y)
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[place] == wanted, order[place], -1)

    def missing(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the pairs (m, 2), in any order within a pair, that were not compared yet, as (m, 2) with a < b."""
        if len(pairs) == 0:
            return pairs.reshape(-1, 2)
        low, high = np.minimum(pairs[:, 0], pairs[:, 1]), np.maximum(pairs[:, 0], pairs[:, 1])
        keys = np.sort(low << 32 | high)
        keys = keys[np.append(True, keys[1:] != keys[:-1])]
        pairs = np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1)
        return pairs[self.rows(pairs[:, 0], pairs[:, 1]) < 0]

    def joined(self, x: int, y: int) -> bool:
        """Whether a pair is related so that it may stand in one cluster."""
        row = self.find(x, y)
        return row >= 0 and bool(JOINS[self.relation[row]])

    def only(self, keep: NDArray[np.bool_]) -> Verified:
        """The rows for which `keep` (bool) is set."""
        return Verified(self.a[keep], self.b[keep], self.features[keep], self.relation[keep])

    def extend(self, *others: Verified) -> None:
        """Add pairs that are not here yet."""
        if self._row is not None:
            keys = np.concatenate([other.a << 32 | other.b for other in others]) if others else np.zeros(0, np.int64)
            self._row.update(zip(keys.tolist(), range(len(self), len(self) + len(keys)), strict=True))
        self._sorted = None
        self.a = np.concatenate([self.a, *(other.a for other in others)])
        self.b = np.concatenate([self.b, *(other.b for other in others)])
        self.features = np.concatenate([self.features, *(other.features for other in others)])
        self.relation = np.concatenate([self.relation, *(other.relation for other in others)])


#: Compares pairs (m, 2) of bodies and returns all of them, related or not.
Compare = Callable[[NDArray[np.int64]], Verified]
