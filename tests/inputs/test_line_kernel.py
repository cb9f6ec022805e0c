"""The kernel that parses JSON lines: it takes a line only if the parser of single lines reads the same from it."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reading import checked, content
from record_strategies import records

from dedup.inputs.batch import Batch
from dedup.inputs.compression import BLOCK
from dedup.inputs.readers.jsonl import MAX_RECORD, read_jsonl
from dedup.inputs.readers.line_columns import LineColumns
from dedup.inputs.source import Source
from dedup.settings import Settings


@contextmanager
def one_by_one() -> Iterator[None]:
    """Parse every line as the kernel's odd ones are: the reference."""
    with mock.patch.object(LineColumns, "learn", return_value=None):
        yield


def read(path: Path, **options: object) -> list[Batch]:
    return checked(read_jsonl(Source(str(path), str(path), "jsonl"), Settings(**options)))  # type: ignore[arg-type]


def both(path: Path, lines: list[bytes], **options: object) -> tuple[object, object]:
    """What the kernel and the reference read of some lines, and that the kernel parsed the first line again."""
    path.write_bytes(b"\n".join(lines))
    taken = read(path, **options)
    with one_by_one():
        return content(taken), content(read(path, **options))


class Count:
    """Counts the rows that the kernel parsed."""

    def __init__(self) -> None:
        self.rows = 0

    def __enter__(self) -> Count:
        parse = LineColumns.parse

        def counted(columns: LineColumns, *arguments: object) -> int:
            before = columns.count
            number = parse(columns, *arguments)  # type: ignore[arg-type]
            self.rows += columns.count - before
            return number

        self.patch = mock.patch.object(LineColumns, "parse", counted)
        self.patch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.patch.stop()


