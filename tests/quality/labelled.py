"""The labelled text sets: where they lie, their pairs, and the two halves they are divided into.

One set, `SHIPPED`, is part of the checkout; the others are where DEDUP_DATA says, and may be absent.

Thresholds are fitted on the half `fit` and reported on the half `check`. Pairs that have an article in common, be it
over other pairs, are always in one half: so neither a cluster nor an article is on both sides.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import xxhash

ROOT = Path(__file__).parents[2]
POSITIVE = frozenset({"identical", "near_copy", "version", "excerpt", "overlap"})
#: Labels whose pairs belong in one cluster; an overlap is only linked.
CLUSTERED = POSITIVE - {"overlap"}
HALVES = ("fit", "check")
#: The set of our own texts (tests/data/wire/README.md).
SHIPPED = "wire"


@dataclass(frozen=True)
class Label:
    """A labelled pair of the set `name`; `direction` is that of an excerpt."""

    name: str
    a: str
    b: str
    label: str
    direction: str | None
    unsure: bool
    half: str

    @property
    def positive(self) -> bool:
        return self.label in POSITIVE


def data_folder() -> Path:
    """Where the text sets are; they may not be there."""
    named = os.environ.get("DEDUP_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


def set_files(name: str) -> tuple[Path, Path]:
    """The articles and the labelled pairs of a set."""
    if name == SHIPPED:
        folder = ROOT / "tests" / "data" / name
        return folder / "articles.jsonl", folder / "pairs.jsonl"
    folder = data_folder() / name
    return folder / "articles.jsonl.gz", folder / "pairs.jsonl"


def sets_here() -> list[str]:
    """The names of the sets in the data folder."""
    folder = data_folder()
    if not folder.is_dir():
        return []
    return sorted(one.name for one in folder.iterdir() if all(file.exists() for file in set_files(one.name)))


def digest(files: Sequence[Path]) -> str:
    """SHA-256 of the files, one after the other, unpacked: another compression is not other data."""
    found = hashlib.sha256()
    for file in files:
        data = file.read_bytes()
        found.update(gzip.decompress(data) if file.suffix == ".gz" else data)
    return found.hexdigest()


def groups(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The connected components of the pairs: every id with the smallest id of its component."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return {name: root(name) for name in parent}


def half_of(group: str) -> str:
    """The half of a component, by a hash of its smallest id: it does not change when other pairs come."""
    return HALVES[xxhash.xxh64_intdigest(group.encode()) % len(HALVES)]


def labels(name: str) -> list[Label]:
    """All labelled pairs of a set, in the order of its file."""
    lines = [orjson.loads(line) for line in set_files(name)[1].read_bytes().splitlines()]
    group = groups((line["a"], line["b"]) for line in lines)
    return [
        Label(name, line["a"], line["b"], line["label"], line["direction"], line["unsure"], half_of(group[line["a"]]))
        for line in lines
    ]
