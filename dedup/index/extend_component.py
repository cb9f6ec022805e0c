"""One more article in a large component: the scan's own functions, on kept columns that get one more row.

Nothing is told here that `solve` would tell otherwise: clusters, rewrites, origins and canonical copies are found by
the same functions on the same candidate pairs and comparisons. What is spared is to read all members again. Whatever is
not one more article of one component goes the long way: `Growing.plan` is None then.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.attribution.large_clusters import Columns, insert_row
from dedup.candidates import bands, passages
from dedup.candidates.time_window import published_seconds
from dedup.clustering.admission import Admission
from dedup.clustering.article_clusters import BodyCluster, build_clusters
from dedup.clustering.rewrites import RewriteContext
from dedup.comparison import relate as r
from dedup.comparison.compare import MIRROR
from dedup.comparison.pair_table import RelationTable
from dedup.index.bucket_kernels import change
from dedup.index.component_cache import Keeper, Kept, Stored, build, keys_of, ranked, shingles_of, slot_ranking
from dedup.index.component_pairs import ComparisonTable, compare_all, edges_of
from dedup.index.lookup import Cores, retellings
from dedup.index.member_columns import Table, View
from dedup.index.pair_cache import Among, Compared, Comparisons
from dedup.index.recluster import Solved, heard
from dedup.index.snapshot import Known
from dedup.index.stores.base import ArticleRow, ClusterRow, MemberRow, Store
from dedup.kernels.join_postings import REPRESENTATIVES, Ranking
from dedup.kernels.union_find import flatten, union
from dedup.results.assemble import NO_LAG, ClusterColumns, assemble

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass
class Grown:
    """A kept state with one more article, not written yet. stored: what the store is to have."""

    base: Kept
    state: Kept
    table: ComparisonTable
    row: ArticleRow
    before: Stored
    names: list[int]
    solved: Solved
    #: What is set of bodies, as `Store.place_bodies` takes it, and the rows of clusters.
    placed: list[tuple[int | None, int | None, int]]
    clusters: list[ClusterRow] = field(default_factory=list)

    def write(self, store: Store) -> None:
        """Write what changes, within the transaction in which it was planned."""
        state, old, new = self.state, self.before, self.state.stored
        store.set_component(self.placed)
        changed = np.zeros(len(state.rows), np.bool_)
        for i in range(1, 8):
            changed |= old.column(i) != new.column(i)
        rows = np.flatnonzero(changed & (new.cluster >= 0))
        columns = [new.column(i)[rows].tolist() for i in range(1, 8)]
        columns[-1] = [None if lag == NO_LAG else lag for lag in columns[-1]]
        gone = np.flatnonzero((old.cluster >= 0) & (new.cluster < 0))
        store.replace_clusters(
            [row for number, row in state.clusters.items() if self.base.clusters.get(number) != row],
            list(map(MemberRow, state.number[rows].tolist(), *columns)),
            removed=[number for number in self.base.clusters if number not in state.clusters],
            removed_members=state.number[gone].tolist(),
        )
        versions = store.renew_component_versions([self.base.component], [self.base.component])
        state.version = versions[self.base.component]

    def keep(self, keeper: Keeper) -> None:
        """Keep what was committed in the place of what it grew from."""
        with keeper.lock:
            base, state, row = self.base, self.state, self.row
            if keeper.get(base.component, base.version) is not base:
                return
            keeper.drop(base.component)
            rank = bisect_left(state.rows, row.id, key=attrgetter("id"))
            domain, said = base.codes.domain(row.domain), base.codes.statement(row.evidence, heard)
            if (domain, said) != (state.columns.domain[rank], state.columns.statement[rank]):
                return
            if len(state.slot_rank) > len(base.slot_rank):
                slot = len(base.slot_rank)
                for key in self._keys:
                    state.bucket[key] = np.append(state.bucket.get(key, np.zeros(0, np.int64)), slot)
            state.facts.append(self.table.relation, self.table.has_features, self.table.features)
            keeper.put(state)

    #: The keys of a new body.
    _keys: list[int] = field(default_factory=list)


class Growing:
    """Plans for one article that comes in."""

    def __init__(self, known: Known, compared: Compared, keeper: Keeper) -> None:
        self._known, self._compared, self._keeper = known, compared, keeper
        (self._row,) = known.fresh.values()
        self._version: dict[int, int] = {}
        self._kept: dict[int, Kept] = {}

    @classmethod
    def of(cls, known: Known, compared: Compared, keeper: Keeper | None) -> Growing | None:
        """For a plan that may go this way."""
        if keeper is None or len(known.incoming) != 1 or known.gone or known.settings.window is not None:
            return None
        growing = cls(known, compared, keeper)
        if growing._row.body is None:
            return None
        if growing._row.body not in known.bodies:
            growing.seed([growing._row.body], begin=True)
        return growing

    def seed(self, bodies: Iterable[int], *, begin: bool = False) -> None:
        """Have the articles of these bodies from what is kept, where that is current; begin: or is made current."""
        known = self._known
        rows = known.body_rows(body for body in bodies if body not in known.bodies)
        component = {body: row.component or row.number for body, row in rows.items()}
        asked = set(component.values()) - self._version.keys()
        self._version |= known.store.component_versions(asked) if asked else {}
        for one in set(component.values()) & self._version.keys():
            self._have(one, begin=begin)
        for body, one in component.items():
            if one in self._kept:
                known.hold(body, self._kept[one].rows_of(body))

    def _have(self, component: int, *, begin: bool) -> Kept | None:
        version = self._version[component]
        with self._keeper.lock:
            kept = self._keeper.get(component, version)
            if kept is None and begin and not self._keeper.is_newer(component, version):
                known = self._known
                kept = build(known.store, known.texts, known.settings, component, version)
                if kept is not None:
                    self._keeper.put(kept)
            if kept is not None:
                self._kept[component] = kept
            return kept

    def plan(self, joined: Collection[int]) -> Grown | None:
        """The plan; joined: the bodies that relate to another, of those that were compared."""
        others = {body for body in (self._row.body, *joined) if body is not None and body not in self._known.bodies}
        rows = self._known.body_rows(others)
        components = {row.component or row.number for row in rows.values()}
        if len(components) != 1 or self._compared.stale:
            return None
        (component,) = components
        if component not in self._version:
            self._version |= self._known.store.component_versions([component])
        if component not in self._version:
            return None
        with self._keeper.lock:
            kept = self._have(component, begin=True)
            if kept is None:
                return None
            mark = kept.codes.mark()
            try:
                return self._grown(kept)
            finally:
                kept.codes.forget(mark)

    def _grown(self, kept: Kept) -> Grown | None:
        known, compared, row = self._known, self._compared, self._row
        assert row.body is not None
        is_new = row.body in known.bodies
        rank = bisect_left(kept.rows, row.id, key=attrgetter("id"))
        first = rank if is_new else int(np.flatnonzero(kept.body == row.body)[0])
        if first > rank or (first == rank and not is_new):
            return None
        own = known.body_rows([row.body])[row.body]
        rows = [*kept.rows[:rank], row, *kept.rows[rank:]]
        number, body = insert_row(kept.number, rank, row.number), insert_row(kept.body, rank, row.body)
        rep = insert_row(kept.rep + (kept.rep >= rank), rank, first)
        print_ = np.array([own.high, own.low], np.int64).view(np.uint64)
        fingerprint = insert_row(kept.fingerprint, rank, print_)
        count, size = insert_row(kept.count, rank, own.words), insert_row(kept.size, rank, own.size)
        one = Columns.of(kept.codes, [(row.domain, row.evidence, row.published)], np.array([own.words]), heard)
        columns = kept.columns.insert(rank, one)
        slot_rank = kept.slot_rank + (kept.slot_rank >= rank)
        shingles = shingles_of(count, size)
        table = ComparisonTable(kept.facts, kept.meetings.shifted(rank))
        if is_new:
            slot_rank = np.append(slot_rank, rank)
        ranking = slot_ranking(slot_rank, rep, shingles, fingerprint)
        if not _same_order(np.stack(kept.ranking), np.stack(ranking)):
            return None  # other bodies may represent keys that have nothing to do with this one
        keys = self._meet(kept, table, slot_rank, ranking) if is_new else []
        among = Among(compared, known, rows, number, fingerprint, count, size)
        edges = edges_of(table, among, shingles < passages.SHORT)

        def compare(pairs: Ints) -> RelationTable:
            return compare_all(table, among, pairs)

        def external_counts(keys: NDArray[np.uint32]) -> Ints:
            return known.leaders(keys, set(body.tolist()))

        published = partial(published_seconds, Table(rows))  # type: ignore[arg-type]
        context = RewriteContext(among.bodies, published, 1, external_counts)
        parts = build_clusters(context, rep, edges, Admission(among.tie, compare)).clusters
        label = self._label(kept, edges, slot_rank, len(rows))
        if label == _APART:
            return None
        view = View(rows, rep, count, columns, kept.codes)
        stories = assemble(view, parts, edges, compare)  # type: ignore[arg-type]
        solved = Solved(rows, rep, edges, parts, stories)
        solved.__dict__["number"] = number
        core = body[_cores(parts, len(rows))[rep]]
        before = kept.stored.insert(rank, row.body if is_new else int(kept.stored.core[first]))
        if not self._settled(body, core, before, slot_rank, is_new):
            return None
        if not is_new:
            self._load_pairs(table, number, first)
        names = named(before.cluster, stories, known.store)
        stored = _stored(core, stories, names)
        clusters = _clusters(stories, names, number)
        placed = _placed(body, core, before, slot_rank, label, kept.label, is_new)
        state = Kept(
            0, kept.component, label, rows, number, body, rep, fingerprint, count, size, columns, kept.codes, stored,
            clusters, slot_rank, ranking, kept.bucket, table.meetings, kept.facts,
        )  # fmt: skip
        return Grown(kept, state, table, row, before, names, solved, placed, [*clusters.values()], keys)

    def _meet(self, kept: Kept, table: ComparisonTable, slot_rank: Ints, ranking: Ranking) -> list[int]:
        """Count the meetings that a new body, in the last slot, makes and ends; its keys."""
        assert self._row.body is not None
        banded, passed = keys_of(self._known.sketch(self._row.body))
        slot = len(slot_rank) - 1
        counts = []
        for keys, cap in ((passed, passages.PASSAGE_CAP), (banded, bands.BUCKET_CAP)):
            come, gone = [_NO_PAIRS], [_NO_PAIRS]
            for key in keys:
                members = kept.bucket.get(key)
                if members is not None:
                    more, less = change(members, slot, ranking, REPRESENTATIVES, cap)
                    come.append(more)
                    gone.append(less)
            pairs = ranked(np.concatenate([*come, *gone]), slot_rank)
            added = sum(map(len, come))
            counts.append((pairs, np.where(np.arange(len(pairs)) < added, 1, -1)))
        met, place = np.unique(np.concatenate([pairs for pairs, _ in counts]), return_inverse=True)
        split = len(counts[0][0])
        own = [
            np.bincount(at, sign, len(met)).astype(np.int64)
            for at, (_, sign) in zip((place[:split], place[split:]), counts, strict=True)
        ]
        table.meetings = table.meetings.changed(met, own[0], own[1])
        return [*banded, *passed]

    def _label(self, kept: Kept, edges: RelationTable, slot_rank: Ints, n: int) -> int | None:
        """What the bodies' rows are to say of their component; `_APART` where it is not one any more."""
        if len(slot_rank) == 1:
            return None
        joined = np.flatnonzero(r.JOINS[edges.relation])
        root = np.arange(n)
        union(edges.a[joined], edges.b[joined], root)
        return kept.component if (root[slot_rank] == root[slot_rank[0]]).all() else _APART

    def _settled(self, body: Ints, core: Ints, before: Stored, slot_rank: Ints, is_new: bool) -> bool:
        """Whether nobody in the component retells a story outside of it, of those that were no cores before."""
        leads = core[slot_rank] == body[slot_rank]
        led = before.core[slot_rank] == body[slot_rank]
        if is_new:
            led[-1] = False
        leaders = set(body[slot_rank[leads & ~led]].tolist())
        if not leaders:
            return True
        cores = Cores(self._known)
        cores.solved = dict(zip(body.tolist(), core.tolist(), strict=True))
        return all(cores.solved.keys() >= set(pair) for pair in retellings(self._known, leaders, cores, self._compared))

    def _load_pairs(self, table: ComparisonTable, number: Ints, first: int) -> None:
        """Have at hand what the representative of a known body was compared with, in the component and outside."""
        a, b = table.meetings.ends
        rows = np.flatnonzero(((a == first) | (b == first)) & (table.meetings.at >= 0))
        at = table.meetings.at[rows]
        x, y = number[a[rows]], number[b[rows]]
        features = table.all_features(at)
        turned = x > y
        features[turned] = features[turned].take(MIRROR, axis=1)
        key = np.minimum(x, y) << 32 | np.maximum(x, y)
        held = Comparisons(key, table.relations(at), table.are_told(at), features, np.zeros(len(key), np.bool_))
        self._compared.held = held.take(np.argsort(key)).under(self._compared.held)
        own = int(number[first])
        others = self._known.store.partners(own)
        outside = others[~np.isin(others, np.append(x, y))]
        if len(outside):
            self._compared.load_among([own, *outside.tolist()])


