"""Measure how a scan grows with the corpus: CPU and wall time of each stage, memory, temporary disk."""

import argparse
import math
import tempfile
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks import scan
from benchmarks.measure import MIB, Cost, run
from benchmarks.part import Part, Report, Table

# Stages with less CPU time at the larger size get no exponent.
LEAST_SECONDS = 0.05


@dataclass(frozen=True)
class Size:
    """One scan: `stages` maps each stage to its CPU and wall seconds, `text` is the corpus in MiB."""

    articles: int
    text: float
    cost: Cost
    stages: dict[str, dict[str, float]]
    candidates: int | None


def _sizes(value: str) -> list[int]:
    sizes = [int(part) for part in value.split(",")]
    if sizes != sorted(set(sizes)):
        raise argparse.ArgumentTypeError("sizes must rise")
    return sizes


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=_sizes, default=[10_000, 100_000, 1_000_000], help="comma-separated, rising")
    parser.add_argument("--keep", type=Path, help="keep corpora and outputs in this folder")


def _scan(folder: Path, articles: int, seed: int) -> Size:
    file, _ = scan.make_corpus(folder, articles, seed)
    out = folder / f"out-{articles}"
    with tempfile.TemporaryDirectory(dir=folder) as spool:
        cost = run(scan.scan_command(file, out, "--tmp", spool), watch=Path(spool))
    summary = scan.summary(out)
    return Size(articles, file.stat().st_size / MIB, cost, summary["timings"], summary["counts"].get("candidates"))


def exponent(small: float, large: float, growth: float) -> float | None:
    """The power of the size that leads from one time to the other; None for times that are too short."""
    return math.log(large / small) / math.log(growth) if small > 0 and large >= LEAST_SECONDS else None


def _whole_table(sizes: list[Size]) -> Table:
    rows = [
        ["CPU s", *(f"{size.cost.cpu:.1f}" for size in sizes)],
        ["wall s", *(f"{size.cost.wall:.1f}" for size in sizes)],
        ["CPU µs/article", *(f"{size.cost.cpu / size.articles * 1e6:.1f}" for size in sizes)],
        ["peak RSS MiB", *(f"{size.cost.rss:,.0f}" for size in sizes)],
        ["corpus MiB", *(f"{size.text:,.0f}" for size in sizes)],
        ["peak temporary disk MiB", *(f"{size.cost.disk:,.0f}" for size in sizes)],
        ["temporary disk / corpus", *(f"{size.cost.disk / size.text:.2f}" for size in sizes)],
        ["candidates an article", *(_each(size) for size in sizes)],
    ]
    return Table("The whole scan", ["", *(f"{size.articles:,} articles" for size in sizes)], rows)


def _each(size: Size) -> str:
    return "-" if size.candidates is None else f"{size.candidates / size.articles:.2f}"


def _stage_table(sizes: list[Size]) -> Table:
    """CPU seconds of each stage and size, with exponents of CPU and wall time between neighbouring sizes."""
    columns = ["stage"]
    columns += [f"CPU s at {size.articles:,}" for size in sizes]
    columns += [f"{kind} exponent to {large.articles:,}" for _, large in pairwise(sizes) for kind in ("CPU", "wall")]
    rows = []
    for stage in sizes[-1].stages:
        times = [size.stages.get(stage, {"cpu": 0.0, "wall": 0.0}) for size in sizes]
        powers = [
            exponent(small[kind], large[kind], sizes[i + 1].articles / sizes[i].articles)
            for i, (small, large) in enumerate(pairwise(times))
            for kind in ("cpu", "wall")
        ]
        cells = ["-" if power is None else f"{power:.2f}" for power in powers]
        rows.append([stage, *(f"{time['cpu']:.2f}" for time in times), *cells])
    return Table("Stages", columns, rows)


def measure(options: argparse.Namespace) -> Report:
    """Run the part: one scan of every size."""
    with scan.folder(options.keep) as name:
        folder = Path(name)
        sizes = [_scan(folder, articles, options.seed) for articles in options.articles]
    notes = [
        "Stage times: `summary.json`. Temporary disk: the sampled peak of the folder given as `--tmp`.",
        f"Exponents: log of the ratio of times over log of the ratio of sizes; none for times below {LEAST_SECONDS} s.",
    ]
    figures = {str(size.articles): asdict(size) for size in sizes}
    return Report("scale, " + ", ".join(f"{size.articles:,}" for size in sizes), [*_tables(sizes)], figures, notes)


def _tables(sizes: list[Size]) -> list[Table]:
    return [_whole_table(sizes), _stage_table(sizes)]


PART = Part("scale", "how time, memory and temporary disk of a scan grow with the corpus", _options, measure)
