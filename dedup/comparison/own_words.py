"""The words that one body names again and again and the other does not have: who and what a text is about.

Two texts of one form share its phrases and name other people, places and goods, each in the same places and each more
than once. No capital letter tells a name in most scripts, but a word that is repeated in one body and stands nowhere in
the other does. An edited copy repeats few such words: its editor writes another word here and there, and what is new in
a longer version stands in passages of its own, not in the gaps of what both have.
"""

from __future__ import annotations

import numpy as np

from dedup.comparison import align as c
from dedup.comparison.leads import find_slot, scratch_room
from dedup.kernels.jit import scalar_kernel
from dedup.text.tokens import WORD_HASH

#: Bodies of fewer words are forms, of one notice; longer ones tell more than one thing. Of fewer than SHORT_LENGTH
#: words none is taken for re-worded.
NOTICE_LENGTH, SHORT_LENGTH = 300, 150
#: Pairs with these shares of the shorter body's shingles in common, per mille, and of its words, can be told: with
#: fewer, other words stand in the place of most of its phrases, as in a text that was re-worded or translated twice.
LEAST_PHRASES, LEAST_SHORT, MOST_PHRASES = 400, 300, 900
LEAST_ALIGNED, MOST_ALIGNED = 600, 900

#: Where one run makes up this share of the aligned words, the own words stand around a passage.
MOST_IN_RUN = 500
#: Fewer words in gaps of either body are no two names.
LEAST_IN_GAPS = 2

#: What the table holds of a word: how often each body has it, twice at most, and whether it stands in a gap there.
_ONCE, _TWICE, _IN_GAP, _OF_B = 1, 2, 4, 3


@scalar_kernel
def _count_words(word, low, high, shift, words, state):
    """Add the words low..high to a table: words (a power of two,) uint32; state (a power of two,) uint8.

    word (m,) uint32. shift: 0 for a, _OF_B for b.
    """
    for i in range(low, high):
        slot = find_slot(words, word[i])
        words[slot] = (word[i] & WORD_HASH) + np.uint32(1)
        state[slot] |= (_TWICE if state[slot] >> shift & _ONCE else _ONCE) << shift


@scalar_kernel
def _mark_gap(word, low, high, shift, words, state):
    """Mark the words low..high as standing in a gap; return how many of them the other body does not have.

    Parameters as for `_count_words`.
    """
    unknown = 0
    for i in range(low, high):
        slot = find_slot(words, word[i])
        state[slot] |= _IN_GAP << shift
        unknown += state[slot] >> (_OF_B - shift) & (_ONCE | _TWICE) == 0
    return unknown


@scalar_kernel
def compare_own_words(word, a_first, a_last, b_first, b_last, k_a, k_b, runs, n, memory, out):
    """Fill the features of words of their own: OWN_WORDS to SWAPPED.

    word (m,) uint32: a is `word[a_first:a_last]`, b is `word[b_first:b_last]`, the shorter one; k_a, k_b: words of a
    shingle. runs (3, room) int32: the first n are those of `match_runs`. memory: see `leads.scratch_room`. out
    (features,) int32: after `align`. The features are filled where they decide.
    """
    shared, smaller = np.int64(out[c.SHARED]), max(1, min(out[c.SIZE_A], out[c.SIZE_B]))
    length = b_last - b_first
    if length >= NOTICE_LENGTH or not LEAST_ALIGNED * length <= 1000 * out[c.WORDS_B] < MOST_ALIGNED * length:
        return  # of a body that is aligned further the other knows too many words
    least = LEAST_SHORT if length < SHORT_LENGTH else LEAST_PHRASES
    if not least * smaller <= 1000 * shared < MOST_PHRASES * smaller:
        return
    if 1000 * out[c.RUN] >= MOST_IN_RUN * max(out[c.WORDS_A], out[c.WORDS_B]):
        return
    in_gaps_a = in_gaps_b = end_a = end_b = np.int64(0)
    for run in range(n):
        i, j = np.int64(runs[0, run]), np.int64(runs[1, run])
        if 0 < i - end_a <= c.GAP and 0 < j - end_b <= c.GAP:
            in_gaps_a += i - end_a
            in_gaps_b += j - end_b
        end_a = i + runs[2, run] - 1 + k_a
        end_b = j + runs[2, run] - 1 + k_b
    if min(in_gaps_a, in_gaps_b) < LEAST_IN_GAPS:
        return
    room = scratch_room(a_last - a_first + length)
    words, _, _, state = memory
    words, state = words[:room], state[:room]
    words[:] = 0
    state[:] = 0
    _count_words(word, a_first, a_last, 0, words, state)
    _count_words(word, b_first, b_last, _OF_B, words, state)
    end_a = end_b = np.int64(0)
    for run in range(n):
        i, j = np.int64(runs[0, run]), np.int64(runs[1, run])
        if 0 < i - end_a <= c.GAP and 0 < j - end_b <= c.GAP:
            of_a = _mark_gap(word, a_first + end_a, a_first + i, 0, words, state)
            of_b = _mark_gap(word, b_first + end_b, b_first + j, _OF_B, words, state)
            out[c.SWAPPED] += of_a > 0 and of_b > 0 and max(i - end_a, j - end_b) <= c.SLOT
        end_a = i + runs[2, run] - 1 + k_a
        end_b = j + runs[2, run] - 1 + k_b
    own_a = own_b = repeated_a = repeated_b = 0
    for slot in range(room):
        of_a, of_b = state[slot] & 7, state[slot] >> _OF_B
        repeated_a += of_a & _TWICE != 0
        repeated_b += of_b & _TWICE != 0
        own_a += of_a & (_TWICE | _IN_GAP) == _TWICE | _IN_GAP and of_b == 0
        own_b += of_b & (_TWICE | _IN_GAP) == _TWICE | _IN_GAP and of_a == 0
    out[c.OWN_WORDS], out[c.REPEATED] = min(own_a, own_b), min(repeated_a, repeated_b)
    in_both = 0
    for i in range(b_first, b_last):
        in_both += state[find_slot(words, word[i])] & (_ONCE | _TWICE) != 0
    out[c.COMMON_WORDS] = 1000 * in_both // length
