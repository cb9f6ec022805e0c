"""Read tables: Parquet and Arrow files, and Arrow data in memory. Texts stay in Arrow buffers from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress, groupby, islice
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.inputs.batch import METADATA, SCHEMA, Batch
from dedup.inputs.batch_builder import BATCH_ROWS, BATCH_TEXT, joined_array, string_array, with_domains
from dedup.inputs.compression import LONGEST_RUN
from dedup.inputs.fields import FieldNames, RejectedRecord, json_bytes, text_values, too_large
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
    from pyarrow.parquet import ParquetFile

    with (
        _damage(source.name) as damage,
        ParquetFile(source.path, pre_buffer=False, buffer_size=_READ_AHEAD) as file,
    ):
        damage.table = table = TableReader(source.name, file.schema_arrow, settings)
        columns = None if table.keep else [name for name in file.schema_arrow.names if name in table.names.all()]
        if table.readable:
            rows = rows_at_once(source.path, file.metadata, None if columns is None else set(columns), 4 * BATCH_TEXT)
            for size, groups in groupby(range(len(rows)), key=rows.__getitem__):
                if size == 0:
                    yield from (table.skip_row_group(file.metadata.row_group(i).num_rows) for i in groups)
                    continue
                for batch in file.iter_batches(batch_size=size, row_groups=list(groups), columns=columns):
                    yield from table.batches(batch)
                    del batch
        else:
            yield table.reject_table()
    yield from damage.batches()


def read_arrow(source: Source, settings: Settings) -> Iterator[Batch]:
    """Read the articles of an Arrow IPC file (Feather 2 is one) or stream, a record batch at a time."""
    with _damage(source.name) as damage, pa.OSFile(source.path) as file:
        bomb = batches_before_bomb(source.path)
        magic = file.read(6)
        file.seek(0)
        if magic == b"ARROW1":
            reader = pa.ipc.open_file(file)
            batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
        else:
            reader = pa.ipc.open_stream(file)
            batches = iter(reader)
        damage.table = table = TableReader(source.name, reader.schema, settings)
        if table.readable:
            for batch in batches if bomb is None else islice(batches, bomb[0]):
                arrow_columns.check_layout(batch)
                yield from table.batches(batch)
                del batch
            if bomb is not None:
                detail = f"a batch of {bomb[1]:,} bytes after decompression; the rest of the file is not read"
                damage.rejects.append(Reject(source.name, table.row + 1, "too_large", detail))
        else:
            yield table.reject_table()
    yield from damage.batches()


def read_stream(name: str, reader: Any, settings: Settings) -> Iterator[Batch]:
    """Read the articles of a `pyarrow.RecordBatchReader`. name: of the input in the batches."""
    table = TableReader(name, reader.schema, settings)
    if not table.readable:
        yield table.reject_table()
        return
    for batch in reader:
        yield from table.batches(batch)


@dataclass
class _Damage:
    """The rejects of a file that is damaged. table: its reader, None before the schema is read."""

    file: str
    table: TableReader | None = None
    rejects: list[Reject] = field(default_factory=list)

    def batches(self) -> Iterator[Batch]:
        if self.rejects:
            yield Batch.without_records(self.file, self.rejects)


@contextmanager
def _damage(file: str) -> Iterator[_Damage]:
    """Turn an error of the file's bytes into one reject: `unreadable` before the first row, else `corrupt`."""
    damage = _Damage(file)
    try:
        yield damage
    except _DAMAGE as error:
        row = damage.table.row if damage.table else 0
        detail = str(error).partition("\n")[0][:300]
        damage.rejects.append(Reject(file, row + 1 if row else None, "corrupt" if row else "unreadable", detail))
    finally:
        pa.default_memory_pool().release_unused()  # memory of large batches, which a scan needs elsewhere


class TableReader:
    """Turns the record batches of one table into `Batch`es. `row`: the number of rows read so far."""

    def __init__(self, file: str, schema: Any, settings: Settings) -> None:
        self.file = file
        self.schema = schema
        self.names = FieldNames(settings.fields)
        self.keep = settings.keep is not None
        self.row = 0
        self.index = _column_numbers(schema)
        self.field_names = self.names.all()
        self.text = [
            name for name in self.names.text if name in self.index and arrow_columns.may_hold_text(self._type(name))
        ]

    def _type(self, name: str) -> Any:
        return self.schema.field(self.index[name]).type

    @property
    def readable(self) -> bool:
        """Whether a column may hold the text."""
        return bool(self.text)

    def reject_table(self) -> Batch:
        """Make the one reject of a table without a text column."""
        present = [name for name in self.names.text if name in self.index]
        if present:
            detail = f"column {present[0]!r} holds {self._type(present[0])}, not text"
            reject = Reject(self.file, None, "wrong_type", detail)
        else:
            reject = no_text_field(self.file, list(self.schema.names))
        return Batch.without_records(self.file, [reject])

    def batches(self, batch: Any) -> Iterator[Batch]:
        """Split one record batch into `Batch`es of bounded size."""
        self.index = _column_numbers(batch.schema)
        for start, end, largest in self._cuts(batch):
            if largest > MAX_RECORD:
                reject = Reject(self.file, self.row + 1, *too_large(largest, MAX_RECORD).args)
                yield Batch.without_records(self.file, [reject])
            else:
                yield self._batch(batch.slice(start, end - start))
            self.row += end - start

    def skip_row_group(self, rows: int) -> Batch:
        """Skip a row group that takes too much memory; the reject names the rows that are not read."""
        first, self.row = self.row + 1, self.row + rows
        detail = f"rows {first:,} to {self.row:,} are in a page of more than {LONGEST_RUN:,} bytes after decompression"
        return Batch.without_records(self.file, [Reject(self.file, first, "too_large", detail)])

    def _cuts(self, batch: Any) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, bytes of the longest row) of pieces of `BATCH_TEXT` bytes; too long rows are alone."""
        rows = batch.num_rows
        columns = [place for name, place in self.index.items() if self.keep or name in self.field_names]
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
        import pyarrow.compute as pc

        column = None
        for name in self.names.of(target):
            if name in self.index:
                values = _metadata_column(target, piece.column(self.index[name]))
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


def no_text_field(file: str, columns: list[str]) -> Reject:
    """Make the one reject of a table without a column that is known to hold the text."""
    names = ", ".join(columns[:30]) + (", ..." if len(columns) > 30 else "")
    detail = f"no column is known to hold the text; name it as the field text=COLUMN, one of: {names}"
    return Reject(file, None, "no_text_field", detail)


def _metadata_column(target: str, column: Any) -> Any:
    import pyarrow.compute as pc

    values = arrow_columns.cast_text(column) if target != "meta" and arrow_columns.is_text(column.type) else None
    if values is None:
        return string_array(text_values(target, arrow_columns.python_values(column)))
    if target == "published" and pc.any(pc.match_substring_regex(values, r"\A[0-9]{9,13}\z")).as_py():
        return string_array(text_values(target, values.to_pylist()))
    blank = arrow_columns.is_blank(values)
    return pc.if_else(pa.array(blank), pa.scalar(None, pa.large_string()), values) if blank.any() else values
