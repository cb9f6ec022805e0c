"""Turn pages into batches: by the cache or by workers, in the order of input, a bounded number at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import orjson

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BATCH_TEXT, BatchBuilder
from dedup.inputs.fields import RejectedRecord, field_names
from dedup.inputs.html.limits import Limits, fingerprint
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.inputs.html.cache import PageCache
    from dedup.inputs.html.worker_pool import Outcome, WorkerPool

#: For each worker, the number and the bytes of pages that wait for a worker, or for a slower page before them.
_AHEAD, _AHEAD_BYTES = 32, 16 << 20

#: Names under which a record holds a page instead of a text.
PAGE_NAMES = ("html", "raw_html", "html_content")
#: Columns that a page fills if its record has no value for them.
_FROM_PAGE = ("url", "title", "published", "authors")


class InputRecord(NamedTuple):
    """One record of an input that may hold pages: a page, a record with a text, a rejection, or a skipped record.

    number: its line, from 1. header: parameters of `page_article.Hints`, and `compression`. record: the fields that the
    input has besides the page. offset, length, hash: position and fingerprint if it can be read again, else -1, -1, 0.
    raw: its original bytes if it cannot.
    """

    file: str
    number: int | None
    page: bytes | None = None
    header: Mapping[str, Any] | None = None
    record: Mapping[str, Any] | None = None
    rejection: RejectedRecord | None = None
    skip_reason: str | None = None
    offset: int = -1
    length: int = -1
    hash: int = 0
    raw: bytes = b""


class PageExtractor:
    """Extracts pages with workers and a cache; a context manager.

    Nothing is started before the first page. At the exit all processes end, and the cache is written.
    """

    def __init__(self, settings: Settings, limits: Limits | None = None) -> None:
        self.settings = settings
        self.limits = limits or Limits()
        #: The names under which readers put their values into the record of a page.
        self.names = field_names(settings.fields)
        self.workers = settings.threads or min(4, os.cpu_count() or 1)
        self._pool: WorkerPool | None = None
        self._cache: PageCache | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.close()
        if self._cache is not None:
            self._cache.close()
        self._pool = self._cache = None

    def batches(self, items: Iterable[InputRecord], name: str, batch_text: int = BATCH_TEXT) -> Iterator[Batch]:
        """Yield the articles and rejects of items, in their order.

        name: of the input. batch_text: bytes of text in a batch. Raises `DedupError` if no worker can be started.
        """
        builder = BatchBuilder(name, self.settings, batch_text)
        pending: deque[PendingPage] = deque()
        pending_bytes = 0
        for item in chain(items, [None]):
            most, most_bytes = 0, 0
            if item is not None:
                pending.append(self._submit(item))
                pending_bytes += pending[-1].size
                most, most_bytes = _AHEAD * self.workers, _AHEAD_BYTES * self.workers
            while pending and (pending[0].done or len(pending) > most or pending_bytes > most_bytes):
                pending_bytes -= pending[0].size
                self._collect(pending.popleft(), builder)
                if builder.full:
                    yield from builder.flush()
        yield from builder.flush()

    def _submit(self, item: InputRecord) -> PendingPage:
        """Look up the page of an item in the cache, or send it to the workers."""
        if item.page is None:
            return PendingPage(item)
        page, header, key = item.page, dict(item.header or {}), None
        if self.settings.cache:
            if self._cache is None:
                from dedup.inputs.html.cache import PageCache

                self._cache = PageCache(fingerprint(self.limits))
            key = self._cache.key(header, page)
            if (answer := self._cache.get(key)) is not None:
                return PendingPage(item, answer=answer)
        if self._pool is None:
            from dedup.inputs.html.worker_pool import WorkerPool

            self._pool = WorkerPool(self.workers, self.limits)
        # From here on only the pool holds the page, as long as it is needed.
        return PendingPage(item._replace(page=b""), self._pool.submit(header, page), key, size=len(page))

    def _collect(self, page: PendingPage, builder: BatchBuilder) -> None:
        """Add an item with the result of its page; waits for it."""
        item, answer = page.item, page.answer
        if page.future is not None:
            outcome = page.future.result()
            answer = outcome.answer
            if page.key is not None and self._cache is not None and outcome.lasting:
                self._cache.put(page.key, answer)
        record, rejection = item.record, item.rejection
        if answer is not None and "reject" in answer:
            rejection = RejectedRecord(*answer["reject"])
        elif answer is not None:
            record = self._merge(record or {}, answer["record"])
        if item.skip_reason is not None:
            builder.skip_counts[item.skip_reason] += 1
        elif rejection is not None:
            builder.reject(item.number, rejection, item.file)
        elif record is not None and builder.add(record, item.number or 0, item.file):
            builder.offsets[-1], builder.lengths[-1], builder.hashes[-1] = item.offset, item.length, item.hash
            if item.offset >= 0 or item.raw:
                builder.raw[-1] = item.raw

    def _merge(self, record: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record with the text of the page, and with its other values where the record has none."""
        names = self.names
        result = {name: value for name, value in record.items() if name not in PAGE_NAMES}
        result[names.text[0]] = page["text"]
        for target in _FROM_PAGE:
            if page.get(target) and names.value(target, record) is None:
                result[names.of(target)[0]] = page[target]
        if meta := dict(page.get("meta") or {}) | orjson.loads(names.value("meta", record) or "{}"):
            result[names.of("meta")[0]] = meta
        return result


class PendingPage(NamedTuple):
    """An item that waits: with the answer for its page, or a future answer and its key in the cache.

    size: bytes of the page that the pool holds.
    """

    item: InputRecord
    future: Future[Outcome] | None = None
    key: bytes | None = None
    answer: dict[str, Any] | None = None
    size: int = 0

    @property
    def done(self) -> bool:
        """Whether the answer is there."""
        return self.future is None or self.future.done()
