"""Fold and tokenise texts: the kernel of `dedup.text.tokens`."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel, scalar_kernel
from dedup.kernels.simd import COUNT, load_columns, load_lanes, or_into, select, some
from dedup.kernels.unaligned import fold_block, load64, trailing_zeros
from dedup.kernels.utf8 import put_character
from dedup.text.folding import WITH_LOST_LETTERS
from dedup.text.repair.signs import (
    BREAKS,
    LETTERS,
    LOST,
    MARKUP,
    ONE_ADJACENT,
    PLACES,
    begins_markup,
    is_inside_word,
    is_line_break,
    is_misread,
    is_punctuation,
    letter_bit,
    needs_of,
)

#: The lower 27 bits of a word are a hash of the folded token, the highest of them only in numbers: two different words
#: of a vocabulary of a million are taken for equal with probability 1.5e-8.
WORD_HASH = np.uint32((1 << 27) - 1)
#: A line begins / a sentence begins / the token stands inside quotation marks / begins with a digit / a capital.
LINE, SENTENCE, QUOTED, DIGIT, CAPITAL = (np.uint32(1 << bit) for bit in range(27, 32))

#: The highest bit of the hash is set in a word that lost letters, unless it begins with a digit.
LOST_WORD = np.uint32(1 << 26)
#: Numbers of up to so many digits have a word from which their value can be read.
MOST_DIGITS = 7
#: The bits of &, < and ?, which may be signs of damage, and of U+000B to U+000D, which may be line breaks.
_DAMAGE = np.uint64(1 << 38 | 1 << 60 | 1 << 63 | 7 << 11)
#: Tokens of which numbers are searched together.
_TOKENS_AT_ONCE = 16
#: Of eight bytes: the digit 0 in each; their upper halves, which are 3 in digits; 6, by which what is above 9 leaves
#: that half; one byte of every four.
_ZEROS, _UPPER_HALVES = np.uint64(0x3030303030303030), np.uint64(0xF0F0F0F0F0F0F0F0)
_THREES, _SIXES = np.uint64(0x3333333333333333), np.uint64(0x0606060606060606)
_PAIRS = np.uint64(0x000000FF000000FF)
#: Odd factors whose product is 1 modulo 2 ** 27: one spreads the codes of numbers over all words, one undoes it.
_SPREAD, _GATHER = np.uint32(0x05E3779B), np.uint32(pow(0x05E3779B, -1, 1 << 27))
#: Scripts of letters, as far as the rules on words of mixed script and on U+200C need them.
NO_SCRIPT, LATIN, LOOKALIKE, ARABIC = range(4)


@kernel(inline="always")
def decode(data, pos):
    """Return the code point at `pos` of valid UTF-8 (not ASCII) in `data` (bytes,) uint8, and the position after it."""
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


@scalar_kernel
def _begins_word(data, pos, stop):
    """Whether a letter or a digit, or a character that is not ASCII, stands at `pos` of `data` (bytes,) uint8."""
    byte = data[pos] if pos < stop else np.uint8(32)
    return byte >= 0x80 or 48 <= byte <= 57 or 97 <= byte | 32 <= 122


@kernel(inline="always")
def _step(h, value):
    h = (h ^ value) * np.uint64(0x9E3779B185EBCA87)
    return h ^ (h >> np.uint64(29))


@kernel(inline="always")
def _finish(h):
    return (h * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(38)


@kernel(inline="always")
def _low_bytes(value, count):
    """Return the first `count` of eight bytes, 1 to 7."""
    return value & ((np.uint64(1) << (count * np.uint64(8))) - np.uint64(1))


@scalar_kernel
def _hash_tokens(folded, folded_start, low, high, word):
    """Add a 26-bit hash of the bytes of each of the tokens low..high to `word` (t,) uint32, below its flags.

    folded uint8, folded_start (t + 1,) int64. Eight bytes at a time, of eight tokens if there are as many. The
    multipliers are those of XXH64's rounds (Collet, 2012). Reads up to 32 bytes beyond a token.
    """
    i = low
    while i + COUNT <= high:
        at = load_lanes(folded_start, i)
        remaining = load_lanes(folded_start, i + 1) - at - np.uint64(1)
        h = remaining
        more = remaining > np.int64(0)
        while some(more):
            for value in load_columns(folded, at):
                step = select(remaining >= np.int64(8), value, _low_bytes(value, remaining))
                h = select(remaining > np.int64(0), _step(h, step), h)
                remaining = remaining - np.uint64(8)
            at = at + np.uint64(32)
            more = remaining > np.int64(0)
        or_into(word, i, _finish(h))
        i += COUNT
    while i < high:
        at = folded_start[i]
        remaining = folded_start[i + 1] - 1 - at
        h = np.uint64(remaining)
        while remaining > 0:
            value = load64(folded, at)
            h = _step(h, value if remaining >= 8 else _low_bytes(value, np.uint64(remaining)))
            at += 8
            remaining -= 8
        word[i] |= np.uint32(_finish(h))
        i += 1


@kernel(inline="always")
def _read_digits(folded, at, digits):
    """Return (value, whether all are digits) of 1 to MOST_DIGITS bytes of `folded` uint8 from `at` on.

    Eight bytes at once: zeros stand before the digits, then neighbours are joined, then pairs, then groups of four
    (Lemire, "Quickly parsing eight digits", 2018). Reads up to 8 bytes from `at` on.
    """
    shift = np.uint64(64 - 8 * digits)
    eight = (load64(folded, at) << shift) | (_ZEROS & ((np.uint64(1) << shift) - np.uint64(1)))
    are_digits = ((eight & _UPPER_HALVES) | (((eight + _SIXES) & _UPPER_HALVES) >> np.uint64(4))) == _THREES
    eight -= _ZEROS
    eight = eight * np.uint64(10) + (eight >> np.uint64(8))
    low, high = eight & _PAIRS, (eight >> np.uint64(16)) & _PAIRS
    value = (low * np.uint64(0x000F424000000064) + high * np.uint64(0x0000271000000001)) >> np.uint64(32)
    return np.uint32(value), are_digits


@scalar_kernel
def _encode_numbers(folded, folded_start, low, high, word):
    """Replace the hash of each of the tokens low..high that begins with a digit by a code that `decode_number` reads.

    folded uint8, folded_start (t + 1,) int64, word (t,) uint32. The code of up to MOST_DIGITS digits is 8 * value +
    digits; that of another token, also of one with letters, is its hash with 0 digits. The factor spreads codes.
    """
    one, chunk = np.uint64(1), np.uint64(_TOKENS_AT_ONCE)
    i, end = np.uint64(low), np.uint64(high)
    while i < end:
        # Without a branch, so that the compiler looks at many at once: few tokens are numbers.
        if i + chunk <= end:
            flags = np.uint32(0)
            for k in range(chunk):
                flags |= word[i + k]
            if flags & DIGIT == 0:
                i += chunk
                continue
        until = min(end, i + chunk)
        while i < until:
            if word[i] & DIGIT:
                digits = folded_start[i + one] - 1 - folded_start[i]
                code = word[i] & WORD_HASH & ~np.uint32(7)
                if digits <= MOST_DIGITS:
                    value, is_number = _read_digits(folded, folded_start[i], digits)
                    if is_number:
                        code = value * np.uint32(8) + np.uint32(digits)
                word[i] = (word[i] & ~WORD_HASH) | (np.uint32(code * _SPREAD) & WORD_HASH)
            i += one


@scalar_kernel
def _mark_lost(folded, folded_start, low, high, word):
    """Set LOST_WORD in each of the tokens low..high that hold U+FFFD, but for numbers.

    folded uint8, folded_start (t + 1,) int64, word (t,) uint32.
    """
    for i in range(low, high):
        for at in range(folded_start[i], folded_start[i + 1] - 3):
            if folded[at] == 0xEF and folded[at + 1] == 0xBF and folded[at + 2] == 0xBD and word[i] & DIGIT == 0:
                word[i] |= LOST_WORD


@kernel(inline="always")
def is_lost(word):
    """Return whether a word, uint32, lost letters."""
    return word & (LOST_WORD | DIGIT) == LOST_WORD


@kernel(inline="always")
def decode_number(word):
    """Return (value, digits) of a word that begins with a digit; 0 digits: it is not a number of up to MOST_DIGITS."""
    code = np.uint32((word & WORD_HASH) * _GATHER) & WORD_HASH
    return np.int64(code >> np.uint32(3)), np.int64(code & np.uint32(7))


@kernel(inline="always")
def _bit(mask, at):
    return np.uint32((mask >> np.uint64(at)) & np.uint64(1))


@kernel(inline="always")
def _is_double(before, code):
    """Return whether a letter is the second of ae, oe, ue or aa: 7-bit spellings of a letter with a mark (rule 2)."""
    return (code == 101 and (before == 97 or before == 111 or before == 117)) or (code == 97 and before == 97)


@kernel(inline="always")
def _sign_of(code):
    """Return the column of `signs` of a letter that tells a Cyrillic alphabet, or -1."""
    small = code | 1 if code >= 0x490 else code
    if code == 0x40E or code == 0x45E:  # ў
        return 0
    if small == 0x4B3 or small == 0x49B or small == 0x493:  # ҳ қ ғ
        return 1
    if small == 0x4B1:  # ұ
        return 2
    if small == 0x4B9 or small == 0x49D:  # ҹ ҝ
        return 3
    return -1


@kernel(inline="always")
def _script_of(code):
    """Return the script of a letter that is not ASCII; LOOKALIKE: Greek, Cyrillic, Armenian, Cherokee, Coptic."""
    if code < 0x250:
        return LATIN
    if 0x370 <= code < 0x590 or 0x13A0 <= code < 0x1400 or 0x2C80 <= code < 0x2D00:
        return LOOKALIKE
    if 0x600 <= code < 0x700 or 0x750 <= code < 0x780:
        return ARABIC
    return NO_SCRIPT


@kernel
def tokenise_kernel(
    data, offsets, alphabet, ascii_fold, index, pages, pool_start, pool_code, pool_kind, tok_room, out_room
):
    """Fold and tokenise articles `data[offsets[i] : offsets[i + 1]]`, UTF-8.

    data (bytes,) uint8; offsets (n + 1,) int64. alphabet (n,) uint8: row of `index` for each text. ascii_fold (256,)
    uint8. index (5, 4352) uint16, pages (p, 256) int32, pool_start (e + 1,) int32, pool_code (m,) uint32, pool_kind
    (m,) uint8: columns of `folding.FoldTable`. Returns (first (n + 1,), word, start, end, folded, folded_start, single,
    suspect, signs, needs, tokens used, ok), the first seven columns of `Tokens`. suspect (n,) bool: texts that
    must be normalised first, or a word of mixed script. signs (n, 4) int32: how often a text has ў; ҳ, қ or ғ; ұ; ҹ or
    ҝ. ok: False if `tok_room` tokens or `out_room` folded bytes were too few, and the caller must call again with more.
    needs (n,) uint8: what a text needs (`dedup.text.repair.signs`).
    """
    n = len(offsets) - 1
    needs = np.zeros(n, np.uint8)
    damage = np.zeros(5, np.int32)
    limit = len(data)
    first = np.zeros(n + 1, np.int64)
    single = np.zeros(n, np.int64)
    suspect = np.zeros(n, np.bool_)
    signs = np.zeros((n, 4), np.int32)
    word = np.empty(tok_room, np.uint32)
    start = np.empty(tok_room, np.int32)
    end = np.empty(tok_room, np.int32)
    folded = np.empty((out_room + 96) // 8 * 8, np.uint8)
    folded_start = np.empty(tok_room + 1, np.int64)
    folded_start[0] = 0
    t = 0
    at = 0
    for article in range(n):
        base = offsets[article]
        damage[:] = 0
        stop = offsets[article + 1]
        pos = base
        wide = base  # where the last character beyond ASCII ends, if it is no capital
        open_kind = 0  # 0 no open token, 1 a run, 2 a single character of a script without spaces
        previous = 0  # class of the folded code point before this one
        script = NO_SCRIPT  # that of the code point before this one
        pending = np.uint32(0)  # an apostrophe whose fate the next folded code point decides
        pending_at = base
        flags = LINE | SENTENCE  # those of the next token to begin
        quote_flag = np.uint32(0)
        after_stop = False  # whether a full stop, question or exclamation mark follows the last token
        while pos <= stop:
            # Enough for any single code point, and for all that is left if it is ASCII.
            if t + 64 > tok_room or at + (stop - pos) + 64 > out_room:
                return first, word, start, end, folded, folded_start, single, suspect, signs, needs, t, False
            code_at = pos
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
                    if open_kind == 1 and script == LOOKALIKE and low >= 97:
                        suspect[article] = True
                    if open_kind == 1 and pending == 0 and _is_double(folded[at - 1], low):
                        pos += 1
                        end[t] = pos - base
                        previous = 1
                        script = LATIN
                        continue
                    if pending == 0 and pos + 64 <= limit:
                        # The fast path: the next 64 bytes, if they are words of ASCII letters and digits with single
                        # spaces between them. They are in `folded` already, and only their tokens are missing.
                        if open_kind == 2:
                            folded[at] = 32
                            at += 1
                            t += 1
                            open_kind = 0
                        words, capitals, digits, spaces, a, e, ou = fold_block(data, pos, folded, at)
                        if stop - pos < 64:
                            words &= (np.uint64(1) << np.uint64(stop - pos)) - np.uint64(1)
                        spaces &= (words << np.uint64(1)) & (words >> np.uint64(1))
                        run = np.int64(64)
                        # A run ends before the second of ae, oe, ue or aa.
                        beyond = ~(words | spaces) | ((a | ou) << np.uint64(1) & e) | (a << np.uint64(1) & a)
                        if beyond != 0:
                            run = np.int64(trailing_zeros(beyond))
                            spaces &= (np.uint64(1) << np.uint64(run)) - np.uint64(1)
                        if open_kind == 0:
                            flags |= _bit(capitals, 0) * CAPITAL | _bit(digits, 0) * DIGIT
                            if after_stop and (flags & (CAPITAL | DIGIT) or quote_flag != 0):
                                flags |= SENTENCE
                            folded_start[t] = at
                            start[t] = pos - base
                            word[t] = flags | quote_flag
                            flags = np.uint32(0)
                            after_stop = False
                            open_kind = 1
                        token = np.uint64(t)  # an index without a sign is not asked whether it counts from the end
                        while spaces != 0:
                            gap = trailing_zeros(spaces)
                            spaces &= spaces - np.uint64(1)
                            end[token] = pos - base + np.int64(gap)
                            token += np.uint64(1)
                            gap += np.uint64(1)
                            folded_start[token] = at + np.int64(gap)
                            start[token] = pos - base + np.int64(gap)
                            word[token] = quote_flag | _bit(capitals, gap) * CAPITAL | _bit(digits, gap) * DIGIT
                        t = np.int64(token)
                        at += run
                        pos += run
                        end[t] = pos - base
                        previous = 1
                        script = LATIN if folded[at - 1] >= 97 else NO_SCRIPT
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
                    kind = 5 if byte == 39 or byte == 96 else 0
                    code = np.uint32(39) if byte == 96 else code
                    if byte < 64 and _DAMAGE >> np.uint64(byte) & np.uint64(1):
                        if byte < 14:
                            damage[BREAKS] += is_line_break(data, pos, stop)
                        elif byte != 63:
                            damage[MARKUP] += begins_markup(data, pos, stop)
                        elif pos > base and pos + 1 < stop:
                            damage[LOST] += is_inside_word(data, pos)
                    pos += 1
                else:
                    code, pos = decode(data, pos)
                    if code == 0x200C and script == ARABIC and open_kind == 1:
                        folded[at] = 32
                        at += 1
                        t += 1
                        open_kind = 0
                        previous = 0
                    if (0x1100 <= code <= 0x11FF) or (0x3099 <= code <= 0x309A) or (0xFF61 <= code <= 0xFF9F):
                        suspect[article] = True
                    if 0x40E <= code <= 0x4B9:
                        sign = _sign_of(code)
                        if sign >= 0:
                            signs[article, sign] += 1
                    entry = pages[index[alphabet[article], code >> np.uint32(8)], code & np.uint32(255)]
                    if entry <= 0:
                        kind = -entry
                    else:
                        upper = (entry & 1) == 1
                        lo = pool_start[entry >> 1]
                        hi = pool_start[(entry >> 1) + 1]
                    if code < 0x100 or upper or kind == 0:
                        is_adjacent = code_at == wide
                        damage[PLACES] += is_misread(code, is_adjacent, upper, open_kind == 1 and script == LATIN)
                        damage[LOST] += code == 0xFFFD
                        damage[BREAKS] += code == 0x85 or code == 0x2028 or code == 0x2029
                        if code < 0x100:
                            damage[LETTERS] |= letter_bit(code)
                            damage[LETTERS] += is_adjacent * ONE_ADJACENT
                    wide = base - 1 if (upper and code > 0x250) or (kind == 0 and is_punctuation(code)) else pos
            raw = code
            if lo < hi:
                before = script
                script = NO_SCRIPT
                if entry > 0 or kind != 0:
                    script = _script_of(raw) if raw >= 0x80 else LATIN if kind == 1 else NO_SCRIPT
                if open_kind == 1 and before + script == LATIN + LOOKALIKE and before * script != 0:
                    suspect[article] = True
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
                                start[t] = pending_at - base
                                word[t] = flags | quote_flag
                                flags = np.uint32(0)
                                after_stop = False
                                open_kind = 1
                            at = put_character(folded, at, pending)
                            end[t] = code_at - base
                        elif open_kind != 0:
                            folded[at] = 32
                            at += 1
                            t += 1
                            open_kind = 0
                    pending = np.uint32(0)
                previous = kind
                if after_letter and (kind == 5 or kind == 6):
                    pending = code
                    pending_at = code_at
                    continue
                if kind == 0 or kind == 5:
                    if open_kind != 0:
                        folded[at] = 32
                        at += 1
                        t += 1
                        open_kind = 0
                    continue
                token_kind = 2 if kind == 4 else 1
                if open_kind == 0 or (kind != 3 and (token_kind == 2 or open_kind == 2)):
                    if open_kind != 0:
                        folded[at] = 32
                        at += 1
                        t += 1
                    open_kind = token_kind
                    single[article] += token_kind - 1
                    folded_start[t] = at
                    start[t] = code_at - base
                    if after_stop and (upper or kind == 4 or kind == 2 or quote_flag != 0):
                        flags |= SENTENCE
                    if upper:
                        flags |= CAPITAL
                    if kind == 2:
                        flags |= DIGIT
                    word[t] = flags | quote_flag
                    flags = np.uint32(0)
                    after_stop = False
                if at == folded_start[t] or not _is_double(folded[at - 1], code):
                    at = put_character(folded, at, code)
                end[t] = pos - base
            if raw == 10:
                flags |= LINE
                quote_flag = np.uint32(0)
            elif raw == 46 or raw == 33 or raw == 63:  # . ! ?
                # "3.5" and "U.S." do not end a sentence: white space or a closing mark must follow.
                after_stop = pos >= stop or data[pos] <= 32 or data[pos] == 34 or data[pos] == 41 or data[pos] >= 0x80
            elif raw == 0x2026:
                after_stop = True
            elif raw == 0x3002 or raw == 0xFF01 or raw == 0xFF1F or raw == 0x0964 or raw == 0x061F:
                after_stop = True
                flags |= SENTENCE
            elif raw == 34:
                quote_flag ^= QUOTED
            elif raw == 0x201C:
                # German „...“ closes with the mark that opens in English.
                quote_flag ^= QUOTED
            elif raw == 0x201E or raw == 0x300C:
                quote_flag = QUOTED
            elif raw == 0xAB:
                # German and Danish »...« closes with the mark that opens in French.
                quote_flag = QUOTED if quote_flag == 0 or _begins_word(data, pos, stop) else np.uint32(0)
            elif raw == 0xBB or raw == 0x201D:
                # Swedish and Finnish ”...” opens with the mark that closes in English.
                quote_flag = QUOTED if quote_flag == 0 and _begins_word(data, pos, stop) else np.uint32(0)
            elif raw == 0x300D:
                quote_flag = np.uint32(0)
        first[article + 1] = t
        folded_start[t] = at
        needs[article] = needs_of(damage, stop - base, t - first[article], single[article])
        _hash_tokens(folded, folded_start, first[article], t, word)
        _encode_numbers(folded, folded_start, first[article], t, word)
        if alphabet[article] == WITH_LOST_LETTERS:
            _mark_lost(folded, folded_start, first[article], t, word)
    return first, word, start, end, folded, folded_start, single, suspect, signs, needs, t, True
