"""JSON lines, and `.json` files that hold lines, one array or one object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from orjson import JSONDecodeError, loads

from dedup.articles.batch import Batch
from dedup.articles.fields import Refused
from dedup.articles.readers.collect import BATCH_ROWS, BATCH_TEXT, Collector, bare
from dedup.articles.readers.lenient import as_record, exact, parse, parse_any
from dedup.articles.readers.streams import BLOCK, MAX_RECORD, Cut, Skipped, is_positional, lines, open_stream
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.articles.sources import Source

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_jsonl(
    source: Source, settings: Settings, *, block: int = BLOCK, batch_text: int = BATCH_TEXT, limit: int = MAX_RECORD
) -> Iterator[Batch]:
    """The articles of a file of JSON lines. Sizes are for tests: they change the batches, never the articles."""
    reader = _Lines(source, settings, batch_text, limit)
    with reader.cut(), open_stream(source, block) as file:
        yield from reader.batches(lines(file, limit))
    yield from reader.collector.flush()


def read_json(
    source: Source, settings: Settings, *, block: int = BLOCK, batch_text: int = BATCH_TEXT, limit: int = MAX_RECORD
) -> Iterator[Batch]:
    """A `.json` file: JSON lines of any number, or one array or one object of up to `limit` bytes."""
    reader = _Lines(source, settings, batch_text, limit)
    with reader.cut(), open_stream(source, block) as file:
        found = lines(file, limit)
        head = _head(found)
        if head and not _begins_lines(head):
            head, whole = _whole(head, found, limit)
            if whole is not None:
                yield from _elements(whole, reader.collector)
                return
        yield from reader.batches(chain(head, found))
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

    def __init__(self, source: Source, settings: Settings, batch_text: int, limit: int) -> None:
        self.collector = Collector(source.name, settings, batch_text)
        self.collector.exactly = self._exactly
        self.collector.again = self._again
        self.path = source.path
        self.positional = is_positional(source)
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
        found = chain(list(self._first(found)), found)
        while self._take(found):
            yield from self.collector.flush()

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
        offsets, lengths, raw = collector.offsets, collector.lengths, collector.raw
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
                    lengths.append(len(line) - 1 if line[-2:] == b"}\n" else bare(line))  # type: ignore[index, arg-type]
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
        if not self.positional:
            return exact(self.collector.raw[row])
        with suppress(OSError), open(self.path, "rb") as file:
            file.seek(self.collector.offsets[row])
            return exact(file.read(self.collector.lengths[row]))
        return {}

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
            collector.reject(number, refused)
            return None
        return collector.row(record), text


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
) -> tuple[list[bytes | Skipped], bytes | None]:
    """The file as one JSON value, where it is one; else the lines that were read in trying."""
    array = not isinstance(head[-1], Skipped) and head[-1].removeprefix(_BOM).lstrip().startswith(b"[")
    size = sum(map(len, head))
    while size <= limit and (line := next(found, None)) is not None:
        head.append(line)
        size += len(line)
    if size > limit:
        if array or isinstance(head[-1], Skipped):
            detail = f"one JSON value of more than {limit:,} bytes; write it as JSON lines: jq -c '.[]'"
            raise Cut("too_large", detail, False)
        return head, None
    whole = b"".join(line for line in head if isinstance(line, bytes)).removeprefix(_BOM)
    try:
        parse_any(whole)
    except Refused:
        return head, whole if array else None
    return head, whole


def _elements(whole: bytes, collector: Collector) -> Iterator[Batch]:
    """The objects of one array, numbered from 1; or the one object."""
    try:
        value = parse_any(whole, exactly=True)
    except Refused as refused:
        collector.reject(None, refused)
        value = []
    for number, record in enumerate(value if isinstance(value, list) else [value], 1):
        try:
            collector.add(as_record(record), number)
        except Refused as refused:
            collector.reject(number, refused)
        if collector.full:
            yield from collector.flush()
    yield from collector.flush()
