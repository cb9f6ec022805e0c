"""How bodies are admitted to clusters: the values that all steps of clustering share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.time_window import Window
from dedup.comparison.pair_table import ComparePairs


class Admission(NamedTuple):
    """fingerprint_rank (n,) int64: the rank of each body's fingerprint, for ties. compare: compares pairs of bodies.
    window: the times within which the members of a cluster must lie, None for no limit."""

    fingerprint_rank: NDArray[np.int64]
    compare: ComparePairs
    window: Window | None = None
