"""Connections to an index file, one for each thread and process; every error of SQLite as one clear sentence."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from dedup.errors import IndexUnusable
from dedup.index.stores.sqlite.write_queue import QueueTimeout, WriteQueue

#: Seconds that a writer waits for another.
TIMEOUT = 120.0
#: KiB of pages that a connection caches: the inner pages of its trees. No such cache holds a useful share of the
#: leaves, which the system caches as well; with 20 MiB no article was added faster.
CACHE = 8 * 1024
#: Pages of the write-ahead log before they are moved into the file: more at once are sorted, and written in one pass.
CHECKPOINT = 8000

_HEADER = b"SQLite format 3\0"

#: Connections of a parent process. A forked process must not use them, nor close them: that would release the locks of
#: its parent.
_OF_PARENTS: list[sqlite3.Connection] = []


class _ThreadConnection:
    """The connection of a thread, which is closed when the thread ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.process = os.getpid()
        self.connection = connection

    def close(self) -> None:
        if self.process != os.getpid():
            _OF_PARENTS.append(self.connection)
            return
        with suppress(sqlite3.Error):
            self.connection.close()

    __del__ = close


class Connections:
    """All connections to one file. sync: "normal" (safe from the death of a process) or "full" (and power loss)."""

    def __init__(self, path: str, *, sync: str, readonly: bool) -> None:
        self.path = path
        self._sync, self.readonly = sync, readonly
        #: The locals of a thread are dropped when it ends, and its connection with them.
        self._local = threading.local()
        self._all: weakref.WeakSet[_ThreadConnection] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._queue = WriteQueue(path, TIMEOUT)
        self._closed = False

    def get(self) -> sqlite3.Connection:
        """Get the connection of this thread. Raises `IndexUnusable` if the file cannot be opened, or after `close`."""
        if self._closed:
            raise IndexUnusable(f"{self.path}: this index was closed")
        holder: _ThreadConnection | None = getattr(self._local, "own", None)
        if holder is not None and holder.process == os.getpid():
            return holder.connection
        with self.translate_errors():
            holder = _ThreadConnection(self._open())
        self._local.own = holder
        with self._lock:
            self._all.add(holder)
        return holder.connection

    @contextmanager
    def write_turn(self) -> Iterator[None]:
        """Wait for earlier writers, then hold the turn. Raises `IndexUnusable` after `TIMEOUT`."""
        if self.readonly:
            yield
            return
        try:
            with self._queue.turn():
                yield
        except QueueTimeout:
            raise IndexUnusable(f"{self.path}: {_TOO_LONG}") from None

    def _open(self) -> sqlite3.Connection:
        if not self.readonly:
            connection = self._connect(self.path)
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._sync == 'full' else 'NORMAL'}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            return connection
        uri = f"file:{quote(os.path.abspath(self.path))}?mode=ro"
        try:
            connection = self._connect(uri, uri=True)
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
            return connection
        except sqlite3.OperationalError:
            # A read-only folder has no room for the index of the log; without a log no index of it is needed.
            log = Path(f"{self.path}-wal")
            if log.exists() and log.stat().st_size:
                raise
            return self._connect(f"{uri}&immutable=1", uri=True)

    def _connect(self, name: str, *, uri: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(name, TIMEOUT, isolation_level=None, check_same_thread=False, uri=uri)
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        connection.execute("PRAGMA temp_store = MEMORY")
        # Some builds overwrite all that is deleted, and so write pages for no other reason.
        connection.execute("PRAGMA secure_delete = FAST")
        return connection

    def close(self) -> None:
        """Close the connections of all threads, and the queue."""
        self._closed = True
        with self._lock:
            for holder in list(self._all):
                holder.close()
            self._all.clear()
        self._queue.close()

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Raise errors of SQLite as `IndexUnusable`."""
        try:
            yield
        except UnicodeDecodeError as error:  # of a message that quotes damaged text
            raise IndexUnusable(damage_sentence(self.path, str(error))) from error
        except sqlite3.Error as error:
            raise IndexUnusable(_sentence(self.path, error)) from error


_TOO_LONG = f"another process has been writing for more than {TIMEOUT:.0f} seconds; nothing was stored, try again"
#: By the words of SQLite for an error, the first of which counts: the sentence, with a place for SQLite's own.
_REASONS = {
    ("locked",): _TOO_LONG,
    ("full",): "the disk is full; nothing of this batch was stored. Make room and run the same command again",
    ("readonly", "read-only"): "the file cannot be written; check its permissions, and those of its folder",
    ("not a database", "encrypted"): (
        "the file is damaged or no index ({}); it was left as it is. Restore it from a copy, or name another"
    ),
    ("unable to open",): "the file cannot be opened; check that its folder is there, and the permissions of both",
    ("I/O",): "the disk could not be read or written ({}); nothing of this batch was stored",
}


def damage_sentence(path: str, damage: str) -> str:
    """The sentence that refuses a damaged index."""
    return (
        f"{path} is damaged ({damage}); it was left as it is. See what is damaged with: dedup index check {path}, and "
        f"make it anew from what is sound with: dedup index rebuild {path}"
    )


def _sentence(path: str, error: sqlite3.Error) -> str:
    text = str(error)
    if "malformed" in text or "decode" in text or isinstance(error, sqlite3.IntegrityError):
        return damage_sentence(path, text)
    reasons = (reason for words, reason in _REASONS.items() if any(word in text for word in words))
    return f"{path}: {next(reasons, 'SQLite says: {}').format(text)}"


def is_new(path: str) -> bool:
    """Test whether there is no index yet. Raises `IndexUnusable` for another file: nothing is ever overwritten."""
    try:
        with open(path, "rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return True
    except OSError as error:
        raise IndexUnusable(f"{path} cannot be read: {error.strerror}") from error
    if not head:
        return True
    if not head.startswith(_HEADER):
        raise IndexUnusable(f"{path} is no index of dedup; name another file, this one was left as it is")
    return False
