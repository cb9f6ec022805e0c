"""Composites: texts that hold two stories, such as digests, live pages and round-ups, do not join them.

A body is a composite where two bodies related to it share nothing with each other, and have room beside each other in
it: one cannot be a state of the other. It does not matter which relation they have to it: what an editor changed is a
`version` of a digest that holds it, and would make one cluster of all its items. A composite is linked to its stories,
and is neither a member nor the core of their clusters. Only where it is a near copy of one, with a small item of
another beside it, it is a member of that story's cluster, and never its core or canonical copy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.time_window import Spans
from dedup.clustering.admission import Admission
from dedup.clustering.excerpts import is_small_and_deep
from dedup.clustering.linked_table import LinkedTable
from dedup.comparison import align as c
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import EXCERPT, JOINS, NEAR_COPY
from dedup.kernels.union_find import cross_join_ranges, group_within_lists

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Two bodies have room in a text where their words in it are at most this share of its words (per mille): a few words
#: by chance count for both.
ROOM = 1050
#: Two states of one passage share so much of what the edits of both leave (per mille): 235 or more in generated copies,
#: of which one in three words was changed; parts of digests have 7 at most, and up to 140 with one paragraph of
#: background in common.
SAME_PASSAGE = 150
#: Shingles of the longest run that do not count: a name with its titles has up to 25 words in Arabic. A run of n words
#: has RUN_IN_SHINGLES fewer shingles.
PHRASE, RUN_IN_SHINGLES = 21, 4
#: Groups of parts that are compared with all others of one text, the first in the order of `_Holding`.
COMPARED_GROUPS = 8
#: A longer text is a round-up where an edited body covers less of it (per mille of its words), and does not stand at
#: its beginning (see `excerpts`). Such a pair is only linked. Items of live pages, columns and highlights had up to
#: 180; a take of an agency's story in a later one, under the captions of many pictures, had 197. In a text that is a
#: round-up because of an excerpt, the share for excerpts counts.
EDITED_SHARE = 150


class Composites(NamedTuple):
    """Which bodies (ascending) are composites, the rows (ascending) of the pairs that do not join a cluster, and the
    body that a composite is a near copy of, by composite."""

    bodies: Ints
    rows: Ints
    home: dict[int, int]


class _Holding(NamedTuple):
    """Pairs that may join, (m,) each, from the side of one body, the holder: by holder, parts of more than half of it
    first, then those with the most in common.

    row: in the table; part: the other body; length: words of the holder; words: those that are aligned with the part;
    shared: shingles in common.
    """

    row: Ints
    holder: Ints
    part: Ints
    length: Ints
    words: Ints
    shared: Ints

    @classmethod
    def with_room(cls, edges: RelationTable, rank: Ints) -> _Holding:
        """The pairs of holders that have room for two parts, and of these those that have room beside the smallest.

        rank (n,): decides between parts with as much in common.
        """
        row = np.flatnonzero(JOINS[edges.relation])
        columns = [c.LENGTH_A, c.WORDS_A, c.LENGTH_B, c.WORDS_B, c.SHARED]
        length_a, words_a, length_b, words_b, shared = (edges.features[row, i] for i in columns)
        holder = np.concatenate([edges.a[row], edges.b[row]])
        length = np.concatenate([length_a, length_b]).astype(np.int64)
        words = np.concatenate([words_a, words_b]).astype(np.int64)
        smallest = np.full(len(rank), np.iinfo(np.int64).max >> 11)
        np.minimum.at(smallest, holder, words)
        fits = np.flatnonzero(has_room(words, smallest[holder], length))
        # The smallest part does not stand beside itself.
        fits = fits[(np.bincount(holder[fits], minlength=len(rank)) > 1)[holder[fits]]]
        part = np.concatenate([edges.b[row], edges.a[row]])[fits]
        row, shared = np.tile(row, 2)[fits], np.tile(shared, 2)[fits].astype(np.int64)
        holder, length, words = holder[fits], length[fits], words[fits]
        order = np.lexsort((rank[part], -shared, 2 * words <= length, holder))
        return cls(*(column[order] for column in (row, holder, part, length, words, shared)))

    def take(self, keep: Bools) -> _Holding:
        """Some of the pairs."""
        return _Holding(*(column[keep] for column in self))


def has_room(words_x: Ints, words_y: Ints, length: Ints) -> Bools:
    """Whether two parts have room in a text; words_x, words_y: their words in it, length: its words."""
    return 1000 * (words_x + words_y) <= ROOM * length


def find_composites(edges: RelationTable, admission: Admission) -> Composites:
    """Find the composites among related bodies; pairs of their parts that are compared on the way are added to `edges`.

    A composite may hold another one, which then connects its parts: when the pairs of the smaller one have been set
    apart, the larger one is looked at again. The order of pairs does not matter.
    """
    apart = _deep_in_longer(edges)
    deep = np.flatnonzero(apart)
    length_a, length_b = edges.features[deep, c.LENGTH_A], edges.features[deep, c.LENGTH_B]
    bodies = [np.where(length_a > length_b, edges.a[deep], edges.b[deep])]
    home: dict[int, int] = {}
    holding = _Holding.with_room(edges, admission.fingerprint_rank)
    again = np.ones(len(holding.row), np.bool_)
    while again.any():
        pairs = holding.take(again)
        pairs = pairs.take(_beside_another(pairs, edges, apart, admission))
        apart = np.append(apart, np.zeros(len(edges) - len(apart), np.bool_))
        pairs = pairs.take(~apart[pairs.row])
        apart[pairs.row] = True
        bodies.append(pairs.holder)
        near = edges.relation[pairs.row] == NEAR_COPY
        for holder, part in zip(pairs.holder[near].tolist(), pairs.part[near].tolist(), strict=True):
            home.setdefault(holder, part)
        again = np.isin(holding.holder, holding.holder[np.isin(holding.part, pairs.holder)])
    return Composites(np.unique(np.concatenate(bodies)), np.flatnonzero(apart), home)


def _deep_in_longer(edges: RelationTable) -> Bools:
    """Which versions (m,) are a small part of a longer text, and not its beginning."""
    f = edges.features
    a_is_long = f[:, c.LENGTH_A] > f[:, c.LENGTH_B]
    columns = ((c.LENGTH_A, c.LENGTH_B), (c.WORDS_A, c.WORDS_B), (c.FIRST_A, c.FIRST_B))
    length, words, first = (np.where(a_is_long, f[:, i], f[:, j]).astype(np.int64) for i, j in columns)
    deep = JOINS[edges.relation] & is_small_and_deep(words, first, length)
    holder = np.where(a_is_long, edges.a, edges.b)
    is_excerpt = edges.relation == EXCERPT
    in_round_up = np.isin(holder, holder[deep & is_excerpt])
    return deep & ~is_excerpt & (in_round_up | (1000 * words < EDITED_SHARE * length))


def _beside_another(pairs: _Holding, edges: RelationTable, apart: Bools, admission: Admission) -> Bools:
    """Which pairs (m,) are of a part that shares nothing with another part of its holder, and has room beside it.

    apart (rows,): pairs that do not connect parts. Parts that are connected with each other are of one story, but not
    by one that is more than half of the holder: a digest like it connects all that both hold.
    """
    node, place = np.unique(pairs.part, return_inverse=True)
    rows = np.flatnonzero(JOINS[edges.relation[: len(apart)]] & ~apart)
    x, y = (np.searchsorted(node, side[rows]) for side in (edges.a, edges.b))
    x, y = np.minimum(x, len(node) - 1), np.minimum(y, len(node) - 1)
    inside = (node[x] == edges.a[rows]) & (node[y] == edges.b[rows])
    x, y = x[inside], y[inside]
    source = np.concatenate([x, y])
    near = np.concatenate([y, x])[np.argsort(source, kind="stable")]
    near_first = np.append(0, np.cumsum(np.bincount(source, minlength=len(node))))
    begins = np.flatnonzero(np.diff(2 * pairs.holder + (2 * pairs.words <= pairs.length), prepend=-1))
    group = group_within_lists(np.append(begins, len(place)), place, near_first, near)
    # The first of each group has the most in common with the holder, and stands for the group.
    first = np.flatnonzero(group == np.arange(len(group)))
    begins = np.flatnonzero(np.diff(pairs.holder[first], prepend=-1))
    count = np.diff(np.append(begins, len(first)))
    compared, other, _ = cross_join_ranges(begins, np.minimum(count, COMPARED_GROUPS), begins, count)
    x, y = first[compared[compared < other]], first[other[compared < other]]
    room = has_room(pairs.words[x], pairs.words[y], pairs.length[x])
    x, y = x[room], y[room]
    edges.complete(np.stack([pairs.part[x], pairs.part[y]], axis=1), admission.compare)
    row = edges.rows_of(pairs.part[x], pairs.part[y])
    # One run of words is a title or a phrase, which two items of a digest may have in common.
    run = np.clip(edges.features[row, c.RUN].astype(np.int64) - RUN_IN_SHINGLES, 0, PHRASE)
    common = (edges.features[row, c.SHARED].astype(np.int64) - run) * np.maximum(pairs.words[x], pairs.words[y])
    strange = 1000 * common < SAME_PASSAGE * pairs.shared[x] * pairs.shared[y]
    strange &= ~JOINS[edges.relation[row]]
    out = np.zeros(len(group), np.bool_)
    out[x[strange]] = out[y[strange]] = True
    return out[group]


def link_composites(edges: RelationTable, composites: Composites, admission: Admission) -> LinkedTable:
    """Return the table as clusters are made of it: pairs of a composite with its stories do not join.

    A pair that is compared later joins a composite with another one only.
    """
    linked = np.zeros(len(edges), np.bool_)
    linked[composites.rows] = True
    # A near copy of a story joins it at the end.
    near = np.fromiter(composites.home, np.int64, len(composites.home))
    linked |= np.isin(edges.a, near) | np.isin(edges.b, near)

    def is_mixed(table: RelationTable) -> Bools:
        return np.isin(table.a, composites.bodies) != np.isin(table.b, composites.bodies)

    return LinkedTable(edges, linked, is_mixed, admission)


def attach_near_copies(
    clusters: Sequence[Sequence[int]], home: dict[int, int], edges: RelationTable, admission: Admission
) -> list[list[int]]:
    """Clusters with the composites that are near copies of one of their bodies; of a lone body and these a new one.

    home: the body that each is a near copy of; pairs with a core that are compared on the way are added to `edges`.
    """
    members = {part[0]: list(part) for part in clusters}
    core_of = {body: part[0] for part in clusters for body in part}
    spans = Spans(admission.window)
    joining = [(composite, core_of.get(body, body)) for composite, body in sorted(home.items()) if body not in home]
    edges.complete(np.array([(core, composite) for composite, core in joining], np.int64), admission.compare)
    added: dict[int, list[int]] = defaultdict(list)
    for composite, core in joining:
        inside = [*members.get(core, [core]), *added[core]]
        if edges.are_joining(core, [composite]) and spans.add(core, inside, [composite]):
            added[core].append(composite)
    for core, more in added.items():
        if more:
            members[core] = [core, *sorted([*members.get(core, [core])[1:], *more])]
    return [members[core] for core in sorted(members)]
