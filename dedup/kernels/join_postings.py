"""The join of a posting list with itself: which pairs of bodies hold a common key.

Scan and index find their candidates with this one kernel, so that both pair the same bodies. Up to a cap all bodies of
a key are paired. A key of more bodies is over-full: each of its bodies is paired with a few representatives and with
one neighbour, never passed over, since the most syndicated stories are the largest keys.

Which bodies represent a key depends on a ranking of all bodies, never on their ids: keys that many of the same bodies
hold then have the same representatives (a bottom-k sample, Cohen and Kaplan 2007), and a body is compared with few
others however many of its keys are over-full. By order of id, every state of a text that grows would represent the
keys that begin with it, and all states would be compared with all.

Postings are uint64, `key << bits | body`, ascending, each once; pairs are uint64, `a << 32 | b` with a < b.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel
from dedup.kernels.sorted_arrays import contains

#: Representatives of an over-full key.
REPRESENTATIVES = 4
#: The room of a join whose pairs are few enough to be held at once.
ANY = np.iinfo(np.int64).max


#: Where the postings of some keys begin and end, int64 (keys,), both.
KeyRanges = tuple[NDArray[np.int64], NDArray[np.int64]]


class Ranking(NamedTuple):
    """The place of each of n bodies in two orders, int64 (n,), each a permutation of 0..n-1.

    representative: the first bodies of a key represent it; neighbour: bodies that follow each other are neighbours.
    """

    representative: NDArray[np.int64]
    neighbour: NDArray[np.int64]


class OverfullRule(NamedTuple):
    """When a key is over-full, and what becomes of it.

    cap: the most bodies of a key that are all paired. representatives: how many bodies represent a key of more; with 0
    such keys are passed over. ranking: how they are chosen; None for the order of the bodies' numbers.
    """

    cap: int
    representatives: int
    ranking: Ranking | None


@kernel(inline="always")
def encode_pair(x, y):
    """Encode two bodies, each less than 2 ** 32, as one pair."""
    x, y = np.uint64(x), np.uint64(y)
    return (min(x, y) << np.uint64(32)) | max(x, y)


@kernel
def choose_representatives(member, ranking, count):
    """Choose the first `count` members in the order of representatives; their places in `member`, int64 (count,).

    member (m,) integers, m >= count: bodies of a key; ranking: a `Ranking`, or None for the order of the members.
    """
    out = np.arange(count)
    if ranking is not None:
        rank = ranking.representative[member]
        for i in range(count):
            best = np.int64(-1)
            for j in range(len(rank)):
                if rank[j] >= 0 and (best < 0 or rank[j] < rank[best]):
                    best = j
            out[i] = best
            rank[best] = -1
    return out


@kernel
def pair_overfull(member, ranking, representatives, out):
    """Write the pairs of one over-full key into `out`, each once, unsorted, and return their number.

    member (m,) uint64, m > representatives: its bodies, each once. out (k,) uint64, k >= (representatives + 1) * m.
    ranking: as for `choose_representatives`.
    """
    m = len(member)
    represents = np.zeros(m, np.bool_)
    count = 0
    for best in choose_representatives(member, ranking, representatives):
        represents[best] = True
        for i in range(m):
            if not represents[i]:
                out[count] = encode_pair(member[best], member[i])
                count += 1
    order = np.arange(m)
    if ranking is not None:
        order = np.argsort(ranking.neighbour[member])
    for i in range(1, m):
        x, y = order[i - 1], order[i]
        if not represents[x] and not represents[y]:
            out[count] = encode_pair(member[x], member[y])
            count += 1
    return count


@kernel
def _keep_touching(pairs, queries):
    """Keep the pairs of which a body is among `queries`, in place and in order; returns how many."""
    count = 0
    for pair in pairs:
        pairs[count] = pair
        count += contains(queries, pair >> np.uint64(32)) or contains(queries, pair & np.uint64(0xFFFFFFFF))
    return count


@kernel
def shared_keys(posting, bits):
    """Find the keys of two or more bodies: where the postings of each begin and end, int64 (keys,), both.

    posting (p,) uint64: as for `join_postings`.
    """
    shift = np.uint64(bits)
    begin = np.empty(len(posting) // 2, np.int64)
    end = np.empty(len(posting) // 2, np.int64)
    keys = i = 0
    while i < len(posting):
        key = posting[i] >> shift
        j = i + 1
        while j < len(posting) and posting[j] >> shift == key:
            j += 1
        if j - i > 1:
            begin[keys] = i
            end[keys] = j
            keys += 1
        i = j
    return begin[:keys], end[:keys]


@kernel
def join_postings(posting, bits, keys, rule, queries, span, room):
    """Pair the bodies of each key; a pair comes once for every key that both bodies hold.

    posting: uint64 (p,), `key << bits | body`, ascending, each once. keys: of `shared_keys`, or some of these. rule: an
    `OverfullRule`. queries: uint64 (q,), ascending: only pairs of which a body is among them; None for all.
    span: (low, high) int64: only pairs whose smaller body lies in low..high-1, for which no key may be over-full;
    None for all. room: the most pairs that may be held, 8 bytes each.

    Returns (pairs uint64 (n,), by key; how many there are; how many keys are over-full). Where there are more than
    `room`, pairs is empty. Time and memory grow with the postings of the keys and the pairs.
    """
    begin, end = keys
    mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    flag = np.empty(0, np.bool_)
    if queries is not None:
        flag = np.empty(len(posting), np.bool_)
        for i in range(len(posting)):
            flag[i] = contains(queries, posting[i] & mask)
    total = overfull = np.int64(0)
    for key in range(len(begin)):
        m = end[key] - begin[key]
        if m > rule.cap:
            overfull += 1
            total += m * (rule.representatives + 1) if rule.representatives > 0 else 0
        else:
            total += m * (m - 1) // 2
            if queries is not None:
                others = m - flag[begin[key] : end[key]].sum()
                total -= others * (others - 1) // 2
    out = np.empty(min(total, room), np.uint64)
    count = np.int64(0)
    for key in range(len(begin)):
        low, high = begin[key], end[key]
        if high - low > rule.cap:
            most = (high - low) * (rule.representatives + 1)
            if rule.representatives == 0:
                continue
            if count + most <= len(out):
                most = pair_overfull(posting[low:high] & mask, rule.ranking, rule.representatives, out[count:])
                if queries is not None:
                    most = _keep_touching(out[count : count + most], queries)
            count += most
            continue
        for x in range(low, high - 1):
            body = posting[x] & mask
            if span is not None:
                if np.int64(body) < span[0]:
                    continue
                if np.int64(body) >= span[1]:
                    break
            if queries is not None:
                if not flag[x]:
                    for y in range(x + 1, high):
                        if flag[y]:
                            if count < len(out):
                                out[count] = (body << np.uint64(32)) | (posting[y] & mask)
                            count += 1
                    continue
            if count + high - x - 1 <= len(out):
                for y in range(x + 1, high):
                    out[count + y - x - 1] = (body << np.uint64(32)) | (posting[y] & mask)
            count += high - x - 1
    return out[: count if count <= len(out) else 0], count, overfull
