"""Find in a batch the few texts that may be no article, so that only these are looked at by `non_articles`.

A *sign* is the first `SIGN` bytes of a word that such pages use. A kernel counts the signs at the beginning of each
text, which takes less than a microsecond a text.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.text_buffers import Buffers
from dedup.kernels.jit import kernel, scalar_kernel
from dedup.kernels.unaligned import load64, trailing_zeros
from dedup.languages import lexicon

#: Bytes of signs: of an entry the longest of these that it has. Shorter ones are none: too many words begin like them.
SIZES = (5, 6, 7, 8, 12)
START = SIZES[0]
#: Bytes of the longest text that may be a wall or a menu; 400 words of Hindi have 7,000.
MOST_BYTES = 8_000
#: The beginning that is looked at, in bytes, and the least signs of walls in it, each unlike the two before it. At
#: most half of it is in sentences without a sign: of 151 walls in 40 languages all but a fifth at most is in others.
HEAD, LEAST_SIGNS = 500, 3
#: In a text of at most so many bytes one sign less is enough: error pages have few words.
BRIEF = 700
#: Bytes of a text that are looked at together: most texts show within a few of these that they are no wall.
_CHUNK = 96
#: The lines at the beginning of a menu or a list, and the bytes of the longest of them.
LINES, MENU_LINE, LIST_LINE = 8, 45, 120
#: The most words of an entry of a menu, and the least different entries of one.
ENTRY_WORDS, MENU_ENTRIES = 8, 8
#: The least share of entries among what stands between separators, in tenths.
MENU_TENTHS = 4
#: The times of play (3:42) at the beginning of a playlist.
LEAST_TIMES = 3
#: What a text may be, as bits.
WALL, MENU, LIST, PLAYLIST, CODE = 1, 2, 4, 8, 16
#: The least braces at the beginning of a text that may be program code.
LEAST_BRACES = 3
#: Bits of the table of signs, where another word is taken for one of 3,000 signs with a probability of .003; and of a
#: first look-up by their first bytes, which stays in the nearest cache.
_BITS, _START_BITS = 20, 16
_START_FACTOR, _START_MASK, _SMALL = 0x9E3779B97F4A7C15, (1 << (8 * START)) - 1, 0x2020202020
#: The lowest and the highest bit of each of eight bytes.
_ONES, _TOPS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_FNV_BASIS, _FNV_PRIME = 0x811C9DC5, 0x01000193
#: What a byte may be: a part of a word; the first byte of a word behind what is none; the first byte of a character of
#: a script whose words have prefixes or no spaces between them; the first byte of the end of a sentence.
_IN_WORD, _BEGINS, _ANYWHERE, _ENDS = 1, 2, 4, 8


def _byte_kinds() -> NDArray[np.uint8]:
    """Return what each byte may be, (256,) uint8."""
    kinds = np.zeros(256, np.uint8)
    for byte in range(256):
        is_letter = 97 <= (byte | 32) <= 122
        kinds[byte] |= _IN_WORD if is_letter or byte >= 0x80 or 48 <= byte <= 57 else 0
        kinds[byte] |= _BEGINS if is_letter or byte >= 0xC0 else 0
        kinds[byte] |= _ANYWHERE if byte >= 0xD6 else 0  # Hebrew and Arabic, and all characters of three bytes
        kinds[byte] |= _ENDS if byte in b"\n.!?\xd8\xe0\xe3\xef" else 0
    return kinds


_KINDS = _byte_kinds()


@cache
def sign_tables() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the bits of the beginnings of signs, (1024,) uint64, and those of whole signs, (16384,) uint64.

    A bit of the first is the hash of the first `START` bytes of a sign, one of the second that of all its bytes.
    """
    starts, table = np.zeros(1 << _START_BITS, np.uint8), np.zeros(1 << _BITS, np.bool_)
    for size in SIZES:
        rows = [sign for sign in signs() if len(sign) == size]
        columns = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), size).T
        value, start = np.full(len(rows), _FNV_BASIS, np.uint32), np.full(len(rows), _SMALL, np.uint64)
        for k, column in enumerate(columns):
            value = (value ^ column) * np.uint32(_FNV_PRIME)
            start |= column.astype(np.uint64) << np.uint64(8 * k) if k < START else np.uint64(0)
        table[value >> np.uint32(32 - _BITS)] = True
        starts[(start * np.uint64(_START_FACTOR)) >> np.uint64(64 - _START_BITS)] = 1
    return np.packbits(starts, bitorder="little").view(np.uint64), np.packbits(table, bitorder="little").view(np.uint64)


