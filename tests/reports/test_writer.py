"""CSV, Parquet, SQLite and GraphML: whole, related, harmless, and written all or none with the rest."""

from __future__ import annotations

import csv
import io
import sqlite3
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.errors import OutputError, UsageError
from dedup.reports import writer as writer
from dedup.reports.csv_parquet import FORMULA, cell
from dedup.reports.graphml import clean
from dedup.reports.table_rows import COLUMNS

SAMPLE = str(files("dedup") / "sample" / "articles.jsonl")
GRAPH = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture(scope="module")
def scanned() -> Any:
    with dedup.scan(SAMPLE) as result:
        yield result


@pytest.fixture(scope="module")
def out(scanned: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables") / "out"
    scanned.write(folder, csv=True, parquet=True, sqlite=folder / "out.db", graphml=True)
    return folder


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_csv_says_what_the_json_lines_say(out: Path) -> None:
    clusters, pairs, origins = (lines(out / f"{name}.jsonl") for name in ("clusters", "pairs", "origins"))
    assert [(r["cluster"], int(r["size"]), r["canonical"]) for r in read_csv(out / "clusters.csv")] == [
        (one["cluster"], one["size"], one["canonical"]["id"]) for one in clusters
    ]
    members = [(one["cluster"], m["id"], m["relation"], m["lag_seconds"]) for one in clusters for m in one["members"]]
    assert [
        (r["cluster"], r["article"], r["relation"], int(r["lag_seconds"]) if r["lag_seconds"] else None)
        for r in read_csv(out / "members.csv")
    ] == members
    assert [(r["a"], r["b"], float(r["a_in_b"])) for r in read_csv(out / "pairs.csv")] == [
        (p["a"], p["b"], p["a_in_b"]) for p in pairs
    ]
    told = [(o["id"], o["origin"]["name"] or "", o["origin"]["kind"]) for o in origins]
    assert [(r["article"], r["origin"], r["origin_kind"]) for r in read_csv(out / "origins.csv")] == told
    assert [(r["id"], r["cluster"]) for r in read_csv(out / "articles.csv")] == [
        (o["id"], o["cluster"] or "") for o in origins
    ]
    alone = sum(len(o["evidence"]) for o in origins if o["cluster"] is None)
    assert len(read_csv(out / "evidence.csv")) == alone + sum(len(one["evidence"]) for one in clusters)


def test_parquet_and_sqlite_hold_the_same_rows(out: Path) -> None:
    base = sqlite3.connect(out / "out.db")
    for name, columns in COLUMNS.items():
        table = pq.read_table(out / f"{name}.parquet")
        assert table.column_names == [column for column, _ in columns]
        rows = [tuple(row.values()) for row in table.to_pylist()]
        assert rows
        assert base.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() == rows
        assert len(read_csv(out / f"{name}.csv")) == len(rows)
    base.close()


def test_sqlite_is_related_indexed_and_has_views(out: Path) -> None:
    base = sqlite3.connect(out / "out.db")
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    keys = {name: {row[2] for row in base.execute(f"PRAGMA foreign_key_list({name})")} for name in COLUMNS}
    assert keys["members"] == {"clusters", "articles"}
    assert keys["pairs"] == keys["origins"] == {"articles"}
    assert keys["evidence"] == {"clusters", "articles"}
    plan = base.execute("EXPLAIN QUERY PLAN SELECT * FROM copies WHERE cluster = 'c000001'").fetchall()
    assert any("members_cluster" in row[3] for row in plan)
    first = base.execute("SELECT cluster, size, title, origin FROM stories LIMIT 1").fetchone()
    assert first[:2] == ("c000001", 6)
    assert first[3] == "Associated Press"
    kept = base.execute("SELECT count(*) FROM deduplicated").fetchone()[0]
    assert kept == 39
    flow = base.execute("SELECT origin, sum(articles) FROM who_republishes_whom GROUP BY 1 ORDER BY 2 DESC").fetchall()
    assert flow[0] == ("Associated Press", 11)
    assert base.execute("SELECT count(*) FROM linked WHERE a_cluster = b_cluster").fetchone() == (0,)
    base.close()


def test_graphml_is_the_flow(out: Path, scanned: Any) -> None:
    root = ET.parse(out / "flow.graphml").getroot()
    nodes = {node.get("id"): {d.get("key"): d.text for d in node} for node in root.iter(f"{GRAPH}node")}
    edges = [(e.get("source"), e.get("target"), {d.get("key"): d.text for d in e}) for e in root.iter(f"{GRAPH}edge")]
    told = {(nodes[s]["label"], nodes[t]["label"], int(data["weight"] or 0)) for s, t, data in edges if s and t}
    rows = {(r["origin"] or "unknown writer", r["domain"], int(r["articles"])) for r in read_csv(out / "flow.csv")}
    assert told == rows
    assert ("Associated Press", "millbrookledger.com", 2) in told


def test_the_same_scan_gives_the_same_bytes(out: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    with dedup.scan(SAMPLE, threads=1) as result:
        result.write(again, csv=True, parquet=True, sqlite=again / "out.db", graphml=True)
    for name in sorted(path.name for path in out.iterdir()):
        if name != "summary.json":
            assert (again / name).read_bytes() == (out / name).read_bytes(), name


# -- hostile text --------------------------------------------------------------------------------------------------


@given(st.text() | st.sampled_from(FORMULA).flatmap(lambda start: st.text().map(lambda rest: start + rest)))
def test_no_cell_is_a_formula_and_none_ends_early(text: str) -> None:
    written = cell(text)
    assert written.startswith('"')
    (row,) = csv.reader(io.StringIO(f"{written},x", newline=""), strict=True)
    assert row[1] == "x"
    value = row[0]
    assert not value.startswith(FORMULA)
    plain = text.replace("\0", "\N{SYMBOL FOR NULL}")
    assert value == (f"'{plain}" if text.startswith(FORMULA) else plain)


def test_numbers_and_nothing_as_cells() -> None:
    values = (None, True, False, 3, 0.25, -1.5, "")
    assert [cell(value) for value in values] == ["", "true", "false", "3", "0.25", '"-1.5"', '""']


@given(st.text())
def test_any_text_is_xml(text: str) -> None:
    root = ET.fromstring(f"<a>{clean(text)}</a>".encode())
    held = (root.text or "").replace("\n", "")
    assert set(held) <= set(text)


def test_hostile_articles_in_every_file(tmp_path: Path) -> None:
    evil = "=HYPERLINK(\"https://evil.example\")\x00\x01\ufffe]]><x a='b'>\u202e'; DROP TABLE articles; --\n"
    story = " ".join(f"word{i} and" for i in range(80))
    rows = [{"id": f"{evil}{i}", "text": story, "title": evil, "domain": f"{evil}{i}.example"} for i in range(3)]
    with dedup.scan(rows) as result:
        result.write(tmp_path / "out", csv=True, parquet=True, sqlite=tmp_path / "x.db", graphml=True)
    titles = [row["title"] for row in read_csv(tmp_path / "out" / "articles.csv")]
    assert all(title.startswith("'=HYPERLINK") for title in titles)
    base = sqlite3.connect(tmp_path / "x.db")
    assert [row[0] for row in base.execute("SELECT title FROM articles")] == [evil] * 3
    base.close()
    labels = [d.text or "" for d in ET.parse(tmp_path / "out" / "flow.graphml").getroot().iter(f"{GRAPH}data")]
    assert any("drop table" in label.lower() for label in labels)
    assert pq.read_table(tmp_path / "out" / "articles.parquet").column("title").to_pylist() == [evil] * 3


# -- all or none ---------------------------------------------------------------------------------------------------


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("at", ["dedup.reports.graphml.flow_of", "dedup.outputs.commit.Staging.commit"])
def test_what_fails_leaves_everything_as_it_was(
    scanned: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool, at: str
) -> None:
    base = tmp_path / "out" / "x.db" if inside else tmp_path / "x.db"
    with dedup.scan([{"text": "one text " * 20}, {"text": "one text " * 20}]) as small:
        small.write(tmp_path / "out", sqlite=base, csv=True, graphml=True)
    before = snapshot(tmp_path)

    def broken(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(at, broken)
    with pytest.raises(OutputError, match="No space left"):
        scanned.write(tmp_path / "out", sqlite=base, csv=True, graphml=True)
    assert snapshot(tmp_path) == before
    monkeypatch.undo()
    scanned.write(tmp_path / "out", sqlite=base)
    assert snapshot(tmp_path) != before
    assert not (tmp_path / "out" / "members.csv").exists(), "tables of an older scan do not stay beside a newer one"


def test_what_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("my notes, and no database")
    (tmp_path / "dir").mkdir()
    for path, says in (
        (tmp_path / "notes.db", "no SQLite file"),
        (tmp_path / "dir", "is a folder"),
        (tmp_path / "none" / "x.db", "no such folder"),
        (tmp_path / "out" / "clusters.jsonl", "another file of a scan"),
    ):
        with pytest.raises(OutputError, match=says):
            writer.check(tmp_path / "out", writer.Choice(sqlite=path))
    writer.check(tmp_path / "out", writer.Choice(sqlite=tmp_path / "out" / "new.db"))
    with pytest.raises(UsageError, match="html_articles"):
        writer.Choice(html_articles="some")


def test_a_folder_of_ones_own_files_keeps_them(scanned: Any, tmp_path: Path) -> None:
    scanned.write(tmp_path / "out")
    (tmp_path / "out" / "mine.csv").write_text("kept")
    scanned.write(tmp_path / "out", csv=True, html=False)
    assert (tmp_path / "out" / "mine.csv").read_text() == "kept"
    assert not (tmp_path / "out" / "report.html").exists()
