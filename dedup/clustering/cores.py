"""The core of a connected component, and the clusters of a large component.

The core is the member whose text the others are verified against: the greatest summed containment of the others,
ties by fingerprint, then id. In a small component it is compared with all other members (`star_clusters`). A
large one may be a chain of thousands, such as the states of a live blog that drops its old entries: each core keeps a
few neighbours, and comparing each with all that are left would be quadratic. There a core is compared only with bodies
that are related to a body that has joined it. Whoever joins is removed, so a related pair leads to at most two
comparisons: the work is linear in the related pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.kernels.union_find import crossed, flat

if TYPE_CHECKING:
    from dedup.candidates.time_window import Window
    from dedup.comparison.pair_table import Compare, Verified

Ints = NDArray[np.int64]


def choose(parts: Sequence[Sequence[int]], edges: Verified, rows: Ints, tie: Ints) -> Ints:
    """Choose the core of each part: the member with the greatest summed containment, over the pairs `rows`; ties by
    fingerprint (`tie` is its rank), then by id."""
    body, first = flat(parts)
    number = np.repeat(np.arange(len(parts)), np.diff(first))
    place = np.zeros(len(tie), np.int64)
    place[body] = np.arange(len(body))
    a, b = place[edges.a[rows]], place[edges.b[rows]]
    weight = _summed(a, b, *_gains(edges, rows), len(body))
    return body[np.lexsort((body, tie[body], -weight, number))[first[:-1]]]


def _gains(edges: Verified, rows: Ints) -> tuple[Ints, Ints]:
    """What each of some related pairs adds to the weight of its a and of its b: the share of the other that lies in it,
    in millionths; of an excerpt and its container both count their resemblance, for it is no merit of a page to go on
    beyond the story."""
    shared, size_a, size_b = (edges.features[rows, i].astype(np.int64) for i in (c.SHARED, c.SIZE_A, c.SIZE_B))
    shared, union = shared * 1_000_000, np.maximum(1, size_a + size_b - shared)
    excerpt = edges.relation[rows] == r.EXCERPT
    a_in_b = shared // np.where(excerpt, union, np.maximum(1, size_a))
    b_in_a = shared // np.where(excerpt, union, np.maximum(1, size_b))
    return b_in_a, a_in_b


def _summed(a: Ints, b: Ints, of_a: Ints, of_b: Ints, n: int) -> Ints:
    """The weights of n bodies: sums of integers, far below those that float64 does not hold."""
    return (np.bincount(b, of_b, n) + np.bincount(a, of_a, n)).astype(np.int64)


class _Graph:
    """Undirected edges (a, b) between nodes 0..n-1, each with a value for either end."""

    def __init__(self, n: int, a: Ints, b: Ints, of_a: Ints, of_b: Ints) -> None:
        source = np.concatenate([a, b])
        # Numbers of 16 bits numpy sorts by radix, ten times as fast.
        order = np.argsort(source.astype(np.uint16) if n <= 1 << 16 else source, kind="stable")
        self._node, self._value = np.concatenate([b, a])[order], np.concatenate([of_b, of_a])[order]
        self._first = np.searchsorted(source[order], np.arange(n + 1))

    def neighbours(self, nodes: Ints) -> tuple[Ints, Ints]:
        """The other ends of all edges of some nodes, repeated where two nodes share one; and the values of these
        ends."""
        low = self._first[nodes]
        place, _, _ = crossed(low, self._first[nodes + 1] - low, np.zeros_like(low), np.ones_like(low))
        return self._node[place], self._value[place]


def grow(
    part: Sequence[int],
    strong: Ints,
    excerpts: Ints,
    edges: Verified,
    tie: Ints,
    compare: Compare,
    window: Window | None,
) -> list[list[int]]:
    """Split a large component into clusters of two or more, each with its core first, then ascending.

    part: its bodies; strong, excerpts: the rows of `edges` within it, pairs that connect it and pairs that only count
    for the weight of a core; tie (n,): rank of the fingerprint of every body. Pairs compared on the way are added to
    `edges`. window: how far apart in time members may be. The core with the greatest weight among all that are left
    comes first.
    """
    body = np.array(part, np.int64)
    body = body[np.lexsort((body, tie[body]))]  # so that of equal weights the first one is the core
    place = np.zeros(len(tie), np.int64)
    place[body] = np.arange(len(body))
    a, b = place[edges.a[strong]], place[edges.b[strong]]
    related = _Graph(len(body), a, b, a, b)
    rows = np.append(strong, excerpts)
    a, b, gains = place[edges.a[rows]], place[edges.b[rows]], _gains(edges, rows)
    weighed: _Graph | None = None
    weight = _summed(a, b, *gains, len(body))
    left = np.ones(len(body), np.bool_)
    heap = list(zip((-weight).tolist(), range(len(body)), strict=True))
    heapify(heap)
    found: list[list[int]] = []
    made: list[Verified] = []
    while heap:
        w, i = heappop(heap)
        if not left[i] or -w != weight[i]:
            continue  # it has joined another core, or was put in again with less weight
        core = int(body[i])
        kept = sorted(body[_joined(i, body, related, left, edges, compare, window, made)].tolist())
        if window is not None:
            kept = window.admit([core], kept)
        members = np.append(i, place[kept]).astype(np.int64)
        left[members] = False
        if kept:
            found.append([core, *kept])
        if not left.any():
            break
        # Most components are one cluster, and none of this is needed.
        weighed = weighed or _Graph(len(body), a, b, *gains)
        node, value = weighed.neighbours(members)
        np.subtract.at(weight, node, value)
        for j in np.unique(node[left[node]]).tolist():
            heappush(heap, (-int(weight[j]), j))
    edges.extend(*made)
    return found


def _joined(
    start: int,
    body: Ints,
    related: _Graph,
    left: NDArray[np.bool_],
    edges: Verified,
    compare: Compare,
    window: Window | None,
    made: list[Verified],
) -> Ints:
    """The nodes that relate to the core `start`, reached from it by related pairs of such nodes; pairs that had to be
    compared are appended to `made`. body (m,): the body of each node; left (m,): which nodes may join."""
    open_ = left.copy()  # and not asked yet
    open_[start] = False
    joined = [np.zeros(0, np.int64)]
    wave = np.array([start], np.int64)
    while len(wave):
        near = np.zeros(len(body), np.bool_)
        near[related.neighbours(wave)[0]] = True
        node = np.flatnonzero(near & open_)
        open_[node] = False
        if window is not None:
            node = node[window.near(np.full(len(node), body[start]), body[node])]
        core = np.full(len(node), body[start])
        row = edges.rows(core, body[node])
        joins = (row >= 0) & r.JOINS[edges.relation[row]]
        new = np.flatnonzero(row < 0)
        if len(new):
            pairs = np.sort(np.stack([core[new], body[node[new]]], axis=1), axis=1)
            pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
            verified = compare(pairs)
            made.append(verified)
            related_bodies = pairs[r.JOINS[verified.relation]]
            joins[new] = np.isin(body[node[new]], related_bodies)
        wave = node[joins]
        joined.append(wave)
    return np.concatenate(joined)
