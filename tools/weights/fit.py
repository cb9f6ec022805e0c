"""Weights of the evidence: a conditional logit over the candidates of each story, drawn to the domain notes' values.

The loss is -log p(origin), plus half the squared distance of each weight from its starting value in units of SPREAD.
Signs are bounds. The priors stay as they are: a story is labelled because its origin can be told, so the labels know
nothing of how often it cannot. Where the origin is not among the candidates the right answer is `unknown`; and so that
`unknown` is learned at all, every story is used again with all that names somebody taken away.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from scipy.optimize import minimize

from dedup.attribution.score import score
from dedup.attribution.weights import Weights, from_data
from dedup.evidence.registry import Registry
from tools.weights.labels import NAMING, Story

# Standard deviation of a weight about its start: of 120 stories most signals are in none, and stay where they are.
SPREAD = 0.7
IMPORTANCE = {"high": 1.0, "medium": 0.5, "low": 0.0}
MASKED = 0.5


def read_weights() -> dict[str, Any]:
    """Return the content of weights.json."""
    data: dict[str, Any] = json.loads((files("dedup.attribution") / "weights.json").read_bytes())
    return data


def write_weights(data: dict[str, Any]) -> None:
    """Write weights.json, one signal a line."""
    lines = [f' "{key}": {json.dumps(value)},' for key, value in data.items() if key != "signals"]
    rows = ",\n".join(f'  "{name}": {json.dumps(row)}' for name, row in data["signals"].items())
    text = "{\n" + "\n".join(lines) + '\n "signals": {\n' + rows + "\n }\n}\n"
    with as_file(files("dedup.attribution") / "weights.json") as path:
        path.write_text(text, encoding="utf-8")


def masked(story: Story, table: Weights) -> Story:
    """The story with all that names somebody taken away."""
    pieces = tuple(p for p in story.pieces if table.family[p.signal] not in NAMING)
    return replace(story, pieces=pieces)


def loss(story: Story, agencies: Registry, table: Weights) -> float:
    """-log p of the right answer: the labelled origin, or `unknown` where it is no candidate."""
    total = score(story.domains, story.pieces, agencies, table)
    values = np.array(list(total.values()))
    right = [value for name, value in total.items() if story.is_right(name, agencies)] or [total[None]]
    return float(np.logaddexp.reduce(values) - np.logaddexp.reduce(np.array(right)))


def fit(stories: Sequence[Story], agencies: Registry, data: Mapping[str, Any]) -> dict[str, Any]:
    """The content of weights.json with fitted weights; `data` is what it holds now, `start` of each the prior mean."""
    table = from_data(data)
    examples = [(s, IMPORTANCE[s.confidence]) for s in stories if IMPORTANCE[s.confidence]]
    examples += [(masked(s, table), MASKED * w) for s, w in examples]
    used = sorted({p.signal for s, _ in examples for p in s.pieces if data["signals"][p.signal]["sign"] != "0"})
    starts = np.array([data["signals"][n]["start"] for n in used])
    signs = [data["signals"][n]["sign"] for n in used]
    bounds = [(0.0, None) if sign == "+" else (None, 0.0) for sign in signs]

    def with_weights(values: Any) -> dict[str, Any]:
        signals = {n: dict(row) for n, row in data["signals"].items()}
        for name, value in zip(used, values, strict=True):
            signals[name]["weight"] = float(value)
        return {**data, "signals": signals}

    def objective(values: Any) -> float:
        current = from_data(with_weights(values))
        pull = float(np.sum(((values - starts) / SPREAD) ** 2)) / 2
        return pull + sum(weight * loss(story, agencies, current) for story, weight in examples)

    result = minimize(objective, starts, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60})
    out = with_weights(np.round(result.x, 2))
    for row in out["signals"].values():
        row["weight"] = round(row["weight"], 2)
    return out
