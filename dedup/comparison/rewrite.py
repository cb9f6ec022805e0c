"""Whether one body is the other re-worded: the same rare words, names and numbers in the same order, all the way.

A re-worded, spun or re-translated story keeps the order in which things are told, and the words that cannot be
replaced. An independent story on the same event shares those words as well, but tells them in an order of its own.
What is compared are the words that stand exactly once in each of two bodies, as patience diff does (Cohen 2005): they
are content words without any list of stop words, in any language, and each has one counterpart. The longest chain of
them that goes forward in both (Fredman 1975) is long in a rewrite, and is found everywhere in both texts; between two
independent stories it is short, or stands in one quotation.

The test asks nothing of the corpus, so that `dedup.compare` says what a scan says. What it cannot tell is told in
docs/rewrites.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.compare import longer_second
from dedup.comparison.numbers_and_names import SLOTS, mark, mark_common, pick
from dedup.kernels.jit import kernel
from dedup.text.tokens import CAPITAL, DIGIT, LINE, QUOTED, SENTENCE, WORD_HASH

#: Words between two links of the chain that still count as told in the same place; longer gaps are own text.
GAP = 25
#: The features of a pair, in the order of the kernel's columns.
FEATURES = (
    "once_a",  # words that stand exactly once in a
    "once_b",
    "common",  # words that stand exactly once in both
    "chain",  # the most of them in one order
    "plain",  # links of the chain that do not stand in quotation marks in both
    "covered_a",  # words of a between links that are close
    "covered_b",
    "length_a",  # words
    "length_b",
    "touched_a",  # sentences of a that hold a link
    "touched_b",
    "sentences_a",
    "sentences_b",
    "numbers_a",  # distinct numbers
    "numbers_b",
    "numbers",  # in common
    "names_a",  # distinct names
    "names_b",
    "names",
)
(
    ONCE_A, ONCE_B, COMMON, CHAIN, PLAIN, COVERED_A, COVERED_B, LENGTH_A, LENGTH_B, TOUCHED_A, TOUCHED_B, SENTENCES_A,
    SENTENCES_B, NUMBERS_A, NUMBERS_B, NUMBERS, NAMES_A, NAMES_B, NAMES,
) = range(len(FEATURES))  # fmt: skip

#: Fewer links than this are chance, or a form: short notices of one form share that much.
LINKS = 30
#: Words of the shorter body. Notices of one form are short, and hold too few names to tell them apart.
LENGTH = 150
#: Of the words that stand once in both, this share is in one order, per mille. Re-worded stories have .64 to .96,
#: independent ones on the same event .26 to .50, or more where they quote the same speech.
ORDER = 580
#: Links among the words that stand once in the body that has fewer of them: .32 to .5. Independent
#: stories have less than .17, but with a long quotation in common up to .4, so that this alone decides nothing.
HELD = 250
#: The chain runs through so much of each body and touches so many of its sentences. Independent stories
#: reach .43 on basil; with a long letter in common .56 of the words and .59 of the sentences.
THROUGHOUT = 700
#: Links outside quotation marks: two reports of one speech quote it in its order.
OWN = 500
#: Names in common, at least, and their share of the fewer ones; of numbers, where there are some.
NAMED, SAME_NAMES, SAME_NUMBERS, FEW_NUMBERS = 8, 700, 800, 3


@kernel
def _once(word, a_low, a_high, b_low, b_high, table, state, place, at_a, at_b):
    """Places of the words that stand exactly once in each body, in the order of a, into at_a and at_b.

    table uint32, state int8 (zeros) and place int32 are open-addressed, of a power of two slots. Returns (words once
    in a, once in b, in both).
    """
    mask = np.uint32(len(state) - 1)
    once_a = once_b = common = 0
    for i in range(a_low, a_high):
        h = word[i] & WORD_HASH
        slot = h & mask
        while state[slot] != 0 and table[slot] != h:
            slot = (slot + np.uint32(1)) & mask
        if state[slot] == 0:
            table[slot] = h
            state[slot] = 1
            once_a += 1
        elif state[slot] == 1:
            state[slot] = 2
            once_a -= 1
    # From 4 on the state also tells how often b has the word: once, or more often.
    for i in range(b_low, b_high):
        h = word[i] & WORD_HASH
        slot = h & mask
        while state[slot] != 0 and table[slot] != h:
            slot = (slot + np.uint32(1)) & mask
        if state[slot] < 4:
            table[slot] = h
            state[slot] += 4
            place[slot] = i - b_low
            once_b += 1
        elif state[slot] < 8:
            state[slot] += 4
            once_b -= 1
    for i in range(a_low, a_high):
        h = word[i] & WORD_HASH
        slot = h & mask
        while table[slot] != h or state[slot] == 0:
            slot = (slot + np.uint32(1)) & mask
        if state[slot] == 5:
            at_a[common] = i - a_low
            at_b[common] = place[slot]
            common += 1
    return once_a, once_b, common


@kernel
def _chain(at_b, count, tail, previous):
    """Keep of `at_b[:count]` the places of a longest ascending subsequence: writes them to the front of `previous`,
    ascending, and returns how many. Of several the one that patience sorting finds."""
    length = 0
    for i in range(count):
        low, high = 0, length
        while low < high:
            middle = (low + high) // 2
            if at_b[tail[middle]] < at_b[i]:
                low = middle + 1
            else:
                high = middle
        previous[i] = tail[low - 1] if low > 0 else -1
        tail[low] = i
        length = max(length, low + 1)
    at = tail[length - 1] if length else -1
    for k in range(length - 1, -1, -1):
        tail[k] = at
        at = previous[at]
    previous[:length] = tail[:length]
    return length


@kernel
def _spread(word, low, high, at, links, count):
    """(words between close links, sentences with a link, sentences) of a body; `at[links[:count]]` are the links."""
    covered = 0
    for k in range(1, count):
        gap = at[links[k]] - at[links[k - 1]]
        if gap <= GAP:
            covered += gap
    sentences = touched = k = 0
    fresh = True
    for i in range(low, high):
        if i == low or word[i] & (LINE | SENTENCE):
            sentences += 1
            fresh = True
        if k < count and at[links[k]] == i - low:
            touched += fresh
            fresh = False
            k += 1
    return covered, touched, sentences


@kernel
def _facts(word, a_low, a_high, b_low, b_high, flag, picked, tables, stamp):
    """(of a, of b, in common): distinct words of the bodies that have a flag; scratch as in `numbers_and_names`."""
    of_a = mark(picked[: pick(word, a_low, a_high, flag, picked)], tables[0], stamp)
    of_b, common = mark_common(picked[: pick(word, b_low, b_high, flag, picked)], tables[1], stamp, tables[0], stamp)
    return of_a, of_b, common


@kernel
def rewrite_kernel(word, first, a_index, b_index):
    """Features (pairs, len(FEATURES)) int32 of bodies `a_index[p]` and `b_index[p]`; those after COMMON are 0 where
    these are too few for a rewrite, those after CHAIN where the chain is too short.

    word uint32, first (n + 1,) int64: bodies as words, of body i `word[first[i] : first[i + 1]]`.
    """
    longest = 1
    for i in range(len(first) - 1):
        longest = max(longest, first[i + 1] - first[i])
    at_a = np.empty(longest, np.int32)
    at_b = np.empty(longest, np.int32)
    tail = np.empty(longest, np.int32)
    links = np.empty(longest, np.int32)
    picked = np.empty(longest + 1, np.uint32)
    tables = np.zeros((2, SLOTS), np.uint64)
    room = 64
    while room < 4 * longest:
        room *= 2
    table = np.empty(room, np.uint32)
    place = np.empty(room, np.int32)
    state = np.empty(room, np.int8)
    out = np.zeros((len(a_index), len(FEATURES)), np.int32)
    for p in range(len(a_index)):
        a_low, a_high = first[a_index[p]], first[a_index[p] + 1]
        b_low, b_high = first[b_index[p]], first[b_index[p] + 1]
        result = out[p]
        result[LENGTH_A], result[LENGTH_B] = a_high - a_low, b_high - b_low
        size = 64
        while size < 2 * (a_high - a_low + b_high - b_low):
            size *= 2
        state[:size] = 0
        result[ONCE_A], result[ONCE_B], common = _once(
            word, a_low, a_high, b_low, b_high, table[:size], state[:size], place[:size], at_a, at_b
        )
        result[COMMON] = common
        if common < LINKS:
            continue
        count = _chain(at_b, common, tail, links)
        result[CHAIN] = count
        if count < LINKS or 1000 * count < ORDER * common:
            continue  # most candidates end here
        for k in range(count):
            both = word[a_low + at_a[links[k]]] & word[b_low + at_b[links[k]]] & QUOTED
            result[PLAIN] += both == 0
        result[COVERED_A], result[TOUCHED_A], result[SENTENCES_A] = _spread(word, a_low, a_high, at_a, links, count)
        result[COVERED_B], result[TOUCHED_B], result[SENTENCES_B] = _spread(word, b_low, b_high, at_b, links, count)
        result[NUMBERS_A], result[NUMBERS_B], result[NUMBERS] = _facts(
            word, a_low, a_high, b_low, b_high, DIGIT, picked, tables, np.uint64(2 * p + 1)
        )
        result[NAMES_A], result[NAMES_B], result[NAMES] = _facts(
            word, a_low, a_high, b_low, b_high, CAPITAL, picked, tables, np.uint64(2 * p + 2)
        )
    return out


def look(
    word: NDArray[np.uint32],
    first: NDArray[np.int64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    tie: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Features (pairs, len(FEATURES)) of pairs of bodies; of each pair the longer one is the kernel's a.

    Of several longest chains one is found, which one depends on the body that is walked along; so that must depend on
    content alone: of bodies of one length on `tie` (n,), the rank of the fingerprint.
    """
    count = np.diff(first)
    swap = longer_second(count[a], count[b], tie[a], tie[b])
    found: NDArray[np.int32] = rewrite_kernel(word, first, np.where(swap, b, a), np.where(swap, a, b))
    return found


