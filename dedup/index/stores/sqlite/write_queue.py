"""Queue the writers of one index file fairly: the threads of a process, and the processes of a machine.

SQLite lets one writer in and makes the others retry at growing intervals: beside a busy writer another may never retry
at the right moment. Here every writer draws a ticket, and they write in the order of their tickets: a ticket lock
(Mellor-Crummey and Scott 1991).

The queue is the file `INDEX-lock`. Its first eight bytes hold the next ticket, and the next eight a signature: another
file of that name is left alone, and there is no queue. A writer locks the byte of its ticket, and writes once no byte
of a lower ticket is locked. The locks belong to an open file (`F_OFD_SETLK`, Linux 3.15): the kernel drops those of a
process that is killed, so that nothing has to be cleaned up. The queue is about order alone: SQLite's own lock sees to
it that only one writes at a time. Where there are no such locks (other systems, some network file systems, no
permission to create the file) writers wait as SQLite makes them wait.
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

#: Seconds between two tests of the lower tickets.
INTERVAL = 0.001
#: The byte that is locked while a ticket is drawn; the byte of ticket 0.
_GUARD, _FIRST = 0, 16
_MASK = (1 << 62) - 1
_SIGNATURE = b"dedup-q1"
_LOCK = struct.Struct("hhqqi0q")  # struct flock: type, whence, start, length, process


class QueueTimeout(Exception):
    """A writer waited longer than the timeout of its queue."""


class WriteQueue:
    """The queue of an index file, for all threads of a process. timeout: seconds that a writer waits."""

    def __init__(self, path: str, timeout: float) -> None:
        self.path = f"{os.path.realpath(path)}-lock"
        self._index, self._timeout = path, timeout
        self._reset()
        _QUEUES.add(self)

    def _reset(self) -> None:
        self._threads = _Threads()
        self._file: _LockFile | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for all earlier writers, then hold the turn. Raises `QueueTimeout`."""
        deadline = time.monotonic() + self._timeout
        with self._threads.turn(deadline):
            ticket = self._draw(deadline)
            try:
                yield
            finally:
                if ticket is not None and self._file is not None:
                    with suppress(OSError):
                        self._file.unlock(ticket)

    def _draw(self, deadline: float) -> int | None:
        """Draw a ticket and wait for its turn; None if there can be no queue."""
        if not hasattr(fcntl, "F_OFD_SETLK"):
            return None
        try:
            while True:
                if self._file is None:
                    self._file = _LockFile(self.path, self._index)
                file = self._file
                ticket = file.draw(deadline)
                try:
                    file.wait(ticket, deadline)
                except BaseException:
                    file.unlock(ticket)
                    raise
                if file.is_linked():
                    return ticket
                self._file = None  # the file was deleted, and the queue is another one by now
        except OSError:
            self._file = None
            return None

    def close(self) -> None:
        """Close the file, and delete it if no writer has a ticket."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.delete(self.path)


class _Threads:
    """The queue of the threads of one process: the first has the turn."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    @contextmanager
    def turn(self, deadline: float) -> Iterator[None]:
        """Wait for all earlier threads, then hold the turn. Raises `QueueTimeout`."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
        try:
            with self._changed:
                if not self._changed.wait_for(lambda: self._queue[0] is ticket, deadline - time.monotonic()):
                    raise QueueTimeout
            yield
        finally:
            with self._changed:
                self._queue.remove(ticket)
                self._changed.notify_all()


class _LockFile:
    """The open lock file."""

    def __init__(self, path: str, index: str) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        head = os.pread(self.descriptor, 17, 0)
        if head and head[8:] != _SIGNATURE:
            raise OSError(errno.EEXIST, "a file that is no queue has its name")
        with suppress(OSError):
            # A user who may write into the index may wait in its queue.
            os.fchmod(self.descriptor, os.stat(index).st_mode & 0o666)

    def __del__(self) -> None:
        descriptor, self.descriptor = getattr(self, "descriptor", -1), -1
        if descriptor >= 0:
            with suppress(OSError):
                os.close(descriptor)

    def lock(self, start: int, length: int = 1) -> bool:
        """Lock bytes at once; False if another open file has locked one of them."""
        return self._set_lock(fcntl.F_WRLCK, start, length)

    def unlock(self, ticket: int) -> None:
        self._set_lock(fcntl.F_UNLCK, _FIRST + ticket, 1)

    def _set_lock(self, kind: int, start: int, length: int) -> bool:
        try:
            fcntl.fcntl(self.descriptor, fcntl.F_OFD_SETLK, _LOCK.pack(kind, 0, start, length, 0))
        except (BlockingIOError, PermissionError):
            return False
        return True

    def draw(self, deadline: float) -> int:
        """Draw the next ticket, and lock its byte."""
        while not self.lock(_GUARD):
            _pause(deadline)
        try:
            ticket = int.from_bytes(os.pread(self.descriptor, 8, 0), "little") & _MASK
            while not self.lock(_FIRST + ticket):  # the file was cut short
                ticket += 1
            os.pwrite(self.descriptor, (ticket + 1).to_bytes(8, "little") + _SIGNATURE, 0)
        finally:
            self._set_lock(fcntl.F_UNLCK, _GUARD, 1)
        return ticket

    def wait(self, ticket: int, deadline: float) -> None:
        """Wait until no lower ticket is locked."""
        if ticket == 0:
            return
        query = _LOCK.pack(fcntl.F_RDLCK, os.SEEK_SET, _FIRST, ticket, 0)
        while _LOCK.unpack(fcntl.fcntl(self.descriptor, fcntl.F_OFD_GETLK, query))[0] != fcntl.F_UNLCK:
            _pause(deadline)

    def is_linked(self) -> bool:
        """Whether the file has not been deleted since it was opened."""
        return os.fstat(self.descriptor).st_nlink > 0

    def delete(self, path: str) -> None:
        """Delete the file if no writer has a ticket."""
        if self.lock(0, 0) and os.path.samestat(os.fstat(self.descriptor), os.stat(path)):
            os.unlink(path)


def _pause(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise QueueTimeout
    time.sleep(INTERVAL)


_QUEUES: weakref.WeakSet[WriteQueue] = weakref.WeakSet()


def _reset_after_fork() -> None:
    """Close the files of the parent process, whose locks would outlive it, and begin with new ones."""
    for queue in list(_QUEUES):
        queue._reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_after_fork)
