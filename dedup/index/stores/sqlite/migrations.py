"""Create the tables of an index file, or bring those of an older version up to date, one version at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dedup.errors import IndexUnusable
from dedup.index.stores import base
from dedup.index.stores.checksums import Table
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite import schema
from dedup.index.stores.sqlite.body_flags import BodyFlags
from dedup.index.stores.sqlite.connections import Connections, damage_sentence
from dedup.index.stores.sqlite.lsm_postings import LsmPostings

#: Rows that are in memory at a time.
_BATCH = 5000
#: The tables that version 4 copies from version 3, row by row. All others are computed from these.
_COPIED = (Table.DICTIONARY, Table.ARTICLE, Table.TEXT, Table.BODY, Table.SKETCH, Table.CLUSTER, Table.MEMBER)
_OLD = ("about", "pair", *(table.sql for table in _COPIED))


def prepare(connections: Connections, *, create: Mapping[str, str] | None) -> None:
    """Create the tables of a new file, or check those of an existing one, and migrate older ones.

    create: the settings of a new index (`Store.about`); None if the file must be an index. Raises `IndexUnusable` for a
    file that is no index, is damaged, of a newer version, or of an older one that is only read.
    """
    with connections.translate_errors():
        db = connections.get()
        application = db.execute("PRAGMA application_id").fetchone()[0]
        tables = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if application == 0 and tables == 0 and create is not None:
            _create(db, create)
            return
        if application != schema.APPLICATION:
            raise IndexUnusable(
                f"{connections.path} is a database, but no index of dedup; name another file, it was left as it is"
            )
        version = schema.read_version(db)
        if version > schema.VERSION:
            raise IndexUnusable(
                f"{connections.path} was made by a newer dedup (tables of version {version}, this one knows "
                f"{schema.VERSION}); upgrade with: pip install -U news-dedup"
            )
        if version < schema.VERSION:
            if connections.readonly:
                raise IndexUnusable(
                    f"{connections.path}: its tables are those of an older dedup, and it is only read here; bring it "
                    f"up to date with: dedup index rebuild {connections.path}"
                )
            _migrate(db, connections.path)
        difference = schema.find_difference(db)
        if difference is not None:
            raise IndexUnusable(damage_sentence(connections.path, f"{difference} is not what was made"))


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _create(db: sqlite3.Connection, about: Mapping[str, str]) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    with _transaction(db):
        # Another process may have created them while this one waited.
        if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
            schema.create_tables(db)
            r.insert_rows(db, Table.ABOUT, about.items())
            db.execute(f"PRAGMA application_id = {schema.APPLICATION}")
            db.execute(f"PRAGMA user_version = {schema.VERSION}")


def _migrate(db: sqlite3.Connection, path: str) -> None:
    """Do all steps or none. Another process may do them at the same time."""
    with _transaction(db):
        version = schema.read_version(db)
        while version < schema.VERSION:
            if version not in STEPS:
                raise IndexUnusable(
                    f"{path} was made by an older dedup whose tables (version {version}) this one does not "
                    "know; let that version write its articles (dedup index export --articles) and add them to another"
                )
            STEPS[version](db)
            version += 1
            db.execute(f"PRAGMA user_version = {version}")


# -- the steps ----------------------------------------------------------------------------------------------------


def _to_2(db: sqlite3.Connection) -> None:
    """Move sketches out of the rows of bodies, which are read far more often."""
    db.execute("CREATE TABLE sketch (body INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    db.execute("INSERT INTO sketch SELECT number, sketch FROM body ORDER BY number")
    db.execute("ALTER TABLE body DROP COLUMN sketch")


def _to_3(db: sqlite3.Connection) -> None:
    """Leave the tables as they are: `_to_4` computes all that version 3 changed."""


def _to_4(db: sqlite3.Connection) -> None:
    """Add a checksum to every row, and store twice the lists that could lose a row."""
    last = dict(db.execute("SELECT name, seq FROM sqlite_sequence"))
    objects = "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'table'"
    for kind, name in db.execute(objects).fetchall():
        if kind != "table" or name not in (*_OLD, "sqlite_sequence"):
            db.execute(f'DROP {kind.upper()} "{name}"')
    for name in _OLD:
        db.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
    schema.create_tables(db)
    about = dict(row for rows in _old_rows(db, "about") for row in rows)
    about.setdefault("rules", "")
    r.insert_rows(db, Table.ABOUT, about.items())
    flags, postings = BodyFlags(), LsmPostings(base.MAX_POSTINGS)
    for table in _COPIED:
        for rows in _old_rows(db, table.sql):
            r.insert_rows(db, table, rows)
            if table is Table.ARTICLE:
                db.executemany("INSERT INTO name VALUES (?, ?)", [(r.id_hash(row[1]), row[0]) for row in rows])
            elif table is Table.BODY:
                flags.put(db, list(map(base.BodyRow._make, rows)))
            elif table is Table.SKETCH:
                postings.add(db, base.encode_postings([(body, base.Sketch.from_bytes(data)) for body, data in rows]))
    for rows in _old_rows(db, "pair"):
        pairs = r.encode_pairs(list(map(base.PairRow._make, rows)))
        db.executemany("INSERT INTO pair VALUES (?, ?, ?, ?)", pairs)
        ends = [end for a, b, *_ in rows for end in ((a, b), (b, a))]
        db.executemany("INSERT INTO pair_end VALUES (?, ?)", ends)
    tables = ("article", "body", "pair", "cluster", "member")
    counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
    text_bytes = db.execute("SELECT coalesce(sum(length(data)), 0) FROM text").fetchone()[0]
    last_numbers = [last.get(table, 0) for table in ("article", "body", "cluster")]
    counter = r.Counter(*[*counts, text_bytes, *last_numbers])
    r.insert_rows(db, Table.COUNTER, [counter.to_row()], verb="REPLACE")


def _old_rows(db: sqlite3.Connection, table: str) -> Iterator[list[Any]]:
    """The rows of an old table in batches; then drop the table, whose pages the new ones can use."""
    cursor = db.execute(f"SELECT * FROM old_{table} ORDER BY 1, 2")
    while rows := cursor.fetchmany(_BATCH):
        yield rows
    db.execute(f"DROP TABLE old_{table}")


#: By the version of a file: the step to the next version, within a transaction.
STEPS: Mapping[int, Callable[[sqlite3.Connection], None]] = {1: _to_2, 2: _to_3, 3: _to_4}
