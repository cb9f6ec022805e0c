"""The pairs of a large component as columns: how often they meet, and the comparisons that were made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import relate as r
from dedup.comparison.align import FEATURES
from dedup.comparison.pair_table import RelationTable
from dedup.index.pair_cache import Among

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_LOW = np.int64(0xFFFFFFFF)


@dataclass
class Meetings:
    """Pairs of representatives by rank, `a << 32 | b` with a < b, ascending: in how many passages and bands they meet,
    and the row of their comparison in `Facts`, -1 where there is none. (p,)"""

    key: Ints
    passages: NDArray[np.int32]
    bands: NDArray[np.int32]
    at: Ints

    @property
    def ends(self) -> tuple[Ints, Ints]:
        return self.key >> 32, self.key & _LOW

    def shifted(self, rank: int) -> Meetings:
        """These after an article came in at a rank."""
        a, b = self.ends
        return Meetings((a + (a >= rank)) << 32 | (b + (b >= rank)), self.passages, self.bands, self.at.copy())

    def changed(self, key: Ints, passages: Ints, bands: Ints) -> Meetings:
        """These with other numbers of meetings; key (m,) ascending, each once: of pairs that are here, or are to be."""
        place = np.minimum(np.searchsorted(self.key, key), max(0, len(self.key) - 1))
        here = self.key[place] == key if len(self.key) else np.zeros(len(key), np.bool_)
        both = []
        for old, more in ((self.passages, passages), (self.bands, bands)):
            count = old.copy()
            count[place[here]] += more[here].astype(np.int32)
            both.append(count)
        fresh = ~here
        if not fresh.any():
            return Meetings(self.key, both[0], both[1], self.at)
        order = np.argsort(np.append(self.key, key[fresh]), kind="stable")
        return Meetings(
            np.append(self.key, key[fresh])[order],
            np.append(both[0], passages[fresh].astype(np.int32))[order],
            np.append(both[1], bands[fresh].astype(np.int32))[order],
            np.append(self.at, np.full(np.count_nonzero(fresh), -1))[order],
        )

    def candidates(self, short: Bools) -> Ints:
        """The rows of those pairs that the search compares; short (n,): by rank, bodies of few shingles."""
        a, b = self.ends
        return np.flatnonzero((self.bands > 0) | (self.passages > 1) | ((self.passages == 1) & (short[a] | short[b])))

    def find(self, key: Ints) -> Ints:
        """The rows of pairs, -1 for one that is not here."""
        if len(self.key) == 0:
            return np.full(len(key), -1)
        row = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return np.where(self.key[row] == key, row, -1)


class Facts:
    """Comparisons that were made, toward the one of smaller rank; they only grow in number.

    relation (n,) uint8; told (n,): whether there are features, else they are 0.
    """

    def __init__(self) -> None:
        self._size = 0
        self._relation = np.zeros(256, np.uint8)
        self._told = np.zeros(256, np.bool_)
        self._features = np.zeros((256, len(FEATURES)), np.int32)

    def __len__(self) -> int:
        return self._size

    @property
    def nbytes(self) -> int:
        return self._relation.nbytes + self._told.nbytes + self._features.nbytes

    @property
    def columns(self) -> tuple[NDArray[np.uint8], Bools, NDArray[np.int32]]:
        return self._relation[: self._size], self._told[: self._size], self._features[: self._size]

    def append(self, relation: NDArray[np.uint8], told: Bools, features: NDArray[np.int32]) -> None:
        end = self._size + len(relation)
        if end > len(self._relation):
            room = max(end, 3 * len(self._relation) // 2)
            self._relation, self._told, self._features = (
                np.concatenate([held[: self._size], np.zeros((room - self._size, *held.shape[1:]), held.dtype)])
                for held in (self._relation, self._told, self._features)
            )
        self._relation[self._size : end] = relation
        self._told[self._size : end] = told
        self._features[self._size : end] = features
        self._size = end


class ComparisonTable:
    """Comparisons of a kept state, and those that are made on the way, with the pairs that they are of."""

    def __init__(self, facts: Facts, meetings: Meetings) -> None:
        self._base, self._facts = len(facts), facts
        self.meetings = meetings
        self.relation = np.zeros(0, np.uint8)
        self.has_features = np.zeros(0, np.bool_)
        self.features = facts.columns[2][:0]

    def _of(self, at: Ints, base: NDArray[Any], fresh: NDArray[Any]) -> NDArray[Any]:
        late = at >= self._base
        if not late.any():
            return base[at]
        out = np.empty((len(at), *base.shape[1:]), base.dtype)
        out[~late] = base[at[~late]]
        out[late] = fresh[at[late] - self._base]
        return out

    def relations(self, at: Ints) -> NDArray[np.uint8]:
        return self._of(at, self._facts.columns[0], self.relation)

    def are_told(self, at: Ints) -> Bools:
        return self._of(at, self._facts.columns[1], self.has_features)

    def all_features(self, at: Ints, column: int | None = None) -> NDArray[np.int32]:
        """The features of comparisons, or one of them."""
        base, fresh = self._facts.columns[2], self.features
        return self._of(at, base, fresh) if column is None else self._of(at, base[:, column], fresh[:, column])

    def add(self, key: Ints, relation: NDArray[np.uint8], told: Bools, features: NDArray[np.int32]) -> None:
        """Remember comparisons of pairs, ascending."""
        if (self.meetings.find(key) < 0).any():
            none = np.zeros(len(key), np.int64)
            self.meetings = self.meetings.changed(key, none, none)
        at = self.meetings.at.copy()
        at[self.meetings.find(key)] = self._base + len(self.relation) + np.arange(len(key))
        self.meetings = replace(self.meetings, at=at)
        self.relation = np.append(self.relation, relation)
        self.has_features = np.append(self.has_features, told)
        self.features = np.concatenate([self.features, features])


class _Features:
    """The features of some comparisons, fetched when they are asked for: all of them are a hundred bytes a pair."""

    def __init__(self, table: ComparisonTable, at: Ints) -> None:
        self._table, self.at = table, at

    def __getitem__(self, key: Any) -> NDArray[np.int32]:
        rows, *column = key if isinstance(key, tuple) else (key,)
        return self._table.all_features(self.at[rows], *column)


class Edges(RelationTable):
    """`RelationTable`, of comparisons in a table."""

    def __init__(self, table: ComparisonTable, a: Ints, b: Ints, at: Ints) -> None:
        super().__init__(a, b, _Features(table, at), table.relations(at))  # type: ignore[arg-type]
        self._table, self._at = table, at

    def find(self, x: int, y: int) -> int:
        """`Verified.find`, without a dictionary of all pairs: few are asked for."""
        return int(self.rows_of(np.array([x]), np.array([y]))[0])

    def extend(self, *others: RelationTable) -> None:
        """`Verified.extend`; the others are of the same table."""
        for other in others:
            assert isinstance(other, Edges)
            self._at = np.append(self._at, other._at)
            self.features = np.zeros((0, len(FEATURES)), np.int32)
            super().extend(RelationTable(other.a, other.b, self.features, other.relation))
        self.features = _Features(self._table, self._at)  # type: ignore[assignment]


def edges_of(table: ComparisonTable, among: Among, short: Bools) -> RelationTable:
    """The related ones of the candidate pairs, after comparing those that are new."""
    chosen = table.meetings.candidates(short)
    missing = table.meetings.key[chosen[table.meetings.at[chosen] < 0]]
    if len(missing):
        held, turned = among.find(missing >> 32, missing & 0xFFFFFFFF, exact=False)
        table.add(missing, *among.facts(held, turned))
    at = table.meetings.at[chosen]
    related = table.relations(at) != r.NONE
    key, at = table.meetings.key[chosen[related]], at[related]
    return Edges(table, key >> 32, key & _LOW, at)


def compare_all(table: ComparisonTable, among: Among, pairs: Ints) -> RelationTable:
    """`Verifier.all`."""
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    key = pairs[:, 0] << 32 | pairs[:, 1]
    at = np.append(table.meetings.at, -1)[table.meetings.find(key)]
    known = at >= 0
    known[known] = table.are_told(at[known])
    missing = np.flatnonzero(~known)
    if len(missing):
        held, turned = among.find(pairs[missing, 0], pairs[missing, 1], exact=True)
        table.add(key[missing], *among.facts(held, turned))
        at = table.meetings.at[table.meetings.find(key)]
    return Edges(table, pairs[:, 0], pairs[:, 1], at)
