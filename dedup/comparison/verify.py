"""Exact comparison of candidate pairs, in blocks, with the words read from the spool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.align import FEATURES
from dedup.comparison.compare import Bodies, compare
from dedup.comparison.pair_table import Verified
from dedup.comparison.relate import relate
from dedup.corpus.spool import Words

#: Pairs of a block: at most 12 MB of words and hashes at 470 words a body.
BLOCK = 1024


class Verifier:
    """Compares pairs of bodies of one corpus.

    at, count (n,) int64: where each body's words are in the spool; size (n,) int32: its shingle size; tie (n,): rank of
    its fingerprint.
    """

    def __init__(
        self,
        spool: Words,
        at: NDArray[np.int64],
        count: NDArray[np.int64],
        size: NDArray[np.int32],
        tie: NDArray[np.int64],
        threshold: float | None,
        threads: int,
    ) -> None:
        self._spool, self._at, self._count, self._size, self._tie = spool, at, count, size, tie
        self._threshold, self._threads = threshold, threads
        self.compared = 0

    def block(
        self, a: NDArray[np.int64], b: NDArray[np.int64], exact: bool
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Features and relations of pairs. exact: numbers are right also where the two are not related."""
        word = self._spool.in_place()
        if word is not None:
            held = Bodies(word, self._at, self._count, self._size)
            features = compare(held, a, b, self._tie, exact=exact)
            return features, relate(features, self._threshold)
        bodies, place = np.unique(np.concatenate([a, b]), return_inverse=True)
        # The spool is read in its own order, which is that of the input.
        order = np.argsort(self._at[bodies], kind="stable")
        bodies = bodies[order]
        word, first = self._spool.gather(self._at[bodies], self._count[bodies])
        where = np.empty(len(order), np.int64)
        where[order] = np.arange(len(order))
        index = where[place]
        read = Bodies(word, first[:-1], self._count[bodies], self._size[bodies])
        features = compare(read, index[: len(a)], index[len(a) :], self._tie[bodies], exact=exact)
        return features, relate(features, self._threshold)

    def all(self, pairs: NDArray[np.int64]) -> Verified:
        """Compare pairs (m, 2) and return every one, related or not."""
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        self.compared += len(pairs)
        parts = list(self._blocks(pairs[:, 0], pairs[:, 1], lambda n: None, exact=True))
        return Verified(
            pairs[:, 0],
            pairs[:, 1],
            np.concatenate([p[0] for p in parts]) if parts else np.zeros((0, len(FEATURES)), np.int32),
            np.concatenate([p[1] for p in parts]) if parts else np.zeros(0, np.uint8),
        )

    def related(self, a: NDArray[np.int64], b: NDArray[np.int64], advance: Callable[[int], None]) -> Verified:
        """Compare pairs and return those that are related."""
        self.compared += len(a)
        kept: list[tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]] = []
        low = 0
        for features, relation in self._blocks(a, b, advance, exact=False):
            keep = np.flatnonzero(relation)
            kept.append((low + keep, features[keep], relation[keep]))
            low += len(relation)
        rows = np.concatenate([k[0] for k in kept]) if kept else np.zeros(0, np.int64)
        return Verified(
            a[rows],
            b[rows],
            np.concatenate([k[1] for k in kept]) if kept else np.zeros((0, len(FEATURES)), np.int32),
            np.concatenate([k[2] for k in kept]) if kept else np.zeros(0, np.uint8),
        )

    def _blocks(
        self, a: NDArray[np.int64], b: NDArray[np.int64], advance: Callable[[int], None], *, exact: bool
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.uint8]]]:
        starts = range(0, len(a), BLOCK)

        def work(low: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
            return self.block(a[low : low + BLOCK], b[low : low + BLOCK], exact)

        if self._threads < 2 or len(starts) < 2:
            for low in starts:
                yield work(low)
                advance(min(BLOCK, len(a) - low))
            return
        with ThreadPoolExecutor(self._threads) as pool:
            for low, result in zip(starts, pool.map(work, starts), strict=True):
                yield result
                advance(min(BLOCK, len(a) - low))
