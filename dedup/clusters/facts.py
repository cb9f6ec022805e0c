"""Numbers and names of two bodies: what tells an update of a story from another story in the same form."""

from __future__ import annotations

import numba as nb
import numpy as np

from dedup.articles.tokens import CAPITAL, LINE, SENTENCE, WORD_HASH

#: Distinct words of one kind that are counted in a body; more are left out.
MOST = 512


@nb.njit(nogil=True, cache=True)
def _mark(word, low, high, flag, table, stamp, mark):
    """Put the distinct words of a body that have a flag inside a sentence into a table; returns how many.

    With DIGIT these are its numbers, with CAPITAL its names. table uint32 and stamp int64 (1024,): a slot is in use
    where its stamp is `mark`, so that nothing has to be cleared.
    """
    begin = LINE | SENTENCE if flag == CAPITAL else np.uint32(0)
    count = 0
    for i in range(low, high):
        if word[i] & flag and not word[i] & begin and count < MOST:
            value = word[i] & WORD_HASH
            slot = value & np.uint32(1023)
            while stamp[slot] == mark and table[slot] != value:
                slot = (slot + np.uint32(1)) & np.uint32(1023)
            if stamp[slot] != mark:
                stamp[slot] = mark
                table[slot] = value
                count += 1
    return count


@nb.njit(nogil=True, cache=True)
def _in_common(table_a, stamp_a, mark_a, table_b, stamp_b, mark_b):
    """How many words two tables of `_mark` have in common."""
    common = 0
    for i in range(1024):
        if stamp_b[i] == mark_b:
            value = table_b[i]
            slot = value & np.uint32(1023)
            while stamp_a[slot] == mark_a and table_a[slot] != value:
                slot = (slot + np.uint32(1)) & np.uint32(1023)
            common += stamp_a[slot] == mark_a
    return common


@nb.njit(nogil=True, cache=True)
def facts(word, a_low, a_high, b_low, b_high, flag, tables, stamps, mark):
    """(of a, of b, in common): distinct words with a flag."""
    of_a = _mark(word, a_low, a_high, flag, tables[0], stamps[0], mark)
    of_b = _mark(word, b_low, b_high, flag, tables[1], stamps[1], mark)
    return of_a, of_b, _in_common(tables[0], stamps[0], mark, tables[1], stamps[1], mark)
