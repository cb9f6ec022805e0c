"""The Pareto front and the recommendation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.errors import UsageError
from dedup.tuning.grid import GAIN, LEARNED, RULES, Outcome, Setting, pareto_front
from dedup.tuning.recommend import MAX_FALSE_SHARE, is_eligible, recommend

CURRENT = Setting(LEARNED, 5, 128, 42, 3, 8)


def outcome(
    recall: float, micros: float, furniture: str = LEARNED, k: int = 5, rate: int = 8, false: float = 0
) -> Outcome:
    return Outcome(Setting(furniture, k, 128, 42, 3, rate), recall, recall, 0.5, false, 1.0, micros, 100.0)


OUTCOMES = st.lists(
    st.builds(
        outcome,
        st.sampled_from([0.9, 0.97, 0.98, 0.985, 0.999, 1.0]),
        st.integers(20, 60).map(float),
        st.sampled_from([LEARNED, RULES]),
        st.sampled_from([5, 5, 7]),
        st.sampled_from([2, 4, 8]),
        st.sampled_from([0, 0.004, 0.2]),
    ),
    min_size=1,
)


@given(OUTCOMES)
def test_the_front_is_what_nothing_beats(outcomes: list[Outcome]) -> None:
    front = pareto_front(outcomes)
    assert front
    for member in front:
        assert not any(o.micros < member.micros and o.recall >= member.recall for o in outcomes)
    for member in outcomes:
        assert any(o.micros <= member.micros and o.recall >= member.recall - GAIN for o in front)


@given(OUTCOMES)
def test_the_choice_finds_enough_and_hardly_any_is_cheaper(outcomes: list[Outcome]) -> None:
    near = [o for o in outcomes if o.setting.shingle_size == 5 and o.false_share <= MAX_FALSE_SHARE]
    if not near:
        return
    choice = recommend(outcomes, 0.98, CURRENT)
    eligible = [o for o in near if is_eligible(o, 0.98)]
    if eligible:
        assert choice.reached
        assert choice.best in eligible
        assert choice.best.micros <= 1.02 * min(o.micros for o in eligible)
    else:
        assert not choice.reached
        assert choice.best.recall == max(o.recall for o in near)
    assert choice.reason.endswith((".", ")."))


def test_furniture_that_makes_pairs_has_to_be_learned() -> None:
    choice = recommend([outcome(0.99, 50), outcome(0.99, 20, RULES, false=0.3)], 0.98, CURRENT)
    assert choice.best.setting.furniture == LEARNED
    assert "30.0%" in choice.reason


def test_learning_that_changes_nothing_is_spared() -> None:
    choice = recommend([outcome(0.99, 50), outcome(0.99, 20, RULES)], 0.98, CURRENT)
    assert choice.best.setting.furniture == RULES
    assert "does not pay" in choice.reason


def test_another_shingle_size_is_only_told_of() -> None:
    choice = recommend([outcome(0.99, 50), outcome(0.99, 20, k=7)], 0.98, CURRENT)
    assert choice.best.setting.shingle_size == 5
    assert choice.cheapest is not None
    assert choice.cheapest.setting.shingle_size == 7
    assert "Shingles of 7 words" in choice.reason


def test_where_none_is_enough_the_best_is_taken_and_said() -> None:
    choice = recommend([outcome(0.6, 20), outcome(0.7, 30)], 0.98, CURRENT)
    assert choice.best.recall == 0.7
    assert choice.reason.startswith("No setting")


def test_nothing_measured() -> None:
    with pytest.raises(UsageError, match="--minutes"):
        recommend([outcome(0.99, 20, k=7)], 0.98, CURRENT)
