"""How the tables of older index files become those of today, a version at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dedup.index.compatibility import rules_of_3
from dedup.index.stores.base import (
    HEAD_TAIL,
    MAX_POSTINGS,
    ArticleRow,
    BodyRow,
    ClusterRow,
    MemberRow,
    PairRow,
    Sketch,
    encode_postings,
)
from dedup.index.stores.checksums import ABOUT, DICTIONARY, SKETCH, TEXT, data_checksum, row_checksum
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite import schema
from dedup.index.stores.sqlite.body_flags import Marks, flags, numbers_of
from dedup.index.stores.sqlite.lsm_postings import Postings
from dedup.index.stores.sqlite.posting_state import Sizes

#: Rows that are held in memory at a time.
_AT_A_TIME = 5000
#: What version 4 takes over from version 3, row by row. All else is worked out anew from these.
_KEPT = ("about", "dictionary", "article", "text", "body", "sketch", "pair", "cluster", "member")


def _to_2(db: sqlite3.Connection) -> None:
    """Sketches apart from bodies, of which much more is read."""
    db.execute("CREATE TABLE sketch (body INTEGER PRIMARY KEY, data BLOB NOT NULL)")
    db.execute("INSERT INTO sketch SELECT number, sketch FROM body ORDER BY number")
    db.execute("ALTER TABLE body DROP COLUMN sketch")


def _to_3(db: sqlite3.Connection) -> None:
    """Tables that version 4 makes anew, from nothing but those that it keeps."""


def _to_4(db: sqlite3.Connection) -> None:
    """A checksum in every row, and lists twice that show what is missing."""
    last = dict(db.execute("SELECT name, seq FROM sqlite_sequence"))
    named = "SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'table'"
    for kind, name in db.execute(named).fetchall():
        if kind != "table" or name not in (*_KEPT, "sqlite_sequence"):
            db.execute(f'DROP {kind.upper()} "{name}"')
    for name in _KEPT:
        db.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
    for statement in schema.statements():
        db.execute(statement)
    counter = r.Counter(last_article=last.get("article", 0), last_body=last.get("body", 0))
    counter.last_cluster = last.get("cluster", 0)
    _copy_about(db)
    for step in (_copy_articles, _copy_bodies, _copy_pairs, _copy_clusters):
        step(db, counter)
    db.execute("DELETE FROM counter")
    _insert(db, "counter", [r.from_counter(counter)])


def _copy_about(db: sqlite3.Connection) -> None:
    about = dict(row for rows in _parts(db, "about", "name") for row in rows)
    about["rules"] = rules_of_3(about) or about.get("rules", "")
    _insert(db, "about", [(*item, row_checksum(ABOUT, item)) for item in about.items()])
    for rows in _parts(db, "dictionary", "number"):
        _insert(db, "dictionary", [(key, data_checksum(DICTIONARY, key, data), data) for key, data in rows])


def _copy_articles(db: sqlite3.Connection, counter: r.Counter) -> None:
    for rows in _parts(db, "article", "number"):
        articles = list(map(ArticleRow._make, rows))
        _insert(db, "article", list(map(r.from_article, articles)))
        _insert(db, "name", [(r.name_hash(row.id), row.number) for row in articles])
        counter.articles += len(rows)
    for rows in _parts(db, "text", "article"):
        _insert(db, "text", [(key, data_checksum(TEXT, key, data), data) for key, data in rows])
        counter.text_bytes += sum(len(data) for _, data in rows)


def _copy_bodies(db: sqlite3.Connection, counter: r.Counter) -> None:
    marks, postings = Marks(), Postings(MAX_POSTINGS, Sizes(ends=HEAD_TAIL))
    for rows in _parts(db, "body", "number"):
        bodies = list(map(BodyRow._make, rows))
        _insert(db, "body", list(map(r.from_body, bodies)))
        leads, short = flags(row.core is None for row in bodies), flags(row.is_short for row in bodies)
        marks.add(db, numbers_of(row.number for row in bodies), leads, short)
        counter.bodies += len(rows)
    for rows in _parts(db, "sketch", "body"):
        _insert(db, "sketch", [(key, data_checksum(SKETCH, key, data), data) for key, data in rows])
        postings.add(db, encode_postings([(body, Sketch.from_bytes(data)) for body, data in rows]))


def _copy_pairs(db: sqlite3.Connection, counter: r.Counter) -> None:
    for rows in _parts(db, "pair", "a, b"):
        pairs = list(map(PairRow._make, rows))
        _insert(db, "pair", r.from_pairs(pairs))
        _insert(db, "pair_end", [end for row in pairs for end in ((row.a, row.b), (row.b, row.a))])
        counter.pairs += len(rows)


def _copy_clusters(db: sqlite3.Connection, counter: r.Counter) -> None:
    for rows in _parts(db, "cluster", "number"):
        _insert(db, "cluster", [r.from_cluster(ClusterRow._make(row)) for row in rows])
        counter.clusters += len(rows)
    for rows in _parts(db, "member", "article"):
        _insert(db, "member", [r.from_member(MemberRow._make(row)) for row in rows])
        counter.clustered += len(rows)


def _parts(db: sqlite3.Connection, table: str, order: str) -> Iterator[list[Any]]:
    """The rows of an old table, some at a time; then its room is given to others."""
    rows = db.execute(f"SELECT * FROM old_{table} ORDER BY {order}")
    while part := rows.fetchmany(_AT_A_TIME):
        yield part
    db.execute(f"DROP TABLE old_{table}")


def _insert(db: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


#: By the version a file has: what makes the next version of it, within a transaction.
STEPS: Mapping[int, Callable[[sqlite3.Connection], None]] = {1: _to_2, 2: _to_3, 3: _to_4}
