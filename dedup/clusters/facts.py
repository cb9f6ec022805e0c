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
def mark(word, low, high, flag, table, stamp):
    """Put the distinct words of a body that have a flag inside a sentence into a table; returns how many.

    With DIGIT these are its numbers, with CAPITAL its names. table uint64 (SLOTS,): a slot is in use where the part
    above the word is `stamp` (not 0), so that nothing has to be cleared.
    """
    begin = LINE | SENTENCE if flag == CAPITAL else np.uint32(0)
    count = 0
    for i in range(low, high):
        if word[i] & (flag | begin) == flag and count < MOST:
            entry = (np.uint64(stamp) << np.uint64(27)) | np.uint64(word[i] & WORD_HASH)
            slot = np.int64(entry) & (SLOTS - 1)
            while table[slot] >> np.uint64(27) == np.uint64(stamp) and table[slot] != entry:
                slot = (slot + 1) & (SLOTS - 1)
            count += table[slot] != entry
            table[slot] = entry
    return count


@nb.njit(nogil=True, cache=True)
def mark_common(word, low, high, flag, table, stamp, other, other_stamp):
    """As `mark`: (how many, how many of them are in the table `other` too)."""
    begin = LINE | SENTENCE if flag == CAPITAL else np.uint32(0)
    count = common = 0
    for i in range(low, high):
        if word[i] & (flag | begin) == flag and count < MOST:
            value = np.uint64(word[i] & WORD_HASH)
            entry = (np.uint64(stamp) << np.uint64(27)) | value
            slot = np.int64(entry) & (SLOTS - 1)
            while table[slot] >> np.uint64(27) == np.uint64(stamp) and table[slot] != entry:
                slot = (slot + 1) & (SLOTS - 1)
            if table[slot] == entry:
                continue
            table[slot] = entry
            count += 1
            entry = (np.uint64(other_stamp) << np.uint64(27)) | value
            slot = np.int64(entry) & (SLOTS - 1)
            while other[slot] >> np.uint64(27) == np.uint64(other_stamp) and other[slot] != entry:
                slot = (slot + 1) & (SLOTS - 1)
            common += other[slot] == entry
    return count, common
