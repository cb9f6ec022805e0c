"""JSON lines, and `.json` files that hold lines, one array or one object."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from orjson import JSONDecodeError, loads

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BATCH_ROWS, BATCH_TEXT, BatchBuilder, length_without_newline
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.fields import RejectedRecord, describe_type, replace_surrogates
from dedup.inputs.readers.lenient_json import as_record, parse_any, parse_exact, parse_record
from dedup.inputs.readers.streams import MAX_RECORD, OversizedLine, lines, open_stream
from dedup.inputs.record_files import RecordFiles, record_hash
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.inputs.html.extraction import InputRecord, PageExtractor
    from dedup.inputs.source import Source

_BOM = b"\xef\xbb\xbf"
#: What `bytes.strip` removes.
_BLANK = b" \t\n\r\v\f"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_jsonl(
    source: Source,
    settings: Settings,
    *,
    block: int = BLOCK,
    batch_text: int = BATCH_TEXT,
    limit: int = MAX_RECORD,
    pages: PageExtractor | None = None,
) -> Iterator[Batch]:
    """The articles of a file of JSON lines. Sizes are for tests: they change the batches, never the articles."""
    reader = JsonLinesReader(source, settings, batch_text, limit, pages)
    with reader.cut(), open_stream(source, block) as file:
        yield from reader.batches(lines(file, limit, _BLANK))
    yield from reader.builder.flush()


def read_json(
    source: Source,
    settings: Settings,
    *,
    block: int = BLOCK,
    batch_text: int = BATCH_TEXT,
    limit: int = MAX_RECORD,
    pages: PageExtractor | None = None,
) -> Iterator[Batch]:
    """A `.json` file: JSON lines of any number, or one array or one object of up to `limit` bytes."""
    reader = JsonLinesReader(source, settings, batch_text, limit, pages)
    with reader.cut(), open_stream(source, block) as file:
        file_lines = lines(file, limit, _BLANK)
        head = _head(file_lines)
        first: Iterable[bytes | OversizedLine] = head
        if head and not _begins_lines(head):
            first, whole = _whole(head, file_lines, limit)
            if whole is not None:
                yield from _elements(whole, reader)
                return
        yield from reader.batches(chain(first, file_lines))
    yield from reader.builder.flush()


class _Layout:
    """How to take apart records with one set of names: in one call, while the record is in the nearest cache.

    `values(record)` gives the text, then the metadata up to `end` as `BatchBuilder.rows` wants it. It fails with
    KeyError on a record with other names, provided that it has `width` of them.
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
            # The text stands twice because a getter of one name gives no tuple.
            self.values = everything = itemgetter(*[text, *names, *others, text])
            if len(names) < len(present):
                some = [name if name in record else None for name in present]
                self.values = lambda record: (everything(record)[0], *[name and record[name] for name in some])


def _no_text(record: Any) -> Any:
    raise KeyError


