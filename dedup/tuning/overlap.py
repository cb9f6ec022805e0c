"""Exact resemblance and containment of all pairs of bodies, by an inverted index of their shingles.

No hashing but that of the shingles themselves, no sampling, no cap: what is counted here is the truth that settings
are measured against. Rows are taken one at a time against the bodies behind them, with one counter for each
(row-wise accumulation, as in sparse matrix products).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba as nb
import numpy as np
from numpy.typing import NDArray

#: Histogram bins of resemblance and containment between 0 and 1.
BINS = 50
#: Meetings of two bodies in a shingle that are counted in one go.
_BLOCK = 1 << 24


@dataclass(frozen=True)
class Sets:
    """The distinct shingle ids of n bodies: `ids` uint64, ascending in each body; `first` (n + 1,) int64."""

    ids: NDArray[np.uint64]
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        return np.diff(self.first)

    def take(self, rows: NDArray[np.int64]) -> Sets:
        """The sets of some bodies, in the order of `rows`."""
        ids, first = take_kernel(self.ids, self.first, rows)
        return Sets(ids, first)


@dataclass(frozen=True)
class Overlaps:
    """The pairs a < b of which one lies in the other by `floor` at least, and how all pairs are spread.

    `a`, `b`, `common` (m,): bodies and how many distinct shingles both have; `resemblances`, `containments` (BINS,)
    int64: of all pairs that have a shingle in common.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    common: NDArray[np.int64]
    resemblances: NDArray[np.int64]
    containments: NDArray[np.int64]


@nb.njit(nogil=True, cache=True)
def distinct_kernel(ids, first):
    """Sort the ids of each body and drop repeats: (ids uint64, first (n + 1,) int64)."""
    out = np.empty(len(ids), np.uint64)
    out_first = np.zeros(len(first), np.int64)
    at = 0
    for i in range(len(first) - 1):
        own = np.sort(ids[first[i] : first[i + 1]])
        for j in range(len(own)):
            if j == 0 or own[j] != own[j - 1]:
                out[at] = own[j]
                at += 1
        out_first[i + 1] = at
    return out[:at].copy(), out_first


@nb.njit(nogil=True, cache=True)
def take_kernel(ids, first, rows):
    """The sets of the bodies `rows` (m,) int64, one after the other: (ids, first (m + 1,))."""
    out_first = np.zeros(len(rows) + 1, np.int64)
    for i in range(len(rows)):
        out_first[i + 1] = out_first[i] + first[rows[i] + 1] - first[rows[i]]
    out = np.empty(out_first[len(rows)], np.uint64)
    for i in range(len(rows)):
        out[out_first[i] : out_first[i + 1]] = ids[first[rows[i]] : first[rows[i] + 1]]
    return out, out_first


@nb.njit(nogil=True, cache=True)
def common_kernel(ids, first, a, b):
    """How many ids the sets a[i] and b[i] have in common: (m,) int64, by merging the two."""
    out = np.zeros(len(a), np.int64)
    for i in range(len(a)):
        x, x_end = first[a[i]], first[a[i] + 1]
        y, y_end = first[b[i]], first[b[i] + 1]
        while x < x_end and y < y_end:
            if ids[x] == ids[y]:
                out[i] += 1
                x += 1
                y += 1
            elif ids[x] < ids[y]:
                x += 1
            else:
                y += 1
    return out


@nb.njit(nogil=True, cache=True)
def _postings_kernel(order, ids, first):
    """From positions in order of id: which body each posting is of, where its run of equal ids ends, and the
    postings of each body, those that no other body has left out: (body, stop, at, at_first)."""
    n = len(first) - 1
    owner = np.empty(len(ids), np.int32)
    for i in range(n):
        owner[first[i] : first[i + 1]] = i
    body = np.empty(len(ids), np.int32)
    stop = np.empty(len(ids), np.int64)
    count = np.zeros(n, np.int64)
    kept = 0
    i = 0
    while i < len(order):
        j = i + 1
        while j < len(order) and ids[order[j]] == ids[order[i]]:
            j += 1
        if j - i > 1:
            for x in range(i, j):
                body[kept + x - i] = owner[order[x]]
                stop[kept + x - i] = kept + j - i
                count[owner[order[x]]] += 1
            kept += j - i
        i = j
    at_first = np.zeros(n + 1, np.int64)
    for i in range(n):
        at_first[i + 1] = at_first[i] + count[i]
    place = at_first[:n].copy()
    at = np.empty(kept, np.int64)
    for p in range(kept):
        at[place[body[p]]] = p
        place[body[p]] += 1
    return body[:kept].copy(), stop[:kept].copy(), at, at_first


