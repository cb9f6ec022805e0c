"""Rewrites join clusters as a second tier: attached to one story, never a bridge between two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.clustering.rewrites import place_rewrites
from dedup.comparison.bodies import BodyColumns

DATA = Path(__file__).parents[1] / "data" / "rewrites.jsonl"
RECORDS: list[dict[str, Any]] = [orjson.loads(line) for line in DATA.read_bytes().splitlines()]


def attached(
    clusters: list[list[int]], pairs: list[tuple[int, int]], copies: tuple[int, ...] = (), n: int = 12
) -> list[list[int]]:
    repeated = np.zeros(n, np.bool_)
    repeated[list(copies)] = True
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    length, size = np.arange(n) + 100, np.full(n, 5, np.int32)
    bodies = BodyColumns(None, np.zeros(n, np.int64), length, size, np.arange(n))  # type: ignore[arg-type]
    return place_rewrites(clusters, rows, repeated, bodies, None)


def test_a_rewrite_joins_the_cluster_it_retells() -> None:
    assert attached([[4, 1, 7]], [(0, 4), (4, 9)]) == [[4, 0, 1, 7, 9]]


def test_a_rewrite_of_two_clusters_is_only_linked() -> None:
    assert attached([[1, 2], [3, 4]], [(1, 9), (3, 9)]) == [[1, 2], [3, 4]]


def test_clusters_that_retell_each_other_stay_two() -> None:
    assert attached([[1, 2], [3, 4]], [(1, 3)]) == [[1, 2], [3, 4]]
    assert attached([[1, 2]], [(1, 3)], copies=(3,)) == [[1, 2]]


def test_a_body_that_several_articles_have_is_a_cluster() -> None:
    assert attached([], [(2, 5)], copies=(2,)) == [[2, 5]]
    assert attached([], [(2, 5), (3, 5)], copies=(2, 3)) == []


def test_unclustered_texts_gather_around_one() -> None:
    """The longer one of the strongest pair is the core; who retells only its rewrite stays out."""
    assert attached([], [(2, 5)]) == [[5, 2]]
    assert attached([], [(2, 5), (5, 8)]) == [[5, 2, 8]]
    assert attached([], [(2, 5), (1, 2)]) == [[5, 2]]
    assert attached([], [(2, 5), (7, 8), (5, 8)]) == [[5, 2], [8, 7]]


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] < p[1]), unique=True))
def test_nothing_is_lost_or_doubled(pairs: list[tuple[int, int]]) -> None:
    before = [[3, 0, 6], [4, 1]]
    usable = [p for p in pairs if not {0, 6, 1} & set(p)]
    after = attached(before, usable, copies=(2,))
    everyone = [body for part in after for body in part]
    assert len(everyone) == len(set(everyone))
    for part in before:
        assert sum(set(part) <= set(found) for found in after) == 1
    for part in after:
        for other in (body for body in part[1:] if body not in (0, 6, 1)):
            assert (min(part[0], other), max(part[0], other)) in usable
        assert sum(body in part for body in (3, 4, 2)) <= 1


def found(records: list[dict[str, Any]], **options: Any) -> tuple[list[Any], list[Any]]:
    with dedup.scan(records, **options) as result:
        return [one.to_dict() for one in result.clusters], [
            (p.a, p.b, p.relation.value, p.resemblance) for p in result.pairs
        ]


def test_a_scan_finds_all_rewrites_and_nothing_else() -> None:
    clusters, pairs = found(RECORDS)
    assert {relation for _, _, relation, _ in pairs} == {"rewrite"}
    members = {frozenset(m["id"] for m in one["members"]) for one in clusters}
    assert members == {
        frozenset({"ferry-original", "ferry-retranslated", "ferry-spun"}),
        frozenset({"merger-original", "merger-retranslated", "merger-paraphrased"}),
        frozenset({"court-original", "court-spun"}),
        frozenset({"glacier-original", "glacier-retranslated"}),
        frozenset({"vote-original", "vote-paraphrased"}),
    }
    for one in clusters:
        roles = [m["role"] for m in one["members"]]
        assert roles == ["canonical"] + ["rewrite"] * (len(roles) - 1)


def test_a_rewrite_beside_copies() -> None:
    """A cluster of copies keeps its roles; the rewrite has its own, also where it is the canonical copy."""
    text = next(r["text"] for r in RECORDS if r["id"] == "ferry-original")
    copies = [
        {"id": f"copy-{i}", "text": f"{text}\n\nSee page {i} of the paper for a map of the area."} for i in (1, 2)
    ]
    records = [r for r in RECORDS if r["id"] in ("ferry-original", "ferry-spun")] + copies
    ((one,), _) = found(records)
    roles = {m["id"]: m["role"] for m in one["members"]}
    assert roles.pop("ferry-spun") == "rewrite"
    assert len(roles) == 3
    assert one["members"][0]["id"] != "ferry-spun"
    # On the page of who wrote it a text is kept though the copies have other words.
    ((one,), _) = found([r | ({"domain": "apnews.com"} if r["id"] == "ferry-spun" else {}) for r in records])
    assert [m["role"] for m in one["members"]] == ["canonical", "rewrite", "rewrite", "rewrite"]
    assert one["members"][0]["id"] == "ferry-spun"


@pytest.mark.parametrize(("other", "together"), [("2024-03-09", True), ("2024-03-20", False), (None, True)])
def test_time_sets_stories_apart(other: str | None, together: bool) -> None:
    records = [r | {"published": "2024-03-05T10:00:00Z"} for r in RECORDS if r["id"] == "court-original"]
    records += [r | {"published": other} for r in RECORDS if r["id"] == "court-spun"]
    clusters, pairs = found(records)
    assert (len(clusters) == 1) == (len(pairs) == 1) == together


def test_the_order_of_input_changes_nothing() -> None:
    expected = found(RECORDS)
    assert found(RECORDS[::-1], threads=1) == found(RECORDS[5:] + RECORDS[:5], threads=3) == expected
