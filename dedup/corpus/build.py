"""Read, digest and spool a corpus, and put its articles in the order of their ids.

Everything after this works on ranks in that order, so no result depends on the order of input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.digest import Digest, digest
from dedup.candidates.passages import remap_rows
from dedup.corpus.columns import Bands, DigestColumns, InputRows, RecordColumns
from dedup.corpus.relearn import strip_learned
from dedup.corpus.spool import Spool, concat_tokens
from dedup.corpus.text_source import TextSource
from dedup.corpus.unique_ids import unique_ids
from dedup.evidence.extractor import extractor
from dedup.evidence.observation import Observation
from dedup.inputs.batch import Batch, int_array, map_prefetched, text_array, to_numpy
from dedup.inputs.source import Source
from dedup.inputs.text_buffers import text_buffers
from dedup.model import Reject
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.text.boilerplate.segments import chunk_kernel

#: Columns that are kept for the results; everything else of a record is read again where it is needed.
OUTPUT_COLUMNS = ("url", "domain", "title", "published")


@dataclass
class Corpus:
    """The n accepted articles, by rank.

    ids: large_string (n,), ascending. table: the columns OUTPUT_COLUMNS. files: names of the inputs, by number.
    records, digests: columns (n,). bands: the bodies with bands; rank -1 for rejected articles. passages: pieces of
    uint64 `key << 32 | rank`. observations: what articles say of their source, by rank. read: records that were read.
    renamed: articles whose id was changed. skipped: records that are neither articles nor rejects, by kind.
    """

    ids: pa.Array
    table: pa.Table
    files: list[str]
    records: RecordColumns
    digests: DigestColumns
    bands: list[Bands]
    passages: list[NDArray[np.uint64]]
    observations: dict[int, list[Observation]]
    rejects: list[Reject]
    texts: TextSource
    spool: Spool
    furniture: BoilerplateModel
    records_read: int
    renamed: int
    skipped: dict[str, int]
    settings: Settings

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def sources(self) -> list[Source | None]:
        """The input files by number; None for an input that is no file."""
        return list(self.texts.sources)

    def release_postings(self) -> None:
        """Drop bands and passages: half of a scan's memory, not needed after the search."""
        self.bands, self.passages = [], []


class ReadObserver(Protocol):
    """The receiver of progress while a corpus is read."""

    def on_batch(self, batch: Batch) -> None:
        """A batch has been digested."""

    def on_learn(self) -> None:
        """All batches have been digested; boilerplate is learned now."""


@dataclass(frozen=True)
class _DigestedBatch:
    """The digest of a batch: words and chunks of its bodies, one body after the other; chunk_count (n,) int64."""

    digest: Digest
    words: NDArray[np.uint32]
    chunks: NDArray[np.uint32]
    chunk_count: NDArray[np.int64]


def _digest_batches(
    batches: Iterable[Batch], settings: Settings, threads: int
) -> Iterator[tuple[Batch, _DigestedBatch | None]]:
    """Every batch with its digest, in order; kernels run beside the reader, a bounded number of batches ahead."""

    def work(batch: Batch) -> _DigestedBatch | None:
        if batch.records.num_rows == 0:
            return None
        column = batch.records.column
        result = digest(column("text"), column("title"), settings, column("domain"))
        tokens = result.bodies.tokens
        words = concat_tokens(tokens.word, tokens.first, tokens.last)
        if settings.furniture is not None:
            return _DigestedBatch(result, words, tokens.word[:0], np.zeros(len(tokens), np.int64))
        chunks, chunk_first = chunk_kernel(tokens.word, tokens.first, tokens.last)
        return _DigestedBatch(result, words, chunks, np.diff(chunk_first))

    return map_prefetched(batches, work, threads if threads > 1 else 0)


