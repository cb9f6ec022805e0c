"""Kernels over the postings of a few keys: which bodies meet those of a query."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.kernels.sorted_arrays import BODY_BITS, contains, key_end


@kernel
def of_few(posting, leads, most):
    """Select the postings of those keys of which at most `most` postings are marked.

    posting (p,) uint64: as for `join_postings`; leads (p,) bool: the marks.
    """
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
def crowd_meetings(posting, queries, body, core, most):
    """Pair query bodies with the cores of the clusters of all others that share a key with them.

    Returns pairs `a << 32 | b` with a < b, uint64. A key with more than `most` such cores is passed over. posting (p,)
    uint64: as for `join_postings`; queries (q,) uint64, ascending. body (m,) uint64, ascending, and core (m,) uint64:
    bodies and the cores of their clusters; other bodies are passed over.
    """
    mask = (np.uint64(1) << np.uint64(BODY_BITS)) - np.uint64(1)
    out = np.empty(most * len(posting), np.uint64)
    cores = np.empty(most, np.uint64)
    count = 0
    i = 0
    while i < len(posting):
        j = key_end(posting, i)
        core_count = 0
        for x in range(i, j):
            number = posting[x] & mask
            place = np.searchsorted(body, number)
            if contains(queries, number) or place == len(body) or body[place] != number:
                continue
            is_repeated = False
            for y in range(min(core_count, most)):
                is_repeated |= cores[y] == core[place]
            if not is_repeated:
                if core_count < most:
                    cores[core_count] = core[place]
                core_count += 1
        for x in range(i, j):
            number = posting[x] & mask
            if core_count <= most and contains(queries, number):
                for other in cores[:core_count]:
                    if other != number:
                        out[count] = (min(number, other) << np.uint64(32)) | max(number, other)
                        count += 1
        i = j
    return out[:count].copy()
