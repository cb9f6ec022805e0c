"""A fair queue of those who write into one index file: the threads of a process, and the processes of a machine.

SQLite lets one writer in and makes the others ask again at growing intervals: beside a busy writer one of them may
never come at the right moment. Here every writer draws a number, and they write in the order of their numbers.

The queue is the file `INDEX-lock`. Its first eight bytes hold the next number, the next eight say that it is ours: a
file of that name that is not is left alone, and there is no queue. A writer locks the byte of its number, and begins
when no byte of a lower number is locked. These are locks of the kernel that belong to an open file (Linux has them
since 3.15): those of a process that is killed vanish with it, so that nothing has to be cleaned up. The queue is about
order alone: that only one writes at a time is SQLite's own lock. Where there are no such locks (other systems, some
network file systems, no permission to make the file) writers wait as SQLite has them wait.
"""

from __future__ import annotations

import errno
import os
import struct
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: Seconds between two looks at who is still ahead.
INTERVAL = 0.001
#: The byte that is locked while a number is drawn; the byte of number 0.
_GUARD, _FIRST = 0, 16
_MOST = (1 << 62) - 1
_MARK = b"dedup-q1"
_LOCK = struct.Struct("hhqqi0q")  # struct flock: type, whence, start, length, process


class TooLong(Exception):
    """A writer waited longer than it may."""


class Queue:
    """The queue of an index file, for all threads of a process. patience: seconds that a writer waits."""

    def __init__(self, path: str, patience: float) -> None:
        self.path = f"{os.path.realpath(path)}-lock"
        self._index, self._patience = path, patience
        self._reset()
        _QUEUES.add(self)

    def _reset(self) -> None:
        self._threads = _Threads()
        self._file: _File | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until all who came before have written, then hold the turn. Raises `TooLong`."""
        end = time.monotonic() + self._patience
        threads = self._threads
        if not threads.enter(end):
            raise TooLong
        try:
            number = self._draw(end)
            try:
                yield
            finally:
                if number is not None and self._file is not None:
                    with suppress(OSError):
                        self._file.lock(fcntl.F_UNLCK, _FIRST + number)
        finally:
            threads.leave()

    def _draw(self, end: float) -> int | None:
        """Draw a number and wait for its turn; None where there can be no queue."""
        if not hasattr(fcntl, "F_OFD_SETLK"):
            return None
        try:
            while True:
                if self._file is None:
                    self._file = _File(self.path, self._index)
                file = self._file
                number = file.draw(end)
                try:
                    file.wait(number, end)
                except BaseException:
                    file.lock(fcntl.F_UNLCK, _FIRST + number)
                    raise
                if file.is_there():
                    return number
                self._file = None  # it was deleted: the queue is another file by now
        except OSError:
            self._file = None
            return None

    def close(self) -> None:
        """Let go of the file, and delete it if nobody waits or writes."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.remove(self.path)


class _Threads:
    """The threads of one process, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._busy = False

    def enter(self, end: float) -> bool:
        """Wait for the turn; False if it does not come before `end`."""
        with self._lock:
            if not self._busy:
                self._busy = True
                return True
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        try:
            if gate.acquire(timeout=max(0.0, end - time.monotonic())):
                return True
        except BaseException:
            self._withdraw(gate)
            raise
        return not self._withdraw(gate, keep=True)

    def _withdraw(self, gate: threading.Lock, *, keep: bool = False) -> bool:
        """Leave the row of those who wait; False if the turn was given just now. Then it is passed on, or kept."""
        with self._lock:
            if gate in self._waiting:
                self._waiting.remove(gate)
                return True
        if not keep:
            self.leave()
        return False

    def leave(self) -> None:
        """Give the turn to the next one."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False


class _File:
    """The open lock file."""

    def __init__(self, path: str, index: str) -> None:
        self.number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        head = os.pread(self.number, 17, 0)
        if head and head[8:] != _MARK:
            raise OSError(errno.EEXIST, "a file that is no queue has its name")
        with suppress(OSError):
            # Whoever may write into the index may wait in its queue.
            os.fchmod(self.number, os.stat(index).st_mode & 0o666)

    def __del__(self) -> None:
        number, self.number = getattr(self, "number", -1), -1
        if number >= 0:
            with suppress(OSError):
                os.close(number)

    def lock(self, kind: int, start: int, length: int = 1) -> bool:
        """Lock or unlock bytes at once; False if somebody else has locked one of them."""
        try:
            fcntl.fcntl(self.number, fcntl.F_OFD_SETLK, _LOCK.pack(kind, 0, start, length, 0))
        except (BlockingIOError, PermissionError):
            return False
        return True

    def draw(self, end: float) -> int:
        """The next number, whose byte is locked from now on."""
        while not self.lock(fcntl.F_WRLCK, _GUARD):
            _pause(end)
        try:
            number = int.from_bytes(os.pread(self.number, 8, 0), "little") & _MOST
            while not self.lock(fcntl.F_WRLCK, _FIRST + number):  # somebody has cut the file short
                number += 1
            os.pwrite(self.number, (number + 1).to_bytes(8, "little") + _MARK, 0)
        finally:
            self.lock(fcntl.F_UNLCK, _GUARD)
        return number

    def wait(self, number: int, end: float) -> None:
        """Wait until no lower number is locked."""
        if number == 0:
            return
        asked = _LOCK.pack(fcntl.F_RDLCK, os.SEEK_SET, _FIRST, number, 0)
        while _LOCK.unpack(fcntl.fcntl(self.number, fcntl.F_OFD_GETLK, asked))[0] != fcntl.F_UNLCK:
            _pause(end)

    def is_there(self) -> bool:
        """Whether the file has not been deleted since it was opened."""
        return os.fstat(self.number).st_nlink > 0

    def remove(self, path: str) -> None:
        """Delete the file if nobody has a number."""
        if self.lock(fcntl.F_WRLCK, 0, 0) and os.path.samestat(os.fstat(self.number), os.stat(path)):
            os.unlink(path)


def _pause(end: float) -> None:
    if time.monotonic() > end:
        raise TooLong
    time.sleep(INTERVAL)


_QUEUES: weakref.WeakSet[Queue] = weakref.WeakSet()


def _forked() -> None:
    """In a forked process: close the files of the parent, whose locks would outlive it, and begin with new ones."""
    for queue in list(_QUEUES):
        queue._reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
