"""Shingle ids: XXH64 of k tokens joined by spaces (docs/shingles.md, rules 3 and 4)."""

from __future__ import annotations

import numpy as np
from numba import literal_unroll
from numpy.typing import NDArray

from dedup.kernels.jit import kernel
from dedup.kernels.simd import COUNT, load_columns, load_lanes, rotate, select, some, splat, store_lanes
from dedup.kernels.unaligned import load64

#: Bodies of fewer tokens match nothing: too many unrelated flashes share seven words.
MIN_TOKENS = 8

_P1 = np.uint64(0x9E3779B185EBCA87)
_P2 = np.uint64(0xC2B2AE3D27D4EB4F)
_P3 = np.uint64(0x165667B19E3779F9)
_P4 = np.uint64(0x85EBCA77C2B2AE63)
_P5 = np.uint64(0x27D4EB2F165667C5)


@kernel(inline="always")
def _round(acc, value):
    return rotate(acc + value * _P2, 31) * _P1


@kernel(inline="always")
def _merge(acc, value):
    return (acc ^ _round(np.uint64(0), value)) * _P1 + _P4


@kernel(inline="always")
def xxh64(folded, start, length):
    """XXH64, seed 0 (Collet, 2012), of `length` bytes from byte `start` of the uint8 array `folded`.

    The array must reach 32 bytes beyond the last byte hashed.
    """
    at = start
    end = start + length
    if length >= 32:
        v1 = _P1 + _P2
        v2 = _P2
        v3 = np.uint64(0)
        v4 = np.uint64(0) - _P1
        while at + 32 <= end:
            v1 = _round(v1, load64(folded, at))
            v2 = _round(v2, load64(folded, at + 8))
            v3 = _round(v3, load64(folded, at + 16))
            v4 = _round(v4, load64(folded, at + 24))
            at += 32
        h = rotate(v1, 1) + rotate(v2, 7) + rotate(v3, 12) + rotate(v4, 18)
        h = _merge(_merge(_merge(_merge(h, v1), v2), v3), v4)
    else:
        h = _P5
    h += np.uint64(length)
    # What is left, under 32 bytes, without branches: their outcome is a coin's, and a wrong guess costs more than
    # the work it saves. Reading past the end is harmless, for the result is then not taken.
    for _ in range(3):
        mixed = rotate(h ^ _round(np.uint64(0), load64(folded, at)), 27) * _P1 + _P4
        more = at + 8 <= end
        h = mixed if more else h
        at = at + 8 if more else at
    tail = load64(folded, at)
    left = end - at
    mixed = rotate(h ^ ((tail & np.uint64(0xFFFFFFFF)) * _P1), 23) * _P2 + _P3
    more = left >= 4
    h = mixed if more else h
    tail = tail >> np.uint64(32) if more else tail
    left = left - 4 if more else left
    for i in range(3):
        mixed = rotate(h ^ ((tail & np.uint64(0xFF)) * _P5), 11) * _P1
        h = mixed if i < left else h
        tail >>= np.uint64(8)
    h ^= h >> np.uint64(33)
    h *= _P2
    h ^= h >> np.uint64(29)
    h *= _P3
    return h ^ (h >> np.uint64(32))


