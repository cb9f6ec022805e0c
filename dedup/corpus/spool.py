"""What is too much to hold: the bodies' words, and texts and records that cannot be read again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dedup.errors import OutputError, UsageError
from dedup.kernels.jit import kernel
from dedup.outputs.temporary import OwnedFolder, remove_abandoned

#: How the names of temporary folders begin.
PREFIX = "dedup-"
#: A spooled file stays in memory up to this size: most corpora never touch the disk, and a million articles use 5 GB.
IN_MEMORY = 512 << 20
#: The same for texts, of which few are ever read again.
TEXTS_IN_MEMORY = 64 << 20
#: Words that are read at once where all bodies of a file are looked at, one after the other.
STRETCH = 1 << 20


@kernel
def pack(word, first, last):
    """The words `word[first[i] : last[i]]` of every i, one after the other: uint32."""
    out = np.empty((last - first).sum(), np.uint32)
    at = 0
    for i in range(len(first)):
        count = last[i] - first[i]
        out[at : at + count] = word[first[i] : last[i]]
        at += count
    return out


class SpoolFile:
    """Append-only bytes that are read by position: in memory at first, in a file once they are many.

    Memory for all that may be held is asked for at once: what is never written to costs nothing, nothing is copied
    when it grows, and bodies can be read in place. The file is not mapped: mapped pages count as memory too.
    """

    def __init__(self, path: Path, in_memory: int = IN_MEMORY) -> None:
        self._path, self._limit = path, in_memory
        self._file: int | None = None
        self._held = np.zeros(0, np.uint8)
        self.size = 0

    def append(self, data: bytes | memoryview) -> int:
        """Write bytes at the end; returns the position of the first."""
        view = memoryview(data).cast("B")
        at = self.size
        try:
            if self._file is None and at + len(view) > self._limit:
                self._spill()
            if self._file is None:
                if len(self._held) < self._limit:
                    self._held = np.empty(self._limit, np.uint8)
                self._held[at : at + len(view)] = np.frombuffer(view, np.uint8)
            else:
                self._write(self._file, view)
        except OSError as error:
            raise OutputError(
                f"the temporary folder cannot be written ({error.strerror}); name another with --tmp DIR"
            ) from error
        self.size = at + len(view)
        return at

    def _spill(self) -> None:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            self._write(file, self._held.data[: self.size])
        except OSError:
            os.close(file)
            self._path.unlink(missing_ok=True)
            raise
        # In this order: who reads meanwhile finds the bytes in one place or the other (`copy_to`).
        self._file = file
        self._held = np.zeros(0, np.uint8)

    @staticmethod
    def _write(file: int, view: memoryview) -> None:
        while len(view):
            view = view[os.write(file, view) :]

    def read(self, at: int, length: int) -> bytes:
        """The bytes of one append, or a part of them."""
        if self._file is not None:
            return os.pread(self._file, length, at)
        return self._held[at : at + length].tobytes()

    def held(self) -> NDArray[np.uint8] | None:
        """All that was written, in place; None if it is in a file."""
        return self._held[: self.size] if self._file is None else None

    def copy_to(self, at: int, target: NDArray[np.uint8]) -> None:
        """Fill `target` from position `at` on; another thread may append meanwhile."""
        held = self._held
        if self._file is None:
            target[:] = held[at : at + len(target)]
            return
        done = 0
        while done < len(target):
            done += os.preadv(self._file, [target[done:].data], at + done)

    def close(self) -> None:
        self._held = np.zeros(0, np.uint8)
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Words(Protocol):
    """Where the words of bodies are; `at` (n,) is where each begins, in words, and `count` (n,) how many it has."""

    def in_place(self) -> NDArray[np.uint32] | None:
        """All words, if they are held."""

    def gather(self, at: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The words of bodies one after the other, and where each begins (n + 1,)."""

    def stretches(
        self, at: NDArray[np.int64], count: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
        """The words of bodies in large pieces: (words, which bodies, where each begins, how many it has)."""


class Spool:
    """A temporary folder with the spooled files of one scan; removed by `close`, at the latest at exit.

    Folders that killed processes left in the same place are removed first.
    """

    def __init__(self, directory: str | None) -> None:
        if directory is not None and not Path(directory).is_dir():
            raise UsageError(f"{directory}: no such folder for temporary files; make it, or leave --tmp out")
        remove_abandoned(directory or tempfile.gettempdir(), PREFIX)
        try:
            self._folder = OwnedFolder(directory, PREFIX)
        except OSError as error:
            raise OutputError(
                f"no temporary folder can be made ({error.strerror}); name a place for it with --tmp DIR"
            ) from error
        self.words = SpoolFile(self._folder.path / "words")
        self.records = SpoolFile(self._folder.path / "records")
        self.chunks = SpoolFile(self._folder.path / "chunks")
        self.texts = SpoolFile(self._folder.path / "texts", TEXTS_IN_MEMORY)

    def in_place(self) -> NDArray[np.uint32] | None:
        """All words, in the order of writing; None if they are in a file."""
        held = self.words.held()
        return held.view(np.uint32) if held is not None else None

    def gather(self, at: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The words of several bodies: (word, first (n + 1,)). `at` is in words. Neighbours are read at once."""
        first = np.zeros(len(at) + 1, np.int64)
        np.cumsum(count, out=first[1:])
        word = np.empty(int(first[-1]), np.uint32)
        if len(at) == 0:
            return word, first
        view = word.view(np.uint8)
        fresh = np.flatnonzero(np.append(True, at[1:] != at[:-1] + count[:-1]))
        starts = (at[fresh] * 4).tolist()
        bounds = (np.append(first[fresh], first[-1]) * 4).tolist()
        for i, start in enumerate(starts):
            self.words.copy_to(start, view[bounds[i] : bounds[i + 1]])
        return word, first

    def stretches(
        self, at: NDArray[np.int64], count: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
        """The words of bodies in the order they were spooled, in large stretches, each read once: (words, which bodies,
        where each begins in these words, how many it has). `at` (n,) is in words."""
        order = np.argsort(at, kind="stable")
        begin, end = at[order], at[order] + count[order]
        held = self.in_place()
        if held is not None:
            yield held, order, begin, count[order]
            return
        low = 0
        while low < len(order):
            base = int(begin[low])
            high = max(low + 1, int(np.searchsorted(end, base + STRETCH, side="right")))
            word = np.empty(int(end[high - 1]) - base, np.uint32)
            self.words.copy_to(base * 4, word.view(np.uint8))
            yield word, order[low:high], begin[low:high] - base, count[order[low:high]]
            low = high

    def close(self) -> None:
        for file in (self.words, self.records, self.texts, self.chunks):
            file.close()
        self._folder.close()
