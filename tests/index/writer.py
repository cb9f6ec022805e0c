"""A process that adds articles to an index, and says each id once it is kept: `writer.py INDEX FIRST COUNT [BATCH]`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(folder) for folder in Path(__file__).parents[:3]]


def main() -> None:
    from stories import crawl

    from dedup.index.public import Index

    path, first, count, batch = sys.argv[1], *map(int, (*sys.argv[2:4], (sys.argv[4:] or ["1"])[0]))
    with Index(path) as index:
        articles = crawl(first, count)
        for low in range(0, count, batch):
            part = articles[low : low + batch]
            found = [index.add(part[0])] if batch == 1 else index.add_many(part)
            for verdict in found:
                print(verdict.id, flush=True)


if __name__ == "__main__":
    main()
