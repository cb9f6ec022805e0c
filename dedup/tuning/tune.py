"""From a corpus to the setting that suits it: draw, compare exhaustively, measure the grid, choose."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dedup.errors import UsageError
from dedup.inputs.batch import Batch
from dedup.progress import NullProgress, Progress
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning import cost_model
from dedup.tuning.counting_kernels import agree_kernel, common_sampled_kernel, least_kernel
from dedup.tuning.curve import STORY, Point, curve, stories
from dedup.tuning.exact_similarity import Overlaps
from dedup.tuning.grid import LEARNED, RULES, Outcome, Setting, front, grid
from dedup.tuning.labels import Label
from dedup.tuning.measure import TIMED_PAIRS, Finder, Level, Truth, exhaustive, outcomes, thinned
from dedup.tuning.recall_model import by_bands
from dedup.tuning.recommend import MOST_FALSE, Choice, choose
from dedup.tuning.sample import Sample, draw
from dedup.tuning.split import Thresholds, thresholds

#: Articles drawn from a larger corpus, and what is asked where nothing is said. The threshold is the least share that
#: a long `version` has in common (`relate`), the loosest of the copies.
SAMPLE, THRESHOLD, RECALL, MINUTES = 20_000, 0.25, 0.98, 5.0
#: Parts of the time: partners must be found in the first, and the grid is measured until the second is over.
_SEARCHING, _MEASURING = 0.4, 0.9


@dataclass(frozen=True)
class Goal:
    """What is asked: pairs of which `threshold` of the smaller body lies in the other (or the labelled ones) are to be
    found with probability `recall`; and how long it may take to find out."""

    threshold: float = THRESHOLD
    recall: float = RECALL
    minutes: float = MINUTES
    sample: int = SAMPLE

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise UsageError(f"threshold must lie above 0 and at most at 1, not {self.threshold}")
        if not 0 < self.recall < 1:
            raise UsageError(f"recall must lie between 0 and 1, not {self.recall}")
        if not self.minutes > 0:
            raise UsageError(f"minutes must be above 0, not {self.minutes}")
        if self.sample < 100:
            raise UsageError(f"sample must be 100 articles or more, not {self.sample}")


@dataclass(frozen=True)
class Tuning:
    """What was found out.

    `labelled`, `missing`: labelled pairs, and copies among them that are not in the sample; `compared`: bodies that
    were compared exhaustively; `true`, `below`: pairs that settings were measured on; `tried`: of how many settings;
    `curves`: S-curves of the usual setting, of the bands alone of the recommended (or usual) one, and, if it has the
    same bodies, of the recommended; `thresholds`: what labelled pairs say of them.
    """

    goal: Goal
    sample: Sample
    labelled: int
    missing: int
    compared: int
    true: int
    below: int
    spread: Overlaps
    outcomes: list[Outcome]
    tried: int
    choice: Choice
    own: Setting
    curves: dict[str, list[Point]]
    thresholds: Thresholds | None
    seconds: float

    @property
    def front(self) -> list[Outcome]:
        """The front of the settings that may be recommended, but for their shingle size."""
        return front(o for o in self.outcomes if o.false <= MOST_FALSE)

    @property
    def notes(self) -> list[str]:
        """What a reader of the figures has to know."""
        said = []
        if self.labelled and self.missing:
            said.append(f"{self.missing:,} of the labelled pairs name an article that is not in the corpus.")
        if self.true < 200:
            said.append(
                f"Only {self.true:,} true pairs are in the sample: recall is rough. A larger --sample has more, unless "
                "the corpus has no more copies."
            )
        if self.sample.searched < self.sample.corpus:
            said.append(
                f"Partners of the drawn articles were looked for among {self.sample.searched:,} of "
                f"{self.sample.corpus:,} articles; more with --minutes."
            )
        if len(self.outcomes) < self.tried:
            said.append(f"{self.tried - len(self.outcomes):,} of {self.tried:,} settings were not reached in time.")
        return said


def tune(
    again: Callable[[], Iterable[Batch]],
    settings: Settings,
    goal: Goal,
    labels: Sequence[Label] = (),
    progress: Progress | None = None,
) -> Tuning:
    """Tune to a corpus. again: yields its batches, each time it is called."""
    progress = progress or NullProgress()
    began = time.monotonic()
    wanted = frozenset(name for label in labels for name in (label.a, label.b))
    threads = settings.threads or 2
    progress.start("draw", None, "articles")
    until = began + goal.minutes * 60 * _SEARCHING
    sample = draw(again, goal.sample, settings, wanted=wanted, threads=threads, until=until, advance=progress.advance)
    progress.finish()
    return tune_sample(sample, settings, goal, labels, progress, began)


def tune_sample(
    sample: Sample,
    settings: Settings,
    goal: Goal,
    labels: Sequence[Label] = (),
    progress: Progress | None = None,
    began: float | None = None,
) -> Tuning:
    """Tune to a sample."""
    progress = progress or NullProgress()
    began = time.monotonic() if began is None else began
    if len(sample) == 0:
        raise UsageError("no article was accepted, so there is nothing to tune to")
    base = replace(settings, threshold=None)
    own = Setting.of(base)
    progress.start("learn", None, "articles")
    kinds = (LEARNED,) if own.furniture == RULES else (LEARNED, RULES)
    taken, model = cost_model.time_reading(sample, base, kinds)
    progress.finish()
    level = Level.of(sample, model, base.shingle_size)
    progress.start("compare all", len(level.representatives), "articles")
    spread, compared = exhaustive(level, settings.threads or 2, progress.advance)
    progress.finish()
    truth, missing = truth_of(sample, level, spread, goal, labels)
    if len(truth.a) == 0:
        raise UsageError(
            "the sample has no pair of copies to tune on; try a larger --sample, a lower --threshold, or --pairs"
        )
    tried = grid(base, kinds)
    progress.start("measure", len(tried), "settings")
    false = {kind: _false(sample, level, base, kind, goal.threshold) for kind in kinds}
    prices = cost_model.measure(sample, base, tried, model, taken)
    some = thinned(len(truth.a), TIMED_PAIRS)
    prices.copy = cost_model.time_comparison(sample, base, model, truth.a[some], truth.b[some])
    prices.other = _price_of_others(sample, base, model, level, spread, goal.threshold)
    until = began + goal.minutes * 60 * _MEASURING
    found = list(outcomes(sample, truth, tried, prices, false, base, model, until, progress.advance))
    progress.finish()
    choice = choose(found, goal.recall, own)
    finder = Finder(level, base.seed, {})
    best = choice.best.setting
    curves = {
        "usual": _curve(finder, own, spread),
        "bands": _curve(finder, best if best.bands else own, spread, bands_alone=True),
    }
    if (best.furniture, best.shingle_size) == (own.furniture, own.shingle_size):
        curves["recommended"] = _curve(finder, best, spread)
    return Tuning(
        goal, sample, len(labels), missing, compared, len(truth.a), len(truth.below_a), spread, found, len(tried),
        choice, own, curves, thresholds(sample, level, base, model, labels), time.monotonic() - began,
    )  # fmt: skip


def containment(level: Level, found: Overlaps) -> NDArray[np.float64]:
    """The share of the smaller body's distinct shingles that lie in the other (m,)."""
    sizes = level.sets.sizes
    return found.common / np.maximum(1, np.minimum(sizes[found.a], sizes[found.b]))


