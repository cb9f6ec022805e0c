"""What a scan holds of all articles, in the order of their ids, so that nothing later depends on the order of input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.digest import Digest, digest
from dedup.candidates.passages import rerank
from dedup.corpus.relearn import Bands, Rows, cut_learned
from dedup.corpus.spool import Spool, pack
from dedup.corpus.text_source import Again
from dedup.evidence.extractor import extractor
from dedup.evidence.observation import Observation
from dedup.inputs.batch import Batch, ahead, int_array, text_array, to_numpy
from dedup.inputs.record_files import RecordFiles
from dedup.inputs.source import Source
from dedup.inputs.text_buffers import text_buffers
from dedup.model import Reject
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.text.boilerplate.segments import chunk_kernel

#: Columns kept for output; everything else of a record is read again where it is needed.
KEPT = ("url", "domain", "title", "published")


@dataclass
class Corpus:
    """n accepted articles, by id.

    `ids` and `table` (columns KEPT): Arrow; `file` (n,) int32 indexes `files`; `line`, `offset`, `length` int64 say
    where the record stands; `raw_at` (n,) int64 is its place in the spool, -1 where the file can be read again.
    `record_hash` (n,) uint64: the fingerprint of its bytes, 0 where it is in the spool or nowhere. `sources`: the input
    of each of `files`, None for one that is no file.
    `band`: pieces (ranks (m,) int64, keys (bands, m) uint32) of the bodies that have bands; rank -1 for dropped ones.
    `count` (n,) int64 tokens of the bodies, `size` (n,) int32 shingle sizes, `words_at` (n,) int64 their place in the
    spool, `fingerprint` (n, 2) uint64, `passage`: pieces of uint64 `key << 32 | rank`. `said`: what an
    article says of its source, by rank.
    """

    ids: pa.Array
    table: pa.Table
    files: list[str]
    file: NDArray[np.int32]
    line: NDArray[np.int64]
    offset: NDArray[np.int64]
    length: NDArray[np.int64]
    raw_at: NDArray[np.int64]
    record_hash: NDArray[np.uint64]
    count: NDArray[np.int64]
    size: NDArray[np.int32]
    words_at: NDArray[np.int64]
    fingerprint: NDArray[np.uint64]
    band: list[Bands]
    passage: list[NDArray[np.uint64]]
    said: dict[int, list[Observation]]
    rejects: list[Reject]
    spool: Spool
    records: int
    renamed: int
    sources: list[Source | None]
    furniture: BoilerplateModel
    #: Place of each text in the spool, -1 where it is read from its record; and its bytes.
    text_at: NDArray[np.int64]
    text_length: NDArray[np.int64]
    #: How many records were passed over that are neither articles nor rejects, by kind.
    passed: dict[str, int] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    def __len__(self) -> int:
        return len(self.ids)

    def record(self, rank: int, files: RecordFiles) -> bytes:
        """The bytes of a record that can be read again from its file. files: of `sources`. Raises `InputChanged`."""
        file, offset, length = (int(column[rank]) for column in (self.file, self.offset, self.length))
        return files.read(file, offset, length, int(self.record_hash[rank]))

    def release_postings(self) -> None:
        """Forget bands and passages: half of a scan's memory, not needed after the search."""
        self.band = []
        self.passage = []


@dataclass(frozen=True)
class _Taken:
    """A batch's digest, its bodies' words and chunks, one body after the other, and sizes (n,) of the latter."""

    digest: Digest
    word: NDArray[np.uint32]
    chunks: NDArray[np.uint32]
    chunk_count: NDArray[np.int64]


def digests(batches: Iterable[Batch], settings: Settings, threads: int) -> Iterator[tuple[Batch, _Taken | None]]:
    """Every batch with its digest, in order; kernels run beside the reader, a bounded number of batches ahead."""

    def work(batch: Batch) -> _Taken | None:
        if batch.records.num_rows == 0:
            return None
        column = batch.records.column
        result = digest(column("text"), column("title"), settings, column("domain"))
        tokens = result.bodies.tokens
        word = pack(tokens.word, tokens.first, tokens.last)
        if settings.furniture is not None:
            return _Taken(result, word, tokens.word[:0], np.zeros(len(tokens), np.int64))
        chunks, chunk_first = chunk_kernel(tokens.word, tokens.first, tokens.last)
        return _Taken(result, word, chunks, np.diff(chunk_first))

    return ahead(batches, work, threads if threads > 1 else 0)


