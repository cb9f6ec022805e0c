"""The bodies of articles as shingle sets, under one boilerplate model and one shingle size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.digest import fingerprints, shingle_ids
from dedup.candidates.search import group_identical
from dedup.candidates.shingles import MIN_TOKENS
from dedup.text.boilerplate import zones
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.counting_kernels import common_sample_kernel, distinct_kernel
from dedup.tuning.exact_similarity import ShingleSets
from dedup.tuning.recall_model import PairFeatures

#: Articles that are digested at once.
BLOCK = 1024


def iter_blocks(records: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Slices of BLOCK articles; one without articles where there are none."""
    for low in range(0, max(1, records.num_rows), BLOCK):
        yield records.slice(low, BLOCK)


def strip(records: pa.RecordBatch, model: BoilerplateModel) -> zones.Bodies:
    """The bodies of articles without the boilerplate that the rules and a model know."""
    return zones.strip(records.column("text"), records.column("title"), records.column("domain"), model)


def shingle_sets(bodies: zones.Bodies, k: int) -> tuple[ShingleSets, NDArray[np.int32]]:
    """The distinct shingles of n bodies, and the shingle size of each (n,). k: words of a shingle of a long body."""
    ids, first, size = shingle_ids(bodies, k)
    return ShingleSets(*distinct_kernel(ids, first)), size


@dataclass(frozen=True)
class ShingleLevel:
    """The bodies of n articles under one boilerplate model and one shingle size.

    shingles (n,) int64: shingles of each body, repeats counted, 0 where it is too short to match; fingerprint (n, 2)
    uint64; representative (n,) int64: the first row with the same body, -1 where the body is too short.
    """

    sets: ShingleSets
    shingles: NDArray[np.int64]
    fingerprint: NDArray[np.uint64]
    representative: NDArray[np.int64]

    @classmethod
    def of(cls, records: pa.RecordBatch, model: BoilerplateModel, k: int) -> ShingleLevel:
        """Digest articles. records: columns of a `Batch`; k: words of a shingle."""
        sets, counts, marks, sizes = [], [], [], []
        for block in iter_blocks(records):
            bodies = strip(block, model)
            part, size = shingle_sets(bodies, k)
            sets.append(part)
            counts.append(bodies.tokens.last - bodies.tokens.first)
            marks.append(fingerprints(bodies))
            sizes.append(size)
        count, fingerprint = np.concatenate(counts), np.concatenate(marks)
        shingles = np.where(count < MIN_TOKENS, 0, np.maximum(1, count - np.concatenate(sizes) + 1))
        return cls(ShingleSets.concat(sets), shingles, fingerprint, group_identical(fingerprint, count))

    @property
    def distinct_bodies(self) -> NDArray[np.int64]:
        """The rows that represent themselves: one of each body, none too short."""
        return np.flatnonzero(self.representative == np.arange(len(self.representative)))

    def pairs(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> PairFeatures:
        """The features that recall depends on, of the pairs (a, b), both (m,)."""
        common = self.common_passages(a, b, [1])[0]
        sizes, shingles, fingerprint = self.sets.sizes, self.shingles, self.fingerprint
        return PairFeatures(
            a, b, common, sizes[a] + sizes[b] - common, np.minimum(shingles[a], shingles[b]),
            np.maximum(shingles[a], shingles[b]), (fingerprint[a] == fingerprint[b]).all(axis=1),
        )  # fmt: skip

    def containment(self, a: NDArray[np.int64], b: NDArray[np.int64], common: NDArray[np.int64]) -> NDArray[np.float64]:
        """The share (m,) of the smaller body's distinct shingles that the other has too; common (m,): their number."""
        sizes = self.sets.sizes
        return common / np.maximum(1, np.minimum(sizes[a], sizes[b]))

    def common_passages(
        self, a: NDArray[np.int64], b: NDArray[np.int64], rates: list[int], residue: int = 0
    ) -> NDArray[np.int64]:
        """The number of passages that the pairs (a, b) share at each rate (rates, m); see `common_sample_kernel`.

        At a rate of 1 all shingles are passages.
        """
        return common_sample_kernel(self.sets.ids, self.sets.first, a, b, np.array(rates, np.int64), residue)
