"""The state of a large component: all inputs of the scan's functions on it, ready for one more article.

A state is of one version of its component (`Store.component_versions`), which every change of the component renews;
whoever looks a component up reads its version in the same transaction. `extend_component` makes the next state.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.attribution.codes import Codes
from dedup.attribution.large_clusters import Columns, canonical_many, decide_many, insert_row
from dedup.candidates import bands, passages
from dedup.candidates.find import Bodies
from dedup.candidates.search import rank_bodies
from dedup.comparison.pair_table import pair_keys
from dedup.index.component_pairs import ComparisonColumns, ComparisonLog, KeyPairs
from dedup.index.model_values import evidence_from_json
from dedup.index.pair_cache import Comparisons, PairCache
from dedup.index.recluster import articles_by_id, component_candidates
from dedup.index.sites import sites_of
from dedup.index.snapshot import Snapshot
from dedup.index.stores.base import ArticleRow, BodyRow, ClusterRow, MemberRow, Sketch
from dedup.inputs.batch import text_array
from dedup.kernels.join_postings import ANY, REPRESENTATIVES, OverfullRule, Ranking, join_postings
from dedup.model import Origin
from dedup.results.assemble import NO_LAG, ClusterColumns

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Articles from which on a component has a version, and its state is cached.
LARGE = 200
#: Bytes of all cached states, about.
CACHE_BYTES = 160 << 20
#: Bytes of an article in Python and in columns, about, and of a key in a dictionary with its array.
_ARTICLE_BYTES, _KEY_BYTES = 1100, 250
#: Keys of passages are numbered from here on, beyond those of bands.
_PASSAGE = 1 << 40
_LOW = np.int64(0xFFFFFFFF)


@dataclass(frozen=True)
class ArticleColumns:
    """The articles of a component by rank, the order of their ids (n,); an `assemble.ClusterInput` by columns.

    id (n,): texts. number, body (n,) int64: of the articles and their bodies. representative (n,) int64: rank of the
    article that represents the body. bodies, evidence: (n,) each. codes: what `evidence` is coded by; shared by all
    versions.
    """

    rows: list[ArticleRow]
    id: NDArray[np.object_]
    number: Ints
    body: Ints
    representative: Ints
    bodies: Bodies
    evidence: Columns
    codes: Codes

    @property
    def table(self) -> pa.Table:
        """The columns that clustering asks for, see `assemble.ClusterInput`."""
        columns = {"published": [row.published for row in self.rows], "title": [row.title for row in self.rows]}
        return pa.table({name: text_array(values) for name, values in columns.items()})

    @property
    def count(self) -> Ints:
        """See `assemble.ClusterInput`."""
        return self.bodies.length

    def members(self, ranks: Ints) -> ColumnMembers:
        """See `assemble.ClusterInput.members`."""
        return ColumnMembers(self, ranks)

    def insert(self, rank: int, row: ArticleRow, body: BodyRow, representative: int) -> ArticleColumns:
        """Return the articles with one more at a rank. representative: its rank among these with the new one."""
        words = np.array([body.words])
        evidence = Columns.of(self.codes, [(row.domain, row.evidence, row.published)], words, evidence_from_json)
        fingerprint = np.array([body.high, body.low], np.int64).view(np.uint64)
        representatives = self.representative + (self.representative >= rank)
        return ArticleColumns(
            [*self.rows[:rank], row, *self.rows[rank:]],
            insert_row(self.id, rank, row.id),
            insert_row(self.number, rank, row.number),
            insert_row(self.body, rank, body.number),
            insert_row(representatives, rank, representative),
            Bodies(
                insert_row(self.bodies.length, rank, body.words),
                insert_row(self.bodies.size, rank, body.size),
                insert_row(self.bodies.fingerprint, rank, fingerprint),
            ),
            self.evidence.insert(rank, evidence),
            self.codes,
        )


class ColumnMembers:
    """`assemble.Members` by columns; ranks (m,): of the articles."""

    def __init__(self, articles: ArticleColumns, ranks: Ints) -> None:
        self._codes, self._ids = articles.codes, articles.id[ranks]
        self._evidence = articles.evidence.take(ranks)
        self.seconds, self.exact = self._evidence.seconds, self._evidence.exact

    def decide(self, low: int, high: int, words: int, tiers: NDArray[np.uint8]) -> tuple[Origin, int, float]:
        """See `assemble.Members.decide`."""
        evidence = self._evidence.take(np.arange(low, high))
        origin = decide_many(evidence, self._ids[low:high], self._codes)  # type: ignore[arg-type]
        return (origin, *canonical_many(evidence, origin, words, self._codes, tiers))


#: The columns of `MemberRow` after the first, of an article in no cluster.
NO_MEMBER = (-1, 1, 0, 0, 0, 0, NO_LAG)


def stored_members(members: Sequence[MemberRow], numbers: Ints) -> Ints:
    """Return what a store has of memberships, int64 (n, 7), of the articles with these numbers (n,).

    The columns are those of `MemberRow` after the first: cluster is -1 for an article in none, place 0 or 1, lag NO_LAG
    where there is none. Of `members` those of other articles are passed over.
    """
    out = np.tile(NO_MEMBER, (len(numbers), 1))
    rank_of = {number: rank for rank, number in enumerate(numbers.tolist())}
    for article, cluster, place, *values, lag in members:
        if article in rank_of:
            out[rank_of[article]] = cluster, min(place, 1), *values, NO_LAG if lag is None else lag
    return out


def new_members(clusters: ClusterColumns, numbers: Sequence[int], n: int) -> Ints:
    """Return the rows that `stored_members` will return of n articles in assembled clusters with these numbers."""
    out = np.tile(NO_MEMBER, (n, 1))
    place = np.ones(len(clusters.rank), np.int64)
    place[clusters.first[:-1]] = 0
    cluster = np.array(numbers, np.int64)[clusters.number]
    columns = (clusters.relation, clusters.direction, clusters.resemblance, clusters.containment, clusters.lag)
    out[clusters.rank] = np.stack([cluster, place, *columns], axis=1)
    return out


@dataclass(frozen=True)
class KeySlots:
    """The bodies of a component by slot (s,), the order in which they came into the state, and their keys.

    rank (s,) int64: of the representative of each. ranking: of the slots, as the search ranks bodies. slots_of: the
    slots that have a key.
    """

    rank: Ints
    ranking: Ranking
    slots_of: dict[int, Ints]

    @classmethod
    def of(cls, rank: Ints, articles: ArticleColumns, slots_of: dict[int, Ints]) -> KeySlots:
        """Return the slots of bodies whose representatives have these ranks (s,) among articles."""
        ranking = rank_bodies(articles.representative, articles.bodies.shingles, articles.bodies.fingerprint, None)
        return cls(rank, Ranking(*(np.argsort(np.argsort(place[rank])) for place in ranking)), slots_of)

    @staticmethod
    def keys_of(sketch: Sketch) -> tuple[list[int], list[int]]:
        """Return the keys of a body: of passages, and of bands with the number of the band."""
        band = sketch.band.astype(np.int64) | (np.arange(len(sketch.band), dtype=np.int64) << 32)
        return (np.unique(sketch.passage).astype(np.int64) | _PASSAGE).tolist(), band.tolist()

    def pairs_by_rank(self, pairs: NDArray[np.uint64]) -> Ints:
        """Return pairs of slots, `a << 32 | b`, as keys of pairs of ranks."""
        slots = pairs.view(np.int64)
        return pair_keys(self.rank[slots >> 32], self.rank[slots & _LOW])


@dataclass
class ComponentState:
    """The state of a component at a version.

    component: its smallest body. label: the component in the rows of its bodies, None where it is one body. core (n,)
    int64: by rank, the core of the body of each article, the body itself where it has none. members, clusters: what
    the store has of the articles (`stored_members`), and of their clusters by number. key_pairs: pairs that share keys;
    log: their comparisons, shared by all versions.
    """

    version: int
    component: int
    label: int | None
    articles: ArticleColumns
    core: Ints
    members: Ints
    clusters: dict[int, ClusterRow]
    keys: KeySlots
    key_pairs: KeyPairs
    log: ComparisonLog

    @property
    def nbytes(self) -> int:
        """Bytes of memory, about."""
        slots_of = self.keys.slots_of
        keys = _KEY_BYTES * len(slots_of) + 8 * sum(map(len, slots_of.values()))
        return _ARTICLE_BYTES * len(self.articles.rows) + keys + 24 * len(self.key_pairs.key) + self.log.nbytes

    def articles_of(self, body: int) -> list[ArticleRow]:
        """Return the articles of a body, ordered by id; none for one that is not here."""
        return [self.articles.rows[rank] for rank in np.flatnonzero(self.articles.body == body).tolist()]


class ComponentCache:
    """The states of large components, for all threads of a process.

    The least recently used ones are dropped beyond `CACHE_BYTES`. Callers hold `lock` around all calls."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._states: OrderedDict[int, ComponentState] = OrderedDict()
        self._bytes: dict[int, int] = {}

    def get(self, component: int, version: int) -> ComponentState | None:
        """Return the state of a component at a version."""
        state = self._states.get(component)
        if state is None or state.version != version:
            return None
        self._states.move_to_end(component)
        return state

    def is_newer(self, component: int, version: int) -> bool:
        """Tell whether a later version is cached, whose place the state of an older snapshot must not take."""
        state = self._states.get(component)
        return state is not None and state.version > version

    def put(self, state: ComponentState) -> None:
        """Cache a state in the place of that of another version."""
        self._bytes[state.component] = state.nbytes
        self._states[state.component] = state
        self._states.move_to_end(state.component)
        while sum(self._bytes.values()) > CACHE_BYTES:
            self.drop(next(iter(self._states)))

    def drop(self, component: int) -> None:
        """Drop the state of a component, if there is one."""
        self._states.pop(component, None)
        self._bytes.pop(component, None)


