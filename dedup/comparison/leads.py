"""How the beginnings of two bodies compare: whether two texts tell one piece of news or share a background.

A copy, and a later version, begin with the same news: the lead stands in the other body, near its beginning, or it is
told anew and names the same people, places and numbers in the same rare words. A follow-up has a lead of its own, and
repeats paragraphs of earlier stories below it.
"""

from __future__ import annotations

import numpy as np

from dedup.comparison import align as c
from dedup.kernels.jit import scalar_kernel
from dedup.text.tokens import CAPITAL, DIGIT, WORD_HASH

#: Words before the first aligned word, in both, that make a lead of its own: more than a headline.
OWN_LEAD = 25
#: In shingles of k words: a lead is two sentences; the beginning of a body, in which it may be told later; the part of
#: a body in which who and what it is about is named; a sentence. In a script without spaces k is twice as large.
LEAD, BEGINNING, NAMING, A_SENTENCE = 8, 30, 12, 2.4
#: Only pairs of which one body has this share of its words in common, per mille, can be copies.
IN_COMMON = 600
#: With this share of a lead in the beginning of the other, per mille, two texts tell one piece of news.
SAME_LEAD = 500
#: Words before the first sentence in common, in the body with more, that are a lead of its own of several sentences.
#: Versions whose lead another outlet wrote anew have up to 130, follow-ups mostly 180 and more.
SEVERAL = 150
#: ... without so many, the longest run must make up this share of the aligned words, per mille.
LONG_BLOCK = 350
#: A word is rare if both bodies have it so many times together at most: not the words of which any text is made.
RARE = 6
#: A text of more than so many times the words of the other is no version of it; ... no follow-up with its paragraphs.
#: So a long text is not read once more for each item that stands in it.
VERSION_TIMES, FOLLOW_UP_TIMES = 5, 3
#: Slots of a table of the words of two leads: at least twice as many as there are.
_SLOTS = 512


@scalar_kernel
def _add_words(word, low, high, slots):
    """Add the words low..high to a set, an open-addressed table (a power of two,) uint32; return how many are new."""
    mask = np.uint64(len(slots) - 1)
    added = 0
    for i in range(np.uint64(low), np.uint64(high)):
        target = (word[i] & WORD_HASH) + np.uint32(1)
        slot = np.uint64(target) & mask
        while slots[slot] != 0 and slots[slot] != target:
            slot = (slot + np.uint64(1)) & mask
        added += slots[slot] == 0
        slots[slot] = target
    return added


@scalar_kernel
def scratch_room(words):
    """The length of a table for the words of two bodies, `words` of both: at most half of its slots are taken.

    All features of words use one memory, which is made for the longest bodies of a block of pairs: two tables of words
    (room,) uint32, their counts (room,) int32, and bits (room,) uint8.
    """
    room = _SLOTS
    while room < 2 * words:
        room *= 2
    return room


@scalar_kernel
def _are_of_one_size(a, b, most):
    """Whether the longer of two lengths is at most so many times the shorter."""
    return max(a, b) <= most * min(a, b)


