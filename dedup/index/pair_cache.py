"""Comparisons of articles: made by the scan's own code, and stored, since a comparison is a fact about two texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.find import Bodies, fingerprint_ranks
from dedup.comparison import relate as r
from dedup.comparison import rewrite
from dedup.comparison.align import FEATURES
from dedup.comparison.bodies import BodyColumns
from dedup.comparison.compare import MIRROR
from dedup.comparison.pair_table import RelationTable, pair_keys, rows_of_keys
from dedup.comparison.probability import Limits
from dedup.comparison.verify import Verifier
from dedup.index.document_cache import CachedTokens
from dedup.index.snapshot import Snapshot
from dedup.index.stores.base import ArticleRow, PairColumns, PairRow

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WIDTH = len(FEATURES)


class Comparisons(NamedTuple):
    """Comparisons by `key` (n,) int64, ascending, each once: `a << 32 | b` of the numbers of two articles a < b.

    relation (n,) uint8: its code. has_features (n,) bool: unrelated pairs may have none; their rows of `features`
    (n, WIDTH) int32 are 0. unsaved (n,) bool: made by this change, not stored yet.
    """

    key: Ints
    relation: NDArray[np.uint8]
    has_features: Bools
    features: NDArray[np.int32]
    unsaved: Bools

    @classmethod
    def empty(cls) -> Comparisons:
        """Return no comparisons."""
        no = np.zeros(0, np.bool_)
        return cls(np.zeros(0, np.int64), np.zeros(0, np.uint8), no, np.zeros((0, WIDTH), np.int32), no)

    @classmethod
    def from_store(cls, rows: PairColumns) -> Comparisons:
        """Return comparisons as a store returned them."""
        key, has_features = rows.a << 32 | rows.b, rows.size > 0
        values = np.frombuffer(rows.features, "<i4").reshape(-1, WIDTH)
        features = values
        if not has_features.all():
            features = np.zeros((len(key), WIDTH), np.int32)
            features[has_features] = values
        return cls(key, rows.relation, has_features, features, np.zeros(len(key), np.bool_)).in_order()

    @property
    def ends(self) -> tuple[Ints, Ints]:
        """The numbers of both articles, (n,) each."""
        return self.key >> 32, self.key & 0xFFFFFFFF

    def in_order(self) -> Comparisons:
        """Sort by key, where needed."""
        return self.take(np.argsort(self.key, kind="stable")) if (self.key[1:] < self.key[:-1]).any() else self

    def related(self) -> Comparisons:
        """Return the comparisons of related articles."""
        return self.take(np.flatnonzero(self.relation != r.NONE))

    def take(self, rows: Ints) -> Comparisons:
        """Return some rows."""
        return Comparisons._make(column.take(rows, axis=0) for column in self)

    def find(self, key: Ints) -> Ints:
        """Return the rows of keys (m,), -1 for one that is not here."""
        return rows_of_keys(self.key, key)

    def columns(self, rows: Ints, mirror: Bools) -> tuple[NDArray[np.uint8], Bools, NDArray[np.int32]]:
        """Return relation, has_features and features of rows; mirrored: toward b."""
        features = self.features.take(rows, axis=0)
        features[mirror] = features[mirror].take(MIRROR, axis=1)
        return self.relation[rows], self.has_features[rows], features

    def overlaid_by(self, other: Comparisons) -> Comparisons:
        """Return these and others; of a pair that both have, the other's."""
        if len(self.key) == 0 or len(other.key) == 0:
            return other if len(other.key) else self
        both = Comparisons._make(np.concatenate(columns) for columns in zip(other, self, strict=True))  # type: ignore[arg-type]
        return both.take(np.unique(both.key, return_index=True)[1])  # the first of each


