"""Select first and last lines of texts without capitals that may name a source: a kernel over their bytes.

Most such lines are sentences of the story. A line is read if it has a mark of a credit where a credit has
one (a dateline's sign, a label, a job), and a name of the registry or a phrase behind which a new name may stand. The
kernel may select more lines than those of `uncased_edges`, and never fewer that name somebody.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.evidence.uncased_table import (
    ALONE,
    BEHIND_PAPER,
    BLANK,
    BROKEN,
    CAPITAL,
    CLOSES,
    COLON,
    CUE,
    CUE_INSIDE,
    DATED,
    DIGIT,
    EXCLAIMED,
    FIRST,
    FOREIGN,
    HEAD_SIGN,
    HEAD_WORD,
    JOB,
    JOINED,
    LABEL,
    LEAD,
    MARKED,
    NAME,
    NAME_STEM,
    OPENS,
    PAIRS,
    PAPER,
    REPORT,
    SECOND,
    SHORT_SIGN,
    SIGNED,
    SIGNED_LAST,
    SLOTS,
    SOURCE,
    STOP,
    STORY_CUE,
    TAIL_SIGN,
    TAIL_WORD,
    THIRD,
    TIMED,
    TOLD,
    WORD,
    UncasedTable,
)
from dedup.kernels.jit import kernel, scalar_kernel

#: A line up to so many characters may be a name alone, and one up to so many a credit.
_NAME_ALONE, _SHORT = 24, 60
#: Characters in which a dateline ends, also where letters stand for words, a lead names its source, a sign-off has its
#: label or a job.
_HEAD, _JOINED_HEAD, _LEAD, _TAIL, _SIGNED = 48, 24, 150, 70, 30
#: Characters between words to a reporter and the job.
_TOLD = 12
#: Characters in which a dateline's tag stands; those before a new paper's report; of a last line that is a tag; those
#: from which on a paper in quotation marks may end the part of a line that is read.
_REACH, _REPORT, _TAG, _READ = 180, 24, 10, 150
#: Most characters of a state in brackets within a paper's name.
_STATE = 7
#: Most characters of a credit in the head, in scripts without blanks.
_LONGEST = 90
#: Bits of the result: a mark of a credit, and a name or a phrase before one.
MARK, NAMED = 1, 2
#: Classes of a letter that is no mark.
_LETTER = WORD | BROKEN | JOINED | ALONE | FOREIGN
#: Bits of a line's position, as in `line_scan`.
_IS_HEAD, _IS_FOOT = 1, 2


def selected_lines(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], lines: NDArray[np.int64], table: UncasedTable
) -> NDArray[np.uint8]:
    """Return MARK and NAMED of lines, (m,) uint8. lines (m, 5) int64: of `LineScanner.scan`, first and last lines."""
    return line_kernel(data, offsets, lines, table)


@kernel
def line_kernel(data, offsets, lines, table):
    """Return bits (m,) uint8, as `selected_lines` does.

    data uint8, offsets (n + 1,) int64: the texts. lines (m, 5) int64. table: `UncasedTable`.
    """
    out = np.zeros(len(lines), np.uint8)
    longest = 0
    for row in range(len(lines)):
        longest = max(longest, lines[row, 3] - lines[row, 2])
    # Room behind the last character for looking ahead.
    code = np.zeros(longest + 4, np.uint16)
    spelling = np.zeros(longest + 4, np.uint16)
    at = np.zeros(longest + 4, np.int64)
    for row in range(len(lines)):
        base = offsets[lines[row, 0]]
        size, is_foreign = _decode(data, base + lines[row, 2], base + lines[row, 3], code)
        if size == 0:
            continue
        count = 0
        for k in range(size):
            is_foreign |= table.class_of[code[k]] & FOREIGN != 0
            folded = table.fold[code[k]]
            if folded != 0:
                spelling[count] = folded
                at[count] = k
                count += 1
        spelling[count : count + 2] = 0
        at[count] = size
        is_head = lines[row, 1] & _IS_HEAD != 0
        is_foot = lines[row, 1] & _IS_FOOT != 0
        is_story = not is_foot and _is_story(code, size, table.class_of)
        bits = _signs(code, size, is_head, is_foot, is_story, table)
        if is_foreign:
            bits |= NAMED
        out[row] = _words(spelling, at, count, code, size, is_head, is_foot, is_story, bits, table)
    return out


@scalar_kernel
def _is_story(code, size, class_of):
    """Return whether a line of letters without blanks is too long for a credit of the head but a dateline.

    code (k,) uint16: its characters, `size` of them.
    """
    low = 0
    while low < size and class_of[code[low]] & BLANK:
        low += 1
    while size > low and class_of[code[size - 1]] & BLANK:
        size -= 1
    if size - low <= _LONGEST:
        return False
    for k in range(low, low + _LONGEST):  # noqa: SIM110
        if class_of[code[k]] & JOINED:
            return True
    return False


@scalar_kernel
def _decode(data, low, high, code):
    """Write the characters of bytes low..high to `code` (uint16), without broken ones at the ends.

    Return how many they are, and whether one is a letter beyond the basic plane; those are written as 65535.
    """
    size = 0
    is_foreign = False
    p = low
    while p < high:
        first = np.int64(data[p])
        if first < 0x80:
            value, length = first, 1
        elif first < 0xC0:
            p += 1
            continue
        elif first < 0xE0:
            value, length = first & 0x1F, 2
        elif first < 0xF0:
            value, length = first & 0x0F, 3
        else:
            value, length = first & 0x07, 4
        if p + length > high:
            break
        for k in range(1, length):
            value = value << 6 | np.int64(data[p + k]) & 0x3F
        if value > 0xFFFF:
            is_foreign |= value < 0x1F000 or value > 0x1FFFF
            value = 0xFFFF
        code[size] = value
        size += 1
        p += length
    return size, is_foreign


@scalar_kernel
def _signs(code, size, is_head, is_foot, is_story, table):
    """Return MARK and NAMED of a line by its signs alone.

    code (k,) uint16: its characters, `size` of them. is_story: as `_is_story` says. table: `UncasedTable`.
    """
    class_of = table.class_of
    is_short = size <= _SHORT
    tail = max(0, size - _TAIL)
    is_mark = size <= _NAME_ALONE and not class_of[code[size - 1]] & EXCLAIMED
    is_named = False
    has_opening = has_capitals = has_point = has_quotation = has_comma = False
    head = _HEAD if is_short or code[0] < 0x3040 else _JOINED_HEAD
    is_bracket = True  # nothing but marks so far, and no bracket yet
    was = np.uint16(BLANK)
    for k in range(size):
        kind = class_of[code[k]]
        byte = code[k]
        if kind & WORD and not kind & ~_LETTER:
            is_bracket = False
            was = kind
            continue
        following = class_of[code[k + 1]] if k + 1 < size else np.uint16(BLANK)
        is_pair = kind & was & DIGIT != 0
        if is_head:
            if is_short and (kind & SHORT_SIGN or is_pair):
                is_mark = True
            if k <= 2 and is_bracket:
                is_mark |= kind & OPENS != 0
                is_bracket = kind & WORD == 0
            if k < head:
                is_mark |= kind & HEAD_SIGN != 0
                is_mark |= byte == 45 and (was | following) & BLANK != 0
                is_mark |= kind & COLON != 0 and (k + 1 == head or not following & DIGIT)
            if k < _REACH:
                has_opening |= kind & OPENS != 0 or byte == 47 or byte == 0xFF0F
                has_capitals |= kind & was & CAPITAL != 0
            if byte == 0xAB:
                has_quotation = True
            if byte == 0xBB and has_quotation:
                is_named |= k >= _READ or _is_blank(code, k + 1, size, class_of)
        if is_foot:
            if is_short and is_pair:
                is_mark = True
            if k >= tail:
                is_mark |= kind & TAIL_SIGN != 0
                is_mark |= kind & CLOSES != 0 and _is_end(code, k + 1, size, class_of)
            has_opening |= kind & OPENS != 0
            if size <= _TAG and byte == 44:
                has_comma = True
        is_named |= kind & TAIL_SIGN != 0 and not is_story
        # `(c)` is a cue; `Tallahassee (Fla.) Democrat` is a paper without its state.
        if byte == 40 and was & BLANK and following & CAPITAL:
            for end in range(k + 3, min(size - 2, k + _STATE + 1)):
                is_named |= code[end] == 41 and class_of[code[end + 2]] & CAPITAL != 0
        if byte == 46 or byte == 0xFF0E:
            has_point |= k + 1 < size and 97 <= table.fold[code[k + 1]] <= 122
        was = kind
    # The address of an agency, or a tag that no registry has, in brackets.
    is_named |= (has_opening and (has_point or (is_head and has_capitals))) or has_comma
    return (MARK if is_mark else 0) | (NAMED if is_named else 0)


@scalar_kernel
def _is_blank(code, low, size, class_of):
    """Return whether there are only blanks in characters low..size of a line; code (k,) uint16."""
    for k in range(low, size):  # noqa: SIM110
        if not class_of[code[k]] & BLANK:
            return False
    return True


@scalar_kernel
def _is_end(code, low, size, class_of):
    """Return whether only blanks, full stops and stars are in characters low..size of a line; code (k,) uint16."""
    for k in range(low, size):  # noqa: SIM110
        if not class_of[code[k]] & (BLANK | STOP):
            return False
    return True


@scalar_kernel
def _words(spelling, at, count, code, size, is_head, is_foot, is_story, bits, table):
    """Return the bits of a line by its words too, of which `bits` are set.

    spelling (k,) uint16: the line in one spelling, `count` characters; at (k,) int64: their indexes in `code` (k,)
    uint16, the line as printed, `size` characters. table: `UncasedTable`.
    """
    class_of = table.class_of
    # The first and the last character behind words to a reporter, and behind the ending of a new paper's name.
    told_end = last_told_end = paper_end = -1
    is_joined = False
    for k in range(min(size, _HEAD)):
        is_joined |= class_of[code[k]] & JOINED != 0
    has_letters = has_opened = False
    for place in range(count):
        begin = at[place]
        first = class_of[code[begin]]
        one = spelling[place]
        key = np.int64(one) * FIRST + np.int64(spelling[place + 1]) * SECOND
        pair = np.uint64(key % PAIRS)
        is_pair = (table.pairs[pair >> np.uint64(6)] >> (pair & np.uint64(63))) & np.uint64(1) != 0
        turn = 0 if class_of[one] & ALONE else 1
        # Words of one character, of two, and longer ones.
        while turn < (3 if is_pair else 1):
            length = turn + 1
            entry = -1
            kind = table.single[one]
            if turn > 0:
                key += np.int64(spelling[place + 2]) * THIRD if turn == 2 else 0
                entry = table.slot[key % SLOTS]
            turn += 1
            while entry >= 0 or length == 1:
                if entry >= 0:
                    kind = table.kind[entry]
                    size_of_word = table.begin[entry + 1] - table.begin[entry]
                    is_word = (size_of_word == 2) == (length == 2) and _is_word(spelling, place, count, entry, table)
                else:
                    size_of_word = np.int32(1)
                    is_word = True
                if is_word:
                    end = at[place + size_of_word - 1] + 1
                    was = class_of[code[begin - 1]] if begin > 0 else np.uint16(BLANK)
                    following = class_of[code[end]] if end < size else np.uint16(BLANK)
                    is_whole = not (was & first | class_of[code[end - 1]] & following) & BROKEN
                    if kind & JOB and 0 <= told_end <= begin - 2 and begin <= last_told_end + _TOLD and begin < _HEAD:
                        bits |= MARK
                    bits |= _mark(kind, begin, end, size, is_head, is_foot, is_joined, was, following)
                    if kind & TOLD and is_head and end < _HEAD:
                        told_end = end if told_end < 0 else told_end
                        last_told_end = max(last_told_end, end)
                    if kind & BEHIND_PAPER and paper_end == begin:
                        bits |= NAMED
                    if kind & PAPER and (has_opened or not is_story):
                        paper_end = end
                        if not following & WORD:
                            bits |= NAMED
                    if is_whole and kind & (NAME | STORY_CUE | (0 if is_story else CUE)):
                        bits |= NAMED
                    if kind & NAME_STEM and not was & first & BROKEN and _is_two_words(code, end, size, class_of):
                        bits |= NAMED
                    if not is_story:
                        if kind & CUE_INSIDE:
                            bits |= NAMED
                        if kind & SOURCE and (not has_letters or _is_before_colon(code, end, size, class_of)):
                            bits |= NAMED
                    if kind & REPORT and is_head and begin < _REPORT and following & (BLANK | OPENS):
                        bits |= NAMED
                if entry < 0 or table.last[entry]:
                    break
                entry += 1
        if bits == MARK | NAMED:
            break
        has_opened |= first & OPENS != 0 and not has_letters
        has_letters |= first & WORD != 0
    return bits


@scalar_kernel
def _is_word(spelling, place, count, entry, table):
    """Return whether a word of the table stands at a place; spelling (k,) uint16: `count` characters of a line."""
    low = table.begin[entry]
    length = table.begin[entry + 1] - low
    if place + length > count:
        return False
    for k in range(length):  # noqa: SIM110
        if spelling[place + k] != table.code[low + k]:
            return False
    return True


@scalar_kernel
def _mark(kind, begin, end, size, is_head, is_foot, is_joined, was, following):
    """Return MARK if a word of these kinds at characters begin..end of a line is one of a credit there, else 0.

    was, following: the classes of the characters beside it; is_joined: whether the head has letters without blanks.
    """
    is_short = size <= _SHORT
    if is_head:
        if end <= _HEAD:
            if kind & HEAD_WORD or (kind & DATED and was & DIGIT):
                return MARK
            if kind & MARKED and (end == _HEAD or not following & WORD):
                return MARK
        if kind & LEAD and not is_joined and end <= _LEAD:
            return MARK
        if is_short and (kind & SIGNED or (kind & SIGNED_LAST and end == size)):
            return MARK
    if is_foot:
        tail = size - _TAIL
        if begin >= tail:
            if kind & TAIL_WORD or (kind & TIMED and was & DIGIT):
                return MARK
            if kind & LABEL and (not was & WORD or begin <= max(0, tail) + 2):
                return MARK
        if begin >= size - _SIGNED and (kind & SIGNED or (kind & SIGNED_LAST and end == size)):
            return MARK
    return 0


@scalar_kernel
def _is_two_words(code, end, size, class_of):
    """Return whether a blank and a further word follow the word of which a part ends at `end`; code (k,) uint16."""
    while end < size and class_of[code[end]] & WORD:
        end += 1
    return end + 1 < size and class_of[code[end]] & BLANK != 0 and class_of[code[end + 1]] & WORD != 0


@scalar_kernel
def _is_before_colon(code, end, size, class_of):
    """Return whether a colon or stroke follows at `end`, perhaps behind blanks; code (k,) uint16."""
    while end < size and class_of[code[end]] & BLANK:
        end += 1
    return end < size and class_of[code[end]] & COLON != 0
