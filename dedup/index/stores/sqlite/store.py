"""An index in one SQLite file. What SQL does here is fetch and store rows; see `Store` for what they are.

Every row is checked when it is read (`rows`). What is sought by an index of SQLite, and may not be there, is sought in
two places: one that is damaged cannot hide a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import itemgetter

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.index.stores.base import (
    HEAD_TAIL,
    MAX_POSTINGS,
    ArticleRow,
    BodyRow,
    ClusterRow,
    MemberRow,
    PairColumns,
    PairRow,
    PostingHits,
)
from dedup.index.stores.checksums import (
    SKETCH,
    SOLVED,
    TEXT,
    check_data,
    check_rows,
    data_checksum,
    require_equal,
    require_rows,
    row_checksum,
)
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite.body_flags import flags, numbers_of
from dedup.index.stores.sqlite.database_file import SqliteFile
from dedup.index.stores.sqlite.posting_state import Sizes

#: How postings are kept. Tests make all of it small.
SIZES = Sizes(ends=HEAD_TAIL)


class SqliteStore(SqliteFile):
    """See `Store`."""

    def __init__(
        self, path: str, *, create: Mapping[str, str] | None = None, sync: str = "normal", readonly: bool = False
    ) -> None:
        super().__init__(path, MAX_POSTINGS, SIZES, create=create, sync=sync, readonly=readonly)

    # -- articles ---------------------------------------------------------------------------------------------------

    def next_numbers(self) -> tuple[int, int]:
        return self._counter.last_article + 1, self._counter.last_body + 1

    def numbers_of_ids(self, ids: Sequence[str]) -> dict[str, int]:
        wanted = set(ids)
        # An entry that one of the two lists has lost would make a known article new.
        if len(wanted) == 1:
            (id,) = wanted
            both = "SELECT id, number FROM article WHERE id = ? UNION ALL SELECT NULL, article FROM name WHERE hash = ?"
            rows = self._all(both, id, r.name_hash(id))
            found = {id: number for id, number in rows if id is not None}
            named = {number for id, number in rows if id is None}
        else:
            found = dict(self._of("SELECT id, number FROM article WHERE id ?", wanted))
            hashes = map(r.name_hash, wanted)
            named = {number for (number,) in self._of("SELECT article FROM name WHERE hash ?", hashes)}
        if named != set(found.values()):
            others = self.articles(named.difference(found.values()))
            others = [row for row in others if row.id not in wanted and r.name_hash(row.id) in map(r.name_hash, wanted)]
            require_equal("ids", sorted(found.values()), sorted(named.difference(row.number for row in others)))
        return found

    def add_articles(self, rows: Sequence[ArticleRow], texts: Sequence[bytes]) -> None:
        db, numbers = self._db, [row.number for row in rows]
        marks = ", ".join("?" * 12)
        db.executemany(f"INSERT INTO article VALUES ({marks})", map(r.from_article, rows))
        names = sorted((r.name_hash(row.id), row.number) for row in rows)  # so that each page is written once
        db.executemany("INSERT INTO name VALUES (?, ?)", names)
        stored = zip(numbers, map(data_checksum, repeat(TEXT), numbers, texts), texts, strict=True)
        db.executemany("INSERT INTO text VALUES (?, ?, ?)", stored)
        counter = self._counter
        counter.articles += len(rows)
        counter.text_bytes += sum(map(len, texts))
        counter.last_article = max([counter.last_article, *numbers])

    def articles(self, numbers: Iterable[int]) -> list[ArticleRow]:
        return r.to_articles(self._of("SELECT * FROM article WHERE number ? ORDER BY number", numbers))

    def articles_of_bodies(self, bodies: Iterable[int]) -> list[ArticleRow]:
        found = self._of(
            "SELECT * FROM article INDEXED BY article_body WHERE body ? UNION ALL SELECT json_group_array(number),"
            " 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM article INDEXED BY article_body_2 WHERE body ?",
            bodies,
        )
        if not found:
            return []
        rows = r.to_articles(found[:-1])
        rows.sort(key=itemgetter(0))
        require_equal("articles of a body", [row[0] for row in rows], sorted(orjson.loads(found[-1][0])))
        return rows

    def texts(self, numbers: Iterable[int]) -> dict[int, bytes]:
        rows = self._of("SELECT * FROM text WHERE article ?", numbers)
        check_data(TEXT, "text", rows)
        return {row[0]: row[2] for row in rows}

    def article_numbers(self, after: int, limit: int) -> list[int]:
        found = self._all("SELECT number FROM article WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        again = self._all("SELECT article FROM text WHERE article > ? ORDER BY article LIMIT ?", after, limit)
        require_equal("articles", found, again)
        return [number for (number,) in found]

    def published_before(self, timestamp: float, limit: int) -> list[int]:
        found = self._all("SELECT number FROM article WHERE age < ? ORDER BY age, number LIMIT ?", timestamp, limit)
        numbers = [number for (number,) in found]
        rows = self.articles(numbers)
        require_equal("articles by age", len(numbers), sum(row.timestamp < timestamp for row in rows))
        if len(numbers) < limit:  # all of them, says the index; so must the table
            counted = self._all("SELECT count(*) FROM article NOT INDEXED WHERE age < ?", timestamp)
            require_equal("articles by age", len(numbers), counted[0][0])
        return numbers

    def delete_articles(self, numbers: Sequence[int]) -> None:
        rows = self.articles(numbers)
        require_rows("article", numbers, {row.number for row in rows})
        names = [(r.name_hash(row.id), row.number) for row in rows]
        self._db.executemany("DELETE FROM name WHERE hash = ? AND article = ?", names)
        texts = self.texts(numbers)
        require_rows("text", numbers, texts)
        counter = self._counter
        counter.articles -= len(rows)
        counter.text_bytes -= sum(map(len, texts.values()))
        self._delete("article", "number", numbers)
        self._delete("text", "article", numbers)

    # -- bodies and their postings ----------------------------------------------------------------------------------

    def bodies_by_fingerprint(self, fingerprints: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
        rows = r.to_bodies(self._of("SELECT * FROM body WHERE high ?", (high for high, _ in fingerprints)))
        wanted = set(fingerprints)
        return {(row.high, row.low): row.number for row in rows if (row.high, row.low) in wanted}

    def add_bodies(self, rows: Sequence[BodyRow], sketches: Sequence[bytes]) -> None:
        self._db.executemany("INSERT INTO body VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(r.from_body, rows))
        numbers = [row.number for row in rows]
        stored = zip(numbers, map(data_checksum, repeat(SKETCH), numbers, sketches), sketches, strict=True)
        self._db.executemany("INSERT INTO sketch VALUES (?, ?, ?)", stored)
        leads, short = flags(row.core is None for row in rows), flags(row.is_short for row in rows)
        self._marks.add(self._db, numbers_of(numbers), leads, short)
        self._counter.bodies += len(rows)
        self._counter.last_body = max([self._counter.last_body, *numbers])

    def bodies(self, numbers: Iterable[int]) -> list[BodyRow]:
        return r.to_bodies(self._of("SELECT * FROM body WHERE number ? ORDER BY number", numbers))

    def has_flag(self, flag: int, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._marks.of(self._db, flag, bodies)

    def bodies_of_components(self, components: Iterable[int]) -> list[int]:
        rows = self._of(
            "SELECT 0, number FROM body INDEXED BY body_component WHERE component ? UNION ALL"
            " SELECT 1, number FROM body INDEXED BY body_component_2 WHERE component ?",
            components,
        )
        one, other = (sorted(row[1] for row in rows if row[0] == which) for which in (0, 1))
        require_equal("bodies of a component", one, other)
        return one

    def set_component(self, rows: Sequence[tuple[int | None, int | None, int]]) -> None:
        placed = {number: (component, core) for component, core, number in rows}
        held = self.bodies(placed)
        require_rows("body", placed, {row.number for row in held})
        fresh = [r.from_body(row._replace(component=c, core=k)) for row in held for c, k in [placed[row.number]]]
        changed = [(*row[5:], row[0]) for row in fresh]
        self._db.executemany("UPDATE body SET component = ?, core = ?, sum = ? WHERE number = ?", changed)
        self._marks.place(self._db, numbers_of(row[2] for row in rows), flags(row[1] is None for row in rows))

    def sketches(self, bodies: Iterable[int]) -> dict[int, bytes]:
        rows = self._of("SELECT * FROM sketch WHERE body ?", bodies)
        check_data(SKETCH, "sketch", rows)
        return {row[0]: row[2] for row in rows}

    def set_sketch(self, body: int, sketch: bytes) -> None:
        row = (data_checksum(SKETCH, body, sketch), sketch, body)
        self._db.execute("UPDATE sketch SET sum = ?, data = ? WHERE body = ?", row)

    def delete_bodies(self, numbers: Sequence[int]) -> None:
        gone = self._delete("body", "number", numbers), self._delete("sketch", "body", numbers)
        require_equal("bodies", gone, (len(set(numbers)),) * 2)
        self._counter.bodies -= gone[0]
        self._marks.drop(self._db, numbers_of(numbers))

    def add_postings(self, postings: NDArray[np.uint64]) -> None:
        self._postings.add(self._db, postings)

    def postings(self, keys: NDArray[np.uint64]) -> PostingHits:
        return PostingHits(*self._postings.find(self._db, keys))

    def first_postings(self, keys: NDArray[np.uint64], limit: int) -> NDArray[np.uint64]:
        return self._postings.first(self._db, keys, limit)

    def remove_body_postings(self, postings: NDArray[np.uint64], bodies: NDArray[np.uint64]) -> None:
        self._postings.drop(self._db, postings, bodies)

    def remove_postings(self, postings: NDArray[np.uint64]) -> None:
        self._postings.delete(self._db, postings)

    # -- comparisons ------------------------------------------------------------------------------------------------

    def pairs(self, articles: Iterable[int], *, both_ends: bool = False) -> PairColumns:
        if both_ends:
            return r.to_pairs(self._of(f"SELECT a, {r.toward('b')} FROM pair WHERE a ? AND +b ? GROUP BY a", articles))
        wanted = set(articles)
        found = self._of(f"SELECT a, {r.toward('b')} FROM pair WHERE a ? GROUP BY a", wanted)
        # The sign keeps SQLite from looking up every article with every other.
        turned = self._of(
            f"SELECT b, {r.toward('a')} FROM pair INDEXED BY pair_b WHERE b ? AND NOT (+a ?) GROUP BY b", wanted
        )
        columns = r.to_pairs(found, turned)
        others = "SELECT article, json_group_array(other) FROM pair_end WHERE article ? GROUP BY article"
        ends = self._of(others, wanted)
        if found or turned or ends:
            parts = [orjson.loads(row[1]) for row in ends]
            one = np.repeat(np.array([row[0] for row in ends], np.int64), [len(part) for part in parts])
            other = np.array([number for part in parts for number in part], np.int64)
            keys = np.unique(r.pair_keys(one, other)).tolist()
            require_equal("comparisons of an article", keys, r.pair_keys(columns.a, columns.b).tolist())
        return columns

    def partners(self, article: int) -> NDArray[np.int64]:
        below = self._all("SELECT json_group_array(b) FROM pair WHERE a = ?", article)[0][0]
        above = self._all("SELECT json_group_array(a) FROM pair INDEXED BY pair_b WHERE b = ?", article)[0][0]
        others = [*orjson.loads(below), *orjson.loads(above)]
        listed = self._all("SELECT json_group_array(other) FROM pair_end WHERE article = ?", article)[0][0]
        require_equal("comparisons of an article", sorted(orjson.loads(listed)), sorted(others))
        return np.array(others, np.int64)

    def put_pairs(self, rows: Sequence[PairRow]) -> None:
        if not rows:
            return
        before = self._db.total_changes
        ends = sorted(end for row in rows for end in ((row.a, row.b), (row.b, row.a)))
        self._db.executemany("INSERT OR IGNORE INTO pair_end VALUES (?, ?)", ends)
        self._counter.pairs += (self._db.total_changes - before) // 2
        self._db.executemany("INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?)", r.from_pairs(rows))

    def delete_pairs(self, articles: Sequence[int]) -> None:
        wanted = set(articles)
        ends = set(self._of("SELECT a, b FROM pair WHERE a ?", wanted))
        ends.update(self._of("SELECT a, b FROM pair INDEXED BY pair_b WHERE b ?", wanted))
        listed = self._of("SELECT article, other FROM pair_end WHERE article ?", wanted)
        require_equal("comparisons of an article", {(min(row), max(row)) for row in listed}, ends)
        self._db.executemany("DELETE FROM pair WHERE a = ? AND b = ?", ends)
        both = [*ends, *((b, a) for a, b in ends)]
        self._db.executemany("DELETE FROM pair_end WHERE article = ? AND other = ?", both)
        self._counter.pairs -= len(ends)

    # -- clusters ---------------------------------------------------------------------------------------------------

    def next_cluster(self) -> int:
        return self._counter.last_cluster + 1

    def cluster_numbers_of(self, articles: Iterable[int]) -> dict[int, int]:
        rows = self._of(
            "SELECT 0, article, cluster FROM member NOT INDEXED WHERE article ? UNION ALL"
            " SELECT 1, article, cluster FROM member INDEXED BY member_article_2 WHERE article ?",
            articles,
        )
        one, other = (sorted(row[1:] for row in rows if row[0] == which) for which in (0, 1))
        require_equal("clusters of articles", one, other)
        return dict(one)

    def clusters(self, numbers: Iterable[int]) -> list[ClusterRow]:
        wanted = set(numbers)
        rows = r.to_clusters(self._of("SELECT * FROM cluster WHERE number ? ORDER BY number", wanted))
        missing = wanted.difference(row.number for row in rows)
        # Of a cluster that is not there no members are.
        require_equal("clusters", self._of("SELECT cluster FROM member WHERE cluster ? LIMIT 1", missing), [])
        return rows

    def cluster_numbers(self, after: int, limit: int) -> list[int]:
        found = self._all("SELECT number FROM cluster WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        named = "SELECT DISTINCT cluster FROM member WHERE cluster > ? ORDER BY cluster LIMIT ?"
        require_equal("clusters", found, self._all(named, after, limit))
        return [number for (number,) in found]

    def members(self, clusters: Iterable[int]) -> list[MemberRow]:
        return r.to_members(self._of("SELECT * FROM member WHERE cluster ? ORDER BY article", clusters))

    def replace_clusters(
        self,
        rows: Sequence[ClusterRow],
        members: Sequence[MemberRow],
        *,
        removed: Sequence[int] = (),
        removed_members: Sequence[int] = (),
    ) -> None:
        counter = self._counter
        deleted = self._delete("cluster", "number", removed), self._delete("member", "article", removed_members)
        require_equal("clusters", deleted, (len(set(removed)), len(set(removed_members))))
        counter.clusters -= deleted[0]
        counter.clustered -= deleted[1]
        counter.clusters += len(rows) - self._count("cluster", "number", [row.number for row in rows])
        counter.clustered += len(members) - self._count("member", "article", [member.article for member in members])
        self._db.executemany("REPLACE INTO cluster VALUES (?, ?, ?, ?, ?, ?)", map(r.from_cluster, rows))
        self._db.executemany("REPLACE INTO member VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(r.from_member, members))
        counter.last_cluster = max([counter.last_cluster, *(row.number for row in rows)])

    # -- versions of large components -------------------------------------------------------------------------------

    def component_versions(self, components: Iterable[int]) -> dict[int, int]:
        rows = self._of("SELECT * FROM solved WHERE component ?", components)
        check_rows(SOLVED, "solved", rows)
        return {component: number for component, number, _ in rows}

    def renew_component_versions(self, outdated: Iterable[int], renewed: Iterable[int]) -> dict[int, int]:
        fresh = sorted(set(renewed))
        self._delete("solved", "component", {*outdated, *fresh})
        pairs = [(one, number) for number, one in enumerate(fresh, self._counter.last_solved + 1)]
        self._db.executemany(
            "INSERT INTO solved VALUES (?, ?, ?)", [(*pair, row_checksum(SOLVED, pair)) for pair in pairs]
        )
        self._counter.last_solved += len(fresh)
        return dict(pairs)
