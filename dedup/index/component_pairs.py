"""Pairs of representatives of a large component as columns: how many keys they share, and their comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import relate as r
from dedup.comparison.pair_table import RelationTable, rows_of_keys
from dedup.index.pair_cache import WIDTH, CachedVerifier

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_LOW = np.int64(0xFFFFFFFF)


@dataclass(frozen=True)
class KeyPairs:
    """Pairs (p,) of representatives by `key`, `a << 32 | b` of their ranks a < b, ascending, each once.

    passages, bands: how many keys of each kind the two share, as the search counts them. comparison: the row of their
    comparison in a `ComparisonLog`, -1 where there is none.
    """

    key: Ints
    passages: NDArray[np.int32]
    bands: NDArray[np.int32]
    comparison: Ints

    @classmethod
    def empty(cls) -> KeyPairs:
        """Return no pairs."""
        none, no_counts = np.zeros(0, np.int64), np.zeros(0, np.int32)
        return cls(none, no_counts, no_counts, none)

    @property
    def ends(self) -> tuple[Ints, Ints]:
        """The ranks of both, (p,) each."""
        return self.key >> 32, self.key & _LOW

    def shift(self, rank: int) -> KeyPairs:
        """Return the pairs after an article was inserted at a rank."""
        a, b = self.ends
        return replace(self, key=(a + (a >= rank)) << 32 | (b + (b >= rank)))

    def add(self, key: Ints, passages: Ints | None = None, bands: Ints | None = None) -> KeyPairs:
        """Return the pairs with counts (m,) added to those of the pairs `key` (m,), ascending, each once.

        Pairs that are not here yet are inserted.
        """
        row = self.find(key)
        is_new = row < 0
        rows = row[~is_new]
        order = np.argsort(np.append(self.key, key[is_new]), kind="stable") if is_new.any() else None

        def insert(values: NDArray[Any], new: Any) -> NDArray[Any]:
            return values if order is None else np.append(values, np.full(np.count_nonzero(is_new), new))[order]

        def count(values: NDArray[np.int32], more: Ints | None) -> NDArray[np.int32]:
            if more is None:
                return insert(values, np.int32(0))
            more = more.astype(np.int32)
            counts = values.copy()
            counts[rows] += more[~is_new]
            return insert(counts, more[is_new])

        return KeyPairs(
            insert(self.key, key[is_new]), count(self.passages, passages), count(self.bands, bands),
            insert(self.comparison, -1),
        )  # fmt: skip

    def refer(self, key: Ints, first: int) -> KeyPairs:
        """Return the pairs with `key` (m,), ascending, referring to the comparisons from row `first` on, in order."""
        key_pairs = self.add(key)
        comparison = key_pairs.comparison.copy()
        comparison[key_pairs.find(key)] = first + np.arange(len(key))
        return replace(key_pairs, comparison=comparison)

    def candidates(self, short: Bools) -> Ints:
        """Return the rows of the pairs that the search compares; short (n,): by rank, bodies of few shingles."""
        a, b = self.ends
        return np.flatnonzero((self.bands > 0) | (self.passages > 1) | ((self.passages == 1) & (short[a] | short[b])))

    def find(self, key: Ints) -> Ints:
        """Return the rows of pairs (m,), -1 for one that is not here."""
        return rows_of_keys(self.key, key)


class ComparisonLog:
    """Comparisons that were made, toward the article of smaller rank; they are only appended.

    Columns (n,): relation uint8, has_features bool (else the features are 0), features (n, WIDTH) int32.
    """

    def __init__(self) -> None:
        self._size = 0
        self._columns: list[NDArray[Any]] = [
            np.zeros(256, np.uint8), np.zeros(256, np.bool_), np.zeros((256, WIDTH), np.int32)
        ]  # fmt: skip

    def __len__(self) -> int:
        return self._size

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return sum(column.nbytes for column in self._columns)

    @property
    def columns(self) -> Sequence[NDArray[Any]]:
        """The columns relation, has_features and features."""
        return [column[: self._size] for column in self._columns]

    def append(self, *columns: NDArray[Any]) -> None:
        """Append rows; columns: relation, has_features and features."""
        end = self._size + len(columns[0])
        if end > len(self._columns[0]):
            capacity = max(end, 3 * len(self._columns[0]) // 2)
            self._columns = [
                np.concatenate([column, np.zeros((capacity - self._size, *column.shape[1:]), column.dtype)])
                for column in self.columns
            ]
        for column, rows in zip(self._columns, columns, strict=True):
            column[self._size : end] = rows
        self._size = end


class ComparisonTable:
    """The comparisons of a log, those that a change adds, and the pairs that refer to both.

    shared: the pairs. added: columns of the added comparisons, whose rows follow those of the log.
    """

    def __init__(self, log: ComparisonLog, key_pairs: KeyPairs) -> None:
        self._size, self._log = len(log), log.columns
        self.key_pairs = key_pairs
        self.new_rows: list[NDArray[Any]] = [column[:0] for column in self._log]

    def _rows(self, rows: Ints, log: NDArray[Any], added: NDArray[Any]) -> NDArray[Any]:
        is_added = rows >= self._size
        if not is_added.any():
            return log[rows]
        out = np.empty((len(rows), *log.shape[1:]), log.dtype)
        out[~is_added] = log[rows[~is_added]]
        out[is_added] = added[rows[is_added] - self._size]
        return out

    def relation(self, rows: Ints) -> NDArray[np.uint8]:
        """Return the relation codes of comparisons (m,)."""
        return self._rows(rows, self._log[0], self.new_rows[0])

    def has_features(self, rows: Ints) -> Bools:
        """Tell which of the comparisons (m,) have features."""
        return self._rows(rows, self._log[1], self.new_rows[1])

    def features(self, rows: Ints, column: int | None = None) -> NDArray[np.int32]:
        """Return the features of comparisons (m, WIDTH), or one of them (m,)."""
        log, added = self._log[2], self.new_rows[2]
        if column is not None:
            log, added = log[:, column], added[:, column]
        return self._rows(rows, log, added)

    def compare_related(self, verifier: CachedVerifier, short: Bools) -> TablePairs:
        """Compare the candidate pairs that were not compared; return the related ones. short (n,): by rank."""
        rows = self.key_pairs.candidates(short)
        missing = self.key_pairs.key[rows[self.key_pairs.comparison[rows] < 0]]
        if len(missing):
            self._add(missing, verifier.columns(missing >> 32, missing & _LOW, exact=False))
        comparison = self.key_pairs.comparison[rows]
        related = self.relation(comparison) != r.NONE
        key = self.key_pairs.key[rows[related]]
        return TablePairs(self, key >> 32, key & _LOW, comparison[related])

    def compare(self, verifier: CachedVerifier, pairs: Ints) -> TablePairs:
        """Compare pairs (m, 2) of ranks a < b exactly and return all, as `Verifier.all` does."""
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        a, b = pairs[:, 0], pairs[:, 1]
        key = a << 32 | b
        comparison = np.append(self.key_pairs.comparison, -1)[self.key_pairs.find(key)]
        is_exact = comparison >= 0
        is_exact[is_exact] = self.has_features(comparison[is_exact])
        missing = np.flatnonzero(~is_exact)
        if len(missing):
            self._add(key[missing], verifier.columns(a[missing], b[missing], exact=True))
            comparison = self.key_pairs.comparison[self.key_pairs.find(key)]
        return TablePairs(self, a, b, comparison)

    def _add(self, key: Ints, columns: Sequence[NDArray[Any]]) -> None:
        """Add comparisons of pairs, ascending."""
        self.key_pairs = self.key_pairs.refer(key, self._size + len(self.new_rows[0]))
        self.new_rows = [np.concatenate(both) for both in zip(self.new_rows, columns, strict=True)]


class _Features:
    """The features of some comparisons, gathered when they are asked for: all of them are a hundred bytes a pair."""

    def __init__(self, table: ComparisonTable, rows: Ints) -> None:
        self._table, self._rows = table, rows

    def __getitem__(self, key: Any) -> NDArray[np.int32]:
        rows, *column = key if isinstance(key, tuple) else (key,)
        return self._table.features(self._rows[rows], *column)


class TablePairs(RelationTable):
    """`RelationTable` of comparisons in a table; comparison (n,): their rows there."""

    def __init__(self, table: ComparisonTable, a: Ints, b: Ints, comparison: Ints) -> None:
        super().__init__(a, b, _Features(table, comparison), table.relation(comparison))  # type: ignore[arg-type]
        self._table, self._comparison = table, comparison

    def extend(self, *others: RelationTable) -> None:
        """`RelationTable.extend`; the others are of the same table."""
        for other in others:
            assert isinstance(other, TablePairs)
            self._comparison = np.append(self._comparison, other._comparison)
            self.features = np.zeros((0, WIDTH), np.int32)
            super().extend(RelationTable(other.a, other.b, self.features, other.relation))
        self.features = _Features(self._table, self._comparison)  # type: ignore[assignment]
