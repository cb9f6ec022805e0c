"""Read the sheets of Excel files. Dates are those of the cells, whatever their display."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

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


def read_xlsx(source: Source, settings: Settings) -> Iterator[Batch]:
    """Read all sheets with a header that names a text; the file of several sheets' articles is `FILE/SHEET`.

    The line of a record is its row under the header.
    """
    builder = BatchBuilder(source.name, settings)
    try:
        _check_size(source.path)
        yield from _sheets(source, settings, builder)
    except RejectedRecord as rejection:
        builder.reject(None, rejection)
    except Exception as error:
        # The library raises a class of its own for each kind of file and of damage.
        builder.reject(None, RejectedRecord("unreadable", str(error).partition("\n")[0][:300]))
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a bug of the library, raised as no `Exception`
            raise
        builder.reject(None, RejectedRecord("unreadable", "its content cannot be parsed"))
    yield from builder.flush()


def _sheets(source: Source, settings: Settings, whole: BatchBuilder) -> Iterator[Batch]:
    """Yield the articles of all sheets. whole: takes the reject of a file without a text."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    with CalamineWorkbook.from_path(source.path) as workbook:
        titles = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        first: list[str] = []
        has_text = False
        for title in titles:
            rows = workbook.get_sheet_by_name(title).iter_rows()
            header, above = _header(rows, whole.names)
            if header is None:
                first = first or above
                continue
            has_text = True
            name = source.name if len(titles) == 1 else f"{source.name}/{title}"
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
    for number, row in enumerate(rows, 1):
        record = {name: None if row[place] == "" else row[place] for name, place in columns.items()}
        if any(value is not None for value in record.values()):
            builder.add(record, number)
        if builder.full:
            yield from builder.flush()
    yield from builder.flush()


def _check_size(path: str) -> None:
    """Raise `RejectedRecord` for a file that is too large after decompression: a sheet is parsed in memory."""
    try:
        with zipfile.ZipFile(path) as archive:
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
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise RejectedRecord("unreadable", f"it is no Excel file, or damaged: {error}") from None


def _too_large() -> RejectedRecord:
    return RejectedRecord(
        "too_large", f"more than {LONGEST_RUN:,} bytes after decompression; save it as CSV, or in several files"
    )