def read_corpus(
    batches: Iterable[Batch],
    sources: Mapping[str, Source],
    settings: Settings,
    threads: int,
    spool: Spool,
    taken: Callable[[Batch], None],
    learns: Callable[[], None] | None = None,
) -> Corpus:
    """Read, digest and spool all batches, then put the articles in the order of their ids.

    sources: by their names, the files whose records may be read again. taken: told of every batch that is done.
    learns: told when all is read and furniture is learned.
    """
    rows = Rows()
    ids: list[pa.Array] = []
    tables: list[pa.RecordBatch] = []
    passages: list[NDArray[np.uint64]] = []
    bands: list[Bands] = []
    said: dict[int, list[Observation]] = {}
    rejects: list[Reject] = []
    passed: Counter[str] = Counter()
    files: dict[str, int] = {}
    again: dict[int, Callable[[bytes], bytes] | None] = {}
    n = records = 0
    extract = extractor(settings.agencies, settings.sites).extract
    for batch, result in digests(batches, settings, threads):
        rejects.extend(batch.rejects)
        passed.update(batch.passed)
        m = batch.records.num_rows
        records += m + len(batch.rejects)
        if result is None:
            taken(batch)
            continue
        if batch.files is None:
            number = files.setdefault(batch.file, len(files))
            again[number] = batch.again or again.get(number)
            file = np.full(m, number, np.int32)
        else:
            file = np.array([files.setdefault(name, len(files)) for name in batch.files], np.int32)
        ids.append(read_ids(batch))
        tables.append(batch.records.select(KEPT))
        digest = result.digest
        spool.words.append(result.word.data)
        if settings.furniture is None:
            spool.chunks.append(result.chunks.data)
            rows.add(chunks=result.chunk_count)
        rows.add(
            file=file,
            line=to_numpy(batch.records.column("line")),
            offset=to_numpy(batch.records.column("offset")),
            length=to_numpy(batch.records.column("length")),
            raw_at=_spool_raw(batch, spool),
            record_hash=np.zeros(m, np.uint64) if batch.record_hashes is None else batch.record_hashes,
            **_spool_texts(batch, spool, settings.texts or settings.furniture is None),
            raw_length=np.array([len(r) for r in batch.raw], np.int64) if batch.raw else np.full(m, -1, np.int64),
            count=digest.count,
            size=digest.size,
            fingerprint=digest.fingerprint,
        )
        bands.append((digest.banded + n, digest.band))
        passages.append(digest.passage + np.uint64(n))
        heard = extract(digest.bodies, batch.records)
        said.update((n + i, items) for i, items in heard.items())
        n += m
        taken(batch)
        del batch, result, digest  # before the next, which may be as large
    where = [sources.get(file) for file in files]
    if learns is not None and settings.furniture is None:
        learns()

    def texts() -> Again:
        at, size, file = map(rows.whole, ("text_at", "text_length", "file"))
        offset, length, proof = map(rows.whole, ("offset", "length", "record_hash"))
        return Again(spool.texts, at, size, file, offset, length, proof, where, again)

    furniture = cut_learned(rows, tables, passages, bands, settings, threads, spool, texts)
    if ids and not settings.texts:
        spool.texts.close()
        rows.put("text_at", np.arange(n), -1)
    corpus = _in_order(rows, ids, tables, passages, bands, said, rejects, list(files), where, spool, records, furniture)
    corpus.passed = dict(sorted(passed.items()))
    corpus.settings = settings
    return corpus


def read_ids(batch: Batch) -> pa.Array:
    """The ids of a batch; `FILE:LINE` where a record has none."""
    import pyarrow.compute as pc

    ids = batch.records.column("id")
    if ids.null_count == 0:
        return ids
    lines = pc.cast(batch.records.column("line"), pa.large_string())
    file, colon = pa.scalar(batch.file, pa.large_string()), pa.scalar(":", pa.large_string())
    named = pc.binary_join_element_wise(file, lines, colon)
    return pc.coalesce(ids, named)


def _spool_texts(batch: Batch, spool: Spool, wanted: bool) -> dict[str, NDArray[np.int64]]:
    """Spool the texts of records that cannot be read again by their place in a file, if they are `wanted`.

    Returns where they are, -1 for those that are not spooled, and the bytes of all.
    """
    data, offsets = text_buffers(batch.records.column("text"))
    at = np.full(len(offsets) - 1, -1, np.int64)
    if wanted and batch.again is None:
        at = spool.texts.append(data[int(offsets[0]) : int(offsets[-1])].data) + offsets[:-1] - offsets[0]
    return {"text_at": at, "text_length": np.diff(offsets)}


def _spool_raw(batch: Batch, spool: Spool) -> NDArray[np.int64]:
    if batch.raw is None:
        return np.full(batch.records.num_rows, -1, np.int64)
    start = spool.records.append(b"".join(batch.raw))
    return start + np.cumsum([0, *map(len, batch.raw)])[:-1]


