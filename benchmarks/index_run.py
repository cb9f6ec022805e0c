"""The steps of `benchmarks.index`, each in a process of its own: `python -m benchmarks.index_run STEP ...`.

Each step prints one line of JSON.
"""

import itertools
import os
import pickle
import random
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.measure import MIB, RSS_UNIT

# Queries before the measurement, which load kernels and pages; and queries with nothing of the file in the page cache.
WARM, COLD = 50, 100


def _lines(file: Path, low: int, high: int) -> list[dict[str, Any]]:
    with file.open("rb") as source:
        return [orjson.loads(line) for line in itertools.islice(source, low, high)]


def _spread(seconds: list[float]) -> dict[str, float]:
    """Percentiles and maximum, in milliseconds."""
    p50, p90, p99 = np.percentile(np.array(seconds) * 1000, [50, 90, 99]).tolist()
    return {"p50": p50, "p90": p90, "p99": p99, "max": max(seconds) * 1000}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / MIB


def add(index: str, file: str, articles: str, rate: str) -> dict[str, Any]:
    """Add a file: CPU and wall seconds for each tenth of it, sizes, memory."""
    from dedup.index.public import Index

    steps = []
    with Index(index, passage_rate=int(rate)) as store:
        batches = store.stream(file)
        count, cpu, wall = 0, time.process_time(), time.perf_counter()
        mark = int(articles) // 10
        start = (cpu, wall)
        for verdicts, _ in batches:
            count += len(verdicts)
            if count >= mark * (len(steps) + 1) or count == int(articles):
                now = time.process_time(), time.perf_counter()
                steps.append({"articles": count, "cpu": now[0] - start[0], "wall": now[1] - start[1]})
        stats = store.stats()
    size = os.path.getsize(index)
    with sqlite3.connect(index) as connection:
        metadata = connection.execute(
            "SELECT sum(length(id) + coalesce(length(url), 0) + coalesce(length(domain), 0)"
            " + coalesce(length(title), 0) + coalesce(length(published), 0) + coalesce(length(authors), 0)"
            " + coalesce(length(meta), 0)) FROM article"
        ).fetchone()[0]
    del stats["path"]
    return {"steps": steps, "rss": _peak(), "bytes": size, "metadata": metadata, **stats}


def _load(index: str) -> None:
    """Load the file into the page cache, from which some machines drop it within seconds."""
    with Path(index).open("rb") as file:
        while file.read(1 << 24):
            pass


def _evict(index: str) -> None:
    """Drop the file from the page cache, where the system can do so."""
    if hasattr(os, "posix_fadvise"):
        with Path(index).open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def query(index: str, file: str, low: str, high: str) -> dict[str, Any]:
    """Query articles that are not stored, one by one: milliseconds of wall and CPU, memory."""
    from dedup.index.public import Index

    articles = _lines(Path(file), int(low), int(high))
    wall, cpu, cold, duplicates = [], [], [], 0
    with Index(index, readonly=True) as store:
        _load(index)
        for article in articles[:WARM]:
            store.query(article)
        for article in articles[WARM:]:
            start = time.perf_counter(), time.process_time()
            verdict = store.query(article)
            wall.append(time.perf_counter() - start[0])
            cpu.append(time.process_time() - start[1])
            duplicates += not verdict.is_new
        _evict(index)
        for article in articles[-COLD:]:
            cold_start = time.perf_counter()
            store.query(article)
            cold.append(time.perf_counter() - cold_start)
    return {"wall": _spread(wall), "cpu": _spread(cpu), "cold": _spread(cold), "seen": duplicates, "rss": _peak()}


def single(index: str, file: str, low: str, high: str) -> dict[str, Any]:
    """Add articles one by one, each in a transaction of its own."""
    from dedup.index.public import Index

    wall = []
    with Index(index) as store:
        for article in _lines(Path(file), int(low), int(high)):
            start = time.perf_counter()
            store.add(article)
            wall.append(time.perf_counter() - start)
    return {"wall": _spread(wall)}


def story(index: str, shape: str, size: str) -> dict[str, Any]:
    """Query and add articles of one story, one by one: milliseconds of CPU."""
    from dedup.index.public import Index

    articles = _story(shape, int(size) + WARM)
    times: dict[str, list[float]] = {"query": [], "add": []}
    with Index(index) as store:
        store.add_many(articles[: int(size)])
        for number, article in enumerate(articles[int(size) :]):
            for name, call in (("query", store.query), ("add", store.add)):
                start = time.process_time()
                call(article)
                if number >= 3:  # then the story is cached and kernels are loaded
                    times[name].append(time.process_time() - start)
    return {name: _spread(seconds) for name, seconds in times.items()}