@scalar_kernel
def leads(word, a_first, a_last, b_first, b_last, memory, out):
    """Fill the features LEAD_A to LEAD: words that stand only before the first aligned word, of each body and of both.

    word (m,) uint32: a is `word[a_first:a_last]`, b is `word[b_first:b_last]`. memory: see `scratch_room`. out
    (features,) int32: after `align`; filled where they decide.
    """
    if min(out[c.FIRST_A], out[c.FIRST_B]) < OWN_LEAD:
        return
    length_a, length_b = a_last - a_first, b_last - b_first
    aligned = max(out[c.WORDS_A], out[c.WORDS_B])
    # Only a copy of which one block is the greater part may be a follow-up with that block as its background.
    if not _are_of_one_size(length_a, length_b, VERSION_TIMES) or 1000 * out[c.RUN] < LONG_BLOCK * aligned:
        return
    if max(1000 * out[c.WORDS_A] // length_a, 1000 * out[c.WORDS_B] // length_b) < IN_COMMON:
        return
    room = scratch_room(length_a + length_b)
    slots, of_both, _, _ = memory
    slots, of_both = slots[:room], of_both[:room]
    slots[:] = 0
    a_lead, b_lead = a_first + out[c.FIRST_A], b_first + out[c.FIRST_B]
    _add_words(word, a_lead, a_last, slots)
    _add_words(word, b_lead, b_last, slots)
    for slot in range(room):
        of_both[slot] = slots[slot]
    out[c.LEAD_A] = _add_words(word, a_first, a_lead, slots)
    out[c.LEAD_B] = _add_words(word, b_first, b_lead, of_both)
    out[c.LEAD] = out[c.LEAD_B] - _add_words(word, b_first, b_lead, slots)


@scalar_kernel
def cover_lead(runs, n, low, other, words, limit, high, marks):
    """Count the words of a lead that lie in runs with which the other body begins.

    runs (3, room) int32: the first n are those of `match_runs`; row `low` of it (0 for a, 1 for b) has the places in
    the lead, row `other` those in the other body. words: of the lead; limit: of the beginning of the other; high: of a
    shingle, less one. marks (room,) uint8: scratch.
    """
    marks[:words] = 0
    for run in range(n):
        first = np.int64(runs[low, run])
        if first < words:
            last = first + min(np.int64(runs[2, run]) + high, limit - np.int64(runs[other, run]))
            for i in range(first, min(last, words)):
                marks[i] = 1
    cover = 0
    for i in range(words):
        cover += marks[i]
    return cover


@scalar_kernel
def find_slot(words, word):
    """Return the slot of a word in an open-addressed table, words (a power of two,) uint32, or the empty one for it."""
    mask = np.uint64(len(words) - 1)
    target = (word & WORD_HASH) + np.uint32(1)
    slot = np.uint64(target) & mask
    while words[slot] != 0 and words[slot] != target:
        slot = (slot + np.uint64(1)) & mask
    return slot


@scalar_kernel
def _same_named(word, a_first, a_last, b_first, b_last, memory):
    """Per mille of the names and numbers of the stretch with fewer that stand in both; memory: see `scratch_room`.

    word (m,) uint32: the stretches are `word[a_first:a_last]` and `word[b_first:b_last]`.
    """
    words, _, _, state = memory
    words, state = words[:_SLOTS], state[:_SLOTS]
    words[:] = 0
    state[:] = 0
    of_a = of_b = both = 0
    for i in range(a_first, a_last):
        if word[i] & (CAPITAL | DIGIT):
            slot = find_slot(words, word[i])
            of_a += words[slot] == 0
            words[slot] = (word[i] & WORD_HASH) + np.uint32(1)
            state[slot] = 1
    for i in range(b_first, b_last):
        if word[i] & (CAPITAL | DIGIT):
            slot = find_slot(words, word[i])
            words[slot] = (word[i] & WORD_HASH) + np.uint32(1)
            of_b += state[slot] < 2
            both += state[slot] == 1
            state[slot] = 2 if state[slot] == 0 else 3
    return 1000 * both // max(1, min(of_a, of_b))


@scalar_kernel
def _same_rare(word, a_first, a_last, b_first, b_last, width, memory):
    """Per mille of the rare words of the lead with fewer that stand in both; memory: see `scratch_room`.

    word (m,) uint32: the bodies are `word[a_first:a_last]` and `word[b_first:b_last]`; width: words of a lead.
    """
    words, _, count, inside = memory
    words, count = words[:_SLOTS], count[:_SLOTS]
    inside = inside[:_SLOTS]  # 1: in the lead of a; 2: in that of b; 3: in both
    words[:] = 0
    count[:] = 0
    inside[:] = 0
    a_lead, b_lead = min(a_last, a_first + width), min(b_last, b_first + width)
    for lead in range(2):
        for i in range(a_first if lead == 0 else b_first, a_lead if lead == 0 else b_lead):
            slot = find_slot(words, word[i])
            words[slot] = (word[i] & WORD_HASH) + np.uint32(1)
            inside[slot] |= lead + 1
    for body in range(2):
        for i in range(a_first if body == 0 else b_first, a_last if body == 0 else b_last):
            # Most words are in no lead, and their slot is empty; then the count is of nothing.
            count[find_slot(words, word[i])] += 1
    of_a = of_b = both = 0
    for slot in range(_SLOTS):
        if words[slot] != 0 and count[slot] <= RARE:
            of_a += inside[slot] & 1
            of_b += inside[slot] >> 1
            both += inside[slot] == 3
    return 1000 * both // max(1, min(of_a, of_b))


@scalar_kernel
def compare_leads(word, a_first, a_last, b_first, b_last, k_a, k_b, runs, n, marks, memory, out):
    """Fill the features that tell one piece of news from two with one background: LEAD_COVER to LEAD_OWN.

    word (m,) uint32: a is `word[a_first:a_last]`, b is `word[b_first:b_last]`; k_a, k_b: words of a shingle. runs
    (3, room) int32: the first n are those of `match_runs`. marks (room,) uint8: scratch; memory: see `scratch_room`.
    out (features,) int32: after `align`. The features are filled where they decide.
    """
    length_a, length_b = a_last - a_first, b_last - b_first
    aligned = max(out[c.WORDS_A], out[c.WORDS_B])
    if not _are_of_one_size(length_a, length_b, FOLLOW_UP_TIMES):
        return
    if max(1000 * out[c.WORDS_A] // length_a, 1000 * out[c.WORDS_B] // length_b) < IN_COMMON:
        return
    k = max(k_a, k_b)
    own_a, own_b = length_a, length_b
    for run in range(n):
        if runs[2, run] - 1 + k >= A_SENTENCE * k:
            own_a, own_b = min(own_a, np.int64(runs[0, run])), min(own_b, np.int64(runs[1, run]))
    out[c.LEAD_OWN] = 5 * max(own_a, own_b) // k
    if out[c.LEAD_OWN] < SEVERAL and 1000 * out[c.RUN] < LONG_BLOCK * aligned:
        return
    width, beginning = min(LEAD * k, length_a, length_b), BEGINNING * k
    cover_a = cover_lead(runs, n, 0, 1, width, beginning, k_a - 1, marks)
    cover_b = cover_lead(runs, n, 1, 0, width, beginning, k_b - 1, marks)
    out[c.LEAD_COVER] = 1000 * max(cover_a, cover_b) // max(1, width)
    if out[c.LEAD_COVER] >= SAME_LEAD:
        return
    out[c.LEAD_RARE] = _same_rare(word, a_first, a_last, b_first, b_last, width, memory)
    a_names, b_names = min(a_last, a_first + NAMING * k), min(b_last, b_first + NAMING * k)
    out[c.LEAD_NAMES] = _same_named(word, a_first, a_names, b_first, b_names, memory)