_NO_PAIRS = np.zeros(0, np.uint64)
#: A component that fell apart.
_APART = -1


def _same_order(before: Ints, after: Ints) -> bool:
    """Whether bodies, in some orders, (k, s), are in the same ones when one more is among them, or none."""
    known = before.shape[1]
    if after.shape[1] > known:
        before = before + (before >= after[:, known:])
    return np.array_equal(before, after[:, :known])


def _cores(parts: Sequence[BodyCluster], n: int) -> Ints:
    """The core (n,) of each representative, by rank."""
    core = np.arange(n)
    body, first = flatten([part.bodies for part in parts])
    core[body] = np.repeat(body[first[:-1]], np.diff(first))
    return core


def named(cluster: Ints, stories: ClusterColumns, store: Store) -> list[int]:
    """The numbers of clusters in the index: each keeps that of the one that most of its members were in, else gets a
    new one. cluster (n,): by rank, the one that the article was in, -1 for none."""
    following = store.next_cluster()
    names: list[int] = []
    for low, high in zip(stories.first[:-1].tolist(), stories.first[1:].tolist(), strict=True):
        home, votes = np.unique(cluster[stories.rank[low:high]], return_counts=True)
        open_ = [(-count, one) for one, count in zip(home.tolist(), votes.tolist(), strict=True) if one >= 0]
        chosen = min((vote for vote in open_ if vote[1] not in names), default=None)
        if chosen is None:
            names.append(following)
            following += 1
        else:
            names.append(chosen[1])
    return names


