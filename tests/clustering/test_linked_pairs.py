"""Pairs that may join by their words and only link: late versions, and pairs that near copies call a form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prose import joined, sentences

import dedup
from dedup.clustering.contradicted import SEVERAL, contradicted
from dedup.clustering.late_versions import DAYS_LATER, LATER, MUCH_LATER, OWN_LATER, SAME_FIGURES, LateVersions
from dedup.comparison import align as c
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import IDENTICAL, JOINS, NEAR_COPY, OVERLAP, REWRITE, TEMPLATE, VERSION
from dedup.index.public import Index

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = 3600.0
#: What late pairs are told by, beside shingles.
FURTHER = (
    c.LENGTH_A,
    c.LENGTH_B,
    c.WORDS_A,
    c.WORDS_B,
    c.NUMBERS_A,
    c.NUMBERS_B,
    c.NUMBERS,
    c.CHANGED,
    c.LEAD_COVER,
    c.FIRST_B,
)


def version(edits: int, kept: int, before: int) -> list[str]:
    """A story with so many of the 30 sentences of another one, in so many of which a word was exchanged; before them
    stand some of its own."""
    own, more = sentences("harbour", 30), sentences("more", 30)
    for i in range(1, edits + 1):
        words = own[i].split()
        words[7] = f"other{'abcdefghijklmnopqrstuvwxyz'[i]}"
        own[i] = " ".join(words)
    return more[kept : kept + before] + own[:kept] + more[kept + before :]


def corpus(edits: int, hours: float, *, before: int = 0, times: bool = True) -> list[dict[str, Any]]:
    texts = {"a": joined(sentences("harbour", 30)), "b": joined(version(edits, 22, before))}
    when = {"a": MONDAY, "b": MONDAY + timedelta(hours=hours)}
    return [
        {"id": name, "text": text, "domain": f"{name}.example"}
        | ({"published": when[name].isoformat()} if times else {})
        for name, text in texts.items()
    ]


@pytest.mark.parametrize(("edits", "before", "hours", "joins"), [
    (4, 4, 5, True), (4, 4, 30, True), (4, 0, 30, True), (4, 0, 60, True),
    (20, 0, 5, True), (20, 0, 30, True), (20, 0, 60, False),
])  # fmt: skip
def test_the_share_of_a_late_version_decides(edits: int, before: int, hours: float, joins: bool) -> None:
    """Edits all over a text are other news after two days; a few sentences before the old lead are not."""
    records = corpus(edits, hours, before=before)
    with dedup.scan(records, threads=1) as result:
        (pair,) = list(result.pairs)
        assert pair.relation == "version"
        assert len(list(result.clusters)) == joins
    with dedup.scan(corpus(edits, hours, before=before, times=False), threads=1) as result:
        assert len(list(result.clusters)) == 1


@pytest.mark.parametrize(("hours", "joins"), [(5, True), (60, True), (80, False)])
@pytest.mark.parametrize(("figure", "same"), [("31 degrees", False), ("24 degrees", True), ("24 degrees ", True)])
def test_what_is_printed_again_after_days_keeps_its_figures(figure: str, same: bool, hours: float, joins: bool) -> None:
    text = joined(sentences("harbour", 12))
    records = [
        {"id": name, "text": f"{text} The sea had {said} at noon. {name * 3} was here.", "published": when.isoformat()}
        for name, said, when in (("a", "24 degrees", MONDAY), ("b", figure, MONDAY + timedelta(hours=hours)))
    ]
    with dedup.scan(records, threads=1) as result:
        assert [str(pair.relation) for pair in result.pairs] == ["near_copy"]
        assert len(list(result.clusters)) == (joins or same)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("hours", [5, 60])
def test_an_index_says_the_same(order: int, hours: float) -> None:
    with Index() as index:
        for record in corpus(20, hours)[::order]:
            index.add(record)
        with dedup.scan(corpus(20, hours), threads=1) as result:
            assert index.stats()["clusters"] == len(list(result.clusters))


def test_a_copy_of_the_text_in_between_makes_it_no_late_version() -> None:
    """Bodies have the times of all their articles."""
    a, b = corpus(20, 60)
    again = {**a, "id": "c", "domain": "c.example", "published": (MONDAY + timedelta(hours=50)).isoformat()}
    with dedup.scan([a, b, again], threads=1) as result:
        (cluster,) = list(result.clusters)
        assert {member.id for member in cluster.members} == {"a", "b", "c"}


def table(rows: list[tuple[int, ...]]) -> RelationTable:
    """Rows of a, b, relation, and shingles: shared, of a, of b; then values of FURTHER."""
    features = np.zeros((len(rows), len(c.FEATURES)), np.int32)
    for i, row in enumerate(rows):
        features[i, [c.SHARED, c.SIZE_A, c.SIZE_B, *FURTHER[: len(row) - 6]]] = row[3:]
    a, b, relation = (np.array([row[i] for row in rows], np.int64) for i in range(3))
    return RelationTable(a, b, features, relation.astype(np.uint8))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_late_versions_are_those_of_the_plain_way(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 8))
    representative = np.array([data.draw(st.integers(0, i)) for i in range(n)])
    representative = np.array([i if representative[r] != r else r for i, r in enumerate(representative)])
    hours = data.draw(st.lists(st.one_of(st.just(np.nan), st.integers(0, 90)), min_size=n, max_size=n))
    seconds = np.array(hours, np.float64) * HOUR
    bodies = sorted({int(r) for r in representative})
    pairs = [(x, y) for x in bodies for y in bodies if x < y]
    relations = st.sampled_from([VERSION, NEAR_COPY, REWRITE, OVERLAP])
    numbers = st.sampled_from([(0, 0, 0, 0), (4, 5, 4, 0), (4, 5, 2, 0), (4, 4, 4, 1), (1, 1, 0, 0)])
    rows = [
        (x, y, data.draw(relations), data.draw(st.integers(1, 100)), 100, 120, 104, 124,
         *[data.draw(st.integers(1, 104))] * 2,
         *data.draw(numbers), *data.draw(st.sampled_from([(0, 0), (0, 25), (500, 25), (499, 25), (0, 24)])))
        for x, y in pairs
    ]  # fmt: skip
    if not rows:
        return
    expected = []
    for x, y, relation, shared, size, _, length, _, words, _, *figures in rows:
        times = [[seconds[i] for i in range(n) if representative[i] == body and seconds[i] >= 0] for body in (x, y)]
        gap = min((abs(p - q) for p in times[0] for q in times[1]), default=0.0)
        # Between the spans of both, not between two articles.
        spans = [(min(t), max(t)) for t in times] if all(times) else []
        gap = max(spans[0][0] - spans[1][1], spans[1][0] - spans[0][1], 0) if spans else gap
        late = any(gap > limit and 1000 * shared // size < share for limit, share in (LATER, MUCH_LATER))
        own, edited = 1000 - 1000 * words // length, 1000 * words // length - 1000 * shared // size
        with_own = own >= OWN_LATER and 5 * own >= 6 * edited and figures[4] < 500 and figures[5] >= 25
        late |= gap > LATER[0] and with_own
        others = figures[3] > 0 or (figures[0] > 0 and 1000 * figures[2] <= SAME_FIGURES * min(figures[:2]))
        days_later = others and gap > DAYS_LATER and relation in (VERSION, NEAR_COPY)
        expected.append((relation == VERSION and late) or days_later)
    got = LateVersions(lambda ranks: seconds[ranks], representative).mask(table(rows))
    assert got.tolist() == expected


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_contradicted_pairs_are_those_of_the_plain_way(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 7))
    relations = st.sampled_from([0, TEMPLATE, VERSION, NEAR_COPY, IDENTICAL, OVERLAP])
    drawn = {(x, y): data.draw(relations) for x in range(n) for y in range(x + 1, n)}
    rows = [(x, y, relation, 1, 1, 1) for (x, y), relation in drawn.items() if relation]
    if not rows:
        return

    def relation_of(x: int, y: int) -> int:
        return drawn.get((min(x, y), max(x, y)), 0)

    expected = []
    for x, y, relation, *_ in rows:
        sides = []
        for own, other in ((x, y), (y, x)):
            near = [z for z in range(n) if z not in (x, y) and relation_of(z, own) in (NEAR_COPY, IDENTICAL)]
            said = [relation_of(z, other) for z in near]
            sides.append((said.count(TEMPLATE), sum(bool(JOINS[one]) for one in said)))
        several = any(against >= SEVERAL and against > for_it for against, for_it in sides)
        more = sum(against for against, _ in sides) > sum(for_it for _, for_it in sides)
        expected.append(bool(JOINS[relation]) and relation != IDENTICAL and (several or more))
    assert contradicted(n, table(rows)).tolist() == expected


def test_one_pair_does_not_join_the_copies_of_two_notices() -> None:
    """Two cables in three prints each, of which one pair is a version by its words."""
    near = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    rows = [(a, b, NEAR_COPY, 9, 10, 10) for a, b in near]
    rows += [(a, b, VERSION if (a, b) == (0, 3) else TEMPLATE, 5, 10, 10) for a in range(3) for b in range(3, 6)]
    pairs = table(sorted(rows))
    joined_pairs = {
        (int(a), int(b)) for a, b in zip(pairs.a[contradicted(6, pairs)], pairs.b[contradicted(6, pairs)], strict=True)
    }
    assert joined_pairs == {(0, 3)}
