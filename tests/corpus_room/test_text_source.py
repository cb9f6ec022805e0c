"""Texts read again are the texts that were read; a file that has changed meanwhile is said to have."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import dedup
from dedup.corpus.columns import RecordColumns
from dedup.corpus.spool import SpoolFile
from dedup.corpus.text_source import TextSource
from dedup.errors import InputChanged
from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.inputs.text_buffers import text_buffers
from dedup.settings import Settings

#: Texts that take every way through the reader: plain, escaped, a lone surrogate, in paragraphs, under another name, a
#: number beside it that only a lenient parser takes.
LINES = [
    b'{"text": "One plain text."}',
    b'{"text": "Caf\\u00e9 \\"quoted\\"\\n\\nand new lines", "id": "b"}',
    b'{"text": "a lone \\ud800 surrogate"}',
    b'{"text": ["first paragraph", "second"], "title": "T"}',
    b'{"text": null, "body": "under another name"}',
    b'{"text": "beside a number", "score": NaN}',
    b"",
    '{"text": "漢字かな交じり文"}\r'.encode(),
]


def source_of(path: Path) -> tuple[TextSource, list[str]]:
    sources = resolve([str(path)], None)
    batches = list(read(sources, Settings()))
    (batch,) = (b for b in batches if b.records.num_rows)
    assert batch.parse_texts is not None
    assert batch.record_hashes is not None
    column = batch.records.column
    n = batch.records.num_rows
    sizes = np.diff(text_buffers(column("text"))[1])
    offset, length = (np.array(column(name).to_pylist(), np.int64) for name in ("offset", "length"))
    spool = SpoolFile(path.with_suffix(".spool"))
    none = np.full(n, -1)
    file, line = np.zeros(n, np.int32), np.arange(n)
    records = RecordColumns(file, line, offset, length, batch.record_hashes, none, none.copy(), sizes)
    return TextSource(records, spool, sources, {0: batch.parse_texts}), column("text").to_pylist()


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_texts_from_a_file(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(start + b"\n".join(LINES) + b"\n")
    source, expected = source_of(path)
    assert len(expected) == 7
    rows = np.array([6, 0, 3, 3, 1, 2, 4, 5])
    with source.open() as texts:
        assert texts(rows).to_pylist() == [expected[i] for i in rows]
        assert texts(rows[:0]).to_pylist() == []


def test_texts_from_the_spool_beside_those_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(LINES))
    source, expected = source_of(path)
    spooled = "from a pipe, é".encode()
    source.records.text_at[2] = source.spool.append(b"xx" + spooled) + 2
    source.records.text_length[2] = len(spooled)
    with source.open() as texts:
        assert texts(np.array([1, 2])).to_pylist() == [expected[1], "from a pipe, é"]


def _gone(path: Path) -> None:
    path.unlink()


def _shorter(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def _other(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"One plain", b"One more plain"))


@pytest.mark.parametrize("change", [_gone, _shorter, _other])
def test_a_file_that_changed(tmp_path: Path, change: Callable[[Path], None]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(LINES))
    source, expected = source_of(path)
    change(path)
    with pytest.raises(InputChanged, match="has changed while it was read"), source.open() as texts:
        texts(np.arange(len(expected)))


def test_a_scan_spools_no_text_of_a_plain_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spooled: list[str] = []
    append = SpoolFile.append

    def noted(self: SpoolFile, data: bytes | memoryview) -> int:
        spooled.append(self._path.name)
        return append(self, data)

    monkeypatch.setattr(SpoolFile, "append", noted)
    rows = [{"id": str(i), "text": f"Some words of story {i} in a row."} for i in range(5)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with dedup.scan(str(path)):
        assert "words" in spooled
        assert "texts" not in spooled
    with dedup.scan(rows):
        assert "texts" in spooled
