"""The same articles give the same columns, whatever format they come in."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import sys
from datetime import date, datetime, timedelta, timezone

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import checked, content, read_all, reasons, rejects, rows, strings, write
from record_strategies import usable_texts

from dedup.errors import UsageError
from dedup.inputs.read import read_objects
from dedup.inputs.readers.arrow import TableReader
from dedup.inputs.readers.csv import NULLS, read_csv
from dedup.inputs.source import Source
from dedup.model import Article
from dedup.settings import Settings

COLUMNS = ("id", "text", "url", "domain", "title", "published", "authors")
GIVEN = [
    ("1", 'Plain text, with "quotes", commas\nand lines.', "http://www.a.org/1", None, "One", "2016-11-09", "A"),
    ("2", "Łódź “curly” \U0001f600 ZWJ\u200d", None, "b.org", None, None, None),
    (None, "  spaces around  ", "https://user@C.org:80/x", None, " ", "2016-11-09T10:00:00+01:00", "B; C"),
    ("4", "semicolons; tabs\tand more", "bad url", None, "F\u2028our", "", ""),
]
EXPECTED = [
    (GIVEN[0][1], "1", "http://www.a.org/1", "a.org", "One", "2016-11-09", "A", None, 1),
    (GIVEN[1][1], "2", None, "b.org", None, None, None, None, 2),
    (GIVEN[2][1], None, "https://user@C.org:80/x", "c.org", None, "2016-11-09T10:00:00+01:00", "B; C", None, 3),
    (GIVEN[3][1], "4", "bad url", None, "F\u2028our", None, None, None, 4),
]
DICTS = [dict(zip(COLUMNS, row, strict=True)) for row in GIVEN]
TABLE = pa.Table.from_pylist(DICTS)


def as_csv(delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(COLUMNS)
    writer.writerows(GIVEN)
    return out.getvalue().encode()


def as_ipc(new: object, table: pa.Table = TABLE, **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    with new(sink, table.schema, **options) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def as_parquet(table: pa.Table = TABLE, **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return sink.getvalue().to_pybytes()


JSONL = "".join(json.dumps(record) + "\n" for record in DICTS).encode()
PACK = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: zstandard.ZstdCompressor().compress(data),
}
FILES = {
    "a.jsonl": JSONL,
    "a.ndjson": JSONL,
    "a.json": json.dumps(DICTS, indent=1).encode(),
    "lines.json": JSONL,
    "a.csv": as_csv(","),
    "semicolon.csv": as_csv(";"),
    "a.tsv": as_csv("\t"),
    "bom.csv": b"\xef\xbb\xbf" + as_csv(","),
    "a.parquet": as_parquet(),
    "groups.parquet": as_parquet(row_group_size=1, compression="zstd"),
    "a.arrow": as_ipc(pa.ipc.new_file),
    "a.feather": as_ipc(pa.ipc.new_file, options=pa.ipc.IpcWriteOptions(compression="lz4")),
    "a.ipc": as_ipc(pa.ipc.new_stream),
}
PACKED = [f"{name}.{how}" for name in ("a.jsonl", "a.json", "a.csv", "a.tsv") for how in PACK]


@pytest.mark.parametrize("name", [*FILES, *PACKED])
def test_every_file_format(tmp_path, name):
    data = FILES[name] if name in FILES else PACK[name.rpartition(".")[2]](FILES[name.rpartition(".")[0]])
    path = write(tmp_path / name, data)
    batches = read_all(path)
    assert reasons(batches) == []
    assert content(batches) == EXPECTED
    assert {batch.file for batch in batches} == {path}
    assert all((row["offset"] >= 0) == (name in ("a.jsonl", "a.ndjson", "lines.json")) for row in rows(batches))


@pytest.mark.parametrize("name", [*FILES, *PACKED])
def test_raw_records(tmp_path, name):
    data = FILES[name] if name in FILES else PACK[name.rpartition(".")[2]](FILES[name.rpartition(".")[0]])
    batches = read_all(write(tmp_path / name, data), keep="canonical")
    raws = [raw for batch in batches for raw in batch.raw or ()]
    if rows(batches)[0]["offset"] >= 0:
        assert raws == []
    else:
        assert [json.loads(raw)["text"] for raw in raws] == [record["text"] for record in DICTS]
        assert json.loads(raws[0]) == {**DICTS[0], "domain": json.loads(raws[0])["domain"]}
        if name.startswith("a.jsonl"):
            assert raws == JSONL.splitlines()


OBJECTS = {
    "dicts": lambda: DICTS,
    "a generator": lambda: iter(DICTS),
    "Articles": lambda: [Article(**record) for record in DICTS],
    "Table": lambda: TABLE,
    "chunks": lambda: pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]),
    "a slice": lambda: pa.concat_tables([TABLE, TABLE]).combine_chunks().slice(4),
    "RecordBatch": lambda: TABLE.to_batches()[0],
    "RecordBatchReader": lambda: TABLE.to_reader(),
    "pandas": lambda: TABLE.to_pandas(),
    "pandas with objects": lambda: TABLE.to_pandas().assign(x=[1, "a", object, None]),
    "polars": lambda: pl.from_arrow(TABLE),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_every_object(name):
    batches = checked(read_objects(OBJECTS[name](), Settings()))
    assert reasons(batches) == []
    assert content(batches) == EXPECTED
    in_rows = name in ("dicts", "a generator", "Articles")
    assert {batch.file for batch in batches} == {"<articles>" if in_rows else "<table>"}


@pytest.mark.parametrize(
    "wrong", ["a.jsonl", b"x", {"text": "a"}, Article("a"), 5, None, pl.LazyFrame({"text": ["a"]})]
)
def test_wrong_objects_are_refused_at_once(wrong):
    with pytest.raises(UsageError, match=r"Arrow|dicts"):
        read_objects(wrong, Settings())


def test_a_column_is_no_table():
    with pytest.raises(UsageError, match="data frame"):
        read_objects(pa.chunked_array([["a"]]), Settings())


def test_items_that_are_no_records():
    batches = checked(read_objects([{"text": "a"}, None, "text", 5, {}, ["text"]], Settings(keep="canonical")))
    wanted = [(2, "null_record"), (3, "not_an_object"), (4, "not_an_object"), (5, "no_text"), (6, "not_an_object")]
    assert reasons(batches) == wanted
    assert batches[0].raw == [b'{"text":"a"}']


def test_articles_whatever_the_mapping():
    batches = checked(read_objects([Article("t", id="1", meta={"a": 1})], Settings(fields=(("text", "content"),))))
    assert content(batches) == [("t", "1", None, None, None, None, None, '{"a":1}', 1)]


def test_values_only_a_program_has():
    import numpy as np

    items = [
        {"text": "a\ud800", "id": np.int64(5), "title": "\udc00", "published": datetime(2016, 11, 9, 10)},
        {"text": b"bytes", "id": 10**30, "published": pd.Timestamp("2016-11-09 10:00", tz="Europe/Berlin")},
        {"text": np.str_("c"), "id": float("nan"), "published": pd.NaT, "meta": {"when": date(2016, 1, 1), 5: {1}}},
        {"text": float("nan"), "body": "d", "published": float("nan")},
    ]
    batches = checked(read_objects(items, Settings(keep="canonical")))
    found = rows(batches)
    assert reasons(batches) == []
    assert [row["text"] for row in found] == ["a\ufffd", "bytes", "c", "d"]
    assert [row["id"] for row in found] == ["5", str(10**30), None, None]
    assert [row["published"] for row in found] == ["2016-11-09T10:00:00", "2016-11-09T09:00:00Z", None, None]
    assert json.loads(found[2]["meta"]) == {"when": "2016-01-01", "5": [1]}
    assert found[0]["title"] == "\ufffd"


STRING_TYPES = [
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.binary(),
    pa.large_binary(),
    pa.binary_view(),
    pa.dictionary(pa.int8(), pa.string()),
    pa.dictionary(pa.int32(), pa.large_string()),
]


@pytest.mark.parametrize("kind", STRING_TYPES, ids=str)
@pytest.mark.parametrize("where", ["memory", "file"])
def test_string_layouts(tmp_path, kind, where):
    values = ["skipped", "first “text”", None, "", "\u2003\n", "last", "x" * 100]
    table = pa.table(
        {"text": strings(values, kind), "id": strings(list("0123456"), kind), "title": strings(values, kind)}
    )
    table = table.slice(1)
    if where == "memory":
        batches = checked(read_objects(table, Settings(keep="canonical")))
    else:
        batches = read_all(write(tmp_path / "a.arrow", as_ipc(pa.ipc.new_file, table)), keep="canonical")
    assert [(row["id"], row["text"], row["title"]) for row in rows(batches)] == [
        ("1", values[1], values[1]),
        ("5", "last", "last"),
        ("6", "x" * 100, "x" * 100),
    ]
    assert [row["line"] for row in rows(batches)] == [1, 5, 6]
    assert reasons(batches) == [(2, "no_text"), (3, "empty_text"), (4, "empty_text")]
    assert [json.loads(raw)["id"] for batch in batches for raw in batch.raw] == ["1", "5", "6"]


def test_invalid_utf8_in_tables(tmp_path):
    binary = pa.array([b"good", b"bad\xff", b"fine"])
    offsets, data = binary.buffers()[1:]
    table = pa.table({"text": pa.StringArray.from_buffers(3, offsets, data), "title": binary, "id": ["1", "2", "3"]})
    for batches in (
        checked(read_objects(table, Settings())),
        read_all(write(tmp_path / "a.parquet", as_parquet(table))),
        read_all(write(tmp_path / "a.arrow", as_ipc(pa.ipc.new_file, table))),
    ):
        assert [(row["id"], row["text"]) for row in rows(batches)] == [("1", "good"), ("3", "fine")]
        assert reasons(batches) == [(2, "invalid_utf8")]


def test_typed_columns():
    zone = timezone(timedelta(hours=1))
    table = pa.table(
        {
            "text": ["a", "b"],
            "id": pa.array([2**64 - 1, 5], pa.uint64()),
            "published": pa.array([datetime(2016, 11, 9, 10, tzinfo=zone), None], pa.timestamp("ns", "+01:00")),
            "authors": pa.array([["A", "B"], None]),
            "meta": pa.array([{"provider": "AP", "n": None}, None]),
            "title": pa.nulls(2),
            "domain": pa.array([1, 2]),
            "url": ["http://a.org", None],
        }
    )
    assert content(checked(read_objects(table, Settings()))) == [
        (
            "a",
            str(2**64 - 1),
            "http://a.org",
            "a.org",
            None,
            "2016-11-09T09:00:00Z",
            "A; B",
            '{"provider":"AP","n":null}',
            1,
        ),
        ("b", "5", None, None, None, None, None, None, 2),
    ]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1.0, None, 2.5]), ("id", ["1", None, None])),
        (pa.array([float("nan"), float("inf"), 7.0]), ("id", [None, None, "7"])),
        (pa.array([True, False, None]), ("id", [None, None, None])),
        (pa.array([10, -3, None]), ("id", ["10", "-3", None])),
        (pa.array([date(2016, 11, 9), None, None]), ("published", ["2016-11-09", None, None])),
        (pa.array([2**62, 0, None], pa.timestamp("s")), ("published", [None, "1970-01-01T00:00:00", None])),
        (
            pa.array([1478685600, None, 1478685600123]),
            ("published", ["2016-11-09T10:00:00Z", None, "2016-11-09T10:00:00.123000Z"]),
        ),
        (pa.array(["1478685600", "20161109", "x"]), ("published", ["2016-11-09T10:00:00Z", "20161109", "x"])),
        (pa.array([[("k", "v")], [], None], pa.map_(pa.string(), pa.string())), ("meta", ['{"k":"v"}', None, None])),
        (pa.array(['{"a": 1}', "no", None]), ("meta", ['{"a":1}', None, None])),
        (pa.array([{"name": "x"}, {"name": None}, None]), ("title", ["x", None, None])),
    ],
)
def test_values_of_columns(column, expected):
    name, values = expected
    table = pa.table({"text": ["a", "b", "c"], name: column})
    assert [row[name] for row in rows(checked(read_objects(table, Settings())))] == values


def test_paragraph_lists_and_second_text_columns():
    table = pa.table({"text": pa.array([["One.", "Two."], None, [], ["x"]]), "body": ["no", "b", None, None]})
    batches = checked(read_objects(table, Settings()))
    assert [row["text"] for row in rows(batches)] == ["One.\n\nTwo.", "b", "x"]
    assert reasons(batches) == [(3, "empty_text")]


def test_columns_of_one_name():
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"]), pa.array(["1"])], ["text", "text", "id"])
    batches = checked(read_objects(table, Settings(keep="canonical")))
    assert [(row["text"], row["id"]) for row in rows(batches)] == [("a", "1")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"id,tale\n1,x\n"),
        ("a.tsv", b"id\ttale\n1\tx\n"),
        ("a.parquet", as_parquet(pa.table({"id": [1], "tale": ["x"]}))),
        ("a.arrow", as_ipc(pa.ipc.new_file, pa.table({"id": [1], "tale": ["x"]}))),
    ],
)
def test_a_table_without_text(tmp_path, name, data):
    path = write(tmp_path / name, data)
    (reject,) = rejects(read_all(path))
    assert (reject.line, reject.reason) == (None, "no_text_field")
    assert "name it as the field text=COLUMN" in reject.detail
    assert "id, tale" in reject.detail
    assert [row["text"] for row in rows(read_all(path, fields=(("text", "tale"),)))] == ["x"]


def test_a_text_column_of_numbers_is_one_reject():
    batches = checked(read_objects(pa.table({"text": [1, 2, 3]}), Settings()))
    assert reasons(batches) == [(None, "wrong_type")]
    assert [r["text"] for r in rows(checked(read_objects(pa.table({"text": [1], "body": ["x"]}), Settings())))] == ["x"]


def test_null_text_columns():
    batches = checked(read_objects(pa.table({"text": pa.nulls(2), "id": ["1", "2"]}), Settings()))
    assert reasons(batches) == [(1, "no_text"), (2, "no_text")]


def test_tables_are_cut_into_batches():
    table = pa.table({"text": ["x" * 3000] * 1000, "id": [str(i) for i in range(1000)]})
    batches = checked(read_objects(table.combine_chunks(), Settings()))
    assert len(batches) == 6
    assert [row["id"] for row in rows(batches)] == [str(i) for i in range(1000)]
    assert [row["line"] for row in rows(batches)] == list(range(1, 1001))


def test_a_dictionary_bomb_is_never_unpacked():
    """2,000 rows that all point at one text of 30 MB: 60 GB as plain strings."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), pa.array(["x" * 30_000_000]))
    batches = read_objects(pa.table({"text": column}), Settings())
    assert [next(batches).records.num_rows for _ in range(2)] == [1, 1]


