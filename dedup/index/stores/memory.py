"""An index in memory: for tests, and for a crawl that needs no index when it ends."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.index.stores.base import (
    HEAD_TAIL,
    IS_CORE,
    MAX_POSTINGS,
    ArticleRow,
    BodyRow,
    ClusterRow,
    MemberRow,
    PairColumns,
    PairRow,
    PostingHits,
)
from dedup.kernels.sorted_arrays import BODY_BITS


class Table(dict[Any, Any]):
    """A dictionary that can take back what was done since the last commit."""

    def __init__(self, undo: list[Callable[[], object]]) -> None:
        super().__init__()
        self._undo = undo

    def put(self, key: Hashable, value: object) -> None:
        if key in self:
            old = self[key]
            self._undo.append(lambda: self.__setitem__(key, old))
        else:
            self._undo.append(lambda: self.pop(key))
        self[key] = value

    def drop(self, key: Hashable) -> None:
        if key in self:
            old = self.pop(key)
            self._undo.append(lambda: self.__setitem__(key, old))

    def take(self, keys: Iterable[Any]) -> list[Any]:
        """The values of those keys that are here, by key."""
        return [self[key] for key in sorted(set(keys)) if key in self]


class MemoryStore:
    """See `Store`. One thread at a time is in a transaction, readers too."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._undo: list[Callable[[], object]] = []
        self._about = self._table()
        self._dictionaries = self._table()
        self._articles, self._texts, self._ids = self._table(), self._table(), self._table()
        self._bodies, self._fingerprints = self._table(), self._table()
        self._of_body, self._within = self._table(), self._table()  # articles of a body, bodies of a component
        self._lists, self._sketches = self._table(), self._table()  # tuples of bodies, ascending, by key
        self._pairs, self._pairs_of = self._table(), self._table()
        self._clusters, self._members, self._members_of = self._table(), self._table(), self._table()
        self._versions = self._table()
        self._last = self._table()

    def _table(self) -> Table:
        return Table(self._undo)

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except BaseException:
                while self._undo:
                    self._undo.pop()()
                raise
            self._undo.clear()

    def close(self) -> None:
        """Nothing to let go of: what is in memory is here as long as the object is."""

    def about(self) -> dict[str, str]:
        return dict(self._about)

    def set_about(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            self._about.put(name, value)

    def dictionaries(self) -> list[bytes]:
        return list(self._dictionaries.values())

    def add_dictionary(self, data: bytes) -> None:
        self._dictionaries.put(len(self._dictionaries), data)

    def counts(self) -> dict[str, int]:
        return {
            "articles": len(self._articles), "bodies": len(self._bodies),
            "postings": sum(map(len, self._lists.values())), "pairs": len(self._pairs),
            "clusters": len(self._clusters), "clustered": len(self._members),
            "text_bytes": sum(map(len, self._texts.values())),
        }  # fmt: skip

    def _next(self, sort: str, used: Iterable[int]) -> int:
        return int(max(self._last.get(sort, 0), max(used, default=0))) + 1

    def _given(self, sort: str, numbers: Iterable[int]) -> None:
        self._last.put(sort, max(self._last.get(sort, 0), max(numbers, default=0)))

    # -- articles ---------------------------------------------------------------------------------------------------

    def next_numbers(self) -> tuple[int, int]:
        return self._next("article", ()), self._next("body", ())

    def numbers_of_ids(self, ids: Sequence[str]) -> dict[str, int]:
        return {name: self._ids[name] for name in ids if name in self._ids}

    def add_articles(self, rows: Sequence[ArticleRow], texts: Sequence[bytes]) -> None:
        for row, text in zip(rows, texts, strict=True):
            self._articles.put(row.number, row)
            self._texts.put(row.number, text)
            self._ids.put(row.id, row.number)
            if row.body is not None:
                self._of_body.put(row.body, (*self._of_body.get(row.body, ()), row.number))
        self._given("article", (row.number for row in rows))

    def articles(self, numbers: Iterable[int]) -> list[ArticleRow]:
        return self._articles.take(numbers)

    def articles_of_bodies(self, bodies: Iterable[int]) -> list[ArticleRow]:
        return self._articles.take(number for found in self._of_body.take(bodies) for number in found)

    def texts(self, numbers: Iterable[int]) -> dict[int, bytes]:
        return {number: self._texts[number] for number in numbers if number in self._texts}

    def article_numbers(self, after: int, limit: int) -> list[int]:
        return sorted(number for number in self._articles if number > after)[:limit]

    def published_before(self, timestamp: float, limit: int) -> list[int]:
        old = sorted((row.timestamp, row.number) for row in self._articles.values() if row.timestamp < timestamp)
        return [number for _, number in old[:limit]]

    def delete_articles(self, numbers: Sequence[int]) -> None:
        for row in self._articles.take(numbers):
            self._articles.drop(row.number)
            self._texts.drop(row.number)
            self._ids.drop(row.id)
            if row.body is not None:
                left = tuple(number for number in self._of_body[row.body] if number != row.number)
                self._of_body.put(row.body, left) if left else self._of_body.drop(row.body)

    # -- bodies and their postings ----------------------------------------------------------------------------------

    def bodies_by_fingerprint(self, fingerprints: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
        return {key: self._fingerprints[key] for key in fingerprints if key in self._fingerprints}

    def add_bodies(self, rows: Sequence[BodyRow], sketches: Sequence[bytes]) -> None:
        for row, sketch in zip(rows, sketches, strict=True):
            self._sketches.put(row.number, sketch)
            self._bodies.put(row.number, row._replace(component=None))
            self._fingerprints.put((row.high, row.low), row.number)
        self._given("body", (row.number for row in rows))
        self.set_component([(row.component, row.core, row.number) for row in rows])

    def bodies(self, numbers: Iterable[int]) -> list[BodyRow]:
        return self._bodies.take(numbers)

    def has_flag(self, flag: int, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        rows = [self._bodies.get(body) for body in bodies.tolist()]
        flags = [row is not None and (row.core is None if flag == IS_CORE else row.is_short) for row in rows]
        return np.array(flags, np.bool_)

    def bodies_of_components(self, components: Iterable[int]) -> list[int]:
        return sorted(body for found in self._within.take(components) for body in found)

    def set_component(self, rows: Sequence[tuple[int | None, int | None, int]]) -> None:
        for component, core, number in rows:
            row = self._bodies.get(number)
            if row is None:
                continue
            self._bodies.put(number, row._replace(component=component, core=core))
            self._moved(number, row.component, component)

    def _moved(self, body: int, old: int | None, new: int | None) -> None:
        if old is not None:
            left = self._within[old] - {body}
            self._within.put(old, left) if left else self._within.drop(old)
        if new is not None:
            self._within.put(new, self._within.get(new, frozenset()) | {body})

    def set_sketch(self, body: int, sketch: bytes) -> None:
        self._sketches.put(body, sketch)

    def sketches(self, bodies: Iterable[int]) -> dict[int, bytes]:
        return {body: self._sketches[body] for body in bodies if body in self._sketches}

    def delete_bodies(self, numbers: Sequence[int]) -> None:
        for row in self._bodies.take(numbers):
            self._moved(row.number, row.component, None)
            self._bodies.drop(row.number)
            self._sketches.drop(row.number)
            self._fingerprints.drop((row.high, row.low))

    def add_postings(self, postings: NDArray[np.uint64]) -> None:
        for key, body in _pairs(postings):
            found = list(self._lists.get(key, ()))
            insort(found, body)
            self._lists.put(key, tuple(found))

    def postings(self, keys: NDArray[np.uint64]) -> PostingHits:
        postings: list[int] = []
        crowded = []
        for key in keys.tolist():
            found = self._lists.get(key, ())
            if len(found) > MAX_POSTINGS[key >> 32]:
                crowded.append(key)
                found = (*found[:HEAD_TAIL], *found[-HEAD_TAIL:])
            postings += [key << BODY_BITS | body for body in found]
        return PostingHits(np.array(postings, np.uint64), np.array(crowded, np.uint64))

    def first_postings(self, keys: NDArray[np.uint64], limit: int) -> NDArray[np.uint64]:
        found = [key << BODY_BITS | body for key in keys.tolist() for body in self._lists.get(key, ())[:limit]]
        return np.array(found, np.uint64)

    def remove_body_postings(self, postings: NDArray[np.uint64], bodies: NDArray[np.uint64]) -> None:
        self.remove_postings(postings)

    def remove_postings(self, postings: NDArray[np.uint64]) -> None:
        for key, body in _pairs(postings):
            found = self._lists.get(key, ())
            low, high = bisect_left(found, body), bisect_right(found, body)
            left = (*found[:low], *found[high:])
            self._lists.put(key, left) if left else self._lists.drop(key)

    # -- comparisons ------------------------------------------------------------------------------------------------

    def pairs(self, articles: Iterable[int], *, both_ends: bool = False) -> PairColumns:
        numbers = set(articles)
        rows = self._pairs_with(numbers)
        return _columns([row for row in rows if not both_ends or numbers.issuperset((row.a, row.b))])

    def partners(self, article: int) -> NDArray[np.int64]:
        return np.array([a if b == article else b for a, b in self._pairs_of.get(article, ())], np.int64)

    def _pairs_with(self, articles: Iterable[int]) -> list[PairRow]:
        return self._pairs.take(key for found in self._pairs_of.take(articles) for key in found)

    def put_pairs(self, rows: Sequence[PairRow]) -> None:
        for row in rows:
            key = (row.a, row.b)
            self._pairs.put(key, row)
            for end in key:
                self._pairs_of.put(end, self._pairs_of.get(end, frozenset()) | {key})

    def delete_pairs(self, articles: Sequence[int]) -> None:
        for row in self._pairs_with(articles):
            key = (row.a, row.b)
            self._pairs.drop(key)
            for end in key:
                left = self._pairs_of[end] - {key}
                self._pairs_of.put(end, left) if left else self._pairs_of.drop(end)

    # -- clusters ---------------------------------------------------------------------------------------------------

    def next_cluster(self) -> int:
        return self._next("cluster", ())

    def cluster_numbers_of(self, articles: Iterable[int]) -> dict[int, int]:
        return {number: self._members[number].cluster for number in articles if number in self._members}

    def clusters(self, numbers: Iterable[int]) -> list[ClusterRow]:
        return self._clusters.take(numbers)

    def cluster_numbers(self, after: int, limit: int) -> list[int]:
        return sorted(number for number in self._clusters if number > after)[:limit]

    def members(self, clusters: Iterable[int]) -> list[MemberRow]:
        return self._members.take(article for own in self._members_of.take(clusters) for article in own)

    def replace_clusters(
        self,
        rows: Sequence[ClusterRow],
        members: Sequence[MemberRow],
        *,
        removed: Sequence[int] = (),
        removed_members: Sequence[int] = (),
    ) -> None:
        for number in removed:
            self._clusters.drop(number)
        self._delete_members([*removed_members, *(member.article for member in members)])
        own: dict[int, list[int]] = {}
        for member in members:
            own.setdefault(member.cluster, []).append(member.article)
            self._members.put(member.article, member)
        for cluster, articles in own.items():
            self._members_of.put(cluster, self._members_of.get(cluster, frozenset()).union(articles))
        for row in rows:
            self._clusters.put(row.number, row)
        self._given("cluster", (row.number for row in rows))

    def _delete_members(self, articles: Sequence[int]) -> None:
        own: dict[int, list[int]] = {}
        for member in self._members.take(articles):
            own.setdefault(member.cluster, []).append(member.article)
            self._members.drop(member.article)
        for cluster, gone in own.items():
            left = self._members_of[cluster].difference(gone)
            self._members_of.put(cluster, left) if left else self._members_of.drop(cluster)

    # -- versions of large components -------------------------------------------------------------------------------

    def component_versions(self, components: Iterable[int]) -> dict[int, int]:
        return {one: self._versions[one] for one in components if one in self._versions}

    def renew_component_versions(self, outdated: Iterable[int], renewed: Iterable[int]) -> dict[int, int]:
        for one in outdated:
            self._versions.drop(one)
        fresh = sorted(set(renewed))
        for number, one in enumerate(fresh, self._next("version", ())):
            self._versions.put(one, number)
            self._given("version", [number])
        return self.component_versions(fresh)


def _columns(rows: Sequence[PairRow]) -> PairColumns:
    return PairColumns(
        np.array([row.a for row in rows], np.int64), np.array([row.b for row in rows], np.int64),
        np.array([row.relation for row in rows], np.uint8), np.array([len(row.features) for row in rows], np.int64),
        b"".join(row.features for row in rows),
    )  # fmt: skip


def _pairs(posting: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Keys and bodies of postings."""
    return ((one >> BODY_BITS, one & ((1 << BODY_BITS) - 1)) for one in posting.tolist())
