"""Read CSV and TSV, with quoted line ends, by Python's own csv module."""

from __future__ import annotations

import csv
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from typing import Any

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BATCH_TEXT, BatchBuilder
from dedup.inputs.charsets import SAMPLE, decode_lines, guess_encoding, is_damaged_utf8, utf8_stream
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.fields import FieldNames, RejectedRecord, no_text_field, replace_surrogates, too_large
from dedup.inputs.readers.streams import MAX_RECORD, OversizedLine, lines, open_stream
from dedup.inputs.source import Source
from dedup.settings import Settings

#: The delimiters that are looked for in a header, beside the one of the format.
DELIMITERS = ",;\t|"
#: The line by which Excel is told the delimiter.
_EXCEL = re.compile('\ufeff?"?sep=(.)"?\\s*', re.IGNORECASE)
#: What stands in a cell that has no value.
NULLS = frozenset(("", "NaN", "nan", "NULL", "null", "None", "NaT", "<NA>", "#N/A", "N/A", "\\N"))
_LONGEST_NULL = max(map(len, NULLS))


def read_csv(
    source: Source,
    settings: Settings,
    delimiter: str = ",",
    *,
    block: int = BLOCK,
    batch_text: int = BATCH_TEXT,
    limit: int = MAX_RECORD,
) -> Iterator[Batch]:
    """Read a CSV file with a header, which shows the delimiter if it is another one."""
    builder = BatchBuilder(source.name, settings, batch_text)
    reader = CsvReader(builder, delimiter, limit)
    try:
        with open_stream(source, block) as stream:
            file = utf8_stream(stream, settings.encoding)
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
        self._is_decoded = False

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
            if not self._is_decoded and not is_damaged_utf8(line):
                self.size -= len(line)
                self._decode_from(line)
                return next(self)
            # Bytes that are not UTF-8 become lone surrogates, by which their cell is found in the whole record.
            self.has_bad_bytes = True
            return line.decode("utf-8", "surrogateescape")

    def _decode_from(self, line: bytes) -> None:
        """Decode the lines from one that is not UTF-8, if a sample of them shows how."""
        sample: list[bytes | OversizedLine] = [line]
        size = len(line)
        for more in self._lines:
            sample.append(more)
            size += len(more)
            if size >= SAMPLE:
                break
        self._is_decoded = True
        self._lines = chain(sample, self._lines)
        guess = guess_encoding(b"".join(line for line in sample if isinstance(line, bytes)))
        if guess is not None:
            self._lines = decode_lines(self._lines, guess)
            self.builder.notes.append(guess.note)

    def batches(self, file_lines: Iterator[bytes | OversizedLine]) -> Iterator[Batch]:
        """Yield full batches; what is left stays with the builder."""
        self._lines = file_lines
        rows = self._read_header()
        while rows is not None and self._read_rows(rows):
            yield from self.builder.flush()

    def _read_header(self) -> Any | None:
        """Return a `csv.reader` after the header; None if there is nothing to read."""
        try:
            first = next((line for line in self if line.strip("\ufeff \r\n")), "")
            if match := _EXCEL.fullmatch(first):
                self.delimiter = match[1]
                first = next(self, "")
            first = first.removeprefix("\ufeff")
            self.delimiter = delimiter_of(first, self.delimiter, self.builder.names)
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
        if not self.builder.names.fields_of("text", self.header):
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

    def _record(self, row: list[str]) -> dict[str, str | None]:
        if self.at_end:
            raise RejectedRecord("bad_row", "a quote is opened and not closed")
        if len(row) > len(self.header) and not any(row[len(self.header) :]):
            del row[len(self.header) :]
        if len(row) != len(self.header):
            raise RejectedRecord("bad_row", f"{len(row)} cells under a header of {len(self.header)}")
        if self.has_bad_bytes:
            names = [name for name, cell in zip(self.header, row, strict=True) if replace_surrogates(cell) != cell]
            raise RejectedRecord("invalid_utf8", f"not UTF-8: {', '.join(map(repr, names))}")
        record: dict[str, str | None] = dict(zip(self.header, row, strict=True))
        if min(map(len, row)) <= _LONGEST_NULL and not NULLS.isdisjoint(filter(None, row)):
            record = {name: None if cell in NULLS and cell else cell for name, cell in record.items()}
        return record


def delimiter_of(header: str, delimiter: str, names: FieldNames) -> str:
    """Find the delimiter of a header: that by which most cells are known names; `delimiter` if none is better."""

    def known(candidate: str) -> int:
        with suppress(csv.Error):
            cells = next(csv.reader([header], delimiter=candidate), [])
            return len({place[0] for cell in cells if (place := names.place(cell.strip()))}) if len(cells) > 1 else 0
        return 0

    best = max(delimiter + DELIMITERS.replace(delimiter, ""), key=known)
    if known(best) == 0 and delimiter not in header:
        return max(delimiter + DELIMITERS.replace(delimiter, ""), key=header.count)
    return best


def is_table(first: str, names: FieldNames) -> str | None:
    """Return the delimiter if the first line of a text is the header of a table: names of the text and others."""
    for delimiter in "\t;,":
        places = [names.place(cell.strip(' "\ufeff')) for cell in first.strip("\r\n").split(delimiter)]
        targets = {place[0] for place in places if place}
        if "text" in targets and len(targets) >= 3 and 2 * len(targets) >= len(places):
            return delimiter
    return None


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
