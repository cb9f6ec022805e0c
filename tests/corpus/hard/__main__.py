"""`python -m tests.corpus.hard`: writes a corpus of hard negatives and its truth."""

import argparse
from pathlib import Path
from random import Random

from tests.corpus.hard.corpus import ARTICLES, build
from tests.corpus.stream import Lines, record_lines


def lines(articles: int, seed: int) -> list[Lines]:
    """Article and truth of every record, in the order they are written; the same for the same arguments."""
    rng = Random(f"hard order {seed}")
    drafts = build(articles, seed)
    rng.shuffle(drafts)
    return [record_lines(draft, rng) for draft in drafts]


def main() -> None:
    """A process of its own, as `python -m tests.corpus`, and with the same arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.hard", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with options.file.open("wb") as article_file, options.truth.open("wb") as truth_file:
        for article_line, truth_line in lines(options.articles, options.seed):
            article_file.write(article_line)
            truth_file.write(truth_line)


if __name__ == "__main__":
    main()