def _stored(core: Ints, stories: ClusterColumns, names: Sequence[int]) -> Stored:
    n = len(core)
    out = Stored(core, *(np.full(n, one) for one in (-1, 1, 0, 0, 0, 0, NO_LAG)))
    out.cluster[stories.rank] = np.array(names, np.int64)[stories.number] if names else -1
    out.place[stories.canonical] = 0
    for own, values in (
        (out.relation, stories.relation), (out.direction, stories.direction), (out.resemblance, stories.resemblance),
        (out.containment, stories.containment), (out.lag, stories.lag),
    ):  # fmt: skip
        own[stories.rank] = values
    return out


def _clusters(stories: ClusterColumns, names: Sequence[int], number: Ints) -> dict[int, ClusterRow]:
    columns = zip(
        names,
        number[stories.canonical].tolist(),
        stories.sizes.tolist(),
        stories.probability,
        stories.origins,
        strict=True,
    )
    return {
        name: ClusterRow(name, kept, size, sure, orjson.dumps(origin).decode())
        for name, kept, size, sure, origin in columns
    }


def _placed(
    body: Ints, core: Ints, before: Stored, slot_rank: Ints, label: int | None, old: int | None, is_new: bool
) -> list[tuple[int | None, int | None, int]]:
    """What is to be set of bodies."""
    changed = core[slot_rank] != before.core[slot_rank]
    if label != old:
        changed[:] = True
    elif is_new:
        changed[-1] = True
    rows = slot_rank[changed]
    columns = zip(core[rows].tolist(), body[rows].tolist(), strict=True)
    return [(label, None if one == own else one, own) for one, own in columns]
