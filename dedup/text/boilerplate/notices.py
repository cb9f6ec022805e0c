"""Find the notice at the end of an excerpt: that it goes on elsewhere, on the line of the excerpt or below.

Aggregators cut a story and add `… [+1384 chars]`, `[…] The post X appeared first on Y.`, `... Continue reading`. The
words stand in the language files (`read_on`, `first_on`); they count only after an ellipsis near the end of a text.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import scalar_kernel
from dedup.kernels.unaligned import equal_bytes
from dedup.text.boilerplate import rules

#: Bytes from the end in which the ellipsis is searched; tokens of a notice at most; ellipses that are tried.
_BYTES, _TOKENS, _TRIED = 480, 48, 3
#: Tokens of a count of what is left: `+1384 chars`.
_COUNT_TOKENS = 3


@scalar_kernel
def _is_count(data, at, stop):
    """Return whether bytes from `at` on are `[+` and a digit; data uint8."""
    return at + 3 < stop and data[at] == 91 and data[at + 1] == 43 and 48 <= data[at + 2] <= 57


@scalar_kernel
def _mark(data, at, stop):
    """Return 1 for an ellipsis at byte `at`, 2 for the begin of a count of characters, 0 for neither; data uint8."""
    byte = data[at]
    if byte == 0xE2:
        return 1 if at + 2 < stop and data[at + 1] == 0x80 and data[at + 2] == 0xA6 else 0
    if byte == 46:
        return 1 if at + 2 < stop and data[at + 1] == 46 and data[at + 2] == 46 else 0
    return 2 if byte == 91 and _is_count(data, at, stop) else 0


@scalar_kernel
def _has_mark(data, low, stop):
    """Return whether bytes low..stop may hold an ellipsis or the begin of a count of characters; data uint8.

    64 bytes at a time, as far as there are so many behind them.
    """
    at = low
    while at < stop - 2 and at + 66 <= len(data):
        marks = equal_bytes(data, at, np.uint8(46)) & equal_bytes(data, at + 1, np.uint8(46))
        marks |= equal_bytes(data, at, np.uint8(91)) & equal_bytes(data, at + 1, np.uint8(43))
        marks |= equal_bytes(data, at, np.uint8(0xE2)) & equal_bytes(data, at + 2, np.uint8(0xA6))
        if marks:
            return True
        at += 64
    while at < stop - 2:
        first, second = data[at], data[at + 1]
        if (first == 46 and second == 46) or (first == 91 and second == 43) or (first == 0xE2 and data[at + 2] == 0xA6):
            return True
        at += 1
    return False


@scalar_kernel
def notice(data, base, stop, start, word, low, high, phrases):
    """Return the first token of the notice at the end of tokens low..high and its phrase, or (high, -1).

    data uint8, base, stop: the text in bytes; start (t,) int32; word (t,) uint32. A count of characters has no phrase;
    its place is -2.
    """
    token = high
    tried = 0
    at, least = stop - 1, max(base, stop - _BYTES)
    if not _has_mark(data, least, stop):
        return high, -1
    while at >= least and tried < _TRIED:
        kind = _mark(data, at, stop)
        if kind == 0:
            at -= 1
            continue
        tried += 1
        while token > low and base + start[token - 1] >= at:
            token -= 1
        size = high - token
        if size > _TOKENS or token == low:
            break
        if kind == 2 and size <= _COUNT_TOKENS:
            return token, -2
        if kind == 1 and size > 0:
            place = rules.match(word, token, token, high, phrases, 1 << rules.READ_ON, size)
            if place >= 0:
                return token, place
            for i in range(token, high):
                place = rules.match(word, token, i, high, phrases, 1 << rules.FIRST_ON, size)
                if place >= 0:
                    return token, place
        at -= 1
    return high, -1
