"""Comparisons as columns, held equal to a dict of them."""

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


def columns(held: Rows, order: list[tuple[int, int]]) -> PairColumns:
    width = 4 * len(FEATURES)
    told = [held[pair][1] for pair in order]
    return PairColumns(
        np.array([a for a, _ in order], np.int64), np.array([b for _, b in order], np.int64),
        np.array([held[pair][0] for pair in order], np.uint8),
        np.array([0 if value is None else width for value in told], np.int64),
        b"".join(np.full(len(FEATURES), value, "<i4").tobytes() for value in told if value is not None),
    )  # fmt: skip


def read(found: Comparisons) -> Rows:
    assert (np.diff(found.key) > 0).all()
    a, b = found.ends
    assert (found.features == found.features[:, :1]).all()
    assert not found.features[~found.told].any()
    value = [
        one if told else None for one, told in zip(found.features[:, 0].tolist(), found.told.tolist(), strict=True)
    ]
    return dict(
        zip(zip(a.tolist(), b.tolist(), strict=True), zip(found.relation.tolist(), value, strict=True), strict=True)
    )


@given(rows.flatmap(lambda held: st.tuples(st.just(held), st.permutations(sorted(held)))))
def test_rows_of_a_store_are_put_in_order(drawn: tuple[Rows, list[tuple[int, int]]]) -> None:
    held, order = drawn
    found = Comparisons.stored(columns(held, order))
    assert read(found) == held
    assert not found.fresh.any()
    assert [(one.a, one.b, one.relation) for one in columns(held, order).rows()] == [(*p, held[p][0]) for p in order]


@given(rows, rows)
def test_the_upper_of_two_is_seen(lower: Rows, upper: Rows) -> None:
    below, above = (Comparisons.stored(columns(one, sorted(one))) for one in (lower, upper))
    assert read(below.under(above)) == lower | upper


@given(rows, st.lists(pairs))
def test_rows_are_found(held: Rows, asked: list[tuple[int, int]]) -> None:
    found = Comparisons.stored(columns(held, sorted(held)))
    place = {pair: i for i, pair in enumerate(sorted(held))}
    key = np.array([a << 32 | b for a, b in asked], np.int64)
    assert found.find(key).tolist() == [place.get(pair, -1) for pair in asked]
    assert read(found.related()) == {pair: row for pair, row in held.items() if row[0]}
