"""Measure the cost of a scan beside the floor, which every tool must do, and the peers, on one file in one session."""

import argparse
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from benchmarks import scan
from benchmarks.measure import Cost, interleaved, median, run
from benchmarks.part import Part, Report, Table

TOOLS = ["floor", "dedup", "datasketch", "rensa", "gaoya"]
# Tools that always read the whole file; the others may read a prefix.
WHOLE = ("floor", "dedup")
WARM_UP = 200
# Tools whose sketch can be timed alone (`benchmarks.sketch`).
SKETCHES = ("dedup", "datasketch", "rensa")


@dataclass(frozen=True)
class Result:
    """The runs of one tool over `articles` articles, and their median."""

    articles: int
    runs: list[Cost]
    median: Cost

    @property
    def cpu_each(self) -> float:
        """CPU microseconds an article, start-up included."""
        return self.median.cpu / self.articles * 1e6

    @property
    def wall_each(self) -> float:
        """Wall microseconds an article, start-up included."""
        return self.median.wall / self.articles * 1e6


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3, help="rounds, of which the median counts (default 3)")
    parser.add_argument("--peers", default=",".join(TOOLS), help="comma-separated (default all)")
    parser.add_argument("--peer-articles", type=int, help="give datasketch, rensa and gaoya this many articles only")
    parser.add_argument("--keep", type=Path, help="keep corpus and outputs in this folder")


def _command(tool: str, file: Path, folder: Path) -> list[str]:
    if tool == "dedup":
        return scan.scan_command(file, folder / "out")
    return scan.peer_command(tool, file, folder / f"pairs {tool}.jsonl")


def _start_up(tools: list[str], file: Path, folder: Path, repeat: int) -> dict[str, list[Cost]]:
    """Run every tool on a few articles, after one run that loads files and compiles kernels and byte code."""
    few = scan.prefix(file, WARM_UP)
    tasks = {tool: partial(run, _command(tool, few, folder)) for tool in tools}
    interleaved(tasks, 1)
    return interleaved(tasks, repeat)


def _tasks(tools: list[str], file: Path, short: Path, folder: Path) -> dict[str, Callable[[], Cost]]:
    """The measured command of every tool."""
    return {tool: partial(run, _command(tool, file if tool in WHOLE else short, folder)) for tool in tools}


def _sketches(tools: list[str], file: Path, repeat: int) -> dict[str, list[float]]:
    """Time the sketch alone in rounds: CPU microseconds an article, the least of each process."""
    times_of: dict[str, list[float]] = {tool: [] for tool in SKETCHES if tool in tools}
    for _ in range(repeat):
        for tool, times in times_of.items():
            command = [sys.executable, "-m", "benchmarks.sketch", tool, str(file)]
            times.append(min(orjson.loads(subprocess.run(command, check=True, capture_output=True).stdout)["runs"]))
    return times_of


def _start_table(costs: dict[str, list[Cost]]) -> Table:
    rows = [[tool, f"{(c := median(runs)).cpu:.2f}", f"{c.wall:.2f}", f"{c.rss:,.0f}"] for tool, runs in costs.items()]
    return Table(f"Start-up: {WARM_UP} articles", ["tool", "CPU s", "wall s", "peak RSS MiB"], rows)


def _sketch_table(times: dict[str, list[float]]) -> Table:
    rows = [
        [tool, f"{statistics.median(runs):.1f}", f"{min(runs):.1f} to {max(runs):.1f}"] for tool, runs in times.items()
    ]
    return Table("The sketch alone: 128 numbers an article", ["tool", "CPU µs/article", "spread"], rows)


def _table(results: dict[str, Result]) -> Table:
    columns = ["tool", "articles", "CPU s", "spread", "wall s", "peak RSS MiB", "CPU µs/article"]
    columns += ["CPU / floor", "wall / floor"]
    floor = results.get("floor")
    rows = []
    for tool, result in results.items():
        cpus = [cost.cpu for cost in result.runs]
        ratios = ["-", "-"]
        if floor is not None:
            ratios = [f"{result.cpu_each / floor.cpu_each:.1f}", f"{result.wall_each / floor.wall_each:.1f}"]
        cost = result.median
        figures = [
            f"{cost.cpu:.2f}",
            f"{min(cpus):.2f} to {max(cpus):.2f}",
            f"{cost.wall:.2f}",
            f"{cost.rss:,.0f}",
        ]
        rows.append([tool, f"{result.articles:,}", *figures, f"{result.cpu_each:.1f}", *ratios])
    return Table("Cost", columns, rows)


def measure(options: argparse.Namespace) -> Report:
    """Run the part: make the corpus, warm up, measure in rounds."""
    tools = options.peers.split(",")
    peer_articles = min(options.peer_articles or options.articles, options.articles)
    with scan.folder(options.keep) as name:
        folder = Path(name)
        file, _ = scan.make_corpus(folder, options.articles, options.seed)
        short = file if peer_articles == options.articles else scan.prefix(file, peer_articles)
        start_ups = _start_up(tools, file, folder, options.repeat)
        costs = interleaved(_tasks(tools, file, short, folder), options.repeat)
        sketches = _sketches(tools, file, options.repeat)
        size = file.stat().st_size
    sizes = {tool: options.articles if tool in WHOLE else peer_articles for tool in tools}
    results = {tool: Result(sizes[tool], runs, median(runs)) for tool, runs in costs.items()}
    notes = [
        f"Corpus: seed {options.seed}, {options.articles:,} articles, {size / 1e6:,.0f} MB.",
        f"Median of {options.repeat} interleaved rounds, start-up included; every run is a process of its own.",
        "A short run of every tool before the measurement filled the caches of kernels and byte code.",
        "CPU is user and system time of the process and its children. Ratios compare seconds per article.",
        "The peers make pairs only: they remove no boilerplate, verify no passages, and make no clusters and no "
        "origins.",
        "The sketch: rensa and datasketch get shingles that were made beforehand, as texts and bytes; for dedup "
        "the hashing of shingles from folded tokens is part of the time. Each process reports the fastest of "
        "several runs.",
    ]
    if peer_articles < options.articles:
        notes.append(
            f"The peers read the first {peer_articles:,} articles only, so their start-up is a larger share of their "
            "time."
        )
    figures: dict[str, Any] = {
        tool: {
            "articles": result.articles,
            "median": asdict(result.median),
            "runs": [asdict(c) for c in result.runs],
        }
        for tool, result in results.items()
    }
    figures["start-up"] = {
        tool: {"articles": WARM_UP, "median": asdict(median(runs)), "runs": [asdict(c) for c in runs]}
        for tool, runs in start_ups.items()
    }
    figures["sketch"] = {
        tool: {"median": {"micros": statistics.median(runs)}, "runs": [{"micros": t} for t in runs]}
        for tool, runs in sketches.items()
    }
    tables = [_table(results), _start_table(start_ups), _sketch_table(sketches)]
    return Report(f"speed, {options.articles:,} articles", tables, figures, notes)


PART = Part(
    "speed",
    "CPU, wall and memory of a scan beside the floor and the peers",
    _options,
    measure,
    standard=("--peer-articles", "20000"),
)
