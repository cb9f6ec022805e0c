"""Compare the best plain threshold with the fitted rules, on labelled pairs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.relate import JOINS
from dedup.corpus.spool import Spool
from dedup.tuning.cost_model import comparison_of
from dedup.tuning.ground_truth import ReferenceSample
from dedup.tuning.labels import Label


@dataclass(frozen=True)
class Confusion:
    """Numbers of labelled pairs: `right` of `copies` are judged to be copies, and so are `wrong` of `others`."""

    right: int
    copies: int
    wrong: int
    others: int

    @classmethod
    def of(cls, judgement: NDArray[np.bool_], is_copy: NDArray[np.bool_]) -> Confusion:
        """Count judgements (m,) against labels (m,)."""
        right, wrong = int((judgement & is_copy).sum()), int((judgement & ~is_copy).sum())
        return cls(right, int(is_copy.sum()), wrong, int((~is_copy).sum()))

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / max(1, self.right + self.wrong + self.copies)

    def to_dict(self) -> dict[str, Any]:
        """The numbers as tuning.json has them."""
        return {"copies_taken": self.right, "copies": self.copies, "others_taken": self.wrong, "others": self.others}

    def __str__(self) -> str:
        return f"{self.right} of {self.copies} copies and {self.wrong} of {self.others} others"


@dataclass(frozen=True)
class ThresholdReport:
    """The best plain threshold on containment with its judgements, and the judgements of the fitted rules."""

    threshold: float
    plain: Confusion
    rules: Confusion

    def to_dict(self) -> dict[str, Any]:
        """The report as tuning.json has it."""
        return {"best": self.threshold, "by_threshold": self.plain.to_dict(), "by_rules": self.rules.to_dict()}

    @property
    def sentence(self) -> str:
        """The report for readers."""
        return (
            f"Of the labelled pairs, the fitted rules take {self.rules} for copies; the best plain threshold, "
            f"{self.threshold:g}, takes {self.plain}. This threshold was chosen on these pairs, so it will do worse on "
            "new ones."
        )


def best_threshold(share: NDArray[np.float64], is_copy: NDArray[np.bool_]) -> tuple[float, Confusion]:
    """The threshold with the highest F1, in steps of .01, the lowest of several.

    share (m,): containments of the pairs; is_copy (m,) bool.
    """
    rows = [(Confusion.of(share >= step / 100 - 1e-9, is_copy), step) for step in range(1, 101)]
    confusion, step = max(rows, key=lambda row: (row[0].f1, -row[1]))
    return step / 100, confusion


def judge_thresholds(reference: ReferenceSample, labels: Sequence[Label]) -> ThresholdReport | None:
    """Judge all labelled pairs in the sample; None unless there are both copies and others among them."""
    row = reference.sample.row_of()
    labels = [label for label in labels if label.a in row and label.b in row]
    is_copy = np.array([label.copy for label in labels], np.bool_)
    if is_copy.all() or not is_copy.any():
        return None
    a, b = (np.array([row[getattr(label, side)] for label in labels], np.int64) for side in ("a", "b"))
    pairs = reference.level.pairs(a, b)
    share = np.where(pairs.identical, 1.0, reference.level.containment(a, b, pairs.common))
    with closing(Spool(reference.settings.tmp)) as spool:
        verifier, numbers = comparison_of(reference, a, b, spool)
        joins = np.zeros(len(a), np.bool_)
        joins[np.lexsort(numbers.T[::-1])] = JOINS[verifier.compare(numbers).relation]
    return ThresholdReport(*best_threshold(share, is_copy), Confusion.of(joins, is_copy))
