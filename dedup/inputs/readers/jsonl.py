"""Read JSON lines, and `.json` files that hold lines, one array or one object."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from itertools import chain
from operator import itemgetter
from typing import Any

from orjson import JSONDecodeError, loads

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BATCH_ROWS, BATCH_TEXT, BatchBuilder, length_without_newline
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.fields import RejectedRecord, describe_type, replace_surrogates, too_large
from dedup.inputs.html.extraction import PAGE_NAMES, InputRecord, PageExtractor
from dedup.inputs.readers.lenient_json import as_record, parse_any, parse_exact, parse_record
from dedup.inputs.readers.streams import MAX_RECORD, UTF16, UTF16_MARKS, OversizedLine, lines, open_stream
from dedup.inputs.record_files import RecordFiles, record_hash
from dedup.inputs.source import Source
from dedup.settings import Settings

_BOM = b"\xef\xbb\xbf"
#: What `bytes.strip` removes.
_BLANK = b" \t\n\r\v\f"


def read_jsonl(source: Source, settings: Settings, pages: PageExtractor | None = None, **sizes: int) -> Iterator[Batch]:
    """Read a file of JSON lines. pages, sizes: see `JsonLinesReader`."""
    reader = JsonLinesReader(source, settings, pages, **sizes)
    with reader.reject_rest(), open_stream(source, reader.block) as file:
        yield from reader.batches(lines(file, reader.limit, _BLANK))
    yield from reader.builder.flush()


def read_json(source: Source, settings: Settings, pages: PageExtractor | None = None, **sizes: int) -> Iterator[Batch]:
    """Read a `.json` file: any number of JSON lines, or one array or one object of up to `limit` bytes.

    pages, sizes: see `JsonLinesReader`.
    """
    reader = JsonLinesReader(source, settings, pages, **sizes)
    with reader.reject_rest(), open_stream(source, reader.block) as file:
        file_lines = lines(file, reader.limit, _BLANK)
        head = _head(file_lines)
        first: Iterable[bytes | OversizedLine] = head
        if head and not _begins_lines(head):
            first, whole = _whole(head, file_lines, reader.limit)
            if whole is not None:
                yield from reader.with_pages(_elements(whole, reader))
                return
        yield from reader.batches(chain(first, file_lines))
    yield from reader.builder.flush()


class _Layout:
    """Splits records with one set of names into text and metadata, in one call, while the record is in the cache.

    `values(record)` is the text, then the metadata up to `end` as in `BatchBuilder.rows`. It raises KeyError for a
    record with other names, if that has `width` names.
    """

    def __init__(self, record: dict[str, Any], builder: BatchBuilder) -> None:
        present = builder.present
        self.width = len(record)
        self.end = 1 + len(present)
        text = next((name for name in builder.names.text if name in record), None)
        self.values: Callable[[Any], Any] = _no_text
        if text is not None:
            names = [name for name in present if name in record]
            others = [name for name in record if name != text and name not in present]
            # The text is there twice, because a getter of one name returns no tuple.
            self.values = everything = itemgetter(*[text, *names, *others, text])
            if len(names) < len(present):
                some = [name if name in record else None for name in present]
                self.values = lambda record: (everything(record)[0], *[name and record[name] for name in some])


def _no_text(record: Any) -> Any:
    raise KeyError


class JsonLinesReader:
    """Reads lines into batches. `number`: lines read so far, `offset`: their bytes.

    pages: the extraction of this run, None for one of its own. block: bytes of the buffer. batch_text: bytes of text in
    a batch. limit: bytes of a line.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        pages: PageExtractor | None,
        block: int = BLOCK,
        batch_text: int = BATCH_TEXT,
        limit: int = MAX_RECORD,
    ) -> None:
        self.settings, self.pages, self.block = settings, pages, block
        self.builder = BatchBuilder(source.name, settings, batch_text)
        self.builder.reparse_exact = self._reparse_exact
        self.builder.parse_text = self._parse_text
        self.source = source
        #: Whether records can be read again by their offset; set when the file is open.
        self.positional = False
        self.limit = limit
        self.number = 0
        self.offset = 0
        self.layout = _Layout({}, self.builder)
        self.layouts: dict[tuple[Any, ...], _Layout] = {}

    @contextmanager
    def reject_rest(self) -> Iterator[None]:
        """Turn an `UnreadableInput` into the last reject of the file."""
        try:
            yield
        except UnreadableInput as error:
            self.builder.reject(self.number + 1 if error.in_record else None, error)

    def batches(self, file_lines: Iterator[bytes | OversizedLine]) -> Iterator[Batch]:
        """Full batches; what is left stays with the collector."""
        self.positional = self.source.positional
        file_lines = chain(list(self._first(file_lines)), file_lines)
        try:
            while self._parse_lines(file_lines):
                yield from self.builder.flush()
            return
        except _HoldsPage as page:
            (line,) = page.args
        yield from self.builder.flush()
        self.number -= 1
        yield from self.with_pages(self._items(chain([line], file_lines)))

    def with_pages(self, items: Iterator[InputRecord]) -> Iterator[Batch]:
        """Yield the batches of records of which some hold a page instead of a text."""
        with PageExtractor(self.settings) if self.pages is None else nullcontext(self.pages) as pages:
            yield from pages.batches(items, self.builder.file, self.builder.batch_text)

    def _items(self, file_lines: Iterator[bytes | OversizedLine]) -> Iterator[InputRecord]:
        """Yield the records of the lines from the first that holds a page."""
        file = self.builder.file
        try:
            for line in file_lines:
                self.number += 1
                offset, self.offset = self.offset, self.offset + len(line)
                try:
                    if isinstance(line, OversizedLine):
                        raise too_large(len(line), self.limit)
                    if not line.strip():
                        self.number += max(1, line.count(b"\n")) - 1
                        continue
                    record = parse_record(line)
                    if any(type(record.get(name)) is float for name in self.builder.names.of("id")):
                        record = parse_exact(line)
                    item = self.item(record, self.number)
                except RejectedRecord as rejection:
                    yield InputRecord(file, self.number, rejection=rejection)
                    continue
                if self.positional:
                    length = length_without_newline(line)
                    yield item._replace(offset=offset, length=length, hash=record_hash(line[:length]))
                else:
                    yield item._replace(raw=line)
        except UnreadableInput as error:
            yield InputRecord(file, self.number + 1 if error.in_record else None, rejection=error)

    def item(self, record: dict[str, Any], number: int) -> InputRecord:
        """Make the item of a record, with its page if it has one and no text."""
        names, item = self.builder.names, InputRecord(self.builder.file, number, record=record)
        if (name := _page_name(record)) is None:
            return item
        with suppress(RejectedRecord):
            names.text_bytes(record)
            return item
        page = record[name]
        if not isinstance(page, str):
            raise RejectedRecord("wrong_type", f"field {name!r} holds {describe_type(page)}, not a page")
        url = names.value("url", record)
        header = {"charset": "utf-8"} | ({"url": url} if url else {})
        return item._replace(page=replace_surrogates(page).encode(), header=header)

    def _first(self, file_lines: Iterator[bytes | OversizedLine]) -> Iterator[bytes | OversizedLine]:
        """Yield the first line without its byte order mark."""
        for line in file_lines:
            if isinstance(line, bytes):
                if line.startswith(UTF16_MARKS):
                    raise UnreadableInput(*UTF16, in_record=False)
                if line.startswith(_BOM):
                    self.offset = len(_BOM)
                    line = line[len(_BOM) :]
            yield line
            return

    def _parse_lines(self, file_lines: Iterator[bytes | OversizedLine]) -> bool:
        """Parse lines up to a full batch; False at the end.

        This is the hot loop: work that can be done for a whole column is done in the builder.
        """
        builder = self.builder
        text, sizes, rows, numbers = builder.text, builder.sizes, builder.rows, builder.numbers
        offsets, lengths, hashes, raw = builder.offsets, builder.lengths, builder.hashes, builder.raw
        number, offset = self.number, self.offset
        positional, size, limit, layout = self.positional, 0, builder.batch_text, self.layout
        try:
            for line in file_lines:
                number += 1
                try:
                    record = loads(line)  # type: ignore[arg-type]
                    if len(record) != layout.width:
                        layout = self._layout_for(record)
                    try:
                        values = layout.values(record)
                    except KeyError:
                        layout = self._layout_for(record)
                        values = layout.values(record)
                    value = values[0]
                    if not value or value.isspace():
                        raise KeyError
                    body = value.encode()
                    row = values[1 : layout.end]
                except (JSONDecodeError, KeyError, AttributeError, TypeError):
                    parts = self._parse_slow(line, number)
                    if parts is None:
                        offset += len(line)
                        if isinstance(line, bytes):  # several blank lines may come as one
                            number += max(1, line.count(b"\n")) - 1
                        if len(builder.rejects) >= BATCH_ROWS:
                            return True
                        continue
                    row, body = parts
                text += body
                sizes.append(len(body))
                rows.append(row)
                numbers.append(number)
                if positional:  # the line is not kept: the next one takes its memory, which is in the cache
                    offsets.append(offset)
                    length = len(line) - 1 if line[-2:] == b"}\n" else length_without_newline(line)  # type: ignore[index, arg-type]
                    lengths.append(length)
                    hashes.append(record_hash(line[:length]))  # type: ignore[index]
                else:
                    offsets.append(-1)
                    lengths.append(-1)
                    raw.append(line)  # type: ignore[arg-type]
                offset += len(line)
                size += len(line)
                if size >= limit or number % BATCH_ROWS == 0:
                    return True
            return False
        finally:
            self.number, self.offset, self.layout = number, offset, layout

    def _reparse_exact(self, row: int) -> dict[str, Any]:
        """Parse the record of a row of the batch again, with all digits of its numbers."""
        builder = self.builder
        if not self.positional:
            return parse_exact(builder.raw[row])
        with RecordFiles([self.source]) as files:
            return parse_exact(files.read(0, builder.offsets[row], builder.lengths[row], builder.hashes[row]))

    def _parse_text(self, line: bytes) -> bytes:
        """Return the text of a line that was read before."""
        return self.builder.names.text_bytes(parse_record(line))

    def _layout_for(self, record: dict[str, Any]) -> _Layout:
        """Return the layout of a record, and note the names of its metadata."""
        self.builder.row(record)
        shape = (len(self.builder.present), *record)
        layout = self.layouts.get(shape)
        if layout is None:
            layout = _Layout(record, self.builder)
            if len(record) <= 256:
                if len(self.layouts) >= 256:
                    self.layouts.clear()
                self.layouts[shape] = layout
        return layout

    def _parse_slow(self, line: bytes | OversizedLine, number: int) -> tuple[tuple[Any, ...], bytes] | None:
        """Parse a line that the hot loop could not: (its row, its text), or None for a blank or rejected line."""
        builder = self.builder
        try:
            if isinstance(line, OversizedLine):
                raise too_large(len(line), self.limit)
            if not line.strip():
                return None
            record = parse_record(line)
            text = builder.names.text_bytes(record)
        except RejectedRecord as rejection:
            if rejection.reason in _WITHOUT_TEXT and isinstance(line, bytes) and _page_name(record) is not None:
                raise _HoldsPage(line) from None
            builder.reject(number, rejection)
            return None
        return builder.row(record), text


