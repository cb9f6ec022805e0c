"""Texts of articles once more: from their file where a record can be read by position, else from the spool."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.articles.batch import large_strings
from dedup.articles.fields import Refused
from dedup.candidates.spool import SpoolFile
from dedup.errors import UsageError


@dataclass(frozen=True)
class Again:
    """The texts of n articles.

    `text_at`, `size` (n,) int64: where a text stands in `spool`, -1 for one that does not, and its bytes. For those
    that do not, `file` (n,) indexes `paths` and `again` (`Batch.again`), and `offset` and `length` (n,) say where the
    record is. Usable from several threads, between `opened` and its end.
    """

    spool: SpoolFile
    text_at: NDArray[np.int64]
    size: NDArray[np.int64]
    file: NDArray[np.int32]
    offset: NDArray[np.int64]
    length: NDArray[np.int64]
    paths: Sequence[str]
    again: Mapping[int, Callable[[bytes], bytes] | None]

    @contextmanager
    def opened(self) -> Iterator[Callable[[NDArray[np.int64]], pa.Array]]:
        """Open the files; gives the way from rows (m,) to a column of their texts. Raises `UsageError`."""
        handles: dict[int, int] = {}
        try:
            for number in np.unique(self.file[self.text_at < 0]).tolist():
                try:
                    handles[number] = os.open(self.paths[number], os.O_RDONLY)
                except OSError as error:
                    raise self._changed(number) from error
            yield lambda rows: self._texts(rows, handles)
        finally:
            for handle in handles.values():
                os.close(handle)

    def _texts(self, rows: NDArray[np.int64], handles: dict[int, int]) -> pa.Array:
        columns = (self.text_at, self.size, self.file, self.offset, self.length)
        where = zip(*(column[rows].tolist() for column in columns), strict=True)
        parts = [
            self.spool.read(at, size) if at >= 0 else self._text(handles[file], file, offset, length, size)
            for at, size, file, offset, length in where
        ]
        return large_strings(map(len, parts), b"".join(parts))

    def _text(self, handle: int, file: int, offset: int, length: int, size: int) -> bytes:
        again = self.again[file]
        assert again is not None, "a text that cannot be read again is in the spool"
        try:
            text = again(os.pread(handle, length, offset))
        except (OSError, Refused) as error:
            raise self._changed(file) from error
        if len(text) != size:
            raise self._changed(file)
        return text

    def _changed(self, file: int) -> UsageError:
        return UsageError(f"{self.paths[file]} has changed while it was scanned; scan a copy that stays as it is")
