"""Measure each setting of the grid on a sample: its recall of the true pairs, and its cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.bands import band_kernel
from dedup.candidates.minhash import permutations, signature_kernel
from dedup.candidates.search import Candidates, search
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.cost_model import CostModel
from dedup.tuning.grid import RATES, RULES, Outcome, Setting
from dedup.tuning.ground_truth import GroundTruth, ReferenceSample
from dedup.tuning.shingle_level import ShingleLevel


@dataclass(frozen=True)
class CandidateSimulator:
    """Finds the candidates of any setting of one level. Signatures and passages are computed on first use."""

    level: ShingleLevel
    seed: int
    _signatures: dict[int, NDArray[np.uint32]] = field(default_factory=dict)
    _passages: dict[int, NDArray[np.uint64]] = field(default_factory=dict)

    def signatures(self, num_perm: int) -> NDArray[np.uint32]:
        """The signatures of all bodies (n, num_perm)."""
        if num_perm not in self._signatures:
            sets = self.level.sets
            numbers = permutations(num_perm, self.seed)
            self._signatures[num_perm] = signature_kernel(sets.ids, sets.first[:-1], sets.first[1:], *numbers)
        return self._signatures[num_perm]

    def passages(self, rate: int) -> NDArray[np.uint64]:
        """The postings of all passages, `key << 32 | row`."""
        if rate not in self._passages:
            sets = self.level.sets
            rows = np.repeat(np.arange(len(sets), dtype=np.uint64), sets.sizes)
            is_passage = (sets.ids >> np.uint64(32)) % np.uint64(rate) == 0
            self._passages[rate] = (sets.ids[is_passage] << np.uint64(32)) | rows[is_passage]
        return self._passages[rate]

    def banded_rows(self, setting: Setting) -> NDArray[np.int64]:
        """The bodies that are short enough to have bands; none where the setting has no bands."""
        shingles = self.level.shingles
        return np.flatnonzero((shingles > 0) & (shingles <= setting.longest_banded))

    def candidates(self, setting: Setting) -> tuple[Candidates, float]:
        """The candidates of a setting, and the CPU seconds for bands and search."""
        level, rows = self.level, self.banded_rows(setting)
        signatures = self.signatures(setting.num_perm)[rows] if setting.bands else np.zeros((0, 16), np.uint32)
        passages = self.passages(setting.passage_rate).copy()  # the search overwrites them
        start = time.process_time()
        bands = [(rows, band_kernel(signatures, setting.bands, setting.rows))]
        shingles = level.shingles.astype(np.int32)
        candidates = search(level.representative, bands, [passages], shingles, level.fingerprint)
        return candidates, time.process_time() - start

    def bytes_per_article(self, setting: Setting) -> float:
        """Bytes of postings: 4 for a band key, 8 for the article that has bands, 8 for a passage."""
        size = len(self.banded_rows(setting)) * (4 * setting.bands + 8) + 8 * len(self.passages(setting.passage_rate))
        return float(size) / max(1, len(self.level.representative))


def measure_grid(
    reference: ReferenceSample,
    truth: GroundTruth,
    costs: CostModel,
    settings: Sequence[Setting],
    deadline: float,
    advance: Callable[[int], None],
) -> Iterator[Outcome]:
    """Measure settings in their order until a deadline on the clock of `time.monotonic`.

    All settings of the first level, which is the first boilerplate kind and shingle size, are measured in any case.
    """
    n = max(1, len(reference.sample))
    a, b = np.append(truth.a, truth.below_a), np.append(truth.b, truth.below_b)
    is_true = np.arange(len(a)) < len(truth.a)
    rates = sorted({*RATES, *(s.passage_rate for s in settings)})
    for number, (key, members) in enumerate(groupby(settings, key=lambda s: (s.furniture, s.shingle_size))):
        kind, k = key
        if number and time.monotonic() > deadline:
            return
        level = ShingleLevel.of(reference.sample.records, BoilerplateModel() if kind == RULES else reference.model, k)
        simulator = CandidateSimulator(level, reference.settings.seed)
        pairs = level.pairs(a, b)
        passages = dict(zip(rates, level.common_passages(a, b, rates), strict=True))
        for setting in members:
            if number and time.monotonic() > deadline:
                return
            candidates, seconds = simulator.candidates(setting)
            chance = pairs.predict(setting)
            hits = pairs.are_candidates(setting, simulator.signatures(setting.num_perm), passages[setting.passage_rate])
            copies = min(len(candidates.a), int(hits[is_true].sum()))
            others = len(candidates.a) - copies
            pieces = costs.kernel_pieces(setting, float(level.shingles[simulator.banded_rows(setting)].sum()) / n)
            pieces["search"] = seconds / n * 1e6
            pieces["compare"] = (copies * costs.true_pair + others * costs.other_pair) / n
            yield Outcome(
                setting, _mean(chance[is_true]), _mean(hits[is_true]), _mean(chance[~is_true]), truth.false_share[kind],
                len(candidates.a) / n, sum(pieces.values()), simulator.bytes_per_article(setting), pieces,
            )  # fmt: skip
            advance(1)


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else 1.0
