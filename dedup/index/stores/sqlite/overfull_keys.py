"""The bodies of keys that very many have, apart from the pages of postings; see `Postings`.

A body that is gone leaves its rows behind, until the sweep of the pages comes by or a key has some of them: they are at
as many places as it has such keys, and to delete them at once would double what a removal writes.

| table | rows |
|---|---|
| `posting_crowd` | pages (`Tiles`) of the postings of such keys, and of keys that were such once |
| `posting_crowded` | pages of these keys, `key << 30 | dead`: how many of their postings at most are of bodies gone |
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dedup.index.stores.sqlite.posting_pages import POSTING_CROWD, POSTING_CROWDED, TOP, Tiles
from dedup.kernels.sorted_arrays import BODY_BITS, difference, isin_sorted, merge

Packed = NDArray[np.uint64]

_BITS, _MASK = np.uint64(BODY_BITS), np.uint64((1 << BODY_BITS) - 1)
_NONE = np.zeros(0, np.uint64)
#: Of ascending postings those whose bodies are not gone.
Living = Callable[[Packed], Packed]


class Crowds:
    """The crowded keys of a file. most: by kind, (4,), the bodies that a key may have before it is one; dead: postings
    of bodies that are gone which a key may have; room: values of a page."""

    def __init__(self, most: NDArray[np.int64], dead: int, room: int) -> None:
        self.most = most
        self._dead = dead
        self._postings, self._keys = Tiles(POSTING_CROWD, room), Tiles(POSTING_CROWDED, room)

    def put(self, db: sqlite3.Connection, keys: Packed, packed: Packed) -> None:
        """Keep the postings of crowded keys; those that are kept already may be among them."""
        if len(keys) == 0:
            return
        low, high = int(keys[0]) << BODY_BITS, (int(keys[-1]) + 1) << BODY_BITS
        values, start, end = self._keys.between(db, low, high)
        fresh = keys[~isin_sorted(values >> _BITS, keys)] << _BITS
        if len(fresh):
            self._keys.write(db, merge(values, fresh), start, end)
        values, start, end = self._postings.between(db, low, high)
        merged = merge(values, packed)
        if len(merged) > len(values):
            self._postings.write(db, merged, start, end)

    def ends(self, db: sqlite3.Connection, keys: Packed, first: int, last: int) -> Packed:
        """The postings of some keys, ascending, with their `first` lowest bodies and the `last` highest, and so many
        more that these are among them when those that are gone are left out."""
        parts = [_NONE]
        for key in keys.tolist():
            low = key << BODY_BITS
            parts.append(self._lowest(db, key, first + self._dead))
            if len(parts[-1]) < first + self._dead:
                continue  # these are all
            values, start, _ = self._postings.between(db, low + (1 << BODY_BITS) - 1, low + (1 << BODY_BITS))
            own = _of(values, low)
            while len(own) < last + self._dead and start > low:
                values, start, _ = self._postings.between(db, start - 1, start)
                own = np.concatenate([_of(values, low), own])
            parts.append(own[max(0, len(own) - last - self._dead) :])
        found: Packed = np.unique(np.concatenate(parts))
        return found

    def _lowest(self, db: sqlite3.Connection, key: int, count: int) -> Packed:
        """The postings of a key with its `count` lowest bodies."""
        low = key << BODY_BITS
        values, _, end = self._postings.between(db, low, low + 1)
        own = _of(values, low)
        while len(own) < count and end < low + (1 << BODY_BITS):
            values, _, end = self._postings.between(db, end, end + 1)
            own = np.append(own, _of(values, low))
        return own[:count]

    def bury(self, db: sqlite3.Connection, packed: Packed, living: Living) -> Packed:
        """Count the postings of bodies that are gone; which keys may be crowded no longer. living: as for `clean`."""
        crowded = self._keys.all(db)
        keys, count = np.unique(_crowded(crowded, packed) >> _BITS, return_counts=True)
        if len(keys) == 0:
            return keys
        crowded[np.searchsorted(crowded >> _BITS, keys)] += count.astype(np.uint64)
        self._keys.write(db, crowded, 0, TOP)
        self._clean(db, crowded[crowded & _MASK > self._dead] >> _BITS, living)
        return self._few(db, keys)

    def take_out(self, db: sqlite3.Connection, packed: Packed) -> Packed:
        """Take out single postings, ascending; which keys may be crowded no longer."""
        own = _crowded(self._keys.all(db), packed)
        rest = own
        while len(rest):
            values, start, end = self._postings.between(db, int(rest[0]), int(rest[0]) + 1)
            self._postings.write(db, difference(values, rest), start, end)
            rest = rest[np.searchsorted(rest, np.uint64(end)) :]
        return self._few(db, np.unique(own >> _BITS))

    def clean(self, db: sqlite3.Connection, low: int, high: int, living: Living) -> None:
        """Let go of the postings of bodies that are gone, of keys from `low` to below `high`; living: those of some
        postings whose bodies are not gone."""
        values = self._keys.between(db, low << BODY_BITS, high << BODY_BITS)[0]
        keys = values[values & _MASK > 0] >> _BITS
        self._clean(db, keys[(keys >= low) & (keys < high)], living)

    def _clean(self, db: sqlite3.Connection, keys: Packed, living: Living) -> None:
        for key in keys.tolist():
            low, high = key << BODY_BITS, (key + 1) << BODY_BITS
            values, start, end = self._postings.between(db, low, high)
            own = _of(values, low)
            left = living(own)
            self._postings.write(db, difference(values, difference(own, left)), start, end)
            values, start, end = self._keys.between(db, low, high)
            values = values[values >> _BITS != key]
            self._keys.write(db, merge(values, np.array([low], np.uint64)) if len(left) else values, start, end)

    def _few(self, db: sqlite3.Connection, keys: Packed) -> Packed:
        """Those of some keys that have no more bodies left than other keys may have; more may be named than are."""
        if len(keys) == 0:
            return keys
        crowded = self._keys.all(db)
        dead = crowded[isin_sorted(keys, crowded >> _BITS)]
        most = int(self.most.max()) + 1 + self._dead
        found = [
            key
            for key, gone in zip((dead >> _BITS).tolist(), (dead & _MASK).tolist(), strict=True)
            if len(self._lowest(db, key, most)) - gone <= self.most[key >> 32]
        ]
        return np.array(found, np.uint64)


def _of(values: Packed, low: int) -> Packed:
    """The postings of the key that begins at `low`."""
    begin, end = np.searchsorted(values, np.array([low, low + (1 << BODY_BITS)], np.uint64)).tolist()
    return values[begin:end]


def _crowded(crowded: Packed, packed: Packed) -> Packed:
    """Those of some postings whose keys are crowded, or were once."""
    return packed[isin_sorted(crowded >> _BITS, packed >> _BITS)]
