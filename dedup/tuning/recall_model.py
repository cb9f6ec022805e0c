"""With what probability a pair becomes a candidate, from what its two bodies have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.passages import SHORT
from dedup.tuning.counting_kernels import agree_kernel, common_kernel
from dedup.tuning.exact_similarity import Sets
from dedup.tuning.grid import Setting


@dataclass(frozen=True)
class Pairs:
    """m pairs of bodies under one shingle size.

    `a`, `b`, `common` (m,) int64: the bodies, and how many distinct shingles both have; `union` (m,): how many either
    has; `less`, `more` (m,): shingles of the smaller and the larger, repeats counted; `same` (m,) bool: identical
    bodies, which need no search.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    common: NDArray[np.int64]
    union: NDArray[np.int64]
    less: NDArray[np.int64]
    more: NDArray[np.int64]
    same: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        sets: Sets,
        shingles: NDArray[np.int64],
        fingerprint: NDArray[np.uint64],
        a: NDArray[np.int64],
        b: NDArray[np.int64],
    ) -> Pairs:
        """shingles (n,): of every body, repeats counted; fingerprint (n, 2)."""
        common = common_kernel(sets.ids, sets.first, a, b)
        sizes = sets.sizes
        return cls(
            a, b, common, sizes[a] + sizes[b] - common, np.minimum(shingles[a], shingles[b]),
            np.maximum(shingles[a], shingles[b]), (fingerprint[a] == fingerprint[b]).all(axis=1),
        )  # fmt: skip

    @property
    def resemblance(self) -> NDArray[np.float64]:
        return self.common / np.maximum(1, self.union)

    def predicted(self, setting: Setting) -> NDArray[np.float64]:
        """Probability (m,) that each pair is found, over all seeds."""
        missed = 1 - by_passages(self.common, self.less, setting.passage_rate)
        banded = self.more <= setting.longest_banded
        missed *= 1 - np.where(banded, by_bands(self.resemblance, setting.bands, setting.rows), 0)
        return np.where(self.same, 1.0, 1 - missed)

    def measured(
        self, setting: Setting, signatures: NDArray[np.uint32], passages: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which pairs (m,) meet in a band or in enough passages: signatures (n, num_perm); passages (m,): common ones.

        In an over-full bucket every member counts as met: there all are compared with the same representatives.
        """
        found = self.same | (passages >= np.where(self.less < SHORT, 1, 2))
        banded = np.flatnonzero(~found & (self.more <= setting.longest_banded))
        found[banded] = agree_kernel(signatures, self.a[banded], self.b[banded], setting.bands, setting.rows)
        return found


def by_bands(resemblance: NDArray[np.float64], bands: int, rows: int) -> NDArray[np.float64]:
    """1 - (1 - s^r)^b: two signatures agree in one number with probability s (Broder 1997), in a band with s^r."""
    return 1 - (1 - resemblance**rows) ** bands


def by_passages(common: NDArray[np.int64], less: NDArray[np.int64], rate: int) -> NDArray[np.float64]:
    """Of `common` shared shingles, each sampled with probability 1 / rate, at least as many are as are needed: one
    where the smaller body has fewer than SHORT shingles (`less`), else two. Binomial."""
    share = 1 / rate
    none = (1 - share) ** common
    one = common * share * (1 - share) ** np.maximum(0, common - 1)
    return np.where(less < SHORT, 1 - none, 1 - none - one)
