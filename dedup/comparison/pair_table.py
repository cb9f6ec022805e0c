"""Compared pairs of bodies, with their features and relations, as one table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.align import FEATURES
from dedup.comparison.relate import JOINS

Ints = NDArray[np.int64]


def pair_keys(x: Ints, y: Ints) -> Ints:
    """Return pairs (n,) of ranks or numbers, in any order within a pair, as keys `a << 32 | b` with a < b."""
    return np.minimum(x, y) << 32 | np.maximum(x, y)


def rows_of_keys(keys: Ints, queries: Ints) -> Ints:
    """Return the rows (m,) of the queries (m,) in ascending keys (n,), -1 for one that is not there."""
    if len(keys) == 0:
        return np.full(len(queries), -1)
    row = np.minimum(np.searchsorted(keys, queries), len(keys) - 1)
    return np.where(keys[row] == queries, row, -1)


@dataclass
class RelationTable:
    """m compared pairs of bodies, by (a, b).

    a, b (m,) int64, a < b; features (m, len(align.FEATURES)) int32; relation (m,) uint8: codes of `relate.RELATIONS`.
    """

    a: Ints
    b: Ints
    features: NDArray[np.int32]
    relation: NDArray[np.uint8]
    #: The keys in order with their rows; made when they are asked for.
    _sorted: tuple[Ints, Ints] | None = field(default=None, init=False, repr=False)

    @classmethod
    def concatenate(cls, tables: Iterable[RelationTable]) -> RelationTable:
        """The rows of all tables, in order."""
        none = np.zeros(0, np.int64)
        empty = none, none, np.zeros((0, len(FEATURES)), np.int32), np.zeros(0, np.uint8)
        parts = [empty, *((table.a, table.b, table.features, table.relation) for table in tables)]
        return RelationTable(*map(np.concatenate, zip(*parts, strict=True)))

    def __len__(self) -> int:
        return len(self.a)

    def rows_of(self, x: Ints, y: Ints) -> Ints:
        """The rows of pairs (k,), -1 for a pair that is not in the table."""
        if len(self) == 0:
            return np.full(len(x), -1)
        if self._sorted is None:
            keys = self.a << 32 | self.b
            order = np.argsort(keys, kind="stable")
            self._sorted = keys[order], order
        keys, order = self._sorted
        row = rows_of_keys(keys, pair_keys(x, y))
        return np.where(row < 0, -1, order[row])

    def uncompared(self, pairs: Ints) -> Ints:
        """The pairs (m, 2) that are not in the table, as (k, 2) with a < b, ascending, each once."""
        if len(pairs) == 0:
            return pairs.reshape(-1, 2)
        keys = np.sort(pair_keys(pairs[:, 0], pairs[:, 1]))
        keys = keys[np.append(True, keys[1:] != keys[:-1])]
        pairs = np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1)
        return pairs[self.rows_of(pairs[:, 0], pairs[:, 1]) < 0]

    def complete(self, pairs: Ints, compare: ComparePairs) -> None:
        """Compare the pairs (m, 2) that are not in the table, and add them."""
        uncompared = self.uncompared(pairs)
        if len(uncompared):
            self.extend(compare(uncompared))

    def are_joining(self, x: int, others: Collection[int]) -> bool:
        """Whether x may be in one cluster with each of the others; not with one that it was not compared with."""
        rows = self.rows_of(np.full(len(others), x), np.fromiter(others, np.int64, len(others)))
        return bool((rows >= 0).all() and JOINS[self.relation[rows]].all())

    def filter(self, keep: NDArray[np.bool_] | Ints) -> RelationTable:
        """The rows for which `keep` (m,) is set, or those of these numbers."""
        return RelationTable(self.a[keep], self.b[keep], self.features[keep], self.relation[keep])

    def columns(self, rows: Ints, *features: int) -> Iterator[Ints]:
        """Some features of some rows (k,), each (k,) int64."""
        return (self.features[rows, feature].astype(np.int64) for feature in features)

    def with_relation(self, relation: NDArray[np.uint8]) -> RelationTable:
        """The same pairs with other relations (m,)."""
        table = copy(self)
        table.relation, table._sorted = relation, None
        return table

    def extend(self, *others: RelationTable) -> None:
        """Add pairs that are not in the table."""
        self._sorted = None
        whole = RelationTable.concatenate([self, *others])
        self.a, self.b, self.features, self.relation = whole.a, whole.b, whole.features, whole.relation


#: Compares pairs (m, 2) of bodies and returns all of them, related or not.
ComparePairs = Callable[[Ints], RelationTable]
