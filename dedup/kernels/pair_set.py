"""A set of pairs in one hash table with open addressing: bands find the same pair again and again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import scalar_kernel


@scalar_kernel
def _insert(table, pairs, repeats):
    """Insert pairs into a table; returns how many were new.

    table: uint64 (a power of two,), 0 where a slot is free; pairs: uint64 (n,), never 0. repeats: uint64 (n,), gets the
    pairs that were there already, in order; None where nobody asks.
    """
    mask = np.uint64(len(table) - 1)
    new = repeat_count = 0
    for pair in pairs:
        h = pair * np.uint64(0x9E3779B97F4A7C15)
        slot = (h ^ (h >> np.uint64(32))) & mask
        while table[slot] != 0 and table[slot] != pair:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] == 0:
            table[slot] = pair
            new += 1
        elif repeats is not None:
            repeats[repeat_count] = pair
            repeat_count += 1
    return new


class PairSet:
    """Pairs `a << 32 | b` with a < b, as uint64."""

    def __init__(self) -> None:
        # Small: a table that is larger than what it holds costs more to clear than the few pairs of a small corpus.
        self._table = np.zeros(1 << 10, np.uint64)
        self._count = 0

    def add(self, pairs: NDArray[np.uint64], repeats: PairSet | None = None) -> None:
        """Add pairs, uint64 (n,); those that are here already also to `repeats`."""
        for low in range(0, len(pairs), 1 << 20):
            part = pairs[low : low + (1 << 20)]
            self._grow(self._count + len(part))
            part_repeats = None if repeats is None else np.empty(len(part), np.uint64)
            new = int(_insert(self._table, part, part_repeats))
            self._count += new
            if repeats is not None and part_repeats is not None:
                repeats.add(part_repeats[: len(part) - new])

    def _grow(self, count: int) -> None:
        size = len(self._table)
        while size < 2 * count:
            size *= 2
        if size > len(self._table):
            pairs = self._table[self._table != 0]
            self._table = np.zeros(size, np.uint64)
            _insert(self._table, pairs, None)

    def __len__(self) -> int:
        return self._count

    def sorted(self) -> NDArray[np.uint64]:
        """All pairs, ascending: by a, then by b."""
        pairs = self._table[self._table != 0]
        pairs.sort()
        return pairs
