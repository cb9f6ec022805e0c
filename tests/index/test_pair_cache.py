"""Comparisons as columns, table equal to a dict of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.comparison.align import FEATURES
from dedup.index.pair_cache import Comparisons
from dedup.index.stores.base import PairColumns

#: By pair: the code of the relation, and what stands in all columns of its features, None where there are none.
Rows = dict[tuple[int, int], tuple[int, int | None]]

pairs = st.tuples(st.integers(1, 6), st.integers(7, 12))
rows = st.dictionaries(pairs, st.tuples(st.integers(0, 7), st.none() | st.integers(1, 1 << 30)))


def columns(table: Rows, order: list[tuple[int, int]]) -> PairColumns:
    width = 4 * len(FEATURES)
    values = [table[pair][1] for pair in order]
    return PairColumns(
        np.array([a for a, _ in order], np.int64), np.array([b for _, b in order], np.int64),
        np.array([table[pair][0] for pair in order], np.uint8),
        np.array([0 if value is None else width for value in values], np.int64),
        b"".join(np.full(len(FEATURES), value, "<i4").tobytes() for value in values if value is not None),
    )  # fmt: skip


def read(comparisons: Comparisons) -> Rows:
    assert (np.diff(comparisons.key) > 0).all()
    a, b = comparisons.ends
    assert (comparisons.features == comparisons.features[:, :1]).all()
    assert not comparisons.features[~comparisons.has_features].any()
    first = comparisons.features[:, 0].tolist()
    values = [
        value if has_features else None
        for value, has_features in zip(first, comparisons.has_features.tolist(), strict=True)
    ]
    rows = zip(comparisons.relation.tolist(), values, strict=True)
    return dict(zip(zip(a.tolist(), b.tolist(), strict=True), rows, strict=True))


@given(rows.flatmap(lambda table: st.tuples(st.just(table), st.permutations(sorted(table)))))
def test_rows_of_a_store_are_put_in_order(drawn: tuple[Rows, list[tuple[int, int]]]) -> None:
    table, order = drawn
    comparisons = Comparisons.from_store(columns(table, order))
    assert read(comparisons) == table
    assert not comparisons.unsaved.any()
    assert [(one.a, one.b, one.relation) for one in columns(table, order).rows()] == [(*p, table[p][0]) for p in order]


@given(rows, rows)
def test_the_upper_of_two_is_seen(lower: Rows, upper: Rows) -> None:
    below, above = (Comparisons.from_store(columns(one, sorted(one))) for one in (lower, upper))
    assert read(below.overlaid_by(above)) == lower | upper


@given(rows, st.lists(pairs))
def test_rows_are_found(table: Rows, asked: list[tuple[int, int]]) -> None:
    comparisons = Comparisons.from_store(columns(table, sorted(table)))
    place = {pair: i for i, pair in enumerate(sorted(table))}
    key = np.array([a << 32 | b for a, b in asked], np.int64)
    assert comparisons.find(key).tolist() == [place.get(pair, -1) for pair in asked]
    assert read(comparisons.related()) == {pair: row for pair, row in table.items() if row[0]}
