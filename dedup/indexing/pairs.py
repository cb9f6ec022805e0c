"""Comparisons: made by the scan's own code, and remembered, for a comparison is a fact about two texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.clusters import relate as r
from dedup.clusters.align import FEATURES
from dedup.clusters.compare import MIRROR
from dedup.clusters.group import Verified
from dedup.clusters.rewrite import look
from dedup.clusters.verify import Verifier
from dedup.indexing.known import Known
from dedup.indexing.store import ArticleRow, PairRow
from dedup.indexing.texts import Held

Ints = NDArray[np.int64]
#: Two articles, by number, the smaller first.
Key = tuple[int, int]

_WIDTH = len(FEATURES)


class Compared:
    """The comparisons that concern a change: those stored, and those that were made on the way (`fresh`)."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._rows: dict[Key, PairRow] = {}
        self._loaded: set[int] = set()
        self.fresh: dict[Key, PairRow] = {}
        #: Representatives that are none any more: what is stored of them is forgotten.
        self.stale: set[int] = set()

    def load(self, articles: Iterable[int]) -> None:
        """Fetch all that is stored of these articles."""
        missing = {n for n in set(articles) - self._loaded - self.stale if n not in self._known.fresh}
        self._loaded |= missing
        for row in self._known.store.pairs(missing) if missing else ():
            self._rows.setdefault((row.a, row.b), row)

    def load_among(self, articles: Iterable[int]) -> None:
        """Fetch what is stored of these articles toward each other."""
        wanted = {n for n in set(articles) - self.stale if n not in self._known.fresh}
        if not wanted <= self._loaded:
            for row in self._known.store.pairs_among(wanted):
                self._rows.setdefault((row.a, row.b), row)

    def held(self) -> Collection[PairRow]:
        """All that was loaded or made."""
        return self._rows.values()

    def between(self, rows: Sequence[ArticleRow]) -> Among:
        """The comparisons of these articles among each other, as a scan's verifier gives them."""
        return Among(self, rows)

    def find(self, key: Key) -> PairRow | None:
        return self._rows.get(key)

    def add(self, row: PairRow) -> None:
        self._rows[row.a, row.b] = self.fresh[row.a, row.b] = row

    def verifier(self, rows: Sequence[ArticleRow]) -> tuple[Verifier, Held, NDArray[np.int64], NDArray[np.int64]]:
        """What compares articles by their place in `rows`; where their words are, how many (n,), their ties (n,)."""
        bodies = self._known.body_rows(row.body for row in rows if row.body is not None)
        own = [bodies[row.body] for row in rows if row.body is not None]
        count = np.array([body.words for body in own], np.int64)
        size = np.array([body.size for body in own], np.int32)
        tie = ties(np.array([(body.high, body.low) for body in own], np.int64).reshape(-1, 2))
        held = Held(rows, self._known.words)
        threshold = self._known.settings.threshold
        return Verifier(held, np.arange(len(own)), count, size, tie, threshold, 1), held, count, tie

    def relate(self, pairs: Sequence[tuple[ArticleRow, ArticleRow]]) -> list[PairRow]:
        """Compare articles, as a scan compares candidates, and remember the related ones."""
        rows = sorted({row.number: row for pair in pairs for row in pair}.values())
        place = {row.number: i for i, row in enumerate(rows)}
        found = self.between(rows).related(
            np.array([place[x.number] for x, _ in pairs]), np.array([place[y.number] for _, y in pairs]), lambda n: None
        )
        keys = [_key(rows[a].number, rows[b].number) for a, b in zip(found.a.tolist(), found.b.tolist(), strict=True)]
        return [self._rows[key] for key in keys]

    def look(self, pairs: Sequence[tuple[ArticleRow, ArticleRow]]) -> NDArray[np.int32]:
        """The features of pairs by which rewrites are told."""
        rows = sorted({row.number: row for pair in pairs for row in pair}.values())
        place = {row.number: i for i, row in enumerate(rows)}
        _, held, count, tie = self.verifier(rows)
        word, first = held.gather(np.arange(len(rows)), count)
        x, y = (np.array([place[pair[side].number] for pair in pairs]) for side in (0, 1))
        return look(word, first, x, y, tie)


class Among:
    """Compares articles by their place in a list; what was compared before is taken from what is remembered."""

    def __init__(self, compared: Compared, rows: Sequence[ArticleRow]) -> None:
        self._compared, self._rows = compared, rows
        self.verifier, self.held, self.count, self.tie = compared.verifier(rows)

    def related(self, a: Ints, b: Ints, advance: Callable[[int], None]) -> Verified:
        """`Verifier.related`."""
        found = self._take(a, b, exact=False)
        return found.only(found.relation != r.NONE)

    def all(self, pairs: NDArray[np.int64]) -> Verified:
        """`Verifier.all`."""
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        return self._take(pairs[:, 0], pairs[:, 1], exact=True)

    def _take(self, a: Ints, b: Ints, *, exact: bool) -> Verified:
        numbers = [row.number for row in self._rows]
        keys = [_key(numbers[x], numbers[y]) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
        known = [self._compared.find(key) for key in keys]
        # Of unrelated pairs the numbers are not right, unless they were asked for exactly.
        missing = [i for i, row in enumerate(known) if row is None or (exact and not row.features)]
        features, relation = np.zeros((len(keys), _WIDTH), np.int32), np.zeros(len(keys), np.uint8)
        for low in range(0, len(missing), 1024):
            part = np.array(missing[low : low + 1024])
            x, y = a[part], b[part]
            swap = np.array([numbers[i] > numbers[j] for i, j in zip(x.tolist(), y.tolist(), strict=True)])
            rows, codes = self.verifier.block(x, y, exact)
            features[part], relation[part] = rows, codes
            rows = np.where(swap[:, None], rows[:, MIRROR], rows)
            for i, row, code in zip(part.tolist(), rows, codes.tolist(), strict=True):
                stored = row.astype("<i4").tobytes() if code or exact else b""
                self._compared.add(PairRow(keys[i][0], keys[i][1], code, stored))
        fresh = set(missing)
        for i, row in enumerate(known):
            if row is None or i in fresh:
                continue
            relation[i] = row.relation
            if row.features:
                own = np.frombuffer(row.features, "<i4")
                features[i] = own if numbers[int(a[i])] == row.a else own[MIRROR]
        return Verified(a, b, features, relation)


def ties(fingerprint: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rank of each of these fingerprints (n, 2), given as signed halves."""
    prints = fingerprint.view(np.uint64)
    tie = np.empty(len(prints), np.int64)
    tie[np.lexsort((prints[:, 1], prints[:, 0]))] = np.arange(len(prints))
    return tie


def _key(x: int, y: int) -> Key:
    return (x, y) if x < y else (y, x)
