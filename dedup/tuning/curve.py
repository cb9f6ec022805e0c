"""The S-curve: how many pairs of each resemblance are found, predicted and measured, with an interval."""

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
#: Stories that a bin needs to be judged.
FEW = 10
CONFIDENCE = 0.95
#: Containment from which on two bodies are of one story, for the sake of counting stories.
STORY = 0.3


@dataclass(frozen=True)
class Point:
    """The pairs of one bin: resemblances `low` to `high`, their mean, how many pairs of how many stories; the shares
    predicted and measured, and the interval of the measured."""

    low: float
    high: float
    resemblance: float
    pairs: int
    stories: int
    predicted: float
    measured: float
    least: float
    most: float

    @property
    def inside(self) -> bool:
        return self.least <= self.predicted <= self.most

    def to_dict(self) -> dict[str, Any]:
        rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}
        return {**rounded, "inside": self.inside}


def interval(share: float, n: int, level: float) -> tuple[float, float]:
    """The exact interval of a share of n independent trials (Clopper and Pearson 1934), interpolated between shares.

    Exact, for most shares are near 1, where approximations are too narrow.
    """
    from scipy.special import betaincinv

    hits, tail = share * n, (1 - level) / 2
    least = float(betaincinv(hits, n - hits + 1, tail)) if hits > 0 else 0.0
    most = float(betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
    return least, most


def stories(
    n: int, a: NDArray[np.int64], b: NDArray[np.int64], same: NDArray[np.bool_], least: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """For each pair the text it is about, as a number (m,): pairs of one text are found or missed together.

    Two pairs are about one text if they are of one story, or lie between the same two, or if the least shingle that
    each has in common is the same: a paragraph that twenty stories print is one text, however many pairs it makes.
    n: bodies; same (m,) bool: the pairs that make a story; least (m,): `least_kernel`.
    """
    label = np.arange(n)
    union(a[same], b[same], label)
    low, high = np.minimum(label[a], label[b]), np.maximum(label[a], label[b])
    _, of = np.unique(low * np.int64(n) + high, return_inverse=True)
    _, passage = np.unique(least, return_inverse=True)
    texts = np.arange(int(of.max(initial=-1)) + 1 + int(passage.max(initial=-1)) + 1)
    union(of, passage + int(of.max(initial=-1)) + 1, texts)
    return texts[of]


def curve(
    resemblance: NDArray[np.float64],
    story: NDArray[np.int64],
    predicted: NDArray[np.float64],
    measured: NDArray[np.bool_],
    edges: Sequence[float] = EDGES,
) -> list[Point]:
    """The points of the curve, those with FEW stories or more.

    Pairs about one text (`stories`) are found or missed together, so each text counts once in a bin, with the mean
    of its pairs. The intervals hold together for all points with CONFIDENCE (each
    wider, by Šidák): so the whole predicted curve lies in them that often, if it is right.
    """
    found = []
    for low, high in pairwise(edges):
        rows = np.flatnonzero((resemblance >= low) & ((resemblance < high) | (high >= 1)))
        if len(rows) == 0:
            continue
        _, of = np.unique(story[rows], return_inverse=True)
        count = np.bincount(of)
        if len(count) < FEW:
            continue
        shares = [np.bincount(of, values[rows]) / count for values in (resemblance, predicted, measured)]
        mean, chance, share = (float(values.mean()) for values in shares)
        found.append(Point(low, high, mean, len(rows), len(count), chance, share, 0.0, 1.0))
    level = CONFIDENCE ** (1 / max(1, len(found)))
    bounds = [interval(point.measured, point.stories, level) for point in found]
    return [replace(point, least=least, most=most) for point, (least, most) in zip(found, bounds, strict=True)]
