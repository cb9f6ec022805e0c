"""Checksum the rows of an index: each row stores the XXH3-64 of its table, its key and all its values.

A row is checked whenever it is read, and a damaged row is never used: reading it raises `Damage`, which the store turns
into the one sentence of `IndexUnusable` that names the remedy. Pages of 64-bit numbers carry their checksum in a head
of three numbers (`dedup.index.stores.sqlite.posting_pages`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson
import xxhash

from dedup.errors import IndexUnusable

#: The number of each table seeds its checksums, so that a row cannot pass for one of another table.
ABOUT, DICTIONARY, ARTICLE, TEXT, BODY, SKETCH, CLUSTER, MEMBER, COUNTER, STATE, MARK, MARK_STATE, SOLVED = range(1, 14)
#: SQLite's integers are signed: checksums have 63 bits.
_SHIFT = 1

_hash = xxhash.xxh3_64_intdigest
_dumps = orjson.dumps


class Damage(IndexUnusable):
    """Stored data differs from the data that was written."""


def row_checksum(table: int, row: Sequence[Any]) -> int:
    """Checksum a row of whole numbers, strings and nulls. Give a float as `float.hex`, whose text never varies."""
    return _hash(_dumps(row), table) >> _SHIFT


def data_checksum(table: int, key: int, data: bytes) -> int:
    """Checksum the bytes of the row with a key."""
    return _hash(data, key << 8 | table) >> _SHIFT


def check_rows(table: int, name: str, rows: Iterable[Sequence[Any]]) -> None:
    """Check rows of whole numbers, strings and nulls whose last value is the checksum. Raises `Damage`."""
    for row in rows:
        if _hash(_dumps(row[:-1]), table) >> _SHIFT != row[-1]:
            raise Damage(f"row {row[0]!r} of {name} is not what was written")


def check_data(table: int, name: str, rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Check rows of key, checksum and bytes. Raises `Damage`."""
    for key, checksum, data in rows:
        if type(data) is not bytes or _hash(data, key << 8 | table) >> _SHIFT != checksum:
            raise Damage(f"row {key} of {name} is not what was written")


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
