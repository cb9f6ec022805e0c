"""Articles out of an index."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from dedup.articles.dates import parse
from dedup.errors import OutputError, UsageError
from dedup.model import Article


def write_articles(articles: Iterable[Article], file: str | os.PathLike[str]) -> int:
    """Write articles as JSONL; how many. Raises `OutputError`."""
    count = 0
    try:
        with open(file, "wb") as out:
            for article in articles:
                out.write(orjson.dumps(_record(article), option=orjson.OPT_APPEND_NEWLINE))
                count += 1
    except OSError as error:
        raise OutputError(f"{os.fspath(file)}: cannot be written ({error.strerror})") from error
    return count


def _record(article: Article) -> dict[str, Any]:
    """An article as a line of input; `meta` only where there is some."""
    names = ("id", "url", "domain", "title", "published", "authors", "text")
    found = {name: getattr(article, name) for name in names}
    return {**found, "meta": dict(article.meta)} if article.meta else found


def seconds(moment: datetime | str | float) -> float:
    """Seconds since 1970."""
    if isinstance(moment, datetime):
        return moment.timestamp()
    if isinstance(moment, str):
        when = parse(moment)
        if when is None:
            raise UsageError(f"{moment!r} is no date; write it like 2024-05-31 or 2024-05-31T12:00:00Z")
        return when.seconds
    return float(moment)
