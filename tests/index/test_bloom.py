"""BloomFilters never deny a key that is there, and tell of most others that they are not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.index.stores.sqlite.bloom import BITS, BloomFilters
from dedup.index.stores.sqlite.bloom_kernels import build_filter, select_possible
from dedup.index.stores.sqlite.lsm_postings import LsmPostings
from dedup.index.stores.sqlite.posting_state import LsmSizes
from dedup.index.stores.sqlite.schema import TABLES
from dedup.kernels.sorted_arrays import BODY_BITS

SPACE = 3 << 32
keys_of = st.sets(st.integers(0, SPACE - 1), max_size=40)


def ascending(values: set[int] | list[int]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array(sorted(values), np.uint64)


@given(keys_of, keys_of, st.integers(1, 5))
def test_what_is_there_passes(there: set[int], others: set[int], blocks: int) -> None:
    block = np.zeros((2, 8), np.uint64)
    block[1, :blocks] = build_filter(ascending(there), blocks)
    low, high = 1 << 31, 2 << 32
    index = np.array([[low, high, 1, blocks]], np.uint64)
    found = select_possible(ascending(there | others), index, block).tolist()
    assert found == sorted(set(found))
    assert there | {key for key in others if not low <= key < high} <= set(found)


def test_of_what_is_not_there_most_is_told() -> None:
    rng = np.random.default_rng(1)
    there, others = (np.unique(rng.integers(0, 1 << 32, 100_000).astype(np.uint64)) for _ in range(2))
    block = build_filter(there, BITS * len(there) // 64)[None, :]
    index = np.array([[0, SPACE, 0, block.shape[1]]], np.uint64)
    assert len(select_possible(others, index, block)) < 0.16 * len(others)


@given(st.lists(st.tuples(st.integers(1, 8), st.sets(st.integers(0, 24), max_size=12)), max_size=12))
def test_stretches_as_they_are_written(written: list[tuple[int, set[int]]]) -> None:
    """Stretches of any extent one over the other, in the order of a sweep that goes round."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(TABLES)
    writer, reader, late = BloomFilters(24, 1, 0), BloomFilters(24, 1, 0), BloomFilters(24, 1, 2)
    there: set[int] = set()
    position = 0
    asked = ascending(list(range(24)))
    for width, keys in written:
        low = position % 24
        high = min(low + width, 24)
        own = {key for key in keys if low <= key < high}
        there = {key for key in there if not low <= key < high} | own
        writer.write(db, low, high, ascending(own) << np.uint64(BODY_BITS))
        position += high - low
        for filters in (reader, late, BloomFilters(24, 1, 0)):
            assert there <= set(filters.select(db, position, asked).tolist())
        assert set(reader.select(db, position - 1, asked).tolist()) == set(range(24)), "an older moment"
    covered = [key for low, high in db.execute("SELECT low, high FROM posting_filter") for key in range(low, high)]
    assert len(covered) == len(set(covered))
    db.close()


def test_a_filter_of_other_sizes() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(TABLES)
    keys = ascending(list(range(100, 300)))
    BloomFilters(1000, 16, 0).write(db, 100, 400, keys << np.uint64(BODY_BITS))
    asked = ascending(list(range(1000)))
    assert len(BloomFilters(1000, 16, 0).select(db, 1000, asked)) < 950
    assert BloomFilters(1000, 15, 0).select(db, 1000, asked).tolist() == asked.tolist()
    db.close()


def test_two_moments_in_one_process(tmp_path: Path) -> None:
    """A thread that sees an older state is not told by the filters of a newer one."""
    sizes = LsmSizes(page=4, compaction=2, min_round=8, round_share=2, unmerged=2, head_tail=2, warmup=0)
    path = tmp_path / "seen.db"
    db, late = (sqlite3.connect(path, isolation_level=None) for _ in range(2))
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")  # nothing here is about a crash
    db.executescript(TABLES)
    postings = LsmPostings((3, 5, 3), sizes)
    for body in range(1, 300):
        postings.add(db, ascending([(body * 7919) << BODY_BITS | body]))
    late.execute("BEGIN")
    asked = ascending([body * 7919 for body in range(1, 300, 40)])
    before = postings.lookup(late, asked)[0].tolist()
    assert before == [body * 7919 << BODY_BITS | body for body in range(1, 300, 40)]
    for body in range(300, 900):
        postings.add(db, ascending([(body * 7919) << BODY_BITS | body]))
        postings.delete_bodies(
            db, ascending([((body - 299) * 7919) << BODY_BITS | (body - 299)]), ascending([body - 299])
        )
        if body % 50 == 0:
            assert postings.lookup(db, ascending([body * 7919]))[0].tolist() == [body * 7919 << BODY_BITS | body]
            assert postings.lookup(late, asked)[0].tolist() == before
    for connection in (db, late):
        connection.close()