def test_too_large_rows(monkeypatch):
    monkeypatch.setattr("dedup.inputs.readers.arrow.MAX_RECORD", 100)
    table = pa.table({"text": ["a", "x" * 101, "b", "y" * 200, "z" * 100]})
    batches = checked(read_objects(table, Settings()))
    assert [row["line"] for row in rows(batches)] == [1, 3, 5]
    assert reasons(batches) == [(2, "too_large"), (4, "too_large")]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_files_that_are_no_tables(tmp_path, name):
    for data in (b"", b"PAR1", b"ARROW1", b"hello " * 100, FILES[name][: len(FILES[name]) // 2]):
        batches = read_all(write(tmp_path / name, data))
        assert [reason for _, reason in reasons(batches)] in (["unreadable"], ["corrupt"])
        if not rows(batches):
            assert reasons(batches) == [(None, "unreadable")]


def test_damage_behind_good_row_groups(tmp_path):
    table = pa.table({"text": [f"{i:05}" * 200 for i in range(3000)]})
    data = bytearray(as_parquet(table, row_group_size=500, compression="zstd", use_dictionary=False))
    place = pq.ParquetFile(pa.BufferReader(bytes(data))).metadata.row_group(4).column(0).data_page_offset
    data[place : place + 400] = b"\xff" * 400
    batches = read_all(write(tmp_path / "a.parquet", bytes(data)))
    assert [reason for _, reason in reasons(batches)] == ["corrupt"]
    assert len(rows(batches)) >= 1500


def test_damaged_tables_never_raise(tmp_path):
    """Neither an exception nor, with Arrow's own checks passed by, the end of the process."""
    chance = random.Random(1)
    columns = {"text": [f"{i} text" for i in range(50)], "authors": [["a", "b"]] * 50, "id": list(range(50))}
    table = pa.table({**columns, "title": pa.array(["x", "y"] * 25).dictionary_encode()})
    whole = {"a.arrow": as_ipc(pa.ipc.new_file, table), "a.parquet": as_parquet(table, row_group_size=20)}
    kept = 0
    for name, data in list(whole.items()) * 60:
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 5, 20))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        kept += len(rows(read_all(write(tmp_path / name, bytes(damaged)), keep="canonical"))) > 0
    assert 0 < kept < 120


