"""Define the rows of an index, and the contract of a store that keeps them.

A store keeps rows and does not interpret them. A number of an article, a body, a cluster or a component version is
given once and never again, so that a process may cache by number. Every read and write happens within a transaction:
one writer at a time, and any number of readers, each of which sees one committed state. Several processes may use one
store.

| rows | content |
|---|---|
| articles | a record as it came in, its compressed text, and the evidence of its source |
| bodies | one row for all articles with the same tokens: fingerprint, lengths, component, core, sketch |
| postings | pairs of a key and a body, of three kinds: bands and passages, anchors (`dedup.candidates`) |
| pairs | results of comparisons of two representatives: a cache of facts about two texts |
| clusters, members | the result of a scan of all articles: canonical copy, origin, relation of each member to it |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.anchors import MAX_BODIES
from dedup.candidates.bands import BUCKET_CAP
from dedup.candidates.passages import PASSAGE_CAP, SHORT
from dedup.errors import IndexUnusable
from dedup.kernels.sorted_arrays import BODY_BITS, BODY_MASK, unique_counts

#: The kinds of postings.
BAND, PASSAGE, ANCHOR = KINDS = (0, 1, 2)
_KIND = np.array([kind << 32 for kind in KINDS], np.uint64)
#: The flags of a body. IS_CORE: `BodyRow.core` is None. IS_SHORT: `BodyRow.is_short`.
IS_CORE, IS_SHORT = 0, 1
#: By kind: a key with more bodies is over-full, as in a scan. Only the ends of its posting list are read.
MAX_POSTINGS = (BUCKET_CAP, PASSAGE_CAP, MAX_BODIES)
#: Bodies that are read at each end of the posting list of an over-full key; not the number of representatives.
HEAD_TAIL = 4


class ArticleRow(NamedTuple):
    """An article without its text.

    body: None if the text is too short to be compared. timestamp: seconds since 1970 of the publication, or of the
    addition to the index if the date of publication is unknown. evidence: JSON list of [signal, quote, name]; None if
    there is none.
    """

    number: int
    id: str
    body: int | None
    url: str | None
    domain: str | None
    title: str | None
    published: str | None
    authors: str | None
    meta: str | None
    timestamp: float
    evidence: str | None


class BodyRow(NamedTuple):
    """All articles with the same tokens.

    high, low: the two halves of the fingerprint, as signed 64-bit integers. words: number of tokens. size: tokens of a
    shingle. component: the smallest number of a body in its component; None if the body is alone. core: the core of its
    cluster; None if the body is a core itself, or alone.
    """

    number: int
    high: int
    low: int
    words: int
    size: int
    component: int | None
    core: int | None

    @property
    def is_short(self) -> bool:
        """Whether one shared passage makes a candidate pair of this body and another."""
        return self.words - self.size + 1 < SHORT


class PairRow(NamedTuple):
    """The comparison of two representatives, articles a < b.

    relation: its code. features: the measured features, int32, little-endian; empty if the two are unrelated and no
    exact comparison was asked for.
    """

    a: int
    b: int
    relation: int
    features: bytes


class PairColumns(NamedTuple):
    """Comparisons as columns, each once, in any order: thousands of rows would be as many Python objects.

    a, b: int64 (n,); relation: uint8 (n,), as in `PairRow`. size: int64 (n,), bytes of each comparison's features.
    features: the features of all comparisons, concatenated.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    relation: NDArray[np.uint8]
    size: NDArray[np.int64]
    features: bytes

    @classmethod
    def of(cls, rows: Sequence[PairRow]) -> PairColumns:
        """Convert from rows."""
        a, b, relation, features = zip(*rows, strict=True) if rows else ((), (), (), ())
        size = np.array([len(part) for part in features], np.int64)
        ends = np.array(a, np.int64), np.array(b, np.int64)
        return cls(*ends, np.array(relation, np.uint8), size, b"".join(features))

    def rows(self) -> list[PairRow]:
        """Convert to rows."""
        end = np.cumsum(self.size)
        features = [self.features[x:y] for x, y in zip((end - self.size).tolist(), end.tolist(), strict=True)]
        return list(map(PairRow, self.a.tolist(), self.b.tolist(), self.relation.tolist(), features))


class MemberRow(NamedTuple):
    """A member of a cluster, compared with the canonical copy; the values are those of `dedup.results.assemble`.

    place: 0 for the canonical copy, 1 for another member. Files of older versions have 2, 3 and so on as well. The
    order of the others follows from the articles, so that a new article changes no other row. resemblance,
    containment: ten-thousandths. lag: seconds after the canonical copy; None if unknown.
    """

    article: int
    cluster: int
    place: int
    relation: int
    direction: int
    resemblance: int
    containment: int
    lag: int | None


class ClusterRow(NamedTuple):
    """A cluster. canonical: the number of an article. origin: JSON, with its evidence."""

    number: int
    canonical: int
    size: int
    probability: float
    origin: str


