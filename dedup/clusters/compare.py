"""Exact comparison of two bodies: shared shingles, longest common run, and the words both have in one order.

Shingles are compared as k equal words (dedup.articles.tokens), so nothing but words is read from the spool. The
alignment is anchored: shared shingles are the anchors, and between two anchors that lie close together in both
bodies a longest common subsequence of words is taken. That recognises a text of which every third word was changed,
of which hardly a shingle is left.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from dedup.articles.tokens import CAPITAL, DIGIT, QUOTED, WORD_HASH
from dedup.candidates.shingles import MIN_TOKENS
from dedup.clusters.align import (
    FEATURES,
    LENGTH_A,
    LENGTH_B,
    NAMES,
    NAMES_A,
    NAMES_B,
    NUMBERS,
    NUMBERS_A,
    NUMBERS_B,
    PLAIN,
    RUN,
    SHARED,
    SIZE_A,
    SIZE_B,
    SPAN_A,
    SPAN_B,
    align,
    cover,
)
from dedup.clusters.facts import facts

#: Pairs that share fewer shingles are not aligned (they stay without a relation), unless one body is that short.
FEW = 4
#: Words of a common run that is more than a sentence, for an overlap.
PASSAGE_RUN = 30
#: Names are compared where one body has fewer words than this: only there do they decide (dedup.clusters.relate).
SHORT = 150
#: ... and where it has fewer than this, and the longest common run of words is shorter, for that may be a rewrite.
FORM_LENGTH, REWRITE_RUN = 300, 40


class Bodies(NamedTuple):
    """Bodies as words, uint32: those of body i are `word[first[i] : first[i + 1]]`; `size` (n,): shingle sizes."""

    word: NDArray[np.uint32]
    first: NDArray[np.int64]
    size: NDArray[np.int32]


def _swapped(name: str) -> str:
    """The feature of the other body."""
    pairs = {"_a": "_b", "_b": "_a"}
    return name[:-2] + pairs[name[-2:]] if name[-2:] in pairs else name


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
            # The shingles before may have been met at an earlier place of theirs: pull them into this run.
            back = 1
            while (
                back <= min(j, previous)
                and place[j - back] != previous - back
                and hashes[a_low + previous - back] == hashes[b_low + j - back]
            ):
                place[j - back] = previous - back
                back += 1


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
def compare_kernel(word, first, size, a_index, b_index, exact):
    """Compare bodies `a_index[p]` and `b_index[p]`: features (pairs, len(FEATURES)) int32.

    word uint32, first (n + 1,) int64, size (n,) int32: bodies as words, of body i `word[first[i] : first[i + 1]]`,
    and their shingle sizes. Pairs that share `a` should follow each other, for then its index is built once. Bodies
    of fewer than MIN_TOKENS words share nothing. exact: size_b is exact also where the pair is hardly related.
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
        if exact and distinct[b] < 0:
            distinct[b] = _build(hashes, b_low, b_high, scratch, canon_b)[1]
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
        if result[SHARED] == 0:
            continue
        if result[SHARED] < FEW and distinct[b] < 0:
            distinct[b] = _build(hashes, b_low, b_high, scratch, canon_b)[1]
            result[SIZE_B] = distinct[b]
        if result[SHARED] < min(FEW, min(result[SIZE_A], result[SIZE_B])):
            continue
        k_a = min(np.int64(size[a]), first[a + 1] - first[a])
        k_b = min(np.int64(size[b]), first[b + 1] - first[b])
        length_a, length_b = result[LENGTH_A], result[LENGTH_B]
        cover(length_a, k_a, k_b, place, b_high - b_low, seen, result)
        promising = _promising(result)
        if not promising and result[RUN] < PASSAGE_RUN:
            continue
        if distinct[b] < 0:
            distinct[b] = _build(hashes, b_low, b_high, scratch, canon_b)[1]
            result[SIZE_B] = distinct[b]
            promising = _promising(result)
        if not promising:
            continue
        align(word, first[a], first[a + 1], first[b], first[b + 1], k_a, k_b, place, b_high - b_low, result)
        result[NUMBERS_A], result[NUMBERS_B], result[NUMBERS] = facts(
            word, first[a], first[a + 1], first[b], first[b + 1], DIGIT, tables, stamps, 2 * p + 1
        )
        shorter = min(length_a, length_b)
        if shorter < SHORT or (shorter < FORM_LENGTH and result[RUN] < REWRITE_RUN):
            result[NAMES_A], result[NAMES_B], result[NAMES] = facts(
                word, first[a], first[a + 1], first[b], first[b + 1], CAPITAL, tables, stamps, 2 * p + 2
            )
    return out


#: For each column the one that holds the same of the other body.
_MIRROR = np.array([FEATURES.index(_swapped(name)) for name in FEATURES])


def longer_second(
    count_a: NDArray[np.int64], count_b: NDArray[np.int64], tie_a: NDArray[np.int64], tie_b: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the second body of each pair is the one the alignment calls a."""
    return (count_a < count_b) | ((count_a == count_b) & (tie_a < tie_b))


def compare(
    bodies: Bodies, a: NDArray[np.int64], b: NDArray[np.int64], tie: NDArray[np.int64], *, exact: bool = True
) -> NDArray[np.int32]:
    """Features (pairs, len(FEATURES)) of pairs of bodies, the same whichever body is called a.

    The alignment walks along one body, so the longer one is always the kernel's a; of equal ones that with the larger
    `tie` (n,), which must depend on content alone.
    """
    count = np.diff(bodies.first)
    swap = longer_second(count[a], count[b], tie[a], tie[b])
    x, y = np.where(swap, b, a), np.where(swap, a, b)
    order = np.argsort(x, kind="stable")
    out = np.empty((len(a), len(FEATURES)), np.int32)
    out[order] = compare_kernel(bodies.word, bodies.first, bodies.size, x[order], y[order], exact)
    out[swap] = out[swap][:, _MIRROR]
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
