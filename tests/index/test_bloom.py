"""Bloom filters never exclude a key that is present, and exclude most others."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.index.stores.sqlite.bloom import BITS, BloomFilters
from dedup.index.stores.sqlite.bloom_kernels import build_filter, select_possible
from dedup.index.stores.sqlite.lsm_postings import LsmPostings, LsmSizes
from dedup.index.stores.sqlite.schema import create_tables
from dedup.kernels.sorted_arrays import BODY_BITS

SPACE = 3 << 32
keys_of = st.sets(st.integers(0, SPACE - 1), max_size=40)


def ascending(values: set[int] | list[int]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array(sorted(values), np.uint64)


@given(keys_of, keys_of, st.integers(1, 5))
def test_keys_that_are_present_pass(present: set[int], others: set[int], blocks: int) -> None:
    block = np.zeros((2, 8), np.uint64)
    block[1, :blocks] = build_filter(ascending(present), blocks)
    low, high = 1 << 31, 2 << 32
    index = np.array([[low, high, 1, blocks]], np.uint64)
    possible = select_possible(ascending(present | others), index, block).tolist()
    assert possible == sorted(set(possible))
    assert present | {key for key in others if not low <= key < high} <= set(possible)


def test_most_absent_keys_are_excluded() -> None:
    rng = np.random.default_rng(1)
    present, others = (np.unique(rng.integers(0, 1 << 32, 100_000).astype(np.uint64)) for _ in range(2))
    block = build_filter(present, BITS * len(present) // 64)[None, :]
    index = np.array([[0, SPACE, 0, block.shape[1]]], np.uint64)
    assert len(select_possible(others, index, block)) < 0.16 * len(others)


@given(st.lists(st.tuples(st.integers(1, 8), st.sets(st.integers(0, 24), max_size=12)), max_size=12))
def test_ranges_replace_each_other(writes: list[tuple[int, set[int]]]) -> None:
    """Ranges of any extent, one over the other, in the order of compaction that goes round."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    writer, reader, late = BloomFilters(24, 1, 0), BloomFilters(24, 1, 0), BloomFilters(24, 1, 2)
    present: set[int] = set()
    cursor = 0
    queries = ascending(list(range(24)))
    for width, keys in writes:
        low = cursor % 24
        high = min(low + width, 24)
        keys_of_range = {key for key in keys if low <= key < high}
        present = {key for key in present if not low <= key < high} | keys_of_range
        writer.write(db, low, high, ascending(keys_of_range) << np.uint64(BODY_BITS))
        cursor += high - low
        for filters in (reader, late, BloomFilters(24, 1, 0)):
            assert present <= set(filters.select(db, cursor, queries).tolist())
        assert set(reader.select(db, cursor - 1, queries).tolist()) == set(range(24)), "an older state"
    keys_in_ranges = [
        key for low, high in db.execute("SELECT low, high FROM posting_filter") for key in range(low, high)
    ]
    assert len(keys_in_ranges) == len(set(keys_in_ranges))
    db.close()


def test_a_filter_of_other_sizes() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    create_tables(db)
    keys = ascending(list(range(100, 300)))
    BloomFilters(1000, 16, 0).write(db, 100, 400, keys << np.uint64(BODY_BITS))
    queries = ascending(list(range(1000)))
    assert len(BloomFilters(1000, 16, 0).select(db, 1000, queries)) < 950
    assert BloomFilters(1000, 15, 0).select(db, 1000, queries).tolist() == queries.tolist()
    db.close()


def test_two_states_in_one_process(tmp_path: Path) -> None:
    """A thread that sees an older state does not use the filters of a newer one."""
    sizes = LsmSizes(page=4, compaction=2, min_round=8, round_share=2, unmerged=2, head_tail=2, warmup=0)
    path = tmp_path / "seen.db"
    db, late = (sqlite3.connect(path, isolation_level=None) for _ in range(2))
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")  # nothing here is about a crash
    create_tables(db)
    postings = LsmPostings((3, 5, 3), sizes)
    for body in range(1, 300):
        postings.add(db, ascending([(body * 7919) << BODY_BITS | body]))
    late.execute("BEGIN")
    queries = ascending([body * 7919 for body in range(1, 300, 40)])
    before = postings.lookup(late, queries)[0].tolist()
    assert before == [body * 7919 << BODY_BITS | body for body in range(1, 300, 40)]
    for body in range(300, 900):
        postings.add(db, ascending([(body * 7919) << BODY_BITS | body]))
        postings.delete_bodies(
            db, ascending([((body - 299) * 7919) << BODY_BITS | (body - 299)]), ascending([body - 299])
        )
        if body % 50 == 0:
            assert postings.lookup(db, ascending([body * 7919]))[0].tolist() == [body * 7919 << BODY_BITS | body]
            assert postings.lookup(late, queries)[0].tolist() == before
    for connection in (db, late):
        connection.close()
