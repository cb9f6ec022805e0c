"""The texts about a tuning that terminal and page share."""

from __future__ import annotations

import shlex
from pathlib import Path

from dedup.sanitize import sanitize
from dedup.tuning.grid import RULES, Outcome, Setting, pareto_front
from dedup.tuning.recommend import MAX_FALSE_SHARE
from dedup.tuning.result_file import NAME
from dedup.tuning.tune import Tuning

COLUMNS = ("recall", "measured", "below", "candidates", "µs", "bytes", "words", "bands", "passages", "boilerplate")
CAPTION = (
    "recall: predicted share of the true pairs that become candidates, over all seeds; measured: this share with the "
    "seed in use; below: predicted share of the pairs under the threshold; candidates, µs (CPU microseconds) and bytes "
    "(of postings): for each article; words: in a shingle; bands: number x rows / length of the signature; passages: "
    "share of shingles kept; boilerplate: learned from the corpus, or by rules alone."
)


def cells(outcome: Outcome) -> tuple[str, ...]:
    """The cells of one outcome under COLUMNS."""
    setting = outcome.setting
    return (
        f"{outcome.recall:.4f}",
        f"{outcome.seed_recall:.4f}",
        f"{outcome.recall_below:.2f}",
        f"{outcome.candidates:.2f}",
        f"{outcome.micros:.1f}",
        f"{outcome.bytes:,.0f}",
        str(setting.shingle_size),
        f"{setting.bands}x{setting.rows}/{setting.num_perm}" if setting.bands else "none",
        f"1/{setting.passage_rate}",
        setting.furniture,
    )


def describe_setting(setting: Setting) -> str:
    """Describe a setting in words."""
    bands = f"{setting.bands} bands of {setting.rows} (of {setting.num_perm})" if setting.bands else "no bands"
    passages = "every shingle" if setting.passage_rate == 1 else f"one shingle in {setting.passage_rate}"
    boilerplate = "found by rules alone" if setting.furniture == RULES else "learned"
    return f"{bands}, {passages} kept as a passage, boilerplate {boilerplate}, shingles of {setting.shingle_size} words"


def describe_sample(tuning: Tuning) -> str:
    """Describe the articles that were compared and the pairs that are to be found."""
    sample, truth = tuning.reference.sample, tuning.truth
    seeds = int(sample.is_seed.sum())
    if len(sample) == sample.corpus_size:
        articles = f"All {sample.corpus_size:,} articles"
    else:
        articles = (
            f"{seeds:,} articles drawn from {sample.corpus_size:,}, and {len(sample) - seeds:,} that share text with "
            "one of them"
        )
    if truth.labels:
        pairs = f"{len(truth.a):,} labelled pairs of copies."
    else:
        pairs = (
            f"the {len(truth.a):,} pairs with at least {tuning.target.threshold:.0%} of the shorter body's shingles in "
            "common. Pairs of identical bodies need no search and are left out."
        )
    return (
        f"{articles}: {tuning.reference.bodies:,} different bodies, every pair compared exactly. To be found: {pairs}"
    )


def table_rows(tuning: Tuning, most: int) -> list[Outcome]:
    """About `most` outcomes of the Pareto front, and the recommended and the current outcome, cheapest first.

    All outcomes have the shingle size of the current one.
    """
    size = tuning.current.shingle_size
    front = pareto_front(
        o for o in tuning.outcomes if o.false_share <= MAX_FALSE_SHARE and o.setting.shingle_size == size
    )
    front = [o for o in front if o.recall > 0.5] or front
    step = max(1, -(-len(front) // most))
    rows = {o.setting: o for o in [*front[::step], *front[-1:], *tuning.highlights]}
    return sorted(rows.values(), key=lambda o: o.rank)


def command_line(out: Path | None) -> str:
    """The scan that uses the recommendation. out: folder of the result, None if it was not written."""
    path = shlex.quote(str(out / NAME)) if out is not None else "DIR/tuning.json (written with --out DIR)"
    return f"dedup scan PATH... --out out/ --settings {sanitize(path)}"
