"""Check an index file: the checksum of every row, every reference between rows, and every count."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import orjson

from dedup.errors import IndexUnusable, MissingInput
from dedup.index.stores.base import IS_CORE, IS_SHORT, MAX_POSTINGS, BodyRow, Sketch
from dedup.index.stores.checksums import Damage, Table, check_rows, decode_data
from dedup.index.stores.sqlite import posting_pages as p
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite import schema
from dedup.index.stores.sqlite.body_flags import BodyFlags, body_flags, body_numbers, decode_flags, read_versions
from dedup.index.stores.sqlite.connections import Connections, is_new
from dedup.index.stores.sqlite.lsm_postings import LsmPostings

#: Keys that are listed for each kind of damage.
EXAMPLES = 5
#: Rows that are in memory at a time.
_BATCH = 2000
#: Errors that decoding a damaged row may raise.
_UNDECODABLE = (Damage, ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True)
class Fault:
    """A kind of damage of a table. what: the damage, as a plural; count: how often; examples: the first keys."""

    table: str
    what: str
    count: int
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        keys = ", ".join(self.examples) + (", ..." if self.count > len(self.examples) else "")
        return f"{self.table}: {self.count:,} {self.what}" + (f" ({keys})" if keys else "")

    def to_dict(self) -> dict[str, Any]:
        """Convert to values of JSON."""
        return {"table": self.table, "what": self.what, "count": self.count, "examples": list(self.examples)}


#: Table, damage, and a query of the keys of damaged rows: those without the rows that they refer to, or that refer to
#: them.
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


def _decode_pair_rows(rows: Sequence[Any]) -> None:
    r.decode_pairs([(a, orjson.dumps([b << 24 | len(f) << 8 | code]).decode(), f.hex()) for a, b, code, f in rows])


#: The tables of rows, and the function that checks rows.
_ROWS: Mapping[str, Callable[[Sequence[Any]], object]] = {
    "about": partial(check_rows, Table.ABOUT), "dictionary": partial(decode_data, Table.DICTIONARY),
    "article": r.decode_articles, "text": partial(decode_data, Table.TEXT),
    "sketch": partial(decode_data, Table.SKETCH), "body": r.decode_bodies, "pair": _decode_pair_rows,
    "cluster": r.decode_clusters, "member": r.decode_members, "solved": partial(check_rows, Table.SOLVED),
}  # fmt: skip


def check(path: str) -> list[Fault]:
    """List the damage of an index file; an empty list if there is none.

    Raises `IndexUnusable` for a file that is no index, or of another version, and `MissingInput` if there is none.
    """
    try:
        with _open(path) as db:
            version = schema.read_version(db)
            if version != schema.VERSION:
                raise IndexUnusable(
                    f"{path} has tables of version {version}, and this dedup checks those of version {schema.VERSION}; "
                    f"bring an older one up to date with: dedup index rebuild {path}"
                )
            return _Checker(db).check_all()
    except IndexUnusable as error:
        if not may_be_damage(error):
            raise
        return [Fault("file", "faults that keep all of it from being read", 1, (str(error.__cause__ or error),))]


def may_be_damage(error: IndexUnusable) -> bool:
    """Whether SQLite or a damaged row is the reason; not another kind of file, or another version."""
    return isinstance(error.__cause__, (sqlite3.DatabaseError, Damage)) or " is damaged (" in str(error)


def is_older(path: str) -> bool:
    """Whether the tables of a file are of an older version. Raises as `check` does."""
    with _open(path) as db:
        return schema.read_version(db) < schema.VERSION


@contextmanager
def _open(path: str) -> Iterator[sqlite3.Connection]:
    """Open a connection for reading, in a transaction."""
    if is_new(path):
        raise MissingInput(f"{path}: there is no index")
    with closing(Connections(path, sync="normal", readonly=True)) as connections, connections.translate_errors():
        db = connections.get()
        db.execute("BEGIN")
        if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION:
            raise IndexUnusable(f"{path} is a database, but no index of dedup")
        yield db


class _Checker:
    """Collect the faults of one file, in one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._faults: dict[tuple[str, str], list[str]] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def check_all(self) -> list[Fault]:
        """Run all checks; an error in one of them is a fault, and does not stop the others."""
        self._try("file", self._file)
        for table, decode in _ROWS.items():
            self._try(table, partial(self._rows, table, decode))
        for table, step in (
            ("about", self._about), ("article", self._ids), ("body", self._flags), ("posting", self._postings),
            ("counter", self._counter),
        ):  # fmt: skip
            self._try(table, step)
        for table, damage, sql in _REFERENCES:
            self._try(table, partial(self._refer, table, damage, sql))
        return [Fault(*key, self._counts[key], tuple(keys)) for key, keys in self._faults.items()]

    def _report(self, table: str, damage: str, key: object) -> None:
        examples = self._faults.setdefault((table, damage), [])
        self._counts[table, damage] = self._counts.get((table, damage), 0) + 1
        if len(examples) < EXAMPLES:
            examples.append(str(key))

    def _try(self, table: str, step: Callable[[], object]) -> None:
        try:
            step()
        except Damage as error:
            self._report(table, "faults", error)
        except (sqlite3.Error, ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
            self._report(table, "rows that cannot be read", error)

    def _refer(self, table: str, damage: str, sql: str) -> None:
        for (key,) in self._db.execute(sql):
            self._report(table, damage, key)

    def _batches(self, table: str) -> Iterator[list[Any]]:
        rows = self._db.execute(f"SELECT * FROM {table} ORDER BY 1")
        while part := rows.fetchmany(_BATCH):
            yield part

    def _each(self, table: str, rows: Sequence[Any], check: Callable[[Sequence[Any]], object]) -> None:
        """Check rows together, and one by one if one of them is damaged."""
        try:
            check(rows)
        except _UNDECODABLE:
            for row in rows:
                try:
                    check([row])
                except _UNDECODABLE:
                    self._report(table, "rows that are not what was written", row[0])

    def _file(self) -> None:
        difference = schema.find_difference(self._db)
        if difference is not None:
            self._report("file", "tables or indexes that are not what was made", difference)
        for (line,) in self._db.execute("PRAGMA integrity_check"):
            if line != "ok":
                self._report("file", "faults of SQLite's own pages and indexes", line)

    def _rows(self, table: str, decode: Callable[[Sequence[Any]], object]) -> None:
        for rows in self._batches(table):
            self._each(table, rows, decode)

    def _about(self) -> None:
        for name in {"settings", "furniture", "results", "rules"}.difference(
            *self._db.execute("SELECT name FROM about")
        ):
            self._report("about", "rows that are missing", name)

    def _ids(self) -> None:
        for part in self._batches("article"):
            names = {(r.id_hash(row[1]), row[0]) for row in part if isinstance(row[1], str)}
            hashes = orjson.dumps([hash for hash, _ in names])
            rows = self._db.execute("SELECT * FROM name WHERE hash IN (SELECT value FROM json_each(?))", (hashes,))
            for _, number in names.difference(rows.fetchall()):
                self._report("name", "rows that are not those of the ids", number)

    def _flags(self) -> None:
        flags = BodyFlags()
        for page, version in enumerate(read_versions(self._db).tolist()):
            if version:
                row = self._db.execute("SELECT * FROM mark WHERE page = ?", (page,)).fetchone()
                decode_flags(page, version, row[1:])
        for part in self._batches("body"):
            bodies = [BodyRow._make(row[:7]) for row in part]
            numbers = body_numbers(bodies)
            for flag, row_flags in zip((IS_CORE, IS_SHORT), body_flags(bodies), strict=True):
                for number in numbers[flags.test(self._db, flag, numbers) != row_flags].tolist():
                    self._report("mark", "rows that are not those of the bodies", number)

    def _postings(self) -> None:
        postings = LsmPostings(MAX_POSTINGS)
        for table in Table:
            if table >= Table.POSTING:
                self._try(table.sql, partial(self._pages, table))
        postings.check(self._db)
        count = 0
        for part in self._batches("sketch"):
            count += sum(len(Sketch.from_bytes(data).keys) for _, _, data in part)
        if count != postings.count(self._db):
            self._report("posting_state", "counts that are not those of the sketches", f"{count:,}")

    def _pages(self, table: Table) -> None:
        """Check every page, and that it begins where the page before ends."""
        ranges = []
        for part in self._batches(table.sql):
            self._each(table.sql, part, lambda rows: [p.decode_pages(table, [row[-1]]) for row in rows])
            ranges += [p.page_range(table, row[-1]) for row in part]
        if table in p.TILED:
            for before, after in pairwise([(0, 0), *ranges, (p.TILED[table], 0)]):
                if before[1] != after[0]:
                    self._report(table.sql, "pages that are missing before", after[0])

    def _counter(self) -> None:
        counter = r.Counter.from_row(r.read_single_row(self._db, Table.COUNTER))
        tables = {"articles": "article", "bodies": "body", "pairs": "pair", "clusters": "cluster"}
        for name, table in (tables | {"clustered": "member"}).items():
            (count,) = self._db.execute(f"SELECT count(*) FROM {table} NOT INDEXED").fetchone()
            if count != getattr(counter, name):
                self._report("counter", "counts that are not those of the rows", f"{name} {count:,}")
