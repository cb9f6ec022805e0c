"""How good a scan is, on the labelled pairs of each text set and on the generated corpus. Measuring, no judging."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

import dedup

ROOT = Path(__file__).parents[2]
FLOORS = Path(__file__).parent / "floors.json"
#: A floor is set so far below what was measured: platforms may break a tie in another way, and no more.
MARGIN = 0.01

SETS = ("giveme5w1h", "odu_newssim", "fnc1", "basil", "reuters21578", "allsides_abp")
POSITIVE = {"identical", "near_copy", "version", "excerpt", "overlap"}
GENERATED = "generated"
GENERATED_ARTICLES = 4000

Measures = dict[str, float]


def data_folder() -> Path:
    """Where the text sets are; they may not be there."""
    named = os.environ.get("DEDUP_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


def set_files(name: str) -> tuple[Path, Path]:
    """The articles and the labelled pairs of a set."""
    folder = data_folder() / name
    return folder / "articles.jsonl.gz", folder / "pairs.jsonl"


def digest(files: Sequence[Path]) -> str:
    """SHA-256 of the files, one after the other, unpacked: another compression is not other data."""
    found = hashlib.sha256()
    for file in files:
        data = file.read_bytes()
        found.update(gzip.decompress(data) if file.suffix == ".gz" else data)
    return found.hexdigest()


@dataclass(frozen=True)
class Judged:
    """What a scan said of one labelled pair. `found` is the relation, "cluster" for a pair that is not written
    because its cluster is large, or "" for no match; `template` is no match."""

    a: str
    b: str
    label: str
    found: str
    right: bool

    @property
    def positive(self) -> bool:
        return self.label in POSITIVE

    @property
    def matched(self) -> bool:
        return self.found not in ("", "template")


def judge(name: str) -> list[Judged]:
    """Scan a set and look its labelled pairs up; unsure ones are left out."""
    articles, pairs = set_files(name)
    with dedup.scan(str(articles)) as result:
        relations = {(p.a, p.b): p for p in result.pairs}
        home = {m.id: one.name for one in result.clusters for m in one.members}
        ids = {one["id"] for one in result.origins}
    judged = []
    for line in pairs.read_bytes().splitlines():
        label = orjson.loads(line)
        if label["unsure"]:
            continue
        missing = {label["a"], label["b"]} - ids
        if missing:
            raise ValueError(f"{name}: labelled, and not accepted by the scan: {missing}")
        low, high = sorted((label["a"], label["b"]))
        pair = relations.get((low, high))
        together = low in home and home[low] == home.get(high)
        found = pair.relation.value if pair else "cluster" if together else ""
        direction = pair.direction if pair else None
        if direction and low != label["a"]:
            direction = "b_in_a" if direction == "a_in_b" else "a_in_b"
        right = found == label["label"] and direction == label["direction"]
        judged.append(Judged(label["a"], label["b"], label["label"], found, right))
    return judged


def measures(judged: Sequence[Judged]) -> Measures:
    """Of what is matched the share that is copied (precision), of the copies the share that is matched (recall), of
    the matched copies the share whose relation, and direction for an excerpt, is the labelled one (relation), and of
    what is no copy the share that is not matched (left alone). There is no measure of nothing."""
    hits = [one for one in judged if one.positive and one.matched]
    wrong = [one for one in judged if not one.positive and one.matched]
    expected = sum(one.positive for one in judged)
    shares = {
        "precision": (len(hits), len(hits) + len(wrong) if expected else 0),
        "recall": (len(hits), expected),
        "relation": (sum(one.right for one in hits), len(hits)),
        "left alone": (len(judged) - expected - len(wrong), len(judged) - expected),
    }
    return {name: part / whole for name, (part, whole) in shares.items() if whole}


def measure_set(name: str) -> Measures:
    return measures(judge(name))


def measure_generated(file: Path, truth_file: Path) -> Measures:
    """The measures of the generated corpus: recall overall and by kind, precisions, adjusted Rand index."""
    from benchmarks.corpus.truth import read_truth
    from benchmarks.scoring import Found, ordered, score

    truth = {article.id: article for article in read_truth(truth_file)}
    with dedup.scan(str(file)) as result:
        pairs = {ordered(p.a, p.b): p.relation.value for p in result.pairs}
        clusters = [[m.id for m in one.members] for one in result.clusters]
    got = score(truth, Found(pairs, clusters))
    return {
        "pair precision": got.pair_precision or 0.0,
        "cluster precision": got.cluster_precision or 0.0,
        "adjusted Rand index": got.rand,
        "recall": got.overall,
        **{f"recall, {kind}": value for kind, value in sorted(got.recall.items())},
    }


def floors() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = orjson.loads(FLOORS.read_bytes())
    return loaded
