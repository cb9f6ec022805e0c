"""What is said of a tuning, on the screen and on the page."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from dedup.sanitize import sanitize
from dedup.tuning.grid import RULES, Outcome, Setting, front
from dedup.tuning.recommend import MOST_FALSE
from dedup.tuning.result_file import NAME

if TYPE_CHECKING:
    from dedup.tuning.tune import Tuning

COLUMNS = ("recall", "measured", "below", "candidates", "µs", "bytes", "words", "bands", "passages", "furniture")
CAPTION = (
    "recall: the share of the true pairs that becomes candidates, as predicted over all seeds; measured: with this "
    "seed; below: predicted for pairs under the threshold; candidates, CPU microseconds and bytes of postings: an "
    "article; words: of a shingle; bands: number x rows / length of the signature; passages: one shingle in so many."
)


def cells(outcome: Outcome) -> tuple[str, ...]:
    """A row under COLUMNS."""
    one = outcome.setting
    return (
        f"{outcome.recall:.4f}",
        f"{outcome.measured:.4f}",
        f"{outcome.below:.2f}",
        f"{outcome.candidates:.2f}",
        f"{outcome.micros:.1f}",
        f"{outcome.bytes:,.0f}",
        str(one.shingle_size),
        f"{one.bands}x{one.rows}/{one.num_perm}" if one.bands else "none",
        f"1/{one.passage_rate}",
        one.furniture,
    )


def described(setting: Setting) -> str:
    """A setting in words."""
    bands = f"{setting.bands} bands of {setting.rows} (of {setting.num_perm})" if setting.bands else "no bands"
    kept = "every shingle" if setting.passage_rate == 1 else f"one shingle in {setting.passage_rate}"
    found = "furniture by rules alone" if setting.furniture == RULES else "furniture learned"
    return f"{bands}, {kept} kept as a passage, {found}, shingles of {setting.shingle_size} words"


def sampled(tuning: Tuning) -> str:
    """What was compared, and what the true pairs are."""
    sample, goal = tuning.sample, tuning.goal
    if len(sample) == sample.corpus:
        said = f"All {sample.corpus:,} articles"
    else:
        partners = len(sample) - int(sample.drawn.sum())
        said = (
            f"{int(sample.drawn.sum()):,} articles drawn from {sample.corpus:,}, and {partners:,} that share text with "
            "one of them"
        )
    said += f": {tuning.compared:,} different bodies, every pair compared exactly."
    if tuning.labelled:
        return f"{said} To be found: {tuning.true:,} labelled pairs of copies."
    return (
        f"{said} To be found: the {tuning.true:,} pairs with {goal.threshold:.0%} of the shorter body's shingles in "
        "common, identical bodies aside, which need no search."
    )


def thinned_front(tuning: Tuning, rows: int) -> list[Outcome]:
    """The front of the asked-for shingle size, thinned out where it is long, with the recommended and the usual
    setting; cheapest first."""
    own = front(
        o for o in tuning.outcomes if o.false <= MOST_FALSE and o.setting.shingle_size == tuning.own.shingle_size
    )
    own = [o for o in own if o.recall > 0.5] or own
    step = max(1, -(-len(own) // rows))
    kept = {id(o): o for o in [*own[::step], *own[-1:], tuning.choice.best]}
    kept |= {id(o): o for o in tuning.outcomes if o.setting == tuning.own}
    return sorted(kept.values(), key=lambda o: (o.micros, o.setting))


def command_line(out: Path | None) -> str:
    """The scan that uses the recommendation."""
    where = shlex.quote(str(out / NAME)) if out is not None else "DIR/tuning.json (written with --out DIR)"
    return f"dedup scan PATH... --out out/ --settings {sanitize(where)}"
