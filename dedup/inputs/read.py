"""Read inputs of every kind into `Batch`es, a bounded amount at a time.

A record that cannot be read becomes a `Reject`, and the records after it are read:

| reason | of |
|---|---|
| `bad_json` | a line that is no JSON |
| `not_an_object` | JSON, or an item of an iterable, that is no record: a number, a list, a string |
| `null_record` | `null` in the place of a record |
| `no_text` | no text field, or null in it |
| `empty_text` | a text that is empty or only white space |
| `wrong_type` | a text field that holds a number, an object, a mixed list |
| `invalid_utf8` | bytes that are not UTF-8 (a UTF-16 file: once, without a line) |
| `too_large` | a record over 64 MiB after decompression, which was skipped; or a decompression bomb |
| `too_deep` | nested deeper than 1,024 levels |
| `bad_row` | a CSV row with more or fewer cells than the header, or with a quote that is never closed |
| `truncated` | a compressed file that ends early; the records before are kept |
| `corrupt` | damaged data in the middle of a file; the records before are kept |
| `timeout`, `too_much_memory`, `extractor_crashed`, `extractor_failed` | a page whose extraction failed |
| `unreadable` | a file that cannot be parsed or read at all; in a folder also a subfolder, a named pipe, a socket |
| `no_text_field` | a table without a text column; the detail names its columns |
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from dedup.errors import UsageError
from dedup.inputs.formats import FORMATS, UNREADABLE, missing_library

if TYPE_CHECKING:
    from dedup.inputs.batch import Batch
    from dedup.inputs.html.extraction import PageExtractor
    from dedup.inputs.source import Source
    from dedup.settings import Settings


def read(sources: Iterable[Source], settings: Settings) -> Iterator[Batch]:
    """Read files in the order given; each batch is of one file, or of several HTML files.

    An `unreadable` source becomes a reject and is not opened. What is no article is set aside
    (`dedup.inputs.set_aside`). Raises `UsageError` for a query that no source answers.
    """
    from dedup.inputs.date_order import with_date_order
    from dedup.inputs.set_aside import without_non_articles

    return without_non_articles(with_date_order(_read(sources, settings), settings), settings)


def _read(sources: Iterable[Source], settings: Settings) -> Iterator[Batch]:
    from dedup.inputs.html.extraction import PageExtractor

    sources = list(sources)
    if settings.query and not any(_takes_query(source) for source in sources):
        raise UsageError("--query is asked of SQLite and DuckDB files, and none is among the inputs")
    with PageExtractor(settings) as pages:
        yield from read_each(sources, settings, pages)


def _takes_query(source: Source) -> bool:
    return bool(source.format) and (FORMATS[source.format].has_tables or FORMATS[source.format].is_archive)


def read_each(sources: Iterable[Source], settings: Settings, pages: PageExtractor) -> Iterator[Batch]:
    """Read sources as `read` does, each before the next is asked for. pages: the extraction of this run."""
    for name, group in groupby(sources, key=lambda source: UNREADABLE if source.unreadable else source.format):
        if name == UNREADABLE:
            yield from _unreadable(group)
        elif FORMATS[name].takes_list:
            yield from FORMATS[name].load()(group, settings, pages)
        else:
            for source in group:
                yield from _read_one(source, settings, pages)


def _read_one(source: Source, settings: Settings, pages: PageExtractor) -> Iterator[Batch]:
    format = FORMATS[source.format]
    if problem := missing_library(source.format):
        yield from _unreadable([replace(source, unreadable=problem)])
        return
    parameters = {"pages": pages} if format.has_pages else {}
    if format.streams:
        yield from format.load()(source, settings, **parameters)
    elif source.opener is not None:
        from dedup.inputs.local_copy import local_copy

        with local_copy(source, settings.tmp) as copy:
            if copy.unreadable:
                yield from _unreadable([copy])
                return
            for batch in format.load()(copy, settings, **parameters):
                yield _without_path(batch, copy) if batch.rejects else batch
    elif os.path.exists(source.path) and not os.path.isfile(source.path):
        # Arrow opens these files, and would wait for the writer of a pipe.
        yield from _unreadable([replace(source, unreadable="it is no longer a regular file")])
    else:
        yield from format.load()(source, settings, **parameters)


def _without_path(batch: Batch, copy: Source) -> Batch:
    """Return a batch whose rejects name the input and not its temporary copy, which has another name each time."""
    named = (replace(reject, detail=reject.detail.replace(copy.path, copy.name)) for reject in batch.rejects)
    return replace(batch, rejects=tuple(named))


def _unreadable(sources: Iterable[Source]) -> Iterator[Batch]:
    """Yield the rejects of entries of folders that cannot be read."""
    from dedup.inputs.batch import Batch
    from dedup.model import Reject

    for source in sources:
        yield Batch.without_records(source.name, [Reject(source.name, None, UNREADABLE, source.unreadable)])


def read_objects(obj: Any, settings: Settings) -> Iterator[Batch]:
    """Read the articles of a Python object.

    obj: an Arrow table, batch or stream, any object with the Arrow C stream protocol (a pandas or polars frame, a
    DuckDB relation), or an iterable of dicts or `dedup.model.Article`s. The file of its batches is `<table>` or
    `<articles>`. Raises `UsageError` at once for any other object.
    """
    from dedup.inputs.date_order import with_date_order
    from dedup.inputs.readers.objects import read_any
    from dedup.inputs.set_aside import without_non_articles

    return without_non_articles(with_date_order(read_any(obj, settings), settings), settings)


def is_paths(inputs: object) -> bool:
    """Return whether inputs are a path or paths, not articles."""
    if isinstance(inputs, str | os.PathLike):
        return True
    return isinstance(inputs, Sequence) and bool(inputs) and all(isinstance(i, str | os.PathLike) for i in inputs)


def batches_of(inputs: Any, settings: Settings) -> tuple[Iterable[Batch], list[Source]]:
    """Read any inputs of `dedup.scan`: (batches, their files). Raises `UsageError` and `MissingInput` at once."""
    from dedup.inputs.paths import resolve

    if not is_paths(inputs):
        return read_objects(inputs, settings), []
    sources = resolve([inputs] if isinstance(inputs, str | os.PathLike) else list(inputs), settings.format)
    return read(sources, settings), sources
