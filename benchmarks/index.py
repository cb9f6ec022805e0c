"""Measure the incremental index: speed of additions and queries, size and memory, beside datasketch's MinHashLSH."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from benchmarks import scan
from benchmarks.part import Part, Report, Table

# Articles that are queried, and then added one by one; they come after those of the index.
QUERIES, SINGLES = 1050, 200
REMOVALS = 1000
# Sizes of one story, and the statistics of the milliseconds that are shown.
STORIES, _STATISTICS = (250, 1000, 4000), ("p50", "max")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=100_000, help="articles in the index (default 100,000)")
    parser.add_argument("--rates", type=int, nargs="+", default=[8, 16], help="passage rates to compare the sizes of")
    parser.add_argument("--without-peer", action="store_true", help="leave datasketch out")
    parser.add_argument("--without-expire", action="store_true", help="leave out the expiry of half of the index")
    parser.add_argument("--story", type=int, help="measure only one story, of up to so many articles")
    parser.add_argument("--keep", type=Path, help="keep the corpus and the index in this folder")


def _step(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.index_run", *map(str, arguments)]
    process = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    result: dict[str, Any] = orjson.loads(process.stdout)
    return result


def measure(options: argparse.Namespace) -> Report:
    """Run the part: each step in a process of its own, on one corpus."""
    if options.story:
        return _story(options.story)
    n = options.articles
    with scan.folder(options.keep) as name:
        folder = Path(name)
        file, _ = scan.make_corpus(folder, n + QUERIES + SINGLES, options.seed)
        stored_file = scan.prefix(file, n)
        additions = {}
        for rate in options.rates:
            index = folder / f"index-{n}-{rate}.db"
            for old in folder.glob(f"{index.name}*"):
                old.unlink()
            additions[rate] = _step("add", index, stored_file, n, rate)
        index = folder / f"index-{n}-{options.rates[0]}.db"
        queries = _step("query", index, file, n, n + QUERIES)
        single = _step("single", index, file, n + QUERIES, n + QUERIES + SINGLES)
        removal = _step("remove", index, REMOVALS, int(not options.without_expire))
        peer = None if options.without_peer else _step("lsh", file, n, n, n + QUERIES)
        for part in (*folder.glob(f"index-{n}-*"), stored_file):
            part.unlink()
    steps = {str(rate): step for rate, step in additions.items()}
    figures = {"add": steps, "query": queries, "single": single, "remove": removal, "datasketch": peer}
    notes = [
        "Beside the text: bytes of the file without the compressed texts and the characters of id, url, domain, title, "
        "date, authors and meta.",
        "CPU: time of a process with one thread that digests ahead. Queries are for articles that are not stored; "
        "the file is in the system's page cache unless stated otherwise.",
    ]
    first = additions[options.rates[0]]
    tables = [_main(n, first, queries, single, removal, peer), _growth(first), _sizes(additions)]
    return Report(f"index, {n:,}", tables, figures, notes)


def _story(largest: int) -> Report:
    """Measure queries and additions of one more article of a story, for several sizes of the story."""
    sizes = [size for size in STORIES if size < largest] + [largest]
    figures = {}
    with scan.folder(None) as name:
        for shape in ("copies", "near"):
            for size in sizes:
                figures[f"{shape} {size}"] = _step("story", Path(name) / f"{shape}-{size}.db", shape, size)
    rows = [
        [
            words,
            f"{size:,}",
            *(f"{figures[f'{shape} {size}'][step][p]:.1f}" for step in ("query", "add") for p in _STATISTICS),
        ]
        for shape, words in (("copies", "the same words"), ("near", "own words in each"))
        for size in sizes
    ]
    columns = ["articles with", "in the story", *(f"{step} {p}, ms" for step in ("query", "add") for p in _STATISTICS)]
    notes = ["CPU time of one process. Each article is on a site of its own; ids and times are in no order."]
    return Report(f"index, one story of {largest:,}", [Table("One story", columns, rows)], figures, notes)


def _main(
    n: int,
    addition: dict[str, Any],
    queries: dict[str, Any],
    single: dict[str, Any],
    removal: dict[str, Any],
    peer: dict[str, Any] | None,
) -> Table:
    last = addition["steps"][-1]
    rows = [
        ["articles a second, CPU", f"{n / last['cpu']:,.0f}", f"{n / peer['cpu']:,.0f}" if peer else "-"],
        ["articles a second, wall", f"{n / last['wall']:,.0f}", "-"],
        *(
            [f"query {name}, ms", f"{queries['wall'][name]:.2f}", f"{peer['wall'][name]:.2f}" if peer else "-"]
            for name in ("p50", "p90", "p99", "max")
        ),
        *([f"query {name}, ms of CPU", f"{queries['cpu'][name]:.2f}", "-"] for name in ("p50", "p99")),
        ["query p50 with the file on disk, ms", f"{queries['cold']['p50']:.2f}", "-"],
        *([f"add one, {name}, ms", f"{single['wall'][name]:.2f}", "-"] for name in ("p50", "p99")),
        ["MB on disk", f"{addition['bytes'] / 1e6:,.0f}", f"{peer['bytes'] / 1e6:,.0f} (pickle)" if peer else "-"],
        [
            "KiB an article beside its text",
            f"{_kib_beside_text(addition):.2f}",
            f"{peer['bytes'] / n / 1024:.2f}" if peer else "-",
        ],
        ["peak RSS MiB, querying", f"{queries['rss']:,.0f}", f"{peer['rss']:,.0f}" if peer else "-"],
        ["peak RSS MiB, adding", f"{addition['rss']:,.0f}", "-"],
        [f"remove {removal['removed']:,}, s", f"{removal['remove_seconds']:.2f}", "-"],
    ]
    if "expired" in removal:
        rows.append([f"expire {removal['expired']:,}, s", f"{removal['expire_seconds']:.1f}", "-"])
        rows += [
            [f"a read {words}, {name}, ms", f"{removal[f'{which}_read'][name]:.1f}", "-"]
            for which, words in (("alone", "before"), ("meanwhile", "while expiring"))
            for name in ("p50", "max")
        ]
    return Table("Index", ["", "dedup.Index", "datasketch MinHashLSH"], rows)


def _kib_beside_text(addition: dict[str, Any]) -> float:
    kib: float = (addition["bytes"] - addition["text_bytes"] - addition["metadata"]) / addition["articles"] / 1024
    return kib


def _growth(addition: dict[str, Any]) -> Table:
    """Articles a second for each tenth of the articles."""
    rows = []
    before = {"articles": 0, "cpu": 0.0, "wall": 0.0}
    for step in addition["steps"]:
        count, cpu, wall = (step[name] - before[name] for name in ("articles", "cpu", "wall"))
        rows.append([f"{step['articles']:,}", f"{count / max(cpu, 1e-9):,.0f}", f"{count / max(wall, 1e-9):,.0f}"])
        before = step
    return Table("Adding", ["articles so far", "a second of CPU", "a second of wall"], rows)


def _sizes(additions: dict[int, dict[str, Any]]) -> Table:
    rows = [
        [
            str(rate), f"{a['bytes'] / 1e6:,.0f}", f"{a['text_bytes'] / a['articles'] / 1024:.2f}",
            f"{_kib_beside_text(a):.2f}", f"{a['postings'] / a['articles']:.0f}",
            f"{a['articles'] / a['steps'][-1]['cpu']:,.0f}",
        ]
        for rate, a in additions.items()
    ]  # fmt: skip
    columns = ["passage rate", "MB", "KiB of text", "KiB beside it", "postings an article", "articles a second"]
    return Table("Sizes by option", columns, rows)


PART = Part("index", "the incremental index: speed, size and memory, beside datasketch", _options, measure)
