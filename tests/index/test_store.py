"""The contract of a backend: what every store must do, also after it was closed and opened again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dedup.index.stores.base import (
    HEAD_TAIL,
    IS_CORE,
    IS_SHORT,
    KINDS,
    MAX_POSTINGS,
    ArticleRow,
    BodyRow,
    ClusterRow,
    MemberRow,
    PairRow,
    PostingHits,
    Sketch,
    Store,
)
from dedup.index.stores.memory import MemoryStore
from dedup.index.stores.sqlite.store import SqliteStore
from dedup.kernels.sorted_arrays import BODY_BITS, BODY_MASK

Reopen = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite", "sqlite, opened again"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reopen]:
    """Gives the store; where it says so, a fresh one on the same file whenever it is asked for."""
    stores: list[Store] = [
        MemoryStore() if request.param == "memory" else SqliteStore(str(tmp_path / "a.db"), create={})
    ]

    def open_again() -> Store:
        if request.param == "sqlite, opened again":
            stores[0].close()
            stores[0] = SqliteStore(str(tmp_path / "a.db"))
        return stores[0]

    yield open_again
    stores[0].close()


def article(number: int, body: int | None = None, age: float = 0.0) -> ArticleRow:
    return ArticleRow(number, f"id {number}", body, None, "a.example", "Títle", None, None, None, age, None)


def body(number: int, component: int | None = None) -> BodyRow:
    return BodyRow(number, -number, 2**62 + number, 100, 5, component, None)


def encoded(kind: int, keys: list[int], bodies: list[int]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.array(sorted((kind << 32 | k) << BODY_BITS | b for k, b in zip(keys, bodies, strict=True)), np.uint64)


def encoded_keys(kind: int, *keys: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.array([kind << 32 | key for key in keys], np.uint64)


def decoded(kind: int, hits: PostingHits) -> tuple[list[int], list[int], list[int]]:
    """Keys and bodies of postings, and over-full keys."""
    postings = hits.postings.tolist()
    keys, overfull = [p >> BODY_BITS for p in postings], hits.overfull.tolist()
    assert {key >> 32 for key in keys + overfull} <= {kind}
    return (
        [key - (kind << 32) for key in keys],
        [p & BODY_MASK for p in postings],
        [key - (kind << 32) for key in overfull],
    )


def test_articles(reopen: Reopen) -> None:
    store = reopen()
    with store.transaction(write=True):
        assert (store.next_number("article"), store.next_number("body")) == (1, 1)
        store.add_articles([article(1, 7, 5.0), article(2, None, 1.0), article(3, 7, 3.0)], [b"one", b"", b"\x00\xff"])
    store = reopen()
    with store.transaction(write=False):
        assert (store.next_number("article"), store.next_number("body")) == (4, 1)
        assert store.numbers_of_ids(["id 3", "id 9", "id 1"]) == {"id 1": 1, "id 3": 3}
        assert store.articles([3, 1, 9]) == [article(1, 7, 5.0), article(3, 7, 3.0)]
        assert store.articles_of_bodies([7, 8]) == [article(1, 7, 5.0), article(3, 7, 3.0)]
        assert store.texts([1, 2, 3, 4]) == {1: b"one", 2: b"", 3: b"\x00\xff"}
        assert store.article_numbers(1, 10) == [2, 3]
        assert store.article_numbers(0, 1) == [1]
        assert store.published_before(5.0, 10) == [2, 3]
        assert store.published_before(9.0, 1) == [2]
    store = reopen()
    with store.transaction(write=True):
        store.delete_articles([3, 2])
    store = reopen()
    with store.transaction(write=False):
        assert store.articles([1, 2, 3]) == [article(1, 7, 5.0)]
        assert store.texts([3]) == {}
        assert store.numbers_of_ids(["id 3"]) == {}
        assert store.next_number("article") == 4, "a number is never given again"


def test_bodies(reopen: Reopen) -> None:
    store = reopen()
    with store.transaction(write=True):
        store.add_bodies([body(1), body(2, 2), body(3, 2)], [b"1", b"", b"sketch"])
    store = reopen()
    with store.transaction(write=True):
        assert (store.next_number("article"), store.next_number("body")) == (1, 4)
        assert store.bodies_by_fingerprint([(-2, 2**62 + 2), (-2, 5), (-1, 2**62 + 1)]) == {
            (-2, 2**62 + 2): 2,
            (-1, 2**62 + 1): 1,
        }
        assert store.bodies_of_components([2, 5]) == [2, 3]
        assert [b.number for b in store.bodies([3, 1, 4])] == [1, 3]
        assert store.has_flag(IS_CORE, np.array([4, 1, 2, 3, 100_000])).tolist() == [False, True, True, True, False]
        store.set_component([(1, None, 1), (1, 1, 2), (None, None, 3)])
        store.set_sketch(3, b"other")
    store = reopen()
    with store.transaction(write=True):
        assert store.bodies_of_components([1]) == [1, 2]
        assert store.bodies_of_components([2]) == []
        assert store.bodies([2]) == [body(2)._replace(component=1, core=1)]
        assert store.has_flag(IS_CORE, np.array([1, 2, 3, 4])).tolist() == [True, False, True, False]
        store.add_bodies([body(5)._replace(words=67), body(50_000)._replace(words=68)], [b"", b""])
        assert store.has_flag(IS_SHORT, np.array([5, 50_000, 3, 4, 20_000])).tolist() == [
            True,
            False,
            False,
            False,
            False,
        ]
        assert store.sketches([3, 1, 9]) == {1: b"1", 3: b"other"}
        store.delete_bodies([3, 5, 50_000])
    store = reopen()
    with store.transaction(write=False):
        assert store.bodies([3]) == []
        assert store.has_flag(IS_CORE, np.array([1, 2, 3, 50_000])).tolist() == [True, False, False, False]
        assert not store.has_flag(IS_SHORT, np.array([3, 5, 50_000])).any()
        assert store.sketches([3]) == {}
        assert store.bodies_by_fingerprint([(-3, 2**62 + 3)]) == {}
        assert (store.next_number("article"), store.next_number("body")) == (1, 50_001)


@pytest.mark.parametrize("kind", KINDS)
def test_postings(reopen: Reopen, kind: int) -> None:
    limit_of_kind = MAX_POSTINGS[kind]
    rare, full, last = 5, 2**31 + 7, 2**32 - 1
    store = reopen()
    with store.transaction(write=True):
        store.add_postings(
            encoded(kind, [rare, rare, last, *[full] * limit_of_kind], [9, 2, 4, *range(1, limit_of_kind + 1)])
        )
        store.add_postings(encoded(kind ^ 1, [rare], [7]))
    store = reopen()
    with store.transaction(write=True):
        keys, bodies, overfull = decoded(kind, store.postings(encoded_keys(kind, rare, 6, full, last)))
        assert keys == [rare, rare, *[full] * limit_of_kind, last]
        assert bodies == [2, 9, *range(1, limit_of_kind + 1), 4]
        assert overfull == []
        store.add_postings(encoded(kind, [full], [limit_of_kind + 1]))
    ends = [*range(1, HEAD_TAIL + 1), *range(limit_of_kind + 2 - HEAD_TAIL, limit_of_kind + 2)]
    for write in (False, True, False):
        store = reopen()
        with store.transaction(write=write):
            _, bodies, overfull = decoded(kind, store.postings(encoded_keys(kind, full, last)))
            assert bodies == [*ends, 4]
            assert overfull == [full]
            for limit in (1, 20, limit_of_kind, limit_of_kind + 1, 1000):
                first = store.first_postings(encoded_keys(kind, 6, full, last), limit)
                assert decoded(kind, PostingHits(first, first[:0]))[1] == [
                    *range(1, min(limit, limit_of_kind + 1) + 1),
                    4,
                ]
    store = reopen()
    with store.transaction(write=True):
        store.remove_postings(encoded(kind, [full, last], [1, 4]))
        store.remove_body_postings(encoded(kind, [full], [2]), np.array([2], np.uint64))
    store = reopen()
    with store.transaction(write=False):
        _, bodies, overfull = decoded(kind, store.postings(encoded_keys(kind, full, last)))
        assert bodies == list(range(3, limit_of_kind + 2)), "no longer over-full"
        assert overfull == []


def test_pairs(reopen: Reopen) -> None:
    rows = [PairRow(1, 2, 3, b"abc"), PairRow(1, 5, 0, b""), PairRow(2, 5, 6, b"x")]
    store = reopen()
    with store.transaction(write=True):
        store.put_pairs(rows)
        store.put_pairs([PairRow(1, 5, 2, b"again")])
    store = reopen()
    with store.transaction(write=True):
        rows[1] = PairRow(1, 5, 2, b"again")
        assert sorted(store.pairs([5, 1]).rows()) == rows
        assert sorted(store.pairs([5]).rows()) == rows[1:]
        assert store.pairs([9]).rows() == []
        assert store.pairs([5, 1], both_ends=True).rows() == [rows[1]]
        assert sorted(store.pairs([1, 2, 5], both_ends=True).rows()) == rows
        assert store.pairs([1], both_ends=True).rows() == store.pairs([], both_ends=True).rows() == []
        store.delete_pairs([1])
    store = reopen()
    with store.transaction(write=False):
        assert store.pairs([1, 2, 5]).rows() == [rows[2]]


def test_features_of_any_bytes(reopen: Reopen) -> None:
    rows = [
        PairRow(1, 2, 3, b"\0\0\xff\0"), PairRow(1, 3, 0, b""), PairRow(1 << 30, 1 << 31, 255, bytes(range(256))),
        PairRow(2, 3, 1, b"\0"),
    ]  # fmt: skip
    store = reopen()
    with store.transaction(write=True):
        store.put_pairs(rows)
        assert sorted(store.pairs([1, 2, 3, 1 << 30, 1 << 31], both_ends=True).rows()) == sorted(rows)
        assert sorted(store.pairs([3, 1 << 31]).rows()) == sorted(rows[1:])


def test_clusters(reopen: Reopen) -> None:
    members = [MemberRow(11, 1, 0, 1, 0, 10_000, 10_000, None), MemberRow(12, 1, 1, 2, -1, 9_000, 9_500, -60)]
    other = [MemberRow(13, 2, 1, 2, 0, 5, 6, 7), MemberRow(14, 2, 0, 1, 0, 10_000, 10_000, 0)]
    rows = [ClusterRow(1, 11, 2, 0.5, '{"name":null}'), ClusterRow(2, 14, 2, 0.25, "{}")]
    store = reopen()
    with store.transaction(write=True):
        assert store.next_number("cluster") == 1
        store.put_clusters(rows, members + other)
    store = reopen()
    with store.transaction(write=True):
        assert store.next_number("cluster") == 3
        assert store.clusters([2, 1, 3]) == rows
        assert store.members([2, 1]) == [*members, *other]
        assert store.cluster_numbers_of([12, 13, 99]) == {12: 1, 13: 2}
        assert store.cluster_numbers(0, 10) == [1, 2]
        assert store.cluster_numbers(1, 10) == [2]
        # 12 and 13 move into cluster 2, and 1 is no more.
        store.delete_clusters([1], [11, 14])
        moved = [MemberRow(13, 2, 0, *members[0][3:]), other[0]._replace(article=12)]
        store.put_clusters([ClusterRow(2, 13, 2, 1.0, "{}")], moved)
    store = reopen()
    with store.transaction(write=False):
        assert store.cluster_numbers_of([11, 12, 13, 14]) == {12: 2, 13: 2}
        assert [m.article for m in store.members([1, 2])] == [12, 13]
        assert store.clusters([1]) == []
        assert store.next_number("cluster") == 3


def test_versions_are_never_given_twice(reopen: Reopen) -> None:
    store = reopen()
    with store.transaction(write=True):
        first = store.renew_component_versions([], [7, 3])
        assert first.keys() == {3, 7}
    store = reopen()
    with store.transaction(write=True):
        assert store.component_versions([3, 7, 8]) == first
        assert store.renew_component_versions([3, 99], []) == {}
        again = store.renew_component_versions([7], [3, 7])
        assert store.component_versions([3, 7]) == again
        assert not {*again.values()} & {*first.values()}


def _rolled_back(store: Store) -> None:
    with store.transaction(write=True):
        store.set_about({"a": "2"})
        store.add_articles([article(2, 1)], [b"two"])
        store.delete_articles([1])
        store.set_component([(2, 2, 1)])
        store.delete_bodies([1])
        store.remove_postings(encoded(0, [3], [1]))
        store.add_postings(encoded(0, [4], [1]))
        store.delete_pairs([1])
        store.delete_clusters([1], [1])
        store.renew_component_versions([5], [7])
        raise KeyboardInterrupt


def test_what_fails_leaves_nothing(reopen: Reopen) -> None:
    store = reopen()
    with store.transaction(write=True):
        store.set_about({"a": "1"})
        store.add_articles([article(1, 1)], [b"one"])
        store.add_bodies([body(1, 1)], [b""])
        store.add_postings(encoded(0, [3], [1]))
        store.put_pairs([PairRow(1, 2, 3, b"")])
        store.put_clusters([ClusterRow(1, 1, 1, 1.0, "{}")], [MemberRow(1, 1, 0, 1, 0, 1, 1, None)])
        before = store.counts()
    store = reopen()
    with pytest.raises(KeyboardInterrupt):
        _rolled_back(store)
    store = reopen()
    with store.transaction(write=False):
        assert store.counts() == before
        assert store.about() == {"a": "1"}
        assert store.articles_of_bodies([1]) == [article(1, 1)]
        assert store.bodies_of_components([1]) == [1]
        assert decoded(0, store.postings(encoded_keys(0, 3, 4)))[0] == [3]
        assert store.cluster_numbers_of([1]) == {1: 1}
        assert (store.next_number("article"), store.next_number("body")) == (2, 2)


def test_dictionaries_and_about(reopen: Reopen) -> None:
    store = reopen()
    with store.transaction(write=True):
        store.set_about({"x": "ü"})
        store.add_dictionary(b"first")
        store.add_dictionary(b"second")
    store = reopen()
    with store.transaction(write=False):
        assert store.about()["x"] == "ü"
        assert store.dictionaries() == [b"first", b"second"]


def test_a_sketch_is_what_it_was() -> None:
    for sizes in ((0, 0, 0), (42, 3, 1), (0, 5, 0), (0, 0, 4)):
        parts = [np.arange(size, dtype=np.uint32) + np.uint32(2**32 - 60) for size in sizes]
        again = Sketch.from_bytes(Sketch(*parts).to_bytes())
        assert all(np.array_equal(a, b) for a, b in zip(parts, again.by_kind, strict=True))
