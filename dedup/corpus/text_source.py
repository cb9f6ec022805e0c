"""Texts of articles once more: from their file where a record can be read by position, else from the spool."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.corpus.spool import SpoolFile
from dedup.inputs.batch import large_strings
from dedup.inputs.record_files import RecordFiles
from dedup.inputs.source import Source


@dataclass(frozen=True)
class Again:
    """The texts of n articles.

    `text_at`, `size` (n,) int64: where a text stands in `spool`, -1 for one that does not, and its bytes. For those
    that do not, `file` (n,) indexes `sources` and `again` (`Batch.parse_text`), `offset` and `length` (n,) say where the
    record is, and `record_hash` (n,) uint64 proves it. Usable from several threads, between `opened` and its end.
    """

    spool: SpoolFile
    text_at: NDArray[np.int64]
    size: NDArray[np.int64]
    file: NDArray[np.int32]
    offset: NDArray[np.int64]
    length: NDArray[np.int64]
    record_hash: NDArray[np.uint64]
    sources: Sequence[Source | None]
    again: Mapping[int, Callable[[bytes], bytes] | None]

    @contextmanager
    def opened(self) -> Iterator[Callable[[NDArray[np.int64]], pa.Array]]:
        """Give the way from rows (m,) to a column of their texts, which raises `InputChanged`."""
        with RecordFiles(self.sources) as files:
            yield lambda rows: self._texts(rows, files)

    def _texts(self, rows: NDArray[np.int64], files: RecordFiles) -> pa.Array:
        columns = (self.text_at, self.size, self.file, self.offset, self.length, self.record_hash)
        where = zip(*(column[rows].tolist() for column in columns), strict=True)
        parts = [
            self.spool.read(at, size) if at >= 0 else self._text(file, files.read(file, *place), size)
            for at, size, file, *place in where
        ]
        return large_strings(map(len, parts), b"".join(parts))

    def _text(self, file: int, record: bytes, size: int) -> bytes:
        again = self.again[file]
        assert again is not None, "a text that cannot be read again is in the spool"
        text = again(record)
        assert len(text) == size, "the same bytes have the same text"
        return text
