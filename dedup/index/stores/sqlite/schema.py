"""The tables of an index file. docs/index.md describes them for users; `migrations` brings older files to this version.

Several tables and columns have older names than the code: `mark` (body flags), `posting_crowd` (over-full keys), `age`
(timestamp), `said` (evidence), `solved` (component versions). A new version of the tables could rename them.
"""

from __future__ import annotations

import sqlite3
from importlib.resources import files

import numpy as np

from dedup.comparison.relate import RELATIONS
from dedup.index.stores.base import KINDS
from dedup.index.stores.checksums import Table, data_checksum, encode_row
from dedup.index.stores.sqlite.lsm_postings import State
from dedup.index.stores.sqlite.posting_pages import TOP, encode_page
from dedup.index.stores.sqlite.rows import Counter
from dedup.model import Relation

#: Written into the file's header: "dedu" (`PRAGMA application_id`), and the version of the tables.
APPLICATION = 0x64656475
VERSION = 4

#: Tables, indexes and views, with a place for the rows of `relation` and for the highest code of a copy.
_TABLES = (files("dedup.index.stores.sqlite") / "schema.sql").read_text(encoding="utf-8")


def _insert_page(table: Table, key: int, high: int) -> str:
    """The statement that inserts the first page of a table, without values."""
    page = encode_page(table, np.zeros(0, np.uint64), 0, high)
    return f"INSERT INTO {table.sql} VALUES ({key}, X'{page.hex()}');\n"


def _insert_row(table: Table, row: tuple[object, ...]) -> str:
    """The statement that inserts the only row of a table."""
    return f"INSERT INTO {table.sql} VALUES ({', '.join(map(repr, encode_row(table, row)))});\n"


#: The statements that create the tables, each with ";" at the end of a line.
TABLES = (
    _TABLES.format(
        relations=", ".join(f"({i}, '{relation or 'none'}')" for i, relation in enumerate(RELATIONS)),
        copies=Relation.NEAR_COPY.code,  # of the relations whose role is "copy", the one with the highest code
    )
    + _insert_row(Table.COUNTER, Counter().to_row())
    + _insert_row(Table.POSTING_STATE, State().to_row())
    + f"INSERT INTO mark_state VALUES (1, x'', {data_checksum(Table.MARK_STATE, 1, b'')});\n"
    + _insert_page(Table.POSTING, 0, len(KINDS) << 32)
    + _insert_page(Table.POSTING_CROWD, -(1 << 63), TOP)
    + _insert_page(Table.POSTING_CROWDED, -(1 << 63), TOP)
)


def statements() -> list[str]:
    """The statements of `TABLES`, one by one."""
    return [statement.strip() for statement in TABLES.split(";\n") if statement.strip()]


def read_version(db: sqlite3.Connection) -> int:
    """Read the version of the tables of a file."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def find_difference(db: sqlite3.Connection) -> str | None:
    """Name a table or an index that differs from its statement; None if there is none. Others may be in the file."""
    stored_sql = dict(db.execute("SELECT name, type || ' ' || tbl_name || ' ' || sql FROM sqlite_schema"))
    for statement in statements():
        kind, _, rest = statement.removeprefix("CREATE ").partition(" ")
        if statement.startswith("CREATE ") and kind in ("TABLE", "INDEX"):
            name, table = rest.split()[0], rest.split()[0 if kind == "TABLE" else 2]
            if stored_sql.get(name) != f"{kind.lower()} {table} {statement}":
                return f"{kind.lower()} {name}"
    return None
