"""The recall curve: the share of pairs of each resemblance that become candidates, with confidence intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.union_find import union

#: Edges of the bins of resemblance.
EDGES = tuple(i / 20 for i in range(21))
#: The least number of stories of a point.
MIN_STORIES = 10
CONFIDENCE = 0.95
#: Least containment of two bodies that count as one story, where stories are counted.
STORY = 0.3
#: Fields of a point that have another name in tuning.json.
_KEYS = {"prediction": "predicted", "measurement": "measured", "lower": "least", "upper": "most"}


@dataclass(frozen=True)
class CurvePoint:
    """The pairs of one bin of resemblance.

    low, high: the bin; resemblance: mean of its stories; pairs, stories: their numbers; prediction: predicted recall;
    measurement: recall with one seed; lower, upper: confidence interval of the measurement.
    """

    low: float
    high: float
    resemblance: float
    pairs: int
    stories: int
    prediction: float
    measurement: float
    lower: float = 0.0
    upper: float = 1.0

    @property
    def inside(self) -> bool:
        """Whether the prediction lies in the interval."""
        return self.lower <= self.prediction <= self.upper

    def to_dict(self) -> dict[str, Any]:
        """The point as tuning.json has it."""
        row = {_KEYS.get(name, name): round(value, 4) for name, value in asdict(self).items()}
        return {**row, "inside": self.inside}


def interval(share: float, n: int, confidence: float) -> tuple[float, float]:
    """The exact confidence interval of a share of n independent trials (Clopper and Pearson 1934).

    Exact, because most shares are near 1, where approximations are too narrow. share * n need not be whole.
    """
    from scipy.special import betaincinv

    hits, tail = share * n, (1 - confidence) / 2
    lower = float(betaincinv(hits, n - hits + 1, tail)) if hits > 0 else 0.0
    upper = float(betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
    return lower, upper


def label_stories(
    n: int, a: NDArray[np.int64], b: NDArray[np.int64], is_story: NDArray[np.bool_], least_common: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Number the stories that pairs are about (m,) int64; the pairs of one story are found or missed together.

    Two pairs are about one story if all their bodies are of one story, if they lie between the same two stories, or if
    the least shingle that each pair has in common is the same: a paragraph that twenty stories print counts once.

    n: number of bodies; a, b (m,): pairs; is_story (m,) bool: pairs whose bodies are of one story; least_common (m,):
    from `least_common_kernel`.
    """
    label = np.arange(n)
    union(a[is_story], b[is_story], label)
    low, high = np.minimum(label[a], label[b]), np.maximum(label[a], label[b])
    _, between = np.unique(low * np.int64(n) + high, return_inverse=True)
    _, passage = np.unique(least_common, return_inverse=True)
    # A graph of label pairs and passages: each pair of bodies is an edge, each component one story.
    passage += int(between.max(initial=-1)) + 1
    story = np.arange(int(passage.max(initial=-1)) + 1)
    union(between, passage, story)
    return story[between]


def recall_curve(
    resemblance: NDArray[np.float64],
    story: NDArray[np.int64],
    prediction: NDArray[np.float64],
    is_candidate: NDArray[np.bool_],
    edges: Sequence[float] = EDGES,
) -> list[CurvePoint]:
    """The points of the curve over m pairs; bins with fewer than MIN_STORIES stories are left out.

    resemblance, prediction (m,): in 0..1; story (m,): from `label_stories`; is_candidate (m,) bool: measured; edges: of
    the bins. A story counts once in a bin, with the mean of its pairs. Intervals are wide enough to hold for all points
    together with CONFIDENCE (Šidák 1967): a right curve lies in all of them that often.
    """
    points = []
    for low, high in pairwise(edges):
        rows = np.flatnonzero((resemblance >= low) & ((resemblance < high) | (high >= 1)))
        if len(rows) == 0:
            continue
        _, group = np.unique(story[rows], return_inverse=True)
        count = np.bincount(group)
        if len(count) < MIN_STORIES:
            continue
        shares = [np.bincount(group, values[rows]) / count for values in (resemblance, prediction, is_candidate)]
        x, chance, recall = (float(values.mean()) for values in shares)
        points.append(CurvePoint(low, high, x, len(rows), len(count), chance, recall))
    confidence = CONFIDENCE ** (1 / max(1, len(points)))
    bounds = [interval(point.measurement, point.stories, confidence) for point in points]
    return [replace(point, lower=lower, upper=upper) for point, (lower, upper) in zip(points, bounds, strict=True)]
