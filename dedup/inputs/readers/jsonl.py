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
from dedup.inputs.batch_builder import BATCH_ROWS, BATCH_TEXT, Collector, bare
from dedup.inputs.compression import BLOCK, Cut
from dedup.inputs.fields import Refused, clean, kind
from dedup.inputs.readers.lenient_json import as_record, exact, parse, parse_any
from dedup.inputs.readers.streams import MAX_RECORD, Skipped, lines, open_stream
from dedup.inputs.record_files import RecordFiles, record_hash
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.inputs.html.extraction import Item, Pages
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
    pages: Pages | None = None,
) -> Iterator[Batch]:
    """The articles of a file of JSON lines. Sizes are for tests: they change the batches, never the articles."""
    reader = _Lines(source, settings, batch_text, limit, pages)
    with reader.cut(), open_stream(source, block) as file:
        yield from reader.batches(lines(file, limit, _BLANK))
    yield from reader.collector.flush()


def read_json(
    source: Source,
    settings: Settings,
    *,
    block: int = BLOCK,
    batch_text: int = BATCH_TEXT,
    limit: int = MAX_RECORD,
    pages: Pages | None = None,
) -> Iterator[Batch]:
    """A `.json` file: JSON lines of any number, or one array or one object of up to `limit` bytes."""
    reader = _Lines(source, settings, batch_text, limit, pages)
    with reader.cut(), open_stream(source, block) as file:
        found = lines(file, limit, _BLANK)
        head = _head(found)
        tried: Iterable[bytes | Skipped] = head
        if head and not _begins_lines(head):
            tried, whole = _whole(head, found, limit)
            if whole is not None:
                yield from _elements(whole, reader)
                return
        yield from reader.batches(chain(tried, found))
    yield from reader.collector.flush()


class _Layout:
    """How to take apart records with one set of names: in one call, while the record is in the nearest cache.

    `values(record)` gives the text, then the metadata up to `end` as `Collector.rows` wants it. It fails with KeyError
    on a record with other names, provided that it has `width` of them.
    """

    def __init__(self, record: dict[str, Any], collector: Collector) -> None:
        present = collector.present
        self.width = len(record)
        self.end = 1 + len(present)
        text = next((name for name in collector.names.text if name in record), None)
        self.values: Callable[[Any], Any] = _no_text
        if text is not None:
            here = [name for name in present if name in record]
            others = [name for name in record if name != text and name not in present]
            # The text stands twice because a getter of one name gives no tuple.
            self.values = everything = itemgetter(*[text, *here, *others, text])
            if len(here) < len(present):
                some = [name if name in record else None for name in present]
                self.values = lambda record: (everything(record)[0], *[name and record[name] for name in some])


def _no_text(record: Any) -> Any:
    raise KeyError


