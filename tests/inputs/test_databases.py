"""SQLite and DuckDB files: their tables and queries, and that nothing is ever written to them."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from inputs.reading import read_all, reasons, rejects, rows

import dedup
from dedup.errors import UsageError
from dedup.inputs.paths import resolve
from dedup.inputs.readers.databases import HEADER, own_database

TEXT = "The harbour authority said the swing bridge will close for fourteen weeks."


def sqlite_file(path: Path, script: str, *rows: tuple[str, list[tuple[Any, ...]]]) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
        for sql, values in rows:
            db.executemany(sql, values)
        db.commit()
    return path


def folder_state(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.md5(file.read_bytes()).hexdigest() for file in folder.iterdir()}


ARTICLES = "CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT, body TEXT, published INTEGER)"


def test_a_table_with_a_text_is_read(tmp_path: Path) -> None:
    path = sqlite_file(
        tmp_path / "a.db",
        f"{ARTICLES}; CREATE TABLE outlets (id INTEGER, name TEXT); INSERT INTO outlets VALUES (1, 'x')",
        ("INSERT INTO articles VALUES (?, ?, ?, ?)", [(7, "A title", TEXT, 1772432100), (3, None, TEXT + "!", None)]),
    )  # fmt: skip
    before = folder_state(tmp_path)
    batches = read_all(path)
    assert [(r["id"], r["title"], r["text"], r["published"], r["line"]) for r in rows(batches)] == [
        ("3", None, TEXT + "!", None, 1), ("7", "A title", TEXT, "2026-03-02T06:15:00Z", 2),
    ]  # fmt: skip
    assert rejects(batches) == []
    assert {batch.file for batch in batches} == {str(path)}
    assert folder_state(tmp_path) == before


def test_tables_with_the_same_ids_are_told_apart(tmp_path: Path) -> None:
    path = sqlite_file(
        tmp_path / "a.sqlite3",
        "CREATE TABLE b (id TEXT, text TEXT); CREATE TABLE a (id TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;"
        "INSERT INTO a VALUES ('1', 'first'); INSERT INTO b VALUES ('1', 'second');"
        "CREATE VIEW c AS SELECT * FROM a; CREATE VIRTUAL TABLE d USING fts5(text); INSERT INTO d VALUES ('third')",
    )
    with dedup.scan([str(path)]) as result:
        assert result.summary["counts"]["articles"] == 2
        assert result.summary["counts"]["rejected"] == 0
    assert [batch.file for batch in read_all(path)] == [f"{path}/a", f"{path}/b"]


def test_views_and_indexes_are_read_where_no_table_has_a_text(tmp_path: Path) -> None:
    path = sqlite_file(
        tmp_path / "a.db", "CREATE VIRTUAL TABLE d USING fts5(text); INSERT INTO d VALUES ('in an index')"
    )
    assert [row["text"] for row in rows(read_all(path))] == ["in an index"]


BAD_ROWS = [(b"\xff\xfe bad", "invalid_utf8"), (None, "no_text"), ("", "empty_text"), (7, "wrong_type")]


def test_bad_rows_end_nothing(tmp_path: Path) -> None:
    path = sqlite_file(
        tmp_path / "a.db", "CREATE TABLE a (text)",
        ("INSERT INTO a VALUES (?)", [*((value,) for value, _ in BAD_ROWS), (TEXT.encode(),), (TEXT,)]),
    )  # fmt: skip
    with closing(sqlite3.connect(path)) as db:  # bytes that are no UTF-8 in a column of texts
        db.execute("INSERT INTO a VALUES (CAST(x'fffe41' AS TEXT))")
        db.commit()
    batches = read_all(path)
    assert [row["text"] for row in rows(batches)] == [TEXT, TEXT]
    assert reasons(batches) == [*((i, reason) for i, (_, reason) in enumerate(BAD_ROWS, 1)), (7, "invalid_utf8")]


def test_a_file_without_a_text_names_its_columns(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "a.db", "CREATE TABLE t (a, b); CREATE TABLE u (c)")
    (reject,) = rejects(read_all(path))
    assert (reject.line, reject.reason) == (None, "no_text_field")
    assert "t.a, t.b, u.c" in reject.detail


def test_a_log_that_is_not_written_back_is_read(tmp_path: Path) -> None:
    """WAL mode: rows may stand in the log alone, of a process that is at work or was killed."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.executescript(f"{ARTICLES}; INSERT INTO articles VALUES (1, 't', 'in the log', 0)")
        writer.commit()
        before = path.read_bytes()
        assert [row["text"] for row in rows(read_all(path))] == ["in the log"]
        assert path.read_bytes() == before
        killed = tmp_path / "killed"
        killed.mkdir()
        for name in ("a.db", "a.db-wal"):
            shutil.copy(tmp_path / name, killed / name)
    assert [row["text"] for row in rows(read_all(killed / "a.db"))] == ["in the log"]
    assert (killed / "a.db").read_bytes() == before


