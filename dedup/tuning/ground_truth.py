"""The true pairs of a sample, from an exact comparison of all its bodies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.progress import NullProgress, Progress
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.exact_similarity import InvertedIndex, Overlaps
from dedup.tuning.grid import LEARNED
from dedup.tuning.labels import Label
from dedup.tuning.sample import Sample
from dedup.tuning.shingle_level import ShingleLevel

#: Pairs of less containment are counted in the histograms only.
MIN_CONTAINMENT = 0.1
#: The most pairs that settings are measured on. More pairs cost time and change no figure.
MAX_PAIRS = 200_000
#: The most common shingles of pairs that are counted, about five seconds of one core.
MAX_CO_OCCURRENCES = 4 << 30


def subsample(rows: NDArray[np.int64], most: int = MAX_PAIRS) -> NDArray[np.int64]:
    """All rows, or about `most` of them at even distances."""
    n = len(rows)
    return rows if n <= most else rows[np.unique(np.linspace(0, n - 1, most).astype(np.int64))]


@dataclass(frozen=True)
class ReferenceSample:
    """A sample of which all bodies are compared with all.

    settings: without a threshold; model: the boilerplate of the sample; level: bodies under this model; overlaps: pairs
    of rows, one row for each distinct body; bodies: number of bodies that are compared.
    """

    sample: Sample
    settings: Settings
    model: BoilerplateModel
    level: ShingleLevel
    overlaps: Overlaps
    bodies: int

    @classmethod
    def of(cls, sample: Sample, settings: Settings, model: BoilerplateModel, progress: Progress) -> ReferenceSample:
        """Compare all distinct bodies of a sample exactly.

        Ten thousand versions of one text would take hours. Then only bodies with low fingerprints are compared, so few
        that the work stays below MAX_CO_OCCURRENCES.
        """
        level = ShingleLevel.of(sample.records, model, settings.shingle_size)
        rows = level.distinct_bodies
        progress.start("compare all", len(rows), "articles")
        while True:
            index = InvertedIndex.of(level.sets.take(rows))
            total = int(index.co_occurrences.sum())
            if total <= MAX_CO_OCCURRENCES or len(rows) < 1000:
                break
            share = (MAX_CO_OCCURRENCES / total) ** 0.5
            hashes = level.fingerprint[rows, 1]
            rows = rows[hashes <= np.quantile(hashes, share * 0.9)]
        overlaps = index.compare_all(MIN_CONTAINMENT, settings.threads or 2, progress.advance)
        progress.finish()
        overlaps = overlaps._replace(a=rows[overlaps.a], b=rows[overlaps.b])
        return cls(sample, settings, model, level, overlaps, len(rows))

    @property
    def containment(self) -> NDArray[np.float64]:
        """The containment of each pair of `overlaps` (m,)."""
        return self.level.containment(self.overlaps.a, self.overlaps.b, self.overlaps.common)

    def pairs_where(self, condition: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The pairs of `overlaps` that meet a condition (m,) and contain a seed, at most MAX_PAIRS: (a, b).

        Pairs of two partners are left out, because they are in the sample with a higher probability (`draw_sample`).
        """
        a, b, is_seed = self.overlaps.a, self.overlaps.b, self.sample.is_seed
        rows = subsample(np.flatnonzero(condition & (is_seed[a] | is_seed[b])))
        return a[rows], b[rows]


@dataclass(frozen=True)
class GroundTruth:
    """The pairs that settings are measured on.

    a, b (m,) int64: the true pairs, which have to become candidates; below_a, below_b (k,) int64: pairs under the
    threshold; labels: labelled pairs, of which `missing` pairs of copies are not in the sample; false_share: see
    `Outcome`, by kind of boilerplate.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    below_a: NDArray[np.int64]
    below_b: NDArray[np.int64]
    labels: int
    missing: int
    false_share: dict[str, float]

    @classmethod
    def of(
        cls, reference: ReferenceSample, threshold: float, labels: Sequence[Label], kinds: Iterable[str]
    ) -> GroundTruth:
        """Collect the pairs: those that reach a threshold on containment, or the copies among labelled pairs.

        kinds: the kinds of boilerplate that settings will use (`Setting.furniture`).
        """
        share = reference.containment
        a, b = reference.pairs_where(share >= threshold)
        missing = 0
        if labels:
            row = reference.sample.row_of()
            copies = [label for label in labels if label.copy]
            present = [(row[c.a], row[c.b]) for c in copies if c.a in row and c.b in row]
            missing = len(copies) - len(present)
            pairs = np.array(present, np.int64).reshape(-1, 2)
            a, b = pairs[(reference.level.shingles[pairs] > 0).all(axis=1)].T
        false_share = {kind: 0.0 if kind == LEARNED else _false_share(reference, threshold) for kind in kinds}
        return cls(a, b, *reference.pairs_where(share < threshold), len(labels), missing, false_share)


def _false_share(reference: ReferenceSample, threshold: float) -> float:
    """Of the pairs that reach the threshold with boilerplate found by rules alone, the share that does not reach it
    without the boilerplate of the model."""
    by_rules = ReferenceSample.of(reference.sample, reference.settings, BoilerplateModel(), NullProgress())
    a, b = by_rules.pairs_where(by_rules.containment >= threshold)
    pairs = reference.level.pairs(a, b)
    share = reference.level.containment(a, b, pairs.common)
    return float(1 - (pairs.identical | (share >= threshold)).mean()) if len(a) else 0.0
