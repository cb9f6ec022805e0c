"""The LSM tree of postings answers like a dictionary of lists, after every change and in every process."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.index.lookup import keys_with_few_cores, pair_with_cores
from dedup.index.stores.base import Sketch, encode_postings, select_kinds, union_keys
from dedup.index.stores.checksums import Table
from dedup.index.stores.sqlite.lsm_postings import LsmPostings, LsmSizes
from dedup.index.stores.sqlite.posting_pages import TiledTable, decode_pages
from dedup.index.stores.sqlite.schema import create_tables
from dedup.kernels import sorted_arrays as k

LIMITS = (3, 5, 3)
#: So small that every batch compacts a part, pages are split and emptied, and rounds are many.
SIZES = [
    LsmSizes(page=4, compaction=2, min_round=8, round_share=2, unmerged=2, head_tail=2, max_tombstones=1, warmup=0),
    LsmSizes(page=6, compaction=1, min_round=40, round_share=4, unmerged=1, head_tail=1, max_tombstones=0, warmup=0),
    LsmSizes(page=3, compaction=50, min_round=4, round_share=1, unmerged=8, head_tail=1, max_tombstones=3, warmup=2),
]
BITS, MASK = k.BODY_BITS, (1 << k.BODY_BITS) - 1

Packed = NDArray[np.uint64]
#: Few keys, so that some are over-full, of all kinds.
KEYS = [kind << 32 | key for kind in range(3) for key in (0, 1, 7, 2**31, 2**32 - 1)]


def ascending(values: set[int] | list[int]) -> Packed:
    return np.array(sorted(values), np.uint64)


def expected_hits(lists: dict[int, set[int]], keys: list[int], ends: int) -> tuple[list[int], list[int]]:
    """The slow and obvious way."""
    postings, overfull = [], []
    for key in keys:
        bodies = sorted(lists.get(key, ()))
        if len(bodies) > LIMITS[key >> 32]:
            overfull.append(key)
            bodies = sorted({*bodies[:ends], *bodies[-ends:]})
        postings += [key << BITS | body for body in bodies]
    return postings, overfull


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, list[tuple[int, int]]]]:
    """Batches of bodies that are added with their keys, are deleted, lose single keys, or get them back."""
    steps: list[tuple[str, list[tuple[int, int]]]] = []
    present: dict[int, set[int]] = {}
    lost: list[tuple[int, int]] = []
    following = 1
    for _ in range(draw(st.integers(1, 25))):
        change = draw(st.sampled_from(["add", "add", "add", "drop", "delete", "return"]))
        if change == "add":
            rows = []
            for _ in range(draw(st.integers(1, 8))):
                present[following] = set(draw(st.lists(st.sampled_from(KEYS), max_size=6)))
                rows += [(key, following) for key in sorted(present[following])]
                following += draw(st.integers(1, 3))
            steps.append(("add", rows))
        elif change == "drop" and present:
            deleted_bodies = draw(st.lists(st.sampled_from(sorted(present)), min_size=1, max_size=6, unique=True))
            steps.append(
                (
                    "drop",
                    [(key, body) for body in deleted_bodies for key in present.pop(body)] or [(-1, deleted_bodies[0])],
                )
            )
            lost = [(key, body) for key, body in lost if body in present]
        elif change == "delete" and any(present.values()):
            single = [(key, body) for body, keys in present.items() for key in keys]
            rows = draw(st.lists(st.sampled_from(sorted(single)), min_size=1, max_size=4, unique=True))
            for key, body in rows:
                present[body].discard(key)
            lost += rows
            steps.append(("delete", rows))
        elif change == "return" and lost:
            rows = sorted(set(lost))
            for key, body in rows:
                present[body].add(key)
            steps.append(("add", rows))
            lost = []
    return steps


@given(histories(), st.sampled_from(SIZES), st.lists(st.booleans(), min_size=25, max_size=25))
@settings(max_examples=100, deadline=None)
def test_postings_are_lists(steps: list[tuple[str, list[tuple[int, int]]]], sizes: LsmSizes, reads: list[bool]) -> None:
    """For the process that changes them, for one that only reads and saw some of the states, and for a new one."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    writer, reader = LsmPostings(LIMITS, sizes), LsmPostings(LIMITS, sizes)
    lists: dict[int, set[int]] = defaultdict(set)
    for (change, rows), is_read in zip(steps, reads, strict=False):
        encoded = ascending([key << BITS | body for key, body in rows if key >= 0])
        if change == "add":
            writer.add(db, encoded)
        elif change == "drop":
            writer.delete_bodies(db, encoded, ascending({body for _, body in rows}))
        else:
            writer.delete(db, encoded)
        for key, body in rows:
            lists[key].add(body) if change == "add" else lists[key].discard(body)
        for postings in (writer, *[reader] * is_read, LsmPostings(LIMITS, sizes)):
            for queries in (KEYS, KEYS[2:3], KEYS[1::4]):
                found, overfull = postings.lookup(db, ascending(queries))
                assert (found.tolist(), overfull.tolist()) == expected_hits(lists, queries, sizes.head_tail)
                for limit in (1, 4, 1000):
                    first = [key << BITS | body for key in queries for body in sorted(lists[key])[:limit]]
                    assert postings.first(db, ascending(queries), limit).tolist() == first
        assert writer.count(db) == sum(map(len, lists.values()))
    db.close()


