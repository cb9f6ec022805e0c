"""What is too much to hold: the bodies' words, and texts and records that cannot be read again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dedup.errors import OutputError, UsageError
from dedup.kernels.jit import kernel
from dedup.outputs.temporary import OwnedFolder, remove_abandoned

Ints = NDArray[np.int64]

#: How the names of temporary folders begin.
PREFIX = "dedup-"
#: A spooled file stays in memory up to this size: most corpora never touch the disk, and a million articles use 5 GB.
IN_MEMORY = 512 << 20
#: The same for texts, of which few are ever read again.
TEXTS_IN_MEMORY = 64 << 20
#: Words that are read at once where all bodies of a file are looked at, one after the other.
BLOCK = 1 << 20


@kernel
def concat_tokens(word, first, last):
    """The words `word[first[i]:last[i]]` of every i, one after the other: (sum of lengths,) uint32.

    word (m,) uint32; first (n,) int64; last (n,) int64.
    """
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
        self._memory = np.zeros(0, np.uint8)
        self.size = 0

    def append(self, data: bytes | memoryview) -> int:
        """Write bytes at the end; returns the position of the first."""
        view = memoryview(data).cast("B")
        at = self.size
        try:
            if self._file is None and at + len(view) > self._limit:
                self._spill()
            if self._file is None:
                if len(self._memory) < self._limit:
                    self._memory = np.empty(self._limit, np.uint8)
                self._memory[at : at + len(view)] = np.frombuffer(view, np.uint8)
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
            self._write(file, self._memory.data[: self.size])
        except OSError:
            os.close(file)
            self._path.unlink(missing_ok=True)
            raise
        # In this order: who reads meanwhile finds the bytes in one place or the other (`copy_to`).
        self._file = file
        self._memory = np.zeros(0, np.uint8)

    @staticmethod
    def _write(file: int, view: memoryview) -> None:
        while len(view):
            view = view[os.write(file, view) :]

    def read(self, at: int, length: int) -> bytes:
        """The bytes of one append, or a part of them."""
        if self._file is not None:
            return os.pread(self._file, length, at)
        return self._memory[at : at + length].tobytes()

    def memory(self) -> NDArray[np.uint8] | None:
        """All that was written, in place; None if it is in a file."""
        return self._memory[: self.size] if self._file is None else None

    def copy_to(self, at: int, target: NDArray[np.uint8]) -> None:
        """Fill `target` from position `at` on; another thread may append meanwhile."""
        memory = self._memory
        if self._file is None:
            target[:] = memory[at : at + len(target)]
            return
        count = 0
        while count < len(target):
            count += os.preadv(self._file, [target[count:].data], at + count)

    def close(self) -> None:
        """Release the memory and close the file."""
        self._memory = np.zeros(0, np.uint8)
        if self._file is not None:
            os.close(self._file)
            self._file = None


class TokenBlock(NamedTuple):
    """The words of some bodies, read together.

    word uint32; body (m,) int64: index of each body in what was asked for; begin, length (m,) int64: its first word in
    `word`, and its number of words.
    """

    word: NDArray[np.uint32]
    body: Ints
    begin: Ints
    length: Ints


class TokenStore(Protocol):
    """A store of the words of bodies, uint32; `at` (n,) int64: the position of each body's first word, `count` (n,)."""

    def as_array(self) -> NDArray[np.uint32] | None:
        """All words, if they are held."""

    def gather(self, at: Ints, count: Ints) -> tuple[NDArray[np.uint32], Ints]:
        """The words of bodies one after the other, and where each begins (n + 1,)."""

    def iter_blocks(self, at: Ints, count: Ints) -> Iterator[TokenBlock]:
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

    def as_array(self) -> NDArray[np.uint32] | None:
        """All words, in the order of writing; None if they are in a file."""
        memory = self.words.memory()
        return memory.view(np.uint32) if memory is not None else None

    def gather(self, at: Ints, count: Ints) -> tuple[NDArray[np.uint32], Ints]:
        """The words of several bodies: (word, first (n + 1,)). `at` is in words. Neighbours are read at once."""
        first = np.zeros(len(at) + 1, np.int64)
        np.cumsum(count, out=first[1:])
        word = np.empty(int(first[-1]), np.uint32)
        if len(at) == 0:
            return word, first
        view = word.view(np.uint8)
        begins = np.flatnonzero(np.append(True, at[1:] != at[:-1] + count[:-1]))
        starts = (at[begins] * 4).tolist()
        bounds = (np.append(first[begins], first[-1]) * 4).tolist()
        for i, start in enumerate(starts):
            self.words.copy_to(start, view[bounds[i] : bounds[i + 1]])
        return word, first

    def iter_blocks(self, at: Ints, count: Ints) -> Iterator[TokenBlock]:
        """The words of bodies in the order in which they were spooled, in large blocks; each block is read once.

        at (n,) int64: positions in words; count (n,) int64: words.
        """
        order = np.argsort(at, kind="stable")
        begin, end = at[order], at[order] + count[order]
        whole = self.as_array()
        if whole is not None:
            yield TokenBlock(whole, order, begin, count[order])
            return
        low = 0
        while low < len(order):
            base = int(begin[low])
            high = max(low + 1, int(np.searchsorted(end, base + BLOCK, side="right")))
            word = np.empty(int(end[high - 1]) - base, np.uint32)
            self.words.copy_to(base * 4, word.view(np.uint8))
            bodies = order[low:high]
            yield TokenBlock(word, bodies, begin[low:high] - base, count[bodies])
            low = high

    def close(self) -> None:
        """Remove the temporary folder."""
        for file in (self.words, self.records, self.texts, self.chunks):
            file.close()
        self._folder.close()
