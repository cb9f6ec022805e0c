"""How much is found, and how much of what is found is right: on the generated corpus, beside the peers."""

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks import scan
from benchmarks.corpus.truth import read_truth
from benchmarks.measure import run
from benchmarks.parts import Part, Report, Table
from benchmarks.scoring import Found, Score, components, ordered, score

TOOLS = ["dedup", "datasketch", "datasketch .5", "datasketch ensemble", "rensa", "gaoya"]
# Kinds of wrong pairs shown; the JSON has all.
WRONG_SHOWN = 8


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--tools", default=",".join(TOOLS), help="comma-separated (default all)")
    parser.add_argument("--keep", type=Path, help="keep corpus and outputs in this folder")


def find(tool: str, file: Path, folder: Path) -> Found:
    """Runs the tool over the file and reads what it found."""
    if tool == "dedup":
        out = folder / "out"
        run(scan.scan_command(file, out))
        return Found({ordered(a, b): relation for a, b, relation in scan.pairs(out)}, scan.clusters(out))
    written = folder / f"pairs {tool}.jsonl"
    run(scan.peer_command(tool, file, written))
    pairs = {ordered(a, b): "copy" for a, b in scan.peer_pairs(written)}
    return Found(pairs, components(pairs))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _main_table(scores: dict[str, Score]) -> Table:
    measures: dict[str, Callable[[Score], str]] = {
        "recall": lambda s: _share(s.overall),
        "pair precision": lambda s: _share(s.pair_precision),
        "cluster precision": lambda s: _share(s.cluster_precision),
        "adjusted Rand index": lambda s: _share(s.rand),
        "pairs reported": lambda s: f"{s.reported:,}",
    }
    rows = [[name, *(cell(result) for result in scores.values())] for name, cell in measures.items()]
    return Table("Found and right", ["measure", *scores], rows)


def _recall_table(scores: dict[str, Score]) -> Table:
    expected = next(iter(scores.values())).expected
    rows = [
        [kind, f"{expected[kind]:,}", *(_share(result.recall[kind]) for result in scores.values())]
        for kind in sorted(expected, key=_natural)
    ]
    return Table("Recall by kind of copy", ["kind", "pairs", *scores], rows)


def _natural(kind: str) -> tuple[str, int]:
    """Sorts `edited 5 %` before `edited 10 %`."""
    word, *rest = kind.split()
    return word, int(rest[0]) if rest else 0


def _wrong_table(scores: dict[str, Score]) -> Table:
    total = sum((Counter(result.wrong) for result in scores.values()), Counter[str]())
    rows = [
        [kinds, *(f"{result.wrong.get(kinds, 0):,}" for result in scores.values())]
        for kinds, _ in total.most_common(WRONG_SHOWN)
    ]
    return Table("Pairs without a common story, by the kinds of the two", ["kinds", *scores], rows)


def _relation_table(result: Score) -> Table:
    names = [name for name, _ in sum(map(Counter, result.relations.values()), Counter[str]()).most_common()]
    rows = [
        [kind, *(f"{result.relations[kind].get(name, 0):,}" for name in names)]
        for kind in sorted(result.expected, key=_natural)
    ]
    return Table("Relations `dedup` gave to the expected pairs", ["kind", *names], rows)


def evaluate(options: argparse.Namespace) -> Report:
    """The part: makes the corpus, runs the tools, scores them."""
    with scan.folder(options.keep) as name:
        folder = Path(name)
        file, truth_file = scan.make_corpus(folder, options.articles, options.seed)
        truth = {article.id: article for article in read_truth(truth_file)}
        scores = {tool: score(truth, find(tool, file, folder)) for tool in options.tools.split(",")}
    tables = [_main_table(scores), _recall_table(scores), _wrong_table(scores)]
    if "dedup" in scores:
        tables.append(_relation_table(scores["dedup"]))
    notes = [
        "Found: a pair with any relation but `template`, or both in one cluster.",
        "Right: the two articles hold text of one story.",
        "Peers have pairs only; their clusters are the connected components; settings: `peers.py`.",
        "Adjusted Rand index: over the articles that should cluster (round-ups and merged ones should not).",
    ]
    figures = {tool: asdict(result) for tool, result in scores.items()}
    return Report(f"quality, {options.articles:,} articles", tables, figures, notes)


PART = Part(
    "quality", "recall by kind, precision and adjusted Rand index beside the peers", _options, evaluate
)
