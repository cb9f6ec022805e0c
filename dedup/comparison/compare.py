"""Exact comparison of two bodies: shared shingles, longest common run, and the words both have in one order.

Shingles are compared as k equal words (dedup.text.tokens), so nothing but words is read from the spool. The
alignment is anchored: shared shingles are the anchors, and between two anchors that lie close together in both
bodies a longest common subsequence of words is taken. That recognises a text of which every third word was changed,
of which hardly a shingle is left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.shingles import MIN_TOKENS
from dedup.comparison import align as c
from dedup.comparison import shared_runs as s
from dedup.comparison.align import FEATURES
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.leads import compare_leads, leads, scratch_room
from dedup.comparison.lost_words import restore_lost_words
from dedup.comparison.narration import narration
from dedup.comparison.numbers_and_names import SLOTS, mark, mark_common, numeral_table, pick, pick_amounts, pick_numbers
from dedup.comparison.own_parts import compare_own_parts
from dedup.comparison.own_words import compare_own_words
from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.tokens import CAPITAL, QUOTED

Ints = NDArray[np.int64]

#: Pairs that share fewer shingles are not aligned (they stay without a relation), unless one body is that short.
FEW = 4
#: Words of a common run that is more than a sentence, for an overlap.
PASSAGE_RUN = 30
#: Names are compared where one body has fewer words than this: only there do they decide (dedup.comparison.relate).
SHORT = 150
#: ... and where it has fewer than this, and the longest common run of words is shorter, for that may be a rewrite.
FORM_LENGTH, REWRITE_RUN = 300, 40
#: Least share of the common shingles outside quotation marks, per mille: below, two texts may only quote one speaker.
OWN_WORDS = 400


def _swapped(name: str) -> str:
    """The feature of the other body."""
    pairs = {"_a": "_b", "_b": "_a"}
    return name[:-2] + pairs[name[-2:]] if name[-2:] in pairs else name


@scalar_kernel
def is_aligned(out):
    """Whether a pair can be more than an overlap: enough shingles in common, or common ones spread over both bodies.

    Only such pairs are aligned; for the others the aligned words are those that shared shingles cover. out
    (features,) int32: the features of the pair.
    """
    smaller = min(out[c.SIZE_A], out[c.SIZE_B])
    if out[c.SHARED] == 0 or out[c.SHARED] < min(FEW, smaller):
        return False
    shorter = min(out[c.LENGTH_A], out[c.LENGTH_B])
    if 5 * out[c.SHARED] >= smaller:
        return True
    return out[c.SHARED] >= FEW and 2 * min(out[c.SPAN_A], out[c.SPAN_B]) >= shorter


@kernel
def compare_kernel(word, first, length, size, a_index, b_index, exact, numerals):
    """Compare bodies `a_index[p]` and `b_index[p]`: features (pairs, len(FEATURES)) int32.

    word uint32; first, length (n,) int64; size (n,) int32: bodies as words, of body i `length[i]` from `word[first[i]]`
    on, and their shingle sizes. Pairs that share `a` should follow each other, for then its index is built once.
    Bodies of fewer than MIN_TOKENS words share nothing. exact: size_b is exact also where the pair is hardly related.
    numerals: of `numbers_and_names.numeral_table`.
    """
    longest = MIN_TOKENS
    for p in range(len(a_index)):
        longest = max(longest, length[a_index[p]], length[b_index[p]])
    hash_a = np.empty(longest, np.uint64)
    hash_b = np.empty(longest, np.uint64)
    table = np.empty(s.table_room(longest), np.uint32)
    scratch = np.empty(s.table_room(longest), np.uint32)
    canon = np.empty(longest, np.int32)
    canon_b = np.empty(longest, np.int32)
    runs = np.empty((3, longest), np.int32)
    marks = np.empty(longest, np.uint8)
    two_picked = np.empty((2, 3 * longest + 8), np.uint32)
    picked = two_picked[0]
    commons = np.empty((2, longest), np.uint8)
    room = scratch_room(2 * longest)
    words = np.empty((2, room), np.uint32)
    memory = words[0], words[1], np.empty(room, np.int32), np.empty(room, np.uint8)
    tables = np.zeros((6, SLOTS), np.uint64)
    key = np.empty(c.PLACES, np.uint32)
    places = np.empty(c.PLACES, np.uint64)
    out = np.zeros((len(a_index), len(FEATURES)), np.int32)
    current = np.int64(-1)
    count_a = distinct_a = numbers_a = names_a = amounts_a = np.int64(0)
    # What `a` holds is marked once for all pairs that follow each other, each kind with a stamp of its own.
    stamp_a = stamp_names = stamp_amounts = np.uint64(0)
    for p in range(len(a_index)):
        a, b = a_index[p], b_index[p]
        a_first, a_last = first[a], first[a] + length[a]
        b_first, b_last = first[b], first[b] + length[b]
        result = out[p]
        if a != current:
            count_a = s.hash_shingles(word, a_first, a_last, np.int64(size[a]), hash_a)
            distinct_a = s.index_body(hash_a, count_a, table, canon)
            numbers_a = names_a = amounts_a = np.int64(-1)
            current = a
        count_b = s.hash_shingles(word, b_first, b_last, np.int64(size[b]), hash_b)
        result[c.SIZE_A] = distinct_a
        result[c.SIZE_B] = count_b
        result[c.LENGTH_A] = length[a]
        result[c.LENGTH_B] = length[b]
        n = s.match_runs(hash_a, count_a, hash_b, count_b, table, runs) if count_a > 0 else 0
        shared, result[c.PLAIN] = s.shared_shingles(
            word, a_first, b_first, runs, n, distinct_a < count_a, canon, marks, QUOTED
        )
        result[c.SHARED] = shared
        if exact or 0 < shared < FEW:
            result[c.SIZE_B] = shared + s.distinct_outside(hash_b, count_b, runs, n, scratch, canon_b)
        if shared == 0 or shared < min(FEW, min(result[c.SIZE_A], result[c.SIZE_B])):
            continue
        k_a = min(np.int64(size[a]), length[a])
        k_b = min(np.int64(size[b]), length[b])
        c.cover(length[a], k_a, k_b, runs, n, marks, result)
        if not is_aligned(result) and result[c.RUN] < PASSAGE_RUN:
            continue
        result[c.SIZE_B] = shared + s.distinct_outside(hash_b, count_b, runs, n, scratch, canon_b)
        if not is_aligned(result):
            continue
        c.align(word, a_first, a_last, b_first, b_last, k_a, k_b, runs, n, key, places, numerals, two_picked, result)
        if result[c.RUN] < REWRITE_RUN or 1000 * result[c.PLAIN] < OWN_WORDS * shared:
            narration(word, a_first, b_first, b_last, k_a, k_b, runs, n, result)
        leads(word, a_first, a_last, b_first, b_last, memory, result)
        compare_leads(word, a_first, a_last, b_first, b_last, k_a, k_b, runs, n, marks, memory, result)
        compare_own_words(word, a_first, a_last, b_first, b_last, k_a, k_b, runs, n, memory, result)
        compare_own_parts(word, a_first, a_last, b_first, b_last, k_a, k_b, runs, n, marks, commons, memory, result)
        stamp = np.uint64(p + 1)
        if numbers_a < 0:
            numbers_a = mark(picked[: pick_numbers(word, a_first, a_last, numerals, picked)], tables[0], stamp)
            stamp_a = stamp
        result[c.NUMBERS_A] = numbers_a
        of_b = picked[: pick_numbers(word, b_first, b_last, numerals, picked)]
        result[c.NUMBERS_B], result[c.NUMBERS] = mark_common(of_b, tables[1], stamp, tables[0], stamp_a)
        shorter = min(length[a], length[b])
        if shorter < SHORT or (shorter < FORM_LENGTH and result[c.RUN] < REWRITE_RUN) or result[c.OWN_WORDS] > 1:
            if names_a < 0:
                names_a = mark(picked[: pick(word, a_first, a_last, CAPITAL, picked)], tables[2], stamp)
                stamp_names = stamp
            result[c.NAMES_A] = names_a
            of_b = picked[: pick(word, b_first, b_last, CAPITAL, picked)]
            result[c.NAMES_B], result[c.NAMES] = mark_common(of_b, tables[3], stamp, tables[2], stamp_names)
        if shorter < SHORT:
            if amounts_a < 0:
                amounts_a = mark(picked[: pick_amounts(word, a_first, a_last, numerals, picked)], tables[4], stamp)
                stamp_amounts = stamp
            result[c.AMOUNTS_A] = amounts_a
            of_b = picked[: pick_amounts(word, b_first, b_last, numerals, picked)]
            result[c.AMOUNTS_B], result[c.AMOUNTS] = mark_common(of_b, tables[5], stamp, tables[4], stamp_amounts)
    return out


#: For each column the one that holds the same of the other body.
MIRROR = np.array([FEATURES.index(_swapped(name)) for name in FEATURES])


def longer_second(count_a: Ints, count_b: Ints, tie_a: Ints, tie_b: Ints) -> NDArray[np.bool_]:
    """Whether the second body of each pair is the one the alignment calls a."""
    return (count_a < count_b) | ((count_a == count_b) & (tie_a < tie_b))


def longer_first(
    bodies: BodyTokens, a: Ints, b: Ints, tie: Ints
) -> tuple[NDArray[np.bool_], NDArray[np.intp], Ints, Ints]:
    """Order pairs (m,) for a kernel: whether each is swapped, the order of the pairs, and its bodies in that order.

    The alignment walks along one body, so the longer one is always the kernel's a; of equal ones that with the larger
    `tie` (n,), which must depend on content alone. Pairs of one a follow each other.
    """
    count = bodies.length
    swap = longer_second(count[a], count[b], tie[a], tie[b])
    x, y = np.where(swap, b, a), np.where(swap, a, b)
    order = np.argsort(x, kind="stable")
    return swap, order, x[order], y[order]


def compare(
    bodies: BodyTokens, a: Ints, b: Ints, tie: Ints, *, exact: bool = True, restore: bool = True
) -> NDArray[np.int32]:
    """Features (pairs, len(FEATURES)) of pairs of bodies, the same whichever body is called a (`longer_first`).

    exact: see `compare_kernel`. restore: False if no body lost letters.
    """
    restored = np.zeros(len(a), np.bool_)
    if restore:
        bodies, a, b, tie, restored = restore_lost_words(bodies, a, b, tie)
    swap, order, x, y = longer_first(bodies, a, b, tie)
    out = np.empty((len(a), len(FEATURES)), np.int32)
    out[order] = compare_kernel(*bodies, x, y, exact, numeral_table())
    out[swap] = out[swap][:, MIRROR]
    # What was lost cannot be known: no such pair is identical.
    out[restored, c.RUN] = np.minimum(
        out[restored, c.RUN], np.minimum(bodies.length[a], bodies.length[b])[restored] - 1
    )
    return out
