"""The engine of an index: transactions on a store, through which articles are added and read.

`dedup.index.public.Index` is the engine with all that users do; `rebuild` and `scan_against` need no more than this.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Self, TypeVar

from dedup.errors import MissingInput, UsageError
from dedup.index.apply import apply
from dedup.index.compatibility import about_settings, index_settings
from dedup.index.component_state import ComponentCache
from dedup.index.document_cache import DocumentCache
from dedup.index.ingest import NewArticle, digest_records
from dedup.index.model_values import load_articles
from dedup.index.plan import plan_change
from dedup.index.snapshot import Snapshot
from dedup.index.stores.base import Store
from dedup.index.verdict_builder import build_verdicts, known_verdicts
from dedup.index.verdicts import Verdict, aside_verdict
from dedup.inputs.batch import map_prefetched
from dedup.inputs.date_order import DateCounts
from dedup.inputs.midnight import with_dates
from dedup.inputs.read import batches_of
from dedup.model import Article, Reject, SetAside
from dedup.settings import Settings, make_settings

#: Articles of a transaction of `add_many`. Larger ones sort more postings at once, and hold the lock for longer.
BATCH = 2000
#: Articles from which on Python's collector of reference cycles is paused while they are added.
GC_PAUSE_FROM = BATCH // 10
#: Rows that are read in one transaction while all are iterated.
PAGE = 500
#: The path of an index in memory.
MEMORY = ":memory:"

T = TypeVar("T")


class Engine:
    """A store with its settings, and the caches of a process."""

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        settings: Settings | None = None,
        sync: str = "normal",
        readonly: bool = False,
        create: bool = True,
        trusted: bool = False,
        **options: object,
    ) -> None:
        """Open an index, or make one where there is none.

        path: an SQLite file; None or ":memory:" for an index that lasts as long as the object. settings, options: whole
        `Settings` or some of their fields; those of an index that exists must be its own. `furniture`, a boilerplate
        model, is frozen when the index is made; without it the rules alone cut. sync: "normal" keeps what was
        acknowledged if the process dies, "full" also if power is lost. readonly: never write. create: False to open
        only what exists. trusted: read an index that was made by other rules; implies readonly.

        Raises `MissingInput` where there is no file and none may be made, `IndexUnusable` for a file that is no index,
        is damaged or was made by a newer version, `UsageError` for other settings than those of the index.
        """
        if sync not in ("normal", "full"):
            raise UsageError(f"sync must be 'normal' or 'full', not {sync!r}")
        caller = make_settings(settings, **options) if settings is not None or options else None
        readonly = readonly or trusted
        self.path = MEMORY if path is None else os.fspath(path)
        self._store = self._open(caller or Settings(), sync, readonly, create and not readonly)
        try:
            with self._store.transaction(write=False):
                about = self._store.about()
            # Of single options those are compared that were named; of whole settings all.
            names = None if settings is not None else frozenset(options)
            self.settings = index_settings(about, self.path, caller, names, trusted=trusted)
        except BaseException:
            self._store.close()
            raise
        self._documents = DocumentCache(self._store, self.settings)
        self._components: ComponentCache | None = ComponentCache()
        #: Counts of dates of numbers among what `stream` has read.
        self.dates = DateCounts()

    def _open(self, settings: Settings, sync: str, readonly: bool, create: bool) -> Store:
        about = about_settings(settings)
        if self.path == MEMORY:
            from dedup.index.stores.memory import MemoryStore

            store = MemoryStore()
            store.set_about(about)
            return store
        from dedup.index.stores.sqlite.store import SqliteStore

        try:
            return SqliteStore(self.path, create=about if create else None, sync=sync, readonly=readonly)
        except FileNotFoundError as error:
            raise MissingInput(
                f"{self.path}: there is no index; make one with: dedup index add {self.path} PATH..."
            ) from error

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.path}>"

    def __len__(self) -> int:
        with self._store.transaction(write=False):
            return self._store.counts()["articles"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. An index in memory is gone."""
        self._store.close()

    @contextmanager
    def snapshot(self, articles: Sequence[NewArticle]) -> Iterator[Snapshot]:
        """Open a read transaction; yield the state of this moment with articles added to it, to plan with."""
        with self._store.transaction(write=False):
            yield self._snapshot(articles)

    def _snapshot(self, articles: Sequence[NewArticle] = (), removed: Sequence[int] = ()) -> Snapshot:
        return Snapshot(self._store, self._documents, self.settings, articles, removed)

    # -- adding -----------------------------------------------------------------------------------------------------

    def stream(
        self, inputs: Any, *, batch: int = BATCH, passages: bool = False
    ) -> Iterator[tuple[list[Verdict], list[Reject]]]:
        """Store articles as `add_many` does; yields the verdicts and rejects of each transaction once it is done."""
        batches, _ = batches_of(inputs, self.settings)
        waiting: list[NewArticle | SetAside] = []
        rejects: list[Reject] = []
        for source, articles in map_prefetched(with_dates(batches), partial(digest_records, settings=self.settings), 1):
            waiting += articles
            rejects += source.rejects
            self.dates.observe(source.records.column("published"))
            while len(waiting) >= batch:
                yield self._add(waiting[:batch], passages=passages), rejects
                waiting, rejects = waiting[batch:], []
        if waiting or rejects:
            yield self._add(waiting, passages=passages) if waiting else [], rejects

    def _add(self, records: Sequence[NewArticle | SetAside], *, passages: bool, replace: bool = False) -> list[Verdict]:
        """Store articles in one transaction; return a verdict on each record, in their order."""
        articles = [one for one in records if not isinstance(one, SetAside)]
        verdicts = iter(self._add_articles(articles, passages=passages, replace=replace) if articles else ())
        return [aside_verdict(one) if isinstance(one, SetAside) else next(verdicts) for one in records]

    def _add_articles(self, articles: Sequence[NewArticle], *, passages: bool, replace: bool) -> list[Verdict]:
        store, change = self._store, None
        try:
            with store.transaction(write=True), gc_paused(len(articles) >= GC_PAUSE_FROM):
                numbers = store.numbers_of_ids([article.id for article in articles])
                # Of several records with one id the first is stored.
                new = {one.id: one for one in reversed(articles) if replace or one.id not in numbers}
                verdicts: dict[str, Verdict] = {}
                if new:
                    old_numbers = [numbers[id] for id in new if id in numbers]
                    change = plan_change(self._snapshot([*new.values()][::-1], old_numbers), self._components)
                    verdicts = {one.id: one for one in build_verdicts(change, stored=True, passages=passages)}
                    apply(change)
                out = [verdicts.pop(article.id, None) for article in articles]
                ids = [article.id for article, verdict in zip(articles, out, strict=True) if verdict is None]
                rest = iter(known_verdicts(store, self.settings, ids))
        except BaseException:
            self._documents.forget_codecs()
            raise
        if change is not None:
            # Only after the commit: the numbers of a batch that failed are given to other articles.
            for number, article in zip(change.snapshot.added, change.snapshot.articles, strict=True):
                self._documents.cache(number, article.tokens)
            if change.extension is not None and self._components is not None:
                change.extension.cache(self._components)
        return [next(rest) if verdict is None else verdict for verdict in out]

    # -- reading ----------------------------------------------------------------------------------------------------

    def articles(self) -> Iterator[Article]:
        """Iterate all articles in the order in which they came; each `PAGE` of them are of one moment."""
        return self._pages(self._store.article_numbers, partial(load_articles, self._store, self._documents))

    def articles_by_number(self, numbers: Sequence[int]) -> list[Article]:
        """Return the articles with these numbers in the file that are still there."""
        with self._store.transaction(write=False):
            return load_articles(self._store, self._documents, numbers, may_be_missing=True)

    def _pages(
        self, list_numbers: Callable[[int, int], list[int]], load: Callable[[Sequence[int]], list[T]]
    ) -> Iterator[T]:
        """Iterate rows by number, `PAGE` in a transaction. list_numbers: up to so many numbers above another one."""
        last = 0
        while True:
            with self._store.transaction(write=False):
                numbers = list_numbers(last, PAGE)
                values = load(numbers)
            if not numbers:
                return
            yield from values
            last = numbers[-1]


@contextmanager
def gc_paused(pause: bool) -> Iterator[None]:
    """Pause Python's collector of reference cycles: a batch makes none, and the search takes a tenth of its time."""
    if not pause or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
