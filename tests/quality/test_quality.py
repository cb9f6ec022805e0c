"""The quality gate: on the set in tests/data, on each text set, on all of those, and on the generated corpora a scan
is at least as good as its floors.

`python -m tests.quality` prints the measures; `floors.json` holds the floors with the digest of the data they are for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import floors
import labelled
import measure_quality as quality
import pytest
from labelled import HALVES, SHIPPED, Label
from measure_quality import GENERATED, POOLED, Judged

PINNED = floors.read()
SETS = sorted(PINNED.keys() - GENERATED.keys() - {SHIPPED, POOLED, *(f"{POOLED}, {half}" for half in HALVES)})
#: The sets that are pooled: those that are whole, articles and labels, in one folder.
WHOLE = sorted(set(SETS) - set(labelled.labels_only()))


@pytest.fixture(scope="module")
def judged() -> Callable[[str], list[Judged]]:
    """What a scan says of a set, for all tests of this module; skips where the set is absent or another."""

    @cache
    def judge(name: str) -> list[Judged] | str:
        if absent := labelled.why_absent(name):
            return absent
        if labelled.digest(labelled.set_files(name)) != PINNED[name]["digest"]:
            return f"{name} holds other data than its floors were pinned on; see python -m tests.quality"
        return quality.judge(name)

    def get(name: str) -> list[Judged]:
        found = judge(name)
        if isinstance(found, str):
            pytest.skip(found)
        return found

    return get


def test_every_floor_can_be_missed() -> None:
    assert PINNED.keys() >= {SHIPPED, POOLED, *GENERATED}
    for pinned in PINNED.values():
        assert len(pinned["digest"]) == 64
        assert all(0 <= floor <= 1 for floor in pinned["floors"].values())
        assert any(floor > 0 for floor in pinned["floors"].values())


def test_shipped_set() -> None:
    """Never skipped: the texts are part of the checkout."""
    assert labelled.digest(labelled.set_files(SHIPPED)) == PINNED[SHIPPED]["digest"]
    assert floors.below(quality.shipped_measures()[1], PINNED[SHIPPED]["floors"]) == {}


@pytest.mark.parametrize("name", SETS)
def test_labelled_set(name: str, judged: Callable[[str], list[Judged]]) -> None:
    assert floors.below(quality.measures(judged(name)), PINNED[name]["floors"]) == {}


@pytest.mark.parametrize("half", ["all", *HALVES])
def test_all_sets_together(half: str, judged: Callable[[str], list[Judged]]) -> None:
    pooled = [one for name in WHOLE for one in judged(name)]
    pinned = PINNED[POOLED if half == "all" else f"{POOLED}, {half}"]
    assert pinned["digest"] == quality.pooled_digest({name: PINNED[name]["digest"] for name in WHOLE})
    assert floors.below(quality.measures(quality.half(pooled, half)), pinned["floors"]) == {}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_corpus(name: str, tmp_path: Path) -> None:
    files = quality.make_generated(name, tmp_path)
    same = labelled.digest(files) == PINNED[name]["digest"]
    missed = floors.below(quality.measure_generated(*files), PINNED[name]["floors"])
    assert missed == {}, "" if same else "the generator makes another corpus than was pinned"


# The instrument itself: a gate that measures wrongly would pass anything.


def pair(
    label: str, found: str, *, direction: str | None = None, said: str | None = None, unsure: bool = False
) -> Judged:
    half = "fit"
    return Judged(Label("set", "a", "b", label, direction, unsure, half), found, said, ("a", "b"))


def test_measures_of_nothing_found() -> None:
    judged = [pair("near_copy", ""), pair("version", "template"), pair("related", ""), pair("template", "template")]
    got = quality.measures(judged)
    assert {name: got[name] for name in ("recall", "left alone")} == {"recall": 0.0, "left alone": 1.0}
    assert "precision" not in got
    assert "relation" not in got


def test_measures_of_a_set_without_copies() -> None:
    judged = [pair("related", "overlap"), pair("related", "")]
    assert quality.measures(judged) == {"left alone": 0.5, "left alone, related": 0.5}


def test_measures() -> None:
    judged = [
        pair("identical", "identical"), pair("excerpt", "excerpt", direction="a_in_b", said="b_in_a"),
        pair("excerpt", "excerpt", direction="a_in_b", said="a_in_b"), pair("overlap", "version"),
        pair("near_copy", "cluster"), pair("version", ""), pair("related", "overlap"), pair("template", "near_copy"),
        pair("furniture", ""), pair("identical", "", unsure=True), pair("related", "overlap", unsure=True),
        pair("related", "", unsure=True),
    ]  # fmt: skip
    got = quality.measures(judged)
    expected = {"precision": 5 / 7, "recall": 5 / 6, "relation": 3 / 5, "direction": 1 / 2, "left alone": 1 / 3}
    assert {name: got[name] for name in expected} == expected
    assert (got["recall, version"], got["recall, excerpt"], got["left alone, related"]) == (0, 1, 0)
    assert got["pair F1"] == pytest.approx(2 * 5 / 13)
    assert quality.agreement(judged) == (1, 3)
    assert [one.label.label for one in judged if one.wrong and not one.label.unsure] == [
        "excerpt", "overlap", "near_copy", "version", "related", "template",
    ]  # fmt: skip
    assert quality.confusion(judged)["excerpt"] == {"excerpt, turned": 1, "excerpt": 1}


def test_clusters_are_judged_on_what_the_labels_join() -> None:
    def one(a: str, b: str, label: str, homes: tuple[str, str]) -> Judged:
        return Judged(Label("set", a, b, label, None, False, "fit"), "", None, homes)

    right = [one("a", "b", "version", ("a", "a")), one("c", "d", "related", ("c", "d"))]
    welded = [one("a", "b", "version", ("a", "a")), one("c", "d", "related", ("a", "a"))]
    assert quality.cluster_rand(right) == 1
    assert quality.cluster_rand(welded) == 0
    assert quality.cluster_rand([one("c", "d", "overlap", ("c", "d"))]) is None


def test_origin_measures() -> None:
    def label(members: str, origin: str, domain: str | None) -> dict[str, Any]:
        return {"members": list(members), "origin": origin, "origin_domain": domain, "canonical_ids": [members[0]]}

    def cluster(members: str, name: str | None, domain: str | None, canonical: str) -> dict[str, Any]:
        rows = [{"id": member} for member in members]
        return {"members": rows, "origin": {"name": name, "domain": domain}, "canonical": {"id": canonical}}

    labels = [label("abc", "North", "north.example"), label("de", "South", None), label("fg", "East", None),
              label("hi", "West", "west.example"), label("jk", "Nobody", None)]  # fmt: skip
    clusters = [cluster("abx", "N", "north.example", "a"), cluster("cy", "Other", None, "c"),
                cluster("de", None, None, "e"), cluster("fg", "Wrong", None, "f"), cluster("hi", "West", None, "h"),
                cluster("jz", "Nobody", None, "j")]  # fmt: skip
    got = quality.origin_measures(labels, clusters)
    assert got == pytest.approx({"origin": 2 / 5, "origin, not wrong": 4 / 5, "canonical": 3 / 5})


def test_halves_share_no_article() -> None:
    """Along a chain of pairs all are in one half; between them, both halves are used."""
    pairs = [(f"{chain:03}-{at}", f"{chain:03}-{at + 1}") for chain in range(100) for at in range(3)]
    group = labelled.groups(reversed(pairs))
    assert set(group.values()) == {f"{chain:03}-0" for chain in range(100)}
    used = {labelled.half_of(group[a]) for a, _ in pairs}
    assert used == set(HALVES)
    fit = sum(labelled.half_of(name) == "fit" for name in set(group.values()))
    assert 30 < fit < 70
    assert labelled.half_of("000-0") == "fit"


@pytest.mark.parametrize("name", [SHIPPED, *sorted({*SETS, *labelled.labels_only()})])
def test_halves_of_a_set_share_no_article(name: str) -> None:
    if not labelled.set_files(name)[1].exists():
        pytest.skip(labelled.why_absent(name) or "")
    found = labelled.labels(name)
    articles = {half: {i for one in found if one.half == half for i in (one.a, one.b)} for half in HALVES}
    assert articles["fit"].isdisjoint(articles["check"])
    assert min(map(len, articles.values())) > 0


def test_below_names_what_is_missing_or_low() -> None:
    pinned = {"recall": 0.9, "precision": 0.5, "kind": 0.1, "exact": floors.floor(2 / 3)}
    got = {"recall": 0.89, "precision": 0.5, "exact": 2 / 3}
    assert floors.below(got, pinned) == {"recall": "0.8900 < 0.9", "kind": "0.0000 < 0.1"}


def test_pinning_never_lowers_a_floor_while_the_data_stay() -> None:
    pinned: floors.Floors = {"set": {"digest": "x", "floors": {"recall": 0.9, "precision": 0.5}}}
    same = floors.raised(pinned, "set", "x", {"recall": 0.8, "precision": 0.66666})
    assert same["set"]["floors"] == {"recall": 0.9, "precision": 0.6666}
    other = floors.raised(pinned, "set", "y", {"recall": 0.8})
    assert other == {"set": {"digest": "y", "floors": {"recall": 0.8}}}
