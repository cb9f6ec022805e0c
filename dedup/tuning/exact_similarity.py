"""Exact resemblance and containment of all pairs of bodies, by an inverted index of their shingles.

Nothing is sampled or capped, so that settings can be measured against these counts. Bodies are compared row by row:
one counter for each body behind the current one, as in sparse matrix products by row (Gustavson 1978).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.tuning.counting_kernels import overlap_kernel, partner_kernel, table_kernel

#: Histogram bins of resemblance and containment between 0 and 1.
BINS = 50
#: Common shingles of pairs that one task of a thread counts.
_TASK = 1 << 24


@dataclass(frozen=True)
class ShingleSets:
    """The distinct shingle ids of n bodies.

    ids (uint64): ascending in each body, one body after the other; first (n + 1,) int64: where each body begins.
    """

    ids: NDArray[np.uint64]
    first: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Distinct shingles of each body (n,)."""
        return np.diff(self.first)

    def take(self, rows: NDArray[np.int64]) -> ShingleSets:
        """The sets of some bodies, in the order of `rows` (m,)."""
        sets = [self.ids[low:high] for low, high in zip(self.first[rows], self.first[rows + 1], strict=True)]
        return ShingleSets(np.concatenate([self.ids[:0], *sets]), np.append(0, np.cumsum(self.sizes[rows])))

    @staticmethod
    def concat(parts: Sequence[ShingleSets]) -> ShingleSets:
        """Append the sets of several parts, one part or more."""
        sizes = np.concatenate([part.sizes for part in parts])
        return ShingleSets(np.concatenate([part.ids for part in parts]), np.append(0, np.cumsum(sizes)))

    def postings(self) -> Postings:
        """The postings of all ids."""
        order = np.argsort(self.ids, kind="stable")
        ids = self.ids[order]
        begins = np.ones(len(ids), np.bool_)
        begins[1:] = ids[1:] != ids[:-1]
        run = np.flatnonzero(begins)
        body = np.repeat(np.arange(len(self), dtype=np.int32), self.sizes)[order]
        return Postings(order, ids[run], run, np.diff(run, append=len(ids)), body)


class Postings(NamedTuple):
    """The bodies of each id.

    order (m,) int64: the place of each posting among the ids of the sets; key (k,) uint64: distinct ids, ascending;
    run, length (k,) int64: where the postings of each begin, and their number; body (m,) int32: the body of each
    posting, in order for one id, one id after the other.
    """

    order: NDArray[np.int64]
    key: NDArray[np.uint64]
    run: NDArray[np.int64]
    length: NDArray[np.int64]
    body: NDArray[np.int32]


class Overlaps(NamedTuple):
    """Pairs of bodies that share enough shingles, and histograms of all pairs that share any.

    a, b, common (m,) int64: bodies a < b and the number of their common shingles; resemblances, containments (BINS,)
    int64: pairs in each bin from 0 to 1.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    common: NDArray[np.int64]
    resemblances: NDArray[np.int64]
    containments: NDArray[np.int64]


@dataclass(frozen=True)
class InvertedIndex:
    """The postings of n shingle sets, for comparing all of them with all.

    Postings stand in the order of ids, and those of an id that only one body has are left out. body (m,) int32: the
    body of each posting; stop (m,) int64: where the run of postings with the same id ends; at (m,) int64: positions of
    postings, grouped by body, which begin at at_first (n + 1,) int64; sizes (n,) int64: distinct shingles of each body;
    co_occurrences (n,) int64: shingles that each body shares with the bodies behind it, summed over these bodies.
    """

    body: NDArray[np.int32]
    stop: NDArray[np.int64]
    at: NDArray[np.int64]
    at_first: NDArray[np.int64]
    sizes: NDArray[np.int64]
    co_occurrences: NDArray[np.int64]

    @classmethod
    def of(cls, sets: ShingleSets) -> InvertedIndex:
        """Build the index."""
        order, _, _, length, body = sets.postings()
        is_shared = np.repeat(length > 1, length)
        length = length[length > 1]
        stop = np.repeat(np.cumsum(length), length)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        at = (np.cumsum(is_shared) - 1)[place][is_shared[place]]
        at_first = np.append(0, np.cumsum(is_shared[place]))[sets.first]
        behind = np.append(0, np.cumsum((stop - np.arange(1, len(stop) + 1))[at]))
        return cls(body[is_shared], stop, at, at_first, sets.sizes, np.diff(behind[at_first]))

    def compare_all(self, floor: float, threads: int = 1, advance: Callable[[int], None] = lambda n: None) -> Overlaps:
        """Compare all bodies with all, in time proportional to the sum of `co_occurrences`.

        floor: least containment of a pair to return; advance: called with a number of bodies that are compared.
        """
        total, n = self.co_occurrences.sum(), len(self.sizes)
        ends = np.searchsorted(np.cumsum(self.co_occurrences), np.arange(_TASK, total + _TASK, _TASK))
        bounds = np.unique(np.concatenate([[0], np.minimum(ends + 1, n), [n]])).tolist()

        def work(low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
            return overlap_kernel(self.body, self.stop, self.at, self.at_first, self.sizes, low, high, floor, BINS)

        pairs = [np.zeros((0, 3), np.int64)]
        resemblances, containments = np.zeros((2, BINS), np.int64)
        with ThreadPoolExecutor(max(1, threads)) as pool:
            for i, part in enumerate(pool.map(work, bounds[:-1], bounds[1:])):
                pairs.append(part[0])
                resemblances += part[1]
                containments += part[2]
                advance(bounds[i + 1] - bounds[i])
        a, b, common = np.concatenate(pairs).T
        order = np.lexsort((b, a))
        return Overlaps(a[order], b[order], common[order], resemblances, containments)


@dataclass(frozen=True)
class SetLookup:
    """The postings of m shingle sets, for finding other sets that share shingles with one of them.

    slots (uint64), run (int64): hash table of ids; body (int32), stop (int64): see `partner_kernel`; sizes (m,) int64:
    distinct shingles of each body.
    """

    slots: NDArray[np.uint64]
    run: NDArray[np.int64]
    body: NDArray[np.int32]
    stop: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, sets: ShingleSets) -> SetLookup:
        """Build the table."""
        _, key, run, length, body = sets.postings()
        stop = np.zeros(len(body), np.int64)
        stop[run] = run + length
        slots, run = table_kernel(key, run)
        return cls(slots, run, body, stop, sets.sizes)

    def shares(self, sets: ShingleSets, floor: float) -> NDArray[np.bool_]:
        """Which sets (n,) share at least `floor` of the smaller set's shingles with a set of the table."""
        return partner_kernel(sets.ids, sets.first, self.slots, self.run, self.body, self.stop, self.sizes, floor)
