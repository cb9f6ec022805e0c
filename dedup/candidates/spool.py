"""What is too much to hold: the bodies' words, and records that cannot be read again, in a temporary folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dedup.errors import OutputError, UsageError


class SpoolFile:
    """An append-only file that is read by position. Not mapped: mapped pages count as memory too."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b", buffering=0)
        self.size = 0

    def append(self, data: bytes | memoryview) -> int:
        """Write bytes at the end; returns the position of the first."""
        at = self.size
        view = memoryview(data).cast("B")
        try:
            while len(view):
                view = view[self._file.write(view) :]
        except OSError as error:
            raise OutputError(f"the temporary folder is full ({error.strerror}); name another with --tmp DIR") from error
        self.size = at + memoryview(data).nbytes
        return at

    def read(self, at: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, at)

    def read_into(self, at: int, target: memoryview) -> None:
        os.preadv(self._file.fileno(), [target], at)

    def close(self) -> None:
        self._file.close()


class Spool:
    """A temporary folder with the spooled files of one scan; removed by `close`, at the latest at exit."""

    def __init__(self, directory: str | None) -> None:
        if directory is not None and not Path(directory).is_dir():
            raise UsageError(f"{directory}: no such folder for temporary files; make it, or leave --tmp out")
        self._folder = tempfile.TemporaryDirectory(prefix="dedup-", dir=directory, ignore_cleanup_errors=True)
        self.words = SpoolFile(Path(self._folder.name) / "words")
        self.records = SpoolFile(Path(self._folder.name) / "records")

    def gather(self, at: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The words of several bodies: (word, first (n + 1,)). `at` is in words. Neighbours are read at once."""
        first = np.zeros(len(at) + 1, np.int64)
        np.cumsum(count, out=first[1:])
        word = np.empty(int(first[-1]), np.uint32)
        view = memoryview(word).cast("B")
        if len(at) == 0:
            return word, first
        fresh = np.flatnonzero(np.append(True, at[1:] != at[:-1] + count[:-1]))
        starts: Sequence[int] = (at[fresh] * 4).tolist()
        bounds: Sequence[int] = (np.append(first[fresh], first[-1]) * 4).tolist()
        for i, start in enumerate(starts):
            self.words.read_into(start, view[bounds[i] : bounds[i + 1]])
        return word, first

    def close(self) -> None:
        self.words.close()
        self.records.close()
        self._folder.cleanup()
