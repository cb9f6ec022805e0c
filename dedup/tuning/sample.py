"""Draw a sample of a corpus that contains pairs: articles by their ids, and all that share text with one of them.

A hundredth of the articles holds a ten-thousandth of the pairs. So seeds are drawn from a corpus larger than the
sample, and the corpus is read again for all articles that share text with a seed, exactly. Then every pair with a seed
is in the sample, each with the same probability.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from dedup.corpus.build import read_ids
from dedup.inputs.batch import Batch, int_array, text_array, to_numpy
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.exact_similarity import SetLookup, ShingleSets
from dedup.tuning.shingle_level import iter_blocks, shingle_sets, strip

#: Least share of the smaller body's shingles that a partner has in common with a seed.
PARTNER = 0.2
#: Batches that are searched for partners at once.
_PREFETCH = 8
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Sample:
    """n articles of a corpus.

    records: columns of a `Batch`, in order of ids; is_seed (n,) bool: drawn, not there as a partner of a seed;
    corpus_size: articles to draw from; pool_size: how many of them were searched for partners; read_micros: CPU
    microseconds an article for reading.
    """

    records: pa.RecordBatch
    is_seed: NDArray[np.bool_]
    corpus_size: int
    pool_size: int
    read_micros: float

    def __len__(self) -> int:
        return self.records.num_rows

    def take(self, rows: NDArray[np.int64]) -> Sample:
        """Some of the articles, as a sample of the same corpus."""
        return replace(self, records=self.records.take(int_array(rows)), is_seed=self.is_seed[rows])

    def batches(self) -> Iterator[Batch]:
        """The articles as batches that a scan can read."""
        return (Batch("sample", block) for block in iter_blocks(self.records))

    def row_of(self) -> dict[str, int]:
        """The row of each id."""
        return {name: row for row, name in enumerate(self.records.column("id").to_pylist())}


class SampleRequest(NamedTuple):
    """How to draw a sample.

    size: seeds to draw; required_ids: ids that are drawn in any case; deadline: when the search for partners ends, on
    the clock of `time.monotonic`.
    """

    size: int
    required_ids: frozenset[str] = frozenset()
    deadline: float = float("inf")


def draw_sample(
    open_batches: Callable[[], Iterable[Batch]],
    request: SampleRequest,
    settings: Settings,
    advance: Advance = lambda n: None,
) -> Sample:
    """Draw about `request.size` seeds and all their partners.

    open_batches: yields the batches of the corpus from the first on, each time it is called. advance: called with a
    number of articles that are read, in both passes.
    """
    parts, corpus_size, micros = _draw_seeds(open_batches(), request, settings.seed, advance)
    if not parts:
        empty = pa.record_batch([text_array([])] * 4, names=["id", "text", "title", "domain"])
        return Sample(empty, np.zeros(0, np.bool_), 0, 0, 0.0)
    seeds = _merge(parts)
    sample = Sample(seeds, np.ones(seeds.num_rows, np.bool_), corpus_size, corpus_size, micros)
    if len(sample) == corpus_size:
        return sample
    ids = set(seeds.column("id").to_pylist())
    partners, pool_size = _find_partners(seeds, open_batches(), settings, request.deadline, advance)
    records = _merge([seeds, *partners])
    is_seed = np.array([name in ids for name in records.column("id").to_pylist()], np.bool_)
    return replace(sample, records=records, is_seed=is_seed, pool_size=pool_size)


def _draw_seeds(
    batches: Iterable[Batch], request: SampleRequest, seed: int, advance: Advance
) -> tuple[list[pa.RecordBatch], int, float]:
    """Draw the articles whose ids hash lowest, and the required ones (bottom-k sampling, Cohen and Kaplan 2007).

    Returns (records, number of articles in all, CPU microseconds for reading one).
    """
    parts: list[pa.RecordBatch] = []
    most = max(request.size, len(request.required_ids))
    total, limit, seconds = 0, np.uint64(2**64 - 1), 0.0
    source = iter(batches)
    while True:
        start = time.process_time()
        batch = next(source, None)
        seconds += time.process_time() - start
        if batch is None:
            break
        records = _with_ids(batch)
        if records.num_rows == 0:
            continue
        total += records.num_rows
        advance(records.num_rows)
        names = records.column("id").to_pylist()
        hashes = [0 if n in request.required_ids else xxhash.xxh64_intdigest(n.encode(), seed) | 1 for n in names]
        parts.append(_up_to(limit, records.append_column("hash", pa.array(hashes, pa.uint64()))))
        if sum(part.num_rows for part in parts) > 2 * request.size + len(request.required_ids):
            parts, limit = _lowest(parts, most)
    if not parts:
        return [], 0, 0.0
    parts, _ = _lowest(parts, most)
    return [part.drop_columns(["hash"]) for part in parts if part.num_rows], total, seconds / total * 1e6


def _lowest(parts: list[pa.RecordBatch], most: int) -> tuple[list[pa.RecordBatch], np.uint64]:
    """Keep the articles with the lowest hashes, `most` of them, and those equal to the highest of these hashes."""
    hashes = np.sort(np.concatenate([to_numpy(part.column("hash")) for part in parts]))
    limit = hashes[min(len(hashes), most) - 1]
    return [_up_to(limit, part) for part in parts], limit


def _up_to(limit: np.uint64, records: pa.RecordBatch) -> pa.RecordBatch:
    return records.filter(pc.less_equal(records.column("hash"), pa.scalar(int(limit), pa.uint64())))


def _with_ids(batch: Batch) -> pa.RecordBatch:
    """The records of a batch, with an id in every row."""
    records = batch.records
    return records.set_column(records.schema.get_field_index("id"), "id", read_ids(batch))


def _merge(parts: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Join batches and sort them by id, so that the sample does not depend on the order of the input.

    Of several records with one id, the first is kept, as in a scan.
    """
    table = pa.Table.from_batches(list(parts)).combine_chunks()
    table = table.sort_by([("id", "ascending"), ("line", "ascending")]).combine_chunks()
    ids = table.column("id").chunk(0)
    repeats = pc.indices_nonzero(pc.equal(ids[1:], ids[:-1]))
    if len(repeats):
        rows = np.setdiff1d(np.arange(table.num_rows), to_numpy(repeats).astype(np.int64) + 1)
        table = table.take(int_array(rows)).combine_chunks()
    return table.to_batches(max_chunksize=table.num_rows)[0]


def _find_partners(
    seeds: pa.RecordBatch, batches: Iterable[Batch], settings: Settings, deadline: float, advance: Advance
) -> tuple[list[pa.RecordBatch], int]:
    """Find all articles that share text with a seed, seeds among them: (records, number of articles searched)."""

    def sets_of(records: pa.RecordBatch) -> ShingleSets:
        return shingle_sets(strip(records, BoilerplateModel()), settings.shingle_size)[0]

    lookup = SetLookup.of(ShingleSets.concat([sets_of(block) for block in iter_blocks(seeds)]))

    def search(batch: Batch) -> tuple[int, pa.RecordBatch]:
        records = _with_ids(batch)
        rows = np.flatnonzero(lookup.shares(sets_of(records), PARTNER))
        return records.num_rows, records.take(int_array(rows))

    partners: list[pa.RecordBatch] = []
    pool_size = 0
    source = iter(batches)
    with ThreadPoolExecutor(settings.threads or 2) as pool:
        while (block := list(islice(source, _PREFETCH))) and time.monotonic() < deadline:
            for count, records in pool.map(search, block):
                pool_size += count
                advance(count)
                partners.append(records)
    return partners, pool_size
