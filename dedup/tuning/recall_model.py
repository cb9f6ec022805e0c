"""The probability that a pair becomes a candidate, from the shingles that its bodies share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.passages import SHORT
from dedup.tuning.counting_kernels import agree_kernel
from dedup.tuning.grid import Setting


class PairFeatures(NamedTuple):
    """m pairs of bodies under one shingle size.

    a, b (m,) int64: bodies; common, union (m,) int64: distinct shingles in both, and in either; smaller, larger (m,)
    int64: shingles of the smaller and the larger body, repeats counted; identical (m,) bool: equal bodies, which need
    no search.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    common: NDArray[np.int64]
    union: NDArray[np.int64]
    smaller: NDArray[np.int64]
    larger: NDArray[np.int64]
    identical: NDArray[np.bool_]

    @property
    def resemblance(self) -> NDArray[np.float64]:
        """Jaccard similarity of the shingle sets (m,)."""
        return self.common / np.maximum(1, self.union)

    def predict(self, setting: Setting) -> NDArray[np.float64]:
        """The probability (m,) that each pair becomes a candidate, over all seeds."""
        miss = 1 - passage_recall(self.common, self.smaller, setting.passage_rate)
        has_bands = self.larger <= setting.longest_banded
        miss *= 1 - np.where(has_bands, band_recall(self.resemblance, setting.bands, setting.rows), 0)
        return np.where(self.identical, 1.0, 1 - miss)

    def are_candidates(
        self, setting: Setting, signatures: NDArray[np.uint32], passages: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which pairs (m,) agree in a band or in enough passages.

        signatures (n, num_perm) uint32: of all bodies; passages (m,): passages that the pairs share. All members of an
        over-full bucket count as candidates of one another: a scan compares them with the same representatives.
        """
        out = self.identical | (passages >= np.where(self.smaller < SHORT, 1, 2))
        rows = np.flatnonzero(~out & (self.larger <= setting.longest_banded))
        out[rows] = agree_kernel(signatures, self.a[rows], self.b[rows], setting.bands, setting.rows)
        return out


def band_recall(resemblance: NDArray[np.float64], bands: int, rows: int) -> NDArray[np.float64]:
    """The probability that two signatures agree on a band: 1 - (1 - s^r)^b.

    They agree in one number with probability s, the resemblance (Broder 1997), so in a band of r numbers with s^r.
    """
    return 1 - (1 - resemblance**rows) ** bands


def passage_recall(common: NDArray[np.int64], smaller: NDArray[np.int64], rate: int) -> NDArray[np.float64]:
    """The probability that enough of the common shingles are sampled (m,).

    One is enough if the smaller body has fewer than SHORT shingles, else two. The number of sampled shingles is
    binomial with probability 1 / rate. common, smaller (m,): common shingles, and shingles of the smaller body.
    """
    share = 1 / rate
    none = (1 - share) ** common
    exactly_one = common * share * (1 - share) ** np.maximum(0, common - 1)
    return np.where(smaller < SHORT, 1 - none, 1 - none - exactly_one)
