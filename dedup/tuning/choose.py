"""Which setting to take, and why, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dedup.errors import UsageError
from dedup.tuning.grid import LEARNED, Outcome, Setting

#: Times are not exact, and the rules for relations were fitted at one shingle size on bodies without furniture: a
#: setting that keeps both is taken if it costs at most so many times what the cheapest does.
NEARLY = 1.1
#: A setting that leaves more of the pairs over the threshold to furniture alone is none to take.
MOST_FALSE = 0.005


@dataclass(frozen=True)
class Choice:
    """The outcome to take; the cheapest that reaches the recall, if any does; and the reason, a few sentences."""

    best: Outcome
    cheapest: Outcome | None
    reason: str


def choose(outcomes: Sequence[Outcome], recall: float, own: Setting) -> Choice:
    """The cheapest setting that reaches the recall; near `own`, where that costs hardly more."""
    if not outcomes:
        raise UsageError("no setting was measured; allow more time with --minutes")
    enough = [o for o in outcomes if o.recall >= recall and o.false <= MOST_FALSE]
    if not enough:
        best = max(outcomes, key=lambda o: (o.recall, -o.micros))
        return Choice(best, None, f"No setting of the grid reaches a recall of {recall:g}; this one comes nearest.")
    cheapest = min(enough, key=lambda o: (o.micros, o.setting))
    near = [o for o in enough if o.micros <= NEARLY * cheapest.micros]
    best = min(near, key=lambda o: (_strange(o.setting, own), o.micros, o.setting))
    return Choice(best, cheapest, _reason(best, cheapest, outcomes, enough, recall, own))


def _strange(setting: Setting, own: Setting) -> tuple[bool, bool]:
    return setting.shingle_size != own.shingle_size, setting.furniture != LEARNED


def _reason(
    best: Outcome, cheapest: Outcome, outcomes: Sequence[Outcome], enough: Sequence[Outcome], recall: float, own: Setting
) -> str:
    said = [
        f"Of {len(outcomes)} settings measured, {len(enough)} find at least {recall:.1%} of the true pairs; "
        + ("this is the cheapest of them." if best is cheapest else f"the cheapest takes {cheapest.micros:.1f} µs.")
    ]
    if best is not cheapest:
        kept = [
            words
            for words, same in (
                (f"shingles of {own.shingle_size} words, for which relations are fitted,", _keeps_size(best, cheapest)),
                ("learned furniture, without which pages match by what is around the story,", _keeps(best, cheapest)),
            )
            if same
        ]
        said.append(f"This one keeps {' and '.join(kept)} for {best.micros / cheapest.micros - 1:.0%} more.")
    usual = next((o for o in outcomes if o.setting == own), None)
    if usual is not None and usual.setting != best.setting:
        less = 1 - best.micros / usual.micros
        said.append(
            f"The usual setting finds {usual.recall:.2%} at {usual.micros:.1f} µs an article; this one {best.recall:.2%} "
            f"at {best.micros:.1f} ({abs(less):.0%} {'less' if less >= 0 else 'more'}), and of the pairs under the "
            f"threshold {best.below:.0%} in place of {usual.below:.0%}."
        )
    elif usual is not None:
        said.append("It is the usual setting.")
    return " ".join(said)


def _keeps_size(best: Outcome, cheapest: Outcome) -> bool:
    return best.setting.shingle_size != cheapest.setting.shingle_size


def _keeps(best: Outcome, cheapest: Outcome) -> bool:
    return best.setting.furniture != cheapest.setting.furniture
