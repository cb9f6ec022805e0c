"""Columns of the records that `line_kernel` parses: Arrow arrays where it may, else Python's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from orjson import loads

from dedup.inputs.batch import METADATA, int_array
from dedup.inputs.batch_builder import BATCH_ROWS, BatchBuilder, string_array, with_domains
from dedup.inputs.fields import FieldNames, needs_words
from dedup.inputs.readers import line_kernel
from dedup.inputs.readers.lenient_json import parse_any
from dedup.inputs.readers.line_buffer import LineBuffer
from dedup.inputs.readers.line_kernel import AT, NUMBER, PADDING, ROWS, TEXT
from dedup.inputs.record_files import record_hash

#: The fewest bytes of lines for which a batch has room; else twice the bytes of text in it.
_LEAST_ROOM = 1 << 16
#: What a string of a column must not be to stand in it as it is written (`fields.text_values`).
_CONVERTED = {
    target: line_kernel.BLANK | {"published": line_kernel.DIGITS, "domain": line_kernel.ADDRESS}.get(target, 0)
    for target in METADATA
}


class LineColumns:
    """The rows that were parsed of the current batch. size: bytes of lines in a batch.

    `count`: the number of rows. They become the columns of a batch (`columns`), if all its records are among them, or
    go to the lists of a `BatchBuilder` (`move_to`).
    """

    def __init__(self, names: FieldNames, size: int) -> None:
        self._names = names
        self._column_of: dict[str, int] = {}
        self._fields: list[str] = []
        self._tables = self._make_tables()
        self._guess = np.full(line_kernel.MOST_NAMES, -1, np.int64)
        self._lines = np.empty((4, BATCH_ROWS), np.int64)
        self._heap, self._kind, self._cell = (
            np.empty((0, 0), np.uint8),
            np.empty((0, 0), np.uint8),
            np.empty((0, 0), np.int64),
        )
        self._hashes: list[int] = []
        self._raw: list[bytes] = []
        self._room = max(2 * size, _LEAST_ROOM)
        #: Whether records are read by position; else their lines are kept if `keep` is set.
        self.positional = self.keep = False
        self.clear()

    def clear(self) -> None:
        """Forget the rows."""
        self.count = self._bytes = self._consumed = 0
        # Of a batch before, which holds on to it.
        self._text = np.empty(0, np.uint8)
        self._ends = np.zeros(line_kernel.MOST_NAMES, np.int64)
        self._signs = np.zeros(line_kernel.MOST_NAMES, np.uint8)
        self._hashes, self._raw = [], []

    def release(self) -> None:
        """Give up the memory of the rows: batches may hold on to their reader."""
        self.clear()
        self._heap, self._kind = np.empty((0, 0), np.uint8), np.empty((0, 0), np.uint8)
        self._lines, self._cell = np.empty((4, 0), np.int64), np.empty((0, 0), np.int64)

    def learn(self, record: Mapping[str, Any]) -> None:
        """Take up the names of a record. There must be no rows."""
        size = len(self._column_of)
        if self._names.pointers or size >= line_kernel.MOST_NAMES or all(name in self._column_of for name in record):
            return
        for name in record:
            plain = name.isprintable() and not {'"', "\\"} & set(name) and len(name) <= 64
            if name in self._column_of or not plain or len(self._column_of) >= line_kernel.MOST_NAMES:
                continue
            is_field = self._names.is_metadata(name)
            self._column_of[name] = len(self._fields) if is_field else -1
            if is_field:
                self._fields.append(name)
        if len(self._column_of) > size:
            self._tables = self._make_tables()

    def _make_tables(self) -> tuple[Any, ...]:
        """Make the arrays of `parse_kernel` that say what names are known."""
        names = [name.encode() for name in self._column_of]
        best_first = self._names.fields_of("text", self._column_of)
        ranks = {name: 2 * place + needs_words(name) for place, name in enumerate(best_first)}
        return (
            np.frombuffer(b"".join(names) + bytes(1), np.uint8),
            np.cumsum([0, *map(len, names)], dtype=np.int64),
            np.array([ranks.get(name, -1) for name in self._column_of], np.int64),
            np.array(list(self._column_of.values()), np.int64),
        )

    def parse(self, lines: LineBuffer, size: int, number: int, offset: int) -> int:
        """Take the lines of a buffer up to one that must be parsed otherwise; return the number of the last.

        A line for which there is no room is one of these: so a batch has bounded memory, whatever its lines.

        size: bytes after which no other line is taken. number: of the last line before. offset: where the next begins
        in the file.
        """
        if not self.count:
            self._consumed = 0
        last = lines.end_within(self._room - self._consumed)
        if last == lines.at:
            return number
        if not self._text.size:
            self._text = np.empty(self._room + PADDING, np.uint8)
        fields = len(self._fields)
        if self._heap.shape[0] < fields:  # there are no rows
            self._heap = np.empty((fields, self._room + PADDING), np.uint8)
            self._kind, self._cell = np.empty((fields, BATCH_ROWS), np.uint8), np.empty((fields, BATCH_ROWS), np.int64)
        begin, first = lines.at, self.count
        state = np.array([begin, number, first, self._bytes], np.int64)
        line_kernel.parse_kernel(
            lines.data, min(last, begin + size), last, *self._tables, self._guess, state, self._text,
            self._lines, self._heap[:fields], self._cell[:fields], self._kind[:fields], self._ends[:fields],
            self._signs[:fields],
        )  # fmt: skip
        lines.at, self.count, self._bytes = int(state[AT]), int(state[ROWS]), int(state[TEXT])
        self._consumed += lines.at - begin
        begins, lengths = self._lines[2, first : self.count], self._lines[3, first : self.count]
        if self.positional or self.keep:
            view = lines.data.data
            records = [view[at : at + length] for at, length in zip(begins.tolist(), lengths.tolist(), strict=True)]
            if self.positional:
                self._hashes.extend(map(record_hash, records))
            else:
                self._raw.extend(map(bytes, records))
        begins += offset - begin
        return int(state[NUMBER])

    def _values(self, column: int) -> list[Any]:
        """Return the values of a field in all rows."""
        place = self._names.place(self._fields[column])
        parse: Callable[[bytes], Any] = _parse_id if place is not None and place[0] == "id" else loads
        data = self._heap[column, : self._ends[column]].tobytes()
        ends, kinds = self._cell[column, : self.count].tolist(), self._kind[column, : self.count].tolist()
        values: list[Any] = []
        begin = 0
        for end, kind in zip(ends, kinds, strict=True):
            if kind == line_kernel.STRING:
                values.append(data[begin:end].decode())
            else:
                values.append(parse(data[begin:end]) if kind == line_kernel.OTHER else None)
            begin = end
        return values

    def texts(self, records: Sequence[bytes]) -> list[bytes | None]:
        """Return the texts of records without line ends, whatever rows there are; None for those that are odd."""
        texts: list[bytes | None] = [None] * len(records)
        if not self._tables:
            return texts
        joined = bytearray(b"\n".join((*records, bytes(PADDING))))
        data = np.frombuffer(joined, np.uint8)
        names, first, rank, _ = self._tables
        out, lines = np.empty(len(data), np.uint8), np.empty((4, len(records)), np.int64)
        none, empty = np.full(len(rank), -1, np.int64), np.empty((0, 0), np.uint8)
        state = np.zeros(4, np.int64)
        end = len(data) - PADDING
        while state[AT] < end:
            line_kernel.parse_kernel(
                data, end, end, names, first, rank, none, self._guess.copy(), state, out, lines, empty,
                empty.astype(np.int64), empty, np.empty(0, np.int64), np.empty(0, np.uint8),
            )  # fmt: skip
            if state[AT] < end:  # before an odd one
                state[AT] += len(records[state[NUMBER]]) + 1
                state[NUMBER] += 1
        begin = 0
        for size, number in lines[:2, : state[ROWS]].T.tolist():
            texts[number - 1] = out[begin : begin + size].tobytes()
            begin += size
        return texts

    def move_to(self, builder: BatchBuilder) -> None:
        """Append all rows to the lists of a builder, as its own `add` would, and forget them."""
        if not self.count:
            return
        n = self.count
        builder.row(dict.fromkeys(self._fields))
        values = {name: self._values(column) for column, name in enumerate(self._fields)}
        nothing = [None] * n
        rows = zip(*[values.get(name, nothing) for name in builder.present], strict=True)
        sizes, numbers, begins, lengths = self._lines[:, :n].tolist()
        builder.text += self._text[: self._bytes].data
        builder.sizes += sizes
        builder.rows += list(rows) if builder.present else [()] * n
        builder.numbers += numbers
        builder.offsets += begins if self.positional else [-1] * n
        builder.lengths += lengths if self.positional else [-1] * n
        builder.hashes += self._hashes
        if not self.positional:
            # With line ends, as those of other lines, since the builder takes one off.
            builder.raw += [line + b"\r\n" for line in self._raw] if self.keep else [b""] * n
        self.clear()

    def columns(self) -> dict[str, pa.Array]:
        """Return the columns of a batch, by name."""
        n = self.count
        sizes, numbers, begins, lengths = self._lines[:, :n]
        nothing = np.full(n, -1, np.int64)
        columns = {
            "text": _array(np.cumsum(sizes), self._text[: self._bytes], None),
            "line": int_array(numbers.copy()),
            "offset": int_array(begins.copy() if self.positional else nothing),
            "length": int_array(lengths.copy() if self.positional else nothing),
        }
        for target in METADATA:
            columns[target] = self._column(target)
        domains = columns["domain"]
        if domains.null_count and columns["url"].null_count < n:
            columns["domain"] = string_array(with_domains(domains.to_pylist(), columns["url"].to_pylist()))
        return columns

    def _column(self, target: str) -> pa.Array:
        n = self.count
        places = [self._column_of[name] for name in self._names.fields_of(target, self._fields)]
        places = [place for place in places if self._kind[place, :n].any()]
        if len(places) == 1 and target != "meta":
            kind = self._kind[places[0], :n]
            if not self._signs[places[0]] & _CONVERTED[target] and kind.max() <= line_kernel.STRING:
                ends = self._cell[places[0], :n]
                valid = None if kind.all() else pa.py_buffer(np.packbits(kind, bitorder="little"))
                return _array(ends, self._heap[places[0], : ends[-1]].copy(), valid)
        values = {self._fields[place]: self._values(place) for place in places}
        return string_array(self._names.column(target, values, n))

    def hashes(self) -> NDArray[np.uint64] | None:
        """Return the fingerprints of the records, (count,); None if they are not read by position."""
        return np.array(self._hashes, np.uint64) if self.positional else None

    def raw(self) -> list[bytes] | None:
        """Return the records as they were written, without line ends; None if they are not kept."""
        return self._raw if self.keep and not self.positional else None


def _array(ends: NDArray[np.int64], data: NDArray[np.uint8], valid: pa.Buffer | None) -> pa.Array:
    """Make a column of texts that follow one another in some bytes of UTF-8, and end at (n,) `ends`."""
    offsets = np.concatenate((np.zeros(1, np.int64), ends))
    return pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data), valid)


def _parse_id(data: bytes) -> Any:
    """Parse a value, and a number that a float would round with all its digits."""
    value = loads(data)
    return parse_any(data, exact_numbers=True) if type(value) is float else value
