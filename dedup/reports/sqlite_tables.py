"""Write one SQLite file with all tables of a scan, their keys and indexes, and views for common questions."""

from __future__ import annotations

import sqlite3
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

_AFTER = """
CREATE INDEX articles_domain ON articles (domain);
CREATE INDEX articles_cluster ON articles (cluster);
CREATE INDEX articles_published ON articles (published);
CREATE INDEX clusters_origin ON clusters (origin);
CREATE INDEX clusters_canonical ON clusters (canonical);
CREATE INDEX members_cluster ON members (cluster, position);
CREATE INDEX pairs_b ON pairs (b);
CREATE INDEX origins_origin ON origins (origin);
CREATE INDEX evidence_cluster ON evidence (cluster);
CREATE INDEX evidence_about ON evidence (about);
CREATE INDEX evidence_article ON evidence (article);
CREATE INDEX flow_domain ON flow (domain);

CREATE VIEW stories AS
SELECT c.cluster, c.size, a.title, c.origin, c.origin_kind, c.probability, a.domain AS canonical_domain,
  a.published AS canonical_published, c.spread_seconds, c.canonical, a.url AS canonical_url
FROM clusters c JOIN articles a ON a.id = c.canonical ORDER BY c.cluster;

CREATE VIEW copies AS
SELECT m.cluster, m.position, m.role, m.relation, m.direction, m.containment, m.lag_seconds, a.domain, a.title,
  a.published, c.origin, m.article, a.url
FROM members m JOIN articles a ON a.id = m.article JOIN clusters c ON c.cluster = m.cluster
ORDER BY m.cluster, m.position;

CREATE VIEW linked AS
SELECT p.relation, p.longest_run, p.a, x.title AS a_title, x.cluster AS a_cluster, p.b, y.title AS b_title,
  y.cluster AS b_cluster
FROM pairs p JOIN articles x ON x.id = p.a JOIN articles y ON y.id = p.b
WHERE x.cluster IS NULL OR y.cluster IS NULL OR x.cluster <> y.cluster;

CREATE VIEW deduplicated AS
SELECT * FROM articles WHERE cluster IS NULL OR id IN (SELECT canonical FROM clusters);

CREATE VIEW who_republishes_whom AS
SELECT f.origin, f.origin_kind, f.domain, f.articles, f.median_lag_seconds, s.articles AS of_articles,
  round(1.0 * s.not_its_own / s.articles, 4) AS share_not_its_own
FROM flow f JOIN sites s ON s.domain = f.domain ORDER BY f.articles DESC, f.origin, f.domain;
"""


def write_sqlite(path: Path, result: ScanOutcome) -> None:
    """Write a new database. Raises `OutputError`."""
    try:
        base = sqlite3.connect(path, isolation_level=None)
        try:
            # What fails is thrown away whole, so nothing need survive a crash.
            base.executescript(
                f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = {TABLES_APPLICATION};"
            )
            base.execute("BEGIN")
            for table in tables(result):
                _fill(base, table)
            base.execute("COMMIT")
            base.executescript(_AFTER + "ANALYZE;")
            seal_database(base, path)
        finally:
            base.close()
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
