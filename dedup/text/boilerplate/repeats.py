"""Find what an extractor gave twice: the whole text, its lead, or each paragraph.

A refrain or a quotation that returns later in a text is no such repeat: a whole text repeats nearly all that stands
before it, a lead or a paragraph stands directly before its repeat.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import scalar_kernel
from dedup.kernels.unaligned import equal_words, trailing_zeros
from dedup.text.token_kernel import LINE, WORD_HASH

#: Tokens by which a repeat is found, and of the shortest lead or paragraph that is one; twice as many where each
#: character is a token.
_SEED, _SHORTEST = 8, 12
#: Tokens of a paragraph after a repeated lead that may be a repeat too.
_LEAST = 4
#: Tokens that are compared at once (`equal_words`).
_CHUNK = 16
#: Lines from which on a text may be repeated: a byline or a date may stand before it.
_LINES = 3


@scalar_kernel
def _common(word, a, b, high):
    """Return how many tokens from `a` on and from `b` on are the same, before `high`; word (t,) uint32."""
    size = 0
    while b + size < high and not (word[a + size] ^ word[b + size]) & WORD_HASH:
        size += 1
    return size


@scalar_kernel
def _next_equal(word, at, high, begin):
    """Return the first token from `at` on that is the same as token `begin` and followed by the same; `high` for none.

    word (t,) uint32; the last token of at..high is not looked at. `_CHUNK` tokens at a time.
    """
    bits = np.uint32(WORD_HASH)
    first, second = word[begin] & bits, word[begin + 1] & bits
    while at + _CHUNK < high:
        equal = equal_words(word, at, first, bits) & equal_words(word, at + 1, second, bits)
        if equal:
            return at + np.int64(trailing_zeros(equal))
        at += _CHUNK
    while at < high - 1:
        if not ((word[at] ^ first) | (word[at + 1] ^ second)) & bits:
            return at
        at += 1
    return high


@scalar_kernel
def _mark_paragraphs(word, low, high, marks):
    """Set `marks` (t,) bool for each line of tokens low..high that repeats the line before it; word (t,) uint32."""
    start = low
    while start < high:
        end = start + 1
        while end < high and not word[end] & LINE:
            end += 1
        size = end - start
        if size >= _LEAST and end + size <= high and _common(word, start, end, end + size) == size:
            marks[end : end + size] = True
            end += size
        start = end


@scalar_kernel
def mark_repeats(word, low, high, is_single, marks):
    """Set `marks` (t,) bool for the tokens of low..high that repeat what stands before; return whether there are any.

    word (t,) uint32. is_single: each character is a token.
    """
    scale = 2 if is_single else 1
    seed, shortest = _SEED * scale, _SHORTEST * scale
    start = low
    for _ in range(_LINES):
        place = start + shortest
        while place + seed <= high:
            place = _next_equal(word, place, high, start)
            if place + seed > high:
                break
            size = _common(word, start, place, high)
            span = place - start
            if size >= seed and 10 * size >= 9 * span:
                size = high - place if size == high - place else min(size, span)
                marks[place : place + size] = True
                _mark_paragraphs(word, place + size, high, marks)
                return True
            place += 1
        start += 1
        while start < high and not word[start] & LINE:
            start += 1
        if start + shortest + seed > high:
            break
    return False
