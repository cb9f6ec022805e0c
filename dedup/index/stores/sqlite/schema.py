"""The tables of an index file. docs/index.md describes them for users; `migrations` brings older files to this version.

Several tables and columns have older names than the code: `mark` (body flags), `posting_crowd` (over-full keys), `age`
(timestamp), `said` (evidence), `solved` (component versions). A new version of the tables could rename them.
"""

from __future__ import annotations

import sqlite3

import numpy as np

from dedup.comparison.relate import RELATIONS
from dedup.index.stores.base import KINDS
from dedup.index.stores.checksums import Table, data_checksum
from dedup.index.stores.sqlite.posting_pages import TOP, encode_page
from dedup.index.stores.sqlite.posting_state import State
from dedup.index.stores.sqlite.rows import Counter
from dedup.model import Relation

#: Written into the file's header: "dedu" (`PRAGMA application_id`), and the version of the tables.
APPLICATION = 0x64656475
VERSION = 4

_TABLES = """
CREATE TABLE about (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  sum INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE counter (
  number INTEGER PRIMARY KEY,
  articles INTEGER NOT NULL,
  bodies INTEGER NOT NULL,
  pairs INTEGER NOT NULL,
  clusters INTEGER NOT NULL,
  clustered INTEGER NOT NULL,
  text_bytes INTEGER NOT NULL,
  last_article INTEGER NOT NULL,
  last_body INTEGER NOT NULL,
  last_cluster INTEGER NOT NULL,
  last_solved INTEGER NOT NULL,
  sum INTEGER NOT NULL
);

CREATE TABLE dictionary (number INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL);

CREATE TABLE article (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  body INTEGER,
  url TEXT,
  domain TEXT,
  title TEXT,
  published TEXT,
  authors TEXT,
  meta TEXT,
  age REAL NOT NULL,
  said TEXT,
  sum INTEGER NOT NULL
);
CREATE INDEX article_body ON article (body) WHERE body IS NOT NULL;
CREATE INDEX article_body_2 ON article (body) WHERE body IS NOT NULL;
CREATE INDEX article_age ON article (age);
CREATE TABLE name (hash INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (hash, article)) WITHOUT ROWID;

CREATE TABLE text (article INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL);

CREATE TABLE body (
  number INTEGER PRIMARY KEY,
  high INTEGER NOT NULL,
  low INTEGER NOT NULL,
  words INTEGER NOT NULL,
  size INTEGER NOT NULL,
  component INTEGER,
  core INTEGER,
  sum INTEGER NOT NULL
);
CREATE TABLE sketch (body INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX body_fingerprint ON body (high);
CREATE INDEX body_component ON body (component) WHERE component IS NOT NULL;
CREATE INDEX body_component_2 ON body (component) WHERE component IS NOT NULL;

CREATE TABLE posting (low INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE posting_new (number INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE posting_crowd (low INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE posting_crowded (low INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE posting_filter (low INTEGER PRIMARY KEY, high INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE posting_state (
  number INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  debt INTEGER NOT NULL,
  postings INTEGER NOT NULL,
  last INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  fresh TEXT NOT NULL,
  gone TEXT NOT NULL,
  sum INTEGER NOT NULL
);

CREATE TABLE mark (page INTEGER PRIMARY KEY, leads BLOB NOT NULL, short BLOB NOT NULL, sum INTEGER NOT NULL);
CREATE TABLE mark_state (number INTEGER PRIMARY KEY, versions BLOB NOT NULL, sum INTEGER NOT NULL);

CREATE TABLE pair (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  relation INTEGER NOT NULL,
  features BLOB NOT NULL,
  PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX pair_b ON pair (b);
CREATE TABLE pair_end (article INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (article, other)) WITHOUT ROWID;

CREATE TABLE cluster (
  number INTEGER PRIMARY KEY,
  canonical INTEGER NOT NULL,
  size INTEGER NOT NULL,
  probability REAL NOT NULL,
  origin TEXT NOT NULL,
  sum INTEGER NOT NULL
);
CREATE TABLE member (
  article INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL,
  place INTEGER NOT NULL,
  relation INTEGER NOT NULL,
  direction INTEGER NOT NULL,
  resemblance INTEGER NOT NULL,
  containment INTEGER NOT NULL,
  lag INTEGER,
  sum INTEGER NOT NULL
);
CREATE INDEX member_cluster ON member (cluster);
CREATE INDEX member_article_2 ON member (article, cluster);

-- Components of many articles, by their smallest body; a change of one gives it a new number.
CREATE TABLE solved (component INTEGER PRIMARY KEY, number INTEGER NOT NULL, sum INTEGER NOT NULL);

CREATE TABLE relation (code INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO relation VALUES {relations};

CREATE VIEW articles AS
  SELECT a.id, a.url, a.domain, a.title, a.published, a.authors, 'c' || m.cluster AS cluster,
    b.words, datetime(a.age, 'unixepoch') AS published_or_stored
  FROM article a LEFT JOIN member m ON m.article = a.number LEFT JOIN body b ON b.number = a.body;

CREATE VIEW clusters AS
  SELECT 'c' || c.number AS cluster, c.size, k.id AS canonical, k.domain AS canonical_domain, k.title,
    json_extract(c.origin, '$.name') AS origin, json_extract(c.origin, '$.kind') AS origin_kind,
    json_extract(c.origin, '$.probability') AS origin_probability, c.probability AS canonical_probability
  FROM cluster c JOIN article k ON k.number = c.canonical;

CREATE VIEW members AS
  SELECT 'c' || m.cluster AS cluster, a.id, a.url, a.domain, a.title, a.published,
    CASE WHEN m.place = 0 THEN 'canonical' WHEN m.relation <= {copies} THEN 'copy' ELSE r.name END AS role,
    r.name AS relation,
    CASE m.direction WHEN 1 THEN 'member_in_canonical' WHEN -1 THEN 'canonical_in_member' END AS direction,
    m.resemblance / 10000.0 AS resemblance, m.containment / 10000.0 AS containment, m.lag AS lag_seconds
  FROM member m JOIN article a ON a.number = m.article LEFT JOIN relation r ON r.code = m.relation;

CREATE VIEW pairs AS
  SELECT x.id AS a, y.id AS b, r.name AS relation
  FROM pair p JOIN article x ON x.number = p.a JOIN article y ON y.number = p.b
  JOIN relation r ON r.code = p.relation WHERE p.relation > 0;
"""


def _insert_page(table: Table, key: int, high: int) -> str:
    """The statement that inserts the first page of a table, without values."""
    page = encode_page(table, np.zeros(0, np.uint64), 0, high)
    return f"INSERT INTO {table.sql} VALUES ({key}, X'{page.hex()}');\n"


def _insert_row(name: str, values: tuple[object, ...]) -> str:
    """The statement that inserts the only row of a table."""
    return f"INSERT INTO {name} VALUES ({', '.join(map(repr, values))});\n"


#: The statements that create the tables, each with ";" at the end of a line.
TABLES = (
    _TABLES.format(
        relations=", ".join(f"({i}, '{relation or 'none'}')" for i, relation in enumerate(RELATIONS)),
        copies=Relation.NEAR_COPY.code,  # of the relations whose role is "copy", the one with the highest code
    )
    + _insert_row("counter", Counter().to_row())
    + _insert_row("posting_state", State().to_row())
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
