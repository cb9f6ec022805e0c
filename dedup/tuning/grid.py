"""The settings that are tried, and what was measured of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dedup.candidates.bands import Banding, longest_banded
from dedup.candidates.passages import rate_of
from dedup.settings import Settings

#: What `Setting.furniture` may be: learned from the corpus (or given), or rules alone.
LEARNED, RULES = "learned", "rules"
SHINGLE_SIZES = (3, 4, 5, 7, 9)
NUM_PERMS = (64, 128, 256)
ROWS = (2, 3, 4, 5)
RATES = (2, 4, 8, 16, 32)
#: What is less of recall is not worth a row.
GAIN = 5e-5


@dataclass(frozen=True, order=True)
class Setting:
    """One point of the grid. `bands` of `rows` numbers out of a signature of `num_perm`; 0 bands: passages alone."""

    furniture: str
    shingle_size: int
    num_perm: int
    bands: int
    rows: int
    passage_rate: int

    @classmethod
    def of(cls, settings: Settings) -> Setting:
        """Where settings lie in the grid's terms."""
        banding = Banding.of(settings)
        rules = settings.furniture is not None and not settings.furniture
        return cls(
            RULES if rules else LEARNED, settings.shingle_size, settings.num_perm, banding.bands, banding.rows,
            rate_of(settings),
        )  # fmt: skip

    @property
    def longest_banded(self) -> int:
        """The most shingles of a body that is put into bands."""
        return longest_banded(self.passage_rate) if self.bands else 0

    def options(self) -> dict[str, Any]:
        """As options of a scan, and in tuning.json."""
        return {
            "shingle_size": self.shingle_size,
            "num_perm": self.num_perm,
            "bands": self.bands,
            "band_rows": self.rows,
            "passage_rate": self.passage_rate,
            "furniture": self.furniture,
        }


@dataclass(frozen=True)
class Outcome:
    """What one setting does on a sample.

    `recall`: the share of the true pairs that are found, as the formulas predict it; `measured`: as it came out with
    this seed; `below`: predicted for the pairs under the threshold; `false`: the share of the pairs over the threshold
    that are over it only by furniture which this setting does not know. `candidates` an article; `micros`: CPU
    microseconds an article from its record to compared pairs, of which `parts` are the pieces; `bytes`: of the
    postings an article.
    """

    setting: Setting
    recall: float
    measured: float
    below: float
    false: float
    candidates: float
    micros: float
    bytes: float
    parts: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            **self.setting.options(),
            "recall": round(self.recall, 4),
            "recall_measured": round(self.measured, 4),
            "recall_below": round(self.below, 4),
            "false_by_furniture": round(self.false, 4),
            "candidates_per_article": round(self.candidates, 4),
            "micros_per_article": round(self.micros, 2),
            "bytes_per_article": round(self.bytes, 1),
            "pieces": {name: round(value, 2) for name, value in self.parts.items()},
        }


def grid(base: Settings, furniture: Iterable[str] = (LEARNED, RULES)) -> list[Setting]:
    """All settings to try. Those of the shingle size of `base` come first: a short budget leaves out what is only told
    of, and never recommended (`choose`)."""
    own = Setting.of(base)
    points = {own}
    for kind in furniture:
        for k in {*SHINGLE_SIZES, base.shingle_size}:
            for rate in RATES:
                points.add(Setting(kind, k, base.num_perm, 0, base.band_rows, rate))
                for num_perm in {*NUM_PERMS, base.num_perm}:
                    for rows in {*ROWS, base.band_rows}:
                        points.add(Setting(kind, k, num_perm, num_perm // rows, rows, rate))
    return sorted(points, key=lambda s: (s.shingle_size != own.shingle_size, s.furniture != own.furniture, s))


def front(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The settings than which none has both more recall and less cost (Pareto), cheapest first; for less than
    GAIN of recall, none is on it."""
    best: list[Outcome] = []
    for one in sorted(outcomes, key=lambda o: (o.micros, -o.recall, o.setting)):
        if not best or one.recall > best[-1].recall + GAIN:
            best.append(one)
    return best
