"""Export the articles of an index as JSON lines."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from dedup.errors import OutputError, UsageError
from dedup.model import Article
from dedup.outputs.commit import is_stream, replace_file
from dedup.outputs.ownership import check_file, is_exported_articles, refuse_inputs
from dedup.outputs.seal import write_sealed_lines

#: The fields of a line beside `meta`.
_FIELDS = ("id", "url", "domain", "title", "published", "authors", "text")


def write_articles(
    articles: Iterable[Article], file: str | os.PathLike[str], index: str, *, overwrite: bool = False
) -> int:
    """Write articles of an index as JSONL, all or nothing; return how many.

    index: the path of the index, which `file` must not be. overwrite: replace a file that dedup did not write. Raises
    `UsageError` for the file of the index, `OutputError` where nothing can be written.
    """
    check = partial(check_articles_file, file, index, overwrite=overwrite)
    target = check()
    try:
        with replace_file(target, check) as path, path.open("wb", buffering=1 << 17) as out:
            return write_sealed_lines(map(_record, articles), out, has_seal=not is_stream(target))
    except OSError as error:
        raise OutputError(
            f"{os.fspath(file)}: cannot be written ({error.strerror}); what stood there is kept"
        ) from error


def check_articles_file(file: str | os.PathLike[str], index: str, *, overwrite: bool) -> Path:
    """Return the path to write articles of an index to. Raises `OutputError`, `UsageError` as `write_articles` does."""
    names = [f"{os.path.realpath(index)}{ending}" for ending in ("", "-wal", "-shm", "-journal", "-lock")]
    if os.path.realpath(file) in names:
        raise UsageError(f"--articles {os.fspath(file)} is the index, or a file that goes with it; name another file")
    refuse_inputs(names, {"--articles": file}, None)
    return check_file(file, "--articles", is_exported_articles, overwrite=overwrite)


def _record(article: Article) -> dict[str, Any]:
    """Return an article as a record of input, with `meta` only where there is some."""
    record = {name: getattr(article, name) for name in _FIELDS}
    return {**record, "meta": dict(article.meta)} if article.meta else record
