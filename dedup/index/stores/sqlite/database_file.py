"""One SQLite file: its transactions, its settings, and its counts. `store` has its rows."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import orjson

from dedup.errors import DedupError, IndexUnusable
from dedup.index.stores.base import MAX_POSTINGS
from dedup.index.stores.checksums import Damage, Table, check_rows, decode_data, require_equal
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite.body_flags import BodyFlags
from dedup.index.stores.sqlite.connections import Connections, damage_sentence, is_new
from dedup.index.stores.sqlite.lsm_postings import LsmPostings, LsmSizes
from dedup.index.stores.sqlite.migrations import prepare

#: The sizes of the LSM tree of a file. Tests make all of them small.
SIZES = LsmSizes()
_LAST = ("last_article", "last_body", "last_cluster", "last_solved")
#: Greater than the rounds, runs, deletions and versions of any file.
_MANY = 1 << 24


class SqliteFile:
    """One file. create: the settings of a new index; None if the file must be there.

    Raises `FileNotFoundError` if it is not, and `IndexUnusable` as `prepare` does.
    """

    def __init__(
        self,
        path: str,
        *,
        create: Mapping[str, str] | None = None,
        sync: str = "normal",
        readonly: bool = False,
    ) -> None:
        if is_new(path) and create is None:
            raise FileNotFoundError(path)
        self._connections = Connections(path, sync=sync, readonly=readonly)
        self._postings = LsmPostings(MAX_POSTINGS, SIZES)
        self._flags = BodyFlags()
        self._local = threading.local()
        try:
            prepare(self._connections, create=create)
        except BaseException:
            self._connections.close()
            raise

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[None]:
        """Begin a transaction of SQLite; commit it at the end, or roll it back after an exception."""
        with self._connections.translate_errors(), self._connections.write_turn() if write else nullcontext():
            db = self._connections.get()
            db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            self._local.db, self._local.counter = db, None
            try:
                yield
                if write:
                    self._save_counter()
                db.execute("COMMIT")
            except BaseException as error:
                # Before others may write: their numbers will be those that this transaction gave.
                self._postings.drop_cache()
                self._flags.drop_cache()
                if db.in_transaction:
                    db.execute("ROLLBACK")
                self._translate(error)
                raise

    def _translate(self, error: BaseException) -> None:
        """Raise `IndexUnusable` with the remedy for an error that only damaged rows can cause.

        Within a transaction only code of this package runs, and its arguments were checked before.
        """
        if isinstance(error, Damage):
            raise IndexUnusable(damage_sentence(self._connections.path, str(error))) from error
        other = (DedupError, sqlite3.Error, MemoryError, RecursionError)
        if type(error).__module__.startswith("numba."):
            return  # a fault of a kernel
        if isinstance(error, Exception) and not isinstance(error, other):
            sentence = damage_sentence(self._connections.path, f"{type(error).__name__}: {error}")
            raise IndexUnusable(sentence) from error

    def close(self) -> None:
        """Close the connections of all threads."""
        self._connections.close()

    @property
    def _db(self) -> sqlite3.Connection:
        """The connection of this thread's transaction."""
        db: sqlite3.Connection = self._local.db
        return db

    def _all(self, sql: str, *parameters: Any) -> list[Any]:
        return self._db.execute(sql, parameters).fetchall()

    def _of(self, sql: str, values: Iterable[Any]) -> list[Any]:
        """Read the rows of some values; `?` in the statement stands for `= value` or `IN (values)`."""
        cursor = self._execute_of(sql, values)
        return [] if cursor is None else cursor.fetchall()

    def _of_both(self, name: str, sql: str, values: Iterable[Any]) -> list[Any]:
        """Read the rows of some values from two indexes, which must have the same; each row begins with 0 or 1."""
        rows = self._of(sql, values)
        first, second = (sorted(row[1:] for row in rows if row[0] == index) for index in (0, 1))
        require_equal(name, first, second)
        return first

    def _insert(self, table: Table, rows: Iterable[Any]) -> None:
        r.insert_rows(self._db, table, rows)

    def _replace(self, table: Table, rows: Iterable[Any]) -> None:
        r.insert_rows(self._db, table, rows, verb="REPLACE")

    def _execute_of(self, sql: str, values: Iterable[Any]) -> sqlite3.Cursor | None:
        distinct = sorted(set(values))
        if len(distinct) < 2:
            # Most statements of a query are for one value; with an array of one value they take three times as long.
            return self._db.execute(sql.replace("?", "= ?1"), distinct) if distinct else None
        # A list is one parameter, however long it is.
        return self._db.execute(sql.replace("?", "IN (SELECT value FROM json_each(?1))"), (orjson.dumps(distinct),))

    def _count(self, table: str, column: str, numbers: Iterable[int]) -> int:
        """Count the rows with these numbers."""
        return sum(count for (count,) in self._of(f"SELECT count(*) FROM {table} WHERE {column} ?", numbers))

    def _delete(self, table: str, column: str, numbers: Iterable[int]) -> int:
        """Delete the rows with these numbers; returns how many there were."""
        cursor = self._execute_of(f"DELETE FROM {table} WHERE {column} ?", numbers)
        return 0 if cursor is None else cursor.rowcount

    @property
    def _counter(self) -> r.Counter:
        """The counts with the changes of this transaction."""
        counter: r.Counter | None = self._local.counter
        if counter is None:
            self._local.counter_row = r.read_single_row(self._db, Table.COUNTER)
            counter = self._local.counter = r.Counter.from_row(self._local.counter_row)
        return counter

    def _save_counter(self) -> None:
        counter: r.Counter | None = self._local.counter
        if counter is not None and (row := counter.to_row()) != self._local.counter_row[:-1]:
            self._replace(Table.COUNTER, [row])

    def about(self) -> dict[str, str]:
        """Read rows of `about`."""
        rows = self._all("SELECT name, value, sum FROM about")
        check_rows(Table.ABOUT, rows)
        return {name: value for name, value, _ in rows}

    def set_about(self, values: Mapping[str, str]) -> None:
        """Insert or replace rows of `about`."""
        self._replace(Table.ABOUT, values.items())

    def counts(self) -> dict[str, int]:
        """Read the row of `counter`, and count the postings."""
        counts = {name: count for name, count in vars(self._counter).items() if name not in _LAST}
        return counts | {"postings": self._postings.count(self._db)}

    def dictionaries(self) -> list[bytes]:
        """Read rows of `dictionary`, ascending by number."""
        return list(decode_data(Table.DICTIONARY, self._all("SELECT * FROM dictionary ORDER BY number")).values())

    def add_dictionary(self, data: bytes) -> None:
        """Insert a row of `dictionary` with the next number."""
        number = self._all("SELECT coalesce(max(number), 0) + 1 FROM dictionary")[0][0]
        self._insert(Table.DICTIONARY, [(number, data)])

    def continue_numbering(self, other: SqliteFile) -> None:
        """Start this new file above all numbers that another gave, whose place it will take.

        Processes that have the other open cache by number.
        """
        with other.transaction(write=False), self.transaction(write=True):
            for name in _LAST:
                setattr(self._counter, name, getattr(other._counter, name))
            self._postings.continue_numbering(self._db, other._postings, other._db)
            self._flags.continue_numbering(self._db, other._flags, other._db)

    def start_numbering(self, article: int, body: int, cluster: int) -> None:
        """Start this new file above these numbers, if the other file cannot be read."""
        with self.transaction(write=True):
            for name, number in zip(_LAST, (article, body, cluster, _MANY), strict=True):
                setattr(self._counter, name, number)
            self._postings.start_numbering(self._db, rounds=_MANY, last_run=_MANY, deletions=_MANY)
            self._flags.start_numbering(self._db, _MANY)
