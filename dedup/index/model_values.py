"""Load articles and clusters of a store as values of `dedup.model`, within a transaction, and convert what a store
keeps as JSON: the evidence of an article and the origin of a cluster.

Functions that load raise `Damage` where a row is missing that another row refers to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

import orjson

from dedup.evidence.observation import Observation
from dedup.index.document_cache import DocumentCache
from dedup.index.stores.base import ArticleRow, MemberRow, Store
from dedup.index.stores.checksums import require_equal, require_rows
from dedup.inputs.dates import parse_timestamp
from dedup.model import Article, Cluster, Evidence, Member, Origin
from dedup.results.tables import member_of


def load_articles(
    store: Store, documents: DocumentCache, numbers: Sequence[int], *, may_be_missing: bool = False
) -> list[Article]:
    """Return articles, ascending by number. may_be_missing: leave out numbers that are not stored."""
    rows = store.articles(numbers)
    if not may_be_missing:
        require_rows("article", numbers, {row.number for row in rows})
    texts = documents.texts(row.number for row in rows)
    return [article_from_row(row, texts[row.number]) for row in rows]


def article_from_row(row: ArticleRow, text: bytes) -> Article:
    """Return an article as it came in; text: UTF-8."""
    meta = orjson.loads(row.meta) if row.meta else {}
    return Article(text.decode(), row.id, row.url, row.domain, row.title, row.published, row.authors, meta)


def load_cluster(store: Store, name: str) -> Cluster | None:
    """Return the cluster of the article with this id, or the cluster of this name (`c12`); None where there is none."""
    numbers = list(store.cluster_numbers_of(store.numbers_of_ids([name]).values()).values())
    if numbers:
        return load_clusters(store, numbers)[0]
    numbers = [int(name[1:])] if name.startswith("c") and name[1:].isdecimal() else []
    return next(iter(load_clusters(store, numbers, may_be_missing=True)), None)


def load_clusters(store: Store, numbers: Iterable[int], *, may_be_missing: bool = False) -> list[Cluster]:
    """Return clusters by number. may_be_missing: leave out numbers that are not stored."""
    numbers = list(numbers)
    rows = store.clusters(numbers)
    if not may_be_missing:
        require_rows("cluster", (f"c{number}" for number in numbers), {f"c{row.number}" for row in rows})
    members = store.members(row.number for row in rows)
    articles = {row.number: row for row in store.articles(member.article for member in members)}
    require_rows("article", (member.article for member in members), articles)
    keys = [(member.cluster, member.article) for member in members]
    require_equal("members of clusters", (len(keys), len(set(keys))), (sum(row.size for row in rows),) * 2)
    values: dict[int, list[Member]] = {row.number: [] for row in rows}
    for m in sorted(members, key=lambda m: _member_order(m, articles[m.article])):
        a = articles[m.article]
        values[m.cluster].append(
            member_of(
                (a.id, a.url, a.domain, a.title, a.published),
                (m.relation, m.direction, m.resemblance, m.containment, m.lag),
                m.place == 0,
            )
        )
    return [
        Cluster(f"c{row.number}", tuple(values[row.number]), origin_from_json(row.origin), row.probability)
        for row in rows
    ]


def _member_order(member: MemberRow, article: ArticleRow) -> tuple[bool, float, str]:
    """Return the sort key of a member, as `assemble.build` orders: canonical copy, then by time, undated ones last."""
    when = parse_timestamp(article.published) if member.place else None
    return member.place > 0, when[0] if when else inf, article.id


def evidence_to_json(observations: Sequence[Observation]) -> str | None:
    """Return observations of an article as JSON, None where there are none."""
    return orjson.dumps([list(observation) for observation in observations]).decode() if observations else None


def evidence_from_json(data: str | None) -> list[Observation]:
    """Return the observations that `evidence_to_json` wrote."""
    return [Observation(*fields) for fields in orjson.loads(data)] if data else []


def origin_to_json(origin: Origin) -> str:
    """Return an origin with its evidence as JSON."""
    return orjson.dumps(origin).decode()


def origin_from_json(data: str) -> Origin:
    """Return the origin that `origin_to_json` wrote."""
    fields = orjson.loads(data)
    fields["evidence"] = tuple(Evidence(**item) for item in fields["evidence"])
    for name, value in fields.items():
        if name != "evidence" and isinstance(value, list):
            fields[name] = tuple(tuple(item) for item in value)
    return Origin(**fields)
