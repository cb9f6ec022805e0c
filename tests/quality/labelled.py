"""The labelled text sets: where they lie, their pairs, and the two halves they are divided into.

One set, `SHIPPED`, is part of the checkout; the others are in the folders that DEDUP_DATA names, and may be absent. Of
some sets only the labels are in the checkout, in `tests/data/labels`: `python -m tests.quality.build_set` makes their
articles. They were read long after the rules were first fitted, so they are never pooled with the others.

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
LABELS = ROOT / "tests" / "data" / "labels"
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


def data_folders() -> list[Path]:
    """Where the text sets are, as DEDUP_DATA lists the folders (as PATH does); they may not be there."""
    named = os.environ.get("DEDUP_DATA")
    return [Path(one) for one in named.split(os.pathsep) if one] if named else [ROOT.parent / "shared" / "data"]


def set_files(name: str) -> tuple[Path, Path]:
    """The articles and the labelled pairs of a set: of the first folder that has its articles, which may be none.

    Labels beside the articles come before those of the checkout.
    """
    if name == SHIPPED:
        folder = ROOT / "tests" / "data" / name
        return folder / "articles.jsonl", folder / "pairs.jsonl"
    places = [folder / name / "articles.jsonl.gz" for folder in data_folders()]
    articles = next((place for place in places if place.exists()), places[0])
    pairs = articles.with_name("pairs.jsonl")
    return articles, (LABELS / name / "pairs.jsonl" if name in labels_only() and not pairs.exists() else pairs)


def labels_only() -> list[str]:
    """The names of the sets of which the checkout has the labels and not the articles."""
    return sorted(file.parent.name for file in LABELS.glob("*/pairs.jsonl"))


def sets_with_origins() -> list[str]:
    """The names of the sets whose writers are labelled and whose articles are here."""
    folders = {one.name for folder in data_folders() if folder.is_dir() for one in folder.iterdir()}

    def has_labels(name: str) -> bool:
        articles = set_files(name)[0]
        files = (articles.with_name("origins.jsonl"), LABELS / name / "origins.jsonl")
        return articles.exists() and any(file.exists() and file.stat().st_size for file in files)

    return sorted(name for name in folders if has_labels(name))


def why_absent(name: str) -> str | None:
    """What to do where a set is not here; None where it is."""
    articles, pairs = set_files(name)
    if articles.exists() and pairs.exists():
        first = orjson.loads(pairs.read_bytes().partition(b"\n")[0] or b"{}")
        return None if "label" in first else f"the pairs of {name} are labelled in another way"
    where = " or ".join(map(str, data_folders()))
    if name in labels_only():
        return f"the articles of {name} are not in {where}; make them with python -m tests.quality.build_set"
    return f"the text set {name} is not in {where}; name its folder in DEDUP_DATA"


def sets_here() -> list[str]:
    """The names of the sets in the data folders."""
    found = {one.name for folder in data_folders() if folder.is_dir() for one in folder.iterdir()}
    return sorted(name for name in found if why_absent(name) is None)


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
