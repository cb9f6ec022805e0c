"""Who wrote it: origins and canonical copies against the labels, by story, with weights fitted on the other stories."""

import argparse
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dedup
from benchmarks.parts import Part, Report, Table
from dedup.attribution.score import Posterior, posterior
from dedup.attribution.weights import Weights, from_data
from dedup.evidence.registry import Registry, registry
from tools.weights.fit import fit, read_weights, write_weights
from tools.weights.labels import SETS, Labelled, Story, load

FOLDS = 5
CONFIDENT = 0.8
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
# Articles of each set whose credit is masked.
MASKED_ARTICLES = 150


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the labelled sets")
    parser.add_argument("--no-pages", action="store_true", help="leave out the metadata of the raw pages")
    parser.add_argument("--fit", action="store_true", help="fit the weights on all stories and write weights.json")


def cross_fitted(stories: Sequence[Story], known: Registry, data: dict[str, Any]) -> list[Posterior]:
    """The verdict on every story under weights that were fitted without its fold."""
    folds = [sum(map(ord, story.members[0])) % FOLDS for story in stories]
    tables: dict[int, Weights] = {}
    for fold in sorted(set(folds)):
        rest = [story for story, own in zip(stories, folds, strict=True) if own != fold]
        tables[fold] = from_data(fit(rest, known, data))
    return [
        posterior(story.domains, story.pieces, known, tables[fold]) for story, fold in zip(stories, folds, strict=True)
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _row(name: str, stories: Sequence[tuple[Story, Posterior]], missing: int, known: Registry) -> list[str]:
    right = sum(s.is_right(v.origin, known) for s, v in stories)
    unknown = sum(v.origin is None for _, v in stories)
    wrong = len(stories) - right - unknown
    confident = sum(
        v.origin is not None and not s.is_right(v.origin, known) and v.probability >= CONFIDENT for s, v in stories
    )
    # A scan may find more copies than were labelled; whether one of those is the best was not judged.
    kept = [s for s, _ in stories if s.cluster.canonical.id in s.members]
    canonical = sum(s.cluster.canonical.id in s.acceptable for s in kept)
    return [
        name, str(len(stories)), _share(right, len(stories)), str(unknown), str(wrong),
        _share(confident, len(stories)), _share(canonical, len(kept)), str(missing),
    ]  # fmt: skip


def _main_table(sets: Sequence[Labelled], verdicts: dict[int, Posterior], known: Registry) -> Table:
    rows = []
    everything: list[tuple[Story, Posterior]] = []
    for one in sets:
        high = [(s, verdicts[id(s)]) for s in one.stories if s.confidence == "high"]
        everything += high
        rows.append(_row(one.name, high, one.missing, known))
    rows.append(_row("all", everything, sum(one.missing for one in sets), known))
    columns = ["set", "stories", "right", "unknown", "wrong", "confident and wrong", "canonical right", "not clustered"]
    return Table("Origins of high confidence, weights fitted on other stories", columns, rows)


def _reliability(pairs: Sequence[tuple[float, bool]]) -> tuple[Table, float]:
    """Probability of the likeliest candidate (`unknown` among them) against how often it is right."""
    brier = sum((p - right) ** 2 for p, right in pairs) / max(1, len(pairs))
    rows = []
    for low, high in itertools.pairwise(BINS):
        inside = [(p, right) for p, right in pairs if low <= p < high]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            rows.append(
                [
                    f"{low:.1f}-{min(high, 1.0):.1f}",
                    str(len(inside)),
                    f"{mean:.3f}",
                    _share(sum(r for _, r in inside), len(inside)),
                ]
            )
    return Table(f"Reliability (Brier score {brier:.4f})", ["probability", "stories", "mean", "right"], rows), brier


def _top(story: Story, verdict: Posterior, known: Registry) -> tuple[float, bool]:
    name, probability = verdict.candidates[0]
    there = any(story.is_right(candidate, known) for candidate, _ in verdict.candidates)
    return probability, story.is_right(name, known) if name is not None else not there


def _masked_table(sets: Sequence[Labelled]) -> tuple[Table, dict[str, int]]:
    """Articles with an explicit credit: what is said of them once the credit is taken out of text and authors."""
    rows, total = [], Counter[str]()
    for one in sets:
        counts = Counter[str]()
        for record in one.texts.values():
            if counts.total() == MASKED_ARTICLES:
                break
            with_credit = dedup.origin(record)
            if with_credit.kind != "agency" or with_credit.in_corpus or with_credit.probability < CONFIDENT:
                continue
            text = record["text"]
            for item in with_credit.evidence:
                if item.supports == with_credit.name and item.weight > 0:
                    text = _without(text, item.quote)
            if text == record["text"] and not record.get("authors"):
                continue
            hidden = dedup.origin({**record, "text": text, "authors": None, "meta": None})
            outcome = "unknown" if hidden.name is None else "found" if hidden.name == with_credit.name else "wrong"
            counts[outcome] += 1
        total += counts
        rows.append([one.name, *(str(counts[k]) for k in ("found", "unknown", "wrong")), str(counts.total())])
    rows.append(["all", *(str(total[k]) for k in ("found", "unknown", "wrong")), str(total.total())])
    return Table("Masked credits", ["set", "still found", "unknown", "another named", "articles"], rows), dict(total)


def _without(text: str, quote: str) -> str:
    words = r"\s+".join(map(re.escape, quote.rstrip("…").split()))
    return re.sub(words, "", text, count=1) if words else text


def evaluate(options: argparse.Namespace) -> Report:
    """The part: scans the sets, fits, judges."""
    known, data = registry(), read_weights()
    sets = load(options.data, SETS, not options.no_pages)
    stories = [story for one in sets for story in one.stories]
    verdicts = dict(zip(map(id, stories), cross_fitted(stories, known, data), strict=True))
    high = [s for s in stories if s.confidence == "high"]
    reliability, brier = _reliability([_top(s, verdicts[id(s)], known) for s in high])
    masked, counts = _masked_table(sets)
    if options.fit:
        write_weights(fit(stories, known, data))
    rows = [
        [name, row["family"], f"{row['start']:+.2f}", f"{row['weight']:+.2f}"]
        for name, row in read_weights()["signals"].items()
        if row["start"] != row["weight"]
    ]
    weights = Table("Weights that the fit moved", ["signal", "family", "start", "fitted"], rows)
    wrong = [
        {
            "set": s.set, "truth": s.truth, "said": verdicts[id(s)].origin,
            "probability": round(verdicts[id(s)].probability, 3),
            "members": s.members, "pieces": [f"{p.signal}: {p.name}" for p in s.pieces],
        }
        for s in high
        if not s.is_right(verdicts[id(s)].origin, known)
    ]  # fmt: skip
    pages, have = ("without", "lack") if options.no_pages else ("with", "have")
    return Report(
        f"origin, {pages} page metadata",
        [_main_table(sets, verdicts, known), reliability, masked, weights],
        {"brier": brier, "masked": counts, "not right": wrong},
        [
            f"The weights for each story were fitted on the other folds ({FOLDS} folds).",
            "Right: the labelled origin is named; if it is not among the candidates, `unknown` counts as right.",
            "Canonical right: over the clusters whose canonical copy is among the labelled articles.",
            f"Page metadata: records of odu_newssim {have} the metadata of their raw pages, as the HTML reader "
            "extracts them.",
        ],
    )


PART = Part("origin", "who wrote it, and which copy to keep, against labelled stories", _options, evaluate)
