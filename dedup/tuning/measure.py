"""What every setting of the grid finds of the true pairs of a sample, and at what cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.bands import band_kernel
from dedup.candidates.digest import fingerprints, shingle_ids
from dedup.candidates.minhash import permutations, signature_kernel
from dedup.candidates.search import Candidates, group_identical, search
from dedup.candidates.shingles import MIN_TOKENS
from dedup.settings import Settings
from dedup.text.boilerplate import zones
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning import cost_model
from dedup.tuning.counting_kernels import common_sampled_kernel, distinct_kernel
from dedup.tuning.exact_similarity import Inverted, Overlaps, Sets, overlaps
from dedup.tuning.grid import RATES, RULES, Outcome, Setting
from dedup.tuning.recall_model import Pairs
from dedup.tuning.sample import Sample, joined

#: Pairs of which less of the smaller body lies in the other are not looked at one by one.
FLOOR = 0.1
#: The most pairs that settings are measured on: more only cost time.
MOST_PAIRS = 200_000
#: Pairs that comparison is timed on.
TIMED_PAIRS = 2000
#: The most meetings of two bodies in a shingle that are counted; some five seconds of a core.
MOST_MEETINGS = 4 << 30


@dataclass(frozen=True)
class Level:
    """The bodies of a sample under one kind of furniture and one shingle size: their shingle sets, how many shingles
    each has (repeats counted; 0 for those that match nothing), fingerprints (n, 2), and representatives."""

    sets: Sets
    shingles: NDArray[np.int64]
    fingerprint: NDArray[np.uint64]
    rep: NDArray[np.int64]

    @classmethod
    def of(cls, sample: Sample, model: BoilerplateModel | None, k: int) -> Level:
        parts, counts, marks, sizes = [], [], [], []
        for records in sample.blocks():
            bodies = zones.strip(records.column("text"), records.column("title"), records.column("domain"), model)
            ids, first, size = shingle_ids(bodies, k)
            parts.append(Sets(*distinct_kernel(ids, first)))
            counts.append(bodies.tokens.last - bodies.tokens.first)
            marks.append(fingerprints(bodies))
            sizes.append(size)
        if not parts:
            return cls(joined([]), np.zeros(0, np.int64), np.zeros((0, 2), np.uint64), np.zeros(0, np.int64))
        count, mark = np.concatenate(counts), np.concatenate(marks)
        shingles = np.where(count < MIN_TOKENS, 0, np.maximum(1, count - np.concatenate(sizes) + 1))
        return cls(joined(parts), shingles, mark, group_identical(mark, count))

    def pairs(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> Pairs:
        return Pairs.of(self.sets, self.shingles, self.fingerprint, a, b)

    @property
    def representatives(self) -> NDArray[np.int64]:
        """The rows of bodies that are compared: one of each, none too short."""
        return np.flatnonzero((self.rep == np.arange(len(self.rep))) & (self.rep >= 0))


def exhaustive(level: Level, threads: int, advance: Callable[[int], None]) -> tuple[Overlaps, int]:
    """All pairs of representatives, exactly, and how many bodies they are of.

    A corpus of one text in ten thousand forms would take hours: then so few of the bodies are compared, drawn by their
    fingerprints, that counting stays within MOST_MEETINGS.
    """
    rows = level.representatives
    while True:
        sets = level.sets.take(rows)
        index = Inverted.of(sets)
        total = int(index.meetings.sum())
        if total <= MOST_MEETINGS or len(rows) < 1000:
            break
        share = (MOST_MEETINGS / total) ** 0.5
        mark = level.fingerprint[rows, 1]
        rows = rows[mark <= np.quantile(mark, share * 0.9)]
    found = overlaps(sets, FLOOR, threads, index, advance)
    whole = Overlaps(rows[found.a], rows[found.b], found.common, found.resemblances, found.containments)
    return whole, len(rows)


def thinned(n: int, most: int = MOST_PAIRS) -> NDArray[np.int64]:
    """All of n rows, or `most` of them, spread evenly."""
    return np.arange(n) if n <= most else np.unique(np.linspace(0, n - 1, most).astype(np.int64))


@dataclass(frozen=True)
class Finder:
    """A level with all that finding candidates under any setting of it needs; signatures are made on demand."""

    level: Level
    seed: int
    signatures: dict[int, NDArray[np.uint32]]

    def signature(self, num_perm: int) -> NDArray[np.uint32]:
        if num_perm not in self.signatures:
            first = self.level.sets.first
            made = signature_kernel(self.level.sets.ids, first[:-1], first[1:], *permutations(num_perm, self.seed))
            self.signatures[num_perm] = made
        return self.signatures[num_perm]

    def banded(self, setting: Setting) -> NDArray[np.int64]:
        shingles = self.level.shingles
        return np.flatnonzero((shingles > 0) & (shingles <= setting.longest_banded))

    def passages(self, rate: int) -> NDArray[np.uint64]:
        """Postings `key << 32 | row` of all bodies."""
        sets = self.level.sets
        rows = np.repeat(np.arange(len(sets), dtype=np.uint64), sets.sizes)
        kept = (sets.ids >> np.uint64(32)) % np.uint64(rate) == 0
        return (sets.ids[kept] << np.uint64(32)) | rows[kept]

    def candidates(self, setting: Setting, passages: NDArray[np.uint64]) -> tuple[Candidates, float]:
        """The candidates of a setting, and the CPU seconds that banding and search took."""
        banded = self.banded(setting)
        signatures = self.signature(setting.num_perm)[banded] if setting.bands else np.zeros((0, 16), np.uint32)
        own = passages.copy()  # the search overwrites it
        began = time.process_time()
        keys = band_kernel(signatures, setting.bands, setting.rows)
        shingles = self.level.shingles.astype(np.int32)
        pieces = [(banded[: len(signatures)], keys)]
        found = search(self.level.rep, pieces, [own], shingles, self.level.fingerprint)
        return found, time.process_time() - began

    def bytes(self, setting: Setting, passages: NDArray[np.uint64]) -> float:
        """Bytes of the postings an article: 4 a band key and 8 for its article, 8 a passage."""
        banded = len(self.banded(setting)) if setting.bands else 0
        return float(banded * (4 * setting.bands + 8) + 8 * len(passages)) / max(1, len(self.level.rep))


@dataclass(frozen=True)
class Truth:
    """The true pairs (a, b), those under the threshold, and how often each counts."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    below_a: NDArray[np.int64]
    below_b: NDArray[np.int64]


