"""Read JSON lines, and `.json` files that hold lines, one array or one object."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BATCH_ROWS, BATCH_TEXT, BatchBuilder, length_of_record
from dedup.inputs.charsets import SAMPLE, Guess, guess_encoding, is_damaged_utf8, utf8_stream
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.fields import FieldNames, RejectedRecord, describe_type, replace_surrogates, too_large
from dedup.inputs.html.extraction import PAGE_NAMES, InputRecord, PageExtractor
from dedup.inputs.readers.json_values import ValueSplitter
from dedup.inputs.readers.lenient_json import as_record, parse_any, parse_exact, parse_line, parse_record
from dedup.inputs.readers.line_buffer import BLANK, LineBuffer
from dedup.inputs.readers.line_columns import LineColumns
from dedup.inputs.readers.streams import MAX_RECORD, OversizedLine, open_stream
from dedup.inputs.record_files import RecordFiles, record_hash
from dedup.inputs.record_shapes import flat_record, has_text, wrapped_records
from dedup.inputs.source import Source
from dedup.settings import Settings

_BOM = b"\xef\xbb\xbf"
#: After so many lines in a row that the kernel cannot parse, so many are parsed without it.
_MOST_ODD, _REST_ODD = 16, 256
#: Where an array of objects begins in an object.
_WRAPS = re.compile(rb'"\s*+:\s*+\[\s*+\{\s*+"')


def read_jsonl(source: Source, settings: Settings, pages: PageExtractor | None = None, **sizes: int) -> Iterator[Batch]:
    """Read a file of JSON lines. pages, sizes: see `JsonLinesReader`.

    A file whose first line only opens an array or an object is read as `read_json` does.
    """
    return _read(source, JsonLinesReader(source, settings, pages, **sizes), _opens_value)


def read_json(source: Source, settings: Settings, pages: PageExtractor | None = None, **sizes: int) -> Iterator[Batch]:
    """Read a `.json` file: JSON lines, or arrays and objects of any size, also damaged ones (`json_values`).

    pages, sizes: see `JsonLinesReader`.
    """
    return _read(source, JsonLinesReader(source, settings, pages, **sizes), _is_no_line)


def _read(source: Source, reader: JsonLinesReader, holds_values: Callable[[bytes], bool]) -> Iterator[Batch]:
    """Read JSON lines or, if the first line that is not blank shows it, values of several lines each."""
    with reader.reject_rest(), open_stream(source, reader.block) as stream:
        file = utf8_stream(stream, reader.settings.encoding)
        reader.is_as_stored = file is stream
        head = _head(file, reader.limit)
        whole = len(head) <= reader.limit or head.endswith(b"\n")
        line = head.removeprefix(_BOM).strip(BLANK)
        if line and (holds_values(line) if whole else _opens_records(line)):
            blocks = chain([head], iter(partial(file.read1, reader.block), b""))
            yield from reader.with_pages(reader.values(blocks))
            return
        begin = len(head) if whole else head.rfind(b"\n") + 1
        size = reader.builder.batch_text
        buffer = LineBuffer(file, reader.block, reader.limit, size, head[:begin], len(head) - begin)
        del head, line  # of a line that is too long they would be held beside the next one
        yield from reader.batches(buffer)
    yield from reader.flush()


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
        self.builder.parse_texts = self._parse_texts
        self.source = source
        #: Whether records can be read again by their offset; set when the file is open.
        self.positional = False
        #: Whether the lines are those of the file, not decoded to UTF-8.
        self.is_as_stored = True
        #: How lines that are not UTF-8 are decoded; False before the first, None if they are rejected.
        self.guess: Guess | bool | None = False
        self.limit = limit
        self.number = 0
        self.offset = 0
        self.columns = LineColumns(self.builder.names, batch_text)
        #: Lines in a row that the kernel left to be parsed one by one, and how many it is not tried on after many such.
        self.odd = self.rest_odd = 0

    @contextmanager
    def reject_rest(self) -> Iterator[None]:
        """Turn an `UnreadableInput` into the last reject of the file."""
        try:
            yield
        except UnreadableInput as error:
            self.builder.reject(self.number + 1 if error.in_record else None, error)

    def batches(self, buffer: LineBuffer) -> Iterator[Batch]:
        """Full batches; what is left stays for `flush`."""
        self.positional = self.source.positional and self.is_as_stored
        if buffer.fill(len(_BOM)) and buffer.data[buffer.at : buffer.at + len(_BOM)].tobytes() == _BOM:
            buffer.at += len(_BOM)
            self.offset = len(_BOM)
        while True:
            self.columns.positional, self.columns.keep = self.positional, self.builder.keep
            try:
                while self._parse_lines(buffer):
                    yield from self.flush()
                return
            except _HoldsPage:
                yield from self.flush()
                yield from self.with_pages(self._items(buffer))
                return
            except _NotUtf8:
                yield from self.flush()
                self._decode(buffer)

    def flush(self) -> Iterator[Batch]:
        """Yield what was read since the last batch as one, if there is anything."""
        if self.columns.count and not self.builder.rows:
            columns = self.columns.columns()
            yield self.builder.make_batch(columns, self.columns.hashes(), self.columns.raw())
            self.columns.clear()
            return
        self.columns.move_to(self.builder)
        yield from self.builder.flush()

    def _decode(self, buffer: LineBuffer) -> None:
        """Decode the lines from the next on, which is not UTF-8, if a sample of them shows how."""
        buffer.fill(SAMPLE)
        self.guess = guess_encoding(buffer.data[buffer.at : min(buffer.end, buffer.at + SAMPLE)].tobytes())
        if self.guess is not None:
            self.builder.notes.append(self.guess.note)
            self.is_as_stored = self.positional = False
            buffer.decode(self.guess)

    def with_pages(self, items: Iterator[InputRecord]) -> Iterator[Batch]:
        """Yield the batches of records of which some hold a page instead of a text."""
        with PageExtractor(self.settings) if self.pages is None else nullcontext(self.pages) as pages:
            for batch in pages.batches(items, self.builder.file, self.builder.batch_text):
                notes, self.builder.notes = tuple(self.builder.notes), []
                yield replace(batch, notes=notes) if notes else batch

    def _items(self, file_lines: Iterable[bytes | OversizedLine]) -> Iterator[InputRecord]:
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
                    value = parse_line(line)
                    if (records := wrapped_records(value, self.builder.names)) is not None:
                        yield from self._wrapped_items(records, line)
                        continue
                    record = as_record(value)
                    if self._has_rounded_id(record):
                        record = parse_exact(line)
                    item = self.item(record, self.number)
                except RejectedRecord as rejection:
                    yield InputRecord(file, self.number, rejection=rejection)
                    continue
                if self.positional:
                    length = length_of_record(line)
                    yield item._replace(offset=offset, length=length, hash=record_hash(line[:length]))
                else:
                    yield item._replace(raw=line)
        except UnreadableInput as error:
            yield InputRecord(file, self.number + 1 if error.in_record else None, rejection=error)

    def _has_rounded_id(self, record: dict[str, Any]) -> bool:
        """Return whether the id of a record may have been a number of more digits than the parser keeps."""
        return any(type(record.get(name)) is float for name in self.builder.names.fields_of("id", record))

    def _wrapped_items(self, records: list[Any], line: bytes) -> Iterator[InputRecord]:
        """Yield the records that one line wraps; one without an id has that of its line with a number of its own."""
        names = self.builder.names
        if any(isinstance(record, dict) and self._has_rounded_id(record) for record in records):
            records = wrapped_records(parse_line(line, exact_numbers=True), names) or records
        for place, record in enumerate(records, 1):
            try:
                if isinstance(record, RejectedRecord):
                    raise record
                flat, _ = flat_record(as_record(record), names)
                own = f"{self.builder.file}:{self.number}.{place}"
                yield self.item({**flat} if names.value("id", flat) else {**flat, names.of("id")[0]: own}, self.number)
            except RejectedRecord as rejection:
                yield InputRecord(self.builder.file, self.number, rejection=rejection)

    def values(self, blocks: Iterator[bytes]) -> Iterator[InputRecord]:
        """Yield the records of arrays and objects, numbered from 1."""
        first_names: set[str] = set()

        def is_record(record: dict[str, Any]) -> bool:
            # A damaged record may hold objects with a text: they do not begin like the records of the file.
            if first_names and next(iter(record), "") not in first_names:
                return False
            with suppress(RejectedRecord):
                return bool(flat_record(record, names)[1])
            return False

        file, names = self.builder.file, self.builder.names
        try:
            for data, value, _, rejection in ValueSplitter(self._legacy(blocks), is_record, self.limit):
                if rejection is not None:
                    self.number += 1
                    yield InputRecord(file, self.number, rejection=rejection)
                    continue
                records = wrapped_records(value, names)
                is_wrapper = records is not None
                records = [value] if records is None else records
                if any(isinstance(record, dict) and self._has_rounded_id(record) for record in records):
                    exact = parse_any(data, exact_numbers=True)
                    records = (wrapped_records(exact, names) or records) if is_wrapper else [exact]
                for record in records:
                    self.number += 1
                    try:
                        item = self.item(as_record(record), self.number)
                    except RejectedRecord as error:
                        item = InputRecord(file, self.number, rejection=error)
                    if not is_wrapper and item.rejection is None and len(first_names) < 8:
                        first_names.add(next(iter(record), ""))
                    yield item
        except UnreadableInput as error:
            yield InputRecord(file, self.number + 1 if error.in_record else None, rejection=error)

    def _legacy(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield blocks in UTF-8: of a file in another encoding decoded, if its first bytes beyond ASCII show it."""
        decoder = None
        for block in blocks:
            if decoder is None and self.guess is False and not block.isascii():
                sample = block
                while len(sample) < SAMPLE and (more := next(blocks, b"")):
                    sample += more
                block = sample
                self.guess = None
                try:
                    codecs.getincrementaldecoder("utf-8")().decode(block)
                except UnicodeDecodeError:
                    self.guess = guess_encoding(block)
                if self.guess is not None:
                    self.builder.notes.append(self.guess.note)
                    decoder = codecs.getincrementaldecoder(self.guess.encoding)("replace")
            yield block if decoder is None else decoder.decode(block).encode()

    def item(self, record: dict[str, Any], number: int) -> InputRecord:
        """Make the item of a record, with its page if it has one and no text."""
        names, item = self.builder.names, InputRecord(self.builder.file, number, record=record)
        if (name := _page_name(record)) is None or has_text(record, names):
            return item
        page = record[name]
        if not isinstance(page, str):
            raise RejectedRecord("wrong_type", f"field {name!r} holds {describe_type(page)}, not a page")
        url = names.value("url", record)
        header = {"charset": "utf-8"} | ({"url": url} if url else {})
        return item._replace(page=replace_surrogates(page).encode(), header=header)

    def _parse_lines(self, buffer: LineBuffer) -> bool:
        """Parse lines up to a full batch; False at the end.

        This is the hot loop: a kernel parses the lines that are as most are, many at once.
        """
        builder, columns, begin = self.builder, self.columns, self.offset
        while True:
            if not buffer.fill():
                line = buffer.long_line()
                if line is None:
                    return False
                self._parse_odd(line)
            elif not columns.has_room(buffer):
                return True
            else:
                rows, at = columns.count, buffer.at
                if self.rest_odd:
                    self.rest_odd -= 1
                else:
                    left = builder.batch_text - (self.offset - begin)
                    self.number = columns.parse(buffer, left, self.number, self.offset)
                    self.offset += buffer.at - at
                    self.odd = 0 if columns.count > rows else self.odd + 1
                is_full = self.offset - begin >= builder.batch_text or columns.count >= BATCH_ROWS
                if buffer.at < buffer.end and not is_full:
                    self._parse_odd_of(buffer)
            rows = columns.count + len(builder.rows) + len(builder.rejects)
            if self.offset - begin >= builder.batch_text or rows >= BATCH_ROWS:
                return True

    def _parse_odd_of(self, buffer: LineBuffer) -> None:
        """Parse the next line of a buffer by itself."""
        line = buffer.next_line()
        assert line is not None
        try:
            self._parse_odd(line)
        except _Interrupted:
            buffer.at -= len(line)
            raise
        if self.odd >= _MOST_ODD:
            self.odd, self.rest_odd = 0, _REST_ODD

    def _parse_odd(self, line: bytes | OversizedLine) -> None:
        """Parse a line that the kernel did not: add its record, or its reject."""
        builder = self.builder
        record_and_text = self._parse_slow(line, self.number + 1)
        offset = self.offset
        self.number += 1
        self.offset += len(line)
        if record_and_text is None:
            if isinstance(line, bytes):  # several blank lines may come as one
                self.number += max(1, line.count(b"\n")) - 1
            return
        assert isinstance(line, bytes)
        record, text = record_and_text
        self.columns.move_to(builder)
        self.columns.learn(record)
        builder.text += text
        builder.sizes.append(len(text))
        builder.rows.append(builder.row(record))
        builder.numbers.append(self.number)
        if self.positional:
            length = length_of_record(line)
            builder.offsets.append(offset)
            builder.lengths.append(length)
            builder.hashes.append(record_hash(line[:length]))
        else:
            builder.offsets.append(-1)
            builder.lengths.append(-1)
            builder.raw.append(line)

    def _reparse_exact(self, row: int) -> Mapping[str, Any]:
        """Parse the record of a row of the batch again, with all digits of its numbers."""
        builder = self.builder
        if not self.positional:
            line = builder.raw[row]
        else:
            with RecordFiles([self.source]) as files:
                line = files.read(0, builder.offsets[row], builder.lengths[row], builder.hashes[row])
        with suppress(RejectedRecord):
            return flat_record(parse_exact(line), builder.names)[0]
        return {}

    def _parse_texts(self, lines: Sequence[bytes]) -> list[bytes | None]:
        """Return the texts of lines that were read before; None for a page beside records that hold texts."""
        texts = self.columns.texts(lines)
        for i, text in enumerate(texts):
            if text is None:
                with suppress(RejectedRecord):
                    texts[i] = flat_record(parse_record(lines[i]), self.builder.names)[1]
        return texts

    def _parse_slow(self, line: bytes | OversizedLine, number: int) -> tuple[Mapping[str, Any], bytes] | None:
        """Parse any line: (its record, its text), or None for a blank or rejected line."""
        builder = self.builder
        try:
            if isinstance(line, OversizedLine):
                raise too_large(len(line), self.limit)
            if not line.strip():
                return None
            value = parse_line(line)
            if isinstance(value, list) and wrapped_records(value, builder.names) is not None:
                raise _HoldsPage
            return flat_record(as_record(value), builder.names)
        except RejectedRecord as rejection:
            if isinstance(line, bytes):
                if rejection.reason in _WITHOUT_TEXT and _needs_extraction(value, builder.names):
                    raise _HoldsPage from None
                if rejection.reason == "invalid_utf8" and self.guess is False and not is_damaged_utf8(line):
                    raise _NotUtf8 from None
            builder.reject(number, rejection)
            return None


