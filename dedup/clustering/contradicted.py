"""Find pairs that the near copies of their bodies contradict: notices of one form that one edit made alike.

Bulletins, cables and court notices of one form are `template` of each other, but a pair here and there has so much in
common that it looks like a version. One such pair would join all the copies of both. So near copies vote: where more of
them are a template of the other body than may stand in a cluster with it, the pair joins none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import IDENTICAL, JOINS, NEAR_COPY, TEMPLATE
from dedup.kernels.union_find import cross_join_ranges

Ints = NDArray[np.int64]

#: So many near copies of one body decide, whatever those of the other say.
SEVERAL = 2


class _NearCopies:
    """The near copies of bodies 0..n-1."""

    def __init__(self, n: int, edges: RelationTable) -> None:
        rows = np.flatnonzero((edges.relation == NEAR_COPY) | (edges.relation == IDENTICAL))
        source = np.concatenate([edges.a[rows], edges.b[rows]])
        self._body = np.concatenate([edges.b[rows], edges.a[rows]])[np.argsort(source, kind="stable")]
        self._count = np.bincount(source, minlength=n)
        self._first = np.cumsum(self._count) - self._count

    def other_pairs(self, x: Ints, y: Ints) -> tuple[Ints, Ints, Ints]:
        """Pairs of the near copies of x with y, and the rows (k,) of the pairs (m,) x, y that they are made of."""
        none = np.zeros(len(x), np.int64)
        place, _, row = cross_join_ranges(self._first[x], self._count[x], none, none + 1)
        near = self._body[place]
        other = near != y[row]
        return near[other], y[row[other]], row[other]


def contradicted(n: int, edges: RelationTable) -> NDArray[np.bool_]:
    """Which of the pairs (m,) that may join are contradicted; n: how many bodies there are."""
    forms = np.flatnonzero(edges.relation == TEMPLATE)
    out = np.zeros(len(edges), np.bool_)
    if len(forms) == 0:
        return out
    near = _NearCopies(n, edges)
    may_join = JOINS[edges.relation] & (edges.relation != IDENTICAL)
    # For each of the two bodies of a pair what its near copies say of the other one.
    against = np.zeros((2, len(edges)), np.int64)
    for x, y in ((edges.a[forms], edges.b[forms]), (edges.b[forms], edges.a[forms])):
        copies, others, _ = near.other_pairs(x, y)
        row = edges.rows_of(copies, others)
        is_pair = row >= 0
        is_pair[is_pair] = may_join[row[is_pair]]
        row, copies = row[is_pair], copies[is_pair]
        side = (edges.b[row] == copies).astype(np.int64)
        np.add.at(against, (side, row), 1)
    rows = np.flatnonzero(against.any(axis=0))
    for_it = np.zeros((2, len(rows)), np.int64)
    for side, (x, y) in enumerate(((edges.a[rows], edges.b[rows]), (edges.b[rows], edges.a[rows]))):
        copies, others, pair = near.other_pairs(x, y)
        row = edges.rows_of(copies, others)
        joins = (row >= 0) & JOINS[edges.relation[row]]
        for_it[side] += np.bincount(pair[joins], minlength=len(rows))
    against = against[:, rows]
    one_side = ((against > for_it) & (against >= SEVERAL)).any(axis=0)
    out[rows] = one_side | (against.sum(axis=0) > for_it.sum(axis=0))
    return out
