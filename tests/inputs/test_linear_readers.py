"""Readers whose time and memory must not grow faster than their input: hostile headers, members, lines and bombs."""

from __future__ import annotations

import bz2
import gzip
import random
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from reading import read_all, reasons, rejects, rows, write

from dedup.inputs import compression
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.readers import warc_recovery
from dedup.inputs.readers.csv import _distinct_names
from dedup.inputs.readers.lenient_json import parse_record
from dedup.inputs.readers.streams import OversizedLine, lines, open_stream
from dedup.inputs.readers.warc import _charset
from dedup.inputs.readers.warc_recovery import split_records
from dedup.inputs.source import Source

#: A file of four times the size may take so many times the CPU time; quadratic work takes 16 times.
MOST_GROWTH = 9
PACK = {"gz": gzip.compress, "bz2": bz2.compress, "zst": zstandard.compress}


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of three runs."""
    spent = []
    for _ in range(3):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent)


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times the CPU time of `work(size)` that of four times the size is; 20 ms count as nothing."""
    return cpu(lambda: work(4 * size)) / (cpu(lambda: work(size)) + 0.02)


# -- WARC ----------------------------------------------------------------------------------------------------------


def reasons_of(path: Path, content: bytes, compression: str | None = None) -> list[str | None]:
    """Of each record of a WARC file why it was refused, None for good ones."""
    path.write_bytes(content)
    return [
        item.rejection and item.rejection.reason for item in split_records(Source("a", str(path), "warc", compression))
    ]


