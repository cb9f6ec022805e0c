"""Stress the index: writers and readers at the same time, killed at random, for any number of minutes.

At the end, every acknowledged article must be stored and every removed one absent, the file intact, and the clusters
those of a batch scan. Exits with 1 otherwise.
"""

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from benchmarks import scan
from benchmarks.part import Part, Report, Table

WRITERS, READERS = 2, 2
#: Postings that wait for the sweep, and pages that are swept at a time: few, so that it goes round all the time.
FLOOR, SWEEP = 20_000, 16
#: The most seconds between two kills; a writer removes an article after one in so many additions.
KILL_AFTER = 6.0
REMOVE_EVERY = 9


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default 10)")
    parser.add_argument("--articles", type=int, default=20_000, help="articles that are crawled (default 20,000)")
    parser.add_argument("--keep", type=Path, help="keep the corpus and the index in this folder")


def write(index: str, file: str, first: int, step: int, seed: int) -> None:
    """Write as a crawler: add every `step`th article from `first` on, remove some, print each event."""
    from dedup.index.public import Index

    rng = random.Random(seed)
    with Index(index) as store, open(file, "rb") as source:
        articles = [orjson.loads(line) for number, line in enumerate(source) if number % step == first]
        waiting = [article for article in articles if article["id"] not in store]
        while waiting:
            part, waiting = waiting[: (size := rng.choice([1, 1, 5, 60]))], waiting[size:]
            verdicts = [store.add(part[0])] if size == 1 else list(store.add_many(part))
            for verdict in verdicts:
                print("+", verdict.id, flush=True)
            if rng.randrange(REMOVE_EVERY) == 0:
                name = rng.choice(verdicts).id
                print("?", name, flush=True)
                store.remove(name)
                print("-", name, flush=True)
                waiting.append(next(article for article in part if article["id"] == name))


def read(index: str, file: str, first: int, step: int, seed: int) -> None:
    """Query articles at random, and read their clusters."""
    from dedup.index.public import Index

    rng = random.Random(seed)
    while not Path(index).exists():
        time.sleep(0.05)
    with open(file, "rb") as source:
        articles = [orjson.loads(line) for line in source]
    with Index(index) as store:
        while True:
            verdict = store.query(rng.choice(articles))
            if verdict.cluster is not None:
                assert verdict.cluster.size == len(verdict.cluster.members) > 1
                store.cluster(verdict.cluster.canonical.id)
            print("q", verdict.id, flush=True)


