"""Read the sheets of workbooks: Excel of all ages, OpenDocument. Dates are those of the cells, whatever their display.

A process of its own parses the file (`workbook`), since the parser can end its process; here its rows become records.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

import orjson

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BatchBuilder
from dedup.inputs.compression import BLOCK, LONGEST_RUN
from dedup.inputs.fields import FieldNames, RejectedRecord, no_text_field
from dedup.inputs.readers.databases import has_text_field
from dedup.inputs.source import Source
from dedup.settings import Settings

#: The first rows of a sheet, among which its header is: titles and notes may stand above.
_HEADER_ROWS = 20
#: No data is compressed by more than this by deflate: what is smaller need not be decompressed to know its size.
_MOST_DEFLATED = 1032
#: Bytes of address space of the process that parses. A file of `LONGEST_RUN` bytes of XML takes half of it.
MEMORY = 8 << 30
#: The program of that process; its arguments are the path, the ending, the memory and the search path of this process.
_START = (
    "import sys; sys.path[:] = sys.argv[4:]; from dedup.inputs.readers.workbook import main;"
    " main(sys.argv[1], sys.argv[2], int(sys.argv[3]))"
)
#: The first bytes of Excel files before 2007, and the name of what an encrypted one of later years holds.
_COMPOUND, _ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")


def read_workbook(source: Source, settings: Settings) -> Iterator[Batch]:
    """Read all sheets with a header that names a text; the file of several sheets' articles is `FILE/SHEET`.

    The line of a record is its row under the header.
    """
    builder = BatchBuilder(source.name, settings)
    try:
        with _rows(source.path, _ending(source.path)) as workbook:
            yield from _sheets(workbook, source, settings, builder)
    except RejectedRecord as rejection:
        builder.reject(None, rejection)
    except OSError as error:
        builder.reject(None, RejectedRecord("unreadable", error.strerror or str(error)))
    yield from builder.flush()


class _Workbook:
    """The sheets that the process sends, read while they come. Raises `RejectedRecord` where it cannot read on."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._next: dict[str, Any] | None = None
        self.count = int(self._mark()["sheets"])

    def sheets(self) -> Iterator[tuple[str, Iterator[list[Any]]]]:
        """Yield the title and the rows of each sheet; what is not read of it is skipped."""
        while "sheet" in (mark := self._mark()):
            self._next = None
            yield mark["sheet"], self._sheet_rows()

    def _sheet_rows(self) -> Iterator[list[Any]]:
        while (line := self._stream.readline()).startswith(b"["):
            yield list(map(_cell, orjson.loads(line)))
        self._next = self._read(line)

    def _mark(self) -> dict[str, Any]:
        """Return the next line that is no row."""
        mark = self._next
        while mark is None:
            line = self._stream.readline()
            mark = None if line.startswith(b"[") else self._read(line)
        return mark

    def _read(self, line: bytes) -> dict[str, Any]:
        mark: dict[str, Any] = orjson.loads(line) if line.endswith(b"\n") else {"end": _CRASH}
        if mark.get("end"):
            raise RejectedRecord("unreadable", mark["end"])
        return mark


_CRASH = (
    "its parser ended: the file is damaged, or cells lie so far apart that no memory can hold what is between them; "
    "save it as CSV"
)


def _cell(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    text = value["date"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


@contextmanager
def _rows(path: str, ending: str) -> Iterator[_Workbook]:
    """Start the process that parses a workbook; it ends with the block."""
    command = [sys.executable or "python3", "-c", _START, path, ending, str(MEMORY)]
    process = subprocess.Popen(
        [*command, *(folder or os.getcwd() for folder in sys.path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        yield _Workbook(process.stdout)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]


def _sheets(workbook: _Workbook, source: Source, settings: Settings, whole: BatchBuilder) -> Iterator[Batch]:
    """Yield the articles of all sheets. whole: takes the reject of a file without a text."""
    first: list[str] = []
    has_text = False
    for title, rows in workbook.sheets():
        header, above = _header(rows, whole.names)
        if header is None:
            first = first or above
            continue
        has_text = True
        name = source.name if workbook.count == 1 else f"{source.name}/{title}"
        yield from _records(rows, header, BatchBuilder(name, settings))
    if not has_text:
        raise no_text_field(first)


def _header(rows: Iterator[list[Any]], names: FieldNames) -> tuple[list[str] | None, list[str]]:
    """Read up to the header: (its names or None, the names in the first row that is not blank)."""
    first: list[str] = []
    for row in islice(rows, _HEADER_ROWS):
        cells = [cell.strip() if isinstance(cell, str) else "" for cell in row]
        if has_text_field(names, list(filter(None, cells))):
            return cells, first
        first = first or list(filter(None, cells))
    return None, first


def _records(rows: Iterator[list[Any]], header: list[str], builder: BatchBuilder) -> Iterator[Batch]:
    columns = {name: place for place, name in reversed(list(enumerate(header))) if name}  # the first of a name
    problem = None
    try:
        for number, row in enumerate(rows, 1):
            record = {name: None if row[place] == "" else row[place] for name, place in columns.items()}
            if any(value is not None for value in record.values()):
                builder.add(record, number)
            if builder.full:
                yield from builder.flush()
    except RejectedRecord as rejection:  # the rows before are good
        problem = rejection
    yield from builder.flush()
    if problem is not None:
        raise problem


def _ending(path: str) -> str:
    """Return the ending of a workbook's format by its content; raise `RejectedRecord` for what is none or too large.

    A sheet is parsed in memory. Sites save pages and tables of text under the name of a workbook.
    """
    with open(path, "rb") as file:
        head = file.read(BLOCK)
        if head.startswith(_COMPOUND):
            if os.fstat(file.fileno()).st_size > LONGEST_RUN:
                raise _too_large()
            if _holds(file, _ENCRYPTED):
                raise RejectedRecord("unreadable", "it is encrypted; save it without a password")
            return ".xls"
    if head.startswith(b"PK"):
        return _zip_ending(path)
    if head and b"\0" not in head:
        own = ".html" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else ".csv"
        raise RejectedRecord(
            "unreadable",
            f"it is text under the name of a workbook; give it its own ending, {own}, or name its format",
        )
    raise RejectedRecord("unreadable", "it is no workbook, or damaged")


def _holds(file: IO[bytes], words: bytes) -> bool:
    file.seek(0)
    before = b""
    while block := file.read(1 << 20):
        if words in before + block:
            return True
        before = block[-len(words) :]
    return False


def _zip_ending(path: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            _check_size(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise RejectedRecord("unreadable", f"it is no workbook, or damaged: {error}") from None
    return ".ods" if "content.xml" in names else ".xlsb" if "xl/workbook.bin" in names else ".xlsx"


def _check_size(archive: zipfile.ZipFile) -> None:
    """Raise `RejectedRecord` for a file that is too large after decompression."""
    members = archive.infolist()
    if sum(member.compress_size for member in members) * _MOST_DEFLATED < LONGEST_RUN:
        return
    size = 0
    for member in members:  # the sizes in the list of members may be wrong
        with archive.open(member) as file:
            while block := file.read(BLOCK):
                size += len(block)
                if size > LONGEST_RUN:
                    raise _too_large()


def _too_large() -> RejectedRecord:
    return RejectedRecord(
        "too_large", f"more than {LONGEST_RUN:,} bytes after decompression; save it as CSV, or in several files"
    )
