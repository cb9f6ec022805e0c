"""Read the tables of SQLite and DuckDB files, or what a query of the user selects. Files are never written.

Every table with a column for the text is read. If there are several, the file of their articles is `FILE/TABLE`, since
tables may hold the same ids. Views and the tables of full-text indexes repeat what other tables hold: they are read if
no other table has a text, or by a query.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote

from dedup.errors import UsageError
from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BatchBuilder
from dedup.inputs.fields import FieldNames, RejectedRecord, field_names, no_text_field, too_large
from dedup.inputs.readers.streams import MAX_RECORD
from dedup.inputs.source import Source
from dedup.model import Reject
from dedup.outputs.seal import TABLES_APPLICATION
from dedup.settings import Settings

#: The first bytes of SQLite files. DuckDB's are a checksum and these.
_SQLITE, _DUCKDB = b"SQLite format 3\0", b"DUCK"
#: Bytes of the header of a SQLite file.
HEADER = 100
#: Rows that DuckDB hands over at once.
_ROWS = 2048


def own_database(header: bytes) -> str:
    """Say why a database is not read, if dedup wrote it: "" for every other file. header: its first `HEADER` bytes."""
    # The marks of an index and of the tables of a scan differ in the last byte.
    application = int.from_bytes(header[68:72], "big")
    if not header.startswith(_SQLITE) or application >> 8 != TABLES_APPLICATION >> 8:
        return ""
    if application == TABLES_APPLICATION:
        return "this database holds results of an earlier scan, which are not read as articles"
    return "this is an index of dedup, which is not read as articles; to compare with it, give it as --against"


def has_text_field(names: FieldNames, columns: Sequence[str]) -> bool:
    """Return whether one of the columns is known to hold the text.

    A word in doubt counts beside another known column: "Inhalt; Titel; Datum" are articles, "Inhalt; Seite" are not.
    """
    targets = {place[0] for name in columns if (place := names.place(name))}
    word = "a text" if len(targets) > 1 else "text"
    try:
        names.text_bytes({name: word if names.is_word(name) else "text" for name in columns})
    except RejectedRecord:
        return False
    return True


def read_sqlite(source: Source, settings: Settings) -> Iterator[Batch]:
    """Read the tables of a SQLite file, or the rows of `Settings.query`, as they were when reading began."""
    with open(source.path, "rb") as file:
        header = file.read(HEADER)
    if header[8:12] == _DUCKDB:
        yield from read_duckdb(source, settings)
        return
    problem = own_database(header) or ("" if header.startswith(_SQLITE) else "it is no SQLite database")
    if problem:
        yield _unreadable(source, problem)
        return
    with closing(_connect(source.path, header)) as db:
        try:
            db.execute("BEGIN")
            names = field_names(settings.fields)
            tables = {} if settings.query else _sqlite_tables(db, names)
        except sqlite3.Error as error:
            yield _unreadable(source, str(error))
            return
        if settings.query:
            yield from _sqlite_rows(source.name, _query(db, settings.query), settings)
        for table, sql in tables.items():
            name = source.name if len(tables) == 1 else f"{source.name}/{table}"
            yield from _sqlite_rows(name, db.execute(sql), settings)
        if not tables and not settings.query:
            yield _without_text(source, _sqlite_columns(db))


def _connect(path: str, header: bytes) -> sqlite3.Connection:
    """Open a SQLite file for reading alone.

    A database in WAL mode that no process has open and that has no log is opened as a file that does not change: else
    SQLite would make its two helper files beside it, which may lie in a folder that cannot be written.
    """
    is_wal = header[18:20] == b"\x02\x02"
    in_use = any(os.path.exists(path + ending) for ending in ("-wal", "-shm"))
    mode = "mode=ro&immutable=1" if is_wal and not in_use else "mode=ro"
    db = sqlite3.connect(f"file:{quote(os.fsencode(path))}?{mode}", uri=True, check_same_thread=False)
    db.isolation_level = None
    db.text_factory = _text
    return db


def _text(value: bytes) -> str | bytes:
    """Decode a text; what is not UTF-8 stays bytes, by which its record is rejected."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _sqlite_tables(db: sqlite3.Connection, names: FieldNames) -> dict[str, str]:
    """Return the tables with a text, and the statements that select their rows in order."""
    kinds = {row[1]: row[2] for row in db.execute("PRAGMA table_list") if row[0] == "main"}
    entries = db.execute(
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    ).fetchall()
    statements: dict[str, dict[str, str]] = {"table": {}, "other": {}}
    for table, kind in entries:
        kind = kinds.get(table, kind)
        if kind == "shadow" or table.startswith("sqlite_"):
            continue
        with suppress(sqlite3.Error):  # a view of what is gone, a virtual table of a module that is not here
            rows = db.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0")
            if has_text_field(names, [column[0] for column in rows.description]):
                statements["table" if kind == "table" else "other"][table] = _select(db, table)
    return statements["table"] or statements["other"]


