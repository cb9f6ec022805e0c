"""From bodies to articles, by columns: held equal to the plain way, one article and one pair after the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.attribution.canonical import PARTIAL_TIER, canonical
from dedup.attribution.score import MemberEvidence, decide
from dedup.clustering.article_clusters import BodyCluster, order_clusters
from dedup.comparison import align as c
from dedup.comparison import recency
from dedup.comparison import relate as r
from dedup.comparison.pair_table import RelationTable
from dedup.evidence.observation import Observation
from dedup.inputs.dates import parse_timestamp
from dedup.results import assemble, pairs

TIMES = [None, "", "2024-03-01", "2024-03-01T08:00:00Z", "2024-03-01T08:00:00.5Z", "2024-03-02T09:30:00+01:00", "soon"]
DOMAINS = [None, "a.example", "b.example", "apnews.com", "yahoo.com"]
SAID = [Observation("dateline", "SEOUL (AP)", "Associated Press"), Observation("credit", "Reuters", "Reuters")]
JOINING = [r.NEAR_COPY, r.VERSION, r.EXCERPT, r.REWRITE]


@dataclass
class World:
    """Articles, the bodies they carry, clusters of those, and relations of all pairs of bodies."""

    rep: np.ndarray
    clusters: list[list[int]]
    edges: RelationTable
    inputs: assemble.ClusterInput

    def row(self, x: int, y: int) -> int:
        return int(self.edges.rows_of(np.array([x]), np.array([y]))[0])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    n = draw(st.integers(0, 12))
    rep = np.full(n, -1, np.int64)
    for i in range(n):
        bodies = sorted(set(rep[rep >= 0].tolist()))
        rep[i] = draw(st.sampled_from([i, i, *bodies, -1]))
    bodies = sorted(set(rep[rep >= 0].tolist()))
    label = {body: draw(st.integers(0, 3)) for body in bodies}
    groups = [draw(st.permutations([b for b in bodies if label[b] == k])) for k in range(3)]
    clusters = [list(group) for group in groups if len(group) > 1]
    with_core = {(min(x, part[0]), max(x, part[0])) for part in clusters for x in part[1:]}
    pairs, relation, features = [], [], []
    for pair in combinations(bodies, 2):
        code = draw(st.sampled_from(JOINING if pair in with_core else [*JOINING, r.NONE, r.OVERLAP, r.TEMPLATE]))
        if pair in with_core or draw(st.booleans()):
            row = np.zeros(len(c.FEATURES), np.int32)
            row[[c.LENGTH_A, c.LENGTH_B]] = draw(st.integers(50, 60)), draw(st.integers(50, 60))
            row[[c.SHARED, c.SIZE_A, c.SIZE_B]] = sorted(draw(st.lists(st.integers(0, 50), min_size=3, max_size=3)))
            pairs.append(pair)
            relation.append(code)
            features.append(row)
    a, b = np.array(pairs, np.int64).reshape(-1, 2).T
    edges = RelationTable(a, b, np.array(features, np.int32).reshape(-1, len(c.FEATURES)), np.array(relation, np.uint8))
    columns = {
        name: pa.array([draw(st.sampled_from(values)) for _ in range(n)], pa.large_string())
        for name, values in {"domain": DOMAINS, "published": TIMES}.items()
    }
    heard = {i: list(said) for i in range(n) if (said := draw(st.lists(st.sampled_from(SAID), max_size=2)))}
    count = np.array([draw(st.integers(50, 60)) for _ in range(n)], np.int64)
    inputs = assemble.ClusterInput([f"id{i:02d}" for i in range(n)], pa.table(columns), rep, count, heard)
    return World(rep, clusters, edges, inputs)


def compared(pairs: np.ndarray) -> RelationTable:
    """What a pair is that had not been compared: a version, with numbers that tell it from others."""
    features = np.zeros((len(pairs), len(c.FEATURES)), np.int32)
    features[:, [c.LENGTH_A, c.LENGTH_B, c.SHARED, c.SIZE_A, c.SIZE_B]] = 50, 51, 7, 20, 30
    return RelationTable(pairs[:, 0], pairs[:, 1], features, np.full(len(pairs), r.VERSION, np.uint8))


def articles_of(rep: np.ndarray, body: int) -> list[int]:
    return np.flatnonzero(rep == body).tolist()


def members_of(world: World, part: BodyCluster) -> list[tuple[int, int, int, float, float, int]]:
    """rank, relation, direction, resemblance, containment and lag of each member, in order."""
    inputs, edges = world.inputs, world.edges
    domain, published = (inputs.table.column(name).to_pylist() for name in ("domain", "published"))
    when = {m: parse_timestamp(published[m]) for m in part.articles}
    witnesses = [
        MemberEvidence(
            inputs.ids[m], domain[m], when[m], int(inputs.count[m]),
            inputs.observations.get(m, ()),
        )
        for m in part.articles
    ]  # fmt: skip

    def reworded(body: int) -> bool:
        row = world.row(body, part.bodies[0]) if body != part.bodies[0] and len(part.bodies) > 2 else -1
        return row >= 0 and int(edges.relation[row]) == r.REWRITE

    longest = max(int(inputs.count[b]) for b in part.bodies if not reworded(b))
    retold = [reworded(int(world.rep[m])) for m in part.articles]
    best, _ = canonical(witnesses, decide(witnesses), longest, tiers=retold)
    kept, core = part.articles[best], part.bodies[0]

    def is_copy(body: int, other: int) -> bool:
        return body == other or bool(r.JOINS[int(edges.relation[world.row(body, other)])])

    copies = [body for body in part.bodies if not reworded(body)]
    if int(world.rep[kept]) in copies[1:] and not all(is_copy(body, int(world.rep[kept])) for body in copies):
        tiers = [tier if world.rep[m] == core else PARTIAL_TIER for m, tier in zip(part.articles, retold, strict=True)]
        kept = part.articles[canonical(witnesses, decide(witnesses), longest, tiers=tiers)[0]]
    exact = [w.seconds for w in when.values() if w is not None and w.exact]

    def place(m: int) -> tuple[int, float, int]:
        w = when[m]
        return (m != kept, w.seconds if w is not None else np.inf, m)

    found = []
    for m in sorted(part.articles, key=place):
        x, y, w = int(world.rep[m]), int(world.rep[kept]), when[m]
        lag = round(w.seconds - min(exact)) if w is not None and w.exact else assemble.NO_LAG
        if x == y:
            found.append((m, r.IDENTICAL, 0, 1.0, 1.0, lag))
            continue
        f = edges.features[world.row(x, y)].tolist()
        code = int(edges.relation[world.row(x, y)])
        if not r.JOINS[code]:
            core = part.bodies[0]
            code = r.VERSION if x == core else int(edges.relation[world.row(x, core)])
            # The core's copies are rewrites of a canonical copy that rewrites the core.
            if y != core and int(edges.relation[world.row(y, core)]) == r.REWRITE:
                code = r.REWRITE
        short = x if (f[c.LENGTH_A] < f[c.LENGTH_B]) == (x < y) else y
        direction = 0 if code != r.EXCERPT else 1 if short == x else -1
        shared, size_a, size_b = f[c.SHARED], max(1, f[c.SIZE_A]), max(1, f[c.SIZE_B])
        shares = r.ratio(shared, size_a + size_b - shared), r.ratio(shared, min(size_a, size_b))
        found.append((m, code, direction, *shares, lag))
    return found


@given(worlds())
@settings(deadline=None, max_examples=150)
def test_members_are_those_of_the_plain_way(world: World) -> None:
    parts, _ = order_clusters(world.rep, world.clusters)
    found = assemble.assemble(world.inputs, parts, world.edges, compared)
    columns = (
        found.rank, found.relation, found.direction, found.resemblance / 10_000, found.containment / 10_000, found.lag,
    )  # fmt: skip
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    assert found.sizes.tolist() == [len(part.articles) for part in parts]
    assert rows == [member for part in parts for member in members_of(world, part)]
    assert found.canonical.tolist() == [rows[i][0] for i in found.first[:-1]]
    assert [rows[i][0] for i in np.flatnonzero(np.diff(found.number, prepend=-1))] == found.canonical.tolist()


@given(worlds())
@settings(deadline=None, max_examples=100)
def test_groups_hold_every_article_of_a_repeated_or_clustered_body(world: World) -> None:
    parts, articles = order_clusters(world.rep, world.clusters)
    clustered = {b for part in world.clusters for b in part}
    repeated = [[b] for b in sorted(set(world.rep.tolist()) - clustered - {-1}) if len(articles_of(world.rep, b)) > 1]
    expected = [
        (part, sorted(m for b in part for m in articles_of(world.rep, b))) for part in [*world.clusters, *repeated]
    ]
    assert [(g.bodies, g.articles) for g in parts] == sorted(expected, key=lambda g: (-len(g[1]), g[1][0]))
    for body in range(len(world.rep)):
        low = int(articles.first[body])
        assert articles.article[low : low + int(articles.count[body])].tolist() == articles_of(world.rep, body)


@given(worlds(), st.integers(2, 5), st.integers(1, 4))
@settings(deadline=None, max_examples=150)
def test_pairs_are_those_of_the_plain_way(world: World, all_pairs: int, across: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "ALL_PAIRS", all_pairs)
        patch.setattr(pairs, "ACROSS", across)
        parts, articles = order_clusters(world.rep, world.clusters)
        world.edges.complete(pairs.cluster_pairs(parts), compared)
        found = assemble.assemble(world.inputs, parts, world.edges, compared)
        written = pairs.select_pairs(parts, found.canonical, world.rep, articles, world.edges)
    home = {m: number for number, part in enumerate(parts) for m in part.articles}
    large = {number for number, part in enumerate(parts) if len(part.articles) > all_pairs}
    for part in parts:
        if len(part.articles) <= all_pairs and len(part.bodies) > 2:
            assert all(world.row(x, y) >= 0 for x, y in combinations(part.bodies, 2))
    expected = []
    left_out: dict[tuple[int, int], int] = {}
    for m, n in combinations(range(len(world.rep)), 2):
        x, y = int(world.rep[m]), int(world.rep[n])
        if x < 0 or y < 0:
            continue
        row = -1 if x == y else world.row(x, y)
        if x != y and (row < 0 or world.edges.relation[row] == r.NONE):
            continue
        if home.get(m, -1) == home.get(n, -2):
            if home[m] in large and not {m, n} & {int(found.canonical[home[m]])}:
                continue
        elif len(articles_of(world.rep, x)) * len(articles_of(world.rep, y)) > across and {m, n} != {x, y}:
            left_out[min(x, y), max(x, y)] = left_out.get((min(x, y), max(x, y)), 0) + 1
            continue
        expected.append((m, n, row, row >= 0 and x != int(world.edges.a[row])))
    columns = (written.a, written.b, written.row, written.swapped)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
    inside = sum(size * (size - 1) // 2 - (size - 1) for size in (len(parts[number].articles) for number in large))
    assert written.implied == inside + sum(left_out.values())


@pytest.mark.parametrize(
    ("titles", "domains", "published", "expected"),
    [
        (["Quake hits", "UPDATE 2-Quake hits"], [None, None], [None, None], 1),
        (["UPDATE 3-Quake", "UPDATE 2-Quake"], ["a.example"] * 2, ["2024-03-01T08:00Z", "2024-03-01T09:00Z"], -1),
        (["Quake hits", "Quake kills ten"], ["a.example"] * 2, ["2024-03-01T08:00Z", "2024-03-01T09:00Z"], 1),
        (["Quake hits", "Quake kills ten"], ["a.example"] * 2, ["2024-03-01T08:00Z", "2024-03-01T10:00+02:00"], 0),
        (["Quake hits", "Quake kills ten"], ["a.example", "b.example"], ["2024-03-01T08:00Z", "2024-03-01T09:00Z"], 0),
        (["Quake hits", "Quake kills ten"], ["a.example"] * 2, ["2024-03-01", "2024-03-02"], 0),
        ([None, None], [None, None], ["2024-03-01T08:00Z", "2024-03-01T09:00Z"], 0),
    ],
)
def test_the_later_version(
    titles: list[str | None], domains: list[str | None], published: list[str | None], expected: int
) -> None:
    """By what titles say, then by the times of one site; a day is no time, and two sites have clocks of their own."""
    there = recency.newer(titles, domains, published, np.array([0, 1]), np.array([1, 0]))
    assert there.tolist() == [expected, -expected]
