"""Kernels over the postings of a few keys: which bodies meet those that are asked about."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.kernels.sorted_arrays import BODY_BITS, contains, key_end


@kernel
def of_few(posting, leads, most):
    """The postings of those keys of which at most `most` postings are marked in `leads`, (p,) bool."""
    out = np.empty(len(posting), np.uint64)
    count = 0
    i = 0
    while i < len(posting):
        j = key_end(posting, i)
        if leads[i:j].sum() <= most:
            out[count : count + j - i] = posting[i:j]
            count += j - i
        i = j
    return out[:count].copy()


@kernel
def crowd_meetings(posting, asked, body, core, most):
    """Meetings in crowded keys, of which the ends are given, as `a << 32 | b` with a < b: of asked bodies with the
    cores of the others' clusters, unless these are more than `most`.

    posting, asked: as for `meetings_of`. body (m,) uint64, ascending, and core (m,) uint64: known bodies and the cores
    of their clusters; others are passed over.
    """
    mask = (np.uint64(1) << np.uint64(BODY_BITS)) - np.uint64(1)
    out = np.empty(most * len(posting), np.uint64)
    cores = np.empty(most, np.uint64)
    count = 0
    i = 0
    while i < len(posting):
        j = key_end(posting, i)
        found = 0
        for x in range(i, j):
            number = posting[x] & mask
            place = np.searchsorted(body, number)
            if contains(asked, number) or place == len(body) or body[place] != number:
                continue
            known = False
            for y in range(min(found, most)):
                known |= cores[y] == core[place]
            if not known:
                if found < most:
                    cores[found] = core[place]
                found += 1
        for x in range(i, j):
            number = posting[x] & mask
            if found <= most and contains(asked, number):
                for other in cores[:found]:
                    if other != number:
                        out[count] = (min(number, other) << np.uint64(32)) | max(number, other)
                        count += 1
        i = j
    return out[:count].copy()