class JsonLinesReader:
    """Reads lines into batches; keeps line number and byte offset."""

    def __init__(
        self, source: Source, settings: Settings, batch_text: int, limit: int, pages: PageExtractor | None = None
    ) -> None:
        self.settings, self.pages = settings, pages
        self.builder = BatchBuilder(source.name, settings, batch_text)
        self.builder.reparse_exact = self._reparse_exact
        self.builder.parse_text = self._parse_text
        self.source = source
        #: Whether records can be read again by their offset; known when the file is open.
        self.positional = False
        self.limit = limit
        self.number = 0
        self.offset = 0
        self.layout = _Layout({}, self.builder)
        self.layouts: dict[tuple[Any, ...], _Layout] = {}

    @contextmanager
    def cut(self) -> Iterator[None]:
        """What ends a file early becomes its last reject."""
        try:
            yield
        except UnreadableInput as error:
            self.builder.reject(self.number + 1 if error.within else None, error)

    def batches(self, file_lines: Iterator[bytes | OversizedLine]) -> Iterator[Batch]:
        """Full batches; what is left stays with the collector."""
        self.positional = self.source.positional
        file_lines = chain(list(self._first(file_lines)), file_lines)
        try:
            while self._parse_lines(file_lines):
                yield from self.builder.flush()
            return
        except _HoldsPage as page:
            line = page.line
        yield from self.builder.flush()
        self.number -= 1
        yield from self.with_pages(self._items(chain([line], file_lines)))

    def with_pages(self, items: Iterator[InputRecord]) -> Iterator[Batch]:
        """The batches of records of which some hold a page instead of a text."""
        from dedup.inputs.html.extraction import PageExtractor

        if self.pages is not None:
            yield from self.pages.batches(items, self.builder.file, self.builder.batch_text)
            return
        with PageExtractor(self.settings) as pages:
            yield from pages.batches(items, self.builder.file, self.builder.batch_text)

    def _items(self, file_lines: Iterator[bytes | OversizedLine]) -> Iterator[InputRecord]:
        """The records of the lines, from the first that holds a page."""
        from dedup.inputs.html.extraction import InputRecord

        file = self.builder.file
        try:
            for line in file_lines:
                self.number += 1
                offset, self.offset = self.offset, self.offset + len(line)
                try:
                    if isinstance(line, OversizedLine):
                        raise RejectedRecord("too_large", f"{len(line):,} bytes; a record may have {self.limit:,}")
                    if not line.strip():
                        self.number += max(1, line.count(b"\n")) - 1
                        continue
                    item = self.item(parse_record(line), self.number)
                    if any(type(item.record.get(name)) is float for name in self.builder.names.of("id")):  # type: ignore[union-attr]
                        item = self.item(parse_exact(line), self.number)
                except RejectedRecord as rejection:
                    yield InputRecord(file, self.number, refused=rejection)
                    continue
                if self.positional:
                    length = length_without_newline(line)
                    yield replace(item, offset=offset, length=length, hash=record_hash(line[:length]))
                else:
                    yield replace(item, raw=line)
        except UnreadableInput as error:
            yield InputRecord(file, self.number + 1 if error.within else None, refused=error)

    def item(self, record: dict[str, Any], number: int) -> InputRecord:
        """A record, with its page where it has one and no text."""
        from dedup.inputs.html.extraction import InputRecord

        file = self.builder.file
        try:
            self.builder.names.text_bytes(record)
        except RejectedRecord as rejection:
            if (name := _page_name(record)) is None:
                return InputRecord(file, number, record=record, refused=rejection)
            page = record[name]
            if not isinstance(page, str):
                raise RejectedRecord("wrong_type", f"field {name!r} holds {describe_type(page)}, not a page") from None
            url = self.builder.names.column("url", {key: [value] for key, value in record.items()}, 1)[0]
            header = {"charset": "utf-8"} | ({"url": url} if url else {})
            return InputRecord(file, number, page=replace_surrogates(page).encode(), header=header, record=record)
        return InputRecord(file, number, record=record)

    def _first(self, file_lines: Iterator[bytes | OversizedLine]) -> Iterator[bytes | OversizedLine]:
        """The first line without a byte order mark."""
        for line in file_lines:
            if isinstance(line, bytes):
                if line.startswith(_UTF16):
                    raise UnreadableInput(
                        "invalid_utf8", "the file is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8", False
                    )
                if line.startswith(_BOM):
                    self.offset = len(_BOM)
                    line = line[len(_BOM) :]
            yield line
            return

    def _parse_lines(self, file_lines: Iterator[bytes | OversizedLine]) -> bool:
        """Lines up to a full batch; False when there are no more. The hot loop: what can wait for a column waits."""
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
                        if isinstance(line, bytes):  # many blank lines may come as one
                            number += max(1, line.count(b"\n")) - 1
                        if len(builder.rejects) >= BATCH_ROWS:
                            return True
                        continue
                    row, body = parts
                text += body
                sizes.append(len(body))
                rows.append(row)
                numbers.append(number)
                if positional:  # the line is not held: the next one comes into the same memory, which is near
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
        """The record of a row of the batch with every digit of its numbers."""
        builder = self.builder
        if not self.positional:
            return parse_exact(builder.raw[row])
        with RecordFiles([self.source]) as files:
            return parse_exact(files.read(0, builder.offsets[row], builder.lengths[row], builder.hashes[row]))

    def _parse_text(self, line: bytes) -> bytes:
        """The text of a line that was taken before."""
        return self.builder.names.text_bytes(parse_record(line))

    def _layout_for(self, record: dict[str, Any]) -> _Layout:
        """The layout of a record."""
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
        """The row and text of a line that the hot loop could not take, or None: blank, or rejected."""
        builder = self.builder
        try:
            if isinstance(line, OversizedLine):
                raise RejectedRecord("too_large", f"{len(line):,} bytes; a record may have {self.limit:,}")
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


