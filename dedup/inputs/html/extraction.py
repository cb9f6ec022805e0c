"""From pages to batches: past the cache, through the workers, in the order they came in, a bounded number at a time."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import orjson
import pyarrow as pa

from dedup.inputs.batch import SCHEMA, Batch
from dedup.inputs.batch_builder import BATCH_TEXT, BatchBuilder
from dedup.inputs.fields import FieldNames, RejectedRecord, replace_surrogates
from dedup.inputs.html.limits import Limits, fingerprint
from dedup.model import Reject
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.inputs.html.cache import PageCache
    from dedup.inputs.html.worker_pool import Outcome, WorkerPool

#: Pages and their bytes that wait for a worker, or for a slower page before them, for each worker.
_AHEAD, _AHEAD_BYTES = 32, 16 << 20

#: Names under which a record holds a page instead of a text.
PAGE_NAMES = ("html", "raw_html", "html_content")
#: What a page fills in where the record it came with does not say it.
_FILLED = ("url", "title", "published", "authors")


@dataclass(frozen=True, slots=True)
class InputRecord:
    """One record of an input that may hold pages.

    It is a page with what the input itself says of it, or a record with a text, or a refusal, or only counted
    (`skip_reason`). `header`: what `extract.Hints` takes, and `compression`. `hash`: the fingerprint of a record that
    stands at `offset`.
    """

    file: str
    number: int | None
    page: bytes | None = None
    header: Mapping[str, Any] | None = None
    record: Mapping[str, Any] | None = None
    refused: RejectedRecord | None = None
    skip_reason: str | None = None
    offset: int = -1
    length: int = -1
    hash: int = 0
    raw: bytes = b""


class PageExtractor:
    """The workers and the cache of one reading. Costs nothing until the first page; closed, it leaves no process."""

    def __init__(self, settings: Settings, limits: Limits | None = None) -> None:
        self.settings = settings
        self.limits = limits or Limits()
        #: The names under which what the readers know of a page goes into its record.
        self.names = FieldNames(settings.fields)
        self.workers = settings.threads or min(4, os.cpu_count() or 1)
        self._pool: WorkerPool | None = None
        self._cache: PageCache | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers, write the cache."""
        if self._pool is not None:
            self._pool.close()
        if self._cache is not None:
            self._cache.close()
        self._pool = self._cache = None

    def batches(self, items: Iterable[InputRecord], name: str, batch_text: int = BATCH_TEXT) -> Iterator[Batch]:
        """The items' articles and rejects, in their order; `name` stands for the input where rows have no file."""
        builder = PageBatchBuilder(name, self.settings, batch_text)
        pending: deque[PendingPage] = deque()
        pending_bytes = 0
        for item in items:
            pending.append(self._submit(item))
            pending_bytes += pending[-1].size
            while pending and (
                pending[0].done or len(pending) > _AHEAD * self.workers or pending_bytes > _AHEAD_BYTES * self.workers
            ):
                pending_bytes -= pending[0].size
                self._collect(pending.popleft(), builder)
                if builder.full:
                    yield from builder.flush()
        while pending:
            self._collect(pending.popleft(), builder)
            if builder.full:
                yield from builder.flush()
        yield from builder.flush()

    def _submit(self, item: InputRecord) -> PendingPage:
        """Look an item's page up, or hand it to the workers."""
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
        # From here on the pool holds the page, as long as it is needed.
        return PendingPage(replace(item, page=b""), self._pool.submit(header, page), key, size=len(page))

    def _collect(self, page: PendingPage, builder: PageBatchBuilder) -> None:
        """Add what became of an item."""
        answer = page.answer
        if page.future is not None:
            outcome = page.future.result()
            answer = outcome.answer
            if page.key is not None and self._cache is not None and outcome.lasting:
                self._cache.put(page.key, answer)
        builder.take(page.item, answer)


@dataclass(frozen=True, slots=True)
class PendingPage:
    """An item whose turn has not come; with the answer for its page, or the promise of one and its key in the cache."""

    item: InputRecord
    future: Future[Outcome] | None = None
    key: bytes | None = None
    answer: dict[str, Any] | None = None
    size: int = 0

    @property
    def done(self) -> bool:
        return self.future is None or self.future.done()


class PageBatchBuilder(BatchBuilder):
    """A collector whose rows may be of several files."""

    def __init__(self, file: str, settings: Settings, batch_text: int) -> None:
        super().__init__(file, settings, batch_text)
        self.places = {target: self.names.of(target)[0] for target in (*_FILLED, "text", "meta", "id")}

    def _clear(self) -> None:
        super()._clear()
        self.files: list[str] = []
        self.skip_counts: Counter[str] = Counter()

    def take(self, item: InputRecord, answer: Mapping[str, Any] | None) -> None:
        """Add an item, whose page became `answer`."""
        if item.skip_reason is not None:
            self.skip_counts[item.skip_reason] += 1
        rejection = item.refused
        record: Mapping[str, Any] = item.record or {}
        if answer is not None and "reject" in answer:
            rejection = RejectedRecord(*answer["reject"])
        elif answer is not None:
            record = self._filled(record, answer["record"])
        elif item.record is None and rejection is None:
            return
        if rejection is not None:
            self.rejects.append(Reject(item.file, item.number, rejection.reason, replace_surrogates(rejection.detail)))
            return
        rows = len(self.rows)
        self.add(record, item.number or 0)
        if len(self.rows) > rows:
            self.files.append(item.file)
            self.offsets[-1], self.lengths[-1], self.hashes[-1] = item.offset, item.length, item.hash
            if item.offset >= 0 or item.raw:
                self.raw[-1] = item.raw
        elif self.rejects:  # what `add` refused has the name of the input
            self.rejects[-1] = replace(self.rejects[-1], file=item.file)

    def _filled(self, record: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
        """The record with the page's text, and with what the page says where the record says nothing."""
        merged = {name: value for name, value in record.items() if name not in PAGE_NAMES}
        merged[self.places["text"]] = page["text"]
        for target in _FILLED:
            if page.get(target) and self._said(target, record) is None:
                merged[self.places[target]] = page[target]
        metadata = self._said("meta", record)
        meta = dict(page.get("meta") or {})
        if metadata is not None:
            meta |= orjson.loads(metadata)
        if meta:
            merged[self.places["meta"]] = meta
        return merged

    def _said(self, target: str, record: Mapping[str, Any]) -> str | None:
        """What a record says itself, under any of the names for it."""
        return self.names.column(target, {name: [value] for name, value in record.items()}, 1)[0]

    def flush(self) -> Iterator[Batch]:
        files, skip_counts = tuple(self.files), dict(self.skip_counts)
        several = any(file != self.file for file in files)
        batches = list(super().flush())
        if not batches and skip_counts:
            self._clear()
            batches = [Batch(self.file, pa.RecordBatch.from_pylist([], schema=SCHEMA))]
        for batch in batches:
            yield replace(batch, files=files if several else None, skip_counts=skip_counts)
