"""Excel files: sheets, headers, typed cells, and files that are damaged or too large."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from inputs.reading import read_all, reasons, rejects, rows

from dedup.errors import MissingExtra
from dedup.inputs import formats
from dedup.inputs.paths import resolve
from dedup.inputs.readers import spreadsheet

Cell = str | int | float | bool | date | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def cell(row: int, column: int, value: Cell) -> str:
    at = f'r="{chr(65 + column)}{row}"'
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c {at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        days = (value - datetime(1899, 12, 30)) / timedelta(days=1)
        return f'<c {at} s="1"><v>{days!r}</v></c>'
    if isinstance(value, date):
        return f'<c {at} s="2"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, str):
        return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"<c {at}><v>{value!r}</v></c>"


def write_xlsx(path: Path, **sheets: list[list[Cell]]) -> Path:
    """Write a file as small as the standard allows: some programs write no more."""
    overrides = f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    entries = relations = ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number, (title, cells) in enumerate(sheets.items(), 1):
            body = "".join(
                f'<row r="{r}">{"".join(cell(r, c, value) for c, value in enumerate(row))}</row>'
                for r, row in enumerate(cells, 1)
            )
            file.writestr(f"xl/s{number}.xml", f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>')
            overrides += f'<Override PartName="/xl/s{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
            entries += f'<sheet name="{title}" sheetId="{number}" r:id="r{number}"/>'
            relations += f'<Relationship Id="r{number}" Type="{_RELS}/worksheet" Target="s{number}.xml"/>'
        relations += f'<Relationship Id="st" Type="{_RELS}/styles" Target="styles.xml"/>'
        styles = '<xf/><xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
        file.writestr(
            "xl/styles.xml", f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3">{styles}</cellXfs></styleSheet>'
        )
        file.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>{entries}</sheets></workbook>'
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        )
        main = f'<Relationship Id="r" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/>'
        file.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{main}</Relationships>')
        file.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{overrides}</Types>')
    return path


def test_typed_cells(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        S=[
            ["id", "title", "text", "published", "url"],
            [4001, "Größe", "first\nsecond", datetime(2026, 3, 2, 6, 15), "https://a.example/1"],
            [],
            ["x", None, "another", date(2026, 3, 2), None],
        ],
    )
    names = ("id", "title", "text", "published", "url", "line")
    assert [tuple(row[name] for name in names) for row in rows(read_all(path))] == [
        ("4001", "Größe", "first\nsecond", "2026-03-02T06:15:00", "https://a.example/1", 1),
        ("x", None, "another", "2026-03-02", None, 3),
    ]  # fmt: skip


def test_every_sheet_with_a_text_is_read(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", Notes=[["made by hand"]], A=[["id", "text"], [1, "one"]], B=[["id", "body"], [1, "two"]]
    )
    batches = read_all(path)
    assert [(batch.file, row["text"]) for batch in batches for row in rows([batch])] == [
        (f"{path}/A", "one"), (f"{path}/B", "two"),
    ]  # fmt: skip
    assert rejects(batches) == []


def test_a_header_below_a_title(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", S=[["Export of 3 March"], [], ["id", "text"], [1, "one"]])
    assert [(row["text"], row["line"]) for row in rows(read_all(path))] == [("one", 1)]


def test_rejects(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", S=[["id", "text"], [1, None], [2, 7], [3, "good"], [4, True]])
    batches = read_all(path)
    assert [row["text"] for row in rows(batches)] == ["good"]
    assert reasons(batches) == [(1, "no_text"), (2, "wrong_type"), (4, "wrong_type")]
    path = write_xlsx(tmp_path / "b.xlsx", S=[["number", "words"], [1, "x"]])
    (reject,) = rejects(read_all(path))
    assert (reject.reason, reject.line) == ("no_text_field", None)
    assert "number, words" in reject.detail


@pytest.mark.parametrize("cut", [0, 5, 200, 900])
def test_damaged_files_are_rejects(tmp_path: Path, cut: int) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", S=[["text"], ["a"]])
    path.write_bytes(path.read_bytes()[:cut])
    assert reasons(read_all(path)) == [(None, "unreadable")]


def test_a_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LONGEST_RUN", 100_000)
    path = write_xlsx(tmp_path / "a.xlsx", S=[["text"], *([["a" * 1000]] * 200)])
    assert reasons(read_all(path)) == [(None, "too_large")]


def test_a_missing_library_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", S=[["text"], ["a"]])
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(
        MissingExtra, match=r"needs python-calamine; install it with: pip install 'news-dedup\[inputs\]'"
    ):
        resolve([path])
    assert reasons(read_all(tmp_path)) == [(None, "unreadable")]  # in a folder it ends nothing
