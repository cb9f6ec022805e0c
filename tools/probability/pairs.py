"""Pairs that were read, or that a generator made, with what the comparison measures of them."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import relate as r
from dedup.comparison import rewrite as w
from dedup.comparison.bodies import BodyColumns
from dedup.comparison.probability import Limits
from dedup.comparison.verify import Verifier
from dedup.corpus.build import read_corpus
from dedup.corpus.spool import Spool
from dedup.inputs.read import batches_of
from dedup.settings import Settings
from tests.corpus.truth import Truth, read_truth

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "quality"))

import labelled  # noqa: E402

#: The generators of corpora, and how many articles each writes, for a seed that the quality gate does not use.
GENERATORS = {"tests.corpus": 4000, "tests.corpus.hard": 2000}
SEED = 7
#: Copies, and others, of a generated corpus that are used: they are easier than real ones, and many.
GENERATED = 60
#: What a pair counts that a careful reader could judge in another way.
UNSURE = 0.5
#: What a generated pair counts.
MADE = 0.3

Pair = tuple[str, str]


@dataclass(frozen=True)
class Reading:
    """A judged pair: whether it is one article in two editions, how much it counts, and its half."""

    a: str
    b: str
    copy: bool
    weight: float
    half: str


@dataclass(frozen=True)
class Judged:
    """Judged pairs that the comparison relates, as columns.

    features (n, len(FEATURES)) int32; relation (n,) uint8; copy (n,) bool; weight (n,) float64; half (n,) and source
    (n,) of str.
    """

    features: NDArray[np.int32]
    relation: NDArray[np.uint8]
    copy: NDArray[np.bool_]
    weight: NDArray[np.float64]
    half: NDArray[np.str_]
    source: NDArray[np.str_]

    def take(self, rows: NDArray[np.bool_]) -> "Judged":
        """Return the rows for which `rows` (n,) is set."""
        columns = (self.features, self.relation, self.copy, self.weight, self.half, self.source)
        return Judged(*(column[rows] for column in columns))


def read_sets() -> dict[str, list[Reading]]:
    """Return the readings of every labelled set that is here, by name."""
    return {name: readings(name) for name in [*labelled.sets_here(), labelled.SHIPPED]}


def readings(name: str) -> list[Reading]:
    """Return the labelled pairs of a set, and its dropped articles that were read, with the halves of `labelled`.

    A reading of a dropped article is in the half of the labelled pairs that it has an article in common with; one that
    would bring both halves together is left out.
    """
    labels = labelled.labels(name)
    found = [
        Reading(one.a, one.b, one.label in labelled.CLUSTERED, UNSURE if one.unsure else 1.0, one.half)
        for one in labels
    ]
    known = {frozenset((one.a, one.b)) for one in labels}
    half = {article: one.half for one in labels for article in (one.a, one.b)}
    rows = [json.loads(line) for line in (labelled.LABELS / "harm.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["set"] == name and frozenset((row["dropped"], row["canonical"])) not in known]
    group = labelled.groups((row["dropped"], row["canonical"]) for row in rows)
    for leader in dict.fromkeys(group.values()):
        members = [row for row in rows if group[row["dropped"]] == leader]
        halves = {half[i] for row in members for i in (row["dropped"], row["canonical"]) if i in half}
        if len(halves) < 2:
            where = next(iter(halves), labelled.half_of(leader))
            found += [
                Reading(row["dropped"], row["canonical"], row["judgement"] == "copy", 1.0, where)
                for row in members
                if row["judgement"] != "unsure"
            ]
    return found


def measure(articles: Path, pairs: Sequence[Pair]) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Compare pairs of articles as a scan of their corpus does: features (n, len(FEATURES)), relation codes (n,).

    Pairs of articles without a body, or that are not there, are not related.
    """
    settings = Settings()
    batches, sources = batches_of(str(articles), settings)
    spool = Spool(None)
    try:
        corpus = read_corpus(batches, {source.name: source for source in sources}, settings, 2, spool)
        length, size, at, fingerprint = corpus.digests
        rank = {name: i for i, name in enumerate(corpus.ids.to_pylist())}
        _, order = np.unique(fingerprint, axis=0, return_inverse=True)
        bodies = BodyColumns(spool, at, length, size, order.reshape(-1).astype(np.int64))
        ends = np.array([(rank.get(a, -1), rank.get(b, -1)) for a, b in pairs], np.int64).reshape(-1, 2)
        here = np.flatnonzero((ends >= 0).all(axis=1))
        low = np.sort(ends[here], axis=1)
        distinct, place = np.unique(low, axis=0, return_inverse=True)
        table = Verifier(bodies, Limits(), 1).compare(distinct)
        code = table.relation.copy()
        tokens, index, ranks = bodies.load(distinct)
        rewrite = w.is_rewrite(w.rewrite_features(tokens, index[:, 0], index[:, 1], ranks))
        code[rewrite & r.may_be_rewrite(table.features, code)] = r.REWRITE
        features = np.zeros((len(pairs), table.features.shape[1]), np.int32)
        relation = np.zeros(len(pairs), np.uint8)
        features[here], relation[here] = table.features[place.reshape(-1)], code[place.reshape(-1)]
        return features, relation
    finally:
        spool.close()


