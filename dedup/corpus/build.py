"""Read, digest and spool a corpus, and put its articles in the order of their ids.

Everything after this works on ranks in that order, so no result depends on the order of input.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.digest import Digest, digest
from dedup.candidates.passages import remap_rows
from dedup.corpus.columns import Bands, DigestColumns, InputRows, RecordColumns
from dedup.corpus.recurring import RecurringBodies, RecurringText, recurring_texts
from dedup.corpus.relearn import strip_learned
from dedup.corpus.spool import Spool, concat_tokens
from dedup.corpus.text_source import TextSource
from dedup.evidence.carriers import learn_habits
from dedup.evidence.extractor import extractor
from dedup.evidence.observation import Observation
from dedup.evidence.registry import registry
from dedup.inputs.batch import Batch, int_array, map_prefetched, text_array, to_numpy
from dedup.inputs.date_order import DateCounts
from dedup.inputs.midnight import MidnightSources, as_dates
from dedup.inputs.read_progress import ReadProgress
from dedup.inputs.source import Source
from dedup.inputs.text_buffers import text_buffers
from dedup.model import Reject, SetAside
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel, domain_numbers
from dedup.text.boilerplate.segments import chunk_kernel

#: Columns that are kept for the results; everything else of a record is read again where it is needed.
OUTPUT_COLUMNS = ("url", "domain", "title", "published")


@dataclass
class Corpus:
    """The n accepted articles, by rank.

    ids: large_string (n,), ascending. table: the columns OUTPUT_COLUMNS. files: names of the inputs, by number.
    records, digests: columns (n,). bands: the bodies with bands; rank -1 for rejected articles. passages: pieces of
    uint64 `key << 32 | rank`. observations: what articles say of their source, by rank. read: records that were read.
    renamed: articles whose id was changed. repaired: texts that were repaired, by kind. skipped: records that are
    neither articles nor rejects, by kind. notes: what the user should know of an input, by its name. set_aside: records
    that are no articles, by file and line. dates: counts of dates of numbers.
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
    repaired: dict[str, int]
    skipped: dict[str, int]
    notes: dict[str, str]
    settings: Settings
    set_aside: list[SetAside]
    dates: DateCounts

    def __len__(self) -> int:
        return len(self.ids)

    def release_postings(self) -> None:
        """Drop bands and passages: half of a scan's memory, not needed after the search."""
        self.bands, self.passages = [], []


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
        if settings.furniture is None:
            chunks, chunk_first = chunk_kernel(tokens.word, tokens.first, tokens.last)
        else:
            chunks, chunk_first = tokens.word[:0], np.zeros(len(tokens) + 1, np.int64)
        return _DigestedBatch(result, words, chunks, np.diff(chunk_first))

    return map_prefetched(batches, work, threads if threads > 1 else 0)


def read_corpus(
    batches: Iterable[Batch],
    sources: Mapping[str, Source],
    settings: Settings,
    threads: int,
    spool: Spool,
    progress: ReadProgress | None = None,
) -> Corpus:
    """Read, digest and spool all batches, learn boilerplate, and put the articles in the order of their ids.

    sources: the files whose records may be read again, by name. Raises `InputChanged` for one that changed meanwhile.
    """
    builder = _Builder(settings, spool)
    for batch, digested in _digest_batches(batches, settings, threads):
        builder.add(batch, digested)
        if progress is not None:
            progress.on_batch(batch)
        del batch, digested  # before the next, which may be as large
    if progress is not None and settings.furniture is None:
        progress.on_learn()
    return builder.build(sources, threads)


