"""Reads all of an index file and says what is damaged: the checksum of every row, every reference, every count."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import orjson

from dedup.errors import IndexUnusable, MissingInput
from dedup.index.stores.base import IS_CORE, IS_SHORT, MAX_POSTINGS, BodyRow, Sketch
from dedup.index.stores.checksums import ABOUT, DICTIONARY, SKETCH, SOLVED, STATE, TEXT, Damage, check_data, check_rows
from dedup.index.stores.sqlite import posting_pages as p
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite import schema
from dedup.index.stores.sqlite.body_flags import Marks, bits_of, flags, numbers_of, versions
from dedup.index.stores.sqlite.connections import Connections, damaged, is_new
from dedup.index.stores.sqlite.lsm_postings import Postings

#: Examples of a fault that are kept.
EXAMPLES = 5
#: Rows that are read at a time.
_AT_A_TIME = 2000


@dataclass(frozen=True)
class Fault:
    """A kind of damage: what is wrong with `table`, how often, and the first keys of which it is so."""

    table: str
    what: str
    count: int
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        keys = ", ".join(self.examples) + (", ..." if self.count > len(self.examples) else "")
        return f"{self.table}: {self.count:,} {self.what}" + (f" ({keys})" if keys else "")

    def to_dict(self) -> dict[str, Any]:
        return {"table": self.table, "what": self.what, "count": self.count, "examples": list(self.examples)}


#: Of each query the result is empty: keys of rows without those that they refer to, or that refer to them.
_REFERENCES = (
    ("article", "rows without their text", "SELECT number FROM article EXCEPT SELECT article FROM text"),
    ("text", "rows without their article", "SELECT article FROM text EXCEPT SELECT number FROM article"),
    ("article", "rows without their body", "SELECT number FROM article WHERE body NOT IN (SELECT number FROM body)"),
    ("article", "rows not in the list of ids", "SELECT number FROM article EXCEPT SELECT article FROM name"),
    ("name", "rows without their article", "SELECT article FROM name EXCEPT SELECT number FROM article"),
    ("body", "rows without an article", "SELECT number FROM body EXCEPT SELECT body FROM article"),
    ("body", "rows without their sketch", "SELECT number FROM body EXCEPT SELECT body FROM sketch"),
    ("sketch", "rows without their body", "SELECT body FROM sketch EXCEPT SELECT number FROM body"),
    ("body", "rows of the same tokens as another",
     "SELECT max(number) FROM body GROUP BY high, low HAVING count(*) > 1"),
    ("body", "rows whose component is not there",
     "SELECT number FROM body WHERE component NOT IN (SELECT number FROM body)"),
    ("body", "rows whose core is not there", "SELECT number FROM body WHERE core NOT IN (SELECT number FROM body)"),
    ("member", "rows without their article", "SELECT article FROM member EXCEPT SELECT number FROM article"),
    ("member", "rows without their cluster",
     "SELECT article FROM member WHERE cluster NOT IN (SELECT number FROM cluster)"),
    ("cluster", "rows with more or fewer members than they say",
     "SELECT number FROM cluster c WHERE size != (SELECT count(*) FROM member m WHERE m.cluster = c.number)"),
    ("cluster", "rows whose canonical copy is no member",
     "SELECT number FROM cluster c WHERE canonical NOT IN (SELECT article FROM member m WHERE m.cluster = c.number)"),
    ("solved", "rows whose component is not there",
     "SELECT component FROM solved WHERE component NOT IN (SELECT number FROM body)"),
    ("pair", "rows without their articles",
     "SELECT a FROM pair WHERE a NOT IN (SELECT number FROM article) OR b NOT IN (SELECT number FROM article)"),
    ("pair", "rows not in the list of their ends",
     "SELECT a FROM (SELECT a, b FROM pair UNION ALL SELECT b, a FROM pair"
     " EXCEPT SELECT article, other FROM pair_end)"),
    ("pair_end", "rows without their comparison",
     "SELECT article FROM (SELECT article, other FROM pair_end"
     " EXCEPT SELECT a, b FROM pair EXCEPT SELECT b, a FROM pair)"),
)  # fmt: skip


def check(path: str) -> list[Fault]:
    """What of an index file is damaged; empty if it is sound. Raises `IndexUnusable` for a file that is no index, and
    one that cannot be opened at all."""
    try:
        return _faults(path)
    except IndexUnusable as error:
        if not may_be_damage(error):
            raise
        return [Fault("file", "faults that keep all of it from being read", 1, (str(error.__cause__ or error),))]


def may_be_damage(error: IndexUnusable) -> bool:
    """Whether SQLite, or what it read, is the reason; not a file that is none, or of a newer version."""
    return isinstance(error.__cause__, (sqlite3.DatabaseError, Damage)) or " is damaged (" in str(error)


def _faults(path: str) -> list[Fault]:
    with _opened(path) as db:
        version = _version(db)
        if version != schema.VERSION:
            raise IndexUnusable(
                f"{path} has tables of version {version}, and this dedup checks those of version {schema.VERSION}; "
                f"bring an older one up to date with: dedup index rebuild {path}"
            )
        return _Checker(db).all()


def is_older(path: str) -> bool:
    """Whether the tables of a file are those of an older version."""
    with _opened(path) as db:
        return _version(db) < schema.VERSION


@contextmanager
def _opened(path: str) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, in a transaction."""
    if is_new(path):
        raise MissingInput(f"{path}: there is no index")
    connections = Connections(path, sync="normal", readonly=True)
    try:
        with connections.told():
            db = connections.get()
            db.execute("BEGIN")
            if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION:
                raise IndexUnusable(f"{path} is a database, but no index of dedup")
            yield db
    finally:
        connections.close()


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


