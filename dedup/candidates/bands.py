"""LSH bands: two bodies that agree on all rows of one band are candidates (Broder 1997; Indyk and Motwani 1998)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log1p

import numpy as np

from dedup.kernels.jit import kernel
from dedup.settings import Settings

#: 32-bit numbers of the widest vectors; the signature's kernel is quick with whole ones.
_VECTOR = 16
#: A bucket with more bodies is over-full: its members are compared with a few of them, not all with all.
BUCKET_CAP = 32


#: Expected passages of a body from which on bands find nothing that passages do not: of two bodies of so many that
#: resemble each other by .3, fewer than two common ones with probability 1e-5.
ENOUGH_PASSAGES = 32


def longest_banded(passage_rate: int) -> int:
    """The most shingles of a body that is put into bands; longer ones are found by their passages alone."""
    return ENOUGH_PASSAGES * passage_rate


@dataclass(frozen=True)
class Banding:
    """How a signature is cut: `bands` bands of `rows` rows."""

    bands: int
    rows: int

    @classmethod
    def of(cls, settings: Settings) -> Banding:
        """Return the banding of these settings."""
        rows = settings.band_rows
        return cls(settings.num_perm // rows if settings.bands is None else settings.bands, rows)

    @property
    def used(self) -> int:
        """How many numbers of a signature are made: those of the bands, and up to a whole vector."""
        return -(-self.bands * self.rows // _VECTOR) * _VECTOR

    def probability(self, resemblance: float) -> float:
        """Probability that a pair of this resemblance shares a band: 1 - (1 - s^r)^b, the S-curve."""
        if resemblance >= 1 or not self.bands:
            return float(bool(self.bands))
        return 1 - exp(self.bands * log1p(-(resemblance**self.rows)))


@kernel
def band_kernel(signatures, bands, rows):
    """Hash the bands of n signatures; returns keys, uint32 (bands, n).

    signatures: uint32 (n, num_perm), of which band i has the columns i * rows to (i + 1) * rows - 1. Rows are mixed as
    in the finaliser of MurmurHash3 (Appleby 2011), and salted by the band's number.
    """
    n = len(signatures)
    out = np.empty((bands, n), np.uint32)
    for i in range(n):
        for band in range(bands):
            h = np.uint64(band + 1) * np.uint64(0x9E3779B97F4A7C15)
            for r in range(band * rows, band * rows + rows):
                h = (h ^ np.uint64(signatures[i, r])) * np.uint64(0xFF51AFD7ED558CCD)
                h ^= h >> np.uint64(33)
            out[band, i] = np.uint32(h >> np.uint64(32))
    return out
