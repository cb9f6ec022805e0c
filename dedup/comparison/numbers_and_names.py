"""Numbers and names of two bodies: what tells an update of a story from another story in the same form."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.batch import text_array
from dedup.kernels.jit import kernel
from dedup.languages import lexicon
from dedup.text.tokens import CAPITAL, DIGIT, LINE, SENTENCE, WORD_HASH, tokenise

#: Distinct words of one kind that are counted in a body; more are left out.
MOST = 512

#: Slots of a table of numbers or names.
SLOTS = 1024


@kernel
def pick(word, low, high, flag, out):
    """Write the words with a flag that are inside a sentence to `out`; return how many.

    word (m,) uint32: the body is `word[low:high]`. out (room,) uint32. With DIGIT these words are the body's numbers,
    with CAPITAL its names.
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


@kernel
def _is_amount(word, numerals):
    """Whether a word is a number, in digits or in letters."""
    if word & DIGIT:
        return True
    value = word & WORD_HASH
    slot = value % np.uint32(SLOTS)
    while numerals[slot] != 0 and numerals[slot] != value:
        slot = (slot + np.uint32(1)) % np.uint32(SLOTS)
    return numerals[slot] == value


@kernel
def pick_amounts(word, low, high, numerals, out):
    """Write the amounts of a body to `out`, as 27-bit hashes; return how many.

    word (m,) uint32: the body is `word[low:high]`. numerals: of `number_words`. out (room,) uint32. An amount is a run
    of numbers: 6-3/16 is one, and so are 1.5, 12,141,000 and twenty-one.
    """
    count = 0
    inside = False
    for i in range(low, high):
        if not _is_amount(word[i], numerals):
            inside = False
            continue
        value = np.uint64(word[i] & WORD_HASH)
        if inside:
            run = (np.uint64(out[count - 1]) * np.uint64(0x9E3779B97F4A7C15) + value) * np.uint64(0xC4CEB9FE1A85EC53)
            out[count - 1] = np.uint32(run >> np.uint64(37))
        else:
            out[count] = np.uint32(value)
            count += 1
        inside = True
    return count


@kernel
def mark(words, table, stamp):
    """Put the distinct ones of some words into a table; return how many, MOST at most.

    words (n,) uint32. table (SLOTS,) uint64: a slot is in use where the part above the word is `stamp` (uint64, not 0),
    so that nothing has to be cleared.
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


@kernel
def mark_common(words, table, stamp, other, other_stamp):
    """Put words into a table as `mark` does; return (how many, how many of them are in the table `other` too).

    words (n,) uint32. table (SLOTS,) uint64; other (SLOTS,) uint64: in use where the part above the word is
    `other_stamp`.
    """
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
