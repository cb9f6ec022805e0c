"""Two bits of every body: whether it leads a cluster (or is alone), and whether it is short.

Whoever looks for relatives asks this of a hundred bodies at random places, most of which turn out to be none: to read
their rows would take longer than much of the rest. A process holds the bits of all, a quarter of a byte a body, and
fetches anew those pages of which the version has changed.

| table | rows |
|---|---|
| `mark` | pages: `leads` and `short` have a bit for each of 16,000 bodies, in each byte the lowest bit first |
| `mark_state` | one row: the version of each page, 64-bit numbers, so that one read tells what has changed |

The checksum of a page is one of its version as well: a page of an earlier version is damage.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.index.stores.checksums import MARK, MARK_STATE, Damage, check_data, data_checksum

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

#: Bytes of a page, of each of the two; together they fill one of SQLite's.
_BYTES = 2000
_BODIES = 8 * _BYTES


class Marks:
    """The marks of one file, for all threads; every call is within a transaction of the connection it is given.

    Of bodies that are not there no bit is set.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Let go of what is held: a transaction was broken off, and its versions will be given again."""
        with self._lock:
            self._row: tuple[bytes, int] | None = None
            self._version = np.zeros(0, "<u8")
            self._bits = np.zeros((2, 0), np.uint8)

    def of(self, db: sqlite3.Connection, which: int, bodies: Numbers) -> Flags:
        """Which of these bodies, (n,), have the flag `IS_CORE` or `IS_SHORT`."""
        with self._lock:
            self._renew(db)
            bits = self._bits[which]
            known = bodies < 8 * len(bits)
            if known.all():
                return _bit(bits, bodies)
            found = np.zeros(len(bodies), np.bool_)
            found[known] = _bit(bits, bodies[known])
            return found

    def add(self, db: sqlite3.Connection, bodies: Numbers, leads: Flags, short: Flags) -> None:
        """Bodies that come in."""
        self._write(db, bodies, (leads, short))

    def place(self, db: sqlite3.Connection, bodies: Numbers, leads: Flags) -> None:
        """Bodies of which the core may have changed."""
        self._write(db, bodies, (leads, None))

    def drop(self, db: sqlite3.Connection, bodies: Numbers) -> None:
        """Bodies that are gone."""
        none = np.zeros(len(bodies), np.bool_)
        self._write(db, bodies, (none, none))

    def follow(self, db: sqlite3.Connection, other: Marks, there: sqlite3.Connection) -> None:
        """Begin with versions above those that another file gave."""
        with other._lock:
            other._renew(there)
            last = int(other._version.max(initial=0))
        self.begin(db, last)

    def begin(self, db: sqlite3.Connection, last: int) -> None:
        """Begin with versions above this one."""
        blank = bytes(_BYTES)
        db.execute("INSERT INTO mark VALUES (0, ?, ?, ?)", (blank, blank, page_sum(0, last + 1, blank, blank)))
        db.execute("REPLACE INTO mark_state VALUES (1, ?, ?)", _state(np.array([last + 1], "<u8")))

    def _write(self, db: sqlite3.Connection, bodies: Numbers, values: tuple[Flags, Flags | None]) -> None:
        if len(bodies) == 0:
            return
        with self._lock:
            self._renew(db)
            self._grow(int(bodies.max()) // _BODIES + 1)
            pages = np.unique(bodies // _BODIES).tolist()
            before = [self._page(page).copy() for page in pages]
            for bits, marked in zip(self._bits, values, strict=True):
                if marked is not None:
                    np.bitwise_or.at(bits, bodies[marked] >> 3, _place(bodies[marked]))
                    np.bitwise_and.at(bits, bodies[~marked] >> 3, ~_place(bodies[~marked]))
            changed = [
                page
                for page, old in zip(pages, before, strict=True)
                if self._version[page] == 0 or not np.array_equal(self._page(page), old)
            ]
            if not changed:
                return
            version = int(self._version.max()) + 1
            self._row = None
            self._version[changed] = version
            for page in changed:
                data = [bits.tobytes() for bits in self._page(page)]
                row = (page, *data, page_sum(page, version, *data))
                db.execute("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)", row)
            db.execute("INSERT OR REPLACE INTO mark_state VALUES (1, ?, ?)", _state(self._version))

    def _page(self, page: int) -> NDArray[np.uint8]:
        return self._bits[:, page * _BYTES : (page + 1) * _BYTES]

    def _grow(self, pages: int) -> None:
        """Have room for so many pages. Bodies are numbered as they come, so that this is seldom."""
        if (more := pages - len(self._version)) > 0:
            self._version = np.append(self._version, np.zeros(more, "<u8"))
            self._bits = np.concatenate([self._bits, np.zeros((2, more * _BYTES), np.uint8)], axis=1)

    def _renew(self, db: sqlite3.Connection) -> None:
        """Bring what is held to the state of this transaction, whether it is newer or older."""
        row = db.execute("SELECT versions, sum FROM mark_state").fetchone()
        if row is not None and row == self._row:
            return  # as it was checked before
        version = versions(db)
        if np.array_equal(version, self._version):
            self._row = row
            return
        self._grow(len(version))
        held = np.zeros(len(self._version), "<u8")
        held[: len(version)] = version
        # Pages that this transaction does not know yet belong to a later one.
        pages = np.flatnonzero(held != self._version)
        for page in pages[held[pages] == 0].tolist():
            self._page(page)[:] = 0
        known = pages[held[pages] > 0].tolist()
        wanted = "SELECT * FROM mark WHERE page IN (SELECT value FROM json_each(?))"
        rows = {row[0]: row[1:] for row in db.execute(wanted, (orjson.dumps(known),))}
        for page in known:
            self._page(page)[:] = bits_of(page, int(held[page]), rows.get(page))
        self._version = held[: len(version)].copy()
        self._bits = self._bits[:, : len(version) * _BYTES]
        self._row = row


def versions(db: sqlite3.Connection) -> NDArray[np.uint64]:
    """The version of each page."""
    rows = db.execute("SELECT 1, sum, versions FROM mark_state").fetchall()
    if len(rows) != 1:
        raise Damage("row 1 of mark_state is missing")
    check_data(MARK_STATE, "mark_state", rows)
    return np.frombuffer(rows[0][2], "<u8")


def _state(version: NDArray[np.uint64]) -> tuple[bytes, int]:
    data = version.tobytes()
    return data, data_checksum(MARK_STATE, 1, data)


def page_sum(page: int, version: int, leads: bytes, short: bytes) -> int:
    """The checksum of a page."""
    return data_checksum(MARK, page, version.to_bytes(8, "little") + leads + short)


def bits_of(page: int, version: int, row: tuple[bytes, bytes, int] | None) -> list[NDArray[np.uint8]]:
    """What a row says, if it is of this version."""
    if row is None or not isinstance(row[0], bytes) or not isinstance(row[1], bytes):
        raise Damage(f"row {page} of mark is missing")
    if page_sum(page, version, row[0], row[1]) != row[2]:
        raise Damage(f"row {page} of mark is not what was written")
    return [np.frombuffer(part, np.uint8) for part in row[:2]]


def _bit(bits: NDArray[np.uint8], bodies: Numbers) -> Flags:
    return bits[bodies >> 3] & _place(bodies) > 0


def _place(bodies: Numbers) -> NDArray[np.uint8]:
    return np.left_shift(np.uint8(1), (bodies & 7).astype(np.uint8))


def numbers_of(values: Iterable[int]) -> Numbers:
    """Numbers as an array."""
    return np.fromiter(values, np.int64)


def flags(values: Iterable[bool]) -> Flags:
    """Yes or no as an array."""
    return np.fromiter(values, np.bool_)
