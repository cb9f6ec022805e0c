"""Checksums of what an index stores: each row has one, of its table, its key and all its values, and is checked with it
whenever it is read. Arrays of 64-bit numbers carry theirs in a head of three numbers (`page_kernels`).

A row that is not what was written is never used: reading it raises `Damage`, which becomes the one sentence of
`IndexUnusable` that names the remedy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson
import xxhash

from dedup.errors import IndexUnusable

#: The number of each table, the seed of its checksums: a row cannot pass for one of another table.
ABOUT, DICTIONARY, ARTICLE, TEXT, BODY, SKETCH, CLUSTER, MEMBER, COUNTER, STATE, MARK, MARK_STATE, SOLVED = range(1, 14)
#: Checksums have 63 bits, so that SQLite keeps them as they are.
_SHIFT = 1

_hash = xxhash.xxh3_64_intdigest
_dumps = orjson.dumps


class Damage(IndexUnusable):
    """What is stored is not what was written."""


def row_checksum(table: int, row: Sequence[Any]) -> int:
    """The checksum of a row of whole numbers, texts and nulls; a float is given by `float.hex`, as bytes never vary."""
    return _hash(_dumps(row), table) >> _SHIFT


def data_checksum(table: int, key: int, data: bytes) -> int:
    """The checksum of bytes, of the row with this key."""
    return _hash(data, key << 8 | table) >> _SHIFT


def check_rows(table: int, name: str, rows: Iterable[Sequence[Any]]) -> None:
    """Check rows of whole numbers, texts and nulls, whose last value is the checksum."""
    for row in rows:
        if _hash(_dumps(row[:-1]), table) >> _SHIFT != row[-1]:
            raise Damage(f"row {row[0]!r} of {name} is not what was written")


def check_data(table: int, name: str, rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Check rows of a key, the checksum, and bytes."""
    for key, total, data in rows:
        if type(data) is not bytes or _hash(data, key << 8 | table) >> _SHIFT != total:
            raise Damage(f"row {key} of {name} is not what was written")


def require_equal(name: str, one: Any, other: Any) -> None:
    """Two copies of what is known must agree: each is stored apart, and one damaged place cannot change both."""
    if one != other:
        raise Damage(f"two lists of {name} differ")


def require_rows(name: str, wanted: Iterable[Any], held: Collection[Any]) -> None:
    """Rows that others refer to must be there."""
    for key in wanted:
        if key not in held:
            raise Damage(f"row {key!r} of {name} is missing, and others refer to it")
