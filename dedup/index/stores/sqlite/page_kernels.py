"""Kernels over pages: uint64 arrays with a head of three numbers (checksum, `low`, `high`) and then the values.

The pages of a table tile a range: a page holds all values from its `low` to below its `high`, where the next page
begins. So a page proves that a value is absent, and a lost page leaves a gap that is noticed.

words: pages one after another. first: the index of each page in words, and their end.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.kernels.sorted_arrays import BODY_BITS, copy_key, lower_bound

#: Numbers of a head, and the indices of `low` and `high` in it.
HEAD, LOW, HIGH = 3, 1, 2


@kernel
def concat_values(words, first):
    """Concatenate the values of consecutive pages.

    words (n,) uint64; first (pages + 1,) int64.

    Returns (values, uint64; the first page that does not begin where the page before ends, -1 if there is none).
    """
    pages = len(first) - 1
    out = np.empty(len(words) - HEAD * pages, np.uint64)
    count = 0
    for p in range(pages):
        begin, end = first[p], first[p + 1]
        if p and words[begin + LOW] != words[first[p - 1] + HIGH]:
            return out[:0], p
        size = end - begin - HEAD
        out[count : count + size] = words[begin + HEAD : end]
        count += size
    return out, -1


@kernel
def select_from_pages(words, first, keys):
    """Select the postings of keys, ascending, from ascending pages of postings.

    words (n,) uint64; first (pages + 1,) int64; keys (k,) uint64.

    Returns (postings, uint64; a page next to which the page of a key is missing, -1 if there is none).
    """
    out = np.empty(len(keys) + 64, np.uint64)
    no_limits = np.zeros(4, np.int64)
    count = 0
    k = 0
    bits = np.uint64(BODY_BITS)
    for p in range(len(first) - 1):
        begin, end = first[p], first[p + 1]
        if k < len(keys) and keys[k] < words[begin + LOW]:
            return out[:0], p
        at = begin + HEAD
        while k < len(keys) and keys[k] < words[begin + HIGH]:
            at = lower_bound(words, keys[k] << bits, at, end)
            at, out, count = copy_key(words[:end], at, keys[k], out, count, no_limits, 0)
            k += 1
    if k < len(keys):
        return out[:0], len(first) - 2
    return out[:count].copy(), -1
