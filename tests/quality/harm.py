"""The harm that `--keep canonical` does: articles that it drops and a reader calls distinct; and copies that it keeps.

Two estimates, each unbiased in its own way.

**Read.** Dropped articles stand in an order by a hash of their ids; the first SAMPLE of a scan are a simple random
sample of what that scan drops, whatever it drops. Judgements (`tests/data/labels/harm.jsonl`) are of a dropped article
and its canonical copy, so they hold in every later scan that drops the one for the other; where a sure pair is
labelled, the label serves. What is missing is counted, and the worst case takes all that is missing or unsure as
distinct. The interval is Wilson's at 95 %. `python -m tests.quality.read_dropped` prints what is still to read.

**Labelled.** Labelled pairs were drawn by strata of containment, not as the scan drops or keeps articles, and rates of
labels differ between strata. So each stratum of what the scan dropped is weighted by its size in that scan, and within
a stratum the labelled pairs stand for the others: those of a dropped article and its canonical copy for the dropped,
those of two kept articles for the kept, each kept article in the stratum of its nearest kept neighbour. Strata without
labels are left out, and their share is told. Intervals of the strata are Wilson's, put together by MOVER (Zou and
Donner, 2008). The cap of five pairs a component makes large clusters count too little.
"""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson
import xxhash
from labelled import CLUSTERED, LABELS, labels, set_files
from measure_quality import Outputs, accepted_ids

#: How many dropped articles of a set are read.
SAMPLE = 40
#: The seed of their order.
SEED = 20261130
JUDGEMENTS = LABELS / "harm.jsonl"
#: Strata of containment, of shingles of eight words of the whole texts, by their lower ends.
STRATA = {"hi": 0.8, "mid": 0.5, "low": 0.03, "zero": 0.0}
#: Words of a shingle, and articles that share one from which on it is passed over.
SHINGLE, FREQUENT = 8, 200
#: Two-sided, 95 %.
Z = 1.959964

Pair = frozenset[str]


class Drop(NamedTuple):
    """An article that is dropped, and the one that is kept in its place."""

    dropped: str
    canonical: str

    @property
    def pair(self) -> Pair:
        return frozenset(self)


class Share(NamedTuple):
    """part of whole, with its interval of 95 %."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


class Harm(NamedTuple):
    """What a scan of one set does. read: of the sample, how many are copies, distinct, unsure, missing. labelled, left:
    estimates from labelled pairs, of the dropped and of the kept; None where nothing is labelled. unlabelled: the
    shares of the two that no label stands for."""

    dropped: int
    kept: int
    read: Counter[str]
    labelled: Share | None
    left: Share | None
    unlabelled: tuple[float, float]

    @property
    def distinct(self) -> Share:
        """Of the dropped articles that were judged surely, the share that is distinct."""
        return wilson(self.read["distinct"], self.read["distinct"] + self.read["copy"])

    @property
    def worst(self) -> float:
        """The upper end of the interval if all that is unsure or missing were distinct."""
        whole = self.read.total()
        return wilson(whole - self.read["copy"], whole).high


def wilson(part: int, whole: int) -> Share:
    """A share with Wilson's interval; of nothing it may be anything."""
    if not whole:
        return Share(math.nan, 0.0, 1.0)
    p, z = part / whole, Z * Z / whole
    middle, half = (p + z / 2) / (1 + z), Z / (1 + z) * math.sqrt(p * (1 - p) / whole + z / (4 * whole))
    return Share(p, max(0.0, middle - half), min(1.0, middle + half))


def drops(clusters: Sequence[Mapping[str, Any]]) -> list[Drop]:
    """What `--keep canonical` drops, in the order in which it is read."""
    found = [
        Drop(member["id"], row["canonical"]["id"])
        for row in clusters
        for member in row["members"]
        if member["id"] != row["canonical"]["id"]
    ]
    return sorted(found, key=lambda drop: (xxhash.xxh64_intdigest(drop.dropped.encode(), seed=SEED), drop.dropped))


