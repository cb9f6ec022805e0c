"""Connected components by union-find."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel, scalar_kernel


@scalar_kernel
def union(a, b, root):
    """Unite the sets of nodes a[i] and b[i] in `root`, in place; at the end root[x] is the smallest node of x's set.

    a, b: int64 (m,), nodes of 0..n-1; root: int64 (n,), `arange(n)`, or as an earlier call left it.
    The smaller root takes the larger one, and paths are halved on the way (Tarjan and van Leeuwen 1984).
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


@kernel
def group_within_lists(first, node, near_first, near):
    """Group the nodes of each list that are connected by nodes of that list alone.

    first: int64 (lists + 1,), list i is node[first[i]:first[i + 1]]; node: int64 (m,), nodes of 0..n-1, each once in a
    list. near_first: int64 (n + 1,), near: int64 (2 * edges,): node x is connected with near[near_first[x]:near_first[x
    + 1]]. Returns int64 (m,): the place in `node` of the first of each one's group. Time grows with the connections of
    all nodes of all lists.
    """
    place = np.full(len(near_first) - 1, -1)
    group = np.full(len(node), -1)
    stack = np.empty(len(node), np.int64)
    for i in range(len(first) - 1):
        for x in range(first[i], first[i + 1]):
            place[node[x]] = x
        for x in range(first[i], first[i + 1]):
            if group[x] >= 0:
                continue
            group[x] = x
            stack[0] = x
            open_ = 1
            while open_:
                open_ -= 1
                at = node[stack[open_]]
                for y in range(near_first[at], near_first[at + 1]):
                    other = place[near[y]]
                    if other >= 0 and group[other] < 0:
                        group[other] = x
                        stack[open_] = other
                        open_ += 1
        for x in range(first[i], first[i + 1]):
            place[node[x]] = -1
    return group


def flatten(lists: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Concatenate lists; returns (values int64, where each list begins and the last ends, int64 (lists + 1,))."""
    first = np.cumsum([0, *map(len, lists)])
    return np.fromiter(chain.from_iterable(lists), np.int64, int(first[-1])), first


def cross_join_ranges(
    x: NDArray[np.int64], width_x: NDArray[np.int64], y: NDArray[np.int64], width_y: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pair every number of x[i]..x[i]+width_x[i]-1 with every one of y[i]..y[i]+width_y[i]-1, for each row i.

    All int64 (n,). Returns (numbers of x, numbers of y, rows), int64 (pairs,) each, by row.
    """
    size = width_x * width_y
    row = np.repeat(np.arange(len(x)), size)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    return x[row] + offset // width_y[row], y[row] + offset % width_y[row], row


def components(n: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> list[list[int]]:
    """Connected components of two or more of the nodes 0..n-1, each ascending, by smallest node."""
    root = np.arange(n)
    union(a, b, root)
    linked = np.zeros(n, np.bool_)
    linked[a] = linked[b] = True
    nodes = np.flatnonzero(linked)
    order = np.argsort(root[nodes], kind="stable")
    label = root[nodes[order]]
    begins = np.flatnonzero(np.diff(label, prepend=-1)).tolist()
    members = nodes[order].tolist()
    return [members[low:high] for low, high in pairwise([*begins, len(order)])]