@cache
def signs() -> frozenset[bytes]:
    """Return the beginnings of the words of walls, of entries that have one part, and of the long parts of the others.

    ASCII is in lower case.
    """
    out = set()
    for name in lexicon.WORD_LISTS:
        for entry in lexicon.words(name) if name.startswith("wall_") else ():
            parts = entry.split("&")
            for part in parts:
                part = part.strip()
                for form in {part} if part.isascii() else {part.lower(), part.capitalize()}:
                    data = form.encode().lower()
                    size = SIZES[bisect_right(SIZES, len(data)) - 1] if len(data) >= START else 0
                    if size and (len(parts) == 1 or size == SIZES[-1]):
                        out.add(data[:size])
    return frozenset(out)


def sign_hash(sign: bytes) -> int:
    """Return the place of a sign in the table.

    The FNV-1a hash of its bytes (Fowler, Noll, Vo), of which the multiplication keeps 32 bits; its upper bits.
    """
    value = _FNV_BASIS
    for byte in sign:
        value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFF
    return value >> (32 - _BITS)


def start_hash(sign: bytes) -> int:
    """Return the place of the first `START` bytes of a sign in the first look-up, a multiplicative hash (Knuth)."""
    value = (int.from_bytes(sign[:8], "little") & _START_MASK) | _SMALL
    return ((value * _START_FACTOR) & ((1 << 64) - 1)) >> (64 - _START_BITS)


def flags(texts: Buffers) -> NDArray[np.uint8]:
    """Return what each of n texts may be, (n,) uint8: bits of WALL, MENU, LIST, PLAYLIST and CODE."""
    return flag_kernel(texts.data, texts.offsets, *sign_tables())  # type: ignore[no-any-return]


@kernel
def flag_kernel(data, offsets, starts, table):
    """Look at the beginning of each text for signs of walls, braces, short lines and times of play.

    data (b,) uint8: all texts in UTF-8. offsets (n + 1,) int64: the bytes at which they begin. starts (1024,) uint64,
    table (16384,) uint64: see `sign_tables`. Returns (n,) uint8.
    """
    n = len(offsets) - 1
    out = np.zeros(n, np.uint8)
    places = np.empty(_CHUNK, np.int32)
    for i in range(n):
        begin, stop = offsets[i], offsets[i + 1]
        end = min(stop, begin + HEAD)
        braces = np.uint32(0)
        for byte in data[begin:end]:
            braces += (byte == 123) | (byte == 125)
        if braces >= LEAST_BRACES:
            out[i] = CODE
        if stop - begin > MOST_BYTES:
            continue
        flag = WALL if is_wall(data, begin, end, stop, starts, table, places) else 0
        # Nearly all others that have signs at their beginning have none below it.
        if flag and end < stop and not is_wall(data, begin, stop, stop, starts, table, places):
            flag = 0
        longest, lines, at = 0, 0, begin
        while lines < LINES and longest <= LIST_LINE:
            line_begin = at
            at = _line_end(data, at, min(end, at + LIST_LINE + 1))
            if at == end:
                break
            longest = max(longest, at - line_begin)
            lines += 1
            at += 1
        if lines == LINES:
            flag |= (MENU if longest <= MENU_LINE else 0) | (LIST if longest <= LIST_LINE else 0)
        if flag & MENU and not may_be_menu(data, begin, stop):
            flag &= ~MENU
        colons, at = 0, begin
        while at < end:
            colons += _colons(data, at, min(end, at + 240))
            at += 240
        times = 0
        for at in range(begin + 1, min(end, stop - 2)) if colons >= LEAST_TIMES else range(0):
            if data[at] == 58:
                times += 48 <= data[at - 1] <= 57 and 48 <= data[at + 1] <= 57 and 48 <= data[at + 2] <= 57
        out[i] |= flag | (PLAYLIST if times >= LEAST_TIMES else 0)
    return out


