"""Numbers and names of two bodies: what tells an update of a story from another story in the same form."""

from __future__ import annotations

import numba as nb
import numpy as np

from dedup.articles.tokens import CAPITAL, LINE, SENTENCE, WORD_HASH

#: Distinct words of one kind that are counted in a body; more are left out.
MOST = 512


#: Slots of a table of facts.
SLOTS = 1024


@nb.njit(nogil=True, cache=True)
def pick(word, low, high, flag, out):
    """Write the words with a flag that are inside a sentence to `out` (uint32); returns how many.

    With DIGIT these are a body's numbers, with CAPITAL its names.
    """
    begin = LINE | SENTENCE if flag == CAPITAL else np.uint32(0)
    count = np.uint64(0)
    for i in range(np.uint64(low), np.uint64(high)):
        # Without a branch: which words are picked cannot be foreseen.
        out[count] = word[i] & WORD_HASH
        count += np.uint64(word[i] & (flag | begin) == flag)
    return np.int64(count)


@nb.njit(nogil=True, cache=True)
def mark(words, table, stamp):
    """Put the distinct ones of words into a table; returns how many.

    table uint64 (SLOTS,): a slot is in use where the part above the word is `stamp` (uint64, not 0), so that nothing
    has to be cleared.
    """
    count = 0
    for word in words:
        entry = (stamp << np.uint64(27)) | np.uint64(word)
        slot = entry & np.uint64(SLOTS - 1)
        while table[slot] >> np.uint64(27) == stamp and table[slot] != entry:
            slot = (slot + np.uint64(1)) & np.uint64(SLOTS - 1)
        if table[slot] != entry and count < MOST:
            table[slot] = entry
            count += 1
    return count


@nb.njit(nogil=True, cache=True)
def mark_common(words, table, stamp, other, other_stamp):
    """As `mark`: (how many, how many of them are in the table `other` too)."""
    count = common = 0
    for word in words:
        entry = (stamp << np.uint64(27)) | np.uint64(word)
        slot = entry & np.uint64(SLOTS - 1)
        while table[slot] >> np.uint64(27) == stamp and table[slot] != entry:
            slot = (slot + np.uint64(1)) & np.uint64(SLOTS - 1)
        if table[slot] == entry or count == MOST:
            continue
        table[slot] = entry
        count += 1
        entry = (other_stamp << np.uint64(27)) | np.uint64(word)
        slot = entry & np.uint64(SLOTS - 1)
        while other[slot] >> np.uint64(27) == other_stamp and other[slot] != entry:
            slot = (slot + np.uint64(1)) & np.uint64(SLOTS - 1)
        common += other[slot] == entry
    return count, common
