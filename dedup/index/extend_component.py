"""Plan the addition of one article to one large component from the component's cached state.

Clusters, rewrites, origins and canonical copies are those of `recluster`: the same functions of the scan decide, on the
same candidate pairs and comparisons, as columns that get one more row. Only the loading of all members is spared. A
change that is not one more article of one component is left to `recluster`: `ExtensionPlanner.plan` returns None.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from dedup.attribution.large_clusters import insert_row
from dedup.candidates import bands, passages
from dedup.clustering.article_clusters import BodyCluster
from dedup.comparison import relate as r
from dedup.comparison.pair_table import RelationTable
from dedup.index.bucket_kernels import change
from dedup.index.component_pairs import ComparisonTable, KeyPairs
from dedup.index.component_state import NO_MEMBER, ComponentCache, ComponentState, KeySlots, load_state, new_members
from dedup.index.lookup import CoreIndex, rewrite_candidates
from dedup.index.model_values import evidence_from_json
from dedup.index.pair_cache import CachedVerifier, PairCache
from dedup.index.recluster import ComponentArticles, ComponentResult, cluster_articles, cluster_numbers, cluster_rows
from dedup.index.snapshot import Snapshot
from dedup.index.stores.base import ArticleRow
from dedup.kernels.join_postings import REPRESENTATIVES, OverfullRule, Ranking
from dedup.kernels.union_find import flatten, union

Ints = NDArray[np.int64]

_NO_PAIRS = np.zeros(0, np.uint64)


@dataclass
class ComponentExtension:
    """A planned addition of an article, `row`, to a component.

    base, state: the component before and after. core, members: what the store has of the articles of `state`, see
    there. table: the comparisons of `state`. new_keys: of the body, if it is new. cluster_numbers: of
    `result.clusters`, in the index.
    """

    base: ComponentState
    state: ComponentState
    core: Ints
    members: Ints
    table: ComparisonTable
    row: ArticleRow
    result: ComponentResult
    cluster_numbers: list[int]
    new_keys: list[int] = field(default_factory=list)

    def cache(self, cache: ComponentCache) -> None:
        """Cache the state in the place of the one that it extends, after the commit."""
        base, state, row = self.base, self.state, self.row
        with cache.lock:
            if cache.get(base.component, base.version) is not base:
                return
            cache.drop(base.component)
            # The codes of what is new were dropped after planning: others may have got these meanwhile.
            articles, codes = state.articles, state.articles.codes
            rank = bisect_left(articles.rows, row.id, key=attrgetter("id"))
            current = codes.domain(row.domain), codes.statement(row.evidence, evidence_from_json)
            if current != (articles.evidence.domain[rank], articles.evidence.statement[rank]):
                return
            slots_of = state.keys.slots_of
            for key in self.new_keys:
                slots_of[key] = np.append(slots_of.get(key, np.zeros(0, np.int64)), len(base.keys.rank))
            size = base.key_pairs.compared
            for columns in self.table.added:
                size = state.log.write(size, *columns)
            cache.put(state)


class ExtensionPlanner:
    """Plans the addition of one article, `snapshot.added`, by the states of a cache."""

    def __init__(self, snapshot: Snapshot, pairs: PairCache, cache: ComponentCache) -> None:
        self._snapshot, self._pairs, self._cache = snapshot, pairs, cache
        (self._row,) = snapshot.added.values()
        self._versions: dict[int, int] = {}
        self._states: dict[int, ComponentState] = {}

    @classmethod
    def of(cls, snapshot: Snapshot, pairs: PairCache, cache: ComponentCache | None) -> ExtensionPlanner | None:
        """Return a planner for a change that may be an extension, else None."""
        if cache is None or len(snapshot.articles) != 1 or snapshot.removed or snapshot.settings.window is not None:
            return None
        planner = cls(snapshot, pairs, cache)
        body = planner._row.body
        if body is None:
            return None
        if body not in snapshot.new_bodies:
            planner.load_articles([body], load_states=True)
        return planner

    def load_articles(self, bodies: Iterable[int], *, load_states: bool = False) -> None:
        """Hand the articles of stored bodies over to the snapshot, where the state of their component is cached.
        load_states: load states that are not."""
        snapshot = self._snapshot
        rows = snapshot.body_rows(body for body in bodies if body not in snapshot.new_bodies)
        component_of = {body: row.component or row.number for body, row in rows.items()}
        unread = set(component_of.values()) - self._versions.keys()
        self._versions |= snapshot.store.component_versions(unread) if unread else {}
        for component in set(component_of.values()) & self._versions.keys():
            self._state(component, load=load_states)
        for body, component in component_of.items():
            if component in self._states:
                snapshot.cache_articles(body, self._states[component].articles_of(body))

    def _state(self, component: int, *, load: bool) -> ComponentState | None:
        """Return the current state of a component that has a version. load: load it where it is not cached."""
        version, cache = self._versions[component], self._cache
        with cache.lock:
            state = cache.get(component, version)
            if state is None and load and not cache.is_newer(component, version):
                now = self._snapshot
                state = load_state(Snapshot(now.store, now.documents, now.settings), component, version)
                if state is not None:
                    cache.put(state)
            if state is not None:
                self._states[component] = state
            return state

    def plan(self, joining: Collection[int]) -> ComponentExtension | None:
        """Plan the extension; None where the change is none. joining: the bodies that join another one."""
        snapshot = self._snapshot
        others = {body for body in (self._row.body, *joining) if body is not None and body not in snapshot.new_bodies}
        components = {row.component or row.number for row in snapshot.body_rows(others).values()}
        if len(components) != 1 or self._pairs.stale:
            return None
        (component,) = components
        if component not in self._versions:
            self._versions |= snapshot.store.component_versions([component])
        if component not in self._versions:
            return None
        with self._cache.lock:
            state = self._state(component, load=True)
            if state is None:
                return None
            codes = state.articles.codes
            mark = codes.mark()
            try:
                return self._extend(state)
            finally:
                codes.forget(mark)

    def _extend(self, base: ComponentState) -> ComponentExtension | None:
        snapshot, row = self._snapshot, self._row
        assert row.body is not None
        is_new = row.body in snapshot.new_bodies
        rank = bisect_left(base.articles.rows, row.id, key=attrgetter("id"))
        representative = rank if is_new else int(np.flatnonzero(base.articles.body == row.body)[0])
        if representative > rank or (representative == rank and not is_new):
            return None  # it represents a known body
        body_row = snapshot.body_rows([row.body])[row.body]
        articles = base.articles.insert(rank, row, body_row, representative)
        slots = base.keys.rank + (base.keys.rank >= rank)
        keys = KeySlots.of(np.append(slots, rank) if is_new else slots, articles, base.keys.slots_of)
        if not _same_order(base.keys.ranking, keys.ranking):
            return None  # other bodies may represent keys that the new body does not have
        new_keys = [key for kind in KeySlots.keys_of(snapshot.sketch(row.body)) for key in kind] if is_new else []
        key_pairs = base.key_pairs.shift(rank)
        table = ComparisonTable(base.log, self._share_keys(key_pairs, keys) if is_new else key_pairs)
        verifier = CachedVerifier(self._pairs, snapshot, articles.rows, articles.number, articles.bodies)
        pairs = table.compare_related(verifier, articles.bodies.shingles < passages.SHORT)
        inputs = ComponentArticles(articles.rows, articles, verifier)  # type: ignore[arg-type]
        result = cluster_articles(snapshot, inputs, pairs, partial(table.compare, verifier))
        label = _label(base.component, result.pairs, keys.rank)
        if label == _APART:
            return None
        core = articles.body[_core_ranks(result.body_clusters, len(articles.rows))[articles.representative]]
        core_before = insert_row(base.core, rank, row.body if is_new else base.core[representative])
        if not self._is_closed(articles.body[keys.rank], core[keys.rank], core_before[keys.rank], is_new):
            return None
        if not is_new:
            self._pairs.load([int(articles.number[representative])])  # a verdict lists them
        members_before = insert_row(base.members, rank, NO_MEMBER)
        numbers = cluster_numbers(result.clusters, members_before[:, 0], snapshot.store.next_number("cluster"))
        clusters = {one.number: one for one in cluster_rows(result.clusters, numbers, articles.number)}
        members = new_members(result.clusters, numbers, len(articles.rows))
        state = ComponentState(
            0, base.component, label, articles, core, members, clusters, keys, table.key_pairs, base.log
        )
        return ComponentExtension(base, state, core_before, members_before, table, row, result, numbers, new_keys)

    def _share_keys(self, key_pairs: KeyPairs, keys: KeySlots) -> KeyPairs:
        """Count the keys that pairs share because of the new body, in the last slot, or do not share any more: it may
        take the place of another representative of an over-full key."""
        assert self._row.body is not None
        slot = len(keys.rank) - 1
        parts, signs = [], []
        by_kind = KeySlots.keys_of(self._snapshot.sketch(self._row.body))
        for own, cap in zip(by_kind, (passages.PASSAGE_CAP, bands.BUCKET_CAP), strict=True):
            rule = OverfullRule(cap, REPRESENTATIVES, keys.ranking)
            gains, losses = [_NO_PAIRS], [_NO_PAIRS]
            for key in own:
                members = keys.slots_of.get(key)
                if members is not None:
                    more, less = change(members, slot, rule)
                    gains.append(more)
                    losses.append(less)
            parts.append(keys.pairs_by_rank(np.concatenate([*gains, *losses])))
            signs.append(np.where(np.arange(len(parts[-1])) < sum(map(len, gains)), 1, -1))
        pair, row = np.unique(np.concatenate(parts), return_inverse=True)
        rows = row[: len(parts[0])], row[len(parts[0]) :]
        counts = [np.bincount(*own, len(pair)).astype(np.int64) for own in zip(rows, signs, strict=True)]
        return key_pairs.add(pair, *counts)

    def _is_closed(self, body: Ints, core: Ints, core_before: Ints, is_new: bool) -> bool:
        """Tell whether no body that becomes a core is a rewrite of a body outside the component.

        body, core, core_before (s,): by slot. is_new: the last body is new.
        """
        becomes_core = (core == body) & (core_before != body)
        if is_new:
            becomes_core[-1] = core[-1] == body[-1]
        new_cores = set(body[becomes_core].tolist())
        if not new_cores:
            return True
        cores = CoreIndex(self._snapshot)
        cores.reclustered = dict(zip(body.tolist(), core.tolist(), strict=True))
        candidates = rewrite_candidates(self._snapshot, new_cores, cores, self._pairs)
        return all(cores.reclustered.keys() >= set(pair) for pair in candidates)


#: The label of a component that fell apart.
_APART = -1


def _label(component: int, pairs: RelationTable, rank: Ints) -> int | None:
    """Return the label of bodies: None for one body, `_APART` if the pairs that join do not connect them, else
    `component`.

    rank (s,): of the representatives of the bodies.
    """
    if len(rank) == 1:
        return None
    joins = np.flatnonzero(r.JOINS[pairs.relation])
    root = np.arange(int(rank.max()) + 1)
    union(pairs.a[joins], pairs.b[joins], root)
    return component if (root[rank] == root[rank[0]]).all() else _APART


def _same_order(before: Ranking, after: Ranking) -> bool:
    """Tell whether the bodies of one ranking are in the same orders in another, in which one more may follow them."""
    size = len(before.representative)

    def is_same(old: Ints, new: Ints) -> bool:
        return np.array_equal(old if len(new) == size else old + (old >= new[size]), new[:size])

    return all(map(is_same, before, after))


def _core_ranks(body_clusters: Sequence[BodyCluster], n: int) -> Ints:
    """Return the rank of the core of each representative, by rank (n,)."""
    core = np.arange(n)
    bodies, first = flatten([cluster.bodies for cluster in body_clusters])
    core[bodies] = np.repeat(bodies[first[:-1]], np.diff(first))
    return core
