"""What an index keeps, as rows, and what a backend must be able to do with them.

A store holds rows and knows nothing of what they mean. Numbers of articles, bodies and clusters are given once and
never again, so that what a process remembers of a number stays true. Every read and write happens in a transaction:
of one writer at a time, and of readers that see the state of one moment. Nothing here assumes that there is only one
process.

| rows | what they are |
|---|---|
| articles | a record as it came in, its compressed text, and what it says of its source |
| bodies | one for all articles with the same tokens: fingerprint, lengths, component, core, and its sketch |
| postings | key and body, of three kinds: bands and passages (dedup.candidates), names (dedup.candidates.anchors) |
| pairs | comparisons that were made, of representatives: a cache of facts about two texts, never a state |
| clusters, members | what a scan of all articles would say: canonical copy, origin, and each member's relation to it |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.passages import SHORT
from dedup.errors import IndexUnusable
from dedup.kernels.sorted_arrays import BODY, counted

#: The kinds of postings.
BAND, PASSAGE, NAME = KINDS = (0, 1, 2)
_KIND = np.array([kind << 32 for kind in KINDS], np.uint64)
#: The most bodies that an index may have had.
BODIES = (1 << BODY) - 1
#: By kind: a posting list of more bodies is read at both its ends only.
CROWD = (32, 48, 32)
#: ... and so many are read at each.
EDGE = 4


class ArticleRow(NamedTuple):
    """An article without its text. `age`: seconds since 1970 of its publication, or of its storing where that is not
    known. `body` is None where the text is too short to be compared. `said` is JSON: signal, quote, name."""

    number: int
    id: str
    body: int | None
    url: str | None
    domain: str | None
    title: str | None
    published: str | None
    authors: str | None
    meta: str | None
    age: float
    said: str | None


class BodyRow(NamedTuple):
    """All articles with the same tokens. high, low: the fingerprint, as signed 64-bit integers; words: tokens; size: of
    a shingle; component: the smallest body it is connected with, None if it is alone; core: the core of its cluster,
    None if that is itself; sketch: see `Sketch`."""

    number: int
    high: int
    low: int
    words: int
    size: int
    component: int | None
    core: int | None

    @property
    def short(self) -> bool:
        """Whether a single passage in common makes a candidate of it."""
        return self.words - self.size + 1 < SHORT


class PairRow(NamedTuple):
    """A comparison of two representatives, articles a < b: the code of the relation and all features (int32, empty
    where unrelated and not asked for exactly)."""

    a: int
    b: int
    relation: int
    features: bytes


class PairColumns(NamedTuple):
    """Comparisons as columns, each once, in any order: of thousands of rows Python would make as many objects.

    a, b int64, relation uint8 (n,): as in `PairRow`; size (n,) int64: of how many bytes the features of each are, which
    stand in `features` one after the other.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    relation: NDArray[np.uint8]
    size: NDArray[np.int64]
    features: bytes

    def rows(self) -> list[PairRow]:
        end = np.cumsum(self.size)
        cut = map(slice, (end - self.size).tolist(), end.tolist())
        features = [self.features[own] for own in cut]
        return list(map(PairRow, self.a.tolist(), self.b.tolist(), self.relation.tolist(), features))


