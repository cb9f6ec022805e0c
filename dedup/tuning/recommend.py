"""Which setting to take, and why, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dedup.errors import UsageError
from dedup.tuning.grid import LEARNED, RULES, Outcome, Setting

#: Times are not exact: learned furniture is kept where it costs at most so many times what the cheapest does.
NEARLY = 1.02
#: A setting that leaves more of the pairs over the threshold to furniture alone is none to take.
MOST_FALSE = 0.005


@dataclass(frozen=True)
class Choice:
    """The outcome to take, and the reason, a few sentences. `cheapest`: of the whole grid, the cheapest that reaches
    the recall, be its shingle size another one; None if none does."""

    best: Outcome
    cheapest: Outcome | None
    reason: str

    @property
    def reached(self) -> bool:
        return self.cheapest is not None


def eligible(outcome: Outcome, recall: float) -> bool:
    """Whether a setting finds enough, and does not take furniture for text."""
    return outcome.recall >= recall and outcome.false <= MOST_FALSE


def choose(outcomes: Sequence[Outcome], recall: float, own: Setting) -> Choice:
    """The cheapest setting of the shingle size of `own` that reaches the recall.

    Another shingle size is never chosen, only told of: what two bodies have in common is counted in shingles, so a
    threshold, and the rules for relations, which are fitted at five words, would mean something else.
    """
    near = [o for o in outcomes if o.setting.shingle_size == own.shingle_size]
    if not near:
        raise UsageError("no setting was measured; allow more time with --minutes")
    enough = [o for o in near if eligible(o, recall)]
    if not enough:
        best = max((o for o in near if o.false <= MOST_FALSE), key=lambda o: (o.recall, -o.micros))
        said = f"No setting of the grid finds {recall:.1%} of the true pairs; this one comes nearest."
        return Choice(best, None, " ".join([said, *_beside(best, near, own)]))
    least = min(enough, key=lambda o: (o.micros, o.setting))
    learned = [o for o in enough if o.setting.furniture == LEARNED and o.micros <= NEARLY * least.micros]
    best = min(learned, key=lambda o: (o.micros, o.setting), default=least)
    cheapest = min((o for o in outcomes if eligible(o, recall)), key=lambda o: (o.micros, o.setting))
    said = (
        f"Of {len(near)} settings with shingles of {own.shingle_size} words, {len(enough)} find at least {recall:.1%} "
        f"of the true pairs; this is the cheapest of them"
    )
    aside = "." if best is least else f", but for one that saves {1 - least.micros / best.micros:.0%} by leaving "
    said += aside if best is least else f"{aside}furniture to the rules."
    return Choice(
        best, cheapest, " ".join([said, *_furniture(best, near), *_beside(best, near, own), *_size(best, cheapest)])
    )


def _furniture(best: Outcome, near: Sequence[Outcome]) -> list[str]:
    """What learning furniture is good for here."""
    rules = next((o for o in near if o.setting.furniture == RULES), None)
    if rules is None:
        return []
    if best.setting.furniture == RULES:
        return [
            "Learning furniture is not worth its time here: without it "
            + (f"{rules.false:.1%}" if rules.false else "none")
            + " of the pairs over the threshold are there by furniture alone."
        ]
    if rules.false > MOST_FALSE:
        return [
            f"Furniture has to be learned: without it {rules.false:.1%} of the pairs over the threshold are there by "
            "it alone."
        ]
    return []


def _beside(best: Outcome, near: Sequence[Outcome], own: Setting) -> list[str]:
    """The choice beside the usual setting."""
    usual = next((o for o in near if o.setting == own), None)
    if usual is None:
        return []
    if usual.setting == best.setting:
        return ["It is the usual setting."]
    less = 1 - best.micros / usual.micros
    return [
        f"The usual setting finds {usual.recall:.1%} at {usual.micros:.1f} µs an article, this one {best.recall:.1%} "
        f"at {best.micros:.1f} ({abs(less):.0%} {'less' if less >= 0 else 'more'}); of the pairs under the threshold "
        f"it finds {best.below:.0%}, the usual one {usual.below:.0%}."
    ]


def _size(best: Outcome, cheapest: Outcome) -> list[str]:
    size = cheapest.setting.shingle_size
    if size == best.setting.shingle_size:
        return []
    return [
        f"Shingles of {size} words would find as much at {cheapest.micros:.1f} µs; but then thresholds mean something "
        f"else (see --shingle-size)."
    ]
