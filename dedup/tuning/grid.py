"""The settings that tuning tries, and the figures that it measures for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dedup.candidates.bands import Banding, longest_banded
from dedup.candidates.passages import rate_of
from dedup.settings import Settings

#: Values of `Setting.furniture`: boilerplate learned from the corpus (or a model that was given), or found by rules.
LEARNED, RULES = "learned", "rules"
SHINGLE_SIZES = (3, 4, 5, 7, 9)
NUM_PERMS = (64, 128, 256)
ROWS = (2, 3, 4, 5)
RATES = (2, 4, 8, 16, 32)
#: The least gain of recall for which a dearer setting belongs to the Pareto front.
GAIN = 5e-5


@dataclass(frozen=True, order=True)
class Setting:
    """One point of the grid: `bands` of `rows` numbers each from a signature of `num_perm`; 0 bands: passages alone."""

    furniture: str
    shingle_size: int
    num_perm: int
    bands: int
    rows: int
    passage_rate: int

    @classmethod
    def of(cls, settings: Settings) -> Setting:
        """The point of the grid at which the options of a scan lie."""
        banding = Banding.of(settings)
        rules = settings.furniture is not None and not settings.furniture
        return cls(
            RULES if rules else LEARNED, settings.shingle_size, settings.num_perm, banding.bands, banding.rows,
            rate_of(settings),
        )  # fmt: skip

    @property
    def longest_banded(self) -> int:
        """The most shingles of a body that has bands."""
        return longest_banded(self.passage_rate) if self.bands else 0

    def options(self) -> dict[str, Any]:
        """The setting as options of a scan, as tuning.json has them."""
        names = ("shingle_size", "num_perm", "bands", "rows", "passage_rate", "furniture")
        return {"band_rows" if name == "rows" else name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Outcome:
    """The figures of one setting on a sample.

    recall: predicted share of the true pairs that become candidates, over all seeds; seed_recall: this share with the
    seed of the settings; recall_below: predicted share of the pairs under the threshold; false_share: of the pairs over
    the threshold, the share that is there only by boilerplate which this setting does not know; candidates: pairs an
    article; micros: CPU microseconds an article, from its record to compared pairs, the sum of `pieces`; bytes: bytes
    of postings an article.
    """

    setting: Setting
    recall: float
    seed_recall: float
    recall_below: float
    false_share: float
    candidates: float
    micros: float
    bytes: float
    pieces: dict[str, float] = field(default_factory=dict)

    @property
    def rank(self) -> tuple[float, Setting]:
        """The key that sorts outcomes by cost."""
        return self.micros, self.setting

    def to_dict(self) -> dict[str, Any]:
        """The outcome as tuning.json has it."""
        return {
            **self.setting.options(),
            "recall": round(self.recall, 4),
            "recall_measured": round(self.seed_recall, 4),
            "recall_below": round(self.recall_below, 4),
            "false_by_furniture": round(self.false_share, 4),
            "candidates_per_article": round(self.candidates, 4),
            "micros_per_article": round(self.micros, 2),
            "bytes_per_article": round(self.bytes, 1),
            "pieces": {name: round(value, 2) for name, value in self.pieces.items()},
        }


def grid(base: Settings, furniture: Iterable[str] = (LEARNED, RULES)) -> list[Setting]:
    """List the settings to try, those of the shingle size of `base` first.

    Other sizes are never recommended (`recommend`), so these are left out where time is short.
    """
    current = Setting.of(base)
    points = {current}
    for kind in furniture:
        for k in {*SHINGLE_SIZES, base.shingle_size}:
            for rate in RATES:
                points.add(Setting(kind, k, base.num_perm, 0, base.band_rows, rate))
                for num_perm in {*NUM_PERMS, base.num_perm}:
                    for rows in {*ROWS, base.band_rows}:
                        points.add(Setting(kind, k, num_perm, num_perm // rows, rows, rate))
    return sorted(points, key=lambda s: (s.shingle_size != current.shingle_size, s.furniture != current.furniture, s))


def pareto_front(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Select the outcomes that no other beats in both recall and cost, cheapest first.

    An outcome with less than GAIN more recall than a cheaper one is left out.
    """
    front: list[Outcome] = []
    for outcome in sorted(outcomes, key=lambda o: (o.micros, -o.recall, o.setting)):
        if not front or outcome.recall > front[-1].recall + GAIN:
            front.append(outcome)
    return front
