"""Workbooks of every kind: sheets, headers, typed cells, and files that are damaged or too large."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inputs.reading import content, read_all, reasons, rejects, rows, write
from inputs.workbooks import Cell, Sheets, write_workbook

from dedup.errors import MissingExtra
from dedup.inputs import formats
from dedup.inputs.paths import resolve
from dedup.inputs.readers import spreadsheet

KINDS = ("xlsx", "xls", "ods", "xlsb")


def workbook(path: Path, **sheets: list[list[Cell]]) -> Path:
    return write_workbook(path, sheets)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_typed_cells(tmp_path: Path, kind: str) -> None:
    path = workbook(
        tmp_path / f"a.{kind}",
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


@pytest.mark.parametrize("kind", KINDS)
def test_every_sheet_with_a_text_is_read(tmp_path: Path, kind: str) -> None:
    path = workbook(
        tmp_path / f"a.{kind}", Notes=[["made by hand"]], A=[["id", "text"], [1, "one"]], B=[["id", "body"], [1, "two"]]
    )
    batches = read_all(path)
    assert [(batch.file, row["text"]) for batch in batches for row in rows([batch])] == [
        (f"{path}/A", "one"), (f"{path}/B", "two"),
    ]  # fmt: skip
    assert rejects(batches) == []


def test_a_header_below_a_title(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", S=[["Export of 3 March"], [], ["id", "text"], [1, "one"]])
    assert [(row["text"], row["line"]) for row in rows(read_all(path))] == [("one", 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_rejects(tmp_path: Path, kind: str) -> None:
    path = workbook(tmp_path / f"a.{kind}", S=[["id", "text"], [1, None], [2, 7], [3, "good"], [4, True]])
    batches = read_all(path)
    assert [row["text"] for row in rows(batches)] == ["good"]
    assert reasons(batches) == [(1, "no_text"), (2, "wrong_type"), (4, "wrong_type")]
    path = workbook(tmp_path / "b.xlsx", S=[["number", "words"], [1, "x"]])
    (reject,) = rejects(read_all(path))
    assert (reject.reason, reject.line) == ("no_text_field", None)
    assert "number, words" in reject.detail


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [0, 5, 200, 700])
def test_damaged_files_are_rejects(tmp_path: Path, cut: int, kind: str) -> None:
    path = workbook(tmp_path / f"a.{kind}", S=[["text"], ["a"]])
    path.write_bytes(path.read_bytes()[:cut])
    assert reasons(read_all(path)) == [(None, "unreadable")]


def test_a_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LONGEST_RUN", 100_000)
    path = workbook(tmp_path / "a.xlsx", S=[["text"], *([["a" * 1000]] * 200)])
    assert reasons(read_all(path)) == [(None, "too_large")]


def test_a_missing_library_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", S=[["text"], ["a"]])
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(
        MissingExtra, match=r"needs python-calamine; install it with: pip install 'news-dedup\[inputs\]'"
    ):
        resolve([path])
    assert reasons(read_all(tmp_path)) == [(None, "unreadable")]  # in a folder it ends nothing


#: Texts that all kinds can hold: no control characters, no text that is white space alone.
_WORDS = st.text("ab Zé\n語\u2028🙂", min_size=1, max_size=40).map(str.strip).filter(bool)


@settings(max_examples=8)  # four processes each
@given(st.lists(st.tuples(st.integers(0, 10**9), _WORDS), min_size=1, max_size=5, unique_by=lambda row: row[0]))
def test_all_kinds_give_what_a_csv_file_gives(
    tmp_path_factory: pytest.TempPathFactory, articles: list[tuple[int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("kinds")
    lines = "".join(f'{number},"{text}"\n' for number, text in articles)
    expected = content(read_all(write(folder / "a.csv", "id,text\n" + lines)))
    sheets: Sheets = {"S": [["id", "text"], *articles]}
    for kind in KINDS:
        found = content(read_all(write_workbook(folder / f"a.{kind}", sheets)))
        assert [(row[0], row[1]) for row in found] == [(row[0], row[1]) for row in expected], kind


def test_the_content_tells_the_kind(tmp_path: Path) -> None:
    """Programs and people give a file the ending of another kind."""
    for kind in KINDS:
        path = workbook(tmp_path / f"a.{kind}", S=[["text"], ["one"]])
        for other in KINDS:
            shutil.copy(path, tmp_path / f"b.{other}")
            assert [row["text"] for row in rows(read_all(tmp_path / f"b.{other}"))] == ["one"], (kind, other)


@pytest.mark.parametrize(
    ("text", "ending"), [("id\ttext\n1\tone\n", ".csv"), ("\ufeff <html><table></table>", ".html")]
)
def test_text_under_the_name_of_a_workbook(tmp_path: Path, text: str, ending: str) -> None:
    (reject,) = rejects(read_all(write(tmp_path / "a.xls", text)))
    assert ending in reject.detail


def test_an_encrypted_workbook_is_a_reject(tmp_path: Path) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
    (reject,) = rejects(read_all(write(tmp_path / "a.xlsx", data)))
    assert "encrypted" in reject.detail


def test_a_time_of_day_is_no_date(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xls", S=[["text", "published"], ["one", time(6, 15)], ["two", date(2026, 3, 2)]])
    assert [(row["text"], row["published"]) for row in rows(read_all(path))] == [("one", None), ("two", "2026-03-02")]


def far_apart(path: Path) -> Path:
    """A good sheet, then one of a few bytes whose last cell is as far from the first as can be."""
    workbook(path, A=[["text"], ["good"]], B=[["text"], ["far"]])
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    parts["xl/s2.xml"] = parts["xl/s2.xml"].replace(b"</sheetData>", far)
    with zipfile.ZipFile(path, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return path


def test_cells_that_lie_far_apart_end_only_the_parser(tmp_path: Path) -> None:
    """The library asks for the memory of all cells between them, and ends its process without it."""
    batches = read_all(far_apart(tmp_path / "a.xlsx"))
    assert [row["text"] for row in rows(batches)] == ["good"]
    (reject,) = rejects(batches)
    assert (reject.reason, reject.line) == ("unreadable", None)
    assert "far apart" in reject.detail
