"""`python -m benchmarks all`: run every part at its standard sizes, each in a process of its own, then draw the plots.

Separate processes, because Linux counts the memory of the parent in a child's peak (`benchmarks.measure`).
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import record, scan
from benchmarks.part import Part, Report, Table
from benchmarks.registry import APART, parts

NAME = "all"
SUMMARY = "run every part at its standard sizes, then draw the plots"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="seed of the corpora (default 1)")
    parser.add_argument("--no-record", action="store_true", help="print only, leave RECORD.md as it is")
    parser.add_argument("--parts", help="comma-separated (default all)")
    parser.add_argument("--keep", type=Path, help="keep corpora and outputs in this folder")


def _takes_keep(part: Part) -> bool:
    parser = argparse.ArgumentParser()
    part.add_options(parser)
    return "--keep" in parser.format_help()


def _command(part: Part, options: argparse.Namespace, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "benchmarks", part.name, "--seed", str(options.seed), *part.standard]
    if _takes_keep(part):
        command += ["--keep", str(folder)]  # so that parts share their corpora
    return [*command, *(["--no-record"] if options.no_record else [])]


def main(options: argparse.Namespace) -> int:
    """Run all parts; 1 if one of them failed."""
    names = options.parts.split(",") if options.parts else [p.name for p in parts() if p.name not in APART]
    seconds_of: dict[str, float] = {}
    failures: list[str] = []
    with scan.folder(options.keep) as name:
        for part in parts():
            if part.name not in names:
                continue
            start = time.perf_counter()
            print(f"== {part.name}", flush=True)
            if subprocess.run(_command(part, options, Path(name)), check=False).returncode:
                failures.append(part.name)
            seconds_of[part.name] = time.perf_counter() - start
    rows = [[name, f"{seconds / 60:.1f}"] for name, seconds in seconds_of.items()]
    rows.append(["all", f"{sum(seconds_of.values()) / 60:.1f}"])
    report = Report("suite", [Table("Minutes of every part", ["part", "minutes"], rows)], {"seconds": seconds_of})
    record.show(report)
    if not options.no_record:
        record.write(report, "python -m benchmarks all")
        subprocess.run([sys.executable, "-m", "benchmarks", "plots"], check=False)
    if failures:
        print(f"failed: {', '.join(failures)}", file=sys.stderr)
    return 1 if failures else 0
