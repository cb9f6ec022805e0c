"""The weights of all signals: one table (weights.json), which `python -m benchmarks origin --fit` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True)
class Weights:
    """Log-odds (natural logarithm).

    `prior` before any evidence, of `unknown`, a `host`, a host that is a known `republisher`, and somebody `named`;
    `signal` and `family` by name of the signal; `cap` of a family, whose signals are one fact said several times;
    an origin is named from `probability` on, if it leads by `lead`; with a contribution alone beside it, it is at most
    `mixed` sure.
    """

    prior: Mapping[str, float]
    signal: Mapping[str, float]
    family: Mapping[str, str]
    says: Mapping[str, str]
    cap: Mapping[str, float]
    probability: float
    lead: float
    mixed: float


def from_data(data: Mapping[str, Any]) -> Weights:
    signals = data["signals"]
    return Weights(
        data["prior"],
        {name: row["weight"] for name, row in signals.items()},
        {name: row["family"] for name, row in signals.items()},
        {name: row["says"] for name, row in signals.items()},
        data["caps"],
        data["abstain"]["probability"],
        data["abstain"]["lead"],
        data["abstain"]["mixed"],
    )


@cache
def weights() -> Weights:
    return from_data(orjson.loads((files("dedup.attribution") / "weights.json").read_bytes()))
