"""An index in memory: for tests, and for a crawl that needs no index when it ends."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.index.stores import base
from dedup.kernels.sorted_arrays import BODY_BITS, BODY_MASK


class _Table(dict[Any, Any]):
    """A dictionary that appends the inverse of each change to `undo`."""

    def __init__(self, undo: list[Callable[[], object]]) -> None:
        super().__init__()
        self._undo = undo

    def put(self, key: Hashable, value: object) -> None:
        self.drop(key)
        self._undo.append(lambda: self.pop(key))
        self[key] = value

    def drop(self, key: Hashable) -> None:
        if key in self:
            old = self.pop(key)
            self._undo.append(lambda: self.__setitem__(key, old))

    def select(self, keys: Iterable[Any]) -> list[Any]:
        """The values of the keys that are stored, in the order of the keys."""
        return [self[key] for key in sorted(set(keys)) if key in self]


class _Sets(_Table):
    """A table of sets without empty ones."""

    def add(self, items: Iterable[tuple[Hashable, object]]) -> None:
        """Add values to the sets of their keys: each set is copied once."""
        for key, values in _group(items).items():
            self.put(key, self.get(key, frozenset()).union(values))

    def remove(self, items: Iterable[tuple[Hashable, object]]) -> None:
        for key, values in _group(items).items():
            remaining = self[key].difference(values)
            self.put(key, remaining) if remaining else self.drop(key)

    def union(self, keys: Iterable[Any]) -> set[Any]:
        """The union of the sets of keys."""
        return set().union(*self.select(keys))


class MemoryStore:
    """See `Store`. One thread at a time is in a transaction, readers too."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._undo: list[Callable[[], object]] = []
        self._about, self._dictionaries, self._last, self._versions = (_Table(self._undo) for _ in range(4))
        self._articles, self._texts, self._numbers = (_Table(self._undo) for _ in range(3))
        self._bodies, self._fingerprints, self._sketches = (_Table(self._undo) for _ in range(3))
        self._lists = _Table(self._undo)  # by key, ascending tuples of bodies
        self._pairs, self._clusters, self._members = (_Table(self._undo) for _ in range(3))
        # By body, component, article and cluster.
        self._articles_of, self._bodies_of, self._pairs_of, self._members_of = (_Sets(self._undo) for _ in range(4))

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[None]:
        """Lock the store; an exception undoes all changes."""
        with self._lock:
            try:
                yield
            except BaseException:
                while self._undo:
                    self._undo.pop()()
                raise
            self._undo.clear()

    def close(self) -> None:
        """Do nothing: the rows are in memory as long as the object is."""

    def about(self) -> dict[str, str]:
        """Copy the settings."""
        return dict(self._about)

    def set_about(self, values: Mapping[str, str]) -> None:
        """Put settings."""
        for name, value in values.items():
            self._about.put(name, value)

    def counts(self) -> dict[str, int]:
        """Count the entries of the tables, and the bytes of the texts."""
        return {
            "articles": len(self._articles), "bodies": len(self._bodies),
            "postings": sum(map(len, self._lists.values())), "pairs": len(self._pairs),
            "clusters": len(self._clusters), "clustered": len(self._members),
            "text_bytes": sum(map(len, self._texts.values())),
        }  # fmt: skip

    def _reserve(self, sort: str, numbers: Iterable[int]) -> None:
        """Never give these numbers again."""
        self._last.put(sort, max(self._last.get(sort, 0), max(numbers, default=0)))

    # -- documents --------------------------------------------------------------------------------------------------

    def next_number(self, sort: str) -> int:
        """Return the number after the last one."""
        return int(self._last.get(sort, 0)) + 1

    def article_numbers(self, after: int, limit: int) -> list[int]:
        """Sort the numbers of articles."""
        return sorted(number for number in self._articles if number > after)[:limit]

    def numbers_of_ids(self, ids: Sequence[str]) -> dict[str, int]:
        """Look up ids."""
        return {id: self._numbers[id] for id in ids if id in self._numbers}

    def published_before(self, timestamp: float, limit: int) -> list[int]:
        """Sort the articles by timestamp."""
        rows = sorted((row.timestamp, row.number) for row in self._articles.values() if row.timestamp < timestamp)
        return [number for _, number in rows[:limit]]

    def articles(self, numbers: Iterable[int]) -> list[base.ArticleRow]:
        """Select articles."""
        return self._articles.select(numbers)

    def articles_of_bodies(self, bodies: Iterable[int]) -> list[base.ArticleRow]:
        """Select articles by the sets of their bodies."""
        return self._articles.select(self._articles_of.union(bodies))

    def texts(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """Look up texts."""
        return {number: self._texts[number] for number in numbers if number in self._texts}

    def add_articles(self, rows: Sequence[base.ArticleRow], texts: Sequence[bytes]) -> None:
        """Put articles, their texts and ids, and add them to the sets of their bodies."""
        for row, text in zip(rows, texts, strict=True):
            self._articles.put(row.number, row)
            self._texts.put(row.number, text)
            self._numbers.put(row.id, row.number)
        self._articles_of.add((row.body, row.number) for row in rows if row.body is not None)
        self._reserve("article", (row.number for row in rows))

    def delete_articles(self, numbers: Sequence[int]) -> None:
        """Drop articles, their texts and ids, and remove them from the sets of their bodies."""
        rows = self._articles.select(numbers)
        for row in rows:
            self._articles.drop(row.number)
            self._texts.drop(row.number)
            self._numbers.drop(row.id)
        self._articles_of.remove((row.body, row.number) for row in rows if row.body is not None)

    def dictionaries(self) -> list[bytes]:
        """List the dictionaries."""
        return list(self._dictionaries.values())

    def add_dictionary(self, data: bytes) -> None:
        """Put a dictionary after the others."""
        self._dictionaries.put(len(self._dictionaries), data)

    def bodies(self, numbers: Iterable[int]) -> list[base.BodyRow]:
        """Select bodies."""
        return self._bodies.select(numbers)

    def bodies_by_fingerprint(self, fingerprints: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """Look up fingerprints."""
        return {key: self._fingerprints[key] for key in fingerprints if key in self._fingerprints}

    def has_flag(self, flag: int, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Derive a flag from the rows of bodies, int64 (n,): bool (n,)."""
        rows = [self._bodies.get(body) for body in bodies.tolist()]
        flags = [row is not None and (row.core is None if flag == base.IS_CORE else row.is_short) for row in rows]
        return np.array(flags, np.bool_)

    def add_bodies(self, rows: Sequence[base.BodyRow], sketches: Sequence[bytes]) -> None:
        """Put bodies, their sketches and fingerprints, and add them to the sets of their components."""
        for row, sketch in zip(rows, sketches, strict=True):
            self._sketches.put(row.number, sketch)
            self._bodies.put(row.number, row._replace(component=None))
            self._fingerprints.put((row.high, row.low), row.number)
        self._reserve("body", (row.number for row in rows))
        self.set_component([(row.component, row.core, row.number) for row in rows])

    def delete_bodies(self, numbers: Sequence[int]) -> None:
        """Drop bodies, their sketches and fingerprints, and remove them from the sets of their components."""
        self.set_component([(None, None, number) for number in numbers])
        for row in self._bodies.select(numbers):
            self._bodies.drop(row.number)
            self._sketches.drop(row.number)
            self._fingerprints.drop((row.high, row.low))

    def sketches(self, bodies: Iterable[int]) -> dict[int, bytes]:
        """Look up sketches."""
        return {body: self._sketches[body] for body in bodies if body in self._sketches}

    def set_sketch(self, body: int, sketch: bytes) -> None:
        """Put a sketch."""
        self._sketches.put(body, sketch)

    # -- postings ---------------------------------------------------------------------------------------------------

    def postings(self, keys: NDArray[np.uint64]) -> base.PostingHits:
        """Look up the lists of keys, and cut those that are over-full."""
        postings: list[int] = []
        overfull = []
        for key in keys.tolist():
            bodies = self._lists.get(key, ())
            if len(bodies) > base.MAX_POSTINGS[key >> 32]:
                overfull.append(key)
                bodies = (*bodies[: base.HEAD_TAIL], *bodies[-base.HEAD_TAIL :])
            postings += [key << BODY_BITS | body for body in bodies]
        return base.PostingHits(np.array(postings, np.uint64), np.array(overfull, np.uint64))

    def first_postings(self, keys: NDArray[np.uint64], limit: int) -> NDArray[np.uint64]:
        """Look up the lists of keys, and cut each to the limit."""
        postings = [key << BODY_BITS | body for key in keys.tolist() for body in self._lists.get(key, ())[:limit]]
        return np.array(postings, np.uint64)

    def add_postings(self, postings: NDArray[np.uint64]) -> None:
        """Insert bodies into the lists of their keys."""
        for key, body in _decode(postings):
            bodies = list(self._lists.get(key, ()))
            insort(bodies, body)
            self._lists.put(key, tuple(bodies))

    def remove_postings(self, postings: NDArray[np.uint64]) -> None:
        """Remove bodies from the lists of their keys."""
        for key, body in _decode(postings):
            bodies = self._lists.get(key, ())
            remaining = (*bodies[: bisect_left(bodies, body)], *bodies[bisect_right(bodies, body) :])
            self._lists.put(key, remaining) if remaining else self._lists.drop(key)

    def remove_body_postings(self, postings: NDArray[np.uint64], bodies: NDArray[np.uint64]) -> None:
        """Remove bodies from the lists of their keys."""
        self.remove_postings(postings)

    # -- clusters: comparisons --------------------------------------------------------------------------------------

    def pairs(self, articles: Iterable[int], *, both_ends: bool = False) -> base.PairColumns:
        """Select comparisons by the sets of their ends."""
        numbers = set(articles)
        rows = self._pairs.select(self._pairs_of.union(numbers))
        rows = [row for row in rows if not both_ends or numbers.issuperset((row.a, row.b))]
        return base.PairColumns.of(rows)

    def put_pairs(self, rows: Sequence[base.PairRow]) -> None:
        """Put comparisons, and add them to the sets of both ends."""
        for row in rows:
            self._pairs.put((row.a, row.b), row)
        self._pairs_of.add((end, (row.a, row.b)) for row in rows for end in (row.a, row.b))

    def delete_pairs(self, articles: Sequence[int]) -> None:
        """Drop comparisons, and remove them from the sets of both ends."""
        keys = self._pairs_of.union(articles)
        for key in keys:
            self._pairs.drop(key)
        self._pairs_of.remove((end, key) for key in keys for end in key)

    # -- clusters: components ---------------------------------------------------------------------------------------

    def bodies_of_components(self, components: Iterable[int]) -> list[int]:
        """Unite the sets of components."""
        return sorted(self._bodies_of.union(components))

    def set_component(self, rows: Sequence[tuple[int | None, int | None, int]]) -> None:
        """Replace component and core of bodies, and move these between the sets of components."""
        old = self._bodies.select(number for _, _, number in rows)
        self._bodies_of.remove((row.component, row.number) for row in old if row.component is not None)
        for component, core, number in rows:
            self._bodies.put(number, self._bodies[number]._replace(component=component, core=core))
        self._bodies_of.add((component, number) for component, _, number in rows if component is not None)

    def component_versions(self, components: Iterable[int]) -> dict[int, int]:
        """Look up versions."""
        return {component: self._versions[component] for component in components if component in self._versions}

    def renew_component_versions(self, outdated: Iterable[int], components: Iterable[int]) -> dict[int, int]:
        """Drop versions, and put the next ones."""
        for component in outdated:
            self._versions.drop(component)
        components = sorted(set(components))
        versions = {component: number for number, component in enumerate(components, self.next_number("version"))}
        for component, number in versions.items():
            self._versions.put(component, number)
        self._reserve("version", versions.values())
        return versions

    # -- clusters and members ---------------------------------------------------------------------------------------

    def cluster_numbers(self, after: int, limit: int) -> list[int]:
        """Sort the numbers of clusters."""
        return sorted(number for number in self._clusters if number > after)[:limit]

    def cluster_numbers_of(self, articles: Iterable[int]) -> dict[int, int]:
        """Look up the clusters of members."""
        return {number: self._members[number].cluster for number in articles if number in self._members}

    def clusters(self, numbers: Iterable[int]) -> list[base.ClusterRow]:
        """Select clusters."""
        return self._clusters.select(numbers)

    def members(self, clusters: Iterable[int]) -> list[base.MemberRow]:
        """Select members by the sets of clusters."""
        return self._members.select(self._members_of.union(clusters))

    def delete_clusters(self, numbers: Sequence[int], articles: Sequence[int]) -> None:
        """Drop clusters and members, and remove these from the sets of clusters."""
        for number in numbers:
            self._clusters.drop(number)
        members = self._members.select(articles)
        self._members_of.remove((member.cluster, member.article) for member in members)
        for member in members:
            self._members.drop(member.article)

    def put_clusters(self, rows: Sequence[base.ClusterRow], members: Sequence[base.MemberRow]) -> None:
        """Put clusters and members, and move the members between the sets of clusters."""
        self.delete_clusters([], [member.article for member in members])
        for member in members:
            self._members.put(member.article, member)
        self._members_of.add((member.cluster, member.article) for member in members)
        for row in rows:
            self._clusters.put(row.number, row)
        self._reserve("cluster", (row.number for row in rows))


def _group(items: Iterable[tuple[Hashable, object]]) -> dict[Hashable, list[object]]:
    groups: dict[Hashable, list[object]] = {}
    for key, value in items:
        groups.setdefault(key, []).append(value)
    return groups


def _decode(postings: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Decode postings to keys and bodies."""
    return ((posting >> BODY_BITS, posting & BODY_MASK) for posting in postings.tolist())
