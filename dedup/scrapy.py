"""A Scrapy item pipeline that knows what was crawled before (docs/index.md).

    ITEM_PIPELINES = {"dedup.scrapy.SyndicationPipeline": 300}
    DEDUP_INDEX = "seen.db"
    DEDUP_COPIES = "drop"                    # or "tag", the default
    DEDUP_FIELDS = {"text": "body"}          # where an item's fields have other names

An item without a text passes untouched. Every other one is stored in the index, and gets the verdict in its field
`dedup` (DEDUP_FIELD) where it has one or may have any; with "drop", copies end here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from dedup.errors import MissingExtra, UsageError
from dedup.model import Relation

try:
    from itemadapter import ItemAdapter
    from scrapy.exceptions import DropItem, NotConfigured
    from twisted.internet.threads import deferToThread
except ImportError as error:
    raise MissingExtra("the Scrapy pipeline needs Scrapy: pip install 'news-dedup[scrapy]'") from error

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from dedup.index.public import Index
    from dedup.index.verdicts import Verdict

logger = logging.getLogger(__name__)

#: Relations that make an article a copy, unless DEDUP_RELATIONS names others. A version has news of its own.
COPIES = tuple(relation for relation in Relation if relation.role == "copy")


class CopyDropped(DropItem):  # type: ignore[misc]
    """An item that was dropped for what it copies; `verdict` says what."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        first = verdict.matches[0]
        super().__init__(f"{first.match.relation.value} of {first.url or first.id}")


class SyndicationPipeline:
    """Asks and tells an index about every item.

    Settings: DEDUP_INDEX (the file; required), DEDUP_COPIES ("tag" or "drop"), DEDUP_RELATIONS (which relations make a
    copy, by name), DEDUP_FIELD (where the verdict goes, "dedup"), DEDUP_FIELDS (a dict: text, title, url, domain,
    published, authors, id to an item's names), DEDUP_ADD (False: only ask), DEDUP_OPTIONS (a dict: options of
    `dedup.Index`). Statistics: dedup/new, dedup/seen, dedup/dropped, dedup/known, dedup/no_text.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._stats = crawler.stats
        path = settings.get("DEDUP_INDEX")
        if not path:
            raise NotConfigured("DEDUP_INDEX is not set: name the file of the index")
        copies = settings.get("DEDUP_COPIES", "tag")
        if copies not in ("tag", "drop"):
            raise UsageError(f"DEDUP_COPIES must be 'tag' or 'drop', not {copies!r}")
        self._path, self._drop = path, copies == "drop"
        try:
            self._relations = {Relation(name) for name in settings.getlist("DEDUP_RELATIONS") or COPIES}
        except ValueError as error:
            raise UsageError(f"DEDUP_RELATIONS: {error}; the relations are {', '.join(Relation)}") from error
        self._field = settings.get("DEDUP_FIELD", "dedup")
        self._names = dict(settings.getdict("DEDUP_FIELDS"))
        self._add = settings.getbool("DEDUP_ADD", True)
        self._options = dict(settings.getdict("DEDUP_OPTIONS"))
        self._index: Index | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open_spider(self, *spider: Any) -> None:
        """Opens the index; a crawl whose index cannot be used does not begin."""
        from dedup.index.public import Index

        self._index = Index(self._path, **self._options)

    def close_spider(self, *spider: Any) -> None:
        if self._index is not None:
            self._index.close()

    async def process_item(self, item: Any, *spider: Any) -> Any:
        """The item, with its verdict; raises `CopyDropped` for a copy, where copies are dropped.

        The index is asked in a thread, so that downloads go on meanwhile; once the item goes on, it is kept.
        """
        adapter = ItemAdapter(item)
        record = self._record(adapter)
        if record is None:
            self._count("no_text")
            return item
        verdict = await _in_thread(self._ask, record)
        self._count("known" if verdict.known else "new" if verdict.is_new else "seen")
        if self._drop and self._is_copy(verdict):
            self._count("dropped")
            raise CopyDropped(verdict)
        self._tag(adapter, verdict)
        return item

    def _ask(self, record: Mapping[str, Any]) -> Verdict:
        assert self._index is not None
        return self._index.add(record) if self._add else self._index.query(record)

    def _record(self, adapter: Any) -> dict[str, Any] | None:
        """The item's fields under the names of an input record; None where it has no text."""
        found = {name: adapter.get(name) for name in adapter.field_names() if adapter.get(name) is not None}
        for target, name in self._names.items():
            if adapter.get(name) is not None:
                found[target] = adapter[name]
        found.pop(self._field, None)
        texts = ("text", "body", "content", "maintext", "article_text", "raw_text", "plain_text")
        text = next((found[name] for name in texts if found.get(name)), None)
        return {**found, "text": text} if isinstance(text, str) and text.strip() else None

    def _is_copy(self, verdict: Verdict) -> bool:
        return not verdict.is_new and any(seen.match.relation in self._relations for seen in verdict.matches)

    def _tag(self, adapter: Any, verdict: Verdict) -> None:
        try:
            adapter[self._field] = verdict.to_dict()
        except KeyError:  # an item class without that field
            logger.debug("no field %r for the verdict", self._field)

    def _count(self, name: str) -> None:
        if self._stats is not None:
            self._stats.inc_value(f"dedup/{name}")


async def _in_thread(function: Any, record: Mapping[str, Any]) -> Verdict:
    """The result of a call in a thread, whichever loop Scrapy runs on."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return await deferToThread(function, record)  # type: ignore[no-any-return]
    return await asyncio.to_thread(function, record)  # type: ignore[no-any-return]
