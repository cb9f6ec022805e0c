"""Compare candidate pairs exactly, in blocks, with words read from the spool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.bodies import BodyColumns
from dedup.comparison.compare import compare
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.probability import Limits, relations

Ints = NDArray[np.int64]
Block = TypeVar("Block")

#: Pairs of a block: at most 12 MB of words and hashes at 470 words a body.
BLOCK = 1024


class Verifier:
    """Compares pairs of bodies of one corpus on some threads. `compared` counts the pairs."""

    def __init__(self, bodies: BodyColumns, limits: Limits, threads: int) -> None:
        self._bodies, self._limits, self._threads = bodies, limits, threads
        self.compared = 0

    def compare(self, pairs: Ints) -> RelationTable:
        """Compare pairs (m, 2) and return every one, related or not."""
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        return RelationTable.concatenate(self.blocks(pairs[:, 0], pairs[:, 1], exact=True))

    def compare_related(self, a: Ints, b: Ints, advance: Callable[[int], None]) -> RelationTable:
        """Compare pairs and return those that are related. advance: called with the number of pairs just compared."""

        def related() -> Iterator[RelationTable]:
            for block in self.blocks(a, b, exact=False):
                yield block.filter(block.relation > 0)
                advance(len(block))

        return RelationTable.concatenate(related())

    def blocks(self, a: Ints, b: Ints, *, exact: bool) -> Iterator[RelationTable]:
        """Compare pairs (m,), a block at a time. exact: numbers are right also where the two are not related."""
        self.compared += len(a)
        yield from map_blocks(lambda part: self._block(a[part], b[part], exact), len(a), self._threads)

    def _block(self, a: Ints, b: Ints, exact: bool) -> RelationTable:
        tokens, index, rank = self._bodies.load(np.stack([a, b], axis=1))
        restore = self._bodies.may_lack_letters
        features = compare(tokens, index[:, 0], index[:, 1], rank, exact=exact, restore=restore)
        return RelationTable(a, b, features, relations(features, self._limits))


def map_blocks(work: Callable[[slice], Block], n: int, threads: int) -> Iterator[Block]:
    """Do the work for n pairs, a block of BLOCK at a time, on some threads; yields the results in order."""
    parts = [slice(low, min(n, low + BLOCK)) for low in range(0, n, BLOCK)]
    if threads < 2 or len(parts) < 2:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, parts)
