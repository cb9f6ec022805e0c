"""Read the decompressed sizes of the batches of an Arrow IPC file from its metadata, before Arrow allocates them.

Arrow decompresses a batch as a whole. The first eight bytes of each compressed buffer are its size, so a few reads for
each batch are enough (https://arrow.apache.org/docs/format/Columnar.html, "Serialization and Interprocess
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
    """Find the first decompression bomb: (number of record batches before it, its decompressed bytes), or None.

    A bomb has more than `LONGEST_RUN` bytes, compressed more than `MOST_RATIO` to one. A bomb among the dictionaries
    affects all batches of a file, because Arrow reads dictionaries first.
    """
    batches = 0
    with open(path, "rb") as file:
        is_file = file.read(len(_MAGIC)) == _MAGIC
        try:
            for kind, size, file_size in _messages(file, 8 if is_file else 0):
                if size > LONGEST_RUN and size > MOST_RATIO * file_size:
                    return (0 if is_file and kind == _DICTIONARY else batches), size
                batches += kind == _BATCH
        except (struct.error, IndexError, OSError):
            pass  # Arrow reports the error
    return None


def _messages(file: IO[bytes], position: int) -> Iterator[tuple[int, int, int]]:
    """Yield (kind, decompressed bytes, bytes in the file) of each dictionary and record batch."""
    while True:
        file.seek(position)
        first, length = struct.unpack("<Ii", file.read(8))
        position += 8
        if first != _CONTINUATION:  # files from before 2019 have no continuation mark
            length, position = first, position - 4
            file.seek(position)
        if length <= 0:
            return
        message = FlatBuffersTable(file.read(length))
        position += length
        kind, file_size = message.number("B", 1), message.number("q", 3)
        if kind in (_DICTIONARY, _BATCH):
            batch = message.table(2)
            if kind == _DICTIONARY:
                batch = batch.table(1)
            yield kind, sum(_size(file, position, *buffer) for buffer in batch.buffers()), file_size
        position += file_size


def _size(file: IO[bytes], body: int, offset: int, length: int) -> int:
    if length < 8:
        return length
    file.seek(body + offset)
    (size,) = struct.unpack("<q", file.read(8))
    return max(size, length - 8)  # -1: this buffer is not compressed


class FlatBuffersTable:
    """Reads a table of FlatBuffers: fields by their number in the schema."""

    def __init__(self, data: bytes, at: int | None = None) -> None:
        self._data = data
        self._at = struct.unpack_from("<I", data)[0] if at is None else at

    def _field(self, number: int) -> int:
        """Return the offset of a field, 0 for one that is missing."""
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
        """Return an integer field; kind: its code in `struct`."""
        at = self._field(number)
        return int(struct.unpack_from("<" + kind, self._data, at)[0]) if at else 0

    def table(self, number: int) -> FlatBuffersTable:
        """Return a field that is a table. Raises IndexError if it is missing."""
        return FlatBuffersTable(self._data, self._target(number))

    def buffers(self) -> Iterator[tuple[int, int]]:
        """Yield (offset, length) of the compressed buffers of a record batch; none if it is not compressed."""
        if not self._field(3):
            return
        at = self._target(2)
        (count,) = struct.unpack_from("<I", self._data, at)
        for i in range(count):
            yield struct.unpack_from("<qq", self._data, at + 4 + 16 * i)
