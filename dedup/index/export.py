"""Articles out of an index."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from dedup.errors import OutputError, UsageError
from dedup.inputs.dates import parse_timestamp
from dedup.model import Article
from dedup.outputs.commit import is_stream, replace_file
from dedup.outputs.ownership import check_file, is_exported_articles, refuse_inputs
from dedup.outputs.seal import write_sealed_lines


def write_articles(
    articles: Iterable[Article], file: str | os.PathLike[str], index: str, *, overwrite: bool = False
) -> int:
    """Write articles as JSONL, whole or not at all; how many. Raises `OutputError`, `UsageError`.

    index: the file that they come from, which `file` must not be. overwrite: replace a file that dedup did not write.
    """
    check = partial(check_articles_file, file, index, overwrite=overwrite)
    target = check()
    try:
        with replace_file(target, check) as fresh, fresh.open("wb", buffering=1 << 17) as out:
            return write_sealed_lines(map(_record, articles), out, has_seal=not is_stream(target))
    except OSError as error:
        raise OutputError(
            f"{os.fspath(file)}: cannot be written ({error.strerror}); what stood there is kept"
        ) from error


def check_articles_file(file: str | os.PathLike[str], index: str, *, overwrite: bool) -> Path:
    """Find out whether articles of an index may be written into a file. Raises `OutputError`, `UsageError`."""
    names = [f"{os.path.realpath(index)}{ending}" for ending in ("", "-wal", "-shm", "-journal", "-lock")]
    if os.path.realpath(file) in names:
        raise UsageError(f"--articles {os.fspath(file)} is the index, or a file that goes with it; name another file")
    refuse_inputs(names, {"--articles": file}, None)
    return check_file(file, "--articles", is_exported_articles, overwrite=overwrite)


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
        when = parse_timestamp(moment)
        if when is None:
            raise UsageError(f"{moment!r} is no date; write it like 2024-05-31 or 2024-05-31T12:00:00Z")
        return when.seconds
    return float(moment)