#: What stands in a file instead of records, over and over, and what it begins with.
GARBAGE = {
    "first lines": (b"", b"WARC/1.0\r\n"),
    "first lines and half a header": (b"", b"WARC/1.0\r\nA:"),
    "headers": (b"WARC/1.0\r\n", b"WARC-Type: response\r\n"),
    "one header": (b"WARC/1.0\r\nA: ", b"b"),
    "lengths": (b"WARC/1.0\r\n", b"Content-Length: 5\r\n"),
    "a length behind spaces": (b"WARC/1.0\r\nContent-Length:", b" "),
    "line ends": (b"x", b"\r\n"),
    "carriage returns": (b"x\n", b"\r"),
    "digits": (b"x\n\nWARC/1.", b"0"),
    "a long name": (b"x\n\nWARC/1.0\r\n", b"a"),
    "words": (b"", b"WARC/"),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_header_garbage_takes_linear_time_and_is_one_reject(tmp_path: Path, name: str) -> None:
    begin, piece = GARBAGE[name]
    good = b"\r\n\r\nWARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 1\r\n\r\nx\r\n\r\n"

    def read(size: int) -> None:
        found = reasons_of(tmp_path / "a.warc", begin + piece * (size // len(piece)) + good)
        assert len(found) <= 3
        assert found[0] == "corrupt"
        assert found[-1] is None

    assert growth(read, 256 << 10) < MOST_GROWTH


def test_records_that_state_60_mb_each_take_linear_time(tmp_path: Path) -> None:
    """Each length leads to the middle of another record, so that each record ends where the next begins."""
    piece = b"WARC/1.0\r\nContent-Length: 60000\r\n\r\nx\r\n\r\n\r\n\r\n"

    def read(size: int) -> None:
        found = reasons_of(tmp_path / "a.warc", piece * (size // len(piece)))
        assert found.count(None) >= size // len(piece) - 1

    assert growth(read, 256 << 10) < MOST_GROWTH


@pytest.mark.parametrize("piece", [b"", b"x", b"WARC/1.0\r\n"])
def test_tiny_members_take_linear_time(tmp_path: Path, piece: bytes) -> None:
    member = gzip.compress(piece, mtime=0)

    def read(size: int) -> None:
        assert len(reasons_of(tmp_path / "a.warc.gz", member * (size // len(member)), "gz")) <= size // 20

    assert growth(read, 200_000) < MOST_GROWTH
    if piece == b"x":
        assert reasons_of(tmp_path / "a.warc.gz", member * 5000, "gz") == ["corrupt"]


def test_the_search_for_a_good_member_takes_linear_time(tmp_path: Path) -> None:
    begin = gzip.compress(b"WARC/1.0", mtime=0)[:-9] + b"\xff" * 9
    last = gzip.compress(b"WARC/1.0\r\nContent-Length: 1\r\n\r\nx\r\n\r\n")

    def read(size: int) -> None:
        assert reasons_of(tmp_path / "a.warc.gz", begin + b"\x1f\x8b\x08" * (size // 3) + last, "gz")[-1] is None

    assert growth(read, 100_000) < MOST_GROWTH


def overlapping_members(count: int, chain: int) -> bytes:
    """Members inside a member, which all run into one chain of stored blocks (RFC 1951) and into damage at its end."""

    def stored(length: int) -> bytes:
        return b"\0" + struct.pack("<HH", length, length ^ 0xFFFF)

    head = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
    total, inner = 60_000, b""
    for i in range(count):
        inner += head + stored(total - i * 20 - 15) + b"WARC/"
    block = inner + bytes(total - len(inner))
    return head + stored(5) + b"WARC/" + stored(total) + block + (stored(total) + bytes(total)) * chain + b"\x07" * 9


def test_members_inside_members_are_not_all_unpacked_to_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = overlapping_members(200, 50)
    unpacked = 0
    more = warc_recovery.RecordSplitter.more

    def counted(self: warc_recovery.RecordSplitter, piece: bytes):  # type: ignore[no-untyped-def]
        nonlocal unpacked
        unpacked += len(piece)
        return more(self, piece)

    monkeypatch.setattr(warc_recovery.RecordSplitter, "more", counted)
    monkeypatch.setattr(warc_recovery, "_SEARCHED_AGAIN", 1 << 20)
    monkeypatch.setattr(warc_recovery, "_SEARCHED_AGAIN_PER_BYTE", 2)
    good = gzip.compress(b"WARC/1.0\r\nContent-Length: 1\r\n\r\nx\r\n\r\n")
    found = reasons_of(tmp_path / "a.warc.gz", content + good, "gz")
    assert found[-1] is None
    assert unpacked < 5 * len(content)


def test_a_charset_behind_spaces_takes_linear_time() -> None:
    assert growth(lambda size: _charset("text/html; charset=" + " " * size + ";"), 10_000) < MOST_GROWTH
    assert _charset("text/html; Charset =  ' utf-8'") == "utf-8"


# -- lines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b" \n"])
def test_blank_lines_come_together_and_are_counted(tmp_path: Path, blank: bytes) -> None:
    content = b'{"text": "before"}\n' + blank * 300_000 + b'{"text": "behind", "id": 1}\n'
    path = write(tmp_path / "a.jsonl", content)
    with open_stream(Source(path, path, "jsonl")) as file:
        assert sum(1 for _ in lines(file, blank=b" \r\n")) < 300
    for name in ("a.jsonl", "a.jsonl.gz", "a.json"):
        data = gzip.compress(content) if name.endswith("gz") else content
        found = rows(read_all(write(tmp_path / name, data)))
        assert [(row["text"], row["line"]) for row in found] == [("before", 1), ("behind", 300_002)]
        assert name.endswith("gz") or found[1]["offset"] == content.index(b'{"text": "behind')


def test_blank_lines_of_csv_are_no_rows_and_stay_in_cells(tmp_path: Path) -> None:
    content = b"id,text\n1,a\n" + b"\n" * 100_000 + b'2,"b' + b"\n" * 1000 + b'c"\n'
    assert [row["text"] for row in rows(read_all(write(tmp_path / "a.csv", content)))] == ["a", "b" + "\n" * 1000 + "c"]


def test_a_json_string_that_is_never_closed_takes_linear_time() -> None:
    def read(size: int) -> None:
        with pytest.raises(RejectedRecord) as refused:
            parse_record(b"[" * 1030 + b'"' + b'\\"' * size)
        assert refused.value.reason == "too_deep"

    assert growth(read, 4000) < MOST_GROWTH


def test_equal_names_of_columns_take_linear_time() -> None:
    assert growth(lambda size: _distinct_names(["a"] * size), 2000) < MOST_GROWTH
    assert _distinct_names(["a", "a_2", "a ", "b", "a", "b"]) == ["a", "a_2", "a_3", "b", "a_4", "b_2"]


def test_a_json_file_of_short_lines_is_held_as_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", b'{"text": "a", "x": [\n' + b"1,\n" * 300_000 + b"1]}\n")
    tracemalloc.start()
    try:
        assert [row["text"] for row in rows(read_all(path))] == ["a"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 18 << 20


# -- decompression bombs -------------------------------------------------------------------------------------------

GOOD = {"jsonl": b'{"text": "good"}\n', "csv": b"id,text\n1,good\n"}
BEGIN = {"jsonl": b'{"text": "', "csv": b'2,"'}
END = {"jsonl": b'"}\n{"text": "behind"}\n', "csv": b'"\n3,behind\n'}


@pytest.mark.parametrize("how", PACK)
@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("fill", [b"x", b"\0"])
def test_a_bomb_is_read_no_further_than_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, kind: str, fill: bytes
) -> None:
    monkeypatch.setattr(compression, "LONGEST_RUN", 80 << 20)
    bomb = PACK[how](fill * (40 << 20))
    path = write(tmp_path / f"a.{kind}.{how}", PACK[how](GOOD[kind] + BEGIN[kind]) + bomb * 8 + PACK[how](END[kind]))
    unpacked = 0
    made = compression.decompress

    def counted(*args):  # type: ignore[no-untyped-def]
        nonlocal unpacked
        for piece in made(*args):
            unpacked += len(piece)
            yield piece

    monkeypatch.setattr(compression, "decompress", counted)
    batches = read_all(path)
    assert [row["text"] for row in rows(batches)] == ["good"]
    assert reasons(batches) == [(2, "too_large")]
    assert "the rest of the file is not read" in rejects(batches)[0].detail
    assert unpacked < 160 << 20


@pytest.mark.parametrize("how", [None, *PACK])
def test_what_follows_a_long_record_is_read_where_the_ratio_is_that_of_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str | None
) -> None:
    monkeypatch.setattr(compression, "LONGEST_RUN", 1 << 20)
    long = random.Random(1).randbytes(1 << 20).hex().encode() if how else b"x" * (2 << 20)
    data = GOOD["jsonl"] + BEGIN["jsonl"] + long + END["jsonl"]
    batches = read_all(write(tmp_path / "a.jsonl", PACK[how](data) if how else data))
    assert rows(batches)[0]["text"] == "good"
    assert rows(batches)[-1]["text"] == "behind"


def test_a_text_file_is_unpacked_up_to_the_limit(tmp_path: Path) -> None:
    member = gzip.compress(b"x" * (40 << 20))
    batches = read_all(write(tmp_path / "a.txt.gz", member * 20))
    assert reasons(batches) == [(1, "too_large")]


def test_skipped_lines_know_their_size(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", b"x" * 1000 + b"\n\n\n\ny\n")
    with open_stream(Source(path, path, "jsonl")) as file:
        found = list(lines(file, 100, b"\n"))
    assert isinstance(found[0], OversizedLine)
    assert [len(line) for line in found] == [1001, 3, 2]
    assert zlib.crc32(b"".join(line for line in found if isinstance(line, bytes))) == zlib.crc32(b"\n\n\ny\n")
