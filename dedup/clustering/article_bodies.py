"""The articles that have each body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ArticlesOfBody:
    """The articles of each of n bodies: of body b they are `article[first[b] : first[b] + count[b]]`, ascending."""

    article: Ints
    first: Ints
    count: Ints

    @classmethod
    def of(cls, representative: Ints) -> ArticlesOfBody:
        """The articles of all representatives; representative (n,): of each article, -1 for none."""
        rows = np.flatnonzero(representative >= 0)
        count = np.bincount(representative[rows], minlength=len(representative))
        return cls(rows[np.argsort(representative[rows], kind="stable")], np.cumsum(count) - count, count)
