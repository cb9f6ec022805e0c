"""Write small workbooks of each kind that is read: tables of titles and rows, as a test has them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

Cell = str | int | float | bool | date | time | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def write_workbook(path: Path, sheets: Sheets) -> Path:
    """Write a workbook of the kind that the ending of its path stands for; skips the test if no library can."""
    {".xls": write_xls, ".ods": write_ods, ".xlsb": write_xlsb}.get(path.suffix, write_xlsx)(path, sheets)
    return path


def write_xlsx(path: Path, sheets: Sheets) -> None:
    """Write a file as small as the standard allows: some programs write no more."""
    overrides = f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    entries = ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number, (title, cells) in enumerate(sheets.items(), 1):
            body = "".join(
                f'<row r="{r}">{"".join(_xlsx_cell(r, c, value) for c, value in enumerate(row))}</row>'
                for r, row in enumerate(cells, 1)
            )
            file.writestr(f"xl/s{number}.xml", f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>')
            overrides += f'<Override PartName="/xl/s{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
            entries += f'<sheet name="{escape(title)}" sheetId="{number}" r:id="r{number}"/>'
        styles = '<xf/><xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
        file.writestr(
            "xl/styles.xml", f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3">{styles}</cellXfs></styleSheet>'
        )
        file.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>{entries}</sheets></workbook>'
        )
        _relate(file, len(sheets), "xml")
        file.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{overrides}</Types>')


def _relate(file: zipfile.ZipFile, count: int, ending: str) -> None:
    folder = "worksheets/" if ending == "bin" else ""  # by which the library knows what a binary part is
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_RELS}/worksheet" Target="{folder}s{n}.{ending}"/>'
        for n in range(1, count + 1)
    )
    if ending == "xml":
        relations += f'<Relationship Id="st" Type="{_RELS}/styles" Target="styles.xml"/>'
    main = f'<Relationship Id="r" Type="{_RELS}/officeDocument" Target="xl/workbook.{ending}"/>'
    for name, content in ((f"xl/_rels/workbook.{ending}.rels", relations), ("_rels/.rels", main)):
        file.writestr(name, f'<Relationships xmlns="{_PACKAGE}/relationships">{content}</Relationships>')


def _xlsx_cell(row: int, column: int, value: Cell) -> str:
    at = f'r="{chr(65 + column)}{row}"'
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c {at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c {at} s="{1 if isinstance(value, datetime) else 2}"><v>{_serial(value)!r}</v></c>'
    if isinstance(value, str):
        return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"<c {at}><v>{value!r}</v></c>"


def _serial(value: date) -> float:
    """Days since the first of Excel."""
    if isinstance(value, datetime):
        return (value - datetime(1899, 12, 30)) / timedelta(days=1)
    return (value - date(1899, 12, 30)).days


def write_xls(path: Path, sheets: Sheets) -> None:
    """Write a file of Excel 97."""
    xlwt = pytest.importorskip("xlwt", reason="Excel 97 files are written by xlwt, which is not installed")
    book = xlwt.Workbook()
    forms = {date: "D.M.YYYY", datetime: "D.M.YY H:MM", time: "H:MM"}
    styles = {kind: [xlwt.easyxf(num_format_str=form)] for kind, form in forms.items()}
    for title, cells in sheets.items():
        sheet = book.add_sheet(title)
        for r, row in enumerate(cells):
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write(r, c, value, *styles.get(type(value), []))  # type: ignore[call-overload]
    book.save(str(path))


def write_ods(path: Path, sheets: Sheets) -> None:
    """Write a file as LibreOffice does: each line of a cell is a paragraph, and empty rows follow to the last."""
    spaces = "".join(f' xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text"))
    empty = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="99"/>'
    )
    tables = "".join(
        f'<table:table table:name="{escape(title)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in cells)
        + f"{empty}</table:table-row></table:table>"
        for title, cells in sheets.items()
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<m:file-entry m:full-path="/" m:media-type="{kind}"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", kind)
        file.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{_ODF}:manifest:1.0">{entry}</m:manifest>')
        file.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
            "</office:body></office:document-content>",
        )


def _ods_cell(value: Cell) -> str:
    def cell(kind: str, name: str, content: Any, text: str = "") -> str:
        value = f" office:{name}={content!r}" if name else ""
        return f'<table:table-cell office:value-type="{kind}"{value}>{text}</table:table-cell>'

    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        return cell("boolean", "boolean-value", str(value).lower())
    if isinstance(value, date):
        return cell("date", "date-value", value.isoformat())
    if isinstance(value, str):
        return cell("string", "", "", "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n")))
    return cell("float", "value", str(value))


def write_xlsb(path: Path, sheets: Sheets) -> None:
    """Write a binary workbook. Dates are not written: they would need a table of styles."""
    book = _record(131) + _record(143)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number, (title, cells) in enumerate(sheets.items(), 1):
            book += _record(156, struct.pack("<II", 0, number) + _wide(f"r{number}") + _wide(title))
            size = struct.pack("<IIII", 0, len(cells) - 1, 0, max(map(len, cells)) - 1)
            sheet = _record(129) + _record(148, size) + _record(145)
            for r, row in enumerate(cells):
                sheet += _record(0, struct.pack("<IIHBBBI", r, 0, 300, 0, 0, 0, 0))
                sheet += b"".join(_xlsb_cell(c, value) for c, value in enumerate(row) if value is not None)
            file.writestr(f"xl/worksheets/s{number}.bin", sheet + _record(146) + _record(130))
        file.writestr("xl/workbook.bin", book + _record(144) + _record(132))
        _relate(file, len(sheets), "bin")
        file.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')


def _record(kind: int, data: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size, length = b"", len(data)
    while length > 127:
        size += bytes([length & 127 | 128])
        length >>= 7
    return number + size + bytes([length]) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def _xlsb_cell(column: int, value: Cell) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(value, bool):
        return _record(4, place + bytes([value]))
    if isinstance(value, str):
        return _record(6, place + _wide(value))
    assert isinstance(value, int | float)
    return _record(5, place + struct.pack("<d", value))