def test_invalid_utf8_in_lists_does_not_lose_the_file(tmp_path):
    authors = pa.array([[b"A\xff"], [b"B"]]).view(pa.list_(pa.string()))
    data = as_ipc(pa.ipc.new_file, pa.table({"text": ["a", "b"], "authors": authors}))
    batches = read_all(write(tmp_path / "a.arrow", data))
    assert [(row["text"], row["authors"]) for row in rows(batches)] == [("a", None), ("b", "B")]


def test_offsets_that_point_outside_the_file(tmp_path):
    table = pa.table({"text": pa.array(["abcd", "efgh"])})
    data = as_ipc(pa.ipc.new_file, table)
    offsets = b"\0\0\0\0\x04\0\0\0\x08\0\0\0"
    assert data.count(offsets) == 1
    batches = read_all(write(tmp_path / "a.arrow", data.replace(offsets, b"\0\0\0\0\x04\0\0\0\xff\xff\xff\x7f")))
    assert reasons(batches) == [(None, "unreadable")]


@pytest.mark.parametrize(
    ("data", "texts", "expected"),
    [
        (b"id,text\n1,a\n2\n3,b,c\n4,d\n", ["a", "d"], [(2, "bad_row"), (3, "bad_row")]),
        (b'id,text\n1,"a\nb"\n\n2,"c\r\nd"\n', ["a\nb", "c\r\nd"], []),
        (b"id,text\r\n1,a\r\n2,b", ["a", "b"], []),
        (b"id,text\n1,a\0b\n", ["a\0b"], []),
        (b"id,text\n1,\xff\n2,b\n", ["b"], [(1, "invalid_utf8")]),
        (b"id,text\n\xff,a\n2,b\n", ["b"], [(1, "invalid_utf8")]),
        (b"id,text\n1,\n2, \n3,c\n", ["c"], [(1, "empty_text"), (2, "empty_text")]),
        (b'id,text\n1,a\n2,"b\n3,c\n', ["a"], [(2, "bad_row")]),
        (b'id,text\n1,"a ""quoted"" word"\n2,b "c" d\n', ['a "quoted" word', 'b "c" d'], []),
        (b"text,text,id\na,b,1\n", ["a"], []),
        (b"\n\n id , text \n1,a\n", ["a"], []),
        (b"text\na\n\nb\n", ["a", "b"], []),
        ("id,text\n1,a\n".encode("utf-16"), ["a"], []),
        (b"", [], []),
        (b"id,text\n", [], []),
    ],
)
def test_csv(tmp_path, data, texts, expected):
    batches = read_all(write(tmp_path / "a.csv", data))
    assert [row["text"] for row in rows(batches)] == texts
    assert reasons(batches) == expected


