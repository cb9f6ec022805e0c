"""Read files that are one article each: plain text, and HTML pages, of which all in a run are read together."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, Any

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BatchBuilder
from dedup.inputs.charsets import decode_text
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html.extraction import InputRecord, PageExtractor
from dedup.inputs.html.limits import MAX_PAGE
from dedup.inputs.readers.csv import CsvReader, is_table
from dedup.inputs.readers.streams import MAX_RECORD, lines, open_raw, open_stream
from dedup.inputs.source import Source
from dedup.settings import Settings


def read_text(source: Source, settings: Settings, *, limit: int = MAX_RECORD) -> Iterator[Batch]:
    """Read a file as one article; its id is the name of the file.

    A file that begins with the header of a table is read as one: Excel saves tables as "Unicode text".
    """
    builder = BatchBuilder(source.name, settings)
    # The names of the record are those that the setting `fields` makes of the columns.
    text_name, identifier = builder.names.text[0], builder.names.of("id")[0]
    try:
        with open_stream(source, BLOCK) as file:
            content = _content(file, limit, "record")
        text, guess = decode_text(content, settings.encoding)
        if guess is not None:
            builder.notes.append(guess.note)
        delimiter = is_table(text[:4096].partition("\n")[0], builder.names)
        if delimiter is not None:
            stream: Any = io.BufferedReader(io.BytesIO(text.encode("utf-8", "replace")))  # type: ignore[arg-type]
            yield from CsvReader(builder, delimiter, limit).batches(lines(stream, limit, b"\r\n"))
        else:
            builder.add({identifier: source.name, text_name: text}, 1)
    except UnicodeDecodeError as error:
        builder.reject(1, RejectedRecord("invalid_utf8", f"byte {error.start}: {error.reason}"))
    except RejectedRecord as rejection:
        builder.reject(None if isinstance(rejection, UnreadableInput) and not rejection.in_record else 1, rejection)
    yield from builder.flush()


def read_html(sources: Iterable[Source], settings: Settings, pages: PageExtractor) -> Iterator[Batch]:
    """Read the articles of files, in the order of the files; the id of an article is the name of its file.

    sources: one at least; each is read before the next is asked for. Compressed files go to the workers as they are:
    workers decompress in parallel, and a page in the cache needs none.
    """
    identifier = pages.names.of("id")[0]
    sources = iter(sources)
    first = next(sources)
    return pages.batches((_page(source, identifier) for source in chain([first], sources)), first.name)


def _page(source: Source, identifier: str) -> InputRecord:
    try:
        with open_raw(source) as (file, compression):
            content = _content(file, MAX_PAGE, "page")
    except RejectedRecord as rejection:
        return InputRecord(source.name, 1, rejection=rejection)
    if not content:
        return InputRecord(source.name, 1, rejection=RejectedRecord("empty_text", "the file is empty"))
    header = {"compression": compression} if compression else {}
    return InputRecord(source.name, 1, page=content, header=header, record={identifier: source.name})


def _content(file: IO[bytes], limit: int, unit: str) -> bytes:
    """Read a whole file. Raises `RejectedRecord` for more than `limit` bytes. unit: a name for what the file holds."""
    content = bytearray()
    while piece := file.read(BLOCK):
        content += piece
        if len(content) > limit:
            raise RejectedRecord("too_large", f"more than {limit:,} bytes, as many as a {unit} may have")
    return bytes(content)