@pytest.mark.parametrize("sizes", SIZES)
def test_a_round_of_compaction_moves_every_run_into_pages(sizes: LsmSizes) -> None:
    """Old postings are in pages, deleted bodies in none, and runs do not pile up."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    postings = LsmPostings(LIMITS, sizes)
    rng = np.random.default_rng(1)
    for body in range(1, 2001):
        keys = np.unique(rng.integers(0, 3 << 32, 12).astype(np.uint64))
        encoded = (keys << np.uint64(BITS)) | np.uint64(body)
        postings.add(db, encoded)
        if body <= 1000:
            postings.delete_bodies(db, encoded, np.array([body], np.uint64))
    pages = [decode_pages(Table.POSTING, [data]) for (data,) in db.execute("SELECT data FROM posting ORDER BY low")]
    held = np.concatenate(pages)
    assert (np.diff(held.astype(object)) > 0).all()
    assert int((held & np.uint64(MASK)).min()) > 1000
    assert max(map(len, pages)) <= sizes.page
    assert len(held) + db.execute("SELECT sum(length(data)) / 8 FROM posting_new").fetchone()[0] >= 12_000
    assert db.execute("SELECT count(*) FROM posting_new").fetchone()[0] < 100
    db.close()


@pytest.mark.parametrize("sizes", SIZES)
def test_compaction_deletes_the_tombstones_of_overfull_keys(sizes: LsmSizes) -> None:
    """Of a overfull key no more than some stay, and after a round none."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    postings = LsmPostings(LIMITS, sizes)
    encoded = {body: ascending([key << BITS | body for key in KEYS[::3]]) for body in range(1, 200)}
    for one in encoded.values():
        postings.add(db, one)
    deleted_bodies = [*range(5, 120, 2), *range(3, 90, 6)]
    for body in deleted_bodies:
        postings.delete_bodies(db, encoded[body], np.array([body], np.uint64))
        assert (TiledTable(Table.POSTING_CROWDED, sizes.page).read_all(db) & np.uint64(MASK)).max(
            initial=0
        ) <= sizes.max_tombstones
    assert postings.first(db, ascending(KEYS[3:4]), 9).tolist() == [
        KEYS[3] << BITS | body for body in sorted({*encoded} - {*deleted_bodies})[:9]
    ]
    for body in range(200, 1200):
        postings.add(db, ascending([key << BITS | body for key in KEYS[1:2]]))
    assert not set(deleted_bodies) & set(
        (TiledTable(Table.POSTING_CROWD, sizes.page).read_all(db) & np.uint64(MASK)).tolist()
    )
    assert int((TiledTable(Table.POSTING_CROWDED, sizes.page).read_all(db) & np.uint64(MASK)).max()) == 0
    db.close()