def test_csv_cells_may_be_large_and_the_hosts_limit_stays(tmp_path):
    before = csv.field_size_limit(1000)
    try:
        path = write(tmp_path / "a.csv", b"id,text\n" + b"".join(b"%d,%s\n" % (i, b"x" * 300_000) for i in range(5)))
        seen = []
        batches = []
        for batch in read_csv(Source(path, path, "csv"), Settings()):
            seen.append(csv.field_size_limit())
            batches.append(batch)
        assert len(rows(checked(batches))) == 5
        assert len(seen) > 1
        assert set(seen) == {1000}
        assert csv.field_size_limit() == 1000
    finally:
        csv.field_size_limit(before)


def test_csv_records_above_the_limit(tmp_path):
    data = b'id,text\n1,a\n2,"' + b"long\n" * 100 + b'"\n3,' + b"x" * 500 + b"\n4,d\n"
    path = write(tmp_path / "a.csv", data)
    batches = checked(read_csv(Source(path, path, "csv"), Settings(), limit=200, block=32))
    assert [row["text"] for row in rows(batches)] == ["a", "d"]
    assert "too_large" in {reason for _, reason in reasons(batches)}


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20).filter(
    lambda cell: cell == "" or cell not in NULLS
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(cells, usable_texts.filter(lambda t: "\r" not in t and t not in NULLS)), min_size=1, max_size=6),
    st.integers(1, 64),
)
def test_csv_round_trip(tmp_path_factory, given_rows, block):
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["title", "text"])
    writer.writerows(given_rows)
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", out.getvalue())
    batches = checked(read_csv(Source(path, path, "csv"), Settings(), block=block, batch_text=block))
    assert reasons(batches) == []
    assert [row["text"] for row in rows(batches)] == [text for _, text in given_rows]
    assert [row["title"] for row in rows(batches)] == [t if t and not t.isspace() else None for t, _ in given_rows]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=10), min_size=1, max_size=8))
