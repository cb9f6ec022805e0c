"""Kernels for the checksums of comparisons, which stand after the features: thousands are read at a time.

a, b, relation, size: as in `PairColumns`. data: the features of all comparisons, concatenated.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel

#: Bytes of a checksum.
CHECKSUM = 8

#: Two primes of XXH64 (Collet 2012).
_A = np.uint64(0x9E3779B185EBCA87)
_B = np.uint64(0xC2B2AE3D27D4EB4F)
_LEFT, _RIGHT = np.uint64(31), np.uint64(33)


@kernel
def _mix(state, word):
    """Add a number to a checksum. For each state the function is one to one: one changed number is always noticed."""
    state = (state ^ word) * _A
    return (state << _LEFT) | (state >> _RIGHT)


@kernel
def _checksum(a, b, relation, size, data, start):
    """Checksum one comparison, whose features are data[start : start + size]."""
    state = _mix(_mix(_B, np.uint64(a)), np.uint64(b))
    state = _mix(state, np.uint64(relation) | (np.uint64(size) << np.uint64(8)))
    word = np.uint64(0)
    for j in range(size):
        word = (word << np.uint64(8)) | np.uint64(data[start + j])
        if j % 8 == 7:
            state = _mix(state, word)
            word = np.uint64(0)
    state = _mix(_mix(state, word), _A)
    return state ^ (state >> np.uint64(29))


@kernel
def pair_checksums(a, b, relation, size, data):
    """Checksum comparisons: uint64 (n,).

    a (n,) int64; b (n,) int64; relation (n,) uint8; size (n,) int64; data (bytes,) uint8.
    """
    out = np.empty(len(a), np.uint64)
    at = 0
    for i in range(len(a)):
        out[i] = _checksum(a[i], b[i], relation[i], size[i], data, at)
        at += size[i]
    return out


@kernel
def strip_checksums(a, b, relation, size, data):
    """Check and remove the checksum that follows the features of each comparison in data.

    a (n,) int64; b (n,) int64; relation (n,) uint8; size (n,) int64, bytes of features; data (bytes,) uint8.

    Returns (features, uint8; the first comparison with a wrong checksum, -1 if there is none).
    """
    out = np.empty(len(data) - CHECKSUM * len(a), np.uint8)
    at, count = 0, 0
    for i in range(len(a)):
        checksum = np.uint64(0)
        for j in range(CHECKSUM):
            checksum |= np.uint64(data[at + size[i] + j]) << np.uint64(8 * j)
        if checksum != _checksum(a[i], b[i], relation[i], size[i], data, at):
            return out[:0], i
        out[count : count + size[i]] = data[at : at + size[i]]
        count += size[i]
        at += size[i] + CHECKSUM
    return out, -1