class Crawl:
    """Processes that are started again when they end or are killed, and the events that they print."""

    def __init__(self, index: Path, file: Path, seed: int) -> None:
        self.index, self.file = index, file
        self.rng = random.Random(seed)
        self.events: list[list[tuple[str, str]]] = [[] for _ in range(WRITERS + READERS)]
        self.counts: Counter[str] = Counter()
        self.processes: list[subprocess.Popen[str] | None] = [None] * len(self.events)
        self.threads: list[threading.Thread] = []

    def start(self, slot: int) -> None:
        writing = slot < WRITERS
        arguments = ["write" if writing else "read", self.index, self.file, slot, WRITERS, self.rng.randrange(2**31)]
        command = [sys.executable, "-m", "benchmarks.soak", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.processes[slot] = process
        thread = threading.Thread(target=self._read_events, args=(slot, process))
        thread.start()
        self.threads.append(thread)
        self.counts["started"] += 1

    def _read_events(self, slot: int, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            event, _, name = line.rstrip("\n").partition(" ")
            if line.endswith("\n"):  # the last line of a killed process may be cut short
                self.events[slot].append((event, name))
                self.counts[event] += 1

    def run(self, seconds: float) -> list[str]:
        """Run for some seconds; the last error lines of processes that failed without being killed."""
        end = time.monotonic() + seconds
        errors = []
        kill = time.monotonic() + KILL_AFTER
        while time.monotonic() < end:
            for slot, process in enumerate(self.processes):
                if process is None:
                    self.start(slot)
                elif process.poll() is not None:
                    if process.returncode not in (0, -signal.SIGKILL):
                        errors.append(self._error(process))
                    self.processes[slot] = None if slot >= WRITERS or process.returncode else process
            if time.monotonic() > kill:
                self._kill(self.rng.randrange(len(self.processes)))
                kill = time.monotonic() + self.rng.uniform(0.5, KILL_AFTER)
            time.sleep(0.05)
        for slot in range(len(self.processes)):
            self._kill(slot)
        for thread in self.threads:
            thread.join(60)
        return errors

    def _error(self, process: subprocess.Popen[str]) -> str:
        assert process.stderr is not None
        return process.stderr.read().strip().rpartition("\n")[2]

    def _kill(self, slot: int) -> None:
        process = self.processes[slot]
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.counts["killed"] += 1


def outcome_of(events: list[tuple[str, str]]) -> tuple[set[str], set[str]]:
    """The ids that must be stored, and the ids that may be: their removal was not confirmed when the process died."""
    present: set[str] = set()
    undecided: set[str] = set()
    for event, name in events:
        if event == "+":
            present.add(name)
            undecided.discard(name)
        elif event == "?":
            present.discard(name)
            undecided.add(name)
    return present, undecided


def verify(index: Path, file: Path, crawl: Crawl) -> list[str]:
    """Compare the index with the events and with a scan; a sentence for each difference."""
    import dedup

    wrong = []
    connection = sqlite3.connect(index)
    answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    if answer != "ok":
        wrong.append(f"integrity_check: {answer}")
    with dedup.Index(index) as store:
        stored_ids = {article.id for article in store.articles()}
        for slot in range(WRITERS):
            present, _ = outcome_of(crawl.events[slot])
            if missing_ids := present - stored_ids:
                wrong.append(f"{len(missing_ids)} acknowledged articles are missing, {min(missing_ids)} among them")
        with file.open("rb") as source:
            articles = [record for line in source if (record := orjson.loads(line))["id"] in stored_ids]
        with dedup.scan(articles, furniture=store.furniture) as result:
            by_scan = {frozenset(m.id for m in c.members): _comparable(c) for c in result.clusters}
        by_index = {frozenset(m.id for m in c.members): _comparable(c) for c in store.clusters()}
    crawl.counts["clusters"], crawl.counts["articles"] = len(by_scan), len(stored_ids)
    differences = [c for c in by_scan.keys() | by_index.keys() if by_scan.get(c) != by_index.get(c)]
    if differences:
        wrong.append(
            f"{len(differences)} clusters are not those of a scan, such as {sorted(min(differences, key=len))}"
        )
    return wrong


def _comparable(cluster: Any) -> dict[str, Any]:
    return {**cluster.to_dict(), "cluster": ""}


def measure(options: argparse.Namespace) -> Report:
    """Run the part."""
    with scan.folder(options.keep) as name:
        folder = Path(name)
        file, _ = scan.make_corpus(folder, options.articles, options.seed)
        index = Path(tempfile.mkdtemp(dir=folder)) / "soak.db"
        crawl = Crawl(index, file, options.seed)
        wrong = crawl.run(options.minutes * 60)
        wrong += verify(index, file, crawl)
    c = crawl.counts
    rows = [
        ["minutes", f"{options.minutes:g}"],
        ["processes started, killed", f"{c['started']:,}, {c['killed']:,}"],
        ["articles acknowledged, removed", f"{c['+']:,}, {c['-']:,}"],
        ["queries answered", f"{c['q']:,}"],
        ["articles at the end, in clusters", f"{c['articles']:,}, {c['clusters']:,} clusters"],
        ["wrong", "; ".join(wrong) or "nothing"],
    ]
    report = Report("soak", [Table("Soak", ["", ""], rows)], {"counts": dict(c), "wrong": wrong})
    if wrong:
        raise SystemExit("soak: " + "; ".join(wrong))
    return report


PART = Part("soak", "the index with writers and readers that are killed at random", _options, measure)

if __name__ == "__main__":
    from dedup.index.stores.sqlite import database_file

    database_file.SIZES = replace(database_file.SIZES, min_round=FLOOR, compaction=SWEEP)
    {"write": write, "read": read}[sys.argv[1]](sys.argv[2], sys.argv[3], *map(int, sys.argv[4:7]))
