"""Write one SQLite file with all tables of a scan and their keys; `tables.sql` has its indexes and its views."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from dedup.errors import OutputError
from dedup.outputs.seal import TABLES_APPLICATION, seal_database
from dedup.reports.table_rows import Table, blocks, tables
from dedup.results.result import ScanOutcome

#: What a column is beside its type: keys, and what it refers to.
_KEYS = {
    ("articles", "id"): "PRIMARY KEY",
    ("articles", "cluster"): "REFERENCES clusters (cluster)",
    ("clusters", "cluster"): "PRIMARY KEY",
    ("clusters", "canonical"): "NOT NULL REFERENCES articles (id)",
    ("members", "cluster"): "NOT NULL REFERENCES clusters (cluster)",
    ("members", "article"): "PRIMARY KEY REFERENCES articles (id)",
    ("pairs", "a"): "NOT NULL REFERENCES articles (id)",
    ("pairs", "b"): "NOT NULL REFERENCES articles (id)",
    ("origins", "article"): "PRIMARY KEY REFERENCES articles (id)",
    ("evidence", "cluster"): "REFERENCES clusters (cluster)",
    ("evidence", "about"): "REFERENCES articles (id)",
    ("evidence", "article"): "REFERENCES articles (id)",
    ("sites", "domain"): "PRIMARY KEY",
    ("flow", "domain"): "NOT NULL REFERENCES sites (domain)",
}
_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", bool: "INTEGER"}
#: Of whole tables: the key of pairs is both ids.
_TABLE_KEYS = {"pairs": "PRIMARY KEY (a, b)"}


def write_sqlite(path: Path, result: ScanOutcome) -> None:
    """Write a new database. Raises `OutputError`."""
    after = (files("dedup.reports") / "tables.sql").read_text(encoding="utf-8")
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            # What fails is thrown away whole, so nothing need survive a crash.
            base.executescript(
                f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = {TABLES_APPLICATION};"
            )
            base.execute("BEGIN")
            for table in tables(result):
                _fill(base, table)
            base.execute("COMMIT")
            base.executescript(after + "ANALYZE;")
            seal_database(base, path)
    except sqlite3.Error as error:
        raise OutputError(f"{path}: cannot be written ({error})") from error


def _fill(base: sqlite3.Connection, table: Table) -> None:
    columns = [f"{name} {_TYPES[kind]} {_KEYS.get((table.name, name), '')}".rstrip() for name, kind in table.columns]
    if table.name in _TABLE_KEYS:
        columns.append(_TABLE_KEYS[table.name])
    base.execute(f"CREATE TABLE {table.name} ({', '.join(columns)})")
    places = ", ".join("?" * len(table.columns))
    for rows in blocks(table.rows()):
        base.executemany(f"INSERT INTO {table.name} VALUES ({places})", rows)
