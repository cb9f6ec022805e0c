"""Tell from counts that the tokeniser takes in passing which texts need repair; nearly all need none."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.repair.elements import BASE, LONGEST, NUMBERS

#: Columns of the counts of a text: tags and entities; places where a character stands that no sound text has there;
#: bits of letters of Latin-1 that tell a sister encoding, with the number of adjacent letters of it above; signs of
#: lost letters, U+FFFD and question marks inside words; and line breaks that are no line feed.
MARKUP, PLACES, LETTERS, LOST, BREAKS = range(5)
ONE_ADJACENT = 1 << 8
#: Bits of what a text needs.
HAS_MARKUP, IS_MISREAD, HAS_SISTER, IS_SPACED, LACKS_LETTERS, HAS_BREAKS = 1, 2, 4, 8, 16, 32
#: A control character counts as so many places, and so many make a text misread.
_CERTAIN = _LEAST = 2
#: So many signs of lost letters are looked at.
LEAST_LOST = 2
#: One in so many bytes of a text in a legacy encoding is a Latin-1 letter beside another.
_LEGACY_BYTES = 6
#: Bytes of a token and its space, of which a text of spaced letters has fewer.
_SPACED_BYTES = 4


@kernel(inline="always")
def _is_letter(byte):
    return 97 <= (byte | 32) <= 122


@kernel
def _is_element(data, at, stop):
    """Return whether the word behind byte `at` is the name of an element of HTML; data (bytes,) uint8."""
    number, end = np.int64(0), at + 1
    while end < stop and (_is_letter(data[end]) or 48 <= data[end] <= 57 or data[end] == 45):
        if end - at > LONGEST:
            return False
        byte = data[end]
        number = number * BASE + ((byte | 32 if byte >= 65 else byte) & (BASE - 1))
        end += 1
    return bool((number == NUMBERS).any())


@kernel
def begins_markup(data, at, stop):
    """Return 1 if a tag, a comment or an entity begins at byte `at`, `<` or `&`, else 0. data (bytes,) uint8."""
    if at + 2 >= stop:
        return 0
    following = data[at + 1]
    if data[at] == 60:
        return 1 if following == 47 or following == 33 or (_is_letter(following) and _is_element(data, at, stop)) else 0
    if following == 35:
        return 1
    end = at + 1
    while end < stop and end < at + 32 and (_is_letter(data[end]) or 48 <= data[end] <= 57):
        end += 1
    return 1 if end > at + 1 and end < stop and data[end] == 59 else 0


@kernel(inline="always")
def is_inside_word(data, at):
    """Return 1 if an ASCII letter or a space stands before and a small letter after byte `at`, else 0.

    data (bytes,) uint8.
    """
    return 1 if (_is_letter(data[at - 1]) or data[at - 1] == 32) and 97 <= data[at + 1] <= 122 else 0


@kernel(inline="always")
def is_line_break(data, at, stop):
    """Return 1 if byte `at`, U+000B, U+000C or U+000D, ends a line that no line feed ends, else 0.

    data (bytes,) uint8.
    """
    return 0 if at + 1 < stop and data[at + 1] == 10 else 1


@scalar_kernel
def is_punctuation(code):
    """Return whether a character beyond ASCII is a quotation mark, a dash, a space or the like."""
    return code == 0xA0 or code == 0xAB or code == 0xBB or code == 0xB7 or 0x2000 <= code <= 0x2027


@scalar_kernel
def is_misread(code, is_adjacent, upper, is_inside):
    """Return how many places count for a character that is in Latin-1, a capital, or no letter.

    is_adjacent: it follows a character beyond ASCII that is no capital; is_inside: it follows a Latin letter.
    """
    if code < 0xA0:
        return 0 if code == 0x85 else _CERTAIN
    if 0x2200 <= code < 0x2300:
        return 1
    if is_inside and upper and 0x400 <= code < 0x500:
        return 1
    if is_adjacent:
        if upper:
            return 1 if code < 0x600 else 0
        if code < 0x180:
            return 1 if code < 0xC0 and code != 0xA0 and code != 0xAB and code != 0xBB and code != 0xB7 else 0
        if code < 0x2600 and code >= 0x2000:
            return 0 if 0x2000 <= code < 0x201A or 0x201B <= code < 0x201E or code == 0x2026 else 1
        return 1 if code < 0x250 or 0x2C0 <= code < 0x2E0 else 0
    return 1 if is_inside and (code == 0xAF or code == 0xB8 or code == 0x2C6 or code == 0x2030 or code == 0x2206) else 0


@scalar_kernel
def letter_bit(code):
    """Return the bit of a character below U+0100 that tells a sister encoding together with another, or 0."""
    if code == 0xF8:
        return 1
    if code == 0xEC or code == 0xE8:
        return 2
    if code == 0xFE:
        return 4
    if code == 0xFD:
        return 8
    if code == 0xB3:
        return 16
    if code == 0xB9 or code == 0xBF:
        return 32
    return 0


@scalar_kernel
def needs_of(damage, size, tokens, single):
    """Return what a text needs: the bits above.

    damage (5,) int32: its counts. size: its bytes; tokens; single: those of scripts without spaces.
    """
    is_spaced = tokens * _SPACED_BYTES > size and 4 * single < tokens and tokens > 16
    needs = IS_SPACED if is_spaced else 0
    letters = damage[LETTERS]
    if damage[MARKUP] > 0:
        needs |= HAS_MARKUP
    if damage[PLACES] >= _LEAST or letters // ONE_ADJACENT * _LEGACY_BYTES > size:
        needs |= IS_MISREAD
    if letters & 3 == 3 or letters & 12 == 12 or letters & 48 == 48:
        needs |= HAS_SISTER
    if damage[LOST] >= LEAST_LOST:
        needs |= LACKS_LETTERS
    if damage[BREAKS] > 0:
        needs |= HAS_BREAKS
    return np.uint8(needs)