#: Names that fill columns, one column twice, and none; one of the text twice.
NAMES = (
    "id",
    "url",
    "link",
    "domain",
    "title",
    "published",
    "authors",
    "meta",
    "section",
    "text",
    "body",
    "Überschrift",
)
values = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", "\u3000", "12", "٣", "www.a.org", "a/b", "x" * 70, "2020-01-02", "\x7f", "\ud83d\ude00"]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
    st.booleans(),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.text(max_size=3), st.one_of(st.integers(), st.lists(st.none(), max_size=2)), max_size=3),
)
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=8)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A record as several programs would write it, now and then damaged or with a name twice."""
    record = draw(st.one_of(objects, objects.map(lambda record: {"text": "the story", **record}), records))
    style = draw(st.sampled_from(["json", "ascii", "spaces", "orjson"]))
    if style == "orjson":
        try:
            line = orjson.dumps(record)
        except TypeError:  # an integer beyond 64 bits, or a lone surrogate
            line = json.dumps(record).encode()
    else:
        separators = (" ,\t", " :\r ") if style == "spaces" else (", ", ": ")
        text = json.dumps(record, ensure_ascii=style == "ascii", separators=separators)
        line = text.encode("utf-8", "surrogatepass")
    change = draw(st.sampled_from(["none"] * 6 + ["byte", "cut", "twice", "blank", "return"]))
    place = draw(st.integers(0, max(0, len(line) - 1)))
    if change == "byte":
        line = line[:place] + bytes([draw(st.integers(0, 255))]) + line[place + 1 :]
    elif change == "cut":
        line = line[:place]
    elif change == "twice":
        line = line[:-1] + b', "title": "twice"}'
    elif change == "blank":
        line = b"  " + line + b" \t"
    return line.replace(b"\n", b" ") + (b"\r" if change == "return" else b"")


@settings(max_examples=300, deadline=None)
@given(st.lists(lines(), min_size=1, max_size=8), st.sampled_from([None, "canonical"]))
def test_kernel_reads_what_the_parser_of_one_line_reads(tmp_path_factory, written, keep):
    found, expected = both(tmp_path_factory.mktemp("kernel") / "a.jsonl", [*written, *written], keep=keep)
    assert found == expected


TEXTS = {
    "escapes": rb"\" \\ \/ \b\f\n\r\t \u00e9 \u4e2d \ud83d\ude00 \u0000",
    "two bytes": "\u0080 é ߿".encode(),
    "three bytes": "ࠀ 中 ퟿ \uffff".encode(),
    "four bytes": "\U00010000 😀 \U0010ffff".encode(),
    "long": b"word " * 5000,
    "at the edge of 64 bytes": b"x" * 63 + rb"\n" + b"y" * 62 + "é".encode(),
    "deep": b"a",
}


@pytest.mark.parametrize("name", TEXTS)
def test_kernel_takes_every_sound_line(tmp_path, name):
    line = b'{"id": "%d", "text": "%s", "x": [{"a": [1, -0.5, true, false, null, "s"]}, {}, []], "title": "T"}'
    written = [line % (number, TEXTS[name]) for number in range(5)]
    with Count() as count:
        found, expected = both(tmp_path / "a.jsonl", written)
    assert found == expected
    assert count.rows == 4  # the first shows the names


#: Not UTF-8: overlong, surrogates, beyond the last character, without a begin or an end.
NOT_UTF8 = rb"""
"\xc0\xaf" "\xe0\x80\xaf" "\xed\xa0\x80" "\xf0\x80\x80\xaf" "\xf4\x90\x80\x80" "\x80" "\xf5\x80\x80\x80" "\xe4\xb8"
"""
#: No JSON, or none that every parser would read alike.
NOT_STRICT = rb"""
"\x41" "\u12g4" "\ud800" "\udc00" "\ud800\u0041" "a 01 - 1. .5 1e5 +1 0x1 NaN Infinity nul True
[1,] [1|2] [ ] {"a"} {"a":} {"a":1,} {1:2} "a"|"b" 'a' [1} {"a":1]
"""
ODD = [
    *(part.decode("unicode_escape").encode("latin-1") for part in NOT_UTF8.split()),
    *(part.replace(b"|", b" ") for part in NOT_STRICT.split()),
    *(b"", b'"\x01"', b'"\t"', b"[" * 61 + b"]" * 61, b"1" * 400, b'{"a": "\xff"}'),
]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", [b"text", b"title", b"other", b"id"])
def test_kernel_leaves_doubtful_lines(tmp_path, name, value):
    """What is no strict JSON, or might be read in two ways, goes to the parser of one line; its neighbours stay."""
    good = b'{"id": "%d", "title": "T", "other": 1, "text": "good"}'
    odd = b'{"id": "o", "title": "T", "other": 1, "text": "odd"}'
    start = odd.index(b'"%s": ' % name) + len(name) + 4
    stop = start + (1 if name == b"other" else odd[start + 1 :].index(b'"') + 2)
    written = [good % 1, good % 2, odd[:start] + value + odd[stop:], good % 3]
    with Count() as count:
        found, expected = both(tmp_path / "a.jsonl", written)
    assert found == expected
    # A line in an older encoding is taken when it was decoded.
    assert count.rows in ((2,) if value.isascii() else (2, 3))


def test_more_names_than_the_kernel_knows(tmp_path):
    written = [json.dumps({"text": "t", f"name {number}": number}).encode() for number in range(200)]
    wide = [
        json.dumps({**{f"field {i}": i for i in range(100)}, "text": "wide", "id": str(n)}).encode() for n in range(3)
    ]
    titles = [json.dumps({"text": "t", **{"title" + " " * i: str(i) for i in range(40)}}).encode() for _ in range(3)]
    for lines_of_file in (written, wide, titles):
        found, expected = both(tmp_path / "a.jsonl", lines_of_file)
        assert found == expected


@pytest.mark.parametrize("size", [1, 7, 63, 64, 65, 4096, BLOCK])
def test_lines_across_blocks(tmp_path, size):
    lines_of_file = [orjson.dumps({"id": str(n), "text": "é" * n + "\n", "title": None}) for n in range(1, 200)]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n\n".join(lines_of_file))
    source = Source(str(path), str(path), "jsonl")
    small = checked(read_jsonl(source, Settings(), block=size, batch_text=size, limit=MAX_RECORD))
    assert content(small) == content(read(path))
    assert sum(batch.records.num_rows for batch in small) == 199


@settings(max_examples=30, deadline=None)
@given(st.integers(20, 60))
@example(33)
def test_a_long_line_between_others_is_rejected_alone(tmp_path_factory, limit):
    path = tmp_path_factory.mktemp("long") / "a.jsonl"
    sizes = [3, 100, 5, 5, 300, 1, 20, 40]
    path.write_bytes(b"\n".join(b'{"text": "%s"}' % (b"x" * size) for size in sizes))
    source = Source(str(path), str(path), "jsonl")
    batches = checked(read_jsonl(source, Settings(), block=16, batch_text=16, limit=limit))
    short = [size for size in sizes if size + 12 <= limit]
    assert [len(text) for batch in batches for text in batch.records.column("text").to_pylist()] == short
    assert [reject.reason for batch in batches for reject in batch.rejects] == ["too_large"] * (len(sizes) - len(short))


def test_texts_of_records_read_again(tmp_path):
    """Sound and odd records in any order, some twice, as the reports ask for them."""
    written = [b'{"id": "%d", "text": "text %d \\u00e9"}' % (n, n) for n in range(50)]
    written[7] = b'{"id": "7", "text": "a control\x01"}'
    written[8] = b'{"id": "8", "data": {"text": "deep"}}'
    written[9] = b'{"id": "9", "text": "twice", "text": "last"}'
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(written))
    (batch,) = read(path)
    assert batch.parse_texts is not None
    texts = [text.encode() for text in batch.records.column("text").to_pylist()]
    rows = [49, 7, 8, 8, 9, 0, 7, 30]
    assert batch.parse_texts([written[row] for row in rows]) == [texts[row] for row in rows]
    assert batch.parse_texts([b'{"html": "<p>a page"}', written[3]]) == [None, texts[3]]
    assert batch.parse_texts([]) == []


def whole_lines(compression: str, content: bytes) -> int:
    """How many whole lines a decompressor gives of a file that is cut off."""
    engine = {"gz": lambda: zlib.decompressobj(31), "bz2": bz2.BZ2Decompressor, "xz": lzma.LZMADecompressor}[
        compression
    ]()
    out = b""
    for at in range(0, len(content), 64):
        out += engine.decompress(content[at : at + 64])
    return out.count(b"\n")


@pytest.mark.parametrize("compression", ["gz", "bz2", "xz"])
@pytest.mark.parametrize("count", [3, 6, 300, 3000])
@pytest.mark.parametrize("cut", [10, 400])
def test_lines_before_a_cut_are_kept(tmp_path, compression, count, cut):
    """Whatever lies in which buffer when the file breaks off, no whole line that was decompressed is lost."""
    texts = [hashlib.sha512(b"%d" % n).hexdigest() * 3 for n in range(count)]
    content = b"".join(orjson.dumps({"id": str(n), "text": text}) + b"\n" for n, text in enumerate(texts))
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[compression]
    path = tmp_path / f"a.jsonl.{compression}"
    path.write_bytes(pack(content)[:-cut])
    whole = whole_lines(compression, path.read_bytes())
    batches = checked(read_jsonl(Source(str(path), str(path), "jsonl", compression), Settings()))
    assert sum(batch.records.num_rows for batch in batches) == whole
    assert [reject.reason for batch in batches for reject in batch.rejects] == ["truncated"]
