"""Forms of credits in twenty languages: `python -m tests.quality.credit_forms`.

`tests/data/credit_forms/<language>.jsonl`: thirty short invented articles a language, each with one way in which real
pages say who wrote a text, or with a trap. A name is right in any spelling that the registry knows. Where two agencies
are credited together, no name is right too (docs/origins.md). Words and agencies were added with the half `fit` in
sight; of `check` only the counts were looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import orjson  # noqa: E402
from origins import spelling  # noqa: E402

import dedup  # noqa: E402
from dedup.evidence.registry import registry  # noqa: E402

FOLDER = HERE.parents[0] / "data" / "credit_forms"
HALVES = ("fit", "check")
RIGHT, UNKNOWN, WRONG = "right", "unknown", "wrong"


def languages() -> list[str]:
    """The languages that have a table."""
    return sorted(file.stem for file in FOLDER.glob("*.jsonl"))


def forms(language: str) -> list[dict[str, Any]]:
    """The forms of a language."""
    return [orjson.loads(line) for line in (FOLDER / f"{language}.jsonl").read_bytes().splitlines()]


def judge(form: Mapping[str, Any]) -> str:
    """What is said of a form: RIGHT, UNKNOWN or WRONG."""
    origin = dedup.origin(form["article"])
    names = [name for name in (form["want"], *form["accept"]) if name]
    if form["want"] is None or origin.name is None:
        matches = [match for name in names if (match := registry().find(name)) is not None]
        two = {match.agency.name for match in matches if match.agency.kind == "agency"}
        may_be_open = form["want"] is None or len(two) > 1
        return RIGHT if may_be_open and origin.name is None else WRONG if origin.name is not None else UNKNOWN
    return RIGHT if spelling(origin.name) in map(spelling, names) or origin.domain in names else WRONG


def counts(language: str) -> Iterator[tuple[str, dict[str, int]]]:
    """How many forms of each half are right, unknown and wrong."""
    found = [(form["half"], judge(form)) for form in forms(language)]
    for half in HALVES:
        verdicts = [verdict for own, verdict in found if own == half]
        yield half, {name: verdicts.count(name) for name in (RIGHT, UNKNOWN, WRONG)}


def main() -> int:
    """0."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.credit_forms", description=__doc__)
    parser.add_argument("languages", nargs="*", help="only these; default: all")
    options = parser.parse_args()
    whole = {half: dict.fromkeys((RIGHT, UNKNOWN, WRONG), 0) for half in HALVES}
    for language in options.languages or languages():
        cells = []
        for half, found in counts(language):
            cells.append(f"{half} {found[RIGHT]:3} of {sum(found.values()):3}, wrong name {found[WRONG]}")
            for name, number in found.items():
                whole[half][name] += number
        print(f"{language}  {';  '.join(cells)}")
    for half, found in whole.items():
        total = sum(found.values())
        print(f"{half}: {found[RIGHT]} of {total} ({found[RIGHT] / max(1, total):.3f}), wrong name {found[WRONG]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