class _Checker:
    """Gathers the faults of one file, in one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._faults: dict[tuple[str, str], list[str]] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def all(self) -> list[Fault]:
        """All checks, one after the other, whatever they meet."""
        for table, step in (
            ("file", self._file), ("about", self._small), ("article", self._articles), ("text", self._texts),
            ("sketch", self._sketches), ("body", self._bodies), ("pair", self._pairs), ("cluster", self._clusters),
            ("posting", self._postings), ("counter", self._counter),
        ):  # fmt: skip
            self._try(table, step)
        for table, what, sql in _REFERENCES:
            self._try(table, partial(self._refer, table, what, sql))
        return [Fault(*key, self._counts[key], tuple(keys)) for key, keys in self._faults.items()]

    def _say(self, table: str, what: str, key: object) -> None:
        examples = self._faults.setdefault((table, what), [])
        self._counts[table, what] = self._counts.get((table, what), 0) + 1
        if len(examples) < EXAMPLES:
            examples.append(str(key))

    def _try(self, table: str, step: Callable[[], object]) -> None:
        try:
            step()
        except Damage as error:
            self._say(table, "faults", error)
        except (sqlite3.Error, ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
            self._say(table, "rows that cannot be read", error)

    def _refer(self, table: str, what: str, sql: str) -> None:
        for (key,) in self._db.execute(sql):
            self._say(table, what, key)

    def _parts(self, table: str, order: str) -> Iterator[list[Any]]:
        rows = self._db.execute(f"SELECT * FROM {table} ORDER BY {order}")
        while part := rows.fetchmany(_AT_A_TIME):
            yield part

    def _each(self, table: str, rows: Sequence[Any], check: Callable[[Sequence[Any]], object]) -> None:
        """Check rows together, and one by one if there is damage among them."""
        try:
            check(rows)
        except (Damage, ValueError, TypeError, LookupError, AttributeError):
            for row in rows:
                try:
                    check([row])
                except (Damage, ValueError, TypeError, LookupError, AttributeError):
                    self._say(table, "rows that are not what was written", row[0])

    def _file(self) -> None:
        wrong = schema.differs(self._db)
        if wrong is not None:
            self._say("file", "tables or indexes that are not what was made", wrong)
        for (line,) in self._db.execute("PRAGMA integrity_check"):
            if line != "ok":
                self._say("file", "faults of SQLite's own pages and indexes", line)

    def _small(self) -> None:
        rows = self._db.execute("SELECT name, value, sum FROM about").fetchall()
        self._each("about", rows, lambda rows: check_rows(ABOUT, "about", rows))
        for name in {"settings", "furniture", "results", "rules"} - {row[0] for row in rows}:
            self._say("about", "rows that are missing", name)
        for part in self._parts("dictionary", "number"):
            self._each("dictionary", part, lambda rows: check_data(DICTIONARY, "dictionary", rows))

    def _articles(self) -> None:
        for part in self._parts("article", "number"):
            self._each("article", part, r.to_articles)
            hashes = {(r.name_hash(row[1]), row[0]) for row in part if isinstance(row[1], str)}
            wanted = orjson.dumps([hash for hash, _ in hashes])
            named = self._db.execute("SELECT * FROM name WHERE hash IN (SELECT value FROM json_each(?))", (wanted,))
            for _, number in hashes.difference(named.fetchall()):
                self._say("name", "rows that are not those of the ids", number)

    def _texts(self) -> None:
        for part in self._parts("text", "article"):
            self._each("text", part, lambda rows: check_data(TEXT, "text", rows))

    def _sketches(self) -> None:
        for part in self._parts("sketch", "body"):
            self._each("sketch", part, lambda rows: check_data(SKETCH, "sketch", rows))

    def _bodies(self) -> None:
        marks = Marks()
        for page, version in enumerate(versions(self._db).tolist()):
            if version:
                bits_of(page, version, self._db.execute("SELECT * FROM mark WHERE page = ?", (page,)).fetchone()[1:])
        for part in self._parts("body", "number"):
            self._each("body", part, r.to_bodies)
            bodies = [BodyRow._make(row[:7]) for row in part]
            numbers = numbers_of(row.number for row in bodies)
            for which, wanted in (
                (IS_CORE, flags(row.core is None for row in bodies)), (IS_SHORT, flags(row.is_short for row in bodies)),
            ):  # fmt: skip
                for number in numbers[marks.of(self._db, which, numbers) != wanted].tolist():
                    self._say("mark", "rows that are not those of the bodies", number)

    def _pairs(self) -> None:
        for part in self._parts("pair", "a, b"):
            grouped = [(a, orjson.dumps([b << 24 | len(f) << 8 | code]), f.hex()) for a, b, code, f in part]
            self._each("pair", grouped, r.to_pairs)

    def _clusters(self) -> None:
        for part in self._parts("cluster", "number"):
            self._each("cluster", part, r.to_clusters)
        for part in self._parts("member", "article"):
            self._each("member", part, r.to_members)
        for part in self._parts("solved", "component"):
            self._each("solved", part, lambda rows: check_rows(SOLVED, "solved", rows))

    def _postings(self) -> None:
        postings = Postings(MAX_POSTINGS)
        for table, name in p.NAMES.items():
            self._try(name, partial(self._pages, table, name))
        check_rows(STATE, "posting_state", self._db.execute("SELECT * FROM posting_state").fetchall())
        postings.check(self._db)
        count = 0
        for part in self._parts("sketch", "body"):
            count += sum(len(Sketch.from_bytes(data).keys) for _, _, data in part)
        if count != postings.count(self._db):
            self._say("posting_state", "counts that are not those of the sketches", f"{count:,}")

    def _pages(self, table: int, name: str) -> None:
        """Every page, and that each begins where the one before ends."""
        ends = []
        for part in self._parts(name, "1"):
            self._each(name, part, lambda rows: [p.unseal(table, [row[-1]]) for row in rows])
            ends += [p.head(table, row[-1]) for row in part]
        if table in (p.POSTING, p.POSTING_CROWD, p.POSTING_CROWDED):
            last = (len(MAX_POSTINGS) << 32 if table == p.POSTING else p.TOP, 0)
            for before, after in pairwise([(0, 0), *ends, last]):
                if before[1] != after[0]:
                    self._say(name, "pages that are missing before", after[0])

    def _counter(self) -> None:
        counter = r.to_counter(self._db.execute("SELECT * FROM counter").fetchall())
        tables = {"articles": "article", "bodies": "body", "pairs": "pair", "clusters": "cluster"}
        for name, table in (tables | {"clustered": "member"}).items():
            (count,) = self._db.execute(f"SELECT count(*) FROM {table} NOT INDEXED").fetchone()
            if count != getattr(counter, name):
                self._say("counter", "counts that are not those of the rows", f"{name} {count:,}")


def describe(path: str, faults: Iterable[Fault]) -> str:
    """All faults in one sentence."""
    return damaged(path, "; ".join(map(str, faults)))
