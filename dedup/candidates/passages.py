"""Passages: an inverted index of the shingles whose hash is 0 modulo a rate.

Bands find bodies that are alike as wholes. An excerpt in a round-up is not, nor is a text of which every fifth word was
changed; both still share many shingles. A sample by hash is the same sample in every body that holds the shingles
(Manber 1994; Heintze 1996, "0 mod p").

Postings are uint64, `key << 32 | rank`: the low 32 bits of a shingle's id, and the rank of a body.
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
    KeyRanges,
    OverfullRule,
    Ranking,
    join_postings,
    shared_keys,
)
from dedup.kernels.pair_set import PairSet
from dedup.kernels.radix_sort import sort_pairs, sort_postings
from dedup.settings import PASSAGE_RATE, Settings

#: A passage in more bodies is over-full: its members are paired with a few of them.
PASSAGE_CAP = 48
#: Shingles of a long body that are hashed and sampled at a time.
_SKETCHED = 8192
#: Bodies of fewer shingles need one common passage, all others two: five words in common is chance, twice is not.
SHORT = 64


@kernel(inline="always")
def _sample(ids, row, rate, out, at):
    """Append the postings of one body to `out`, uint64, from `at` on; returns the new end, at most len(ids) more.

    ids: uint64, shingle ids of the body; row: its number; out must have room for one posting more than are sampled.
    """
    # Whether a number of 32 bits is divisible takes one multiplication (Lemire, Kaser and Kurz 2019). Every posting
    # is written, and stays if it is a passage: what a branch would do cannot be foretold.
    inverse = ~np.uint64(0) // np.uint64(rate) + np.uint64(1)
    for value in ids:
        out[at] = (value << np.uint64(32)) | np.uint64(row)
        at += np.int64((value >> np.uint64(32)) * inverse <= inverse - np.uint64(1))
    return at


@kernel
def sketch_kernel(folded, folded_start, first, last, sizes, longest, rate):
    """Hash the shingles of n bodies: (ids uint64, id_first (n + 1,) int64, passages uint64).

    folded, folded_start: as for `shingle_kernel`. first, last (n,) int64; sizes (n,) int32. A body of more than
    `longest` shingles has no ids in the result: they are sampled while they are in the nearest cache, and overwritten.
    passages: `key << 32 | row`, by body; a shingle is sampled when the high 32 bits of its id are 0 modulo `rate`, and
    its key is the low 32 bits.
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
        for offset in range(0, shingles, step):
            body_ids = ids[id_first[i] : id_first[i] + min(step, shingles - offset)]
            hash_shingles(folded, folded_start, first[i] + offset, k, body_ids)
            at = _sample(body_ids, i, rate, out, at)
    return ids[: id_first[n]], id_first, out[:at].copy()


@kernel
def remap_rows(postings, rank):
    """Replace rows by ranks in postings, in place and in order; return how many stay.

    postings (p,) uint64: `key << 32 | row`. rank (n,) int64: of each row; postings of rank -1 are dropped.
    """
    low32 = np.uint64(0xFFFFFFFF)
    count = 0
    for posting in postings:
        new = rank[posting & low32]
        if new >= 0:
            postings[count] = (posting & ~low32) | np.uint64(new)
            count += 1
    return count


@kernel
def partition_by_key(postings, selected, bits, room, bounds):
    """Partition postings, uint64 (p,), by the highest `bits` bits of their keys, in place; others are dropped.

    selected: bool (n,), the ranks whose postings stay. bounds: int64 (2 ** bits + 1,), gets where each part begins, and
    the end of the last. room: uint64, at least (p,), is overwritten.
    """
    low32, shift = np.uint64(0xFFFFFFFF), np.uint64(64 - bits)
    bounds[:] = 0
    for posting in postings:
        bounds[(posting >> shift) + np.uint64(1)] += np.int64(selected[posting & low32])
    for part in range(1, len(bounds)):
        bounds[part] += bounds[part - 1]
    end = bounds[len(bounds) - 1]
    for posting in postings:
        if selected[posting & low32]:
            part = posting >> shift
            room[bounds[part]] = posting
            bounds[part] += 1
    postings[:end] = room[:end]
    for part in range(len(bounds) - 1, 0, -1):
        bounds[part] = bounds[part - 1]
    bounds[0] = 0


@kernel
def drop_singleton_keys(postings, marks):
    """Keep postings, uint64 (p,), whose keys may have others, in place and in order; returns how many.

    marks: uint64 (2 * a power of two,), is overwritten: each pair has two bits for 64 slots, seen and seen again. Keys
    share slots by their low bits, so some that have one posting stay.
    """
    one = np.uint64(1)
    mask = np.uint64(32 * len(marks) - 1)
    marks[:] = 0
    for posting in postings:
        slot = (posting >> np.uint64(32)) & mask
        at = (slot >> np.uint64(6)) << one
        bit = one << (slot & np.uint64(63))
        marks[at + one] |= marks[at] & bit
        marks[at] |= bit
    count = np.uint64(0)
    for posting in postings:
        slot = (posting >> np.uint64(32)) & mask
        postings[count] = posting
        count += (marks[((slot >> np.uint64(6)) << one) + one] >> (slot & np.uint64(63))) & one
    return np.int64(count)


