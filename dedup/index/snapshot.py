"""`Snapshot`: the rows of a store at one moment with a change laid over them, which a change is planned by."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.anchors import KEY_RATE, MAX_BODIES, MAX_KEYS, key_kernel
from dedup.candidates.search import group_identical, time_buckets
from dedup.index.document_cache import DocumentCache, TokensByArticle
from dedup.index.ingest import NewArticle
from dedup.index.stores import base as b
from dedup.index.stores.base import ANCHOR, ArticleRow, BodyRow, PostingHits, Sketch, Store
from dedup.index.stores.checksums import require_rows
from dedup.inputs.dates import parse_timestamp
from dedup.kernels.sorted_arrays import BODY_BITS, BODY_MASK, isin_sorted, merge, select_keys
from dedup.settings import Settings

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: Postings as `stores.base.encode_postings` makes them, keys `kind << 32 | key`, or bodies; ascending.
Packed = NDArray[np.uint64]


class Snapshot:
    """Articles and bodies as they are after one change. Reads only, within a transaction; `apply` writes the change.

    articles: that are added; added: their rows, by the numbers that they will have; new_bodies: the bodies that they
    bring, by number. removed: rows of the articles that are removed, by number. affected: bodies of any of these,
    ascending. rekeyed: stored bodies whose keys of names change, since another article represents them.
    """

    def __init__(
        self,
        store: Store,
        documents: DocumentCache,
        settings: Settings,
        articles: Sequence[NewArticle] = (),
        removed: Sequence[int] = (),
    ) -> None:
        self.store, self.documents, self.settings = store, documents, settings
        self.articles = articles
        self.added: dict[int, ArticleRow] = {}
        self.new_bodies: dict[int, BodyRow] = {}
        self._new_articles: dict[int, NewArticle] = {}
        self._articles_of: dict[int, list[ArticleRow]] = {}  # by body
        self._body_rows: dict[int, BodyRow] = {}
        self._sketches: dict[int, Sketch] = {}
        self.removed = {row.number: row for row in store.articles(removed)}
        require_rows("article", removed, self.removed)
        self._number()
        self.rekeyed: set[int] = set()
        #: Keys whose stored postings were read, these postings, and the over-full ones of the keys.
        self._keys = self._postings = self._overfull = np.zeros(0, np.uint64)
        self._new = np.array([*self.new_bodies], np.int64)
        self._new_short = np.array([number for number, row in self.new_bodies.items() if row.is_short], np.int64)
        rows = (*self.added.values(), *self.removed.values())
        self.affected = sorted({row.body for row in rows if row.body is not None})

    def _number(self) -> None:
        """Give the articles that are added, and the bodies that they bring, the next numbers."""
        if not self.articles:
            return
        next_article, next_body = self.store.next_number("article"), self.store.next_number("body")
        bodies = self.store.bodies_by_fingerprint([(a.body.high, a.body.low) for a in self.articles if a.body])
        for number, a in enumerate(self.articles, next_article):
            body = None
            if a.body is not None:
                fingerprint = a.body.high, a.body.low
                body = bodies.get(fingerprint)
                if body is None:
                    body = bodies[fingerprint] = next_body
                    self.new_bodies[body] = a.body._replace(number=body)
                    self._sketches[body] = a.sketch
                    next_body += 1
            self.added[number] = a.row._replace(number=number, body=body)
            self._new_articles[number] = a

    # -- articles ---------------------------------------------------------------------------------------------------

    def articles_of(self, bodies: Iterable[int]) -> dict[int, list[ArticleRow]]:
        """Return the articles of bodies after the change, by body, ordered by id; bodies without any are left out."""
        bodies = sorted(set(bodies))
        missing = {body for body in bodies if body not in self._articles_of}
        if missing:
            old = sorted(missing - self.new_bodies.keys())
            rows = self.store.articles_of_bodies(old) if old else []
            require_rows("article", old, {row.body for row in rows})
            rows = [row for row in rows if row.number not in self.removed]
            rows += [row for row in self.added.values() if row.body in missing]
            self._articles_of |= {body: [] for body in missing}
            for row in sorted(rows, key=attrgetter("id")):
                self._articles_of[row.body].append(row)  # type: ignore[index]
        return {body: rows for body in bodies if (rows := self._articles_of[body])}

    def cache_articles(self, body: int, rows: Sequence[ArticleRow]) -> None:
        """Take over the stored articles of a body, ordered by id, which are known from elsewhere."""
        if body not in self._articles_of:
            articles = self._articles_of[body] = list(rows)
            for row in self.added.values():
                if row.body == body:
                    insort(articles, row, key=attrgetter("id"))

    def articles_before(self, body: int) -> list[ArticleRow]:
        """Return the articles of a body before the change, ordered by id."""
        rows = [row for row in self.articles_of([body]).get(body, ()) if row.number not in self.added]
        removed = [row for row in self.removed.values() if row.body == body]
        return sorted([*rows, *removed], key=lambda row: row.id) if removed else rows

    def representatives(self, rows: Sequence[ArticleRow]) -> list[ArticleRow]:
        """Return those of the articles of one body, ordered by id, that represent it.

        That is the first; with a window the first of each time bucket.
        """
        days = self.settings.window
        if days is None or len(rows) < 2:
            return list(rows[:1])
        seconds = np.array([when.seconds if (when := parse_timestamp(row.published)) else np.nan for row in rows])
        fingerprint = np.zeros((len(rows), 2), np.uint64)
        first = group_identical(
            fingerprint, np.full(len(rows), 1 << 20), time_buckets(fingerprint, seconds, days * 86400)
        )
        return [rows[i] for i in np.unique(first).tolist()]

    def tokens(self, rows: Sequence[ArticleRow]) -> TokensByArticle:
        """Return the tokens of the bodies of articles, by number."""
        tokens = {row.number: new.tokens for row in rows if (new := self._new_articles.get(row.number))}
        rest = [row for row in rows if row.number not in tokens]
        return tokens | self.documents.tokens(rest) if rest else tokens

    def texts(self, rows: Sequence[ArticleRow]) -> dict[int, bytes]:
        """Return the texts (UTF-8) of articles, by number."""
        texts = {row.number: new.text for row in rows if (new := self._new_articles.get(row.number))}
        rest = [row.number for row in rows if row.number not in texts]
        return texts | self.documents.texts(rest) if rest else texts

    # -- bodies -----------------------------------------------------------------------------------------------------

    def body_rows(self, numbers: Iterable[int]) -> dict[int, BodyRow]:
        """Return the rows of bodies that are stored or new, by number, ascending."""
        numbers = set(numbers)
        missing = [number for number in numbers if number not in self._body_rows and number not in self.new_bodies]
        if missing:
            self._body_rows |= {row.number: row for row in self.store.bodies(missing)}
            require_rows("body", missing, self._body_rows)
        both = (self.new_bodies, self._body_rows)
        return {number: rows[number] for number in sorted(numbers) for rows in both if number in rows}

    def is_core(self, bodies: Ints) -> Bools:
        """Tell which of the bodies (n,) exist after the change and were, before it, cores of clusters or in none."""
        return (self.store.has_flag(b.IS_CORE, bodies) | isin_sorted(self._new, bodies)) & self.exists_after(bodies)

    def is_short(self, bodies: Ints) -> Bools:
        """Tell which of the bodies (n,) are short (`BodyRow.is_short`)."""
        return self.store.has_flag(b.IS_SHORT, bodies) | isin_sorted(self._new_short, bodies)

    def exists_after(self, bodies: Ints) -> Bools:
        """Tell which of the bodies (n,), all of which are stored or new, have articles after the change."""
        return ~isin_sorted(self._emptied, bodies)

    @cached_property
    def _emptied(self) -> Ints:
        rest = self.articles_of(self.affected) if self.removed else set(self.affected)
        return np.array([body for body in self.affected if body not in rest], np.int64)

    def sketches(self, bodies: Iterable[int]) -> dict[int, Sketch]:
        """Return the sketches of bodies, by number, ascending."""
        bodies = sorted(set(bodies))
        missing = [body for body in bodies if body not in self._sketches]
        if missing:
            self._sketches |= {body: Sketch.from_bytes(data) for body, data in self.store.sketches(missing).items()}
            require_rows("sketch", missing, self._sketches)
        return {body: self._sketches[body] for body in bodies}

    def sketch(self, body: int) -> Sketch:
        """Return the sketch of a body."""
        return self.sketches([body])[body]

    def rekey(self, body: int, row: ArticleRow) -> None:
        """Let another article represent a body.

        The keys of names may differ, since it may write other words with a capital.
        """
        tokens = self.tokens([row])[row.number]
        names, _ = key_kernel(tokens, np.zeros(1, np.int64), np.array([len(tokens)]), KEY_RATE, MAX_KEYS)
        sketch = self.sketch(body)
        if not np.array_equal(names, sketch.anchor):
            self._sketches[body] = Sketch(sketch.band, sketch.passage, names)
            self.rekeyed.add(body)

    def connected_bodies(self, bodies: Iterable[int]) -> set[int]:
        """Return these bodies and all others of their components before the change."""
        rows = self.body_rows(bodies)
        labels = {row.component for row in rows.values() if row.component is not None}
        return {*rows, *(self.store.bodies_of_components(labels) if labels else ())}

    # -- postings ---------------------------------------------------------------------------------------------------

    @cached_property
    def new_postings(self) -> Packed:
        """The postings that the change adds, each once."""
        postings = b.encode_postings(list(self.sketches(self.new_bodies).items()))
        if self.rekeyed:
            rekeyed = b.encode_postings(list(self.sketches(self.rekeyed).items()))
            postings = merge(postings, b.select_kinds(rekeyed, [ANCHOR], shift=32 + BODY_BITS))
        return postings

    def postings(self, bodies: Iterable[int], kinds: Sequence[int], prefetch: Sequence[int] = ()) -> PostingHits:
        """Return all postings of the keys of these kinds that the bodies have, and which of the keys are over-full.

        Those of bodies that are removed are still among them, those of new bodies are already. prefetch: kinds that
        will be asked for next; they follow `kinds`.
        """
        keys = b.union_keys(list(self.sketches(bodies).values()))
        self._fetch(b.select_kinds(keys, [*kinds, *prefetch]))
        keys = b.select_kinds(keys, kinds)
        posting = select_keys(self._postings, keys)
        if self.rekeyed and ANCHOR in kinds:
            names = posting >= np.uint64(ANCHOR << (32 + BODY_BITS))
            posting = posting[~(names & np.isin(posting & np.uint64(BODY_MASK), sorted(self.rekeyed)))]
        return PostingHits(merge(posting, select_keys(self.new_postings, keys)), self._overfull)

    def core_counts(self, keys: NDArray[np.uint32], inside: Collection[int]) -> Ints:
        """Count for each key of names (k,) the bodies that have it and are cores or in no cluster.

        The bodies `inside` are left out. The result (k,) is 0 where at most `MAX_BODIES` bodies have the key, for then
        the count makes no difference; beyond `MAX_BODIES` any number above it.
        """
        queries = keys.astype(np.uint64) | np.uint64(ANCHOR << 32)
        distinct = np.unique(queries)
        count = np.zeros(len(distinct), np.int64)
        self._fetch(distinct)
        postings = merge(select_keys(self._postings, distinct), select_keys(self.new_postings, distinct))
        key = postings >> np.uint64(BODY_BITS)
        bodies = np.bincount(np.searchsorted(distinct, key), minlength=len(distinct))
        rest = np.flatnonzero(isin_sorted(self._overfull, distinct) | (bodies > MAX_BODIES))
        limit = 2 * MAX_BODIES
        inside_array = np.array(sorted(inside), np.int64)
        while len(rest):
            posting = self.store.first_postings(distinct[rest], limit)
            if self.rekeyed:
                posting = posting[~np.isin(posting & np.uint64(BODY_MASK), sorted(self.rekeyed))]
            posting = merge(posting, select_keys(self.new_postings, distinct[rest]))
            body = (posting & np.uint64(BODY_MASK)).astype(np.int64)
            of_key = np.searchsorted(distinct[rest], posting >> np.uint64(BODY_BITS))
            is_core = self.is_core(body) & ~isin_sorted(inside_array, body)
            count[rest] = np.bincount(of_key[is_core], minlength=len(rest))
            rows = np.bincount(of_key, minlength=len(rest))
            rest = rest[(count[rest] <= MAX_BODIES) & (rows >= limit)]
            limit *= 8
        return count[np.searchsorted(distinct, queries)]

    def _fetch(self, keys: Packed) -> None:
        """Read the stored postings of keys that were not read yet."""
        missing = keys[~isin_sorted(self._keys, keys)] if len(self._keys) else keys
        if len(missing):
            hits = self.store.postings(missing)
            self._postings = merge(self._postings, hits.postings)
            self._overfull = merge(self._overfull, hits.overfull)
            self._keys = merge(self._keys, missing)
