"""Plan a change of an index: decide, reading only, what an addition or a removal does to components and clusters.

`apply` writes a planned change. A query is the plan of an addition that is not applied.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from dedup.index.component_state import ComponentCache
from dedup.index.extend_component import ComponentExtension, ExtensionPlanner
from dedup.index.lookup import BodyPairs, CoreIndex, copy_candidates, representative_pairs, rewrite_candidates
from dedup.index.pair_cache import PairCache
from dedup.index.recluster import ComponentResult, cluster_numbers, recluster
from dedup.index.snapshot import Snapshot
from dedup.index.stores.base import ArticleRow
from dedup.index.stores.checksums import Damage


@dataclass
class Change:
    """A planned change.

    result: the components that it touches, None where it touches none. cluster_numbers: the numbers in the index of
    `result.clusters`. replaced_clusters: numbers of stored clusters that end or are written anew. extension: the way to
    write it where one component is extended by one article.
    """

    snapshot: Snapshot
    pairs: PairCache
    result: ComponentResult | None = None
    cluster_numbers: list[int] = field(default_factory=list)
    replaced_clusters: list[int] = field(default_factory=list)
    extension: ComponentExtension | None = None


def plan_change(snapshot: Snapshot, components: ComponentCache | None = None) -> Change:
    """Plan the change of a snapshot, within its transaction. components: states of large components that may be used.

    Raises `Damage` where rows are missing or contradict each other.
    """
    pairs = PairCache(snapshot)
    planner = ExtensionPlanner.of(snapshot, pairs, components)
    new = _new_representatives(snapshot, pairs)
    joining = _joining_bodies(snapshot, pairs, new, planner)
    if planner is not None and (extension := planner.plan(joining)) is not None:
        clusters = sorted(extension.base.clusters)
        return Change(snapshot, pairs, extension.result, extension.cluster_numbers, clusters, extension)
    # A verdict lists all that its text relates to, also in other components.
    bodies = {row.body for row in snapshot.added.values() if row.body is not None}
    pairs.load(snapshot.representatives(rows)[0].number for rows in snapshot.articles_of(bodies).values())
    new_cores = {row.body for row in new if row.body is not None} - joining
    change = Change(snapshot, pairs, _recluster_with_rewrites(snapshot, pairs, joining, new_cores))
    _number_clusters(change)
    return change


def _new_representatives(snapshot: Snapshot, pairs: PairCache) -> list[ArticleRow]:
    """Return the articles that represent a body only after the change; note those that do no longer as stale."""
    new = []
    for body, rows in snapshot.articles_of(snapshot.affected).items():
        after = snapshot.representatives(rows)
        before = snapshot.representatives(snapshot.articles_before(body)) if body not in snapshot.new_bodies else []
        pairs.stale |= {row.number for row in before} - {row.number for row in after}
        if before and after[0] != before[0]:
            snapshot.rekey(body, after[0])
        new += [row for row in after if row not in before]
    pairs.stale |= snapshot.removed.keys()
    return new


def _joining_bodies(
    snapshot: Snapshot, pairs: PairCache, new: Sequence[ArticleRow], planner: ExtensionPlanner | None
) -> set[int]:
    """Compare new representatives with all candidates; return the bodies that join another."""
    targets = {row.body for row in new if row.body is not None}
    candidates: BodyPairs = copy_candidates(snapshot, targets) if targets else set()
    bodies = {body for pair in candidates for body in pair}
    _check_distinct(snapshot, targets | bodies)
    if planner is not None and bodies:
        planner.load_articles(bodies)
    numbers = {row.number for row in new}
    row_pairs = [
        (x, y)
        for _, x, y in representative_pairs(snapshot, sorted(candidates))
        if x.number in numbers or y.number in numbers
    ]
    pairs.load(numbers)
    joining = pairs.joining(row_pairs) if row_pairs else set()
    return {row.body for pair in row_pairs for row in pair if row.number in joining and row.body is not None}


def _recluster_with_rewrites(
    snapshot: Snapshot, pairs: PairCache, joining: set[int], new_cores: set[int]
) -> ComponentResult | None:
    """Recluster all components that the change touches, with those that rewrites attach to them; None if none is.

    A core or a body in no cluster is looked up by names. Where reclustering makes a body a core that was none before,
    it is looked up as well, and its rewrites are reclustered together with it.
    """
    bodies = snapshot.connected_bodies({*joining, *snapshot.affected})
    cores = CoreIndex(snapshot)
    looked_up = set(new_cores)
    inside: set[int] = set()
    result: ComponentResult | None = None
    while True:
        rewrites = {
            pair for pair in rewrite_candidates(snapshot, new_cores, cores, pairs) if not inside.issuperset(pair)
        }
        if inside and not rewrites:
            return result
        ends = {body for pair in rewrites for body in pair}
        bodies |= snapshot.connected_bodies(ends)
        inside = _drop_lone_bodies(snapshot, bodies, joining | ends | inside)
        if not inside:
            return result
        result = recluster(snapshot, pairs, inside)
        cores.reclustered |= result.cores()
        _check_distinct(snapshot, inside)
        rows = snapshot.body_rows(inside)
        were_cores = {body for body, row in rows.items() if row.core is None and body not in snapshot.new_bodies}
        new_cores = set(cores.reclustered.values()) - looked_up - (were_cores - snapshot.rekeyed)
        looked_up |= new_cores


def _check_distinct(snapshot: Snapshot, bodies: Collection[int]) -> None:
    """Raise `Damage` where two bodies have the same tokens: the older was not found by its fingerprint."""
    rows = snapshot.body_rows(bodies).values()
    if len({(row.high, row.low) for row in rows}) < len(rows):
        raise Damage("a body is not found by its fingerprint")


def _drop_lone_bodies(snapshot: Snapshot, bodies: set[int], joining: set[int]) -> set[int]:
    """Drop the bodies that are alone for certain: of one article, in no component, related to no other."""
    rows = snapshot.body_rows(bodies)
    return {
        body
        for body, articles in snapshot.articles_of(bodies).items()
        if len(articles) > 1 or rows[body].component is not None or body in joining
    }


def _number_clusters(change: Change) -> None:
    """Set the numbers of the clusters of a change, and of those that it replaces."""
    snapshot, result = change.snapshot, change.result
    members = [row.number for row in result.rows if row.number not in snapshot.added] if result else []
    cluster_of = snapshot.store.cluster_numbers_of([*members, *snapshot.removed])
    change.replaced_clusters = sorted(set(cluster_of.values()))
    if result is not None:
        before = np.array([cluster_of.get(row.number, -1) for row in result.rows], np.int64)
        change.cluster_numbers = cluster_numbers(result.clusters, before, snapshot.store.next_number("cluster"))
