"""A sample of a corpus in which pairs are: articles drawn by their ids, and all that share text with one of them.

A hundredth of the articles holds a ten-thousandth of the pairs. So from a corpus larger than the sample, articles are
drawn, and the corpus is read once more for everything that shares text with a drawn one (exactly, by an inverted index
of the drawn articles' shingles). Every pair with a drawn article in it is then in the sample, and each with the same
probability.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from dedup.candidates.digest import shingle_ids
from dedup.corpus.build import read_ids
from dedup.inputs.batch import Batch, int_array, text_array, to_numpy
from dedup.settings import Settings
from dedup.text.boilerplate import zones
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.tuning.counting_kernels import distinct_kernel, partner_kernel, table_kernel
from dedup.tuning.exact_similarity import Sets

#: Share of the smaller body's shingles from which on an article is taken for sharing text with a drawn one.
PARTNER = 0.2
#: Articles of a block; what is digested or timed at once.
BLOCK = 1024
#: Batches that are looked through together.
_AHEAD = 8
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Sample:
    """n articles. `records`: columns of a `Batch`; `drawn` (n,) bool: drawn at random, not for a partner's sake.

    `corpus`: how many articles there are to draw from; `searched`: how many of them were looked at for partners;
    `read_micros`: CPU microseconds an article that reading takes.
    """

    records: pa.RecordBatch
    drawn: NDArray[np.bool_]
    corpus: int
    searched: int
    read_micros: float

    def __len__(self) -> int:
        return self.records.num_rows

    def take(self, rows: NDArray[np.int64]) -> Sample:
        """Some of the articles, as a sample of the same corpus."""
        return Sample(
            self.records.take(int_array(rows)), self.drawn[rows], self.corpus, self.searched, self.read_micros
        )

    def blocks(self) -> Iterator[pa.RecordBatch]:
        for low in range(0, len(self), BLOCK):
            yield self.records.slice(low, BLOCK)


def draw(
    again: Callable[[], Iterable[Batch]],
    size: int,
    settings: Settings,
    *,
    wanted: frozenset[str] = frozenset(),
    threads: int = 1,
    until: float = float("inf"),
    advance: Advance = lambda n: None,
) -> Sample:
    """Draw about `size` articles, with their partners.

    again: yields the corpus's batches, from the first on each time it is called. wanted: ids that are always taken.
    until: when on the clock (`time.monotonic`) the search for partners has to end.
    """
    kept, names, total, micros = _drawn(again(), size, settings.seed, wanted, advance)
    if not kept:
        return Sample(_empty(), np.zeros(0, np.bool_), 0, 0, 0.0)
    searched = total
    table = _whole(kept)
    drawn = np.ones(table.num_rows, np.bool_)
    if table.num_rows < total:
        partners, searched = _partners(table, again(), names, settings, threads, until, advance)
        if partners:
            table = _whole([table, *partners])
            drawn = np.array([name in names for name in table.column("id").to_pylist()], np.bool_)
    return Sample(table, drawn, total, searched, micros)


def _drawn(
    batches: Iterable[Batch], size: int, seed: int, wanted: frozenset[str], advance: Advance
) -> tuple[list[pa.RecordBatch], set[str], int, float]:
    """The `size` articles whose ids hash lowest and the wanted ones: (records, their ids, articles in all, CPU
    microseconds of reading one)."""
    kept: list[tuple[pa.RecordBatch, NDArray[np.uint64]]] = []
    total, limit, spent = 0, np.uint64(2**64 - 1), 0.0
    source = iter(batches)
    while True:
        began = time.process_time()
        batch = next(source, None)
        spent += time.process_time() - began
        if batch is None:
            break
        records = named(batch)
        if records.num_rows == 0:
            continue
        total += records.num_rows
        advance(records.num_rows)
        names = records.column("id").to_pylist()
        mark = np.array([0 if n in wanted else xxhash.xxh64_intdigest(n.encode(), seed) | 1 for n in names], np.uint64)
        kept.append(_below(records, mark, limit))
        if sum(len(m) for _, m in kept) > 2 * size + len(wanted):
            limit = _limit(kept, size, len(wanted))
            kept = [_below(r, m, limit) for r, m in kept]
    if not kept:
        return [], set(), 0, 0.0
    limit = _limit(kept, size, len(wanted))
    parts = [part for r, m in kept if (part := _below(r, m, limit)[0]).num_rows]
    return parts, {n for part in parts for n in part.column("id").to_pylist()}, total, spent / total * 1e6


def _limit(kept: Sequence[tuple[pa.RecordBatch, NDArray[np.uint64]]], size: int, wanted: int) -> np.uint64:
    marks = np.sort(np.concatenate([m for _, m in kept]))
    place = min(len(marks), max(size, wanted)) - 1
    return np.uint64(marks[place])


def _below(
    records: pa.RecordBatch, mark: NDArray[np.uint64], limit: np.uint64
) -> tuple[pa.RecordBatch, NDArray[np.uint64]]:
    rows = np.flatnonzero(mark <= limit)
    if len(rows) == len(mark):
        return records, mark
    return records.take(int_array(rows)), mark[rows]


def named(batch: Batch) -> pa.RecordBatch:
    """The records of a batch, each with an id, without repeats of what is read again."""
    records = batch.records
    return records.set_column(records.schema.get_field_index("id"), "id", read_ids(batch))


def _whole(parts: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Batches as one, in the order of ids, so that nothing depends on the order of input; of a repeated id, which a
    scan rejects, the first record."""
    table = pa.Table.from_batches(list(parts)).combine_chunks()
    table = table.sort_by([("id", "ascending"), ("line", "ascending")]).combine_chunks()
    names = table.column("id").chunk(0)
    again = pc.indices_nonzero(pc.equal(names[1:], names[:-1]))
    if len(again):
        fresh = np.setdiff1d(np.arange(table.num_rows), to_numpy(again).astype(np.int64) + 1)
        table = table.take(int_array(fresh)).combine_chunks()
    return table.to_batches(max_chunksize=table.num_rows)[0]


