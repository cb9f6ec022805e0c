"""One more body changes the pairs of a key as if all were paired again, and these are the search's pairs."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.candidates import bands
from dedup.candidates.overfull import REPRESENTATIVES, Ranking
from dedup.index.bucket_kernels import all_pairs, change


def pairs_of(member: np.ndarray, orders: np.ndarray, few: np.ndarray, cap: int) -> list[int]:
    return sorted(all_pairs(member, np.array([0, len(member)]), orders, few, cap).tolist())


FEW = st.tuples(st.integers(0, 2), st.integers(1, 2))


@given(st.integers(0, 24), st.integers(4, 12), FEW, st.integers(0, 1 << 32), st.booleans())
@settings(max_examples=300, deadline=None)
def test_one_more_body(size: int, cap: int, few: tuple[int, int], seed: int, same: bool) -> None:
    rng = random.Random(seed)

    def order() -> list[int]:
        places = list(range(40))
        rng.shuffle(places)
        return places

    one = order()
    orders = np.array([one, one if same else order(), one if same else order()])
    bodies = np.array(order()[: size + 1])
    counts = np.array(few)
    member, body = bodies[:-1], int(bodies[-1])
    come, gone = change(member, body, orders, counts, cap)
    before = pairs_of(member, orders, counts, cap)
    assert len(set(before)) == len(before)
    left = set(before)
    assert left.issuperset(gone.tolist())
    after = sorted([*left.difference(gone.tolist()), *come.tolist()])
    assert after == pairs_of(bodies, orders, counts, cap)


@given(st.integers(0, 60), st.integers(5, 32))
@settings(max_examples=50, deadline=None)
def test_pairs_are_those_of_the_search(size: int, cap: int) -> None:
    packed = (np.uint64(7) << np.uint64(32)) | np.arange(size, dtype=np.uint64)
    first, in_a_row = (np.random.default_rng(size + seed).permutation(max(1, size)) for seed in (0, 1))
    expected, _ = bands.bucket_pairs(packed, cap, Ranking(first, in_a_row))
    orders = np.stack([in_a_row, first, first])
    assert pairs_of(np.arange(size), orders, np.array([REPRESENTATIVES, 0]), cap) == sorted(expected.tolist())
