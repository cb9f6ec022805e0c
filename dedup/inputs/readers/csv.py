"""Read CSV and TSV, with quoted line ends, by Python's own csv module."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BATCH_TEXT, BatchBuilder
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.fields import RejectedRecord, no_text_field, replace_surrogates, too_large
from dedup.inputs.readers.streams import MAX_RECORD, UTF16, OversizedLine, lines, open_stream
from dedup.inputs.source import Source
from dedup.settings import Settings


def read_csv(
    source: Source,
    settings: Settings,
    delimiter: str = ",",
    *,
    block: int = BLOCK,
    batch_text: int = BATCH_TEXT,
    limit: int = MAX_RECORD,
) -> Iterator[Batch]:
    """Read a CSV file with a header. A header with semicolons and no comma makes semicolons the delimiter."""
    builder = BatchBuilder(source.name, settings, batch_text)
    reader = CsvReader(builder, delimiter, limit)
    try:
        with open_stream(source, block) as file:
            yield from reader.batches(lines(file, limit, b"\r\n"))
    except UnreadableInput as error:
        builder.reject(reader.number + 1 if error.in_record and reader.header else None, error)
    yield from builder.flush()


#: Reads a file of tab-separated values with a header.
read_tsv = partial(read_csv, delimiter="\t")


class CsvReader:
    """Reads the rows of one file into batches. As an iterator it gives lines to `csv.reader`.

    number: rows read so far, without the header. size: bytes of the present record. has_bad_bytes: whether that is not
    UTF-8. at_end: whether the file is at its end.
    """

    def __init__(self, builder: BatchBuilder, delimiter: str, limit: int) -> None:
        self.builder = builder
        self.delimiter = delimiter
        self.limit = limit
        self.header: list[str] = []
        self.number = self.size = 0
        self.has_bad_bytes = self.at_end = False
        self._lines: Iterator[bytes | OversizedLine] = iter(())

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.at_end = True
            raise StopIteration
        self.size += len(line)
        if isinstance(line, OversizedLine) or self.size > self.limit:
            raise too_large(self.size, self.limit)
        try:
            return line.decode()
        except UnicodeDecodeError:
            # Bytes that are not UTF-8 become lone surrogates, by which their cell is found in the whole record.
            self.has_bad_bytes = True
            return line.decode("utf-8", "surrogateescape")

    def batches(self, file_lines: Iterator[bytes | OversizedLine]) -> Iterator[Batch]:
        """Yield full batches; what is left stays with the builder."""
        self._lines = file_lines
        rows = self._read_header()
        while rows is not None and self._read_rows(rows):
            yield from self.builder.flush()

    def _read_header(self) -> Any | None:
        """Return a `csv.reader` after the header; None if there is nothing to read."""
        try:
            first = next(self, "")
            # These are the marks of UTF-16 in the form of undecodable bytes.
            if first.startswith(("\udcff\udcfe", "\udcfe\udcff")):
                raise UnreadableInput(*UTF16, in_record=False)
            first = first.removeprefix("\ufeff")
            if self.delimiter == "," and "," not in first and ";" in first:
                self.delimiter = ";"
            rows = csv.reader(chain([first], self), delimiter=self.delimiter)
            with _large_cells(self.limit):
                header = next((row for row in rows if row), [])
        except (RejectedRecord, csv.Error) as error:
            if isinstance(error, UnreadableInput):
                raise
            raise UnreadableInput("unreadable", f"the header cannot be read: {error}", False) from None
        if not header:
            return None
        self.header = _distinct_names(header)
        if not any(name in self.header for name in self.builder.names.text):
            self.builder.reject(None, no_text_field(self.header))
            return None
        return rows

    def _read_rows(self, rows: Any) -> bool:
        """Read rows up to a full batch; False at the end."""
        builder = self.builder
        with _large_cells(self.limit):
            while not builder.full:
                self.size, self.has_bad_bytes = 0, False
                try:
                    row = next(rows, None)
                    if row is None:
                        return False
                    if not row:
                        continue
                    self.number += 1
                    builder.add(self._record(row), self.number)
                except csv.Error as error:
                    self.number += 1
                    reason = "too_large" if "field limit" in str(error) else "bad_row"
                    builder.reject(self.number, RejectedRecord(reason, str(error)))
                except RejectedRecord as rejection:
                    if isinstance(rejection, UnreadableInput):
                        raise
                    self.number += rejection.reason == "too_large"
                    builder.reject(self.number, rejection)
        return True

    def _record(self, row: list[str]) -> dict[str, str]:
        if self.at_end:
            raise RejectedRecord("bad_row", "a quote is opened and not closed")
        if len(row) != len(self.header):
            raise RejectedRecord("bad_row", f"{len(row)} cells under a header of {len(self.header)}")
        if self.has_bad_bytes:
            names = [name for name, cell in zip(self.header, row, strict=True) if replace_surrogates(cell) != cell]
            raise RejectedRecord("invalid_utf8", f"not UTF-8: {', '.join(map(repr, names))}")
        return dict(zip(self.header, row, strict=True))


def _distinct_names(header: list[str]) -> list[str]:
    """Return column names without surrounding space; of a repeated name the second becomes `name_2`."""
    names: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for cell in header:
        name = title = cell.strip()
        while name in names:
            numbers[title] = numbers.get(title, 1) + 1
            name = f"{title}_{numbers[title]}"
        names[name] = None
    return list(names)


_lock = threading.Lock()
_users = 0
_host_limit = 0


@contextmanager
def _large_cells(limit: int) -> Iterator[None]:
    """Raise the limit of csv on the length of a cell. It is one for the process, so it is restored at the end."""
    global _users, _host_limit
    with _lock:
        if _users == 0:
            _host_limit = csv.field_size_limit()
            csv.field_size_limit(max(limit, _host_limit))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                csv.field_size_limit(_host_limit)
