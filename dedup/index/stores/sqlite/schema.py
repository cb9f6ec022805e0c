"""The tables of an index file. docs/index.md describes them for users; `migrations` brings older files to this version.

Several tables and columns have older names than the code: `mark` (body flags), `posting_crowd` (over-full keys), `age`
(timestamp), `said` (evidence), `solved` (component versions). A new version of the tables could rename them.
"""

from __future__ import annotations

import sqlite3
from importlib.resources import files

import numpy as np

from dedup.comparison.relate import RELATIONS
from dedup.index.stores.checksums import Table, data_checksum
from dedup.index.stores.sqlite.lsm_postings import State
from dedup.index.stores.sqlite.posting_pages import TILED, Span, TiledTable
from dedup.index.stores.sqlite.rows import Counter, insert_rows
from dedup.model import Relation

#: Written into the file's header: "dedu" (`PRAGMA application_id`), and the version of the tables.
APPLICATION = 0x64656475
VERSION = 4

#: The statements that create tables, indexes and views.
STATEMENTS = [
    statement.strip()
    for statement in (files("dedup.index.stores.sqlite") / "schema.sql")
    .read_text(encoding="utf-8")
    .format(
        relations=", ".join(f"({i}, '{relation or 'none'}')" for i, relation in enumerate(RELATIONS)),
        copies=Relation.NEAR_COPY.code,  # of the relations whose role is "copy", the one with the highest code
    )
    .split(";\n")
    if statement.strip()
]


def create_tables(db: sqlite3.Connection) -> None:
    """Create the tables of an index without articles."""
    for statement in STATEMENTS:
        db.execute(statement)
    insert_rows(db, Table.COUNTER, [Counter().to_row()])
    insert_rows(db, Table.POSTING_STATE, [State().to_row()])
    db.execute("INSERT INTO mark_state VALUES (1, x'', ?)", (data_checksum(Table.MARK_STATE, 1, b""),))
    for table, high in TILED.items():
        TiledTable(table, 1).write(db, Span(np.zeros(0, np.uint64), 0, high))


def read_version(db: sqlite3.Connection) -> int:
    """Read the version of the tables of a file."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def find_difference(db: sqlite3.Connection) -> str | None:
    """Name a table or an index that differs from its statement; None if there is none. Others may be in the file."""
    stored_sql = dict(db.execute("SELECT name, type || ' ' || tbl_name || ' ' || sql FROM sqlite_schema"))
    for statement in STATEMENTS:
        kind, _, rest = statement.removeprefix("CREATE ").partition(" ")
        if statement.startswith("CREATE ") and kind in ("TABLE", "INDEX"):
            name, table = rest.split()[0], rest.split()[0 if kind == "TABLE" else 2]
            if stored_sql.get(name) != f"{kind.lower()} {table} {statement}":
                return f"{kind.lower()} {name}"
    return None
