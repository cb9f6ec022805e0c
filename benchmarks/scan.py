"""Make corpora, build the command lines of `dedup scan` and the peers, and read their output files."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import orjson


def scan_command(file: Path, out: Path, *options: str) -> list[str]:
    """The command line of a quiet scan without the HTML report."""
    return [
        sys.executable,
        "-m",
        "dedup",
        "scan",
        str(file),
        "--out",
        str(out),
        "--quiet",
        "--no-html",
        *options,
    ]


def peer_command(name: str, file: Path, out: Path) -> list[str]:
    """The command line of one of `benchmarks.peers`."""
    return [sys.executable, "-m", "benchmarks.peers", name, str(file), str(out)]


def make_corpus(folder: Path, articles: int, seed: int, kind: str = "") -> tuple[Path, Path]:
    """Make a corpus and its truth in `folder`, unless they exist, in a process of its own; `kind`
    names one of the corpora below `tests.corpus` instead, as `hard`."""
    module = ".".join(filter(None, ["tests.corpus", kind]))
    stem = "-".join(filter(None, ["corpus", kind, str(articles), str(seed)]))
    file, truth, temporary = (
        folder / f"{stem}.jsonl",
        folder / f"{stem}.truth.jsonl",
        folder / f"{stem}.part",
    )
    if not file.exists():
        sizes = ["--articles", str(articles), "--seed", str(seed)]
        subprocess.run([sys.executable, "-m", module, str(temporary), str(truth), *sizes], check=True)
        temporary.rename(file)
    return file, truth


def prefix(file: Path, articles: int) -> Path:
    """The first `articles` lines of the file, as a file beside it."""
    short = file.with_suffix(f".{articles}.jsonl")
    with file.open("rb") as source, short.open("wb") as target:
        for line, _ in zip(source, range(articles), strict=False):
            target.write(line)
    return short


def folder(keep: Path | None) -> AbstractContextManager[str]:
    """The folder for the files of a part: `keep`, which is created if necessary, or a temporary one."""
    if keep is None:
        return tempfile.TemporaryDirectory(prefix="benchmarks-")
    keep.mkdir(parents=True, exist_ok=True)
    return nullcontext(str(keep))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            yield orjson.loads(line)


def pairs(out: Path) -> Iterator[tuple[str, str, str]]:
    """The lines of pairs.jsonl as (a, b, relation)."""
    return ((line["a"], line["b"], line["relation"]) for line in _lines(out / "pairs.jsonl"))


def clusters(out: Path) -> list[list[str]]:
    """The ids of every cluster's members."""
    return [[member["id"] for member in line["members"]] for line in _lines(out / "clusters.jsonl")]


def peer_pairs(path: Path) -> Iterator[tuple[str, str]]:
    """The pairs that a peer wrote."""
    return ((line["a"], line["b"]) for line in _lines(path))


def summary(out: Path) -> dict[str, Any]:
    """The content of summary.json."""
    content: dict[str, Any] = orjson.loads((out / "summary.json").read_bytes())
    return content