@nb.njit(nogil=True, cache=True)
def _meetings_kernel(stop, at, at_first):
    """How many meetings each body has with those behind it: (n,) int64."""
    out = np.zeros(len(at_first) - 1, np.int64)
    for i in range(len(out)):
        for p in at[at_first[i] : at_first[i + 1]]:
            out[i] += stop[p] - p - 1
    return out


@nb.njit(nogil=True, cache=True)
def _overlap_kernel(body, stop, at, at_first, sizes, low, high, floor, bins):
    """Count the bodies low..high-1 against all behind them. Returns (a, b, common, resemblances, containments)."""
    n = len(sizes)
    count = np.zeros(n, np.int32)
    met = np.empty(n, np.int64)
    by_resemblance = np.zeros(bins, np.int64)
    by_containment = np.zeros(bins, np.int64)
    room = 1024
    out = np.empty((room, 3), np.int64)
    found = 0
    for i in range(low, high):
        touched = 0
        for p in at[at_first[i] : at_first[i + 1]]:
            for q in range(p + 1, stop[p]):
                other = body[q]
                if count[other] == 0:
                    met[touched] = other
                    touched += 1
                count[other] += 1
        for x in range(touched):
            other = met[x]
            common = np.int64(count[other])
            count[other] = 0
            less = min(sizes[i], sizes[other])
            by_resemblance[min(bins - 1, bins * common // (sizes[i] + sizes[other] - common))] += 1
            by_containment[min(bins - 1, bins * common // less)] += 1
            if common >= floor * less:
                if found == room:
                    wider = np.empty((2 * room, 3), np.int64)
                    wider[:room] = out
                    out = wider
                    room *= 2
                out[found, 0] = i
                out[found, 1] = other
                out[found, 2] = common
                found += 1
    return out[:found].copy(), by_resemblance, by_containment


@dataclass(frozen=True)
class Inverted:
    """An inverted index of sets: every posting's body and where its run of equal ids ends; the postings of each body
    (`at`, from `at_first`); and `meetings` (n,): how many common shingles each body has with those behind it."""

    body: NDArray[np.int32]
    stop: NDArray[np.int64]
    at: NDArray[np.int64]
    at_first: NDArray[np.int64]
    meetings: NDArray[np.int64]

    @classmethod
    def of(cls, sets: Sets) -> Inverted:
        # Stable, so that the bodies of a run are in order.
        order = np.argsort(sets.ids, kind="stable")
        body, stop, at, at_first = _postings_kernel(order, sets.ids, sets.first)
        return cls(body, stop, at, at_first, _meetings_kernel(stop, at, at_first))


def overlaps(
    sets: Sets,
    floor: float,
    threads: int = 1,
    index: Inverted | None = None,
    advance: Callable[[int], None] = lambda n: None,
) -> Overlaps:
    """Compare all bodies with all. Costs one step for every meeting of two bodies in a shingle.

    floor: the least share of the smaller set's shingles that lie in the other, of the pairs that are handed back.
    """
    index = index or Inverted.of(sets)
    ends = np.searchsorted(np.cumsum(index.meetings), np.arange(_BLOCK, index.meetings.sum() + _BLOCK, _BLOCK))
    bounds = np.unique(np.concatenate([[0], np.minimum(ends + 1, len(sets)), [len(sets)]]))
    sizes = sets.sizes

    def work(i: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        low, high = int(bounds[i]), int(bounds[i + 1])
        return _overlap_kernel(index.body, index.stop, index.at, index.at_first, sizes, low, high, floor, BINS)

    parts = []
    with ThreadPoolExecutor(max(1, threads)) as pool:
        for i, part in enumerate(pool.map(work, range(len(bounds) - 1))):
            parts.append(part)
            advance(int(bounds[i + 1] - bounds[i]))
    pairs = np.concatenate([p[0] for p in parts]) if parts else np.zeros((0, 3), np.int64)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    spread = [sum((p[i] for p in parts), np.zeros(BINS, np.int64)) for i in (1, 2)]
    return Overlaps(pairs[:, 0], pairs[:, 1], pairs[:, 2], spread[0], spread[1])
