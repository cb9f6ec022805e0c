"""Kernels over pages: arrays of 64-bit numbers with a head of three, a checksum, `low` and `high`, then the values.

Pages of one table tile a range: each holds all values from its `low` to below its `high`, where the next one begins.
So a page shows that a value is not there, and a page that is missing leaves a gap that is seen.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.kernels.sorted_arrays import BODY, _copied, _place

#: Numbers of a head, and the places of `low` and `high` in it.
HEAD, LOW, HIGH = 3, 1, 2

_A = np.uint64(0x9E3779B185EBCA87)
_B = np.uint64(0xC2B2AE3D27D4EB4F)
_TURN, _REST = np.uint64(31), np.uint64(33)


@kernel
def _mixed(state, word):
    """One more number in a checksum. For each state this is one to one, so that no changed number goes unseen."""
    state = (state ^ word) * _A
    return (state << _TURN) | (state >> _REST)


@kernel
def opened(words, first):
    """The values of pages that follow each other without a gap: page p is words[first[p]:first[p + 1]].

    Returns (values, the page that does not follow, -1 for none).
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
def sought(words, first, keys):
    """The postings of keys, ascending, that stand in pages of postings, ascending: each key must be in the range of one
    of them. Arguments and the second result as of `opened`."""
    out = np.empty(len(keys) + 64, np.uint64)
    whole = np.zeros(4, np.int64)
    count = 0
    at = 0
    bits = np.uint64(BODY)
    for p in range(len(first) - 1):
        begin, end = first[p], first[p + 1]
        if at < len(keys) and keys[at] < words[begin + LOW]:
            return out[:0], p
        place = begin + HEAD
        while at < len(keys) and keys[at] < words[begin + HIGH]:
            place = _place(words, keys[at] << bits, place, end)
            place, out, count = _copied(words[:end], place, keys[at], out, count, whole, 0)
            at += 1
    if at < len(keys):
        return out[:0], len(first) - 2
    return out[:count].copy(), -1


@kernel
def _pair_sum(a, b, relation, size, data, at):
    """The checksum of a comparison, whose features are data[at:at + size], uint8."""
    state = _mixed(_mixed(_B, np.uint64(a)), np.uint64(b))
    state = _mixed(state, np.uint64(relation) | (np.uint64(size) << np.uint64(8)))
    word = np.uint64(0)
    for j in range(size):
        word = (word << np.uint64(8)) | np.uint64(data[at + j])
        if j % 8 == 7:
            state = _mixed(state, word)
            word = np.uint64(0)
    state = _mixed(_mixed(state, word), _A)
    return state ^ (state >> np.uint64(29))


@kernel
def pair_sums(a, b, relation, size, data):
    """A checksum of each comparison: a, b int64, relation uint8, size int64 (n,): bytes of each in data, uint8."""
    out = np.empty(len(a), np.uint64)
    at = 0
    for i in range(len(a)):
        out[i] = _pair_sum(a[i], b[i], relation[i], size[i], data, at)
        at += size[i]
    return out


@kernel
def stripped(a, b, relation, size, data):
    """The features of comparisons without the eight bytes of checksum that follow each in data, and the comparison
    whose checksum is not right, -1 for none."""
    out = np.empty(len(data) - 8 * len(a), np.uint8)
    at, count = 0, 0
    for i in range(len(a)):
        total = np.uint64(0)
        for j in range(8):
            total |= np.uint64(data[at + size[i] + j]) << np.uint64(8 * j)
        if total != _pair_sum(a[i], b[i], relation[i], size[i], data, at):
            return out[:0], i
        out[count : count + size[i]] = data[at : at + size[i]]
        count += size[i]
        at += size[i] + 8
    return out, -1
