"""Measure recall, precision and clusters on the generated corpora, beside the peers."""

import argparse
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks import scan
from benchmarks.measure import run
from benchmarks.part import Part, Report, Table
from benchmarks.scoring import APART, Score, ToolResult, components, ordered, score
from tests.corpus.hard.corpus import ARTICLES as HARD_ARTICLES
from tests.corpus.truth import read_truth

TOOLS = ["dedup", "datasketch", "datasketch .5", "datasketch ensemble", "rensa", "gaoya"]
# Kinds of wrong pairs shown; the JSON has all.
WRONG_SHOWN = 8


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=20_000, help="of the news corpus (default 20,000)")
    parser.add_argument(
        "--hard-articles", type=int, default=HARD_ARTICLES, help="of the hard negatives (default %(default)s)"
    )
    parser.add_argument("--tools", default=",".join(TOOLS), help="comma-separated (default all)")
    parser.add_argument("--keep", type=Path, help="keep corpus and outputs in this folder")


def find(tool: str, file: Path, folder: Path) -> ToolResult:
    """Run a tool over a file and read its result."""
    if tool == "dedup":
        out = folder / "out"
        run(scan.scan_command(file, out))
        return ToolResult({ordered(a, b): relation for a, b, relation in scan.pairs(out)}, scan.clusters(out))
    path = folder / f"pairs {tool}.jsonl"
    run(scan.peer_command(tool, file, path))
    pairs = {ordered(a, b): "copy" for a, b in scan.peer_pairs(path)}
    return ToolResult(pairs, components(pairs))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _main_table(scores: dict[str, Score]) -> Table:
    measures: dict[str, Callable[[Score], str]] = {
        "recall": lambda s: _share(s.overall),
        "pair precision": lambda s: _share(s.pair_precision),
        "cluster pair recall": lambda s: _share(s.cluster_recall),
        "cluster pair precision": lambda s: _share(s.cluster_precision),
        "adjusted Rand index": lambda s: _share(s.rand),
        "adjusted Rand index, all articles": lambda s: _share(s.rand_all),
        "largest cluster": lambda s: f"{s.largest:,} (true {s.largest_true:,})",
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
    """The sort key that puts `edited 5 %` before `edited 10 %`."""
    number = re.search(r"\d+", kind)
    return (kind[: number.start()], int(number[0])) if number else (kind, 0)


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


def _scores(file: Path, truth_file: Path, tools: list[str], folder: Path) -> dict[str, Score]:
    """Score every tool on one corpus."""
    truth = {article.id: article for article in read_truth(truth_file)}
    return {tool: score(truth, find(tool, file, folder)) for tool in tools}


def _tables(corpus: str, scores: dict[str, Score]) -> list[Table]:
    tables = [_main_table(scores), _recall_table(scores), _wrong_table(scores)]
    if "dedup" in scores:
        tables.append(_relation_table(scores["dedup"]))
    return [replace(table, title=f"{corpus}: {table.title[0].lower()}{table.title[1:]}") for table in tables]


def evaluate(options: argparse.Namespace) -> Report:
    """Run the part: make the corpora, run the tools over each, score them."""
    tools = options.tools.split(",")
    with scan.folder(options.keep) as name:
        folder = Path(name)
        files = scan.make_corpus(folder, options.articles, options.seed)
        hard_files = scan.make_corpus(folder, options.hard_articles, options.seed, "hard")
        scores = {
            "News": _scores(*files, tools, folder),
            "Hard negatives": _scores(*hard_files, tools, folder),
        }
    notes = [
        f"News: {options.articles:,} articles; hard negatives: {options.hard_articles:,}; seed {options.seed}.",
        "Found: a pair with any relation but `template`, or both in one cluster.",
        "Right: the two articles hold text of one story; for an `overlap` a common background paragraph suffices.",
        "Cluster pairs: all pairs within a cluster, reported against true (round-ups and merged articles are in none).",
        "Peers report pairs only; their clusters are the connected components. Settings: `peers.py`.",
        "Adjusted Rand index: over the articles that belong to a cluster; and over all articles, each unclustered one "
        "as a cluster of its own.",
        f"{', '.join(sorted(APART)).capitalize()} copies (relation `rewrite`) count in their own row of recall only.",
    ]
    figures = {corpus: {tool: asdict(result) for tool, result in results.items()} for corpus, results in scores.items()}
    tables = [table for corpus, results in scores.items() for table in _tables(corpus, results)]
    return Report(f"quality, {options.articles:,} articles", tables, figures, notes)


PART = Part("quality", "recall by kind, precision and adjusted Rand index beside the peers", _options, evaluate)
