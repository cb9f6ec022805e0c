"""Attach rewrites to clusters: re-worded texts, found by names and numbers, are the second tier of a cluster.

Rewrites come after the clusters for two reasons: one text of each cluster is enough for the search, and a rewrite must
never join two clusters. So an unclustered text joins the one cluster that it is a rewrite of. If it is a rewrite of
two clusters, the pairs are only linked; two clusters that are rewrites of each other are linked, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.anchors import ExternalCounts, keys_of, name_pairs
from dedup.candidates.time_window import Window
from dedup.clustering.admission import Admission
from dedup.comparison import relate as r
from dedup.comparison import rewrite as w
from dedup.comparison.bodies import BodyColumns
from dedup.comparison.compare import longer_second
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.probability import Limits, may_join_as_rewrites
from dedup.comparison.verify import map_blocks

Ints = NDArray[np.int64]

#: Seconds between original and rewrite at most: later, the same names belong to another story.
APART = 7 * 86400


class RewriteContext(NamedTuple):
    """What the search for rewrites takes beside clusters and pairs.

    bodies: n bodies. published, titles: of some ranks; seconds since 1970, NaN where unknown. threads: how many
    compare. external_counts: see `name_pairs`; counts of bodies outside that lead a cluster or are in none. limits:
    which pairs may be rewrites.
    """

    bodies: BodyColumns
    published: Callable[[Ints], NDArray[np.float64]]
    titles: Callable[[Ints], list[str | None]]
    threads: int = 1
    external_counts: ExternalCounts | None = None
    limits: Limits = Limits()


class RewriteCounts(NamedTuple):
    """candidates: pairs whose words were compared; full_keys: keys of names above their cap."""

    candidates: int = 0
    full_keys: int = 0


def attach_rewrites(
    context: RewriteContext,
    representative: Ints,
    clusters: Sequence[Sequence[int]],
    edges: RelationTable,
    admission: Admission,
) -> tuple[list[list[int]], RewriteCounts]:
    """Clusters with their rewrites.

    representative (n,): of each article; clusters: bodies, the core first. edges: the pairs compared so far; rewrites
    are added, or their relation is set.
    """
    bodies = context.bodies
    same = [list(part) for part in clusters]
    leaders = _leaders(representative, clusters)
    if len(leaders) < 2:  # no words need be read to know that there is no rewrite
        return same, RewriteCounts()
    blocks = bodies.tokens.iter_blocks(bodies.at[leaders], bodies.length[leaders])
    matches, full = name_pairs(keys_of(blocks, len(leaders)), context.external_counts)
    if len(matches) == 0:
        return same, RewriteCounts(0, full)
    pairs = leaders[matches[:, :2]]
    pairs = pairs[_published_close(pairs, context.published, admission.window) & _may_be_rewrites(pairs, edges)]
    counts = RewriteCounts(len(pairs), full)
    features = np.concatenate([np.zeros((0, len(w.FEATURES)), np.int32), *_features(context, pairs)])
    rows = np.flatnonzero(w.is_rewrite(features))
    if len(rows) == 0:
        return same, counts
    pairs, strength = pairs[rows], w.strength(features[rows])
    edges.complete(pairs, admission.compare)
    row = edges.rows_of(pairs[:, 0], pairs[:, 1])
    keep = r.may_be_rewrite(edges.features[row], edges.relation[row])
    keep &= may_join_as_rewrites(edges.features[row], context.limits)
    edges.relation[row[keep]] = r.REWRITE
    pairs = pairs[keep][np.lexsort((pairs[keep, 1], pairs[keep, 0], -strength[keep]))]
    copies = np.bincount(representative[representative >= 0], minlength=len(representative)) > 1
    return place_rewrites(same, pairs, copies, bodies, admission.window), counts


def _leaders(representative: Ints, clusters: Sequence[Sequence[int]]) -> Ints:
    """The bodies that are searched: the core of each cluster, and all that are in none; ascending."""
    leads = representative == np.arange(len(representative))
    leads[[body for part in clusters for body in part[1:]]] = False
    return np.flatnonzero(leads)


def _published_close(
    pairs: Ints, published: Callable[[Ints], NDArray[np.float64]], window: Window | None
) -> NDArray[np.bool_]:
    """Which pairs (m, 2) were published close enough to each other; an unknown time is close to any."""
    ranks, place = np.unique(pairs, return_inverse=True)
    seconds = published(ranks)[place.reshape(pairs.shape)]
    close = ~(np.abs(seconds[:, 0] - seconds[:, 1]) > APART)
    return close if window is None else close & window.within(pairs[:, 0], pairs[:, 1])


def _may_be_rewrites(pairs: Ints, edges: RelationTable) -> NDArray[np.bool_]:
    """Which pairs (m, 2) were not compared, or have no more in common than a passage."""
    rows = edges.rows_of(pairs[:, 0], pairs[:, 1])
    compared = rows >= 0
    out = np.ones(len(pairs), np.bool_)
    row = rows[compared]
    out[compared] = r.may_be_rewrite(edges.features[row], edges.relation[row])
    return out


def _features(context: RewriteContext, pairs: Ints) -> Iterator[NDArray[np.int32]]:
    """The features of pairs (m, 2), a block at a time, in order."""

    def work(part: slice) -> NDArray[np.int32]:
        tokens, index, rank = context.bodies.load(pairs[part])
        return w.rewrite_features(tokens, index[:, 0], index[:, 1], rank)

    return map_blocks(work, len(pairs), context.threads)


def place_rewrites(
    clusters: Sequence[Sequence[int]],
    pairs: Ints,
    copies: NDArray[np.bool_],
    bodies: BodyColumns,
    window: Window | None,
) -> list[list[int]]:
    """The clusters with the rewrites that belong to one of them, and new clusters of bodies that are in none.

    pairs (m, 2): rewrites among cores and unclustered bodies, the strongest first; copies (n,): whether several
    articles have the body, which makes it a cluster of its own. A rewrite is attached to a core, and is no core itself.
    """
    length, rank = bodies.length, bodies.fingerprint_rank
    groups: dict[int, list[int]] = {part[0]: list(part) for part in clusters}
    cores = {*groups, *(body for body in np.unique(pairs).tolist() if copies[body])}
    rewrites_of: dict[int, set[int]] = defaultdict(set)  # the clusters that an unclustered body is a rewrite of
    for a, b in pairs.tolist():
        if (a in cores) != (b in cores):
            core, other = (a, b) if a in cores else (b, a)
            rewrites_of[other].add(core)
    members: set[int] = set()

    def place(core: int, other: int) -> None:
        group = groups.get(core, [core])
        if window is None or window.admit(group, [other]):
            groups[core] = [core, *sorted([*group[1:], other])]
            members.update((core, other))

    for a, b in pairs.tolist():
        if a in cores or b in cores:
            core, other = (a, b) if a in cores else (b, a)
            if other not in cores and len(rewrites_of[other]) == 1:
                place(core, other)
        elif rewrites_of[a] or rewrites_of[b]:
            continue
        elif a in members or b in members:
            core, other = (a, b) if a in groups else (b, a)
            if core in groups and other not in members:
                place(core, other)
        else:
            core, other = (b, a) if longer_second(length[[a]], length[[b]], rank[[a]], rank[[b]])[0] else (a, b)
            place(core, other)
    return [groups[core] for core in sorted(groups)]
