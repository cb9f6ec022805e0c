"""Pages of 64-bit numbers as rows store them (`page_kernels`), little-endian, and tables that are tiled with pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from dedup.index.stores.base import KINDS
from dedup.index.stores.checksums import Damage, Table
from dedup.index.stores.sqlite.page_kernels import HEAD, HIGH, LOW, concat_values, select_from_pages
from dedup.kernels.sorted_arrays import BODY_BITS, page_ends

UInts = NDArray[np.uint64]

_hash = xxhash.xxh3_64_intdigest
#: Greater than every posting.
TOP = (1 << 64) - 1
#: The tables of pages that tile a range, and the end of the range.
TILED = {Table.POSTING: len(KINDS) << 32, Table.POSTING_CROWD: TOP, Table.POSTING_CROWDED: TOP}


def encode_page(table: Table, values: UInts, low: int, high: int) -> bytes:
    """Encode the values of a page for a row."""
    words = np.empty(HEAD + len(values), "<u8")
    words[LOW], words[HIGH], words[HEAD:] = low, high, values
    words[0] = _hash(words[1:].data, table)
    return words.tobytes()


def decode_pages(table: Table, pages: Sequence[bytes]) -> UInts:
    """Decode the values of consecutive pages. Raises `Damage` for a damaged page, and a gap between two."""
    words, first = _check_pages(table, pages)
    values, gap = concat_values(words, first)
    if gap >= 0:
        raise missing_page(table, words[first[gap] + LOW])
    out: UInts = values
    return out


def page_range(table: Table, page: bytes) -> tuple[int, int]:
    """Read the `low` and `high` of a page, without a check. Raises `Damage` for a page that is cut short."""
    if len(page) < 8 * HEAD:
        raise Damage(f"a page of {table.sql} is cut short")
    low, high = (int.from_bytes(page[8 * i : 8 * i + 8], "little") for i in (LOW, HIGH))
    return low, high


def decode_postings(pages: Sequence[bytes], keys: UInts) -> UInts:
    """Decode the postings of keys (ascending, each once) from ascending pages of `posting`.

    Raises `Damage` for a damaged page, and a key that is in the range of no page.
    """
    words, first = _check_pages(Table.POSTING, pages)
    values, gap = select_from_pages(words, first, keys)
    if gap >= 0 or (len(keys) and not len(pages)):
        raise missing_page(Table.POSTING, keys[0])
    out: UInts = values
    return out


def _check_pages(table: Table, pages: Sequence[bytes]) -> tuple[UInts, NDArray[np.int64]]:
    """Check pages, and concatenate them: (words, first) as `page_kernels` takes them."""
    number = int.from_bytes
    try:
        wrong = [page for page in pages if _hash(memoryview(page)[8:], table) != number(page[:8], "little")]
        wrong += [page for page in pages if len(page) < 8 * HEAD]
    except (TypeError, ValueError):
        raise Damage(f"a page of {table.sql} is no array of numbers") from None
    if wrong:
        raise Damage(f"a page of {table.sql} at {page_range(table, wrong[0])[0]} is not what was written")
    first = np.array([0, *accumulate(map(len, pages))], np.int64) >> 3
    return np.frombuffer(bytearray().join(pages), "<u8"), first


def missing_page(table: Table, low: object) -> Damage:
    """Make the error for a gap between pages; the caller raises it."""
    return Damage(f"a page of {table.sql} is missing at {low}")


class Span(NamedTuple):
    """The values of consecutive pages, ascending, and the range from `low` to below `high` that the pages tile."""

    values: UInts
    low: int
    high: int


class TiledTable:
    """A table of pages that tile a range, with `page_size` ascending values a page.

    Pages of postings tile the range of keys: no key is on two pages, and a key with more postings than `page_size` has
    a page of its own. Those of other tables tile the range from 0 to `TOP`; the key of a row is the `low` of its page
    less 2 ** 63: integers of SQLite are signed.
    """

    def __init__(self, table: Table, page_size: int) -> None:
        self._table, self._name, self._page_size = table, table.sql, page_size
        self._of_postings = table is Table.POSTING

    def read_all(self, db: sqlite3.Connection) -> UInts:
        """Read the values of all pages, uint64, ascending. Raises `Damage`."""
        return self.read(db, 0, TOP).values

    def read(self, db: sqlite3.Connection, low: int, high: int) -> Span:
        """Read the pages of the range from `low` to below `high`. Raises `Damage`."""
        first = f"(SELECT max(low) FROM {self._name} WHERE low <= ?)"
        rows = f"SELECT low, data FROM {self._name} WHERE low >= {first} AND low < ? ORDER BY low"
        return self._span(db.execute(rows, (self._row_key(low), self._row_key(high))).fetchall(), low, high)

    def read_pages(self, db: sqlite3.Connection, low: int, count: int) -> Span:
        """Read up to `count` pages, the first of which begins at `low`. Raises `Damage`."""
        rows = f"SELECT low, data FROM {self._name} WHERE low >= ? ORDER BY low LIMIT ?"
        return self._span(db.execute(rows, (self._row_key(low), count)).fetchall(), low, low + 1)

    def _span(self, rows: list[tuple[int, bytes]], low: int, high: int) -> Span:
        """Decode rows, whose pages must contain the range from `low` to below `high`."""
        pages = [data for _, data in rows]
        values = decode_pages(self._table, pages)
        start, end = (
            (page_range(self._table, pages[0])[0], page_range(self._table, pages[-1])[1]) if pages else (TOP, 0)
        )
        if start > low or end < high or rows[0][0] != self._row_key(start):
            raise missing_page(self._table, low)
        return Span(values, start, end)

    def write(self, db: sqlite3.Connection, span: Span) -> None:
        """Replace all values in the range of a span that this table returned by its values."""
        values, size = span.values, self._page_size
        bounds = self._row_key(span.low), self._row_key(span.high)
        db.execute(f"DELETE FROM {self._name} WHERE low >= ? AND low < ?", bounds)
        ends = page_ends(values, size).tolist() if self._of_postings else [*range(size, len(values), size), len(values)]
        begins = [0, *ends[:-1]]
        shift = BODY_BITS if self._of_postings else 0
        lows = [span.low, *(int(values[begin]) >> shift for begin in begins[1:]), span.high]
        rows = [
            (self._row_key(low), encode_page(self._table, values[begin:end], low, high))
            for begin, end, (low, high) in zip(begins, ends or [0], pairwise(lows), strict=True)
        ]
        db.executemany(f"INSERT INTO {self._name} VALUES (?, ?)", rows)

    def reduce(self, db: sqlite3.Connection, at: UInts, select: Callable[[UInts], UInts]) -> None:
        """Replace the values of the pages at these places of the range, ascending, by a selection of them."""
        while len(at):
            span = self.read(db, int(at[0]), int(at[0]) + 1)
            remaining = select(span.values)
            if len(remaining) < len(span.values):
                self.write(db, span._replace(values=remaining))
            at = at[np.searchsorted(at, np.uint64(span.high)) :]

    def _row_key(self, low: int) -> int:
        return low if self._of_postings else low - (1 << 63)
