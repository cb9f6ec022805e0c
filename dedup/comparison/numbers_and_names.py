"""Numbers and names of two bodies: what tells an update of a story from another story in the same form."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.batch import text_array
from dedup.kernels.jit import kernel, scalar_kernel
from dedup.languages import lexicon
from dedup.text.token_kernel import decode_number
from dedup.text.tokens import CAPITAL, DIGIT, LINE, SENTENCE, WORD_HASH, tokenise

#: Distinct words of one kind that are counted in a body; more are left out.
MOST = 512

#: Slots of a table of numbers or names.
SLOTS = 1024


@scalar_kernel
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


#: Slots of the table of number words, several times as many as there are words.
NUMERAL_SLOTS = 4096
#: Meaning of a value in that table that is not a number: a word between the ends of a range. A scale is negative.
_JOINER = np.int64(0)
_FOREIGN = np.int64(1 << 62)  # what is not in the table
#: Numbers above it take no scale: the product would not fit 64 bits.
_MOST_SCALED = 999_999


@cache
def numeral_table() -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the words that mean numbers as an open-addressed table: hashes and values.

    Hashes (NUMERAL_SLOTS,) uint32, of which 0 is an empty slot; values (NUMERAL_SLOTS,) int64. A number word has its
    value, a scale ("million") that times -1, a word between the ends of a range 0.
    """
    value_of = dict.fromkeys(lexicon.words("range_joiner"), 0)
    value_of |= {word: -scale for word, scale in lexicon.values("scale").items()} | lexicon.values("number")
    tokens = tokenise(text_array(list(value_of)), repair=False)
    hashes, values = np.zeros(NUMERAL_SLOTS, np.uint32), np.zeros(NUMERAL_SLOTS, np.int64)
    for i, value in enumerate(value_of.values()):
        if len(tokens.words(i)) == 1:
            word = int(tokens.words(i)[0] & WORD_HASH)
            slot = word % NUMERAL_SLOTS
            while hashes[slot] not in (0, word):
                slot = (slot + 1) % NUMERAL_SLOTS
            hashes[slot], values[slot] = word, value
    return hashes, values


@scalar_kernel
def _meaning(word, numerals):
    """Return the value of a word in the table `numerals`, _FOREIGN if it is not there."""
    hashes, values = numerals
    value = word & WORD_HASH
    slot = value % np.uint32(NUMERAL_SLOTS)
    while hashes[slot] != 0 and hashes[slot] != value:
        slot = (slot + np.uint32(1)) % np.uint32(NUMERAL_SLOTS)
    return values[slot] if hashes[slot] == value else _FOREIGN


@scalar_kernel
def _scale_of(word, at, high, numerals):
    """Return the scale that word `at` is, 0 if it is none."""
    if at >= high or word[at] & DIGIT:
        return np.int64(0)
    value = _meaning(word[at], numerals)
    return -value if value < 0 else np.int64(0)


@kernel(inline="always")
def _size_at(word, at, high):
    """Return how many digits word `at` has, 0 if it is no number or stands behind the end."""
    return decode_number(word[at])[1] if at < high and word[at] & DIGIT else np.int64(0)


@scalar_kernel
def _digits_of(word, low, i, high):
    """Return (value, position after it) of the number in digits at word i of `word[low:high]`; negative if it has none.

    12 50 000 is 12,50,000, and 1 208 is 1,208; other groups of three stay apart, for 250 300 may be a range.
    """
    value, digits = decode_number(word[i])
    if digits == 0:
        return -np.int64(word[i] & WORD_HASH) - 1, i + 1
    end = i + 1
    if digits > 2 or (i > low and word[i - 1] & DIGIT):
        return value, end
    while _size_at(word, end, high) == 2 and end < i + 5:
        end += 1
    if _size_at(word, end, high) != 3 or (end == i + 1 and (digits > 1 or _size_at(word, end + 1, high) == 3)):
        return value, i + 1
    for at in range(i + 1, end):
        value = 100 * value + decode_number(word[at])[0]
    return 1000 * value + decode_number(word[end])[0], end + 1


