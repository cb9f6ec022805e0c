"""Passages: an inverted index of a hash-selected sample of shingles.

Banding asks whether two sets are alike as wholes; an excerpt in a round-up, or a text of which every fifth word was
changed, is not. Both still share many shingles, and a sample by hash is the same sample in every body that holds
them (Manber 1994; Heintze 1996, "0 mod p").
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import numba as nb
import numpy as np
from numpy.typing import NDArray

from dedup.candidates.radix import sort_meetings, sort_postings
from dedup.candidates.shingles import count_shingles, hash_shingles

#: A passage in more bodies is over-full: its members are paired with a few of them.
PASSAGE_CAP = 48
REPRESENTATIVES = 4
#: Bodies of fewer shingles need one common passage, all others two: five words in common is chance, twice is not.
SHORT = 64


@nb.njit(nogil=True, cache=True, inline="always")
def _sample(ids, row, rate, out, at):
    """Append the postings of one body to `out`, from `at` on; returns the new end."""
    # Whether a number of 32 bits is divisible takes one multiplication (Lemire, Kaser and Kurz 2019). Every posting
    # is written, and stays if it is a passage: what a branch would do cannot be foretold.
    inverse = ~np.uint64(0) // np.uint64(rate) + np.uint64(1)
    for value in ids:
        out[at] = (value << np.uint64(32)) | np.uint64(row)
        at += np.int64((value >> np.uint64(32)) * inverse <= inverse - np.uint64(1))
    return at


@nb.njit(nogil=True, cache=True)
def passage_kernel(ids, id_first, row, rate):
    """Sampled shingles as `key << 32 | row`, uint64, for bodies `row`, `row + 1`, ...

    A shingle is sampled when the high 32 bits of its id are 0 modulo `rate`; its key is the low 32 bits.
    """
    out = np.empty(len(ids) + 1, np.uint64)
    at = 0
    for body in range(len(id_first) - 1):
        at = _sample(ids[id_first[body] : id_first[body + 1]], row + body, rate, out, at)
    return out[:at].copy()


@nb.njit(nogil=True, cache=True)
def sketch_kernel(folded, folded_start, first, last, sizes, longest, rate):
    """The passages of bodies, as `passage_kernel` gives them for row 0, and the shingle ids of those of few shingles.

    Takes what `shingle_kernel` takes. Returns (ids uint64, id_first (n + 1,) int64, passages); a body of more than
    `longest` shingles has no ids there: they are sampled while they are in the nearest cache, and overwritten.
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
    ids = np.empty(id_first[n] + most, np.uint64)
    out = np.empty(total + 1, np.uint64)
    at = 0
    for i in range(n):
        k = min(np.int64(sizes[i]), last[i] - first[i])
        own = ids[id_first[i] : id_first[i] + count_shingles(last[i] - first[i], sizes[i])]
        hash_shingles(folded, folded_start, first[i], k, own)
        at = _sample(own, i, rate, out, at)
    return ids[: id_first[n]], id_first, out[:at].copy()


@nb.njit(nogil=True, cache=True)
def rerank(packed, rank):
    """Put ranks in the place of rows in `key << 32 | row`, in place; drop those of rank -1. Returns how many stay."""
    low32 = np.uint64(0xFFFFFFFF)
    at = 0
    for value in packed:
        place = rank[value & low32]
        if place >= 0:
            packed[at] = (value & ~low32) | np.uint64(place)
            at += 1
    return at


@nb.njit(nogil=True, cache=True)
def take_part(packed, part, shift, wanted, out, at):
    """Append to `out`, from `at` on, the postings of one part of the keys and of wanted ranks (bool (n,)).

    Returns the new end. The part of a posting is what is left of it after a shift by `shift` bits.
    """
    for value in packed:
        if value >> shift == part and wanted[value & np.uint64(0xFFFFFFFF)]:
            out[at] = value
            at += 1
    return at


@nb.njit(nogil=True, cache=True)
def drop_repeats(packed):
    """Drop equal neighbours (a passage printed twice in one body), in place; returns how many stay."""
    at = 0
    for value in packed:
        if at == 0 or value != packed[at - 1]:
            packed[at] = value
            at += 1
    return at


@nb.njit(nogil=True, cache=True)
def keep_shared(packed):
    """Keep passages of two or more bodies in sorted `key << 32 | rank`, in place.

    Returns (how many postings stay, how many passages they are). Equal neighbours must have been dropped.
    """
    n = len(packed)
    at = 0
    runs = 0
    i = 0
    while i < n:
        j = i + 1
        while j < n and packed[j] >> np.uint64(32) == packed[i] >> np.uint64(32):
            j += 1
        if j - i > 1:
            runs += 1
            for x in range(i, j):
                packed[at] = packed[x]
                at += 1
        i = j
    return at, runs


@nb.njit(nogil=True, cache=True)
def run_bounds(packed, runs):
    """Where each passage begins in sorted postings, and the end: (runs + 1,) int64."""
    bounds = np.empty(runs + 1, np.int64)
    count = 0
    for i in range(len(packed)):
        if i == 0 or packed[i] >> np.uint64(32) != packed[i - 1] >> np.uint64(32):
            bounds[count] = i
            count += 1
    bounds[count] = len(packed)
    return bounds


