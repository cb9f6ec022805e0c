"""What is too much to hold: the bodies' words, and records that cannot be read again, in a temporary folder."""

from __future__ import annotations

import os
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

import numba as nb
import numpy as np
from numpy.typing import NDArray

from dedup.errors import OutputError, UsageError

#: A spool stays in memory up to this size: most corpora never touch the disk, and a million articles use 2 GB of it.
IN_MEMORY = 256 << 20


@nb.njit(nogil=True, cache=True)
def _gather(words, begin, body, first, out):
    """Copy the words of each `body[i]`, from `words[begin[i]]` on, to `out[first[body[i]] : first[body[i] + 1]]`."""
    for i in range(len(begin)):
        low, high = first[body[i]], first[body[i] + 1]
        out[low:high] = words[begin[i] : begin[i] + high - low]


#: Words that are read at once where all bodies are looked at, one after the other.
STRETCH = 1 << 20
#: Memory is taken in pieces of this size, so that nothing is copied when it grows.
_PIECE = 32 << 20


class SpoolFile:
    """Append-only bytes that are read by position: in memory at first, in a file once they are many.

    What is appended at once stays in one piece of memory. The file is not mapped: mapped pages count as memory too.
    """

    def __init__(self, path: Path, in_memory: int = IN_MEMORY) -> None:
        self._path, self._limit = path, in_memory
        self._file: int | None = None
        self.pieces: list[NDArray[np.uint8]] = []
        self.starts: list[int] = []
        self.size = 0

    def append(self, data: bytes | memoryview) -> int:
        """Write bytes at the end; returns the position of the first."""
        view = memoryview(data).cast("B")
        at = self.size
        try:
            if self._file is None and at + len(view) > self._limit:
                self._spill()
            if self._file is None:
                self._copy(at, np.frombuffer(view, np.uint8))
            else:
                self._write(view)
        except OSError as error:
            raise OutputError(
                f"the temporary folder cannot be written ({error.strerror}); name another with --tmp DIR"
            ) from error
        self.size = at + len(view)
        return at

    def _copy(self, at: int, data: NDArray[np.uint8]) -> None:
        if not self.pieces or at + len(data) - self.starts[-1] > len(self.pieces[-1]):
            self.pieces.append(np.empty(max(_PIECE, len(data)), np.uint8))
            self.starts.append(at)
        within = at - self.starts[-1]
        self.pieces[-1][within : within + len(data)] = data

    def _spill(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        for piece, low, high in zip(self.pieces, self.starts, [*self.starts, self.size][1:], strict=True):
            self._write(piece.data[: high - low])
        self.pieces, self.starts = [], []

    @property
    def in_memory(self) -> bool:
        return self._file is None

    def _write(self, view: memoryview) -> None:
        while self._file is not None and len(view):
            view = view[os.write(self._file, view) :]

    def read(self, at: int, length: int) -> bytes:
        """The bytes of one append, or a part of them."""
        if self._file is not None:
            return os.pread(self._file, length, at)
        piece = bisect_right(self.starts, at) - 1
        within = at - self.starts[piece]
        return self.pieces[piece][within : within + length].tobytes()

    def read_into(self, at: int, target: memoryview) -> None:
        """Fill `target`, bytes, from position `at` of the file."""
        if self._file is not None:
            os.preadv(self._file, [target], at)

    def close(self) -> None:
        self.pieces, self.starts = [], []
        if self._file is not None:
            os.close(self._file)
            self._file = None


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
        if len(at) == 0:
            return word, first
        if self.words.in_memory:
            piece = np.searchsorted(self.words.starts, at * 4, side="right") - 1
            for i in np.unique(piece).tolist():
                mine = np.flatnonzero(piece == i)
                begin = at[mine] - self.words.starts[i] // 4
                _gather(self.words.pieces[i].view(np.uint32), begin, mine, first, word)
            return word, first
        view = word.data.cast("B")
        fresh = np.flatnonzero(np.append(True, at[1:] != at[:-1] + count[:-1]))
        starts: Sequence[int] = (at[fresh] * 4).tolist()
        bounds: Sequence[int] = (np.append(first[fresh], first[-1]) * 4).tolist()
        for i, start in enumerate(starts):
            self.words.read_into(start, view[bounds[i] : bounds[i + 1]])
        return word, first

    def stretches(
        self, at: NDArray[np.int64], count: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
        """The words of bodies in the order they were spooled, in large stretches, each read once: (words, which bodies,
        where each begins in these words, how many it has). `at` (n,) is in words."""
        order = np.argsort(at, kind="stable")
        begin, end = at[order], at[order] + count[order]
        low = 0
        while low < len(order):
            if self.words.in_memory:
                piece = bisect_right(self.words.starts, int(begin[low]) * 4) - 1
                base = self.words.starts[piece] // 4
                word = self.words.pieces[piece].view(np.uint32)
                bounds = [*self.words.starts, self.words.size]
                high = int(np.searchsorted(begin, bounds[piece + 1] // 4, side="left"))
            else:
                base = int(begin[low])
                high = max(low + 1, int(np.searchsorted(end, base + STRETCH, side="right")))
                word = np.empty(int(end[high - 1]) - base, np.uint32)
                self.words.read_into(base * 4, word.data.cast("B"))
            yield word, order[low:high], begin[low:high] - base, count[order[low:high]]
            low = high

    def close(self) -> None:
        self.words.close()
        self.records.close()
        self._folder.cleanup()