#: Why a record may be looked at for a page.
_WITHOUT_TEXT = ("no_text", "empty_text")


class _HoldsPage(Exception):
    """A line whose record has a page and no text: from it on, lines are read another way."""

    def __init__(self, line: bytes) -> None:
        super().__init__()
        self.line = line


def _page_name(record: dict[str, Any]) -> str | None:
    """The field of a record that holds its page."""
    from dedup.inputs.html.extraction import PAGE_NAMES

    return next((name for name in PAGE_NAMES if record.get(name)), None)


def _head(file_lines: Iterator[bytes | OversizedLine]) -> list[bytes | OversizedLine]:
    """The lines up to the first that is not blank."""
    head: list[bytes | OversizedLine] = []
    for line in file_lines:
        head.append(line)
        if isinstance(line, OversizedLine) or line.removeprefix(_BOM).strip() or len(head) > 1000:
            break
    return head


def _begins_lines(head: list[bytes | OversizedLine]) -> bool:
    """Whether the first line is a record of its own, or UTF-16."""
    line = head[-1]
    if isinstance(line, OversizedLine):
        return False
    if line.startswith(_UTF16):
        return True
    try:
        parse_record(line.removeprefix(_BOM))
    except RejectedRecord as rejection:
        return rejection.reason not in ("bad_json", "not_an_object")
    return True


def _whole(
    head: list[bytes | OversizedLine], file_lines: Iterator[bytes | OversizedLine], limit: int
) -> tuple[Iterator[bytes | OversizedLine], bytes | None]:
    """The file as one JSON value, where it is one; else the lines that were read in trying.

    They are held as one piece: of the shortest lines, objects would take thirty times their bytes.
    """
    array = not isinstance(head[-1], OversizedLine) and head[-1].removeprefix(_BOM).lstrip().startswith(b"[")
    text = io.BytesIO()
    for line in chain(head, file_lines):
        if isinstance(line, OversizedLine) or (text.tell() + len(line) > limit and array):
            detail = f"one JSON value of more than {limit:,} bytes; write it as JSON lines: jq -c '.[]'"
            raise UnreadableInput("too_large", detail, False)
        text.write(line)
        if text.tell() > limit:
            return io.BytesIO(text.getvalue()), None
    whole = text.getvalue().removeprefix(_BOM)
    with suppress(RejectedRecord):
        parse_any(whole)
        array = True
    return io.BytesIO(text.getvalue()), whole if array else None


def _elements(whole: bytes, reader: JsonLinesReader) -> Iterator[Batch]:
    """The objects of one array, numbered from 1; or the one object."""
    builder = reader.builder
    try:
        value = parse_any(whole, exact_numbers=True)
    except RejectedRecord as rejection:
        builder.reject(None, rejection)
        value = []
    records = value if isinstance(value, list) else [value]
    if any(isinstance(record, dict) and _page_name(record) for record in records):
        yield from builder.flush()
        yield from reader.with_pages(_element_items(records, reader))
        return
    for number, record in enumerate(records, 1):
        try:
            builder.add(as_record(record), number)
        except RejectedRecord as rejection:
            builder.reject(number, rejection)
        if builder.full:
            yield from builder.flush()
    yield from builder.flush()


def _element_items(records: list[Any], reader: JsonLinesReader) -> Iterator[InputRecord]:
    """The same, where some hold pages."""
    from dedup.inputs.html.extraction import InputRecord

    for number, record in enumerate(records, 1):
        try:
            yield reader.item(as_record(record), number)
        except RejectedRecord as rejection:
            yield InputRecord(reader.builder.file, number, refused=rejection)
