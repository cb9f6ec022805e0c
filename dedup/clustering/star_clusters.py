"""Cluster bodies around cores: connected components, then every member is verified against the core.

Clusters do not chain. The core is the member whose text the others are verified against (`cores`). A member that does
not relate to the core leaves; the members that left are clustered again among themselves (star clustering, Aslam,
Pelekhov and Rus 2004). Excerpts are attached afterwards (`excerpts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.clustering.admission import Admission
from dedup.clustering.composites import Composites, attach_near_copies, link_composites
from dedup.clustering.cores import choose_cores, split_large
from dedup.clustering.excerpts import attach_excerpts
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import EXCERPT, JOINS
from dedup.kernels.union_find import components, flatten

#: In a connected component of more bodies a core is not compared with all others (`cores.split_large`).
LARGE = 200


def cluster_bodies(edges: RelationTable, admission: Admission, composites: Composites) -> list[list[int]]:
    """Clusters of bodies 0..n-1 (n from `admission`), each with its core first, then ascending.

    edges: the related pairs so far; pairs that are compared on the way are added to it. composites: of these pairs.
    """
    if len(composites.bodies) == 0:
        return attach_excerpts(_clusters_around_cores(edges, admission), edges, admission)
    linked = link_composites(edges, composites, admission)
    clusters = _clusters_around_cores(linked.pairs, linked.admission)
    clusters = attach_excerpts(clusters, linked.pairs, linked.admission)
    linked.keep_compared()
    return attach_near_copies(clusters, composites.home, edges, admission)


def _inside(n: int, parts: Sequence[Sequence[int]], edges: RelationTable, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows (m,) of `edges` whose pairs lie within one of the parts."""
    number = np.full(n, -1, np.int64)
    body, first = flatten(parts)
    number[body] = np.repeat(np.arange(len(parts)), np.diff(first))
    a, b = number[edges.a[rows]], number[edges.b[rows]]
    return rows[(a == b) & (a >= 0)]


def _clusters_around_cores(edges: RelationTable, admission: Admission) -> list[list[int]]:
    """Clusters by near copies, versions and rewrites; an excerpt is a member only where it relates to the core."""
    n, window = len(admission.fingerprint_rank), admission.window
    excerpts = np.flatnonzero(edges.relation == EXCERPT)
    strong = np.flatnonzero(JOINS[edges.relation] & (edges.relation != EXCERPT))
    clusters: list[list[int]] = []
    while len(strong):
        parts = components(n, edges.a[strong], edges.b[strong])
        remaining = np.zeros(n, np.bool_)
        for part in parts:
            if len(part) > LARGE:
                own, lesser = _inside(n, [part], edges, strong), _inside(n, [part], edges, excerpts)
                clusters += split_large(part, own, lesser, edges, admission)
        parts = [part for part in parts if len(part) <= LARGE]
        cores = choose_cores(parts, edges, _inside(n, parts, edges, np.append(strong, excerpts)), admission)
        larger = [i for i, part in enumerate(parts) if len(part) > 2]
        body, first = flatten([parts[i] for i in larger])
        core = np.repeat(cores[larger], np.diff(first))
        edges.complete(np.stack([core, body], axis=1)[core != body], admission.compare)
        # Of a core with itself there is no row.
        joins = (core != body) & JOINS[edges.relation[edges.rows_of(core, body)]]
        remaining[body] = True
        bounds = iter(pairwise(first.tolist()))
        for part, leader in zip(parts, cores.tolist(), strict=True):
            if len(part) == 2:
                clusters.append([leader, part[1] if leader == part[0] else part[0]])
                continue
            low, high = next(bounds)
            members = body[low:high][joins[low:high]].tolist()
            if window is not None:
                members = window.admit([leader], members)
            remaining[[leader, *members]] = False
            clusters.append([leader, *members])
        strong = strong[remaining[edges.a[strong]] & remaining[edges.b[strong]]]
    return [part for part in clusters if len(part) > 1]
