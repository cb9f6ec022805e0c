"""Connections to an index file: one a thread and process, with every failure of SQLite as one clear sentence."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from dedup.errors import IndexUnusable
from dedup.index.stores.checksums import ABOUT, row_checksum
from dedup.index.stores.sqlite import migrations, schema
from dedup.index.stores.sqlite.write_queue import Queue, TooLong

#: Seconds that a writer waits for another one.
PATIENCE = 120.0
#: KiB of pages that a connection keeps: those above the leaves. Of the leaves themselves no cache holds a useful share,
#: and the system has them as well; with 20 MiB no article was added faster.
CACHE = 8 * 1024
#: Pages in the log before they are moved into the file. More at once are sorted and written in one sweep.
CHECKPOINT = 8000

_HEADER = b"SQLite format 3\0"


#: Connections of a parent process. In a forked one they must not be used, not even closed: that would let go of the
#: parent's locks.
_OF_PARENTS: list[sqlite3.Connection] = []


class _Own:
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
    """All connections to one file. `sync`: "normal" (safe from the death of a process) or "full" (and power loss)."""

    def __init__(self, path: str, *, sync: str, readonly: bool) -> None:
        self.path = path
        self._sync, self._readonly = sync, readonly
        #: A thread's own things go when it ends, and with them its connection.
        self._local = threading.local()
        self._all: weakref.WeakSet[_Own] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._queue = Queue(path, PATIENCE)
        self._closed = False

    def get(self) -> sqlite3.Connection:
        """This thread's connection."""
        if self._closed:
            raise IndexUnusable(f"{self.path}: this index was closed")
        own: _Own | None = getattr(self._local, "own", None)
        if own is not None and own.process == os.getpid():
            return own.connection
        with self.told():
            own = _Own(self._open())
        self._local.own = own
        with self._lock:
            self._all.add(own)
        return own.connection

    @contextmanager
    def turn(self, *, write: bool) -> Iterator[None]:
        """Where something is to be written: wait for those who came before."""
        if not write or self._readonly:
            yield
            return
        try:
            with self._queue.turn():
                yield
        except TooLong:
            raise IndexUnusable(f"{self.path}: {_TOO_LONG}") from None

    def _open(self) -> sqlite3.Connection:
        if not self._readonly:
            connection = self._connect(self.path)
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._sync == 'full' else 'NORMAL'}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            return connection
        place = f"file:{quote(os.path.abspath(self.path))}?mode=ro"
        try:
            connection = self._connect(place, uri=True)
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
            return connection
        except sqlite3.OperationalError:
            # A folder that cannot be written into has no place for the log's index; without a log there is none needed.
            log = Path(f"{self.path}-wal")
            if log.exists() and log.stat().st_size:
                raise
            return self._connect(f"{place}&immutable=1", uri=True)

    def _connect(self, place: str, *, uri: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(place, PATIENCE, isolation_level=None, check_same_thread=False, uri=uri)
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        connection.execute("PRAGMA temp_store = MEMORY")
        # Some builds overwrite all that is deleted: pages that need not be written are not, for that alone.
        connection.execute("PRAGMA secure_delete = FAST")
        return connection

    def refuse_reading(self, why: str) -> None:
        """Raise `IndexUnusable` where the file is only read."""
        if self._readonly:
            raise IndexUnusable(f"{self.path}: {why}")

    def close(self) -> None:
        self._closed = True
        with self._lock:
            for own in list(self._all):
                own.close()
            self._all.clear()
        self._queue.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """What SQLite raises, as the one error of this package."""
        try:
            yield
        except UnicodeDecodeError as error:  # of a message that quotes what is damaged
            raise IndexUnusable(damaged(self.path, str(error))) from error
        except sqlite3.Error as error:
            raise IndexUnusable(_sentence(self.path, error)) from error


_TOO_LONG = f"another process has been writing for more than {PATIENCE:.0f} seconds; nothing was stored, try again"


def damaged(path: str, what: str) -> str:
    """The sentence that a damaged index is refused with."""
    return (
        f"{path} is damaged ({what}); it was left as it is. See what is damaged with: dedup index check {path}, and "
        f"make it anew from what is sound with: dedup index rebuild {path}"
    )


def _sentence(path: str, error: sqlite3.Error) -> str:
    text = str(error)
    if "malformed" in text or "decode" in text or isinstance(error, sqlite3.IntegrityError):
        return damaged(path, text)
    return f"{path}: {_reason(text)}"


def _reason(text: str) -> str:
    if "locked" in text:
        return _TOO_LONG
    if "full" in text:
        return "the disk is full; nothing of this batch was stored. Make room and run the same command again"
    if "readonly" in text or "read-only" in text:
        return "the file cannot be written; check its permissions, and those of its folder"
    if "not a database" in text or "encrypted" in text:
        return (
            f"the file is damaged or no index ({text}); it was left as it is. Restore it from a copy, or name another"
        )
    if "unable to open" in text:
        return "the file cannot be opened; check that its folder is there, and the permissions of both"
    if "I/O" in text:
        return f"the disk could not be read or written ({text}); nothing of this batch was stored"
    return f"SQLite says: {text}"


def is_new(path: str) -> bool:
    """Whether there is no index yet. Raises `IndexUnusable` for a file that is none; nothing is ever overwritten."""
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


def prepare(connections: Connections, *, create: Mapping[str, str] | None) -> None:
    """Make the tables of a new file, or check those of one that is there, and bring older ones up to date.

    create: what is said of a new index; None: there must be one.
    """
    with connections.told():
        connection = connections.get()
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if application == 0 and tables == 0 and create is not None:
            _make(connection, create)
            return
        if application != schema.APPLICATION:
            raise IndexUnusable(
                f"{connections.path} is a database, but no index of dedup; name another file, it was left as it is"
            )
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > schema.VERSION:
            raise IndexUnusable(
                f"{connections.path} was made by a newer dedup (tables of version {version}, this one knows "
                f"{schema.VERSION}); upgrade with: pip install -U news-dedup"
            )
        if version < schema.VERSION:
            connections.refuse_reading(
                "its tables are those of an older dedup, and it is only read here; bring it up to date with: "
                f"dedup index rebuild {connections.path}"
            )
            _migrate(connections, connection)
        wrong = schema.differs(connection)
        if wrong is not None and version <= schema.VERSION:
            raise IndexUnusable(damaged(connections.path, f"{wrong} is not what was made"))


def _make(connection: sqlite3.Connection, about: Mapping[str, str]) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have made them while this one waited.
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
            for statement in schema.statements():
                connection.execute(statement)
            rows = [(*item, row_checksum(ABOUT, item)) for item in about.items()]
            connection.executemany("INSERT INTO about VALUES (?, ?, ?)", rows)
            connection.execute(f"PRAGMA application_id = {schema.APPLICATION}")
            connection.execute(f"PRAGMA user_version = {schema.VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _migrate(connections: Connections, connection: sqlite3.Connection) -> None:
    """Bring an older file up to date, all steps or none; another process may do so at the same time."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        while version < schema.VERSION:
            if version not in migrations.STEPS:
                raise IndexUnusable(
                    f"{connections.path} was made by an older dedup whose tables (version {version}) this one does not "
                    "know; let that version write its articles (dedup index export --articles) and add them to another"
                )
            migrations.STEPS[version](connection)
            version += 1
            connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
