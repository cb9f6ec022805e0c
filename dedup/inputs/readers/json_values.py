"""Split a stream of bytes into JSON values: arrays of any size, several one after another, damaged or cut.

Brackets and commas between objects are passed over, so an array, two arrays, an array with a trailing comma and objects
in a row all give their objects. Where an object is damaged, the next one that is whole is searched, and only what lies
between becomes a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from dedup.inputs.fields import RejectedRecord
from dedup.inputs.readers.lenient_json import parse_any

#: White space, commas, brackets of arrays, closing brackets that damage left, byte order marks, and the mark of JSON
#: sequences.
_BETWEEN = re.compile(rb"(?:[\s,\[\]}\x1e\x00]|\xef\xbb\xbf)*+")
#: What counts within an object: a whole string, a quote of a string that does not end in the data, a bracket.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|"|[{}\[\]]', re.DOTALL)
#: A value that is no object, and the end of one that is no string.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR_END = re.compile(rb"[\s,\[\]{}]")
#: Where a record may begin after damage: an object behind a bracket, a comma, another object or white space.
_RECORD_START = re.compile(rb'(?<=[\[,}\]\s])\{\s*+"')
#: The search after damage looks at no more than so many times the bytes there are; the rest counts as damaged.
SEARCH_EFFORT = 8
#: Bytes of a fault that are kept.
SHOWN = 200


class JsonValue(NamedTuple):
    """One value of a stream: its bytes and what they mean, or the rejection of bytes that are damaged.

    line: the line in which it begins, from 1.
    """

    data: bytes
    value: Any
    line: int
    rejection: RejectedRecord | None = None


class ValueSplitter:
    """Splits blocks of bytes into values.

    is_record: whether an object is a record of the file; asked where a record may begin after damage. limit: the most
    bytes of a value; of a longer one, the records in it are searched.
    """

    def __init__(self, blocks: Iterable[bytes], is_record: Callable[[dict[str, Any]], bool], limit: int) -> None:
        self._blocks = iter(blocks)
        self._is_record = is_record
        self._limit = limit
        self._data = bytearray()
        self._at = 0
        self._line = 1
        self._at_end = self._is_damaged = False
        self._depth = 0

    def __iter__(self) -> Iterator[JsonValue]:
        while True:
            end = _BETWEEN.match(self._data, self._at).end()  # type: ignore[union-attr]
            self._depth += self._data.count(b"[", self._at, end) - self._data.count(b"]", self._at, end)
            self._skip(end)
            if self._at == len(self._data):
                if not self._more():
                    break
            elif self._data[self._at] == ord("{"):
                yield self._object()
            else:
                value = self._scalar()
                if not self._is_damaged:  # else it is a part of what is damaged
                    yield value
        if self._depth > 0 and not self._is_damaged:
            detail = "an array is not closed: the file may end early; the records before are read"
            yield JsonValue(b"", None, self._line, RejectedRecord("truncated", detail))

    def _scalar(self) -> JsonValue:
        scan_end = 1  # bytes of it in which no end is
        while True:
            if self._data[self._at] == ord('"') and (match := _STRING.match(self._data, self._at)):
                end = match.end()
                break
            if match := _SCALAR_END.search(self._data, self._at + scan_end):
                end = match.start()
                break
            scan_end = len(self._data) - self._at
            if scan_end > self._limit or not self._read_as_much():
                end = len(self._data)
                break
        return self._take(end)

    def _object(self) -> JsonValue:
        """Take the object at the present place, or a fault up to the next whole record."""
        end = self._end_of_object()
        if end < 0:
            return self._fault(None)
        value = self._take(end, drop=False)
        if value.rejection is None or value.rejection.reason != "bad_json":
            self._skip(end)
            return value
        return self._fault(end)

    def _take(self, end: int, drop: bool = True) -> JsonValue:
        """Parse the bytes up to a place. drop: whether to go there."""
        data, line = bytes(self._data[self._at : end]), self._line
        if drop:
            self._skip(end)
        try:
            return JsonValue(data, parse_any(data), line)
        except RejectedRecord as rejection:
            return JsonValue(data, None, line, rejection)

    def _end_of_object(self) -> int:
        """Return where the object at the present place ends; -1 if the data ends in it or it is too long."""
        at, depth = self._at, 0
        while True:
            at, depth, is_closed = self._scan(at, depth)
            if is_closed:
                return at if at - self._at <= self._limit else -1
            offset = at - self._at
            if len(self._data) - self._at > self._limit or not self._read_as_much():
                return -1
            at = self._at + offset

    def _scan(self, at: int, depth: int) -> tuple[int, int, bool]:
        """Follow the brackets from a place: (place, depth, whether the first bracket is closed)."""
        data = self._data
        for match in _TOKEN.finditer(data, at):
            at, end = match.span()
            token = data[at]
            if token == 0x22:
                if end - at == 1:
                    return at, depth, False
            elif token in b"{[":
                depth += 1
            else:
                depth -= 1
                if depth == 0:
                    return end, 0, True
            at = end
        return at, depth, False

    def _fault(self, end: int | None) -> JsonValue:
        """Go to the next whole record; return the fault. end: of the damaged object by its brackets, if it has one."""
        self._is_damaged = True
        line, begin, head = self._line, self._at, bytes(self._data[self._at : self._at + SHOWN])
        place = self._next_record(begin + 1, len(self._data) if end is None else end)
        if end is None:
            clause = "the file ends in" if self._at_end else f"{self._limit:,} bytes do not end"
        else:
            clause = "there is damage in"
        is_rest = end is None and place == len(self._data)  # no record is in what was read
        self._skip(place)
        begins = head.decode("utf-8", "replace").split("\n")[0][:60]
        reason = ("truncated" if self._at_end else "too_large") if is_rest else "bad_json"
        return JsonValue(head, None, line, RejectedRecord(reason, f"{clause} the value of line {line:,}: {begins}"))

    def _next_record(self, at: int, end: int) -> int:
        """Return where the next whole record begins before a place, else that place."""
        effort = SEARCH_EFFORT * (end - at) + 65536
        while effort > 0 and (match := _RECORD_START.search(self._data, at, end)):
            at = match.start() + 1
            close, _, is_closed = self._scan(match.start(), 0)
            effort -= (close if is_closed else len(self._data)) - match.start()
            if not is_closed:
                continue
            try:
                value = parse_any(bytes(self._data[match.start() : close]))
            except RejectedRecord:
                continue
            if self._is_record(value):
                return match.start()
        return end

    def _skip(self, place: int) -> None:
        self._line += self._data.count(b"\n", self._at, place)
        self._at = place

    def _read_as_much(self) -> bool:
        """Read as much again as there is, to the limit, so that a long value is looked at only twice. False at the end.

        What lies before the present place is dropped.
        """
        target_size = min(2 * (len(self._data) - self._at), self._limit + 1)
        if not self._more():
            return False
        while len(self._data) < target_size and self._more():
            pass
        return True

    def _more(self) -> bool:
        """Read the next block; what lies before the present place is dropped. False at the end."""
        block = next(self._blocks, b"")
        if not block:
            self._at_end = True
            return False
        del self._data[: self._at]
        self._at = 0
        self._data += block
        return True
