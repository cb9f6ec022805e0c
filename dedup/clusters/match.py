"""Common shingles of two bodies, as runs: stretches of b whose shingles stand in a, in the same order and unbroken.

Shingles are compared by a 64-bit rolling hash over their words. The longer body is indexed in a table that stays in
the nearest cache; the other one walks along it.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from dedup.articles.tokens import WORD_HASH
from dedup.candidates.shingles import MIN_TOKENS


@nb.njit(nogil=True, cache=True)
def hash_shingles(word, low, high, k, out):
    """Write a 64-bit hash of every k words of `word[low:high]` into `out`; returns how many (none under MIN_TOKENS).

    A rolling polynomial in a fixed odd base (Karp and Rabin, 1987) over the words' 27 bits: equal shingles always
    agree, others do with probability 2^-64 or so.
    """
    length = high - low
    if length < MIN_TOKENS:
        return 0
    k = min(k, length)
    base = np.uint64(0x9E3779B97F4A7C15)
    leaving = np.uint64(1)
    for _ in range(k):
        leaving *= base
    count = length - k + 1
    # Four stretches side by side: a step waits for the one before it, and the processor has time for three more.
    step = count // 4
    h0 = h1 = h2 = h3 = np.uint64(0)
    for i in range(low, low + k):
        h0 = h0 * base + np.uint64(word[i] & WORD_HASH)
        h1 = h1 * base + np.uint64(word[i + step] & WORD_HASH)
        h2 = h2 * base + np.uint64(word[i + 2 * step] & WORD_HASH)
        h3 = h3 * base + np.uint64(word[i + 3 * step] & WORD_HASH)
    for j in range(step):
        out[j] = h0
        out[j + step] = h1
        out[j + 2 * step] = h2
        out[j + 3 * step] = h3
        i = low + j
        h0 = h0 * base + np.uint64(word[i + k] & WORD_HASH) - np.uint64(word[i] & WORD_HASH) * leaving
        i += step
        h1 = h1 * base + np.uint64(word[i + k] & WORD_HASH) - np.uint64(word[i] & WORD_HASH) * leaving
        i += step
        h2 = h2 * base + np.uint64(word[i + k] & WORD_HASH) - np.uint64(word[i] & WORD_HASH) * leaving
        i += step
        if i + k < high:
            h3 = h3 * base + np.uint64(word[i + k] & WORD_HASH) - np.uint64(word[i] & WORD_HASH) * leaving
    for j in range(4 * step, count):
        out[j] = h3
        i = low + j
        if i + k < high:
            h3 = h3 * base + np.uint64(word[i + k] & WORD_HASH) - np.uint64(word[i] & WORD_HASH) * leaving
    return count


@nb.njit(nogil=True, cache=True, inline="always")
def _mixed(h):
    return (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)


@nb.njit(nogil=True, cache=True)
def _bits(count):
    """The bits of the numbers up to `count`."""
    bits = 1
    while count >> bits:
        bits += 1
    return bits


@nb.njit(nogil=True, cache=True)
def table_room(count):
    """The length of a table for so many shingles: with at most a quarter of the slots taken, most lookups are one."""
    return 4 << _bits(count)


@nb.njit(nogil=True, cache=True)
def index_shingles(hashes, low, high, table, bits, place_bits, canon):
    """Add shingles low..high-1 to `table` (uint32, 2 ** `bits` slots in use); returns how many were new.

    A slot holds the place of a shingle's first occurrence, plus one, in `place_bits` bits (uint32), and above it as
    much of the hash as there is room for. canon (int32) gets for each shingle the place of its first equal.
    """
    mask = (1 << bits) - 1
    place_mask = np.uint32((np.uint32(1) << place_bits) - np.uint32(1))
    shift = np.uint64(64 - bits)
    distinct = 0
    for j in range(low, high):
        h = hashes[j]
        m = _mixed(h)
        slot = np.int64(m >> shift)
        mine = np.uint32(np.uint32(m) << place_bits)
        canon[j] = j
        entry = table[slot]
        while entry != 0:
            if (entry ^ mine) >> place_bits == 0 and hashes[np.int64(entry & place_mask) - 1] == h:
                canon[j] = np.int64(entry & place_mask) - 1
                break
            slot = (slot + 1) & mask
            entry = table[slot]
        if entry == 0:
            table[slot] = mine | np.uint32(j + 1)
            distinct += 1
    return distinct


@nb.njit(nogil=True, cache=True)
def index_body(hashes, count, table, canon):
    """Index all shingles of a body in a cleared table; returns how many are distinct."""
    bits = _bits(count) + 2
    table[: 1 << bits] = 0
    return index_shingles(hashes, 0, count, table, bits, np.uint32(bits - 2), canon)


@nb.njit(nogil=True, cache=True)
def match_runs(hash_a, count_a, hash_b, count_b, table, runs):
    """The runs of shingles of b that stand in a, by the table of `index_body(hash_a, ...)`; returns how many.

    runs (3, room) int32: where each run begins in a, where in b, and its length in shingles; by place in b. A run
    goes on along its diagonal as far as it can, also backwards into runs that met their shingles at an earlier place.
    """
    bits = _bits(count_a) + 2
    mask = (1 << bits) - 1
    place_bits = np.uint32(bits - 2)
    place_mask = np.uint32((1 << (bits - 2)) - 1)
    shift = np.uint64(64 - bits)
    n = 0
    j = 0
    while j < count_b:
        h = hash_b[j]
        m = _mixed(h)
        slot = np.int64(m >> shift)
        mine = np.uint32(np.uint32(m) << place_bits)
        i = np.int64(-1)
        entry = table[slot]
        while entry != 0:
            if (entry ^ mine) >> place_bits == 0 and hash_a[np.int64(entry & place_mask) - 1] == h:
                i = np.int64(entry & place_mask) - 1
                break
            slot = (slot + 1) & mask
            entry = table[slot]
        if i < 0:
            j += 1
            continue
        end_a, end_b = i + 1, j + 1
        while end_b < count_b and end_a < count_a and hash_a[end_a] == hash_b[end_b]:
            end_a += 1
            end_b += 1
        while i > 0 and j > 0 and hash_a[i - 1] == hash_b[j - 1]:
            while n > 0 and runs[1, n - 1] >= j:
                n -= 1
            if n > 0 and runs[0, n - 1] - runs[1, n - 1] == i - j:  # back on a run of this diagonal
                i, j = np.int64(runs[0, n - 1]), np.int64(runs[1, n - 1])
                break
            i -= 1
            j -= 1
        while n > 0 and runs[1, n - 1] >= j:
            n -= 1
        if n > 0:
            runs[2, n - 1] = min(np.int64(runs[2, n - 1]), j - runs[1, n - 1])
        runs[0, n] = i
        runs[1, n] = j
        runs[2, n] = end_b - j
        n += 1
        j = end_b
    return n


@nb.njit(nogil=True, cache=True)
def distinct_outside(hashes, count, runs, n, table, canon):
    """How many distinct shingles of b stand in none of its runs."""
    rest = np.int64(count)
    for run in range(n):
        rest -= runs[2, run]
    if rest == 0:
        return 0
    bits, place_bits = _bits(rest) + 2, np.uint32(_bits(count))
    table[: 1 << bits] = 0
    distinct = 0
    low = np.int64(0)
    for run in range(n):
        distinct += index_shingles(hashes, low, np.int64(runs[1, run]), table, bits, place_bits, canon)
        low = np.int64(runs[1, run]) + np.int64(runs[2, run])
    return distinct + index_shingles(hashes, low, count, table, bits, place_bits, canon)


@nb.njit(nogil=True, cache=True)
def shared_shingles(word, a_first, b_first, runs, n, repeats, canon, seen, count_a, quoted):
    """(distinct shared shingles, those of them that do not stand in quotation marks in both).

    canon: of a, as `index_shingles` leaves it; repeats: whether a holds any shingle twice.
    """
    shared = plain = np.int64(0)
    ascending = not repeats
    for run in range(1, n):
        ascending &= runs[0, run - 1] + runs[2, run - 1] <= runs[0, run]
    if ascending:
        for run in range(n):
            i, j, length = a_first + runs[0, run], b_first + runs[1, run], np.int64(runs[2, run])
            shared += length
            for x in range(length):
                plain += np.int64((word[i + x] & word[j + x] & quoted) == 0)
        return shared, plain
    seen[:count_a] = 0
    for run in range(n):
        i, j = np.int64(runs[0, run]), b_first + runs[1, run]
        for x in range(runs[2, run]):
            # A shingle that a holds twice may be met at either place; its first place stands for it.
            at = canon[i + x]
            if seen[at] == 0:
                seen[at] = 1
                shared += 1
                plain += np.int64((word[a_first + at] & word[j + x] & quoted) == 0)
    return shared, plain
