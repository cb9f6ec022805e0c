"""Two flags of every body, as bits: whether it is the core of its cluster (or in none), and whether it is short.

A lookup asks for the flags of a hundred bodies at random places, most of which turn out to be no relatives: to read
their rows would take longer than most of the lookup. A process holds the bits of all bodies, a quarter of a byte each,
and reads again only the pages whose version has changed.

| table | rows |
|---|---|
| `mark` | pages: `leads` (is core) and `short` have a bit for each of 16,000 bodies, the lowest bit of a byte first |
| `mark_state` | one row: the version of each page, uint64, so that one read shows which pages have changed |

The checksum of a page covers its version: a page of an earlier version is damage.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.index.stores.base import BodyRow
from dedup.index.stores.checksums import Damage, Table, data_checksum, decode_data
from dedup.index.stores.sqlite.rows import read_single_row

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Bytes of a page for each flag; both together fill a page of SQLite.
_BYTES = 2000
_BODIES = 8 * _BYTES


class BodyFlags:
    """The flags of one file, for all threads. Every call is within a transaction of the connection that it is given.

    Bodies that are not stored have no flag.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.drop_cache()

    def drop_cache(self) -> None:
        """Forget all bits: a transaction was rolled back, and its versions will be given again."""
        with self._lock:
            self._row: tuple[bytes, int] | None = None
            self._version = np.zeros(0, "<u8")
            self._bits = np.zeros((2, 0), np.uint8)

    def test(self, db: sqlite3.Connection, flag: int, bodies: Ints) -> Bools:
        """Test which bodies, (n,), have the flag `IS_CORE` or `IS_SHORT`: (n,)."""
        with self._lock:
            self._refresh(db)
            bits = self._bits[flag]
            in_range = bodies < 8 * len(bits)
            if in_range.all():
                return _test_bits(bits, bodies)
            out = np.zeros(len(bodies), np.bool_)
            out[in_range] = _test_bits(bits, bodies[in_range])
            return out

    def set(self, db: sqlite3.Connection, bodies: Ints, flags: Bools) -> None:
        """Set the flags of bodies, (n,), to the rows of (2, n): `IS_CORE` and `IS_SHORT`."""
        if len(bodies) == 0:
            return
        with self._lock:
            self._refresh(db)
            self._grow(int(bodies.max()) // _BODIES + 1)
            pages = np.unique(bodies // _BODIES).tolist()
            before = [self._page(page).copy() for page in pages]
            for bits, flag in zip(self._bits, flags, strict=True):
                np.bitwise_or.at(bits, bodies[flag] >> 3, _bit_of(bodies[flag]))
                np.bitwise_and.at(bits, bodies[~flag] >> 3, ~_bit_of(bodies[~flag]))
            changed_pages = [
                page
                for page, old in zip(pages, before, strict=True)
                if self._version[page] == 0 or not np.array_equal(self._page(page), old)
            ]
            if not changed_pages:
                return
            version = int(self._version.max()) + 1
            self._row = None
            self._version[changed_pages] = version
            for page in changed_pages:
                data = [bits.tobytes() for bits in self._page(page)]
                row = (page, *data, _page_checksum(page, version, *data))
                db.execute("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)", row)
            db.execute("INSERT OR REPLACE INTO mark_state VALUES (1, ?, ?)", _state_row(self._version))

    def put(self, db: sqlite3.Connection, rows: Sequence[BodyRow]) -> None:
        """Set the flags of bodies to those of their rows."""
        self.set(db, body_numbers(rows), body_flags(rows))

    def delete(self, db: sqlite3.Connection, bodies: Ints) -> None:
        """Clear the flags of bodies."""
        self.set(db, bodies, np.zeros((2, len(bodies)), np.bool_))

    def continue_numbering(self, db: sqlite3.Connection, other: BodyFlags, other_db: sqlite3.Connection) -> None:
        """Start with versions above all that another file gave."""
        with other._lock:
            other._refresh(other_db)
            last = int(other._version.max(initial=0))
        self.start_numbering(db, last)

    def start_numbering(self, db: sqlite3.Connection, last: int) -> None:
        """Start with versions above this one."""
        empty = bytes(_BYTES)
        db.execute("INSERT INTO mark VALUES (0, ?, ?, ?)", (empty, empty, _page_checksum(0, last + 1, empty, empty)))
        db.execute("REPLACE INTO mark_state VALUES (1, ?, ?)", _state_row(np.array([last + 1], "<u8")))

    def _page(self, page: int) -> NDArray[np.uint8]:
        return self._bits[:, page * _BYTES : (page + 1) * _BYTES]

    def _grow(self, pages: int) -> None:
        """Make room for so many pages. Bodies are numbered as they come, so that this is rare."""
        if (more := pages - len(self._version)) > 0:
            self._version = np.append(self._version, np.zeros(more, "<u8"))
            self._bits = np.concatenate([self._bits, np.zeros((2, more * _BYTES), np.uint8)], axis=1)

    def _refresh(self, db: sqlite3.Connection) -> None:
        """Read the pages whose version in this transaction, which may be older, is another than that of the cache."""
        row = db.execute("SELECT versions, sum FROM mark_state").fetchone()
        if row is not None and row == self._row:
            return  # it was checked before
        stored_versions = read_versions(db)
        if np.array_equal(stored_versions, self._version):
            self._row = row
            return
        self._grow(len(stored_versions))
        version = np.zeros(len(self._version), "<u8")
        version[: len(stored_versions)] = stored_versions
        # Pages without a version were written by a later transaction.
        changed_pages = np.flatnonzero(version != self._version)
        for page in changed_pages[version[changed_pages] == 0].tolist():
            self._page(page)[:] = 0
        pages = changed_pages[version[changed_pages] > 0].tolist()
        select = "SELECT * FROM mark WHERE page IN (SELECT value FROM json_each(?))"
        rows = {row[0]: row[1:] for row in db.execute(select, (orjson.dumps(pages),))}
        for page in pages:
            self._page(page)[:] = decode_flags(page, int(version[page]), rows.get(page))
        self._version = version[: len(stored_versions)].copy()
        self._bits = self._bits[:, : len(stored_versions) * _BYTES]
        self._row = row


def read_versions(db: sqlite3.Connection) -> NDArray[np.uint64]:
    """Read the version of each page, (pages,); 0 for a page that was never written. Raises `Damage`."""
    number, versions, checksum = read_single_row(db, Table.MARK_STATE)
    return np.frombuffer(decode_data(Table.MARK_STATE, [(number, checksum, versions)])[number], "<u8")


def _state_row(version: NDArray[np.uint64]) -> tuple[bytes, int]:
    data = version.tobytes()
    return data, data_checksum(Table.MARK_STATE, 1, data)


def _page_checksum(page: int, version: int, is_core: bytes, is_short: bytes) -> int:
    return data_checksum(Table.MARK, page, version.to_bytes(8, "little") + is_core + is_short)


def decode_flags(page: int, version: int, row: tuple[bytes, bytes, int] | None) -> list[NDArray[np.uint8]]:
    """Decode both columns of bits of a row. Raises `Damage` unless the row is of this version."""
    if row is None or not isinstance(row[0], bytes) or not isinstance(row[1], bytes):
        raise Damage(f"row {page} of mark is missing")
    if _page_checksum(page, version, row[0], row[1]) != row[2]:
        raise Damage(f"row {page} of mark is not what was written")
    return [np.frombuffer(part, np.uint8) for part in row[:2]]


def body_numbers(rows: Iterable[BodyRow]) -> Ints:
    """The numbers of bodies, int64 (n,)."""
    return np.fromiter((row.number for row in rows), np.int64)


def body_flags(rows: Iterable[BodyRow]) -> Bools:
    """The flags `IS_CORE` and `IS_SHORT` of bodies, bool (2, n)."""
    return np.array([(row.core is None, row.is_short) for row in rows], np.bool_).reshape(-1, 2).T


def _test_bits(bits: NDArray[np.uint8], bodies: Ints) -> Bools:
    return bits[bodies >> 3] & _bit_of(bodies) > 0


def _bit_of(bodies: Ints) -> NDArray[np.uint8]:
    return np.left_shift(np.uint8(1), (bodies & 7).astype(np.uint8))
