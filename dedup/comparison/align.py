"""The alignment of two bodies along their common shingles, and the columns of a pair's features.

Shared shingles are the anchors; between two anchors that lie close together in both bodies a longest common
subsequence of words is taken.
"""

from __future__ import annotations

import numpy as np

from dedup.comparison.numbers_and_names import are_other_amounts, changed_numbers
from dedup.kernels.jit import scalar_kernel
from dedup.text.tokens import CAPITAL, LINE, SENTENCE, WORD_HASH

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
    "amounts_a",  # distinct amounts of a, runs of numbers in digits or letters; 0 where neither body is short
    "amounts_b",
    "amounts",  # distinct amounts in common
    "changed",  # aligned slots in which both have a number, and not the same
    "ordered",  # aligned words of b whose anchors go forward in a
    "span_a",  # words of a between its first and its last aligned word
    "span_b",
    "first_a",  # place of the first aligned word of a
    "first_b",
    "lead_a",  # distinct words before the first aligned word of a that stand nowhere after it; 0 where it is not needed
    "lead_b",
    "lead",  # those in common
    "renamed",  # names in short gaps, or at the beginning, in whose place the other body has another
    "lead_cover",  # per mille of the words of a lead in passages near the beginning of the other, of that with more
    "lead_rare",  # per mille of the rare words of the lead with fewer that stand in both
    "lead_names",  # per mille of the names and numbers of the lead with fewer that stand in both
    "lead_own",  # words before the first sentence in common, of the body with more
    "outside",  # words of the shorter body outside quotation marks; 0 where they are not needed
    "narration",  # those in common runs that go forward and stand outside quotation marks in both
    "own_words",  # words that a body has twice or more, also in a gap, and the other nowhere; of the one with fewer
    "repeated",  # distinct words that a body has twice or more, of the one with fewer
    "common_words",  # per mille of the words of the shorter body that stand somewhere in the other
    "altered",  # short gaps of a brief pair in which both have amounts, and other ones
    "swapped",  # short gaps in which each has words that the other body has nowhere
    "own_part",  # words outside the runs, of the body with fewer; 0 where one tells the lead of the other
    "own_same",  # per mille of their rare words that both have, of the geometric mean
    "own_news",  # ... of those at their beginning, of the body with fewer
)
(
    SHARED, SIZE_A, SIZE_B, RUN, WORDS_A, WORDS_B, LENGTH_A, LENGTH_B, PLAIN, NUMBERS_A, NUMBERS_B, NUMBERS, NAMES_A,
    NAMES_B, NAMES, AMOUNTS_A, AMOUNTS_B, AMOUNTS, CHANGED, ORDERED, SPAN_A, SPAN_B,
    FIRST_A, FIRST_B, LEAD_A, LEAD_B, LEAD, RENAMED, LEAD_COVER, LEAD_RARE, LEAD_NAMES, LEAD_OWN,
    OUTSIDE, NARRATION, OWN_WORDS, REPEATED, COMMON_WORDS, ALTERED, SWAPPED,
    OWN_PART, OWN_SAME, OWN_NEWS,
) = range(len(FEATURES))  # fmt: skip


#: Slots of a table of the places of words in a gap: more than twice as many as it has words.
PLACES = 128
#: Pairs of words of two gaps up to which they are compared one by one: clearing the table takes as long.
_FEW_CELLS = 16


#: Words of a gap in which names are compared: a slot for a name, its age, a trade.
SLOT = 16
#: A body of so many words is brief: a notice or a flash, of which one amount is the news.
BRIEF = 64


@scalar_kernel
def _lcs_length(word, a_low, a_high, b_low, b_high, key, places):
    """The length of a longest common subsequence of two stretches of at most 63 words.

    The stretches are `word[a_low:a_high]` and `word[b_low:b_high]`. Bit-parallel: a column of the dynamic program is
    one register (Hyyro, "Bit-parallel LCS-length computation revisited", 2004). key (PLACES,) uint32; places (PLACES,)
    uint64: scratch for the places of each word of b, as bits.
    """
    one, mask = np.uint64(1), np.uint64(PLACES - 1)
    width = np.uint64(b_high - b_low)
    low = np.uint64(b_low)
    full = (one << width) - one
    state = full
    if (a_high - a_low) * (b_high - b_low) <= _FEW_CELLS:
        for i in range(np.uint64(a_low), np.uint64(a_high)):
            matches = np.uint64(0)
            for j in range(width):
                matches |= np.uint64((word[low + j] ^ word[i]) & WORD_HASH == 0) << j
            advance = state & matches
            state = ((state + advance) | (state - advance)) & full
    else:
        key[:] = 0
        for j in range(width):
            target = (word[low + j] & WORD_HASH) + np.uint32(1)
            slot = np.uint64(target) & mask
            while key[slot] != 0 and key[slot] != target:
                slot = (slot + one) & mask
            places[slot] = (places[slot] if key[slot] == target else np.uint64(0)) | (one << j)
            key[slot] = target
        for i in range(np.uint64(a_low), np.uint64(a_high)):
            target = (word[i] & WORD_HASH) + np.uint32(1)
            slot = np.uint64(target) & mask
            while key[slot] != 0 and key[slot] != target:
                slot = (slot + one) & mask
            if key[slot] != 0:
                advance = state & places[slot]
                state = ((state + advance) | (state - advance)) & full
    length = 0
    rest = ~state & full
    while rest:
        rest &= rest - one
        length += 1
    return length


