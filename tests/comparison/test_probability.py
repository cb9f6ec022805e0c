"""Probabilities of pairs, and relations within limits."""

from __future__ import annotations

from math import exp

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.comparison import align as c
from dedup.comparison import probability as p
from dedup.comparison import relate as r
from dedup.comparison.compare import MIRROR
from dedup.index.compatibility import packaged
from dedup.model import Relation


def rows(seed: int, n: int = 300) -> NDArray[np.int32]:
    """Rows of features as comparisons may have them: shares anywhere between nothing and all."""
    draw = np.random.default_rng(seed)
    out = np.zeros((n, len(c.FEATURES)), np.int32)
    length = draw.integers(8, 900, (n, 2))
    aligned = (length.min(axis=1, keepdims=True) * draw.beta(0.5, 0.3, (n, 1))).astype(np.int64)
    size = np.maximum(1, length - 4)
    shared = np.minimum(size.min(axis=1), (aligned[:, 0] * draw.beta(2, 1, n)).astype(np.int64))
    out[:, [c.LENGTH_A, c.LENGTH_B]], out[:, [c.SIZE_A, c.SIZE_B]] = length, size
    out[:, [c.WORDS_A, c.WORDS_B]], out[:, [c.SPAN_A, c.SPAN_B]] = aligned, aligned
    out[:, c.SHARED], out[:, c.PLAIN], out[:, c.ORDERED] = shared, shared * draw.uniform(0, 1, n), aligned[:, 0]
    out[:, c.RUN] = aligned[:, 0] * draw.uniform(0, 1, n)
    for pair, common in (((c.NUMBERS_A, c.NUMBERS_B), c.NUMBERS), ((c.LEAD_A, c.LEAD_B), c.LEAD)):
        out[:, pair] = draw.integers(0, 20, (n, 2))
        out[:, common] = out[:, pair].min(axis=1) * draw.uniform(0, 1, n)
    out[:, c.CHANGED], out[:, c.RENAMED] = draw.integers(0, 9, (2, n))
    out[:, [c.FIRST_A, c.FIRST_B]] = draw.integers(0, 40, (n, 2))
    return out


seeds = st.integers(0, 2**32 - 1)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_equals_the_logistic_function(seed: int) -> None:
    """The table of whole numbers says what the formula says, to four decimals."""
    features = rows(seed, 40)
    relation = r.relate(features)
    got = p.probabilities(features, relation)
    data = orjson.loads(packaged("dedup.comparison", "probability.json"))
    columns = {name: values.tolist() for name, values in p.inputs(features).items()}
    for i, code in enumerate(relation.tolist()):
        name = "none" if code == r.NONE else r.RELATIONS[code].value  # type: ignore[union-attr]
        logit = data["relations"][name] + sum(data["inputs"][one] * values[i] for one, values in columns.items())
        expected = data["identical"] / 10_000 if code == r.IDENTICAL else 1 / (1 + exp(-logit / 1e6))
        assert got[i] / 10_000 == pytest.approx(expected, abs=0.000051)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_same_whichever_is_a_and_whatever_stands_beside(seed: int) -> None:
    features = rows(seed)
    relation = r.relate(features)
    got = p.probabilities(features, relation)
    assert p.probabilities(features[:, MIRROR], relation).tolist() == got.tolist()
    alone = [p.probabilities(features[[i]], relation[[i]])[0] for i in range(0, len(features), 37)]
    assert alone == got[::37].tolist()


@given(seeds, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_no_pair_of_a_cluster_is_below_the_limit(seed: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    features = rows(seed)
    rules = r.relate(features)
    found = {least: p.relations(features, p.Limits(None, least)) for least in (low, high)}
    by_rules = p.probabilities(features, rules)
    for least, relation in found.items():
        joins = r.JOINS[relation]
        assert (by_rules[joins & (relation != r.IDENTICAL)] >= round(10_000 * least)).all()
        kept = joins | ~r.JOINS[rules]
        assert (relation[kept] == rules[kept]).all()
        assert set(relation[~kept].tolist()) <= {r.NONE, r.OVERLAP, r.TEMPLATE}
        # What a pair is called within limits does not change what it is.
        assert p.probabilities(features, relation, p.Limits(None, least)).tolist() == by_rules.tolist()
    assert not (r.JOINS[found[high]] & ~r.JOINS[found[low]]).any()


def test_some_pairs_are_on_both_sides_of_a_limit() -> None:
    """The property above is not empty."""
    features = rows(1, 3000)
    rules = r.relate(features)
    kept = r.JOINS[p.relations(features, p.Limits(None, 0.9))][r.JOINS[rules]]
    assert 0.05 < kept.mean() < 0.99
    assert (p.relations(features, p.Limits(None, 0.0)) == rules).all()
    assert (p.relations(features, p.Limits()) == rules).all()


def test_identical_bodies_are_one_article_at_any_limit() -> None:
    features = rows(2, 1)
    features[:, [c.LENGTH_A, c.LENGTH_B, c.WORDS_A, c.WORDS_B, c.RUN]] = 200
    features[:, [c.SHARED, c.SIZE_A, c.SIZE_B, c.PLAIN]] = 196
    assert p.relations(features, p.Limits(None, 1.0)).tolist() == [r.IDENTICAL]


def test_threshold_leaves_probabilities_as_they_are() -> None:
    features = rows(3)
    limits = p.Limits(0.9, None)
    relation = p.relations(features, limits)
    assert (relation == r.relate(features, 0.9)).all()
    assert (
        p.probabilities(features, relation, limits).tolist() == p.probabilities(features, r.relate(features)).tolist()
    )


def test_rewrites_are_as_likely_as_their_relation_says() -> None:
    features = rows(4)
    features = features[~r.JOINS[r.relate(features)]]
    rewrite = np.full(len(features), r.REWRITE, np.uint8)
    found = p.probabilities(features, rewrite, p.Limits(None, 0.5))
    assert found.tolist() == p.probabilities(features, rewrite).tolist()
    assert (p.may_join_as_rewrites(features, p.Limits(None, 0.5)) == (found >= 5000)).all()
    assert p.may_join_as_rewrites(features, p.Limits()).all()


def test_the_packaged_model_knows_all_relations() -> None:
    data = orjson.loads(packaged("dedup.comparison", "probability.json"))
    assert data["relations"].keys() == {"none", *(one.value for one in Relation)}
    assert data["about"]["calibration error of the half check"] <= 0.05
    edges = p.model().edges
    assert len(edges) == 9999
    assert (np.diff(edges) > 0).all()


def test_a_model_of_other_inputs_is_refused() -> None:
    data = orjson.loads(packaged("dedup.comparison", "probability.json"))
    data["inputs"] = dict(reversed(data["inputs"].items()))
    with pytest.raises(ValueError, match=r"python -m tools\.probability"):
        p.model_from(data)
