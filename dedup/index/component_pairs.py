"""Pairs of representatives of a large component as columns: how many keys they share, and their comparisons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import relate as r
from dedup.comparison.pair_table import RelationTable, rows_of_keys
from dedup.index.pair_cache import WIDTH, CachedVerifier

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: Columns of comparisons: relation, has_features and features.
ComparisonColumns = tuple[NDArray[np.uint8], Bools, NDArray[np.int32]]

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
    def compared(self) -> int:
        """The number of comparisons that were made of these pairs: the next row in the log."""
        return int(self.comparison.max(initial=-1)) + 1

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
        pairs, row = np.unique(np.append(self.key, key), return_inverse=True)
        own, other = row[: len(self.key)], row[len(self.key) :]

        def add_counts(counts: NDArray[np.int32], more: Ints | None) -> NDArray[np.int32]:
            out = np.zeros(len(pairs), np.int32)
            out[own] = counts
            if more is not None:
                out[other] += more.astype(np.int32)
            return out

        comparison = np.full(len(pairs), -1)
        comparison[own] = self.comparison
        return KeyPairs(pairs, add_counts(self.passages, passages), add_counts(self.bands, bands), comparison)

    def refer(self, key: Ints, first: int) -> KeyPairs:
        """Return the pairs with `key` (m,), ascending, referring to the comparisons from row `first` on, in order."""
        key_pairs = self.add(key) if (self.find(key) < 0).any() else self
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
    """Comparisons that were made, toward the article of smaller rank, as columns that grow at their end.

    relation uint8, has_features bool (else the features are 0), features (WIDTH,) int32. All versions of a component
    share one log. A version knows its first rows; those after them are of a change that is being planned, and the next
    plan writes over them.
    """

    def __init__(self) -> None:
        self.relation, self.has_features = np.zeros(256, np.uint8), np.zeros(256, np.bool_)
        self.features = np.zeros((256, WIDTH), np.int32)

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.relation.nbytes + self.has_features.nbytes + self.features.nbytes

    def write(self, first: int, relation: NDArray[np.uint8], has_features: Bools, features: NDArray[np.int32]) -> int:
        """Write comparisons (m,) from row `first` on; return the row after them."""
        end = first + len(relation)
        room = max(end, 3 * len(self.relation) // 2) - first if end > len(self.relation) else 0
        for name, rows in (("relation", relation), ("has_features", has_features), ("features", features)):
            column = getattr(self, name)
            if room:
                column = np.concatenate([column[:first], np.zeros((room, *column.shape[1:]), column.dtype)])
                setattr(self, name, column)
            column[first:end] = rows
        return end


class ComparisonTable:
    """The comparisons of a component while a change is planned.

    key_pairs: the pairs, which refer to rows of the log. added: the comparisons that the change made, in order.
    """

    def __init__(self, log: ComparisonLog, key_pairs: KeyPairs) -> None:
        self.log, self.key_pairs = log, key_pairs
        self.added: list[ComparisonColumns] = []

    def compare_related(self, verifier: CachedVerifier, short: Bools) -> LogPairs:
        """Compare the candidate pairs that were not compared; return the related ones. short (n,): by rank."""
        rows = self.key_pairs.candidates(short)
        missing = self.key_pairs.key[rows[self.key_pairs.comparison[rows] < 0]]
        if len(missing):
            self._add(missing, verifier.columns(missing >> 32, missing & _LOW, exact=False))
        comparison = self.key_pairs.comparison[rows]
        related = self.log.relation[comparison] != r.NONE
        key = self.key_pairs.key[rows[related]]
        return LogPairs(self.log, key >> 32, key & _LOW, comparison[related])

    def compare(self, verifier: CachedVerifier, pairs: Ints) -> LogPairs:
        """Compare pairs (m, 2) of ranks a < b exactly and return all, as `Verifier.all` does."""
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        a, b = pairs[:, 0], pairs[:, 1]
        key = a << 32 | b
        comparison = np.append(self.key_pairs.comparison, -1)[self.key_pairs.find(key)]
        is_exact = comparison >= 0
        is_exact[is_exact] = self.log.has_features[comparison[is_exact]]
        missing = np.flatnonzero(~is_exact)
        if len(missing):
            self._add(key[missing], verifier.columns(a[missing], b[missing], exact=True))
            comparison = self.key_pairs.comparison[self.key_pairs.find(key)]
        return LogPairs(self.log, a, b, comparison)

    def _add(self, key: Ints, columns: ComparisonColumns) -> None:
        """Add comparisons of pairs, ascending."""
        first = self.key_pairs.compared
        self.log.write(first, *columns)
        self.added.append(columns)
        self.key_pairs = self.key_pairs.refer(key, first)


class _Features:
    """The features of some comparisons, gathered when they are asked for: all of them are a hundred bytes a pair."""

    def __init__(self, log: ComparisonLog, rows: Ints) -> None:
        self._log, self._rows = log, rows

    def __getitem__(self, key: Any) -> NDArray[np.int32]:
        rows, *column = key if isinstance(key, tuple) else (key,)
        return self._log.features[self._rows[rows], *column]


class LogPairs(RelationTable):
    """`RelationTable` of comparisons in a log; comparison (n,): their rows there. Holds while the change is planned."""

    def __init__(self, log: ComparisonLog, a: Ints, b: Ints, comparison: Ints) -> None:
        super().__init__(a, b, _Features(log, comparison), log.relation[comparison])  # type: ignore[arg-type]
        self._log, self._comparison = log, comparison

    def extend(self, *others: RelationTable) -> None:
        """`RelationTable.extend`; the others are of the same log."""
        for other in others:
            assert isinstance(other, LogPairs)
            self._comparison = np.append(self._comparison, other._comparison)
            self.features = np.zeros((0, WIDTH), np.int32)
            super().extend(RelationTable(other.a, other.b, self.features, other.relation))
        self.features = _Features(self._log, self._comparison)  # type: ignore[assignment]