@dataclass(frozen=True)
class Sketch:
    """The keys by which a body is looked up: of each kind a uint32 array."""

    band: NDArray[np.uint32]
    passage: NDArray[np.uint32]
    anchor: NDArray[np.uint32]

    @property
    def by_kind(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
        """The keys in the order of `KINDS`."""
        return self.band, self.passage, self.anchor

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """All keys, `kind << 32 | key`, uint64 (k,), ascending, each once."""
        keys = [part.astype(np.uint64) | _KIND[kind] for kind, part in enumerate(self.by_kind)]
        return sorted_unique(np.concatenate(keys))

    def to_bytes(self) -> bytes:
        """Encode the keys of all kinds: little-endian uint32, the number of bands, of passages, then all keys."""
        head = np.array([len(self.band), len(self.passage)], np.uint32)
        return np.concatenate([head, *self.by_kind]).astype("<u4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """Decode what `to_bytes` encoded."""
        numbers = np.frombuffer(data, "<u4")
        bands, passages = 2 + int(numbers[0]), 2 + int(numbers[0]) + int(numbers[1])
        return cls(numbers[2:bands], numbers[bands:passages], numbers[passages:])


class PostingHits(NamedTuple):
    """The postings of some keys, uint64, ascending; and the over-full ones of the keys, uint64, ascending, of which
    only the first and last `HEAD_TAIL` postings are included."""

    postings: NDArray[np.uint64]
    overfull: NDArray[np.uint64]


def encode_postings(sketches: Sequence[tuple[int, Sketch]]) -> NDArray[np.uint64]:
    """Encode the postings of bodies, given by number: `kind << 62 | key << 30 | body`, uint64, ascending, each once.

    Raises `IndexUnusable` for a number of a body above `BODY_MASK`.
    """
    number = np.array([number for number, _ in sketches], np.uint64)
    if len(number) and int(number.max()) > BODY_MASK:
        raise IndexUnusable(
            f"an index takes {BODY_MASK:,} different texts, and this one has had as many; begin another"
        )
    if len(sketches) == 1:
        return (sketches[0][1].keys << np.uint64(BODY_BITS)) | number
    postings = [np.zeros(0, np.uint64)]
    for kind in KINDS:
        keys = [sketch.by_kind[kind] for _, sketch in sketches]
        key = np.concatenate([np.zeros(0, np.uint32), *keys]).astype(np.uint64) | _KIND[kind]
        postings.append((key << np.uint64(BODY_BITS)) | np.repeat(number, [len(part) for part in keys]))
    return sorted_unique(np.concatenate(postings))


def union_keys(sketches: Sequence[Sketch]) -> NDArray[np.uint64]:
    """Unite the keys of some bodies: `kind << 32 | key`, uint64, ascending, each once."""
    if len(sketches) == 1:
        return sketches[0].keys
    parts = [np.concatenate([np.zeros(0, np.uint32), *(s.by_kind[kind] for s in sketches)]) for kind in KINDS]
    return np.concatenate([sorted_unique(part).astype(np.uint64) | _KIND[kind] for kind, part in enumerate(parts)])


def select_kinds(values: NDArray[np.uint64], kinds: Sequence[int], *, shift: int = 32) -> NDArray[np.uint64]:
    """Select from ascending keys those of some consecutive kinds; from ascending postings with shift = 62."""
    low, high = np.searchsorted(values, np.array([kinds[0], kinds[-1] + 1], np.uint64) << np.uint64(shift)).tolist()
    return values[low:high]


def sorted_unique(values: NDArray[Any]) -> NDArray[Any]:
    """`np.unique` by sorting: a third of the time of NumPy's hash table for many values, a fifth for few."""
    distinct: NDArray[Any] = unique_counts(np.sort(values))[0]
    return distinct


class Store(Protocol):
    """A backend. All methods but `transaction` and `close` are called within `transaction`.

    Rows that are asked for and not stored are left out. Rows come in ascending order of their number.
    """

    def transaction(self, *, write: bool) -> AbstractContextManager[None]:
        """Do all of its body, or nothing if the body ends with an exception. Transactions do not nest."""

    def close(self) -> None:
        """Close connections and drop caches. A store on disk can be opened again."""

    def about(self) -> dict[str, str]:
        """Read the settings of the index, by name."""

    def set_about(self, values: Mapping[str, str]) -> None:
        """Write settings, by name."""

    def counts(self) -> dict[str, int]:
        """Count the rows of each sort, and the bytes of the compressed texts."""

    # -- documents: articles with their texts, bodies with their sketches -------------------------------------------

    def next_number(self, sort: Literal["article", "body", "cluster"]) -> int:
        """The number that the next row of a sort gets, greater than all that were ever given."""

    def article_numbers(self, after: int, limit: int) -> list[int]:
        """Up to `limit` numbers of articles above `after`, ascending."""

    def numbers_of_ids(self, ids: Sequence[str]) -> dict[str, int]:
        """The numbers of articles, by id."""

    def published_before(self, timestamp: float, limit: int) -> list[int]:
        """Up to `limit` numbers of articles whose `ArticleRow.timestamp` is smaller, in the order of timestamps."""

    def articles(self, numbers: Iterable[int]) -> list[ArticleRow]:
        """The articles with these numbers."""

    def articles_of_bodies(self, bodies: Iterable[int]) -> list[ArticleRow]:
        """The articles of bodies."""

    def texts(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """The compressed texts of articles, by number."""

    def add_articles(self, rows: Sequence[ArticleRow], texts: Sequence[bytes]) -> None:
        """Add articles, each with its compressed text."""

    def delete_articles(self, numbers: Sequence[int]) -> None:
        """Delete articles with their texts."""

    def dictionaries(self) -> list[bytes]:
        """The dictionaries with which texts were compressed, in the order of their addition."""

    def add_dictionary(self, data: bytes) -> None:
        """Add a dictionary for compression."""

    def bodies(self, numbers: Iterable[int]) -> list[BodyRow]:
        """The bodies with these numbers."""

    def bodies_by_fingerprint(self, fingerprints: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """The numbers of bodies by (high, low)."""

    def has_flag(self, flag: int, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Test which bodies, (n,), are stored and have the flag `IS_CORE` or `IS_SHORT`: (n,). Reads no rows."""

    def add_bodies(self, rows: Sequence[BodyRow], sketches: Sequence[bytes]) -> None:
        """Add bodies, each with its sketch (`Sketch.to_bytes`)."""

    def delete_bodies(self, numbers: Sequence[int]) -> None:
        """Delete bodies with their sketches; `remove_body_postings` deletes their postings."""

    def sketches(self, bodies: Iterable[int]) -> dict[int, bytes]:
        """The sketches of bodies (`Sketch.to_bytes`), by body."""

    def set_sketch(self, body: int, sketch: bytes) -> None:
        """Replace the sketch of a body."""

    # -- postings: from keys to bodies ------------------------------------------------------------------------------

    def postings(self, keys: NDArray[np.uint64]) -> PostingHits:
        """Look up keys (`kind << 32 | key`, ascending, each once)."""

    def first_postings(self, keys: NDArray[np.uint64], limit: int) -> NDArray[np.uint64]:
        """The postings of keys (ascending, each once) with the `limit` lowest bodies of each key, ascending."""

    def add_postings(self, postings: NDArray[np.uint64]) -> None:
        """Add postings as `encode_postings` returns them."""

    def remove_postings(self, postings: NDArray[np.uint64]) -> None:
        """Remove single postings, ascending. They may be added again."""

    def remove_body_postings(self, postings: NDArray[np.uint64], bodies: NDArray[np.uint64]) -> None:
        """Remove all postings of some bodies, which never get any again; both ascending."""

    # -- clusters: comparisons, components, clusters ----------------------------------------------------------------

    def pairs(self, articles: Iterable[int], *, both_ends: bool = False) -> PairColumns:
        """The comparisons of which one end is among the articles; both_ends: of which both ends are."""

    def put_pairs(self, rows: Sequence[PairRow]) -> None:
        """Write comparisons, and replace those of the same articles."""

    def delete_pairs(self, articles: Sequence[int]) -> None:
        """Delete the comparisons of which one end is among the articles."""

    def bodies_of_components(self, components: Iterable[int]) -> list[int]:
        """The numbers of the bodies of components, ascending."""

    def set_component(self, rows: Sequence[tuple[int | None, int | None, int]]) -> None:
        """Set component and core of bodies, given as (component, core, number)."""

    def component_versions(self, components: Iterable[int]) -> dict[int, int]:
        """The versions of components, by component. Only large components have one."""

    def renew_component_versions(self, outdated: Iterable[int], components: Iterable[int]) -> dict[int, int]:
        """Delete the versions of the components `outdated`, then give those in `components` new ones; returns these.

        A version may be cached only after its transaction was committed: numbers of a transaction that was rolled back
        are given again.
        """

    def cluster_numbers(self, after: int, limit: int) -> list[int]:
        """Up to `limit` numbers of clusters above `after`, ascending."""

    def cluster_numbers_of(self, articles: Iterable[int]) -> dict[int, int]:
        """The numbers of clusters, by member."""

    def clusters(self, numbers: Iterable[int]) -> list[ClusterRow]:
        """The clusters with these numbers."""

    def members(self, clusters: Iterable[int]) -> list[MemberRow]:
        """All members of clusters, in ascending order of article."""

    def delete_clusters(self, numbers: Sequence[int], articles: Sequence[int]) -> None:
        """Delete clusters, and the members that these articles are."""

    def put_clusters(self, rows: Sequence[ClusterRow], members: Sequence[MemberRow]) -> None:
        """Write clusters and members, and replace those of the same numbers and articles."""
