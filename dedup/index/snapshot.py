"""What is known while a change is planned: the stored rows, what comes in laid over them, what goes taken out."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.anchors import KEY_RATE, MAX_BODIES, MAX_KEYS, key_kernel
from dedup.candidates.search import group_identical, time_buckets
from dedup.index.document_store import Texts, WordsOf
from dedup.index.ingest import Incoming
from dedup.index.stores.base import (
    ANCHOR,
    IS_CORE,
    IS_SHORT,
    ArticleRow,
    BodyRow,
    PostingHits,
    Sketch,
    Store,
    encode_postings,
    select_kinds,
    union_keys,
)
from dedup.index.stores.checksums import require_rows
from dedup.inputs.dates import parse_timestamp
from dedup.kernels.sorted_arrays import BODY_BITS, BODY_MASK, isin_sorted, merge, select_keys
from dedup.settings import Settings


class Known:
    """Articles and bodies, of the store and of one change. Reads only; the change is written by `Outcome.apply`.

    fresh: articles that come in, by the numbers they are to have; `bodies` those of them that are new. gone: numbers of
    articles that go.
    """

    def __init__(
        self, store: Store, texts: Texts, settings: Settings, incoming: Sequence[Incoming], gone: Sequence[int]
    ) -> None:
        self.store, self.texts, self.settings = store, texts, settings
        self.incoming = incoming
        self.fresh: dict[int, ArticleRow] = {}
        self.bodies: dict[int, BodyRow] = {}
        self._word: WordsOf = {}
        self._rows: dict[int, list[ArticleRow]] = {}  # by body
        self._found: dict[int, BodyRow] = {}
        self._sketch: dict[int, Sketch] = {}
        self.gone = {row.number: row for row in store.articles(gone)}
        require_rows("article", gone, self.gone)
        self._number()
        #: Bodies whose names changed.
        self.renamed: set[int] = set()
        self._new: NDArray[np.uint64] | None = None
        #: Keys that were asked for, their postings, and the crowded ones among them.
        self._asked = self._posting = self._crowded = np.zeros(0, np.uint64)
        #: New bodies, and those of them that are short; touched ones without articles after the change.
        self._fresh_bodies = np.array([*self.bodies], np.int64)
        self._fresh_short = np.array([number for number, row in self.bodies.items() if row.is_short], np.int64)
        self._ended: NDArray[np.int64] | None = None
        self.touched = sorted({row.body for row in (*self.fresh.values(), *self.gone.values()) if row.body is not None})
        self._touched = set(self.touched)

    def _number(self) -> None:
        """Give the articles that come in, and their bodies, the next numbers."""
        article, body = self.store.next_numbers() if self.incoming else (1, 1)
        prints = [(one.high, one.low) for one in self.incoming if one.comparable]
        known = self.store.bodies_by_fingerprint(prints)
        for number, one in enumerate(self.incoming, article):
            home = None
            if one.comparable:
                home = known.get((one.high, one.low))
                if home is None:
                    home = known[one.high, one.low] = body
                    self.bodies[home] = BodyRow(home, one.high, one.low, one.count, one.size, None, None)
                    self._sketch[home] = one.sketch
                    body += 1
            self.fresh[number] = ArticleRow(
                number, one.id, home, one.url, one.domain, one.title, one.published, one.authors, one.meta, one.age,
                one.said,
            )  # fmt: skip
            self._word[number] = one.word

    # -- articles ---------------------------------------------------------------------------------------------------

    def rows_of(self, bodies: Iterable[int]) -> dict[int, list[ArticleRow]]:
        """The articles of bodies after the change, by body, in the order of their ids; bodies without any left out."""
        wanted = sorted(set(bodies))
        missing = [body for body in wanted if body not in self._rows]
        if missing:
            for body in missing:
                self._rows[body] = []
            stored = [body for body in missing if body not in self.bodies]
            rows = self.store.articles_of_bodies(stored) if stored else []
            require_rows("article", stored, {row.body for row in rows})
            for row in rows:
                if row.number not in self.gone:
                    self._rows[row.body].append(row)  # type: ignore[index]
            asked = set(missing)
            for row in self.fresh.values():
                if row.body in asked:
                    self._rows[row.body].append(row)
            for body in missing:
                self._rows[body].sort(key=lambda row: row.id)
        return {body: rows for body in wanted if (rows := self._rows[body])}

    def hold(self, body: int, rows: Sequence[ArticleRow]) -> None:
        """Have the stored articles of a body at hand, which are these, by id."""
        if body not in self._rows:
            own = self._rows[body] = list(rows)
            for row in self.fresh.values():
                if row.body == body:
                    insort(own, row, key=attrgetter("id"))

    def before(self, body: int) -> list[ArticleRow]:
        """The articles of a body before the change, in the order of their ids."""
        rows = [row for row in self.rows_of([body]).get(body, ()) if row.number not in self.fresh]
        gone = [row for row in self.gone.values() if row.body == body]
        return sorted([*rows, *gone], key=lambda row: row.id) if gone else rows

    def representatives(self, rows: Sequence[ArticleRow]) -> list[ArticleRow]:
        """The representatives among the articles of one body, given by id: the first; with a window, of each era."""
        days = self.settings.window
        if days is None or len(rows) < 2:
            return list(rows[:1])
        when = np.array([w.seconds if (w := parse_timestamp(row.published)) else np.nan for row in rows])
        same = np.zeros((len(rows), 2), np.uint64)
        rep = group_identical(same, np.full(len(rows), 1 << 20), time_buckets(same, when, days * 86400))
        return [rows[i] for i in np.unique(rep).tolist()]

    def words(self, rows: Sequence[ArticleRow]) -> WordsOf:
        """The words of articles' bodies, by number."""
        found = {row.number: self._word[row.number] for row in rows if row.number in self._word}
        rest = [row for row in rows if row.number not in found]
        return found | self.texts.words(rest) if rest else found

    # -- bodies -----------------------------------------------------------------------------------------------------

    def body_rows(self, numbers: Iterable[int]) -> dict[int, BodyRow]:
        """Rows of bodies that are there, before or by the change."""
        wanted = set(numbers)
        missing = [number for number in wanted if number not in self._found and number not in self.bodies]
        if missing:
            self._found |= {row.number: row for row in self.store.bodies(missing)}
            require_rows("body", missing, self._found)
        both = (self.bodies, self._found)
        return {number: rows[number] for number in sorted(wanted) for rows in both if number in rows}

    def leading(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these bodies, (n,), lead a cluster before the change or are alone, and are there after it."""
        leads = self.store.has_flag(IS_CORE, bodies)
        return (leads | isin_sorted(self._fresh_bodies, bodies)) & self.alive(bodies)

    def short(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these bodies, (n,), are short."""
        return self.store.has_flag(IS_SHORT, bodies) | isin_sorted(self._fresh_short, bodies)

    def alive(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these bodies, (n,), have articles after the change, all being there before it or by it."""
        if self._ended is None:
            left = self.rows_of(self.touched) if self.gone else self._touched
            self._ended = np.array([body for body in self.touched if body not in left], np.int64)
        return ~isin_sorted(self._ended, bodies)

    def sketches(self, bodies: Iterable[int]) -> dict[int, Sketch]:
        """The sketches of bodies, by number."""
        wanted = sorted(set(bodies))
        missing = [body for body in wanted if body not in self._sketch]
        if missing:
            self._sketch |= {body: Sketch.from_bytes(data) for body, data in self.store.sketches(missing).items()}
            require_rows("sketch", missing, self._sketch)
        return {body: self._sketch[body] for body in wanted if body in self._sketch}

    def sketch(self, body: int) -> Sketch:
        return self.sketches([body])[body]

    def components(self, bodies: Iterable[int]) -> set[int]:
        """These bodies and all that are connected with them before the change."""
        rows = self.body_rows(bodies)
        labels = {row.component for row in rows.values() if row.component is not None}
        return {*rows, *(self.store.bodies_of_components(labels) if labels else ())}

    def postings(self, bodies: Iterable[int], kinds: Sequence[int], ahead: Sequence[int] = ()) -> PostingHits:
        """All postings of the keys of these kinds that these bodies have, and which of them are crowded.

        What goes is still among them; what comes in is there already. ahead: kinds that will be asked for next; kinds
        and they follow each other.
        """
        keys = union_keys(list(self.sketches(bodies).values()))
        self._fetch(select_kinds(keys, [*kinds, *ahead]))
        wanted = select_kinds(keys, kinds)
        posting = select_keys(self._posting, wanted)
        if self.renamed and ANCHOR in kinds:
            names = posting >= np.uint64(ANCHOR << (32 + BODY_BITS))
            posting = posting[~(names & np.isin(posting & np.uint64(BODY_MASK), sorted(self.renamed)))]
        return PostingHits(merge(posting, select_keys(self.new_postings(), wanted)), self._crowded)

    def leaders(self, keys: NDArray[np.uint32], inside: Collection[int]) -> NDArray[np.int64]:
        """Of keys of names, how many bodies have them that lead a cluster or are alone, `inside` left out: (k,).

        0 where so few bodies have the key that it cannot be over `MAX_BODIES`; of one that is over it, only that it is.
        """
        wanted = np.unique(keys).astype(np.uint64) | np.uint64(ANCHOR << 32)
        count = np.zeros(len(wanted), np.int64)
        self._fetch(wanted)
        held = merge(select_keys(self._posting, wanted), select_keys(self.new_postings(), wanted)) >> np.uint64(
            BODY_BITS
        )
        bodies = np.bincount(np.searchsorted(wanted, held), minlength=len(wanted))
        # Of all others so few bodies have them that it makes no difference who these are.
        open_ = np.flatnonzero(isin_sorted(self._crowded, wanted) | (bodies > MAX_BODIES))
        limit = 2 * MAX_BODIES
        own = np.array(sorted(inside), np.int64)
        while len(open_):
            posting = self._first(wanted[open_], limit)
            body = (posting & np.uint64(BODY_MASK)).astype(np.int64)
            of = np.searchsorted(wanted[open_], posting >> np.uint64(BODY_BITS))
            counted = self.leading(body) & ~isin_sorted(own, body)
            count[open_] = np.bincount(of[counted], minlength=len(open_))
            seen = np.bincount(of, minlength=len(open_))
            open_ = open_[(count[open_] <= MAX_BODIES) & (seen >= limit)]
            limit *= 8
        return count[np.searchsorted(wanted, keys.astype(np.uint64) | np.uint64(ANCHOR << 32))]

    def _first(self, keys: NDArray[np.uint64], limit: int) -> NDArray[np.uint64]:
        """The postings of keys of names with their first bodies, and those that come in."""
        posting = self.store.first_postings(keys, limit)
        if self.renamed:
            posting = posting[~np.isin(posting & np.uint64(BODY_MASK), sorted(self.renamed))]
        return merge(posting, select_keys(self.new_postings(), keys))

    def _fetch(self, keys: NDArray[np.uint64]) -> None:
        """Have the stored postings of keys at hand."""
        missing = keys[~isin_sorted(self._asked, keys)] if len(self._asked) else keys
        if len(missing):
            found = self.store.postings(missing)
            self._posting = merge(self._posting, found.postings)
            self._crowded = merge(self._crowded, found.overfull)
            self._asked = merge(self._asked, missing)

    def new_postings(self) -> NDArray[np.uint64]:
        """The postings that the change brings, each once."""
        if self._new is None:
            self._new = encode_postings(list(self.sketches(self.bodies).items()))
            if self.renamed:
                names = encode_postings(list(self.sketches(self.renamed).items()))
                self._new = merge(self._new, select_kinds(names, [ANCHOR], shift=32 + BODY_BITS))
        return self._new

    def rename(self, body: int, row: ArticleRow) -> None:
        """Another article stands for a body: it may write other words with a capital."""
        word = self.words([row])[row.number]
        name, _ = key_kernel(word, np.zeros(1, np.int64), np.array([len(word)]), KEY_RATE, MAX_KEYS)
        sketch = self.sketch(body)
        if not np.array_equal(name, sketch.anchor):
            self._sketch[body] = Sketch(sketch.band, sketch.passage, name)
            self.renamed.add(body)

    def is_alive(self, body: int) -> bool:
        """Whether a body has articles after the change."""
        return body not in self._touched or bool(self.rows_of([body]))
