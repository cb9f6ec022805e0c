"""The packaged sample against the truth that was written with it (tests/data/sample_truth.json)."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import contract
import pytest

from dedup.cli import run
from dedup.text.agencies import agencies

TRUTH = json.loads((Path(__file__).parents[1] / "data" / "sample_truth.json").read_text(encoding="utf-8"))
SAMPLE = [json.loads(line) for line in (files("dedup") / "sample" / "articles.jsonl").read_bytes().splitlines()]

#: How the truth's names that are in no registry may be written: the domain stands for its outlet.
ALIASES = {"The Open Quad": {"theopenquad.org"}, "Millbrook Ledger": {"millbrookledger.com"}}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("sample") / "out"
    assert run(["demo", "--out", str(out)]) == 0
    return contract.check(out)


@pytest.fixture(scope="module")
def by_members(found: dict[str, Any]) -> dict[frozenset[str], dict[str, Any]]:
    return {frozenset(m["id"] for m in one["members"]): one for one in found["clusters"]}


def names(origin: str) -> set[str]:
    """All names under which the origin of the truth may appear."""
    registry = {a.name for a in agencies() if origin in (a.name, *a.names, *a.tags)}
    return {origin} | ALIASES.get(origin, set()) | registry


def relation(found: dict[str, Any], a: str, b: str) -> str | None:
    low, high = sorted((a, b))
    return next((p["relation"] for p in found["pairs"] if (p["a"], p["b"]) == (low, high)), None)


def of(one: dict[str, Any]) -> str:
    """A short name for a test: the subject in the ids."""
    return str(min(one["members"]).split("-")[-1])


#: What is known to be wrong, by test and subject. A case that comes right fails here until its line is taken out.
KNOWN = {
    ("linked", "courier-0312-roundup tricounty-0310-storm"): "small edits break the copied sentences into short runs",
}


def cases(test: str, items: list[dict[str, Any]]) -> list[Any]:
    """One parameter a case, by its subject, marked where it is known to be wrong."""
    marked = []
    for one in items:
        name = of(one) if "members" in one else f"{one['a']} {one['b']}"
        reason = KNOWN.get((test, name))
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        marked.append(pytest.param(one, id=name, marks=marks))
    return marked


def test_the_truth_is_about_the_sample() -> None:
    ids = {article["id"] for article in SAMPLE}
    assert len(ids) == len(SAMPLE)
    assert {id for one in TRUTH["clusters"] for id in one["members"]} <= ids
    assert {one[side] for one in TRUTH["linked"] + TRUTH["unrelated_pairs"] for side in "ab"} <= ids


def test_every_article_is_accepted(found: dict[str, Any]) -> None:
    assert found["rejects"] == []
    assert [one["id"] for one in found["origins"]] == sorted(article["id"] for article in SAMPLE)


@pytest.mark.parametrize("one", cases("cluster", TRUTH["clusters"]))
def test_cluster(one: dict[str, Any], by_members: dict[frozenset[str], dict[str, Any]]) -> None:
    near = [sorted(members) for members in by_members if members & set(one["members"])]
    assert near == [sorted(one["members"])]


def test_no_other_cluster(by_members: dict[frozenset[str], dict[str, Any]]) -> None:
    true = [set(one["members"]) for one in TRUTH["clusters"]]
    assert [sorted(members) for members in by_members if not any(members <= one for one in true)] == []


@pytest.mark.parametrize("one", cases("canonical_copy", TRUTH["clusters"]))
def test_canonical_copy(one: dict[str, Any], by_members: dict[frozenset[str], dict[str, Any]]) -> None:
    kept = [got["canonical"]["id"] for members, got in by_members.items() if members & set(one["members"])]
    assert kept
    assert set(kept) <= set(one["canonical"])


@pytest.mark.parametrize("one", cases("origin", TRUTH["clusters"]))
def test_origin(one: dict[str, Any], by_members: dict[frozenset[str], dict[str, Any]]) -> None:
    origins = [got["origin"]["name"] for members, got in by_members.items() if members & set(one["members"])]
    assert origins
    assert set(origins) <= names(one["origin"])


@pytest.mark.parametrize("one", cases("linked", TRUTH["linked"]))
def test_linked(one: dict[str, Any], found: dict[str, Any]) -> None:
    assert relation(found, one["a"], one["b"]) == one["relation"]


def test_linked_articles_share_no_cluster(found: dict[str, Any]) -> None:
    home = {one["id"]: one["cluster"] for one in found["origins"]}
    together = [one for one in TRUTH["linked"] if home[one["a"]] and home[one["a"]] == home[one["b"]]]
    assert together == []


@pytest.mark.parametrize("one", cases("unrelated", TRUTH["unrelated_pairs"]))
def test_unrelated(one: dict[str, Any], found: dict[str, Any]) -> None:
    assert relation(found, one["a"], one["b"]) is None


def test_pairs_are_of_a_cluster_or_linked(found: dict[str, Any]) -> None:
    """No pair is reported that the truth does not know."""
    expected = {tuple(sorted((one["a"], one["b"]))) for one in TRUTH["linked"]}
    for one in TRUTH["clusters"]:
        expected |= {(a, b) for a in one["members"] for b in one["members"] if a < b}
    assert [(p["a"], p["b"], p["relation"]) for p in found["pairs"] if (p["a"], p["b"]) not in expected] == []


def smelter(found: dict[str, Any]) -> dict[str, Any]:
    ids = ("reuters-0310-smelter", "reuters-0310-smelter-update1")
    return next(p for p in found["pairs"] if (p["a"], p["b"]) == ids)


def test_the_smelter_update_is_newer(found: dict[str, Any]) -> None:
    assert smelter(found)["newer"] == "b"


def test_the_smelter_update_is_a_version(found: dict[str, Any]) -> None:
    assert smelter(found)["relation"] == "version"


def test_an_article_alone_names_its_agency(found: dict[str, Any]) -> None:
    import dedup

    article = next(a for a in SAMPLE if a["id"] == "ap-0310-storm")
    assert dedup.origin(article).name == "Associated Press"
    assert dedup.origin("Nothing here says who wrote this short text about an old bridge.").kind == "unknown"


README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("beginning", "ids"),
    [('{"cluster":"c000001"', ("ap-0310-storm", "pulse-0310-storm")), ('{"a":"ap-0310-storm"', ())],
)
def test_lines_of_the_readme_are_those_of_the_sample(
    found: dict[str, Any], beginning: str, ids: tuple[str, ...]
) -> None:
    """Every number of a shortened line in the README is that of the sample as it is scanned today."""
    shown = re.sub(r"\n ", "", README[README.index(beginning) :].partition("\n\n")[0].partition("```")[0])
    if ids:
        of_ids = [one for one in found["clusters"] if {m["id"] for m in one["members"]}.issuperset(ids)]
        whole = json.dumps(of_ids, separators=(",", ":"))
    else:
        pair = next(p for p in found["pairs"] if (p["a"], p["b"]) == ("ap-0310-storm", "pulse-0310-storm"))
        whole = json.dumps(pair, separators=(",", ":"))
    numbers = re.findall(r'"[a-z_]+":[\d.]+', shown)
    assert len(numbers) >= 4
    assert [number for number in numbers if not re.search(re.escape(number) + r"(?![\d.])", whole)] == []
