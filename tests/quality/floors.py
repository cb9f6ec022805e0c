"""The floors: what each set and corpus reached when it was pinned, with the digest of its data."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import orjson

FILE = Path(__file__).parent / "floors.json"
#: Results are the same on every machine, so a floor is what was measured, cut to this many decimals.
DECIMALS = 4

Floors = dict[str, dict[str, Any]]


def read() -> Floors:
    loaded: Floors = orjson.loads(FILE.read_bytes())
    return loaded


def floor(value: float) -> float:
    """The value, cut and not rounded, so that it is not below itself."""
    return math.floor(10**DECIMALS * value + 1e-9) / 10**DECIMALS


def below(got: dict[str, float], pinned: dict[str, float]) -> dict[str, str]:
    """The measures that are under their floors, or missing."""
    return {m: f"{got.get(m, 0.0):.4f} < {least}" for m, least in pinned.items() if floor(got.get(m, 0.0)) < least}


def raised(pinned: Floors, name: str, data: str, got: dict[str, float]) -> Floors:
    """The floors with those of `name` raised to what was measured on `data`; none is lowered while the data stay."""
    known = pinned.get(name, {})
    before = known.get("floors", {}) if known.get("digest") == data else {}
    new = {measure: max(before.get(measure, 0.0), floor(value)) for measure, value in got.items()}
    return pinned | {name: {"digest": data, "floors": new}}


def write(pinned: Floors) -> None:
    FILE.write_bytes(orjson.dumps(pinned, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
