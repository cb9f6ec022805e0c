"""Rows as SQLite keeps them, each with its checksum (`sums`), and back: what is read is checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from dedup.index.stores.base import ArticleRow, BodyRow, ClusterRow, MemberRow, PairColumns, PairRow
from dedup.index.stores.checksums import ARTICLE, BODY, CLUSTER, COUNTER, MEMBER, Damage, check_rows, row_checksum
from dedup.index.stores.sqlite.page_kernels import pair_sums, stripped

#: Bytes of the checksum after the features of a comparison.
_SUM = 8


def name_hash(id: str) -> int:
    """By which the number of an id is kept a second time."""
    return xxhash.xxh3_64_intdigest(id.encode(errors="surrogatepass")) >> 1


# -- articles -----------------------------------------------------------------------------------------------------
# These run for every row that is read or written: what can be done once, or in C, is.

_hash, _dumps = xxhash.xxh3_64_intdigest, orjson.dumps
_article, _body = partial(tuple.__new__, ArticleRow), partial(tuple.__new__, BodyRow)


def from_article(row: ArticleRow) -> tuple[Any, ...]:
    age = float(row.timestamp)
    return (*row[:9], age, row.evidence, row_checksum(ARTICLE, (*row[:9], age.hex(), row.evidence)))


def to_articles(rows: Iterable[tuple[Any, ...]]) -> list[ArticleRow]:
    found = []
    for row in rows:
        age = row[9]
        if type(age) is not float or _hash(_dumps((*row[:9], age.hex(), row[10])), ARTICLE) >> 1 != row[11]:
            raise Damage(f"row {row[0]} of article is not what was written")
        found.append(_article(row[:11]))
    return found


# -- bodies and clusters ------------------------------------------------------------------------------------------


def from_body(row: BodyRow) -> tuple[Any, ...]:
    return (*row, row_checksum(BODY, row[:]))


def to_bodies(rows: Iterable[tuple[Any, ...]]) -> list[BodyRow]:
    found = []
    for row in rows:
        values = row[:7]
        if _hash(_dumps(values), BODY) >> 1 != row[7]:
            raise Damage(f"row {row[0]} of body is not what was written")
        found.append(_body(values))
    return found


def _cluster_sum(row: Sequence[Any]) -> int:
    return row_checksum(CLUSTER, (*row[:3], row[3].hex(), row[4]))


def from_cluster(row: ClusterRow) -> tuple[Any, ...]:
    row = row._replace(probability=float(row.probability))
    return (*row, _cluster_sum(row))


def to_clusters(rows: Iterable[tuple[Any, ...]]) -> list[ClusterRow]:
    found = []
    for row in rows:
        if type(row[3]) is not float or _cluster_sum(row) != row[5]:
            raise Damage(f"row {row[0]} of cluster is not what was written")
        found.append(ClusterRow._make(row[:5]))
    return found


def from_member(row: MemberRow) -> tuple[Any, ...]:
    return (*row, row_checksum(MEMBER, row[:]))


def to_members(rows: Sequence[tuple[Any, ...]]) -> list[MemberRow]:
    check_rows(MEMBER, "member", rows)
    return [MemberRow._make(row[:8]) for row in rows]


# -- counts -------------------------------------------------------------------------------------------------------


@dataclass
class Counter:
    """How many rows there are, the bytes of all texts, and the last numbers that were given: the row of `counter`."""

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


def from_counter(counter: Counter) -> tuple[int, ...]:
    row = (1, *vars(counter).values())
    return (*row, row_checksum(COUNTER, row))


def to_counter(rows: Sequence[tuple[Any, ...]]) -> Counter:
    check_rows(COUNTER, "counter", rows)
    if not rows:
        raise Damage("row 1 of counter is missing")
    return Counter(*rows[0][1:-1])


# -- comparisons --------------------------------------------------------------------------------------------------


def from_pairs(rows: Sequence[PairRow]) -> list[tuple[int, int, int, bytes]]:
    """Comparisons; the checksum stands after the features."""
    a, b, relation, features = zip(*rows, strict=True)
    size = np.array([len(one) for one in features], np.int64)
    data = np.frombuffer(bytearray().join(features), np.uint8)
    columns = np.array(a, np.int64), np.array(b, np.int64), np.array(relation, np.uint8)
    total = pair_sums(*columns, size, data).astype("<u8").tobytes()
    sums = [total[at : at + _SUM] for at in range(0, len(total), _SUM)]
    return [(*row[:3], row.features + one) for row, one in zip(rows, sums, strict=True)]


def toward(other: str) -> str:
    """Of all comparisons of an article, in two values: `other << 24 | bytes of the features << 8 | relation` as JSON,
    and the features one after the other, in hexadecimal: joined as they are, bytes may end at the first that is 0."""
    return f"json_group_array(({other} << 24) | (length(features) << 8) | relation), group_concat(hex(features), '')"


def to_pairs(found: Sequence[tuple[int, str, str]], turned: Sequence[tuple[int, str, str]] = ()) -> PairColumns:
    """Comparisons as `toward` gives them, by a; turned: by b."""
    packed = [orjson.loads(row[1]) for row in (*found, *turned)]
    rest = np.array(list(chain.from_iterable(packed)), np.int64)
    own = np.repeat(np.array([row[0] for row in (*found, *turned)], np.int64), [len(one) for one in packed])
    other = rest >> 24
    first = sum(map(len, packed[: len(found)]))
    a, b = np.append(own[:first], other[first:]), np.append(other[:first], own[first:])
    data = bytearray.fromhex("".join([row[2] for row in (*found, *turned)]))
    relation, size = (rest & 0xFF).astype(np.uint8), rest >> 8 & 0xFFFF
    if len(rest) == 0:
        return PairColumns(a, b, relation, size, b"")
    if int(size.sum()) != len(data) or int(size.min()) < _SUM:
        raise Damage("a row of pair is not what was written")
    features, wrong = stripped(a, b, relation, size - _SUM, np.frombuffer(data, np.uint8))
    if wrong >= 0:
        raise Damage(f"row {int(a[wrong])}, {int(b[wrong])} of pair is not what was written")
    return PairColumns(a, b, relation, size - _SUM, features.tobytes())


def pair_keys(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """`a << 32 | b` of pairs a < b, given in either order; ascending."""
    return np.sort(np.minimum(one, other) << 32 | np.maximum(one, other))