def load_state(snapshot: Snapshot, component: int, version: int) -> ComponentState | None:
    """Load the state of a component. snapshot: a snapshot without a change.

    None where the pairs by its keys are not those of the search, which the state could not extend.
    """
    bodies = snapshot.store.bodies_of_components([component]) or [component]
    rows = articles_by_id(snapshot, bodies)
    cache = PairCache(snapshot)
    verifier, _, (representative, _, candidates) = component_candidates(snapshot, rows, cache)
    verifier.compare_related(candidates.a, candidates.b)
    codes = Codes(sites_of(snapshot.settings))
    statements = [(row.domain, row.evidence, row.published) for row in rows]
    evidence = Columns.of(codes, statements, verifier.digests.length, evidence_from_json)
    number, body = np.array([(row.number, row.body) for row in rows], np.int64).T.copy()
    ids = np.array([row.id for row in rows], np.object_)
    articles = ArticleColumns(rows, ids, number, body, representative, verifier.digests, evidence, codes)
    keys, key_pairs = _load_keys(snapshot, articles)
    pair, columns = _by_rank(cache.comparisons, number)
    key_pairs = key_pairs.refer(pair, 0)
    candidate_rows = key_pairs.candidates(verifier.digests.shingles < passages.SHORT)
    if not np.array_equal(key_pairs.key[candidate_rows], candidates.a << 32 | candidates.b):
        return None
    log = ComparisonLog()
    log.write(0, *columns)
    body_rows = snapshot.body_rows(bodies)
    core = np.array([body_rows[own].core or own for own in body.tolist()])
    numbers = set(snapshot.store.cluster_numbers_of(number.tolist()).values())
    members = stored_members(snapshot.store.members(numbers), number)
    clusters = {row.number: row for row in snapshot.store.clusters(numbers)}
    label = body_rows[component].component
    return ComponentState(version, component, label, articles, core, members, clusters, keys, key_pairs, log)


