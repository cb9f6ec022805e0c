"""Write a world: `python -m tests.worlds --seed N --size S --out FOLDER`."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from tests.worlds import forms, material


def main() -> None:
    """Write the articles, pairs and stories of a world, and say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.worlds", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=3000, help="number of articles, about")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if not material.is_present():
        raise SystemExit(f"no developers' data at {material.folder()}: set DEDUP_DATA to the folder of the sets")
    pieces = forms.make(options.seed, options.size)
    forms.write(pieces, options.out)
    stories = Counter(piece.story for piece in pieces)
    print(f"{len(pieces)} articles, {len(stories)} stories, {sum(n > 1 for n in stories.values())} of them in copies")


if __name__ == "__main__":
    main()
