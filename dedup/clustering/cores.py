"""The core of a connected component, and the clusters of a large component.

The core is the member with the greatest summed containment of the others; ties are decided by fingerprint, then id. In
a small component the core is compared with all other members (`star_clusters`). A large component may be a chain of
thousands, such as the states of a live blog that drops its old entries: each core keeps a few neighbours, and comparing
each core with all open bodies would be quadratic. There a core is compared only with bodies that are related to a body
that has joined it. A body that joins is removed, so a related pair leads to at most two comparisons: the work is linear
in the related pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from dedup.clustering.admission import Admission
from dedup.comparison import align as c
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import EXCERPT, JOINS
from dedup.kernels.union_find import cross_join_ranges, flatten

Ints = NDArray[np.int64]


def choose_cores(parts: Sequence[Sequence[int]], edges: RelationTable, rows: Ints, admission: Admission) -> Ints:
    """The core of each part (len(parts),): the member with the greatest summed containment over the pairs `rows`.

    rows (m,): of `edges`, each within one part.
    """
    rank = admission.fingerprint_rank
    body, first = flatten(parts)
    number = np.repeat(np.arange(len(parts)), np.diff(first))
    place = np.zeros(len(rank), np.int64)
    place[body] = np.arange(len(body))
    a, b = place[edges.a[rows]], place[edges.b[rows]]
    weight = _sums(a, b, *_containments(edges, rows), len(body))
    return body[np.lexsort((body, rank[body], -weight, number))[first[:-1]]]


def _containments(edges: RelationTable, rows: Ints) -> tuple[Ints, Ints]:
    """What pairs (m,) add to the weight of their a, and of their b: the share of the other that lies in it, millionths.

    An excerpt and its container both count their resemblance: a page that goes on beyond the story is no better core.
    """
    shared, size_a, size_b = (edges.features[rows, i].astype(np.int64) for i in (c.SHARED, c.SIZE_A, c.SIZE_B))
    shared, union = shared * 1_000_000, np.maximum(1, size_a + size_b - shared)
    excerpt = edges.relation[rows] == EXCERPT
    a_in_b = shared // np.where(excerpt, union, np.maximum(1, size_a))
    b_in_a = shared // np.where(excerpt, union, np.maximum(1, size_b))
    return b_in_a, a_in_b


def _sums(a: Ints, b: Ints, of_a: Ints, of_b: Ints, n: int) -> Ints:
    """The weights (n,) of nodes: sums of integers, far below those that float64 does not hold."""
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
        """The other ends of all edges of some nodes, once for each edge, and the values of these ends."""
        low = self._first[nodes]
        place, _, _ = cross_join_ranges(low, self._first[nodes + 1] - low, np.zeros_like(low), np.ones_like(low))
        return self._node[place], self._value[place]


class _Component:
    """The bodies of a large component as nodes of a graph, while cores take their members.

    body (m,): the body of each node, by fingerprint, so that of equal weights the first node is the core; open (m,):
    the nodes that have joined no core; tables: pairs that had to be compared.
    """

    def __init__(self, part: Sequence[int], strong: Ints, edges: RelationTable, admission: Admission) -> None:
        body = np.array(part, np.int64)
        self.body = body[np.lexsort((body, admission.fingerprint_rank[body]))]
        self.place = np.zeros(len(admission.fingerprint_rank), np.int64)
        self.place[self.body] = np.arange(len(body))
        self.open = np.ones(len(body), np.bool_)
        self.tables: list[RelationTable] = []
        a, b = self.place[edges.a[strong]], self.place[edges.b[strong]]
        self._related = _Graph(len(body), a, b, a, b)
        self._edges, self._compare, self._window = edges, admission.compare, admission.window

    def members_of(self, start: int) -> Ints:
        """The bodies that relate to the core at node `start`, reached from it by related pairs of such bodies."""
        body, core = self.body, self.body[start]
        unvisited = self.open.copy()
        unvisited[start] = False
        members = [np.zeros(0, np.int64)]
        wave = np.array([start], np.int64)
        while len(wave):
            near = np.zeros(len(body), np.bool_)
            near[self._related.neighbours(wave)[0]] = True
            node = np.flatnonzero(near & unvisited)
            unvisited[node] = False
            if self._window is not None:
                node = node[self._window.within(np.full(len(node), core), body[node])]
            wave = node[self._joins(core, body[node])]
            members.append(body[wave])
        return np.concatenate(members)

    def _joins(self, core: int, bodies: Ints) -> NDArray[np.bool_]:
        """Which bodies (m,) relate to a core; pairs that are not in the table are compared."""
        row = self._edges.rows_of(np.full(len(bodies), core), bodies)
        joins = (row >= 0) & JOINS[self._edges.relation[row]]
        new = np.flatnonzero(row < 0)
        if len(new):
            pairs = np.sort(np.stack([np.full(len(new), core), bodies[new]], axis=1), axis=1)
            pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
            table = self._compare(pairs)
            self.tables.append(table)
            joins[new] = np.isin(bodies[new], pairs[JOINS[table.relation]])
        return joins


def split_large(
    part: Sequence[int], strong: Ints, excerpts: Ints, edges: RelationTable, admission: Admission
) -> list[list[int]]:
    """Split a large component into clusters of two or more, each with its core first, then ascending.

    part: its bodies; strong, excerpts: the rows of `edges` within it, pairs that connect it and pairs that only count
    for the weight of a core. Pairs compared on the way are added to `edges`. The core with the greatest weight among
    all open bodies comes first.
    """
    component = _Component(part, strong, edges, admission)
    body, place, window = component.body, component.place, admission.window
    rows = np.append(strong, excerpts)
    a, b, containments = place[edges.a[rows]], place[edges.b[rows]], _containments(edges, rows)
    weights: _Graph | None = None
    weight = _sums(a, b, *containments, len(body))
    heap = list(zip((-weight).tolist(), range(len(body)), strict=True))
    heapify(heap)
    clusters: list[list[int]] = []
    while heap:
        w, i = heappop(heap)
        if not component.open[i] or -w != weight[i]:
            continue  # it has joined another core, or was put in again with less weight
        core = int(body[i])
        members = sorted(component.members_of(i).tolist())
        if window is not None:
            members = window.admit([core], members)
        nodes = np.append(i, place[members]).astype(np.int64)
        component.open[nodes] = False
        if members:
            clusters.append([core, *members])
        if not component.open.any():
            break
        # Most components are one cluster, and none of this is needed.
        weights = weights or _Graph(len(body), a, b, *containments)
        node, value = weights.neighbours(nodes)
        np.subtract.at(weight, node, value)
        for j in np.unique(node[component.open[node]]).tolist():
            heappush(heap, (-int(weight[j]), j))
    edges.extend(*component.tables)
    return clusters
