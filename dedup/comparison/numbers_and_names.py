"""Numbers and names of two bodies: what tells an update of a story from another story in the same form."""

from __future__ import annotations

from functools import cache

import numba as nb
import numpy as np
from numpy.typing import NDArray

from dedup.inputs.batch import text_array
from dedup.languages import lexicon
from dedup.text.tokens import CAPITAL, DIGIT, LINE, SENTENCE, WORD_HASH, tokenise

#: Distinct words of one kind that are counted in a body; more are left out.
MOST = 512

#: Slots of a table of numbers or names.
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


@cache
def number_words() -> NDArray[np.uint32]:
    """The number words as hashes, an open-addressed table (SLOTS,) uint32; 0 is an empty slot."""
    table = np.zeros(SLOTS, np.uint32)
    for word in np.unique(tokenise(text_array([" ".join(lexicon.words("number"))])).words(0) & WORD_HASH).tolist():
        slot = word % SLOTS
        while table[slot]:
            slot = (slot + 1) % SLOTS
        table[slot] = word
    return table


@nb.njit(nogil=True, cache=True)
def _is_amount(word, known):
    """Whether a word is a number, in digits or in letters."""
    if word & DIGIT:
        return True
    value = word & WORD_HASH
    slot = value % np.uint32(SLOTS)
    while known[slot] != 0 and known[slot] != value:
        slot = (slot + np.uint32(1)) % np.uint32(SLOTS)
    return known[slot] == value


@nb.njit(nogil=True, cache=True)
def pick_amounts(word, low, high, known, out):
    """Write the amounts of a body to `out` (uint32), 27-bit hashes; returns how many.

    An amount is a run of numbers: 6-3/16 is one, and so are 1.5, 12,141,000 and twenty-one. known: `number_words`.
    """
    count = 0
    inside = False
    for i in range(low, high):
        if not _is_amount(word[i], known):
            inside = False
            continue
        value = np.uint64(word[i] & WORD_HASH)
        if inside:
            mixed = (np.uint64(out[count - 1]) * np.uint64(0x9E3779B97F4A7C15) + value) * np.uint64(0xC4CEB9FE1A85EC53)
            out[count - 1] = np.uint32(mixed >> np.uint64(37))
        else:
            out[count] = np.uint32(value)
            count += 1
        inside = True
    return count


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
