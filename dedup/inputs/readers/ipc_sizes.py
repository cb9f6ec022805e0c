"""Decompressed sizes of the batches of an Arrow IPC file, read from its metadata before Arrow allocates them.

A batch is decompressed as a whole. Each compressed buffer says its size in its first eight bytes, so a few reads for
each batch tell what it takes (https://arrow.apache.org/docs/format/Columnar.html, "Serialization and Interprocess
Communication"; the metadata is FlatBuffers).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from dedup.inputs.compression import LONGEST_RUN, MOST_RATIO

_MAGIC = b"ARROW1"
_CONTINUATION = 0xFFFFFFFF
_DICTIONARY, _BATCH = 2, 3


def batches_before_bomb(path: str) -> tuple[int, int] | None:
    """The number of record batches before the first that is a decompression bomb, and the bytes that one states.

    None where there is no bomb. A bomb: more than `LONGEST_RUN` bytes, packed more than `MOST_RATIO` to one. A bomb
    among the dictionaries spoils all batches of a file, for Arrow reads dictionaries first.
    """
    batches = 0
    with open(path, "rb") as file:
        is_file = file.read(len(_MAGIC)) == _MAGIC
        try:
            for kind, size, stored in _messages(file, 8 if is_file else 0):
                if size > LONGEST_RUN and size > MOST_RATIO * stored:
                    return (0 if is_file and kind == _DICTIONARY else batches), size
                batches += kind == _BATCH
        except (struct.error, IndexError, OSError):
            pass  # whatever is wrong with the file, Arrow will say it
    return None


def _messages(file: IO[bytes], position: int) -> Iterator[tuple[int, int, int]]:
    """(kind, decompressed bytes, bytes in the file) of each dictionary and record batch."""
    while True:
        file.seek(position)
        first, length = struct.unpack("<Ii", file.read(8))
        position += 8
        if first != _CONTINUATION:  # files of before 2019 have the length alone
            length, position = first, position - 4
            file.seek(position)
        if length <= 0:
            return
        message = FlatBuffersTable(file.read(length))
        position += length
        kind, stored = message.number("B", 1), message.number("q", 3)
        if kind in (_DICTIONARY, _BATCH):
            batch = message.table(2)
            if kind == _DICTIONARY:
                batch = batch.table(1)
            yield kind, sum(_size(file, position, *buffer) for buffer in batch.buffers()), stored
        position += stored


def _size(file: IO[bytes], body: int, offset: int, length: int) -> int:
    if length < 8:
        return length
    file.seek(body + offset)
    (size,) = struct.unpack("<q", file.read(8))
    return max(size, length - 8)  # -1: this buffer is not compressed


class FlatBuffersTable:
    """A table of FlatBuffers: fields by their number in the schema."""

    def __init__(self, data: bytes, at: int | None = None) -> None:
        self._data = data
        self._at = struct.unpack_from("<I", data)[0] if at is None else at

    def _field(self, number: int) -> int:
        """Where a field stands, 0 for one that is left out."""
        table = self._at - struct.unpack_from("<i", self._data, self._at)[0]
        (size,) = struct.unpack_from("<H", self._data, table)
        place = 4 + 2 * number
        offset = struct.unpack_from("<H", self._data, table + place)[0] if place < size else 0
        return self._at + offset if offset else 0

    def _target(self, number: int) -> int:
        at = self._field(number)
        if not at:
            raise IndexError("a field is missing")
        return at + int(struct.unpack_from("<I", self._data, at)[0])

    def number(self, kind: str, number: int) -> int:
        at = self._field(number)
        return int(struct.unpack_from("<" + kind, self._data, at)[0]) if at else 0

    def table(self, number: int) -> FlatBuffersTable:
        return FlatBuffersTable(self._data, self._target(number))

    def buffers(self) -> Iterator[tuple[int, int]]:
        """(offset, length) of the buffers of a record batch that are compressed; none where it is not."""
        if not self._field(3):
            return
        at = self._target(2)
        (count,) = struct.unpack_from("<I", self._data, at)
        for i in range(count):
            yield struct.unpack_from("<qq", self._data, at + 4 + 16 * i)