def truth_of(sample: Sample, level: Level, spread: Overlaps, goal: Goal, labels: Sequence[Label]) -> tuple[Truth, int]:
    """The pairs that are to be found, and how many of the labelled ones are not in the sample.

    Pairs without a drawn article are left out: they would count for more than their share (`draw`).
    """
    share = containment(level, spread)
    fair = sample.drawn[spread.a] | sample.drawn[spread.b]
    below = np.flatnonzero(fair & (share < goal.threshold))
    below = below[thinned(len(below))]
    if not labels:
        true = np.flatnonzero(fair & (share >= goal.threshold))
        true = true[thinned(len(true))]
        return Truth(spread.a[true], spread.b[true], spread.a[below], spread.b[below]), 0
    row = {name: i for i, name in enumerate(sample.records.column("id").to_pylist())}
    copies = [label for label in labels if label.copy]
    known = [(row[c.a], row[c.b]) for c in copies if c.a in row and c.b in row]
    pairs = np.array([pair for pair in known if min(level.shingles[list(pair)]) > 0], np.int64).reshape(-1, 2)
    return Truth(pairs[:, 0], pairs[:, 1], spread.a[below], spread.b[below]), len(copies) - len(known)


def _false(sample: Sample, level: Level, base: Settings, kind: str, threshold: float) -> float:
    """Of the pairs that reach the threshold where furniture is told by rules alone, the share that does so only by
    furniture; 0 for furniture as it is learned, for that is the truth here."""
    if kind == LEARNED:
        return 0.0
    other = Level.of(sample, BoilerplateModel(), base.shingle_size)
    found, _ = exhaustive(other, base.threads or 2, lambda n: None)
    rows = np.flatnonzero((containment(other, found) >= threshold) & (sample.drawn[found.a] | sample.drawn[found.b]))
    rows = rows[thinned(len(rows))]
    pairs = level.pairs(found.a[rows], found.b[rows])
    sizes = level.sets.sizes
    share = pairs.common / np.maximum(1, np.minimum(sizes[pairs.a], sizes[pairs.b]))
    return float(1 - (pairs.same | (share >= threshold)).mean()) if len(rows) else 0.0


def _price_of_others(
    sample: Sample, base: Settings, model: BoilerplateModel, level: Level, spread: Overlaps, threshold: float
) -> float:
    """What comparing a candidate costs that is no copy."""
    rows = np.flatnonzero(containment(level, spread) < threshold)
    rows = rows[thinned(len(rows), TIMED_PAIRS)]
    return cost_model.time_comparison(sample, base, model, spread.a[rows], spread.b[rows])


def _curve(finder: Finder, setting: Setting, spread: Overlaps, *, bands_alone: bool = False) -> list[Point]:
    """The S-curve of one setting over all pairs of the sample with something in common.

    bands_alone: of its bands, as if there were no passages, and every body, however long, had bands.
    """
    rows = thinned(len(spread.a))
    a, b = spread.a[rows], spread.b[rows]
    level = finder.level
    pairs = level.pairs(a, b)
    signatures = finder.signature(setting.num_perm)
    if bands_alone:
        predicted = by_bands(pairs.resemblance, setting.bands, setting.rows)
        met = agree_kernel(signatures, a, b, setting.bands, setting.rows)
    else:
        rates = np.array([setting.passage_rate], np.int64)
        sampled = common_sampled_kernel(level.sets.ids, level.sets.first, a, b, rates, 0)[0]
        predicted, met = pairs.predicted(setting), pairs.measured(setting, signatures, sampled)
    least = least_kernel(level.sets.ids, level.sets.first, a, b)
    story = stories(len(level.rep), a, b, containment(level, spread)[rows] >= STORY, least)
    return curve(pairs.resemblance, story, predicted, met)
