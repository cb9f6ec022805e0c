"""Which words of two bodies are aligned: the runs and words that `compare` counts, each with its places.

A run is a common run of at least a shingle. The words between two runs are a longest common subsequence, where the
runs lie close enough together to be aligned (`dedup.comparison.align`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.shingles import MIN_TOKENS
from dedup.comparison.align import FEATURES, GAP
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import is_aligned, longer_first
from dedup.comparison.lost_words import restore_lost_words
from dedup.comparison.shared_runs import hash_shingles, index_body, match_runs, table_room
from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.tokens import DIGIT, WORD_HASH

Ints = NDArray[np.int64]

#: Kinds of rows: a run that goes forward in both bodies, one that goes back in the first, words between two runs, and
#: a number of the first body that stands where the second has another one.
FORWARD, BACKWARD, BETWEEN, NUMBER = range(4)
#: The columns of a row.
PAIR, PLACE_A, PLACE_B, WORDS, KIND = range(5)


@scalar_kernel
def _write(rows, n, pair, a, b, words, kind):
    """Write row n of `rows` (room, 5) int32; return n + 1."""
    rows[n, PAIR] = pair
    rows[n, PLACE_A] = a
    rows[n, PLACE_B] = b
    rows[n, WORDS] = words
    rows[n, KIND] = kind
    return n + 1


@scalar_kernel
def _longest_common(word, a_low, a_high, b_low, b_high, table):
    """Fill table (GAP + 1, GAP + 1) uint8: [i, j] is the length of the longest common subsequence from i and j on."""
    height, width = a_high - a_low, b_high - b_low
    table[height, : width + 1] = 0
    for i in range(height - 1, -1, -1):
        table[i, width] = 0
        for j in range(width - 1, -1, -1):
            if (word[a_low + i] ^ word[b_low + j]) & WORD_HASH == 0:
                table[i, j] = table[i + 1, j + 1] + 1
            else:
                table[i, j] = max(table[i + 1, j], table[i, j + 1])
    return table[0, 0]


@scalar_kernel
def _numbers_between(word, a_first, b_first, a_low, a_high, b_low, b_high, rows, n, pair):
    """Write the numbers that differ in a slot, words a_low..a_high of a and b_low..b_high of b; return the new n."""
    j = b_low
    for i in range(a_low, a_high):
        if not word[a_first + i] & DIGIT:
            continue
        while j < b_high and not word[b_first + j] & DIGIT:
            j += 1
        if j == b_high:
            break
        if (word[a_first + i] ^ word[b_first + j]) & WORD_HASH:
            n = _write(rows, n, pair, i, j, np.int64(1), NUMBER)
        j += 1
    return n


@scalar_kernel
def _align_gap(word, a_first, b_first, a_low, a_high, b_low, b_high, inner, table, rows, n, pair):
    """Write the aligned words of a gap, words a_low..a_high of a and b_low..b_high of b; return the new n.

    inner: the gap lies between two runs. Only there, or where half of its words are aligned, are slots of numbers what
    they seem (as in `align`).
    """
    height, width = a_high - a_low, b_high - b_low
    if height <= 0 or width <= 0 or height > GAP or width > GAP:
        return n
    common = _longest_common(word, a_first + a_low, a_first + a_high, b_first + b_low, b_first + b_high, table)
    slots = inner or 2 * common >= width
    i = j = np.int64(0)
    slot_a, slot_b = a_low, b_low
    while i < height and j < width:
        if (word[a_first + a_low + i] ^ word[b_first + b_low + j]) & WORD_HASH:
            if table[i + 1, j] >= table[i, j + 1]:
                i += 1
            else:
                j += 1
            continue
        if slots:
            n = _numbers_between(word, a_first, b_first, slot_a, a_low + i, slot_b, b_low + j, rows, n, pair)
        begin = i
        while i < height and j < width and (word[a_first + a_low + i] ^ word[b_first + b_low + j]) & WORD_HASH == 0:
            i += 1
            j += 1
        n = _write(rows, n, pair, a_low + begin, b_low + j - (i - begin), i - begin, BETWEEN)
        slot_a, slot_b = a_low + i, b_low + j
    if slots:
        n = _numbers_between(word, a_first, b_first, slot_a, a_high, slot_b, b_high, rows, n, pair)
    return n


@kernel
def aligned_kernel(word, first, length, size, a_index, b_index, features):
    """The aligned runs of the pairs of bodies `a_index[p]` and `b_index[p]`: rows (n, 5) int32, by pair and place in b.

    word uint32; first, length (n,) int64; size (n,) int32: as for `compare_kernel`. features (pairs, len(FEATURES))
    int32: its result. a must be the longer body of each pair, as there. A row is pair, place of its first word in a and
    in b (counted in words from the beginning of the body), how many words, and kind.
    """
    longest = MIN_TOKENS
    for p in range(len(a_index)):
        longest = max(longest, length[a_index[p]], length[b_index[p]])
    hash_a = np.empty(longest, np.uint64)
    hash_b = np.empty(longest, np.uint64)
    index = np.empty(table_room(longest), np.uint32)
    canon = np.empty(longest, np.int32)
    runs = np.empty((3, longest), np.int32)
    table = np.empty((GAP + 1, GAP + 1), np.uint8)
    rows = np.empty((8 * len(a_index) + 8, 5), np.int32)
    n = np.int64(0)
    current = np.int64(-1)
    count_a = np.int64(0)
    for p in range(len(a_index)):
        a, b = a_index[p], b_index[p]
        if a != current:
            count_a = hash_shingles(word, first[a], first[a] + length[a], np.int64(size[a]), hash_a)
            index_body(hash_a, count_a, index, canon)
            current = a
        count_b = hash_shingles(word, first[b], first[b] + length[b], np.int64(size[b]), hash_b)
        run_count = match_runs(hash_a, count_a, hash_b, count_b, index, runs) if count_a > 0 else 0
        # A row holds a run, or at least one word of b that no other row holds.
        if n + run_count + length[b] > len(rows):
            wider = np.empty((2 * (n + run_count + length[b]), 5), np.int32)
            wider[:n] = rows[:n]
            rows = wider
        k_a = min(np.int64(size[a]), length[a])
        k_b = min(np.int64(size[b]), length[b])
        aligned = run_count > 0 and is_aligned(features[p])
        end_a = end_b = np.int64(0)
        for run in range(run_count + aligned):
            is_last = run == run_count
            i = min(length[a], end_a + GAP) if is_last else np.int64(runs[0, run])
            j = min(length[b], end_b + GAP) if is_last else np.int64(runs[1, run])
            if aligned:
                low_a = max(np.int64(0), i - GAP) if run == 0 else end_a
                low_b = max(np.int64(0), j - GAP) if run == 0 else end_b
                inner = run > 0 and not is_last
                n = _align_gap(word, first[a], first[b], low_a, i, low_b, j, inner, table, rows, n, p)
            if not is_last:
                kind = BACKWARD if run > 0 and i < end_a - k_a else FORWARD
                n = _write(rows, n, p, i, j, runs[2, run] - 1 + k_b, kind)
                end_a = i + runs[2, run] - 1 + k_a
                end_b = j + runs[2, run] - 1 + k_b
    return rows[:n]


def aligned_runs(
    bodies: BodyTokens, a: Ints, b: Ints, tie: Ints, features: NDArray[np.int32] | None = None
) -> NDArray[np.int32]:
    """Rows (n, 5) int32 of the aligned words of pairs (a, b) of bodies, by pair and place in the shorter body.

    The columns are `PAIR` .. `KIND`; places and counts are in words. features: those that `compare` gives for the same
    bodies, pairs and `tie`. Without them only runs are found, and no words between them.
    """
    bodies, a, b, tie, _ = restore_lost_words(bodies, a, b, tie)
    swap, order, x, y = longer_first(bodies, a, b, tie)
    if features is None:
        features = np.zeros((len(a), len(FEATURES)), np.int32)
    rows = aligned_kernel(*bodies, x, y, features[order])
    rows[:, PAIR] = order[rows[:, PAIR]]
    mirrored = swap[rows[:, PAIR]]
    rows[mirrored] = rows[mirrored][:, [PAIR, PLACE_B, PLACE_A, WORDS, KIND]]
    return rows[np.argsort(rows[:, PAIR], kind="stable")]
