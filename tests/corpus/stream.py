"""The corpus as two files: the articles, and beside them the truth about them."""

import argparse
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from random import Random

import orjson

from tests.corpus.chunk import CHUNK, Draft, build
from tests.corpus.hard.corpus import Draft as HardDraft

# Articles are mixed through a window of this many, so that copies do not stand beside their original; 20,000
# records of 3 KB are 60 MB.
WINDOW = 20_000

Lines = tuple[bytes, bytes]


def article_id(number: int) -> str:
    """An id that tells nothing of the article's place: an odd factor permutes the 32-bit numbers."""
    return f"{(number * 0x9E3779B1 + 0x7F4A7C15) & 0xFFFFFFFF:08x}"


def record_lines(draft: Draft | HardDraft, rng: Random) -> Lines:
    """The article's line and its truth's line, without what the other says."""
    slug = "-".join(draft.title.lower().split()[:8])
    url = f"https://www.{draft.site.domain}/{draft.published:%Y/%m/%d}/{slug}-{rng.randrange(10**6)}"
    article = {
        "id": article_id(draft.number),
        "url": url,
        "domain": draft.site.domain,
        "title": draft.title,
        "published": f"{draft.published:%Y-%m-%dT%H:%M:%SZ}",
        "text": draft.text,
    }
    truth = {
        "id": article["id"],
        "kind": draft.kind,
        "stories": [article_id(number) for number in draft.stories],
        "cluster": None if draft.cluster is None else article_id(draft.cluster),
        "pairs": [article_id(number) for number in draft.expected],
        "passages": [article_id(number) for number in draft.passages],
        "agency": draft.agency,
    }
    return (
        orjson.dumps(article, option=orjson.OPT_APPEND_NEWLINE),
        orjson.dumps(truth, option=orjson.OPT_APPEND_NEWLINE),
    )


def _chunk_lines(seed: int, index: int, size: int) -> list[Lines]:
    rng = Random(f"{seed} {index}")
    return [record_lines(draft, rng) for draft in build(seed, index, size)]


def _chunks(articles: int, seed: int, workers: int) -> Iterator[list[Lines]]:
    """All chunks in order, built in `workers` processes; at most two chunks a worker wait to be written."""
    sizes = [min(CHUNK, articles - start) for start in range(0, articles, CHUNK)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[list[Lines]]] = []
        for index, size in enumerate(sizes):
            waiting.append(pool.submit(_chunk_lines, seed, index, size))
            if len(waiting) > 2 * workers:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _mixed(chunks: Iterator[list[Lines]], rng: Random) -> Iterator[Lines]:
    """The lines in random order within a moving window of `WINDOW`."""
    window: list[Lines] = []
    for lines in chunks:
        for pair in lines:
            if len(window) < WINDOW:
                window.append(pair)
                continue
            at = int(rng.random() * WINDOW)
            yield window[at]
            window[at] = pair
    rng.shuffle(window)
    yield from window


def write(path: Path, truth: Path, articles: int, seed: int, workers: int | None = None) -> None:
    """Writes `articles` articles to `path` and the truth about them to `truth`, both JSONL in the same order.

    The same seed and number give the same bytes, whatever the number of processes.
    """
    chunks = _chunks(articles, seed, workers or cpu_count() or 1)
    with path.open("wb") as article_file, truth.open("wb") as truth_file:
        for article_line, truth_line in _mixed(chunks, Random(seed)):
            article_file.write(article_line)
            truth_file.write(truth_line)


def main() -> None:
    """`python -m tests.corpus FILE TRUTH --articles N`: a process of its own, so that its memory ends
    with it."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description="Write a corpus and its truth.")
    parser.add_argument("file", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write(options.file, options.truth, options.articles, options.seed)
