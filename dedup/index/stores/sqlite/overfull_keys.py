"""The complete posting lists of over-full keys, apart from the pages of postings (`lsm_postings`).

Postings of a deleted body stay until compaction reaches their key, or their key has more than a few: they are at as
many places as the body has over-full keys, and to delete them at once would double the writes of a deletion.

| table | rows |
|---|---|
| `posting_crowd` | pages (`TiledTable`) of the postings of keys that are over-full, or were once |
| `posting_crowded` | pages of these keys: `key << 30 | tombstones`, an upper bound of the postings of deleted bodies |
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dedup.index.stores.checksums import Table
from dedup.index.stores.sqlite.posting_pages import TOP, Span, TiledTable, UInts
from dedup.kernels.sorted_arrays import BODY_BITS, BODY_MASK, difference, isin_sorted, merge

_BITS, _MASK = np.uint64(BODY_BITS), np.uint64(BODY_MASK)
#: Selects from ascending postings those whose bodies are not deleted.
DropDeleted = Callable[[UInts], UInts]


class OverfullKeys:
    """The over-full keys of a file.

    limits: int64 (4,), by kind the most bodies of a key that is not over-full. max_tombstones: postings of deleted
    bodies that a key may have. page_size: values of a page.
    """

    def __init__(self, limits: NDArray[np.int64], max_tombstones: int, page_size: int) -> None:
        self.limits = limits
        self._max_tombstones = max_tombstones
        self._postings, self._keys = (
            TiledTable(table, page_size) for table in (Table.POSTING_CROWD, Table.POSTING_CROWDED)
        )

    def add(self, db: sqlite3.Connection, keys: UInts, postings: UInts) -> None:
        """Add over-full keys and their postings, both ascending; some or all of them may be stored already."""
        if len(keys) == 0:
            return
        low, high = int(keys[0]) << BODY_BITS, (int(keys[-1]) + 1) << BODY_BITS
        span = self._keys.read(db, low, high)
        new = keys[~isin_sorted(span.values >> _BITS, keys)] << _BITS
        if len(new):
            self._keys.write(db, span._replace(values=merge(span.values, new)))
        span = self._postings.read(db, low, high)
        values = merge(span.values, postings)
        if len(values) > len(span.values):
            self._postings.write(db, span._replace(values=values))

    def head_and_tail(self, db: sqlite3.Connection, keys: UInts, head: int, tail: int) -> UInts:
        """Read the postings of the `head` lowest and the `tail` highest bodies of each key, ascending.

        `max_tombstones` more are read at each end, so that as many are left without those of deleted bodies.
        """
        head, tail = head + self._max_tombstones, tail + self._max_tombstones
        parts = [np.zeros(0, np.uint64)]
        for key in keys.tolist():
            low = key << BODY_BITS
            parts.append(self._lowest(db, key, head))
            if len(parts[-1]) < head:
                continue  # these are all
            values, start, _ = self._postings.read(db, low + BODY_MASK, low + BODY_MASK + 1)
            postings = _of_key(values, low)
            while len(postings) < tail and start > low:
                values, start, _ = self._postings.read(db, start - 1, start)
                postings = np.concatenate([_of_key(values, low), postings])
            parts.append(postings[max(0, len(postings) - tail) :])
        return np.unique(np.concatenate(parts))

    def _lowest(self, db: sqlite3.Connection, key: int, count: int) -> UInts:
        """Read the postings of the `count` lowest bodies of a key."""
        low = key << BODY_BITS
        values, _, end = self._postings.read(db, low, low + 1)
        postings = _of_key(values, low)
        while len(postings) < count and end < low + (1 << BODY_BITS):
            values, _, end = self._postings.read(db, end, end + 1)
            postings = np.append(postings, _of_key(values, low))
        return postings[:count]

    def tombstone(self, db: sqlite3.Connection, postings: UInts, drop_deleted: DropDeleted) -> UInts:
        """Count postings of deleted bodies, ascending. Returns the keys that may be over-full no longer."""
        overfull = self._keys.read_all(db)
        keys, count = np.unique(_select(overfull, postings) >> _BITS, return_counts=True)
        if len(keys) == 0:
            return keys
        overfull[np.searchsorted(overfull >> _BITS, keys)] += count.astype(np.uint64)
        self._keys.write(db, Span(overfull, 0, TOP))
        self._purge(db, overfull[overfull & _MASK > self._max_tombstones] >> _BITS, drop_deleted)
        return self._underfull(db, keys)

    def delete(self, db: sqlite3.Connection, postings: UInts) -> UInts:
        """Delete single postings, ascending. Returns the keys that may be over-full no longer."""
        overfull_postings = _select(self._keys.read_all(db), postings)
        self._postings.reduce(db, overfull_postings, lambda values: difference(values, overfull_postings))
        return self._underfull(db, np.unique(overfull_postings >> _BITS))

    def purge(self, db: sqlite3.Connection, low: int, high: int, drop_deleted: DropDeleted) -> None:
        """Delete the postings of deleted bodies of the keys from `low` to below `high`."""
        values = self._keys.read(db, low << BODY_BITS, high << BODY_BITS).values
        keys = values[values & _MASK > 0] >> _BITS
        self._purge(db, keys[(keys >= low) & (keys < high)], drop_deleted)

    def _purge(self, db: sqlite3.Connection, keys: UInts, drop_deleted: DropDeleted) -> None:
        for key in keys.tolist():
            low, high = key << BODY_BITS, (key + 1) << BODY_BITS
            span = self._postings.read(db, low, high)
            postings = _of_key(span.values, low)
            remaining = drop_deleted(postings)
            self._postings.write(db, span._replace(values=difference(span.values, difference(postings, remaining))))
            span = self._keys.read(db, low, high)
            others = span.values[span.values >> _BITS != key]
            values = merge(others, np.array([low], np.uint64)) if len(remaining) else others
            self._keys.write(db, span._replace(values=values))

    def _underfull(self, db: sqlite3.Connection, keys: UInts) -> UInts:
        """Select keys, ascending, that have no more bodies left than their limit; others may be among them."""
        if len(keys) == 0:
            return keys
        overfull = self._keys.read_all(db)
        tombstones = overfull[isin_sorted(keys, overfull >> _BITS)]
        most = int(self.limits.max()) + 1 + self._max_tombstones
        underfull = [
            key
            for key, count in zip((tombstones >> _BITS).tolist(), (tombstones & _MASK).tolist(), strict=True)
            if len(self._lowest(db, key, most)) - count <= self.limits[key >> 32]
        ]
        return np.array(underfull, np.uint64)


def _of_key(postings: UInts, low: int) -> UInts:
    """Select the postings of the key whose lowest posting is `low`."""
    begin, end = np.searchsorted(postings, np.array([low, low + (1 << BODY_BITS)], np.uint64)).tolist()
    return postings[begin:end]


def _select(overfull: UInts, postings: UInts) -> UInts:
    """Select the postings whose keys are in `posting_crowded`."""
    return postings[isin_sorted(overfull >> _BITS, postings >> _BITS)]
