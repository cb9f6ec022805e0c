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


class Ranking(NamedTuple):
    """The place of each of n bodies in two orders, int64 (n,), each a permutation of 0..n-1.

    representative: the first bodies of a key represent it; neighbour: bodies that follow each other are neighbours.
    """

    representative: NDArray[np.int64]
    neighbour: NDArray[np.int64]


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
    """Write the pairs of one over-full key into `out`, uint64, each once, unsorted; returns how many, at most
    `(representatives + 1) * m`.

    member (m,) integers, m > representatives: its bodies, each once; ranking: as for `choose_representatives`.
    """
    m = len(member)
    chosen = np.zeros(m, np.bool_)
    count = 0
    for best in choose_representatives(member, ranking, representatives):
        chosen[best] = True
        for i in range(m):
            if not chosen[i]:
                out[count] = encode_pair(member[best], member[i])
                count += 1
    order = np.arange(m)
    if ranking is not None:
        order = np.argsort(ranking.neighbour[member])
    for i in range(1, m):
        x, y = order[i - 1], order[i]
        if not chosen[x] and not chosen[y]:
            out[count] = encode_pair(member[x], member[y])
            count += 1
    return count


@kernel
def key_end(posting, begin, shift):
    """Where the postings end whose key is that of the posting at `begin`. shift: uint64, the bits of a body."""
    end = begin + 1
    key = posting[begin] >> shift
    while end < len(posting) and posting[end] >> shift == key:
        end += 1
    return end


@kernel
def keep_overfull(posting, bits, cap):
    """The postings of keys of more than `cap` bodies, uint64, ascending; and how many such keys there are."""
    shift = np.uint64(bits)
    out = np.empty(len(posting), np.uint64)
    count = keys = begin = 0
    while begin < len(posting):
        end = key_end(posting, begin, shift)
        if end - begin > cap:
            out[count : count + end - begin] = posting[begin:end]
            count += end - begin
            keys += 1
        begin = end
    return out[:count].copy(), keys


@kernel
def _keep_touching(pairs, asked):
    """Keep the pairs of which a body is among `asked`, in place and in order; returns how many."""
    count = 0
    for pair in pairs:
        pairs[count] = pair
        count += contains(asked, pair >> np.uint64(32)) or contains(asked, pair & np.uint64(0xFFFFFFFF))
    return count


@kernel
def join_postings(posting, bits, cap, representatives, ranking, asked, span, room):
    """Pair the bodies of each key; a pair comes once for every key that both bodies hold.

    posting: uint64 (p,), `key << bits | body`, ascending, each once. cap: the most bodies of a key that are all paired;
    with `representatives` 0, keys of more are passed over, else paired as `pair_overfull` does with the ranking.
    asked: uint64 (q,), ascending: only pairs of which a body is among them; None for all.
    span: (low, high) int64: only pairs whose smaller body lies in low..high-1, for which `representatives` must be 0;
    None for all. room: the most pairs that may be held, 8 bytes each.

    Returns (pairs uint64 (n,), by key; at most how many pairs there are; how many keys are over-full). Where there may
    be more than `room`, no pair is written. Time and memory grow with the postings and the pairs.
    """
    shift = np.uint64(bits)
    mask = (np.uint64(1) << shift) - np.uint64(1)
    flag = np.empty(0, np.bool_)
    if asked is not None:
        flag = np.empty(len(posting), np.bool_)
        for i in range(len(posting)):
            flag[i] = contains(asked, posting[i] & mask)
    total = overfull = begin = 0
    while begin < len(posting):
        end = key_end(posting, begin, shift)
        m = end - begin
        if m > cap:
            overfull += 1
            if representatives > 0:
                total += m * (representatives + 1)
        elif span is not None:
            for x in range(begin, end):
                body = np.int64(posting[x] & mask)
                if body >= span[1]:
                    break
                if body >= span[0]:
                    total += end - x - 1
        elif asked is not None:
            others = m - flag[begin:end].sum()
            total += m * (m - 1) // 2 - others * (others - 1) // 2
        else:
            total += m * (m - 1) // 2
        begin = end
    if total > room:
        return np.empty(0, np.uint64), total, overfull
    out = np.empty(total, np.uint64)
    count = begin = 0
    while begin < len(posting):
        end = key_end(posting, begin, shift)
        if end - begin > cap:
            if representatives > 0:
                pairs = pair_overfull(posting[begin:end] & mask, ranking, representatives, out[count:])
                if asked is not None:
                    pairs = _keep_touching(out[count : count + pairs], asked)
                count += pairs
        else:
            for x in range(begin, end - 1):
                body = posting[x] & mask
                if span is not None:
                    if np.int64(body) < span[0]:
                        continue
                    if np.int64(body) >= span[1]:
                        break
                for y in range(x + 1, end):
                    if asked is not None:
                        if not (flag[x] or flag[y]):
                            continue
                    out[count] = (body << np.uint64(32)) | (posting[y] & mask)
                    count += 1
        begin = end
    return out[:count], total, overfull
