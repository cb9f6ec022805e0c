"""Read tables: Parquet and Arrow files, and Arrow data in memory. Texts stay in Arrow buffers from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress, groupby, islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.inputs.batch import METADATA, SCHEMA, Batch
from dedup.inputs.batch_builder import BATCH_ROWS, BATCH_TEXT, joined_array, string_array, with_domains
from dedup.inputs.compression import LONGEST_RUN
from dedup.inputs.field_words import dates_alone
from dedup.inputs.fields import RejectedRecord, field_names, json_bytes, no_text_field, text_values, too_large
from dedup.inputs.readers import arrow_columns
from dedup.inputs.readers.ipc_sizes import batches_before_bomb
from dedup.inputs.readers.parquet_pages import rows_at_once
from dedup.inputs.readers.streams import MAX_RECORD
from dedup.inputs.source import Source
from dedup.model import Reject
from dedup.settings import Settings

#: Bytes to prefetch from a Parquet column; without this limit Arrow reads a whole row group at once.
_READ_AHEAD = 1024 * 1024
#: Errors that Arrow raises on damaged files: collected from truncated and overwritten ones.
_DAMAGE = (pa.ArrowException, OSError, MemoryError, UnicodeDecodeError)


def read_parquet(source: Source, settings: Settings) -> Iterator[Batch]:
    """Read the articles of a Parquet file, a few hundred rows at a time. Without `keep` only used columns are read."""
    table = TableReader(source.name, settings)
    return table.until_damage(_parquet_batches(source.path, table))


def _parquet_batches(path: str, table: TableReader) -> Iterator[Batch]:
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path, pre_buffer=False, buffer_size=_READ_AHEAD) as file:
        yield from table.open(file.schema_arrow)
        if not table.text:
            return
        columns = None if table.keep else [name for name in file.schema_arrow.names if table.names.place(name)]
        rows = rows_at_once(path, file.metadata, None if columns is None else set(columns), 4 * BATCH_TEXT)
        for size, groups in groupby(range(len(rows)), key=rows.__getitem__):
            if size == 0:
                yield from (table.skip_row_group(file.metadata.row_group(i).num_rows) for i in groups)
                continue
            for batch in file.iter_batches(batch_size=size, row_groups=list(groups), columns=columns):
                yield from table.batches(batch)
                del batch


def read_arrow(source: Source, settings: Settings) -> Iterator[Batch]:
    """Read the articles of an Arrow IPC file (Feather 2 is one) or stream, a record batch at a time."""
    table = TableReader(source.name, settings)
    return table.until_damage(_ipc_batches(source.path, table))


def _ipc_batches(path: str, table: TableReader) -> Iterator[Batch]:
    with pa.OSFile(path) as file:
        bomb = batches_before_bomb(path)
        magic = file.read(6)
        file.seek(0)
        if magic == b"ARROW1":
            reader = pa.ipc.open_file(file)
            batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
        else:
            reader = pa.ipc.open_stream(file)
            batches = iter(reader)
        yield from table.open(reader.schema)
        if not table.text:
            return
        for batch in batches if bomb is None else islice(batches, bomb[0]):
            arrow_columns.check_layout(batch)
            yield from table.batches(batch)
            del batch
        if bomb is not None:
            detail = f"a batch of {bomb[1]:,} bytes after decompression; the rest of the file is not read"
            yield table.reject(table.row + 1, "too_large", detail)


def read_stream(name: str, reader: Any, settings: Settings) -> Iterator[Batch]:
    """Read the articles of a `pyarrow.RecordBatchReader`. name: of the input in the batches."""
    table = TableReader(name, settings)
    yield from table.open(reader.schema)
    for batch in reader if table.text else ():
        yield from table.batches(batch)


class TableReader:
    """Turns the record batches of one table into `Batch`es, after `open`.

    row: the number of rows read so far. text: the names of the columns that may hold the text.
    """

    def __init__(self, file: str, settings: Settings) -> None:
        self.file = file
        self.names = field_names(settings.fields)
        self.keep = settings.keep is not None
        self.row = 0
        self.index: dict[str, int] = {}
        self.text: list[str] = []

    def open(self, schema: Any) -> Iterator[Batch]:
        """Find the columns of the text by the schema; yield the one reject of a table that has none."""
        self.index = _column_numbers(schema)
        types = {name: schema.field(self.index[name]).type for name in self.names.fields_of("text", self.index)}
        self.text = [name for name, kind in types.items() if arrow_columns.may_hold_text(kind)]
        if not self.text:
            for name, kind in types.items():
                yield self.reject(None, "wrong_type", f"column {name!r} holds {kind}, not text")
                return
            yield self.reject(None, *no_text_field(schema.names).args)

    def reject(self, row: int | None, reason: str, detail: str) -> Batch:
        """Make a batch of one reject."""
        return Batch.without_records(self.file, [Reject(self.file, row, reason, detail)])

    def until_damage(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Turn an error of the file's bytes into one reject: `unreadable` before the first row, else `corrupt`."""
        try:
            yield from batches
        except _DAMAGE as error:
            detail = str(error).partition("\n")[0][:300]
            yield self.reject(self.row + 1, "corrupt", detail) if self.row else self.reject(None, "unreadable", detail)
        finally:
            pa.default_memory_pool().release_unused()  # memory of large batches, which a scan needs elsewhere

    def batches(self, batch: Any) -> Iterator[Batch]:
        """Split one record batch into `Batch`es of bounded size."""
        self.index = _column_numbers(batch.schema)
        for start, end, largest in self._cuts(batch):
            if largest > MAX_RECORD:
                yield self.reject(self.row + 1, *too_large(largest, MAX_RECORD).args)
            else:
                yield self._batch(batch.slice(start, end - start))
            self.row += end - start

    def skip_row_group(self, rows: int) -> Batch:
        """Skip a row group that takes too much memory; the reject names the rows that are not read."""
        first, self.row = self.row + 1, self.row + rows
        detail = f"rows {first:,} to {self.row:,} are in a page of more than {LONGEST_RUN:,} bytes after decompression"
        return self.reject(first, "too_large", detail)

    def _cuts(self, batch: Any) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, bytes of the longest row) of pieces of `BATCH_TEXT` bytes; too long rows are alone."""
        rows = batch.num_rows
        columns = [place for name, place in self.index.items() if self.keep or self.names.place(name)]
        size = sum((arrow_columns.lengths(batch.column(place)) for place in columns), start=np.zeros(rows, np.int64))
        group = np.cumsum(size) // BATCH_TEXT
        is_start = np.zeros(rows + 1, bool)
        is_start[0:rows:BATCH_ROWS] = True
        is_start[1:rows] |= group[1:] != group[:-1]
        too_long = np.flatnonzero(size > MAX_RECORD)
        is_start[too_long] = is_start[too_long + 1] = True
        is_start[rows] = True
        edges = np.flatnonzero(is_start)
        for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            yield start, end, int(size[start:end].max())

    def _batch(self, piece: Any) -> Batch:
        numbers = np.arange(self.row + 1, self.row + 1 + piece.num_rows)
        texts, mask, rejects = self._texts(piece, numbers)
        columns = {target: self._metadata(target, piece) for target in METADATA}
        if columns["domain"].null_count:
            domains, urls = (columns[name].to_pylist() for name in ("domain", "url"))
            columns["domain"] = string_array(with_domains(domains, urls))
        raw = self._raw(piece, mask) if self.keep else None
        if mask is not None:
            columns = {name: column.filter(pa.array(mask)) for name, column in columns.items()}
            numbers = numbers[mask]
        no_position = pa.array(np.full(len(numbers), -1))
        columns |= {"text": texts, "line": pa.array(numbers), "offset": no_position, "length": no_position}
        records = pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)
        return Batch(self.file, records, tuple(rejects), raw)

    def _texts(self, piece: Any, numbers: Any) -> tuple[Any, Any, list[Reject]]:
        """Return (text column, mask of the rows with a text or None for all, rejects of the other rows)."""
        column = arrow_columns.cast_text(piece.column(self.index[self.text[0]]))
        if column is None:
            return self._texts_by_row(piece, numbers)
        missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False))
        blank = arrow_columns.is_blank(column)
        bad = missing | blank
        if not bad.any():
            return column, None, []
        if len(self.text) > 1:
            return self._texts_by_row(piece, numbers)
        name = self.text[0]
        rejects = [
            Reject(self.file, int(numbers[row]), "no_text", f"field {name!r} is null")
            if missing[row]
            else Reject(self.file, int(numbers[row]), "empty_text", f"field {name!r} is empty")
            for row in np.flatnonzero(bad)
        ]
        return column.filter(pa.array(~bad)), ~bad, rejects

    def _texts_by_row(self, piece: Any, numbers: Any) -> tuple[Any, Any, list[Reject]]:
        columns = {name: arrow_columns.python_values(piece.column(self.index[name])) for name in self.text}
        mask = np.zeros(piece.num_rows, bool)
        texts: list[bytes] = []
        rejects: list[Reject] = []
        for row in range(piece.num_rows):
            try:
                texts.append(self.names.text_bytes({name: values[row] for name, values in columns.items()}))
                mask[row] = True
            except RejectedRecord as rejection:
                rejects.append(Reject(self.file, int(numbers[row]), rejection.reason, rejection.detail))
        return joined_array(texts), mask, rejects

    def _metadata(self, target: str, piece: Any) -> Any:
        column = None
        for name in self.names.fields_of(target, self.index):
            values = piece.column(self.index[name])
            if target == "published" and self.names.is_word(name):
                values = string_array(text_values(target, dates_alone(arrow_columns.python_values(values))))
            else:
                values = _metadata_column(target, values)
            column = values if column is None else pc.coalesce(column, values)
            if column.null_count == 0:
                break
        return pa.nulls(piece.num_rows, pa.large_string()) if column is None else column

    def _raw(self, piece: Any, mask: Any) -> list[bytes]:
        columns = {name: arrow_columns.python_values(piece.column(place)) for name, place in self.index.items()}
        rows = zip(*columns.values(), strict=True)
        records = rows if mask is None else compress(rows, mask)
        return [json_bytes(dict(zip(columns, row, strict=True))) for row in records]


def _column_numbers(schema: Any) -> dict[str, int]:
    """Map each name to its first column: a table may hold one name twice."""
    return {name: place for place, name in reversed(list(enumerate(schema.names)))}


def _metadata_column(target: str, column: Any) -> Any:
    values = arrow_columns.cast_text(column) if target != "meta" and arrow_columns.is_text(column.type) else None
    if values is None:
        return string_array(text_values(target, arrow_columns.python_values(column)))
    if target == "published" and pc.any(pc.match_substring_regex(values, r"\A[0-9]{9,13}\z")).as_py():
        return string_array(text_values(target, values.to_pylist()))
    if target == "domain" and pc.any(pc.match_substring_regex(values, r"/|(?i)^\s*www\.")).as_py():
        return string_array(text_values(target, values.to_pylist()))
    blank = arrow_columns.is_blank(values)
    return pc.if_else(pa.array(blank), pa.scalar(None, pa.large_string()), values) if blank.any() else values
