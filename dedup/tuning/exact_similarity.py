"""Exact resemblance and containment of all pairs of bodies, by an inverted index of their shingles.

No hashing but that of the shingles themselves, no sampling, no cap: what is counted here is the truth that settings
are measured against. Rows are taken one at a time against the bodies behind them, with one counter for each
(row-wise accumulation, as in sparse matrix products).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.tuning.counting_kernels import meetings_kernel, overlap_kernel, postings_kernel, take_kernel

#: Histogram bins of resemblance and containment between 0 and 1.
BINS = 50
#: Meetings of two bodies in a shingle that are counted in one go.
_BLOCK = 1 << 24


@dataclass(frozen=True)
class Sets:
    """The distinct shingle ids of n bodies: `ids` uint64, ascending in each body; `first` (n + 1,) int64."""

    ids: NDArray[np.uint64]
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        return np.diff(self.first)

    def take(self, rows: NDArray[np.int64]) -> Sets:
        """The sets of some bodies, in the order of `rows`."""
        ids, first = take_kernel(self.ids, self.first, rows)
        return Sets(ids, first)


@dataclass(frozen=True)
class Overlaps:
    """The pairs a < b of which one lies in the other by `floor` at least, and how all pairs are spread.

    `a`, `b`, `common` (m,): bodies and how many distinct shingles both have; `resemblances`, `containments` (BINS,)
    int64: of all pairs that have a shingle in common.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    common: NDArray[np.int64]
    resemblances: NDArray[np.int64]
    containments: NDArray[np.int64]


@dataclass(frozen=True)
class Inverted:
    """An inverted index of sets: every posting's body and where its run of equal ids ends; the postings of each body
    (`at`, from `at_first`); and `meetings` (n,): how many common shingles each body has with those behind it."""

    body: NDArray[np.int32]
    stop: NDArray[np.int64]
    at: NDArray[np.int64]
    at_first: NDArray[np.int64]
    meetings: NDArray[np.int64]

    @classmethod
    def of(cls, sets: Sets) -> Inverted:
        # Stable, so that the bodies of a run are in order.
        order = np.argsort(sets.ids, kind="stable")
        body, stop, at, at_first = postings_kernel(order, sets.ids, sets.first)
        return cls(body, stop, at, at_first, meetings_kernel(stop, at, at_first))


def overlaps(
    sets: Sets,
    floor: float,
    threads: int = 1,
    index: Inverted | None = None,
    advance: Callable[[int], None] = lambda n: None,
) -> Overlaps:
    """Compare all bodies with all. Costs one step for every meeting of two bodies in a shingle.

    floor: the least share of the smaller set's shingles that lie in the other, of the pairs that are handed back.
    """
    index = index or Inverted.of(sets)
    ends = np.searchsorted(np.cumsum(index.meetings), np.arange(_BLOCK, index.meetings.sum() + _BLOCK, _BLOCK))
    bounds = np.unique(np.concatenate([[0], np.minimum(ends + 1, len(sets)), [len(sets)]]))
    sizes = sets.sizes

    def work(i: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        low, high = int(bounds[i]), int(bounds[i + 1])
        return overlap_kernel(index.body, index.stop, index.at, index.at_first, sizes, low, high, floor, BINS)

    parts = []
    with ThreadPoolExecutor(max(1, threads)) as pool:
        for i, part in enumerate(pool.map(work, range(len(bounds) - 1))):
            parts.append(part)
            advance(int(bounds[i + 1] - bounds[i]))
    pairs = np.concatenate([p[0] for p in parts]) if parts else np.zeros((0, 3), np.int64)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    spread = [sum((p[i] for p in parts), np.zeros(BINS, np.int64)) for i in (1, 2)]
    return Overlaps(pairs[:, 0], pairs[:, 1], pairs[:, 2], spread[0], spread[1])