def test_numbers_of_a_rolled_back_transaction_are_given_again() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    postings = LsmPostings(LIMITS)
    db.execute("BEGIN")
    postings.add(db, np.array([5 << BITS | 1], np.uint64))
    assert postings.lookup(db, np.array([5], np.uint64))[0].tolist() == [5 << BITS | 1]
    db.execute("ROLLBACK")
    postings.drop_cache()
    assert postings.lookup(db, np.array([5], np.uint64))[0].tolist() == []
    postings.add(db, np.array([5 << BITS | 2], np.uint64))
    assert postings.lookup(db, np.array([5], np.uint64))[0].tolist() == [5 << BITS | 2]
    db.close()


# -- kernels ----------------------------------------------------------------------------------------------------------

small = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(1, 12)), max_size=60, unique=True)


def of(rows: list[tuple[int, int]]) -> Packed:
    return ascending([key << BITS | body for key, body in rows])


@given(small, st.sets(st.sampled_from(KEYS)))
def test_select_keys(rows: list[tuple[int, int]], keys: set[int]) -> None:
    expected = of([row for row in rows if row[0] in keys]).tolist()
    assert k.select_keys(of(rows), ascending(keys)).tolist() == expected
    for every in (1, 3, 100):
        steps = of(rows)[::every].copy()
        assert k.select_by_index(of(rows), steps, every, ascending(keys), np.zeros(4, np.int64), 0).tolist() == expected


@given(st.lists(small, min_size=1, max_size=3), st.integers(0, 4), st.integers(1, 2))
def test_of_an_overfull_key_only_the_ends_are_copied(parts: list[list[tuple[int, int]]], most: int, ends: int) -> None:
    """The ends of the copies of several arrays, which may begin with a marker, are the ends of all."""
    limits, keys = np.full(4, most), ascending(KEYS)
    parts = [[*part, (KEYS[0], 0)] if part and part[0][1] % 2 else part for part in parts]
    whole, some = np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    for part in parts:
        whole = k.merge(whole, k.select_keys(of(part), keys))
        found = k.select_head_tail(of(part), keys, limits, ends)
        some = k.merge(some, found)
        assert len(found) <= len(keys) * (most + 2 + 2 * ends)
    for one, other in zip(
        k.split_overfull(whole, limits, ends, False)[:2], k.split_overfull(some, limits, ends, False)[:2], strict=True
    ):
        assert one.tolist() == other.tolist()


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 12)))
def test_unique_counts_and_isin_sorted(values: list[int], queries: list[int]) -> None:
    found, often = k.unique_counts(ascending(values))
    assert dict(zip(found.tolist(), often.tolist(), strict=True)) == {value: values.count(value) for value in values}
    assert found.tolist() == sorted(set(values))
    assert k.isin_sorted(ascending(values), np.array(queries, np.uint64)).tolist() == [
        value in values for value in queries
    ]


@given(small, st.sets(st.integers(1, 12)), st.integers(0, 3))
def test_of_few(rows: list[tuple[int, int]], leads: set[int], most: int) -> None:
    few = [row for row in rows if sum(key == row[0] and body in leads for key, body in rows) <= most]
    flags = np.array([body in leads for _, body in sorted(rows)], np.bool_)
    assert keys_with_few_cores(of(rows), flags, most).tolist() == of(few).tolist()


@given(small, small)
def test_merge(x: list[tuple[int, int]], y: list[tuple[int, int]]) -> None:
    assert k.merge(of(x), of(y)).tolist() == of(list({*x, *y})).tolist()


@given(small, st.sets(st.integers(1, 12)))
def test_drop_bodies(rows: list[tuple[int, int]], deleted_bodies: set[int]) -> None:
    assert (
        k.drop_bodies(of(rows), ascending(deleted_bodies)).tolist()
        == of([row for row in rows if row[1] not in deleted_bodies]).tolist()
    )