class PairCache:
    """The comparisons that concern a change: stored ones that were loaded, and those that the change made.

    comparisons: all of them. stale: numbers of articles that represent no body any more; their stored comparisons are
    deleted.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._loaded: set[int] = set()
        self.comparisons = Comparisons.empty()
        self.stale: set[int] = set()

    def load(self, articles: Iterable[int]) -> None:
        """Load all stored comparisons of these articles."""
        missing = self._stored(articles) - self._loaded
        self._loaded |= missing
        if missing:
            self.lay_under(Comparisons.from_store(self._snapshot.store.pairs(missing)))

    def load_among(self, articles: Iterable[int]) -> None:
        """Load the stored comparisons of these articles with each other."""
        numbers = self._stored(articles)
        if not numbers <= self._loaded:
            self.lay_under(Comparisons.from_store(self._snapshot.store.pairs(numbers, both_ends=True)))

    def _stored(self, articles: Iterable[int]) -> set[int]:
        return {number for number in set(articles) - self.stale if number not in self._snapshot.added}

    def lay_under(self, comparisons: Comparisons) -> None:
        """Add comparisons; those that are here already stay."""
        self.comparisons = comparisons.overlaid_by(self.comparisons)

    def verifier(self, rows: Sequence[ArticleRow]) -> CachedVerifier:
        """Return a verifier of these articles, all of which have a body."""
        body_rows = self._snapshot.body_rows(row.body for row in rows if row.body is not None)
        bodies = [body_rows[row.body] for row in rows if row.body is not None]
        fingerprint = np.array([(body.high, body.low) for body in bodies], np.int64).reshape(-1, 2).view(np.uint64)
        length = np.array([body.words for body in bodies], np.int64)
        digests = Bodies(length, np.array([body.size for body in bodies], np.int32), fingerprint)
        numbers = np.array([row.number for row in rows], np.int64)
        return CachedVerifier(self, self._snapshot, rows, numbers, digests)

    def rows_to_store(self, representatives: Ints) -> list[PairRow]:
        """Return the unsaved comparisons to be stored.

        Those are the ones with features, and of `representatives` of components all, which are asked for again.
        """
        unsaved = self.comparisons.take(np.flatnonzero(self.comparisons.unsaved))
        a, b = unsaved.ends
        both = np.isin(a, representatives) & np.isin(b, representatives)
        unsaved = unsaved.take(np.flatnonzero(unsaved.has_features | both))
        features = [
            row.tobytes() if has_features else b""
            for row, has_features in zip(unsaved.features.astype("<i4"), unsaved.has_features.tolist(), strict=True)
        ]
        a, b = unsaved.ends
        return list(map(PairRow, a.tolist(), b.tolist(), unsaved.relation.tolist(), features))

    def joining(self, pairs: Sequence[tuple[ArticleRow, ArticleRow]]) -> set[int]:
        """Compare articles as a scan compares candidates; return the numbers of those that join another.

        Two join if they are related so that both may be in one cluster.
        """
        rows, (x, y) = _positions(pairs)
        row, _ = self.verifier(rows).find(x, y, exact=False)
        joins = r.JOINS[self.comparisons.relation[row]]
        return {rows[i].number for i in np.append(x[joins], y[joins]).tolist()}

    def rewrite_features(self, pairs: Sequence[tuple[ArticleRow, ArticleRow]]) -> NDArray[np.int32]:
        """Return the features of pairs that decide on rewrites, as `dedup.comparison.rewrite.rewrite_features` does."""
        rows, (x, y) = _positions(pairs)
        tokens, index, rank = self.verifier(rows).bodies.load(np.stack([x, y], axis=1))
        return rewrite.rewrite_features(tokens, index[:, 0], index[:, 1], rank)


class CachedVerifier:
    """A scan's `Verifier` of articles, by their positions in `rows`, that compares only pairs that are not cached.

    numbers (n,) int64, digests, bodies: of the articles.
    """

    def __init__(
        self, cache: PairCache, snapshot: Snapshot, rows: Sequence[ArticleRow], numbers: Ints, digests: Bodies
    ) -> None:
        self._cache, self.numbers, self.digests = cache, numbers, digests
        tokens, position = CachedTokens(rows, snapshot.tokens), np.arange(len(rows))
        rank = fingerprint_ranks(digests.fingerprint)
        self.bodies = BodyColumns(tokens, position, digests.length, digests.size, rank)
        self._verifier = Verifier(self.bodies, Limits.of(snapshot.settings), 1)

    def compare_related(self, a: Ints, b: Ints) -> RelationTable:
        """Compare pairs (m,) and return the related ones, as `Verifier.related` does."""
        row, mirror = self.find(a, b, exact=False)
        related = np.flatnonzero(self._cache.comparisons.relation[row] != r.NONE)
        return self._verified(a[related], b[related], row[related], mirror[related])

    def compare(self, pairs: Ints) -> RelationTable:
        """Compare pairs (m, 2) exactly and return all, as `Verifier.all` does."""
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        a, b = pairs[:, 0], pairs[:, 1]
        return self._verified(a, b, *self.find(a, b, exact=True))

    def columns(self, a: Ints, b: Ints, *, exact: bool) -> tuple[NDArray[np.uint8], Bools, NDArray[np.int32]]:
        """Compare pairs (m,); return their relation, has_features and features, see `Comparisons`."""
        row, mirror = self.find(a, b, exact=exact)
        return self._cache.comparisons.columns(row, mirror)

    def find(self, a: Ints, b: Ints, *, exact: bool) -> tuple[Ints, Bools]:
        """Compare the pairs (m,) that are not cached. Return for all the row in the cache, and whether it is mirrored:
        has the article at `b` as its a. exact: a cached comparison without features does not do."""
        x, y = self.numbers[a], self.numbers[b]
        key = pair_keys(x, y)
        row = self._cache.comparisons.find(key)
        is_missing = row < 0
        if exact and not is_missing.all():
            is_missing |= ~self._cache.comparisons.has_features[row]
        missing = np.flatnonzero(is_missing)
        mirror = x > y
        if len(missing):
            table = RelationTable.concatenate(self._verifier.blocks(a[missing], b[missing], exact=exact))
            features, relation = table.features, table.relation
            turn = mirror[missing]
            features[turn] = features[turn][:, MIRROR]
            # Of unrelated pairs features are right only if they were asked for.
            has_features = (relation != r.NONE) | exact
            features[~has_features] = 0
            unsaved = np.ones(len(missing), np.bool_)
            new = Comparisons(key[missing], relation, has_features, features, unsaved).in_order()
            self._cache.comparisons = self._cache.comparisons.overlaid_by(new)
            row = self._cache.comparisons.find(key)
        return row, mirror

    def _verified(self, a: Ints, b: Ints, row: Ints, mirror: Bools) -> RelationTable:
        relation, _, features = self._cache.comparisons.columns(row, mirror)
        return RelationTable(a, b, features, relation)


def _positions(pairs: Sequence[tuple[ArticleRow, ArticleRow]]) -> tuple[list[ArticleRow], tuple[Ints, Ints]]:
    """Return the articles of pairs, by number, and the positions of both ends of each pair among them."""
    rows = sorted({row.number: row for pair in pairs for row in pair}.values())
    position = {row.number: i for i, row in enumerate(rows)}
    x, y = (np.array([position[pair[side].number] for pair in pairs], np.int64) for side in (0, 1))
    return rows, (x, y)