def is_rewrite(features: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which pairs are rewrites, by their rows of features (pairs, len(FEATURES)); all ratios of integers."""
    f = features.astype(np.int64).T
    found = (f[CHAIN] >= LINKS) & (np.minimum(f[LENGTH_A], f[LENGTH_B]) >= LENGTH)
    found &= 1000 * f[CHAIN] >= ORDER * f[COMMON]
    found &= 1000 * f[CHAIN] >= HELD * np.minimum(f[ONCE_A], f[ONCE_B])
    found &= 1000 * f[PLAIN] >= OWN * f[CHAIN]
    shares = ((COVERED_A, LENGTH_A), (COVERED_B, LENGTH_B), (TOUCHED_A, SENTENCES_A), (TOUCHED_B, SENTENCES_B))
    for part, whole in shares:
        found &= 1000 * f[part] >= THROUGHOUT * f[whole]
    fewer = np.minimum(f[NAMES_A], f[NAMES_B])
    found &= (f[NAMES] >= NAMED) & (1000 * f[NAMES] >= SAME_NAMES * fewer)
    fewer = np.minimum(f[NUMBERS_A], f[NUMBERS_B])
    return found & ((fewer < FEW_NUMBERS) | (1000 * f[NUMBERS] >= SAME_NUMBERS * fewer))


def strength(features: NDArray[np.int32]) -> NDArray[np.int64]:
    """How much of the words that stand once in the body with fewer of them is in the chain, in millionths."""
    f = features.astype(np.int64).T
    return 1_000_000 * f[CHAIN] // np.maximum(1, np.minimum(f[ONCE_A], f[ONCE_B]))
