"""What `benchmarks.index` measures, in processes of their own: `python -m benchmarks.index_run STEP ...`.

Each prints one line of JSON.
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

# Queries before the clock runs: kernels and pages are loaded then; and those that are asked with nothing of the file in
# the system's memory.
WARM, COLD = 50, 100


def _lines(file: Path, low: int, high: int) -> list[dict[str, Any]]:
    with file.open("rb") as source:
        return [orjson.loads(line) for line in itertools.islice(source, low, high)]


def _spread(seconds: list[float]) -> dict[str, float]:
    """Milliseconds."""
    p50, p90, p99 = np.percentile(np.array(seconds) * 1000, [50, 90, 99]).tolist()
    return {"p50": p50, "p90": p90, "p99": p99, "max": max(seconds) * 1000}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / MIB


def add(index: str, file: str, articles: str, rate: str) -> dict[str, Any]:
    """`add_many` of a file: CPU and wall seconds for each tenth of it, sizes, memory."""
    from dedup.index.public import Index

    steps = []
    with Index(index, passage_rate=int(rate)) as opened:
        batches = opened.stream(file)
        count, cpu, wall = 0, time.process_time(), time.perf_counter()
        mark = int(articles) // 10
        begun = (cpu, wall)
        for verdicts, _ in batches:
            count += len(verdicts)
            if count >= mark * (len(steps) + 1) or count == int(articles):
                now = time.process_time(), time.perf_counter()
                steps.append({"articles": count, "cpu": now[0] - begun[0], "wall": now[1] - begun[1]})
        stats = opened.stats()
    size = os.path.getsize(index)
    with sqlite3.connect(index) as connection:
        metadata = connection.execute(
            "SELECT sum(length(id) + coalesce(length(url), 0) + coalesce(length(domain), 0)"
            " + coalesce(length(title), 0) + coalesce(length(published), 0) + coalesce(length(authors), 0)"
            " + coalesce(length(meta), 0)) FROM article"
        ).fetchone()[0]
    del stats["path"]
    return {"steps": steps, "rss": _peak(), "bytes": size, "metadata": metadata, **stats}


def _read(index: str) -> None:
    """Have the file in the system's memory: some machines give it back within seconds."""
    with Path(index).open("rb") as file:
        while file.read(1 << 24):
            pass


def _forget(index: str) -> None:
    """Have the system drop what it has of the file, where it can be asked to."""
    if hasattr(os, "posix_fadvise"):
        with Path(index).open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def query(index: str, file: str, low: str, high: str) -> dict[str, Any]:
    """`query` of articles that are not stored, one by one: milliseconds of wall and CPU, memory."""
    from dedup.index.public import Index

    articles = _lines(Path(file), int(low), int(high))
    wall, cpu, cold, seen = [], [], [], 0
    with Index(index, readonly=True) as opened:
        _read(index)
        for article in articles[:WARM]:
            opened.query(article)
        for article in articles[WARM:]:
            begun = time.perf_counter(), time.process_time()
            verdict = opened.query(article)
            wall.append(time.perf_counter() - begun[0])
            cpu.append(time.process_time() - begun[1])
            seen += not verdict.is_new
        _forget(index)
        for article in articles[-COLD:]:
            before = time.perf_counter()
            opened.query(article)
            cold.append(time.perf_counter() - before)
    return {"wall": _spread(wall), "cpu": _spread(cpu), "cold": _spread(cold), "seen": seen, "rss": _peak()}


def single(index: str, file: str, low: str, high: str) -> dict[str, Any]:
    """`add` one by one, each its own transaction."""
    from dedup.index.public import Index

    wall = []
    with Index(index) as opened:
        for article in _lines(Path(file), int(low), int(high)):
            begun = time.perf_counter()
            opened.add(article)
            wall.append(time.perf_counter() - begun)
    return {"wall": _spread(wall)}


def story(index: str, shape: str, size: str) -> dict[str, Any]:
    """`query` and `add` one by one of articles of one story: milliseconds of CPU."""
    from dedup.index.public import Index

    articles = _story(shape, int(size) + WARM)
    found: dict[str, list[float]] = {"query": [], "add": []}
    with Index(index) as opened:
        opened.add_many(articles[: int(size)])
        for number, article in enumerate(articles[int(size) :]):
            for name, call in (("query", opened.query), ("add", opened.add)):
                begun = time.process_time()
                call(article)
                if number >= 3:  # what is kept of the story was read, and kernels loaded
                    found[name].append(time.process_time() - begun)
    return {name: _spread(seconds) for name, seconds in found.items()}


