"""Encode rows for SQLite, each with its checksum (`checksums`), and decode and check rows that were read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise
from typing import Any, TypeVar

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from dedup.index.stores.base import ArticleRow, BodyRow, ClusterRow, MemberRow, PairColumns, PairRow
from dedup.index.stores.checksums import Damage, Table, check_rows, encode_data, encode_row, row_checksum
from dedup.index.stores.sqlite.pair_kernels import CHECKSUM, pair_checksums, strip_checksums


def id_hash(id: str) -> int:
    """Hash an id; by the hash the number of the article is stored a second time."""
    return xxhash.xxh3_64_intdigest(id.encode(errors="surrogatepass")) >> 1


def read_single_row(db: sqlite3.Connection, table: Table) -> tuple[Any, ...]:
    """Read the only row of a table, without a check of its values. Raises `Damage` if it is missing."""
    rows: list[tuple[Any, ...]] = db.execute(f"SELECT * FROM {table.sql}").fetchall()
    if len(rows) != 1:
        raise Damage(f"row 1 of {table.sql} is missing")
    return rows[0]


# -- articles, bodies, clusters and members -----------------------------------------------------------------------

_hash, _dumps = xxhash.xxh3_64_intdigest, orjson.dumps
_Row = TypeVar("_Row")


def _encode_float(table: Table, at: int, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Append the checksum to a row whose column `at` is a float, of which the checksum covers `float.hex`."""
    number = float(row[at])
    checksum = row_checksum(table, (*row[:at], number.hex(), *row[at + 1 :]))
    return (*row[:at], number, *row[at + 1 :], checksum)


def _decode_float(
    table: Table, at: int, make: Callable[[Sequence[Any]], _Row], rows: Iterable[tuple[Any, ...]]
) -> list[_Row]:
    """Check and decode rows that `_encode_float` encoded. Raises `Damage`."""
    out = []
    for row in rows:  # every row that is read: names are bound once
        number = row[at]
        if (
            type(number) is not float
            or _hash(_dumps((*row[:at], number.hex(), *row[at + 1 : -1])), table) >> 1 != row[-1]
        ):
            raise Damage(f"row {row[0]} of {table.sql} is not what was written")
        out.append(make(row[:-1]))
    return out


def _decode(table: Table, make: Callable[[Sequence[Any]], _Row], rows: Sequence[tuple[Any, ...]]) -> list[_Row]:
    """Check and decode rows that `encode_row` encoded. Raises `Damage`."""
    check_rows(table, rows)
    return [make(row[:-1]) for row in rows]


#: By table: the function that appends the checksum to a row.
ENCODERS: Mapping[Table, Callable[[Any], tuple[Any, ...]]] = {
    **{
        table: partial(encode_row, table)
        for table in (Table.ABOUT, Table.BODY, Table.MEMBER, Table.COUNTER, Table.POSTING_STATE, Table.SOLVED)
    },
    **{table: partial(encode_data, table) for table in (Table.DICTIONARY, Table.TEXT, Table.SKETCH)},
    Table.ARTICLE: partial(_encode_float, Table.ARTICLE, 9),
    Table.CLUSTER: partial(_encode_float, Table.CLUSTER, 3),
}
# `tuple.__new__` takes a third of the time of `_make`.
decode_articles = partial(_decode_float, Table.ARTICLE, 9, partial(tuple.__new__, ArticleRow))
decode_clusters = partial(_decode_float, Table.CLUSTER, 3, ClusterRow._make)
decode_bodies = partial(_decode, Table.BODY, partial(tuple.__new__, BodyRow))
decode_members = partial(_decode, Table.MEMBER, MemberRow._make)


def insert_rows(db: sqlite3.Connection, table: Table, rows: Iterable[Any], *, verb: str = "INSERT") -> None:
    """Insert rows, each with its checksum; with the verb REPLACE, in place of those of the same key."""
    encoded = list(map(ENCODERS[table], rows))
    if encoded:
        db.executemany(f"{verb} INTO {table.sql} VALUES ({', '.join('?' * len(encoded[0]))})", encoded)


# -- counts -------------------------------------------------------------------------------------------------------


@dataclass
class Counter:
    """The row of `counter`: the rows of each sort, the bytes of the compressed texts, the last numbers that were given.

    last_solved: of a version of a component.
    """

    articles: int = 0
    bodies: int = 0
    pairs: int = 0
    clusters: int = 0
    clustered: int = 0
    text_bytes: int = 0
    last_article: int = 0
    last_body: int = 0
    last_cluster: int = 0
    last_solved: int = 0

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> Counter:
        """Decode and check the row of `counter`. Raises `Damage`."""
        check_rows(Table.COUNTER, [row])
        return cls(*row[1:-1])

    def to_row(self) -> tuple[int, ...]:
        """Convert to a row of `counter`."""
        return (1, *vars(self).values())


# -- comparisons --------------------------------------------------------------------------------------------------


def encode_pairs(rows: Sequence[PairRow]) -> list[tuple[int, int, int, bytes]]:
    """Encode rows of `pair`, whose checksum stands after the features."""
    *columns, features = PairColumns.of(rows)
    checksums = pair_checksums(*columns, np.frombuffer(bytearray(features), np.uint8)).astype("<u8").tobytes()
    bounds = pairwise(range(0, len(checksums) + 1, CHECKSUM))
    return [(*row[:3], row.features + checksums[x:y]) for row, (x, y) in zip(rows, bounds, strict=True)]


def pair_columns(other: str) -> str:
    """The SQL of all comparisons of an article, as two values.

    `other << 24 | bytes of the features << 8 | relation` as JSON; and the features, concatenated, in hexadecimal:
    SQLite may end concatenated bytes at the first zero.
    """
    return f"json_group_array(({other} << 24) | (length(features) << 8) | relation), group_concat(hex(features), '')"


def decode_pairs(by_a: Sequence[tuple[int, str, str]], by_b: Sequence[tuple[int, str, str]] = ()) -> PairColumns:
    """Decode and check comparisons: rows of an article and its `pair_columns`, which is end a, or end b.

    Raises `Damage`.
    """
    groups = [orjson.loads(row[1]) for row in (*by_a, *by_b)]
    numbers = np.array(list(chain.from_iterable(groups)), np.int64)
    article = np.repeat(np.array([row[0] for row in (*by_a, *by_b)], np.int64), [len(group) for group in groups])
    other = numbers >> 24
    first = sum(map(len, groups[: len(by_a)]))
    a, b = np.append(article[:first], other[first:]), np.append(other[:first], article[first:])
    data = bytearray.fromhex("".join([row[2] for row in (*by_a, *by_b)]))
    relation, size = (numbers & 0xFF).astype(np.uint8), numbers >> 8 & 0xFFFF
    if len(numbers) == 0:
        return PairColumns(a, b, relation, size, b"")
    if int(size.sum()) != len(data) or int(size.min()) < CHECKSUM:
        raise Damage("a row of pair is not what was written")
    size -= CHECKSUM
    features, damaged_row = strip_checksums(a, b, relation, size, np.frombuffer(data, np.uint8))
    if damaged_row >= 0:
        raise Damage(f"row {int(a[damaged_row])}, {int(b[damaged_row])} of pair is not what was written")
    return PairColumns(a, b, relation, size, features.tobytes())


def pair_keys(article: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Encode pairs of articles, int64 (n,), in either order, as `a << 32 | b` with a < b: int64 (n,), ascending."""
    return np.sort(np.minimum(article, other) << 32 | np.maximum(article, other))
