"""The articles of a large component by columns, as clustering and assembling take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.attribution.large_clusters import Columns, canonical_many, decide_many
from dedup.index.component_state import ArticleColumns
from dedup.index.recluster import arrow_column
from dedup.index.stores.base import ArticleRow
from dedup.model import Origin

Ints = NDArray[np.int64]


class _ArticleTable:
    """Columns of articles as Arrow has them, made when they are asked for."""

    def __init__(self, rows: Sequence[ArticleRow]) -> None:
        self._rows = rows

    def column(self, name: str) -> pa.Array:
        """Return a column by the name of a field of `ArticleRow`."""
        return arrow_column([getattr(row, name) for row in self._rows])


class ColumnInput:
    """`assemble.ClusterInput` by columns."""

    def __init__(self, articles: ArticleColumns) -> None:
        self.table = _ArticleTable(articles.rows)
        self.representative, self.count = articles.representative, articles.bodies.length
        self._articles = articles

    def members(self, ranks: Ints) -> ColumnMembers:
        """See `assemble.ClusterInput.members`."""
        return ColumnMembers(self._articles, ranks)


class ColumnMembers:
    """`assemble.Members` by columns; ranks (m,): of the articles."""

    def __init__(self, articles: ArticleColumns, ranks: Ints) -> None:
        self._articles, self._ranks = articles, ranks
        self._evidence: Columns = articles.evidence.take(ranks)
        self.seconds, self.exact = self._evidence.seconds, self._evidence.exact

    def decide(self, low: int, high: int, words: int, rewrites: NDArray[np.bool_]) -> tuple[Origin, int, float]:
        """See `assemble.Members.decide`."""
        evidence, codes = self._evidence.take(np.arange(low, high)), self._articles.codes
        origin = decide_many(evidence, _Ids(self._articles.rows, self._ranks[low:high]), codes)
        return (origin, *canonical_many(evidence, origin, words, codes, rewrites))


class _Ids(Sequence[str]):
    """The ids of articles at some ranks, read when they are asked for."""

    def __init__(self, rows: Sequence[ArticleRow], ranks: Ints) -> None:
        self._rows, self._ranks = rows, ranks

    def __len__(self) -> int:
        return len(self._ranks)

    def __getitem__(self, i: Any) -> Any:
        return self._rows[self._ranks[i]].id
