"""JSON lines: what is kept, what is rejected and why, and where each record stood."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import checked, content, read_all, reasons, rejects, rows, write
from record_strategies import records, usable_texts, wild_texts

import dedup
from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.inputs.readers.jsonl import read_json, read_jsonl
from dedup.inputs.source import Source
from dedup.settings import Settings


def one(tmp_path: Path, record: object, **options: object) -> dict:
    line = record if isinstance(record, str | bytes) else json.dumps(record)
    batches = read_all(write(tmp_path / "a.jsonl", line), **options)
    assert rejects(batches) == []
    (row,) = rows(batches)
    return row


def test_all_columns(tmp_path):
    record = {
        "id": "a1",
        "text": "Some “text”.",
        "url": "https://www.Example.org/x",
        "domain": "example.org",
        "title": "A title",
        "published": "2016-11-09 00:00:00",
        "authors": "A; B",
        "meta": {"provider": "AP"},
    }
    row = one(tmp_path, record)
    assert row == {**record, "meta": '{"provider":"AP"}', "line": 1, "offset": 0, "length": len(json.dumps(record))}


@pytest.mark.parametrize("name", ["text", "body", "content", "maintext", "article_text", "raw_text", "plain_text"])
def test_names_of_text(tmp_path, name):
    assert one(tmp_path, {name: "Hello"})["text"] == "Hello"


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"body": "second", "text": "first"}, "first"),
        ({"text": "", "body": "second"}, "second"),
        ({"text": None, "content": "third"}, "third"),
        ({"text": 5, "content": "third"}, "third"),
        ({"text": ["One.", "Two."]}, "One.\n\nTwo."),
        ({"text": "nul\0inside"}, "nul\0inside"),
        ({"text": "  kept as it is \n"}, "  kept as it is \n"),
    ],
)
def test_choice_of_text(tmp_path, record, text):
    assert one(tmp_path, record)["text"] == text


def test_layouts_may_alternate(tmp_path):
    given = [
        {"text": "a", "id": "1"},
        {"content": "b", "id": "2", "author": "X"},
        {"text": "c", "content": "not c", "id": "3"},
        {"id": "4", "headline": "H", "title": None, "text": "d", "extra": {"text": "no"}},
        {"text": "e", "id": "5", "doc_id": "no"},
        {"text": "f", "id": None, "doc_id": "6"},
        {"text": "g", "uuid": "7", "other": 1},
    ] * 3
    found = rows(read_all(write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, given)))))
    assert [row["text"] for row in found] == list("abcdefg") * 3
    assert [row["id"] for row in found] == list("1234567") * 3
    assert [row["authors"] for row in found] == [None, "X", None, None, None, None, None] * 3
    assert [row["title"] for row in found] == [None, None, None, "H", None, None, None] * 3


@pytest.mark.parametrize(
    ("written", "identifier"),
    [
        ('"x"', "x"),
        ("7", "7"),
        ("-7", "-7"),
        ("12345678901234567890", "12345678901234567890"),
        ("1234567890123456789012345", "1234567890123456789012345"),
        ("-9223372036854775809", "-9223372036854775809"),
        ("12.0", "12"),
        ("1.10", "1.10"),
        ("true", None),
        ("null", None),
        ('""', None),
        ('" "', None),
        ('{"name": "x"}', None),
        ("[1]", None),
        ("1" * 5000, "1" * 5000),
    ],
)
def test_identifiers(tmp_path, written, identifier):
    assert one(tmp_path, f'{{"text": "t", "id": {written}}}')["id"] == identifier


def test_long_identifiers_beside_others(tmp_path):
    lines = [f'{{"text": "t", "id": {i}}}' for i in ("1", "1234567890123456789012345", '"b"', "null", "2.5", "3")]
    found = rows(read_all(write(tmp_path / "a.jsonl", "\n".join(lines))))
    assert [row["id"] for row in found] == ["1", "1234567890123456789012345", "b", None, "2.5", "3"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "bad_json"),
        (b"{'text': 'a'}", "bad_json"),
        (b'{"text": "a"} x', "bad_json"),
        (b"[1]", "not_an_object"),
        (b"[]", "not_an_object"),
        (b'["text"]', "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"5", "not_an_object"),
        (b"null", "null_record"),
        (b"{}", "no_text"),
        (b'{"text": null}', "no_text"),
        (b'{"id": "1", "title": "t"}', "no_text"),
        (b'{"text": ""}', "empty_text"),
        (b'{"text": " \\n\\u00a0"}', "empty_text"),
        (b'{"text": []}', "empty_text"),
        (b'{"text": 5}', "wrong_type"),
        (b'{"text": true}', "wrong_type"),
        (b'{"text": {"a": "b"}}', "wrong_type"),
        (b'{"text": ["a", 5]}', "wrong_type"),
        (b'{"text": "a\xff"}', "invalid_utf8"),
        (b'{"text": "a\xed\xa0\x80"}', "invalid_utf8"),
        (b'{"text": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'{"text": NaN, "x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, "too_deep"),
    ],
)
def test_rejects(tmp_path, line, reason):
    good = b'{"text": "good"}'
    batches = read_all(write(tmp_path / "a.jsonl", good + b"\n" + line + b"\n" + good))
    assert reasons(batches) == [(2, reason)]
    assert [row["line"] for row in rows(batches)] == [1, 3]
    assert all(reject.file == str(tmp_path / "a.jsonl") for reject in rejects(batches))


def test_depth_does_not_need_the_hosts_recursion_limit(tmp_path):
    path = write(tmp_path / "a.jsonl", b'{"text": NaN, "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}")
    code = (
        "import sys; sys.setrecursionlimit(10**9)\n"
        "from dedup.inputs.read import read\nfrom dedup.inputs.paths import resolve\n"
        "from dedup.settings import Settings\n"
        f"print([(r.line, r.reason) for b in read(resolve([{path!r}]), Settings()) for r in b.rejects])"
    )
    here = Path(dedup.__file__).parents[1] if dedup.__file__ else Path(dedup.__path__[0]).parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=here)
    assert done.stdout.strip() == "[(1, 'too_deep')]", done.stderr


def test_brackets_in_strings_are_no_depth(tmp_path):
    text = '[{"' * 2000
    assert one(tmp_path, json.dumps({"text": text})[:-1] + ', "x": NaN}')["text"] == text


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('{"text": "a\\ud800b"}', "a\ufffdb"),
        ('{"text": "a\\ud83d\\ude00b"}', "a\U0001f600b"),
        ('{"text": "a", "x": NaN, "y": -Infinity, "z": 1e999}', "a"),
        ('{"text": "a\tb\x01"}', "a\tb\x01"),
        ('{"text": "a", "title": "\\udc00", "\\ud800": 1, "meta": {"\\ud800": "\\ud800"}}', "a"),
    ],
)
def test_odd_json_is_kept(tmp_path, line, text):
    row = one(tmp_path, line)
    assert row["text"] == text
    if "title" in line:
        assert row["title"] == "\ufffd"
        assert json.loads(row["meta"]) == {"\ufffd": "\ufffd"}


def test_mixed_types_do_not_disturb_neighbours(tmp_path):
    values = ["a", 1, 2.5, None, True, ["x", {"name": "y"}, 3], {"name": "z"}, {"no": 1}, ""]
    lines = [json.dumps({"text": "t", "title": v, "authors": v, "domain": v}) for v in values]
    found = rows(read_all(write(tmp_path / "a.jsonl", "\n".join(lines))))
    assert [row["title"] for row in found] == ["a", None, None, None, None, None, "z", None, None]
    assert [row["authors"] for row in found] == ["a", None, None, None, None, "x; y", "z", None, None]


def test_marks_line_ends_and_blank_lines(tmp_path):
    data = b'\xef\xbb\xbf{"text": "a"}\r\n\r\n  \n{"text": "b"}\r\n\n{"text": "c"}'
    path = tmp_path / "a.jsonl"
    batches = read_all(write(path, data))
    assert reasons(batches) == []
    assert [(row["text"], row["line"]) for row in rows(batches)] == [("a", 1), ("b", 4), ("c", 6)]
    for row in rows(batches):
        line = data[row["offset"] : row["offset"] + row["length"]]
        assert line == json.dumps({"text": row["text"]}).encode()


def test_utf16(tmp_path):
    batches = read_all(write(tmp_path / "a.jsonl", '{"text": "a"}\n{"text": "b"}\n'.encode("utf-16")))
    assert [row["text"] for row in rows(batches)] == ["a", "b"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n"])
def test_empty_files(tmp_path, content):
    assert read_all(write(tmp_path / "a.jsonl", content)) == []


def test_too_large_lines_are_skipped(tmp_path):
    lines = [json.dumps({"text": "x" * size}) for size in (10, 200, 90, 500, 20, 1000)]
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    batches = checked(read_jsonl(Source(path, path, "jsonl"), Settings(), block=16, limit=102))
    assert reasons(batches) == [(2, "too_large"), (4, "too_large"), (6, "too_large")]
    data = Path(path).read_bytes()
    for row, line in zip(rows(batches), (lines[0], lines[2], lines[4]), strict=True):
        assert data[row["offset"] : row["offset"] + row["length"]].decode() == line


def test_raw_lines_of_what_cannot_be_read_again(tmp_path, monkeypatch):
    lines = [b'{"text":  "a", "x": 1.10}', b'{"text": "", "x": 2}', b'{"x": 3, "text": "b"}']
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\r\n".join(lines) + b"\n")))
    (batch,) = read_all("-", keep="canonical")
    assert batch.file == "-"
    assert batch.raw == [lines[0], lines[2]]
    assert [row["offset"] for row in rows([batch])] == [-1, -1]


def test_raw_is_not_kept_in_vain(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"text": "a"}')
    assert read_all(path)[0].raw is None
    assert read_all(path, keep="canonical")[0].raw is None
    assert read_all(path, keep="canonical")[0].records.column("offset").to_pylist() == [0]


def test_field_mapping(tmp_path):
    record = {"text": "teaser", "story": "the text", "title": "T", "key": "k"}
    row = one(tmp_path, record, fields=(("text", "story"), ("id", "key")))
    assert (row["text"], row["id"], row["title"]) == ("the text", "k", "T")
    batches = read_all(write(tmp_path / "b.jsonl", json.dumps({"text": "teaser"})), fields=(("text", "story"),))
    assert reasons(batches) == [(1, "no_text")]


def test_several_fields_for_one_column(tmp_path):
    """Files of one folder have names of their own: each record takes the first that it has."""
    records = [
        {"Volltext": "v", "text": "teaser"},
        {"text": "t"},
        {"deep": {"body": "d"}},
        {"Volltext": "", "text": "t2"},
    ]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, records)))
    batches = read_all(path, fields=(("text", "Volltext"), ("text", "text"), ("text", "/deep/body")))
    assert [row["text"] for row in rows(batches)] == ["v", "t", "d", "t2"]


@pytest.mark.parametrize("space", ["", " "])
def test_records_of_one_line(tmp_path, space):
    """A crawler that was killed as it wrote, and began again, leaves no line end between its records."""
    one, two, three = (json.dumps({"id": id, "text": f"text {id}", "x": {"id": 1}}) for id in "abc")
    lines = [one + space + two, three[:20] + one.replace('"a"', '"d"'), three, two.replace('"b"', '"e"') + three[:30]]
    batches = read_all(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert [(row["id"], row["text"], row["line"]) for row in rows(batches)] == [
        ("a", "text a", 1),
        ("b", "text b", 1),
        ("d", "text a", 2),
        ("c", "text c", 3),
        ("e", "text b", 4),
    ]
    assert reasons(batches) == [(2, "bad_json"), (4, "bad_json")]


def test_a_field_serves_one_column(tmp_path):
    row = one(tmp_path, {"content": "C", "body": "B"}, fields=(("title", "body"),))
    assert (row["text"], row["title"]) == ("C", "B")


def test_batches_have_a_size(tmp_path):
    path = write(tmp_path / "a.jsonl", "".join(json.dumps({"text": "x" * 3000}) + "\n" for _ in range(600)))
    sizes = [sum(len(t) for t in b.records.column("text").to_pylist()) for b in read_all(path)]
    assert sum(sizes) == 600 * 3000
    assert all(400_000 < size < 600_000 for size in sizes[:-1])


def test_batches_of_rejects_alone_are_bounded(tmp_path):
    batches = read_all(write(tmp_path / "a.jsonl", "5\n" * 40_000))
    assert sum(len(batch.rejects) for batch in batches) == 40_000
    assert max(len(batch.rejects) for batch in batches) <= 16_384


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ('[{"text": "a"}, {"text": "b"}]', ["a", "b"]),
        ('\ufeff\n [\n{"text": "a"},\n{"text": "b"}\n]\n', ["a", "b"]),
        ('{"text": "a"}', ["a"]),
        ('{\n  "text": "a",\n  "x": [1,\n 2]\n}\n', ["a"]),
        ('{"text": "a"}\n{"text": "b"}\n', ["a", "b"]),
        ('\n\n{"text": "a"}\n{"text": "b"}\n', ["a", "b"]),
        ("[]", []),
        ("", []),
        ("\n\n", []),
    ],
)
def test_json_files(tmp_path, content, texts):
    batches = read_all(write(tmp_path / "a.json", content))
    assert [row["text"] for row in rows(batches)] == texts
    assert reasons(batches) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[{"text": "a"}, 5, null, {"text": ""}]', [(2, "not_an_object"), (3, "null_record"), (4, "empty_text")]),
        ('[{"text": "a"},', [(2, "truncated")]),
        ("5", [(1, "not_an_object")]),
        ('{"text": \n{"text": "b"}\n', [(1, "bad_json")]),
        ("[" * 5000, [(1, "too_deep")]),
        ("[\n" * 5000, [(1, "truncated")]),
    ],
)
def test_json_file_rejects(tmp_path, content, expected):
    assert reasons(read_all(write(tmp_path / "a.json", content))) == expected


def test_json_array_keeps_every_digit(tmp_path):
    path = write(tmp_path / "a.json", '[{"text": "a", "id": 1234567890123456789012345}]')
    (batch,) = read_all(path, keep="canonical")
    assert rows([batch])[0]["id"] == "1234567890123456789012345"
    assert json.loads(batch.raw[0])["text"] == "a"


def test_large_json_array(tmp_path):
    path = write(tmp_path / "a.json", json.dumps([{"text": "x" * 50}] * 10, indent=1))
    batches = checked(read_json(Source(path, path, "json"), Settings(), limit=400))
    assert [row["text"] for row in rows(batches)] == ["x" * 50] * 10


def test_large_file_of_lines_called_json(tmp_path):
    lines = ["{broken"] + [json.dumps({"text": "x" * 50})] * 10
    path = write(tmp_path / "a.json", "\n".join(lines))
    batches = checked(read_json(Source(path, path, "json"), Settings(), limit=400))
    assert reasons(batches) == [(1, "bad_json")]
    assert len(rows(batches)) == 10


@settings(max_examples=150, deadline=None)
@given(st.lists(records | st.fixed_dictionaries({"text": wild_texts}), max_size=8), st.integers(1, 200), st.booleans())
def test_round_trip(tmp_path_factory, given_records, block, ascii_only):
    """Whatever JSON can say and however the bytes fall into blocks, each record comes out once, with its text."""
    path = tmp_path_factory.mktemp("round") / "a.jsonl"
    dumped = [json.dumps(record, ensure_ascii=ascii_only or None is record) for record in given_records]
    path.write_bytes("\n".join(dumped).encode("utf-8", "surrogatepass"))
    source = Source(str(path), str(path), "jsonl")
    batches = checked(read_jsonl(source, Settings(), block=block, batch_text=block))
    data = path.read_bytes()
    found = {row["line"]: row for row in rows(batches)}
    refused = {line for line, _ in reasons(batches)}
    for number, (record, line) in enumerate(zip(given_records, dumped, strict=True), 1):
        encodable = line.encode("utf-8", "replace").decode() == line
        assert (number in found) != (number in refused)
        assert (number in found) == encodable
        if number in found:
            row = found[number]
            assert row["text"] == record["text"].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            assert data[row["offset"] : row["offset"] + row["length"]] == line.encode()


@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=6), st.integers(1, 64))
def test_block_size_changes_nothing(tmp_path_factory, given_records, block):
    path = write(tmp_path_factory.mktemp("block") / "a.jsonl", "\n".join(map(json.dumps, given_records)))
    small = checked(read_jsonl(Source(path, path, "jsonl"), Settings(), block=block, batch_text=1))
    large = checked(read_jsonl(Source(path, path, "jsonl"), Settings()))
    assert content(small) == content(large)
    assert len(small) == len(given_records)


@settings(max_examples=60, deadline=None)
@given(usable_texts)
def test_text_is_kept_to_the_byte(tmp_path_factory, text):
    path = write(tmp_path_factory.mktemp("byte") / "a.jsonl", json.dumps({"text": text}, ensure_ascii=False))
    assert [row["text"] for row in rows(read_all(path))] == [text]


def test_pipes(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    source = resolve([str(pipe)], "jsonl")
    thread = threading.Thread(target=lambda: pipe.write_bytes(b'{"text": "a"}\n{"text": "b"}\n'))
    thread.start()
    batches = checked(read(source, Settings(keep="canonical")))
    thread.join()
    assert [(row["text"], row["offset"]) for row in rows(batches)] == [("a", -1), ("b", -1)]
    assert batches[0].raw == [b'{"text": "a"}', b'{"text": "b"}']
