"""What clusters ask of all pairs at once, held equal to asking it of one pair after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.clustering import cores, excerpts
from dedup.clustering.admission import Admission
from dedup.clustering.excerpts import BEYOND, FOREIGN, REASSIGN_GAIN, WHOLE
from dedup.comparison import align as c
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import EXCERPT, JOINS, NEAR_COPY, NONE, OVERLAP, VERSION
from dedup.kernels.union_find import components

N = 7
CODES = (NONE, NEAR_COPY, VERSION, EXCERPT, EXCERPT, OVERLAP)


@st.composite
def compared(draw: st.DrawFn) -> RelationTable:
    """Some pairs of N bodies, of which one at least is an excerpt, in any order."""
    pairs = draw(
        st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda p: p[0] < p[1]), unique=True)
    )
    pairs = [(0, 1), *(pair for pair in pairs if pair != (0, 1))]
    a, b = np.array(pairs, np.int64).T
    codes = [EXCERPT, *(draw(st.sampled_from(CODES)) for _ in pairs[1:])]
    features = np.zeros((len(pairs), len(c.FEATURES)), np.int32)
    length = [draw(st.sampled_from((10, 50, 90, 100, 200))) for _ in range(N)]
    for row, (x, y) in zip(features, pairs, strict=True):
        row[[c.LENGTH_A, c.LENGTH_B]] = row[[c.SIZE_A, c.SIZE_B]] = length[x], length[y]
        row[c.SHARED] = draw(st.integers(0, 20)) * min(length[x], length[y]) // 20
    order = draw(st.permutations(range(len(pairs))))
    found = RelationTable(a, b, features, np.array(codes, np.uint8)).filter(np.array(order))  # type: ignore[arg-type]
    if draw(st.booleans()):
        return found
    # In two parts, of which the second comes when the first was asked for already.
    half = np.arange(len(found)) < len(found) // 2
    grown = found.filter(half)
    grown.rows_of(np.array([0]), np.array([1]))
    grown.extend(found.filter(~half))
    return grown


def no_comparison(pairs: np.ndarray) -> RelationTable:
    raise AssertionError("nothing is compared here")


homes = st.lists(st.integers(0, N - 1), min_size=N, max_size=N).map(lambda home: np.array(home, np.int64))


def row_of(edges: RelationTable, x: int, y: int) -> int:
    pairs = [{a, b} for a, b in zip(edges.a.tolist(), edges.b.tolist(), strict=True)]
    return pairs.index({x, y}) if {x, y} in pairs else -1


def share(edges: RelationTable, x: int, y: int) -> int:
    """The share of x's shingles that lie in y."""
    if x == y:
        return 1_000_000
    row = row_of(edges, x, y)
    size = edges.features[row, c.SIZE_A if x < y else c.SIZE_B]
    return 0 if row < 0 else int(edges.features[row, c.SHARED]) * 1_000_000 // max(1, int(size))


def joined(edges: RelationTable, x: int, y: int) -> bool:
    row = row_of(edges, x, y)
    return row >= 0 and bool(JOINS[edges.relation[row]])


def excerpt_pairs(edges: RelationTable) -> tuple[np.ndarray, np.ndarray]:
    """The shorter and the longer body of all excerpts."""
    rows = np.flatnonzero(edges.relation == EXCERPT)
    short_is_a = edges.features[rows, c.LENGTH_A] < edges.features[rows, c.LENGTH_B]
    a, b = edges.a[rows], edges.b[rows]
    return np.where(short_is_a, a, b), np.where(short_is_a, b, a)


def slow_foreign(short: np.ndarray, long: np.ndarray, home: np.ndarray, edges: RelationTable) -> set[int]:
    held: dict[int, dict[int, int]] = defaultdict(dict)
    for s, holder in zip(short.tolist(), long.tolist(), strict=True):
        held[holder][int(home[s])] = s
    return {
        holder
        for holder, last in held.items()
        if any(not joined(edges, x, y) for x in last.values() for y in last.values() if x < y)
    }


def slow_added(short: np.ndarray, long: np.ndarray, edges: RelationTable) -> list[bool]:
    stories: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(JOINS[edges.relation] & (edges.relation != EXCERPT)).tolist():
        x, y = int(edges.a[row]), int(edges.b[row])
        of_x, of_y = edges.features[row, [c.LENGTH_A, c.LENGTH_B]].tolist()
        holder, story = (x, y) if of_x > of_y else (y, x)
        if share(edges, story, holder) >= WHOLE and 1000 * min(of_x, of_y) < BEYOND * max(of_x, of_y):
            stories[holder].append(story)
    return [
        any(share(edges, part, story) < FOREIGN for story in stories[holder])
        for part, holder in zip(short.tolist(), long.tolist(), strict=True)
    ]


