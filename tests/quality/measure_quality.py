"""How good a scan is, on the labelled pairs of each text set and on the generated corpora. Measuring, no judging.

What a scan said is read from the files it wrote. Every labelled pair counts, whether or not it became a candidate.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from labelled import CLUSTERED, POSITIVE, ROOT, SHIPPED, Label, groups, labels, set_files

import dedup
from benchmarks.scoring import ToolResult, adjusted_rand, ordered, score
from tests.corpus.truth import read_truth

POOLED = "pooled"
#: The generated corpora: the module that writes each, and how many articles the gate takes.
GENERATED = {"generated": ("tests.corpus", 4000), "hard negatives": ("tests.corpus.hard", 2000)}

#: The shares of a set or corpus, by name; and what each is a share of.
Measures = dict[str, float]


@dataclass(frozen=True)
class Judged:
    """What a scan said of one labelled pair. `found` is the relation, "cluster" for a pair that shares a cluster and
    is not written as related, or "" for nothing; `homes` are the clusters of the two, or their own ids."""

    label: Label
    found: str
    direction: str | None
    homes: tuple[str, str]

    @property
    def matched(self) -> bool:
        """An output of `template` is no match."""
        return self.found not in ("", "template")

    @property
    def wrong(self) -> bool:
        """Whether anything but the label was found; of what is no copy, whether it was matched."""
        if not self.label.positive:
            return self.matched
        return self.found != self.label.label or self.direction != self.label.direction


class Outputs(NamedTuple):
    """The rows that a scan of a set wrote: of clusters.jsonl, of pairs.jsonl by their ids; and the ids of the articles
    that it accepted or set aside. A pair with one of the latter is in no row: it counts as not paired."""

    clusters: list[dict[str, Any]]
    pairs: dict[tuple[str, str], dict[str, Any]]
    ids: set[str]
    #: Those of `ids` that were set aside.
    aside: set[str]


def accepted_ids(outputs: Outputs) -> set[str]:
    """The ids of the articles that a scan accepted."""
    return outputs.ids - outputs.aside


def scan_set(name: str, min_probability: float | None = None) -> Outputs:
    """Scan a set and read the files that the scan wrote."""
    articles = set_files(name)[0]
    with tempfile.TemporaryDirectory() as folder:
        with dedup.scan(str(articles), min_probability=min_probability) as result:
            result.write(folder)
        out = Path(folder)
        pairs = {(line["a"], line["b"]): line for line in _lines(out / "pairs.jsonl")}
        accepted, aside = ({line["id"] for line in _lines(out / f"{name}.jsonl")} for name in ("origins", "set_aside"))
        return Outputs(_lines(out / "clusters.jsonl"), pairs, accepted | aside, aside)


def judge(name: str, outputs: Outputs | None = None) -> list[Judged]:
    """Look up all labelled pairs of a set, unsure ones too, in the outputs of a scan; None: scan first."""
    outputs = scan_set(name) if outputs is None else outputs
    home = {member["id"]: row["members"][0]["id"] for row in outputs.clusters for member in row["members"]}
    return [_judged(one, outputs.pairs, home, outputs.ids) for one in labels(name)]


def origin_measures(labelled: Sequence[Mapping[str, Any]], clusters: Sequence[Mapping[str, Any]]) -> Measures:
    """Measure the origins of clusters against the rows of an origins.jsonl.

    A label belongs to the cluster that holds most of its members, at least two. origin: share of the labels whose
    origin is named. origin, not wrong: share for which no other is named. canonical: share whose canonical copy is
    one of the acceptable ones.
    """
    right = wrong = canonical = 0
    for label in labelled:
        members = set(label["members"])
        sizes = [len(members.intersection(member["id"] for member in row["members"])) for row in clusters]
        if max(sizes, default=0) < 2:
            continue
        row = clusters[sizes.index(max(sizes))]
        name, domain = row["origin"]["name"], row["origin"]["domain"]
        if name == label["origin"] or (domain is not None and domain == label["origin_domain"]):
            right += 1
        else:
            wrong += name is not None
        canonical += row["canonical"]["id"] in label["canonical_ids"]
    whole = len(labelled)
    return {"origin": right / whole, "origin, not wrong": 1 - wrong / whole, "canonical": canonical / whole}


def shipped_measures() -> tuple[list[Judged], Measures]:
    """Scan the set that is part of the checkout; return its judged pairs, and the measures of pairs and origins."""
    outputs = scan_set(SHIPPED)
    judged = judge(SHIPPED, outputs)
    rows = _lines(set_files(SHIPPED)[1].with_name("origins.jsonl"))
    return judged, measures(judged) | origin_measures(rows, outputs.clusters)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def _judged(
    one: Label, pairs: Mapping[tuple[str, str], dict[str, Any]], home: Mapping[str, str], ids: set[str]
) -> Judged:
    if missing := {one.a, one.b} - ids:
        raise ValueError(f"{one.name}: labelled, and neither accepted nor set aside by the scan: {missing}")
    pair = pairs.get(ordered(one.a, one.b), {})
    found, direction = pair.get("relation") or "", pair.get("direction")
    if found in ("", "template") and one.a in home and home[one.a] == home.get(one.b):
        found = "cluster"
    if direction and one.a > one.b:
        direction = "b_in_a" if direction == "a_in_b" else "a_in_b"
    return Judged(one, found, direction, (home.get(one.a, one.a), home.get(one.b, one.b)))


def pooled_digest(digests: Mapping[str, str]) -> str:
    """The digest of several sets together, whatever their order."""
    return hashlib.sha256("".join(f"{name} {digests[name]}\n" for name in sorted(digests)).encode()).hexdigest()


def half(judged: Sequence[Judged], name: str) -> list[Judged]:
    """The pairs of a half, or all."""
    return [one for one in judged if name in ("all", one.label.half)]


def counts(judged: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    """The measures of the sure pairs as part and whole; there is no measure of nothing.

    precision: of what is matched, what is copied. recall: of the copies, what is matched. relation: of the matched
    copies, those with the labelled relation. direction: of the excerpts found as excerpts, those the right way round.
    left alone: of what is no copy, what is not matched. Recall and left alone by label as well.
    """
    sure = [one for one in judged if not one.label.unsure]
    copies = [one for one in sure if one.label.positive]
    others = [one for one in sure if not one.label.positive]
    hits = [one for one in copies if one.matched]
    alarms = sum(one.matched for one in others)
    excerpts = [one for one in hits if one.label.label == one.found == "excerpt"]
    shares = {
        # A set without copies has no precision.
        "precision": (len(hits), len(hits) + alarms if copies else 0),
        "recall": (len(hits), len(copies)),
        "relation": (sum(one.found == one.label.label for one in hits), len(hits)),
        "direction": (sum(one.direction == one.label.direction for one in excerpts), len(excerpts)),
        "left alone": (len(others) - alarms, len(others)),
    }
    for label in sorted({one.label.label for one in sure}):
        those = [one for one in sure if one.label.label == label]
        if label in POSITIVE:
            shares[f"recall, {label}"] = sum(one.matched for one in those), len(those)
        else:
            shares[f"left alone, {label}"] = sum(not one.matched for one in those), len(those)
    return {name: share for name, share in shares.items() if share[1]}


def measures(judged: Sequence[Judged]) -> Measures:
    """The shares of `counts`; pair F1, of precision and recall; the adjusted Rand index of the clusters."""
    got = {name: part / whole for name, (part, whole) in counts(judged).items()}
    if "precision" in got and "recall" in got:
        total = got["precision"] + got["recall"]
        got["pair F1"] = 2 * got["precision"] * got["recall"] / total if total else 0.0
    if (rand := cluster_rand(judged)) is not None:
        got["cluster ARI"] = rand
    return got


def cluster_rand(judged: Sequence[Judged]) -> float | None:
    """The adjusted Rand index over the articles of the sure pairs: what the labels join against what is in one
    cluster. Two articles that no label joins count as apart, though nobody may have looked at them together. None
    where the labels join nothing."""
    sure = [one for one in judged if not one.label.unsure]
    homes: dict[str, str] = {}
    joined = []
    for one in sure:
        # The sets have ids of their own, which may be the same in two of them.
        a, b = f"{one.label.name} {one.label.a}", f"{one.label.name} {one.label.b}"
        homes[a], homes[b] = (f"{one.label.name} {home}" for home in one.homes)
        if one.label.label in CLUSTERED:
            joined.append((a, b))
    if not joined:
        return None
    true = groups(joined)
    return adjusted_rand([true.get(name, name) for name in homes], list(homes.values()))


def agreement(judged: Sequence[Judged]) -> tuple[int, int]:
    """Of the unsure pairs, how many are matched where the label is a copy and left alone where not."""
    unsure = [one for one in judged if one.label.unsure]
    return sum(one.matched == one.label.positive for one in unsure), len(unsure)


def confusion(judged: Sequence[Judged]) -> dict[str, Counter[str]]:
    """Of the sure pairs: label -> what was found -> how many; an excerpt the wrong way round is on its own."""
    table: dict[str, Counter[str]] = {}
    for one in judged:
        if not one.label.unsure:
            turned = one.found == one.label.label == "excerpt" and one.direction != one.label.direction
            found = "excerpt, turned" if turned else one.found or "nothing"
            table.setdefault(one.label.label, Counter())[found] += 1
    return table


def make_generated(name: str, folder: Path) -> tuple[Path, Path]:
    """The generated corpus and its truth, always the same bytes."""
    module, articles = GENERATED[name]
    file, truth = folder / f"{module}.jsonl", folder / f"{module}.truth.jsonl"
    command = [sys.executable, "-m", module, str(file), str(truth), "--articles", str(articles), "--seed", "1"]
    subprocess.run(command, check=True, cwd=ROOT, timeout=120)
    return file, truth


def measure_generated(file: Path, truth_file: Path) -> Measures:
    """The measures of a generated corpus, as `python -m benchmarks quality` has them. The largest cluster is the true
    one's size as a share of it, 1 where it is no larger."""
    truth = {article.id: article for article in read_truth(truth_file)}
    with dedup.scan(str(file)) as result:
        pairs = {ordered(p.a, p.b): p.relation.value for p in result.pairs}
        clusters = [[m.id for m in one.members] for one in result.clusters]
    got = score(truth, ToolResult(pairs, clusters))
    return {
        "pair precision": got.pair_precision or 0.0,
        "cluster pair precision": got.cluster_precision or 0.0,
        "cluster pair recall": got.cluster_recall or 0.0,
        "largest cluster": min(1.0, got.largest_true / max(1, got.largest)),
        "adjusted Rand index": got.rand,
        "adjusted Rand index, all articles": got.rand_all,
        "recall": got.overall,
        **{f"recall, {kind}": value for kind, value in sorted(got.recall.items())},
    }
