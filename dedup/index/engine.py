"""The incremental way through the rooms: an index that is asked and told article by article.

    with dedup.Index("seen.db") as index:
        verdict = index.add(article)        # stored, once this returns: kill -9 does not lose it
        verdict.is_new, verdict.matches, verdict.cluster, verdict.origin
        verdict = index.query(article)      # the same without storing

What it says of its articles is what `dedup.scan(articles, furniture=index.furniture)` says (docs/index.md tells where
the caps of over-full buckets make a difference).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from dedup.errors import MissingInput, UsageError
from dedup.model import Article, Cluster, Reject
from dedup.settings import Settings, make_settings

if TYPE_CHECKING:
    from dedup.index.document_store import Texts
    from dedup.index.ingest import Incoming
    from dedup.index.stores.base import Store
    from dedup.index.verdicts import Added, Verdict
    from dedup.inputs.batch import Batch
    from dedup.inputs.records import ArticleLike
    from dedup.text.boilerplate.learning import BoilerplateModel

#: Articles of a transaction of `add_many`. Larger ones sort more postings at once, and hold the lock for longer.
BATCH = 2000
#: Articles that are removed at a time: other writers wait no longer than that takes.
STEP = 500
#: The path of an index in memory.
MEMORY = ":memory:"


class Engine:
    """Articles that are known, in one SQLite file or in memory.

    path: the file, made where it is not there; None or ":memory:" for an index that lasts as long as the object.
    furniture: the model to be used, frozen when the index is made (default: the rules alone). sync: "normal", by which
    what was acknowledged is safe from the death of the process, or "full": and from a loss of power. readonly: never
    write; create: whether one may be made; trusted: read one that was made by other rules. options: fields of
    `Settings`; those of an index that is there must be its own.

    Any number of threads and processes may use one file at once. Raises `IndexUnusable` for a file that is none, is
    damaged, or was made by a newer version, `UsageError` for one that was made with other settings.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        settings: Settings | None = None,
        furniture: BoilerplateModel | None = None,
        sync: str = "normal",
        readonly: bool = False,
        create: bool = True,
        trusted: bool = False,
        **options: object,
    ) -> None:
        if sync not in ("normal", "full"):
            raise UsageError(f"sync must be 'normal' or 'full', not {sync!r}")
        if furniture is not None:
            options["furniture"] = furniture
        given = make_settings(settings, **options) if settings is not None or options else None
        # Of single options those are compared that were named; of whole settings all.
        named = None if settings is not None else frozenset(options)
        self.path = MEMORY if path is None else os.fspath(path)
        readonly = readonly or trusted
        self._store = self._open(given, sync=sync, readonly=readonly, create=create and not readonly)
        try:
            with self._store.transaction(write=False):
                about = self._store.about()
            from dedup.index.compatibility import settings_of

            self.settings = settings_of(about, self.path, given, named, trusted=trusted)
        except BaseException:
            self._store.close()
            raise
        from dedup.index.document_store import Texts

        self._texts = Texts(self._store, self.settings)
        from dedup.index.component_cache import Keeper

        self._keeper = Keeper()

    def _open(self, given: Settings | None, *, sync: str, readonly: bool, create: bool) -> Store:
        from dedup.index.compatibility import about_of

        about = about_of(given or Settings())
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

    def __contains__(self, id: str) -> bool:
        with self._store.transaction(write=False):
            return id in self._store.numbers_of_ids([_text(id)])

    @property
    def furniture(self) -> BoilerplateModel:
        """The model that bodies are cut with; `dedup.scan(..., furniture=)` takes it."""
        from dedup.text.boilerplate.learning import model_of

        model = model_of(self.settings)
        assert model is not None
        return model

    # -- adding and asking ------------------------------------------------------------------------------------------

    def add(self, article: ArticleLike, *, passages: bool = True, replace: bool = False) -> Verdict:
        """Store an article and say what it is. When this returns, the article is kept.

        An article whose id is known is not stored again (`verdict.stored` is False), unless `replace` is set: then it
        takes the place of the other. One without an id gets one made of its text, title, URL and date.
        passages: find the shared passages of the matches, as character spans.
        """
        return self._add(self._incoming(article), passages=passages, replace=replace)[0]

    def add_many(self, inputs: Any, *, batch: int = BATCH, passages: bool = False) -> Added:
        """Store articles, a transaction for each `batch` of them; inputs: all that `dedup.scan` takes.

        Ids that are known are passed over, so that what was interrupted can be done again.
        """
        from dedup.index.verdicts import Added

        found: list[Verdict] = []
        rejects: list[Reject] = []
        for verdicts, refused in self.stream(inputs, batch=batch, passages=passages):
            found += verdicts
            rejects += refused
        return Added(tuple(found), tuple(rejects))

    def stream(
        self, inputs: Any, *, batch: int = BATCH, passages: bool = False
    ) -> Iterator[tuple[list[Verdict], list[Reject]]]:
        """`add_many`, step by step: the verdicts and rejects of each transaction, once it is done."""
        from dedup.index.ingest import take_all

        waiting: list[Incoming] = []
        rejects: list[Reject] = []
        for came, incoming in take_all(self._batches(inputs), self.settings, 1):
            waiting += incoming
            rejects += came.rejects
            while len(waiting) >= batch:
                yield self._add(waiting[:batch], passages=passages), rejects
                waiting, rejects = waiting[batch:], []
        if waiting or rejects:
            yield self._add(waiting, passages=passages) if waiting else [], rejects

    def query(self, article: ArticleLike, *, passages: bool = True) -> Verdict:
        """What `add` would say, without storing."""
        return self.tell(self._incoming(article), store=False, passages=passages)

    def tell(self, incoming: list[Incoming], *, store: bool, passages: bool = True) -> Verdict:
        """`add` or `query` of one article that was digested (`singles`)."""
        from dedup.index.plan import make
        from dedup.index.verdicts import known_verdicts, verdicts

        if store:
            return self._add(incoming, passages=passages)[0]
        with self._store.transaction(write=False):
            if self._store.numbers_of_ids([incoming[0].id]):
                (verdict,) = known_verdicts(self._store, self.settings, [incoming[0].id])
                assert verdict is not None
                return verdict
            plan = make(self._store, self._texts, self.settings, incoming, keeper=self._keeper)
            return verdicts(plan, stored=False, passages=passages)[0]

    def singles(self, batch: Batch) -> Iterator[list[Incoming]]:
        """The articles of a batch, digested, one by one."""
        from dedup.index.ingest import take

        for one in take(batch, self.settings):
            yield [one]

    def _incoming(self, article: ArticleLike) -> list[Incoming]:
        from dedup.index.ingest import take_one
        from dedup.inputs.fields import RejectedRecord

        try:
            return [take_one({"text": article} if isinstance(article, str) else article, self.settings)]
        except RejectedRecord as error:
            raise UsageError(f"not an article: {error.reason} {error.detail}".rstrip()) from None

    def _batches(self, inputs: Any) -> Iterable[Batch]:
        from dedup.inputs.read import batches_of

        return batches_of(inputs, self.settings)[0]

    def _add(self, incoming: list[Incoming], *, passages: bool, replace: bool = False) -> list[Verdict]:
        from dedup.index.plan import carry_out, make, uncollected
        from dedup.index.verdicts import known_verdicts, verdicts

        store = self._store
        plan = None
        try:
            with store.transaction(write=True), uncollected(len(incoming) >= BATCH // 10):
                known = store.numbers_of_ids([one.id for one in incoming])
                fresh = {one.id: one for one in reversed(incoming) if replace or one.id not in known}
                told: dict[str, Verdict] = {}
                if fresh:
                    gone = [known[id] for id in fresh if id in known]
                    plan = make(store, self._texts, self.settings, list(fresh.values())[::-1], gone, self._keeper)
                    told = {verdict.id: verdict for verdict in verdicts(plan, stored=True, passages=passages)}
                    carry_out(plan)
                out = [told.pop(one.id, None) for one in incoming]
                rest = [one.id if verdict is None else None for verdict, one in zip(out, incoming, strict=True)]
                again = known_verdicts(store, self.settings, rest)
        except BaseException:
            self._texts.forget()
            raise
        if plan is not None:
            # Not before all is kept: of a batch that is not, the numbers are given to others.
            for number, one in zip(plan.known.fresh, plan.known.incoming, strict=True):
                self._texts.remember(number, one.word)
            if plan.grown is not None:
                plan.grown.keep(self._keeper)
        return [verdict or other for verdict, other in zip(out, again, strict=True)]  # type: ignore[misc]

    # -- taking out -------------------------------------------------------------------------------------------------

    def remove(self, ids: str | Iterable[str]) -> int:
        """Forget articles; how many there were. Clusters are worked out anew without them."""
        wanted = map(_text, [ids] if isinstance(ids, str) else ids)
        removed = 0
        while part := list(islice(wanted, STEP)):
            with self._store.transaction(write=True):
                removed += self._remove(sorted(self._store.numbers_of_ids(part).values()))
        return removed

    def expire(self, before: datetime | str | float, *, step: int = STEP) -> int:
        """Forget all articles published before a time (undated ones: stored before it), in small steps; how many."""
        from dedup.index.export import seconds

        moment = seconds(before)
        removed = 0
        while True:
            with self._store.transaction(write=True):
                numbers = self._store.published_before(moment, step)
                removed += self._remove(numbers)
            if len(numbers) < step:
                return removed

    def _remove(self, numbers: Sequence[int]) -> int:
        from dedup.index.plan import carry_out, make

        if numbers:
            carry_out(make(self._store, self._texts, self.settings, (), numbers))
        return len(numbers)

    # -- looking ----------------------------------------------------------------------------------------------------

    def cluster(self, id: str) -> Cluster | None:
        """The cluster of an article, or the one of that name (`c12`); None if it stands alone or is not known."""
        from dedup.index.article_values import cluster_of

        with self._store.transaction(write=False):
            return cluster_of(self._store, _text(id))

    def clusters(self) -> Iterator[Cluster]:
        """All clusters, by number; each some hundred as they are at one moment."""
        from dedup.index.article_values import clusters_after

        after = 0
        while True:
            with self._store.transaction(write=False):
                numbers, found = clusters_after(self._store, after, 500)
            if not numbers:
                return
            yield from found
            after = numbers[-1]

    def numbered(self, numbers: Sequence[int]) -> list[Article]:
        """Articles by their numbers in the file, those that are still there."""
        from dedup.index.article_values import articles

        with self._store.transaction(write=False):
            return articles(self._store, self._texts, numbers, missing=True)

    @contextmanager
    def reading(self) -> Iterator[tuple[Store, Texts]]:
        """The rows of one moment, for what is planned with them."""
        with self._store.transaction(write=False):
            yield self._store, self._texts

    def get(self, id: str) -> Article | None:
        """An article as it came in."""
        from dedup.index.article_values import articles

        with self._store.transaction(write=False):
            found = articles(self._store, self._texts, list(self._store.numbers_of_ids([_text(id)]).values()))
            return next(iter(found), None)

    def articles(self) -> Iterator[Article]:
        """All articles, in the order in which they came; each some hundred as they are at one moment."""
        from dedup.index.article_values import articles

        after = 0
        while True:
            with self._store.transaction(write=False):
                numbers = self._store.article_numbers(after, 500)
                found = articles(self._store, self._texts, numbers)
            if not numbers:
                return
            yield from found
            after = numbers[-1]

    def stats(self) -> dict[str, Any]:
        """How much it holds, of what, and under which settings."""
        with self._store.transaction(write=False):
            counts = self._store.counts()
        size = 0
        for name in (self.path, f"{self.path}-wal"):
            with suppress(OSError):
                size += os.path.getsize(name) if self.path != MEMORY else 0
        return {
            "path": self.path, **counts, "file_bytes": size,
            "settings": {**self.settings.results(), "fingerprint": self.settings.fingerprint()},
        }  # fmt: skip

    def close(self) -> None:
        """Let go of the file. An index in memory is gone."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _text(id: object) -> str:
    """An id as it was given. Raises `UsageError` for what cannot be one."""
    if not isinstance(id, str):
        raise UsageError(f"the id of an article is a text, not {id!r}")
    return id
