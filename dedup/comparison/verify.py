"""Compare candidate pairs exactly, in blocks, with words read from the spool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.align import FEATURES
from dedup.comparison.bodies import BodyColumns, BodyTokens
from dedup.comparison.compare import compare
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import relate

Ints = NDArray[np.int64]

#: Pairs of a block: at most 12 MB of words and hashes at 470 words a body.
BLOCK = 1024
#: Features (m, len(FEATURES)) and relation codes (m,) of the pairs of a block.
_Block = tuple[NDArray[np.int32], NDArray[np.uint8]]


class Verifier:
    """Compares pairs of bodies of one corpus on some threads. `compared` counts the pairs."""

    def __init__(self, bodies: BodyColumns, threshold: float | None, threads: int) -> None:
        self._bodies, self._threshold, self._threads = bodies, threshold, threads
        self.compared = 0

    def block(self, a: Ints, b: Ints, exact: bool) -> _Block:
        """Features and relations of pairs. exact: numbers are right also where the two are not related."""
        bodies = self._bodies
        word = bodies.tokens.as_array()
        if word is not None:
            tokens, index = BodyTokens(word, bodies.at, bodies.length, bodies.size), np.stack([a, b], axis=1)
            rank = bodies.fingerprint_rank
        else:
            tokens, index, rank = bodies.load(np.stack([a, b], axis=1))
        features = compare(tokens, index[:, 0], index[:, 1], rank, exact=exact)
        return features, relate(features, self._threshold)

    def compare(self, pairs: Ints) -> RelationTable:
        """Compare pairs (m, 2) and return every one, related or not."""
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        a, b = pairs[:, 0], pairs[:, 1]
        self.compared += len(pairs)
        return RelationTable(a, b, *_concatenate(list(self._blocks(a, b, lambda n: None, exact=True))))

    def compare_related(self, a: Ints, b: Ints, advance: Callable[[int], None]) -> RelationTable:
        """Compare pairs and return those that are related. advance: called with the number of pairs just compared."""
        self.compared += len(a)
        rows, blocks = [np.zeros(0, np.int64)], []
        low = 0
        for features, relation in self._blocks(a, b, advance, exact=False):
            related = np.flatnonzero(relation)
            rows.append(low + related)
            blocks.append((features[related], relation[related]))
            low += len(relation)
        row = np.concatenate(rows)
        return RelationTable(a[row], b[row], *_concatenate(blocks))

    def _blocks(self, a: Ints, b: Ints, advance: Callable[[int], None], *, exact: bool) -> Iterator[_Block]:
        starts = range(0, len(a), BLOCK)

        def work(low: int) -> _Block:
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


def _concatenate(blocks: list[_Block]) -> _Block:
    features = [np.zeros((0, len(FEATURES)), np.int32), *(block[0] for block in blocks)]
    return np.concatenate(features), np.concatenate([np.zeros(0, np.uint8), *(block[1] for block in blocks)])
