"""Assemble clusters of articles: origin, canonical copy, order of members, and their relation to the canonical copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.attribution.canonical import COMPOSITE_TIER, COPY_TIER, PARTIAL_TIER, REWRITE_TIER, canonical
from dedup.attribution.features import MemberEvidence
from dedup.attribution.score import decide
from dedup.clustering.article_clusters import BodyCluster
from dedup.clustering.own_news import tells_own_news
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.pair_table import ComparePairs, RelationTable
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry, registry
from dedup.inputs.batch import take_strings
from dedup.inputs.dates import Timestamp, parse_timestamp
from dedup.kernels.union_find import flatten
from dedup.model import Origin

#: The lag of an article whose time is not known.
NO_LAG = np.iinfo(np.int64).min

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ClusterInput:
    """What assembling takes of a corpus, by rank.

    ids, table: of n articles; representative (n,) int64: of each article; count (n,) int64: words of the bodies;
    observations: what articles say of their source.
    """

    ids: list[str]
    table: pa.Table
    representative: Ints
    count: Ints
    observations: dict[int, list[Observation]]
    registry: Registry = field(default_factory=registry)

    def members(self, ranks: Ints) -> Members:
        """The articles of clusters, for decisions on origin and canonical copy."""
        return SingleMembers(self, ranks)


class Members(Protocol):
    """Articles of clusters, one cluster after the other.

    seconds (n,): infinite where no time is known; exact (n,): whether the time is more than a date.
    """

    seconds: NDArray[np.float64]
    exact: NDArray[np.bool_]

    def decide(self, low: int, high: int, words: int, tiers: NDArray[np.uint8]) -> tuple[Origin, int, float]:
        """Decide on the cluster of the members from `low` to `high`: origin, place of the canonical copy, probability.

        words: of the longest copy; tiers (high - low,): what each member is to the story (`attribution.canonical`).
        """


class SingleMembers:
    """Members as single values, as a scan has them."""

    def __init__(self, inputs: ClusterInput, ranks: Ints) -> None:
        self._registry = inputs.registry
        self._evidence = member_evidence(inputs, ranks, map(parse_timestamp, _column(inputs, "published", ranks)))
        self.seconds = np.array([w.when.seconds if w.when else inf for w in self._evidence])
        self.exact = np.array([w.when is not None and w.when.exact for w in self._evidence], np.bool_)

    def decide(self, low: int, high: int, words: int, tiers: NDArray[np.uint8]) -> tuple[Origin, int, float]:
        """See `Members.decide`."""
        members = self._evidence[low:high]
        origin = decide(members, self._registry)
        return (origin, *canonical(members, origin, words, self._registry, tiers.tolist()))


@dataclass(frozen=True)
class ClusterColumns:
    """k clusters of m articles as columns, each with its canonical copy first, then by time.

    first (k + 1,) int64: the members of cluster i are `first[i]` to `first[i + 1]`. By member, toward the canonical
    copy: rank (m,) int64, relation (m,) uint8 codes, direction (m,) int8 (1: member in canonical, -1: canonical in
    member), resemblance and containment (m,) int64 ten-thousandths; lag (m,) int64 seconds, or NO_LAG. By cluster:
    its origin, and the probability of the canonical copy.
    """

    first: Ints
    rank: Ints
    relation: NDArray[np.uint8]
    direction: NDArray[np.int8]
    resemblance: Ints
    containment: Ints
    lag: Ints
    origins: list[Origin]
    probability: list[float]

    @property
    def sizes(self) -> Ints:
        """How many members each cluster has (k,)."""
        return np.diff(self.first)

    @property
    def canonical(self) -> Ints:
        """The rank of the canonical copy of each cluster (k,)."""
        return self.rank[self.first[:-1]]

    @property
    def number(self) -> Ints:
        """The number of the cluster of each member (m,)."""
        return np.repeat(np.arange(len(self.origins)), self.sizes)


def assemble(
    inputs: ClusterInput, clusters: Sequence[BodyCluster], edges: RelationTable, compare: ComparePairs
) -> ClusterColumns:
    """The clusters as columns. Pairs with the canonical copy that are not in `edges` are compared and added."""
    article, first = flatten([cluster.articles for cluster in clusters])
    body, body_first = flatten([cluster.bodies for cluster in clusters])
    members = inputs.members(article)
    bodies = np.diff(body_first)
    core = np.repeat(body[body_first[:-1]], bodies)
    of_body = np.zeros(len(inputs.representative), np.int64)
    of_body[body] = np.arange(len(body))
    tier = _rewrites(edges, body, core, np.repeat(bodies, bodies)).astype(np.uint8) * REWRITE_TIER
    tier[of_body[[body for cluster in clusters for body in cluster.composites]]] = COMPOSITE_TIER
    own_words = np.where(tier == COPY_TIER, inputs.count[body], 0)
    longest = np.maximum.reduceat(own_words, body_first[:-1]) if clusters else np.zeros(0, np.int64)
    tiers = tier[of_body[inputs.representative[article]]]
    origins, probability, best = [], [], []
    for low, high, words in zip(first[:-1].tolist(), first[1:].tolist(), longest.tolist(), strict=True):
        origin, place, certainty = members.decide(low, high, words, tiers[low:high])
        origins.append(origin)
        best.append(low + place)
        probability.append(certainty)
    at = of_body[inputs.representative[article[best]]]
    for cluster in _not_for_all(at, tier, (body, body_first), edges, compare).tolist():
        low, high = int(first[cluster]), int(first[cluster + 1])
        is_core = inputs.representative[article[low:high]] == body[body_first[cluster]]
        own = np.where(is_core, tiers[low:high], PARTIAL_TIER).astype(np.uint8)
        _, place, probability[cluster] = members.decide(low, high, int(longest[cluster]), own)
        best[cluster] = low + place
    target = np.repeat(inputs.representative[article[best]], bodies)
    edges.complete(np.stack([body, target], 1)[body != target], compare)
    relation, direction, resemblance, containment = _relation_to(target, edges, body, core)
    order, lag = _in_time(members.seconds.copy(), members.exact, first, np.array(best, np.int64))
    rows = of_body[inputs.representative[article[order]]]
    return ClusterColumns(
        first, article[order], relation[rows], direction[rows], resemblance[rows], containment[rows], lag[order],
        origins, probability,
    )  # fmt: skip


def _not_for_all(
    at: Ints, tier: NDArray[np.uint8], bodies: tuple[Ints, Ints], edges: RelationTable, compare: ComparePairs
) -> Ints:
    """The clusters (k,) in which a member is no copy of the canonical copy. Of their cores all members are copies.

    at (clusters,): the place of the canonical body. bodies: bodies (m,), and where those of each cluster begin, the
    core first. tier (m,): see `attribution.canonical`; rewrites are not asked. Pairs that are not in `edges` are
    compared and added.
    """
    body, first = bodies
    number = np.repeat(np.arange(len(at)), np.diff(first))
    target = body[at[number]]
    other = np.flatnonzero((tier != REWRITE_TIER) & (tier[at] != REWRITE_TIER)[number] & (body != target))
    other = other[target[other] != body[first[number[other]]]]
    pairs = np.stack([body[other], target[other]], 1)
    edges.complete(pairs, compare)
    table = edges.filter(edges.rows_of(pairs[:, 0], pairs[:, 1]))
    return np.unique(number[other[~r.JOINS[table.relation] | tells_own_news(table)]])


def _rewrites(edges: RelationTable, body: Ints, core: Ints, size: Ints) -> NDArray[np.bool_]:
    """Which bodies (m,) are rewrites of the core of their cluster. Of two bodies neither is known to be the first.

    size (m,): how many bodies are in the cluster of each.
    """
    out = np.zeros(len(body), np.bool_)
    if not (edges.relation == r.REWRITE).any():
        return out
    other = np.flatnonzero((body != core) & (size > 2))
    rows = edges.rows_of(body[other], core[other])
    out[other] = (rows >= 0) & (edges.relation[rows] == r.REWRITE)
    return out


def _column(inputs: ClusterInput, name: str, ranks: Ints) -> list[str | None]:
    return take_strings(inputs.table.column(name), ranks)


def member_evidence(inputs: ClusterInput, ranks: Ints, times: Iterable[Timestamp | None]) -> list[MemberEvidence]:
    """The evidence of articles (m,), one value each; times: of publication."""
    rows = ranks.tolist()
    ids, observations = [inputs.ids[rank] for rank in rows], [inputs.observations.get(rank, ()) for rank in rows]
    return list(
        map(MemberEvidence, ids, _column(inputs, "domain", ranks), times, inputs.count[ranks].tolist(), observations)
    )


def _in_time(seconds: NDArray[np.float64], exact: NDArray[np.bool_], first: Ints, best: Ints) -> tuple[Ints, Ints]:
    """The order of the members (m,), and the lag of each member in seconds (m,), not in that order.

    The canonical copy comes first, undated members last; the sort is stable, and the articles of a cluster ascend.
    """
    number = np.repeat(np.arange(len(best)), np.diff(first))
    # Where no member has an exact time, the earliest is infinite, and no member uses it.
    earliest = np.minimum.reduceat(np.where(exact, seconds, inf), first[:-1]) if len(best) else seconds
    lag = np.full(len(seconds), NO_LAG)
    lag[exact] = np.rint(seconds[exact] - earliest[number[exact]])
    seconds[best] = -inf
    return np.lexsort((seconds, number)), lag


def _relation_to(
    target: Ints, edges: RelationTable, body: Ints, core: Ints
) -> tuple[NDArray[np.uint8], NDArray[np.int8], Ints, Ints]:
    """Relation code, direction, resemblance and containment of bodies (m,) toward canonical bodies `target` (m,)."""
    relation, direction = np.full(len(body), r.IDENTICAL, np.uint8), np.zeros(len(body), np.int8)
    resemblance, containment = np.full(len(body), 10_000), np.full(len(body), 10_000)
    other = np.flatnonzero(body != target)
    if len(other) == 0:
        return relation, direction, resemblance, containment
    body, target, core = body[other], target[other], core[other]
    rows = edges.rows_of(body, target)
    code = edges.relation[rows]
    # The member is verified against the core; the canonical copy may be a shorter one.
    apart = np.flatnonzero(~r.JOINS[code])
    to_core = edges.relation[edges.rows_of(body[apart], core[apart])]
    code[apart] = np.where(body[apart] == core[apart], r.VERSION, to_core)
    # Of a canonical copy that rewrites the core, the core's copies are rewrites too.
    rewrites = (target[apart] != core[apart]) & (edges.relation[edges.rows_of(target[apart], core[apart])] == r.REWRITE)
    code[apart[rewrites]] = r.REWRITE
    f = edges.features[rows].astype(np.int64)
    a_in_b = np.where(f[:, c.LENGTH_A] < f[:, c.LENGTH_B], 1, -1)
    shared, size_a, size_b = f[:, c.SHARED], np.maximum(1, f[:, c.SIZE_A]), np.maximum(1, f[:, c.SIZE_B])
    relation[other] = code
    direction[other] = np.where(code == r.EXCERPT, np.where(body < target, a_in_b, -a_in_b), 0)
    resemblance[other] = r.ten_thousandths(shared, size_a + size_b - shared)
    containment[other] = r.ten_thousandths(shared, np.minimum(size_a, size_b))
    return relation, direction, resemblance, containment
