"""Measure how a scan of one large story grows with its size: exponents of time and comparisons, for each kind."""

import argparse
import subprocess
import sys
import time
from itertools import pairwise
from typing import Any

import orjson

from benchmarks.part import Part, Report, Table
from benchmarks.scale import exponent
from tests.corpus.growing import KINDS, SQUARE, articles

# The largest exponent allowed.
BOUND = 1.2
# A blog of n states has n / 2 sentences on average, so fewer states are enough.
FEWER_STATES = 4


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, nargs="+", default=[625, 1250, 2500, 5000], help="articles, rising")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS), help="corpora (default all)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each size, of which the quickest counts")


def measure_scan(kind: str, n: int, seed: int, repeat: int) -> dict[str, Any]:
    """Scan one size of one kind with one thread: CPU seconds and counts."""
    import dedup

    corpus = articles(kind, n, seed)
    seconds, summary = [], {}
    for _ in range(repeat):
        start = time.process_time()
        with dedup.scan(corpus, threads=1) as result:
            seconds.append(time.process_time() - start)
            summary = result.summary
    names = ("candidates", "compared", "pairs", "clusters", "largest_cluster")
    stages = {name: timing["cpu"] for name, timing in summary["timings"].items()}
    size = {"articles": n, "bytes": sum(len(article["text"]) for article in corpus)}
    return {**size, "cpu": min(seconds), "stages": stages, **{name: summary["counts"][name] for name in names}}


def _run(kind: str, sizes: list[int], seed: int, repeat: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.growth", kind, str(seed), str(repeat), *map(str, sizes)]
    process = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    results: list[dict[str, Any]] = orjson.loads(process.stdout)
    return results


def _powers(sizes: list[dict[str, Any]], figure: str, growth: str) -> list[float | None]:
    return [
        exponent(small[figure], large[figure], large[growth] / small[growth])
        if small[figure] and (figure != "cpu" or large[figure] >= 0.05)
        else None
        for small, large in pairwise(sizes)
    ]


def _cell(powers: list[float | None]) -> str:
    return " ".join("-" if power is None else f"{power:.2f}" for power in powers)


def measure(options: argparse.Namespace) -> Report:
    """Run the part: each kind in a process of its own, with its kernels loaded before the measurement."""
    figures: dict[str, Any] = {}
    rows = []
    for kind in options.kinds:
        sizes = [n // FEWER_STATES for n in options.sizes] if kind in SQUARE else options.sizes
        results = _run(kind, sizes, options.seed, options.repeat)
        powers = {
            "CPU by bytes": _powers(results, "cpu", "bytes"),
            "CPU by articles": _powers(results, "cpu", "articles"),
            "comparisons by articles": _powers(results, "compared", "articles"),
        }
        figures[kind] = {"sizes": results, "exponents": powers}
        last = results[-1]
        rows.append(
            [
                kind,
                f"{last['articles']:,}",
                f"{last['bytes'] / 1e6:.1f}",
                f"{last['cpu']:.2f}",
                f"{last['compared']:,}",
                f"{last['clusters']:,} ({last['largest_cluster']:,})",
                *map(_cell, powers.values()),
            ]
        )
    columns = ["kind", "articles", "MB", "CPU s", "compared", "clusters (largest)"]
    columns += ["CPU by bytes", "CPU by articles", "comparisons by articles"]
    sizes = ", ".join(f"{n:,}" for n in options.sizes)
    notes = [
        f"Sizes: {sizes} articles; blog: a {FEWER_STATES}th of them, because its bytes grow with the square. Figures "
        "are for the largest size, exponents for neighbouring sizes. One thread; the fastest of "
        f"{options.repeat} runs.",
        f"Bound: at most {BOUND} by bytes, and by articles if articles keep their length.",
    ]
    return Report(f"growth, {sizes}", [Table("One large story", columns, rows)], figures, notes)


PART = Part(
    "growth",
    "how the time of a scan grows with the size of one story: live blogs, copies, excerpts, forms, round-ups",
    _options,
    measure,
)


def main() -> None:
    """Measure one kind: KIND SEED REPEAT SIZE..."""
    kind, seed, repeat, *sizes = sys.argv[1], *map(int, sys.argv[2:])
    measure_scan(kind, min(sizes) // 2, int(seed), 1)
    for other in ("blog", "forms", "round up", kind):  # so that all kernels are loaded
        measure_scan(other, 120, int(seed), 1)
    sys.stdout.buffer.write(orjson.dumps([measure_scan(kind, int(n), int(seed), int(repeat)) for n in sizes]))


if __name__ == "__main__":
    main()
