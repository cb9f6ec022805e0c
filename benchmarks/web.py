"""Web pages: extraction beside trafilatura called directly, metadata, speed, the cache, and clusters on pages."""

import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.measure import Cost, interleaved, median, run
from benchmarks.part import Part, Report, Table

COPIES = ("identical", "near_copy", "version", "excerpt")
WORKERS = 2


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the labelled sets")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each side of a comparison (default 3)")
    parser.add_argument("--copies", type=int, default=4, help="times the pages are copied for the cache (default 4)")


class PageExtractor:
    """The labelled pages: `rows` of the manifest, and their bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
        self.rows: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def content(self, row: dict[str, Any]) -> bytes:
        return gzip.decompress((self.folder / row["file"]).read_bytes())

    def write(self, folder: Path, copies: int = 1) -> Path:
        """Write the pages into a folder; copies differ in a comment, so that the cache has none of another."""
        folder.mkdir(exist_ok=True)
        for copy in range(copies):
            for row in self.rows:
                content = self.content(row) + b"<!-- %d -->" % copy
                (folder / f"{copy}-{row['file']}").write_bytes(gzip.compress(content, 1))
        return folder


# -- functions for separate processes ------------------------------------------------------------------------------


def loop(folder: str, metadata: bool) -> None:
    """Run trafilatura over all files, one after the other, at our settings."""
    import logging

    from trafilatura import bare_extraction

    from dedup.inputs.html.limits import OPTIONS

    logging.disable(logging.CRITICAL)
    for path in sorted(Path(folder).iterdir()):
        bare_extraction(gzip.decompress(path.read_bytes()), with_metadata=metadata, **OPTIONS)


def ours(folder: str, threads: int) -> None:
    """Run our readers over the same files, without the cache."""
    from dedup.inputs import paths
    from dedup.inputs import read as reading
    from dedup.settings import Settings

    for _ in reading.read(paths.resolve([folder]), Settings(threads=threads, cache=False)):
        pass


def memory(folder: str, threads: int) -> None:
    """Read the files and print the peak resident memory (MiB) of this process and of its largest worker."""
    finished, largest = threading.Event(), [0.0]

    def sample() -> None:
        while not finished.wait(0.1):
            for task in Path("/proc/self/task").iterdir():
                for pid in (task / "children").read_text().split():
                    with suppress(OSError, IndexError):
                        largest[0] = max(largest[0], _peak(pid))

    watcher = threading.Thread(target=sample)
    watcher.start()
    try:
        ours(folder, threads)
    finally:
        finished.set()
        watcher.join()
    print(json.dumps([_peak("self"), largest[0]]))


def _peak(pid: str) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


def _memory(folder: Path) -> list[float]:
    """Peaks (MiB) of the command and of its largest worker; empty on systems without /proc."""
    if not Path("/proc/self/status").exists():
        return []
    code = f"from benchmarks import web; web.memory({str(folder)!r}, {WORKERS})"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    peaks: list[float] = json.loads(process.stdout)
    return peaks


def _measure_function(function: str, *arguments: Any) -> Cost:
    code = f"from benchmarks import web; web.{function}(*{arguments!r})"
    return run([sys.executable, "-c", code])


# -- quality -------------------------------------------------------------------------------------------------------


def f1(text: str, gold: str) -> float:
    """The F1 of two bags of words."""
    a, b = (Counter(re.findall(r"\w+", words.lower())) for words in (text, gold))
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def _read(folder: Path) -> dict[str, dict[str, Any]]:
    """Our articles by the name of their file, with `body`: the text without boilerplate."""
    from dedup.api import bodies
    from dedup.inputs import paths
    from dedup.inputs import read as reading
    from dedup.settings import Settings

    settings = Settings(threads=WORKERS)
    articles: dict[str, dict[str, Any]] = {}
    for batch in reading.read(paths.resolve([folder]), settings):
        for row in batch.records.to_pylist():
            articles[Path(row["id"]).name] = {**row, "meta": json.loads(row["meta"] or "{}")}
    for row in bodies([folder], settings):
        articles[Path(row["id"]).name]["body"] = row["text"]
    return articles


def _direct(pages: PageExtractor) -> dict[str, tuple[str, str | None]]:
    """(text, day of publication) of each page by trafilatura called directly at our settings."""
    from trafilatura import bare_extraction

    from dedup.inputs.html.limits import OPTIONS

    extracts = {}
    for row in pages.rows:
        document: Any = bare_extraction(pages.content(row), url=row["url"], with_metadata=True, **OPTIONS)
        extracts[row["file"]] = (document.text or "", document.date) if document else ("", None)
    return extracts


def _extraction(
    pages: PageExtractor, articles: dict[str, dict[str, Any]], extracts: dict[str, tuple[str, str | None]]
) -> tuple[Table, dict[str, Any]]:
    direct = {file: text for file, (text, _) in extracts.items()}
    rows, figures = [], {}
    for name in ("html_aeb", "html_andythefactory"):
        gold = {row["file"]: row["gold_text"] for row in pages.rows if row["set"] == name and row["gold_text"]}
        sides: dict[str, Callable[[str], str]] = {
            "trafilatura": direct.__getitem__,
            "text": lambda file: articles.get(f"0-{file}", {}).get("text", ""),
            "body": lambda file: articles.get(f"0-{file}", {}).get("body", ""),
        }
        scores = {
            side: statistics.mean(f1(of(file), text) for file, text in gold.items()) for side, of in sides.items()
        }
        figures[name] = {side: round(score, 4) for side, score in scores.items()}
        rows.append([name, str(len(gold)), *(f"{score:.4f}" for score in scores.values())])
    phrase_rows = [row for row in pages.rows if row["set"] == "html_trafilatura"]
    for side, texts in (
        ("trafilatura", direct),
        ("text", {row["file"]: sides["text"](row["file"]) for row in phrase_rows}),
    ):
        hits = sum(part in texts[row["file"]] for row in phrase_rows for part in row["gold_with"])
        wrong = sum(part in texts[row["file"]] for row in phrase_rows for part in row["gold_without"])
        figures.setdefault("html_trafilatura", {})[side] = {"with": hits, "without": wrong}
    parts = figures["html_trafilatura"]
    total = sum(len(row["gold_with"]) for row in phrase_rows), sum(len(row["gold_without"]) for row in phrase_rows)
    cells = [
        f"{parts[side]['with']}/{total[0]}, {parts[side]['without']}/{total[1]}" for side in ("trafilatura", "text")
    ]
    rows.append(["html_trafilatura (phrases in, phrases that must be out)", str(len(phrase_rows)), *cells, "-"])
    return Table("Extraction, F1 of words", ["set", "pages", "trafilatura", "our text", "our body"], rows), figures


def _days(a: str | None, b: str) -> str:
    if not a:
        return "none"
    apart = abs((date.fromisoformat(a[:10]) - date.fromisoformat(b[:10])).days)
    return "same" if apart == 0 else "a day" if apart == 1 else "other"


def _metadata(
    pages: PageExtractor, articles: dict[str, dict[str, Any]], extracts: dict[str, tuple[str, str | None]]
) -> tuple[Table, dict[str, Any]]:
    from dedup.inputs.html.urls import key, without_archive

    rows, figures = [], {}
    for name in sorted({row["set"] for row in pages.rows}):
        dates, theirs, addresses = Counter[str](), Counter[str](), Counter[str]()
        for row in pages.rows:
            mine = articles.get(f"0-{row['file']}")
            if row["set"] != name or mine is None:
                continue
            if row["published"]:
                dates[_days(mine["published"], row["published"])] += 1
                theirs[_days(extracts[row["file"]][1], row["published"])] += 1
            address = key(mine["meta"].get("canonical") or mine["url"])
            addresses[
                "none" if address is None else "same" if address == key(without_archive(row["url"])) else "other"
            ] += 1
        figures[name] = {"dates": dict(dates), "dates_trafilatura": dict(theirs), "canonical": dict(addresses)}
        cells = [
            ", ".join(f"{n} {word}" for word, n in counter.most_common()) or "-"
            for counter in (dates, theirs, addresses)
        ]
        rows.append([name, *cells])
    columns = ["set", "published", "published, trafilatura", "canonical address"]
    return Table("Metadata against the manifest", columns, rows), figures


# -- speed ---------------------------------------------------------------------------------------------------------


def _speed(folder: Path, pages: int, repeat: int) -> tuple[Table, dict[str, Any]]:
    tasks = {
        "trafilatura, text alone, one process": partial(_measure_function, "loop", str(folder), False),
        "trafilatura with metadata, one process": partial(_measure_function, "loop", str(folder), True),
        "ours, one worker": partial(_measure_function, "ours", str(folder), 1),
        f"ours, {WORKERS} workers": partial(_measure_function, "ours", str(folder), WORKERS),
    }
    costs = {name: median(each) for name, each in interleaved(tasks, repeat).items()}
    base = costs["trafilatura with metadata, one process"].wall
    rows = [
        [
            name,
            f"{cost.wall:.2f}",
            f"{cost.cpu:.2f}",
            f"{pages / cost.wall:.0f}",
            f"{base / cost.wall:.2f}",
        ]
        for name, cost in costs.items()
    ]
    figures = {name: {"wall": round(c.wall, 3), "cpu": round(c.cpu, 3)} for name, c in costs.items()}
    columns = ["", "wall s", "CPU s", "pages/s", "times the loop"]
    return Table(f"Speed over {pages} pages, whole processes, median of {repeat}", columns, rows), figures


def _cached(folder: Path, scratch: Path, pages: int) -> tuple[Table, dict[str, Any]]:
    """First and second run of the two commands, each on a cache of its own."""
    rows, figures = [], {}
    for name in ("extract", "scan"):
        out = scratch / name
        command = [sys.executable, "-m", "dedup", name, str(folder), "--out", str(out)]
        os.environ["XDG_CACHE_HOME"] = str(scratch / f"cache-{name}")
        first, *repeats = [run(command) for _ in range(4)]
        second = min(repeats, key=lambda cost: cost.wall)
        reading = ""
        if name == "scan":
            reading = f"{json.loads((out / 'summary.json').read_bytes())['timings']['read']['wall']:.2f}"
        size = sum(path.stat().st_size for path in (scratch / f"cache-{name}").rglob("*") if path.is_file())
        figures[name] = {"first": round(first.wall, 3), "second": round(second.wall, 3), "cache_bytes": size}
        rows.append(
            [
                f"dedup {name}",
                f"{first.wall:.2f}",
                f"{second.wall:.2f}",
                f"{first.wall / second.wall:.1f}",
                reading,
                f"{size / pages / 1000:.1f}",
            ]
        )
    columns = ["whole command", "first s", "second s", "times", "of the second, reading", "cache kB a page"]
    return Table(f"The cache over {pages} pages", columns, rows), figures


# -- clusters ------------------------------------------------------------------------------------------------------


def _together(records: Iterable[dict[str, Any]]) -> tuple[set[tuple[str, str]], int]:
    """The pairs of ids in one cluster, and the number of clusters."""
    import dedup

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "a.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        with dedup.scan(str(path), threads=WORKERS) as result:
            clusters = [sorted(member.id for member in cluster.members) for cluster in result.clusters]
    return {pair for members in clusters for pair in combinations(members, 2)}, len(clusters)


def _clusters(pages: PageExtractor, data: Path) -> tuple[Table, dict[str, Any]]:
    """Cluster the same articles as pages and as reference texts, with the same ids, addresses and dates."""
    name = "odu_newssim"
    rows = {row["id"]: row for row in pages.rows if row["set"] == name}
    with gzip.open(data / name / "articles.jsonl.gz") as file:
        records = {record["id"]: record for record in map(json.loads, file) if record["id"] in rows}
    fields = ("id", "url", "domain", "published")
    texts = [{**{f: records[i].get(f) for f in fields}, "text": records[i]["text"]} for i in sorted(records)]
    html = [
        {**{f: records[i].get(f) for f in fields}, "html": pages.content(rows[i]).decode("utf-8", "replace")}
        for i in sorted(records)
    ]
    on_texts, n_texts = _together(texts)
    on_pages, n_pages = _together(html)
    labels = [json.loads(line) for line in (data / name / "pairs.jsonl").read_text().splitlines()]
    labels = [pair for pair in labels if pair["a"] in records and pair["b"] in records]
    copies = {tuple(sorted((p["a"], p["b"]))) for p in labels if p["label"] in COPIES and not p["unsure"]}
    others = {tuple(sorted((p["a"], p["b"]))) for p in labels if p["label"] not in COPIES and not p["unsure"]}
    both = on_texts & on_pages
    table, figures = [], {"pages": len(records), "both": len(both)}
    for source, pairs, number in (("known texts", on_texts, n_texts), ("pages", on_pages, n_pages)):
        hits, wrong = len(pairs & copies), len(pairs & others)
        figures[source] = {
            "clusters": number,
            "pairs": len(pairs),
            "copies_found": hits,
            "copies": len(copies),
            "wrong": wrong,
        }
        table.append(
            [
                source,
                str(number),
                str(len(pairs)),
                str(len(pairs - both)),
                f"{hits}/{len(copies)}",
                f"{wrong}/{len(others)}",
            ]
        )
    figures["only_texts"], figures["only_pages"] = sorted(on_texts - both), sorted(on_pages - both)
    columns = [
        "scanned",
        "clusters",
        "pairs in one cluster",
        "only there",
        "labelled copies found",
        "labelled others joined",
    ]
    return Table(f"Clusters of the {len(records)} pages of {name}", columns, table), figures


def _run(options: argparse.Namespace) -> Report:
    pages = PageExtractor(options.data / "html_pages")
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
        folder = pages.write(scratch / "pages")
        # Costs first, because a child never reports less memory than its parent occupied.
        memory = _memory(folder)
        speed_table, speeds = _speed(folder, len(pages.rows), options.repeat)
        many = pages.write(scratch / "many", options.copies)
        cache_table, caches = _cached(many, scratch, len(pages.rows) * options.copies)
        os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
        articles, extracts = _read(folder), _direct(pages)
        extraction, scores = _extraction(pages, articles, extracts)
        metadata, metadata_figures = _metadata(pages, articles, extracts)
        clusters, pairs = _clusters(pages, options.data)
    figures = {"extraction": scores, "metadata": metadata_figures, "speed": speeds, "cache": caches, "clusters": pairs}
    figures["memory"] = memory
    notes = [
        f"Peak memory with {WORKERS} workers: {memory[0]:.0f} MiB the reader, {memory[1]:.0f} MiB the largest worker."
        if memory
        else "Peak memory: not measured on this system.",
        "A day apart: the page states a time in UTC, the manifest the day in the page's address.",
        f"{len(pages.rows) - len(articles)} of {len(pages.rows)} pages are no article (lists of links, menus).",
    ]
    return Report("web pages", [extraction, metadata, speed_table, cache_table, clusters], figures, notes)


PART = Part("web", "HTML and WARC: extraction, metadata, speed, cache, clusters on pages", _options, _run)
