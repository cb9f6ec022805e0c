"""The solved state of large components, kept in memory by a process, so that one more article need not begin anew.

What is kept are the inputs of the scan's own functions, as columns: articles in the order of their ids, the candidate
pairs with how often they meet, the comparisons that were made, and what the store has of clusters and members. It holds
for one version of the component (`Store.versions`), which every change of it renews: whoever looks a component up reads
its version in the same transaction. `grow` puts one more article to it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from dedup.attribution.codes import Codes
from dedup.attribution.large_clusters import Columns, insert_row
from dedup.candidates import bands, passages
from dedup.candidates.search import rank_bodies
from dedup.comparison.compare import MIRROR
from dedup.evidence.registry import registry
from dedup.index.component_pairs import Facts, Meetings
from dedup.index.document_store import Texts
from dedup.index.pair_cache import Comparisons
from dedup.index.recluster import candidates_of, heard
from dedup.index.snapshot import Known
from dedup.index.stores.base import ArticleRow, ClusterRow, Sketch, Store
from dedup.kernels.join_postings import ANY, REPRESENTATIVES, OverfullRule, Ranking, join_postings
from dedup.results.assemble import NO_LAG
from dedup.settings import Settings

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Articles from which on a component has a version, and its state is kept.
LARGE = 200
#: Bytes of all that is kept, about.
ROOM = 160 << 20
#: Bytes of a row of an article as Python has it, about, and of a key in a dictionary with its array.
_ROW, _KEY = 900, 250
#: Beyond the numbers of bands.
_PASSAGE = 1 << 40
_LOW = np.int64(0xFFFFFFFF)


def slot_ranking(slot_rank: Ints, rep: Ints, shingles: NDArray[np.int32], fingerprint: NDArray[np.uint64]) -> Ranking:
    """The ranking of the search (`search.rank_bodies`) among the bodies of a component, by slot.

    rep (n,), shingles (n,), fingerprint (n, 2): by rank, as `search` takes them; slot_rank (s,): of the bodies.
    """
    ranking = rank_bodies(rep, shingles, fingerprint, None)
    return Ranking(*(np.argsort(np.argsort(place[slot_rank])) for place in ranking))


@dataclass(frozen=True)
class Stored:
    """What the store has of articles (n,), by rank: the core of the body (itself where it has none); cluster (-1: in
    none), and the columns of `MemberRow`, lag NO_LAG where there is none."""

    core: Ints
    cluster: Ints
    place: Ints
    relation: Ints
    direction: Ints
    resemblance: Ints
    containment: Ints
    lag: Ints

    def insert(self, rank: int, core: int) -> Stored:
        """These and one more article of which nothing is stored yet."""
        fresh = (core, -1, 1, 0, 0, 0, 0, NO_LAG)
        return Stored(*(insert_row(self.column(i), rank, one) for i, one in enumerate(fresh)))

    def column(self, i: int) -> Ints:
        values: Ints = getattr(self, fields(self)[i].name)
        return values


@dataclass
class Kept:
    """The state of a component, named by its smallest body, at a version. Columns (n,) are by rank.

    body: numbers of bodies; rep: rank of the representative; slot_rank (s,): of each body, in the order in which they
    came into this state, the rank of its representative; ranking: of the slots; bucket: of each key, the slots of the
    bodies that have it; label: what the rows of its bodies say of the component, None where it is one body.
    """

    version: int
    component: int
    label: int | None
    rows: list[ArticleRow]
    number: Ints
    body: Ints
    rep: Ints
    fingerprint: NDArray[np.uint64]
    count: Ints
    size: NDArray[np.int32]
    columns: Columns
    codes: Codes
    stored: Stored
    clusters: dict[int, ClusterRow]
    slot_rank: Ints
    ranking: Ranking
    bucket: dict[int, Ints]
    meetings: Meetings
    facts: Facts

    @property
    def nbytes(self) -> int:
        postings = sum(map(len, self.bucket.values()))
        pairs = 24 * len(self.meetings.key) + self.facts.nbytes
        return (_ROW + 200) * len(self.rows) + _KEY * len(self.bucket) + 8 * postings + pairs

    def rows_of(self, body: int) -> list[ArticleRow]:
        """The articles of a body, by id; none for one that is not here."""
        return [self.rows[i] for i in np.flatnonzero(self.body == body).tolist()]


def keys_of(sketch: Sketch) -> tuple[list[int], list[int]]:
    """The keys of a body in bands, each with its number, and in passages."""
    banded = (sketch.band.astype(np.int64) | (np.arange(len(sketch.band), dtype=np.int64) << 32)).tolist()
    return banded, (np.unique(sketch.passage).astype(np.int64) | _PASSAGE).tolist()


def shingles_of(count: Ints, size: NDArray[np.int32]) -> NDArray[np.int32]:
    """How many shingles bodies have."""
    return np.maximum(0, count - size + 1).astype(np.int32)


def build(store: Store, texts: Texts, settings: Settings, component: int, version: int) -> Kept | None:
    """The state of a component as it is stored; None where the search pairs otherwise than is known here."""
    known = Known(store, texts, settings, (), ())
    bodies = store.bodies_of_components([component]) or [component]
    rows = sorted((row for own in known.rows_of(bodies).values() for row in own), key=attrgetter("id"))
    number = np.array([row.number for row in rows], np.int64)
    searched = candidates_of(known, rows)
    among, compared, rep, pairs = searched.among, searched.compared, searched.rep, searched.pairs
    among.related(pairs.a, pairs.b, lambda n: None)
    slot_rank = np.unique(rep)
    shingles = shingles_of(among.count, among.size)
    ranking = slot_ranking(slot_rank, rep, shingles, among.fingerprint)
    bucket, met = _meetings(known, [rows[rank] for rank in slot_rank.tolist()], slot_rank, ranking)
    key, relation, told, features = _by_rank(compared.held, number)
    meetings = _with_facts(met, key)
    chosen = meetings.candidates(shingles < passages.SHORT)
    if not np.array_equal(meetings.key[chosen], pairs.a << 32 | pairs.b):
        return None
    facts = Facts()
    facts.append(relation, told, features)
    known_settings = registry(settings.agencies, settings.sites)
    codes = Codes(known_settings)
    columns = Columns.of(codes, [(row.domain, row.evidence, row.published) for row in rows], among.count, heard)
    own = known.body_rows(bodies)
    stored, clusters = _stored(store, number, np.array([own[row.body].core or row.body for row in rows]))  # type: ignore[index,misc]
    label = own[component].component
    body = np.array([row.body for row in rows], np.int64)
    return Kept(
        version, component, label, rows, number, body, rep, among.fingerprint, among.count, among.size, columns, codes,
        stored, clusters, slot_rank, ranking, bucket, meetings, facts,
    )  # fmt: skip


def _meetings(
    known: Known, rows: Sequence[ArticleRow], slot_rank: Ints, ranking: Ranking
) -> tuple[dict[int, Ints], Meetings]:
    """The slots of all keys, and how often the pairs meet. rows: representatives by slot."""
    sketches = known.sketches(row.body for row in rows if row.body is not None)
    bucket: dict[int, Ints] = {}
    counts = []
    keys = [keys_of(sketches[row.body]) for row in rows]  # type: ignore[index]
    for which, cap in ((0, bands.BUCKET_CAP), (1, passages.PASSAGE_CAP)):
        key = np.array([one for own in keys for one in own[which]], np.int64)
        slot = np.repeat(np.arange(len(rows)), [len(own[which]) for own in keys])
        order = np.argsort(key, kind="stable")
        key, slot = key[order], slot[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        bounds = np.append(first, len(key))
        for i, one in enumerate(key[first].tolist()):
            bucket[one] = slot[bounds[i] : bounds[i + 1]].copy()
        rule, ends = OverfullRule(cap, REPRESENTATIVES, ranking), (bounds[:-1], bounds[1:])
        pairs, _, _ = join_postings(slot.view(np.uint64), 32, ends, rule, None, None, ANY)
        counts.append(np.unique(ranked(pairs, slot_rank), return_counts=True))
    empty = np.zeros(0, np.int32)
    met = Meetings(np.zeros(0, np.int64), empty, empty, np.zeros(0, np.int64))
    (banded, many), (passed, more) = counts
    met = met.changed(banded, np.zeros_like(many), many)
    return bucket, met.changed(passed, more, np.zeros_like(more))


def ranked(pairs: NDArray[np.uint64], slot_rank: Ints) -> Ints:
    """Pairs of slots as pairs of ranks."""
    slot = pairs.view(np.int64)
    a, b = slot_rank[slot >> 32], slot_rank[slot & _LOW]
    return np.minimum(a, b) << 32 | np.maximum(a, b)


def _by_rank(held: Comparisons, number: Ints) -> tuple[Ints, NDArray[np.uint8], Bools, NDArray[np.int32]]:
    """Comparisons by ranks, ascending; number (n,): of the articles by rank."""
    order = np.argsort(number)
    a, b = (order[np.minimum(np.searchsorted(number, one, sorter=order), len(number) - 1)] for one in held.ends)
    here = np.flatnonzero((number[a] == held.ends[0]) & (number[b] == held.ends[1]))
    a, b = a[here], b[here]
    features = held.features[here]
    turned = a > b
    features[turned] = features[turned][:, MIRROR]
    key = np.minimum(a, b) << 32 | np.maximum(a, b)
    rows = np.argsort(key)
    here = here[rows]
    return key[rows], held.relation[here], held.told[here], features[rows]


def _with_facts(met: Meetings, key: Ints) -> Meetings:
    """Meetings with the comparisons of pairs (k,), ascending, in this order."""
    none = np.zeros(len(key), np.int64)
    out = met.changed(key, none, none)
    at = np.full(len(out.key), -1)
    at[out.find(key)] = np.arange(len(key))
    return Meetings(out.key, out.passages, out.bands, at)


def _stored(store: Store, number: Ints, core: Ints) -> tuple[Stored, dict[int, ClusterRow]]:
    """What the store has of these articles and their clusters."""
    homes = set(store.cluster_numbers_of(number.tolist()).values())
    rank = {own: i for i, own in enumerate(number.tolist())}
    stored = Stored(core, *(np.full(len(number), one) for one in (-1, 1, 0, 0, 0, 0, NO_LAG)))
    members = [member for member in store.members(homes) if member.article in rank]
    at = [rank[member.article] for member in members]
    for i, name in enumerate(("cluster", "place", "relation", "direction", "resemblance", "containment", "lag"), 1):
        values = [getattr(member, name) for member in members]
        stored.column(i)[at] = [NO_LAG if one is None else min(one, 1) if name == "place" else one for one in values]
    return stored, {row.number: row for row in store.clusters(homes)}


class Keeper:
    """The states that a process keeps, those used last first to stay."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._held: OrderedDict[int, Kept] = OrderedDict()
        self._bytes: dict[int, int] = {}

    def get(self, component: int, version: int) -> Kept | None:
        kept = self._held.get(component)
        if kept is None or kept.version != version:
            return None
        self._held.move_to_end(component)
        return kept

    def is_newer(self, component: int, version: int) -> bool:
        """Whether a later version is kept: who reads an older moment does not take its place."""
        kept = self._held.get(component)
        return kept is not None and kept.version > version

    def put(self, kept: Kept) -> None:
        self._bytes[kept.component] = kept.nbytes
        self._held[kept.component] = kept
        self._held.move_to_end(kept.component)
        while sum(self._bytes.values()) > ROOM:
            self.drop(next(iter(self._held)))

    def drop(self, component: int) -> None:
        self._held.pop(component, None)
        self._bytes.pop(component, None)