@scalar_kernel
def _line_end(data, at, stop):
    """Return the first byte from `at` on that ends a line, or stop; data (b,) uint8. Eight bytes are read at once."""
    while at + 8 <= stop:
        eight = load64(data, at) ^ (_ONES * np.uint64(10))
        ends = (eight - _ONES) & ~eight & _TOPS  # the lowest bit that is set is of the first byte that is 0
        if ends != 0:
            return at + np.int64(trailing_zeros(ends) >> np.uint64(3))
        at += 8
    while at < stop and data[at] != 10:
        at += 1
    return at


@scalar_kernel
def _colons(data, low, high):
    """Count the colons in at most 255 bytes low..high: in a byte, so that the compiler counts many at once."""
    count = np.uint8(0)
    for at in range(np.uint64(low), np.uint64(high)):
        count = np.uint8(count + np.uint8(data[at] == 58))
    return np.int64(count)


@scalar_kernel
def _places(data, begin, low, high, places):
    """Write where a word or the end of a sentence may begin in bytes low..high, and return how many places there are.

    data (b,) uint8; begin: the first byte of the text; places (`_CHUNK`,) int32: bytes from `low` on. There is no
    branch, which would be guessed wrong at every other word.
    """
    count = np.uint64(0)
    before = _KINDS[data[low - 1]] & np.uint8(_IN_WORD) if low > begin else np.uint8(0)
    for at in range(np.uint64(low), np.uint64(high)):
        kind = _KINDS[data[at]]
        places[count] = at - np.uint64(low)
        count += np.uint64((kind & ((_ANYWHERE | _ENDS | _BEGINS) ^ (before << 1))) > _IN_WORD)
        before = kind & np.uint8(_IN_WORD)
    return np.int64(count)


@scalar_kernel
def is_wall(data, begin, end, stop, starts, table, places):
    """Return whether a text may be a wall: enough signs, and at most half of its beginning in sentences without one.

    data (b,) uint8, starts (1024,) uint64, table (16384,) uint64: as in `flag_kernel`. begin, stop: the bytes of the
    text; end: of its beginning. The last sentence of the beginning may have its sign behind it. places (`_CHUNK`,)
    int32: memory.
    """
    least = LEAST_SIGNS - (stop - begin <= BRIEF)
    signs_seen = without_sign = 0
    first = second = np.uint32(0)
    sentence, has_sign = begin, False
    low = begin
    while low < end:
        high = min(end, low + _CHUNK)
        for place in places[: _places(data, begin, low, high, places)]:
            at = low + np.int64(place)
            kind = _KINDS[data[at]]
            if kind & _ENDS:
                length = sentence_end(data, at, stop)
                if length > 0:
                    without_sign += 0 if has_sign else at + length - sentence
                    if 2 * without_sign > end - begin:
                        return False
                    sentence, has_sign = at + length, False
                    continue
            if kind & (_BEGINS | _ANYWHERE) and at + START <= stop and _may_be_sign(data, at, starts):
                value = _sign_at(data, at, stop, table)
                if value != 0:
                    has_sign = True
                    if value != first and value != second:
                        signs_seen += 1
                        first, second = second, value
        low = high
    return signs_seen >= least


@scalar_kernel
def _separator(data, at, stop):
    """Return the bytes of what parts two entries of a menu at byte `at`, 0 if it is none: a line break or | • · » ›.

    data (b,) uint8.
    """
    byte = data[at]
    if 10 <= byte <= 13:
        return 0 if byte == 13 and at + 1 < stop and data[at + 1] == 10 else 1
    if byte == 124:
        return 1
    if byte == 0xC2 and at + 1 < stop:
        return 2 if data[at + 1] == 0xB7 or data[at + 1] == 0xBB or data[at + 1] == 0x85 else 0
    if byte == 0xE2 and at + 2 < stop and data[at + 1] == 0x80:
        third = data[at + 2]
        return 3 if third == 0xA2 or third == 0xBA or third == 0xA8 or third == 0xA9 else 0
    return 0


