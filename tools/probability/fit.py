"""A logistic model of whether a reader calls a pair one article, and how well it is calibrated."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from dedup.comparison import relate as r
from dedup.comparison.align import FEATURES
from dedup.comparison.probability import UNIT, WHOLE, inputs
from tools.probability.pairs import Judged

Floats = NDArray[np.float64]

#: Standard deviations of the normal priors: of the logit of a relation about that of its rules, of an input's weight
#: over the whole of its range.
SPREAD_RELATION, SPREAD_INPUT = 1.5, 1.5
#: Logits from which relations are drawn: where few pairs were read, the definitions decide.
START = {
    "none": -4.0, "identical": 4.0, "near_copy": 3.0, "version": 1.0, "excerpt": 1.5, "rewrite": 1.0, "overlap": -2.0,
    "template": -2.5,
}  # fmt: skip
#: The logit of a relation that has none there.
NEW = -2.0
#: Readings that stand for the certainty that identical bodies are one article, one of them against.
IDENTICAL = 200
BINS = 10


def fit(judged: Judged) -> dict[str, Any]:
    """Return the content of probability.json for these pairs."""
    columns = inputs(judged.features)
    names = [name(code) for code in range(len(r.RELATIONS))]
    start = np.array([*(START.get(one, NEW) for one in names), *np.zeros(len(columns))])
    spread = np.array([*[SPREAD_RELATION] * len(names), *[SPREAD_INPUT] * len(columns)])
    shares = np.stack([*columns.values()], axis=1) / 1000
    design = np.concatenate([np.eye(len(names))[judged.relation], shares - CENTRE], axis=1)
    sign = np.where(judged.copy, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = sign * (design @ weights)
        prior = (weights - start) / spread
        slope = -judged.weight * sign / (1 + np.exp(margin))
        return float(judged.weight @ np.logaddexp(0, -margin) + prior @ prior / 2), design.T @ slope + prior / spread

    weights = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 5000}).x
    slopes = weights[len(names) :]
    intercepts = weights[: len(names)] - CENTRE * slopes.sum()
    same = judged.relation == r.IDENTICAL
    against = 1 + judged.weight @ (same & ~judged.copy)
    return {
        "identical": round(WHOLE * (1 - against / (IDENTICAL + judged.weight @ same))),
        "relations": {one: round(UNIT * value) for one, value in zip(names, intercepts.tolist(), strict=True)},
        "inputs": {one: round(UNIT * value / 1000) for one, value in zip(columns, slopes.tolist(), strict=True)},
    }


#: Inputs are taken from the middle of their range, so that the prior of a relation is that of a usual pair.
CENTRE = 0.5


def unfitted() -> dict[str, Any]:
    """Return the content of probability.json before anything was read."""
    columns = inputs(np.zeros((0, len(FEATURES)), np.int32))
    relations = {one: round(UNIT * START.get(one, NEW)) for one in map(name, range(len(r.RELATIONS)))}
    return {
        "identical": round(WHOLE * (1 - 1 / IDENTICAL)),
        "relations": relations,
        "inputs": dict.fromkeys(columns, 0),
    }


def name(code: int) -> str:
    """Return the name of a relation by its code."""
    relation = r.RELATIONS[code]
    return "none" if relation is None else relation.value


def calibration_error(probability: Floats, copy: NDArray[np.bool_], weight: Floats) -> float:
    """Return the expected calibration error over BINS equal bins: how far the mean probability of a bin is from the
    share of copies in it, by the weight of the bins."""
    where = np.minimum(BINS - 1, (probability * BINS).astype(np.int64))
    total = np.bincount(where, weight, BINS)
    said = np.bincount(where, weight * probability, BINS)
    true = np.bincount(where, weight * copy, BINS)
    return float(np.abs(said - true).sum() / total.sum())


def bins(probability: Floats, copy: NDArray[np.bool_], weight: Floats) -> list[tuple[float, float, float]]:
    """Return weight, mean probability and share of copies of each bin that has pairs."""
    where = np.minimum(BINS - 1, (probability * BINS).astype(np.int64))
    found = []
    for i in range(BINS):
        own = where == i
        total = weight[own].sum()
        if total:
            found.append(
                (float(total), float(weight[own] @ probability[own] / total), float(weight[own] @ copy[own] / total))
            )
    return found
