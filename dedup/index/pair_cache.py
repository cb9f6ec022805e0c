"""Comparisons: made by the scan's own code, and remembered, for a comparison is a fact about two texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.find import fingerprint_ranks
from dedup.comparison import relate as r
from dedup.comparison.align import FEATURES
from dedup.comparison.bodies import BodyColumns
from dedup.comparison.compare import MIRROR
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.rewrite import rewrite_features
from dedup.comparison.verify import BLOCK, Verifier
from dedup.index.document_store import Held
from dedup.index.snapshot import Known
from dedup.index.stores.base import ArticleRow, PairColumns, PairRow

Ints = NDArray[np.int64]

_WIDTH = len(FEATURES)


class Comparisons(NamedTuple):
    """Comparisons by `key` (n,) int64, `a << 32 | b` of the numbers of articles a < b, ascending, each once.

    relation (n,) uint8; told (n,) bool: whether there are features, else the row of `features` (n, len(FEATURES)) int32
    is 0; fresh (n,) bool: made just now, and not stored yet.
    """

    key: Ints
    relation: NDArray[np.uint8]
    told: NDArray[np.bool_]
    features: NDArray[np.int32]
    fresh: NDArray[np.bool_]

    @classmethod
    def none(cls) -> Comparisons:
        no = np.zeros(0, np.bool_)
        return cls(np.zeros(0, np.int64), np.zeros(0, np.uint8), no, np.zeros((0, _WIDTH), np.int32), no)

    @classmethod
    def stored(cls, rows: PairColumns) -> Comparisons:
        """Comparisons as the store hands them over."""
        key, told = rows.a << 32 | rows.b, rows.size > 0
        found = np.frombuffer(rows.features, "<i4").reshape(-1, _WIDTH)
        features = found
        if not told.all():
            features = np.zeros((len(key), _WIDTH), np.int32)
            features[told] = found
        held = cls(key, rows.relation, told, features, np.zeros(len(key), np.bool_))
        return held.take(np.argsort(key, kind="stable")) if (key[1:] < key[:-1]).any() else held

    @property
    def ends(self) -> tuple[Ints, Ints]:
        """The numbers of both articles."""
        return self.key >> 32, self.key & 0xFFFFFFFF

    def related(self) -> Comparisons:
        """Those of related articles."""
        return self.take(np.flatnonzero(self.relation != r.NONE))

    def take(self, rows: Ints) -> Comparisons:
        features = self.features.take(rows, axis=0)
        return Comparisons(self.key[rows], self.relation[rows], self.told[rows], features, self.fresh[rows])

    def find(self, key: Ints) -> Ints:
        """The rows of keys, -1 for one that is not here."""
        if len(self.key) == 0:
            return np.full(len(key), -1)
        row = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return np.where(self.key[row] == key, row, -1)

    def under(self, other: Comparisons) -> Comparisons:
        """These and others; where both have a pair, the other's."""
        if len(self.key) == 0 or len(other.key) == 0:
            return other if len(other.key) else self
        key = np.append(other.key, self.key)
        order = np.argsort(key, kind="stable")
        key = key[order]
        order = order[np.append(True, key[1:] != key[:-1])]
        return Comparisons(
            np.append(other.key, self.key)[order],
            np.append(other.relation, self.relation)[order],
            np.append(other.told, self.told)[order],
            np.concatenate([other.features, self.features]).take(order, axis=0),
            np.append(other.fresh, self.fresh)[order],
        )


class Compared:
    """The comparisons that concern a change: those stored, and those that were made on the way."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._loaded: set[int] = set()
        #: All that was loaded or made.
        self.held = Comparisons.none()
        #: Representatives that are none any more: what is stored of them is forgotten.
        self.stale: set[int] = set()

    def load(self, articles: Iterable[int]) -> None:
        """Fetch all that is stored of these articles."""
        missing = {n for n in set(articles) - self._loaded - self.stale if n not in self._known.fresh}
        self._loaded |= missing
        if missing:
            self.held = Comparisons.stored(self._known.store.pairs(missing)).under(self.held)

    def load_among(self, articles: Iterable[int]) -> None:
        """Fetch what is stored of these articles toward each other."""
        wanted = {n for n in set(articles) - self.stale if n not in self._known.fresh}
        if not wanted <= self._loaded:
            self.held = Comparisons.stored(self._known.store.pairs(wanted, both_ends=True)).under(self.held)

    def between(self, rows: Sequence[ArticleRow]) -> Among:
        """The comparisons of these articles among each other, as a scan's verifier gives them."""
        return Among.of(self, self._known, rows)

    def add(self, key: Ints, relation: NDArray[np.uint8], told: NDArray[np.bool_], features: NDArray[np.int32]) -> None:
        """Remember comparisons that were made, by keys in any order."""
        made = Comparisons(key, relation, told, features, np.ones(len(key), np.bool_))
        if (key[1:] < key[:-1]).any():
            made = made.take(np.argsort(key, kind="stable"))
        self.held = self.held.under(made)

    def to_store(self, together: Ints) -> list[PairRow]:
        """What was made and is to be kept: related pairs, and of the articles that are `together` in components all,
        for they will be asked for again."""
        made = self.held.take(np.flatnonzero(self.held.fresh))
        a, b = made.ends
        made = made.take(np.flatnonzero(made.told | (np.isin(a, together) & np.isin(b, together))))
        features = [
            row.tobytes() if told else b""
            for row, told in zip(made.features.astype("<i4"), made.told.tolist(), strict=True)
        ]
        a, b = made.ends
        return list(map(PairRow, a.tolist(), b.tolist(), made.relation.tolist(), features))

    def relate(self, pairs: Sequence[tuple[ArticleRow, ArticleRow]]) -> set[int]:
        """Compare articles, as a scan compares candidates, and remember the related ones; those, by number, that are
        related so that they may stand in one cluster with another."""
        rows, (x, y) = _placed(pairs)
        row, _ = self.between(rows).find(x, y, exact=False)
        joined = r.JOINS[self.held.relation[row]]
        return {rows[i].number for i in np.append(x[joined], y[joined]).tolist()}

    def look(self, pairs: Sequence[tuple[ArticleRow, ArticleRow]]) -> NDArray[np.int32]:
        """The features of pairs by which rewrites are told."""
        rows, (x, y) = _placed(pairs)
        among = self.between(rows)
        tokens, index, rank = among.bodies.load(np.stack([x, y], axis=1))
        return rewrite_features(tokens, index[:, 0], index[:, 1], rank)


