"""Run another tool, each in a process of its own: `python -m benchmarks.peers NAME FILE OUT`.

All tools read the same JSONL file and write the pairs they find, one `{"a", "b"}` a line. All use shingles of five
words; gaoya, which tokenizes itself, is set to do so.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import orjson

Pairs = Iterator[tuple[str, str]]

NUM_PERM = 128
SHINGLE_WORDS = 5
# Documents handed to gaoya's threads at a time.
GAOYA_BATCH = 1000
WORD = re.compile(r"\w+")


def records(path: Path) -> Iterator[tuple[str, str]]:
    """Id and text of every article."""
    with path.open("rb") as file:
        for line in file:
            record = orjson.loads(line)
            yield record["id"], record["text"]


def shingles(text: str) -> list[str]:
    """The distinct runs of five lower-cased words; of a shorter text, all its words."""
    words = WORD.findall(text.lower())
    count = max(1, len(words) - SHINGLE_WORDS + 1)
    return list({" ".join(words[i : i + SHINGLE_WORDS]) for i in range(count)})


def floor(path: Path) -> Pairs:
    """Read, parse and hash each text, which every tool must do. Pairs are consecutive equal texts."""
    from xxhash import xxh3_128_intdigest

    first_ids: dict[int, str] = {}
    for key, text in records(path):
        digest = xxh3_128_intdigest(text.encode())
        if digest in first_ids:
            yield first_ids[digest], key
        first_ids[digest] = key


def datasketch(path: Path, threshold: float) -> Pairs:
    """Run datasketch as its documentation shows: MinHash of 128, MinHashLSH, query before insert."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

    lsh = MinHashLSH(threshold=threshold, num_perm=NUM_PERM)
    for key, text in records(path):
        sketch = MinHash(num_perm=NUM_PERM)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        for other in lsh.query(sketch):
            yield other, key
        lsh.insert(key, sketch, check_duplication=False)


def ensemble(path: Path, threshold: float) -> Pairs:
    """Run datasketch's index for containment, which is built from all sets and then queried."""
    from datasketch import MinHash, MinHashLSHEnsemble  # type: ignore[import-untyped]

    index = MinHashLSHEnsemble(threshold=threshold, num_perm=NUM_PERM)
    entries = []
    for key, text in records(path):
        parts = shingles(text)
        sketch = MinHash(num_perm=NUM_PERM)
        sketch.update_batch([part.encode() for part in parts])
        entries.append((key, sketch, len(parts)))
    index.index(entries)
    for key, sketch, size in entries:
        for other in index.query(sketch, size):
            if other != key:
                # Both articles of a pair are queried; the reader of pairs drops the second of two equal pairs.
                yield other, key


def rensa(path: Path, threshold: float) -> Pairs:
    """Run rensa: RMinHash of 128 and RMinHashLSH.

    16 bands of 8 have the middle of the curve at .71. The sketches of candidates must then reach the threshold, as in
    rensa's own deduplicator.
    """
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-untyped]

    lsh = RMinHashLSH(threshold=threshold, num_perm=NUM_PERM, num_bands=16)
    keys: list[str] = []
    sketches: list[RMinHash] = []
    for number, (key, text) in enumerate(records(path)):
        sketch = RMinHash(num_perm=NUM_PERM, seed=42)
        sketch.update(shingles(text))
        for other in lsh.query(sketch):
            if sketches[other].jaccard(sketch) >= threshold:
                yield keys[other], key
        lsh.insert(number, sketch)
        keys.append(key)
        sketches.append(sketch)


def gaoya(path: Path) -> Pairs:
    """Run gaoya at the settings of its README (42 bands of 3, threshold .5, all threads), but on runs of five words.

    With the single words of its example, all articles would be candidates of one another.
    """
    from gaoya.minhash import MinHashStringIndex  # type: ignore[import-untyped]

    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=0.5,
        num_bands=42,
        band_size=3,
        num_hashes=42 * 3,
        analyzer="word",
        lowercase=True,
        ngram_range=(SHINGLE_WORDS, SHINGLE_WORDS),
    )
    keys: list[str] = []
    articles = records(path)
    while batch := [record for record, _ in zip(articles, range(GAOYA_BATCH), strict=False)]:
        numbers = list(range(len(keys), len(keys) + len(batch)))
        texts = [text for _, text in batch]
        keys += [key for key, _ in batch]
        index.par_bulk_insert_docs(numbers, texts)
        for number, others in zip(numbers, index.par_bulk_query(texts), strict=True):
            for other in others:
                if other < number:
                    yield keys[other], keys[number]


PEERS: dict[str, Callable[[Path], Pairs]] = {
    "floor": floor,
    "datasketch": partial(datasketch, threshold=0.7),
    "datasketch .5": partial(datasketch, threshold=0.5),
    "datasketch ensemble": partial(ensemble, threshold=0.7),
    "rensa": partial(rensa, threshold=0.7),
    "gaoya": gaoya,
}


def main() -> None:
    """Run one peer over one file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="Run one peer over one file.")
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with options.out.open("wb") as out:
        for a, b in PEERS[options.name](options.file):
            out.write(orjson.dumps({"a": a, "b": b}, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    main()
