"""A Scrapy item pipeline that asks an index whether an item was crawled before (docs/index.md).

    ITEM_PIPELINES = {"dedup.scrapy.SyndicationPipeline": 300}
    DEDUP_INDEX = "seen.db"
    DEDUP_COPIES = "drop"                    # or "tag", the default
    DEDUP_FIELDS = {"text": "body"}          # where an item's fields have other names

An item without a text passes unchanged. Every other item is stored in the index and gets its verdict in the field
`dedup` (DEDUP_FIELD), if its class has this field or accepts any. With "drop", copies are dropped.
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
#: Fields that may hold the text, as in an input record.
_TEXT_FIELDS = ("text", "body", "content", "maintext", "article_text", "raw_text", "plain_text")


class CopyDropped(DropItem):  # type: ignore[misc]
    """Raised for an item that is dropped as a copy. verdict: on the item; its first match is what it copies."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        closest = verdict.matches[0]
        super().__init__(f"{closest.match.relation.value} of {closest.url or closest.id}")


class SyndicationPipeline:
    """Adds every item to an index and attaches the verdict, or drops copies.

    Settings: DEDUP_INDEX (the file; required), DEDUP_COPIES ("tag" or "drop"), DEDUP_RELATIONS (the relations that make
    a copy, by name), DEDUP_FIELD (the field for the verdict, "dedup"), DEDUP_FIELDS (a dict from text, title, url,
    domain, published, authors, id to the fields of an item), DEDUP_ADD (False: query only), DEDUP_OPTIONS (a dict of
    options of `dedup.Index`). Statistics: dedup/new, dedup/seen, dedup/dropped, dedup/known, dedup/set_aside,
    dedup/no_text.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Read the settings. Raises `NotConfigured` without DEDUP_INDEX, `UsageError` for a wrong value."""
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
        """Make the pipeline of a crawler, as Scrapy does."""
        return cls(crawler)

    def open_spider(self, *spider: Any) -> None:
        """Open the index. Raises the errors of `dedup.Index`: a crawl without its index does not begin."""
        from dedup.index.public import Index

        self._index = Index(self._path, **self._options)

    def close_spider(self, *spider: Any) -> None:
        """Close the index."""
        if self._index is not None:
            self._index.close()

    async def process_item(self, item: Any, *spider: Any) -> Any:
        """Return the item with its verdict, once it is stored. Raises `CopyDropped` for a copy that is dropped.

        The index works in a thread, so that downloads go on meanwhile.
        """
        adapter = ItemAdapter(item)
        record = self._record(adapter)
        if record is None:
            self._count("no_text")
            return item
        verdict = await _in_thread(self._verdict, record)
        self._count(_outcome(verdict))
        if self._drop and self._is_copy(verdict):
            self._count("dropped")
            raise CopyDropped(verdict)
        self._tag(adapter, verdict)
        return item

    def _verdict(self, record: Mapping[str, Any]) -> Verdict:
        assert self._index is not None
        return self._index.add(record) if self._add else self._index.query(record)

    def _record(self, adapter: Any) -> dict[str, Any] | None:
        """Return the item as an input record, None where it has no text."""
        record = {name: adapter.get(name) for name in adapter.field_names() if adapter.get(name) is not None}
        for target, name in self._names.items():
            if adapter.get(name) is not None:
                record[target] = adapter[name]
        record.pop(self._field, None)
        text = next((record[name] for name in _TEXT_FIELDS if record.get(name)), None)
        return {**record, "text": text} if isinstance(text, str) and text.strip() else None

    def _is_copy(self, verdict: Verdict) -> bool:
        return not verdict.is_new and any(match.match.relation in self._relations for match in verdict.matches)

    def _tag(self, adapter: Any, verdict: Verdict) -> None:
        try:
            adapter[self._field] = verdict.to_dict()
        except KeyError:  # an item class without that field
            logger.debug("no field %r for the verdict", self._field)

    def _count(self, name: str) -> None:
        if self._stats is not None:
            self._stats.inc_value(f"dedup/{name}")


def _outcome(verdict: Verdict) -> str:
    """Name the statistic that a verdict counts for."""
    if verdict.set_aside is not None:
        return "set_aside"
    return "known" if verdict.known else "new" if verdict.is_new else "seen"


async def _in_thread(function: Any, record: Mapping[str, Any]) -> Verdict:
    """Call a function in a thread, whichever event loop Scrapy runs on."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return await deferToThread(function, record)  # type: ignore[no-any-return]
    return await asyncio.to_thread(function, record)  # type: ignore[no-any-return]
