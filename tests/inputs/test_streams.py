"""Compressed input: damaged, truncated, many members, bombs; and what is held meanwhile."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import sys
import tracemalloc
from functools import cache

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import checked, read_all, reasons, rows, write

from dedup.inputs.readers.jsonl import read_jsonl
from dedup.inputs.readers.streams import OversizedLine, lines
from dedup.inputs.source import Source
from dedup.settings import Settings


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


#: bz2 with its smallest block, so that there is something before the damage.
PACK = {"gz": gzip.compress, "bz2": lambda data: bz2.compress(data, 1), "zst": zstd, "xz": lzma.compress}


@cache
def article_lines(count: int = 2000) -> tuple[bytes, ...]:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghij", k=5)) for _ in range(5000)]
    texts = (" ".join(chance.choices(words, k=100)) for _ in range(count))
    return tuple(json.dumps({"id": i, "text": text}).encode() for i, text in enumerate(texts))


def packed(how: str, data: bytes | None = None) -> bytes:
    return PACK[how](b"\n".join(article_lines()) if data is None else data)


@pytest.mark.parametrize("how", PACK)
def test_truncated_files_keep_what_came_before(tmp_path, how):
    data = packed(how)
    batches = read_all(write(tmp_path / f"a.jsonl.{how}", data[: len(data) * 2 // 3]), keep="canonical")
    found = rows(batches)
    assert len(found) > 500
    assert [row["id"] for row in found] == [str(i) for i in range(len(found))]
    assert reasons(batches) == [(len(found) + 1, "truncated")]
    assert [raw for batch in batches for raw in batch.raw or ()] == list(article_lines()[: len(found)])


@pytest.mark.parametrize("how", PACK)
@pytest.mark.parametrize("cut", [0, 1, 5, 12, -1, -5])
def test_cut_anywhere_is_truncated(tmp_path, how, cut):
    data = packed(how, b'{"text": "a"}\n{"text": "b"}\n')
    batches = read_all(write(tmp_path / f"a.jsonl.{how}", data[:cut]))
    assert [reason for _, reason in reasons(batches)] == ["truncated"]


@pytest.mark.parametrize("how", PACK)
def test_damage_in_the_middle(tmp_path, how):
    data = bytearray(packed(how))
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    batches = read_all(write(tmp_path / f"a.jsonl.{how}", bytes(data)))
    found = reasons(batches)
    assert found[-1][1] in ("corrupt", "truncated")
    assert rows(batches)[0]["id"] == "0"


@pytest.mark.parametrize("how", PACK)
def test_members_one_after_another(tmp_path, how):
    pieces = [b'{"text": "a"}\n{"te', b'xt": "b"}\n', b"", b'{"text": "c"}']
    data = b"".join(PACK[how](piece) for piece in pieces)
    batches = read_all(write(tmp_path / f"a.jsonl.{how}", data))
    assert [row["text"] for row in rows(batches)] == ["a", "b", "c"]
    assert reasons(batches) == []


@pytest.mark.parametrize("how", PACK)
def test_zero_padding_is_no_damage_and_other_rests_are(tmp_path, how):
    data = packed(how, b'{"text": "a"}\n')
    padded = read_all(write(tmp_path / f"a.jsonl.{how}", data + bytes(1000)))
    assert ([row["text"] for row in rows(padded)], reasons(padded)) == (["a"], [])
    followed = read_all(write(tmp_path / f"b.jsonl.{how}", data + b"something else"))
    assert ([row["text"] for row in rows(followed)], reasons(followed)) == (["a"], [(2, "corrupt")])


@pytest.mark.parametrize("how", PACK)
def test_names_that_lie(tmp_path, how):
    """A packed file without the ending, a plain file with it: bytes decide; damage is told from plain text."""
    line = b'{"text": "a"}\n'
    assert [row["text"] for row in rows(read_all(write(tmp_path / "packed.jsonl", packed(how, line))))] == ["a"]
    assert [row["text"] for row in rows(read_all(write(tmp_path / f"plain.jsonl.{how}", line)))] == ["a"]
    assert [row["text"] for row in rows(read_all(write(tmp_path / f"plain.csv.{how}", b"id,text\n1,a\n")))] == ["a"]
    damaged = b"\x00\x00" + packed(how, line)[2:]
    assert reasons(read_all(write(tmp_path / f"damaged.jsonl.{how}", damaged))) == [(1, "corrupt")]


@pytest.mark.parametrize("how", [None, *PACK])
def test_standard_input_is_unpacked(monkeypatch, how):
    data = b'{"text": "a"}\n{"text": "b"}'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data if how is None else PACK[how](data))))
    batches = read_all("-")
    assert [row["text"] for row in rows(batches)] == ["a", "b"]
    assert {batch.file for batch in batches} == {"-"}


def gzip_bomb(size: int) -> bytes:
    """One line of `size` MiB as members of 25 MiB, which is quicker to make than one."""
    member = gzip.compress(b"x" * (25 << 20), 1)
    return gzip.compress(b'{"text": "') + member * (size // 25) + gzip.compress(b'"}\n{"text": "after"}\n')


def zstd_bomb(size: int) -> bytes:
    return zstd(b'{"text": "') + zstd(b"x" * (size << 20)) + zstd(b'"}\n{"text": "after"}\n')


@pytest.mark.parametrize(("how", "make"), [("gz", gzip_bomb), ("zst", zstd_bomb)])
def test_bombs_are_not_held(tmp_path, how, make):
    path = write(tmp_path / f"a.jsonl.{how}", make(300))
    tracemalloc.start()
    try:
        batches = read_all(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reasons(batches) == [(1, "too_large")]
    assert [(row["text"], row["line"]) for row in rows(batches)] == [("after", 2)]
    assert peak < 220 << 20


def test_a_long_file_is_not_held(tmp_path):
    path = write(tmp_path / "a.jsonl", b"\n".join(article_lines()) * 15)
    tracemalloc.start()
    try:
        count = sum(batch.records.num_rows for batch in read_jsonl(Source(path, path, "jsonl"), Settings()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 29_000
    assert peak < 8 << 20


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.binary(max_size=40).filter(lambda b: b"\n" not in b), max_size=10), st.integers(1, 50), st.booleans()
)
def test_lines_under_any_block_size(given_lines, block, last):
    data = b"\n".join(given_lines) + (b"\n" if last else b"")
    found = list(lines(io.BufferedReader(io.BytesIO(data), block), 20))
    expected = io.BytesIO(data).readlines()
    assert [len(line) for line in found] == [len(line) for line in expected]
    for line, whole in zip(found, expected, strict=True):
        assert isinstance(line, OversizedLine) if len(whole.rstrip(b"\n")) > 20 else line == whole


def test_damaged_disk(tmp_path, monkeypatch):
    path = write(tmp_path / "a.jsonl", '{"text": "a"}\n')
    source = Source(path, path, "jsonl")
    (tmp_path / "a.jsonl").unlink()
    assert reasons(checked(read_jsonl(source, Settings()))) == [(None, "unreadable")]