@given(compared())
def test_rows_are_found(edges: RelationTable) -> None:
    x, y = (side.ravel() for side in np.meshgrid(np.arange(N), np.arange(N)))
    want = [row_of(edges, i, j) if i != j else -1 for i, j in zip(x.tolist(), y.tolist(), strict=True)]
    assert edges.rows_of(x, y).tolist() == want
    assert [edges.are_joining(i, [j]) for i in range(N) for j in range(N)] == [
        joined(edges, i, j) for i in range(N) for j in range(N)
    ]
    missing = {(i, j) for i, j, row in zip(x.tolist(), y.tolist(), want, strict=True) if i < j and row < 0}
    apart = np.stack([x, y], 1)[x != y]
    assert edges.uncompared(apart).tolist() == [list(pair) for pair in sorted(missing)]
    assert edges.uncompared(np.zeros((0, 2), np.int64)).shape == (0, 2)


@given(compared())
def test_shares(edges: RelationTable) -> None:
    x, y = (side.ravel() for side in np.meshgrid(np.arange(N), np.arange(N)))
    want = [share(edges, i, j) for i, j in zip(x.tolist(), y.tolist(), strict=True)]
    assert excerpts._shares(edges, x, y).tolist() == want
    assert excerpts._shares(edges.filter(np.zeros(len(edges), np.bool_)), x, y).tolist() == [
        1_000_000 * (i == j) for i, j in zip(x.tolist(), y.tolist(), strict=True)
    ]


@given(compared(), homes)
def test_containers_of_strangers(edges: RelationTable, home: np.ndarray) -> None:
    short, long = excerpt_pairs(edges)
    found = excerpts._holding_unrelated(short, long, home, edges).tolist()
    assert found == sorted(slow_foreign(short, long, home, edges))


@pytest.mark.parametrize("at_once", [1, 1 << 18])
@given(edges=compared())
def test_excerpts_of_what_was_added(at_once: int, edges: RelationTable) -> None:
    short, long = excerpt_pairs(edges)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(excerpts, "PAIRS_AT_A_TIME", at_once)
        assert excerpts._beside_whole_story(short, long, edges).tolist() == slow_added(short, long, edges)


@given(compared(), homes)
def test_who_goes_elsewhere(edges: RelationTable, home: np.ndarray) -> None:
    """Bodies that stand in a cluster, but far more in one text of another, go there."""
    short, long = excerpt_pairs(edges)
    home = np.minimum(home, home[home])  # whoever leads is at home with itself
    home[home] = home
    groups = {core: [core, *(m for m in range(N) if home[m] == core and m != core)] for core in set(home.tolist())}
    want: dict[int, set[int]] = defaultdict(set)
    for s, holder in zip(short.tolist(), long.tolist(), strict=True):
        core, target = int(home[s]), int(home[holder])
        if core not in (s, target) and share(edges, s, holder) >= share(edges, s, core) + REASSIGN_GAIN:
            want[s].add(target)
    assignment = excerpts._Assignment(list(groups.values()), edges, Admission(np.arange(N), no_comparison))
    assert assignment.cluster_of.tolist() == home.tolist()
    assignment.reassign(short, long)
    moved = assignment.cluster_of
    for body in range(N):
        (target, *others) = want.get(body, {int(home[body])})
        goes = body in want and not others and joined(edges, target, body)
        assert moved[body] == (target if goes else home[body])


@given(compared(), st.permutations(range(N)))
def test_cores(edges: RelationTable, tie: list[int]) -> None:
    rows = np.flatnonzero(JOINS[edges.relation])
    parts = components(N, edges.a[rows], edges.b[rows])
    weight: dict[int, int] = defaultdict(int)
    for row in rows.tolist():
        x, y = int(edges.a[row]), int(edges.b[row])
        shared, size_x, size_y = edges.features[row, [c.SHARED, c.SIZE_A, c.SIZE_B]].tolist()
        alike = shared * 1_000_000 // max(1, size_x + size_y - shared)
        excerpt = edges.relation[row] == EXCERPT
        weight[x] += alike if excerpt else share(edges, y, x)
        weight[y] += alike if excerpt else share(edges, x, y)
    key: Callable[[int], tuple[int, int, int]] = lambda m: (-weight[m], tie[m], m)  # noqa: E731
    want = [min(part, key=key) for part in parts]
    assert cores.choose_cores(parts, edges, rows, Admission(np.array(tie), no_comparison)).tolist() == want
