"""Bloom filters (Bloom 1970) of the keys in the pages of postings: most keys of a new text are in no other text.

Each range of keys that compaction writes has a filter, in blocks of 64 bits (Putze, Sanders and Singler 2007), so that
a key costs one access of memory. It excludes about seven in eight absent keys, whose pages are then not read. It may
include a key that was deleted, and never excludes one that is present.

| table | rows |
|---|---|
| `posting_filter` | the filter of the keys from `low` to below `high`: a page (`posting_pages`) of blocks |
"""

from __future__ import annotations

import sqlite3
import threading
from itertools import pairwise

import numpy as np

from dedup.index.stores.checksums import Table, require_equal
from dedup.index.stores.sqlite.bloom_kernels import build_filter, select_possible
from dedup.index.stores.sqlite.page_kernels import HEAD
from dedup.index.stores.sqlite.posting_pages import UInts, decode_pages, encode_page, page_range
from dedup.kernels.sorted_arrays import BODY_BITS, unique_counts

#: Bits of a filter for each key.
BITS = 5
#: Blocks that a process holds: 40 MiB, the filters of more than a million articles. Pages of keys beyond are read.
MAX_BLOCKS = 5 << 20


class BloomFilters:
    """The filters of one file, for all threads. Every call is within a transaction of the connection that it is given.

    key_space: greater than every key. width: the most blocks of one filter. warmup: calls of `select` before filters
    are loaded.
    """

    def __init__(self, key_space: int, width: int, warmup: int) -> None:
        self._key_space, self._width, self._warmup = key_space, width, warmup
        self._calls = 0
        self._lock = threading.Lock()
        self.drop_cache()

    def drop_cache(self) -> None:
        """Forget all filters: a transaction was rolled back."""
        with self._lock:
            self._cursor: int | None = None
            # Memory that is never written to is not taken from the system.
            self._blocks = np.empty((0, self._width), np.uint64)
            #: As `ranges` of `select_possible`.
            self._index = np.empty((0, 4), np.uint64)

    def write(self, db: sqlite3.Connection, low: int, high: int, postings: UInts) -> None:
        """Write the filters of the keys from `low` to below `high`, all of whose postings (ascending) are given."""
        keys, _ = unique_counts(postings >> np.uint64(BODY_BITS))
        db.execute("DELETE FROM posting_filter WHERE low < ? AND high > ?", (high, low))
        size = max(1, 64 * self._width // BITS)
        parts = [keys[begin : begin + size] for begin in range(0, len(keys), size)] or [keys]
        lows = [low, *(int(part[0]) for part in parts[1:]), high]
        for part, (begin, end) in zip(parts, pairwise(lows), strict=True):
            data = build_filter(part, -(-BITS * len(part) // 64) or 1)
            row = (begin, end, encode_page(Table.POSTING_FILTER, data, begin, end))
            db.execute("INSERT INTO posting_filter VALUES (?, ?, ?)", row)

    def select(self, db: sqlite3.Connection, cursor: int, keys: UInts) -> UInts:
        """Select the keys, ascending, that pages may contain. cursor: that of compaction in this transaction."""
        with self._lock:
            if self._calls < self._warmup:
                self._calls += 1
                return keys
            if not self._refresh(db, cursor):
                return keys
            possible: UInts = select_possible(keys, self._index, self._blocks)
            return possible

    def _refresh(self, db: sqlite3.Connection, cursor: int) -> bool:
        """Load the filters that were written up to a cursor; False if another thread has loaded later ones."""
        if cursor == self._cursor:
            return True
        if self._cursor is None:
            self._load(db, 0, self._key_space)
        elif cursor < self._cursor:
            return False
        else:
            keys, begin = cursor - self._cursor, self._cursor % self._key_space
            self._load(db, begin, min(begin + keys, self._key_space))
            if keys >= self._key_space - begin:
                self._load(db, 0, min(begin + keys - self._key_space, self._key_space))
        self._cursor = cursor
        return True

    def _load(self, db: sqlite3.Connection, low: int, high: int) -> None:
        """Load the filters of the keys from `low` to below `high`."""
        if len(self._blocks) == 0:
            self._blocks = np.empty((2 * MAX_BLOCKS // self._width + 1, self._width), np.uint64)
        ranges = [row for row in self._index.tolist() if row[0] >= high or row[1] <= low]
        free_blocks = MAX_BLOCKS - sum(size for *_, size in ranges)
        used = {slot for _, _, slot, _ in ranges}
        free_slots = (slot for slot in range(len(self._blocks)) if slot not in used)
        # A filter that was written with other sizes may not fit; then its pages are read.
        fits = "low < ? AND high > ? AND length(data) <= ?"
        size = 8 * (self._width + HEAD)
        rows = db.execute(f"SELECT * FROM posting_filter WHERE {fits} ORDER BY low", (high, low, size))
        for (begin, end, data), slot in zip(rows, free_slots, strict=False):
            blocks = decode_pages(Table.POSTING_FILTER, [data])
            require_equal("posting_filter", page_range(Table.POSTING_FILTER, data), (begin, end))
            free_blocks -= len(blocks)
            if free_blocks < 0:
                break
            self._blocks[slot, : len(blocks)] = blocks
            ranges.append([begin, end, slot, len(blocks)])
        self._index = np.array(sorted(ranges), np.uint64).reshape(-1, 4)
