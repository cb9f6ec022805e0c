"""The kernel that folds and tokenises; `dedup.articles.tokens` is its face."""

from __future__ import annotations

import numba as nb
import numpy as np

from dedup.articles.memory import load64, store64, trailing_zeros

#: The lower 27 bits of a word are a hash of the folded token: two different words of a vocabulary of a million are
#: taken for equal with probability 1e-8.
WORD_HASH = np.uint32((1 << 27) - 1)
#: A line begins / a sentence begins / the token stands inside quotation marks / begins with a digit / a capital.
LINE, SENTENCE, QUOTED, DIGIT, CAPITAL = (np.uint32(1 << bit) for bit in range(27, 32))
#: Words the kernel's fast path takes before it looks at its room again.
_WORDS_AT_ONCE = 32


@nb.njit(nogil=True, cache=True, inline="always")
def _put(out, at, code):
    """Write one code point as UTF-8; returns the new position."""
    if code < 0x80:
        out[at] = code
        return at + 1
    if code < 0x800:
        out[at] = 0xC0 | (code >> 6)
        out[at + 1] = 0x80 | (code & 0x3F)
        return at + 2
    if code < 0x10000:
        out[at] = 0xE0 | (code >> 12)
        out[at + 1] = 0x80 | ((code >> 6) & 0x3F)
        out[at + 2] = 0x80 | (code & 0x3F)
        return at + 3
    out[at] = 0xF0 | (code >> 18)
    out[at + 1] = 0x80 | ((code >> 12) & 0x3F)
    out[at + 2] = 0x80 | ((code >> 6) & 0x3F)
    out[at + 3] = 0x80 | (code & 0x3F)
    return at + 4


@nb.njit(nogil=True, cache=True, inline="always")
def _decode(data, pos):
    """The code point at `pos` of valid UTF-8 that is not ASCII, and the position after it."""
    byte = np.uint32(data[pos])
    one = np.uint32(data[pos + 1] & 0x3F)
    if byte < 0xE0:
        return ((byte & np.uint32(0x1F)) << np.uint32(6)) | one, pos + 2
    two = np.uint32(data[pos + 2] & 0x3F)
    if byte < 0xF0:
        return ((byte & np.uint32(0x0F)) << np.uint32(12)) | (one << np.uint32(6)) | two, pos + 3
    three = np.uint32(data[pos + 3] & 0x3F)
    high = ((byte & np.uint32(0x07)) << np.uint32(18)) | (one << np.uint32(12))
    return high | (two << np.uint32(6)) | three, pos + 4


@nb.njit(nogil=True, cache=True, inline="always")
def _ascii_run(word):
    """How many of eight bytes, from the first, are ASCII letters and digits, and the bytes in lower case.

    Eight bytes in one register (Mycroft's trick, Lamport 1975): adding a bound to each byte carries into its top
    bit when the byte lies above it; bytes of 128 and more are masked out first.
    """
    top = np.uint64(0x8080808080808080)
    ones = np.uint64(0x0101010101010101)
    low7 = word & ~top
    lower = low7 | (ones * np.uint64(0x20))
    letter = (lower + ones * np.uint64(0x80 - 0x61)) & ~(lower + ones * np.uint64(0x80 - 0x7B))
    digit = (low7 + ones * np.uint64(0x80 - 0x30)) & ~(low7 + ones * np.uint64(0x80 - 0x3A))
    bad = ~((letter | digit) & ~word) & top
    length = np.int64(8)
    if bad != 0:
        length = np.int64(trailing_zeros(bad) >> np.uint64(3))
    # Letters get bit 5 set, digits keep theirs (they have it already).
    return length, low7 | ((letter & top) >> np.uint64(2))


@nb.njit(nogil=True, cache=True, inline="always")
def _step(h, value):
    h = (h ^ value) * np.uint64(0x9E3779B185EBCA87)
    return h ^ (h >> np.uint64(29))


