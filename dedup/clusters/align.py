"""The alignment of two bodies along their common shingles, and the columns of a pair's features.

Shared shingles are the anchors; between two anchors that lie close together in both bodies a longest common
subsequence of words is taken.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from dedup.articles.tokens import DIGIT, WORD_HASH

#: Words between two anchors that are still aligned; longer gaps are taken for own text. At most 63.
GAP = 48
#: The features of a pair, in the order of the kernel's columns.
FEATURES = (
    "shared",  # distinct shingles in common
    "size_a",  # distinct shingles of a
    "size_b",  # an upper bound (repeats counted) where the pair shares too little for any relation
    "run",  # longest common run, in words
    "words_a",  # words of a that are aligned
    "words_b",
    "length_a",  # words of a
    "length_b",
    "plain",  # shared shingles that do not stand in quotation marks in both
    "numbers_a",  # distinct numbers of a, 512 at most
    "numbers_b",
    "numbers",  # distinct numbers in common
    "names_a",  # distinct capitalised words of a inside sentences; 0 where they do not decide
    "names_b",
    "names",  # distinct names in common
    "changed",  # aligned slots in which both have a number, and not the same
    "ordered",  # aligned words of b whose anchors go forward in a
    "span_a",  # words of a between its first and its last aligned word
    "span_b",
    "first_a",  # place of the first aligned word of a
    "first_b",
)
(
    SHARED, SIZE_A, SIZE_B, RUN, WORDS_A, WORDS_B, LENGTH_A, LENGTH_B, PLAIN, NUMBERS_A, NUMBERS_B, NUMBERS, NAMES_A,
    NAMES_B, NAMES, CHANGED,
    ORDERED, SPAN_A, SPAN_B, FIRST_A, FIRST_B,
) = range(len(FEATURES))  # fmt: skip


@nb.njit(nogil=True, cache=True)
def _common(word, a_low, a_high, b_low, b_high):
    """The length of a longest common subsequence of two sequences of at most 63 words.

    Bit-parallel: a column of the dynamic program is one register (Hyyro, "Bit-parallel LCS-length computation
    revisited", 2004).
    """
    width = b_high - b_low
    full = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    state = full
    for i in range(a_low, a_high):
        target = word[i] & WORD_HASH
        matches = np.uint64(0)
        for j in range(width):
            matches |= np.uint64((word[b_low + j] & WORD_HASH) == target) << np.uint64(j)
        taken = state & matches
        state = ((state + taken) | (state - taken)) & full
    length = 0
    rest = ~state & full
    while rest:
        rest &= rest - np.uint64(1)
        length += 1
    return length


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
def cover(length_a, k_a, k_b, place, count_b, seen_a, out):
    """What shared shingles alone cover: run, covered words, spans and first places, from the places of b's shingles."""
    seen_a[:length_a] = 0
    covered_a = 0
    covered_b = 0
    run = 0
    run_now = 0
    end_b = 0
    first_a = length_a
    first_b = np.int64(-1)
    last_a = 0
    for j in range(count_b):
        i = place[j]
        if i < 0:
            run_now = 0
            continue
        if run_now > 0 and place[j - 1] == i - 1:
            run_now += 1
            low = i + k_a - 1  # all but the last word was seen with the shingle before
        else:
            run_now = k_b
            low = i
        run = max(run, run_now)
        covered_b += j + k_b - max(j, end_b)
        end_b = j + k_b
        for x in range(low, i + k_a):
            covered_a += 1 - seen_a[x]
            seen_a[x] = 1
        first_a = min(first_a, i)
        last_a = max(last_a, i + k_a)
        if first_b < 0:
            first_b = j
    out[RUN] = run
    out[WORDS_A] = covered_a
    out[WORDS_B] = covered_b
    out[ORDERED] = covered_b
    out[SPAN_A] = last_a - first_a
    out[SPAN_B] = end_b - first_b
    out[FIRST_A] = first_a
    out[FIRST_B] = first_b


@nb.njit(nogil=True, cache=True)
def align(word, a_first, a_last, b_first, b_last, k_a, k_b, place, count_b, out):
    """Align the words between anchors, and before the first and after the last, and add them to what is covered."""
    in_gaps = 0
    backward = 0
    end_a = np.int64(-1)  # the words before these are behind the last anchor
    end_b = np.int64(-1)
    for j in range(count_b):
        i = place[j]
        if i < 0:
            continue
        if end_b < 0:  # before the first anchor
            gap_a = min(i, GAP)
            gap_b = min(j, GAP)
        else:
            gap_a = i - end_a
            gap_b = j - end_b
            if i < end_a - k_a:
                backward += j + k_b - max(j, end_b)
        if gap_a > 0 and gap_b > 0 and gap_a <= GAP and gap_b <= GAP:
            low_a, low_b = a_first + i - gap_a, b_first + j - gap_b
            both = _common(word, low_a, a_first + i, low_b, b_first + j)
            in_gaps += both
            # Before the first anchor the two may have nothing to do with each other; slots are slots only among words
            # in common.
            if end_b >= 0 or 2 * both >= gap_b:
                out[CHANGED] += _changed_numbers(word, low_a, a_first + i, low_b, b_first + j)
        end_a = i + k_a
        end_b = j + k_b
    gap_a = min(a_last - a_first - end_a, GAP)
    gap_b = min(b_last - b_first - end_b, GAP)
    if gap_a > 0 and gap_b > 0:
        low_a, low_b = a_first + end_a, b_first + end_b
        both = _common(word, low_a, low_a + gap_a, low_b, low_b + gap_b)
        in_gaps += both
        if 2 * both >= gap_b:
            out[CHANGED] += _changed_numbers(word, low_a, low_a + gap_a, low_b, low_b + gap_b)
    out[ORDERED] = min(out[ORDERED] + in_gaps, b_last - b_first) - backward
    out[WORDS_A] = min(out[WORDS_A] + in_gaps, a_last - a_first)
    out[WORDS_B] = min(out[WORDS_B] + in_gaps, b_last - b_first)
