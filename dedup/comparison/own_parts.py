"""What two bodies say outside the passages in common: edits of one story, or other news of each.

A copy's own words are edits and additions: they are few in one of the two, or tell the same in other words. A follow-up
repeats paragraphs, and what each tells besides has little to do with what the other tells.
"""

from __future__ import annotations

import math

import numpy as np

from dedup.comparison import align as c
from dedup.comparison.leads import FOLLOW_UP_TIMES, IN_COMMON, LEAD, RARE, cover_lead, scratch_room
from dedup.kernels.jit import scalar_kernel
from dedup.text.tokens import WORD_HASH

#: Words of its own that a body of other news has at least; ... so many where the greater part of a body, as per mille
#: of it, is in common, or in no block. In a script without spaces so many times more as a shingle has more words.
LEAST_OWN, MUCH_OWN, PARTLY = 40, 150, 735
#: The longest run of such a block makes up this share of the aligned words, per mille.
MAIN_BLOCK = 400
#: With this share of a lead in the other body, per mille, wherever it stands there, two texts tell one piece of news.
WHOLE_LEAD = 620
#: In shingles of k words: the beginning of what a body has of its own, in which its news is.
NEWS = 20
#: Bits of a word: it is an own word of a, of b; it stands at the beginning of the own words of a, of b.
_OWN_A, _OWN_B, _NEWS_A, _NEWS_B = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)


@scalar_kernel
def _mark_common(runs, n, row, high, common):
    """Mark the words of a body that lie in runs; return how many do not.

    runs (3, room) int32: the first n are those of `match_runs`; row `row` of it has the places in the body. high: of a
    shingle, less one. common (words,) uint8: zeros; gets 1 for each word in common.
    """
    for run in range(n):
        first = np.int64(runs[row, run])
        common[first : min(first + np.int64(runs[2, run]) + high, len(common))] = 1
    own = len(common)
    for i in range(len(common)):
        own -= common[i]
    return own


@scalar_kernel
def _note(word, first, common, news, bits, tables):
    """Count the words of a body, and set the bits of its own ones.

    word (m,) uint32: the body begins at `first`. common (words,) uint8: as `_mark_common` fills it. news: own words
    that make their beginning. bits: of an own word, and of one at the beginning. tables: (room,) uint32 of words, an
    open-addressed set; (room,) int32 of counts; (room,) uint8 of bits.
    """
    words, count, inside = tables
    mask = np.uint64(len(words) - 1)
    own = 0
    for i in range(len(common)):
        target = (word[first + i] & WORD_HASH) + np.uint32(1)
        slot = np.uint64(target) & mask
        while words[slot] != 0 and words[slot] != target:
            slot = (slot + np.uint64(1)) & mask
        words[slot] = target
        count[slot] += 1
        if common[i] == 0:
            inside[slot] |= bits[0] | (bits[1] if own < news else np.uint8(0))
            own += 1


@scalar_kernel
def compare_own_parts(word, a_first, a_last, b_first, b_last, k_a, k_b, runs, n, marks, commons, memory, out):
    """Fill the features of what each body has of its own, OWN_PART to OWN_NEWS.

    word (m,) uint32: a is `word[a_first:a_last]`, b is `word[b_first:b_last]`; k_a, k_b: words of a shingle. runs
    (3, room) int32: the first n are those of `match_runs`. marks (room,) uint8, commons (2, room) uint8: scratch, and
    memory as `leads.scratch_room` says. out (features,) int32: after `align`. The features are filled where they
    decide: where neither tells the lead of the other.
    """
    length_a, length_b = a_last - a_first, b_last - b_first
    if max(length_a, length_b) > FOLLOW_UP_TIMES * min(length_a, length_b):
        return
    share = max(1000 * out[c.WORDS_A] // length_a, 1000 * out[c.WORDS_B] // length_b)
    k = max(k_a, k_b)
    # Bodies that begin with the same words have one lead.
    if share < IN_COMMON or max(out[c.FIRST_A], out[c.FIRST_B]) < k:
        return
    aligned = max(out[c.WORDS_A], out[c.WORDS_B])
    partly = share < PARTLY and 1000 * out[c.RUN] >= MAIN_BLOCK * aligned
    least = (LEAST_OWN if partly else MUCH_OWN) * k
    # What is aligned is more than what lies in runs, by some words around each.
    if 10 * min(length_a - out[c.WORDS_A], length_b - out[c.WORDS_B]) < least:
        return
    width = min(LEAD * k, length_a, length_b)
    if 1000 * cover_lead(runs, n, 0, 1, width, length_b, k_a - 1, marks) >= WHOLE_LEAD * width:
        return
    if 1000 * cover_lead(runs, n, 1, 0, width, length_a, k_b - 1, marks) >= WHOLE_LEAD * width:
        return
    common_a, common_b = commons[0, :length_a], commons[1, :length_b]
    common_a[:] = 0
    common_b[:] = 0
    own_a = _mark_common(runs, n, 0, k_a - 1, common_a)
    own_b = _mark_common(runs, n, 1, k_b - 1, common_b)
    if 5 * min(own_a, own_b) < least:
        return
    room = scratch_room(length_a + length_b)
    words, _, count, inside = memory
    words, count, inside = words[:room], count[:room], inside[:room]
    words[:] = 0
    count[:] = 0
    inside[:] = 0
    tables = words, count, inside
    _note(word, a_first, common_a, NEWS * k, (_OWN_A, _NEWS_A), tables)
    _note(word, b_first, common_b, NEWS * k, (_OWN_B, _NEWS_B), tables)
    of_a = of_b = both = news_a = news_b = news = 0
    for slot in range(room):
        if inside[slot] != 0 and count[slot] <= RARE:
            here = inside[slot]
            of_a += (here & _OWN_A) != 0
            of_b += (here & _OWN_B) != 0
            both += (here & _OWN_A) != 0 and (here & _OWN_B) != 0
            news_a += (here & _NEWS_A) != 0
            news_b += (here & _NEWS_B) != 0
            news += (here & _NEWS_A) != 0 and (here & _NEWS_B) != 0
    out[c.OWN_PART] = 5 * min(own_a, own_b) // k
    out[c.OWN_SAME] = 1000 * both // max(1, np.int64(math.sqrt(of_a * of_b)))
    out[c.OWN_NEWS] = 1000 * news // max(1, min(news_a, news_b))
