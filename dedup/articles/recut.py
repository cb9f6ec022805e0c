"""Bodies without chunks that were marked: the kernel that takes learned furniture out of spooled bodies."""

from __future__ import annotations

import numba as nb
import numpy as np

from dedup.articles.chunks import CHUNK_LENGTH, repeated_head
from dedup.articles.furniture import BODY, _is_single
from dedup.articles.memory import load64, store64, trailing_zeros


@nb.njit(nogil=True, cache=True, inline="always")
def _after_space(folded, at):
    """The place after the next space from `at` on; every token is followed by one."""
    spaces = np.uint64(0x2020202020202020)
    ones, top = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
    while True:
        x = load64(folded, at) ^ spaces
        zero = (x - ones) & ~x & top
        if zero != 0:
            return at + np.int64(trailing_zeros(zero) >> np.uint64(3)) + 1
        at += 8


@nb.njit(nogil=True, cache=True)
def recut_kernel(row, word, word_first, folded, folded_first, chunks, chunk_first, zone):
    """The tokens of zone BODY of some bodies.

    row (m,) int64: which bodies; word, folded: words and folded bytes (each token followed by a space, 64 bytes to
    spare) of a stretch of bodies, those of body i from `word_first[i]` and `folded_first[i]` on; chunks, chunk_first,
    zone: their chunks. Returns (word, first (m,), last (m,), folded, folded_start (tokens + 1,), single (m,), shift
    (m,)): `shift` is how many tokens were cut before the body if it is one piece, else -1.
    """
    m = len(row)
    tokens = size = np.int64(0)
    for i in row:
        tokens += word_first[i + 1] - word_first[i]
        size += folded_first[i + 1] - folded_first[i]
    out_word = np.empty(tokens, np.uint32)
    out_first = np.zeros(m + 1, np.int64)
    out_low = np.zeros(m, np.int64)
    out = np.empty((size + 128) // 8 * 8, np.uint8)
    starts = np.empty(tokens + 1, np.int64)
    single = np.zeros(m, np.int64)
    shift = np.zeros(m, np.int64)
    t = to = np.int64(0)
    for x in range(m):
        i = row[x]
        at = folded_first[i]
        token = word_first[i]
        pieces = 0
        inside = False
        for j in range(chunk_first[i], chunk_first[i + 1]):
            length = np.int64(chunks[j] & CHUNK_LENGTH)
            if zone[j] != BODY:
                for _ in range(length):
                    at = _after_space(folded, at)
                token += length
                inside = False
                continue
            if not inside:
                pieces += 1
                if pieces == 1:
                    shift[x] = token - word_first[i]
            inside = True
            for _ in range(length):
                stop = _after_space(folded, at)
                starts[t] = to
                out_word[t] = word[token]
                single[x] += _is_single(folded, at)
                t += 1
                token += 1
                while at < stop:
                    store64(out, to, load64(folded, at))
                    step = min(8, stop - at)
                    at += step
                    to += step
        skip = repeated_head(out_word, out_first[x], t)
        out_low[x] = out_first[x] + skip
        shift[x] = -1 if pieces > 1 else shift[x] + skip
        out_first[x + 1] = t
    starts[t] = to
    return out_word[:t].copy(), out_low, out_first[1:], out, starts[: t + 1].copy(), single, shift


@nb.njit(nogil=True, cache=True)
def pack_kernel(folded, low, high):
    """The bytes low[i]..high[i] of `folded`, uint8 with 8 bytes to spare, one stretch after the other."""
    size = np.int64(0)
    for i in range(len(low)):
        size += high[i] - low[i]
    out = np.empty(size + 8, np.uint8)
    to = np.int64(0)
    for i in range(len(low)):
        at = low[i]
        while at < high[i]:
            store64(out, to, load64(folded, at))
            step = min(8, high[i] - at)
            at += step
            to += step
    return out[:size]
