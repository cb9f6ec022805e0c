"""Convert the articles of users and of files: to `Article`, and to dicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from dedup.errors import UsageError
from dedup.inputs.paths import resolve
from dedup.inputs.read import read, read_objects
from dedup.model import Article, Reject, SetAside
from dedup.settings import Settings

#: An article as users have it: a text, a dict with the fields of an input record, or an `Article`.
ArticleLike = str | Mapping[str, Any] | Article


def records(
    paths: Sequence[str], settings: Settings, rejects: list[Reject], aside: list[SetAside] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the articles of files as dicts, in input order, with the ids of a scan.

    rejects, aside: lists to which rejects and what is no article are added.
    """
    for batch in read(resolve(list(paths), settings.format), settings):
        rejects.extend(batch.rejects)
        if aside is not None:
            aside.extend(batch.set_aside.values())
        for row, record in enumerate(batch.records.to_pylist()):
            meta = record["meta"]
            yield {
                "id": batch.id_of(row),
                "file": batch.file_of(row),
                "line": record["line"],
                **{name: record[name] for name in ("url", "domain", "title", "published", "authors", "text")},
                "meta": orjson.loads(meta) if meta else None,
            }


def article_of(article: ArticleLike) -> Article:
    """Convert a text or a dict to an `Article`. Raises `UsageError` for other types and for a dict without a text."""
    if isinstance(article, Article):
        return article
    if isinstance(article, str):
        return Article(article)
    if isinstance(article, Mapping):
        batch = next(iter(read_objects([article], Settings(keep_all=True))))
        if batch.rejects:
            raise UsageError(f"not an article: {batch.rejects[0].reason} {batch.rejects[0].detail}".rstrip())
        row = batch.records.to_pylist()[0]
        names = ("text", "id", "url", "domain", "title", "published", "authors")
        return Article(**{name: row[name] for name in names}, meta=orjson.loads(row["meta"] or "{}"))
    raise UsageError(f"an article is a text, a dict or an Article, not a {type(article).__name__}")
