"""Bands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.candidates.bands import Banding, band_kernel
from dedup.candidates.minhash import permutations, signature_kernel
from dedup.settings import Settings


@pytest.mark.parametrize(("bands", "rows"), [(42, 3), (5, 3), (25, 5), (42, 1)])
def test_probability_against_a_simulation(bands: int, rows: int) -> None:
    """Rows of two signatures agree independently, each with the probability that is the resemblance."""
    trials = 20_000
    generator = np.random.default_rng(20240501)
    for resemblance in (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99):
        agree = generator.random((trials, bands, rows)) < resemblance
        found = agree.all(axis=2).any(axis=1).mean()
        assert Banding(bands, rows).probability(resemblance) == pytest.approx(found, abs=4 * 0.5 / trials**0.5)


def test_probability_against_signatures() -> None:
    """The same with real signatures of pairs of sets whose resemblance is known."""
    trials, common, own = 1500, 60, 70  # 60 / (60 + 2 * 70) = .3
    generator = np.random.default_rng(7)
    ids = generator.integers(0, 2**64, (trials, common + 2 * own), np.uint64)
    sides = [ids[:, : common + own], np.concatenate([ids[:, :common], ids[:, common + own :]], axis=1)]
    first = np.arange(trials + 1) * (common + own)
    banding = Banding.of(Settings())
    keys = [
        band_kernel(
            signature_kernel(side.ravel(), first[:-1], first[1:], *permutations(128, 1)), banding.bands, banding.rows
        )
        for side in sides
    ]
    found = (keys[0] == keys[1]).any(axis=0).mean()
    assert found == pytest.approx(banding.probability(0.3), abs=0.05)


def test_probability_at_the_ends_and_in_between() -> None:
    banding = Banding.of(Settings())
    assert (banding.bands, banding.rows) == (42, 3)
    assert banding.probability(0) == 0
    assert banding.probability(1) == 1
    curve = [banding.probability(i / 1000) for i in range(1001)]
    assert curve == sorted(curve)
    assert all(0 <= p <= 1 for p in curve)


@settings(max_examples=100)
@given(st.lists(st.lists(st.integers(0, 2), min_size=12, max_size=12), min_size=1, max_size=12))
def test_equal_rows_give_equal_keys(rows: list[list[int]]) -> None:
    signatures = np.array(rows, np.uint32)
    keys = band_kernel(signatures, 4, 3)
    assert keys.shape == (4, len(rows))
    for band in range(4):
        part = [tuple(row[band * 3 : band * 3 + 3]) for row in rows]
        for i, x in enumerate(part):
            for j, y in enumerate(part):
                assert (x == y) == (keys[band, i] == keys[band, j])


def test_keys_of_different_bands_differ() -> None:
    """The same rows in another band are another key, so that one sort may hold all bands."""
    keys = band_kernel(np.zeros((1, 126), np.uint32), 42, 3)
    assert len(set(keys[:, 0].tolist())) == 42
