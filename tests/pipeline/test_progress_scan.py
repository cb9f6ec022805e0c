"""What a scan tells its progress: stages in order, and amounts that end where they said they would."""

from __future__ import annotations

import bz2
import csv
import gzip
import shutil
from importlib.resources import files
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dedup
from dedup.progress import NullProgress

SAMPLE = Path(str(files("dedup") / "sample" / "articles.jsonl"))


class Heard(NullProgress):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None, str]] = []
        self.steps: dict[str, list[int]] = {}

    def start(self, stage: str, total: int | None, unit: str) -> None:
        self.stages.append((stage, total, unit))
        self.steps[stage] = []

    def advance(self, n: int) -> None:
        self.steps[self.stages[-1][0]].append(n)


def heard(path: Path | list[Path]) -> Heard:
    progress = Heard()
    dedup.scan([str(p) for p in (path if isinstance(path, list) else [path])], progress=progress).close()
    return progress


def test_stages_in_order_and_files_counted(tmp_path: Path) -> None:
    progress = Heard()
    with dedup.scan(str(SAMPLE), progress=progress) as result:
        result.write(tmp_path / "out", csv=True, progress=progress)
    names = [name for name, _, _ in progress.stages]
    assert names == ["read", "furniture", "search", "compare", "cluster", "origin", "write"]
    assert progress.stages[-1][1] == sum(progress.steps["write"]) == 8
    assert ("compare", sum(progress.steps["compare"]), "pairs") in progress.stages


def many(folder: Path) -> Path:
    """Write the sample a hundred times: several blocks of a .bz2 file."""
    rows = SAMPLE.read_bytes()
    path = folder / "many.jsonl"
    with path.open("wb") as out:
        for i in range(100):
            out.write(rows.replace(b'"id": "', f'"id": "{i}-'.encode()))
    return path


@pytest.mark.parametrize("ending", ["", ".gz", ".bz2"])
def test_bytes_read_of_a_file_go_steadily_to_its_size(tmp_path: Path, ending: str) -> None:
    path = many(tmp_path)
    if ending:
        packed = path.with_suffix(f".jsonl{ending}")
        packed.write_bytes({".gz": gzip.compress, ".bz2": bz2.compress}[ending](path.read_bytes()))
        path = packed
    progress = heard(path)
    stage, total, unit = progress.stages[0]
    steps = progress.steps["read"]
    assert (stage, total, unit) == ("read", path.stat().st_size, "bytes")
    assert min(steps) >= 0
    assert 0.97 * path.stat().st_size <= sum(steps) <= path.stat().st_size
    assert sum(step > 0 for step in steps) >= 3, "not all at the end"


def test_several_files_of_several_formats(tmp_path: Path) -> None:
    rows = [orjson.loads(line) for line in SAMPLE.read_bytes().splitlines()]
    paths = [tmp_path / name for name in ("a.jsonl", "b.csv", "c.jsonl.gz", "d.txt")]
    shutil.copy(SAMPLE, paths[0])
    with paths[1].open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text"])
        writer.writeheader()
        writer.writerows({"id": row["id"], "text": row["text"]} for row in rows)
    paths[2].write_bytes(gzip.compress(SAMPLE.read_bytes()))
    paths[3].write_text(rows[0]["text"])
    progress = heard(paths)
    size = sum(path.stat().st_size for path in paths)
    assert progress.stages[0][1:] == (size, "bytes")
    assert 0.97 * size <= sum(progress.steps["read"]) <= size


def test_where_the_end_is_not_known_articles_are_counted(tmp_path: Path) -> None:
    rows = [orjson.loads(line) for line in SAMPLE.read_bytes().splitlines()]
    pq.write_table(pa.Table.from_pylist([{"id": r["id"], "text": r["text"]} for r in rows]), tmp_path / "a.parquet")
    progress = heard(tmp_path / "a.parquet")
    assert progress.stages[0] == ("read", None, "articles")
    assert sum(progress.steps["read"]) == 64
