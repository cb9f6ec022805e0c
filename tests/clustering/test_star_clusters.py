"""Clusters do not chain, excerpts do not bridge: every member is verified against the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.candidates.time_window import Spans, Window
from dedup.clustering import star_clusters
from dedup.clustering.admission import Admission
from dedup.clustering.composites import find_composites
from dedup.clustering.star_clusters import cluster_bodies
from dedup.comparison import align as c
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import EXCERPT, JOINS, NEAR_COPY, NONE, OVERLAP, REWRITE, TEMPLATE, VERSION
from dedup.kernels.union_find import components

Pair = tuple[int, int]
RELATED = st.sampled_from([NEAR_COPY, VERSION, EXCERPT, OVERLAP, NONE])


@dataclass
class World:
    """Bodies with known relations: `truth` of all pairs (a < b), of which only `seen` are candidates."""

    n: int
    truth: Mapping[Pair, int]
    seen: set[Pair] | None = None
    #: Words of bodies, 100 if not said; shingles in common of a pair, 90; where in the longer the shorter begins, 0.
    length: Mapping[int, int] = field(default_factory=dict)
    shared: Mapping[Pair, int] = field(default_factory=dict)
    place: Mapping[Pair, int] = field(default_factory=dict)
    asked: list[Pair] = field(default_factory=list)
    composites: set[int] = field(default_factory=set)

    def verified(self, pairs: list[Pair]) -> RelationTable:
        features = np.zeros((len(pairs), len(c.FEATURES)), np.int32)
        for row, (a, b) in zip(features, pairs, strict=True):
            lengths = self.length.get(a, 100), self.length.get(b, 100)
            row[[c.SIZE_A, c.SIZE_B]] = row[[c.LENGTH_A, c.LENGTH_B]] = lengths
            in_common = 9 * min(lengths) // 10 if self.truth.get((a, b), NONE) != NONE else 0
            row[c.SHARED] = self.shared.get((a, b), in_common)
            row[[c.WORDS_A, c.WORDS_B]] = min(lengths)
            row[c.FIRST_A if lengths[0] > lengths[1] else c.FIRST_B] = self.place.get((a, b), 0)
        a, b = np.array(pairs, np.int64).reshape(-1, 2).T
        relation = np.array([self.truth.get(pair, NONE) for pair in pairs], np.uint8)
        return RelationTable(a, b, features, relation)

    def compare(self, pairs: np.ndarray) -> RelationTable:
        listed = [tuple(pair) for pair in pairs.tolist()]
        assert all(a < b for a, b in listed)
        self.asked += listed
        return self.verified(sorted(listed))

    def clusters(self) -> list[list[int]]:
        pairs = sorted(
            pair for pair in self.truth if self.truth[pair] != NONE and (self.seen is None or pair in self.seen)
        )
        edges, admission = self.verified(pairs), Admission(np.arange(self.n), self.compare)
        composites = find_composites(edges, admission)
        self.composites = set(composites.bodies.tolist())
        found = cluster_bodies(edges, admission, composites)
        joined = {pair for pair, code in self.truth.items() if JOINS[code]}
        assert reference.broken_rules(found, joined) == []
        return found


def test_a_pair() -> None:
    for code in (NEAR_COPY, VERSION, REWRITE):
        assert World(3, {(0, 2): code}).clusters() == [[0, 2]]
    for code in (OVERLAP, TEMPLATE, NONE):
        assert World(3, {(0, 2): code}).clusters() == []
    assert World(0, {}).clusters() == []


def test_a_star_has_its_hub_as_core() -> None:
    assert World(5, {(2, i) if i > 2 else (i, 2): NEAR_COPY for i in (0, 1, 3, 4)}).clusters() == [[2, 0, 1, 3, 4]]


def test_a_chain_of_three_belongs_to_its_middle() -> None:
    """Both ends are verified against the middle, which is the core."""
    assert World(3, {(0, 1): VERSION, (1, 2): VERSION}).clusters() == [[1, 0, 2]]


def test_a_neighbours_neighbour_does_not_belong() -> None:
    """1 lies in 0, the fullest text; 2 is only related to 1."""
    world = World(
        3, {(0, 1): VERSION, (1, 2): VERSION}, length={0: 400, 1: 100, 2: 400}, shared={(0, 1): 100, (1, 2): 10}
    )
    assert world.clusters() == [[0, 1]]
    assert world.asked == [(0, 2)]


def test_a_long_chain_falls_apart() -> None:
    found = World(9, {(i, i + 1): VERSION for i in range(8)}).clusters()
    assert max(map(len, found)) == 3
    assert {m for part in found for m in part} >= {1, 2, 3, 4, 5, 6, 7}


def test_what_leaves_a_core_forms_its_own_cluster() -> None:
    """Two tight groups that one edge joins."""
    groups = [(0, 1, 2, 3), (4, 5, 6)]
    truth = {(a, b): NEAR_COPY for group in groups for a in group for b in group if a < b}
    # 3 is the core of all, for it has most relatives; 4 is verified against it, and 5 and 6 are a pair of their own.
    assert World(7, {**truth, (3, 4): VERSION}).clusters() == [[3, 0, 1, 2, 4], [5, 6]]
    assert sorted(map(sorted, World(7, truth).clusters())) == [[0, 1, 2, 3], [4, 5, 6]]


def test_members_that_were_no_candidates_are_compared_with_the_core() -> None:
    truth = {
        (0, 1): NEAR_COPY,
        (0, 2): NEAR_COPY,
        (1, 2): NEAR_COPY,
        (2, 3): NEAR_COPY,
        (0, 3): VERSION,
        (1, 3): VERSION,
    }
    world = World(4, truth, seen={(0, 1), (1, 2), (2, 3)})
    assert len(world.clusters()) == 1
    assert len(world.clusters()[0]) == 4
    assert world.asked


def test_the_core_is_the_fullest_text() -> None:
    shared = {(0, 1): 60, (0, 2): 60, (1, 2): 60}
    truth = dict.fromkeys(shared, VERSION)
    assert World(3, truth, length={0: 100, 1: 60, 2: 60}, shared=shared).clusters() == [[0, 1, 2]]
    assert World(3, truth, length={0: 60, 1: 60, 2: 100}, shared=shared).clusters() == [[2, 0, 1]]


def test_equal_weights_are_decided_by_fingerprint_then_id() -> None:
    world = World(3, {(0, 1): NEAR_COPY, (0, 2): NEAR_COPY, (1, 2): NEAR_COPY})
    pairs = sorted(world.truth)
    none = find_composites(world.verified(pairs), Admission(np.arange(3), world.compare))
    assert cluster_bodies(world.verified(pairs), Admission(np.array([2, 0, 1]), world.compare), none) == [[1, 0, 2]]
    assert cluster_bodies(world.verified(pairs), Admission(np.array([1, 1, 1]), world.compare), none) == [[0, 1, 2]]


def test_an_excerpt_is_attached_to_the_fuller_text() -> None:
    length = {0: 50}
    assert World(2, {(0, 1): EXCERPT}, length=length).clusters() == [[1, 0]]
    near = {(1, 2): NEAR_COPY}
    both = World(3, {(0, 1): EXCERPT, (0, 2): EXCERPT, **near}, length=length)
    assert both.clusters() == [[1, 0, 2]]
    # It lies in the core, though only the comparison with the other member was asked for.
    one = World(3, {(0, 1): EXCERPT, (0, 2): EXCERPT, **near}, seen={(0, 2), (1, 2)}, length=length)
    assert one.clusters() == [[1, 0, 2]]
    assert one.asked == [(0, 1)]


def test_an_excerpt_of_an_excerpt() -> None:
    """All three in one cluster, where the shortest lies in the longest as well; else two and one."""
    length = {0: 30, 1: 60, 2: 100}
    whole = {(0, 1): EXCERPT, (0, 2): EXCERPT, (1, 2): EXCERPT}
    assert World(3, whole, length=length).clusters() == [[2, 0, 1]]


def test_an_excerpt_in_two_clusters_is_linked_only() -> None:
    truth = {(1, 2): NEAR_COPY, (3, 4): NEAR_COPY, (0, 1): EXCERPT, (0, 3): EXCERPT}
    assert World(5, truth, length={0: 50}).clusters() == [[1, 2], [3, 4]]


def test_a_round_up_does_not_bridge() -> None:
    """4 holds 0 and 2, which have nothing to do with each other and have copies of their own."""
    truth = {(0, 1): NEAR_COPY, (2, 3): NEAR_COPY, (0, 4): EXCERPT, (1, 4): EXCERPT, (2, 4): EXCERPT, (3, 4): EXCERPT}
    assert World(5, truth, length={4: 300}).clusters() == [[0, 1], [2, 3]]


def test_a_round_up_of_lone_stories_joins_none() -> None:
    assert World(4, {(0, 3): EXCERPT, (1, 3): EXCERPT, (2, 3): EXCERPT}, length={3: 500}).clusters() == []


def test_an_excerpt_speaks_for_the_story_it_was_cut_from() -> None:
    """1 was edited so much that 3, re-worded, only relates to 0; that 2 was cut from 0 makes 0 the core."""
    truth = {(0, 1): VERSION, (0, 2): EXCERPT, (1, 2): VERSION, (0, 3): REWRITE}
    world = World(4, truth, length={2: 60}, shared={(0, 1): 60, (0, 2): 60, (1, 2): 35, (0, 3): 5})
    assert world.clusters() == [[0, 1, 2, 3]]


def test_a_page_that_goes_on_beyond_the_story_is_not_its_core() -> None:
    truth = {(0, 1): NEAR_COPY, (0, 2): NEAR_COPY, (1, 2): NEAR_COPY, (0, 3): EXCERPT, (1, 3): EXCERPT, (2, 3): VERSION}
    assert World(4, truth, length={3: 200}).clusters() == [[2, 0, 1, 3]]


def test_what_a_copy_adds_to_a_story_joins_neither() -> None:
    """1 is the story 0 with another item, 2, before it."""
    truth = {(0, 1): NEAR_COPY, (1, 2): EXCERPT}
    world = World(3, truth, length={0: 170, 1: 200, 2: 30}, shared={(0, 1): 170, (1, 2): 30})
    assert world.clusters() == [[0, 1]]
    held = {**truth, (0, 2): EXCERPT}
    world = World(3, held, length={0: 170, 1: 200, 2: 30}, shared={(0, 1): 170, (1, 2): 30, (0, 2): 30})
    assert sorted(world.clusters()[0]) == [0, 1, 2]


def test_a_version_of_one_text_goes_where_it_was_cut_from() -> None:
    """2 was cut from 0; 3, in which all figures were changed, holds half of it."""
    truth = {(0, 1): NEAR_COPY, (0, 2): EXCERPT, (1, 2): EXCERPT, (2, 3): VERSION, (0, 3): TEMPLATE}
    world = World(4, truth, length={2: 50}, shared={(0, 2): 50, (1, 2): 50, (2, 3): 25})
    assert world.clusters() == [[0, 1, 2]]


def test_a_small_item_deep_in_a_long_text_is_linked_only() -> None:
    """One item of a round-up whose other items have no copy in the corpus."""
    deep = World(2, {(0, 1): EXCERPT}, length={1: 600}, place={(0, 1): 400})
    assert deep.clusters() == []
    start = World(2, {(0, 1): EXCERPT}, length={1: 600}, place={(0, 1): 0})
    assert start.clusters() == [[1, 0]]


WORLDS = st.integers(2, 8).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.fixed_dictionaries(
            {
                (a, b): st.sampled_from(
                    [NONE, NONE, NONE, NEAR_COPY, VERSION, EXCERPT, EXCERPT, REWRITE, OVERLAP, TEMPLATE]
                )
                for a in range(n)
                for b in range(a + 1, n)
            }
        ),
        st.lists(st.integers(1, 9).map(lambda x: 100 * x), min_size=n, max_size=n),
        st.lists(st.booleans(), min_size=n * n, max_size=n * n),
    )
)


@settings(max_examples=500)
@given(WORLDS)
def test_every_member_is_verified_against_its_core(drawn: tuple[int, dict[Pair, int], list[int], list[bool]]) -> None:
    n, truth, lengths, coins = drawn
    # An excerpt has a shorter side.
    truth = {
        (a, b): VERSION if code == EXCERPT and lengths[a] == lengths[b] else code for (a, b), code in truth.items()
    }
    seen = {pair for pair, coin in zip(truth, coins, strict=False) if coin}
    world = World(n, truth, seen=seen, length=dict(enumerate(lengths)))
    found = world.clusters()
    clustered = {m for part in found for m in part}
    strong = [p for p, code in truth.items() if p in seen and code in (NEAR_COPY, VERSION, REWRITE)]
    # Nobody is left out who is related to another who is left out, but for texts that hold two stories.
    assert all(a in clustered or b in clustered for a, b in strong if not world.composites & {a, b})
    # Nothing was compared twice, nor what was known.
    assert len(world.asked) == len(set(world.asked))
    assert not set(world.asked) & {pair for pair in seen if truth[pair] != NONE}
    assert found == World(n, truth, seen=seen, length=dict(enumerate(lengths))).clusters()


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(lambda pair: pair[0] != pair[1]), max_size=30))
def test_components_are_those_of_a_walk(pairs: list[Pair]) -> None:
    a, b = np.array(pairs, np.int64).reshape(-1, 2).T
    expected = []
    left = {node for pair in pairs for node in pair}
    while left:
        reached = {min(left)}
        while more := {y for pair in pairs for y in pair if reached & set(pair)} - reached:
            reached |= more
        expected.append(sorted(reached))
        left -= reached
    assert components(25, a, b) == expected


def test_components_of_no_pairs() -> None:
    none = np.zeros(0, np.int64)
    assert components(3, none, none) == components(0, none, none) == []


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda p: p[0] < p[1]), RELATED, max_size=60
    ),
    st.data(),
)
@settings(max_examples=200)
def test_a_large_component_is_split_along_related_pairs(truth: dict[Pair, int], data: st.DataObject) -> None:
    """No chain, nobody in two clusters, and at most two comparisons for each pair that connects."""
    seen = {pair for pair in sorted(truth) if data.draw(st.booleans())}
    world = World(15, truth, seen=seen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(star_clusters, "LARGE", 2)
        patch.setattr(star_clusters, "attach_excerpts", lambda clusters, edges, admission: clusters)
        found = world.clusters()
    strong = {pair for pair in seen if JOINS[truth[pair]] and truth[pair] != EXCERPT}
    asked = world.asked
    assert len(asked) == len(set(asked)) <= 2 * len(strong)
    home = {body: part[0] for part in found for body in part}
    # Whoever is left alone is related to nobody else who is: they would have begun a cluster of their own.
    assert not [pair for pair in strong if pair[0] not in home and pair[1] not in home]


def test_a_core_is_not_compared_with_what_nobody_of_its_own_is_related_to() -> None:
    """A chain of 300 bodies, each a near copy of the next: cores take their neighbours."""
    chain = {(i, i + 1): NEAR_COPY for i in range(299)}
    world = World(300, chain)
    found = world.clusters()
    assert {len(part) for part in found} <= {2, 3}
    assert len(world.asked) < 300
    star = {(0, i): NEAR_COPY for i in range(1, 300)}
    assert [len(part) for part in World(300, star).clusters()] == [300]


@given(
    st.lists(st.tuples(st.one_of(st.just(np.nan), st.integers(0, 20)), st.integers(0, 4)), min_size=4, max_size=8),
    st.integers(1, 12),
    st.data(),
)
def test_spans_say_what_admit_says(times: list[tuple[float, int]], width: int, data: st.DataObject) -> None:
    first = np.array([time for time, _ in times], np.float64)
    window = Window(first, first + [min(more, width) for _, more in times], float(width))
    spans, inside = Spans(window), [0]
    for body in data.draw(st.permutations(range(1, len(times)))):
        fits = spans.add(0, inside, [body])
        assert fits == (window.admit(inside, [body]) == [body])
        inside += [body] if fits else []
