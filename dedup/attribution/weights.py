"""The weights of all signals (weights.json), as `python -m benchmarks origin --fit` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True)
class Weights:
    """Log-odds (natural logarithm), and thresholds of the decision.

    `prior`: before any evidence, of `unknown`, of a `host`, of a known `republisher`, and of a name in the evidence
    (`named`). `signal`, `family`, `says`: by name of the signal. `cap`: of a family, whose signals state one fact. An
    origin has at least `probability`, and `lead` over the next; if only a contribution supports it, at most `mixed`.
    `sharpness`: log-odds are multiplied by it before their softmax is told as the probability.
    """

    prior: Mapping[str, float]
    signal: Mapping[str, float]
    family: Mapping[str, str]
    says: Mapping[str, str]
    cap: Mapping[str, float]
    probability: float
    lead: float
    mixed: float
    sharpness: float


def from_data(data: Mapping[str, Any]) -> Weights:
    """Build the weights from the content of weights.json."""
    weight, family, says = (
        {name: row[field] for name, row in data["signals"].items()} for field in ("weight", "family", "says")
    )
    return Weights(data["prior"], weight, family, says, data["caps"], **data["abstain"], **data["told"])


@cache
def weights() -> Weights:
    """Return the packaged weights."""
    return from_data(orjson.loads((files("dedup.attribution") / "weights.json").read_bytes()))