#: Reasons for which a record may hold a page or other records instead.
_WITHOUT_TEXT = ("no_text", "empty_text", "wrong_type")


class _Interrupted(Exception):
    """Ends the reading of lines in the hot loop: from the present line on they are read otherwise."""


class _HoldsPage(_Interrupted):
    """A record has a page and no text, or wraps records: from there on, records go through the extraction."""


class _NotUtf8(_Interrupted):
    """A line is not UTF-8: from there on, lines are decoded."""


def _needs_extraction(value: Any, names: FieldNames) -> bool:
    return isinstance(value, dict) and (_page_name(value) is not None or wrapped_records(value, names) is not None)


def _page_name(record: dict[str, Any]) -> str | None:
    """Return the name of the field that holds a page."""
    return next((name for name in PAGE_NAMES if record.get(name)), None)


def _head(file: io.BufferedReader, limit: int) -> bytes:
    """Read the lines up to the first that is not blank, of that one at most one byte more than `limit`."""
    head: list[bytes] = []
    while sum(map(len, head)) <= BLOCK and (line := file.readline(limit + 1)):
        head.append(line)
        if line.removeprefix(_BOM).strip():
            break
        if len(head) > 64:
            head = [b"".join(head)]
    return b"".join(head)  # a long line that is alone is not copied


def _opens_value(line: bytes) -> bool:
    """Return whether a line only opens a value of several lines, or is an array of objects."""
    return line == b"{" or (line[:1] == b"[" and line[1:].lstrip()[:1] in (b"", b"{"))


def _opens_records(begin: bytes) -> bool:
    """Return whether an array of objects, or an object that holds one near its begin, opens a line too long to hold."""
    return (begin[:1] == b"[" and begin[1:64].lstrip()[:1] in (b"", b"{")) or (
        begin[:1] == b"{" and _WRAPS.search(begin, 0, BLOCK) is not None
    )


def _is_no_line(line: bytes) -> bool:
    """Return whether a line is no whole record."""
    try:
        parse_record(line)
    except RejectedRecord as rejection:
        return rejection.reason in ("bad_json", "not_an_object")
    return False
