"""Articles out of an index, and an index made anew from them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedup.articles.dates import parse
from dedup.errors import OutputError, UsageError
from dedup.indexing.sqlite import SqliteStore, replace_with
from dedup.model import Article
from dedup.outputs.commit import is_stream, replaced
from dedup.outputs.ownership import check_file, is_exported_articles, refuse_inputs
from dedup.outputs.seal import write_sealed_lines

if TYPE_CHECKING:
    from dedup.index import Index


def write_articles(
    articles: Iterable[Article], file: str | os.PathLike[str], index: str, *, overwrite: bool = False
) -> int:
    """Write articles as JSONL, whole or not at all; how many. Raises `OutputError`, `UsageError`.

    index: the file that they come from, which `file` must not be. overwrite: replace a file that dedup did not write.
    """
    check = partial(check_articles_file, file, index, overwrite=overwrite)
    target = check()
    try:
        with replaced(target, check) as fresh, fresh.open("wb", buffering=1 << 17) as out:
            return write_sealed_lines(map(_record, articles), out, sealed=not is_stream(target))
    except OSError as error:
        raise OutputError(
            f"{os.fspath(file)}: cannot be written ({error.strerror}); what stood there is kept"
        ) from error


def check_articles_file(file: str | os.PathLike[str], index: str, *, overwrite: bool) -> Path:
    """Find out whether articles of an index may be written into a file. Raises `OutputError`, `UsageError`."""
    refuse_inputs([index, *(f"{index}{ending}" for ending in ("-wal", "-shm", "-lock"))], {"--articles": file}, None)
    return check_file(file, "--articles", is_exported_articles, overwrite=overwrite)


def rebuild(index: type[Index], path: str) -> int:
    """See `Index.rebuild`."""
    if os.path.exists(path):
        SqliteStore(path).close()  # which brings older tables up to date
    beside = os.path.dirname(os.path.abspath(path))
    with (
        index(path, readonly=True, trusted=True) as old,
        tempfile.TemporaryDirectory(prefix=".dedup-", dir=beside) as folder,
    ):
        fresh = os.path.join(folder, "index.db")
        with index(fresh, settings=old.settings) as new:
            if isinstance(old._store, SqliteStore) and isinstance(new._store, SqliteStore):
                new._store.follow(old._store)
            for _ in new.stream(old.articles()):
                pass
            count = len(new)
        replace_with(path, fresh)
    # Who closes a file last moves the log, which has all of it now, into it; who only read it cannot.
    SqliteStore(path).close()
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
