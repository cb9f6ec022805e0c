"""Parquet and Arrow files whose values are many times the file: what is held of them, and what is refused."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import weakref
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import reference
from reading import read_all, reasons, rows, strings

from dedup.candidates.digest import digest, shingle_ids
from dedup.candidates.passages import rate_of
from dedup.inputs.batch import SCHEMA, Batch, map_prefetched
from dedup.inputs.batch_builder import BATCH_TEXT
from dedup.inputs.paths import resolve
from dedup.inputs.read import read, read_objects
from dedup.inputs.readers import arrow_columns
from dedup.inputs.readers.ipc_sizes import batches_before_bomb
from dedup.inputs.readers.parquet_pages import DECODED, Page, _fit_rows, pages, rows_at_once
from dedup.settings import Settings

MB = 1 << 20
WORDS = "the quick brown fox jumps over seven lazy dogs near river banks while old men watch "

#: Peak memory of a scan, in MB, less what it takes with hardly any article: what it imports. `getrusage` would count
#: what the parent process had before it started this one.
_MEASURE = """
import sys
import dedup
def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) >> 10
dedup.scan([{"id": str(i), "text": "one two three four five six seven"} for i in range(2)])
before = peak()
result = dedup.scan(sys.argv[1])
print(peak() - before, len(result.origins))
"""


def peak_of_scan(path: Path) -> tuple[int, int]:
    """(MB, articles) of the scan of a file, in a process of its own."""
    command = [sys.executable, "-c", _MEASURE, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    peak, articles = done.stdout.split()
    return int(peak), int(articles)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the peak memory of a process from Linux")
@pytest.mark.parametrize(("kind", "most"), [("parquet", 900), ("jsonl", 620)])
def test_large_records_are_worked_on_one_after_another(tmp_path: Path, kind: str, most: int) -> None:
    """Six texts of 20 MB each. At once they would take 1.4 GB (Parquet, 3 KB) and 0.8 GB (JSON lines)."""
    path = tmp_path / f"a.{kind}"
    if kind == "parquet":
        table = pa.table({"id": [str(i) for i in range(6)], "text": ["x y " * 5_000_000] * 6})
        pq.write_table(table, path, compression="zstd")
        assert path.stat().st_size < 10_000
    else:
        cells = (f"number {i} " + WORDS * (20 * MB // len(WORDS)) for i in range(6))
        path.write_text("".join(f'{{"id": {i}, "text": "{cell}"}}\n' for i, cell in enumerate(cells)))
    peak, articles = peak_of_scan(path)
    assert articles == 6
    assert peak < most, peak


def test_values_that_many_rows_share_are_not_decoded_for_all_of_them(tmp_path: Path) -> None:
    """200 rows, one title of 2 MB: 0.4 GB as a column of strings."""
    count = 200
    table = pa.table({"text": [f"text {i} of them" for i in range(count)], "title": ["t" * (2 * MB)] * count})
    for name in ("a.parquet", "a.arrow", "b.arrow"):
        path = tmp_path / name
        if name == "a.parquet":
            pq.write_table(table, path, compression="zstd")
        else:
            title = table.column("title").combine_chunks()
            packed = title.dictionary_encode()
            if name == "b.arrow":
                packed = pa.RunEndEncodedArray.from_arrays(pa.array([count], pa.int32()), title[:1])
            once = pa.table({"text": table.column("text"), "title": packed})
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, once.schema) as writer:
                writer.write_table(once)
        pool = pa.default_memory_pool()
        before, most, articles = pool.bytes_allocated(), 0, 0
        for batch in read(resolve([str(path)]), Settings()):
            most = max(most, batch.records.nbytes)
            articles += batch.records.num_rows
            assert pool.bytes_allocated() - before < 150 * MB
        assert articles == count
        assert most < 5 * MB


# -- sizes of values -----------------------------------------------------------------------------------------------

TEXTS = ["a", "", None, "bcd" * 20, "ü€", None, "x" * 100]
KINDS = [pa.string(), pa.large_string(), pa.binary(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [slice(None), slice(1, 5), slice(3, 3)])
def test_lengths_of_texts_in_any_layout(kind: Any, cut: slice) -> None:
    column = strings(list(TEXTS), kind)[cut]
    expected = [0 if value is None else len(value.encode()) for value in TEXTS[cut]]
    assert arrow_columns.lengths(column).tolist() == expected


def test_lengths_of_runs_and_nested_values() -> None:
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 5, 6], pa.int32()), pa.array(["ab", None, "cdef"]))
    assert arrow_columns.lengths(runs).tolist() == [2, 2, 0, 0, 0, 4]
    assert arrow_columns.lengths(runs[1:6]).tolist() == [2, 0, 0, 0, 4]
    lists = pa.array([["ab", "c"], [], None, ["defg"]])
    for kind in (pa.list_(pa.string()), pa.large_list(pa.string()), pa.list_view(pa.string())):
        column = pa.array(lists.to_pylist(), kind)
        assert arrow_columns.lengths(column).tolist() == [19, 0, 0, 12]
        assert arrow_columns.lengths(column[3:]).tolist() == [12]
    pairs = pa.array([["ab", "c"], ["", "defg"]], pa.list_(pa.string(), 2))
    assert arrow_columns.lengths(pairs[1:]).tolist() == [20]
    maps = pa.array([[("a", "bcd")], []], pa.map_(pa.string(), pa.string()))
    assert arrow_columns.lengths(maps).tolist() == [12, 0]
    structs = pa.array([{"a": "bcd", "n": 1}, {"a": "", "n": 2}, {"a": "e", "n": 3}])
    assert arrow_columns.lengths(structs[1:]).tolist() == [8, 9]


def test_a_record_of_many_large_fields_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.inputs.readers.arrow.MAX_RECORD", 100)
    table = pa.table({"text": ["a", "b" * 60, "c"], "title": ["t", "u" * 60, None], "other": ["o" * 200] * 3})
    assert reasons(read_objects(table, Settings())) == [(2, "too_large")]
    assert len(reasons(read_objects(table, Settings(keep="canonical")))) == 3


# -- pages of Parquet ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip", "lz4"])
def test_pages_are_told_by_their_headers(tmp_path: Path, version: str, compression: str) -> None:
    path = str(tmp_path / "a.parquet")
    texts = [f"{i} " * 400 if i != 5000 else "x" * (2 * MB) for i in range(10_000)]
    table = pa.table({"text": texts, "id": list(range(len(texts)))})
    pq.write_table(table, path, data_page_version=version, compression=compression, row_group_size=4000)
    metadata = pq.ParquetFile(path).metadata
    with open(path, "rb") as file:
        for group in range(3):
            for column in range(2):
                chunk = metadata.row_group(group).column(column)
                found = list(pages(file, chunk))
                assert sum(page.values for page in found if not page.dictionary) == chunk.num_values
                size = sum(page.size for page in found)
                # The rest are the headers themselves, with statistics.
                assert 0.9 * chunk.total_uncompressed_size < size < chunk.total_uncompressed_size
    wanted = rows_at_once(path, metadata, {"text"}, BATCH_TEXT)
    assert all(32 <= rows <= 2048 for rows in wanted)
    assert [row["id"] for row in rows(read_all(path))] == [str(i) for i in range(len(texts))]


def test_rows_are_halved_until_they_fit() -> None:
    flat = [Page(False, MB, 1000, 0, 0)] * 100
    assert _fit_rows(flat, 2048, 0) == 2048
    assert _fit_rows([*flat, Page(False, DECODED // 2, 1000, 0, 0), *[Page(False, MB * 60, 1, 0, 0)] * 9], 2048, 0) <= 2
    assert _fit_rows(flat, 2048, DECODED // 100) == 64
    assert _fit_rows([Page(False, 2 * DECODED, 5, 0, 0)], 2048, 0) == 1
    assert _fit_rows([], 2048, 0) == 2048


def test_damaged_headers_of_pages_end(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"{i} " * 30_000 for i in range(40)]}), path, row_group_size=10)
    metadata, whole = pq.ParquetFile(path).metadata, path.read_bytes()
    chunk = metadata.row_group(1).column(0)
    begin = chunk.dictionary_page_offset
    chance = random.Random(1)
    spent = time.process_time()
    for damage in [b"\x1c" * 40, b"\x15" + b"\xff" * 40, b"\x19\xf1" + b"\xff" * 8 + b"\x01"] + [
        chance.randbytes(chance.randrange(1, 30)) for _ in range(100)
    ]:
        damaged = bytearray(whole)
        damaged[begin : begin + len(damage)] = damage
        path.write_bytes(damaged)
        assert all(0 <= rows <= 2048 for rows in rows_at_once(str(path), metadata, None, BATCH_TEXT))
        assert len(rows(read_all(path))) >= 10
    assert time.process_time() - spent < 60


# -- bombs ---------------------------------------------------------------------------------------------------------


def test_a_page_that_is_a_bomb_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("parquet_pages", "arrow"):
        monkeypatch.setattr(f"dedup.inputs.readers.{module}.LONGEST_RUN", 50 * MB)
    texts = ["good 1", "good 2", "z" * (60 * MB), "beside", "good 3"]
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", compression="zstd", row_group_size=2)
    batches = read_all(tmp_path / "a.parquet")
    assert [(row["text"], row["line"]) for row in rows(batches)] == [("good 1", 1), ("good 2", 2), ("good 3", 5)]
    assert reasons(batches) == [(3, "too_large")]


@pytest.mark.parametrize("new", [pa.ipc.new_file, pa.ipc.new_stream])
@pytest.mark.parametrize("where", ["batch", "dictionary"])
def test_a_batch_of_arrow_that_is_a_bomb_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: Any, where: str
) -> None:
    monkeypatch.setattr("dedup.inputs.readers.ipc_sizes.LONGEST_RUN", 50 * MB)
    bomb = pa.array(["z" * (60 * MB)])
    good = pa.array(["good", "more"])
    if where == "dictionary":
        bomb, good = bomb.dictionary_encode(), good.dictionary_encode()
    path = tmp_path / "a.arrow"
    options = pa.ipc.IpcWriteOptions(compression="zstd", unify_dictionaries=False)
    with pa.OSFile(str(path), "wb") as file, new(file, pa.schema({"text": bomb.type}), options=options) as writer:
        for column in (good, bomb) if new is pa.ipc.new_stream or where == "batch" else (bomb,):
            writer.write_batch(pa.record_batch({"text": column}))
    before = pa.default_memory_pool().bytes_allocated()
    batches = read_all(path)
    assert pa.default_memory_pool().bytes_allocated() - before < 20 * MB
    kept = [] if where == "dictionary" and new is pa.ipc.new_file else ["good", "more"]
    assert [row["text"] for row in rows(batches)] == kept
    assert reasons(batches) == [(len(kept) + 1, "too_large")]


def test_batches_of_arrow_in_order_are_no_bombs(tmp_path: Path) -> None:
    table = pa.table({"text": ["good"] * 10, "title": pa.array(["a", "b"] * 5).dictionary_encode()})
    for compression in (None, "zstd", "lz4"):
        for new in (pa.ipc.new_file, pa.ipc.new_stream):
            path = str(tmp_path / "a.arrow")
            options = pa.ipc.IpcWriteOptions(compression=compression)
            with pa.OSFile(path, "wb") as file, new(file, table.schema, options=options) as writer:
                writer.write_table(table)
            assert batches_before_bomb(path) is None
            whole = Path(path).read_bytes()
            for end in range(0, len(whole), 7):
                Path(path).write_bytes(whole[:end])
                assert batches_before_bomb(path) is None


# -- batches that are worked on --------------------------------------------------------------------------------------


def batch_of(size: int) -> Batch:
    columns = {name: pa.nulls(1, SCHEMA.field(name).type) for name in SCHEMA.names}
    columns |= {"text": pa.array(["x" * size], pa.large_string())}
    columns |= {name: pa.array([0], pa.int64()) for name in ("line", "offset", "length")}
    return Batch("a", pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA))


@pytest.mark.parametrize(("size", "most"), [(1000, 6), (20 * MB, 2), (40 * MB, 1)])
@pytest.mark.parametrize("threads", [0, 4])
def test_batches_ahead_are_bounded_by_their_bytes(size: int, most: int, threads: int) -> None:
    class Result(np.ndarray[Any, Any]):
        pass

    alive: list[weakref.ref[Result]] = []
    seen = []

    def work(batch: Batch) -> Result:
        result = np.zeros(1).view(Result)
        alive.append(weakref.ref(result))
        seen.append(sum(one() is not None for one in alive))
        return result

    for batch, result in map_prefetched((batch_of(size) for _ in range(12)), work, threads):
        assert batch.records.num_rows == len(result) == 1
        del batch, result
    assert len(alive) == 12
    assert max(seen) <= (most if threads else 1)


def test_long_bodies_are_sampled_alike_in_pieces() -> None:
    """The passages of a body of more shingles than are hashed at a time are those of its shingle ids."""
    chance = random.Random(3)
    texts = [" ".join(str(chance.randrange(10**6)) for _ in range(n)) for n in (5, 8192, 8200, 40_000, 300, 16_400)]
    settings = Settings()
    result = digest(pa.array(texts, pa.large_string()), None, settings)
    ids, first, _ = shingle_ids(result.bodies, settings.shingle_size)
    own = [ids[low:high].tolist() for low, high in pairwise(first)]
    expected = [key << 32 | row for row, keys in enumerate(own) for key in reference.passages(keys, rate_of(settings))]
    assert result.passage.tolist() == expected
