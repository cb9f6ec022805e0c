"""One SQLite file: its transactions, what it says of itself, and what it counts. `sqlite` has its articles."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson

from dedup.errors import DedupError, IndexUnusable
from dedup.index.stores.checksums import ABOUT, DICTIONARY, Damage, check_data, check_rows, data_checksum, row_checksum
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite.body_flags import Marks
from dedup.index.stores.sqlite.connections import Connections, damaged, is_new, prepare
from dedup.index.stores.sqlite.lsm_postings import Postings
from dedup.index.stores.sqlite.posting_state import Sizes

_LAST = ("last_article", "last_body", "last_cluster", "last_solved")
#: More than any file counts up to.
_FAR = 1 << 24


class SqliteFile:
    """`create`: what is said of the index where there is none yet; None: there must be one."""

    def __init__(
        self,
        path: str,
        most: tuple[int, ...],
        sizes: Sizes,
        *,
        create: Mapping[str, str] | None = None,
        sync: str = "normal",
        readonly: bool = False,
    ) -> None:
        if is_new(path) and create is None:
            raise FileNotFoundError(path)
        self._connections = Connections(path, sync=sync, readonly=readonly)
        self._postings = Postings(most, sizes)
        self._marks = Marks()
        self._mode = threading.local()
        try:
            prepare(self._connections, create=create)
        except BaseException:
            self._connections.close()
            raise

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[None]:
        with self._connections.told(), self._connections.turn(write=write):
            connection = self._connections.get()
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            self._mode.connection, self._mode.counter = connection, None
            try:
                yield
                if write:
                    self._save_counter()
                connection.execute("COMMIT")
            except BaseException as error:
                # Before others may write: what they write is numbered like what is broken off here.
                self._postings.forget()
                self._marks.forget()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._understand(error)
                raise

    def _understand(self, error: BaseException) -> None:
        """Raise `IndexUnusable` with the remedy for what cannot be read as it should be. In a transaction no code but
        that of this package runs, and all it is given was checked before."""
        if isinstance(error, Damage):
            raise IndexUnusable(damaged(self._connections.path, str(error))) from error
        other = (DedupError, sqlite3.Error, MemoryError, RecursionError)
        if type(error).__module__.startswith("numba."):
            return  # a fault of a kernel, never of what is stored
        if isinstance(error, Exception) and not isinstance(error, other):
            raise IndexUnusable(damaged(self._connections.path, f"{type(error).__name__}: {error}")) from error

    def close(self) -> None:
        self._connections.close()

    @property
    def _db(self) -> sqlite3.Connection:
        """The connection of this thread's transaction."""
        found: sqlite3.Connection = self._mode.connection
        return found

    def _all(self, sql: str, *parameters: Any) -> list[Any]:
        return self._db.execute(sql, parameters).fetchall()

    def _of(self, sql: str, values: Iterable[Any]) -> list[Any]:
        """The rows for these values; `?` in the statement stands for `= value` or `IN (values)`."""
        found = self._among(sql, values)
        return [] if found is None else found.fetchall()

    def _among(self, sql: str, values: Iterable[Any]) -> sqlite3.Cursor | None:
        wanted = sorted(set(values))
        if len(wanted) < 2:
            # In queries most are asked for one, and by an array of one it takes three times as long.
            return self._db.execute(sql.replace("?", "= ?1"), wanted) if wanted else None
        # A whole list is one parameter, however long it is.
        return self._db.execute(sql.replace("?", "IN (SELECT value FROM json_each(?1))"), (orjson.dumps(wanted),))

    @property
    def _counter(self) -> r.Counter:
        """The counts as this transaction leaves them."""
        found: r.Counter | None = self._mode.counter
        if found is None:
            rows = self._all("SELECT * FROM counter")
            found = self._mode.counter = r.to_counter(rows)
            self._mode.counted = rows[0]
        return found

    def _save_counter(self) -> None:
        if self._mode.counter is not None and (row := r.from_counter(self._mode.counter)) != self._mode.counted:
            self._db.execute(f"REPLACE INTO counter VALUES ({', '.join('?' * len(row))})", row)

    def about(self) -> dict[str, str]:
        rows = self._all("SELECT name, value, sum FROM about")
        check_rows(ABOUT, "about", rows)
        return {name: value for name, value, _ in rows}

    def set_about(self, values: Mapping[str, str]) -> None:
        rows = [(*item, row_checksum(ABOUT, item)) for item in values.items()]
        self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?, ?)", rows)

    def dictionaries(self) -> list[bytes]:
        rows = self._all("SELECT * FROM dictionary ORDER BY number")
        check_data(DICTIONARY, "dictionary", rows)
        return [row[2] for row in rows]

    def add_dictionary(self, data: bytes) -> None:
        number = self._all("SELECT coalesce(max(number), 0) + 1 FROM dictionary")[0][0]
        self._db.execute(
            "INSERT INTO dictionary VALUES (?, ?, ?)", (number, data_checksum(DICTIONARY, number, data), data)
        )

    def counts(self) -> dict[str, int]:
        names = ("articles", "bodies", "pairs", "clusters", "clustered", "text_bytes")
        found = {name: getattr(self._counter, name) for name in names}
        return found | {"postings": self._postings.count(self._db)}

    def follow(self, other: SqliteFile) -> None:
        """Give, in this new store, numbers above all that another one ever gave: it is to take the place of that, and
        who has that open remembers things by number."""
        with other.transaction(write=False), self.transaction(write=True):
            for name in _LAST:
                setattr(self._counter, name, getattr(other._counter, name))
            self._postings.follow(self._db, other._postings, other._db)
            self._marks.follow(self._db, other._marks, other._db)

    def begin_above(self, article: int, body: int, cluster: int) -> None:
        """`follow` where the other file does not say what it gave: these numbers are above its own."""
        with self.transaction(write=True):
            for name, number in zip(_LAST, (article, body, cluster, _FAR), strict=True):
                setattr(self._counter, name, number)
            self._postings.begin(self._db, rounds=_FAR, last=_FAR, deleted=_FAR)
            self._marks.begin(self._db, _FAR)

    def _count(self, table: str, column: str, numbers: Iterable[int]) -> int:
        """How many rows there are with these numbers."""
        return sum(count for (count,) in self._of(f"SELECT count(*) FROM {table} WHERE {column} ?", numbers))

    def _delete(self, table: str, column: str, numbers: Iterable[int]) -> int:
        """Delete rows; how many."""
        done = self._among(f"DELETE FROM {table} WHERE {column} ?", numbers)
        return 0 if done is None else done.rowcount
