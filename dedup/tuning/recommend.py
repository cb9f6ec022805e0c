"""Recommend a setting, with the reason in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dedup.errors import UsageError
from dedup.tuning.grid import LEARNED, RULES, Outcome, Setting

#: Learned boilerplate is preferred up to so many times the least cost: smaller differences are noise of the timing.
MAX_COST_RATIO = 1.02
#: The most `Outcome.false_share` of a setting that may be recommended.
MAX_FALSE_SHARE = 0.005


@dataclass(frozen=True)
class Recommendation:
    """The recommended outcome and the reason.

    cheapest: the cheapest outcome of any shingle size that reaches the recall; None if no setting reaches it.
    """

    best: Outcome
    cheapest: Outcome | None
    reason: str

    @property
    def reached(self) -> bool:
        """Whether any setting reaches the recall."""
        return self.cheapest is not None


def is_eligible(outcome: Outcome, recall: float) -> bool:
    """Whether a setting reaches the recall and does not count boilerplate as text."""
    return outcome.recall >= recall and outcome.false_share <= MAX_FALSE_SHARE


def recommend(outcomes: Sequence[Outcome], recall: float, current: Setting) -> Recommendation:
    """Recommend the cheapest setting that reaches the recall and has the shingle size of the current one.

    Another shingle size is only mentioned: common text is counted in shingles, so thresholds and the fitted rules,
    which are fitted at five words, would mean something else. Raises `UsageError` if no setting of this size was
    measured.
    """
    near = [o for o in outcomes if o.setting.shingle_size == current.shingle_size]
    if not near:
        raise UsageError("no setting was measured; allow more time with --minutes")
    eligible = [o for o in near if is_eligible(o, recall)]
    if not eligible:
        best = max((o for o in near if o.false_share <= MAX_FALSE_SHARE), key=lambda o: (o.recall, -o.micros))
        reason = f"No setting of the grid finds {recall:.1%} of the true pairs; this one finds the most."
        return Recommendation(best, None, " ".join([reason, *_against_current(best, near, current)]))
    least = min(eligible, key=lambda o: o.rank)
    learned = [o for o in eligible if o.setting.furniture == LEARNED and o.micros <= MAX_COST_RATIO * least.micros]
    best = min(learned, key=lambda o: o.rank, default=least)
    cheapest = min((o for o in outcomes if is_eligible(o, recall)), key=lambda o: o.rank)
    saving = 1 - least.micros / best.micros
    reason = (
        f"Of {len(near)} settings with shingles of {current.shingle_size} words, {len(eligible)} find at least "
        f"{recall:.1%} of the true pairs; this is the cheapest of them"
        + ("." if best is least else f", except for one that costs {saving:.0%} less and finds boilerplate by rules.")
    )
    sentences = [*_on_boilerplate(best, near), *_against_current(best, near, current), *_on_size(best, cheapest)]
    return Recommendation(best, cheapest, " ".join([reason, *sentences]))


def _on_boilerplate(best: Outcome, near: Sequence[Outcome]) -> list[str]:
    """Say whether it pays to learn boilerplate."""
    rules = next((o for o in near if o.setting.furniture == RULES), None)
    if rules is None:
        return []
    if best.setting.furniture == RULES:
        share = f"{rules.false_share:.1%}" if rules.false_share else "none"
        return [
            f"Learning boilerplate does not pay here: without it, {share} of the pairs over the threshold have only "
            "boilerplate in common."
        ]
    if rules.false_share > MAX_FALSE_SHARE:
        return [
            f"Boilerplate has to be learned: without that, {rules.false_share:.1%} of the pairs over the threshold "
            "have only boilerplate in common."
        ]
    return []


def _against_current(best: Outcome, near: Sequence[Outcome], current: Setting) -> list[str]:
    """Compare the recommended setting with the current one."""
    now = next((o for o in near if o.setting == current), None)
    if now is None:
        return []
    if current == best.setting:
        return ["It is the current setting."]
    saving = 1 - best.micros / now.micros
    return [
        f"The current setting finds {now.recall:.1%} at {now.micros:.1f} µs an article, this one {best.recall:.1%} "
        f"at {best.micros:.1f} ({abs(saving):.0%} {'less' if saving >= 0 else 'more'}). Of the pairs under the "
        f"threshold this one finds {best.recall_below:.0%}, the current one {now.recall_below:.0%}."
    ]


def _on_size(best: Outcome, cheapest: Outcome) -> list[str]:
    """Mention another shingle size that would be cheaper."""
    size = cheapest.setting.shingle_size
    if size == best.setting.shingle_size:
        return []
    return [
        f"Shingles of {size} words would find as much at {cheapest.micros:.1f} µs, but then thresholds mean something "
        "else (see --shingle-size)."
    ]
