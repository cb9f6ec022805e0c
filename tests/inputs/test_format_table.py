"""Formats are declared once: help, errors and documents follow the table; a new one is a module and an entry."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import dedup
from dedup.cli import common, extract, run, scan
from dedup.errors import UsageError
from dedup.inputs.formats import COMPRESSIONS, FORMATS, Format, describe_endings, describe_formats, format_of
from dedup.inputs.paths import resolve

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FILES = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")

TOY = '''
from dedup.inputs.batch_builder import BatchBuilder
from dedup.inputs.readers.streams import lines, open_stream


def read_toy(source, settings):
    """Read a file in which each line is an article: its id, a bar, its text."""
    builder = BatchBuilder(source.name, settings)
    with open_stream(source) as file:
        for number, line in enumerate(lines(file), 1):
            identifier, _, text = line.decode().partition("|")
            builder.add({"id": identifier, "text": text}, number)
    yield from builder.flush()
'''


def test_help_names_the_formats() -> None:
    assert describe_formats() in " ".join((scan.command.help or "").split())
    for command in (scan.command, extract.command):
        option = next(p for p in command.params if p.name == "format")
        assert isinstance(option, click.Option)
        assert f": {', '.join(FORMATS)}." in (option.help or "")


def test_errors_name_the_formats(tmp_path: Path) -> None:
    file = tmp_path / "a.odd"
    file.touch()
    for inputs, format in ((file, None), (file, "odd")):
        with pytest.raises(UsageError, match=", ".join(FORMATS)):
            resolve([inputs], format)


def test_the_documents_name_the_formats() -> None:
    assert describe_formats() in " ".join(README.replace("`", "").split())
    assert f"| `--format NAME` | {', '.join([*FORMATS][:-1])} or {[*FORMATS][-1]}" in README
    for name, format in FORMATS.items():
        packed = " ".join(f"`{ending}`" for ending in COMPRESSIONS) if format.compressible else "no"
        endings = " ".join(f"`{ending}`" for ending in format.endings)
        row = f"| {format.title} | `{name}` | {endings} | {packed} | {'yes' if format.streams else 'no'} |"
        assert row in FILES, f"the table of formats in docs/files.md lacks this row: {row}"


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A format of a module that dedup does not know, entered into the table; yields a folder with a file of it."""
    (tmp_path / "toy_format.py").write_text(TOY)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(FORMATS, "toy", Format("toy", (".toy",), "toy_format:read_toy", counts_bytes=True))
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.toy").write_text("1|a harbour town\n2|another text\n")
    (folder / "b.TOY.gz").write_bytes(gzip.compress(b"3|a third one\n"))
    yield folder
    sys.modules.pop("toy_format", None)


def test_a_new_format_is_one_module_and_one_entry(
    toy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (format_of("x.toy.zst"), describe_endings(["toy"])) == ("toy", ".toy (also with .gz .zst .bz2 .xz)")
    assert [source.format for source in resolve([toy])] == ["toy", "toy"]
    with pytest.raises(UsageError, match="zip, toy"):
        resolve([toy], "odd")
    assert dedup.scan(str(toy)).summary["counts"]["articles"] == 3
    assert common._holds_records("x.toy.gz")
    assert not common._holds_records("x.txt")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"4|from a pipe\n")))
    assert run(["extract", "-", "--format", "toy"]) == 0
    assert '"text":"from a pipe' in capsys.readouterr().out
    assert run(["index", "add", str(toy.parent / "seen.db"), str(toy), "--json"]) == 0
    assert '"stored":3' in capsys.readouterr().out.replace(" ", "")
