"""What a scan costs, beside the least that any tool must do and beside the peers, on one file in one
session."""

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from benchmarks import scan
from benchmarks.measure import Cost, interleaved, median, run
from benchmarks.parts import Part, Report, Table

TOOLS = ["floor", "dedup", "datasketch", "rensa", "gaoya"]
# The tools that always take the whole file; the others may be given a prefix.
WHOLE = ("floor", "dedup")
WARM_UP = 200


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


def _tasks(tools: list[str], file: Path, short: Path, folder: Path) -> dict[str, Callable[[], Cost]]:
    """The run of every tool, after a short one each: files read, kernels and byte code compiled and
    cached."""
    warm_up = scan.prefix(file, WARM_UP)
    for tool in tools:
        run(_command(tool, warm_up, folder))
    return {tool: partial(run, _command(tool, file if tool in WHOLE else short, folder)) for tool in tools}


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
    """The part: makes the corpus, warms up, measures in rounds."""
    tools = options.peers.split(",")
    peer_articles = min(options.peer_articles or options.articles, options.articles)
    with scan.folder(options.keep) as name:
        folder = Path(name)
        file, _ = scan.make_corpus(folder, options.articles, options.seed)
        short = file if peer_articles == options.articles else scan.prefix(file, peer_articles)
        costs = interleaved(_tasks(tools, file, short, folder), options.repeat)
        size = file.stat().st_size
    taken = {tool: options.articles if tool in WHOLE else peer_articles for tool in tools}
    results = {tool: Result(taken[tool], runs, median(runs)) for tool, runs in costs.items()}
    notes = [
        f"Corpus: seed {options.seed}, {options.articles:,} articles, {size / 1e6:,.0f} MB.",
        f"Median of {options.repeat} interleaved rounds, start-up included; every run is a process of its own.",
        "Kernels and byte code were cached by a short run of every tool before.",
        "CPU is user and system time of the process and its children. Ratios compare seconds an article.",
        "The peers make pairs only: no furniture, no verification of passages, no clusters, no origins.",
    ]
    if peer_articles < options.articles:
        notes.append(f"The peers took the first {peer_articles:,} articles; their start-up weighs more by that.")
    figures = {
        tool: {
            "articles": result.articles,
            "median": asdict(result.median),
            "runs": [asdict(c) for c in result.runs],
        }
        for tool, result in results.items()
    }
    return Report(f"speed, {options.articles:,} articles", [_table(results)], figures, notes)


PART = Part("speed", "CPU, wall and memory of a scan beside the floor and the peers", _options, measure)