def _load_keys(snapshot: Snapshot, articles: ArticleColumns) -> tuple[KeySlots, KeyPairs]:
    """Load the keys of all bodies, and count how many keys each pair of them shares."""
    rank = np.unique(articles.representative)
    bodies = articles.body[rank].tolist()
    sketches = snapshot.sketches(bodies)
    keys_by_slot = [KeySlots.keys_of(sketches[body]) for body in bodies]
    keys = KeySlots.of(rank, articles, {})
    counts = []
    for kind, cap in enumerate((passages.PASSAGE_CAP, bands.BUCKET_CAP)):
        key = np.array([key for numbers in keys_by_slot for key in numbers[kind]], np.int64)
        slot = np.repeat(np.arange(len(bodies)), [len(numbers[kind]) for numbers in keys_by_slot])
        order = np.argsort(key, kind="stable")
        key, slot = key[order], slot[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        bounds = np.append(first, len(key))
        for i, numbers in enumerate(key[first].tolist()):
            keys.slots_of[numbers] = slot[bounds[i] : bounds[i + 1]].copy()
        rule, ends = OverfullRule(cap, REPRESENTATIVES, keys.ranking), (bounds[:-1], bounds[1:])
        pairs, _, _ = join_postings(slot.view(np.uint64), 32, ends, rule, None, None, ANY)
        counts.append(np.unique(keys.pairs_by_rank(pairs), return_counts=True))
    (by_passage, passage_count), (by_band, band_count) = counts
    return keys, KeyPairs.empty().add(by_passage, passages=passage_count).add(by_band, bands=band_count)


def _by_rank(comparisons: Comparisons, number: Ints) -> tuple[Ints, ComparisonColumns]:
    """Return the comparisons of articles with each other by keys of ranks, ascending, and their relation, has_features
    and features. number (n,): of the articles by rank."""
    order = np.argsort(number)
    x, y = comparisons.ends
    a, b = (order[np.minimum(np.searchsorted(number, end, sorter=order), len(number) - 1)] for end in (x, y))
    rows = np.flatnonzero((number[a] == x) & (number[b] == y))
    key = pair_keys(a[rows], b[rows])
    by_key = np.argsort(key)
    rows = rows[by_key]
    return key[by_key], comparisons.columns(rows, a[rows] > b[rows])
