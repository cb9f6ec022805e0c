"""Exact comparison of two bodies: shared shingles, longest common run, and the words both have in one order.

Shingles are compared as k equal words (dedup.articles.tokens), so nothing but words is read from the spool. The
alignment is anchored: shared shingles are the anchors, and between two anchors that lie close together in both
bodies a longest common subsequence of words is taken. That recognises a text of which every third word was changed,
of which hardly a shingle is left.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from dedup.articles.tokens import CAPITAL, DIGIT, LINE, QUOTED, SENTENCE, WORD_HASH
from dedup.candidates.shingles import MIN_TOKENS

#: Words between two anchors that are still aligned; longer gaps are taken for own text. At most 63.
GAP = 48
#: Pairs that share fewer shingles are not aligned (they stay without a relation), unless one body is that short.
FEW = 4
#: Words of a common run that is more than a sentence, for an overlap.
PASSAGE_RUN = 30
#: Names are compared where one body has fewer words than this: only there do they decide (dedup.clusters.relate).
SHORT = 150
#: The features of a pair, in the order of the kernel's columns.
FEATURES = (
    "shared",  # distinct shingles in common
    "size_a",  # distinct shingles of a
    "size_b",  # an upper bound (repeats counted) where the pair shares too little for any relation
    "run",  # longest common run, in words
    "words_a",  # words of a that are aligned
    "words_b",
    "length_a",  # words of a
    "length_b",
    "plain",  # shared shingles that do not stand in quotation marks in both
    "numbers_a",  # distinct numbers of a
    "numbers_b",
    "numbers",  # distinct numbers in common
    "names_a",  # distinct capitalised words of a inside sentences; 0 where neither body is short
    "names_b",
    "names",  # distinct names in common
    "changed",  # aligned slots in which both have a number, and not the same
    "ordered",  # aligned words of b whose anchors go forward in a
    "span_a",  # words of a between its first and its last aligned word
    "span_b",
    "first_a",  # place of the first aligned word of a
    "first_b",
)
(
    SHARED, SIZE_A, SIZE_B, RUN, WORDS_A, WORDS_B, LENGTH_A, LENGTH_B, PLAIN, NUMBERS_A, NUMBERS_B, NUMBERS, NAMES_A,
    NAMES_B, NAMES, CHANGED,
    ORDERED, SPAN_A, SPAN_B, FIRST_A, FIRST_B,
) = range(len(FEATURES))  # fmt: skip


@nb.njit(nogil=True, cache=True)
def _hash_shingles(word, low, high, k, out):
    """Write a 64-bit hash of every k words of `word[low:high]` into `out`.

    A rolling polynomial in a fixed odd base (Karp and Rabin, 1987) over the words' 27 bits: equal shingles always
    agree, others do with probability 2^-64 or so.
    """
    count = high - low
    if count < MIN_TOKENS:
        return
    k = min(k, count)
    base = np.uint64(0x9E3779B97F4A7C15)
    leaving = np.uint64(1)
    for _ in range(k):
        leaving *= base
    h = np.uint64(0)
    for i in range(low, low + k):
        h = h * base + np.uint64(word[i] & WORD_HASH)
    out[0] = h
    for j in range(1, count - k + 1):
        gone = np.uint64(word[low + j - 1] & WORD_HASH) * leaving
        h = h * base + np.uint64(word[low + j + k - 1] & WORD_HASH) - gone
        out[j] = h


@nb.njit(nogil=True, cache=True, inline="always")
def _slot(h, mask):
    h = (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return np.int64((h ^ (h >> np.uint64(32))) & np.uint64(mask))


@nb.njit(nogil=True, cache=True)
def _build(hashes, low, high, table, canon):
    """Index the first place of each distinct shingle of one body in `table` (int32, place + 1).

    canon (int32) gets, for each shingle low..high, the place of its first equal. Returns (mask, distinct shingles).
    """
    room = 16
    while room < 2 * (high - low):
        room *= 2
    table[:room] = 0
    mask = room - 1
    distinct = 0
    for j in range(high - low):
        slot = _slot(hashes[low + j], mask)
        while table[slot] != 0 and hashes[low + table[slot] - 1] != hashes[low + j]:
            slot = (slot + 1) & mask
        if table[slot] == 0:
            table[slot] = j + 1
            distinct += 1
        canon[j] = table[slot] - 1
    return mask, distinct


@nb.njit(nogil=True, cache=True)
def _fill_sieve(hashes, low, high, sieve):
    """A bit for each shingle of a body, by 15 bits of its hash (Bloom 1970, with one hash function)."""
    sieve[:] = 0
    for j in range(low, high):
        h = hashes[j] >> np.uint64(40)
        sieve[(h >> np.uint64(6)) & np.uint64(511)] |= np.uint64(1) << (h & np.uint64(63))


@nb.njit(nogil=True, cache=True)
def _match(hashes, a_low, a_high, b_low, b_high, table, mask, sieve, place):
    """For every shingle of b its place in a, or -1, into `place`; a run goes on along its diagonal.

    Most shingles of most pairs are not shared, and the sieve says so with one load.
    """
    previous = np.int64(-2)
    count_a = a_high - a_low
    for j in range(b_high - b_low):
        h = hashes[b_low + j]
        if previous >= 0 and previous + 1 < count_a and hashes[a_low + previous + 1] == h:
            previous += 1
            place[j] = previous
            continue
        previous = -2
        place[j] = -1
        bit = h >> np.uint64(40)
        if not (sieve[(bit >> np.uint64(6)) & np.uint64(511)] >> (bit & np.uint64(63))) & np.uint64(1):
            continue
        slot = _slot(h, mask)
        while table[slot] != 0:
            if hashes[a_low + table[slot] - 1] == h:
                previous = table[slot] - 1
                break
            slot = (slot + 1) & mask
        if previous >= 0:
            place[j] = previous


@nb.njit(nogil=True, cache=True)
def _common(word, a_low, a_high, b_low, b_high):
    """The length of a longest common subsequence of two sequences of at most 63 words.

    Bit-parallel: a column of the dynamic program is one register (Hyyro, "Bit-parallel LCS-length computation
    revisited", 2004).
    """
    width = b_high - b_low
    full = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    state = full
    for i in range(a_low, a_high):
        target = word[i] & WORD_HASH
        matches = np.uint64(0)
        for j in range(width):
            matches |= np.uint64((word[b_low + j] & WORD_HASH) == target) << np.uint64(j)
        taken = state & matches
        state = ((state + taken) | (state - taken)) & full
    length = 0
    rest = ~state & full
    while rest:
        rest &= rest - np.uint64(1)
        length += 1
    return length


@nb.njit(nogil=True, cache=True)
def _changed_numbers(word, a_low, a_high, b_low, b_high):
    """How many slots of two gaps of one length hold a number in both, and not the same one."""
    if a_high - a_low != b_high - b_low:
        return 0
    changed = 0
    for i in range(a_high - a_low):
        x = word[a_low + i]
        y = word[b_low + i]
        if x & DIGIT and y & DIGIT and (x ^ y) & WORD_HASH:
            changed += 1
    return changed


@nb.njit(nogil=True, cache=True)
def _cover(length_a, k_a, k_b, place, count_b, seen_a, out):
    """What shared shingles alone cover: run, covered words, spans and first places, from the places of b's shingles."""
    seen_a[:length_a] = 0
    covered_a = 0
    covered_b = 0
    run = 0
    run_now = 0
    end_b = 0
    first_a = length_a
    first_b = np.int64(-1)
    last_a = 0
    for j in range(count_b):
        i = place[j]
        if i < 0:
            run_now = 0
            continue
        if run_now > 0 and place[j - 1] == i - 1:
            run_now += 1
            low = i + k_a - 1  # all but the last word was seen with the shingle before
        else:
            run_now = k_b
            low = i
        run = max(run, run_now)
        covered_b += j + k_b - max(j, end_b)
        end_b = j + k_b
        for x in range(low, i + k_a):
            covered_a += 1 - seen_a[x]
            seen_a[x] = 1
        first_a = min(first_a, i)
        last_a = max(last_a, i + k_a)
        if first_b < 0:
            first_b = j
    out[RUN] = run
    out[WORDS_A] = covered_a
    out[WORDS_B] = covered_b
    out[ORDERED] = covered_b
    out[SPAN_A] = last_a - first_a
    out[SPAN_B] = end_b - first_b
    out[FIRST_A] = first_a
    out[FIRST_B] = first_b


@nb.njit(nogil=True, cache=True)
def _align(word, a_first, a_last, b_first, b_last, k_a, k_b, place, count_b, out):
    """Align the words between anchors, and before the first and after the last, and add them to what is covered."""
    in_gaps = 0
    backward = 0
    end_a = np.int64(-1)  # the words before these are behind the last anchor
    end_b = np.int64(-1)
    for j in range(count_b):
        i = place[j]
        if i < 0:
            continue
        if end_b < 0:  # before the first anchor
            gap_a = min(i, GAP)
            gap_b = min(j, GAP)
        else:
            gap_a = i - end_a
            gap_b = j - end_b
            if i < end_a - k_a:
                backward += j + k_b - max(j, end_b)
        if gap_a > 0 and gap_b > 0 and gap_a <= GAP and gap_b <= GAP:
            low_a, low_b = a_first + i - gap_a, b_first + j - gap_b
            in_gaps += _common(word, low_a, a_first + i, low_b, b_first + j)
            out[CHANGED] += _changed_numbers(word, low_a, a_first + i, low_b, b_first + j)
        end_a = i + k_a
        end_b = j + k_b
    gap_a = min(a_last - a_first - end_a, GAP)
    gap_b = min(b_last - b_first - end_b, GAP)
    if gap_a > 0 and gap_b > 0:
        low_a, low_b = a_first + end_a, b_first + end_b
        in_gaps += _common(word, low_a, low_a + gap_a, low_b, low_b + gap_b)
        out[CHANGED] += _changed_numbers(word, low_a, low_a + gap_a, low_b, low_b + gap_b)
    out[ORDERED] = min(out[ORDERED] + in_gaps, b_last - b_first) - backward
    out[WORDS_A] = min(out[WORDS_A] + in_gaps, a_last - a_first)
    out[WORDS_B] = min(out[WORDS_B] + in_gaps, b_last - b_first)


@nb.njit(nogil=True, cache=True)
def _promising(out):
    """Whether a pair can be more than an overlap: enough shingles in common, or common ones spread over both bodies.

    Only such pairs are aligned; for the others the aligned words are those that shared shingles cover.
    """
    smaller = min(out[SIZE_A], out[SIZE_B])
    shorter = min(out[LENGTH_A], out[LENGTH_B])
    if 5 * out[SHARED] >= smaller:
        return True
    return out[SHARED] >= FEW and 2 * min(out[SPAN_A], out[SPAN_B]) >= shorter


@nb.njit(nogil=True, cache=True)
def _mark(word, low, high, flag, table, stamp, mark):
    """Put the distinct words of a body that have a flag inside a sentence into a table; returns how many.

    With DIGIT these are its numbers, with CAPITAL its names. table uint32 and stamp int64 (1024,): a slot is in use
    where its stamp is `mark`, so that nothing has to be cleared; the table takes 512 words.
    """
    begin = LINE | SENTENCE if flag == CAPITAL else np.uint32(0)
    count = 0
    for i in range(low, high):
        if word[i] & flag and not word[i] & begin and count < 512:
            value = word[i] & WORD_HASH
            slot = value & np.uint32(1023)
            while stamp[slot] == mark and table[slot] != value:
                slot = (slot + np.uint32(1)) & np.uint32(1023)
            if stamp[slot] != mark:
                stamp[slot] = mark
                table[slot] = value
                count += 1
    return count


@nb.njit(nogil=True, cache=True)
def _in_common(table_a, stamp_a, mark_a, table_b, stamp_b, mark_b):
    """How many words two tables of `_mark` have in common."""
    common = 0
    for i in range(1024):
        if stamp_b[i] == mark_b:
            value = table_b[i]
            slot = value & np.uint32(1023)
            while stamp_a[slot] == mark_a and table_a[slot] != value:
                slot = (slot + np.uint32(1)) & np.uint32(1023)
            common += stamp_a[slot] == mark_a
    return common


@nb.njit(nogil=True, cache=True)
def _facts(word, a_low, a_high, b_low, b_high, flag, tables, stamps, mark):
    """(of a, of b, in common): distinct words with a flag."""
    of_a = _mark(word, a_low, a_high, flag, tables[0], stamps[0], mark)
    of_b = _mark(word, b_low, b_high, flag, tables[1], stamps[1], mark)
    return of_a, of_b, _in_common(tables[0], stamps[0], mark, tables[1], stamps[1], mark)


@nb.njit(nogil=True, cache=True)
def _hash_bodies(word, first, size):
    """Shingle hashes of all bodies: (hashes, hash_first (n + 1,))."""
    n = len(first) - 1
    hash_first = np.zeros(n + 1, np.int64)
    for i in range(n):
        count = first[i + 1] - first[i]
        hash_first[i + 1] = hash_first[i] + (max(1, count - size[i] + 1) if count >= MIN_TOKENS else 0)
    hashes = np.empty(hash_first[n], np.uint64)
    for i in range(n):
        _hash_shingles(word, first[i], first[i + 1], np.int64(size[i]), hashes[hash_first[i] :])
    return hashes, hash_first


@nb.njit(nogil=True, cache=True)
def compare_kernel(word, first, size, a_index, b_index):
    """Compare bodies `a_index[p]` and `b_index[p]`: features (pairs, len(FEATURES)) int32.

    word uint32, first (n + 1,) int64, size (n,) int32: bodies as words, of body i `word[first[i] : first[i + 1]]`,
    and their shingle sizes. Pairs that share `a` should follow each other, for then its index is built once. Bodies
    of fewer than MIN_TOKENS words share nothing.
    """
    n = len(first) - 1
    hashes, hash_first = _hash_bodies(word, first, size)
    longest = MIN_TOKENS
    for i in range(n):
        longest = max(longest, first[i + 1] - first[i])
    room = 16
    while room < 2 * longest:
        room *= 2
    table = np.empty(room, np.int32)
    scratch = np.empty(room, np.int32)
    canon = np.empty(longest, np.int32)
    canon_b = np.empty(longest, np.int32)
    place = np.empty(longest, np.int64)
    seen = np.zeros(longest + 64, np.uint8)
    sieve = np.empty(512, np.uint64)
    tables = np.zeros((2, 1024), np.uint32)
    stamps = np.zeros((2, 1024), np.int64)
    distinct = np.full(n, -1, np.int64)
    out = np.zeros((len(a_index), len(FEATURES)), np.int32)
    current = np.int64(-1)
    mask = 0
    for p in range(len(a_index)):
        a = a_index[p]
        b = b_index[p]
        a_low, a_high = hash_first[a], hash_first[a + 1]
        b_low, b_high = hash_first[b], hash_first[b + 1]
        result = out[p]
        if a != current:
            mask, distinct[a] = _build(hashes, a_low, a_high, table, canon)
            _fill_sieve(hashes, a_low, a_high, sieve)
            current = a
        result[SIZE_A] = distinct[a]
        result[SIZE_B] = b_high - b_low if distinct[b] < 0 else distinct[b]
        result[LENGTH_A] = first[a + 1] - first[a]
        result[LENGTH_B] = first[b + 1] - first[b]
        if a_low == a_high or b_low == b_high:
            continue
        _match(hashes, a_low, a_high, b_low, b_high, table, mask, sieve, place)
        seen[: a_high - a_low] = 0
        for j in range(b_high - b_low):
            if place[j] >= 0:
                # A shingle that a holds twice may be met at either place; its first place stands for it.
                at = canon[place[j]]
                if seen[at] == 0:
                    seen[at] = 1
                    result[SHARED] += 1
                    if not (word[first[a] + at] & QUOTED and word[first[b] + j] & QUOTED):
                        result[PLAIN] += 1
        if result[SHARED] < min(FEW, min(a_high - a_low, b_high - b_low)):
            continue
        k_a = min(np.int64(size[a]), first[a + 1] - first[a])
        k_b = min(np.int64(size[b]), first[b + 1] - first[b])
        length_a, length_b = result[LENGTH_A], result[LENGTH_B]
        _cover(length_a, k_a, k_b, place, b_high - b_low, seen, result)
        promising = _promising(result)
        if not promising and result[RUN] < PASSAGE_RUN:
            continue
        if distinct[b] < 0:
            distinct[b] = _build(hashes, b_low, b_high, scratch, canon_b)[1]
            result[SIZE_B] = distinct[b]
            promising = _promising(result)
        if not promising:
            continue
        _align(word, first[a], first[a + 1], first[b], first[b + 1], k_a, k_b, place, b_high - b_low, result)
        result[NUMBERS_A], result[NUMBERS_B], result[NUMBERS] = _facts(
            word, first[a], first[a + 1], first[b], first[b + 1], DIGIT, tables, stamps, 2 * p + 1
        )
        if min(length_a, length_b) < SHORT:
            result[NAMES_A], result[NAMES_B], result[NAMES] = _facts(
                word, first[a], first[a + 1], first[b], first[b + 1], CAPITAL, tables, stamps, 2 * p + 2
            )
    return out


@nb.njit(nogil=True, cache=True)
def place_kernel(word, first, size):
    """For two bodies: the place in the first of every shingle of the second, or -1 (int64)."""
    hashes, hash_first = _hash_bodies(word, first, size)
    count_a = hash_first[1]
    room = 16
    while room < 2 * count_a:
        room *= 2
    table = np.empty(room, np.int32)
    mask, _ = _build(hashes, 0, count_a, table, np.empty(max(1, count_a), np.int32))
    sieve = np.empty(512, np.uint64)
    _fill_sieve(hashes, 0, count_a, sieve)
    place = np.empty(hash_first[2] - count_a, np.int64)
    _match(hashes, 0, count_a, count_a, hash_first[2], table, mask, sieve, place)
    return place
