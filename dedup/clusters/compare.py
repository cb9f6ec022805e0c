"""Exact comparison of two bodies: shared shingles, longest common run, and the words both have in one order.

Shingles are compared as k equal words (dedup.articles.tokens), so nothing but words is read from the spool. The
alignment is anchored: shared shingles are the anchors, and between two anchors that lie close together in both
bodies a longest common subsequence of words is taken. That recognises a text of which every third word was changed,
of which hardly a shingle is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba as nb
import numpy as np
from numpy.typing import NDArray

from dedup.articles.tokens import DIGIT, QUOTED, WORD_HASH
from dedup.candidates.shingles import MIN_TOKENS

#: Words between two anchors that are still aligned; longer gaps are taken for own text.
GAP = 48
#: The features of a pair, in the order of the kernel's columns.
FEATURES = (
    "shared",  # distinct shingles in common
    "size_a",  # distinct shingles of a
    "size_b",
    "run",  # longest common run, in words
    "words_a",  # words of a that are aligned
    "words_b",
    "length_a",  # words of a
    "length_b",
    "plain",  # shared shingles that do not stand in quotation marks in both
    "numbers_a",  # distinct numbers of a
    "numbers_b",
    "numbers",  # distinct numbers in common
    "changed",  # aligned slots in which both have a number, and not the same
    "ordered",  # aligned words of b whose anchors go forward in a
    "span_a",  # words of a between its first and its last aligned word
    "span_b",
    "first_a",  # place of the first aligned word of a
    "first_b",
)
(
    SHARED, SIZE_A, SIZE_B, RUN, WORDS_A, WORDS_B, LENGTH_A, LENGTH_B, PLAIN, NUMBERS_A, NUMBERS_B, NUMBERS, CHANGED,
    ORDERED, SPAN_A, SPAN_B, FIRST_A, FIRST_B,
) = range(len(FEATURES))  # fmt: skip


@dataclass(frozen=True)
class Words:
    """Bodies as words: those of body i are `word[first[i] : first[i + 1]]`; `size` (n,) int32 is its shingle size."""

    word: NDArray[np.uint32]
    first: NDArray[np.int64]
    size: NDArray[np.int32]


@nb.njit(nogil=True, cache=True)
def _hash_shingles(word, low, high, k, out):
    """Write a 64-bit hash of every k words low..high of `word` into `out`; returns how many there are.

    A polynomial in a fixed odd base over the words' 27 bits: equal shingles always agree, others do with
    probability 2^-64 or so.
    """
    count = high - low
    if count < MIN_TOKENS:
        return 0
    k = min(k, count)
    base = np.uint64(0x9E3779B97F4A7C15)
    for j in range(count - k + 1):
        h = np.uint64(k)
        for i in range(low + j, low + j + k):
            h = h * base + np.uint64(word[i] & WORD_HASH) + np.uint64(1)
        out[j] = h
    return count - k + 1


@nb.njit(nogil=True, cache=True, inline="always")
def _slot(h, mask):
    h = (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return np.int64((h ^ (h >> np.uint64(32))) & np.uint64(mask))


@nb.njit(nogil=True, cache=True)
def _build(hashes, count, table):
    """Index the first place of each distinct shingle in `table` (int32, place + 1); returns (mask, distinct)."""
    room = 16
    while room < 2 * count:
        room *= 2
    table[:room] = 0
    mask = room - 1
    distinct = 0
    for j in range(count):
        slot = _slot(hashes[j], mask)
        while table[slot] != 0 and hashes[table[slot] - 1] != hashes[j]:
            slot = (slot + 1) & mask
        if table[slot] == 0:
            table[slot] = j + 1
            distinct += 1
    return mask, distinct


@nb.njit(nogil=True, cache=True)
def _match(hash_a, count_a, hash_b, count_b, table, mask, place):
    """For every shingle of b its place in a, or -1, into `place`; a run goes on along its diagonal."""
    previous = np.int64(-2)
    for j in range(count_b):
        h = hash_b[j]
        if previous >= 0 and previous + 1 < count_a and hash_a[previous + 1] == h:
            previous += 1
            place[j] = previous
            continue
        previous = -2
        slot = _slot(h, mask)
        while table[slot] != 0:
            if hash_a[table[slot] - 1] == h:
                previous = table[slot] - 1
                break
            slot = (slot + 1) & mask
        place[j] = previous if previous >= 0 else -1


@nb.njit(nogil=True, cache=True)
def _common(word, a_low, a_high, b_low, b_high, row):
    """The length of a longest common subsequence of two short word sequences (dynamic programming, one row)."""
    width = b_high - b_low
    row[: width + 1] = 0
    for i in range(a_low, a_high):
        diagonal = 0
        target = word[i] & WORD_HASH
        for j in range(width):
            above = row[j + 1]
            if (word[b_low + j] & WORD_HASH) == target:
                row[j + 1] = diagonal + 1
            elif row[j] > above:
                row[j + 1] = row[j]
            diagonal = above
    return row[width]


@nb.njit(nogil=True, cache=True)
def _changed_numbers(word, a_low, a_high, b_low, b_high):
    """How many slots of two gaps of one length hold a number in both, and not the same one."""
    if a_high - a_low != b_high - b_low:
        return 0
    changed = 0
    for i in range(a_high - a_low):
        x = word[a_low + i]
        y = word[b_low + i]
        if x & DIGIT and y & DIGIT and (x ^ y) & WORD_HASH:
            changed += 1
    return changed


@nb.njit(nogil=True, cache=True)
def _align(word, a_first, a_last, b_first, b_last, k_a, k_b, place, count_b, seen_a, row, out):
    """Fill the alignment columns of `out` from the places of b's shingles in a."""
    seen_a[: a_last - a_first] = 0
    covered_b = 0
    in_gaps = 0
    ordered = 0
    run = 0
    run_now = 0
    end_a = np.int64(-1)  # the words before these are behind the last anchor
    end_b = np.int64(-1)
    first_a = a_last - a_first
    first_b = b_last - b_first
    last_a = 0
    for j in range(count_b):
        i = place[j]
        if i < 0:
            run_now = 0
            continue
        run_now = run_now + 1 if j > 0 and place[j - 1] == i - 1 and run_now > 0 else k_b
        run = max(run, run_now)
        gap_a = i - max(end_a, 0)
        gap_b = j - max(end_b, 0)
        if end_b < 0:  # before the first anchor
            gap_a = min(i, GAP)
            gap_b = min(j, GAP)
        if gap_a > 0 and gap_b > 0 and gap_a <= GAP and gap_b <= GAP:
            both = _common(word, a_first + i - gap_a, a_first + i, b_first + j - gap_b, b_first + j, row)
            in_gaps += both
            ordered += both
            out[CHANGED] += _changed_numbers(
                word, a_first + i - gap_a, a_first + i, b_first + j - gap_b, b_first + j
            )
        if i >= end_a - k_a:
            ordered += j + k_b - max(j, end_b)
        covered_b += j + k_b - max(j, end_b)
        for x in range(i, i + k_a):
            seen_a[x] = 1
        first_a = min(first_a, i)
        last_a = max(last_a, i + k_a)
        first_b = min(first_b, j)
        end_a = i + k_a
        end_b = j + k_b
    if end_b >= 0:  # after the last anchor
        gap_a = min(a_last - a_first - end_a, GAP)
        gap_b = min(b_last - b_first - end_b, GAP)
        if gap_a > 0 and gap_b > 0:
            both = _common(
                word, a_first + end_a, a_first + end_a + gap_a, b_first + end_b, b_first + end_b + gap_b, row
            )
            in_gaps += both
            ordered += both
            out[CHANGED] += _changed_numbers(
                word, a_first + end_a, a_first + end_a + gap_a, b_first + end_b, b_first + end_b + gap_b
            )
        out[SPAN_A] = last_a - first_a
        out[SPAN_B] = end_b - first_b
        out[FIRST_A] = first_a
        out[FIRST_B] = first_b
    covered_a = 0
    for x in range(a_last - a_first):
        covered_a += seen_a[x]
    out[RUN] = run
    out[WORDS_A] = min(covered_a + in_gaps, a_last - a_first)
    out[WORDS_B] = min(covered_b + in_gaps, b_last - b_first)
    out[ORDERED] = min(ordered, b_last - b_first)


