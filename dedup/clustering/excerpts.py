"""Attach excerpts to the clusters of their containers, and move bodies that fit another cluster better.

An excerpt is attached to the one cluster that contains it. An excerpt that lies in two clusters, or in a round-up of
foreign items, is only linked: it must not join two stories. At last a body moves to another cluster if its containment
there is at least REASSIGN_GAIN higher than in its core.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.time_window import Spans
from dedup.clustering.admission import Admission
from dedup.comparison import align as c
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import EXCERPT, JOINS
from dedup.kernels.union_find import cross_join_ranges

Ints = NDArray[np.int64]

#: A longer text may be a round-up where an excerpt covers less of it (per mille of its words), and does not stand at
#: its beginning: it starts behind this share of the words (per mille). Such an excerpt is only linked.
ROUND_UP_SHARE = 350
ROUND_UP_PLACE = 200
#: A story lies whole in a text that holds this share of its shingles (millionths). The text goes beyond the story where
#: the story is shorter than this share of it (per mille). An excerpt of the text is foreign to the story where less
#: than this share of its shingles lies in the story (millionths).
WHOLE, BEYOND, FOREIGN = 950_000, 950, 200_000
#: A body moves from its core to another text where so much more of it lies there (millionths of its shingles).
REASSIGN_GAIN = 300_000
#: Pairs of excerpts and stories that are looked at together.
PAIRS_AT_A_TIME = 1 << 18


def contained(features: NDArray[np.int32]) -> tuple[Ints, Ints]:
    """For each pair the share of a's shingles in b, and of b's in a, in millionths."""
    shared, size_a, size_b = features[:, [c.SHARED, c.SIZE_A, c.SIZE_B]].astype(np.int64).T
    return shared * 1_000_000 // np.maximum(1, size_a), shared * 1_000_000 // np.maximum(1, size_b)


def is_small_and_deep(words: Ints, place: Ints, length: Ints) -> NDArray[np.bool_]:
    """Whether parts of so many words, at these places, are small in texts of this length, and not their beginning."""
    return (1000 * words < ROUND_UP_SHARE * length) & (1000 * place > ROUND_UP_PLACE * length)


def attach_excerpts(clusters: Sequence[Sequence[int]], edges: RelationTable, admission: Admission) -> list[list[int]]:
    """Clusters with the excerpts that belong to them, each with its core first, then ascending.

    clusters: bodies, the core first. edges: the compared pairs; pairs that are compared on the way are added.
    """
    rows = np.flatnonzero(edges.relation == EXCERPT)
    if len(rows) == 0:
        return [list(part) for part in clusters]
    assignment = _Assignment(clusters, edges, admission)
    short_is_a = edges.features[rows, c.LENGTH_A] < edges.features[rows, c.LENGTH_B]
    short = np.where(short_is_a, edges.a[rows], edges.b[rows])
    long = np.where(short_is_a, edges.b[rows], edges.a[rows])
    words = np.where(short_is_a, edges.features[rows, c.LENGTH_A], edges.features[rows, c.LENGTH_B])
    usable = ~_in_round_ups(rows, short, long, assignment.cluster_of, edges)
    assignment.attach(short, long, words, usable)
    assignment.reassign(short[usable], long[usable])
    return assignment.clusters()


class _Assignment:
    """Bodies with the cores of their clusters, while excerpts are attached.

    cluster_of (n,) int64: the core of each body's cluster, the body itself where it is in none.
    """

    def __init__(self, clusters: Sequence[Sequence[int]], edges: RelationTable, admission: Admission) -> None:
        self._edges, self._compare = edges, admission.compare
        self._members = {part[0]: set(part) for part in clusters}
        self._spans = Spans(admission.window)
        self.cluster_of = np.arange(len(admission.fingerprint_rank))
        for part in clusters:
            self.cluster_of[list(part)] = part[0]

    def clusters(self) -> list[list[int]]:
        """The clusters of two bodies or more, by core."""
        members = self._members
        return [[core, *sorted(members[core] - {core})] for core in sorted(members) if len(members[core]) > 1]

    def attach(self, short: Ints, long: Ints, words: Ints, usable: NDArray[np.bool_]) -> None:
        """Attach clusters whose members are excerpts, longest first.

        So an excerpt of an excerpt finds the text that both are from. short, long (m,): excerpts and their containers;
        words (m,): of the excerpts; usable (m,): whether the container may take the excerpt in.
        """
        cluster_of = self.cluster_of
        containers: dict[int, set[int]] = defaultdict(set)
        length: dict[int, int] = {}
        apart = usable & (cluster_of[short] != cluster_of[long])
        columns = (cluster_of[short].tolist(), long.tolist(), apart.tolist(), words.tolist())
        for core, container, is_outside, count in zip(*columns, strict=True):
            length[core] = max(length.get(core, 0), count)
            if is_outside:
                containers[core].add(container)
        self._compare_ahead(containers)
        for core in sorted(containers, key=lambda x: (-length[x], x)):
            targets = {int(cluster_of[container]) for container in containers[core]} - {core}
            if len(targets) == 1 and cluster_of[core] == core:
                self._merge(core, *targets)

    def _compare_ahead(self, containers: dict[int, set[int]]) -> None:
        """Compare members with the core of the one cluster they lie in, all at once: most of these pairs are needed."""
        pairs = []
        for core, holders in containers.items():
            targets = {int(self.cluster_of[holder]) for holder in holders}
            if len(targets) == 1:
                (target,) = targets
                pairs += [(target, member) for member in self._members.get(core, {core})]
        self._edges.complete(np.array(pairs, np.int64), self._compare)

    def _merge(self, core: int, target: int) -> None:
        """Merge a cluster, or a single body, into the cluster of `target` if all its members relate to that core."""
        edges = self._edges
        members, whole = self._members.get(core, {core}), self._members.get(target, {target})
        edges.complete(np.array([(target, member) for member in members], np.int64), self._compare)
        if edges.are_joining(target, members) and self._spans.add(target, whole, members):
            self._members[target] = whole
            whole |= members
            self._members.pop(core, None)
            self.cluster_of[list(members)] = target

    def reassign(self, short: Ints, long: Ints) -> None:
        """Move a body to another cluster if its containment there is at least REASSIGN_GAIN higher."""
        edges, cluster_of = self._edges, self.cluster_of
        rows = np.flatnonzero((cluster_of[short] != short) & (cluster_of[short] != cluster_of[long]))
        short, long = short[rows], long[rows]
        gains = _shares(edges, short, long) >= _shares(edges, short, cluster_of[short]) + REASSIGN_GAIN
        targets: dict[int, set[int]] = defaultdict(set)
        for body, target in zip(short[gains].tolist(), cluster_of[long[gains]].tolist(), strict=True):
            targets[body].add(target)
        for body in sorted(targets):
            (target, *others) = targets[body]
            whole = self._members.get(target, {target})
            if not others and edges.are_joining(target, [body]) and self._spans.add(target, whole, [body]):
                core = int(cluster_of[body])
                self._members[core].remove(body)
                self._spans.forget(core)
                self._members[target] = whole
                whole.add(body)
                cluster_of[body] = target


def _in_round_ups(rows: Ints, short: Ints, long: Ints, cluster_of: Ints, edges: RelationTable) -> NDArray[np.bool_]:
    """Which excerpt pairs (m,) lie in a round-up.

    A round-up is a text that holds two unrelated texts, or of which the excerpt is a small part and not the beginning.
    rows (m,): of `edges`; short, long (m,): excerpts and containers.
    """
    columns = [[c.WORDS_B, c.LENGTH_B, c.FIRST_B], [c.WORDS_A, c.LENGTH_A, c.FIRST_A]]
    of_a, of_b = (edges.features[rows][:, own].astype(np.int64).T for own in columns)
    long_words, long_length, place = np.where(short == edges.a[rows], of_a, of_b)
    small = is_small_and_deep(long_words, place, long_length)
    unrelated = np.isin(long, _holding_unrelated(short, long, cluster_of, edges))
    return small | unrelated | _beside_whole_story(short, long, edges)


def _holding_unrelated(short: Ints, long: Ints, cluster_of: Ints, edges: RelationTable) -> Ints:
    """The containers that hold two unrelated excerpts of different clusters."""
    # Of the excerpts of one cluster in one container the last is taken.
    order = np.lexsort((np.arange(len(short)), cluster_of[short], long))
    last = np.append((np.diff(long[order]) != 0) | (np.diff(cluster_of[short][order]) != 0), True)
    order = order[last]
    order = order[np.lexsort((short[order], long[order]))]
    part, holder = short[order], long[order]
    first = np.flatnonzero(np.diff(holder, prepend=-1))
    count = np.diff(np.append(first, len(holder)))
    containers = [np.zeros(0, np.int64)]
    # The first with all others, and only of the few containers that are left, all with all.
    first_part, other, _ = cross_join_ranges(first, np.minimum(count, 1), first, count)
    for all_pairs in (False, True):
        if all_pairs:
            open_ = ~np.isin(holder[first], containers[0])
            # An excerpt that was compared with fewer bodies than the container has others is not related to one.
            few = open_ & (np.minimum.reduceat(_comparisons(edges, len(cluster_of))[part], first) < count - 1)
            containers.append(holder[first[few]])
            open_ &= ~few
            first_part, other, _ = cross_join_ranges(first[open_], count[open_], first[open_], count[open_])
        later = first_part < other
        first_part, other = first_part[later], other[later]
        row = edges.rows_of(part[first_part], part[other])
        containers.append(holder[first_part[(row < 0) | ~JOINS[edges.relation[row]]]])
        containers = [np.unique(np.concatenate(containers))]
    return containers[0]


def _beside_whole_story(short: Ints, long: Ints, edges: RelationTable) -> NDArray[np.bool_]:
    """Which excerpts (m,) stand where their container goes beyond another story that it holds whole.

    The container tells that story, and the excerpt is no part of it.
    """
    rows = np.flatnonzero(JOINS[edges.relation] & (edges.relation != EXCERPT))
    features = edges.features[rows]
    lengths = features[:, [c.LENGTH_A, c.LENGTH_B]].astype(np.int64)
    a_is_long = lengths[:, 0] > lengths[:, 1]
    a_in_b, b_in_a = contained(features)
    whole = (np.where(a_is_long, b_in_a, a_in_b) >= WHOLE) & (1000 * lengths.min(1) < BEYOND * lengths.max(1))
    whole &= np.isin(np.where(a_is_long, edges.a[rows], edges.b[rows]), long)
    x, y, a_is_long = edges.a[rows[whole]], edges.b[rows[whole]], a_is_long[whole]
    holder, story = np.where(a_is_long, x, y), np.where(a_is_long, y, x)
    order = np.argsort(holder, kind="stable")
    holder, story = holder[order], story[order]
    low, high = np.searchsorted(holder, long), np.searchsorted(holder, long, "right")
    # An excerpt that was compared with fewer bodies than there are stories is not part of one of them.
    out = high - low > _comparisons(edges, int(short.max(initial=0)) + 1)[short] + 1
    high = np.where(out, low, high)
    # Some at a time, for a text that goes beyond many may hold many excerpts.
    for some in np.array_split(np.flatnonzero(high > low), 1 + int((high - low).sum()) // PAIRS_AT_A_TIME):
        excerpt, other, _ = cross_join_ranges(some, np.ones_like(some), low[some], (high - low)[some])
        out[excerpt[_shares(edges, short[excerpt], story[other]) < FOREIGN]] = True
    return out


def _comparisons(edges: RelationTable, n: int) -> Ints:
    """The least number of bodies with which each body 0..n-1 was compared (n,).

    It is a least number since unrelated pairs may not be in the table.
    """
    return np.bincount(np.concatenate([edges.a, edges.b]), minlength=n)


def _shares(edges: RelationTable, x: Ints, y: Ints) -> Ints:
    """The share of each x's shingles that lies in its y (m,), in millionths; 0 where the pair is not in the table."""
    if len(edges) == 0:
        return np.where(x == y, 1_000_000, 0)
    row = edges.rows_of(x, y)
    a_in_b, b_in_a = contained(edges.features[row])
    return np.where(x == y, 1_000_000, np.where(row < 0, 0, np.where(x < y, a_in_b, b_in_a)))
