"""Tune to a corpus: draw a sample, compare it exactly, measure the grid of settings, recommend one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dedup.errors import UsageError
from dedup.inputs.batch import Batch
from dedup.progress import NullProgress, Progress
from dedup.settings import Settings
from dedup.tuning.cost_model import measure_costs, time_reading
from dedup.tuning.counting_kernels import agree_kernel, least_common_kernel
from dedup.tuning.curve import STORY, CurvePoint, label_stories, recall_curve
from dedup.tuning.grid import LEARNED, RULES, Outcome, Setting, grid, pareto_front
from dedup.tuning.ground_truth import GroundTruth, ReferenceSample, subsample
from dedup.tuning.labels import Label
from dedup.tuning.measure import CandidateSimulator, measure_grid
from dedup.tuning.recall_model import band_recall
from dedup.tuning.recommend import MAX_FALSE_SHARE, Recommendation, recommend
from dedup.tuning.sample import Sample, SampleRequest, draw_sample
from dedup.tuning.thresholds import ThresholdReport, judge_thresholds

#: Defaults of `Target`. The threshold is the least share that a long `version` has in common (`relate`), the loosest
#: relation of the copies.
SAMPLE, THRESHOLD, RECALL, MINUTES = 20_000, 0.25, 0.98, 5.0
#: Shares of the time after which the search for partners and the measuring of the grid end.
_PARTNER_SHARE, _GRID_SHARE = 0.4, 0.9


@dataclass(frozen=True)
class Target:
    """The recall to reach, and the effort to spend.

    threshold: least containment of the pairs to find, if there are no labelled pairs; recall: probability with which
    these are to become candidates; minutes: time to spend; sample: articles to draw. Raises `UsageError` if a value is
    out of range.
    """

    threshold: float = THRESHOLD
    recall: float = RECALL
    minutes: float = MINUTES
    sample: int = SAMPLE

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise UsageError(f"threshold must be above 0 and at most 1, not {self.threshold}")
        if not 0 < self.recall < 1:
            raise UsageError(f"recall must be between 0 and 1, not {self.recall}")
        if not self.minutes > 0:
            raise UsageError(f"minutes must be above 0, not {self.minutes}")
        if self.sample < 100:
            raise UsageError(f"sample must be 100 articles or more, not {self.sample}")


@dataclass(frozen=True)
class Tuning:
    """The result of tuning.

    outcomes: of the settings that were measured in time, out of `grid_size`; current: the setting of the options that
    tuning started from; curves: by name, the recall curves of the current setting (`usual`), of the bands alone of the
    recommended or else the current one (`bands`), and, if it has the same bodies, of the recommended one
    (`recommended`); thresholds: from labelled pairs; seconds: wall-clock time.
    """

    target: Target
    reference: ReferenceSample
    truth: GroundTruth
    outcomes: list[Outcome]
    grid_size: int
    current: Setting
    recommendation: Recommendation
    curves: dict[str, list[CurvePoint]]
    thresholds: ThresholdReport | None
    seconds: float

    @cached_property
    def front(self) -> list[Outcome]:
        """The Pareto front of the settings of any shingle size that do not count boilerplate as text."""
        return pareto_front(o for o in self.outcomes if o.false_share <= MAX_FALSE_SHARE)

    @property
    def highlights(self) -> list[Outcome]:
        """The recommended outcome and, if it was measured, that of the current setting."""
        return [self.recommendation.best, *(o for o in self.outcomes if o.setting == self.current)]

    @property
    def notes(self) -> list[str]:
        """Remarks that readers of the figures need."""
        sample, truth, notes = self.reference.sample, self.truth, []
        if truth.missing:
            notes.append(f"{truth.missing:,} of the labelled pairs name an article that is not in the corpus.")
        if len(truth.a) < 200:
            notes.append(
                f"The sample contains only {len(truth.a):,} true pairs, so recall is a rough estimate. A larger "
                "--sample contains more if the corpus does."
            )
        if sample.pool_size < sample.corpus_size:
            notes.append(
                f"Only {sample.pool_size:,} of {sample.corpus_size:,} articles were searched for partners of the drawn "
                "articles; --minutes allows more."
            )
        if len(self.outcomes) < self.grid_size:
            notes.append(
                f"There was no time for {self.grid_size - len(self.outcomes):,} of {self.grid_size:,} settings; "
                "--minutes allows more."
            )
        return notes


def tune(
    open_batches: Callable[[], Iterable[Batch]],
    settings: Settings,
    target: Target,
    labels: Sequence[Label] = (),
    progress: Progress | None = None,
) -> Tuning:
    """Tune to a corpus. open_batches: yields its batches, each time it is called. Raises as `tune_sample` does."""
    progress = progress or NullProgress()
    start = time.monotonic()
    progress.start("draw", None, "articles")
    required_ids = frozenset(name for label in labels for name in (label.a, label.b))
    request = SampleRequest(target.sample, required_ids, start + target.minutes * 60 * _PARTNER_SHARE)
    sample = draw_sample(open_batches, request, settings, progress.advance)
    progress.finish()
    return tune_sample(sample, settings, target, labels, progress, start)


def tune_sample(
    sample: Sample,
    settings: Settings,
    target: Target,
    labels: Sequence[Label] = (),
    progress: Progress | None = None,
    start: float | None = None,
) -> Tuning:
    """Tune to a sample. start: on the clock of `time.monotonic`, from which the minutes of the target count.

    Raises `UsageError` if the sample contains no article or no true pair.
    """
    progress = progress or NullProgress()
    start = time.monotonic() if start is None else start
    if len(sample) == 0:
        raise UsageError("no article was accepted, so there is nothing to tune to")
    base = replace(settings, threshold=None)
    current = Setting.of(base)
    progress.start("learn", None, "articles")
    kinds = (LEARNED,) if current.furniture == RULES else (LEARNED, RULES)
    reading, model = time_reading(sample, base, kinds)
    progress.finish()
    reference = ReferenceSample.of(sample, base, model, progress)
    truth = GroundTruth.of(reference, target.threshold, labels, kinds)
    if len(truth.a) == 0:
        raise UsageError(
            "the sample has no pair of copies to tune on; try a larger --sample, a lower --threshold, or --pairs"
        )
    points = grid(base, kinds)
    progress.start("measure", len(points), "settings")
    costs = measure_costs(reference, truth, points, reading)
    deadline = start + target.minutes * 60 * _GRID_SHARE
    outcomes = list(measure_grid(reference, truth, costs, points, deadline, progress.advance))
    progress.finish()
    recommendation = recommend(outcomes, target.recall, current)
    simulator = CandidateSimulator(reference.level, base.seed)
    best = recommendation.best.setting
    curves = {
        "usual": _curve(reference, simulator, current),
        "bands": _curve(reference, simulator, best if best.bands else current, bands_alone=True),
    }
    if (best.furniture, best.shingle_size) == (current.furniture, current.shingle_size):
        curves["recommended"] = _curve(reference, simulator, best)
    return Tuning(
        target, reference, truth, outcomes, len(points), current, recommendation, curves,
        judge_thresholds(reference, labels), time.monotonic() - start,
    )  # fmt: skip


def _curve(
    reference: ReferenceSample, simulator: CandidateSimulator, setting: Setting, *, bands_alone: bool = False
) -> list[CurvePoint]:
    """The recall curve of a setting over the pairs of the sample.

    bands_alone: as if there were no passages, and bodies of any length had bands.
    """
    level, overlaps = reference.level, reference.overlaps
    rows = subsample(np.arange(len(overlaps.a)))
    a, b = overlaps.a[rows], overlaps.b[rows]
    pairs = level.pairs(a, b)
    signatures = simulator.signatures(setting.num_perm)
    if bands_alone:
        prediction = band_recall(pairs.resemblance, setting.bands, setting.rows)
        is_candidate = agree_kernel(signatures, a, b, setting.bands, setting.rows)
    else:
        prediction = pairs.predict(setting)
        passages = level.common_passages(a, b, [setting.passage_rate])[0]
        is_candidate = pairs.are_candidates(setting, signatures, passages)
    least_common = least_common_kernel(level.sets.ids, level.sets.first, a, b)
    is_story = reference.containment[rows] >= STORY
    story = label_stories(len(level.representative), a, b, is_story, least_common)
    return recall_curve(pairs.resemblance, story, prediction, is_candidate)