class MemberRow(NamedTuple):
    """A member toward the canonical copy of its cluster, as `Assembled` has it; lag is None where it is not known.

    place: 0 for the canonical copy, 1 for another. (Files that an older version wrote have 2, 3 and so on as well.) The
    order of the others follows from the articles: so a new one changes no row but its own.
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
    """A cluster; origin is JSON with its evidence."""

    number: int
    canonical: int
    size: int
    probability: float
    origin: str


@dataclass(frozen=True)
class Sketch:
    """By which keys a body is found: uint32 arrays, in the order of the kinds."""

    band: NDArray[np.uint32]
    passage: NDArray[np.uint32]
    name: NDArray[np.uint32]

    @property
    def parts(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
        """The keys by kind."""
        return self.band, self.passage, self.name

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """All keys, `kind << 32 | key`, ascending, each once."""
        return distinct(np.concatenate([part.astype(np.uint64) | _KIND[kind] for kind, part in enumerate(self.parts)]))

    def to_bytes(self) -> bytes:
        head = np.array([len(self.band), len(self.passage)], np.uint32)
        return np.concatenate([head, self.band, self.passage, self.name]).astype("<u4").tobytes()

    @classmethod
    def of(cls, data: bytes) -> Sketch:
        numbers = np.frombuffer(data, "<u4")
        bands, passages = 2 + int(numbers[0]), 2 + int(numbers[0]) + int(numbers[1])
        return cls(numbers[2:bands], numbers[bands:passages], numbers[passages:])


class Found(NamedTuple):
    """Postings of some keys, ascending; and which keys are crowded, of which the ends are here."""

    posting: NDArray[np.uint64]
    crowded: NDArray[np.uint64]


def pack(own: Sequence[tuple[int, Sketch]]) -> NDArray[np.uint64]:
    """The postings of bodies, each once, ascending: `kind << 62 | key << 30 | body`. Raises `IndexUnusable` for a
    number of a body that has no room."""
    number = np.array([number for number, _ in own], np.uint64)
    if len(number) and int(number.max()) > BODIES:
        raise IndexUnusable(f"an index takes {BODIES:,} different texts, and this one has had as many; begin another")
    if len(own) == 1:
        return (own[0][1].keys << np.uint64(BODY)) | number
    packed = [np.zeros(0, np.uint64)]
    for kind in KINDS:
        keys = [sketch.parts[kind] for _, sketch in own]
        key = np.concatenate([np.zeros(0, np.uint32), *keys]).astype(np.uint64) | _KIND[kind]
        packed.append((key << np.uint64(BODY)) | np.repeat(number, [len(one) for one in keys]))
    return distinct(np.concatenate(packed))


def keys_of(sketches: Sequence[Sketch]) -> NDArray[np.uint64]:
    """All keys of some bodies, `kind << 32 | key`, ascending, each once."""
    if len(sketches) == 1:
        return sketches[0].keys
    parts = [np.concatenate([np.zeros(0, np.uint32), *(s.parts[kind] for s in sketches)]) for kind in KINDS]
    return np.concatenate([distinct(part).astype(np.uint64) | _KIND[kind] for kind, part in enumerate(parts)])


def of_kinds(values: NDArray[np.uint64], kinds: Sequence[int], *, shift: int = 32) -> NDArray[np.uint64]:
    """Of ascending keys, or of postings (shift 62), those of some kinds, which follow each other."""
    low, high = np.searchsorted(values, np.array([kinds[0], kinds[-1] + 1], np.uint64) << np.uint64(shift)).tolist()
    return values[low:high]


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """`np.unique`, by sorting: of many values that takes a third of the time of a hash table, of few a fifth."""
    found: NDArray[Any] = counted(np.sort(values))[0]
    return found


class Store(Protocol):
    """A backend. Methods that read or write are called within `transaction` only."""

    def transaction(self, *, write: bool) -> AbstractContextManager[None]:
        """All of what is done within it or, if it ends with an exception, nothing. Transactions do not nest."""

    def close(self) -> None:
        """Let go of what is held; the store can be opened again where it is kept."""

    # -- about the index --------------------------------------------------------------------------------------------

    def about(self) -> dict[str, str]:
        """What was said of the index when it was made."""

    def set_about(self, values: Mapping[str, str]) -> None: ...

    def dictionaries(self) -> list[bytes]:
        """Dictionaries that texts were compressed with."""

    def add_dictionary(self, data: bytes) -> None: ...

    def counts(self) -> dict[str, int]:
        """How many rows there are of each sort, and the bytes of the texts as stored."""

    # -- articles ---------------------------------------------------------------------------------------------------

    def next_article(self) -> int:
        """The number the next article gets; greater than any that was ever given."""

    def known(self, ids: Sequence[str]) -> dict[str, int]:
        """The numbers of those ids that are stored."""

    def add_articles(self, rows: Sequence[ArticleRow], texts: Sequence[bytes]) -> None: ...

    def articles(self, numbers: Iterable[int]) -> list[ArticleRow]:
        """Rows by number, ascending; numbers that are not stored are left out."""

    def articles_of(self, bodies: Iterable[int]) -> list[ArticleRow]:
        """All articles with these bodies."""

    def texts(self, numbers: Iterable[int]) -> dict[int, bytes]: ...

    def numbers(self, after: int, limit: int) -> list[int]:
        """Up to `limit` numbers of articles above `after`, ascending."""

    def aged(self, before: float, limit: int) -> list[int]:
        """Up to `limit` numbers of articles whose age lies before, the oldest first."""

    def delete_articles(self, numbers: Sequence[int]) -> None: ...

    # -- bodies and their postings ----------------------------------------------------------------------------------

    def next_body(self) -> int: ...

    def bodies_like(self, fingerprints: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """The numbers of bodies by (high, low)."""

    def add_bodies(self, rows: Sequence[BodyRow], sketches: Sequence[bytes]) -> None:
        """Bodies, each with its sketch (`Sketch.to_bytes`)."""

    def bodies(self, numbers: Iterable[int]) -> list[BodyRow]:
        """Rows by number, ascending; numbers that are not stored are left out."""

    def leading(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these bodies are there and have no core but themselves: of many, at little cost."""

    def short(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these bodies are there and short (`BodyRow.short`): of many, at little cost."""

    def within(self, components: Iterable[int]) -> list[int]:
        """The bodies of components."""

    def place_bodies(self, rows: Sequence[tuple[int | None, int | None, int]]) -> None:
        """Set (component, core) of bodies, given as (component, core, number)."""

    def sketches(self, bodies: Iterable[int]) -> dict[int, bytes]: ...

    def set_sketch(self, body: int, sketch: bytes) -> None: ...

    def delete_bodies(self, numbers: Sequence[int]) -> None: ...

    def add_postings(self, posting: NDArray[np.uint64]) -> None:
        """Postings as `pack` gives them."""

    def postings(self, keys: NDArray[np.uint64]) -> Found:
        """The postings of keys (`kind << 32 | key`, distinct, ascending); of one of more than `CROWD` bodies the first
        and last `EDGE`."""

    def first_postings(self, keys: NDArray[np.uint64], limit: int) -> NDArray[np.uint64]:
        """The postings of keys (distinct, ascending) with the `limit` first bodies of each, ascending."""

    def drop_postings(self, posting: NDArray[np.uint64], bodies: NDArray[np.uint64]) -> None:
        """Take out all postings of some bodies, which never get any again; both ascending."""

    def delete_postings(self, posting: NDArray[np.uint64]) -> None:
        """Take out single ones, ascending."""

    # -- comparisons ------------------------------------------------------------------------------------------------

    def pairs(self, articles: Iterable[int]) -> PairColumns:
        """Comparisons with one of these articles."""

    def pairs_among(self, articles: Iterable[int]) -> PairColumns:
        """Comparisons of two of these articles."""

    def partners(self, article: int) -> NDArray[np.int64]:
        """The articles that one was compared with."""

    def put_pairs(self, rows: Sequence[PairRow]) -> None: ...

    def delete_pairs(self, articles: Sequence[int]) -> None: ...

    # -- clusters ---------------------------------------------------------------------------------------------------

    def next_cluster(self) -> int: ...

    def homes(self, articles: Iterable[int]) -> dict[int, int]:
        """The cluster of each of these articles that is in one."""

    def clusters(self, numbers: Iterable[int]) -> list[ClusterRow]: ...

    def cluster_numbers(self, after: int, limit: int) -> list[int]: ...

    def members(self, clusters: Iterable[int]) -> list[MemberRow]:
        """All members of clusters, by article."""

    def put_clusters(self, rows: Sequence[ClusterRow], members: Sequence[MemberRow]) -> None:
        """Clusters, in the place of those of the same number; members, in the place of those of the same article."""

    def delete_clusters(self, numbers: Sequence[int]) -> None:
        """Forget clusters, but not their members."""

    def delete_members(self, articles: Sequence[int]) -> None: ...

    # -- versions of large components -------------------------------------------------------------------------------

    def versions(self, components: Iterable[int]) -> dict[int, int]:
        """The versions of those components that have one; a component is named by its smallest body."""

    def renew_versions(self, gone: Iterable[int], components: Iterable[int]) -> dict[int, int]:
        """Forget the versions of the components that are `gone`, then give others new ones, which none ever had; these.

        Only what was committed may be remembered by a version: one that was given in a transaction that failed is
        given again.
        """