def judgements(name: str) -> dict[Pair, str]:
    """What a reader said of the pairs of a set: copy, distinct or unsure; sure labels where nothing else was said."""
    rows = [orjson.loads(line) for line in JUDGEMENTS.read_bytes().splitlines()]
    said = {frozenset((one.a, one.b)): _judgement(one.label) for one in labels(name) if not one.unsure}
    return said | {
        frozenset((row["dropped"], row["canonical"])): row["judgement"] for row in rows if row["set"] == name
    }


def _judgement(label: str) -> str:
    return "copy" if label in CLUSTERED else "distinct"


def read_sample(found: Sequence[Drop], said: Mapping[Pair, str], size: int = SAMPLE) -> Counter[str]:
    """What was said of the first of the dropped articles."""
    return Counter(said.get(drop.pair, "missing") for drop in found[:size])


def texts(name: str) -> dict[str, dict[str, Any]]:
    """The articles of a set by id."""
    with gzip.open(set_files(name)[0]) as lines:
        return {row["id"]: row for row in map(orjson.loads, lines)}


def shingles(words: Iterable[Sequence[int]]) -> Iterator[np.ndarray[Any, np.dtype[np.uint64]]]:
    """Distinct shingles of texts, given as numbers of words, as hashes."""
    factor = np.uint64(0x9E3779B97F4A7C15)
    for text in words:
        ids = np.asarray(text, np.uint64)
        count = max(1, len(ids) - SHINGLE + 1)
        out = np.zeros(count, np.uint64)
        for place in range(min(SHINGLE, len(ids))):
            out = (out + ids[place : place + count]) * factor ^ (out >> np.uint64(29))
        yield np.unique(out)


def _word_numbers(articles: Iterable[Mapping[str, Any]]) -> Iterator[list[int]]:
    numbers: dict[str, int] = {}
    for article in articles:
        yield [numbers.setdefault(word, len(numbers) + 1) for word in re.findall(r"\w+", article["text"].lower())]


def stratum(containment: float) -> str:
    """The stratum of a containment."""
    return next(name for name, low in STRATA.items() if containment >= low)


