"""The same input and settings give the same bytes, whatever the threads, batch sizes, or order and form of files."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import contract
import orjson
import pandas
import polars
import prose
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

import dedup
from dedup.inputs import batch_builder
from dedup.inputs.readers import arrow, jsonl, objects

NAMES = ("clusters.jsonl", "pairs.jsonl", "origins.jsonl", "deduplicated.jsonl")
COLUMNS = ("id", "url", "domain", "title", "published", "text")
Output = dict[str, bytes]
Record = dict[str, Any]

# One sentence or two on a bridge that is closed, in scripts that are tokenised in different ways.
_JAPANESE = (
    "市議会は火曜日の夜に古い鉄橋を二年間閉鎖することを決めた。技術者がその間に綱を取り替える予定である。"
    "商店主は夏の売り上げの大半を失うと述べた。"
)
_CHINESE = (
    "市议会周二晚间决定将旧铁桥关闭两年，以便工程师更换缆索。两岸的商人表示，绕行将使他们损失大部分夏季生意。"
    "反对该计划的请愿书在一周内征集了四千个签名。"
)
_ARABIC = (
    "قرر مجلس المدينة مساء الثلاثاء إغلاق الجسر الحديدي القديم لمدة عامين بينما يستبدل المهندسون كابلاته. "
    "وقال التجار على الضفتين إن الطريق البديل سيكلفهم معظم تجارتهم الصيفية."
)
_THAI = (
    "สภาเมืองลงมติเมื่อค่ำวันอังคารให้ปิดสะพานเหล็กเก่าเป็นเวลาสองปีเพื่อให้วิศวกรเปลี่ยนสายเคเบิล "
    "พ่อค้าทั้งสองฝั่งกล่าวว่าทางอ้อมจะทำให้พวกเขาสูญเสียรายได้ส่วนใหญ่ในฤดูร้อน"
)
_EMOJI = (
    "😀 The 👩‍👩‍👧 council 🏳️‍🌈 voted on Tuesday evening to close the old iron bridge 🌉 for two years while "
    "engineers replace its cables 🔧 again."
)


def awkward() -> list[Record]:
    """Records that readers, kernels and orders could treat differently from each other: each script twice, and more."""
    texts = {"ja": _JAPANESE, "zh": _CHINESE, "ar": _ARABIC, "th": _THAI, "em": _EMOJI, "en": prose.story("en", 8)}
    rows: list[Record] = []
    for number, (name, text) in enumerate(texts.items()):
        date = (None, "2024-05-01", "2024-05-01T08:00:00", "2024-05-01T08:00:00+09:00", "", "soon")[number]
        rows.append({"id": name, "title": "", "published": date, "text": text})
        rows.append({"id": f"{name}-2", "title": None, "published": None, "text": f"{text}\n\n{text[:9]}"})
        rows.append({"id": f"{name}\U0001f600", "domain": "a.example", "published": date, "text": f"  {text}\r\n"})
    rows.append({"id": "｡", "text": "too short"})
    rows.append({"id": "Ω", "text": "word " * 50})
    rows.append({"id": "ω", "text": "word " * 300})
    rows.append({"id": "u", "url": "https://www.b.example/u?x=1", "text": prose.story("alone", 5)})
    return [{name: row.get(name) for name in COLUMNS} for row in rows]


@pytest.fixture(scope="module", params=["generated", "awkward"])
def rows(request: pytest.FixtureRequest, generated: Callable[[int], tuple[Path, Path]]) -> list[Record]:
    if request.param == "awkward":
        return awkward()
    return prose.read_jsonl(generated(1500)[0])


@pytest.fixture(scope="module")
def corpus(rows: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prose.write_jsonl(tmp_path_factory.mktemp("corpus") / "all.jsonl", rows)


@pytest.fixture(scope="module")
def expected(corpus: Path, rows: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Output:
    """What one thread writes of one file."""
    out = tmp_path_factory.mktemp("expected")
    found = output(str(corpus), out, threads=1)
    read = contract.check(out / "out")
    assert len(read["origins"]) == len(rows)
    assert len(read["clusters"]) >= 6, "a corpus without copies would say nothing"
    return found


def output(inputs: Any, folder: Path, **options: Any) -> Output:
    with dedup.scan(inputs, keep="canonical", **options) as result:
        result.write(folder / "out", keep="canonical")
    return {name: (folder / "out" / name).read_bytes() for name in NAMES}


def differing(got: Output, expected: Output) -> list[str]:
    """The files that differ: a short message instead of a diff of megabytes."""
    return [name for name in NAMES if got[name] != expected[name]]


def split(rows: list[Record], folder: Path, files: int, rng: random.Random) -> list[str]:
    """The records in random order over several files; each article stands in one of them."""
    shuffled = rng.sample(rows, len(rows))
    paths = [prose.write_jsonl(folder / f"{rng.randrange(10**9)}.jsonl", shuffled[i::files]) for i in range(files)]
    return [str(path) for path in paths]


def test_again(corpus: Path, expected: Output, tmp_path: Path) -> None:
    assert differing(output(str(corpus), tmp_path, threads=1), expected) == []


@pytest.mark.parametrize("threads", [2, 3])
def test_threads(corpus: Path, expected: Output, tmp_path: Path, threads: int) -> None:
    assert differing(output(str(corpus), tmp_path, threads=threads), expected) == []


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_files_and_lines(rows: list[Record], expected: Output, tmp_path: Path, seed: int) -> None:
    paths = split(rows, tmp_path / "in", 4, random.Random(seed))
    assert differing(output(paths, tmp_path, threads=2), expected) == []
    assert differing(output(paths[::-1], tmp_path, threads=2), expected) == []
    assert differing(output(tmp_path / "in", tmp_path, threads=1), expected) == []


def test_files_in_another_order_where_ids_are_places(rows: list[Record], tmp_path: Path) -> None:
    """Without ids the names come from the files; the order in which these are given changes nothing."""
    paths = split([{**row, "id": None} for row in rows[:300]], tmp_path / "in", 3, random.Random(1))
    assert differing(output(paths, tmp_path), output(paths[::-1], tmp_path)) == []


def test_files_in_another_order_where_ids_collide(rows: list[Record], tmp_path: Path) -> None:
    paths = [str(prose.write_jsonl(tmp_path / name, rows[:100])) for name in ("b.jsonl", "a.jsonl", "c.jsonl")]
    first = output(paths, tmp_path)
    assert first["origins.jsonl"].count(b"a.jsonl#") >= min(100, len(rows))
    assert differing(output(paths[::-1], tmp_path), first) == []


@pytest.fixture(params=[1, 3000, 40_000])
def batch_text(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Bytes of text in a batch, in every reader; 1 makes a batch of each article."""
    size = int(request.param)
    monkeypatch.setitem(objects.read_articles.__kwdefaults__, "batch_text", size)
    monkeypatch.setattr(jsonl.JsonLinesReader.__init__, "__defaults__", (jsonl.BLOCK, size, jsonl.MAX_RECORD))
    monkeypatch.setattr(batch_builder.BatchBuilder.__init__, "__defaults__", (size,))
    for module in (batch_builder, jsonl, arrow):
        if hasattr(module, "BATCH_ROWS"):
            monkeypatch.setattr(module, "BATCH_ROWS", max(1, size // 500))
    return size


def test_batch_sizes(
    corpus: Path, rows: list[Record], expected: Output, tmp_path: Path, batch_text: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = 0
    read = jsonl.read_jsonl

    def counted(*args: Any, **options: Any) -> Iterator[Any]:
        nonlocal batches
        for batch in read(*args, **options):
            batches += 1
            yield batch

    monkeypatch.setattr(jsonl, "read_jsonl", counted)
    assert differing(output(str(corpus), tmp_path, threads=2), expected) == []
    assert batches >= min(len(rows), 1 + corpus.stat().st_size // max(batch_text, 6000) // 2), "the size must matter"


def test_batch_sizes_of_iterables(rows: list[Record], expected: Output, tmp_path: Path, batch_text: int) -> None:
    assert same_but_records(output(iter(rows), tmp_path, threads=2), expected) == []


def same_but_records(got: Output, expected: Output) -> list[str]:
    """The files that differ; kept records are compared as objects, since only JSONL keeps its bytes."""
    differs = [name for name in differing(got, expected) if name != "deduplicated.jsonl"]
    kept = [[_record(line) for line in side["deduplicated.jsonl"].splitlines()] for side in (got, expected)]
    return differs + (["deduplicated.jsonl"] if kept[0] != kept[1] else [])


def _record(line: bytes) -> Record:
    return {name: value for name, value in orjson.loads(line).items() if value is not None}


def _file(write: Callable[[Any, str], None], ending: str) -> Callable[[list[Record], Path], str]:
    def made(rows: list[Record], folder: Path) -> str:
        path = str(folder / f"all{ending}")
        write(rows, path)
        return path

    return made


def _arrow(rows: list[Record]) -> pa.Table:
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in COLUMNS]))


FORMS: dict[str, Callable[[list[Record], Path], Any]] = {
    "parquet": _file(lambda rows, path: pa.parquet.write_table(_arrow(rows), path, row_group_size=97), ".parquet"),
    "arrow": _file(lambda rows, path: pa.feather.write_feather(_arrow(rows), path, chunksize=61), ".arrow"),
    "json array": _file(lambda rows, path: Path(path).write_bytes(orjson.dumps(rows)) and None, ".json"),
    "table": lambda rows, folder: _arrow(rows),
    "chunked table": lambda rows, folder: pa.concat_tables([_arrow(rows[i : i + 50]) for i in range(0, len(rows), 50)]),
    "large strings": lambda rows, folder: _arrow(rows).cast(pa.schema([(name, pa.large_string()) for name in COLUMNS])),
    "pandas": lambda rows, folder: pandas.DataFrame(rows),
    "polars": lambda rows, folder: polars.DataFrame(rows, schema=dict.fromkeys(COLUMNS, polars.String)),
    "dicts": lambda rows, folder: rows,
    "generator": lambda rows, folder: (row for row in rows),
    "articles": lambda rows, folder: [dedup.Article(**row) for row in rows],
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(rows: list[Record], expected: Output, tmp_path: Path, form: str) -> None:
    got = output(FORMS[form](rows, tmp_path), tmp_path, threads=2)
    if form == "articles":  # an Article has fields that the records do not have
        assert [name for name in differing(got, expected) if name != "deduplicated.jsonl"] == []
    else:
        assert same_but_records(got, expected) == []


def test_the_result_object_gives_what_the_files_say(rows: list[Record], expected: Output) -> None:
    with dedup.scan(rows) as result:
        assert b"".join(orjson.dumps(c.to_dict()) + b"\n" for c in result.clusters) == expected["clusters.jsonl"]
        assert b"".join(orjson.dumps(p.to_dict()) + b"\n" for p in result.pairs) == expected["pairs.jsonl"]
        assert b"".join(orjson.dumps(o) + b"\n" for o in result.origins) == expected["origins.jsonl"]


def test_seed_and_signature_length_change_no_decision(corpus: Path, expected: Output, tmp_path: Path) -> None:
    """Decisions are exact; the sketches only find the candidates."""
    got = output(str(corpus), tmp_path, seed=7, num_perm=256)
    clusters = [[m["id"] for m in orjson.loads(line)["members"]] for line in got["clusters.jsonl"].splitlines()]
    known = [[m["id"] for m in orjson.loads(line)["members"]] for line in expected["clusters.jsonl"].splitlines()]
    agree = sum(one in known for one in clusters)
    assert agree >= 0.97 * len(known)