@nb.njit(nogil=True, cache=True)
def _numbers(word, low, high, out):
    """The distinct numbers of a body, sorted, into `out`; returns how many."""
    count = 0
    for i in range(low, high):
        if word[i] & DIGIT and count < len(out):
            out[count] = word[i] & WORD_HASH
            count += 1
    out[:count].sort()
    distinct = 0
    for i in range(count):
        if i == 0 or out[i] != out[i - 1]:
            out[distinct] = out[i]
            distinct += 1
    return distinct


@nb.njit(nogil=True, cache=True)
def _numbers_in_common(x, count_x, y, count_y):
    i = 0
    j = 0
    common = 0
    while i < count_x and j < count_y:
        if x[i] == y[j]:
            common += 1
            i += 1
            j += 1
        elif x[i] < y[j]:
            i += 1
        else:
            j += 1
    return common


@nb.njit(nogil=True, cache=True)
def _count_distinct(hashes, count, table):
    _, distinct = _build(hashes, count, table)
    return distinct


@nb.njit(nogil=True, cache=True)
def compare_kernel(word, first, size, a_index, b_index):
    """Compare bodies `a_index[p]` and `b_index[p]`: features (pairs, len(FEATURES)) int32.

    word uint32, first (n + 1,) int64, size (n,) int32 are those of `Words`. Pairs that share `a` should follow each
    other, for then its index is built once. Bodies of fewer than MIN_TOKENS words share nothing.
    """
    n = len(first) - 1
    longest = MIN_TOKENS
    for i in range(n):
        longest = max(longest, first[i + 1] - first[i])
    room = 16
    while room < 2 * longest:
        room *= 2
    table = np.empty(room, np.int32)
    scratch = np.empty(room, np.int32)
    hash_a = np.empty(longest, np.uint64)
    hash_b = np.empty(longest, np.uint64)
    place = np.empty(longest, np.int64)
    seen = np.zeros(longest + 64, np.uint8)
    row = np.zeros(GAP + 1, np.int64)
    numbers_a = np.empty(512, np.uint32)
    numbers_b = np.empty(512, np.uint32)
    distinct = np.full(n, -1, np.int64)
    out = np.zeros((len(a_index), len(FEATURES)), np.int32)
    current = np.int64(-1)
    count_a = 0
    mask = 0
    figures_a = 0
    for p in range(len(a_index)):
        a = a_index[p]
        b = b_index[p]
        result = out[p]
        if a != current:
            count_a = _hash_shingles(word, first[a], first[a + 1], np.int64(size[a]), hash_a)
            mask, distinct[a] = _build(hash_a, count_a, table)
            figures_a = _numbers(word, first[a], first[a + 1], numbers_a)
            current = a
        count_b = _hash_shingles(word, first[b], first[b + 1], np.int64(size[b]), hash_b)
        if distinct[b] < 0:
            distinct[b] = _count_distinct(hash_b, count_b, scratch)
        result[SIZE_A] = distinct[a]
        result[SIZE_B] = distinct[b]
        result[LENGTH_A] = first[a + 1] - first[a]
        result[LENGTH_B] = first[b + 1] - first[b]
        if count_a == 0 or count_b == 0:
            continue
        _match(hash_a, count_a, hash_b, count_b, table, mask, place)
        seen[:count_a] = 0
        for j in range(count_b):
            if place[j] < 0:
                continue
            # A shingle that a holds twice may be met at either place; its first place stands for it.
            slot = _slot(hash_b[j], mask)
            while hash_a[table[slot] - 1] != hash_b[j]:
                slot = (slot + 1) & mask
            at = table[slot] - 1
            if seen[at] == 0:
                seen[at] = 1
                result[SHARED] += 1
                if not (word[first[a] + at] & QUOTED and word[first[b] + j] & QUOTED):
                    result[PLAIN] += 1
        if result[SHARED] == 0:
            continue
        k_a = min(np.int64(size[a]), first[a + 1] - first[a])
        k_b = min(np.int64(size[b]), first[b + 1] - first[b])
        _align(
            word, first[a], first[a + 1], first[b], first[b + 1], k_a, k_b, place, count_b, seen, row, result
        )
        figures_b = _numbers(word, first[b], first[b + 1], numbers_b)
        result[NUMBERS_A] = figures_a
        result[NUMBERS_B] = figures_b
        result[NUMBERS] = _numbers_in_common(numbers_a, figures_a, numbers_b, figures_b)
    return out


@nb.njit(nogil=True, cache=True)
def place_kernel(word, first, size):
    """For two bodies: the place in the first of every shingle of the second, or -1 (int64)."""
    hash_a = np.empty(max(1, first[1] - first[0]), np.uint64)
    hash_b = np.empty(max(1, first[2] - first[1]), np.uint64)
    count_a = _hash_shingles(word, first[0], first[1], np.int64(size[0]), hash_a)
    count_b = _hash_shingles(word, first[1], first[2], np.int64(size[1]), hash_b)
    room = 16
    while room < 2 * count_a:
        room *= 2
    table = np.empty(room, np.int32)
    mask, _ = _build(hash_a, count_a, table)
    place = np.empty(count_b, np.int64)
    _match(hash_a, count_a, hash_b, count_b, table, mask, place)
    return place