def nearest(sets: Sequence[np.ndarray[Any, np.dtype[np.uint64]]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """For each of some sets of shingles the highest containment, in the smaller set, with any other."""
    size = np.array([len(one) for one in sets], np.int64)
    owner = np.repeat(np.arange(len(sets)), size)
    value = np.concatenate([*sets, np.zeros(0, np.uint64)])
    order = np.argsort(value, kind="stable")
    owner, value = owner[order], value[order]
    edges = np.flatnonzero(np.append(True, value[1:] != value[:-1]))
    counts = np.diff(np.append(edges, len(value)))
    common: Counter[int] = Counter()
    for first, count in zip(edges[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):
        if count <= FREQUENT:
            group = np.sort(owner[first : first + count])
            x, y = np.triu_indices(count, 1)
            common.update((group[x] << 32 | group[y]).tolist())
    out = np.zeros(len(sets))
    for key, shared in common.items():
        a, b = key >> 32, key & 0xFFFFFFFF
        containment = shared / min(size[a], size[b])
        out[a], out[b] = max(out[a], containment), max(out[b], containment)
    return out


def weighted(
    sizes: Mapping[str, int], labelled: Mapping[str, Sequence[bool]], never: str | None = None
) -> tuple[Share | None, float]:
    """An estimate over strata of these sizes from what is true of the labelled ones; and the share without a label.

    never: a stratum of which it is true of none, without a look.
    """
    whole = sum(sizes.values())
    known = {name: size for name, size in sizes.items() if size and (name == never or labelled.get(name))}
    covered = sum(known.values())
    if not known.keys() - {never}:
        return None, 1.0 if whole else 0.0
    shares = {
        name: Share(0.0, 0.0, 0.0) if name == never else wilson(sum(labelled[name]), len(labelled[name]))
        for name in known
    }
    value = sum(size / covered * shares[name].value for name, size in known.items())
    low = sum((size / covered * (shares[name].value - shares[name].low)) ** 2 for name, size in known.items())
    high = sum((size / covered * (shares[name].high - shares[name].value)) ** 2 for name, size in known.items())
    share = Share(value, max(0.0, value - math.sqrt(low)), min(1.0, value + math.sqrt(high)))
    return share, 1 - covered / whole


def measure(name: str, outputs: Outputs) -> Harm:
    """The harm that a scan of a set does."""
    found, articles = drops(outputs.clusters), texts(name)
    sets = dict(zip(articles, shingles(_word_numbers(articles.values())), strict=True))

    def containment(a: str, b: str) -> float:
        return len(np.intersect1d(sets[a], sets[b], assume_unique=True)) / min(len(sets[a]), len(sets[b]))

    canonical = {drop.dropped: drop.canonical for drop in found}
    kept = sorted(accepted_ids(outputs) - canonical.keys())
    of_dropped: dict[str, list[bool]] = {}
    of_kept: dict[str, list[bool]] = {}
    for one in labels(name):
        if one.unsure:
            continue
        where = stratum(containment(one.a, one.b))
        if canonical.get(one.a) == one.b or canonical.get(one.b) == one.a:
            of_dropped.setdefault(where, []).append(one.label not in CLUSTERED)
        elif one.a not in canonical and one.b not in canonical:
            of_kept.setdefault(where, []).append(one.label in CLUSTERED)
    dropped_sizes = Counter(stratum(containment(*drop)) for drop in found)
    kept_sizes = Counter(map(stratum, nearest([sets[id] for id in kept]).tolist()))
    # Copies without a common shingle are not looked for: an article without a neighbour counts as none.
    kept_share, kept_unknown = weighted(kept_sizes, of_kept, "zero")
    share, unknown = weighted(dropped_sizes, of_dropped)
    read = read_sample(found, judgements(name))
    return Harm(len(found), len(kept), read, share, kept_share, (unknown, kept_unknown))


def report(found: Mapping[str, Harm]) -> Iterator[str]:
    """The lines of the report."""
    yield "harm: of the articles that --keep canonical drops, those that a reader calls distinct (95 %, Wilson)"
    yield (
        f"  {'':14}{'dropped':>8}{'copy':>6}{'distinct':>9}{'unsure':>7}{'missing':>8}  {'distinct, read':22}"
        f"{'worst':>6}  {'distinct, labelled':36}  copies among kept"
    )
    for name, harm in found.items():
        counts = "".join(
            f"{harm.read[said]:{room}}" for said, room in (("copy", 6), ("distinct", 9), ("unsure", 7), ("missing", 8))
        )
        read = str(harm.distinct) if harm.read["copy"] + harm.read["distinct"] else "-"
        of_dropped, of_kept = _told(harm.labelled, harm.unlabelled[0]), _told(harm.left, harm.unlabelled[1])
        worst = f"{harm.worst:.3f}" if harm.dropped else "-"
        yield f"  {name:14}{harm.dropped:8}{counts}  {read:22}{worst:>6}  {of_dropped:36}  {of_kept}"
    # A set of which few were judged was judged by its labels, which were not drawn from what is dropped.
    total = sum((harm.read for harm in found.values() if 2 * harm.read["missing"] < harm.read.total()), Counter[str]())
    if total["copy"] + total["distinct"]:
        share = wilson(total["distinct"], total["distinct"] + total["copy"])
        yield f"  sets that were read, together: {share}; {total['unsure']} unsure, {total['missing']} missing"


def _told(share: Share | None, unknown: float) -> str:
    return "-" if share is None else f"{share}{f' ({unknown:.0%} unknown)' if unknown >= 0.005 else ''}"
