"""Kernels over the postings of over-full anchor keys: pairs of queried bodies with the cores of clusters."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.kernels.sorted_arrays import BODY_BITS, contains, key_end


@kernel
def keys_with_few_cores(postings, is_core, most):
    """Select the postings of the keys that at most `most` cores have.

    postings (p,) uint64: `key << BODY_BITS | body`, ascending; is_core (p,) bool: of the body of each posting.
    """
    out = np.empty(len(postings), np.uint64)
    count = 0
    start = 0
    while start < len(postings):
        end = key_end(postings, start)
        if is_core[start:end].sum() <= most:
            out[count : count + end - start] = postings[start:end]
            count += end - start
        start = end
    return out[:count].copy()


@kernel
def pair_with_cores(postings, queries, body, core, most):
    """Pair queried bodies with the cores of the other bodies of a key, unless these cores are more than `most`.

    postings (p,) uint64: `key << BODY_BITS | body`, ascending, of over-full keys the first and last. queries (q,)
    uint64: bodies, ascending. body (m,) uint64, ascending: the bodies whose cores count; core (m,) uint64: the cores of
    their clusters. Returns pairs uint64, `a << 32 | b` with a < b, once for each key.
    """
    mask = (np.uint64(1) << np.uint64(BODY_BITS)) - np.uint64(1)
    out = np.empty(most * len(postings), np.uint64)
    cores = np.empty(most, np.uint64)
    count = 0
    start = 0
    while start < len(postings):
        end = key_end(postings, start)
        core_count = 0
        for x in range(start, end):
            number = postings[x] & mask
            row = np.searchsorted(body, number)
            if contains(queries, number) or row == len(body) or body[row] != number:
                continue
            is_new = True
            for y in range(min(core_count, most)):
                is_new &= cores[y] != core[row]
            if is_new:
                if core_count < most:
                    cores[core_count] = core[row]
                core_count += 1
        for x in range(start, end):
            number = postings[x] & mask
            if core_count <= most and contains(queries, number):
                for other in cores[:core_count]:
                    if other != number:
                        out[count] = (min(number, other) << np.uint64(32)) | max(number, other)
                        count += 1
        start = end
    return out[:count].copy()