class _Lines:
    """Reads lines into batches; keeps line number and byte offset."""

    def __init__(
        self, source: Source, settings: Settings, batch_text: int, limit: int, pages: Pages | None = None
    ) -> None:
        self.settings, self.pages = settings, pages
        self.collector = Collector(source.name, settings, batch_text)
        self.collector.exactly = self._exactly
        self.collector.again = self._again
        self.source = source
        #: Whether records can be read again by their offset; known when the file is open.
        self.positional = False
        self.limit = limit
        self.number = 0
        self.offset = 0
        self.layout = _Layout({}, self.collector)
        self.layouts: dict[tuple[Any, ...], _Layout] = {}

    @contextmanager
    def cut(self) -> Iterator[None]:
        """What ends a file early becomes its last reject."""
        try:
            yield
        except Cut as cut:
            self.collector.reject(self.number + 1 if cut.within else None, cut)

    def batches(self, found: Iterator[bytes | Skipped]) -> Iterator[Batch]:
        """Full batches; what is left stays with the collector."""
        self.positional = self.source.positional
        found = chain(list(self._first(found)), found)
        try:
            while self._take(found):
                yield from self.collector.flush()
            return
        except _HoldsPage as page:
            line = page.line
        yield from self.collector.flush()
        self.number -= 1
        yield from self.with_pages(self._items(chain([line], found)))

    def with_pages(self, items: Iterator[Item]) -> Iterator[Batch]:
        """The batches of records of which some hold a page instead of a text."""
        from dedup.inputs.html.extraction import Pages

        if self.pages is not None:
            yield from self.pages.batches(items, self.collector.file, self.collector.batch_text)
            return
        with Pages(self.settings) as pages:
            yield from pages.batches(items, self.collector.file, self.collector.batch_text)

    def _items(self, found: Iterator[bytes | Skipped]) -> Iterator[Item]:
        """The records of the lines, from the first that holds a page."""
        from dedup.inputs.html.extraction import Item

        file = self.collector.file
        try:
            for line in found:
                self.number += 1
                offset, self.offset = self.offset, self.offset + len(line)
                try:
                    if isinstance(line, Skipped):
                        raise Refused("too_large", f"{len(line):,} bytes; a record may have {self.limit:,}")
                    if not line.strip():
                        self.number += max(1, line.count(b"\n")) - 1
                        continue
                    item = self.item(parse(line), self.number)
                    if any(type(item.record.get(name)) is float for name in self.collector.names.of("id")):  # type: ignore[union-attr]
                        item = self.item(exact(line), self.number)
                except Refused as refused:
                    yield Item(file, self.number, refused=refused)
                    continue
                if self.positional:
                    length = bare(line)
                    yield replace(item, offset=offset, length=length, hash=record_hash(line[:length]))
                else:
                    yield replace(item, raw=line)
        except Cut as cut:
            yield Item(file, self.number + 1 if cut.within else None, refused=cut)

    def item(self, record: dict[str, Any], number: int) -> Item:
        """A record, with its page where it has one and no text."""
        from dedup.inputs.html.extraction import Item

        file = self.collector.file
        try:
            self.collector.names.text_bytes(record)
        except Refused as refused:
            if (name := _page_name(record)) is None:
                return Item(file, number, record=record, refused=refused)
            page = record[name]
            if not isinstance(page, str):
                raise Refused("wrong_type", f"field {name!r} holds {kind(page)}, not a page") from None
            url = self.collector.names.column("url", {key: [value] for key, value in record.items()}, 1)[0]
            header = {"charset": "utf-8"} | ({"url": url} if url else {})
            return Item(file, number, page=clean(page).encode(), header=header, record=record)
        return Item(file, number, record=record)

    def _first(self, found: Iterator[bytes | Skipped]) -> Iterator[bytes | Skipped]:
        """The first line without a byte order mark."""
        for line in found:
            if isinstance(line, bytes):
                if line.startswith(_UTF16):
                    raise Cut("invalid_utf8", "the file is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8", False)
                if line.startswith(_BOM):
                    self.offset = len(_BOM)
                    line = line[len(_BOM) :]
            yield line
            return

    def _take(self, found: Iterator[bytes | Skipped]) -> bool:
        """Lines up to a full batch; False when there are no more. The hot loop: what can wait for a column waits."""
        collector = self.collector
        text, sizes, rows, numbers = collector.text, collector.sizes, collector.rows, collector.numbers
        offsets, lengths, hashes, raw = collector.offsets, collector.lengths, collector.hashes, collector.raw
        number, offset = self.number, self.offset
        positional, size, limit, layout = self.positional, 0, collector.batch_text, self.layout
        try:
            for line in found:
                number += 1
                try:
                    record = loads(line)  # type: ignore[arg-type]
                    if len(record) != layout.width:
                        layout = self._learn(record)
                    try:
                        values = layout.values(record)
                    except KeyError:
                        layout = self._learn(record)
                        values = layout.values(record)
                    value = values[0]
                    if not value or value.isspace():
                        raise KeyError
                    body = value.encode()
                    row = values[1 : layout.end]
                except (JSONDecodeError, KeyError, AttributeError, TypeError):
                    odd = self._odd(line, number)
                    if odd is None:
                        offset += len(line)
                        if isinstance(line, bytes):  # many blank lines may come as one
                            number += max(1, line.count(b"\n")) - 1
                        if len(collector.rejects) >= BATCH_ROWS:
                            return True
                        continue
                    row, body = odd
                text += body
                sizes.append(len(body))
                rows.append(row)
                numbers.append(number)
                if positional:  # the line is not held: the next one comes into the same memory, which is near
                    offsets.append(offset)
                    length = len(line) - 1 if line[-2:] == b"}\n" else bare(line)  # type: ignore[index, arg-type]
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

    def _exactly(self, row: int) -> dict[str, Any]:
        """The record of a row of the batch with every digit of its numbers."""
        collector = self.collector
        if not self.positional:
            return exact(collector.raw[row])
        with RecordFiles([self.source]) as files:
            return exact(files.read(0, collector.offsets[row], collector.lengths[row], collector.hashes[row]))

    def _again(self, line: bytes) -> bytes:
        """The text of a line that was taken before."""
        return self.collector.names.text_bytes(parse(line))

    def _learn(self, record: dict[str, Any]) -> _Layout:
        """The layout of a record."""
        self.collector.row(record)
        shape = (len(self.collector.present), *record)
        layout = self.layouts.get(shape)
        if layout is None:
            layout = _Layout(record, self.collector)
            if len(record) <= 256:
                if len(self.layouts) >= 256:
                    self.layouts.clear()
                self.layouts[shape] = layout
        return layout

    def _odd(self, line: bytes | Skipped, number: int) -> tuple[tuple[Any, ...], bytes] | None:
        """The row and text of a line that the hot loop could not take, or None: blank, or rejected."""
        collector = self.collector
        try:
            if isinstance(line, Skipped):
                raise Refused("too_large", f"{len(line):,} bytes; a record may have {self.limit:,}")
            if not line.strip():
                return None
            record = parse(line)
            text = collector.names.text_bytes(record)
        except Refused as refused:
            if refused.reason in _WITHOUT_TEXT and isinstance(line, bytes) and _page_name(record) is not None:
                raise _HoldsPage(line) from None
            collector.reject(number, refused)
            return None
        return collector.row(record), text


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


