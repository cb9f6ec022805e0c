"""A third index, for texts that were re-worded: which articles hold the same names and numbers one after the other.

A rewrite shares hardly a shingle with its original, but it still tells of the same people, places and figures in the
same order. So the index takes of each body only its *anchors*, names and numbers, and keys it by two anchors that
follow each other: "Magsino, 83", "1910, 1945". Such keys are to a body's names what shingles are to its words, and as
rare: most stand in one article only. Independent stories on one event share most of their names but few such keys.

- A name is the last of a run of capitalised words that do not begin a sentence: "Prime Minister Fumio Kishida" and
  "Kishida" are the same anchor. A number is a token that begins with a digit.
- Half of the keys are selected, by their hash, and fewer of bodies with many anchors, so that both bodies of a pair
  have the same ones.
- Keys of one article, and those of more than `MAX_BODIES`, say nothing and are dropped before anything is sorted.

Bodies without capitals and numbers have no anchors, and are never found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel
from dedup.kernels.radix_sort import sort_postings
from dedup.text.tokens import CAPITAL, DIGIT, LINE, SENTENCE, WORD_HASH

#: One in so many keys is selected. Re-worded stories of 300 words have 12 to 33 of some 38 keys in common.
KEY_RATE = 2
#: Keys of a body, about: of more anchors than KEY_RATE * MAX_KEYS fewer are selected.
MAX_KEYS = 128
#: Articles of a key. A key of more is no sign of one story, and costs the square of their number.
MAX_BODIES = 32
#: Keys in common, of those taken, that make a candidate, and the least share of the fewer keys, per mille.
MIN_SHARED, MIN_SHARE = 3, 150
#: Candidates of an article among those after it: those with the most keys in common.
MAX_PAIRS = 8


#: Words of some bodies: (word uint32, which bodies, where each begins in word, how many words it has; int64 (m,)).
TokenBlock = tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


#: Of keys, how many more bodies have them than those that are looked at.
ExternalCounts = Callable[[NDArray[np.uint32]], NDArray[np.int64]]


class AnchorKeys(NamedTuple):
    """The keys of n bodies: those of body i are `key[first[i] : first[i] + counts[i]]`, uint32, in their order."""

    key: NDArray[np.uint32]
    first: NDArray[np.int64]
    counts: NDArray[np.int64]


@kernel
def _key(x, y):
    """Hash two anchors, uint32, in order; returns uint32 (the finaliser of MurmurHash3, Appleby 2011)."""
    h = (np.uint64(x) << np.uint64(32)) | np.uint64(y)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return np.uint32(h >> np.uint64(32))


@kernel(inline="always")
def _is_name(word):
    """1 for a capitalised word, uint32 as `Tokens.word` has it, that does not begin a sentence or line, else 0."""
    return np.uint32((word & CAPITAL) != 0) & np.uint32((word & (LINE | SENTENCE)) == 0)


@kernel
def anchor_words(word, low, high, out):
    """Write the anchors of the body `word[low:high]`, in order, into `out`; return how many.

    word (m,) uint32: tokens with their flags. out (room,) uint32, at least high - low + 1 long: gets hashes of 27 bits.
    """
    count = np.int64(0)
    if low == high:
        return count
    name = _is_name(word[low])
    for i in range(low, high):
        following = _is_name(word[i + 1]) if i + 1 < high else np.uint32(0)
        out[count] = word[i] & WORD_HASH
        # Without a branch, for nobody could foresee it.
        count += np.uint32((word[i] & DIGIT) != 0) | (name & (following ^ np.uint32(1)))
        name = following
    return count


@kernel
def key_kernel(word, begin, length, rate, most):
    """Hash the keys of n bodies `word[begin[i] : begin[i] + length[i]]`.

    word: uint32, tokens with their flags; begin, length: int64 (n,). One in `rate` keys is selected, by its hash, one
    in twice as many where a body has more than `rate * most` anchors, and so on. An anchor that is repeated at once
    makes no key. Returns (keys uint32, body after body; counts int64 (n,), keys of each).
    """
    n = len(begin)
    longest = np.int64(0)
    total = np.int64(0)
    for i in range(n):
        longest = max(longest, length[i])
        total += length[i]
    anchors = np.empty(longest + 1, np.uint32)
    counts = np.zeros(n, np.int64)
    key = np.empty(total // 8 + 64, np.uint32)
    at = 0
    for i in range(n):
        count = anchor_words(word, begin[i], begin[i] + length[i], anchors)
        divisor = np.int64(rate)
        while count > divisor * most:
            divisor *= 2
        limit = np.uint32(np.uint64(1 << 32) // np.uint64(divisor) - np.uint64(1))
        if at + count > len(key):
            longer = np.empty(2 * len(key) + count, np.uint32)
            longer[:at] = key[:at]
            key = longer
        before = at
        for j in range(1, count):
            k = _key(anchors[j - 1], anchors[j])
            key[at] = k
            at += np.int64(k <= limit) & np.int64(anchors[j] != anchors[j - 1])
        counts[i] = at - before
    return key[:at].copy(), counts


@kernel
def _select_shared(key, first, count, cap, table):
    """Select the keys that 2 to `cap` bodies may have.

    key: uint32; first, count: int64 (n,), where the keys of each body begin, and how many they are. table: zeros, uint8
    (2 ** b,), counts keys by their low b bits. Two keys in one slot may let too much through, or, where one of them has
    more than `cap` bodies, drop the other: with two slots a key that is rare. Returns (postings uint64, `key << 32 |
    body`, by body; how many slots, hence about how many keys, had more than `cap`).
    """
    mask = np.uint32(len(table) - 1)
    for k in key:
        slot = k & mask
        if table[slot] <= cap:
            table[slot] += np.uint8(1)
    out = np.empty(len(key), np.uint64)  # of what is not written into, no page is ever taken
    at = 0
    for i in range(len(first)):
        for j in range(first[i], first[i] + count[i]):
            if 2 <= table[key[j] & mask] <= cap:
                out[at] = (np.uint64(key[j]) << np.uint64(32)) | np.uint64(i)
                at += 1
    full = 0
    for slot in table:
        full += slot > cap
    return out[:at], full


@kernel
def _groups(posting, n, cap):
    """Group postings, uint64, `key << 32 | body`, sorted, by keys with 2 to `cap` distinct bodies of 0..n-1.

    Returns (member int32: bodies, group after group; group_first int64 (groups + 1,); of_body int32: the positions in
    `member` of each body, body after body; body_first int64 (n + 1,)).
    """
    low32 = np.uint64(0xFFFFFFFF)
    member = np.empty(len(posting), np.int32)
    group_first = np.empty(len(posting) // 2 + 2, np.int64)
    group_first[0] = 0
    body_first = np.zeros(n + 1, np.int64)
    groups = used = i = 0
    while i < len(posting):
        j = i
        size = used
        while j < len(posting) and posting[j] >> np.uint64(32) == posting[i] >> np.uint64(32):
            body = np.int32(posting[j] & low32)
            if size == used or member[size - 1] != body:
                member[size] = body
                size += 1
            j += 1
        if 2 <= size - used <= cap:
            for x in range(used, size):
                body_first[member[x] + 1] += 1
            used = size
            groups += 1
            group_first[groups] = used
        i = j
    for i in range(n):
        body_first[i + 1] += body_first[i]
    of_body = np.empty(used, np.int32)
    next_place = body_first[:-1].copy()
    for x in range(used):
        of_body[next_place[member[x]]] = x
        next_place[member[x]] += 1
    return member[:used], group_first[: groups + 1], of_body, body_first


@kernel
def _pair_kernel(member, group_first, of_body, body_first, keys, min_shared, min_share, most, out):
    """Find pairs a < b with at least `min_shared` keys in common, and `min_share` per mille of the fewer keys.

    member, group_first, of_body, body_first: of `_groups`; keys: int64 (n,), how many keys each body has. Of each a the
    `most` b with the most keys in common are taken, ties to the smaller b. Writes (a, b, keys in common), by (a, b),
    into `out`, int64 (room, 3); returns how many there are, which may be more than there is room for.
    """
    n = len(body_first) - 1
    group = np.empty(len(member), np.int32)
    for g in range(len(group_first) - 1):
        group[group_first[g] : group_first[g + 1]] = g
    count = np.zeros(n, np.int32)
    others = np.empty(n, np.int32)
    best = np.empty(most, np.int32)
    total = 0
    for a in range(n):
        other_count = 0
        for x in range(body_first[a], body_first[a + 1]):
            place = of_body[x]
            for y in range(place + 1, group_first[group[place] + 1]):
                b = member[y]
                if count[b] == 0:
                    others[other_count] = b
                    other_count += 1
                count[b] += 1
        best_count = 0
        for m in range(other_count):
            b = others[m]
            if count[b] < min_shared or 1000 * count[b] < min_share * min(keys[a], keys[b]):
                continue
            at = best_count  # insertion into a short sorted list
            while at > 0 and (count[best[at - 1]] < count[b] or (count[best[at - 1]] == count[b] and best[at - 1] > b)):
                if at < most:
                    best[at] = best[at - 1]
                at -= 1
            if at < most:
                best[at] = b
                best_count = min(best_count + 1, most)
        partners = np.sort(best[:best_count])
        for b in partners:
            if total < len(out):
                out[total, 0] = a
                out[total, 1] = b
                out[total, 2] = count[b]
            total += 1
        for m in range(other_count):
            count[others[m]] = 0
    return total


def keys_of(blocks: Iterable[TokenBlock], n: int) -> AnchorKeys:
    """The keys of n bodies, 0..n-1, that come in blocks."""
    first, count = np.zeros(n, np.int64), np.zeros(n, np.int64)
    parts = [np.zeros(0, np.uint32)]
    at = 0
    for word, body, begin, length in blocks:
        key, counts = key_kernel(word, begin, length, KEY_RATE, MAX_KEYS)
        count[body] = counts
        first[body] = at + np.append(0, np.cumsum(counts)[:-1])
        at += len(key)
        parts.append(key)
    return AnchorKeys(np.concatenate(parts), first, count)


def name_pairs(keys: AnchorKeys, external_counts: ExternalCounts | None = None) -> tuple[NDArray[np.int64], int]:
    """Find candidate pairs, int64 (p, 3): a < b and keys in common, by (a, b); and how many keys are too frequent.

    A key is too frequent if more than `MAX_BODIES` bodies have it. external_counts: of keys, uint32 (k,), how many more
    bodies have each that are not among these, int64 (k,). Linear in the keys.
    """
    count = keys.counts
    slots = 1 << max(10, (4 * len(keys.key)).bit_length() - 1)
    postings, frequent = _select_shared(keys.key, keys.first, count, MAX_BODIES, np.zeros(slots, np.uint8))
    del keys  # a fifth of all that is held here, unless the caller still needs it
    postings = sort_postings(postings)
    pairs = _pair_postings(postings, count)
    bodies = np.zeros(0, np.int64)
    # A pair that is dropped may let one in that was not among the best before.
    while external_counts is not None and len(bodies) < len(wider := np.union1d(bodies, pairs[:, :2])):
        bodies = wider
        pairs = _pair_postings(_drop_frequent(postings, bodies, external_counts), count)
    return pairs, int(frequent)


def _pair_postings(postings: NDArray[np.uint64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """`_pair_kernel` with the constants of this module, and room for all pairs. postings: sorted; count: int64 (n,)."""
    groups = _groups(postings, len(count), MAX_BODIES)
    room = len(count) + 1024
    while True:
        out = np.empty((room, 3), np.int64)
        pairs = int(_pair_kernel(*groups, count, MIN_SHARED, MIN_SHARE, MAX_PAIRS, out))
        if pairs <= room:
            return out[:pairs]
        room = pairs


def _drop_frequent(
    postings: NDArray[np.uint64], bodies: NDArray[np.int64], external_counts: ExternalCounts
) -> NDArray[np.uint64]:
    """Drop the keys that more than `MAX_BODIES` bodies have, here and elsewhere; returns sorted postings, each once.

    Counts elsewhere are looked up for keys that two or more of `bodies`, int64 (m,), have.
    """
    postings = np.unique(postings)
    key, key_of, count = np.unique(postings >> np.uint64(32), return_inverse=True, return_counts=True)
    shared = np.bincount(key_of[np.isin(postings & np.uint64(0xFFFFFFFF), bodies)], minlength=len(key)) > 1
    count[shared] += external_counts(key[shared].astype(np.uint32))
    return postings[(count <= MAX_BODIES)[key_of]]