def _select(db: sqlite3.Connection, table: str) -> str:
    sql = f"SELECT * FROM {_quoted(table)}"
    try:
        db.execute(f"{sql} ORDER BY rowid LIMIT 0")
    except sqlite3.Error:  # it has no rowid, and is stored in the order of its key
        return sql
    return f"{sql} ORDER BY rowid"


def _sqlite_columns(db: sqlite3.Connection) -> Iterator[str]:
    with suppress(sqlite3.Error):
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
            for column in db.execute(f"PRAGMA table_info({_quoted(table)})"):
                yield f"{table}.{column[1]}"


def _query(db: sqlite3.Connection, query: str) -> sqlite3.Cursor:
    """Run the query of the user, which cannot attach another file. Raises `UsageError`."""
    db.set_authorizer(lambda action, *_: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK)
    try:
        rows = db.execute(query)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise _wrong_query(error) from None
    if rows.description is None:
        raise _wrong_query("it selects nothing")
    return rows


def _wrong_query(problem: object) -> UsageError:
    return UsageError(f"--query cannot be run: {str(problem).partition(chr(10))[0]}; give one SELECT")


def _sqlite_rows(name: str, rows: sqlite3.Cursor, settings: Settings) -> Iterator[Batch]:
    builder = BatchBuilder(name, settings)
    columns = [column[0] for column in rows.description]
    number = 0
    if not has_text_field(builder.names, columns):
        builder.reject(None, no_text_field(columns))
        yield from builder.flush()
        return
    try:
        for number, row in enumerate(rows, 1):
            size = sum(len(value) for value in row if isinstance(value, str | bytes))
            if size > MAX_RECORD:
                builder.reject(number, too_large(size, MAX_RECORD))
            else:
                builder.add(dict(zip(columns, row, strict=True)), number)
            if builder.full:
                yield from builder.flush()
    except sqlite3.Error as error:
        builder.reject(
            number + 1 if number else None, RejectedRecord("corrupt" if number else "unreadable", str(error))
        )
    yield from builder.flush()


def read_duckdb(source: Source, settings: Settings) -> Iterator[Batch]:
    """Read the tables of a DuckDB file, or the rows of `Settings.query`."""
    import duckdb

    try:
        # The file cannot name other files, addresses or extensions to load.
        db = duckdb.connect(source.path, read_only=True, config={"enable_external_access": "false"})
    except duckdb.Error as error:
        yield _unreadable(source, str(error).partition("\n")[0])
        return
    with closing(db):
        if settings.query:
            try:
                reader = _arrow_rows(db, settings.query)
            except duckdb.Error as error:
                raise _wrong_query(error) from None
            yield from _table_rows(source.name, reader, settings)
            return
        columns: dict[str, list[str]] = {}
        for schema, table, column in db.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE NOT internal AND table_oid IN (SELECT table_oid FROM duckdb_tables()) ORDER BY ALL"
        ).fetchall():
            columns.setdefault(table if schema == "main" else f"{schema}.{table}", []).append(column)
        names = field_names(settings.fields)
        tables = [table for table, its in columns.items() if has_text_field(names, its)]
        for table in tables:
            name = source.name if len(tables) == 1 else f"{source.name}/{table}"
            path = ".".join(map(_quoted, table.split(".", 1)))
            try:
                yield from _table_rows(name, _arrow_rows(db, f"SELECT * FROM {path}"), settings)
            except duckdb.Error as error:
                yield _unreadable(source, str(error).partition("\n")[0])
        if not tables:
            yield _without_text(source, (f"{table}.{column}" for table, its in columns.items() for column in its))


def _arrow_rows(db: Any, sql: str) -> Any:
    """Run a statement; give its rows as a stream of record batches."""
    rows = db.sql(sql)
    if rows is None:
        raise _wrong_query("it selects nothing")
    # Version 2 has no other name for it than the first of these, older ones none than the second.
    return (getattr(rows, "to_arrow_reader", None) or rows.fetch_arrow_reader)(_ROWS)


def _table_rows(name: str, reader: Any, settings: Settings) -> Iterator[Batch]:
    """Read a stream of record batches; an error on the way is one reject."""
    from dedup.inputs.readers.arrow import TableReader

    table = TableReader(name, settings)

    def batches() -> Iterator[Batch]:
        yield from table.open(reader.schema)
        for batch in reader if table.text else ():
            yield from table.batches(batch)

    return table.until_damage(batches())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _unreadable(source: Source, problem: str) -> Batch:
    return Batch.without_records(source.name, [Reject(source.name, None, "unreadable", problem)])


def _without_text(source: Source, columns: Iterator[str]) -> Batch:
    reason, detail = no_text_field(list(columns)).args
    return Batch.without_records(source.name, [Reject(source.name, None, reason, f"{detail}; or give a --query")])
