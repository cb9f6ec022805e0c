"""What labelled pairs say of thresholds: how well one share tells copies from others, and how well the rules do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.relate import JOINS
from dedup.corpus.spool import Spool
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.cost_model import comparer
from dedup.tuning.labels import Label
from dedup.tuning.measure import Level
from dedup.tuning.sample import Sample


@dataclass(frozen=True)
class Split:
    """`right` of `copies` labelled pairs of copies are taken for copies, and `wrong` of `others`."""

    right: int
    copies: int
    wrong: int
    others: int

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.right + self.wrong + self.copies)

    def to_dict(self) -> dict[str, Any]:
        return {"copies_taken": self.right, "copies": self.copies, "others_taken": self.wrong, "others": self.others}

    def __str__(self) -> str:
        return f"{self.right} of {self.copies} copies, and {self.wrong} of {self.others} others"


@dataclass(frozen=True)
class Thresholds:
    """The best plain threshold on containment and what it takes; and what the fitted rules put into one cluster."""

    threshold: float
    plain: Split
    rules: Split

    def to_dict(self) -> dict[str, Any]:
        return {"best": self.threshold, "by_threshold": self.plain.to_dict(), "by_rules": self.rules.to_dict()}

    @property
    def sentence(self) -> str:
        return (
            f"Of the labelled pairs, the fitted rules take {self.rules} for copies; the best plain threshold, "
            f"{self.threshold:g}, takes {self.plain}. It was chosen on these pairs, so it will do worse on new ones."
        )


def best_threshold(share: NDArray[np.float64], copy: NDArray[np.bool_]) -> tuple[float, Split]:
    """The threshold with the greatest F1, in hundredths, the least where several have it.

    share (m,): containments of the pairs; copy (m,) bool: which are copies.
    """
    found = []
    for hundredth in range(1, 101):
        taken = share >= hundredth / 100 - 1e-9
        split = Split(int((taken & copy).sum()), int(copy.sum()), int((taken & ~copy).sum()), int((~copy).sum()))
        found.append((split.f1, -hundredth, split))
    _, place, split = max(found, key=lambda f: f[:2])
    return -place / 100, split


def thresholds(
    sample: Sample, level: Level, base: Settings, model: BoilerplateModel, labels: Sequence[Label]
) -> Thresholds | None:
    """Judge all labelled pairs of the sample; None unless there are copies and others among them."""
    row = {name: i for i, name in enumerate(sample.records.column("id").to_pylist())}
    known = [one for one in labels if one.a in row and one.b in row]
    copy = np.array([one.copy for one in known], np.bool_)
    if copy.all() or not copy.any():
        return None
    a, b = (np.array([row[getattr(one, side)] for one in known], np.int64) for side in ("a", "b"))
    pairs = level.pairs(a, b)
    sizes = level.sets.sizes
    share = np.where(pairs.same, 1.0, pairs.common / np.maximum(1, np.minimum(sizes[a], sizes[b])))
    threshold, plain = best_threshold(share, copy)
    spool = Spool(base.tmp)
    try:
        verifier, a, b = comparer(sample, base, model, a, b, spool)
        order = np.lexsort((b, a))
        joins = JOINS[verifier.compare(np.stack([a, b], axis=1)).relation]
        taken = np.zeros(len(a), np.bool_)
        taken[order] = joins
    finally:
        spool.close()
    rules = Split(int((taken & copy).sum()), int(copy.sum()), int((taken & ~copy).sum()), int((~copy).sum()))
    return Thresholds(threshold, plain, rules)
