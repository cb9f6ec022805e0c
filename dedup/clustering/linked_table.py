"""A table of pairs as clusters are made of it: some of the pairs that may join are only linked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dedup.clustering.admission import Admission
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import JOINS, OVERLAP

Bools = NDArray[np.bool_]


class LinkedTable:
    """A view of a table in which some pairs are overlaps; pairs that are compared by it are kept as they are.

    pairs: the view. admission: it compares pairs for the view.
    """

    def __init__(
        self,
        edges: RelationTable,
        linked: Bools,
        is_linked: Callable[[RelationTable], Bools],
        admission: Admission,
    ) -> None:
        """Linked (m,): pairs of `edges` that do not join. is_linked: the same of pairs that are compared later."""
        self._edges, self._is_linked, self._compare = edges, is_linked, admission.compare
        self.pairs = edges.with_relation(_relation(edges, linked))
        self.admission = admission._replace(compare=self._compare_linked)
        self._compared: list[RelationTable] = []

    def _compare_linked(self, pairs: NDArray[np.int64]) -> RelationTable:
        table = self._compare(pairs)
        self._compared.append(table)
        return table.with_relation(_relation(table, self._is_linked(table)))

    def keep_compared(self) -> None:
        """Add the pairs that were compared on the way to the table."""
        self._edges.extend(*self._compared)


def _relation(table: RelationTable, linked: Bools) -> NDArray[np.uint8]:
    return np.where(linked & JOINS[table.relation], OVERLAP, table.relation).astype(np.uint8)
