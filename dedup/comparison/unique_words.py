"""Find the words that stand once in each of two bodies, and the most of them that stand in one order."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.tokens import WORD_HASH


@scalar_kernel
def unique_common_words(word, a_low, a_high, b_low, b_high, table, state, place, at_a, at_b):
    """Write the places of words that stand exactly once in each body into at_a and at_b, in the order of a.

    word (m,) uint32: a is `word[a_low:a_high]`, b is `word[b_low:b_high]`. table (s,) uint32; state (s,) int8, zeros;
    place (s,) int32: an open-addressed table of s slots, a power of two. at_a (room,) int32; at_b (room,) int32:
    output. Returns (words once in a, words once in b, words once in both).
    """
    mask = np.uint32(len(state) - 1)
    once_a = once_b = common = 0
    for i in range(a_low, a_high):
        h = word[i] & WORD_HASH
        slot = h & mask
        while state[slot] != 0 and table[slot] != h:
            slot = (slot + np.uint32(1)) & mask
        if state[slot] == 0:
            table[slot] = h
            state[slot] = 1
            once_a += 1
        elif state[slot] == 1:
            state[slot] = 2
            once_a -= 1
    # From 4 on the state also tells how often b has the word: once, or more often.
    for i in range(b_low, b_high):
        h = word[i] & WORD_HASH
        slot = h & mask
        while state[slot] != 0 and table[slot] != h:
            slot = (slot + np.uint32(1)) & mask
        if state[slot] < 4:
            table[slot] = h
            state[slot] += 4
            place[slot] = i - b_low
            once_b += 1
        elif state[slot] < 8:
            state[slot] += 4
            once_b -= 1
    for i in range(a_low, a_high):
        h = word[i] & WORD_HASH
        slot = h & mask
        while table[slot] != h or state[slot] == 0:
            slot = (slot + np.uint32(1)) & mask
        if state[slot] == 5:
            at_a[common] = i - a_low
            at_b[common] = place[slot]
            common += 1
    return once_a, once_b, common


@kernel
def longest_increasing(at_b, count, tail, previous):
    """Find a longest ascending subsequence of `at_b[:count]` (Fredman 1975), and return its length.

    at_b (room,) int32: values; tail (room,) int32: scratch; previous (room,) int32: gets the places of the subsequence,
    ascending, at its front. Of several longest ones it is the one that patience sorting finds.
    """
    length = 0
    for i in range(count):
        low, high = 0, length
        while low < high:
            middle = (low + high) // 2
            if at_b[tail[middle]] < at_b[i]:
                low = middle + 1
            else:
                high = middle
        previous[i] = tail[low - 1] if low > 0 else -1
        tail[low] = i
        length = max(length, low + 1)
    at = tail[length - 1] if length else -1
    for k in range(length - 1, -1, -1):
        tail[k] = at
        at = previous[at]
    previous[:length] = tail[:length]
    return length
