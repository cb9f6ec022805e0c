"""The cost of each piece of a scan, in CPU microseconds an article on one thread, measured on part of the sample."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.bands import Banding, band_kernel
from dedup.candidates.minhash import permutations, signature_kernel
from dedup.candidates.passages import rate_of, sketch_kernel
from dedup.candidates.shingles import shingle_sizes
from dedup.comparison.bodies import BodyColumns
from dedup.comparison.probability import Limits
from dedup.comparison.verify import Verifier
from dedup.corpus.build import Corpus, read_corpus
from dedup.corpus.spool import Spool
from dedup.settings import Settings, make_settings
from dedup.text.boilerplate.learning import BoilerplateModel, model_of
from dedup.tuning.grid import LEARNED, RULES, Setting
from dedup.tuning.ground_truth import GroundTruth, ReferenceSample, subsample
from dedup.tuning.sample import Sample
from dedup.tuning.shingle_level import strip

#: Articles and pairs that are timed.
TIMED_ARTICLES, TIMED_PAIRS = 2048, 2000
#: Repetitions, of which the least time counts. A scan is timed twice, because its first run loads the kernels.
KERNEL_RUNS, SCAN_RUNS = 3, 2


def least_seconds(work: Callable[[], object], runs: int = KERNEL_RUNS) -> float:
    """CPU seconds of the fastest of some runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def read_sample(sample: Sample, settings: Settings, spool: Spool) -> Corpus:
    """Read a sample as a scan reads its input, on one thread."""
    return read_corpus(sample.batches(), {}, settings, 1, spool)


@dataclass(frozen=True)
class CostModel:
    """The pieces of a scan's cost, in CPU microseconds.

    reading: of an article, by kind of boilerplate: all that does not depend on other settings; signature: of a shingle,
    by numbers of the signature in use; sketch: of an article, by (shingle size, passage rate, longest body with bands);
    true_pair, other_pair: of comparing a pair that has to be found, and one under the threshold.
    """

    reading: dict[str, float]
    signature: dict[int, float]
    sketch: dict[tuple[int, int, int], float]
    true_pair: float
    other_pair: float

    def kernel_pieces(self, setting: Setting, banded_shingles: float) -> dict[str, float]:
        """The pieces of one setting without search and comparison, by name.

        banded_shingles: shingles with bands an article, on average.
        """
        used = Banding(setting.bands, setting.rows).used
        return {
            "read": self.reading[setting.furniture],
            "sketch": self.sketch[setting.shingle_size, setting.passage_rate, setting.longest_banded],
            "signature": self.signature[used] * banded_shingles if used else 0.0,
        }


def time_reading(sample: Sample, base: Settings, kinds: Iterable[str]) -> tuple[dict[str, float], BoilerplateModel]:
    """Time reading and digesting: CPU microseconds an article by kind of boilerplate, and the boilerplate learned."""
    model = model_of(base) or BoilerplateModel()
    micros: dict[str, float] = {}
    for kind in kinds:
        settings = make_settings(base, furniture=BoilerplateModel() if kind == RULES else base.furniture)
        times = []
        for _ in range(SCAN_RUNS):
            with closing(Spool(base.tmp)) as spool:
                start = time.process_time()
                corpus = read_sample(sample, settings, spool)
                times.append(time.process_time() - start)
        micros[kind] = min(times) / max(1, len(sample)) * 1e6
        if kind == LEARNED:
            model = corpus.furniture
    return micros, model


def measure_costs(
    reference: ReferenceSample, truth: GroundTruth, settings: Iterable[Setting], reading: dict[str, float]
) -> CostModel:
    """Time all kernels that some settings need. reading: from `time_reading`; kernels timed here are subtracted."""
    sample, base = reference.sample, reference.settings
    rows = subsample(np.arange(len(sample)), TIMED_ARTICLES)
    tokens = strip(sample.take(rows).records, reference.model).tokens
    count = tokens.last - tokens.first

    def make_sketch(k: int, rate: int, longest: int) -> tuple[NDArray[np.uint64], NDArray[np.int64], object]:
        sizes = shingle_sizes(count, tokens.single, k)
        return sketch_kernel(tokens.folded, tokens.folded_start, tokens.first, tokens.last, sizes, longest, rate)

    current = Setting.of(base)
    settings = {*settings, current}
    sketch = {
        key: least_seconds(partial(make_sketch, *key)) / len(rows) * 1e6
        for key in {(s.shingle_size, s.passage_rate, s.longest_banded) for s in settings}
    }
    ids, first, _ = make_sketch(base.shingle_size, rate_of(base), 2**40)
    signature = {}
    for used in {Banding(s.bands, s.rows).used for s in settings} - {0}:
        make_signatures = partial(signature_kernel, ids, first[:-1], first[1:], *permutations(max(16, used), base.seed))
        signature[used] = least_seconds(make_signatures) * 1e6 / max(1, len(ids))
    banded = np.diff(first)
    banded = banded[banded <= current.longest_banded]
    kernels = sketch[current.shingle_size, current.passage_rate, current.longest_banded]
    if used := Banding(current.bands, current.rows).used:
        signatures = np.zeros((len(banded), max(16, used)), np.uint32)
        band_seconds = least_seconds(partial(band_kernel, signatures, current.bands, current.rows))
        kernels += (signature[used] * banded.sum() + band_seconds * 1e6) / len(rows)
    reading = {kind: sample.read_micros + max(0.0, micros - float(kernels)) for kind, micros in reading.items()}
    true_pair = time_comparison(reference, truth.a, truth.b)
    return CostModel(reading, signature, sketch, true_pair, time_comparison(reference, truth.below_a, truth.below_b))


def comparison_of(
    reference: ReferenceSample, a: NDArray[np.int64], b: NDArray[np.int64], spool: Spool
) -> tuple[Verifier, NDArray[np.int64]]:
    """A verifier for the articles in the pairs (a, b), as a scan has it, and the pairs (m, 2) by its numbers."""
    bodies, pairs = np.unique(np.stack([a, b], axis=1), return_inverse=True)
    # Ranks in the corpus are the order of ids, and so are the sample's rows.
    settings = make_settings(reference.settings, furniture=reference.model)
    corpus = read_sample(reference.sample.take(bodies), settings, spool)
    length, size, at, _ = corpus.digests
    verifier = Verifier(BodyColumns(spool, at, length, size, np.arange(len(corpus))), Limits.of(settings), 1)
    return verifier, pairs.reshape(-1, 2)


def time_comparison(reference: ReferenceSample, a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """CPU microseconds to compare one of the pairs (a, b), at most TIMED_PAIRS of them; 0 where there are none."""
    if len(a) == 0:
        return 0.0
    rows = subsample(np.arange(len(a)), TIMED_PAIRS)
    with closing(Spool(reference.settings.tmp)) as spool:
        verifier, pairs = comparison_of(reference, a[rows], b[rows], spool)
        a, b = pairs.T.copy()
        compare = partial(verifier.compare_related, a, b, lambda n: None)
        return least_seconds(compare, SCAN_RUNS) / len(rows) * 1e6
