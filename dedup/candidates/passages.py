"""Passages: an inverted index of a hash-selected sample of shingles.

Banding asks whether two sets are alike as wholes; an excerpt in a round-up, or a text of which every fifth word was
changed, is not. Both still share many shingles, and a sample by hash is the same sample in every body that holds
them (Manber 1994; Heintze 1996, "0 mod p").
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.shingles import count_shingles, hash_shingles
from dedup.kernels.jit import kernel
from dedup.kernels.join_postings import (
    ANY,
    REPRESENTATIVES,
    Keys,
    OverfullRule,
    Ranking,
    join_postings,
    shared_keys,
)
from dedup.kernels.pair_set import PairSet
from dedup.kernels.radix_sort import sort_meetings, sort_postings
from dedup.settings import PASSAGE_RATE, Settings

#: A passage in more bodies is over-full: its members are paired with a few of them.
PASSAGE_CAP = 48
#: Shingles of a long body that are hashed and sampled at a time.
_SKETCHED = 8192
#: Bodies of fewer shingles need one common passage, all others two: five words in common is chance, twice is not.
SHORT = 64


@kernel(inline="always")
def _sample(ids, row, rate, out, at):
    """Append the postings of one body to `out`, from `at` on; returns the new end."""
    # Whether a number of 32 bits is divisible takes one multiplication (Lemire, Kaser and Kurz 2019). Every posting
    # is written, and stays if it is a passage: what a branch would do cannot be foretold.
    inverse = ~np.uint64(0) // np.uint64(rate) + np.uint64(1)
    for value in ids:
        out[at] = (value << np.uint64(32)) | np.uint64(row)
        at += np.int64((value >> np.uint64(32)) * inverse <= inverse - np.uint64(1))
    return at


@kernel
def sketch_kernel(folded, folded_start, first, last, sizes, longest, rate):
    """Return the passages of bodies as `key << 32 | row`, uint64, and the shingle ids of bodies of few shingles.

    folded uint8, folded_start (t + 1,) int64, first, last (n,) int64, sizes (n,) int32: as for `shingle_kernel`.
    Returns (ids uint64, id_first (n + 1,) int64, passages). A shingle is a passage when the high 32 bits of its id are
    0 modulo `rate`; its key is the low 32 bits. A body of more than `longest` shingles has no ids there: they are
    sampled while they are in the nearest cache, and overwritten.
    """
    n = len(first)
    id_first = np.zeros(n + 1, np.int64)
    total = 0
    most = 0
    for i in range(n):
        shingles = count_shingles(last[i] - first[i], sizes[i])
        id_first[i + 1] = id_first[i] + (shingles if shingles <= longest else 0)
        total += shingles
        most = max(most, shingles)
    ids = np.empty(id_first[n] + min(most, max(_SKETCHED, longest)), np.uint64)
    out = np.empty(total + 1, np.uint64)
    at = 0
    for i in range(n):
        k = min(np.int64(sizes[i]), last[i] - first[i])
        shingles = count_shingles(last[i] - first[i], sizes[i])
        step = max(_SKETCHED, longest)
        for done in range(0, shingles, step):
            own = ids[id_first[i] : id_first[i] + min(step, shingles - done)]
            hash_shingles(folded, folded_start, first[i] + done, k, own)
            at = _sample(own, i, rate, out, at)
    return ids[: id_first[n]], id_first, out[:at].copy()


@kernel
def rerank(packed, rank):
    """Put ranks in the place of rows, in place, drop postings of rank -1, and return the number of the others.

    packed (m,) uint64: `key << 32 | row`; rank (n,) int64: of each row.
    """
    low32 = np.uint64(0xFFFFFFFF)
    at = 0
    for value in packed:
        place = rank[value & low32]
        if place >= 0:
            packed[at] = (value & ~low32) | np.uint64(place)
            at += 1
    return at


@kernel
def split(packed, is_active, bits, room, bounds):
    """Put the postings of some ranks in the order of the highest `bits` bits of their keys, in place.

    packed (m,) uint64: `key << 32 | rank`; is_active (n,) bool: whether a rank's postings are to stay. bounds
    (2 ** bits + 1,) int64 gets where each part begins, and the end; room (m or more,) uint64 is overwritten.
    """
    low32, shift = np.uint64(0xFFFFFFFF), np.uint64(64 - bits)
    bounds[:] = 0
    for value in packed:
        bounds[(value >> shift) + np.uint64(1)] += np.int64(is_active[value & low32])
    for part in range(1, len(bounds)):
        bounds[part] += bounds[part - 1]
    end = bounds[len(bounds) - 1]
    for value in packed:
        if is_active[value & low32]:
            part = value >> shift
            room[bounds[part]] = value
            bounds[part] += 1
    packed[:end] = room[:end]
    for part in range(len(bounds) - 1, 0, -1):
        bounds[part] = bounds[part - 1]
    bounds[0] = 0


@kernel
def sieve(packed, marks):
    """Keep postings whose keys may be those of others too, in place and in order, and return their number.

    packed (m,) uint64: `key << 32 | rank`. marks: uint64 (2 * a power of two,), of which each pair has two bits for 64
    slots: met, and met again.
    """
    one = np.uint64(1)
    mask = np.uint64(32 * len(marks) - 1)
    marks[:] = 0
    for value in packed:
        slot = (value >> np.uint64(32)) & mask
        at = (slot >> np.uint64(6)) << one
        bit = one << (slot & np.uint64(63))
        marks[at + one] |= marks[at] & bit
        marks[at] |= bit
    count = np.uint64(0)
    for value in packed:
        slot = (value >> np.uint64(32)) & mask
        packed[count] = value
        count += (marks[((slot >> np.uint64(6)) << one) + one] >> (slot & np.uint64(63))) & one
    return np.int64(count)


@kernel
def keep_shared(packed):
    """Keep passages of two or more bodies, in place, their ranks ascending, and return the number of postings.

    packed (m,) uint64: `key << 32 | rank`, by key. A passage printed twice in one body counts once.
    """
    n = len(packed)
    at = 0
    i = 0
    while i < n:
        j = i + 1
        while j < n and packed[j] >> np.uint64(32) == packed[i] >> np.uint64(32):
            j += 1
        if j - i > 1:
            _sort_run(packed[i:j])
            begin = at
            for x in range(i, j):
                if at == begin or packed[x] != packed[at - 1]:
                    packed[at] = packed[x]
                    at += 1
            if at - begin == 1:
                at = begin
        i = j
    return at


@kernel
def _sort_run(run):
    """Shell sort, in place: most runs are of two or three, and in order already."""
    gap = np.int64(1)
    while gap < len(run) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, len(run)):
            value = run[i]
            j = i
            while j >= gap and run[j - gap] > value:
                run[j] = run[j - gap]
                j -= gap
            run[j] = value
        gap //= 3


@kernel
def frequent(sorted_meetings, sizes, short):
    """Return the pairs that met often enough: once if either body has fewer than `short` shingles, else twice.

    sorted_meetings (m,) uint64: `a << 32 | b`, ascending; sizes (n,) int32: shingles of each body.
    """
    n = len(sorted_meetings)
    out = np.empty(n, np.uint64)
    count = 0
    i = 0
    while i < n:
        j = i + 1
        while j < n and sorted_meetings[j] == sorted_meetings[i]:
            j += 1
        a = np.int64(sorted_meetings[i] >> np.uint64(32))
        b = np.int64(sorted_meetings[i] & np.uint64(0xFFFFFFFF))
        if j - i > 1 or min(sizes[a], sizes[b]) < short:
            out[count] = sorted_meetings[i]
            count += 1
        i = j
    return out[:count]


#: Postings that are sorted at a time, about: 16 MB, which stay in the cache; and the most parts of the key space.
_AT_A_TIME, _MOST_PARTS = 1 << 21, 16


def shared_postings(pieces: Sequence[NDArray[np.uint64]], is_active: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Postings of passages that two or more active bodies hold, by passage and rank, each once.

    pieces: `key << 32 | rank`, in any order; they are overwritten. is_active (n,) bool. A part of the keys is taken at
    a time, and passages of one body, which are most, are sieved out before anything is sorted.
    """
    total = sum(map(len, pieces))
    bits = min(_MOST_PARTS, max(1, total // _AT_A_TIME)).bit_length()
    bounds = np.empty((len(pieces), (1 << bits) + 1), np.int64)
    room = np.empty(max(map(len, pieces), default=0), np.uint64)
    for piece, row in zip(pieces, bounds, strict=True):
        split(piece, is_active, bits, room, row)
    # Two to four slots a posting: 64 slots are two words.
    marks = np.empty(1 << max(1, (total >> bits).bit_length() - 3), np.uint64)
    parts = [np.zeros(0, np.uint64)]
    for part in range(1 << bits):
        ends = bounds[:, part : part + 2].tolist()
        slices = [piece[low:high] for piece, (low, high) in zip(pieces, ends, strict=True)]
        packed = np.concatenate([*parts[:1], *slices])
        packed = sort_postings(packed[: sieve(packed, marks)])
        parts.append(packed[: keep_shared(packed)].copy())
    return np.concatenate(parts)


def passage_pairs(
    pieces: Sequence[NDArray[np.uint64]],
    is_active: NDArray[np.bool_],
    sizes: NDArray[np.int32],
    ranking: Ranking,
    room: int,
) -> tuple[NDArray[np.uint64], int]:
    """Candidate pairs `a << 32 | b`, ascending, and the number of over-full passages.

    pieces, is_active: as for `shared_postings`, which overwrites the pieces; sizes (n,) int32: shingles of each body;
    ranking: of the bodies; room: pairs held at a time, 8 bytes each. Bodies are taken by ranges of rank, so that no
    more are held.
    """
    n = len(sizes)
    posting = shared_postings(pieces, is_active)
    begin, end = shared_keys(posting, 32)
    bodies = end - begin
    over = bodies > PASSAGE_CAP
    overfull = _overfull_pairs(posting, (begin[over], end[over]), ranking, room)
    keys = begin[~over], end[~over]
    rule = OverfullRule(PASSAGE_CAP, 0, None)
    out = [np.zeros(0, np.uint64)]
    low = 0
    step = max(1, n)
    while low < n:
        high = min(n, low + step)
        most = room if high - low > 1 else ANY
        pairs, count, _ = join_postings(posting, 32, keys, rule, None, (low, high), most)
        if count > most:
            step = max(1, (high - low) // (count // room + 1) // 2)
            continue
        first, last = np.searchsorted(overfull, np.array([low, high], np.uint64) << np.uint64(32))
        if first < last:
            pairs = np.concatenate([pairs, overfull[first:last]])
        out.append(frequent(sort_meetings(pairs, n), sizes, SHORT))
        low = high
    return np.concatenate(out), int(np.count_nonzero(over))


def _overfull_pairs(posting: NDArray[np.uint64], keys: Keys, ranking: Ranking, room: int) -> NDArray[np.uint64]:
    """The pairs of over-full passages, ascending, twice where they are found twice or more.

    Most pairs are found in all passages of their bodies, so they are counted in two sets instead of sorted.
    posting, keys: as for `join_postings`; room: pairs found at a time, if not in one passage.
    """
    begin, end = keys
    rule = OverfullRule(PASSAGE_CAP, REPRESENTATIVES, ranking)
    once, twice = PairSet(), PairSet()
    part = np.cumsum(end - begin) * (REPRESENTATIVES + 1) // room
    cuts = np.flatnonzero(np.diff(part, prepend=-1, append=-1)).tolist()
    for low, high in pairwise(cuts):
        pairs, _, _ = join_postings(posting, 32, (begin[low:high], end[low:high]), rule, None, None, ANY)
        once.add(pairs, twice)
    pairs = np.concatenate([once.sorted(), twice.sorted()])
    pairs.sort()
    return pairs


def rate_of(settings: Settings) -> int:
    """The passage rate of these settings: the one asked for, or the usual one as the threshold needs it."""
    if settings.passage_rate is not None:
        return settings.passage_rate
    return sampling_rate(PASSAGE_RATE, settings.threshold)


def sampling_rate(rate: int, threshold: float | None) -> int:
    """The passage rate that finds pairs of the least containment asked for with probability .98, at most `rate`.

    Counted for a shorter body of SHORT shingles; longer ones share more passages, shorter ones need only one.
    """
    if threshold is None:
        return rate
    rates = (r for r in range(rate, 1, -1) if probability_of_run(SHORT * threshold, r, short=False) >= 0.98)
    return next(rates, 1)


def probability_of_run(shingles: float, rate: int, *, short: bool) -> float:
    """Probability that `shingles` common shingles hold enough passages: one for short bodies, else two."""
    mean = shingles / rate
    return 1 - exp(-mean) if short else 1 - exp(-mean) * (1 + mean)
