"""Parse lines of JSON records into buffers of columns, without an object for any record.

Strict by design: a line is taken only if every parser of JSON (RFC 8259) would read the same from it. All others are
left to the caller: names not seen before or twice, text that is not a string, damage, large exponents, lone surrogates.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.kernels.unaligned import copy_plain, trailing_zeros
from dedup.kernels.utf8 import put_character

#: Bytes behind the content of `data` and of all outputs that may be read or overwritten.
PADDING = 64
#: The most names that are known: a mask of 64 bits says which of them a record had.
MOST_NAMES = 64
#: The deepest level of a nested value that is checked here.
_DEEPEST = 60
#: Places in `state`: where the next line begins, its number less one, rows and bytes of text so far.
AT, NUMBER, ROWS, TEXT = range(4)
#: What a cell holds: nothing, a string, another value as JSON.
NOTHING, STRING, OTHER = range(3)
#: What the strings of a column may be: blank, a whole number, an address.
BLANK, DIGITS, ADDRESS = 1, 2, 4

_QUOTE, _BACKSLASH, _LINE_FEED = 34, 92, 10
_OPEN, _CLOSE = 123, 125
_ODD = -1
_WORST = 1 << 32
#: Bytes of a text that may be one word (`fields.text_value`): four for each of 2,000 characters.
_LONGEST_WORD = 8000
#: The value of each byte as a hexadecimal digit, -1 if it is none.
_DIGITS = np.full(256, -1, np.int64)
for _digit in range(16):
    _DIGITS[[ord(f"{_digit:x}"), ord(f"{_digit:X}")]] = _digit


@kernel
def parse_kernel(
    data, stop, end, names, name_first, rank, column, guess, state, text, lines, heap, cell, kind, cell_at, signs
):
    """Parse the lines that begin before `stop`, up to the first that is odd, as many rows as the outputs hold.

    data (m + PADDING,) uint8: whole lines from `state[AT]` to `end`; the byte at `end` is a line feed if the last line
    has none. The known names, n of them: names (b,) uint8 in UTF-8, one after the other; name_first (n + 1,) int64;
    rank (n,) int64, twice the place of the name among those of the text, the best is the lowest, and one more if a
    single word in it is no text, -1 for others; column (n,) int64, the column of metadata that it fills, -1 for none.
    guess (MOST_NAMES,) int64: the known name that stood at each place of the record before, in and out. state (4,)
    int64, see AT.

    Outputs: text (m + PADDING,) uint8, the texts one after the other. lines (4, rows) int64: bytes of text, number,
    begin in data, and length without the line end of each row. Of c columns heap (c, m + PADDING) uint8, their cells
    one after the other; cell (c, rows) int64, where each cell ends in it; kind (c, rows) uint8; cell_at (c,) int64, the
    bytes so far; signs (c,) uint8, what some strings of each column are.
    """
    columns = len(cell_at)
    at, number, row, text_at = state[AT], state[NUMBER], state[ROWS], state[TEXT]
    while at < stop and row < lines.shape[1]:
        i = at
        while _is_blank(data[i]) and i < end:
            i += 1
        if i >= end or data[i] == _LINE_FEED:
            number += 1
            at = min(i + 1, end)
            continue
        i = _after_space(data, at)  # of blanks that are no white space of JSON, a blank line may have some
        for c in range(columns):
            kind[c, row] = NOTHING
            cell[c, row] = cell_at[c]
        i, text_end = _record(
            data, i, names, name_first, rank, column, guess, text, text_at, heap, cell, kind, row, signs
        )
        if i == _ODD:
            break
        while data[i] == 32 or data[i] == 9 or data[i] == 13:
            i += 1
        if data[i] != _LINE_FEED or i > end:
            break
        number += 1
        lines[0, row] = text_end - text_at
        lines[1, row] = number
        lines[2, row] = at
        lines[3, row] = i - at - (data[i - 1] == 13)
        text_at = text_end
        for c in range(columns):
            cell_at[c] = cell[c, row]
        row += 1
        at = min(i + 1, end)
    state[AT], state[NUMBER], state[ROWS], state[TEXT] = at, number, row, text_at


@kernel
def _is_blank(byte):
    return byte == 32 or byte == 9 or byte == 13 or byte == 11 or byte == 12


@kernel
def _after_space(data, i):
    while data[i] == 32 or data[i] == 9 or data[i] == 13:
        i += 1
    return i


@kernel
def _record(data, i, names, name_first, rank, column, guess, text, text_at, heap, cell, kind, row, signs):
    """Parse one object from `i` on: (the place behind it, the end of its text), or _ODD."""
    if data[i] != _OPEN:
        return _ODD, text_at
    best, text_end, present, place = _WORST, text_at, np.uint64(0), 0
    i = _after_space(data, i + 1)
    while True:
        if data[i] != _QUOTE or place >= len(guess):
            return _ODD, text_at
        i += 1
        name, size = _known_name(data, i, names, name_first, guess, place)
        bit = np.uint64(1) << np.uint64(name)
        if name < 0 or present & bit:
            return _ODD, text_at
        guess[place] = name
        place += 1
        present |= bit
        i = _after_space(data, i + size + 1)
        if data[i] != 58:
            return _ODD, text_at
        i = _after_space(data, i + 1)
        c = column[name]
        if data[i] == _QUOTE:
            if 0 <= rank[name] < best:
                best = rank[name]
                i, text_end = copy_string(data, i + 1, text, text_at)
            elif c >= 0:
                begin = cell[c, row]
                i, last = copy_string(data, i + 1, heap[c], begin)
                kind[c, row] = STRING
                cell[c, row] = last
                signs[c] |= _signs(heap[c], begin, last)
            else:
                # Copied to nowhere: behind the texts, where the next will overwrite it.
                i, _ = copy_string(data, i + 1, text, text_end)
        else:
            begin = i
            if 0 <= rank[name] < best:
                return _ODD, text_at
            i = skip_value(data, i, text, text_end)
            if c >= 0 and i > 0 and not (i - begin == 4 and data[begin] == 110):
                last = cell[c, row]
                for k in range(begin, i):
                    heap[c, last] = data[k]
                    last += 1
                kind[c, row] = OTHER
                cell[c, row] = last
        if i < 0:
            return _ODD, text_at
        i = _after_space(data, i)
        if data[i] == _CLOSE:
            break
        if data[i] != 44:
            return _ODD, text_at
        i = _after_space(data, i + 1)
    if _signs(text, text_at, text_end) & BLANK:  # as it is where there is no text
        return _ODD, text_at
    if best & 1 and _may_be_one_word(text, text_at, text_end):
        return _ODD, text_at
    return i + 1, text_end


@kernel
def _known_name(data, i, names, name_first, guess, place):
    """Return (the known name that stands at `i`, its bytes), or (-1, 0)."""
    name = guess[place]
    if name >= 0 and _is_name(data, i, names, name_first[name], name_first[name + 1]):
        return name, name_first[name + 1] - name_first[name]
    for name in range(len(name_first) - 1):
        if _is_name(data, i, names, name_first[name], name_first[name + 1]):
            return name, name_first[name + 1] - name_first[name]
    return -1, 0


@kernel
def _is_name(data, i, names, first, last):
    for k in range(first, last):
        if data[i] != names[k]:
            return False
        i += 1
    return data[i] == _QUOTE


@kernel
def _signs(data, first, last):
    """Return what a string may be: BLANK if nothing in it is sure to be visible, DIGITS, ADDRESS."""
    signs, all_digits = BLANK, True
    for k in range(first, last):
        byte = data[k]
        # Lead bytes under which there is white space: U+0085 and U+00A0, U+1680, U+2000 and others, U+3000.
        if byte > 32 and (byte < 127 or (byte >= 0xC3 and (byte < 0xE1 or byte > 0xE3))):
            signs = 0
            all_digits = 48 <= byte <= 57 or byte >= 128
            break
    if signs == 0 and last - first <= 64:
        for k in range(first, last):
            byte = data[k]
            all_digits = all_digits and (48 <= byte <= 57 or byte >= 128)
            if byte == 47 or byte == 10 or (byte == 46 and k > first and (data[k - 1] | 32) == 119):
                signs |= ADDRESS
    elif signs == 0:
        signs = ADDRESS
    return signs | (DIGITS if all_digits else 0)


@kernel
def _may_be_one_word(data, first, last):
    """Return whether a short text has no white space of ASCII but at its ends."""
    if last - first > _LONGEST_WORD:
        return False
    words, is_between = 0, True
    for k in range(first, last):
        byte = data[k]
        if words > 1:
            return False
        is_space = byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31
        words += is_between and not is_space
        is_between = is_space
    return words <= 1


@kernel
def copy_string(data, i, out, at):
    """Copy the string whose content begins at `i`, unescaped: (the place behind it, the end in out), or (_ODD, at).

    data (m + PADDING,) uint8; out (k + PADDING,) uint8, of which 64 bytes behind the end may be overwritten.
    """
    begin = at
    while True:
        stops = copy_plain(data, i, out, at)
        if stops == 0:
            i += 64
            at += 64
            continue
        plain = np.int64(trailing_zeros(stops))
        i += plain
        at += plain
        byte = data[i]
        if byte == _QUOTE:
            return i + 1, at
        if byte == _BACKSLASH:
            while data[i] == _BACKSLASH:
                i, at = _escape(data, i + 1, out, at)
                if i < 0:
                    return _ODD, begin
            continue
        if byte < 128:
            return _ODD, begin
        while byte >= 128:
            size = _sequence(data, i)
            if size == 0:
                return _ODD, begin
            for _ in range(size):
                out[at] = data[i]
                i += 1
                at += 1
            byte = data[i]


@kernel
def _sequence(data, i):
    """Return the bytes of the UTF-8 sequence at `i` (RFC 3629), which is not ASCII; 0 if it is none."""
    lead, second = data[i], data[i + 1]
    if lead < 0xC2 or second & 0xC0 != 0x80:
        return 0
    if lead < 0xE0:
        return 2
    if data[i + 2] & 0xC0 != 0x80:
        return 0
    if lead < 0xF0:
        if (lead == 0xE0 and second < 0xA0) or (lead == 0xED and second > 0x9F):
            return 0
        return 3
    if data[i + 3] & 0xC0 != 0x80 or lead > 0xF4:
        return 0
    if (lead == 0xF0 and second < 0x90) or (lead == 0xF4 and second > 0x8F):
        return 0
    return 4


@kernel
def _escape(data, i, out, at):
    """Write the character of an escape whose letter is at `i`: (the place behind it, the end in out), or (_ODD, at)."""
    letter = data[i]
    if letter == 117:
        code = _hexadecimal(data, i + 1)
        i += 5
        if 0xD800 <= code < 0xDC00:
            low = _hexadecimal(data, i + 2) if data[i] == _BACKSLASH and data[i + 1] == 117 else -1
            if not 0xDC00 <= low < 0xE000:
                return _ODD, at
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            i += 6
        elif code < 0 or 0xDC00 <= code < 0xE000:
            return _ODD, at
        return i, put_character(out, at, code)
    if letter == 110:
        out[at] = 10
    elif letter in (_QUOTE, _BACKSLASH, 47):
        out[at] = letter
    elif letter == 116:
        out[at] = 9
    elif letter == 114:
        out[at] = 13
    elif letter == 98:
        out[at] = 8
    elif letter == 102:
        out[at] = 12
    else:
        return _ODD, at
    return i + 1, at + 1


@kernel
def _hexadecimal(data, i):
    """Return the number of four hexadecimal digits, or one below 0."""
    first, second, third, fourth = _DIGITS[data[i]], _DIGITS[data[i + 1]], _DIGITS[data[i + 2]], _DIGITS[data[i + 3]]
    return (first << 12) | (second << 8) | (third << 4) | fourth


@kernel
def skip_value(data, i, scratch, at):
    """Return the place behind a value other than a string, or _ODD.

    data (m + PADDING,) uint8; scratch (k + PADDING,) uint8, to which strings in the value are written from `at` on.
    """
    objects, depth = np.uint64(0), 0  # of each level around the place one bit, the innermost the lowest: 1 an object
    while True:
        byte = data[i]
        if byte == _OPEN or byte == 91:
            if depth >= _DEEPEST:
                return _ODD
            depth += 1
            objects = (objects << np.uint64(1)) | np.uint64(byte == _OPEN)
            i = _after_space(data, i + 1)
            if data[i] != (_CLOSE if byte == _OPEN else 93):
                if byte == _OPEN:
                    i = _skip_name(data, i, scratch, at)
                    if i < 0:
                        return _ODD
                continue
        elif byte == _QUOTE:
            i, _ = copy_string(data, i + 1, scratch, at)
        else:
            i = _skip_scalar(data, i)
        if i < 0:
            return _ODD
        while True:  # behind a value, or at the end of what holds nothing
            if depth == 0:
                return i
            i = _after_space(data, i)
            is_object = objects & np.uint64(1)
            if data[i] == (_CLOSE if is_object else 93):
                depth -= 1
                objects >>= np.uint64(1)
                i += 1
                continue
            if data[i] != 44:
                return _ODD
            i = _after_space(data, i + 1)
            if is_object:
                i = _skip_name(data, i, scratch, at)
                if i < 0:
                    return _ODD
            break


@kernel
def _skip_name(data, i, scratch, at):
    """Return the place of the value whose name stands at `i`, or _ODD."""
    if data[i] != _QUOTE:
        return _ODD
    i, _ = copy_string(data, i + 1, scratch, at)
    if i < 0:
        return _ODD
    i = _after_space(data, i)
    return _after_space(data, i + 1) if data[i] == 58 else _ODD


@kernel
def _skip_scalar(data, i):
    """Return the place behind true, false, null or a number that no float is too small for, or _ODD."""
    byte = data[i]
    if byte == 116:
        return i + 4 if data[i + 1] == 114 and data[i + 2] == 117 and data[i + 3] == 101 else _ODD
    if byte == 110:
        return i + 4 if data[i + 1] == 117 and data[i + 2] == 108 and data[i + 3] == 108 else _ODD
    if byte == 102:
        is_false = data[i + 1] == 97 and data[i + 2] == 108 and data[i + 3] == 115 and data[i + 4] == 101
        return i + 5 if is_false else _ODD
    begin = i
    if byte == 45:
        i += 1
    first = i
    while 48 <= data[i] <= 57:
        i += 1
    if i == first or (data[first] == 48 and i - first > 1):
        return _ODD
    if data[i] == 46:
        point = i
        i += 1
        while 48 <= data[i] <= 57:
            i += 1
        if i == point + 1:
            return _ODD
    # Whoever reads a number as a float must find one: those that are long or have a large exponent might be infinite.
    if data[i] | 32 != 101:
        return i if i - begin <= 300 else _ODD
    if i - begin > 200:
        return _ODD
    i += 1
    if data[i] == 43 or data[i] == 45:
        i += 1
    first = i
    while 48 <= data[i] <= 57 and i - first < 3:
        i += 1
    return i if 1 <= i - first <= 2 else _ODD
