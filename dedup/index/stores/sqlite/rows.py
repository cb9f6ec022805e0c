"""Encode rows for SQLite, each with its checksum (`checksums`), and decode and check rows that were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise
from typing import Any

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from dedup.index.stores.base import ArticleRow, BodyRow, ClusterRow, MemberRow, PairColumns, PairRow
from dedup.index.stores.checksums import Damage, Table, check_rows, encode_row, row_checksum
from dedup.index.stores.sqlite.pair_kernels import CHECKSUM, pair_checksums, strip_checksums


def id_hash(id: str) -> int:
    """Hash an id; by the hash the number of the article is stored a second time."""
    return xxhash.xxh3_64_intdigest(id.encode(errors="surrogatepass")) >> 1


# -- articles and bodies ------------------------------------------------------------------------------------------
# These functions run for every row that is read or written: names are bound once, and loops run in C where they can.

_hash, _dumps, _ARTICLE, _BODY = xxhash.xxh3_64_intdigest, orjson.dumps, Table.ARTICLE, Table.BODY
_article, _body = partial(tuple.__new__, ArticleRow), partial(tuple.__new__, BodyRow)


def encode_article(row: ArticleRow) -> tuple[Any, ...]:
    timestamp = float(row.timestamp)
    checksum = row_checksum(_ARTICLE, (*row[:9], timestamp.hex(), row.evidence))
    return (*row[:9], timestamp, row.evidence, checksum)


def decode_articles(rows: Iterable[tuple[Any, ...]]) -> list[ArticleRow]:
    """Decode and check rows of `article`. Raises `Damage`."""
    articles = []
    for row in rows:
        timestamp = row[9]
        if (
            type(timestamp) is not float
            or _hash(_dumps((*row[:9], timestamp.hex(), row[10])), _ARTICLE) >> 1 != row[11]
        ):
            raise Damage(f"row {row[0]} of article is not what was written")
        articles.append(_article(row[:11]))
    return articles


def decode_bodies(rows: Iterable[tuple[Any, ...]]) -> list[BodyRow]:
    """Decode and check rows of `body`. Raises `Damage`."""
    bodies = []
    for row in rows:
        values = row[:7]
        if _hash(_dumps(values), _BODY) >> 1 != row[7]:
            raise Damage(f"row {row[0]} of body is not what was written")
        bodies.append(_body(values))
    return bodies


# -- clusters -----------------------------------------------------------------------------------------------------


def _cluster_checksum(row: Sequence[Any]) -> int:
    return row_checksum(Table.CLUSTER, (*row[:3], row[3].hex(), row[4]))


def encode_cluster(row: ClusterRow) -> tuple[Any, ...]:
    row = row._replace(probability=float(row.probability))
    return (*row, _cluster_checksum(row))


def decode_clusters(rows: Iterable[tuple[Any, ...]]) -> list[ClusterRow]:
    """Decode and check rows of `cluster`. Raises `Damage`."""
    clusters = []
    for row in rows:
        if type(row[3]) is not float or _cluster_checksum(row) != row[5]:
            raise Damage(f"row {row[0]} of cluster is not what was written")
        clusters.append(ClusterRow._make(row[:5]))
    return clusters


def decode_members(rows: Sequence[tuple[Any, ...]]) -> list[MemberRow]:
    """Decode and check rows of `member`. Raises `Damage`."""
    check_rows(Table.MEMBER, rows)
    return [MemberRow._make(row[:8]) for row in rows]


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
    def from_rows(cls, rows: Sequence[tuple[Any, ...]]) -> Counter:
        """Decode and check the rows of `counter`. Raises `Damage`, also if there is none."""
        check_rows(Table.COUNTER, rows)
        if not rows:
            raise Damage("row 1 of counter is missing")
        return cls(*rows[0][1:-1])

    def to_row(self) -> tuple[int, ...]:
        return encode_row(Table.COUNTER, (1, *vars(self).values()))


# -- comparisons --------------------------------------------------------------------------------------------------


def encode_pairs(rows: Sequence[PairRow]) -> list[tuple[int, int, int, bytes]]:
    """Encode rows of `pair`, whose checksum stands after the features."""
    a, b, relation, features = zip(*rows, strict=True)
    size = np.array([len(part) for part in features], np.int64)
    data = np.frombuffer(bytearray().join(features), np.uint8)
    columns = np.array(a, np.int64), np.array(b, np.int64), np.array(relation, np.uint8)
    checksums = pair_checksums(*columns, size, data).astype("<u8").tobytes()
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
