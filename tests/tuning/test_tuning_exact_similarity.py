"""Exact counting by an inverted index, held equal to comparing all sets with all."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.tuning.counting_kernels import (
    agree_kernel,
    common_sample_kernel,
    distinct_kernel,
    least_common_kernel,
)
from dedup.tuning.exact_similarity import BINS, InvertedIndex, SetLookup, ShingleSets

#: Few ids, so that they meet; in the high half and the low one, for passages are sampled by the high.
IDS = st.integers(1, 12).map(lambda i: (i * 7919) << 32 | i)
LISTS = st.lists(st.lists(IDS, max_size=9), max_size=9)


def sets_of(lists: list[list[int]]) -> ShingleSets:
    ids = np.array([i for one in lists for i in one], np.uint64)
    first = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    return ShingleSets(*distinct_kernel(ids, first))


def pairs_of(n: int) -> tuple[np.ndarray, np.ndarray]:
    rows = np.array(list(combinations(range(n), 2)), np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


@given(LISTS)
def test_sets_are_sorted_and_without_repeats(lists: list[list[int]]) -> None:
    sets = sets_of(lists)
    assert [sets.ids[a:b].tolist() for a, b in zip(sets.first, sets.first[1:], strict=False)] == [
        sorted(set(one)) for one in lists
    ]
    back = sets.take(np.arange(len(sets))[::-1].copy())
    assert back.sizes.tolist() == sets.sizes.tolist()[::-1]


@given(LISTS, st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.sampled_from([1, 2]))
def test_overlaps_are_those_of_all_pairs(lists: list[list[int]], floor: float, threads: int) -> None:
    sets = sets_of(lists)
    overlaps = InvertedIndex.of(sets).compare_all(floor, threads)
    expected, resemblances, containments = [], Counter[int](), Counter[int]()
    for a, b in combinations(range(len(lists)), 2):
        x, y = set(lists[a]), set(lists[b])
        if common := len(x & y):
            less = min(len(x), len(y))
            resemblances[min(BINS - 1, BINS * common // len(x | y))] += 1
            containments[min(BINS - 1, BINS * common // less)] += 1
            if common >= floor * less:
                expected.append((a, b, common))
    assert list(zip(overlaps.a.tolist(), overlaps.b.tolist(), overlaps.common.tolist(), strict=True)) == expected
    assert dict(enumerate(overlaps.resemblances.tolist())) == {i: resemblances[i] for i in range(BINS)}
    assert dict(enumerate(overlaps.containments.tolist())) == {i: containments[i] for i in range(BINS)}


@given(LISTS)
def test_co_occurrences_are_counted_before_they_are_visited(lists: list[list[int]]) -> None:
    total = sum(len(set(x) & set(y)) for x, y in combinations(lists, 2))
    assert InvertedIndex.of(sets_of(lists)).co_occurrences.sum() == total


@given(LISTS, st.integers(1, 4), st.integers(0, 5))
def test_what_two_sets_have_in_common(lists: list[list[int]], rate: int, residue: int) -> None:
    sets = sets_of(lists)
    a, b = pairs_of(len(lists))
    both = [set(lists[x]) & set(lists[y]) for x, y in zip(a, b, strict=True)]
    assert least_common_kernel(sets.ids, sets.first, a, b).tolist() == [min(c, default=0) for c in both]
    sampled = common_sample_kernel(sets.ids, sets.first, a, b, np.array([rate, 1], np.int64), residue)
    assert sampled[0].tolist() == [sum((i >> 32) % rate == residue % rate for i in c) for c in both]
    assert sampled[1].tolist() == [len(c) for c in both]


@given(LISTS, LISTS, st.sampled_from([0.1, 0.5, 1.0]))
def test_partners_are_those_that_share_enough_with_one(
    lists: list[list[int]], others: list[list[int]], floor: float
) -> None:
    shares = SetLookup.of(sets_of(lists)).shares(sets_of(others), floor)
    expected = [
        any(set(x) & set(y) and len(set(x) & set(y)) >= floor * min(len(set(x)), len(set(y))) for y in lists)
        for x in others
    ]
    assert shares.tolist() == expected


@given(st.lists(st.lists(st.integers(0, 1), min_size=7, max_size=7), min_size=2, max_size=5), st.integers(0, 3))
def test_agreement_in_a_band(rows: list[list[int]], bands: int) -> None:
    a, b = pairs_of(len(rows))
    expected = [
        any(rows[x][i * 2 : i * 2 + 2] == rows[y][i * 2 : i * 2 + 2] for i in range(bands))
        for x, y in zip(a, b, strict=True)
    ]
    assert agree_kernel(np.array(rows, np.uint32), a, b, bands, 2).tolist() == expected


@pytest.mark.parametrize("lists", [[], [[]], [[], []]])
def test_nothing_to_compare(lists: list[list[int]]) -> None:
    overlaps = InvertedIndex.of(sets_of(lists)).compare_all(0.1)
    assert len(overlaps.a) == 0
    assert overlaps.resemblances.sum() == 0
