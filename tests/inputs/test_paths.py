"""Paths: what is found, how it is called, and what is refused before anything is read."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from reading import write

from dedup.errors import MissingInput, UsageError
from dedup.inputs.formats import FORMATS
from dedup.inputs.paths import resolve
from dedup.inputs.source import Source


def test_folders_are_walked_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("news/b.jsonl", "news/a/z.csv", "news/a.jsonl", "news/c/d/e.txt", "news/README.md", "news/.x/y.jsonl"):
        write(Path(name), "x")
    names = ["news/a.jsonl", "news/b.jsonl", "news/a/z.csv", "news/c/d/e.txt"]
    for given in ("news", "news/", Path("news")):
        assert [source.name for source in resolve([given])] == names
    assert [source.name for source in resolve(["./news"])] == ["./" + name for name in names]
    assert [source.name for source in resolve([tmp_path / "news"])] == [f"{tmp_path}/{name}" for name in names]


def test_formats_and_compressions(tmp_path):
    for ending, format in [(e, name) for name, f in FORMATS.items() for e in f.endings]:
        path = write(tmp_path / f"a{ending.upper()}", "{}")
        assert resolve([path]) == [Source(path, path, format)]
        if FORMATS[format].compressible:
            packed = write(tmp_path / f"a{ending}.gz", gzip.compress(b"{}"))
            assert resolve([packed]) == [Source(packed, packed, format, "gz")]


def test_one_file_named_twice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(Path("n/a.jsonl"), "x")
    os.symlink("a.jsonl", "n/b.jsonl")
    assert [source.name for source in resolve(["n/b.jsonl", "n", "./n/a.jsonl", "-", "-"])] == ["n/b.jsonl", "-"]


def test_format_given(tmp_path):
    odd = write(tmp_path / "f" / "corpus.data", "{}")
    for name in ("part-00000", "a.jsonl", "b.csv", "b.md"):
        write(tmp_path / "f" / name, "{}")
    assert resolve([odd], "jsonl") == [Source(odd, odd, "jsonl")]
    names = [os.path.basename(source.name) for source in resolve([tmp_path / "f"], "jsonl")]
    assert names == ["a.jsonl", "part-00000"]
    assert resolve(["-"], "csv") == [Source("-", "-", "csv")]
    assert resolve(["-"]) == [Source("-", "-", "jsonl")]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda p: p / "none.jsonl", MissingInput, "no such file"),
        (lambda p: write(p / "a.docx", "x"), UsageError, "name the format"),
        (lambda p: write(p / "a.parquet.gz", "x"), UsageError, "name the format"),
        (lambda p: (p / "empty").mkdir() or p / "empty", MissingInput, r"\.jsonl .*\.parquet"),
        (lambda p: Path(write(p / "m" / "a.md", "x")).parent, MissingInput, r"\.jsonl .*\.parquet"),
        (lambda p: "a\0b.jsonl", MissingInput, "not a path"),
        (lambda p: "x" * 5000 + ".jsonl", MissingInput, "cannot be opened"),
    ],
)
def test_refused(tmp_path, make, error, words):
    with pytest.raises(error, match=words) as caught:
        resolve([make(tmp_path)])
    assert "\n" not in str(caught.value)


def test_refused_arguments():
    with pytest.raises(UsageError, match="no input"):
        resolve([])
    with pytest.raises(UsageError, match="the formats are jsonl"):
        resolve(["-"], "xml")
    with pytest.raises(UsageError, match="name a file"):
        resolve(["-"], "parquet")


def test_unreadable(tmp_path, monkeypatch):
    path = write(tmp_path / "a.jsonl", "{}")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(MissingInput, match="Permission denied"):
        resolve([path])


def test_names_that_are_not_utf8(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.jsonl"
    Path(os.fsdecode(path)).write_text("{}")
    (source,) = resolve([tmp_path])
    assert source.name.endswith("/\ufffd.jsonl")
    assert Path(source.path).read_text() == "{}"