def test_tables_agree_with_dicts(values):
    """Arrow's idea of white space and Python's are one."""
    table = checked(
        read_objects(
            pa.table({"text": pa.array(values, pa.string()), "title": pa.array(values, pa.string())}), Settings()
        )
    )
    items = checked(read_objects([{"text": value, "title": value} for value in values], Settings()))
    assert content(table) == content(items)
    assert reasons(table) == reasons(items)


def test_text_files(tmp_path):
    write(tmp_path / "news" / "a.txt", "One.\r\nTwo.")
    write(tmp_path / "news" / "b" / "c.txt", b"\xef\xbb\xbfThree.")
    write(tmp_path / "news" / "d.txt", b"\xff\x00")
    write(tmp_path / "news" / "e.txt", " \n")
    write(tmp_path / "news" / "f.txt", "Four.".encode("utf-16"))
    write(tmp_path / "news" / "g.txt.gz", gzip.compress(b"Five."))
    folder = str(tmp_path / "news")
    batches = read_all(folder)
    assert [(row["id"], row["text"], row["line"]) for row in rows(batches)] == [
        (f"{folder}/a.txt", "One.\r\nTwo.", 1),
        (f"{folder}/f.txt", "Four.", 1),
        (f"{folder}/g.txt.gz", "Five.", 1),
        (f"{folder}/b/c.txt", "Three.", 1),
    ]
    assert reasons(batches) == [(1, "invalid_utf8"), (1, "empty_text")]


def test_arrow_stream_from_standard_input_is_refused():
    from dedup.inputs.paths import resolve

    with pytest.raises(UsageError, match="name a file"):
        resolve(["-"], "arrow")


def test_csv_from_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(FILES["a.csv"]))))
    assert content(read_all("-", format="csv")) == EXPECTED


def test_rows_counts_over_batches():
    table = TableReader("t", Settings())
    assert not list(table.open(TABLE.schema))
    for batch in TABLE.to_batches(max_chunksize=1):
        list(table.batches(batch))
    assert table.row == len(GIVEN)
