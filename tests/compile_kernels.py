"""Do each kind of work once, so that numba compiles and caches the kernels: `python -m tests.compile_kernels`."""

from __future__ import annotations

import io
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import orjson

import dedup
from dedup.cli import run

SAMPLE = Path(dedup.__file__).parent / "sample" / "articles.jsonl"
WIRE = Path(__file__).parent / "data" / "wire" / "articles.jsonl"


def _records(file: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def main() -> None:
    """Scan, compare, tune; add to an index, query it, remove from it, and scan against it."""
    sample, wire = _records(SAMPLE), _records(WIRE)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        run(["scan", str(SAMPLE), str(WIRE), "--out", f"{folder}/out", "--quiet", "--keep", "canonical"])
        run(["tune", str(SAMPLE), "--minutes", "0.05", "--quiet"])
        run(["extract", str(SAMPLE), "--body", "--explain", "--out", f"{folder}/bodies"])
        dedup.compare(wire[0], wire[1])
        dedup.minhash(wire[0])
        dedup.origin(wire[0])
        with dedup.Index(f"{folder}/seen.db") as index:
            index.add_many(sample)
            for article in wire:
                index.add(article)
            index.query({**sample[0], "id": "query"})
            index.remove([article["id"] for article in wire[::2]])
        dedup.scan(wire, against=f"{folder}/seen.db")


if __name__ == "__main__":
    sys.exit(main())
