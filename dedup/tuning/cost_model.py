"""What the pieces of a scan cost, measured on some of the sample: CPU microseconds an article, on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.bands import Banding, band_kernel
from dedup.candidates.minhash import permutations, signature_kernel
from dedup.candidates.passages import rate_of, sketch_kernel
from dedup.candidates.shingles import shingle_sizes
from dedup.comparison.bodies import BodyColumns
from dedup.comparison.verify import Verifier
from dedup.corpus.build import Corpus, read_corpus
from dedup.corpus.spool import Spool
from dedup.inputs.batch import Batch
from dedup.settings import Settings, make_settings
from dedup.text.boilerplate import zones
from dedup.text.boilerplate.learning import BoilerplateModel, model_of
from dedup.tuning.grid import LEARNED, RULES, Setting
from dedup.tuning.sample import Sample

#: Articles that the kernels are timed on; every time is the least of so many runs.
TIMED, RUNS = 2048, 3
#: A scan is timed twice: the first one loads its kernels.
SCANS = 2


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """CPU seconds of the quickest of some runs."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def read(sample: Sample, settings: Settings, spool: Spool) -> Corpus:
    """The sample as a scan holds it, read by one thread."""
    batches = (Batch("sample", block) for block in sample.blocks())
    return read_corpus(batches, {}, settings, 1, spool)


@dataclass
class Costs:
    """The pieces of a scan's cost. `reading`: what does not depend on the grid, but for furniture; `signature`: of one
    shingle, by how many numbers are made; `sketch`: of an article, by shingle size, passage rate and longest body
    with bands; `copy`, `other`: of comparing a pair that has much in common, and one that has not."""

    reading: dict[str, float]
    signature: dict[int, float]
    sketch: dict[tuple[int, int, int], float]
    copy: float
    other: float

    def of_kernels(self, setting: Setting, banded_shingles: float) -> dict[str, float]:
        """The pieces of one setting, without search and comparison. banded_shingles: of an article, on average."""
        used = Banding(setting.bands, setting.rows).used
        return {
            "read": self.reading[setting.furniture],
            "sketch": self.sketch[setting.shingle_size, setting.passage_rate, setting.longest_banded],
            "signature": self.signature[used] * banded_shingles if used else 0.0,
        }


def time_reading(sample: Sample, base: Settings, kinds: tuple[str, ...]) -> tuple[dict[str, float], BoilerplateModel]:
    """What reading and digesting an article costs for each kind of furniture, and the furniture that was learned."""
    model = model_of(base) or BoilerplateModel()
    taken: dict[str, float] = {}
    for kind in kinds:
        chosen = make_settings(base, furniture=BoilerplateModel() if kind == RULES else base.furniture)
        times = []
        for _ in range(SCANS):
            spool = Spool(base.tmp)
            try:
                began = time.process_time()
                found = read(sample, chosen, spool)
                times.append(time.process_time() - began)
            finally:
                spool.close()
        taken[kind] = min(times) / max(1, len(sample)) * 1e6
        if kind == LEARNED:
            model = found.furniture
    return taken, model


def measure(
    sample: Sample, base: Settings, settings: list[Setting], model: BoilerplateModel, taken: dict[str, float]
) -> Costs:
    """Time all kernels that the settings need. taken: from `time_reading`; what is timed here goes off it."""
    rows = np.unique(np.linspace(0, len(sample) - 1, min(TIMED, len(sample))).astype(np.int64))
    records = sample.take(rows).records
    tokens = zones.strip(records.column("text"), records.column("title"), records.column("domain"), model).tokens
    count = tokens.last - tokens.first

    def sketch(k: int, rate: int, longest: int) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint64]]:
        sizes = shingle_sizes(count, tokens.single, k)
        return sketch_kernel(tokens.folded, tokens.folded_start, tokens.first, tokens.last, sizes, longest, rate)

    own = Setting.of(base)
    sketches: dict[tuple[int, int, int], float] = {}
    for one in {*settings, own}:
        key = (one.shingle_size, one.passage_rate, one.longest_banded)
        if key not in sketches:
            sketches[key] = seconds(partial(sketch, *key)) / len(rows) * 1e6
    ids, first, _ = sketch(base.shingle_size, rate_of(base), 2**40)
    signatures = {}
    for used in {Banding(one.bands, one.rows).used for one in {*settings, own}} - {0}:
        a, b = permutations(max(16, used), base.seed)
        signatures[used] = seconds(lambda a=a, b=b: signature_kernel(ids, first[:-1], first[1:], a, b))  # type: ignore[misc]
        signatures[used] *= 1e6 / max(1, len(ids))
    banded = np.diff(first)
    banded = banded[banded <= own.longest_banded]
    costs = Costs({}, signatures, sketches, 0.0, 0.0)
    kernels = sketches[own.shingle_size, own.passage_rate, own.longest_banded]
    if used := Banding(own.bands, own.rows).used:
        kernels += signatures[used] * banded.sum() / len(rows)
        kernels += _band_seconds(len(banded), own) / len(rows) * 1e6
    costs.reading = {kind: sample.read_micros + max(0.0, micros - float(kernels)) for kind, micros in taken.items()}
    return costs


def _band_seconds(n: int, own: Setting) -> float:
    signatures = np.zeros((n, max(16, Banding(own.bands, own.rows).used)), np.uint32)
    return seconds(lambda: band_kernel(signatures, own.bands, own.rows))


def comparer(
    sample: Sample, base: Settings, model: BoilerplateModel, a: NDArray[np.int64], b: NDArray[np.int64], spool: Spool
) -> tuple[Verifier, NDArray[np.int64], NDArray[np.int64]]:
    """What compares the articles in the pairs (a, b) as a scan does, and the pairs by its own numbers."""
    bodies, place = np.unique(np.concatenate([a, b]), return_inverse=True)
    # Ranks in the corpus are the order of ids, and so are the sample's rows.
    corpus = read(sample.take(bodies), make_settings(base, furniture=model), spool)
    length, size, at, _ = corpus.digests
    verifier = Verifier(BodyColumns(spool, at, length, size, np.arange(len(corpus))), base.threshold, 1)
    return verifier, place[: len(a)], place[len(a) :]


def time_comparison(
    sample: Sample, base: Settings, model: BoilerplateModel, a: NDArray[np.int64], b: NDArray[np.int64]
) -> float:
    """CPU microseconds of comparing one of the pairs (a, b) as a scan does; 0 where there are none."""
    if len(a) == 0:
        return 0.0
    spool = Spool(base.tmp)
    try:
        verifier, a, b = comparer(sample, base, model, a, b, spool)
        return seconds(partial(verifier.compare_related, a, b, lambda n: None), 2) / len(a) * 1e6
    finally:
        spool.close()
