"""How likely a reader calls a related pair one article: a calibrated probability for each row of features.

A logistic model: the relation that the rules find, and some shares that the comparison measures anyway. It is fitted by
`python -m tools.probability` on pairs that were read (`probability.json`). Weights are whole millionths of a logit and
inputs whole per milles, so sums are exact: the same pair has the same probability whatever stands beside it in a batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import floor, log
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.settings import Settings

Ints = NDArray[np.int64]

#: Weights are in millionths of a logit; probabilities in ten-thousandths.
UNIT, WHOLE = 1_000_000, 10_000
#: Changed numbers or names per thousand aligned words beyond which it makes no difference how many there are.
MOST_CHANGED = 50
#: Lengths of the shorter body, in words, at which one more doubling is counted.
DOUBLINGS = np.array([32, 64, 128, 256, 512, 1024])
#: A share that demands more than all: no pair is a copy by its shingles.
NEVER = 2.0


class Limits(NamedTuple):
    """What a user demands of near copies, versions and excerpts beyond the rules, as in `Settings`. probability: of all
    pairs that stand in one cluster, but for identical bodies."""

    threshold: float | None = None
    probability: float | None = None

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits of these settings."""
        return cls(settings.threshold, settings.min_probability)

    @property
    def least(self) -> int:
        """The least probability in ten-thousandths."""
        return round(WHOLE * (self.probability or 0.0))


@dataclass(frozen=True)
class Model:
    """intercept (relations + 1,) int64 by code; weight (inputs,) int64; edges (WHOLE - 1,) int64: the sums from which
    on the probability is one ten-thousandth greater; identical: of bodies with the same words, in ten-thousandths."""

    intercept: Ints
    weight: Ints
    edges: Ints
    identical: int


def _per_mille(part: Ints, whole: Ints) -> Ints:
    return np.minimum(1000, 1000 * part // np.maximum(1, whole))


def inputs(features: NDArray[np.int32]) -> dict[str, Ints]:
    """The inputs of the model by name, each (pairs,) int64; the same whichever body is called a.

    features (pairs, len(FEATURES)) int32.
    """
    f = features.T.astype(np.int64, order="C")
    shorter = np.minimum(f[c.LENGTH_A], f[c.LENGTH_B])
    smaller = np.minimum(f[c.SIZE_A], f[c.SIZE_B])
    shares = [_per_mille(f[words], f[length]) for words, length in ((c.WORDS_A, c.LENGTH_A), (c.WORDS_B, c.LENGTH_B))]
    words = np.maximum(1, np.maximum(f[c.WORDS_A], f[c.WORDS_B]))
    numbers, lead = np.minimum(f[c.NUMBERS_A], f[c.NUMBERS_B]), np.minimum(f[c.LEAD_A], f[c.LEAD_B])
    changed = [
        np.minimum(MOST_CHANGED, 1000 * f[one] // words) * 1000 // MOST_CHANGED for one in (c.CHANGED, c.RENAMED)
    ]
    return {
        "contained": _per_mille(f[c.SHARED], smaller),
        "resemblance": _per_mille(f[c.SHARED], f[c.SIZE_A] + f[c.SIZE_B] - f[c.SHARED]),
        "aligned_more": np.maximum(*shares),
        "aligned_less": np.minimum(*shares),
        "run": _per_mille(f[c.RUN], shorter),
        "outside_quotations": _per_mille(f[c.PLAIN], f[c.SHARED]),
        "numbers_differ": 1000 - np.where(numbers > 0, _per_mille(f[c.NUMBERS], numbers), 1000),
        "numbers_changed": changed[0],
        "names_changed": changed[1],
        "own_lead": np.where(lead > 0, 1000 - _per_mille(f[c.LEAD], lead), 0),
        "begins_late": _per_mille(np.minimum(f[c.FIRST_A], f[c.FIRST_B]), shorter),
        "length": np.searchsorted(DOUBLINGS, shorter, side="right") * 1000 // len(DOUBLINGS),
    }


def model_from(data: Mapping[str, Any]) -> Model:
    """Build the model from the content of probability.json."""
    logit = data["relations"]
    # Of a relation that no pair was read of nothing is known.
    logits = [logit["none"] if one is None else logit.get(one.value, logit["none"]) for one in r.RELATIONS]
    intercept = np.array(logits, np.int64)
    names = list(inputs(np.zeros((0, len(c.FEATURES)), np.int32)))
    if names != list(data["inputs"]):
        raise ValueError("probability.json was fitted on other inputs; run python -m tools.probability")
    steps = [(2 * i - 1) / (2 * WHOLE) for i in range(1, WHOLE)]
    edges = np.array([floor(UNIT * log(p / (1 - p))) for p in steps], np.int64)
    return Model(intercept, np.array(list(data["inputs"].values()), np.int64), edges, data["identical"])


@cache
def model() -> Model:
    """Return the packaged model."""
    return model_from(orjson.loads((files("dedup.comparison") / "probability.json").read_bytes()))


def probabilities(
    features: NDArray[np.int32],
    relation: NDArray[np.uint8],
    limits: Limits | None = None,
    fitted: Model | None = None,
) -> Ints:
    """The probability of each pair in ten-thousandths, (pairs,) int64.

    features (pairs, len(FEATURES)) int32; relation (pairs,) uint8: codes. limits: those under which the relations were
    found, for a probability depends on what the rules alone say. fitted: another model than the packaged one.
    """
    fitted = fitted or model()
    if limits is not None and limits != Limits():
        by_rules = r.relate(features)
        relation = np.where((relation == r.REWRITE) & ~r.JOINS[by_rules], relation, by_rules)
    weighed = (
        weight * values for weight, values in zip(fitted.weight.tolist(), inputs(features).values(), strict=True)
    )
    total = sum(weighed, fitted.intercept[relation])
    by_sum = np.searchsorted(fitted.edges, total, side="right")
    return np.where(relation == r.IDENTICAL, fitted.identical, by_sum)


def relations(features: NDArray[np.int32], limits: Limits) -> NDArray[np.uint8]:
    """Relation codes (pairs,) of feature rows within the limits: by the rules, and no pair below them is a copy."""
    out = r.relate(features, limits.threshold)
    if limits.probability is None:
        return out
    rows = np.flatnonzero(r.JOINS[out] & (out != r.IDENTICAL))
    rows = rows[probabilities(features[rows], out[rows], limits) < limits.least]
    if len(rows):
        other = r.relate(features[rows], NEVER)
        out[rows] = np.where(r.JOINS[other], r.NONE, other)
    return out


def may_join_as_rewrites(features: NDArray[np.int32], limits: Limits) -> NDArray[np.bool_]:
    """Which pairs (pairs,) are likely enough to be rewrites within the limits."""
    if limits.probability is None:
        return np.ones(len(features), np.bool_)
    return probabilities(features, np.full(len(features), r.REWRITE, np.uint8)) >= limits.least
