"""Split bodies into chunks, by which boilerplate that recurs is recognised.

A line or a sentence is a chunk. In a text without line breaks menus and stories are one long "sentence". Such a
sentence is split further at places that its words determine (content-defined chunking: Manber 1994; Muthitacharoen et
al. 2001), so that the same words are split at the same places, whatever stands before and after them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.tokens import CAPITAL, LINE, SENTENCE, WORD_HASH

#: A chunk as one uint32: 25 bits of hash, whether it begins a line, whether it begins a sentence, its length in tokens.
CHUNK_HASH = np.uint32(((1 << 25) - 1) << 7)
BEGINS_LINE, BEGINS_SENTENCE = np.uint32(1 << 6), np.uint32(1 << 5)
BEGINS = BEGINS_LINE | BEGINS_SENTENCE
CHUNK_LENGTH = np.uint32(31)
#: Chunks are equal if hash and length are: `key_of`, of 30 bits. A domain of 10,000 articles has 300,000 chunks, of
#: which the hash alone would take two for one of 200 learned ones.
KEY_BITS = 30
#: A text with more tokens a line lost its line breaks.
_TOKENS_A_LINE = 80
#: In it sentences of more than 16 tokens are split, but not under 4 tokens: after a token whose hash is 0 modulo 8, and
#: before a capital after a small letter, for there a heading ends and a headline begins.
_LONG, _LEAST = 16, 4
#: Most tokens of a chunk: its length has five bits.
MOST = 31


def key_of(chunks: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return hash and length of chunks (m,) uint32 as (m,) uint64 below 2**KEY_BITS; chunks are equal if these are."""
    return (((chunks >> np.uint32(2)) & ~CHUNK_LENGTH) | (chunks & CHUNK_LENGTH)).astype(np.uint64)


@kernel
def chunk_kernel(word, first, last):
    """Return the chunks of bodies, (m,) uint32, and the first chunk of each body, (n + 1,) int64.

    word (t,) uint32: words of `dedup.text.tokens`; first, last (n,) int64: the words of each body.
    """
    n = len(first)
    out = np.empty((last - first).sum(), np.uint32)
    chunk_first = np.zeros(n + 1, np.int64)
    count = 0
    edge = LINE | SENTENCE
    for i in range(n):
        at = first[i]
        lines = 1
        for j in range(at + 1, last[i]):
            lines += (word[j] & LINE) != 0
        is_unbroken = lines * _TOKENS_A_LINE < last[i] - at
        while at < last[i]:
            stop = at + 1
            while stop < last[i] and not word[stop] & edge:
                stop += 1
            begins = BEGINS_LINE if word[at] & LINE or at == first[i] else np.uint32(0)
            if word[at] & SENTENCE:
                begins |= BEGINS_SENTENCE
            long = is_unbroken and stop - at > _LONG
            h = np.uint64(0)
            length = np.uint32(0)
            for j in range(at, stop):
                value = word[j] & WORD_HASH
                h = (h ^ np.uint64(value)) * np.uint64(0x9E3779B185EBCA87)
                h ^= h >> np.uint64(32)
                length += np.uint32(1)
                ends = j + 1 == stop or length == MOST
                if long and not ends and length >= _LEAST:
                    ends = value & np.uint32(7) == 0 or (word[j + 1] & CAPITAL and not word[j] & CAPITAL)
                if ends:
                    out[count] = (np.uint32(h) & CHUNK_HASH) | begins | length
                    count += 1
                    begins = np.uint32(0)
                    h = np.uint64(0)
                    length = np.uint32(0)
            at = stop
        chunk_first[i + 1] = count
    return out[:count].copy(), chunk_first


@scalar_kernel
def are_equal(x, y):
    """Return whether the tokens of two texts are equal, whatever their flags; x (n,) uint32, y (n,) uint32: words."""
    at = 0
    while at < len(x) and not (x[at] ^ y[at]) & WORD_HASH:
        at += 1
    return at == len(x)


@scalar_kernel
def is_in(word, hashes):
    """Return whether a word, uint32, is one of few `hashes` (k,) uint32."""
    result = False
    for candidate in hashes:
        result = result or (word & WORD_HASH) == candidate
    return result


@scalar_kernel
def repeated_head(word, low, high):
    """Return the number of tokens at the head of a body that its next tokens repeat, or 0; word (t,) uint32.

    They are a headline that was printed before the story. Only a page without line breaks needs this: elsewhere the
    headline is a line.
    """
    for size in range(_LEAST, min(MOST, (high - low) // 2) + 1):
        if are_equal(word[low : low + size], word[low + size : low + 2 * size]):
            return size
    return 0
