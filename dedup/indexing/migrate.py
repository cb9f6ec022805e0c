"""How the tables of older index files become those of today, a version at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from dedup.indexing.marks import Marks, flags, numbers_of
from dedup.indexing.postings import Postings, Sizes
from dedup.indexing.store import CROWD, EDGE, BodyRow, Sketch, pack

#: Bodies whose postings are written at a time.
_AT_A_TIME = 5000


def _to_2(db: sqlite3.Connection) -> None:
    """Sketches apart from bodies, of which much more is read; tables for postings in pages, where each had a row; the
    next step fills them."""
    for table in ("band", "passage", "name", "crowded"):
        db.execute(f"DROP TABLE {table}")
    db.execute("CREATE TABLE sketch (body INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    db.execute("INSERT INTO sketch SELECT number, sketch FROM body ORDER BY number")
    db.execute("ALTER TABLE body DROP COLUMN sketch")
    db.execute("CREATE TABLE posting (low INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    db.execute("CREATE TABLE posting_new (number INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    db.execute(
        "CREATE TABLE posting_crowd (key INTEGER NOT NULL, body INTEGER NOT NULL, PRIMARY KEY (key, body))"
        " WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE posting_state (number INTEGER PRIMARY KEY, position INTEGER NOT NULL, debt INTEGER NOT NULL,"
        " postings INTEGER NOT NULL, last INTEGER NOT NULL, deleted INTEGER NOT NULL, fresh TEXT NOT NULL,"
        " gone TEXT NOT NULL)"
    )


def _to_3(db: sqlite3.Connection) -> None:
    """Who leads a cluster, and who is short, apart from the rows of bodies; a list of crowded keys; filters."""
    db.execute("CREATE TABLE posting_crowded (key INTEGER PRIMARY KEY, dead INTEGER NOT NULL)")
    db.execute("INSERT INTO posting_crowded SELECT DISTINCT key, 0 FROM posting_crowd")
    db.execute("CREATE TABLE mark (page INTEGER PRIMARY KEY, leads BLOB NOT NULL, short BLOB NOT NULL)")
    db.execute("CREATE TABLE mark_state (number INTEGER PRIMARY KEY, versions BLOB NOT NULL)")
    db.execute("CREATE TABLE posting_filter (low INTEGER PRIMARY KEY, high INTEGER NOT NULL, data BLOB NOT NULL)")
    postings = Postings(CROWD, Sizes(ends=EDGE))
    if postings.count(db):
        postings.sift(db)
    else:
        sketches = db.execute("SELECT body, data FROM sketch ORDER BY body")
        while found := sketches.fetchmany(_AT_A_TIME):
            postings.add(db, pack([(body, Sketch.of(data)) for body, data in found]))
    marks = Marks()
    bodies = db.execute("SELECT * FROM body ORDER BY number")
    while rows := [BodyRow(*row) for row in bodies.fetchmany(_AT_A_TIME)]:
        leads, short = flags(row.core is None for row in rows), flags(row.short for row in rows)
        marks.add(db, numbers_of(row.number for row in rows), leads, short)


def _add_versions(db: sqlite3.Connection) -> None:
    """Versions of large components; those that are there get one when they change next."""
    db.execute("CREATE TABLE solved (number INTEGER PRIMARY KEY AUTOINCREMENT, component INTEGER NOT NULL UNIQUE)")


def _to_4(db: sqlite3.Connection) -> None:
    _add_versions(db)


#: By the version a file has: what makes the next version of it, within a transaction.
STEPS: Mapping[int, Callable[[sqlite3.Connection], None]] = {1: _to_2, 2: _to_3, 3: _to_4}