class Among:
    """Compares articles by their place in a list; what was compared before is taken from what is remembered.

    fingerprint (n, 2) uint64, count and size (n,): of their bodies, as in `Corpus`; tie (n,): the rank of the
    fingerprint; held: their words.
    """

    def __init__(
        self,
        compared: Compared,
        known: Known,
        rows: Sequence[ArticleRow],
        number: Ints,
        fingerprint: NDArray[np.uint64],
        count: Ints,
        size: NDArray[np.int32],
    ) -> None:
        self._compared, self._number = compared, number
        self.fingerprint, self.count, self.size = fingerprint, count, size
        self.tie = fingerprint_ranks(self.fingerprint)
        self.held = Held(rows, known.words)
        self.bodies = BodyColumns(self.held, np.arange(len(number)), count, size, self.tie)
        self._verifier = Verifier(self.bodies, known.settings.threshold, 1)

    @classmethod
    def of(cls, compared: Compared, known: Known, rows: Sequence[ArticleRow]) -> Among:
        """Of articles that all have a body."""
        bodies = known.body_rows(row.body for row in rows if row.body is not None)
        own = [bodies[row.body] for row in rows if row.body is not None]
        fingerprint = np.array([(body.high, body.low) for body in own], np.int64).reshape(-1, 2).view(np.uint64)
        number = np.array([row.number for row in rows], np.int64)
        count = np.array([body.words for body in own], np.int64)
        return cls(compared, known, rows, number, fingerprint, count, np.array([body.size for body in own], np.int32))

    def related(self, a: Ints, b: Ints, advance: Callable[[int], None]) -> RelationTable:
        """`Verifier.related`."""
        row, turned = self.find(a, b, exact=False)
        related = np.flatnonzero(self._compared.held.relation[row] != r.NONE)
        return self._verified(a[related], b[related], row[related], turned[related])

    def all(self, pairs: NDArray[np.int64]) -> RelationTable:
        """`Verifier.all`."""
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        a, b = pairs[:, 0], pairs[:, 1]
        return self._verified(a, b, *self.find(a, b, exact=True))

    def find(self, a: Ints, b: Ints, *, exact: bool) -> tuple[Ints, NDArray[np.bool_]]:
        """The row of each pair in what is held, and whether its a is the pair's b, after comparing what is missing."""
        x, y = self._number[a], self._number[b]
        key = np.minimum(x, y) << 32 | np.maximum(x, y)
        row = self._compared.held.find(key)
        absent = row < 0
        if exact and not absent.all():
            # Of unrelated pairs the numbers are not right, unless they were asked for exactly.
            absent |= ~self._compared.held.told[row]
        missing = np.flatnonzero(absent)
        if len(missing):
            self._compare(a[missing], b[missing], key[missing], (x > y)[missing], exact=exact)
            row = self._compared.held.find(key)
        return row, x > y

    def _compare(self, a: Ints, b: Ints, key: Ints, turned: NDArray[np.bool_], *, exact: bool) -> None:
        """Compare pairs and remember them."""
        parts = [
            self._verifier.block(a[low : low + BLOCK], b[low : low + BLOCK], exact) for low in range(0, len(a), BLOCK)
        ]
        features, relation = (np.concatenate(part) for part in zip(*parts, strict=True))
        features[turned] = features[turned][:, MIRROR]
        told = (relation != r.NONE) | exact
        features[~told] = 0
        self._compared.add(key, relation, told, features)

    def facts(
        self, row: Ints, turned: NDArray[np.bool_]
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.int32]]:
        """Relation, whether there are features, and these, of what `find` found."""
        held = self._compared.held
        features = held.features.take(row, axis=0)
        features[turned] = features[turned].take(MIRROR, axis=1)
        return held.relation[row], held.told[row], features

    def _verified(self, a: Ints, b: Ints, row: Ints, turned: NDArray[np.bool_]) -> RelationTable:
        held = self._compared.held
        features = held.features.take(row, axis=0)
        features[turned] = features[turned].take(MIRROR, axis=1)
        return RelationTable(a, b, features, held.relation[row])


def _placed(pairs: Sequence[tuple[ArticleRow, ArticleRow]]) -> tuple[list[ArticleRow], tuple[Ints, Ints]]:
    """The articles of pairs, by number, and the places of both ends of each pair among them."""
    rows = sorted({row.number: row for pair in pairs for row in pair}.values())
    place = {row.number: i for i, row in enumerate(rows)}
    x, y = (np.array([place[pair[side].number] for pair in pairs], np.int64) for side in (0, 1))
    return rows, (x, y)
