"""What each text has of its own decides whether one may be dropped for the other: families in several scripts."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.clustering import own_news as o
from dedup.comparison import align as c
from dedup.comparison.leads import OWN_LEAD, SAME_LEAD, SEVERAL
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import EXCERPT, NEAR_COPY, VERSION
from dedup.index.public import Index

sys.path.append(str(Path(__file__).parents[1] / "comparison"))

from test_relate import prose, scattered, words_of
from test_unequal_lengths import SCRIPTS, in_script

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def records(*texts: str, hours: float = 0, **fields: list[str]) -> list[dict[str, Any]]:
    return [
        {"id": f"r{i}", "text": text, "domain": f"d{i}.example"}
        | {"published": (MONDAY + i * timedelta(hours=hours)).isoformat()}
        | {name: values[i] for name, values in fields.items()}
        for i, text in enumerate(texts)
    ]


def said(those: list[dict[str, Any]]) -> tuple[list[str], int]:
    """The relations of all pairs, and how many clusters there are; an index must say the same."""
    with dedup.scan(those, threads=1) as result:
        relations, clusters = sorted(str(pair.relation) for pair in result.pairs), len(list(result.clusters))
    for order in (1, -1):
        with Index() as index:
            for record in those[::order]:
                index.add(record)
            assert index.stats()["clusters"] == clusters
    return relations, clusters


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("own", "edited", "length", "lead", "joins"), [
    (0.3, 0.0, 440, 40, False),  # a brief with a third of its own, beside a text of twice its length
    (0.3, 0.0, 440, 0, True),  # both begin alike
    (0.3, 0.0, 250, 40, True),  # of nearly the same length it is an edition
    (0.12, 0.1, 440, 40, True),  # a cut version, edited here and there
])  # fmt: skip
def test_a_brief_with_passages_of_its_own(
    script: str, own: float, edited: float, length: int, lead: int, joins: bool
) -> None:
    words = words_of(11, length)
    common = words[: round(210 * (1 - own))]
    more = words_of(12, 210 - len(common))
    brief = [*more[:lead], *scattered(common, edited, 3), *more[lead:]]
    texts = [in_script(prose(some, 5), script) for some in (words, brief)]
    assert said(records(*texts)) == (["version"], int(joins))


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("lead", "joins"), [(0, True), (60, True), (170, False)])
def test_an_excerpt_behind_the_lead_of_another_story(script: str, lead: int, joins: bool) -> None:
    """An item that another story has in it is kept; one that a few words introduce is not."""
    item = words_of(21, 130)
    holder = [*words_of(22, lead), *item, *words_of(23, 220 - lead)]
    texts = [in_script(prose(some, 5), script) for some in (item, holder)]
    assert said(records(*texts)) == (["excerpt"], int(joins))


def test_the_core_is_kept_where_the_earliest_copy_does_not_hold_all() -> None:
    """Two versions of one text that have too little in common with each other: neither is dropped for the other."""
    words = words_of(31, 360)
    middle, early, late = words[60:300], words[:250], words[150:]
    texts = [prose(some, 5, 30) for some in (early, middle, late)]
    with dedup.scan(records(*texts, hours=2), threads=1) as result:
        (cluster,) = list(result.clusters)
        relation = {(pair.a, pair.b): str(pair.relation) for pair in result.pairs}
    assert relation["r0", "r2"] == "overlap"
    assert cluster.canonical.id == "r1"
    assert len(cluster.members) == 3


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_pairs_are_those_of_the_plain_way(data: st.DataObject) -> None:
    rows, expected = [], []
    for _ in range(data.draw(st.integers(1, 6))):
        length = [data.draw(st.integers(8, 400)), data.draw(st.integers(8, 400))]
        words = [data.draw(st.integers(1, size)) for size in length]
        size = [max(1, one - 4) for one in length]
        shared, run = data.draw(st.integers(1, min(size))), data.draw(st.integers(1, min(words)))
        first = [data.draw(st.integers(0, min(one, 2 * SEVERAL))) for one in length]
        lead = data.draw(st.sampled_from([0, OWN_LEAD - 1, OWN_LEAD]))
        cover, relation = data.draw(st.integers(0, 1000)), data.draw(st.sampled_from([VERSION, EXCERPT, NEAR_COPY]))
        row = np.zeros(len(c.FEATURES), np.int32)
        row[[c.LENGTH_A, c.LENGTH_B, c.WORDS_A, c.WORDS_B, c.SIZE_A, c.SIZE_B]] = *length, *words, *size
        row[[c.FIRST_A, c.FIRST_B, c.SHARED, c.RUN, c.LEAD_COVER, c.LEAD_OWN]] = *first, shared, run, cover, lead
        rows.append((row, relation))
        short = min((0, 1), key=lambda side: (length[side], words[side]))
        common = 1000 * words[short] // length[short]
        own, edited = 1000 - common, common - 1000 * shared // min(size)
        brief = 1000 * min(length) < o.BRIEF * max(length) and own >= o.OWN and own > edited
        brief = brief and max(lead, *first) >= OWN_LEAD
        block = 1000 * run >= o.ONE_BLOCK * max(words) and own >= o.OWN_BESIDE_BLOCK and cover < SAME_LEAD
        longer = 1 if length[0] < length[1] else 0
        expected.append(
            (relation == VERSION and (brief or block)) or (relation == EXCERPT and first[longer] >= SEVERAL)
        )
    features = np.stack([row for row, _ in rows])
    relations = np.array([relation for _, relation in rows], np.uint8)
    a = np.zeros(len(rows), np.int64)
    assert o.tells_own_news(RelationTable(a, a + 1, features, relations)).tolist() == expected
