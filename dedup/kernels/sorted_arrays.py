"""Kernels over sorted arrays of uint64, most of them posting lists.

A posting is `key << BODY_BITS | body`; the highest two bits of the key are its kind. Posting arrays are ascending, and
hold each value once. A posting with body 0 is a marker: its key is over-full, and its posting list is kept elsewhere.
`limits`, (4,) int64, has by kind the most bodies of a key that is not over-full.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel

#: Bits of the number of a body, and the mask of these bits.
BODY_BITS = 30
BODY_MASK = (1 << BODY_BITS) - 1


@kernel
def lower_bound(values, value, low, high):
    """Find the first index in the ascending values[low:high], uint64 (n,), whose value is not less."""
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def copy_key(postings, start, key, out, count, limits, ends):
    """Append the postings of a key, which begin at `start`, to out[:count], uint64 (m,), or to a larger copy of it.

    postings (n,) uint64; limits (4,) int64. With ends > 0, skip the postings in the middle that `split_overfull` with
    the same limits and ends does not need. Returns (index after the key's postings, out, count).
    """
    bits = np.uint64(BODY_BITS)
    end, step = start, 1
    while end < len(postings) and postings[end] >> bits == key:
        end = min(len(postings), end + step)
        step *= 2
    end = lower_bound(postings, (key + np.uint64(1)) << bits, start, end)
    head, size = end, end - start
    if ends:
        # The marker, the first `ends`, and one more than a key may have; then the last `ends`.
        most = limits[np.int64(key >> np.uint64(32))] + 2 + ends
        if size > most + ends:
            head, size = start + most, most + ends
    if count + size > len(out):
        larger = np.empty(2 * (count + size), np.uint64)
        larger[:count] = out[:count]
        out = larger
    for x in range(start, head):
        out[count] = postings[x]
        count += 1
    if head < end:
        for x in range(end - ends, end):
            out[count] = postings[x]
            count += 1
    return end, out, count


@kernel
def select_keys(postings, keys):
    """Select the postings, uint64 (n,), of keys, uint64 (k,), ascending, each once."""
    return select_head_tail(postings, keys, np.zeros(4, np.int64), 0)


@kernel
def select_head_tail(postings, keys, limits, ends):
    """`select_keys` without the postings that `split_overfull` with the same limits and ends does not need.

    postings (n,) uint64; keys (k,) uint64, ascending. Galloping search (Bentley and Yao 1976) from the end of the key
    before: few keys cost a search each, and many keys cost one pass.
    """
    out = np.empty(len(keys) + 64, np.uint64)
    count = 0
    at = 0
    n = len(postings)
    bits = np.uint64(BODY_BITS)
    for key in keys:
        least = key << bits
        low, high, step = at, at, 1
        while high < n and postings[high] < least:
            low = high + 1
            high += step
            step *= 2
        at = lower_bound(postings, least, low, min(high, n))
        at, out, count = copy_key(postings, at, key, out, count, limits, ends)
        if at == n:
            break
    return out[:count].copy()


@kernel
def merge(x, y):
    """Merge the ascending arrays x, uint64 (n,), and y, uint64 (m,); each value once."""
    out = np.empty(len(x) + len(y), np.uint64)
    i, j, count = 0, 0, 0
    while i < len(x) or j < len(y):
        if j == len(y) or (i < len(x) and x[i] <= y[j]):
            value = x[i]
            i += 1
        else:
            value = y[j]
            j += 1
        if count == 0 or out[count - 1] != value:
            out[count] = value
            count += 1
    return out[:count].copy()


@kernel
def select_by_index(postings, index, stride, keys, limits, ends):
    """`select_head_tail` of few keys in many postings, with a sparse index.

    postings (n,) uint64; keys (k,) uint64, ascending; index (n / stride,) uint64: `postings[::stride]`. The index stays
    in the processor's cache, and only the end of a search reads memory.
    """
    out = np.empty(len(keys) + 64, np.uint64)
    count = 0
    n = len(postings)
    bits = np.uint64(BODY_BITS)
    for key in keys:
        least = key << bits
        block = lower_bound(index, least, 0, len(index))
        at = lower_bound(postings, least, max(0, (block - 1) * stride), min(block * stride, n))
        at, out, count = copy_key(postings, at, key, out, count, limits, ends)
    return out[:count].copy()


@kernel
def unique_counts(values):
    """Count the distinct values of an ascending array (n,): the values, of its dtype, and the counts, int64 (k,)."""
    out = np.empty(len(values), values.dtype)
    counts = np.empty(len(values), np.int64)
    count = 0
    for value in values:
        if count == 0 or out[count - 1] != value:
            out[count] = value
            counts[count] = 0
            count += 1
        counts[count - 1] += 1
    return out[:count].copy(), counts[:count].copy()


@kernel
def contains(values, value):
    """Test whether the ascending `values` (n,), uint64 or int64, contain a value."""
    at = lower_bound(values, value, 0, len(values))
    return at < len(values) and values[at] == value


@kernel
def isin_sorted(values, queries):
    """Test which queries (n,), in any order, are in the ascending `values` (m,) of the same dtype: bool (n,)."""
    out = np.empty(len(queries), np.bool_)
    for i, value in enumerate(queries):
        out[i] = contains(values, value)
    return out


def drop_bodies(postings: NDArray[np.uint64], bodies: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Select the postings, uint64 (n,), whose bodies are not among `bodies`, uint64 (b,), ascending."""
    return postings[~isin_sorted(bodies, postings & np.uint64(BODY_MASK))]


def difference(values: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Select the values, uint64 (n,), that are not among others, uint64 (m,), ascending."""
    return values[~isin_sorted(others, values)]


@kernel
def key_end(postings, start):
    """Find the index after the last posting of the key of postings[start], uint64 (n,)."""
    bits = np.uint64(BODY_BITS)
    key = postings[start] >> bits
    end = start + 1
    while end < len(postings) and postings[end] >> bits == key:
        end += 1
    return end


@kernel
def split_overfull(postings, limits, ends, keep_markers):
    """Reduce the posting lists of over-full keys, those with a marker or more bodies than `limits` allow, to both ends.

    postings: uint64 (n,). limits: int64 (4,). ends: bodies at each end. Returns three ascending arrays, uint64: all
    postings of other keys and the first and last `ends` of over-full ones, with a marker of each if `keep_markers`; the
    over-full keys; all postings of these without markers.
    """
    out = np.empty(2 * len(postings), np.uint64)
    overfull = np.empty(len(postings), np.uint64)
    lists = np.empty(len(postings), np.uint64)
    bits = np.uint64(BODY_BITS)
    count, keys, list_count = 0, 0, 0
    i = 0
    while i < len(postings):
        key = postings[i] >> bits
        j = key_end(postings, i)
        has_marker = postings[i] == key << bits
        first = i + has_marker
        full = has_marker or j - i > limits[np.int64(key >> np.uint64(32))]
        if full:
            overfull[keys] = key
            keys += 1
            if keep_markers:
                out[count] = key << bits
                count += 1
        for x in range(first, j):
            if full:
                lists[list_count] = postings[x]
                list_count += 1
            if not full or x < first + ends or x >= j - ends:
                out[count] = postings[x]
                count += 1
        i = j
    return out[:count].copy(), overfull[:keys].copy(), lists[:list_count].copy()


@kernel
def underfull_keys(postings, least):
    """Find the keys with a marker and fewer than `least` bodies: uint64 (k,), ascending. postings: uint64 (n,)."""
    out = np.empty(len(postings), np.uint64)
    bits = np.uint64(BODY_BITS)
    count = 0
    i = 0
    while i < len(postings):
        j = key_end(postings, i)
        if postings[i] == (postings[i] >> bits) << bits and j - i - 1 < least:
            out[count] = postings[i] >> bits
            count += 1
        i = j
    return out[:count].copy()


@kernel
def page_ends(postings, size):
    """Cut postings, uint64 (n,), into pages of at most `size` so that no key is on two pages.

    A key with more postings has a page of its own. Returns the index after each page, int64 (pages,).
    """
    ends = np.empty(len(postings) + 1, np.int64)
    count = 0
    begin = 0
    bits = np.uint64(BODY_BITS)
    n = len(postings)
    while begin < n:
        end = min(begin + size, n)
        if end < n and postings[end] >> bits == postings[end - 1] >> bits:
            key = postings[end] >> bits
            low = end
            while low > begin and postings[low - 1] >> bits == key:
                low -= 1
            end = low if low > begin else key_end(postings, begin)
        ends[count] = end
        count += 1
        begin = end
    return ends[:count].copy()
