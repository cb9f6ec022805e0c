"""Measured candidates are those of a scan; predictions are the means of measurements over many seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tuning_corpus import sample_of

import dedup
from dedup.candidates.minhash import permutations, signature_kernel
from dedup.progress import NullProgress
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.grid import LEARNED, RULES, Setting, grid
from dedup.tuning.ground_truth import ReferenceSample, subsample
from dedup.tuning.measure import CandidateSimulator
from dedup.tuning.recall_model import passage_recall
from dedup.tuning.sample import Sample
from dedup.tuning.shingle_level import ShingleLevel

SETTINGS = [
    Setting.of(Settings()),
    Setting(RULES, 5, 128, 0, 3, 8),
    Setting(RULES, 5, 64, 16, 4, 32),
    Setting(RULES, 5, 128, 64, 2, 16),
    Setting(RULES, 5, 256, 51, 5, 2),
]


@pytest.fixture(scope="module")
def sample(generated: Callable[[int], tuple[Path, Path]]) -> Sample:
    return sample_of(generated(1500)[0])


@pytest.fixture(scope="module")
def reference(sample: Sample) -> ReferenceSample:
    return ReferenceSample.of(sample, Settings(threads=1), BoilerplateModel(), NullProgress())


@pytest.fixture(scope="module")
def level(reference: ReferenceSample) -> ShingleLevel:
    return reference.level


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_candidates_are_those_of_a_scan(
    setting: Setting, level: ShingleLevel, generated: Callable[[int], tuple[Path, Path]]
) -> None:
    options = {**setting.options(), "furniture": BoilerplateModel()}
    with dedup.scan(str(generated(1500)[0]), **options) as result:
        counts = result.summary["counts"]
    candidates, _ = CandidateSimulator(level, 1).candidates(setting)
    assert len(candidates.a) == counts["candidates"]


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_measured_pairs_are_candidates(setting: Setting, reference: ReferenceSample) -> None:
    level, truth = reference.level, reference.overlaps
    simulator = CandidateSimulator(level, 1)
    candidates, _ = simulator.candidates(setting)
    passages = level.common_passages(truth.a, truth.b, [setting.passage_rate])[0]
    hits = level.pairs(truth.a, truth.b).are_candidates(setting, simulator.signatures(setting.num_perm), passages)
    by_search = set(zip(candidates.a.tolist(), candidates.b.tolist(), strict=True))
    assert not candidates.full_bands
    pairs = list(zip(truth.a.tolist(), truth.b.tolist(), strict=True))
    # In an over-full passage not all members are compared with all.
    by_features = {pair for pair, hit in zip(pairs, hits, strict=True) if hit}
    assert len(by_features - by_search) <= (0 if not candidates.full_passages else len(by_features) // 50)
    assert not (set(pairs) - by_features) & by_search


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_prediction_against_many_seeds(setting: Setting, reference: ReferenceSample) -> None:
    """Each seed has its own permutations and sample of shingles; the mean over seeds is the prediction."""
    level, truth = reference.level, reference.overlaps
    rows = subsample(np.arange(len(truth.a)), 400)
    a, b = truth.a[rows], truth.b[rows]
    pairs = level.pairs(a, b)
    prediction = pairs.predict(setting)
    first = level.sets.first
    seeds = 24
    shares = np.zeros(len(a))
    some = np.unique(np.append(a, b))
    signatures = np.zeros((len(level.sets), setting.num_perm), np.uint32)
    for seed in range(seeds):
        numbers = permutations(setting.num_perm, seed)
        signatures[some] = signature_kernel(level.sets.ids, first[some], first[some + 1], *numbers)
        passages = level.common_passages(a, b, [setting.passage_rate], seed)[0]
        shares += pairs.are_candidates(setting, signatures, passages)
    shares /= seeds
    assert shares.mean() == pytest.approx(prediction.mean(), abs=0.02)
    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 0.9), (0.9, 0.99)):
        inside = (prediction >= low) & (prediction < high)
        if inside.sum() >= 20:
            assert shares[inside].mean() == pytest.approx(prediction[inside].mean(), abs=0.1)


@pytest.mark.parametrize(
    ("common", "smaller", "rate"), [(5, 100, 8), (40, 100, 16), (3, 40, 4), (1, 70, 2), (9, 63, 1)]
)
def test_passages_against_a_simulation(common: int, smaller: int, rate: int) -> None:
    trials = 20_000
    is_passage = np.random.default_rng(11).random((trials, common)) < 1 / rate
    share = (is_passage.sum(axis=1) >= (1 if smaller < 64 else 2)).mean()
    prediction = passage_recall(np.array([common]), np.array([smaller]), rate)[0]
    assert prediction == pytest.approx(share, abs=4 * 0.5 / trials**0.5)


def test_identical_bodies_need_no_search(reference: ReferenceSample) -> None:
    first = reference.level.representative
    repeats = np.flatnonzero((first >= 0) & (first != np.arange(len(first))))
    assert len(repeats)
    pairs = reference.level.pairs(first[repeats], repeats)
    assert (pairs.predict(SETTINGS[2]) == 1).all()
    overlaps = reference.overlaps
    assert not set(repeats.tolist()) & {*overlaps.a.tolist(), *overlaps.b.tolist()}
    assert reference.bodies == len(reference.level.distinct_bodies)


def test_fewer_bodies_of_a_corpus_of_one_text_are_compared(
    monkeypatch: pytest.MonkeyPatch, sample: Sample, reference: ReferenceSample
) -> None:
    whole = reference.overlaps
    monkeypatch.setattr("dedup.tuning.ground_truth.MAX_CO_OCCURRENCES", int(whole.common.sum()) // 8)
    part = ReferenceSample.of(sample, Settings(threads=2), BoilerplateModel(), NullProgress())
    assert part.bodies < reference.bodies * 0.6
    assert set(zip(part.overlaps.a, part.overlaps.b, strict=True)) < set(zip(whole.a, whole.b, strict=True))


def test_the_grid_begins_where_one_stands() -> None:
    for base in (Settings(), Settings(shingle_size=6, num_perm=96, band_rows=6, passage_rate=5)):
        current = Setting.of(base)
        points = grid(base)
        assert current in points
        assert len(points) == len(set(points))
        first = [p for p in points if (p.furniture, p.shingle_size) == (current.furniture, current.shingle_size)]
        assert points[: len(first)] == first
        for point in points:
            settings = replace(
                base, **{**point.options(), "furniture": None if point.furniture == LEARNED else BoilerplateModel()}
            )
            assert Setting.of(settings) == point
