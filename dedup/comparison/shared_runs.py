"""Common shingles of two bodies, as runs: stretches of b whose shingles stand in a, in the same order and unbroken.

Shingles are compared by a 64-bit rolling hash over their words. The longer body is indexed in a table that stays in
the nearest cache; the other one walks along it.
"""

from __future__ import annotations

import numpy as np

from dedup.candidates.shingles import MIN_TOKENS
from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.tokens import WORD_HASH


@kernel(inline="always")
def _next_hash(word, at, width, h, base, leaving):
    """The hash of the shingle one word after the shingle that begins at `at` and has the hash `h`."""
    return h * base + np.uint64(word[at + width] & WORD_HASH) - np.uint64(word[at] & WORD_HASH) * leaving


@scalar_kernel
def hash_shingles(word, low, high, k, out):
    """Write a 64-bit hash of every k words of `word[low:high]` into `out`; return how many (0 under MIN_TOKENS words).

    word (m,) uint32; out (room,) uint64. A rolling polynomial in a fixed odd base (Karp and Rabin 1987) over the words'
    27 bits: equal shingles always agree, different ones with probability 2^-64 or so.
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
    # Places are unsigned here and below, for numba asks of every signed one whether it counts from the end.
    step = np.uint64(count // 4)
    one, width = np.uint64(1), np.uint64(k)
    p0 = np.uint64(low)
    p1, p2, p3 = p0 + step, p0 + step + step, p0 + step + step + step
    h0 = h1 = h2 = h3 = np.uint64(0)
    for x in range(np.uint64(k)):
        h0 = h0 * base + np.uint64(word[p0 + x] & WORD_HASH)
        h1 = h1 * base + np.uint64(word[p1 + x] & WORD_HASH)
        h2 = h2 * base + np.uint64(word[p2 + x] & WORD_HASH)
        h3 = h3 * base + np.uint64(word[p3 + x] & WORD_HASH)
    for j in range(step):
        out[j] = h0
        out[j + step] = h1
        out[j + step + step] = h2
        out[j + step + step + step] = h3
        if j + one == step:
            break
        h0 = _next_hash(word, p0 + j, width, h0, base, leaving)
        h1 = _next_hash(word, p1 + j, width, h1, base, leaving)
        h2 = _next_hash(word, p2 + j, width, h2, base, leaving)
        h3 = _next_hash(word, p3 + j, width, h3, base, leaving)
    for j in range(4 * (count // 4), count):
        h3 = np.uint64(0)
        for i in range(low + j, low + j + k):
            h3 = h3 * base + np.uint64(word[i] & WORD_HASH)
        out[j] = h3
    return count


@kernel(inline="always")
def _mix(h):
    """Spread the entropy of a hash over its high bits."""
    return (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)


@scalar_kernel
def _bits(count):
    """The number of bits of the numbers up to `count`."""
    bits = 1
    while count >> bits:
        bits += 1
    return bits


@scalar_kernel
def table_room(count):
    """The length of a table for so many shingles: with at most a quarter of the slots taken, most lookups are one."""
    return 4 << _bits(count)


@scalar_kernel
def index_shingles(hashes, low, high, table, bits, place_bits, canon):
    """Add shingles low..high-1 to a hash table; return how many were new.

    hashes (room,) uint64: of the shingles. table (room,) uint32: 2 ** `bits` slots are in use; a slot holds the place
    of a shingle's first occurrence plus one, in `place_bits` bits, and above it as much of the hash as fits. canon
    (room,) int32: gets for each shingle the place of its first equal.
    """
    one, mask, shift = np.uint64(1), np.uint64((1 << bits) - 1), np.uint64(64 - bits)
    place_mask = np.uint32((np.uint32(1) << place_bits) - np.uint32(1))
    distinct = 0
    for j in range(np.uint64(low), np.uint64(high)):
        h = hashes[j]
        m = _mix(h)
        slot = m >> shift
        tag = np.uint32(np.uint32(m) << place_bits)
        canon[j] = j
        entry = table[slot]
        while entry != 0:
            if (entry ^ tag) >> place_bits == 0 and hashes[np.uint64(entry & place_mask) - one] == h:
                canon[j] = np.uint64(entry & place_mask) - one
                break
            slot = (slot + one) & mask
            entry = table[slot]
        if entry == 0:
            table[slot] = tag | np.uint32(j + one)
            distinct += 1
    return distinct


@scalar_kernel
def index_body(hashes, count, table, canon):
    """Clear a table and add the first `count` shingles of a body; return how many are distinct.

    hashes (room,) uint64; table (room,) uint32; canon (room,) int32: as for `index_shingles`.
    """
    bits = _bits(count) + 2
    table[: 1 << bits] = 0
    return index_shingles(hashes, 0, count, table, bits, np.uint32(bits - 2), canon)


@scalar_kernel
def match_runs(hash_a, count_a, hash_b, count_b, table, runs):
    """Find the runs of shingles of b that stand in a; return how many.

    hash_a (room,) uint64; hash_b (room,) uint64: the shingles of a and b. table (room,) uint32: filled by `index_body`
    with those of a. runs (3, room) int32: gets for each run where it begins in a, where in b, and its length in
    shingles, by place in b. A run goes on along its diagonal as far as it can, also backwards into runs that met their
    shingles at an earlier place.
    """
    bits = _bits(count_a) + 2
    one, mask, shift = np.uint64(1), np.uint64((1 << bits) - 1), np.uint64(64 - bits)
    place_bits = np.uint32(bits - 2)
    place_mask = np.uint32((1 << (bits - 2)) - 1)
    all_a, all_b = np.uint64(count_a), np.uint64(count_b)
    n = 0
    at = np.uint64(0)
    while at < all_b:
        h = hash_b[at]
        m = _mix(h)
        slot = m >> shift
        tag = np.uint32(np.uint32(m) << place_bits)
        entry = table[slot]
        while entry != 0:
            if (entry ^ tag) >> place_bits == 0 and hash_a[np.uint64(entry & place_mask) - one] == h:
                break
            slot = (slot + one) & mask
            entry = table[slot]
        if entry == 0:
            at += one
            continue
        end_a = np.uint64(entry & place_mask)
        i, j = np.int64(end_a) - 1, np.int64(at)
        at += one
        while at < all_b and end_a < all_a and hash_a[end_a] == hash_b[at]:
            end_a += one
            at += one
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
        runs[2, n] = np.int64(at) - j
        n += 1
    return n


@scalar_kernel
def distinct_outside(hashes, count, runs, n, table, canon):
    """The number of distinct shingles of b outside its runs.

    hashes (room,) uint64: `count` shingles of b. runs (3, room) int32: n runs of `match_runs`. table (room,) uint32;
    canon (room,) int32: scratch as for `index_shingles`.
    """
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


@scalar_kernel
def shared_shingles(word, a_first, b_first, runs, n, repeats, canon, marks, quoted):
    """Count shared shingles: (distinct ones, those of them that are not inside quotation marks in both bodies).

    word (m,) uint32: words of both bodies, a from `a_first` on, b from `b_first` on. runs (3, room) int32: n runs of
    `match_runs`. repeats: whether a holds any shingle twice; canon (room,) int32: of a, from `index_shingles`. marks
    (room,) uint8: scratch. quoted: the flag of a word inside quotation marks.
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
    # Only the places that are looked at are cleared: a may be a thousand times as long as b.
    for run in range(n):
        for x in range(runs[0, run], runs[0, run] + runs[2, run]):
            marks[canon[x]] = 0
    for run in range(n):
        i, j = np.int64(runs[0, run]), b_first + runs[1, run]
        for x in range(runs[2, run]):
            # A shingle that a holds twice may be met at either place; its first place stands for it.
            at = canon[i + x]
            if marks[at] == 0:
                marks[at] = 1
                shared += 1
                plain += np.int64((word[a_first + at] & word[j + x] & quoted) == 0)
    return shared, plain
