"""Checksum the rows of an index: each row stores the XXH3-64 of its table, its key and all its values.

A row is checked whenever it is read, and a damaged row is never used: reading it raises `Damage`, which the store turns
into the one sentence of `IndexUnusable` that names the remedy. Pages of 64-bit numbers carry their checksum in a head
of three numbers (`dedup.index.stores.sqlite.posting_pages`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum
from typing import Any

import orjson
import xxhash

from dedup.errors import IndexUnusable

#: SQLite's integers are signed: checksums have 63 bits.
_SHIFT = 1

_hash = xxhash.xxh3_64_intdigest
_dumps = orjson.dumps


class Table(IntEnum):
    """The tables by name. The number seeds the checksums of a table, so that no row passes for one of another."""

    ABOUT, DICTIONARY, ARTICLE, TEXT, BODY, SKETCH, CLUSTER, MEMBER, COUNTER = range(1, 10)
    POSTING_STATE, MARK, MARK_STATE, SOLVED = range(10, 14)
    POSTING, POSTING_NEW, POSTING_FILTER, POSTING_CROWD, POSTING_CROWDED = range(101, 106)

    @property
    def sql(self) -> str:
        """The name of the table in SQL."""
        return self.name.lower()


class Damage(IndexUnusable):
    """Stored data differs from the data that was written."""


def row_checksum(table: Table, row: Sequence[Any]) -> int:
    """Checksum a row of whole numbers, strings and nulls. Give a float as `float.hex`, whose text never varies."""
    return _hash(_dumps(row), table) >> _SHIFT


def encode_row(table: Table, row: Iterable[Any]) -> tuple[Any, ...]:
    """Append the checksum to a row of whole numbers, strings and nulls."""
    row = tuple(row)
    return (*row, row_checksum(table, row))


def check_rows(table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Check rows of whole numbers, strings and nulls whose last value is the checksum. Raises `Damage`."""
    for row in rows:
        if _hash(_dumps(row[:-1]), table) >> _SHIFT != row[-1]:
            raise Damage(f"row {row[0]!r} of {table.sql} is not what was written")


def data_checksum(table: Table, key: int, data: bytes) -> int:
    """Checksum the bytes of the row with a key."""
    return _hash(data, key << 8 | table) >> _SHIFT


def encode_data(table: Table, row: tuple[int, bytes]) -> tuple[int, int, bytes]:
    """Make a row of key, checksum and bytes."""
    key, data = row
    return key, data_checksum(table, key, data), data


def decode_data(table: Table, rows: Iterable[tuple[int, int, bytes]]) -> dict[int, bytes]:
    """Check rows of key, checksum and bytes; returns the bytes by key. Raises `Damage`."""
    data_by_key = {}
    for key, checksum, data in rows:
        if type(data) is not bytes or data_checksum(table, key, data) != checksum:
            raise Damage(f"row {key} of {table.sql} is not what was written")
        data_by_key[key] = data
    return data_by_key


def require_equal(name: str, copy: Any, other: Any) -> None:
    """Compare two copies that are stored apart, so that one damaged place cannot change both.

    Raises `Damage` if they differ.
    """
    if copy != other:
        raise Damage(f"two lists of {name} differ")


def require_rows(name: str, keys: Iterable[Any], rows: Collection[Any]) -> None:
    """Raise `Damage` if a key, to which other rows refer, has no row."""
    for key in keys:
        if key not in rows:
            raise Damage(f"row {key!r} of {name} is missing, and others refer to it")
