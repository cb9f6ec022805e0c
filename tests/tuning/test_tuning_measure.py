"""What is measured is what a scan does; what is predicted is what is measured, over many seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tuning_corpus import sample_of

import dedup
from dedup.candidates.minhash import permutations, signature_kernel
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.counting_kernels import common_sampled_kernel
from dedup.tuning.grid import LEARNED, RULES, Setting, grid
from dedup.tuning.measure import Finder, Level, exhaustive, thinned
from dedup.tuning.recall_model import by_passages
from dedup.tuning.sample import Sample

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
def level(sample: Sample) -> Level:
    return Level.of(sample, BoilerplateModel(), 5)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_candidates_are_those_of_a_scan(
    setting: Setting, level: Level, generated: Callable[[int], tuple[Path, Path]]
) -> None:
    options = {**setting.options(), "furniture": BoilerplateModel()}
    with dedup.scan(str(generated(1500)[0]), **options) as result:
        counts = result.summary["counts"]
    finder = Finder(level, 1, {})
    found, _ = finder.candidates(setting, finder.passages(setting.passage_rate))
    assert len(found.a) == counts["candidates"]


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_a_pair_is_met_if_it_is_a_candidate(setting: Setting, level: Level) -> None:
    truth, _ = exhaustive(level, 1, lambda n: None)
    finder = Finder(level, 1, {})
    found, _ = finder.candidates(setting, finder.passages(setting.passage_rate))
    rates = np.array([setting.passage_rate], np.int64)
    sampled = common_sampled_kernel(level.sets.ids, level.sets.first, truth.a, truth.b, rates, 0)[0]
    met = level.pairs(truth.a, truth.b).measured(setting, finder.signature(setting.num_perm), sampled)
    candidates = set(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert not found.full_bands
    # In an over-full passage not all that meet are compared with all.
    missing = {p for p, m in zip(zip(truth.a.tolist(), truth.b.tolist(), strict=True), met, strict=True) if m}
    assert len(missing - candidates) <= (0 if not found.full_passages else len(missing) // 50)
    others = {p for p, m in zip(zip(truth.a.tolist(), truth.b.tolist(), strict=True), met, strict=True) if not m}
    assert not others & candidates


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_prediction_against_many_seeds(setting: Setting, level: Level) -> None:
    """With every seed other permutations and another sample of shingles; on average, what was predicted."""
    truth, _ = exhaustive(level, 1, lambda n: None)
    rows = thinned(len(truth.a), 400)
    a, b = truth.a[rows], truth.b[rows]
    pairs = level.pairs(a, b)
    predicted = pairs.predicted(setting)
    first, rates = level.sets.first, np.array([setting.passage_rate], np.int64)
    seeds = 24
    shares = np.zeros(len(a))
    some = np.unique(np.append(a, b))
    signatures = np.zeros((len(level.sets), setting.num_perm), np.uint32)
    for seed in range(seeds):
        made = permutations(setting.num_perm, seed)
        signatures[some] = signature_kernel(level.sets.ids, first[some], first[some + 1], *made)
        sampled = common_sampled_kernel(level.sets.ids, first, a, b, rates, seed)[0]
        shares += pairs.measured(setting, signatures, sampled)
    shares /= seeds
    assert shares.mean() == pytest.approx(predicted.mean(), abs=0.02)
    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 0.9), (0.9, 0.99)):
        inside = (predicted >= low) & (predicted < high)
        if inside.sum() >= 20:
            assert shares[inside].mean() == pytest.approx(predicted[inside].mean(), abs=0.1)


@pytest.mark.parametrize(("common", "less", "rate"), [(5, 100, 8), (40, 100, 16), (3, 40, 4), (1, 70, 2), (9, 63, 1)])
def test_passages_against_a_simulation(common: int, less: int, rate: int) -> None:
    trials = 20_000
    kept = np.random.default_rng(11).random((trials, common)) < 1 / rate
    found = (kept.sum(axis=1) >= (1 if less < 64 else 2)).mean()
    said = by_passages(np.array([common]), np.array([less]), rate)[0]
    assert said == pytest.approx(found, abs=4 * 0.5 / trials**0.5)


def test_identical_bodies_need_no_search(sample: Sample, level: Level) -> None:
    rep = level.rep
    twins = np.flatnonzero((rep >= 0) & (rep != np.arange(len(rep))))
    assert len(twins)
    pairs = level.pairs(rep[twins], twins)
    assert (pairs.predicted(SETTINGS[2]) == 1).all()
    truth, compared = exhaustive(level, 2, lambda n: None)
    assert not set(twins.tolist()) & {*truth.a.tolist(), *truth.b.tolist()}
    assert compared == len(level.representatives)


def test_a_corpus_of_one_text_is_thinned(monkeypatch: pytest.MonkeyPatch, level: Level) -> None:
    whole, compared = exhaustive(level, 1, lambda n: None)
    meetings = int(whole.common.sum())
    monkeypatch.setattr("dedup.tuning.measure.MOST_MEETINGS", meetings // 8)
    thin, fewer = exhaustive(level, 1, lambda n: None)
    assert fewer < compared * 0.6
    assert set(zip(thin.a, thin.b, strict=True)) < set(zip(whole.a, whole.b, strict=True))


def test_the_grid_begins_where_one_stands() -> None:
    for base in (Settings(), Settings(shingle_size=6, num_perm=96, band_rows=6, passage_rate=5)):
        own = Setting.of(base)
        points = grid(base)
        assert own in points
        assert len(points) == len(set(points))
        first = [p for p in points if (p.furniture, p.shingle_size) == (own.furniture, own.shingle_size)]
        assert points[: len(first)] == first
        for point in points:
            chosen = replace(
                base, **{**point.options(), "furniture": None if point.furniture == LEARNED else BoilerplateModel()}
            )
            assert Setting.of(chosen) == point
