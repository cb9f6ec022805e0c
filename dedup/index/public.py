"""`dedup.Index`: an index in one SQLite file or in memory."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from dedup.errors import UsageError
from dedup.index.apply import apply
from dedup.index.engine import BATCH, MEMORY, Engine
from dedup.index.ingest import NewArticle, digest_one, digest_records
from dedup.index.model_values import load_articles, load_cluster, load_clusters
from dedup.index.plan import plan_change
from dedup.index.verdict_builder import build_verdicts, known_verdicts
from dedup.index.verdicts import AddResult, Verdict, aside_verdict
from dedup.inputs.batch import Batch
from dedup.inputs.dates import parse_timestamp
from dedup.inputs.fields import RejectedRecord
from dedup.model import Article, Cluster, Reject, SetAside
from dedup.text.boilerplate.learning import BoilerplateModel, model_of

if TYPE_CHECKING:
    from dedup.index.rebuild import RebuildResult
    from dedup.index.stores.sqlite.check import Fault
    from dedup.inputs.records import ArticleLike

#: Articles that are removed in one transaction; other writers wait no longer than that takes.
REMOVE_BATCH = 500
#: Old names of methods, which go with the next version, and what they are called now.
_DEPRECATED = {"tell": "add_or_query", "singles": "digest_batch", "numbered": "articles_by_number"}


class Index(Engine):
    """Articles that were seen: is one new, what does it copy, which cluster is it in, who wrote it?

        with dedup.Index("seen.db") as index:
            verdict = index.add(article)        # stored once this returns: kill -9 does not lose it
            verdict.is_new, verdict.matches, verdict.cluster, verdict.origin
            verdict = index.query(article)      # the same without storing

    Clusters, relations and origins are those of `dedup.scan(articles, furniture=index.furniture)`; docs/index.md says
    where over-full keys make a difference. Any number of threads and processes may use one file at once.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in _DEPRECATED:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        warnings.warn(f"Index.{name} is deprecated: use {_DEPRECATED[name]}", DeprecationWarning, stacklevel=2)
        return getattr(self, _DEPRECATED[name])

    def __contains__(self, id: str) -> bool:
        with self._store.transaction(write=False):
            return id in self._store.numbers_of_ids([_check_id(id)])

    @property
    def furniture(self) -> BoilerplateModel:
        """The boilerplate model that bodies are cut with; `dedup.scan(..., furniture=)` takes it."""
        model = model_of(self.settings)
        assert model is not None
        return model

    # -- adding and querying ----------------------------------------------------------------------------------------

    def add(self, article: ArticleLike, *, passages: bool = True, replace: bool = False) -> Verdict:
        """Store an article and return the verdict on it. The article is durable once this returns.

        An article whose id is known is not stored again (`verdict.stored` is False), unless `replace` is set: then it
        takes the place of the other. What is no article but a wall, an error page or a menu is not stored:
        `verdict.set_aside` says why. An article without an id gets one made of its text, title, URL and date.
        passages: find the passages shared with the matches, as character spans. Raises `UsageError` for what cannot be
        read.
        """
        return self._add([self._digest(article)], passages=passages, replace=replace)[0]

    def add_many(self, inputs: Any, *, batch: int = BATCH, passages: bool = False) -> AddResult:
        """Store articles, `batch` of them in a transaction; inputs: all that `dedup.scan` takes.

        Ids that are known are skipped, so that an interrupted call can be repeated.
        """
        verdicts: list[Verdict] = []
        rejects: list[Reject] = []
        for batch_verdicts, batch_rejects in self.stream(inputs, batch=batch, passages=passages):
            verdicts += batch_verdicts
            rejects += batch_rejects
        return AddResult(tuple(verdicts), tuple(rejects))

    def query(self, article: ArticleLike, *, passages: bool = True) -> Verdict:
        """Return the verdict that `add` would give, without storing. Raises `UsageError` for what cannot be read."""
        return self.add_or_query(self._digest(article), store=False, passages=passages)

    def add_or_query(self, article: NewArticle | SetAside, *, store: bool, passages: bool = True) -> Verdict:
        """`add` (store) or `query` an article that `digest_batch` digested."""
        if isinstance(article, SetAside):
            return aside_verdict(article)
        if store:
            return self._add([article], passages=passages)[0]
        with self._store.transaction(write=False):
            if self._store.numbers_of_ids([article.id]):
                return known_verdicts(self._store, self.settings, [article.id])[0]
            change = plan_change(self._snapshot([article]), self._components)
            return build_verdicts(change, stored=False, passages=passages)[0]

    def digest_batch(self, batch: Batch) -> list[NewArticle | SetAside]:
        """Digest the articles of a batch, before any lock is taken; what was set aside stands between them."""
        return digest_records(batch, self.settings)

    def _digest(self, article: ArticleLike) -> NewArticle | SetAside:
        try:
            return digest_one({"text": article} if isinstance(article, str) else article, self.settings)
        except RejectedRecord as error:
            raise UsageError(f"not an article: {error.reason} {error.detail}".rstrip()) from None

    # -- removing ---------------------------------------------------------------------------------------------------

    def remove(self, ids: str | Iterable[str]) -> int:
        """Remove articles by their ids, and work out their clusters without them. Return how many were stored."""
        remaining = map(_check_id, [ids] if isinstance(ids, str) else ids)
        count = 0
        while part := list(islice(remaining, REMOVE_BATCH)):
            with self._store.transaction(write=True):
                count += self._remove(sorted(self._store.numbers_of_ids(part).values()))
        return count

    def expire(self, before: datetime | str | float, *, step: int = REMOVE_BATCH) -> int:
        """Remove all articles published before a time; return how many.

        An article without a date counts as published when it was stored. before: a datetime, a date as text, or seconds
        since 1970. step: articles of a transaction. Raises `UsageError` for a text that is no date.
        """
        timestamp = _timestamp(before)
        count = 0
        while True:
            with self._store.transaction(write=True):
                numbers = self._store.published_before(timestamp, step)
                count += self._remove(numbers)
            if len(numbers) < step:
                return count

    def _remove(self, numbers: Sequence[int]) -> int:
        if numbers:
            apply(plan_change(self._snapshot(removed=numbers)))
        return len(numbers)

    # -- reading ----------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Article | None:
        """Return an article as it came in, None where its id is not known."""
        with self._store.transaction(write=False):
            numbers = list(self._store.numbers_of_ids([_check_id(id)]).values())
            return next(iter(load_articles(self._store, self._documents, numbers)), None)

    def cluster(self, id: str) -> Cluster | None:
        """Return the cluster of an article, or the cluster of this name (`c12`); None if it is in none or not known."""
        with self._store.transaction(write=False):
            return load_cluster(self._store, _check_id(id))

    def clusters(self) -> Iterator[Cluster]:
        """Iterate all clusters by number; some hundred at a time are of one moment."""
        return self._pages(self._store.cluster_numbers, lambda numbers: load_clusters(self._store, numbers))

    def stats(self) -> dict[str, Any]:
        """Return how many rows there are of each sort, the bytes of the file, and the settings."""
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

    # -- the index as a whole ---------------------------------------------------------------------------------------

    def export_articles(self, file: str | os.PathLike[str], *, overwrite: bool = False) -> int:
        """Write all articles as JSONL, as they came in; return how many.

        Replaces a file only if dedup wrote it and nobody changed it since, or with `overwrite`. Raises `OutputError`
        where it cannot be written, `UsageError` where it is the index itself.
        """
        from dedup.index.export import write_articles

        return write_articles(self.articles(), file, self.path, overwrite=overwrite)

    def export(self, directory: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the files that a scan of all articles writes, clusters numbered as in a scan (`ScanResult.write`).

        Raises `OutputError` where they cannot be written.
        """
        from dedup.inputs.read import read_objects
        from dedup.pipeline import scan_batches
        from dedup.reports.writer import Choice, write

        with scan_batches(read_objects(self.articles(), self.settings), [], self.settings, None) as result:
            write(result, directory, Choice(overwrite=overwrite))

    @classmethod
    def rebuild(cls, path: str | os.PathLike[str]) -> RebuildResult:
        """Make an index anew from its own articles, by the rules of this version.

        The new one is made beside the old one, which can be read until then but not written, and takes its place in one
        transaction. Of a damaged index a copy is kept, and articles that are damaged are left out. Raises
        `MissingInput` where there is no file, `IndexUnusable` where nothing of it can be read.
        """
        from dedup.index.rebuild import rebuild

        return rebuild(os.fspath(path))

    @classmethod
    def check(cls, path: str | os.PathLike[str]) -> list[Fault]:
        """Read all of an index file; return its faults, none if it is sound."""
        from dedup.index.stores.sqlite.check import check

        return check(os.fspath(path))


def _check_id(id: object) -> str:
    """Return an id. Raises `UsageError` for what cannot be one."""
    if not isinstance(id, str):
        raise UsageError(f"the id of an article is a text, not {id!r}")
    return id


def _timestamp(time: datetime | str | float) -> float:
    """Return a time in seconds since 1970. Raises `UsageError` for a text that is no date."""
    if isinstance(time, datetime):
        return time.timestamp()
    if isinstance(time, str):
        date = parse_timestamp(time)
        if date is None:
            raise UsageError(f"{time!r} is no date; write it like 2024-05-31 or 2024-05-31T12:00:00Z")
        return date.seconds
    return float(time)