@kernel
def keep_shared_keys(postings):
    """Keep passages of two or more bodies in postings, uint64 (p,), sorted by key, in place; returns how many stay.

    Ranks of a key ascend afterwards. A passage printed twice in one body counts once.
    """
    n = len(postings)
    count = 0
    i = 0
    while i < n:
        j = i + 1
        while j < n and postings[j] >> np.uint64(32) == postings[i] >> np.uint64(32):
            j += 1
        if j - i > 1:
            _sort_run(postings[i:j])
            begin = count
            for x in range(i, j):
                if count == begin or postings[x] != postings[count - 1]:
                    postings[count] = postings[x]
                    count += 1
            if count - begin == 1:
                count = begin
        i = j
    return count


@kernel
def _sort_run(run):
    """Sort uint64 (m,) in place (Shell 1959, gaps of Knuth): most runs are of two or three, and in order already."""
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
def pairs_sharing_enough(pairs, sizes, short):
    """Keep the pairs that share enough passages: one if either body has fewer than `short` shingles, else two.

    pairs: uint64 (p,), `a << 32 | b`, ascending, once for each passage; sizes: int32 (n,), shingles of each rank.
    Returns uint64, ascending, each once.
    """
    n = len(pairs)
    out = np.empty(n, np.uint64)
    count = 0
    i = 0
    while i < n:
        j = i + 1
        while j < n and pairs[j] == pairs[i]:
            j += 1
        a = np.int64(pairs[i] >> np.uint64(32))
        b = np.int64(pairs[i] & np.uint64(0xFFFFFFFF))
        if j - i > 1 or min(sizes[a], sizes[b]) < short:
            out[count] = pairs[i]
            count += 1
        i = j
    return out[:count]


#: Postings that are sorted at a time, about: 16 MB, which stay in the cache; and the most parts of the key space.
_AT_A_TIME, _MOST_PARTS = 1 << 21, 16


def shared_postings(pieces: Sequence[NDArray[np.uint64]], selected: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Postings of passages that two or more selected bodies hold, uint64 (p,), by passage and rank, each once.

    pieces: uint64 each, `key << 32 | rank`, in any order; they are overwritten. selected: bool (n,). A part of the keys
    is sorted at a time, after most passages of one body, which are most passages, were dropped.
    """
    total = sum(map(len, pieces))
    bits = min(_MOST_PARTS, max(1, total // _AT_A_TIME)).bit_length()
    bounds = np.empty((len(pieces), (1 << bits) + 1), np.int64)
    room = np.empty(max(map(len, pieces), default=0), np.uint64)
    for piece, row in zip(pieces, bounds, strict=True):
        partition_by_key(piece, selected, bits, room, row)
    # Two to four slots a posting: 64 slots are two words.
    marks = np.empty(1 << max(1, (total >> bits).bit_length() - 3), np.uint64)
    parts = [np.zeros(0, np.uint64)]
    for part in range(1 << bits):
        ends = bounds[:, part : part + 2].tolist()
        slices = [piece[low:high] for piece, (low, high) in zip(pieces, ends, strict=True)]
        postings = np.concatenate([*parts[:1], *slices])
        postings = sort_postings(postings[: drop_singleton_keys(postings, marks)])
        parts.append(postings[: keep_shared_keys(postings)].copy())
    return np.concatenate(parts)


def passage_pairs(
    pieces: Sequence[NDArray[np.uint64]],
    selected: NDArray[np.bool_],
    sizes: NDArray[np.int32],
    ranking: Ranking,
    room: int,
) -> tuple[NDArray[np.uint64], int]:
    """Candidate pairs `a << 32 | b`, ascending, and the number of over-full passages.

    pieces, selected: as for `shared_postings`, which overwrites the pieces; sizes (n,) int32: shingles of each body;
    ranking: of the bodies; room: pairs held at a time, 8 bytes each. Bodies are taken by ranges of rank, so that no
    more are held.
    """
    n = len(sizes)
    posting = shared_postings(pieces, selected)
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
        out.append(pairs_sharing_enough(sort_pairs(pairs, n), sizes, SHORT))
        low = high
    return np.concatenate(out), int(np.count_nonzero(over))


def _overfull_pairs(posting: NDArray[np.uint64], keys: KeyRanges, ranking: Ranking, room: int) -> NDArray[np.uint64]:
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