def outcomes(
    sample: Sample,
    truth: Truth,
    settings: Sequence[Setting],
    prices: cost_model.Costs,
    false: Mapping[str, float],
    base: Settings,
    model: BoilerplateModel,
    until: float,
    advance: Callable[[int], None],
) -> Iterator[Outcome]:
    """Measure the settings in their order until the time (`time.monotonic`) is over; the first level is measured in
    any case. false: see `Outcome`, for each kind of furniture."""
    n = max(1, len(sample))
    everything = np.append(truth.a, truth.below_a), np.append(truth.b, truth.below_b)
    true = np.arange(len(everything[0])) < len(truth.a)
    rates = np.array(sorted({*RATES, *(s.passage_rate for s in settings)}), np.int64)
    for number, (key, members) in enumerate(groupby(settings, key=lambda s: (s.furniture, s.shingle_size))):
        kind, k = key
        if number and time.monotonic() > until:
            return
        level = Level.of(sample, BoilerplateModel() if kind == RULES else model, k)
        finder = Finder(level, base.seed, {})
        pairs = level.pairs(*everything)
        sampled = common_sampled_kernel(level.sets.ids, level.sets.first, *everything, rates, 0)
        held: dict[int, NDArray[np.uint64]] = {}
        for setting in members:
            if number and time.monotonic() > until:
                return
            if setting.passage_rate not in held:
                held[setting.passage_rate] = finder.passages(setting.passage_rate)
            passages = held[setting.passage_rate]
            found, took = finder.candidates(setting, passages)
            chance = pairs.predicted(setting)
            met = pairs.measured(
                setting, finder.signature(setting.num_perm), sampled[np.searchsorted(rates, setting.passage_rate)]
            )
            copies = min(len(found.a), int(met[true].sum()))
            parts = prices.of_kernels(setting, float(level.shingles[finder.banded(setting)].sum()) / n)
            parts["search"] = took / n * 1e6
            parts["compare"] = (copies * prices.copy + (len(found.a) - copies) * prices.other) / n
            yield Outcome(
                setting, _mean(chance[true]), _mean(met[true]), _mean(chance[~true]), false[kind], len(found.a) / n,
                sum(parts.values()), finder.bytes(setting, passages), parts,
            )  # fmt: skip
            advance(1)


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else 1.0
