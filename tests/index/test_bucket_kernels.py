"""One more body changes the pairs of a key as if all were paired again, and these are the search's pairs."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.index.bucket_kernels import change
from dedup.kernels.join_postings import ANY, OverfullRule, Ranking, join_postings, shared_keys


def pairs_of(member: np.ndarray, ranking: Ranking, few: int, cap: int) -> list[int]:
    """The pairs of one key, as the search has them."""
    posting = np.sort(member.astype(np.uint64)) | np.uint64(7 << 32)
    rule = OverfullRule(cap, few, ranking)
    pairs, _, _ = join_postings(posting, 32, shared_keys(posting, 32), rule, None, None, ANY)
    return sorted(pairs.tolist())


@given(st.integers(0, 24), st.integers(4, 12), st.integers(1, 4), st.integers(0, 1 << 32), st.booleans())
@settings(max_examples=300, deadline=None)
def test_one_more_body(size: int, cap: int, few: int, seed: int, same: bool) -> None:
    rng = random.Random(seed)

    def order() -> list[int]:
        places = list(range(40))
        rng.shuffle(places)
        return places

    one = order()
    ranking = Ranking(np.array(one if same else order()), np.array(one))
    bodies = np.sort(order()[: size + 1])
    member, body = bodies[:-1], int(bodies[-1])
    come, gone = change(member, body, OverfullRule(cap, few, ranking))
    before = pairs_of(member, ranking, few, cap)
    assert len(set(before)) == len(before)
    left = set(before)
    assert left.issuperset(gone.tolist())
    after = sorted([*left.difference(gone.tolist()), *come.tolist()])
    assert after == pairs_of(bodies, ranking, few, cap)
