"""Intervals and curves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from dedup.tuning.curve import MIN_STORIES, interval, label_stories, recall_curve


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (10, 10), (24, 26), (1, 3), (500, 1000)])
def test_an_interval_is_where_the_tails_begin(hits: int, n: int) -> None:
    lower, upper = interval(hits / n, n, 0.95)
    assert 0 <= lower <= hits / n <= upper <= 1
    if hits:
        assert binom.sf(hits - 1, n, lower) == pytest.approx(0.025)
    if hits < n:
        assert binom.cdf(hits, n, upper) == pytest.approx(0.025)


def test_intervals_hold_as_often_as_they_say() -> None:
    generator = np.random.default_rng(3)
    for share in (0.5, 0.9, 0.99):
        hits = generator.binomial(40, share, 2000)
        bounds = {h: interval(h / 40, 40, 0.95) for h in set(hits.tolist())}
        assert np.mean([bounds[h][0] <= share <= bounds[h][1] for h in hits.tolist()]) >= 0.94


def test_pairs_about_one_text_count_once() -> None:
    a, b = np.array([0, 0, 1, 3, 5]), np.array([1, 2, 2, 4, 6])
    is_story = np.array([True, True, True, False, False])
    # The last two share one paragraph, and nothing else.
    story = label_stories(7, a, b, is_story, np.array([1, 2, 3, 9, 9], np.uint64))
    assert len(set(story[:3].tolist())) == 1
    assert story[3] == story[4]
    assert story[0] != story[3]


def test_the_curve_is_the_mean_over_stories() -> None:
    n = MIN_STORIES * 2
    resemblance = np.full(n, 0.31)
    story = np.repeat(np.arange(MIN_STORIES), 2)
    prediction = np.full(n, 0.5)
    is_candidate = np.zeros(n, bool)
    is_candidate[0] = True  # half of one story
    (point,) = recall_curve(resemblance, story, prediction, is_candidate)
    assert (point.pairs, point.stories) == (n, MIN_STORIES)
    assert point.measurement == pytest.approx(0.5 / MIN_STORIES)
    assert not point.inside
    assert recall_curve(resemblance[:2], story[:2], prediction[:2], is_candidate[:2]) == []


def test_a_right_prediction_lies_inside_all_points_together() -> None:
    generator = np.random.default_rng(5)
    inside = []
    for _ in range(200):
        resemblance = generator.random(2000)
        prediction = 1 - (1 - resemblance**3) ** 20
        points = recall_curve(resemblance, np.arange(2000), prediction, generator.random(2000) < prediction)
        inside.append(all(point.inside for point in points))
    assert np.mean(inside) >= 0.93