@scalar_kernel
def _other_names(word, low, high, other_low, other_high, begin):
    """How many names of a gap, words low..high of word (m,) uint32, are not in the gap other_low..other_high.

    A name is a capitalised word inside a sentence, or at the place `begin`, the first of its body.
    """
    count = 0
    for i in range(low, high):
        if not word[i] & CAPITAL or (i != begin and word[i] & (LINE | SENTENCE)):
            continue
        is_other = True
        for j in range(other_low, other_high):
            is_other &= (word[i] ^ word[j]) & WORD_HASH != 0
        count += is_other
    return count


@scalar_kernel
def cover(length_a, k_a, k_b, runs, n, marks_a, out):
    """Fill the features of a pair that runs alone give: longest run, covered words, spans and first places.

    length_a: words of a; k_a, k_b: words of a shingle. runs (3, room) int32: the first n are those of `match_runs`.
    marks_a (length_a,) uint8: scratch. out (features,) int32, by `FEATURES`: the
    features of the pair.
    """
    cover_b = longest = 0
    end_b = 0
    first_a, last_a = length_a, 0
    for run in range(n):
        i, j, length = np.int64(runs[0, run]), np.int64(runs[1, run]), np.int64(runs[2, run])
        longest = max(longest, length)
        cover_b += j + length - 1 + k_b - max(j, end_b)
        end_b = j + length - 1 + k_b
        first_a = min(first_a, i)
        last_a = max(last_a, i + length - 1 + k_a)
    out[RUN] = longest + k_b - 1
    out[WORDS_A] = _words_in_runs_of_a(k_a, runs, n, marks_a)
    out[WORDS_B] = cover_b
    out[ORDERED] = cover_b
    out[SPAN_A] = last_a - first_a
    out[SPAN_B] = end_b - runs[1, 0]
    out[FIRST_A] = first_a
    out[FIRST_B] = runs[1, 0]


@scalar_kernel
def _words_in_runs_of_a(k_a, runs, n, marks_a):
    """The number of words of a that lie in a run; parameters as for `cover`."""
    words = 0
    end = np.int64(0)
    ascending = True
    for run in range(n):
        i = np.int64(runs[0, run])
        ascending &= run == 0 or runs[0, run - 1] <= i
        words += max(0, i + runs[2, run] - 1 + k_a - max(i, end))
        end = max(end, i + runs[2, run] - 1 + k_a)
    if ascending:
        return words
    words = 0
    for run in range(n):
        marks_a[runs[0, run] : runs[0, run] + runs[2, run] - 1 + k_a] = 0
    for run in range(n):
        for x in range(runs[0, run], runs[0, run] + runs[2, run] - 1 + k_a):
            words += 1 - marks_a[x]
            marks_a[x] = 1
    return words


@scalar_kernel
def align(word, a_first, a_last, b_first, b_last, k_a, k_b, runs, n, key, places, numerals, scratch, out):
    """Align the words between runs, before the first and after the last run, and add them to the covered words.

    word (m,) uint32: a is `word[a_first:a_last]`, b is `word[b_first:b_last]`; k_a, k_b: words of a shingle. runs
    (3, room) int32: the first n are those of `match_runs`. key (PLACES,) uint32, places (PLACES,) uint64: scratch.
    numerals: of `numbers_and_names.numeral_table`. scratch (2, room) uint32: for the numbers of two gaps. out
    (features,) int32: the features after `cover`.
    """
    length_a, length_b = a_last - a_first, b_last - b_first
    in_gaps = 0
    backward = 0
    end_a = end_b = np.int64(0)  # the words before these are behind the last run
    for run in range(n + 1):
        is_last = run == n
        i = min(length_a, end_a + GAP) if is_last else np.int64(runs[0, run])
        j = min(length_b, end_b + GAP) if is_last else np.int64(runs[1, run])
        gap_a = min(i, GAP) if run == 0 else i - end_a
        gap_b = min(j, GAP) if run == 0 else j - end_b
        if run > 0 and i < end_a - k_a:
            backward += j + k_b - max(j, end_b)
        if gap_a > 0 and gap_b > 0 and gap_a <= GAP and gap_b <= GAP:
            low_a, low_b = a_first + i - gap_a, b_first + j - gap_b
            slot_a, slot_b = (low_a, a_first + i), (low_b, b_first + j)
            both = _lcs_length(word, low_a, a_first + i, low_b, b_first + j, key, places)
            in_gaps += both
            if not is_last and max(gap_a, gap_b) <= SLOT and (run > 0 or (gap_a == i and gap_b == j)):
                out[RENAMED] += min(
                    _other_names(word, low_a, a_first + i, low_b, b_first + j, a_first),
                    _other_names(word, low_b, b_first + j, low_a, a_first + i, b_first),
                )
            if min(length_a, length_b) <= BRIEF and max(gap_a, gap_b) <= SLOT:
                out[ALTERED] += are_other_amounts(
                    word, slot_a, (a_first, a_last), slot_b, (b_first, b_last), numerals, scratch
                )
            # Outside the runs the two may have nothing to do with each other; slots are slots only among words in
            # common.
            if 0 < run < n or 2 * both >= gap_b:
                out[CHANGED] += changed_numbers(
                    word, slot_a, (a_first, a_last), slot_b, (b_first, b_last), numerals, scratch
                )
        if not is_last:
            end_a = i + runs[2, run] - 1 + k_a
            end_b = j + runs[2, run] - 1 + k_b
    out[ORDERED] = min(out[ORDERED] + in_gaps, length_b) - backward
    out[WORDS_A] = min(out[WORDS_A] + in_gaps, length_a)
    out[WORDS_B] = min(out[WORDS_B] + in_gaps, length_b)