def _in_order(
    rows: Rows,
    ids: list[pa.Array],
    tables: list[pa.RecordBatch],
    passages: list[NDArray[np.uint64]],
    bands: list[Bands],
    said: dict[int, list[Observation]],
    rejects: list[Reject],
    files: list[str],
    sources: list[Source | None],
    spool: Spool,
    records: int,
    furniture: BoilerplateModel,
) -> Corpus:
    import pyarrow.compute as pc

    if not ids:
        return _empty(rejects, spool, records, furniture)
    names = pa.chunked_array(ids).combine_chunks()
    file, line = rows.take("file"), rows.take("line")
    names, dropped, renamed, repeated = _unique(names, file, line, files)
    rejects.extend(repeated)
    order = to_numpy(pc.sort_indices(names)).astype(np.int64)
    if len(dropped):
        order = order[~np.isin(order, dropped)]
    rank = np.full(len(names), -1, np.int64)
    rank[order] = np.arange(len(order))
    passage = [piece[: rerank(piece, rank)] for piece in passages]
    raw_length = rows.take("raw_length")
    length = np.where(raw_length >= 0, raw_length, rows.take("length"))
    return Corpus(
        names.take(int_array(order)),
        _columns(tables, int_array(order)),
        files,
        file[order], line[order], rows.take("offset")[order], length[order], rows.take("raw_at")[order],
        rows.take("record_hash")[order], rows.take("count")[order], rows.take("size")[order],
        rows.take("words_at")[order], rows.take("fingerprint")[order],
        [(rank[row], keys) for row, keys in bands], passage,
        {int(rank[row]): items for row, items in said.items() if rank[row] >= 0},
        sorted(rejects, key=lambda r: (r.file, r.line or 0, r.reason, r.detail)),
        spool, records, renamed, sources, furniture, rows.take("text_at")[order], rows.take("text_length")[order],
    )  # fmt: skip


def _columns(tables: list[pa.RecordBatch], order: pa.Array) -> pa.Table:
    """The kept columns in a new order; one after the other, so that only one is held twice."""
    columns = {name: [table.column(name) for table in tables] for name in KEPT}
    tables.clear()
    return pa.table({name: pa.chunked_array(columns.pop(name)).take(order) for name in KEPT})


def _unique(
    names: pa.Array, file: NDArray[np.int32], line: NDArray[np.int64], files: Sequence[str]
) -> tuple[pa.Array, NDArray[np.int64], int, list[Reject]]:
    """Make ids unique: (ids, rows to drop, how many were renamed, rejects).

    The same id twice in one file: the later record is rejected. In two files: all are renamed `FILE#ID`.
    """
    import pyarrow.compute as pc

    order = pc.sort_indices(names)
    sorted_names = names.take(order)
    same = to_numpy(pc.indices_nonzero(pc.equal(sorted_names[1:], sorted_names[:-1])))
    if len(same) == 0:
        return names, np.zeros(0, np.int64), 0, []
    rows = to_numpy(order)
    groups: dict[str, list[int]] = {}
    for at in same.tolist():
        groups.setdefault(sorted_names[at].as_py(), [int(rows[at])]).append(int(rows[at + 1]))
    values = names.to_pylist()
    taken = set(values)
    dropped, rejects, renamed = [], [], 0
    for name, members in groups.items():
        first: dict[int, int] = {}
        for row in sorted(members, key=lambda i: (int(file[i]), int(line[i]))):
            if int(file[row]) in first:
                dropped.append(row)
                where = f"{name!r} stands already in line {int(line[first[int(file[row])]])}"
                rejects.append(Reject(files[file[row]], int(line[row]), "duplicate_id", where))
            else:
                first[int(file[row])] = row
        if len(first) > 1:
            for row in first.values():
                fresh = f"{files[file[row]]}#{name}"
                if fresh in taken:
                    dropped.append(row)
                    rejects.append(Reject(files[file[row]], int(line[row]), "duplicate_id", f"{fresh!r} is taken"))
                    continue
                values[row] = fresh
                renamed += 1
    unique = text_array(values) if renamed else names
    return unique, np.array(sorted(dropped), np.int64), renamed, rejects


def _empty(rejects: list[Reject], spool: Spool, records: int, furniture: BoilerplateModel) -> Corpus:
    none = np.zeros(0, np.int64)
    table = pa.table({name: text_array([]) for name in KEPT})
    return Corpus(
        text_array([]), table, [], none.astype(np.int32), none, none, none, none, none.astype(np.uint64), none,
        none.astype(np.int32), none, np.zeros((0, 2), np.uint64), [], [],
        {}, sorted(rejects, key=lambda r: (r.file, r.line or 0, r.reason, r.detail)), spool, records, 0, [], furniture,
        none, none,
    )  # fmt: skip


def count_reasons(rejects: Iterable[Reject]) -> dict[str, int]:
    """Rejects by reason, most frequent first."""
    return dict(sorted(Counter(r.reason for r in rejects).items(), key=lambda item: (-item[1], item[0])))
