"""Describe one input file: its path, its format, and its state when it was opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


def open_regular(path: str, _: int = 0) -> int:
    """Open a file for reading without waiting: to open a named pipe would wait for its writer.

    Also an `opener` of `open`. Raises `OSError`. The caller checks whether it is a regular file.
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
    compression: None, "gz", "zst", "bz2" or "xz"; of standard input and pipes it is recognised when reading begins.
    bytes_read: one number, the bytes that readers of streams have read so far, for progress. unreadable: the reason why
    an entry of a folder cannot be read, else empty. regular: whether it was a regular file, not a pipe, when its path
    was resolved. states: empty, or the state of the file when a reader of streams opened it last. opener: opens what is
    no file of this machine, a member of an archive (once) or an address (any number of times), else None.
    """

    name: str
    path: str
    format: str
    compression: str | None = None
    bytes_read: list[int] = field(default_factory=lambda: [0], compare=False, repr=False)
    unreadable: str = ""
    regular: bool = field(default=True, compare=False)
    states: list[os.stat_result] = field(default_factory=list, compare=False, repr=False)
    opener: Callable[[], Any] | None = field(default=None, compare=False, repr=False)

    @property
    def state(self) -> os.stat_result | None:
        """The state of the file when it was opened; None before."""
        return self.states[0] if self.states else None

    @property
    def positional(self) -> bool:
        """Whether records can be read again by their offset; False before the file is opened."""
        return self.compression is None and self.state is not None and stat.S_ISREG(self.state.st_mode)