def _empty() -> pa.RecordBatch:
    return pa.record_batch([text_array([])] * 4, names=["id", "text", "title", "domain"])


# -- partners ------------------------------------------------------------------------------------------------------


def distinct(records: pa.RecordBatch, learned: BoilerplateModel | None, k: int) -> Sets:
    """The shingle sets of the bodies of some articles."""
    bodies = zones.strip(records.column("text"), records.column("title"), records.column("domain"), learned)
    ids, first, _ = shingle_ids(bodies, k)
    return Sets(*distinct_kernel(ids, first))


def joined(parts: Sequence[Sets]) -> Sets:
    """Sets of several parts, one after the other."""
    if not parts:
        return Sets(np.zeros(0, np.uint64), np.zeros(1, np.int64))
    sizes = np.concatenate([part.sizes for part in parts])
    return Sets(np.concatenate([part.ids for part in parts]), np.append(0, np.cumsum(sizes)))


def _partners(
    table: pa.RecordBatch,
    batches: Iterable[Batch],
    have: set[str],
    settings: Settings,
    threads: int,
    until: float,
    advance: Advance,
) -> tuple[list[pa.RecordBatch], int]:
    """All other articles of the corpus that share text with one of the table: (records, how many were looked at)."""
    none = BoilerplateModel()
    k = settings.shingle_size
    sets = joined([distinct(table.slice(low, BLOCK), none, k) for low in range(0, table.num_rows, BLOCK)])
    order = np.argsort(sets.ids, kind="stable")
    key, first_run = np.unique(sets.ids[order], return_index=True)
    ends = np.append(first_run[1:], len(order))
    stop = np.zeros(len(order), np.int64)
    stop[first_run] = ends
    body = np.repeat(np.arange(len(sets), dtype=np.int32), sets.sizes)[order]
    slots, run = table_kernel(key, first_run)
    sizes = sets.sizes

    def look(batch: Batch) -> tuple[int, pa.RecordBatch | None]:
        records = named(batch)
        if records.num_rows == 0:
            return 0, None
        own = distinct(records, none, k)
        near = partner_kernel(own.ids, own.first, slots, run, body, stop, sizes, PARTNER)
        rows = np.flatnonzero(near)
        return records.num_rows, records.take(int_array(rows)) if len(rows) else None

    found: list[pa.RecordBatch] = []
    searched = 0
    source = iter(batches)
    with ThreadPoolExecutor(max(1, threads)) as pool:
        while (ahead := list(islice(source, _AHEAD))) and time.monotonic() < until:
            for count, records in pool.map(look, ahead):
                searched += count
                advance(count)
                if records is not None:
                    fresh = [i for i, name in enumerate(records.column("id").to_pylist()) if name not in have]
                    if fresh:
                        found.append(records.take(int_array(fresh)))
    return found, searched