def _story(shape: str, count: int) -> list[dict[str, Any]]:
    """Articles with one text; if the shape is "near", two words of each are its own."""
    rng = random.Random(shape)
    syllables = [first + last for first in "bdfgklmn" for last in "aeiou"]
    words = ["".join(rng.choices(syllables, k=3)) for _ in range(400)]
    articles = []
    for number in range(count):
        text_words = list(words)
        if shape == "near":
            for position in rng.sample(range(400), 2):
                text_words[position] = f"own{rng.randrange(10**9)}"
        lines = [" ".join(text_words[low : low + 16]).capitalize() + "." for low in range(0, 400, 16)]
        articles.append(
            {
                "id": f"{rng.randrange(10**12):012d}", "text": "\n\n".join(lines), "title": "A story of many sites",
                "domain": f"site{number}.example", "url": f"https://site{number}.example/{number}",
                "published": f"2024-03-{rng.randrange(1, 6):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z",
            }
        )  # fmt: skip
    return articles


def remove(index: str, count: str, expire: str) -> dict[str, Any]:
    """Remove articles spread over the index, then expire half of it while another process reads."""
    from dedup.index.public import Index

    with Index(index) as store, sqlite3.connect(index) as connection:
        step = max(1, len(store) // (int(count) + WARM))
        rows = connection.execute("SELECT id FROM article WHERE number % ? = 0 ORDER BY number", (step,))
        ids = [name for (name,) in rows][: int(count) + WARM]
        store.remove(ids[:WARM])
        _load(index)
        start = time.perf_counter()
        removals = store.remove(ids[WARM:])
        out = {"removed": removals, "remove_seconds": time.perf_counter() - start}
        if expire == "1":
            (middle,) = connection.execute(
                "SELECT age FROM article ORDER BY age LIMIT 1 OFFSET (SELECT count(*) / 2 FROM article)"
            ).fetchone()
            latest = connection.execute("SELECT id FROM article ORDER BY age DESC LIMIT ?", (WARM,))
            out |= _expire(store, index, middle, [name for (name,) in latest])
    connection.close()
    return out


def _expire(store: Any, index: str, middle: float, stay: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.index_run", "read", index, *stay]
    reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert reader.stdin is not None
    assert reader.stdout is not None
    reader.stdout.readline()  # sent when it has read for a while alone
    reader.stdin.write("\n")
    reader.stdin.flush()
    start = time.perf_counter()
    count = store.expire(middle)
    seconds = time.perf_counter() - start
    return {"expired": count, "expire_seconds": seconds, **orjson.loads(reader.communicate("\n")[0])}


def read(index: str, *ids: str) -> dict[str, Any]:
    """Look up articles and their clusters: two seconds alone, then until a second line comes on standard input."""
    from dedup.index.public import Index

    waits: dict[str, list[float]] = {"alone": [], "meanwhile": []}
    signals = [threading.Event(), threading.Event()]
    threading.Thread(target=_await, args=(signals,), daemon=True).start()
    with Index(index, readonly=True) as store:
        for name in ids:
            store.cluster(name)
        deadline = time.perf_counter() + 2
        for name in itertools.cycle(ids):
            start = time.perf_counter()
            store.cluster(name)
            store.get(name)
            waits["meanwhile" if signals[0].is_set() else "alone"].append(time.perf_counter() - start)
            if signals[1].is_set():
                break
            if start > deadline and not signals[0].is_set():
                print(flush=True)
                signals[0].wait()
            time.sleep(0.001)
    return {f"{name}_read": _spread(seconds) for name, seconds in waits.items()}


def _await(lines: list[threading.Event]) -> None:
    """Set one event for each line on standard input."""
    for event in lines:
        sys.stdin.readline()
        event.set()


def lsh(file: str, articles: str, low: str, high: str) -> dict[str, Any]:
    """Fill and query datasketch's MinHashLSH in memory, as its documentation shows, and pickle it."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

    from benchmarks.peers import NUM_PERM, shingles

    index = MinHashLSH(threshold=0.5, num_perm=NUM_PERM)

    def sketch(record: dict[str, Any]) -> Any:
        signature = MinHash(num_perm=NUM_PERM)
        signature.update_batch([shingle.encode() for shingle in shingles(record["text"])])
        return signature

    cpu = time.process_time()
    with Path(file).open("rb") as source:
        for line in itertools.islice(source, int(articles)):
            record = orjson.loads(line)
            index.insert(record["id"], sketch(record), check_duplication=False)
    cpu = time.process_time() - cpu
    wall = []
    for record in _lines(Path(file), int(low), int(high)):
        start = time.perf_counter()
        index.query(sketch(record))
        wall.append(time.perf_counter() - start)
    rss = _peak()
    return {"cpu": cpu, "wall": _spread(wall), "rss": rss, "bytes": len(pickle.dumps(index))}


STEPS = {"add": add, "query": query, "single": single, "story": story, "remove": remove, "read": read, "lsh": lsh}

if __name__ == "__main__":
    print(orjson.dumps(STEPS[sys.argv[1]](*sys.argv[2:])).decode())