def judged_sets(found: Mapping[str, Sequence[Reading]]) -> Judged:
    """Return the readings of sets with what is measured of them."""
    parts = []
    for name, some in found.items():
        features, relation = measure(labelled.set_files(name)[0], [(one.a, one.b) for one in some])
        parts.append(_columns(name, some, features, relation))
    return join(parts)


def generated() -> Judged:
    """Return pairs of the generated corpora, for fitting."""
    parts = []
    for module, articles in GENERATORS.items():
        with tempfile.TemporaryDirectory() as folder:
            file, truth = Path(folder) / "articles.jsonl", Path(folder) / "truth.jsonl"
            _run(module, str(file), str(truth), "--articles", str(articles), "--seed", str(SEED))
            by_id = {one.id: one for one in read_truth(truth)}
            parts.append(_drawn(module, file, partial(_of_one_cluster, by_id)))
    return join(parts)


def world(seed: int) -> Judged:
    """Return pairs of the second world, made with a seed."""
    with tempfile.TemporaryDirectory() as folder:
        _run("tests.worlds", "--seed", str(seed), "--out", folder)
        rows = [json.loads(line) for line in (Path(folder) / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]
        labels = {(row["a"], row["b"]): row for row in rows}
        return _drawn(f"world {seed}", Path(folder) / "articles.jsonl", partial(_is_labelled_copy, labels))


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def _of_one_cluster(by_id: Mapping[str, Truth], a: str, b: str) -> bool | None:
    """Whether two articles are one; None where they share a story and are not one, as a round-up and its parts."""
    x, y = by_id[a], by_id[b]
    if x.cluster is not None and x.cluster == y.cluster:
        return True
    return None if set(x.stories) & set(y.stories) else False


def _is_labelled_copy(labels: Mapping[Pair, Mapping[str, Any]], a: str, b: str) -> bool | None:
    """Whether two articles of a world are one; None where readers could disagree."""
    row = labels.get((a, b), {})
    if row.get("unsure") or row.get("arguable"):
        return None
    return row.get("label") in labelled.CLUSTERED


def _drawn(name: str, file: Path, is_copy: Callable[[str, str], bool | None]) -> Judged:
    """Pairs that a scan of a corpus relates, GENERATED copies and as many others."""
    import dedup

    with dedup.scan(str(file)) as result:
        pairs = [(pair.a, pair.b) for pair in result.pairs]
    pairs.sort(key=lambda pair: hashlib.sha256(" ".join(pair).encode()).digest())
    room: dict[bool | None, int] = {True: GENERATED, False: GENERATED, None: 0}
    some = []
    for a, b in pairs:
        copy = is_copy(a, b)
        if copy is not None and room[copy]:
            room[copy] -= 1
            some.append(Reading(a, b, copy, MADE, "fit"))
    return _columns(name, some, *measure(file, [(one.a, one.b) for one in some]))


def _columns(name: str, some: Sequence[Reading], features: NDArray[np.int32], relation: NDArray[np.uint8]) -> Judged:
    """The related ones of some readings."""
    whole = Judged(
        features, relation, np.array([one.copy for one in some], np.bool_), np.array([one.weight for one in some]),
        np.array([one.half for one in some]), np.array([name] * len(some)),
    )  # fmt: skip
    return whole.take(relation != r.NONE)


def join(parts: Sequence[Judged]) -> Judged:
    """Return the rows of all parts."""
    columns = zip(*((p.features, p.relation, p.copy, p.weight, p.half, p.source) for p in parts), strict=True)
    return Judged(*map(np.concatenate, columns))
