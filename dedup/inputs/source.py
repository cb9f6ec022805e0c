"""Describe one input file: its path, its format, and its state when it was opened."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FileState:
    """Identity of an open file (device, inode), size in bytes, and time of the last change (ns since 1970)."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    regular: bool

    @classmethod
    def of(cls, handle: int) -> FileState:
        """Read the state of an open file from its handle. Raises `OSError`."""
        now = os.fstat(handle)
        return cls(now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, stat.S_ISREG(now.st_mode))


def open_regular(path: str) -> int:
    """Open a file for reading without waiting: to open a named pipe would wait for its writer.

    Raises `OSError`. The caller checks whether it is a regular file (`FileState.regular`).
    """
    flags = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_BINARY", "O_NOCTTY"))
    try:
        return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except BlockingIOError:
        # Another program has a lease on the file (file servers do) and is asked to end it; a pipe never blocks so.
        return os.open(path, flags)


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read.

    name: the path as given; of an entry of a folder that of the folder and the path in it. path: where it is opened.
    compression: None, "gz", "zst" or "bz2"; of standard input and pipes it is recognised when reading begins.
    bytes_read: one number, the bytes that readers of streams have read so far, for progress. unreadable: the reason why
    an entry of a folder cannot be read, else empty. regular: whether it was a regular file, not a pipe, when its path
    was resolved. states: empty, or the state of the file when a reader of streams opened it last.
    """

    name: str
    path: str
    format: str
    compression: str | None = None
    bytes_read: list[int] = field(default_factory=lambda: [0], compare=False, repr=False)
    unreadable: str = ""
    regular: bool = field(default=True, compare=False)
    states: list[FileState] = field(default_factory=list, compare=False, repr=False)

    @property
    def state(self) -> FileState | None:
        """The state of the file when it was opened; None before."""
        return self.states[0] if self.states else None

    @property
    def positional(self) -> bool:
        """Whether records can be read again by their offset; False before the file is opened."""
        return self.compression is None and self.state is not None and self.state.regular