@scalar_kernel
def read_number(word, low, i, high, numerals):
    """Return (value, position after it) of the number at word i of `word[low:high]`, which is one in digits or letters.

    word (m,) uint32. numerals: of `numeral_table`. A scale counts (3 million, 6万3400) unless another number
    stands before: 6.5 million is 6 and 5, for no word tells a decimal mark from a list. Tens and units are one number.
    """
    if word[i] & DIGIT:
        value, end = _digits_of(word, low, i, high)
    else:
        value, end = _meaning(word[i], numerals), i + 1
        if 20 <= value < 100 and value % 10 == 0 and end < high and word[end] & DIGIT == 0:
            unit = _meaning(word[end], numerals)
            if 1 <= unit <= 9:
                value += unit
                end += 1
    scale = (
        np.int64(0)
        if value > _MOST_SCALED or (i > low and word[i - 1] & DIGIT)
        else _scale_of(word, end, high, numerals)
    )
    if value < 0 or scale == 0:
        return value, end
    value *= scale
    end += 1
    # Smaller scales follow: 4万2千, 6万3400, 2 million 300 thousand.
    while end < high and word[end] & DIGIT:
        part, digits = decode_number(word[end])
        own = max(np.int64(1), _scale_of(word, end + 1, high, numerals))
        if digits == 0 or part * own >= scale:
            break
        value += part * own
        end += 1 if own == 1 else 2
        scale = own
    return value, end


