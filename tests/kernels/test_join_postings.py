"""The join of postings against the plain one, in the layouts of scan and index, and what it may hold."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.join_postings import ANY, REPRESENTATIVES, OverfullRule, Ranking, join_postings, shared_keys
from dedup.kernels.sorted_arrays import BODY_BITS

N = 41
#: Keys up to the widest that either layout holds.
ROWS = st.lists(st.tuples(st.sampled_from([0, 1, 2, 2**31, 2**32 - 1]), st.integers(0, N - 1)), max_size=120)
BITS = st.sampled_from([BODY_BITS, 32])
RANKINGS = st.none() | st.tuples(st.permutations(range(N)), st.permutations(range(N)))


def posting_of(rows: list[tuple[int, int]], bits: int) -> np.ndarray:
    return np.array(sorted({key << bits | body for key, body in rows}), np.uint64)


def unpacked(pairs: np.ndarray) -> list[tuple[int, int]]:
    return [(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()]


def as_ranking(orders: tuple[list[int], list[int]] | None) -> Ranking | None:
    return orders and Ranking(*map(np.array, orders))


def in_order(n: int) -> Ranking:
    return Ranking(np.arange(n), np.arange(n))


def join(
    posting: np.ndarray,
    bits: int,
    rule: OverfullRule,
    queries: np.ndarray | None = None,
    span: tuple[int, int] | None = None,
    room: int = ANY,
) -> tuple[np.ndarray, int, int]:
    """`join_postings` of all keys."""
    return join_postings(posting, bits, shared_keys(posting, bits), rule, queries, span, room)


@settings(max_examples=300, deadline=None)
@given(ROWS, BITS, st.integers(4, 12), st.integers(0, 4), RANKINGS, st.none() | st.sets(st.integers(0, N - 1)))
def test_join_equals_the_reference(
    rows: list[tuple[int, int]],
    bits: int,
    cap: int,
    few: int,
    orders: tuple[list[int], list[int]] | None,
    queries: set[int] | None,
) -> None:
    bodies = None if queries is None else np.array(sorted(queries), np.uint64)
    posting = posting_of(rows, bits)
    pairs, count, over = join(posting, bits, OverfullRule(cap, few, as_ranking(orders)), bodies)
    expected, full = reference.join_postings(rows, cap, few, orders or (range(N), range(N)))
    if queries is not None:
        expected = [pair for pair in expected if queries & set(pair)]
    assert sorted(unpacked(pairs)) == expected
    assert over == full
    assert count == len(expected)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.integers(4, 12), st.integers(0, N), st.integers(0, N), st.integers(0, 60))
def test_a_span_has_the_pairs_of_its_smaller_bodies(
    rows: list[tuple[int, int]], cap: int, low: int, high: int, room: int
) -> None:
    expected = [
        pair for pair in reference.join_postings(rows, cap, 0, (range(N), range(N)))[0] if low <= pair[0] < high
    ]
    pairs, count, _ = join(posting_of(rows, 32), 32, OverfullRule(cap, 0, None), None, (low, high), room)
    assert count == len(expected)
    assert sorted(unpacked(pairs)) == (expected if count <= room else [])


@settings(max_examples=200, deadline=None)
@given(ROWS, BITS, RANKINGS, st.integers(5, 12))
def test_scan_and_index_pair_the_same_bodies(
    rows: list[tuple[int, int]], bits: int, orders: tuple[list[int], list[int]] | None, cap: int
) -> None:
    """The layouts differ, and the index asks for the pairs of some bodies."""
    rule = OverfullRule(cap, REPRESENTATIVES, as_ranking(orders))
    scan, _, _ = join(posting_of(rows, 32), 32, rule)
    everybody = np.arange(N, dtype=np.uint64)
    index, _, _ = join(posting_of(rows, BODY_BITS), BODY_BITS, rule, everybody)
    assert scan.tolist() == index.tolist()


@given(ROWS, BITS)
@settings(deadline=None)
def test_shared_keys(rows: list[tuple[int, int]], bits: int) -> None:
    posting = posting_of(rows, bits)
    begin, end = shared_keys(posting, bits)
    parts = [posting[low:high].tolist() for low, high in zip(begin, end, strict=True)]
    bodies = {key: sorted({body for other, body in rows if other == key}) for key in sorted({key for key, _ in rows})}
    assert parts == [[key << bits | body for body in own] for key, own in bodies.items() if len(own) > 1]


@pytest.mark.parametrize("size", [1, 2, 31, 32, 33, 34, 500])
def test_an_over_full_key_is_never_skipped(size: int) -> None:
    ranks = list(range(3, 3 + 2 * size, 2))
    posting = posting_of([(9, rank) for rank in ranks], 32)
    pairs, _, over = join(posting, 32, OverfullRule(32, REPRESENTATIVES, in_order(3 + 2 * size)))
    assert over == (size > 32)
    found = unpacked(pairs)
    assert len(found) == len(set(found))
    assert all(a < b for a, b in found)
    if size > 1:
        assert {rank for pair in found for rank in pair} == set(ranks)
    if size > 32:
        assert len(found) <= (REPRESENTATIVES + 1) * size


def test_no_rows_no_pairs() -> None:
    pairs, count, over = join(np.zeros(0, np.uint64), 32, OverfullRule(32, 4, in_order(0)))
    assert (len(pairs), count, over) == (0, 0, 0)
