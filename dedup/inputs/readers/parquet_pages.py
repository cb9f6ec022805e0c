"""Read the sizes of the pages of a Parquet file, and find how many rows may be decoded at once.

Arrow decodes as many rows as the caller asks for, and decompresses whole pages. The sizes in the footer do not bound
that: a value in a dictionary counts once there, however many rows have it, and a column holds cells of any size. The
headers of the pages do (https://github.com/apache/parquet-format, Thrift's compact protocol).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple

import numpy as np

from dedup.inputs.compression import LONGEST_RUN, MOST_RATIO

#: The most decoded bytes of rows that are decoded at once, by the sizes of pages.
DECODED = 128 << 20
#: The most rows that are decoded at once.
MOST_ROWS = 2048
#: Bytes of the longest header that is read. Only statistics, which writers keep short, have no fixed size.
_HEADER = 1 << 20

#: Bytes of the largest dictionary that is searched for its longest value.
_DICTIONARY_SEARCHED = 8 << 20
_LENGTH = struct.Struct("<I")
#: Names of compressions in Parquet and in Arrow. LZ4 may be LZ4_RAW, or an older kind whose decompression then fails.
_CODECS = {
    "UNCOMPRESSED": "", "SNAPPY": "snappy", "GZIP": "gzip", "BROTLI": "brotli", "ZSTD": "zstd", "LZ4": "lz4_raw",
    "LZ4_RAW": "lz4_raw",
}  # fmt: skip

_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3


class Page(NamedTuple):
    """One page of a column.

    dictionary: whether it is the dictionary. size: decompressed bytes. values: number of values, nulls too. at,
    file_size: offset and number of its bytes in the file.
    """

    dictionary: bool
    size: int
    values: int
    at: int
    file_size: int


def rows_at_once(path: str, metadata: Any, names: set[str] | None, batch_bytes: int) -> list[int]:
    """Find how many rows of each row group may be decoded at once: powers of two, so that row groups can go together.

    metadata: of the file (`pyarrow.parquet.FileMetaData`). names: the columns that are read, None for all. batch_bytes:
    the average decoded bytes at once. At most `DECODED` bytes are decoded at once, unless a single row has more. The
    number is 0 for a row group with a page that is a decompression bomb (more than `LONGEST_RUN` bytes, compressed more
    than `MOST_RATIO` to one), because Arrow would hold the whole page.
    """
    with open(path, "rb") as file:
        return [_rows(file, metadata.row_group(i), names, batch_bytes) for i in range(metadata.num_row_groups)]


def _rows(file: IO[bytes], group: Any, names: set[str] | None, batch_bytes: int) -> int:
    chunks = [group.column(i) for i in range(group.num_columns)]
    chunks = [chunk for chunk in chunks if names is None or chunk.path_in_schema.partition(".")[0] in names]
    size = max(1, sum(chunk.total_uncompressed_size for chunk in chunks))
    rows = min(MOST_ROWS, max(1, batch_bytes * max(1, group.num_rows) // size))
    rows = 1 << (rows.bit_length() - 1)
    for chunk in chunks:
        if chunk.physical_type != "BYTE_ARRAY" or size < DECODED // MOST_ROWS:
            continue
        try:
            column_pages = list(pages(file, chunk))
        except (IndexError, KeyError, TypeError, ValueError, OSError, RecursionError):
            return 1  # Arrow reports the error
        if any(page.size > LONGEST_RUN and page.size > MOST_RATIO * page.file_size for page in column_pages):
            return 0
        largest = max((page.size for page in column_pages if page.dictionary), default=0)
        if rows * largest > DECODED // 2:
            largest = max(_longest(file, chunk, page) for page in column_pages if page.dictionary)
        rows = _fit_rows(column_pages, rows, largest)
    return rows


def _longest(file: IO[bytes], chunk: Any, page: Page) -> int:
    """Return the bytes of the longest value of a dictionary; of all values if it is too large or cannot be searched."""
    import pyarrow as pa

    name = _CODECS.get(chunk.compression)
    if page.size > _DICTIONARY_SEARCHED or name is None:
        return page.size
    file.seek(page.at)
    data = file.read(page.file_size)
    try:
        data = data if not name else pa.Codec(name).decompress(data, decompressed_size=page.size, asbytes=True)
        longest = at = 0
        for _ in range(page.values):
            (length,) = _LENGTH.unpack_from(data, at)
            longest = max(longest, length)
            at += _LENGTH.size + length
    except (pa.ArrowException, OSError, struct.error):
        return page.size
    return longest


def _fit_rows(column_pages: list[Page], rows: int, largest: int) -> int:
    """Halve `rows` until no such number of consecutive rows can take more than `DECODED` bytes.

    largest: bytes of the longest value of the dictionary.
    """
    data_pages = [page for page in column_pages if not page.dictionary]
    first = np.cumsum([0, *(page.values for page in data_pages)])
    size = np.cumsum([0, *(page.size for page in data_pages)])
    while rows > 1:
        # The pages that hold the rows from the last one of each page on.
        last = np.searchsorted(first, first[1:] - 1 + rows)
        span_sizes = size[np.minimum(last, len(data_pages))] - size[:-1]
        if rows * largest + max(span_sizes, default=0) <= DECODED:
            break
        rows //= 2
    return rows


def pages(file: IO[bytes], chunk: Any) -> Iterator[Page]:
    """Read the headers of the pages of a column chunk (`pyarrow.parquet.ColumnChunkMetaData`).

    Raises IndexError, KeyError, TypeError, ValueError, OSError or RecursionError for headers that cannot be read.
    """
    position = min(filter(None, (chunk.dictionary_page_offset, chunk.data_page_offset)))
    end = position + chunk.total_compressed_size
    while position < end:
        header, length = _header(file, position)
        kind, size, file_size = header[1], header[2], header[3]
        if size < 0 or file_size < 0:
            raise ValueError("a page of negative size")
        if kind in (_DATA, _DATA_V2):
            values = header[5 if kind == _DATA else 8]
            yield Page(False, size, values[1] if kind == _DATA else values[3], position + length, file_size)
        elif kind == _DICTIONARY:
            yield Page(True, size, header[7][1], position + length, file_size)
        position += length + file_size


def _header(file: IO[bytes], at: int) -> tuple[dict[int, Any], int]:
    """Read the header at a position of the file: (its fields by number, its length)."""
    for length in (256, _HEADER):
        file.seek(at)
        reader = _Compact(file.read(length))
        try:
            return reader.struct(), reader.at
        except IndexError:
            continue
    raise IndexError("the header of a page goes beyond the file")


class _Compact:
    """Reads Thrift's compact protocol: integers and structs are returned, everything else is skipped."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self._readers: dict[int, Callable[[], Any]] = {
            1: bool, 2: bool, 3: self._byte, 4: self._integer, 5: self._integer, 6: self._integer,
            7: lambda: self._skip(8), 8: lambda: self._skip(self._number()), 9: self._list, 10: self._list,
            12: self.struct,
        }  # fmt: skip

    def struct(self) -> dict[int, Any]:
        """Read the fields of a struct by their numbers. Raises IndexError where the bytes end, KeyError for no type."""
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer()
            fields[number] = self._readers[head & 15]()
        return fields

    def _byte(self) -> int:
        value = self.data[self.at]
        self.at += 1
        return value

    def _number(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise ValueError("a number of more than 64 bits")
        return value | byte << shift

    def _integer(self) -> int:
        value = self._number()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, size: int) -> None:
        self.at += size
        if self.at > len(self.data):
            raise IndexError("the header goes on")

    def _list(self) -> None:
        head = self._byte()
        for _ in range(head >> 4 if head >> 4 < 15 else self._number()):
            # A boolean is part of the type of a field, but in a list it is a byte.
            self._readers[max(3, head & 15)]()