@nb.njit(nogil=True, cache=True)
def meetings(packed, begin, end, low, high, cap, representatives, room):
    """Every meeting of two bodies in a passage whose lower rank lies in low..high-1, as `a << 32 | b`.

    Returns (meetings, how many there are); when there are more than `room`, none are written.
    """
    low32 = np.uint64(0xFFFFFFFF)
    out = np.empty(room, np.uint64)
    at = 0
    for run in range(len(begin)):
        over = end[run] - begin[run] > cap
        for x in range(begin[run], end[run]):
            rank = np.int64(packed[x] & low32)
            if rank < low:
                continue
            if rank >= high:
                break
            last = end[run]
            if over and x >= begin[run] + representatives:
                last = min(x + 2, last)
            if at + last - x - 1 <= room:
                for y in range(x + 1, last):
                    out[at + y - x - 1] = np.uint64(rank << 32) | (packed[y] & low32)
            at += last - x - 1
    return out[: min(at, room)], at


@nb.njit(nogil=True, cache=True)
def frequent(sorted_meetings, sizes, short):
    """The pairs that met often enough: once if either body has fewer than `short` shingles, else twice."""
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


def shared_postings(
    pieces: Sequence[NDArray[np.uint64]], wanted: NDArray[np.bool_], n: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Postings of passages that two or more wanted bodies hold, sorted, and where each passage begins (runs + 1,).

    pieces: `key << 32 | rank`, ranks below n, in any order; wanted (n,) bool.
    """
    kept, runs = [np.zeros(0, np.uint64)], 0
    room = sum(map(len, pieces))
    bits = min(_MOST_PARTS, max(1, room // _AT_A_TIME)).bit_length()
    for part in range(1 << bits):
        # Keys are hashes, so the parts are alike; where one is not, the array grows.
        packed = _part(pieces, part, bits, wanted, (room >> bits) + (room >> (bits + 3)) + 4096)
        packed = sort_postings(packed, n.bit_length())
        packed = packed[: drop_repeats(packed)]
        count, found = keep_shared(packed)
        kept.append(packed[:count].copy())
        runs += found
    postings = np.concatenate(kept)
    return postings, run_bounds(postings, runs)


def _part(
    pieces: Sequence[NDArray[np.uint64]], part: int, bits: int, wanted: NDArray[np.bool_], size: int
) -> NDArray[np.uint64]:
    """The wanted postings whose highest `bits` bits are `part`, in an array that is made for `size` of them."""
    out = np.empty(size, np.uint64)
    at = 0
    for piece in pieces:
        if at + len(piece) > len(out):
            out = np.concatenate([out, np.empty(len(out) // 2 + len(piece), np.uint64)])
        at = take_part(piece, np.uint64(part), np.uint64(64 - bits), wanted, out, at)
    return out[:at]


def passage_pairs(
    pieces: Sequence[NDArray[np.uint64]], wanted: NDArray[np.bool_], sizes: NDArray[np.int32], room: int
) -> tuple[NDArray[np.uint64], int]:
    """Candidate pairs `a << 32 | b`, ascending, and the number of over-full passages.

    pieces, wanted: as for `shared_postings`; sizes (n,): shingles of each body; room: meetings held at a time (8
    bytes each). Bodies are taken by ranges of rank so that no more are held.
    """
    n = len(sizes)
    packed, bounds = shared_postings(pieces, wanted, n)
    begin, end = bounds[:-1], bounds[1:]
    over = int(np.count_nonzero(end - begin > PASSAGE_CAP))
    found = []
    low = 0
    step = max(1, n)
    while low < n:
        high = min(n, low + step)
        met, count = meetings(packed, begin, end, low, high, PASSAGE_CAP, REPRESENTATIVES, room)
        if count > room and high - low > 1:
            step = max(1, (high - low) // (count // room + 1) // 2)
            continue
        if count > room:
            met, _ = meetings(packed, begin, end, low, high, PASSAGE_CAP, REPRESENTATIVES, count)
        met = sort_meetings(met, n)
        found.append(frequent(met, sizes, SHORT))
        low = high
    return np.concatenate(found) if found else np.zeros(0, np.uint64), over


def sampling_rate(rate: int, threshold: float | None) -> int:
    """The passage rate that finds pairs of the least containment asked for with probability .98, at most `rate`.

    Counted for a shorter body of SHORT shingles; longer ones share more passages, shorter ones need only one.
    """
    if threshold is None:
        return rate
    found = (r for r in range(rate, 1, -1) if probability_of_run(SHORT * threshold, r, short=False) >= 0.98)
    return next(found, 1)


def probability_of_run(shingles: float, rate: int, *, short: bool) -> float:
    """Probability that `shingles` common shingles hold enough passages: one for short bodies, else two."""
    mean = shingles / rate
    return 1 - exp(-mean) if short else 1 - exp(-mean) * (1 + mean)