def read_corpus(
    batches: Iterable[Batch],
    sources: Mapping[str, Source],
    settings: Settings,
    threads: int,
    spool: Spool,
    observer: ReadObserver | None = None,
) -> Corpus:
    """Read, digest and spool all batches, learn boilerplate, and put the articles in the order of their ids.

    sources: the files whose records may be read again, by name. Raises `InputChanged` for one that changed meanwhile.
    """
    builder = _Builder(settings, spool)
    for batch, digested in _digest_batches(batches, settings, threads):
        builder.add(batch, digested)
        if observer is not None:
            observer.on_batch(batch)
        del batch, digested  # before the next, which may be as large
    if observer is not None and settings.furniture is None:
        observer.on_learn()
    return builder.build(sources, threads)


class _Builder:
    """A corpus in the order of input."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        self._settings, self._spool = settings, spool
        self._rows = InputRows()
        self._observations: dict[int, list[Observation]] = {}
        self._rejects: list[Reject] = []
        self._skipped: Counter[str] = Counter()
        self._files: dict[str, int] = {}
        self._parsers: dict[int, Callable[[bytes], bytes] | None] = {}
        self._records = 0
        self._extract = extractor(settings.agencies, settings.sites).extract

    def add(self, batch: Batch, digested: _DigestedBatch | None) -> None:
        """Take over a batch; digested: None for a batch without articles."""
        self._rejects.extend(batch.rejects)
        self._skipped.update(batch.skip_counts)
        self._records += batch.records.num_rows + len(batch.rejects)
        if digested is None:
            return
        rows, spool, digest = self._rows, self._spool, digested.digest
        low = len(rows.columns)
        spool.words.append(digested.words.data)
        if self._settings.furniture is None:
            spool.chunks.append(digested.chunks.data)
            rows.columns.add(chunks=digested.chunk_count)
        self._add_records(batch)
        rows.columns.add(count=digest.count, size=digest.size, fingerprint=digest.fingerprint)
        rows.ids.append(read_ids(batch))
        rows.tables.append(batch.records.select(OUTPUT_COLUMNS))
        rows.bands.append((digest.banded + low, digest.band))
        rows.passages.append(digest.passage + np.uint64(low))
        observations = self._extract(digest.bodies, batch.records)
        self._observations.update((low + row, items) for row, items in observations.items())

    def _add_records(self, batch: Batch) -> None:
        """Add where the records of a batch are; spool records and texts that cannot be read again."""
        n = batch.records.num_rows
        texts, offsets = text_buffers(batch.records.column("text"))
        text_at = np.full(n, -1, np.int64)
        if batch.parse_text is None and (self._settings.texts or self._settings.furniture is None):
            start = self._spool.texts.append(texts[int(offsets[0]) : int(offsets[-1])].data)
            text_at = start + offsets[:-1] - offsets[0]
        raw_at = raw_length = np.full(n, -1, np.int64)
        if batch.raw is not None:
            raw_length = np.array([len(record) for record in batch.raw], np.int64)
            raw_at = self._spool.records.append(b"".join(batch.raw)) + np.cumsum(raw_length) - raw_length
        self._rows.columns.add(
            file=self._file_numbers(batch),
            line=to_numpy(batch.records.column("line")),
            offset=to_numpy(batch.records.column("offset")),
            length=to_numpy(batch.records.column("length")),
            record_hash=np.zeros(n, np.uint64) if batch.record_hashes is None else batch.record_hashes,
            raw_at=raw_at,
            raw_length=raw_length,
            text_at=text_at,
            text_length=np.diff(offsets),
        )

    def _file_numbers(self, batch: Batch) -> NDArray[np.int32]:
        """The number of the file of each row (n,)."""
        files = self._files
        if batch.files is not None:
            return np.array([files.setdefault(name, len(files)) for name in batch.files], np.int32)
        number = files.setdefault(batch.file, len(files))
        self._parsers[number] = batch.parse_text or self._parsers.get(number)
        return np.full(batch.records.num_rows, number, np.int32)

    def build(self, sources: Mapping[str, Source], threads: int) -> Corpus:
        """Learn boilerplate, strip it from the bodies, and order the articles by id."""
        rows, spool, settings = self._rows, self._spool, self._settings
        inputs = [sources.get(name) for name in self._files]

        def texts() -> TextSource:
            return TextSource(rows.records(rows.columns.column), spool.texts, inputs, self._parsers)

        furniture = strip_learned(rows, settings, threads, spool, texts)
        if rows.ids and not settings.texts:
            spool.texts.close()
            rows.columns.set_rows("text_at", np.arange(len(rows.columns)), -1)
        ids, order, renamed = self._order()
        rank = np.full(len(rows.columns), -1, np.int64)
        rank[order] = np.arange(len(order))
        records, digests, table = self._columns(order)
        return Corpus(
            ids, table, list(self._files), records, digests,
            [(rank[row], keys) for row, keys in rows.bands],
            [piece[: remap_rows(piece, rank)] for piece in rows.passages],
            {int(rank[row]): items for row, items in self._observations.items() if rank[row] >= 0},
            sorted(self._rejects, key=lambda r: (r.file, r.line or 0, r.reason, r.detail)),
            TextSource(records, spool.texts, inputs, self._parsers), spool, furniture, self._records, renamed,
            dict(sorted(self._skipped.items())), settings,
        )  # fmt: skip

    def _order(self) -> tuple[pa.Array, NDArray[np.int64], int]:
        """Unique ids, ascending, the row of each, and how many were renamed; repeated ids are rejected."""
        import pyarrow.compute as pc

        if not self._rows.ids:
            return text_array([]), np.zeros(0, np.int64), 0
        column = self._rows.columns.column
        ids = pa.chunked_array(self._rows.ids).combine_chunks()
        ids, dropped, renamed, rejects = unique_ids(ids, column("file"), column("line"), list(self._files))
        self._rejects.extend(rejects)
        order = to_numpy(pc.sort_indices(ids)).astype(np.int64)
        if len(dropped):
            order = order[~np.isin(order, dropped)]
        return ids.take(int_array(order)), order, renamed

    def _columns(self, order: NDArray[np.int64]) -> tuple[RecordColumns, DigestColumns, pa.Table]:
        """The columns in their order; each is dropped here as soon as it is there twice."""
        rows = self._rows
        if not rows.ids:
            none = np.zeros(0, np.int64)
            records = RecordColumns(none.astype(np.int32), none, none, none, none.astype(np.uint64), none, none, none)
            digests = DigestColumns(none, none.astype(np.int32), none, np.zeros((0, 2), np.uint64))
            return records, digests, pa.table({name: text_array([]) for name in OUTPUT_COLUMNS})

        def column(name: str) -> NDArray[np.generic]:
            return rows.columns.pop(name)[order]

        records = RecordColumns._make(map(column, RecordColumns._fields))
        raw_length = rows.columns.pop("raw_length")[order]
        records = records._replace(length=np.where(raw_length >= 0, raw_length, records.length))
        digests = DigestColumns._make(map(column, ("count", "size", "words_at", "fingerprint")))
        pieces = {name: [table.column(name) for table in rows.tables] for name in OUTPUT_COLUMNS}
        rows.tables.clear()
        places = int_array(order)
        return (
            records,
            digests,
            pa.table({name: pa.chunked_array(pieces.pop(name)).take(places) for name in OUTPUT_COLUMNS}),
        )


def read_ids(batch: Batch) -> pa.Array:
    """The ids of a batch, large_string (n,); `FILE:LINE` where a record has none."""
    import pyarrow.compute as pc

    ids = batch.records.column("id")
    if ids.null_count == 0:
        return ids
    lines = pc.cast(batch.records.column("line"), pa.large_string())
    file, colon = pa.scalar(batch.file, pa.large_string()), pa.scalar(":", pa.large_string())
    return pc.coalesce(ids, pc.binary_join_element_wise(file, lines, colon))
