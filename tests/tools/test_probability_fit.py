"""The fit of probabilities: on pairs whose truth is known, and that its readings keep their halves."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from dedup.comparison import align as c
from dedup.comparison import probability as p
from dedup.comparison import relate as r
from tools.probability import __main__ as program
from tools.probability import fit, pairs
from tools.probability.pairs import labelled


def judged(seed: int, n: int) -> pairs.Judged:
    """Pairs of versions and overlaps; versions are copies the likelier, the more of their shingles are in common."""
    draw = np.random.default_rng(seed)
    features = np.zeros((n, len(c.FEATURES)), np.int32)
    features[:, [c.LENGTH_A, c.LENGTH_B]] = features[:, [c.SIZE_A, c.SIZE_B]] = 1000
    features[:, c.SHARED] = shared = draw.integers(0, 1000, n)
    relation = np.where(draw.random(n) < 0.7, r.VERSION, r.OVERLAP).astype(np.uint8)
    logit = 6 * (shared / 1000 - 0.5) - 3 * (relation == r.OVERLAP)
    copy = draw.random(n) < 1 / (1 + np.exp(-logit))
    return pairs.Judged(features, relation, copy, np.ones(n), np.array(["fit"] * n), np.array(["made"] * n))


def test_fit_is_calibrated_on_other_pairs() -> None:
    data = fit.fit(judged(1, 4000))
    other = judged(2, 4000)
    found = program.probabilities(other, data)
    assert fit.calibration_error(found, other.copy, other.weight) < 0.03
    assert found.std() > 0.2
    # Without the inputs the error would be seen.
    plain = program.probabilities(other, {**data, "inputs": dict.fromkeys(data["inputs"], 0)})
    assert fit.calibration_error(plain, other.copy, other.weight) > 0.05


def test_few_readings_leave_a_relation_where_it_was() -> None:
    data = fit.fit(judged(1, 2))
    names = [fit.name(code) for code in range(len(r.RELATIONS))]
    assert data["relations"].keys() == fit.START.keys() == set(names)
    assert abs(data["relations"]["rewrite"] - p.UNIT * fit.START["rewrite"]) < p.UNIT
    assert p.model_from({**fit.unfitted()}).intercept[r.NEAR_COPY] == 3 * p.UNIT


def test_calibration_error() -> None:
    """Ten pairs at .95 of which eight are copies, and ten at .05 of which none is."""
    probability = np.array([0.95] * 10 + [0.05] * 10)
    copy = np.array([True] * 8 + [False] * 12)
    assert fit.calibration_error(probability, copy, np.ones(20)) == pytest.approx((0.15 + 0.05) / 2)
    assert fit.bins(probability, copy, np.ones(20)) == [(10, pytest.approx(0.05), 0), (10, pytest.approx(0.95), 0.8)]
    assert fit.calibration_error(np.array([1.0]), np.array([True]), np.ones(1)) == 0


@pytest.mark.parametrize("name", ["wire", *labelled.labels_only()])
def test_no_article_is_in_both_halves(name: str) -> None:
    if not labelled.set_files(name)[1].exists():
        pytest.skip(labelled.why_absent(name) or "")
    halves = defaultdict(set)
    found = pairs.readings(name)
    for one in found:
        halves[one.a].add(one.half)
        halves[one.b].add(one.half)
    assert all(len(half) == 1 for half in halves.values())
    assert len(found) >= len(labelled.labels(name))


def test_readings_of_dropped_articles_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelled, "labels", lambda name: [])
    found = pairs.readings("fakebr")
    assert {one.copy for one in found} == {True, False}
    assert {one.half for one in found} == {"fit", "check"}


def test_the_shipped_set_is_calibrated() -> None:
    """The packaged model, on the half that it was not fitted on."""
    found = pairs.judged_sets({"wire": [one for one in pairs.readings("wire") if one.half == "check"]})
    assert len(found.copy) > 50
    said = p.probabilities(found.features, found.relation) / p.WHOLE
    assert fit.calibration_error(said, found.copy, found.weight) <= 0.05


def test_a_model_of_other_inputs_is_replaced_before_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, Any]] = []
    monkeypatch.setattr(program, "write", written.append)
    program.prepare()
    assert written == []

    def unreadable() -> p.Model:
        raise ValueError("other inputs")

    monkeypatch.setattr(p, "model", unreadable)
    program.prepare()
    assert p.model_from(written[0]).identical == 9950
