"""How far apart in time the members of a cluster may have been published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Window:
    """How far apart members of a cluster may have been published.

    first, last (n,) float64: seconds of the earliest and latest article of each body, NaN for undated ones, which
    fit everywhere; width in seconds.
    """

    first: NDArray[np.float64]
    last: NDArray[np.float64]
    width: float

    def near(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs of bodies may stand in one cluster."""
        span = np.maximum(self.last[a], self.last[b]) - np.minimum(self.first[a], self.first[b])
        return ~(span > self.width)

    def span(self, bodies: Collection[int]) -> tuple[float, float]:
        """The earliest and the latest time of some bodies; inf and -inf where none is dated."""
        rows = np.fromiter(bodies, np.int64, len(bodies))
        first, last = np.fmin.reduce(self.first[rows], initial=np.inf), np.fmax.reduce(self.last[rows], initial=-np.inf)
        return float(first), float(last)

    def admit(self, inside: Sequence[int], wanted: Sequence[int]) -> list[int]:
        """Those of the wanted bodies that fit with the ones inside and with each other, the nearest first."""
        low = min((self.first[m] for m in inside if not np.isnan(self.first[m])), default=np.inf)
        high = max((self.last[m] for m in inside if not np.isnan(self.last[m])), default=-np.inf)
        middle = (low + high) / 2 if low <= high else np.nan
        taken = []
        for m in sorted(wanted, key=lambda m: (abs(np.nan_to_num(self.first[m] - middle, nan=0.0)), m)):
            if np.isnan(self.first[m]):
                taken.append(m)
            elif max(high, self.last[m]) - min(low, self.first[m]) <= self.width:
                low, high = min(low, self.first[m]), max(high, self.last[m])
                taken.append(m)
        return sorted(taken)


class Spans:
    """Which bodies fit into clusters that grow. The span of a cluster is worked out once, not at every addition."""

    def __init__(self, window: Window | None) -> None:
        self._window = window
        self._span: dict[int, tuple[float, float]] = {}

    def add(self, core: int, inside: Collection[int], wanted: Collection[int]) -> bool:
        """Whether all wanted bodies fit with the ones inside the cluster of `core`; if so, they count as inside."""
        if self._window is None:
            return True
        low, high = self._span.get(core) or self._window.span(inside)
        first, last = self._window.span(wanted)
        low, high = min(low, first), max(high, last)
        if high - low > self._window.width:
            return False
        self._span[core] = low, high
        return True

    def forget(self, core: int) -> None:
        """Work the span of a cluster out anew when it is asked for, since a body has left it."""
        self._span.pop(core, None)
