"""Tables of results: what is written from columns is what their items say, whatever the texts."""

from __future__ import annotations

import pickle
from itertools import accumulate
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.comparison.relate import EXCERPT, IDENTICAL, NEAR_COPY, REWRITE, VERSION
from dedup.model import Evidence, Origin
from dedup.results import tables
from dedup.results.assemble import NO_LAG, ClusterColumns
from dedup.results.tables import ClusterTable, Names, OriginTable, PairTable

#: What might be mistaken for the end of a value.
words = st.lists(st.sampled_from([*'a",\\[]{}:\n\r\x00 é中', "\u2028", '",\n  "']), max_size=6).map("".join)
maybe = st.none() | words
shares = st.integers(0, 10_000)


@st.composite
def origins(draw: st.DrawFn) -> Origin:
    found = st.builds(Evidence, maybe, words, words, maybe, st.sampled_from([4.0, -1.1, 0.5]))
    evidence = tuple(draw(st.lists(found, max_size=3)))
    return Origin(draw(maybe), "outlet", draw(maybe), draw(st.booleans()), draw(shares) / 10_000, evidence)


@st.composite
def cluster_tables(draw: st.DrawFn) -> ClusterTable:
    sizes = draw(st.lists(st.integers(2, 5), max_size=4))
    m = sum(sizes)
    n = m + draw(st.integers(0, 3))

    def column(values: st.SearchStrategy[Any], size: int = m) -> list[Any]:
        return draw(st.lists(values, min_size=size, max_size=size))

    ids = column(words, n)
    texts = {name: pa.array(column(maybe, n), pa.large_string()) for name in ("url", "domain", "title", "published")}
    found = ClusterColumns(
        np.array([0, *accumulate(sizes)]),
        np.array(draw(st.permutations(range(n)))[:m], np.int64),
        np.array(column(st.sampled_from([IDENTICAL, NEAR_COPY, VERSION, EXCERPT, REWRITE])), np.uint8),
        np.array(column(st.sampled_from([0, 1, -1])), np.int8),
        np.array(column(shares), np.int64),
        np.array(column(shares), np.int64),
        np.array(column(st.just(NO_LAG) | st.integers(-5, 10**9)), np.int64),
        column(origins(), len(sizes)),
        [share / 10_000 for share in column(shares, len(sizes))],
    )
    return ClusterTable(Names(ids), pa.table(texts), found)


@given(cluster_tables(), st.sampled_from([1, 2, 4096]))
@settings(deadline=None, max_examples=60)
def test_clusters_are_written_as_they_are(table: ClusterTable, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "BLOCK", block)
        found = list(table)
        lines = b"".join(table.lines())
    assert lines == b"".join(orjson.dumps(c.to_dict(), option=orjson.OPT_APPEND_NEWLINE) for c in found)
    assert [c.size for c in found] == table.columns.sizes.tolist()
    assert all(
        [m.role == "canonical" for m in c.members] == [True] + [False] * (c.size - 1) for c in found
    )  # the first, and no other
    assert list(table.copies()) == [(m.domain, c.origin.name, m.lag_seconds) for c in found for m in c.members[1:]]
    assert [c.canonical.id for c in found] == [table.names.values[rank] for rank in table.columns.canonical]


@given(cluster_tables())
@settings(deadline=None, max_examples=30)
def test_clusters_are_a_sequence(table: ClusterTable) -> None:
    found = list(table)
    assert table == found
    assert table != [*found, None]
    assert pickle.loads(pickle.dumps(table)) == table
    assert [table[i] for i in range(-len(found), len(found))] == found + found
    assert table[1:] == found[1:]
    assert table[::-2] == found[::-2]
    assert list(reversed(table)) == found[::-1]
    assert bool(table) == bool(found)
    for outside in (len(found), -len(found) - 1):
        with pytest.raises(IndexError):
            table[outside]


@given(st.data(), st.sampled_from([1, 3, 4096]))
@settings(deadline=None, max_examples=60)
def test_pairs_are_written_as_they_are(data: st.DataObject, block: int) -> None:
    ids = data.draw(st.lists(words, min_size=2, max_size=5))
    rank = st.integers(0, len(ids) - 1)
    row = st.tuples(
        rank, rank, st.integers(1, 7), st.sampled_from([0, 1, -1]), st.sampled_from([0, 1, -1]),
        st.integers(0, 60), st.integers(60, 99), st.integers(60, 10**6), st.integers(0, 10**6),
        st.integers(0, 10_000),
    )  # fmt: skip
    rows = np.array(data.draw(st.lists(row, max_size=8)), np.int64).reshape(-1, 10)
    a, b, relation, direction, newer, *numbers = rows.T
    table = PairTable(
        Names(ids), a, b, relation.astype(np.uint8), direction.astype(np.int8), newer.astype(np.int8), *numbers
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "BLOCK", block)
        found = list(table)
        lines = b"".join(table.lines())
    assert lines == b"".join(orjson.dumps(p.to_dict(), option=orjson.OPT_APPEND_NEWLINE) for p in found)
    assert [(p.a, p.b, p.longest_run) for p in found] == [(ids[r[0]], ids[r[1]], r[8]) for r in rows.tolist()]
    assert [p.probability for p in found] == [r[9] / 10_000 for r in rows.tolist()]
    assert [table[i] for i in range(-len(found), len(found))] == found + found
    assert table[1:] == found[1:]
    with pytest.raises(IndexError):
        table[len(found)]


@given(st.data(), st.sampled_from([1, 3, 4096]))
@settings(deadline=None, max_examples=60)
def test_origins_are_written_as_they_are(data: st.DataObject, block: int) -> None:
    ids = data.draw(st.lists(words, max_size=7))
    known = data.draw(st.lists(origins(), max_size=3))
    cluster = data.draw(st.lists(st.integers(-1, len(known) - 1), min_size=len(ids), max_size=len(ids)))
    alone = [rank for rank, number in enumerate(cluster) if number < 0]
    single = {rank: data.draw(origins()) for rank in alone if data.draw(st.booleans())}
    unknown = data.draw(st.lists(origins(), min_size=1, max_size=3))
    which = [data.draw(st.integers(0, len(unknown) - 1)) for _ in ids]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "BLOCK", block)
        table = OriginTable(Names(ids), np.array(cluster, np.int64), known, single, unknown, np.array(which, np.int64))
        lines = b"".join(table.lines())
    expected = []
    for rank, (name, number) in enumerate(zip(ids, cluster, strict=True)):
        origin = known[number] if number >= 0 else single.get(rank, unknown[which[rank]])
        expected.append(
            {
                "id": name,
                "cluster": f"c{number + 1:06d}" if number >= 0 else None,
                "origin": origin.to_dict(),
                "evidence": [e.to_dict() for e in origin.evidence],
            }
        )
    assert lines == b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in expected)