def test_no_files_are_made_beside_a_database_in_wal_mode(tmp_path: Path) -> None:
    path = sqlite_file(
        tmp_path / "a.db", f"PRAGMA journal_mode = WAL; {ARTICLES}; INSERT INTO articles VALUES (1, '', 'a', 0)"
    )
    before = folder_state(tmp_path)
    assert list(before) == ["a.db"]
    assert len(rows(read_all(path))) == 1
    assert folder_state(tmp_path) == before


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\0" * 200, b"x" * 5000])
def test_what_is_no_database_is_a_reject(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.db").write_bytes(content)
    assert [reason for _, reason in reasons(read_all(tmp_path / "a.db"))] in (["unreadable"], ["no_text_field"])


def test_a_damaged_page_keeps_the_rows_before(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "a.db", ARTICLES, (
        "INSERT INTO articles VALUES (?, '', ?, 0)", [(i, f"{i} {TEXT * 9}") for i in range(500)]))  # fmt: skip
    data = bytearray(path.read_bytes())
    data[-60_000:-20_000] = b"\xa5" * 40_000
    path.write_bytes(data)
    batches = read_all(path)
    assert 0 < len(rows(batches)) < 500
    assert [reason for _, reason in reasons(batches)][-1:] == ["corrupt"]


QUERY = "SELECT a.id, o.name AS domain, a.body AS text FROM articles a JOIN outlets o USING (id) ORDER BY a.id DESC"


@pytest.mark.parametrize("kind", ["db", "duckdb"])
def test_a_query_joins_tables(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    with closing(sqlite3.connect(path) if kind == "db" else duckdb.connect(str(path))) as db:
        for sql in (
            "CREATE TABLE articles (id INTEGER, body TEXT)",
            "CREATE TABLE outlets (id INTEGER, name TEXT)",
            "INSERT INTO articles VALUES (1, 'a b'), (2, 'c d')",
            "INSERT INTO outlets VALUES (1, 'x'), (2, 'y')",
        ):
            db.execute(sql)
        db.commit()
    before = folder_state(tmp_path)
    found = rows(read_all(path, query=QUERY))
    assert [(r["id"], r["domain"], r["text"], r["line"]) for r in found] == [("2", "y", "c d", 1), ("1", "x", "a b", 2)]
    assert [reason for _, reason in reasons(read_all(path, query="SELECT id AS number FROM articles"))] == [
        "no_text_field"
    ]
    outside = tmp_path / "outside"
    wrong = ("SELEC 1", "SELECT text FROM missing", "DELETE FROM articles", f"ATTACH '{outside}' AS o",
             f"VACUUM INTO '{outside}'", f"COPY articles TO '{outside}'")  # fmt: skip
    for query in wrong:
        with pytest.raises(UsageError, match="--query cannot be run"):
            read_all(path, query=query)
    assert folder_state(tmp_path) == before


def test_a_query_without_a_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n')
    with pytest.raises(UsageError, match="none is among the inputs"):
        read_all(tmp_path / "a.jsonl", query="SELECT 1")


def test_duckdb_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with closing(duckdb.connect(str(path))) as db:
        db.execute("CREATE TABLE a (id INTEGER, body VARCHAR, published TIMESTAMP)")
        db.execute("INSERT INTO a SELECT i, 'text ' || i, TIMESTAMP '2026-03-02 06:15:00' FROM range(5000) r(i)")
        db.execute("CREATE SCHEMA s; CREATE TABLE s.b (id INTEGER, body VARCHAR); INSERT INTO s.b VALUES (1, 'other')")
        db.execute("CREATE TABLE c (x INTEGER)")
    before = folder_state(tmp_path)
    batches = read_all(path)
    found = rows(batches)
    assert [(r["id"], r["text"], r["line"]) for r in found if r["published"]] == [
        (str(i), f"text {i}", i + 1) for i in range(5000)
    ]
    assert found[0]["published"] == "2026-03-02T06:15:00"
    assert list(dict.fromkeys(batch.file for batch in batches)) == [f"{path}/a", f"{path}/s.b"]
    assert folder_state(tmp_path) == before
    path.rename(tmp_path / "a.db")  # DuckDB's own documents use this ending too
    assert len(rows(read_all(tmp_path / "a.db"))) == 5001


def test_damaged_duckdb_files_are_rejects(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_bytes(b"\0" * 8 + b"DUCK" + b"\0" * 9000)
    assert reasons(read_all(tmp_path / "a.duckdb")) == [(None, "unreadable")]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with articles, an index of them, and the tables of a scan."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "a.jsonl").write_text(f'{{"id": "1", "text": "{TEXT}"}}\n')
    with dedup.Index(folder / "index.db") as index:
        index.add({"id": "1", "text": TEXT})
    with dedup.scan([str(folder / "a.jsonl")]) as result:
        result.write(folder / "out", sqlite=folder / "tables.db")
    return folder


@pytest.mark.parametrize(
    ("name", "words"), [("index.db", "an index of dedup"), ("tables.db", "results of an earlier scan")]
)
def test_own_databases_are_refused(own: Path, name: str, words: str) -> None:
    assert words in own_database((own / name).read_bytes()[:HEADER])
    with pytest.raises(UsageError, match=words):
        resolve([own / name])


def test_own_databases_in_a_folder_are_not_read(own: Path) -> None:
    batches = read_all(own)
    assert len(rows(batches)) == 1
    assert sorted(Path(reject.file).name for reject in rejects(batches)) == ["index.db", "out", "tables.db"]
