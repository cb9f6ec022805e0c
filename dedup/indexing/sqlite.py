"""An index in one SQLite file. What SQL does here is fetch and store rows; see `Store` for what they are."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.indexing.connections import Connections, is_new, prepare
from dedup.indexing.marks import LEADS, SHORT, Marks, flags, numbers_of
from dedup.indexing.postings import Postings, Sizes
from dedup.indexing.store import CROWD, EDGE, ArticleRow, BodyRow, ClusterRow, Found, MemberRow, PairColumns, PairRow

#: How postings are kept. Tests make all of it small.
SIZES = Sizes(ends=EDGE)


#: An article, and what `_toward` says of it.
_Toward = tuple[int, str, str | bytes]


class SqliteStore:
    """See `Store`. `create`: what is said of the index where there is none yet; None: there must be one."""

    def __init__(
        self, path: str, *, create: Mapping[str, str] | None = None, sync: str = "normal", readonly: bool = False
    ) -> None:
        if is_new(path) and create is None:
            raise FileNotFoundError(path)
        self._connections = Connections(path, sync=sync, readonly=readonly)
        self._postings = Postings(CROWD, SIZES)
        self._marks = Marks()
        self._mode = threading.local()
        try:
            prepare(self._connections, create=create)
        except BaseException:
            self._connections.close()
            raise

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[None]:
        with self._connections.told():
            connection = self._connections.get()
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            self._mode.connection = connection
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                # Before others may write: what they write is numbered like what is broken off here.
                self._postings.forget()
                self._marks.forget()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self._connections.close()

    @property
    def _db(self) -> sqlite3.Connection:
        """The connection of this thread's transaction."""
        found: sqlite3.Connection = self._mode.connection
        return found

    def _all(self, sql: str, *parameters: Any) -> list[Any]:
        return self._db.execute(sql, parameters).fetchall()

    def _of(self, sql: str, values: Iterable[Any]) -> list[Any]:
        """The rows for these values; `?` in the statement stands for `= value` or `IN (values)`."""
        found = self._among(sql, values)
        return [] if found is None else found.fetchall()

    def _among(self, sql: str, values: Iterable[Any]) -> sqlite3.Cursor | None:
        wanted = sorted(set(values))
        if len(wanted) < 2:
            # In queries most are asked for one, and by an array of one it takes three times as long.
            return self._db.execute(sql.replace("?", "= ?1"), wanted) if wanted else None
        # A whole list is one parameter, however long it is.
        return self._db.execute(sql.replace("?", "IN (SELECT value FROM json_each(?1))"), (orjson.dumps(wanted),))

    def about(self) -> dict[str, str]:
        return dict(self._all("SELECT name, value FROM about"))

    def set_about(self, values: Mapping[str, str]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", values.items())

    def dictionaries(self) -> list[bytes]:
        return [data for (data,) in self._all("SELECT data FROM dictionary ORDER BY number")]

    def add_dictionary(self, data: bytes) -> None:
        self._db.execute("INSERT INTO dictionary (data) VALUES (?)", (data,))

    def counts(self) -> dict[str, int]:
        tables = {"articles": "article", "bodies": "body", "pairs": "pair"}
        tables |= {"clusters": "cluster", "clustered": "member"}
        found = {name: self._all(f"SELECT count(*) FROM {table}")[0][0] for name, table in tables.items()}
        found["postings"] = self._postings.count(self._db)
        return found | {"text_bytes": self._all("SELECT coalesce(sum(length(data)), 0) FROM text")[0][0]}

    def follow(self, other: SqliteStore) -> None:
        """Give, in this new store, numbers above all that another one ever gave: it is to take the place of that, and
        who has that open remembers things by number."""
        with other.transaction(write=False), self.transaction(write=True):
            given = {table: other._next(table) - 1 for table in ("article", "body", "cluster", "solved")}
            self._db.executemany("INSERT INTO sqlite_sequence VALUES (?, ?)", given.items())
            self._postings.follow(self._db, other._postings, other._db)
            self._marks.follow(self._db, other._marks, other._db)

    def _next(self, table: str) -> int:
        found = self._all("SELECT seq FROM sqlite_sequence WHERE name = ?", table)
        return int(found[0][0]) + 1 if found else 1

    # -- articles ---------------------------------------------------------------------------------------------------

    def next_article(self) -> int:
        return self._next("article")

    def known(self, ids: Sequence[str]) -> dict[str, int]:
        return dict(self._of("SELECT id, number FROM article WHERE id ?", ids))

    def add_articles(self, rows: Sequence[ArticleRow], texts: Sequence[bytes]) -> None:
        self._db.executemany("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT INTO text VALUES (?, ?)", zip((row.number for row in rows), texts, strict=True))

    def articles(self, numbers: Iterable[int]) -> list[ArticleRow]:
        found = self._of("SELECT * FROM article WHERE number ? ORDER BY number", numbers)
        return list(map(ArticleRow._make, found))

    def articles_of(self, bodies: Iterable[int]) -> list[ArticleRow]:
        found = self._of("SELECT * FROM article WHERE body ? ORDER BY number", bodies)
        return list(map(ArticleRow._make, found))

    def texts(self, numbers: Iterable[int]) -> dict[int, bytes]:
        return dict(self._of("SELECT article, data FROM text WHERE article ?", numbers))

    def numbers(self, after: int, limit: int) -> list[int]:
        found = self._all("SELECT number FROM article WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        return [number for (number,) in found]

    def aged(self, before: float, limit: int) -> list[int]:
        found = self._all("SELECT number FROM article WHERE age < ? ORDER BY age, number LIMIT ?", before, limit)
        return [number for (number,) in found]

    def delete_articles(self, numbers: Sequence[int]) -> None:
        self._delete("article", "number", numbers)
        self._delete("text", "article", numbers)

    def _delete(self, table: str, column: str, numbers: Iterable[int]) -> None:
        self._among(f"DELETE FROM {table} WHERE {column} ?", numbers)

    # -- bodies and their postings ----------------------------------------------------------------------------------

    def next_body(self) -> int:
        return self._next("body")

    def bodies_like(self, fingerprints: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
        found = self._of("SELECT high, low, number FROM body WHERE high ?", (h for h, _ in fingerprints))
        wanted = set(fingerprints)
        return {(high, low): number for high, low, number in found if (high, low) in wanted}

    def add_bodies(self, rows: Sequence[BodyRow], sketches: Sequence[bytes]) -> None:
        self._db.executemany("INSERT INTO body VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        numbers = (row.number for row in rows)
        self._db.executemany("INSERT INTO sketch VALUES (?, ?)", zip(numbers, sketches, strict=True))
        leads, short = flags(row.core is None for row in rows), flags(row.short for row in rows)
        self._marks.add(self._db, numbers_of(row.number for row in rows), leads, short)

    def bodies(self, numbers: Iterable[int]) -> list[BodyRow]:
        found = self._of("SELECT * FROM body WHERE number ? ORDER BY number", numbers)
        return list(map(BodyRow._make, found))

    def leading(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._marks.of(self._db, LEADS, bodies)

    def short(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._marks.of(self._db, SHORT, bodies)

    def within(self, components: Iterable[int]) -> list[int]:
        found = self._of("SELECT number FROM body WHERE component ? ORDER BY number", components)
        return [number for (number,) in found]

    def place_bodies(self, rows: Sequence[tuple[int | None, int | None, int]]) -> None:
        self._db.executemany("UPDATE body SET component = ?, core = ? WHERE number = ?", rows)
        self._marks.place(self._db, numbers_of(row[2] for row in rows), flags(row[1] is None for row in rows))

    def sketches(self, bodies: Iterable[int]) -> dict[int, bytes]:
        return dict(self._of("SELECT body, data FROM sketch WHERE body ?", bodies))

    def set_sketch(self, body: int, sketch: bytes) -> None:
        self._db.execute("UPDATE sketch SET data = ? WHERE body = ?", (sketch, body))

    def delete_bodies(self, numbers: Sequence[int]) -> None:
        self._delete("body", "number", numbers)
        self._delete("sketch", "body", numbers)
        self._marks.drop(self._db, numbers_of(numbers))

    def add_postings(self, posting: NDArray[np.uint64]) -> None:
        self._postings.add(self._db, posting)

    def postings(self, keys: NDArray[np.uint64]) -> Found:
        return Found(*self._postings.find(self._db, keys))

    def first_postings(self, keys: NDArray[np.uint64], limit: int) -> NDArray[np.uint64]:
        return self._postings.first(self._db, keys, limit)

    def drop_postings(self, posting: NDArray[np.uint64], bodies: NDArray[np.uint64]) -> None:
        self._postings.drop(self._db, posting, bodies)

    def delete_postings(self, posting: NDArray[np.uint64]) -> None:
        self._postings.delete(self._db, posting)

    # -- comparisons ------------------------------------------------------------------------------------------------

    def pairs(self, articles: Iterable[int]) -> PairColumns:
        wanted = set(articles)
        found = self._of(f"SELECT a, {_toward('b')} FROM pair WHERE a ? GROUP BY a", wanted)
        # The sign keeps SQLite from looking up every article with every other.
        turned = self._of(
            f"SELECT b, {_toward('a')} FROM pair INDEXED BY pair_b WHERE b ? AND NOT (+a ?) GROUP BY b", wanted
        )
        return _columns(found, turned)

    def pairs_among(self, articles: Iterable[int]) -> PairColumns:
        return _columns(self._of(f"SELECT a, {_toward('b')} FROM pair WHERE a ? AND +b ? GROUP BY a", articles))

    def partners(self, article: int) -> NDArray[np.int64]:
        below = self._all("SELECT json_group_array(b) FROM pair WHERE a = ?", article)[0][0]
        above = self._all("SELECT json_group_array(a) FROM pair INDEXED BY pair_b WHERE b = ?", article)[0][0]
        return np.array([*orjson.loads(below), *orjson.loads(above)], np.int64)

    def put_pairs(self, rows: Sequence[PairRow]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?)", rows)

    def delete_pairs(self, articles: Sequence[int]) -> None:
        self._delete("pair", "a", articles)
        self._delete("pair", "b", articles)

    # -- clusters ---------------------------------------------------------------------------------------------------

    def next_cluster(self) -> int:
        return self._next("cluster")

    def homes(self, articles: Iterable[int]) -> dict[int, int]:
        return dict(self._of("SELECT article, cluster FROM member WHERE article ?", articles))

    def clusters(self, numbers: Iterable[int]) -> list[ClusterRow]:
        found = self._of("SELECT * FROM cluster WHERE number ? ORDER BY number", numbers)
        return [ClusterRow(*row) for row in found]

    def cluster_numbers(self, after: int, limit: int) -> list[int]:
        found = self._all("SELECT number FROM cluster WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        return [number for (number,) in found]

    def members(self, clusters: Iterable[int]) -> list[MemberRow]:
        found = self._of("SELECT * FROM member WHERE cluster ? ORDER BY article", clusters)
        return [MemberRow(*row) for row in found]

    def put_clusters(self, rows: Sequence[ClusterRow], members: Sequence[MemberRow]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO cluster VALUES (?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?, ?, ?, ?, ?)", members)

    def delete_clusters(self, numbers: Sequence[int]) -> None:
        self._delete("cluster", "number", numbers)

    def delete_members(self, articles: Sequence[int]) -> None:
        self._delete("member", "article", articles)

    # -- versions of large components -------------------------------------------------------------------------------

    def versions(self, components: Iterable[int]) -> dict[int, int]:
        return dict(self._of("SELECT component, number FROM solved WHERE component ?", components))

    def renew_versions(self, gone: Iterable[int], components: Iterable[int]) -> dict[int, int]:
        fresh = sorted(set(components))
        self._delete("solved", "component", {*gone, *fresh})
        self._db.executemany("INSERT INTO solved (component) VALUES (?)", [(component,) for component in fresh])
        return self.versions(fresh)


def _toward(other: str) -> str:
    """Of all comparisons of an article, in two values: `other << 24 | bytes of the features << 8 | relation` as JSON,
    and the features one after the other, in hexadecimal: joined as they are, bytes may end at the first that is 0."""
    return f"json_group_array(({other} << 24) | (length(features) << 8) | relation), group_concat(hex(features), '')"


def _columns(found: Sequence[tuple[int, str, str]], turned: Sequence[tuple[int, str, str]] = ()) -> PairColumns:
    """Comparisons as `_toward` gives them, by a; turned: by b."""
    packed = [orjson.loads(row[1]) for row in (*found, *turned)]
    rest = np.array(list(chain.from_iterable(packed)), np.int64)
    own = np.repeat(np.array([row[0] for row in (*found, *turned)], np.int64), [len(one) for one in packed])
    other = rest >> 24
    first = sum(map(len, packed[: len(found)]))
    a, b = np.append(own[:first], other[first:]), np.append(other[:first], own[first:])
    features = bytes.fromhex("".join([row[2] for row in (*found, *turned)]))
    return PairColumns(a, b, (rest & 0xFF).astype(np.uint8), rest >> 8 & 0xFFFF, features)


def replace_with(path: str, fresh: str) -> None:
    """Put the content of another index into a file, in one transaction; whoever reads it sees the one or the other."""
    target = Connections(path, sync="full", readonly=False)
    source = Connections(fresh, sync="normal", readonly=False)
    try:
        with target.told():
            source.get().backup(target.get())
    finally:
        source.close()
        target.close()