class _Builder:
    """A corpus in the order of input."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        self._settings, self._spool = settings, spool
        self._rows = InputRows()
        self._observations: dict[int, list[Observation]] = {}
        self._rejects: list[Reject] = []
        self._set_aside: list[SetAside] = []
        self._skipped: Counter[str] = Counter()
        self._notes: dict[str, str] = {}
        self._midnight = MidnightSources()
        self._dates = DateCounts()
        self._repaired: Counter[str] = Counter()
        self._files: dict[str, int] = {}
        self._parsers: dict[int, Callable[[Sequence[bytes]], list[bytes | None]] | None] = {}
        self._records = 0
        self._extract = extractor(settings.agencies, settings.sites).extract

    def add(self, batch: Batch, digested: _DigestedBatch | None) -> None:
        """Take over a batch; digested: None for a batch without articles."""
        self._rejects.extend(batch.rejects)
        self._skipped.update(batch.skip_counts)
        self._notes.update((batch.file, note) for note in batch.notes)
        self._set_aside.extend(batch.set_aside.values())
        self._records += batch.records.num_rows + len(batch.rejects) + len(batch.set_aside)
        if digested is None:
            return
        rows, spool, digest = self._rows, self._spool, digested.digest
        for kinds in digest.bodies.repaired.values():
            self._repaired.update(kinds)
        low = len(rows.columns)
        spool.words.append(digested.words.data)
        if self._settings.furniture is None:
            spool.chunks.append(digested.chunks.data)
            rows.columns.add(chunks=digested.chunk_count)
        self._add_records(batch)
        rows.columns.add(count=digest.count, size=digest.size, fingerprint=digest.fingerprint)
        rows.ids.append(read_ids(batch))
        rows.tables.append(batch.records.select(OUTPUT_COLUMNS))
        rows.table_files.append(batch.file)
        self._midnight.observe(batch)
        self._dates.observe(batch.records.column("published"))
        rows.bands.append((digest.banded + low, digest.band))
        rows.passages.append(digest.passage + np.uint64(low))
        observations = self._extract(digest.bodies, batch.records)
        self._observations.update((low + row, items) for row, items in observations.items())

    def _add_records(self, batch: Batch) -> None:
        """Add where the records of a batch are; spool records and texts that cannot be read again."""
        n = batch.records.num_rows
        texts, offsets = text_buffers(batch.records.column("text"))
        text_at = np.full(n, -1, np.int64)
        if batch.parse_texts is None and (self._settings.texts or self._settings.furniture is None):
            start = self._spool.texts.append(texts[int(offsets[0]) : int(offsets[-1])].data)
            text_at = start + offsets[:-1] - offsets[0]
        raw_at, length = np.full(n, -1, np.int64), to_numpy(batch.records.column("length"))
        if batch.raw is not None:
            length = np.array([len(record) for record in batch.raw], np.int64)
            raw_at = self._spool.records.append(b"".join(batch.raw)) + np.cumsum(length) - length
        self._rows.columns.add(
            file=self._file_numbers(batch),
            line=to_numpy(batch.records.column("line")),
            offset=to_numpy(batch.records.column("offset")),
            length=length,
            record_hash=np.zeros(n, np.uint64) if batch.record_hashes is None else batch.record_hashes,
            raw_at=raw_at,
            text_at=text_at,
            text_length=np.diff(offsets),
        )

    def _file_numbers(self, batch: Batch) -> NDArray[np.int32]:
        """The number of the file of each row (n,)."""
        files = self._files
        if batch.files is not None:
            return np.array([files.setdefault(name, len(files)) for name in batch.files], np.int32)
        number = files.setdefault(batch.file, len(files))
        self._parsers[number] = batch.parse_texts or self._parsers.get(number)
        return np.full(batch.records.num_rows, number, np.int32)

    def build(self, sources: Mapping[str, Source], threads: int) -> Corpus:
        """Learn boilerplate, strip it from the bodies, and order the articles by id."""
        rows, spool, settings = self._rows, self._spool, self._settings
        inputs = [sources.get(name) for name in self._files]

        def texts() -> TextSource:
            records = RecordColumns._make(map(rows.columns.column, RecordColumns._fields))
            return TextSource(records, spool.texts, inputs, self._parsers)

        recurring = () if settings.keep_all else self._recurring()
        furniture = self._with_habits(strip_learned(rows, settings, threads, spool, texts))
        if rows.ids and not settings.texts:
            spool.texts.close()
            rows.columns.set_rows("text_at", np.arange(len(rows.columns)), -1)
        ids, order, renamed = self._order(recurring)
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
            dict(sorted(self._repaired.items())), dict(sorted(self._skipped.items())),
            dict(sorted(self._notes.items())), settings,
            sorted(self._set_aside, key=lambda one: (one.file, one.line or 0, one.id, one.reason, one.detail)),
            self._dates,
        )  # fmt: skip

    def _with_habits(self, model: BoilerplateModel) -> BoilerplateModel:
        """Add what credits show of the sites, if the model was learned from this corpus."""
        rows, settings = self._rows, self._settings
        if settings.furniture is not None or not self._observations:
            return model
        domain, names = domain_numbers(pa.chunked_array([table.column("domain") for table in rows.tables]))
        sites = registry(settings.agencies, settings.sites)
        return replace(model, **learn_habits(self._observations, domain, names, sites)._asdict())

    def _recurring(self) -> Sequence[RecurringText]:
        """Find the texts of sites that recur under many titles or for weeks."""
        rows = self._rows
        if not rows.ids:
            return ()
        bodies = RecurringBodies(rows.columns.column("fingerprint"), rows.columns.column("count"), self._spool)
        # A column of all articles is made only if a group needs it: most corpora need none but the domains.
        column = cache(lambda name: pa.chunked_array([table.column(name) for table in rows.tables]).combine_chunks())
        return recurring_texts(bodies, bodies.groups(), column)

    def _order(self, recurring: Sequence[RecurringText]) -> tuple[pa.Array, NDArray[np.int64], int]:
        """Unique ids, ascending, the row of each, and how many were renamed.

        Repeated ids are rejected, recurring texts set aside.
        """
        if not self._rows.ids:
            return text_array([]), np.zeros(0, np.int64), 0
        column = self._rows.columns.column
        ids = pa.chunked_array(self._rows.ids).combine_chunks()
        files, file, line = list(self._files), column("file"), column("line")
        ids, ascending, dropped, renamed, rejects = unique_ids(ids, file, line, files)
        self._rejects.extend(rejects)
        repeats = set(dropped.tolist())
        aside = [one for one in recurring if one.row not in repeats]
        self._set_aside += [
            SetAside(files[file[one.row]], int(line[one.row]), ids[one.row].as_py(), one.reason, one.detail)
            for one in aside
        ]
        dropped = np.union1d(dropped, np.array([one.row for one in aside], np.int64))
        order = ascending.astype(np.int64)
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
        digests = DigestColumns._make(map(column, ("count", "size", "words_at", "fingerprint")))
        pieces = {name: [table.column(name) for table in rows.tables] for name in OUTPUT_COLUMNS}
        of_dates = self._midnight.files
        pieces["published"] = [
            as_dates(piece) if file in of_dates else piece
            for piece, file in zip(pieces["published"], rows.table_files, strict=True)
        ]
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


def unique_ids(
    ids: pa.Array, file: NDArray[np.int32], line: NDArray[np.int64], files: Sequence[str]
) -> tuple[pa.Array, NDArray[np.uint64], NDArray[np.int64], int, list[Reject]]:
    """Make ids unique: (ids, the rows by ascending id, rows to drop, how many were renamed, rejects).

    ids: large_string (n,); file, line (n,): where the record of each stands; files: names by number. The same id twice
    in one file: the later record is rejected. In two files: all are renamed `FILE#ID`.
    """
    import pyarrow.compute as pc

    order = pc.sort_indices(ids)
    ascending = ids.take(order)
    repeats = to_numpy(pc.indices_nonzero(pc.equal(ascending[1:], ascending[:-1])))
    if len(repeats) == 0:
        return ids, to_numpy(order), np.zeros(0, np.int64), 0, []
    rows = to_numpy(order)
    groups: dict[str, list[int]] = {}
    for place in repeats.tolist():
        groups.setdefault(ascending[place].as_py(), [int(rows[place])]).append(int(rows[place + 1]))
    values = ids.to_pylist()
    names = set(values)
    dropped: list[int] = []
    rejects: list[Reject] = []
    renamed = 0

    def reject(row: int, detail: str) -> None:
        dropped.append(row)
        rejects.append(Reject(files[file[row]], int(line[row]), "duplicate_id", detail))

    for name, members in groups.items():
        first: dict[int, int] = {}
        for row in sorted(members, key=lambda i: (int(file[i]), int(line[i]))):
            earlier = first.setdefault(int(file[row]), row)
            if earlier != row:
                reject(row, f"{name!r} stands already in line {int(line[earlier])}")
        for row in first.values() if len(first) > 1 else ():
            longer = f"{files[file[row]]}#{name}"
            if longer in names:
                reject(row, f"{longer!r} is taken")
            else:
                values[row] = longer
                renamed += 1
    if renamed:
        ids = text_array(values)
        order = pc.sort_indices(ids)
    return ids, to_numpy(order), np.array(sorted(dropped), np.int64), renamed, rejects
