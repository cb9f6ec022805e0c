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

from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import longer_second
from dedup.comparison.numbers_and_names import SLOTS, mark, mark_common, pick
from dedup.comparison.unique_words import longest_increasing, unique_common_words
from dedup.kernels.jit import kernel, scalar_kernel
from dedup.text.tokens import CAPITAL, DIGIT, LINE, QUOTED, SENTENCE

#: Words between two links of the chain that still count as told in the same place; longer gaps are own text.
GAP = 25
#: The features of a pair, in the order of the kernel's columns.
FEATURES = (
    "once_a",  # words that stand exactly once in a
    "once_b",
    "common",  # words that stand exactly once in both
    "chain",  # the most of them in one order
    "plain",  # links of the chain that do not stand in quotation marks in both
    "told",  # links that stand in quotation marks in neither
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
    ONCE_A, ONCE_B, COMMON, CHAIN, PLAIN, TOLD, COVERED_A, COVERED_B, LENGTH_A, LENGTH_B, TOUCHED_A, TOUCHED_B,
    SENTENCES_A, SENTENCES_B, NUMBERS_A, NUMBERS_B, NUMBERS, NAMES_A, NAMES_B, NAMES,
) = range(len(FEATURES))  # fmt: skip

#: Fewer links than this are chance, or a form: short notices of one form share that much.
MIN_LINKS = 30
#: Words of the shorter body. Notices of one form are short, and hold too few names to tell them apart.
MIN_LENGTH = 150
#: Of the words that stand once in both, this share is in one order, per mille. Re-worded stories have .64 to .96,
#: independent ones on the same event .26 to .50, or more where they quote the same speech.
MIN_ORDER = 580
#: Links among the words that stand once in the body that has fewer of them: .32 to .5. Independent
#: stories have less than .17, but with a long quotation in common up to .4, so that this alone decides nothing.
MIN_CHAIN_SHARE = 250
#: The chain runs through so much of each body and touches so many of its sentences. Independent stories
#: reach .43 on basil; with a long letter in common .56 of the words and .59 of the sentences.
MIN_COVER = 700
#: Links outside quotation marks: two reports of one speech quote it in its order.
MIN_UNQUOTED = 500
#: ... in both bodies: a transcript has no quotation marks, and a report on it quotes it. Rewrites have .39 and more,
#: for speech is retold in one's own words and the other way round; reports of one speech have .1 to .24.
MIN_TOLD = 350
#: Names in common, at least, and their share of the fewer ones; of numbers, where there are some.
MIN_NAMES, MIN_SAME_NAMES, MIN_SAME_NUMBERS, FEW_NUMBERS = 8, 700, 800, 3


@scalar_kernel
def chain_cover(word, low, high, at, links, count):
    """Measure how far a chain covers a body: (words between close links, sentences with a link, sentences).

    word (m,) uint32: the body is `word[low:high]`. at (room,) int32; links (room,) int32: the links are the words at
    `at[links[:count]]` of the body, ascending.
    """
    cover = 0
    for k in range(1, count):
        gap = at[links[k]] - at[links[k - 1]]
        if gap <= GAP:
            cover += gap
    sentences = with_link = k = 0
    is_new = True
    for i in range(low, high):
        if i == low or word[i] & (LINE | SENTENCE):
            sentences += 1
            is_new = True
        if k < count and at[links[k]] == i - low:
            with_link += is_new
            is_new = False
            k += 1
    return cover, with_link, sentences


@scalar_kernel
def count_common(word, a_low, a_high, b_low, b_high, flag, scratch, tables, stamp):
    """Count distinct words with a flag: (of a, of b, in common).

    word (m,) uint32: a is `word[a_low:a_high]`, b is `word[b_low:b_high]`. scratch (room,) uint32; tables (2, SLOTS)
    uint64; stamp: as in `numbers_and_names.mark`.
    """
    of_a = mark(scratch[: pick(word, a_low, a_high, flag, scratch)], tables[0], stamp)
    of_b, common = mark_common(scratch[: pick(word, b_low, b_high, flag, scratch)], tables[1], stamp, tables[0], stamp)
    return of_a, of_b, common