def _head(found: Iterator[bytes | Skipped]) -> list[bytes | Skipped]:
    """The lines up to the first that is not blank."""
    head: list[bytes | Skipped] = []
    for line in found:
        head.append(line)
        if isinstance(line, Skipped) or line.removeprefix(_BOM).strip() or len(head) > 1000:
            break
    return head


def _begins_lines(head: list[bytes | Skipped]) -> bool:
    """Whether the first line is a record of its own, or UTF-16."""
    line = head[-1]
    if isinstance(line, Skipped):
        return False
    if line.startswith(_UTF16):
        return True
    try:
        parse(line.removeprefix(_BOM))
    except Refused as refused:
        return refused.reason not in ("bad_json", "not_an_object")
    return True


def _whole(
    head: list[bytes | Skipped], found: Iterator[bytes | Skipped], limit: int
) -> tuple[Iterator[bytes | Skipped], bytes | None]:
    """The file as one JSON value, where it is one; else the lines that were read in trying.

    They are held as one piece: of the shortest lines, objects would take thirty times their bytes.
    """
    array = not isinstance(head[-1], Skipped) and head[-1].removeprefix(_BOM).lstrip().startswith(b"[")
    text = io.BytesIO()
    for line in chain(head, found):
        if isinstance(line, Skipped) or (text.tell() + len(line) > limit and array):
            detail = f"one JSON value of more than {limit:,} bytes; write it as JSON lines: jq -c '.[]'"
            raise Cut("too_large", detail, False)
        text.write(line)
        if text.tell() > limit:
            return io.BytesIO(text.getvalue()), None
    whole = text.getvalue().removeprefix(_BOM)
    with suppress(Refused):
        parse_any(whole)
        array = True
    return io.BytesIO(text.getvalue()), whole if array else None


def _elements(whole: bytes, reader: _Lines) -> Iterator[Batch]:
    """The objects of one array, numbered from 1; or the one object."""
    collector = reader.collector
    try:
        value = parse_any(whole, exactly=True)
    except Refused as refused:
        collector.reject(None, refused)
        value = []
    records = value if isinstance(value, list) else [value]
    if any(isinstance(record, dict) and _page_name(record) for record in records):
        yield from collector.flush()
        yield from reader.with_pages(_element_items(records, reader))
        return
    for number, record in enumerate(records, 1):
        try:
            collector.add(as_record(record), number)
        except Refused as refused:
            collector.reject(number, refused)
        if collector.full:
            yield from collector.flush()
    yield from collector.flush()


def _element_items(records: list[Any], reader: _Lines) -> Iterator[Item]:
    """The same, where some hold pages."""
    from dedup.inputs.html.extraction import Item

    for number, record in enumerate(records, 1):
        try:
            yield reader.item(as_record(record), number)
        except Refused as refused:
            yield Item(reader.collector.file, number, refused=refused)
