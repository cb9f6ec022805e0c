"""What a scan says of some components, by the scan's own functions on their articles alone.

Below the caps of over-full buckets (dedup.candidates.bands, .passages, .names) nothing that a scan decides about an
article depends on articles outside its component: hence the clusters, relations, canonical copies and origins found
here are those of a scan of the whole index.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, partial
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from dedup.candidates.find import Bodies, Postings, find_candidates
from dedup.candidates.search import Candidates
from dedup.candidates.time_window import Window, published_seconds
from dedup.clustering.admission import Admission
from dedup.clustering.article_clusters import BodyCluster, build_clusters
from dedup.clustering.rewrites import RewriteContext
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import JOINS
from dedup.corpus.build import OUTPUT_COLUMNS
from dedup.evidence.observation import Observation
from dedup.evidence.registry import registry
from dedup.index.pair_cache import Among, Compared
from dedup.index.snapshot import Known
from dedup.index.stores.base import ArticleRow
from dedup.inputs.batch import text_array
from dedup.kernels.union_find import components
from dedup.results.assemble import ClusterColumns, ClusterInput, assemble


@dataclass(frozen=True)
class Solved:
    """The articles of whole components by rank (the order of ids), and what a scan says of them."""

    rows: list[ArticleRow]
    rep: NDArray[np.int64]
    edges: RelationTable
    parts: list[BodyCluster]
    stories: ClusterColumns

    @cached_property
    def number(self) -> NDArray[np.int64]:
        """The numbers of the articles (n,)."""
        return np.array([row.number for row in self.rows], np.int64)

    @cached_property
    def home(self) -> NDArray[np.int64]:
        """The number of the cluster in `stories` of each article (n,), -1 for one in none."""
        out = np.full(len(self.rows), -1)
        out[self.stories.rank] = self.stories.number
        return out

    @cached_property
    def oldest(self) -> list[int]:
        """Of each cluster the smallest number of an article."""
        stories = self.stories
        return np.minimum.reduceat(self.number[stories.rank], stories.first[:-1]).tolist() if stories.origins else []

    def home_of(self, row: ArticleRow) -> int:
        """The number of the cluster of an article, -1 for one in none."""
        place = bisect_left(self.rows, row.id, key=attrgetter("id"))
        here = place < len(self.rows) and self.rows[place].number == row.number
        return int(self.home[place]) if here else -1

    def numbered(self, numbers: Collection[int]) -> dict[int, ArticleRow]:
        """Those of the articles that have these numbers."""
        wanted = np.fromiter(numbers, np.int64, len(numbers))
        return {self.rows[i].number: self.rows[i] for i in np.flatnonzero(np.isin(self.number, wanted)).tolist()}

    def cores(self) -> dict[int, int]:
        """The core's body of every body's cluster, or the body itself."""
        body = [row.body for row in self.rows]
        out = {b: b for b in body if b is not None}
        for part in self.parts:
            core = body[part.bodies[0]]
            out |= {body[member]: core for member in part.bodies}  # type: ignore[misc]
        return out

    def components(self) -> dict[int, int | None]:
        """The label of every body: the smallest body it is connected with; None where it is alone."""
        bodies = sorted({row.body for row in self.rows if row.body is not None})
        place = {body: i for i, body in enumerate(bodies)}
        of_rank = np.array([-1 if row.body is None else place[row.body] for row in self.rows])
        joined = np.flatnonzero(JOINS[self.edges.relation])
        label: dict[int, int | None] = dict.fromkeys(bodies)
        for part in components(len(bodies), of_rank[self.edges.a[joined]], of_rank[self.edges.b[joined]]):
            label |= {bodies[i]: bodies[part[0]] for i in part}
        return label

    def representatives(self) -> NDArray[np.int64]:
        """The numbers of the articles that stand for their bodies."""
        return self.number[self.rep == np.arange(len(self.rep))]


class Searched(NamedTuple):
    """What is found among some articles before anything is told of them: see `search_bodies`."""

    among: Among
    compared: Compared
    table: pa.Table
    rep: NDArray[np.int64]
    window: Window | None
    pairs: Candidates


def candidates_of(known: Known, rows: list[ArticleRow], compared: Compared | None = None) -> Searched:
    """The candidate pairs of articles, given by id, with what was compared of them before."""
    compared = compared or Compared(known)
    among = compared.between(rows)
    table = pa.table({name: column_of(list(map(attrgetter(name), rows))) for name in OUTPUT_COLUMNS})
    bodies = Bodies(among.count, among.size, among.fingerprint)
    published = partial(published_seconds, table)
    rep, window, pairs = find_candidates(bodies, _postings(known, rows), published, known.settings)
    compared.load_among({rows[rank].number for rank in np.unique(rep[rep >= 0]).tolist()})
    return Searched(among, compared, table, rep, window, pairs)


def solve(known: Known, compared: Compared, bodies: Collection[int]) -> Solved:
    """Solve the components of these bodies, all of which must be among them."""
    rows = sorted((row for found in known.rows_of(bodies).values() for row in found), key=attrgetter("id"))
    among, _, table, rep, window, pairs = candidates_of(known, rows, compared)
    edges = among.related(pairs.a, pairs.b, lambda n: None)
    published = partial(published_seconds, table)
    context = RewriteContext(among.bodies, published, 1, lambda keys: known.leaders(keys, set(bodies)))
    parts = build_clusters(context, rep, edges, Admission(among.tie, among.all, window)).clusters
    stories = assemble(_view(known, rows, table, rep, among.count), parts, edges, among.all)
    return Solved(rows, rep, edges, parts, stories)


def _view(
    known: Known, rows: list[ArticleRow], table: pa.Table, rep: NDArray[np.int64], count: NDArray[np.int64]
) -> ClusterInput:
    said = {i: heard(row.evidence) for i, row in enumerate(rows) if row.evidence}
    settings = known.settings
    return ClusterInput([row.id for row in rows], table, rep, count, said, registry(settings.agencies, settings.sites))


def heard(said: str) -> list[Observation]:
    """What an article says of its source, as stored."""
    return [Observation(*item) for item in orjson.loads(said)]


def column_of(values: list[str | None]) -> pa.Array:
    return (
        text_array(values) if any(value is not None for value in values) else pa.nulls(len(values), pa.large_string())
    )


def _postings(known: Known, rows: list[ArticleRow]) -> Postings:
    """Bands and passages of the articles as `search` takes them; those of the same body once, for its representative.

    Any article may turn out to stand for its body, so that all of them get its postings where there is a window.
    """
    own = known.sketches(row.body for row in rows if row.body is not None)
    ranks, seen = [], set()
    for rank, row in enumerate(rows):
        if row.body not in seen or known.settings.window is not None:
            seen.add(row.body)
            ranks.append(rank)
    sketches = [own[rows[rank].body] for rank in ranks]  # type: ignore[index]
    sampled = [sketch.passage for sketch in sketches]
    key = np.concatenate([np.zeros(0, np.uint32), *sampled]).astype(np.uint64) << np.uint64(32)
    passage = key | np.repeat(np.array(ranks, np.uint64), list(map(len, sampled)))
    banded = [place for place, sketch in enumerate(sketches) if len(sketch.band)]
    if len(banded) < 2:
        return Postings([], [passage])
    keys = np.stack([sketches[place].band for place in banded], 1)
    return Postings([(np.array(ranks, np.int64)[banded], keys)], [passage])
