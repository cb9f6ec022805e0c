"""Passages, collapse, the set of pairs, and the search that puts bands and passages together."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.candidates.bands import BUCKET_CAP
from dedup.candidates.passages import PASSAGE_CAP, SHORT, passage_pairs, probability_of_run, sampling_rate
from dedup.candidates.search import group_identical, rank_bodies, search
from dedup.kernels.join_postings import REPRESENTATIVES, Ranking
from dedup.kernels.pair_set import PairSet

#: Few different keys, some with bits above the 31st, so that signs and shifts matter.
KEYS = st.sampled_from([0, 1, 2, 3, 2**31, 2**32 - 1])


def rows_of(rows: list[tuple[int, int]]) -> np.ndarray:
    """Rows (key, rank) as they are gathered: in any order, repeats included."""
    return np.array([key << 32 | rank for key, rank in rows], np.uint64)


def ranking(n: int, seed: int = 7) -> Ranking:
    generator = np.random.default_rng(seed)
    return Ranking(generator.permutation(n), generator.permutation(n))


def lists(order: Ranking) -> tuple[list[int], list[int]]:
    return order.representative.tolist(), order.neighbour.tolist()


def found_in(rows: list[tuple[int, int]], sizes: list[int], room: int = 100) -> tuple[np.ndarray, int]:
    """`passage_pairs` of rows, all wanted."""
    wanted, shingles = np.ones(len(sizes), np.bool_), np.array(sizes, np.int32)
    return passage_pairs([rows_of(rows)] if rows else [], wanted, shingles, ranking(len(sizes)), room)


def expected_in(rows: list[tuple[int, int]], sizes: list[int]) -> list[tuple[int, int]]:
    return reference.passage_pairs(rows, sizes, PASSAGE_CAP, REPRESENTATIVES, lists(ranking(len(sizes))), SHORT)


def unpacked(pairs: np.ndarray) -> list[tuple[int, int]]:
    return [(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()]


@settings(max_examples=200)
@given(
    st.lists(st.tuples(KEYS, st.integers(0, 19)), max_size=120),
    st.lists(st.integers(SHORT - 2, SHORT + 1), min_size=20, max_size=20),
    st.sampled_from([1, 7, 100, 1 << 16]),
)
def test_passage_pairs_equal_the_reference(rows: list[tuple[int, int]], sizes: list[int], room: int) -> None:
    """Also when so few meetings are held at a time that bodies are taken one by one."""
    pairs, over = found_in(rows, sizes, room)
    assert unpacked(pairs) == expected_in(rows, sizes)
    assert over == 0


@pytest.mark.parametrize("room", [1, 50, 1000, 1 << 20])
def test_over_full_passages_are_never_skipped(room: int) -> None:
    generator = np.random.default_rng(3)
    n = 4 * PASSAGE_CAP
    rows = [(key, int(rank)) for key in range(3) for rank in generator.permutation(n)[: n - 20 * key]]
    # The first representative is short, so that one passage in common is enough for it.
    sizes = [SHORT - (place % 3 == 0) for place in ranking(n).representative.tolist()]
    pairs, over = found_in(rows, sizes, room)
    assert over == 3
    assert unpacked(pairs) == expected_in(rows, sizes)
    assert {rank for pair in unpacked(pairs) for rank in pair} == set(range(n))


def test_a_passage_printed_twice_in_one_body_meets_once() -> None:
    rows = [(5, 0), (5, 0), (5, 1), (5, 1)]
    long = [SHORT, SHORT]
    assert unpacked(found_in(rows, long)[0]) == []
    assert unpacked(found_in([*rows, (6, 0), (6, 1)], long)[0]) == [(0, 1)]


def test_no_passages_no_pairs() -> None:
    for n in (0, 3):
        pairs, over = found_in([], [0] * n, 10)
        assert (len(pairs), over) == (0, 0)


@pytest.mark.parametrize("short", [False, True])
def test_probability_of_run_against_a_simulation(short: bool) -> None:
    generator = np.random.default_rng(11)
    for shingles in (4, 20, 60, 200):
        held = generator.binomial(shingles, 1 / 8, 50_000)
        # The Poisson form is an approximation of the binomial one.
        assert probability_of_run(shingles, 8, short=short) == pytest.approx((held >= 2 - short).mean(), abs=0.03)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(6, 10)), max_size=30))
def test_collapse_equals_the_reference(bodies: list[tuple[int, int]]) -> None:
    marks = np.array([(mark % 2, mark // 2) for mark, _ in bodies], np.uint64).reshape(-1, 2)
    found = group_identical(marks, np.array([count for _, count in bodies], np.int64))
    assert found.tolist() == reference.group_identical(bodies)


@settings(max_examples=100)
@given(st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(31, 60)), max_size=60), max_size=5))
def test_pairset_is_a_sorted_set(batches: list[list[tuple[int, int]]]) -> None:
    pairs = PairSet()
    for batch in batches:
        pairs.add(rows_of(batch))
    expected = sorted({pair for batch in batches for pair in batch})
    assert len(pairs) == len(expected)
    assert unpacked(pairs.sorted()) == expected


def test_pairset_grows() -> None:
    generator = np.random.default_rng(5)
    values = generator.integers(1, 2**40, 300_000, np.uint64)
    pairs = PairSet()
    for part in np.array_split(np.concatenate([values, values[::3]]), 7):
        pairs.add(part)
    assert np.array_equal(pairs.sorted(), np.unique(values))
    assert len(pairs) == len(np.unique(values))


@settings(max_examples=150)
@given(st.data())
def test_search_is_bands_and_passages_among_representatives(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 12))
    marks = data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    rep = np.array(reference.group_identical([(mark, 8 if mark else 7) for mark in marks]))
    band = data.draw(st.lists(st.lists(KEYS, min_size=n, max_size=n), min_size=1, max_size=4))
    passage = data.draw(st.lists(st.tuples(KEYS, st.integers(0, n - 1)), max_size=40))
    sizes = data.draw(st.lists(st.integers(SHORT - 1, SHORT), min_size=n, max_size=n))
    # Band keys come in batches, in the order of reading, which is not that of ranks; dropped articles (-1) among
    # them; some bodies have none.
    keys = np.array(band, np.uint32)
    order = np.array(data.draw(st.permutations(range(n))))
    banded = order[: data.draw(st.integers(0, n))]
    cut = data.draw(st.integers(0, len(banded)))
    pieces = [(part, keys[:, part]) for part in (banded[:cut], np.array([-1, -1]), banded[cut:])]
    mark = np.array([(0, mark) for mark in marks], np.uint64)
    found = search(rep, pieces, [rows_of(passage)], np.array(sizes, np.int32), mark)
    active = {rank for rank in range(n) if rep[rank] == rank}
    rows = [row for row in passage if row[1] in active]
    expected = set(expected_in(rows, sizes))
    for own in band:
        buckets = [(own[r], r) for r in active & set(banded.tolist())]
        expected |= set(reference.join_postings(buckets, BUCKET_CAP, REPRESENTATIVES, lists(ranking(n)))[0])
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == sorted(expected)
    assert (found.full_bands, found.full_passages) == (0, 0)


def test_search_counts_over_full_buckets_and_keeps_their_members() -> None:
    n = 3 * BUCKET_CAP
    rep = np.arange(n)
    band = np.array([[1] * n, list(range(n))], np.uint32)
    passage = rows_of([(key, rank) for key in (1, 2) for rank in range(n)])
    found = search(rep, [(rep, band)], [passage], np.full(n, 100, np.int32), np.zeros((n, 2), np.uint64))
    assert found.full_bands == 1
    assert found.full_passages == 2 * (n > PASSAGE_CAP)
    assert set(found.a.tolist()) | set(found.b.tolist()) == set(range(n))


def test_representatives_are_bodies_of_most_articles_then_by_fingerprint() -> None:
    """Ids, which ranks stand for, decide nothing; neighbours are of about one length, or of about one time."""
    rep = np.array([0, 1, 2, 3, 0, 4, 4, 4, -1])
    rep[5:8] = 5
    mark = np.array([(9, 0), (1, 0), (3, 0), (2, 0), (9, 0), (8, 0), (8, 0), (8, 0), (0, 0)], np.uint64)
    shingles = np.array([50, 10, 40, 20, 50, 30, 30, 30, 0], np.int32)
    order = rank_bodies(rep, shingles, mark, None)
    bodies = [0, 1, 2, 3, 5]
    assert sorted(bodies, key=lambda b: order.representative[b]) == [5, 0, 1, 3, 2]
    assert sorted(bodies, key=lambda b: order.neighbour[b]) == [0, 2, 5, 3, 1]
    when = np.array([5.0, 4, np.nan, 2, 5, 3, 3, 3, 1])
    assert sorted(bodies, key=lambda b: rank_bodies(rep, shingles, mark, when).neighbour[b]) == [3, 5, 1, 0, 2]


@pytest.mark.parametrize("band", [[], [(np.zeros(0, np.int64), np.zeros((42, 0), np.uint32))]])
def test_search_without_articles(band: list[tuple[np.ndarray, np.ndarray]]) -> None:
    none = np.zeros(0, np.int64)
    found = search(none, band, [], np.zeros(0, np.int32), np.zeros((0, 2), np.uint64))
    assert len(found.a) == len(found.b) == 0


@pytest.mark.parametrize("threshold", [0.9, 0.7, 0.5, 0.3, 0.15])
def test_a_threshold_makes_the_sample_as_dense_as_it_must_be(threshold: float) -> None:
    rate = sampling_rate(8, threshold)
    assert 1 <= rate <= 8
    assert probability_of_run(SHORT * threshold, rate, short=False) >= 0.98
    assert rate == 8 or probability_of_run(SHORT * threshold, rate + 1, short=False) < 0.98


def test_without_a_threshold_the_rate_is_that_of_the_settings() -> None:
    assert sampling_rate(8, None) == 8
    # However low the threshold: there is nothing denser than all shingles.
    assert sampling_rate(8, 0.001) == 1
