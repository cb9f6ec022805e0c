"""A third index, for texts that were re-worded: which articles hold the same names and numbers one after the other.

A rewrite shares hardly a shingle with its original, but it still tells of the same people, places and figures in the
same order. So the index takes of each body only its *anchors*, names and numbers, and keys it by two anchors that
follow each other: "Magsino, 83", "1910, 1945". Such keys are to a body's names what shingles are to its words, and as
rare: most stand in one article only. Independent stories on one event share most of their names but few such keys.

- A name is the last of a run of capitalised words that do not begin a sentence: "Prime Minister Fumio Kishida" and
  "Kishida" are the same anchor. A number is a token that begins with a digit.
- Half of the keys are taken, by their hash, and of bodies with many anchors fewer, so that both bodies of a pair take
  the same ones.
- Keys of one article, and those of more than `CAP`, say nothing and are dropped before anything is sorted.

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

#: One in so many keys is taken. Re-worded stories of 300 words have 12 to 33 of some 38 keys in common.
SAMPLE = 2
#: Keys of a body, about: of more anchors than SAMPLE * MOST a smaller part is taken.
MOST = 128
#: Articles of a key. A key of more is no sign of one story, and costs the square of their number.
CAP = 32
#: Keys in common, of those taken, that make a candidate, and the least share of the fewer keys, per mille.
SHARED, SHARE = 3, 150
#: Candidates of an article among those after it: those with the most keys in common.
PER_ARTICLE = 8


#: Words, which bodies they hold, where each body begins, and how many words it has.
Stretch = tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


#: Of keys, how many more bodies have them than those that are looked at.
ExternalCounts = Callable[[NDArray[np.uint32]], NDArray[np.int64]]


class Keys(NamedTuple):
    """The keys of n bodies: those of body i are `key[first[i] : first[i] + size[i]]`, uint32, in their order."""

    key: NDArray[np.uint32]
    first: NDArray[np.int64]
    size: NDArray[np.int64]


@kernel
def _key(x, y):
    """A 32-bit hash of two anchors in order (the finaliser of MurmurHash3, Appleby 2011)."""
    h = (np.uint64(x) << np.uint64(32)) | np.uint64(y)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return np.uint32(h >> np.uint64(32))


@kernel(inline="always")
def _is_name(word):
    """1 for a capitalised word inside a sentence, else 0."""
    return np.uint32((word & CAPITAL) != 0) & np.uint32((word & (LINE | SENTENCE)) == 0)


@kernel
def anchor_words(word, low, high, out):
    """Write the anchors of the body `word[low:high]` into `out`, in order, and return their number.

    word (t,) uint32: words of the text. out (m,) uint32, m > high - low: 27-bit hashes.
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
def key_kernel(word, begin, length, sample, most):
    """Return the keys of bodies, uint32, a body after the other, and the number of each body's keys, (n,) int64.

    word (t,) uint32; begin, length (n,) int64: body i is `word[begin[i] : begin[i] + length[i]]`. An anchor that is
    repeated at once makes no key.
    One in `sample` keys is size, one in twice as many where a body has more than `sample * most` anchors, and so on.
    """
    n = len(begin)
    longest = np.int64(0)
    total = np.int64(0)
    for i in range(n):
        longest = max(longest, length[i])
        total += length[i]
    anchor = np.empty(longest + 1, np.uint32)
    size = np.zeros(n, np.int64)
    key = np.empty(total // 8 + 64, np.uint32)
    at = 0
    for i in range(n):
        count = anchor_words(word, begin[i], begin[i] + length[i], anchor)
        rate = sample
        while count > rate * most:
            rate *= 2
        limit = np.uint32(np.uint64(1 << 32) // np.uint64(rate) - np.uint64(1))
        if at + count > len(key):
            longer = np.empty(2 * len(key) + count, np.uint32)
            longer[:at] = key[:at]
            key = longer
        before = at
        for j in range(1, count):
            k = _key(anchor[j - 1], anchor[j])
            key[at] = k
            at += np.int64(k <= limit) & np.int64(anchor[j] != anchor[j - 1])
        size[i] = at - before
    return key[:at].copy(), size


@kernel
def _meeting(key, first, count, cap, table):
    """Postings `key << 32 | body`, by body, of the keys that 2 to `cap` bodies may have.

    table: zeros, uint8 (2 ** b,), counts keys by their low b bits. Two keys that meet there may let too much through,
    or, where one of them has more than `cap` bodies, drop the other: with two slots a key that is rare. Also returns
    how many slots, hence about how many keys, had more.
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
    """Runs of equal keys with 2 to `cap` distinct bodies, of sorted postings.

    Returns (member int32: bodies, a run after the other, group_first (groups + 1,), of_body int32: for each body the
    places in `member` where it stands, body_first (n + 1,)).
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
def _pairs(member, group_first, of_body, body_first, keys, shared, share, most, out):
    """Pairs (a < b) with at least `shared` keys in common, and `share` per mille of the fewer `keys` (n,).

    Of each a the `most` with the most keys in common, ties to the smaller b. Writes a, b and keys in common into `out`
    (int64 (room, 3)); returns how many, which may be more than there is room for, and then nothing is complete.
    """
    n = len(body_first) - 1
    group = np.empty(len(member), np.int32)
    for g in range(len(group_first) - 1):
        group[group_first[g] : group_first[g + 1]] = g
    count = np.zeros(n, np.int32)
    bodies = np.empty(n, np.int32)
    best = np.empty(most, np.int32)
    pairs = 0
    for a in range(n):
        meetings = 0
        for x in range(body_first[a], body_first[a + 1]):
            place = of_body[x]
            for y in range(place + 1, group_first[group[place] + 1]):
                b = member[y]
                if count[b] == 0:
                    bodies[meetings] = b
                    meetings += 1
                count[b] += 1
        size = 0
        for m in range(meetings):
            b = bodies[m]
            if count[b] < shared or 1000 * count[b] < share * min(keys[a], keys[b]):
                continue
            at = size  # insertion into a short sorted list
            while at > 0 and (count[best[at - 1]] < count[b] or (count[best[at - 1]] == count[b] and best[at - 1] > b)):
                if at < most:
                    best[at] = best[at - 1]
                at -= 1
            if at < most:
                best[at] = b
                size = min(size + 1, most)
        best_bodies = np.sort(best[:size])
        for b in best_bodies:
            if pairs < len(out):
                out[pairs, 0] = a
                out[pairs, 1] = b
                out[pairs, 2] = count[b]
            pairs += 1
        for m in range(meetings):
            count[bodies[m]] = 0
    return pairs


def keys_of(stretches: Iterable[Stretch], n: int) -> Keys:
    """The keys of n bodies that come in stretches (word, which bodies, where each begins in word, how long it is)."""
    first, count = np.zeros(n, np.int64), np.zeros(n, np.int64)
    parts = [np.zeros(0, np.uint32)]
    at = 0
    for word, body, begin, length in stretches:
        key, size = key_kernel(word, begin, length, SAMPLE, MOST)
        count[body] = size
        first[body] = at + np.append(0, np.cumsum(size)[:-1])
        at += len(key)
        parts.append(key)
    return Keys(np.concatenate(parts), first, count)


def name_pairs(keys: Keys, external_counts: ExternalCounts | None = None) -> tuple[NDArray[np.int64], int]:
    """Candidate pairs (p, 3) of bodies, a < b, with their keys in common, by (a, b); and how many keys were over `CAP`.

    Linear in the keys, with at most `CAP` meetings of each. external_counts: of keys, uint32 (k,), how many
    further bodies have them, int64 (k,).
    """
    size = keys.size
    slots = 1 << max(10, (4 * len(keys.key)).bit_length() - 1)
    posting, full = _meeting(keys.key, keys.first, size, CAP, np.zeros(slots, np.uint8))
    del keys  # a fifth of all that is held here, unless the caller still needs it
    posting = sort_postings(posting)
    pairs = _pairs_of(posting, size)
    bodies = np.zeros(0, np.int64)
    # A pair that is dropped may let one in that was not among the best before.
    while external_counts is not None and len(bodies) < len(wider := np.union1d(bodies, pairs[:, :2])):
        bodies = wider
        pairs = _pairs_of(_rare(posting, bodies, external_counts), size)
    return pairs, int(full)


def _pairs_of(posting: NDArray[np.uint64], size: NDArray[np.int64]) -> NDArray[np.int64]:
    groups = _groups(posting, len(size), CAP)
    room = len(size) + 1024
    while True:
        out = np.empty((room, 3), np.int64)
        count = int(_pairs(*groups, size, SHARED, SHARE, PER_ARTICLE, out))
        if count <= room:
            return out[:count]
        room = count


def _rare(
    posting: NDArray[np.uint64], bodies: NDArray[np.int64], external_counts: ExternalCounts
) -> NDArray[np.uint64]:
    """Sorted postings without those of keys that more than `CAP` bodies have, here and elsewhere; it is asked for keys
    that two or more of these `bodies` have."""
    posting = np.unique(posting)
    key, place, count = np.unique(posting >> np.uint64(32), return_inverse=True, return_counts=True)
    shared = np.bincount(place[np.isin(posting & np.uint64(0xFFFFFFFF), bodies)], minlength=len(key)) > 1
    count[shared] += external_counts(key[shared].astype(np.uint32))
    return posting[(count <= CAP)[place]]
