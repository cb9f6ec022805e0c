"""The harm measure: what it counts, and that its estimates are right where the truth is known."""

from __future__ import annotations

import math
from collections import Counter

import harm
import labelled
import numpy as np
import orjson
import pytest
from harm import Drop
from labelled import Label
from measure_quality import Outputs


def test_wilson() -> None:
    assert [round(x, 4) for x in harm.wilson(3, 40)] == [0.075, 0.0258, 0.1986]
    assert harm.wilson(0, 10).low == 0
    assert harm.wilson(10, 10).high == pytest.approx(1)
    empty = harm.wilson(0, 0)
    assert math.isnan(empty.value)
    assert (empty.low, empty.high) == (0, 1)


def cluster(canonical: str, *others: str) -> dict[str, object]:
    return {"canonical": {"id": canonical}, "members": [{"id": one} for one in (canonical, *others)]}


def test_dropped_articles_are_read_in_one_order() -> None:
    """The order is one of the ids: what else is dropped does not change who of two comes first."""
    found = harm.drops([cluster("a", "b", "c"), cluster("d", "e")])
    assert set(found) == {Drop("b", "a"), Drop("c", "a"), Drop("e", "d")}
    many = [cluster(f"k{i}", f"m{i}") for i in range(200)]
    order = [drop.dropped for drop in harm.drops(many)]
    assert order != sorted(order)
    assert [one for one in order if one in {"m1", "m5", "m9"}] == [
        drop.dropped for drop in harm.drops([many[9], many[5], many[1]])
    ]


def test_sample_counts_what_is_missing() -> None:
    found = [Drop("b", "a"), Drop("c", "a"), Drop("e", "d"), Drop("g", "f")]
    said = {frozenset("ab"): "copy", frozenset("de"): "distinct", frozenset("cd"): "copy", frozenset("fg"): "copy"}
    assert harm.read_sample(found, said, 3) == Counter(copy=1, missing=1, distinct=1)
    got = harm.Harm(4, 9, Counter(copy=8, distinct=1, unsure=1, missing=2), None, None, (0, 0))
    assert got.distinct == harm.wilson(1, 9)
    assert got.worst == harm.wilson(4, 12).high


def test_strata_weigh_as_in_the_scan() -> None:
    """Of 90 sure and 10 doubtful drops a tenth of the former and half of the latter are distinct: 14 in 100."""
    labelled_ones = {"hi": [True] + 9 * [False], "mid": [True, False], "low": [True]}
    share, unknown = harm.weighted({"hi": 90, "mid": 10}, labelled_ones)
    assert share is not None
    assert share.value == pytest.approx(0.14)
    assert share.low < 0.14 < share.high
    assert unknown == 0
    assert harm.weighted({"hi": 90, "zero": 10}, labelled_ones)[1] == pytest.approx(0.1)
    assert harm.weighted({"zero": 10}, labelled_ones) == (None, 1.0)
    share, unknown = harm.weighted({"low": 10, "zero": 90}, {"low": [True]}, "zero")
    assert share is not None
    assert (share.value, unknown) == (0.1, 0)
    assert share.high == pytest.approx(0.1)


def test_nearest_neighbours() -> None:
    words = [range(20), range(10, 30), range(100, 120), list(range(100, 120)) + list(range(50)), [7], [7], [8]]
    got = harm.nearest(list(harm.shingles(words)))
    # 13 shingles of 20 words; 3 of them are common to the first two, all of the first in the fourth.
    assert got.tolist() == [1, 1, 1, 1, 1, 1, 0]
    assert harm.nearest(list(harm.shingles([range(20), range(10, 30)]))).tolist() == [3 / 13, 3 / 13]
    assert harm.nearest([]).tolist() == []
    assert len(np.unique(np.concatenate(list(harm.shingles([range(1000)]))))) == 993


def test_measures_a_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    """One story in two copies, its follow-up dropped by mistake, and a copy that was kept."""
    story, other, own = (" ".join(f"{mark}{i}" for i in range(40)) for mark in "xyz")
    texts = {"a": story, "b": story, "c": f"{own} {story}", "d": other, "e": other, "f": own + own}
    monkeypatch.setattr(harm, "texts", lambda name: {id: {"text": text} for id, text in texts.items()})
    pairs = [("a", "b", "identical"), ("a", "c", "overlap"), ("d", "e", "identical"), ("a", "d", "related")]
    found = [Label("set", a, b, label, None, False, "fit") for a, b, label in pairs]
    monkeypatch.setattr(harm, "labels", lambda name: found)
    got = harm.measure("set", Outputs([cluster("a", "b", "c")], {}, set("abcdefg"), {"g"}))
    assert (got.dropped, got.kept) == (2, 4)
    assert got.read == Counter(copy=1, distinct=1)
    assert got.labelled is not None
    assert got.labelled.value == 0.5
    assert got.left is not None
    assert got.left.value == 0.5
    lines = list(harm.report({"set": got}))
    assert "0.500 [0.095, 0.905]" in lines[2]


def test_judgements_are_of_known_sets_and_hold_no_text() -> None:
    rows = [orjson.loads(line) for line in harm.JUDGEMENTS.read_bytes().splitlines()]
    assert all(row.keys() == {"set", "dropped", "canonical", "judgement", "note"} for row in rows)
    assert {row["judgement"] for row in rows} == {"copy", "distinct", "unsure"}
    assert len({(row["set"], row["dropped"], row["canonical"]) for row in rows}) == len(rows)
    assert max(len(row["note"].split()) for row in rows) < 20
    assert {row["set"] for row in rows} >= {"fakebr", "ttc3600", "saudi_2015"} & set(labelled.labels_only())
