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


class Pages:
    """The labelled pages: `rows` of the manifest, and their bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
        self.rows: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def content(self, row: dict[str, Any]) -> bytes:
        return gzip.decompress((self.folder / row["file"]).read_bytes())

    def write(self, folder: Path, copies: int = 1) -> Path:
        """The pages as a folder of files; copies differ in a comment, so that none is known from another."""
        folder.mkdir(exist_ok=True)
        for copy in range(copies):
            for row in self.rows:
                content = self.content(row) + b"<!-- %d -->" % copy
                (folder / f"{copy}-{row['file']}").write_bytes(gzip.compress(content, 1))
        return folder


# -- what runs in processes of its own -----------------------------------------------------------------------------


def loop(folder: str, metadata: bool) -> None:
    """What anybody would write: trafilatura over all files, one after the other, at our settings."""
    import logging

    from trafilatura import bare_extraction

    from dedup.inputs.html.limits import OPTIONS

    logging.disable(logging.CRITICAL)
    for path in sorted(Path(folder).iterdir()):
        bare_extraction(gzip.decompress(path.read_bytes()), with_metadata=metadata, **OPTIONS)


def ours(folder: str, threads: int) -> None:
    """Our readers over the same files, without the cache."""
    from dedup.inputs import paths
    from dedup.inputs import read as reading
    from dedup.settings import Settings

    for _ in reading.read(paths.resolve([folder]), Settings(threads=threads, cache=False)):
        pass


def memory(folder: str, threads: int) -> None:
    """Prints the peak resident memory (MiB) of this process and of its largest worker while it reads the files."""
    done, largest = threading.Event(), [0.0]

    def sample() -> None:
        while not done.wait(0.1):
            for task in Path("/proc/self/task").iterdir():
                for pid in (task / "children").read_text().split():
                    with suppress(OSError, IndexError):
                        largest[0] = max(largest[0], _peak(pid))

    watcher = threading.Thread(target=sample)
    watcher.start()
    try:
        ours(folder, threads)
    finally:
        done.set()
        watcher.join()
    print(json.dumps([_peak("self"), largest[0]]))


def _peak(pid: str) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


def _memory(folder: Path) -> list[float]:
    """Peaks of the command and of its largest worker (MiB); nothing where the system has no /proc."""
    if not Path("/proc/self/status").exists():
        return []
    code = f"from benchmarks import web; web.memory({str(folder)!r}, {WORKERS})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    found: list[float] = json.loads(done.stdout)
    return found


def _measured(function: str, *arguments: Any) -> Cost:
    code = f"from benchmarks import web; web.{function}(*{arguments!r})"
    return run([sys.executable, "-c", code])


# -- quality -------------------------------------------------------------------------------------------------------


def f1(text: str, gold: str) -> float:
    """Of words, each as often as it stands."""
    a, b = (Counter(re.findall(r"\w+", one.lower())) for one in (text, gold))
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def _read(folder: Path) -> dict[str, dict[str, Any]]:
    """Our articles by the name of their file, with `body`: the text without furniture."""
    from dedup.api import bodies
    from dedup.inputs import paths
    from dedup.inputs import read as reading
    from dedup.settings import Settings

    settings = Settings(threads=WORKERS)
    found: dict[str, dict[str, Any]] = {}
    for batch in reading.read(paths.resolve([folder]), settings):
        for row in batch.records.to_pylist():
            found[Path(row["id"]).name] = {**row, "meta": json.loads(row["meta"] or "{}")}
    for row in bodies([folder], settings):
        found[Path(row["id"]).name]["body"] = row["text"]
    return found


def _direct(pages: Pages) -> dict[str, tuple[str, str | None]]:
    """(text, day of publication) of each page by trafilatura called directly at our settings."""
    from trafilatura import bare_extraction

    from dedup.inputs.html.limits import OPTIONS

    found = {}
    for row in pages.rows:
        document: Any = bare_extraction(pages.content(row), url=row["url"], with_metadata=True, **OPTIONS)
        found[row["file"]] = (document.text or "", document.date) if document else ("", None)
    return found


def _extraction(
    pages: Pages, found: dict[str, dict[str, Any]], told: dict[str, tuple[str, str | None]]
) -> tuple[Table, dict[str, Any]]:
    direct = {file: text for file, (text, _) in told.items()}
    rows, figures = [], {}
    for name in ("html_aeb", "html_andythefactory"):
        gold = {row["file"]: row["gold_text"] for row in pages.rows if row["set"] == name and row["gold_text"]}
        sides: dict[str, Callable[[str], str]] = {
            "trafilatura": direct.__getitem__,
            "text": lambda file: found.get(f"0-{file}", {}).get("text", ""),
            "body": lambda file: found.get(f"0-{file}", {}).get("body", ""),
        }
        scores = {
            side: statistics.mean(f1(of(file), text) for file, text in gold.items()) for side, of in sides.items()
        }
        figures[name] = {side: round(score, 4) for side, score in scores.items()}
        rows.append([name, str(len(gold)), *(f"{score:.4f}" for score in scores.values())])
    wanted = [row for row in pages.rows if row["set"] == "html_trafilatura"]
    for side, texts in (("trafilatura", direct), ("text", {row["file"]: sides["text"](row["file"]) for row in wanted})):
        kept = sum(part in texts[row["file"]] for row in wanted for part in row["gold_with"])
        wrong = sum(part in texts[row["file"]] for row in wanted for part in row["gold_without"])
        figures.setdefault("html_trafilatura", {})[side] = {"with": kept, "without": wrong}
    parts = figures["html_trafilatura"]
    total = sum(len(row["gold_with"]) for row in wanted), sum(len(row["gold_without"]) for row in wanted)
    cells = [
        f"{parts[side]['with']}/{total[0]}, {parts[side]['without']}/{total[1]}" for side in ("trafilatura", "text")
    ]
    rows.append(["html_trafilatura (phrases in, phrases that must be out)", str(len(wanted)), *cells, "-"])
    return Table("Extraction, F1 of words", ["set", "pages", "trafilatura", "our text", "our body"], rows), figures


def _days(a: str | None, b: str) -> str:
    if not a:
        return "none"
    apart = abs((date.fromisoformat(a[:10]) - date.fromisoformat(b[:10])).days)
    return "same" if apart == 0 else "a day" if apart == 1 else "other"


def _metadata(
    pages: Pages, found: dict[str, dict[str, Any]], told: dict[str, tuple[str, str | None]]
) -> tuple[Table, dict[str, Any]]:
    from dedup.inputs.html.urls import key, original

    rows, figures = [], {}
    for name in sorted({row["set"] for row in pages.rows}):
        dates, theirs, addresses = Counter[str](), Counter[str](), Counter[str]()
        for row in pages.rows:
            mine = found.get(f"0-{row['file']}")
            if row["set"] != name or mine is None:
                continue
            if row["published"]:
                dates[_days(mine["published"], row["published"])] += 1
                theirs[_days(told[row["file"]][1], row["published"])] += 1
            said = key(mine["meta"].get("canonical") or mine["url"])
            addresses["none" if said is None else "same" if said == key(original(row["url"])) else "other"] += 1
        figures[name] = {"dates": dict(dates), "dates_trafilatura": dict(theirs), "canonical": dict(addresses)}
        shown = [", ".join(f"{n} {what}" for what, n in one.most_common()) or "-" for one in (dates, theirs, addresses)]
        rows.append([name, *shown])
    columns = ["set", "published", "published, trafilatura", "canonical address"]
    return Table("Metadata against the manifest", columns, rows), figures


# -- speed ---------------------------------------------------------------------------------------------------------


def _speed(folder: Path, pages: int, repeat: int) -> tuple[Table, dict[str, Any]]:
    tasks = {
        "trafilatura, text alone, one process": partial(_measured, "loop", str(folder), False),
        "trafilatura with metadata, one process": partial(_measured, "loop", str(folder), True),
        "ours, one worker": partial(_measured, "ours", str(folder), 1),
        f"ours, {WORKERS} workers": partial(_measured, "ours", str(folder), WORKERS),
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
        first, *again = [run(command) for _ in range(4)]
        second = min(again, key=lambda cost: cost.wall)
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


def _clusters(pages: Pages, data: Path) -> tuple[Table, dict[str, Any]]:
    """The same articles once as pages and once as their known texts, with the same ids, addresses and dates."""
    name = "odu_newssim"
    rows = {row["id"]: row for row in pages.rows if row["set"] == name}
    with gzip.open(data / name / "articles.jsonl.gz") as file:
        known = {record["id"]: record for record in map(json.loads, file) if record["id"] in rows}
    fields = ("id", "url", "domain", "published")
    texts = [{**{f: known[i].get(f) for f in fields}, "text": known[i]["text"]} for i in sorted(known)]
    html = [
        {**{f: known[i].get(f) for f in fields}, "html": pages.content(rows[i]).decode("utf-8", "replace")}
        for i in sorted(known)
    ]
    on_texts, n_texts = _together(texts)
    on_pages, n_pages = _together(html)
    labelled = [json.loads(line) for line in (data / name / "pairs.jsonl").read_text().splitlines()]
    labelled = [pair for pair in labelled if pair["a"] in known and pair["b"] in known]
    copies = {tuple(sorted((p["a"], p["b"]))) for p in labelled if p["label"] in COPIES and not p["unsure"]}
    others = {tuple(sorted((p["a"], p["b"]))) for p in labelled if p["label"] not in COPIES and not p["unsure"]}
    both = on_texts & on_pages
    table, figures = [], {"pages": len(known), "both": len(both)}
    for what, pairs, number in (("known texts", on_texts, n_texts), ("pages", on_pages, n_pages)):
        found, wrong = len(pairs & copies), len(pairs & others)
        figures[what] = {
            "clusters": number,
            "pairs": len(pairs),
            "copies_found": found,
            "copies": len(copies),
            "wrong": wrong,
        }
        table.append(
            [
                what,
                str(number),
                str(len(pairs)),
                str(len(pairs - both)),
                f"{found}/{len(copies)}",
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
    return Table(f"Clusters of the {len(known)} pages of {name}", columns, table), figures


def _run(options: argparse.Namespace) -> Report:
    pages = Pages(options.data / "html_pages")
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
        folder = pages.write(scratch / "pages")
        # The costs first, for a child never reports less memory than its parent held.
        memory = _memory(folder)
        speed, speeds = _speed(folder, len(pages.rows), options.repeat)
        many = pages.write(scratch / "many", options.copies)
        cached, caches = _cached(many, scratch, len(pages.rows) * options.copies)
        os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
        found, told = _read(folder), _direct(pages)
        extraction, scores = _extraction(pages, found, told)
        metadata, said = _metadata(pages, found, told)
        clusters, pairs = _clusters(pages, options.data)
    figures = {"extraction": scores, "metadata": said, "speed": speeds, "cache": caches, "clusters": pairs}
    figures["memory"] = memory
    notes = [
        f"Peak memory with {WORKERS} workers: {memory[0]:.0f} MiB the reader, {memory[1]:.0f} MiB the largest worker."
        if memory
        else "Peak memory: not measured on this system.",
        "A day apart: the page states a time in UTC, the manifest the day in the page's address.",
        f"{len(pages.rows) - len(found)} of {len(pages.rows)} pages are no article (lists of links, menus).",
    ]
    return Report("web pages", [extraction, metadata, speed, cached, clusters], figures, notes)


PART = Part("web", "HTML and WARC: extraction, metadata, speed, cache, clusters on pages", _options, _run)
