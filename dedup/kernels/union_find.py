"""Connected components by union-find."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel


@kernel
def root_kernel(a, b, root):
    """Join nodes a[i] and b[i] (int64) in `root` (n,) int64, in place; at the end it holds each node's smallest equal.

    root: `arange(n)` at first. The smaller root takes the larger one, and paths are halved on the way (Tarjan and van
    Leeuwen, 1984).
    """
    for i in range(len(a)):
        x, y = a[i], b[i]
        while root[x] != x:
            root[x] = root[root[x]]
            x = root[x]
        while root[y] != y:
            root[y] = root[root[y]]
            y = root[y]
        root[max(x, y)] = min(x, y)
    for x in range(len(root)):
        # A root is smaller than its nodes, so it has its own root by now.
        root[x] = root[root[x]]


def flat(lists: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lists one after the other, and where each begins, with the end of the last."""
    first = np.cumsum([0, *map(len, lists)])
    return np.fromiter(chain.from_iterable(lists), np.int64, int(first[-1])), first


def crossed(
    x: NDArray[np.int64], left: NDArray[np.int64], y: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every number of x..x+left with every one of y..y+right, line by line, and the line each pair is from."""
    size = left * right
    line = np.repeat(np.arange(len(x)), size)
    place = np.arange(len(line)) - np.repeat(np.cumsum(size) - size, size)
    return x[line] + place // right[line], y[line] + place % right[line], line


def components(n: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> list[list[int]]:
    """Connected components of two or more of the nodes 0..n-1, each ascending, by smallest node."""
    root = np.arange(n)
    root_kernel(a, b, root)
    joined = np.zeros(n, np.bool_)
    joined[a] = joined[b] = True
    nodes = np.flatnonzero(joined)
    order = np.argsort(root[nodes], kind="stable")
    label = root[nodes[order]]
    begins = np.flatnonzero(np.diff(label, prepend=-1)).tolist()
    members = nodes[order].tolist()
    return [members[low:high] for low, high in pairwise([*begins, len(order)])]