@kernel(inline="always")
def _hash(value):
    """Return a 27-bit hash of a number."""
    return np.uint32((np.uint64(value) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(37))


@scalar_kernel
def _put_pieces(value, out, count):
    """Write the hash of a number, or of the groups of three of one of five digits or more; return the new count.

    So 412300 and 412,300 are the same, and so are 250-300 and 250 to 300.
    """
    if value < 10_000:
        out[count] = _hash(value)
        return count + 1
    divisor = np.int64(1)
    while value // divisor >= 1000:
        divisor *= 1000
    while divisor > 0:
        out[count] = _hash(value // divisor % 1000)
        count += 1
        divisor //= 1000
    return count


@scalar_kernel
def pick_numbers(word, low, high, numerals, out):
    """Write the numbers in digits of a body to `out`, as 27-bit hashes of their pieces; return how many.

    word (m,) uint32: the body is `word[low:high]`. numerals: of `numeral_table`. out (room,) uint32, room for
    three times the body's words and eight more.
    """
    words = np.uint64(high - low)
    positions = out[np.int64(2 * words) :]
    count = np.uint64(0)
    for i in range(words):
        # Without a branch: which words are picked cannot be foreseen.
        positions[count] = np.uint32(i)
        count += np.uint64(word[np.uint64(low) + i] & DIGIT != 0)
    pieces = 0
    end = low
    for k in range(np.int64(count)):
        i = low + np.int64(positions[k])
        if i >= end:
            value, end = read_number(word, low, i, high, numerals)
            pieces = _put_pieces(value, out, pieces)
    return pieces


@scalar_kernel
def _is_amount(word, numerals):
    """Return whether a word is a number, in digits or in letters."""
    if word & DIGIT:
        return True
    value = _meaning(word, numerals)
    return 0 < value < _FOREIGN


@scalar_kernel
def pick_amounts(word, low, high, numerals, out):
    """Write the amounts of a body to `out`, as 27-bit hashes; return how many.

    word (m,) uint32: the body is `word[low:high]`. numerals: of `numeral_table`. out (room,) uint32. An
    amount is a run of numbers, as the digits that it has in all: 6-3/16 is one, and so are 1.5, 12,141,000, twenty-one,
    and 14 and 17.
    """
    count = 0
    digits = np.uint64(0)
    inside = False
    i = low
    while i < high:
        if not _is_amount(word[i], numerals):
            joins = inside and i + 1 < high and _meaning(word[i], numerals) == _JOINER
            inside = joins and _is_amount(word[i + 1], numerals)
            i += 1
            continue
        size = decode_number(word[i])[1] if word[i] & DIGIT else np.int64(0)
        first = i
        value, i = read_number(word, low, i, high, numerals)
        shift = np.uint64(10)
        if size > 0 and i == first + 1:  # leading zeros count: 1.05
            for _ in range(size - 1):
                shift *= np.uint64(10)
        else:
            while 0 < shift <= np.uint64(abs(value)):
                shift *= np.uint64(10)
        digits = (digits * shift if inside else np.uint64(0)) + np.uint64(value)
        count += not inside
        out[count - 1] = _hash(digits)
        inside = True
    return count


@scalar_kernel
def changed_numbers(word, a_gap, a_body, b_gap, b_body, numerals, scratch):
    """Return the slots of two gaps of one length in which both hold a number, and not the same number.

    word (m,) uint32. a_gap, b_gap: first word of a gap and the one after its last; a_body, b_body: those of the
    bodies. numerals: of `numeral_table`. scratch (2, room) uint32: each as for `pick_numbers`. None if the numbers
    of both gaps are the same amounts, written otherwise.
    """
    (a_low, a_high), (a_first, a_last) = a_gap, a_body
    (b_low, b_high), (b_first, b_last) = b_gap, b_body
    count = 0
    if a_high - a_low == b_high - b_low:
        for i in range(a_high - a_low):
            x = word[a_low + i]
            y = word[b_low + i]
            count += (x & DIGIT != 0) & (y & DIGIT != 0) & ((x ^ y) & WORD_HASH != 0)
    if count == 0:
        return 0
    # A run may end within a number: 12,50,000 and 1,250,000 have their last group in common.
    while a_low > a_first and b_low > b_first and word[a_low - 1] == word[b_low - 1] and word[a_low - 1] & DIGIT:
        a_low, b_low = a_low - 1, b_low - 1
    while a_high < a_last and b_high < b_last and word[a_high] == word[b_high] and word[a_high] & DIGIT:
        a_high, b_high = a_high + 1, b_high + 1
    of_a = pick_numbers(word, a_low, a_high, numerals, scratch[0])
    if of_a != pick_numbers(word, b_low, b_high, numerals, scratch[1]):
        return count
    for i in range(of_a):
        if scratch[0, i] != scratch[1, i]:
            return count
    return 0


@scalar_kernel
def _is_whole_number(word, numerals):
    """Return whether a word is a number of which the value is known: not digits with letters."""
    return decode_number(word)[1] > 0 if word & DIGIT else _is_amount(word, numerals)


@scalar_kernel
def are_other_amounts(word, a_gap, a_body, b_gap, b_body, numerals, scratch):
    """Return whether two gaps, of any lengths, each hold amounts, in digits or letters, and other ones.

    So they are with none in common, and as many that are all others in their places: five and three, three and two.

    word (m,) uint32; scratch (2, room) uint32; the other parameters as for `changed_numbers`.
    """
    (a_low, a_high), (a_first, a_last) = a_gap, a_body
    (b_low, b_high), (b_first, b_last) = b_gap, b_body
    in_a = in_b = False
    for i in range(a_low, a_high):
        in_a |= _is_amount(word[i], numerals)
    for i in range(b_low, b_high):
        in_b |= _is_amount(word[i], numerals)
    if not (in_a and in_b):
        return False
    # A run may end within an amount: 6-3/16 and 6-1/16 have their first and last numbers in common.
    while a_low > a_first and b_low > b_first and word[a_low - 1] & word[b_low - 1] & DIGIT:
        a_low, b_low = a_low - 1, b_low - 1
    while a_high < a_last and b_high < b_last and word[a_high] & word[b_high] & DIGIT:
        a_high, b_high = a_high + 1, b_high + 1
    for i in range(a_low, a_high):
        if word[i] & DIGIT and not _is_whole_number(word[i], numerals):
            return False
    for i in range(b_low, b_high):
        if word[i] & DIGIT and not _is_whole_number(word[i], numerals):
            return False
    of_a = pick_amounts(word, a_low, a_high, numerals, scratch[0])
    of_b = pick_amounts(word, b_low, b_high, numerals, scratch[1])
    in_place = in_common = 0
    for i in range(of_a):
        in_place += i < of_b and scratch[0, i] == scratch[1, i]
        for j in range(of_b):
            in_common += scratch[0, i] == scratch[1, j]
    return of_a > 0 and of_b > 0 and (in_common == 0 or (of_a == of_b and in_place == 0))


@scalar_kernel
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


@scalar_kernel
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
