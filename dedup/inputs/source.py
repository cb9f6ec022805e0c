"""One input file: where it is, how it is read, and its state when it was opened."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FileState:
    """What the system says of an open file: which one it is, its size in bytes, when it was last written (ns)."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    regular: bool

    @classmethod
    def of(cls, handle: int) -> FileState:
        """The state of an open file. Raises `OSError`."""
        now = os.fstat(handle)
        return cls(now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, stat.S_ISREG(now.st_mode))


def open_regular(path: str) -> int:
    """Open a file for reading without waiting, whatever stands there: a named pipe would wait for its writer.

    Raises `OSError`. The caller looks whether it is a regular file (`FileState.regular`).
    """
    flags = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_BINARY", "O_NOCTTY"))
    try:
        return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except BlockingIOError:
        # Another program holds a lease on the file (file servers do) and is asked to give it up; a pipe never says so.
        return os.open(path, flags)


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is the path as given, inside a folder argument with the path below it.

    `compression` is None, "gz", "zst" or "bz2"; for standard input and pipes it is found when reading starts.
    `bytes_read` counts the bytes of the file that were read so far, for progress, by the readers that read it as a
    stream. `unreadable`: why an entry of a folder cannot be read; empty for a file that can. `regular`: whether it was
    a regular file, and no pipe, when it was looked at. `states`: empty, or the state of the file when it was opened
    last by a reader that reads it as a stream.
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
        """The state of the file when it was opened, if it was."""
        return self.states[0] if self.states else None

    @property
    def positional(self) -> bool:
        """Whether a record can be read again by its offset; known when the file was opened."""
        return self.compression is None and self.state is not None and self.state.regular
