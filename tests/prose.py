"""Texts for scans: prose of invented words, the same for the same seed, with nothing in common between two seeds."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_SYLLABLES = [first + last for first in "bdfgklmn" for last in "aeiou"]


def words(seed: int | str, count: int) -> list[str]:
    rng = random.Random(f"words {seed}")
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(count)]


def sentences(seed: int | str, count: int, length: int = 15) -> list[str]:
    """Sentences of `length` invented words."""
    found = words(seed, count * length)
    return [" ".join(found[i : i + length]).capitalize() + "." for i in range(0, len(found), length)]


def story(seed: int | str, count: int = 16) -> str:
    """An article of `count` sentences of 15 words, four to a paragraph."""
    return joined(sentences(seed, count))


def joined(lines: list[str]) -> str:
    return "\n\n".join(" ".join(lines[i : i + 4]) for i in range(0, len(lines), 4))


def near_copy(seed: int | str, count: int = 16) -> str:
    """The story of the same seed with one sentence of its own."""
    lines = sentences(seed, count)
    lines[count // 2] = sentences(f"near {seed}", 1)[0]
    return joined(lines)


def version(seed: int | str, count: int = 16, own: str = "own") -> str:
    """The story of the same seed, a quarter of it new and at the end."""
    keep = count * 3 // 4
    return joined(sentences(seed, count)[:keep] + sentences(f"{own} {seed}", count - keep))


def excerpt(seed: int | str, count: int = 16) -> str:
    """The first half of the story of the same seed."""
    return joined(sentences(seed, count)[: count // 2])


def form(*numbers: int) -> str:
    """A notice whose facts are its numbers."""
    n = (numbers * 12)[:12]
    return (
        f"Water levels at the Halden weir stood at {n[0]} centimetres on day {n[1]}, the river office said. The inflow "
        f"was {n[2]} cubic metres a second and the outflow {n[3]}. At the Morsby gauge the office measured {n[4]} "
        f"centimetres, at the Talvik gauge {n[5]} and at the old mill {n[6]}. The lock moved {n[7]} boats and "
        f"{n[8]} barges. Rain of {n[9]} millimetres is expected by evening, with a mean wind of {n[10]} knots. "
        f"The next notice will be number {n[11]} of this year."
    )


def write_jsonl(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
