"""Pages of 64-bit numbers as rows hold them (`page_kernels`), little-endian, and tables that are tiled with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
import xxhash
from numpy.typing import NDArray

from dedup.index.stores.checksums import Damage
from dedup.index.stores.sqlite.page_kernels import HEAD, HIGH, LOW, opened, sought
from dedup.kernels.sorted_arrays import BODY_BITS, page_ends

Packed = NDArray[np.uint64]

_hash = xxhash.xxh3_64_intdigest
_BITS, _MASK = np.uint64(BODY_BITS), np.uint64((1 << BODY_BITS) - 1)
#: Postings are below it.
TOP = (1 << 64) - 1
#: The seeds of the tables' checksums.
POSTING, POSTING_NEW, POSTING_FILTER, POSTING_CROWD, POSTING_CROWDED = range(101, 106)
NAMES = {
    POSTING: "posting", POSTING_NEW: "posting_new", POSTING_FILTER: "posting_filter", POSTING_CROWD: "posting_crowd",
    POSTING_CROWDED: "posting_crowded",
}  # fmt: skip


def bare(page: Packed, keys: Packed) -> Packed:
    """The values of a page without the bodies of those of some keys that are marked in it."""
    key = page >> _BITS
    wanted = np.intersect1d(keys, key[(page & _MASK) == 0])
    return page[~np.isin(key, wanted) | ((page & _MASK) == 0)]


def seal(table: int, values: Packed, low: int, high: int) -> bytes:
    """A page as a row keeps it."""
    words = np.empty(HEAD + len(values), "<u8")
    words[LOW], words[HIGH], words[HEAD:] = low, high, values
    words[0] = _hash(words[1:].data, table)
    return words.tobytes()


def unseal(table: int, pages: Sequence[bytes]) -> Packed:
    """The values of pages that follow each other. Raises `Damage`."""
    words, first = _words(table, pages)
    values, wrong = opened(words, first)
    if wrong >= 0:
        raise _missing(table, words[first[wrong] + LOW])
    out: Packed = values
    return out


def head(table: int, page: bytes) -> tuple[int, int]:
    """What a page says it reaches from and to."""
    if len(page) < 8 * HEAD:
        raise Damage(f"a page of {NAMES[table]} is cut short")
    low, high = (int.from_bytes(page[8 * place : 8 * place + 8], "little") for place in (LOW, HIGH))
    return low, high


def postings_in(pages: Sequence[bytes], keys: Packed) -> Packed:
    """The postings of keys in pages of `posting`. Raises `Damage` where a page is damaged, or a key in none of them."""
    words, first = _words(POSTING, pages)
    values, wrong = sought(words, first, keys)
    if wrong >= 0 or (len(keys) and not len(pages)):
        raise _missing(POSTING, keys[0])
    out: Packed = values
    return out


def _words(table: int, pages: Sequence[bytes]) -> tuple[Packed, NDArray[np.int64]]:
    """Pages one after the other, after checking them, and where each begins."""
    number = int.from_bytes
    try:
        wrong = [page for page in pages if _hash(memoryview(page)[8:], table) != number(page[:8], "little")]
        wrong += [page for page in pages if len(page) < 8 * HEAD]
    except (TypeError, ValueError):
        raise Damage(f"a page of {NAMES[table]} is no array of numbers") from None
    if wrong:
        raise Damage(f"a page of {NAMES[table]} at {head(table, wrong[0])[0]} is not what was written")
    first = np.array([0, *accumulate(map(len, pages))], np.int64) >> 3
    return np.frombuffer(bytearray().join(pages), "<u8"), first


def _missing(table: int, at: object) -> Damage:
    return Damage(f"a page of {NAMES[table]} is missing at {at}")


def posting_pages(values: Packed, start: int, end: int, room: int) -> Iterator[tuple[int, bytes]]:
    """Rows of `posting` with the sorted postings of the keys from `start` to below `end`: one at least."""
    ends = page_ends(values, room).tolist() or [0]
    begins = [0, *ends[:-1]]
    lows = [start, *(int(values[begin] >> _BITS) for begin in begins[1:]), end]
    for low, high, begin, stop in zip(lows[:-1], lows[1:], begins, ends, strict=True):
        yield low, seal(POSTING, values[begin:stop], low, high)


class Tiles:
    """A table of pages of ascending numbers that tile all of them; the key of a row is `low`, less 2 ** 63, as SQLite's
    numbers have a sign. room: values of a page."""

    def __init__(self, table: int, room: int) -> None:
        self._table, self._name, self._room = table, NAMES[table], room

    def all(self, db: sqlite3.Connection) -> Packed:
        """All values."""
        return self.between(db, 0, TOP)[0]

    def between(self, db: sqlite3.Connection, low: int, high: int) -> tuple[Packed, int, int]:
        """The values of the pages that reach from `low` to below `high`, and what these pages reach from and to."""
        rows = db.execute(
            f"SELECT data FROM {self._name} WHERE low >= (SELECT max(low) FROM {self._name} WHERE low <= ?)"
            " AND low < ? ORDER BY low",
            (_key(low), _key(high)),
        ).fetchall()
        pages = [data for (data,) in rows]
        values = unseal(self._table, pages)
        start, end = (head(self._table, pages[0])[0], head(self._table, pages[-1])[1]) if pages else (TOP, 0)
        if start > low or end < high:
            raise Damage(f"a page of {self._name} is missing at {low}")
        return values, start, end

    def write(self, db: sqlite3.Connection, values: Packed, start: int, end: int) -> None:
        """Put these values in the place of all from `start` to below `end`, as `between` gave them."""
        db.execute(f"DELETE FROM {self._name} WHERE low >= ? AND low < ?", (_key(start), _key(end)))
        parts = [values[low : low + self._room] for low in range(0, len(values), self._room)] or [values]
        lows = [start, *(int(part[0]) for part in parts[1:]), end]
        rows = [
            (_key(low), seal(self._table, part, low, high))
            for part, low, high in zip(parts, lows[:-1], lows[1:], strict=True)
        ]
        db.executemany(f"INSERT INTO {self._name} VALUES (?, ?)", rows)


def _key(value: int) -> int:
    """A value as the key of a row."""
    return value - (1 << 63)
