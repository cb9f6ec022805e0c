"""The process that reads a workbook and writes its rows to standard output, so that only it ends with the library.

The library holds a sheet as one block from its first cell to its last. Two cells that lie far apart make a block that
no memory can hold, and then it ends its process; it does so too where it is wrong about a damaged file.

A line is JSON: `{"sheets": number}` first, then for each sheet `{"sheet": title}` and an array a row, and at the end
`{"end": reason}`, where the reason is empty if all was read. Dates in a row are `{"date": ...}`, in ISO 8601.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import orjson

from dedup.inputs.compression import BLOCK
from dedup.inputs.html.worker import limit_memory

#: The types of other cells pass as they are; no column has a use for a time of day or a duration.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE


def main(path: str, ending: str, memory: int) -> None:
    """Write the rows of the workbook at `path`. ending: of its format. memory: bytes of address space."""
    out = os.fdopen(os.dup(1), "wb", BLOCK)
    # The output of the library must not mix with the rows.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    limit_memory(memory)
    try:
        _write(path, ending, out)
        reason = ""
    except MemoryError:
        os._exit(1)
    except OSError as error:
        reason = error.strerror or str(error)
    except Exception as error:  # the library raises a class of its own for each kind of file and of damage
        reason = str(error).partition("\n")[0][:300] or type(error).__name__
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a bug of the library, raised as no `Exception`
            raise
        reason = "its content cannot be parsed"
    try:
        out.write(orjson.dumps({"end": reason}, option=_OPTIONS))
        out.flush()
    except OSError:  # the parent process has ended
        os._exit(0)


def _write(path: str, ending: str, out: Any) -> None:
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    # By its name the library knows a format; another name than that of its format makes it try all.
    with CalamineWorkbook.from_path(path) if path.lower().endswith(ending) else _opened(path) as workbook:
        titles = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        out.write(orjson.dumps({"sheets": len(titles)}, option=_OPTIONS))
        for title in titles:
            out.write(orjson.dumps({"sheet": title}, option=_OPTIONS))
            out.flush()  # what is written is not lost with this process
            for row in workbook.get_sheet_by_name(title).iter_rows():
                out.write(orjson.dumps(row, _as_json, _OPTIONS))


def _opened(path: str) -> Any:
    from python_calamine import CalamineWorkbook

    with open(path, "rb") as file:
        return CalamineWorkbook.from_filelike(file)


def _as_json(cell: Any) -> Any:
    return {"date": cell.isoformat()} if isinstance(cell, date) else None