@scalar_kernel
def may_be_menu(data, begin, stop):
    """Return False if bytes begin..stop cannot be a menu.

    data (b,) uint8. No entry of a menu has more than `ENTRY_WORDS` words, or a digit, and a menu has `MENU_ENTRIES`
    entries at least, and `MENU_TENTHS` of all that stands between separators. Only words of ASCII letters alone count,
    and none across a character of three bytes or more, which may stand for a word.
    """
    words, size, is_word, has_digit = 0, 0, True, False
    pieces = with_digit = 0
    at = begin
    while at < stop:
        byte = data[at]
        length = _separator(data, at, stop)
        if length > 0:
            pieces += 1
            with_digit += has_digit
            words, size, is_word, has_digit = 0, 0, True, False
            at += length
            continue
        has_digit |= 48 <= byte <= 57
        if 97 <= byte | 32 <= 122:
            size += 1
        elif byte == 32 or byte >= 0xC2:
            # What stands before a letter beyond ASCII is no word of ASCII.
            words = words + (is_word and size > 0) if byte == 32 else 0
            size, is_word = 0, byte == 32
        else:
            is_word = False
        if words + (is_word and size > 0) > ENTRY_WORDS and (
            at + 1 == stop or data[at + 1] == 32 or data[at + 1] == 10
        ):
            return False
        at += 1
    pieces += 1
    with_digit += has_digit
    return pieces - with_digit >= MENU_ENTRIES and 10 * (pieces - with_digit) >= MENU_TENTHS * pieces


@scalar_kernel
def _may_be_sign(data, at, starts):
    """Return whether the `START` bytes from `at` on are those of a sign; data (b,) uint8, starts (1024,) uint64."""
    value = np.uint64(0)
    if at + 8 <= len(data):
        value = load64(data, at)
    else:
        for k in range(START):
            value |= np.uint64(data[at + k]) << np.uint64(8 * k)
    value = (value & np.uint64(_START_MASK)) | np.uint64(_SMALL)
    place = (value * np.uint64(_START_FACTOR)) >> np.uint64(64 - _START_BITS)
    return (starts[place >> np.uint64(6)] >> (place & np.uint64(63))) & np.uint64(1) != 0


@scalar_kernel
def _sign_at(data, at, stop, table):
    """Return the whole hash of the sign at byte `at`, 0 for none; data (b,) uint8, table (16384,) uint64."""
    value = np.uint32(_FNV_BASIS)
    for k in range(min(SIZES[-1], stop - at)):
        c = data[at + k]
        if 65 <= c <= 90:
            c = c | 32
        value = np.uint32((value ^ np.uint32(c)) * np.uint32(_FNV_PRIME))
        if k == SIZES[-1] - 1 or START - 1 <= k <= SIZES[-2] - 1:
            place = np.uint64(value >> np.uint32(32 - _BITS))
            if table[place >> np.uint64(6)] >> (place & np.uint64(63)) & np.uint64(1):
                return value
    return np.uint32(0)


@scalar_kernel
def sentence_end(data, at, stop):
    """Return the bytes of the mark at which a sentence or a line ends; 0 where none does.

    data (b,) uint8; at: the first byte of a character; stop: the end of the text.
    """
    byte = data[at]
    if byte == 10:
        return 1
    if byte == 46 or byte == 33 or byte == 63:  # . ! ? before a space, a closing quotation mark or parenthesis
        if at + 1 == stop:
            return 1
        after = data[at + 1]
        return 1 if after <= 32 or after == 34 or after == 39 or after == 41 or after >= 0xC2 else 0
    if byte < 0xD8 or at + 1 == stop:
        return 0
    if byte == 0xD8:
        return 2 if data[at + 1] == 0x9F else 0  # the Arabic question mark
    if at + 2 >= stop:
        return 0
    second, third = data[at + 1], data[at + 2]
    if byte == 0xE0:
        return 3 if second == 0xA5 and third == 0xA4 else 0  # the danda
    if byte == 0xE3:
        return 3 if second == 0x80 and third == 0x82 else 0  # the ideographic full stop
    if byte == 0xEF:
        return 3 if second == 0xBC and (third == 0x81 or third == 0x9F) else 0  # ! and ? of East Asia
    return 0
