"""Sorting postings: least significant digit first, over the bits that are used and no others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel

#: Bits of a digit: 2,048 counters of eight bytes stay in the L1 cache.
_DIGIT = 11


@kernel
def _pass(source, target, shift, counts):
    """One stable pass by the digit at `shift`."""
    mask = np.uint64((1 << _DIGIT) - 1)
    counts[:] = 0
    for value in source:
        counts[(value >> shift) & mask] += 1
    total = 0
    for i in range(len(counts)):
        here = counts[i]
        counts[i] = total
        total += here
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


def sort_postings(packed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sort `key << 32 | rank`, uint64 (n,), by key, and leave equal keys as they are; overwrites its input."""
    return _sort(packed, [*range(32, 64, _DIGIT)])


def sort_meetings(pairs: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """Sort `a << 32 | b`, uint64, of ranks below n."""
    bits = n.bit_length()
    return _sort(pairs, [*range(0, bits, _DIGIT), *range(32, 32 + bits, _DIGIT)])