#: Reasons for which a record may hold a page instead.
_WITHOUT_TEXT = ("no_text", "empty_text")


class _HoldsPage(Exception):
    """Its argument is a line whose record has a page and no text: from there on, records go through the extraction."""


def _page_name(record: dict[str, Any]) -> str | None:
    """Return the name of the field that holds a page."""
    return next((name for name in PAGE_NAMES if record.get(name)), None)


def _head(file_lines: Iterator[bytes | OversizedLine]) -> list[bytes | OversizedLine]:
    """Read the lines up to the first that is not blank."""
    head: list[bytes | OversizedLine] = []
    for line in file_lines:
        head.append(line)
        if isinstance(line, OversizedLine) or line.removeprefix(_BOM).strip() or len(head) > 1000:
            break
    return head


def _begins_lines(head: list[bytes | OversizedLine]) -> bool:
    """Return whether the first line is a whole record, or UTF-16."""
    line = head[-1]
    if isinstance(line, OversizedLine):
        return False
    if line.startswith(UTF16_MARKS):
        return True
    try:
        parse_record(line.removeprefix(_BOM))
    except RejectedRecord as rejection:
        return rejection.reason not in ("bad_json", "not_an_object")
    return True


def _whole(
    head: list[bytes | OversizedLine], file_lines: Iterator[bytes | OversizedLine], limit: int
) -> tuple[Iterator[bytes | OversizedLine], bytes | None]:
    """Read the file as one JSON value: (the lines read, the value or None if it is none).

    The lines are kept as one buffer: as objects, the shortest lines would take thirty times their bytes.
    """
    array = not isinstance(head[-1], OversizedLine) and head[-1].removeprefix(_BOM).lstrip().startswith(b"[")
    text = io.BytesIO()
    for line in chain(head, file_lines):
        if isinstance(line, OversizedLine) or (text.tell() + len(line) > limit and array):
            detail = (
                f"one JSON value of more than {limit:,} bytes; write it as JSON lines, for example with jq -c '.[]'"
            )
            raise UnreadableInput("too_large", detail, in_record=False)
        text.write(line)
        if text.tell() > limit:
            return io.BytesIO(text.getvalue()), None
    whole = text.getvalue().removeprefix(_BOM)
    with suppress(RejectedRecord):
        parse_any(whole)
        array = True
    return io.BytesIO(text.getvalue()), whole if array else None


def _elements(whole: bytes, reader: JsonLinesReader) -> Iterator[InputRecord]:
    """Yield the objects of one array, numbered from 1, or the one object."""
    file = reader.builder.file
    try:
        value = parse_any(whole, exact_numbers=True)
    except RejectedRecord as rejection:
        yield InputRecord(file, None, rejection=rejection)
        return
    for number, record in enumerate(value if isinstance(value, list) else [value], 1):
        try:
            yield reader.item(as_record(record), number)
        except RejectedRecord as rejection:
            yield InputRecord(file, number, rejection=rejection)
