"""Radix sort of postings and pairs: least significant digit first, over the bits that are used and no others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel

#: Bits of a digit: 2,048 counters of eight bytes stay in the L1 cache.
_DIGIT = 11


@kernel
def _pass(source, target, shift, counts):
    """Copy `source` into `target`, both uint64 (n,), stably in the order of the digit at bit `shift` (uint64).

    counts: int64 (2 ** _DIGIT,), is overwritten.
    """
    mask = np.uint64((1 << _DIGIT) - 1)
    counts[:] = 0
    for value in source:
        counts[(value >> shift) & mask] += 1
    total = 0
    for i in range(len(counts)):
        size = counts[i]
        counts[i] = total
        total += size
    for value in source:
        digit = (value >> shift) & mask
        target[counts[digit]] = value
        counts[digit] += 1


def _sort(values: NDArray[np.uint64], shifts: list[int]) -> NDArray[np.uint64]:
    source, target = values, np.empty_like(values)
    counts = np.empty(1 << _DIGIT, np.int64)
    for shift in shifts:
        _pass(source, target, np.uint64(shift), counts)
        source, target = target, source
    return source


def sort_postings(postings: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sort postings `key << 32 | rank`, uint64 (n,), stably by key; overwrites its input."""
    return _sort(postings, [*range(32, 64, _DIGIT)])


def sort_pairs(pairs: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """Sort pairs `a << 32 | b`, uint64 (p,), of ranks below n; overwrites its input."""
    bits = n.bit_length()
    return _sort(pairs, [*range(0, bits, _DIGIT), *range(32, 32 + bits, _DIGIT)])
