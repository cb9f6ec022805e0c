"""Copies that are written otherwise: digits, letters, markup, encodings of 46 languages (tests/data/text_forms)."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import dedup

CASES = Path(__file__).parents[1] / "data" / "text_forms" / "cases.jsonl.gz"
#: Cases that are right, of how many. A floor may be raised, never lowered.
FLOORS = {
    "digits": (23, 23),
    "numbers": (47, 47),
    "marks": (31, 31),
    "letters": (53, 53),
    "evasion": (33, 33),
    "markup": (24, 24),
    "encodings": (79, 79),
    "walls": (30, 30),
    "tails": (46, 46),
    "doubled": (27, 27),
    "forms": (26, 26),
}


@cache
def cases() -> dict[str, list[dict[str, Any]]]:
    with gzip.open(CASES, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {family: [row for row in rows if row["family"] == family] for family in FLOORS}


def faults(family: str) -> dict[str, list[str]]:
    """What one scan of a family's articles says otherwise than their labels, by case."""
    with dedup.scan([dict(article) for case in cases()[family] for article in case["articles"]]) as result:
        relations = {frozenset((pair.a, pair.b)): str(pair.relation) for pair in result.pairs}
    wrong: dict[str, list[str]] = {}
    for case in cases()[family]:
        for pair in case["pairs"]:
            relation = relations.get(frozenset((pair["a"], pair["b"])), "null")
            if relation not in (pair["relation"] or "null").split("|"):
                wrong.setdefault(case["name"], []).append(
                    f"{pair['a']} {pair['b']}: {relation}, not {pair['relation']}"
                )
    return wrong


@pytest.mark.parametrize("family", FLOORS)
def test_copies_in_other_forms(family: str) -> None:
    right, total = FLOORS[family]
    assert len(cases()[family]) == total
    wrong = faults(family)
    assert total - len(wrong) >= right, wrong


if __name__ == "__main__":
    for name, rows in cases().items():
        wrong_cases = faults(name)
        for case_name, texts in wrong_cases.items():
            print(name, case_name, "; ".join(texts))
        print(f"{name}: {len(rows) - len(wrong_cases)} of {len(rows)}")