@nb.njit(nogil=True, cache=True, inline="always")
def _finish(h):
    return np.uint32((h * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(37))


@nb.njit(nogil=True, cache=True, inline="always")
def _mix(length, value):
    """The hash of a token of fewer than eight bytes."""
    return _finish(_step(length, value))


@nb.njit(nogil=True, cache=True)
def _hash_tokens(folded, folded_start, count, word):
    """Put a 27-bit hash of each token's bytes into `word`, below its flags, where there is none yet.

    Eight bytes at a time: byte-wise loads are what costs. The multipliers are those of XXH64's rounds (Collet, 2012).
    """
    for i in range(count):
        if word[i] & WORD_HASH:
            continue
        at = folded_start[i]
        left = folded_start[i + 1] - 1 - at
        h = np.uint64(left)
        while left > 0:
            value = load64(folded, at)
            if left < 8:
                value &= (np.uint64(1) << np.uint64(left * 8)) - np.uint64(1)
            h = _step(h, value)
            at += 8
            left -= 8
        word[i] |= _finish(h)


@nb.njit(nogil=True, cache=True)
def tokenise_kernel(data, offsets, ascii_fold, index, pages, pool_start, pool_code, pool_kind, tok_room, out_room):
    """Fold and tokenise articles `data[offsets[i] : offsets[i + 1]]`, uint8 UTF-8.

    Returns (first (n + 1,), word, start, end, folded, folded_start, single, suspect, tokens used, ok). `suspect` (n,)
    bool tells which texts hold characters that must be NFKC-normalised first. ok is False when `tok_room` tokens or
    `out_room` folded bytes were too few, and the caller comes again with more.
    """
    n = len(offsets) - 1
    limit = len(data)
    first = np.zeros(n + 1, np.int64)
    single = np.zeros(n, np.int64)
    suspect = np.zeros(n, np.bool_)
    word = np.empty(tok_room, np.uint32)
    start = np.empty(tok_room, np.int32)
    end = np.empty(tok_room, np.int32)
    folded = np.empty((out_room + 96) // 8 * 8, np.uint8)
    folded_start = np.empty(tok_room + 1, np.int64)
    t = 0
    at = 0
    for article in range(n):
        base = offsets[article]
        stop = offsets[article + 1]
        pos = base
        open_kind = 0  # 0 no open token, 1 a run, 2 a single character of a script without spaces
        previous = 0  # class of the folded code point before this one
        pending = np.uint32(0)  # an apostrophe whose fate the next folded code point decides
        flags = LINE | SENTENCE  # those of the next token to begin
        quoted = np.uint32(0)
        ended = False  # a full stop, question or exclamation mark was seen since the last token
        while pos <= stop:
            # Enough for any single code point, and for all that is left if it is ASCII.
            if t + 64 > tok_room or at + (stop - pos) + 64 > out_room:
                return first, word, start, end, folded, folded_start, single, suspect, t, False
            here = pos
            upper = False
            lo = 0
            hi = 1
            entry = 0
            code = np.uint32(0)
            kind = 0
            if pos == stop:  # one separator closes the article
                pos += 1
            else:
                byte = data[pos]
                low = ascii_fold[byte]
                if low != 0:
                    if pending == 0:
                        # The fast path: words of ASCII letters and digits with single spaces between them.
                        if open_kind == 2:
                            folded[at] = 32
                            at += 1
                            t += 1
                            open_kind = 0
                        for _ in range(_WORDS_AT_ONCE):
                            fresh = open_kind == 0
                            if fresh:
                                folded_start[t] = at
                                start[t] = pos - base
                                if byte != low:
                                    flags |= CAPITAL
                                elif low < 58:
                                    flags |= DIGIT
                                if ended and (flags & (CAPITAL | DIGIT) or quoted != 0):
                                    flags |= SENTENCE
                                word[t] = flags | quoted
                                flags = np.uint32(0)
                                ended = False
                            while True:
                                if pos + 8 <= limit:
                                    length, lowered = _ascii_run(load64(data, pos))
                                    length = min(length, stop - pos)
                                    store64(folded, at, lowered)
                                    at += length
                                    pos += length
                                    if length < 8 or pos == stop:
                                        break
                                    fresh = False
                                else:
                                    fresh = False
                                    low = ascii_fold[data[pos]]
                                    if low == 0:
                                        break
                                    folded[at] = low
                                    at += 1
                                    pos += 1
                                    if pos == stop:
                                        break
                            end[t] = pos - base
                            open_kind = 1
                            previous = 1
                            if pos >= stop or data[pos] != 32:
                                break
                            if fresh:  # the whole word is in the register
                                mask = (np.uint64(1) << np.uint64(8 * length)) - np.uint64(1)
                                word[t] |= _mix(np.uint64(length), lowered & mask)
                            folded[at] = 32
                            at += 1
                            t += 1
                            open_kind = 0
                            previous = 0
                            pos += 1
                            if pos == stop:
                                break
                            byte = data[pos]
                            low = ascii_fold[byte]
                            if low == 0:
                                break
                        continue
                    code = np.uint32(low)
                    upper = low != byte
                    kind = 2 if low < 58 else 1
                    pos += 1
                elif byte == 32 and pending == 0:
                    if open_kind != 0:
                        folded[at] = 32
                        at += 1
                        t += 1
                        open_kind = 0
                    previous = 0
                    pos += 1
                    continue
                elif byte < 0x80:
                    code = np.uint32(byte)
                    kind = 5 if byte == 39 else 0
                    pos += 1
                else:
                    code, pos = _decode(data, pos)
                    if (
                        (0x1100 <= code <= 0x11FF)
                        or (0x3099 <= code <= 0x309A)
                        or (0xFF61 <= code <= 0xFF9F)
                    ):
                        suspect[article] = True
                    entry = pages[index[code >> np.uint32(8)], code & np.uint32(255)]
                    if entry <= 0:
                        kind = -entry
                    else:
                        upper = (entry & 1) == 1
                        lo = pool_start[entry >> 1]
                        hi = pool_start[(entry >> 1) + 1]
            raw = code
            for m in range(lo, hi):
                if entry > 0:
                    code = pool_code[m]
                    kind = pool_kind[m]
                is_letter = kind == 1 or kind == 2 or kind == 4 or kind == 6
                after_letter = previous == 1 or previous == 2 or previous == 4 or previous == 6
                if pending != 0:
                    if not is_letter:
                        # U+02BC is itself a letter where it does not stand between two; the others end a token.
                        if pending == 0x2BC:
                            if open_kind != 1:
                                if open_kind != 0:
                                    folded[at] = 32
                                    at += 1
                                    t += 1
                                folded_start[t] = at
                                start[t] = here - base - 2
                                word[t] = flags | quoted
                                flags = np.uint32(0)
                                ended = False
                                open_kind = 1
                            at = _put(folded, at, pending)
                            end[t] = here - base
                        elif open_kind != 0:
                            folded[at] = 32
                            at += 1
                            t += 1
                            open_kind = 0
                    pending = np.uint32(0)
                previous = kind
                if after_letter and (kind == 5 or kind == 6):
                    pending = code
                    continue
                if kind == 0 or kind == 5:
                    if open_kind != 0:
                        folded[at] = 32
                        at += 1
                        t += 1
                        open_kind = 0
                    continue
                wanted = 2 if kind == 4 else 1
                if open_kind == 0 or (kind != 3 and (wanted == 2 or open_kind == 2)):
                    if open_kind != 0:
                        folded[at] = 32
                        at += 1
                        t += 1
                    open_kind = wanted
                    single[article] += wanted - 1
                    folded_start[t] = at
                    start[t] = here - base
                    if ended and (upper or kind == 4 or kind == 2 or quoted != 0):
                        flags |= SENTENCE
                    if upper:
                        flags |= CAPITAL
                    if kind == 2:
                        flags |= DIGIT
                    word[t] = flags | quoted
                    flags = np.uint32(0)
                    ended = False
                at = _put(folded, at, code)
                end[t] = pos - base
            if raw == 10:
                flags |= LINE
                quoted = np.uint32(0)
            elif raw == 46 or raw == 33 or raw == 63:  # . ! ?
                # "3.5" and "U.S." do not end a sentence: white space or a closing mark must follow.
                ended = pos >= stop or data[pos] <= 32 or data[pos] == 34 or data[pos] == 41 or data[pos] >= 0x80
            elif raw == 0x2026:
                ended = True
            elif raw == 0x3002 or raw == 0xFF01 or raw == 0xFF1F or raw == 0x0964 or raw == 0x061F:
                ended = True
                flags |= SENTENCE
            elif raw == 34:
                quoted ^= QUOTED
            elif raw == 0x201C:
                # German „...“ closes with the mark that opens in English.
                quoted ^= QUOTED
            elif raw == 0xAB or raw == 0x201E or raw == 0x300C:
                quoted = QUOTED
            elif raw == 0x201D or raw == 0xBB or raw == 0x300D:
                quoted = np.uint32(0)
        first[article + 1] = t
    folded_start[t] = at
    _hash_tokens(folded, folded_start, t, word)
    return first, word, start, end, folded, folded_start, single, suspect, t, True
