"""Readers: whatever comes in becomes `Batch`es, a bounded amount at a time.

One file a format; `FORMATS` is the registry. To add a format, write a module with a function
`(source, settings) -> Iterator[Batch]` and name it here. Formats that hold web pages are given the `Pages` of the
reading as well, its workers and cache (`dedup.articles.pages`); of HTML files a whole run is read at once.

A record that cannot be taken becomes a `Reject`, and the records beside it are read on:

| reason | what stood there |
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
| `not_an_article` | a page that is a front page, a tag's or author's page, a list of links |
| `error_page`, `consent_wall`, `paywall` | a page that shows one of these in the article's place |
| `timeout`, `too_much_memory`, `extractor_crashed`, `extractor_failed` | a page that its extraction does not survive |
| `unreadable` | a file that cannot be parsed or read at all; in a folder also a subfolder, a named pipe, a socket |
| `no_text_field` | a table without a text column; the detail names its columns |
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.articles.batch import Batch
    from dedup.articles.sources import Source
    from dedup.settings import Settings

#: The path that stands for standard input.
STANDARD_INPUT = "-"
#: The reason of a reject that stands for a file as a whole.
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the endings of its files, where its reader is, and what may be done with its files.

    `compressible`: .gz, .zst and .bz2 may follow the ending. `streams`: can be read from standard input.
    `pages`: may hold web pages. `together`: files that follow one another are given to the reader as a list.
    """

    endings: tuple[str, ...]
    reader: str
    compressible: bool = True
    streams: bool = True
    pages: bool = False
    together: bool = False

    def load(self) -> Callable[..., Iterator[Batch]]:
        """The reader; imported only when a file of the format is there."""
        module, _, function = self.reader.partition(":")
        return getattr(import_module(f"{__name__}.{module}"), function)  # type: ignore[no-any-return]


FORMATS: dict[str, Format] = {
    "jsonl": Format((".jsonl", ".ndjson"), "jsonl:read_jsonl", pages=True),
    "json": Format((".json",), "jsonl:read_json", pages=True),
    "csv": Format((".csv",), "delimited:read_csv"),
    "tsv": Format((".tsv",), "delimited:read_tsv"),
    "parquet": Format((".parquet",), "tables:read_parquet", compressible=False, streams=False),
    "arrow": Format((".arrow", ".feather", ".ipc"), "tables:read_arrow", compressible=False, streams=False),
    "txt": Format((".txt",), "text:read_text"),
    "html": Format((".html", ".htm", ".xhtml"), "html:read_html", pages=True, together=True),
    "warc": Format((".warc",), "warc:read_warc", pages=True),
}


def read(sources: Iterable[Source], settings: Settings) -> Iterator[Batch]:
    """The articles of the files in the order given, each batch of one file or of HTML files.

    What is `unreadable` is a reject; whatever stands there is not opened.
    """
    from dedup.articles.pages.flow import Pages

    with Pages(settings) as pages:
        for name, group in groupby(sources, key=lambda source: UNREADABLE if source.unreadable else source.format):
            if name == UNREADABLE:
                yield from _unreadable(group)
                continue
            format = FORMATS[name]
            if format.together:
                yield from format.load()(list(group), settings, pages)
                continue
            for source in group:
                if not format.streams and os.path.exists(source.path) and not os.path.isfile(source.path):
                    # These files are opened by Arrow, which would wait for a pipe's writer.
                    yield from _unreadable([replace(source, unreadable="it is no regular file any more")])
                    continue
                yield from format.load()(source, settings, **({"pages": pages} if format.pages else {}))


def _unreadable(sources: Iterable[Source]) -> Iterator[Batch]:
    """The rejects of what cannot be read in a folder."""
    import pyarrow as pa

    from dedup.articles.batch import SCHEMA, Batch
    from dedup.model import Reject

    none = pa.RecordBatch.from_arrays([pa.nulls(0, column.type) for column in SCHEMA], schema=SCHEMA)
    for source in sources:
        yield Batch(source.name, none, (Reject(source.name, None, UNREADABLE, source.unreadable),))


def read_objects(obj: Any, settings: Settings) -> Iterator[Batch]:
    """The articles of what a program holds.

    An Arrow table, batch or stream, whatever speaks the Arrow C stream protocol (a pandas or polars frame, a DuckDB
    relation), or an iterable of dicts or `dedup.model.Article`s. The batches' file is `<table>` or `<articles>`.
    """
    from dedup.articles.readers.objects import read_any

    return read_any(obj, settings)