@given(small, small)
def test_difference(x: list[tuple[int, int]], y: list[tuple[int, int]]) -> None:
    assert k.difference(of(x), of(y)).tolist() == of([row for row in x if row not in y]).tolist()


@given(st.lists(st.tuples(*[st.lists(st.integers(0, 2**32 - 1), max_size=5)] * 3), min_size=1, max_size=4))
def test_keys_and_postings_of_sketches(columns: list[tuple[list[int], list[int], list[int]]]) -> None:
    sketches = [Sketch(*(np.array(part, np.uint32) for part in parts)) for parts in columns]
    rows = {
        (kind << 32 | key, body) for body, parts in enumerate(columns, 7) for kind in range(3) for key in parts[kind]
    }
    assert union_keys(sketches).tolist() == sorted({key for key, _ in rows})
    assert sketches[0].keys.tolist() == sorted({key for key, body in rows if body == 7})
    assert encode_postings(list(enumerate(sketches, 7))).tolist() == of(list(rows)).tolist()
    assert encode_postings([(7, sketches[0])]).tolist() == of([row for row in rows if row[1] == 7]).tolist()
    for kinds in ([0], [1, 2], [0, 1, 2]):
        found = select_kinds(union_keys(sketches), kinds)
        assert found.tolist() == sorted({key for key, _ in rows if key >> 32 in kinds})


@given(small, st.sets(st.sampled_from(KEYS)), st.integers(1, 3))
def test_split_overfull(rows: list[tuple[int, int]], marked: set[int], ends: int) -> None:
    lists: dict[int, list[int]] = defaultdict(list)
    for key, body in sorted({*rows, *((key, 0) for key in marked)}):
        lists[key] += [body] if body else []
    full = [key for key in sorted(lists) if key in marked or len(lists[key]) > LIMITS[key >> 32]]
    left = [
        (key, body)
        for key, bodies in lists.items()
        for body in (sorted({*bodies[:ends], *bodies[-ends:]}) if key in full else bodies)
    ]
    given = ascending([key << BITS | body for key, body in {*rows, *((key, 0) for key in marked)}])
    for mark in (False, True):
        found, overfull, apart = k.split_overfull(given, np.array([*LIMITS, 0]), ends, mark)
        assert found.tolist() == of(left + [(key, 0) for key in full] * mark).tolist()
        assert overfull.tolist() == full
        assert apart.tolist() == of([(key, body) for key in full for body in lists[key]]).tolist()
        lack = [key for key in sorted(marked) if len(lists[key]) < 2 * ends]
        assert k.underfull_keys(given, 2 * ends).tolist() == lack


@given(small, st.integers(1, 9))
def test_pages_break_between_keys(rows: list[tuple[int, int]], room: int) -> None:
    values = of(rows)
    ends = k.page_ends(values, room).tolist()
    pages = [values[low:high].tolist() for low, high in zip([0, *ends], ends, strict=False)]
    assert [value for page in pages for value in page] == values.tolist()
    for page, following in pairwise(pages):
        assert page[-1] >> BITS != following[0] >> BITS
        assert len({value >> BITS for value in page}) == 1 or len(page) <= room
        run = sum(value >> BITS == following[0] >> BITS for value in following)
        assert len(page) + run > room, "pages are as full as they may be"


@given(small, st.sets(st.integers(1, 12)), st.dictionaries(st.integers(1, 12), st.integers(1, 12)), st.integers(1, 4))
def test_meetings_in_crowds(rows: list[tuple[int, int]], queries: set[int], cores: dict[int, int], most: int) -> None:
    expected = []
    for key in sorted({key for key, _ in rows}):
        bodies = {body for other, body in rows if other == key}
        others = {cores[body] for body in bodies - queries if body in cores}
        if len(others) <= most:
            expected += [min(x, y) << 32 | max(x, y) for x in bodies & queries for y in others if x != y]
    assert sorted(pair_with_cores(of(rows), ascending(queries), cores, most).tolist()) == sorted(expected)
