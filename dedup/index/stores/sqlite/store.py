"""An index in one SQLite file. SQL reads and writes rows and nothing else; see `Store` for the rows.

Every row is checked when it is read (`rows`). A lookup by an index of SQLite, which may find nothing, is made in two
indexes or tables, so that one damaged place cannot hide a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np
import orjson
from numpy.typing import NDArray

from dedup.index.stores import base
from dedup.index.stores import checksums as c
from dedup.index.stores.checksums import Table, require_equal, require_rows
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite.database_file import SqliteFile


class SqliteStore(SqliteFile):
    """See `Store`."""

    # -- documents --------------------------------------------------------------------------------------------------

    def next_number(self, sort: str) -> int:
        """Return the number after the last one, which the row of `counter` holds."""
        last: int = getattr(self._counter, f"last_{sort}")
        return last + 1

    def article_numbers(self, after: int, limit: int) -> list[int]:
        """Read the numbers of `article`; those of `text` must be the same."""
        numbers = self._all("SELECT number FROM article WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        of_texts = self._all("SELECT article FROM text WHERE article > ? ORDER BY article LIMIT ?", after, limit)
        require_equal("articles", numbers, of_texts)
        return [number for (number,) in numbers]

    def numbers_of_ids(self, ids: Sequence[str]) -> dict[str, int]:
        """Look ids up in `article`, and their hashes in `name`; both must list the same articles."""
        distinct = set(ids)
        # An entry that one of the two lists has lost would make a stored article new.
        if len(distinct) == 1:
            (id,) = distinct
            both = "SELECT id, number FROM article WHERE id = ? UNION ALL SELECT NULL, article FROM name WHERE hash = ?"
            rows = self._all(both, id, r.id_hash(id))
            by_id = {id: number for id, number in rows if id is not None}
            by_hash = {number for id, number in rows if id is None}
        else:
            by_id = dict(self._of("SELECT id, number FROM article WHERE id ?", distinct))
            by_hash = set(
                map(itemgetter(0), self._of("SELECT article FROM name WHERE hash ?", map(r.id_hash, distinct)))
            )
        if by_hash != set(by_id.values()):
            others = self.articles(by_hash.difference(by_id.values()))
            hashes = set(map(r.id_hash, distinct))
            collisions = [row.number for row in others if row.id not in distinct and r.id_hash(row.id) in hashes]
            require_equal("ids", sorted(by_id.values()), sorted(by_hash.difference(collisions)))
        return by_id

    def published_before(self, timestamp: float, limit: int) -> list[int]:
        """Read the numbers by the index of timestamps; the rows must be as old as it says."""
        rows = self._all("SELECT number FROM article WHERE age < ? ORDER BY age, number LIMIT ?", timestamp, limit)
        numbers = [number for (number,) in rows]
        articles = self.articles(numbers)
        require_equal("articles by age", len(numbers), sum(row.timestamp < timestamp for row in articles))
        if len(numbers) < limit:  # all of them, by the index; then by the table as well
            count = self._all("SELECT count(*) FROM article NOT INDEXED WHERE age < ?", timestamp)[0][0]
            require_equal("articles by age", len(numbers), count)
        return numbers

    def articles(self, numbers: Iterable[int]) -> list[base.ArticleRow]:
        """Read rows of `article`."""
        return r.decode_articles(self._of("SELECT * FROM article WHERE number ? ORDER BY number", numbers))

    def articles_of_bodies(self, bodies: Iterable[int]) -> list[base.ArticleRow]:
        """Read rows of `article` by one index of bodies; the other must list the same."""
        rows = self._of(
            "SELECT * FROM article INDEXED BY article_body WHERE body ? UNION ALL SELECT json_group_array(number),"
            " 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM article INDEXED BY article_body_2 WHERE body ?",
            bodies,
        )
        if not rows:
            return []
        articles = r.decode_articles(rows[:-1])
        articles.sort(key=itemgetter(0))
        require_equal("articles of a body", [row[0] for row in articles], sorted(orjson.loads(rows[-1][0])))
        return articles

    def texts(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """Read rows of `text`."""
        return c.decode_data(Table.TEXT, self._of("SELECT * FROM text WHERE article ?", numbers))

    def add_articles(self, rows: Sequence[base.ArticleRow], texts: Sequence[bytes]) -> None:
        """Insert rows of `article`, `name` and `text`, and count them."""
        numbers = [row.number for row in rows]
        self._insert(Table.ARTICLE, rows)
        names = sorted((r.id_hash(row.id), row.number) for row in rows)  # so that each page is written once
        self._db.executemany("INSERT INTO name VALUES (?, ?)", names)
        self._insert(Table.TEXT, zip(numbers, texts, strict=True))
        counter = self._counter
        counter.articles += len(rows)
        counter.text_bytes += sum(map(len, texts))
        counter.last_article = max([counter.last_article, *numbers])

    def delete_articles(self, numbers: Sequence[int]) -> None:
        """Delete rows of `article`, `name` and `text`, all of which must be there."""
        rows = self.articles(numbers)
        require_rows("article", numbers, {row.number for row in rows})
        names = [(r.id_hash(row.id), row.number) for row in rows]
        self._db.executemany("DELETE FROM name WHERE hash = ? AND article = ?", names)
        texts = self.texts(numbers)
        require_rows("text", numbers, texts)
        counter = self._counter
        counter.articles -= len(rows)
        counter.text_bytes -= sum(map(len, texts.values()))
        self._delete("article", "number", numbers)
        self._delete("text", "article", numbers)

    def bodies(self, numbers: Iterable[int]) -> list[base.BodyRow]:
        """Read rows of `body`."""
        return r.decode_bodies(self._of("SELECT * FROM body WHERE number ? ORDER BY number", numbers))

    def bodies_by_fingerprint(self, fingerprints: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """Look up the high halves of fingerprints, and compare the low halves."""
        rows = r.decode_bodies(self._of("SELECT * FROM body WHERE high ?", (high for high, _ in fingerprints)))
        distinct = set(fingerprints)
        return {(row.high, row.low): row.number for row in rows if (row.high, row.low) in distinct}

    def has_flag(self, flag: int, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Test the bits of bodies (`BodyFlags.test`)."""
        return self._flags.test(self._db, flag, bodies)

    def add_bodies(self, rows: Sequence[base.BodyRow], sketches: Sequence[bytes]) -> None:
        """Insert rows of `body` and `sketch`, set the flags of the bodies, and count them."""
        numbers = [row.number for row in rows]
        self._insert(Table.BODY, rows)
        self._insert(Table.SKETCH, zip(numbers, sketches, strict=True))
        self._flags.put(self._db, rows)
        self._counter.bodies += len(rows)
        self._counter.last_body = max([self._counter.last_body, *numbers])

    def delete_bodies(self, numbers: Sequence[int]) -> None:
        """Delete rows of `body` and `sketch`, all of which must be there, and the flags of the bodies."""
        counts = self._delete("body", "number", numbers), self._delete("sketch", "body", numbers)
        require_equal("bodies", counts, (len(set(numbers)),) * 2)
        self._counter.bodies -= counts[0]
        self._flags.delete(self._db, np.array(numbers, np.int64))

    def sketches(self, bodies: Iterable[int]) -> dict[int, bytes]:
        """Read rows of `sketch`."""
        return c.decode_data(Table.SKETCH, self._of("SELECT * FROM sketch WHERE body ?", bodies))

    def set_sketch(self, body: int, sketch: bytes) -> None:
        """Replace a row of `sketch`."""
        self._replace(Table.SKETCH, [(body, sketch)])

    # -- postings ---------------------------------------------------------------------------------------------------

    def postings(self, keys: NDArray[np.uint64]) -> base.PostingHits:
        """Look keys up in the LSM tree (`LsmPostings.lookup`)."""
        return self._postings.lookup(self._db, keys)

    def first_postings(self, keys: NDArray[np.uint64], limit: int) -> NDArray[np.uint64]:
        """Look up the first postings of keys in the LSM tree (`LsmPostings.first`)."""
        return self._postings.first(self._db, keys, limit)

    def add_postings(self, postings: NDArray[np.uint64]) -> None:
        """Add postings to the LSM tree (`LsmPostings.add`)."""
        self._postings.add(self._db, postings)

    def remove_postings(self, postings: NDArray[np.uint64]) -> None:
        """Delete postings from the LSM tree (`LsmPostings.delete`)."""
        self._postings.delete(self._db, postings)

    def remove_body_postings(self, postings: NDArray[np.uint64], bodies: NDArray[np.uint64]) -> None:
        """Add tombstones of bodies to the LSM tree (`LsmPostings.delete_bodies`)."""
        self._postings.delete_bodies(self._db, postings, bodies)

    # -- clusters: comparisons --------------------------------------------------------------------------------------

    def pairs(self, articles: Iterable[int], *, both_ends: bool = False) -> base.PairColumns:
        """Read rows of `pair` by both of their ends; `pair_end` must list the same."""
        distinct = set(articles)
        if both_ends:
            columns = f"SELECT a, {r.pair_columns('b')} FROM pair WHERE a ? AND +b ? GROUP BY a"
            return r.decode_pairs(self._of(columns, distinct))
        by_a = self._of(f"SELECT a, {r.pair_columns('b')} FROM pair WHERE a ? GROUP BY a", distinct)
        # The sign keeps SQLite from looking up every article with every other.
        by_b = self._of(
            f"SELECT b, {r.pair_columns('a')} FROM pair INDEXED BY pair_b WHERE b ? AND NOT (+a ?) GROUP BY b", distinct
        )
        pairs = r.decode_pairs(by_a, by_b)
        others = "SELECT article, json_group_array(other) FROM pair_end WHERE article ? GROUP BY article"
        ends = self._of(others, distinct)
        if by_a or by_b or ends:
            groups = [orjson.loads(row[1]) for row in ends]
            article = np.repeat(np.array([row[0] for row in ends], np.int64), [len(group) for group in groups])
            other = np.array([number for group in groups for number in group], np.int64)
            keys = np.unique(r.pair_keys(article, other)).tolist()
            require_equal("comparisons of an article", keys, r.pair_keys(pairs.a, pairs.b).tolist())
        return pairs

    def put_pairs(self, rows: Sequence[base.PairRow]) -> None:
        """Insert or replace rows of `pair`, with both of their ends in `pair_end`, and count the new ones."""
        if not rows:
            return
        before = self._db.total_changes
        ends = sorted(end for row in rows for end in ((row.a, row.b), (row.b, row.a)))
        self._db.executemany("INSERT OR IGNORE INTO pair_end VALUES (?, ?)", ends)
        self._counter.pairs += (self._db.total_changes - before) // 2
        self._db.executemany("INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?)", r.encode_pairs(rows))

    def delete_pairs(self, articles: Sequence[int]) -> None:
        """Delete rows of `pair` and `pair_end`, which must list the same."""
        distinct = set(articles)
        pairs = set(self._of("SELECT a, b FROM pair WHERE a ?", distinct))
        pairs.update(self._of("SELECT a, b FROM pair INDEXED BY pair_b WHERE b ?", distinct))
        ends = self._of("SELECT article, other FROM pair_end WHERE article ?", distinct)
        require_equal("comparisons of an article", {(min(row), max(row)) for row in ends}, pairs)
        self._db.executemany("DELETE FROM pair WHERE a = ? AND b = ?", pairs)
        both_ends = [*pairs, *((b, a) for a, b in pairs)]
        self._db.executemany("DELETE FROM pair_end WHERE article = ? AND other = ?", both_ends)
        self._counter.pairs -= len(pairs)

    # -- clusters: components ---------------------------------------------------------------------------------------

    def bodies_of_components(self, components: Iterable[int]) -> list[int]:
        """Read the numbers of bodies by one index of components; the other must list the same."""
        sql = (
            "SELECT 0, number FROM body INDEXED BY body_component WHERE component ? UNION ALL"
            " SELECT 1, number FROM body INDEXED BY body_component_2 WHERE component ?"
        )
        return [number for (number,) in self._of_both("bodies of a component", sql, components)]

    def set_component(self, rows: Sequence[tuple[int | None, int | None, int]]) -> None:
        """Update rows of `body`, all of which must be there, and the flags of the bodies."""
        new = {number: (component, core) for component, core, number in rows}
        bodies = self.bodies(new)
        require_rows("body", new, {row.number for row in bodies})
        bodies = [row._replace(component=new[row.number][0], core=new[row.number][1]) for row in bodies]
        updates = [(*row[5:], row[0]) for row in map(r.ENCODERS[Table.BODY], bodies)]
        self._db.executemany("UPDATE body SET component = ?, core = ?, sum = ? WHERE number = ?", updates)
        self._flags.put(self._db, bodies)

    def component_versions(self, components: Iterable[int]) -> dict[int, int]:
        """Read rows of `solved`."""
        rows = self._of("SELECT * FROM solved WHERE component ?", components)
        c.check_rows(Table.SOLVED, rows)
        return {component: number for component, number, _ in rows}

    def renew_component_versions(self, outdated: Iterable[int], components: Iterable[int]) -> dict[int, int]:
        """Delete rows of `solved`, and insert others with the next numbers."""
        components = sorted(set(components))
        self._delete("solved", "component", {*outdated, *components})
        rows = [(component, number) for number, component in enumerate(components, self._counter.last_solved + 1)]
        self._insert(Table.SOLVED, rows)
        self._counter.last_solved += len(components)
        return dict(rows)

    # -- clusters and members ---------------------------------------------------------------------------------------

    def cluster_numbers(self, after: int, limit: int) -> list[int]:
        """Read the numbers of `cluster`; those in `member` must be the same."""
        numbers = self._all("SELECT number FROM cluster WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        of_members = "SELECT DISTINCT cluster FROM member WHERE cluster > ? ORDER BY cluster LIMIT ?"
        require_equal("clusters", numbers, self._all(of_members, after, limit))
        return [number for (number,) in numbers]

    def cluster_numbers_of(self, articles: Iterable[int]) -> dict[int, int]:
        """Read the clusters of rows of `member` by article; an index must list the same."""
        sql = (
            "SELECT 0, article, cluster FROM member NOT INDEXED WHERE article ? UNION ALL"
            " SELECT 1, article, cluster FROM member INDEXED BY member_article_2 WHERE article ?"
        )
        return dict(self._of_both("clusters of articles", sql, articles))

    def clusters(self, numbers: Iterable[int]) -> list[base.ClusterRow]:
        """Read rows of `cluster`; one that is not there must have no members."""
        distinct = set(numbers)
        rows = r.decode_clusters(self._of("SELECT * FROM cluster WHERE number ? ORDER BY number", distinct))
        missing = distinct.difference(row.number for row in rows)
        # A cluster that is not stored has no members.
        require_equal("clusters", self._of("SELECT cluster FROM member WHERE cluster ? LIMIT 1", missing), [])
        return rows

    def members(self, clusters: Iterable[int]) -> list[base.MemberRow]:
        """Read rows of `member`."""
        return r.decode_members(self._of("SELECT * FROM member WHERE cluster ? ORDER BY article", clusters))

    def delete_clusters(self, numbers: Sequence[int], articles: Sequence[int]) -> None:
        """Delete rows of `cluster` and `member`, all of which must be there."""
        counts = self._delete("cluster", "number", numbers), self._delete("member", "article", articles)
        require_equal("clusters", counts, (len(set(numbers)), len(set(articles))))
        self._counter.clusters -= counts[0]
        self._counter.clustered -= counts[1]

    def put_clusters(self, rows: Sequence[base.ClusterRow], members: Sequence[base.MemberRow]) -> None:
        """Insert or replace rows of `cluster` and `member`, and count the new ones."""
        counter = self._counter
        counter.clusters += len(rows) - self._count("cluster", "number", [row.number for row in rows])
        counter.clustered += len(members) - self._count("member", "article", [member.article for member in members])
        self._replace(Table.CLUSTER, rows)
        self._replace(Table.MEMBER, members)
        counter.last_cluster = max([counter.last_cluster, *(row.number for row in rows)])