@kernel(inline="always")
def xxh64_lanes(folded, start, stop):
    """XXH64, seed 0, of the bytes `start` to `stop` of `folded`, eight texts at once: Lanes, all three.

    The same steps as in `xxh64`; lanes that are through wait for the others. The array must reach 32 bytes beyond
    the last byte hashed.
    """
    at = start
    h = splat(_P5)
    long = stop - start >= np.int64(32)
    if some(long):
        v1, v2, v3, v4 = splat(_P1 + _P2), splat(_P2), splat(np.uint64(0)), splat(np.uint64(0) - _P1)
        more = long
        while some(more):
            word = load_columns(folded, at)
            v1 = select(more, _round(v1, word[0]), v1)
            v2 = select(more, _round(v2, word[1]), v2)
            v3 = select(more, _round(v3, word[2]), v3)
            v4 = select(more, _round(v4, word[3]), v4)
            at = select(more, at + np.uint64(32), at)
            more = stop - at >= np.int64(32)
        mixed = rotate(v1, 1) + rotate(v2, 7) + rotate(v3, 12) + rotate(v4, 18)
        h = select(long, _merge(_merge(_merge(_merge(mixed, v1), v2), v3), v4), h)
    h = h + (stop - start)
    word = load_columns(folded, at)
    left = stop - at
    tail = word[0]
    for i in literal_unroll((0, 1, 2)):
        more = left >= np.int64(8)
        h = select(more, rotate(h ^ _round(np.uint64(0), word[i]), 27) * _P1 + _P4, h)
        tail = select(more, word[i + 1], tail)
        left = select(more, left - np.uint64(8), left)
    more = left >= np.int64(4)
    h = select(more, rotate(h ^ ((tail & np.uint64(0xFFFFFFFF)) * _P1), 23) * _P2 + _P3, h)
    tail = select(more, tail >> np.uint64(32), tail)
    left = select(more, left - np.uint64(4), left)
    for i in range(3):
        h = select(left > np.int64(i), rotate(h ^ ((tail & np.uint64(0xFF)) * _P5), 11) * _P1, h)
        tail = tail >> np.uint64(8)
    h = (h ^ (h >> np.uint64(33))) * _P2
    h = (h ^ (h >> np.uint64(29))) * _P3
    return h ^ (h >> np.uint64(32))


@kernel
def hash_shingles(folded, folded_start, token, k, ids):
    """Put the ids of the shingles of `k` tokens that begin at `token`, `token + 1`, ... into `ids`, uint64 (n,).

    folded uint8, folded_start (t + 1,) int64: as for `shingle_kernel`.
    """
    n = len(ids)
    j = 0
    while j + COUNT <= n:
        start = load_lanes(folded_start, token + j)
        stop = load_lanes(folded_start, token + j + k) - np.uint64(1)
        store_lanes(ids, j, xxh64_lanes(folded, start, stop))
        j += COUNT
    while j < n:
        start = folded_start[token + j]
        ids[j] = xxh64(folded, start, folded_start[token + j + k] - 1 - start)
        j += 1


@kernel(inline="always")
def count_shingles(tokens, k):
    """The number of shingles of a body of so many tokens; a body of fewer than k is one."""
    return max(np.int64(1), tokens - k + 1) if tokens >= MIN_TOKENS else np.int64(0)


@kernel
def shingle_kernel(folded, folded_start, first, last, sizes):
    """Shingle ids of bodies, in order, repeats included.

    folded: uint8, tokens with one space after each and 32 bytes to spare; folded_start (t + 1,) int64; first, last
    (n,) int64: tokens of body i; sizes (n,) int32: its k. Returns (ids uint64, id_first (n + 1,) int64). Bodies under
    MIN_TOKENS have none.
    """
    n = len(first)
    id_first = np.zeros(n + 1, np.int64)
    for i in range(n):
        id_first[i + 1] = id_first[i] + count_shingles(last[i] - first[i], sizes[i])
    ids = np.empty(id_first[n], np.uint64)
    for i in range(n):
        k = min(np.int64(sizes[i]), last[i] - first[i])
        hash_shingles(folded, folded_start, first[i], k, ids[id_first[i] : id_first[i + 1]])
    return ids, id_first


def shingle_sizes(tokens_count: NDArray[np.int64], single_count: NDArray[np.int64], k: int) -> NDArray[np.int32]:
    """k for each body: doubled where most tokens are characters of scripts without spaces (rule 2)."""
    sizes = np.full(len(tokens_count), k, np.int32)
    if np.count_nonzero(single_count):
        sizes[single_count * 2 > tokens_count] = 2 * k
    return sizes