@kernel
def rewrite_kernel(word, first, length, a_index, b_index):
    """Features of pairs of bodies `a_index[p]` and `b_index[p]`: (pairs, len(FEATURES)) int32.

    word (m,) uint32; first, length (n,) int64: body i is `length[i]` words from `word[first[i]]` on. a_index (pairs,)
    int64; b_index (pairs,) int64. Features after COMMON are 0 where the common words are too few for a rewrite,
    features after CHAIN where the chain is too short.
    """
    longest = 1
    for p in range(len(a_index)):
        longest = max(longest, length[a_index[p]], length[b_index[p]])
    at_a = np.empty(longest, np.int32)
    at_b = np.empty(longest, np.int32)
    tail = np.empty(longest, np.int32)
    links = np.empty(longest, np.int32)
    scratch = np.empty(longest + 1, np.uint32)
    tables = np.zeros((2, SLOTS), np.uint64)
    room = 64
    while room < 4 * longest:
        room *= 2
    table = np.empty(room, np.uint32)
    place = np.empty(room, np.int32)
    state = np.empty(room, np.int8)
    out = np.zeros((len(a_index), len(FEATURES)), np.int32)
    for p in range(len(a_index)):
        a, b = a_index[p], b_index[p]
        a_low, a_high = first[a], first[a] + length[a]
        b_low, b_high = first[b], first[b] + length[b]
        result = out[p]
        result[LENGTH_A], result[LENGTH_B] = a_high - a_low, b_high - b_low
        size = 64
        while size < 2 * (a_high - a_low + b_high - b_low):
            size *= 2
        state[:size] = 0
        result[ONCE_A], result[ONCE_B], common = unique_common_words(
            word, a_low, a_high, b_low, b_high, table[:size], state[:size], place[:size], at_a, at_b
        )
        result[COMMON] = common
        if common < MIN_LINKS:
            continue
        count = longest_increasing(at_b, common, tail, links)
        result[CHAIN] = count
        if count < MIN_LINKS or 1000 * count < MIN_ORDER * common:
            continue  # most candidates end here
        for k in range(count):
            of_a, of_b = word[a_low + at_a[links[k]]], word[b_low + at_b[links[k]]]
            result[PLAIN] += of_a & of_b & QUOTED == 0
            result[TOLD] += (of_a | of_b) & QUOTED == 0
        result[COVERED_A], result[TOUCHED_A], result[SENTENCES_A] = chain_cover(word, a_low, a_high, at_a, links, count)
        result[COVERED_B], result[TOUCHED_B], result[SENTENCES_B] = chain_cover(word, b_low, b_high, at_b, links, count)
        result[NUMBERS_A], result[NUMBERS_B], result[NUMBERS] = count_common(
            word, a_low, a_high, b_low, b_high, DIGIT, scratch, tables, np.uint64(2 * p + 1)
        )
        result[NAMES_A], result[NAMES_B], result[NAMES] = count_common(
            word, a_low, a_high, b_low, b_high, CAPITAL, scratch, tables, np.uint64(2 * p + 2)
        )
    return out


def rewrite_features(
    tokens: BodyTokens, a: NDArray[np.int64], b: NDArray[np.int64], fingerprint_rank: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Features (m, len(FEATURES)) int32 of pairs of bodies a, b (m,); of each pair the longer one is the kernel's a.

    tokens: n bodies; fingerprint_rank (n,). Of several longest chains one is found, and
    which one depends on the body that is walked along. So this choice depends on content alone: on the length, and for
    bodies of one length on the rank of the fingerprint.
    """
    word, first, length, _ = tokens
    swap = longer_second(length[a], length[b], fingerprint_rank[a], fingerprint_rank[b])
    features: NDArray[np.int32] = rewrite_kernel(word, first, length, np.where(swap, b, a), np.where(swap, a, b))
    return features


def is_rewrite(features: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which pairs are rewrites, by their rows of features (pairs, len(FEATURES)); all ratios of integers."""
    f = features.astype(np.int64).T
    is_pair = (f[CHAIN] >= MIN_LINKS) & (np.minimum(f[LENGTH_A], f[LENGTH_B]) >= MIN_LENGTH)
    is_pair &= 1000 * f[CHAIN] >= MIN_ORDER * f[COMMON]
    is_pair &= 1000 * f[CHAIN] >= MIN_CHAIN_SHARE * np.minimum(f[ONCE_A], f[ONCE_B])
    is_pair &= (1000 * f[PLAIN] >= MIN_UNQUOTED * f[CHAIN]) & (1000 * f[TOLD] >= MIN_TOLD * f[CHAIN])
    shares = ((COVERED_A, LENGTH_A), (COVERED_B, LENGTH_B), (TOUCHED_A, SENTENCES_A), (TOUCHED_B, SENTENCES_B))
    for part, whole in shares:
        is_pair &= 1000 * f[part] >= MIN_COVER * f[whole]
    fewer = np.minimum(f[NAMES_A], f[NAMES_B])
    is_pair &= (f[NAMES] >= MIN_NAMES) & (1000 * f[NAMES] >= MIN_SAME_NAMES * fewer)
    fewer = np.minimum(f[NUMBERS_A], f[NUMBERS_B])
    return is_pair & ((fewer < FEW_NUMBERS) | (1000 * f[NUMBERS] >= MIN_SAME_NUMBERS * fewer))


def strength(features: NDArray[np.int32]) -> NDArray[np.int64]:
    """How much of the words that stand once in the body with fewer of them is in the chain, in millionths."""
    f = features.astype(np.int64).T
    return 1_000_000 * f[CHAIN] // np.maximum(1, np.minimum(f[ONCE_A], f[ONCE_B]))
