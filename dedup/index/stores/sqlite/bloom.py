"""Which keys the pages of postings do not have, told from memory: of a new text's keys most are in no other text.

For each stretch of pages that the sweep writes there is a Bloom filter (Bloom 1970) of its keys, in blocks of 64 bits
(Putze, Sanders and Singler 2007), so that a key is one look at memory. Of keys that are not there it tells some seven
in eight, and these cost no page. It may say yes of a key that is gone, never no of one that is there.

| table | rows |
|---|---|
| `posting_filter` | the filter of the keys from `low` to below `high`: a page (`pages`) whose values are blocks |
"""

from __future__ import annotations

import sqlite3
import threading
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.index.stores.checksums import require_equal
from dedup.index.stores.sqlite.bloom_kernels import filter_of, passed
from dedup.index.stores.sqlite.page_kernels import HEAD
from dedup.index.stores.sqlite.posting_pages import POSTING_FILTER, head, seal, unseal
from dedup.kernels.sorted_arrays import BODY_BITS, unique_counts

Packed = NDArray[np.uint64]

#: Bits of a filter for each key.
BITS = 5
#: Blocks that are held: 40 MiB, of more than a million articles. Of keys beyond these the pages are read.
HELD = 5 << 20


class _Stretch(NamedTuple):
    low: int
    high: int
    slot: int
    blocks: int


class Filters:
    """The filters of one file, for all threads; every call is within a transaction of the connection it is given.

    space: keys are below it. width: the most blocks of one filter. patience: how often it is asked before filters are
    fetched: who asks once would wait for them longer than for the pages.
    """

    def __init__(self, space: int, width: int, patience: int) -> None:
        self._space, self._width, self._patience = space, width, patience
        self._asked = 0
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Let go of what is held: a transaction was broken off."""
        with self._lock:
            self._position: int | None = None
            self._held: list[_Stretch] = []
            # Memory that is not written to is none.
            self._block = np.empty((0, self._width), np.uint64)
            self._index = np.empty((0, 4), np.uint64)

    def write(self, db: sqlite3.Connection, low: int, high: int, postings: Packed) -> None:
        """The pages of the keys from `low` to below `high` have these postings now, ascending."""
        keys, _ = unique_counts(postings >> np.uint64(BODY_BITS))
        db.execute("DELETE FROM posting_filter WHERE low < ? AND high > ?", (high, low))
        room = max(1, 64 * self._width // BITS)
        parts = [keys[begin : begin + room] for begin in range(0, len(keys), room)] or [keys]
        lows = [low, *(int(part[0]) for part in parts[1:]), high]
        for part, begin, end in zip(parts, lows[:-1], lows[1:], strict=True):
            data = filter_of(part, -(-BITS * len(part) // 64) or 1)
            row = (begin, end, seal(POSTING_FILTER, data, begin, end))
            db.execute("INSERT INTO posting_filter VALUES (?, ?, ?)", row)

    def possible(self, db: sqlite3.Connection, position: int, keys: Packed) -> Packed:
        """Those of some keys, ascending, that may be in the pages. position: of the sweep, in this transaction."""
        with self._lock:
            if self._asked < self._patience:
                self._asked += 1
                return keys
            if not self._renew(db, position):
                return keys
            found: Packed = passed(keys, self._index, self._block)
            return found

    def _renew(self, db: sqlite3.Connection, position: int) -> bool:
        """Bring what is held to this position; False where a later one is held, by a thread that has gone on."""
        if position == self._position:
            return True
        if self._position is None:
            self._fetch(db, 0, self._space)
        elif position < self._position:
            return False
        else:
            swept, begin = position - self._position, self._position % self._space
            self._fetch(db, begin, min(begin + swept, self._space))
            if swept >= self._space - begin:
                self._fetch(db, 0, min(begin + swept - self._space, self._space))
        self._position = position
        return True

    def _fetch(self, db: sqlite3.Connection, low: int, high: int) -> None:
        """Hold the filters of a stretch of keys as they are now."""
        if len(self._block) == 0:
            self._block = np.empty((2 * HELD // self._width + 1, self._width), np.uint64)
        self._held = [one for one in self._held if one.low >= high or one.high <= low]
        room = HELD - sum(one.blocks for one in self._held)
        taken = {one.slot for one in self._held}
        free = (slot for slot in range(len(self._block)) if slot not in taken)
        # One that was written with other sizes may have no room here; then the pages are read.
        wanted = "low < ? AND high > ? AND length(data) <= ?"
        size = 8 * (self._width + HEAD)
        rows = db.execute(f"SELECT * FROM posting_filter WHERE {wanted} ORDER BY low", (high, low, size))
        for (begin, end, data), slot in zip(rows, free, strict=False):
            blocks = unseal(POSTING_FILTER, [data])
            require_equal("posting_filter", head(POSTING_FILTER, data), (begin, end))
            room -= len(blocks)
            if room < 0:
                break
            self._block[slot, : len(blocks)] = blocks
            self._held.append(_Stretch(begin, end, slot, len(blocks)))
        self._held.sort()
        self._index = np.array(self._held, np.uint64).reshape(-1, 4)
