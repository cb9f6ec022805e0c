"""The sketch alone: `python -m benchmarks.sketch NAME FILE` prints the CPU microseconds an article of one tool.

Everyone begins with what they take: rensa and datasketch with the shingles as texts or bytes, made before the clock
runs; `dedup` with folded tokens, from which the shingles are hashed while it runs. Each makes 128 numbers an article.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from benchmarks.peers import NUM_PERM, SHINGLE_WORDS, records, shingles

ARTICLES = 2000
RUNS = 5


def rensa(file: Path) -> Callable[[], object]:
    from rensa import RMinHash  # type: ignore[import-untyped]

    parts = [shingles(text) for text in _texts(file)]

    def work() -> None:
        for part in parts:
            sketch = RMinHash(num_perm=NUM_PERM, seed=42)
            sketch.update(part)
            sketch.digest()

    return work


def datasketch(file: Path) -> Callable[[], object]:
    from datasketch import MinHash  # type: ignore[import-untyped]

    parts = [[shingle.encode() for shingle in shingles(text)] for text in _texts(file)]

    def work() -> None:
        for part in parts:
            MinHash(num_perm=NUM_PERM).update_batch(part)

    return work


def dedup(file: Path) -> Callable[[], object]:
    from dedup.candidates.digest import shingle_ids
    from dedup.candidates.minhash import permutations, signature_kernel
    from dedup.inputs.batch import text_array
    from dedup.text.boilerplate.zones import strip

    bodies = strip(text_array(_texts(file)), None)
    a, b = permutations(NUM_PERM, 1)

    def work() -> None:
        ids, first, _ = shingle_ids(bodies, SHINGLE_WORDS)
        signature_kernel(ids, first[:-1], first[1:], a, b)

    return work


TOOLS: dict[str, Callable[[Path], Callable[[], object]]] = {"dedup": dedup, "datasketch": datasketch, "rensa": rensa}


def _texts(file: Path) -> list[str]:
    return [text for (_, text), _ in zip(records(file), range(ARTICLES), strict=False)]


def main() -> None:
    """Runs one tool over the first articles of one file: all runs, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sketch", description=__doc__)
    parser.add_argument("name", choices=TOOLS)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    articles = len(_texts(options.file))
    work = TOOLS[options.name](options.file)
    work()
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) / articles * 1e6)
    sys.stdout.buffer.write(orjson.dumps({"articles": articles, "runs": times}))


if __name__ == "__main__":
    main()
