"""The time within which the members of a cluster must have been published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.batch import take_strings
from dedup.inputs.dates import parse_timestamp


@dataclass(frozen=True)
class Window:
    """The longest time between two members of a cluster.

    first, last (n,) float64: seconds since 1970 of the earliest and latest article of each body, NaN for undated ones,
    which fit everywhere. width: seconds.
    """

    first: NDArray[np.float64]
    last: NDArray[np.float64]
    width: float

    def within(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs of bodies (m,) may be in one cluster."""
        span = np.maximum(self.last[a], self.last[b]) - np.minimum(self.first[a], self.first[b])
        return ~(span > self.width)

    def of_representatives(self, representative: NDArray[np.int64]) -> Window:
        """The window of bodies instead of articles: each representative has the times of all articles it stands for.

        representative (n,) int64: of each article, -1 for none.
        """
        first, last = self.first.copy(), self.last.copy()
        rows = np.flatnonzero(representative >= 0)
        np.fmin.at(first, representative[rows], self.first[rows])
        np.fmax.at(last, representative[rows], self.last[rows])
        return Window(first, last, self.width)

    def span(self, bodies: Collection[int]) -> tuple[float, float]:
        """The earliest and the latest time of some bodies; inf and -inf where none is dated."""
        rows = np.fromiter(bodies, np.int64, len(bodies))
        first, last = np.fmin.reduce(self.first[rows], initial=np.inf), np.fmax.reduce(self.last[rows], initial=-np.inf)
        return float(first), float(last)

    def admit(self, inside: Sequence[int], candidates: Sequence[int]) -> list[int]:
        """The candidates that fit with the bodies inside and with each other, ascending; the nearest come first."""
        low = min((self.first[m] for m in inside if not np.isnan(self.first[m])), default=np.inf)
        high = max((self.last[m] for m in inside if not np.isnan(self.last[m])), default=-np.inf)
        middle = (low + high) / 2 if low <= high else np.nan
        admitted = []
        for m in sorted(candidates, key=lambda m: (abs(np.nan_to_num(self.first[m] - middle, nan=0.0)), m)):
            if np.isnan(self.first[m]):
                admitted.append(m)
            elif max(high, self.last[m]) - min(low, self.first[m]) <= self.width:
                low, high = min(low, self.first[m]), max(high, self.last[m])
                admitted.append(m)
        return sorted(admitted)


class Spans:
    """The spans of clusters while they grow. The span of a cluster is computed once, not at every addition."""

    def __init__(self, window: Window | None) -> None:
        self._window = window
        self._span: dict[int, tuple[float, float]] = {}

    def add(self, core: int, inside: Collection[int], bodies: Collection[int]) -> bool:
        """Whether all bodies fit with those inside the cluster of `core`; if so, they count as inside from now on."""
        if self._window is None:
            return True
        low, high = self._span.get(core) or self._window.span(inside)
        first, last = self._window.span(bodies)
        low, high = min(low, first), max(high, last)
        if high - low > self._window.width:
            return False
        self._span[core] = low, high
        return True

    def forget(self, core: int) -> None:
        """Drop the span of a cluster that a body has left."""
        self._span.pop(core, None)


def published_seconds(table: pa.Table, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """When articles were published (m,), in seconds since 1970; NaN where it is not known. table: has `published`."""
    texts = take_strings(table.column("published"), rows)
    return np.array([time[0] if (time := parse_timestamp(text)) else np.nan for text in texts], np.float64)
