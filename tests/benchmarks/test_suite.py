"""The benchmark suite's own parts that are no measuring: its registry, its comparison, its bounds."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks import check, compare, plots, run_all
from benchmarks.measure import Cost
from benchmarks.registry import APART, NAMES, parts


def test_every_part_has_options_and_a_summary() -> None:
    found = parts()
    assert [p.name for p in found] == [n for n in NAMES if n in {p.name for p in found}]
    assert {"speed", "scale", "quality", "tune", "check"} <= {p.name for p in found}
    assert set(APART) <= set(NAMES)
    for part in found:
        parser = argparse.ArgumentParser()
        part.add_options(parser)
        parser.parse_args(list(part.standard))
        assert part.summary


@pytest.mark.parametrize("name", ["speed", "scale", "check"])
def test_what_measures_memory_is_small(name: str) -> None:
    """A child never reports less than its parent held."""
    code = f"import sys, benchmarks.__main__ as m; m._parser({name!r})"
    heavy = ("numpy", "numba", "pyarrow", "scipy", "matplotlib", "rich", "dedup")
    shown = f"{code}; print(*(n for n in {heavy!r} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == ""


def test_all_gives_a_folder_to_those_that_take_one(tmp_path: Path) -> None:
    options = argparse.Namespace(seed=3, no_record=True)
    for part in parts():
        command = run_all._command(part, options, tmp_path)
        assert command[:4] == [command[0], "-m", "benchmarks", part.name]
        assert "--no-record" in command
        assert ("--keep" in command) == run_all._takes_keep(part)


ROOT = Path(__file__).parents[2]


def result(cpu: float, runs: list[float], recall: float = 0.9, floor: float = 1.0) -> dict[str, Any]:
    def tool(value: float, all_runs: list[float]) -> dict[str, Any]:
        return {
            "articles": 1000,
            "median": {"cpu": value, "rss": 100.0},
            "runs": [{"cpu": r, "rss": 100} for r in all_runs],
        }

    return {
        "machine": {"processor": "one"},
        "figures": {"dedup": tool(cpu, runs), "floor": tool(floor, [floor]), "recall": {"edited": recall}, "pairs": 7},
    }


@pytest.mark.parametrize(
    ("old", "new", "worse", "better"),
    [
        (result(10, [9.9, 10.1]), result(10.3, [10.2, 10.4]), 0, 0),  # within 5 %
        (result(10, [9.9, 10.1]), result(12, [11.9, 12.1]), 1, 0),
        (result(10, [8, 11]), result(12, [11.9, 12.1]), 0, 0),  # within the spread of the runs
        (result(12, [12]), result(10, [10]), 0, 1),
        (result(10, [10]), result(10, [10], recall=0.89), 1, 0),
        (result(10, [10]), result(10, [10], recall=0.9015), 0, 0),
        (result(10, [10]), result(10, [10], recall=0.95), 0, 1),
    ],
)
def test_changes_beyond_noise(old: dict[str, Any], new: dict[str, Any], worse: int, better: int) -> None:
    found = compare.changes(old["figures"], new["figures"])
    assert sum(c.worse for c in found) == worse
    assert sum(not c.worse for c in found) == better


def test_other_machines_are_compared_by_the_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = result(10, [10]), result(20, [20], floor=2.0)
    new["machine"] = {"processor": "another, half as fast"}
    paths = [tmp_path / "old.json", tmp_path / "new.json"]
    for path, content in zip(paths, (old, new), strict=True):
        path.write_bytes(orjson.dumps(content))
    options = argparse.Namespace(old=paths[0], new=paths[1])
    assert compare.main(options) == 0
    assert "machines differ" in capsys.readouterr().out
    new["figures"]["dedup"]["median"]["cpu"] = 30
    paths[1].write_bytes(orjson.dumps(new))
    assert compare.main(options) == 1
    assert "dedup > median > cpu" in capsys.readouterr().out


def test_bounds_are_of_what_an_article_costs_more() -> None:
    costs = {
        "dedup 1000": Cost(1.1, 1, 200), "dedup 5000": Cost(1.5, 1, 220), "floor 5000": Cost(0.1, 1, 30),
        "floor 1000": Cost(0.06, 1, 30), "datasketch": Cost(1.0, 1, 100),
    }  # fmt: skip
    found = {b.name: b for b in check.bounds(costs, 1000, 5000, 1000, 10.0)}
    assert found["CPU an article, of the floor's"].ratio == pytest.approx(5)
    assert found["CPU an article, of datasketch's"].ratio == pytest.approx(0.1)
    assert found["memory more, of the text more"].ratio == pytest.approx(2)
    assert all(b.held for b in found.values())
    slow = check.bounds({**costs, "dedup 5000": Cost(20.0, 1, 220)}, 1000, 5000, 1000, 10.0)
    assert sum(not b.held for b in slow) == 2


def test_recorded_results_can_be_compared_with_themselves() -> None:
    files = sorted(plots.RESULTS.glob("*.json"))
    assert files
    for file in files:
        content = orjson.loads(file.read_bytes())
        assert compare.changes(content["figures"], content["figures"]) == []
        assert compare.changes(compare.relative(content), compare.relative(content)) == []