def _story(shape: str, count: int) -> list[dict[str, Any]]:
    """Articles with one text; in that of "near" copies two words are each one's own."""
    rng = random.Random(shape)
    syllables = [first + last for first in "bdfgklmn" for last in "aeiou"]
    words = ["".join(rng.choices(syllables, k=3)) for _ in range(400)]
    articles = []
    for number in range(count):
        own = list(words)
        if shape == "near":
            for place in rng.sample(range(400), 2):
                own[place] = f"own{rng.randrange(10**9)}"
        lines = [" ".join(own[low : low + 16]).capitalize() + "." for low in range(0, 400, 16)]
        articles.append(
            {
                "id": f"{rng.randrange(10**12):012d}", "text": "\n\n".join(lines), "title": "A story of many sites",
                "domain": f"site{number}.example", "url": f"https://site{number}.example/{number}",
                "published": f"2024-03-{rng.randrange(1, 6):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z",
            }
        )  # fmt: skip
    return articles


def remove(index: str, count: str, expire: str) -> dict[str, Any]:
    """`remove` of articles spread over the index, then `expire` of half of it while another process reads."""
    from dedup.index.public import Index

    with Index(index) as opened, sqlite3.connect(index) as connection:
        step = max(1, len(opened) // (int(count) + WARM))
        found = connection.execute("SELECT id FROM article WHERE number % ? = 0 ORDER BY number", (step,))
        chosen = [name for (name,) in found][: int(count) + WARM]
        opened.remove(chosen[:WARM])
        _read(index)
        begun = time.perf_counter()
        removed = opened.remove(chosen[WARM:])
        out = {"removed": removed, "remove_seconds": time.perf_counter() - begun}
        if expire == "1":
            (middle,) = connection.execute(
                "SELECT age FROM article ORDER BY age LIMIT 1 OFFSET (SELECT count(*) / 2 FROM article)"
            ).fetchone()
            latest = connection.execute("SELECT id FROM article ORDER BY age DESC LIMIT ?", (WARM,))
            out |= _expire(opened, index, middle, [name for (name,) in latest])
    connection.close()
    return out


def _expire(opened: Any, index: str, middle: float, stay: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.index_run", "read", index, *stay]
    reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert reader.stdin is not None
    assert reader.stdout is not None
    reader.stdout.readline()  # it has read for a while, undisturbed
    reader.stdin.write("\n")
    reader.stdin.flush()
    begun = time.perf_counter()
    expired = opened.expire(middle)
    took = time.perf_counter() - begun
    return {"expired": expired, "expire_seconds": took, **orjson.loads(reader.communicate("\n")[0])}


def read(index: str, *ids: str) -> dict[str, Any]:
    """Look up articles and their clusters, undisturbed for two seconds, then until a line comes in."""
    from dedup.index.public import Index

    waits: dict[str, list[float]] = {"alone": [], "meanwhile": []}
    done = [threading.Event(), threading.Event()]
    threading.Thread(target=_await, args=(done,), daemon=True).start()
    with Index(index, readonly=True) as opened:
        for name in ids:
            opened.cluster(name)
        ends = time.perf_counter() + 2
        for name in itertools.cycle(ids):
            begun = time.perf_counter()
            opened.cluster(name)
            opened.get(name)
            waits["meanwhile" if done[0].is_set() else "alone"].append(time.perf_counter() - begun)
            if done[1].is_set():
                break
            if begun > ends and not done[0].is_set():
                print(flush=True)
                done[0].wait()
            time.sleep(0.001)
    return {f"{name}_read": _spread(found) for name, found in waits.items()}


def _await(lines: list[threading.Event]) -> None:
    """Set an event for every line that comes in."""
    for event in lines:
        sys.stdin.readline()
        event.set()


def lsh(file: str, articles: str, low: str, high: str) -> dict[str, Any]:
    """datasketch's MinHashLSH in memory: query before insert, as its documentation shows; and its pickle."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

    from benchmarks.peers import NUM_PERM, shingles

    index = MinHashLSH(threshold=0.5, num_perm=NUM_PERM)

    def sketch(record: dict[str, Any]) -> Any:
        found = MinHash(num_perm=NUM_PERM)
        found.update_batch([shingle.encode() for shingle in shingles(record["text"])])
        return found

    cpu = time.process_time()
    with Path(file).open("rb") as source:
        for line in itertools.islice(source, int(articles)):
            record = orjson.loads(line)
            index.insert(record["id"], sketch(record), check_duplication=False)
    cpu = time.process_time() - cpu
    wall = []
    for record in _lines(Path(file), int(low), int(high)):
        begun = time.perf_counter()
        index.query(sketch(record))
        wall.append(time.perf_counter() - begun)
    rss = _peak()
    return {"cpu": cpu, "wall": _spread(wall), "rss": rss, "bytes": len(pickle.dumps(index))}


STEPS = {"add": add, "query": query, "single": single, "story": story, "remove": remove, "read": read, "lsh": lsh}

if __name__ == "__main__":
    print(orjson.dumps(STEPS[sys.argv[1]](*sys.argv[2:])).decode())
