"""Columns of a corpus: where records and texts are, digests of bodies, and columns that grow batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

#: The bodies (m,) that have bands, as rows or ranks, and their band keys (bands, m).
Bands = tuple[NDArray[np.int64], NDArray[np.uint32]]


class RecordColumns(NamedTuple):
    """Where the records of n articles are, and their texts; each column (n,).

    file int32: number of the input file; line, offset, length int64: the record in this file, -1 where it has no
    place; record_hash uint64: fingerprint of its bytes, 0 where the record cannot be read again. raw_at int64: the
    record in the spool, -1 where it is not there. text_at, text_length int64: the text in the spool, -1 where it is
    not there, and the length of the text in bytes.
    """

    file: NDArray[np.int32]
    line: NDArray[np.int64]
    offset: NDArray[np.int64]
    length: NDArray[np.int64]
    record_hash: NDArray[np.uint64]
    raw_at: NDArray[np.int64]
    text_at: NDArray[np.int64]
    text_length: NDArray[np.int64]


class DigestColumns(NamedTuple):
    """Digests of n bodies.

    length (n,) int64: words; size (n,) int32: tokens of a shingle; words_at (n,) int64: position of the words in the
    spool; fingerprint (n, 2) uint64.
    """

    length: NDArray[np.int64]
    size: NDArray[np.int32]
    words_at: NDArray[np.int64]
    fingerprint: NDArray[np.uint64]


@dataclass
class ColumnBuilder:
    """Columns by name that grow by one piece for each batch."""

    pieces: dict[str, list[NDArray[np.generic]]] = field(default_factory=dict)

    def add(self, **columns: NDArray[np.generic]) -> None:
        """Append a piece to each of some columns."""
        for name, values in columns.items():
            self.pieces.setdefault(name, []).append(values)

    def pop(self, name: str) -> NDArray[Any]:
        """Remove a column and return it as one array."""
        return np.concatenate(self.pieces.pop(name))

    def column(self, name: str) -> NDArray[Any]:
        """A column as one array."""
        whole = self.pop(name)
        self.pieces[name] = [whole]
        return whole

    def set_rows(self, name: str, rows: NDArray[np.int64], values: NDArray[Any] | int) -> None:
        """Replace the values of some rows of a column."""
        self.column(name)[rows] = values

    def __len__(self) -> int:
        return sum(map(len, self.pieces.get("line", ())))


@dataclass
class InputRows:
    """The articles read so far, in the order of input.

    columns: of `RecordColumns` and `DigestColumns`, and `chunks` while boilerplate may be learned;
    tables: the columns of `build.OUTPUT_COLUMNS`; table_files: the file of each table;
    ids: of the records; bands, passages: postings by row.
    """

    columns: ColumnBuilder = field(default_factory=ColumnBuilder)
    ids: list[pa.Array] = field(default_factory=list)
    tables: list[pa.RecordBatch] = field(default_factory=list)
    table_files: list[str] = field(default_factory=list)
    bands: list[Bands] = field(default_factory=list)
    passages: list[NDArray[np.uint64]] = field(default_factory=list)
