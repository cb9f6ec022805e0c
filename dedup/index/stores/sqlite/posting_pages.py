"""Pages of 64-bit numbers as rows store them (`page_kernels`), little-endian, and tables that are tiled with pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from dedup.index.stores.checksums import Damage, Table
from dedup.index.stores.sqlite.page_kernels import HEAD, HIGH, LOW, concat_values, select_from_pages
from dedup.kernels.sorted_arrays import BODY_BITS, page_ends

UInts = NDArray[np.uint64]

_hash = xxhash.xxh3_64_intdigest
#: Greater than every posting.
TOP = (1 << 64) - 1


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


def split_postings(postings: UInts, low: int, high: int, page_size: int) -> Iterator[tuple[int, bytes]]:
    """Cut the postings of the keys from `low` to below `high` into rows of `posting`, at least one."""
    ends = page_ends(postings, page_size).tolist() or [0]
    begins = [0, *ends[:-1]]
    lows = [low, *(int(postings[begin]) >> BODY_BITS for begin in begins[1:]), high]
    for (page_low, page_high), begin, end in zip(pairwise(lows), begins, ends, strict=True):
        yield page_low, encode_page(Table.POSTING, postings[begin:end], page_low, page_high)


class Span(NamedTuple):
    """The values of consecutive pages, ascending, and the range from `low` to below `high` that the pages tile."""

    values: UInts
    low: int
    high: int


class TiledTable:
    """A table of pages of ascending numbers that tile the range from 0 to `TOP`, with `page_size` values a page.

    The key of a row is the `low` of its page less 2 ** 63: integers of SQLite are signed.
    """

    def __init__(self, table: Table, page_size: int) -> None:
        self._table, self._name, self._page_size = table, table.sql, page_size

    def read_all(self, db: sqlite3.Connection) -> UInts:
        """Read the values of all pages, uint64, ascending. Raises `Damage`."""
        return self.read(db, 0, TOP).values

    def read(self, db: sqlite3.Connection, low: int, high: int) -> Span:
        """Read the pages that contain the values from `low` to below `high`. Raises `Damage`."""
        sql = (
            f"SELECT data FROM {self._name} WHERE low >= (SELECT max(low) FROM {self._name} WHERE low <= ?)"
            " AND low < ? ORDER BY low"
        )
        pages = [data for (data,) in db.execute(sql, (_row_key(low), _row_key(high)))]
        values = decode_pages(self._table, pages)
        start, end = (
            (page_range(self._table, pages[0])[0], page_range(self._table, pages[-1])[1]) if pages else (TOP, 0)
        )
        if start > low or end < high:
            raise missing_page(self._table, low)
        return Span(values, start, end)

    def write(self, db: sqlite3.Connection, span: Span) -> None:
        """Replace all values in the range of a span that `read` returned by its values."""
        values, size = span.values, self._page_size
        db.execute(f"DELETE FROM {self._name} WHERE low >= ? AND low < ?", (_row_key(span.low), _row_key(span.high)))
        parts = [values[i : i + size] for i in range(0, len(values), size)] or [values]
        lows = [span.low, *(int(part[0]) for part in parts[1:]), span.high]
        rows = [
            (_row_key(low), encode_page(self._table, part, low, high))
            for part, (low, high) in zip(parts, pairwise(lows), strict=True)
        ]
        db.executemany(f"INSERT INTO {self._name} VALUES (?, ?)", rows)


def _row_key(value: int) -> int:
    return value - (1 << 63)
