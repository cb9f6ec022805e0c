"""Find gross regressions on small sizes, by ratios instead of absolute times; CI runs this part.

Time and memory are differences between two sizes, so that start-up does not hide the cost of an article. The bounds are
two to three times the recorded values, so that they hold on any machine.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import scan
from benchmarks.measure import MIB, Cost, interleaved, run
from benchmarks.part import Part, Report, Table
from benchmarks.scoring import ToolResult, ordered, score
from tests.corpus.truth import read_truth


@dataclass(frozen=True)
class Bound:
    """A ratio and its upper bound, or its lower bound if `least` is set."""

    name: str
    ratio: float
    bound: float
    least: bool = False

    @property
    def held(self) -> bool:
        return self.ratio >= self.bound if self.least else self.ratio <= self.bound


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--small", type=int, default=2000, help="articles of the smaller corpus (default 2,000)")
    parser.add_argument("--large", type=int, default=10_000, help="of the larger (default 10,000)")
    parser.add_argument("--peer", type=int, default=1000, help="that datasketch takes of it (default 1,000)")
    parser.add_argument("--repeat", type=int, default=3, help="rounds, of which the least counts (default 3)")
    parser.add_argument("--keep", type=Path, help="keep corpus and outputs in this folder")


def _least(costs: list[Cost]) -> Cost:
    return Cost(min(c.cpu for c in costs), min(c.wall for c in costs), min(c.rss for c in costs))


def _tasks(files: dict[int, Path], peer: Path, folder: Path) -> dict[str, Callable[[], Cost]]:
    tasks: dict[str, Callable[[], Cost]] = {}
    for size, file in files.items():
        tasks[f"dedup {size}"] = partial(run, scan.scan_command(file, folder / f"out-{size}"))
        tasks[f"floor {size}"] = partial(run, scan.peer_command("floor", file, folder / "floor.jsonl"))
    tasks["datasketch"] = partial(run, scan.peer_command("datasketch", peer, folder / "datasketch.jsonl"))
    return tasks


def bounds(costs: dict[str, Cost], small: int, large: int, peer: int, text: float) -> list[Bound]:
    """The ratios of time and memory. text: MiB of text between the two sizes."""
    more = large - small

    def marginal(tool: str, figure: str) -> float:
        return float(getattr(costs[f"{tool} {large}"], figure) - getattr(costs[f"{tool} {small}"], figure))

    ours = max(1e-6, marginal("dedup", "cpu") / more)
    # The floor takes hundredths of a second on a few thousand articles, so its start-up is not subtracted.
    floor = costs[f"floor {large}"].cpu / large
    return [
        Bound("CPU an article, of the floor's", ours / floor, 20),
        Bound("CPU an article, of datasketch's", ours / (costs["datasketch"].cpu / peer), 0.2),
        Bound("memory more, of the text more", marginal("dedup", "rss") / text, 6),
    ]


def _recalls(truth_file: Path, out: Path, peer_pairs: Path, peer: int) -> list[Bound]:
    """Recall and precision on the larger corpus, and pairs found beside datasketch on the articles that it reads."""
    truth = {article.id: article for article in read_truth(truth_file)}
    result = ToolResult({ordered(a, b): relation for a, b, relation in scan.pairs(out)}, scan.clusters(out))
    whole = score(truth, result)
    pairs = {ordered(a, b): "copy" for a, b in scan.peer_pairs(peer_pairs)}
    first = dict(list(truth.items())[:peer])
    peer_truth = {(a.id, b) for a in first.values() for b in a.pairs if b in first}
    theirs = sum(ordered(a, b) in pairs for a, b in peer_truth)
    cluster_of = {name: i for i, members in enumerate(result.clusters) for name in members}
    ours = sum(
        ordered(a, b) in result.pairs or (a in cluster_of and cluster_of[a] == cluster_of.get(b)) for a, b in peer_truth
    )
    return [
        Bound("recall", whole.overall, 0.95, least=True),
        Bound("pair precision", whole.pair_precision or 0.0, 0.99, least=True),
        Bound("pairs found, of those that datasketch finds", ours / max(1, theirs), 1.1, least=True),
    ]


def check(options: argparse.Namespace) -> Report:
    """Run the part; `failed` in the figures names the bounds that do not hold."""
    with scan.folder(options.keep) as name:
        folder = Path(name)
        large, truth = scan.make_corpus(folder, options.large, options.seed)
        files = {options.small: scan.prefix(large, options.small), options.large: large}
        peer = scan.prefix(large, options.peer)
        tasks = _tasks(files, peer, folder)
        tasks[f"dedup {options.small}"]()  # compiles
        costs = {tool: _least(runs) for tool, runs in interleaved(tasks, options.repeat).items()}
        text = (large.stat().st_size - files[options.small].stat().st_size) / MIB
        ratios = bounds(costs, options.small, options.large, options.peer, text)
        ratios += _recalls(truth, folder / f"out-{options.large}", folder / "datasketch.jsonl", options.peer)
    rows = [
        [b.name, f"{b.ratio:.3f}", f"{'at least' if b.least else 'at most'} {b.bound:g}", "yes" if b.held else "NO"]
        for b in ratios
    ]
    figures = {"ratios": {b.name: b.ratio for b in ratios}, "failed": [b.name for b in ratios if not b.held]}
    sizes = f"{options.small:,} and {options.large:,} articles"
    notes = [f"Time and memory: from one to the other of {sizes}, the least of {options.repeat} rounds."]
    return Report("check", [Table("Bounds", ["ratio", "is", "may be", "held"], rows)], figures, notes)


PART = Part("check", "gross regressions, by ratios: a short run for CI", _options, check)
