"""Find in a batch the few texts that may be no article, so that only these are looked at by `non_articles`.

A *sign* is the first `SIGN` bytes of a word that such pages use. A kernel counts the signs at the beginning of each
text, which takes less than a microsecond a text.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.text_buffers import Buffers
from dedup.kernels.jit import kernel
from dedup.languages import lexicon

#: Bytes of signs: of an entry the longest of these that it has. Shorter ones are none: too many words begin like them.
SIZES = (5, 6, 7, 8, 12)
#: Bytes of the longest text that may be a wall or a menu; 400 words of Hindi have 7,000.
MOST_BYTES = 8_000
#: The beginning that is looked at, in bytes, and the least signs of walls in it, each unlike the two before it.
HEAD, LEAST_SIGNS = 500, 3
#: In a text of at most so many bytes one sign less is enough: error pages have few words.
BRIEF = 700
#: The lines at the beginning of a menu or a list, and the bytes of the longest of them.
LINES, MENU_LINE, LIST_LINE = 8, 45, 120
#: The times of play (3:42) at the beginning of a playlist.
LEAST_TIMES = 3
#: What a text may be, as bits.
WALL, MENU, LIST, PLAYLIST = 1, 2, 4, 8
#: Bits of the tables of signs and of their first four bytes: another word is taken for one of 3,000 signs with a
#: probability of .003.
_BITS, _START_BITS = 20, 16
_FNV_BASIS, _FNV_PRIME = 0x811C9DC5, 0x01000193


@cache
def sign_tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether a hash is of the first four bytes of a sign, and of a sign: (2**16,) and (2**20,) bool."""
    starts, table = np.zeros(1 << _START_BITS, np.bool_), np.zeros(1 << _BITS, np.bool_)
    for sign in signs():
        starts[sign_hash(sign[:4]) >> (_BITS - _START_BITS)] = True
        table[sign_hash(sign)] = True
    return starts, table


@cache
def signs() -> frozenset[bytes]:
    """Return the beginnings of the words of walls, of entries that have one part, and of the long parts of the others.

    ASCII is in lower case.
    """
    entries = (entry for name in lexicon.WORD_LISTS if name.startswith("wall_") for entry in lexicon.words(name))
    out = set()
    for entry in entries:
        for part in map(str.strip, entry.split("&")):
            for form in (part.lower(), part.capitalize()):
                data = form.encode().lower()
                sizes = [size for size in SIZES if size <= len(data)]
                if sizes and ("&" not in entry or sizes[-1] == SIZES[-1]):
                    out.add(data[: sizes[-1]])
    return frozenset(out)


def sign_hash(sign: bytes) -> int:
    """Return the place of a sign in the table.

    The FNV-1a hash of its bytes (Fowler, Noll, Vo), of which the multiplication keeps 32 bits; its upper bits.
    """
    value = _FNV_BASIS
    for byte in sign:
        value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFF
    return value >> (32 - _BITS)


def flags(texts: Buffers) -> NDArray[np.uint8]:
    """Return what each of n texts may be, (n,) uint8: bits of WALL, MENU, LIST and PLAYLIST."""
    return flag_kernel(texts.data, texts.offsets, *sign_tables())  # type: ignore[no-any-return]


@kernel
def flag_kernel(data, offsets, starts, table):  # type: ignore[no-untyped-def]
    """Look at the beginning of each text for signs of walls, short lines and times of play.

    data (b,) uint8: all texts in UTF-8. offsets (n + 1,) int64: the bytes at which they begin. starts (2**16,) bool,
    table (2**20,) bool: see `sign_tables`. Returns (n,) uint8.
    """
    n = len(offsets) - 1
    out = np.zeros(n, np.uint8)
    for i in range(n):
        begin, stop = offsets[i], offsets[i + 1]
        if stop - begin > MOST_BYTES:
            continue
        end = min(stop, begin + HEAD)
        signs_seen = times = lines = longest = 0
        first = second = np.uint32(0)
        line_begin = begin
        in_word = False
        for at in range(begin, end):
            byte = data[at]
            is_letter = 97 <= (byte | 32) <= 122
            if (is_letter and not in_word) or byte >= 0xC0:
                value = np.uint32(_FNV_BASIS)
                for k in range(min(12, stop - at)):
                    c = data[at + k]
                    if 65 <= c <= 90:
                        c = c | 32
                    value = np.uint32((value ^ np.uint32(c)) * np.uint32(_FNV_PRIME))
                    if k == 3 and not starts[value >> np.uint32(32 - _START_BITS)]:
                        break
                    if (k == 11 or 4 <= k <= 7) and table[value >> np.uint32(32 - _BITS)]:
                        if value != first and value != second:
                            signs_seen += 1
                            first, second = second, value
                        break
            elif byte == 10 and lines < LINES:
                longest = max(longest, at - line_begin)
                lines += 1
                line_begin = at + 1
            elif byte == 58 and begin < at < stop - 2:
                times += 48 <= data[at - 1] <= 57 and 48 <= data[at + 1] <= 57 and 48 <= data[at + 2] <= 57
            in_word = is_letter or byte >= 0x80 or 48 <= byte <= 57
        flag = WALL if signs_seen >= LEAST_SIGNS - (stop - begin <= BRIEF) else 0
        if lines >= LINES:
            flag |= (MENU if longest <= MENU_LINE else 0) | (LIST if longest <= LIST_LINE else 0)
        out[i] = flag | (PLAYLIST if times >= LEAST_TIMES else 0)
    return out
