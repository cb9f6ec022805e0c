"""The crawler's index: how fast it takes articles in and answers, how large it gets, beside datasketch's MinHashLSH."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from benchmarks import scan
from benchmarks.part import Part, Report, Table

# Articles that are asked about, and then stored one by one; they come after those of the index.
QUERIES, SINGLES = 1050, 200
REMOVED = 1000
# Sizes of one story, and what is said of the milliseconds.
STORIES, _SEEN = (250, 1000, 4000), ("p50", "max")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", type=int, default=100_000, help="articles in the index (default 100,000)")
    parser.add_argument("--rates", type=int, nargs="+", default=[8, 16], help="passage rates to compare the sizes of")
    parser.add_argument("--without-peer", action="store_true", help="leave datasketch out")
    parser.add_argument("--without-expire", action="store_true", help="leave out the expiry of half of the index")
    parser.add_argument("--story", type=int, help="measure only one story, of up to so many articles")
    parser.add_argument("--keep", type=Path, help="keep the corpus and the index in this folder")


def _step(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.index_run", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def measure(options: argparse.Namespace) -> Report:
    """The part: every step a process of its own on one corpus."""
    if options.story:
        return _story(options.story)
    n = options.articles
    with scan.folder(options.keep) as name:
        folder = Path(name)
        file, _ = scan.make_corpus(folder, n + QUERIES + SINGLES, options.seed)
        known = scan.prefix(file, n)
        added = {}
        for rate in options.rates:
            index = folder / f"index-{n}-{rate}.db"
            for old in folder.glob(f"{index.name}*"):
                old.unlink()
            added[rate] = _step("add", index, known, n, rate)
        index = folder / f"index-{n}-{options.rates[0]}.db"
        asked = _step("query", index, file, n, n + QUERIES)
        single = _step("single", index, file, n + QUERIES, n + QUERIES + SINGLES)
        removed = _step("remove", index, REMOVED, int(not options.without_expire))
        peer = None if options.without_peer else _step("lsh", file, n, n, n + QUERIES)
        for part in (*folder.glob(f"index-{n}-*"), known):
            part.unlink()
    steps = {str(rate): step for rate, step in added.items()}
    figures = {"add": steps, "query": asked, "single": single, "remove": removed, "datasketch": peer}
    notes = [
        "Beside the text: bytes of the file without the compressed texts and the characters of id, url, domain, title, "
        "date, authors and meta.",
        "CPU: time of a process with one thread that digests ahead. Queries are for articles that are not stored; "
        "the file is in the system's page cache unless stated otherwise.",
    ]
    first = added[options.rates[0]]
    tables = [_main(n, first, asked, single, removed, peer), _growth(first), _sizes(added)]
    return Report(f"index, {n:,}", tables, figures, notes)


def _story(largest: int) -> Report:
    """One more article of one story, in stories of several sizes."""
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
            *(f"{figures[f'{shape} {size}'][what][p]:.1f}" for what in ("query", "add") for p in _SEEN),
        ]
        for shape, words in (("copies", "the same words"), ("near", "own words in each"))
        for size in sizes
    ]
    columns = ["articles with", "in the story", *(f"{what} {p}, ms" for what in ("query", "add") for p in _SEEN)]
    notes = ["CPU time of one process. Each article is on a site of its own; ids and times are in no order."]
    return Report(f"index, one story of {largest:,}", [Table("One story", columns, rows)], figures, notes)


def _main(
    n: int,
    added: dict[str, Any],
    asked: dict[str, Any],
    single: dict[str, Any],
    removed: dict[str, Any],
    peer: dict[str, Any] | None,
) -> Table:
    last = added["steps"][-1]
    rows = [
        ["articles a second, CPU", f"{n / last['cpu']:,.0f}", f"{n / peer['cpu']:,.0f}" if peer else "-"],
        ["articles a second, wall", f"{n / last['wall']:,.0f}", "-"],
        *(
            [f"query {name}, ms", f"{asked['wall'][name]:.2f}", f"{peer['wall'][name]:.2f}" if peer else "-"]
            for name in ("p50", "p90", "p99", "max")
        ),
        *([f"query {name}, ms of CPU", f"{asked['cpu'][name]:.2f}", "-"] for name in ("p50", "p99")),
        ["query p50 with the file on disk, ms", f"{asked['cold']['p50']:.2f}", "-"],
        *([f"add one, {name}, ms", f"{single['wall'][name]:.2f}", "-"] for name in ("p50", "p99")),
        ["MB on disk", f"{added['bytes'] / 1e6:,.0f}", f"{peer['bytes'] / 1e6:,.0f} (pickle)" if peer else "-"],
        ["KiB an article beside its text", f"{_beside(added):.2f}", f"{peer['bytes'] / n / 1024:.2f}" if peer else "-"],
        ["peak RSS MiB, asking", f"{asked['rss']:,.0f}", f"{peer['rss']:,.0f}" if peer else "-"],
        ["peak RSS MiB, adding", f"{added['rss']:,.0f}", "-"],
        [f"remove {removed['removed']:,}, s", f"{removed['remove_seconds']:.2f}", "-"],
    ]
    if "expired" in removed:
        rows.append([f"expire {removed['expired']:,}, s", f"{removed['expire_seconds']:.1f}", "-"])
        rows += [
            [f"a read {words}, {name}, ms", f"{removed[f'{which}_read'][name]:.1f}", "-"]
            for which, words in (("alone", "before"), ("meanwhile", "while expiring"))
            for name in ("p50", "max")
        ]
    return Table("Index", ["", "dedup.Index", "datasketch MinHashLSH"], rows)


def _beside(added: dict[str, Any]) -> float:
    whole: float = (added["bytes"] - added["text_bytes"] - added["metadata"]) / added["articles"] / 1024
    return whole


def _growth(added: dict[str, Any]) -> Table:
    """Articles a second in each tenth of the way."""
    rows = []
    before = {"articles": 0, "cpu": 0.0, "wall": 0.0}
    for step in added["steps"]:
        count, cpu, wall = (step[name] - before[name] for name in ("articles", "cpu", "wall"))
        rows.append([f"{step['articles']:,}", f"{count / max(cpu, 1e-9):,.0f}", f"{count / max(wall, 1e-9):,.0f}"])
        before = step
    return Table("Adding", ["articles so far", "a second of CPU", "a second of wall"], rows)


def _sizes(added: dict[int, dict[str, Any]]) -> Table:
    rows = [
        [
            str(rate), f"{a['bytes'] / 1e6:,.0f}", f"{a['text_bytes'] / a['articles'] / 1024:.2f}",
            f"{_beside(a):.2f}", f"{a['postings'] / a['articles']:.0f}",
            f"{a['articles'] / a['steps'][-1]['cpu']:,.0f}",
        ]
        for rate, a in added.items()
    ]  # fmt: skip
    columns = ["passage rate", "MB", "KiB of text", "KiB beside it", "postings an article", "articles a second"]
    return Table("Sizes by option", columns, rows)


PART = Part("index", "the crawler's index: speed, size and memory, beside datasketch", _options, measure)
