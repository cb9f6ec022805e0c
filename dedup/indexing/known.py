"""What is known while a change is planned: the stored rows, what comes in laid over them, what goes taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.articles.dates import parse
from dedup.candidates.names import MOST, SAMPLE, key_kernel
from dedup.candidates.search import collapse, eras
from dedup.indexing.incoming import Incoming
from dedup.indexing.store import NAME, ArticleRow, BodyRow, Sketch, Store
from dedup.indexing.texts import Texts, WordsOf
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
        self._number()
        #: Bodies whose names changed.
        self.renamed: set[int] = set()
        self._new: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        self.touched = sorted({row.body for row in (*self.fresh.values(), *self.gone.values()) if row.body is not None})
        self._touched = set(self.touched)

    def _number(self) -> None:
        """Give the articles that come in, and their bodies, the next numbers."""
        article, body = (self.store.next_article(), self.store.next_body()) if self.incoming else (1, 1)
        prints = [(one.high, one.low) for one in self.incoming if one.comparable]
        known = self.store.bodies_like(prints)
        for number, one in enumerate(self.incoming, article):
            home = None
            if one.comparable:
                home = known.get((one.high, one.low))
                if home is None:
                    home = known[one.high, one.low] = body
                    self.bodies[home] = BodyRow(
                        home, one.high, one.low, one.count, one.size, None, None, one.sketch.to_bytes()
                    )
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
            for row in self.store.articles_of(stored) if stored else ():
                if row.number not in self.gone:
                    self._rows[row.body].append(row)  # type: ignore[index]
            asked = set(missing)
            for row in self.fresh.values():
                if row.body in asked:
                    self._rows[row.body].append(row)
            for body in missing:
                self._rows[body].sort(key=lambda row: row.id)
        return {body: rows for body in wanted if (rows := self._rows[body])}

    def before(self, body: int) -> list[ArticleRow]:
        """The articles of a body before the change, in the order of their ids."""
        rows = [row for row in self.rows_of([body]).get(body, ()) if row.number not in self.fresh]
        rows += [row for row in self.gone.values() if row.body == body]
        return sorted(rows, key=lambda row: row.id)

    def representatives(self, rows: Sequence[ArticleRow]) -> list[ArticleRow]:
        """The representatives among the articles of one body, given by id: the first; with a window, of each era."""
        days = self.settings.window
        if days is None or len(rows) < 2:
            return list(rows[:1])
        when = np.array([w.seconds if (w := parse(row.published)) else np.nan for row in rows])
        same = np.zeros((len(rows), 2), np.uint64)
        rep = collapse(same, np.full(len(rows), 1 << 20), eras(same, when, days * 86400))
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
        both = (self.bodies, self._found)
        return {number: rows[number] for number in sorted(wanted) for rows in both if number in rows}

    def measures(self, numbers: Iterable[int]) -> dict[int, tuple[int, int, int, int | None]]:
        """(number, words, size, core) of bodies, by number."""
        wanted = set(numbers)
        own = wanted & self.bodies.keys()
        found = {row[0]: row for row in self.store.measures(wanted - own)}
        rows = (self.bodies[number] for number in own)
        return found | {row.number: (row.number, row.words, row.size, row.core) for row in rows}

    def sketch(self, row: BodyRow) -> Sketch:
        if row.number not in self._sketch:
            self._sketch[row.number] = Sketch.of(row.sketch)
        return self._sketch[row.number]

    def components(self, bodies: Iterable[int]) -> set[int]:
        """These bodies and all that are connected with them before the change."""
        rows = self.body_rows(bodies)
        labels = {row.component for row in rows.values() if row.component is not None}
        return {*rows, *(self.store.within(labels) if labels else ())}

    def postings(
        self, kind: str, bodies: Iterable[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """All postings of the keys that these bodies have: keys, bodies, and the keys that are crowded.

        What goes is still among them; what comes in is there already.
        """
        rows = self.body_rows(bodies)
        keys = [self.sketch(row).keys(kind).astype(np.int64) for row in rows.values()]
        wanted = distinct(np.concatenate(keys)) if keys else np.zeros(0, np.int64)
        if len(wanted) == 0:
            return wanted, wanted, wanted
        found = self.store.postings(kind, wanted)
        key, body = found.key, found.body
        if kind == NAME and self.renamed:
            stays = ~np.isin(body, sorted(self.renamed))
            key, body = key[stays], body[stays]
        own_key, own_body = self.new_postings(kind)
        asked = wanted[np.minimum(np.searchsorted(wanted, own_key), len(wanted) - 1)] == own_key
        return (
            np.concatenate([key, own_key[asked]]),
            np.concatenate([body, own_body[asked]]),
            found.crowded,
        )

    def new_postings(self, kind: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The postings that the change brings, each once."""
        if kind not in self._new:
            renamed = self.body_rows(self.renamed) if kind == NAME else {}
            rows = [*self.bodies.values(), *renamed.values()]
            self._new[kind] = postings_of([(row.number, self.sketch(row).keys(kind)) for row in rows])
        return self._new[kind]

    def rename(self, body: int, row: ArticleRow) -> None:
        """Another article stands for a body: it may write other words with a capital."""
        (own,) = self.body_rows([body]).values()
        word = self.words([row])[row.number]
        name, _ = key_kernel(word, np.zeros(1, np.int64), np.array([len(word)]), SAMPLE, MOST)
        sketch = self.sketch(own)
        if not np.array_equal(name, sketch.name):
            self._sketch[body] = Sketch(sketch.band, sketch.passage, name)
            self.renamed.add(body)

    def is_alive(self, body: int) -> bool:
        """Whether a body has articles after the change."""
        return body not in self._touched or bool(self.rows_of([body]))


def postings_of(own: Sequence[tuple[int, NDArray[np.uint32]]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Postings (keys, bodies), each once, by key and body, of the keys of bodies given by number."""
    key = np.concatenate([np.zeros(0, np.uint32), *(keys for _, keys in own)]).astype(np.uint64)
    place = np.repeat(np.arange(len(own)), [len(keys) for _, keys in own]).astype(np.uint64)
    packed = distinct((key << np.uint64(32)) | place)
    number = np.array([number for number, _ in own], np.int64)
    return (packed >> np.uint64(32)).astype(np.int64), number[(packed & np.uint64(0xFFFFFFFF)).astype(np.int64)]


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """`np.unique`, by sorting: of many values that takes a third of the time of a hash table."""
    values = np.sort(values)
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values
