"""What is stored, as values, within a transaction: articles and clusters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

import orjson

from dedup.index.document_store import Texts
from dedup.index.stores.base import ArticleRow, MemberRow, Store
from dedup.index.stores.checksums import require_equal, require_rows
from dedup.inputs.dates import parse_timestamp
from dedup.model import Article, Cluster, Evidence, Member, Origin
from dedup.results.tables import MemberNumbers, member_of


def articles(store: Store, texts: Texts, numbers: Sequence[int], *, missing: bool = False) -> list[Article]:
    """Articles by number; missing: some of them may have been removed."""
    rows = store.articles(numbers)
    if not missing:
        require_rows("article", numbers, {row.number for row in rows})
    data = store.texts(row.number for row in rows)
    require_rows("text", (row.number for row in rows), data)
    unpacked = texts.unpacked(data)
    return [article_of(row, unpacked[row.number]) for row in rows]


def article_of(row: ArticleRow, text: bytes) -> Article:
    """An article as it came in."""
    meta = orjson.loads(row.meta) if row.meta else {}
    return Article(text.decode(), row.id, row.url, row.domain, row.title, row.published, row.authors, meta)


def cluster_of(store: Store, id: str) -> Cluster | None:
    """The cluster of an article, or the one of that name."""
    homes = store.cluster_numbers_of(store.numbers_of_ids([id]).values()).values()
    if homes:
        return _clusters(store, list(homes))[0]
    numbers = [int(id[1:])] if id.startswith("c") and id[1:].isdecimal() else []
    return next(iter(stored_clusters(store, numbers)), None)


def clusters_after(store: Store, after: int, limit: int) -> tuple[list[int], list[Cluster]]:
    """Up to `limit` clusters with numbers above `after`, and their numbers."""
    numbers = store.cluster_numbers(after, limit)
    return numbers, _clusters(store, numbers)


def _clusters(store: Store, numbers: Sequence[int]) -> list[Cluster]:
    """Clusters that must be there."""
    found = stored_clusters(store, numbers)
    require_rows("cluster", (f"c{number}" for number in numbers), {cluster.name for cluster in found})
    return found


def stored_clusters(store: Store, numbers: Iterable[int]) -> list[Cluster]:
    """Clusters as values, within a transaction."""
    rows = store.clusters(numbers)
    members = store.members(row.number for row in rows)
    articles = {row.number: row for row in store.articles(member.article for member in members)}
    require_rows("article", (member.article for member in members), articles)
    held = [(m.cluster, m.article) for m in members]
    require_equal("members of clusters", (len(held), len(set(held))), (sum(row.size for row in rows),) * 2)
    found: dict[int, list[Member]] = {row.number: [] for row in rows}
    for m in sorted(members, key=lambda m: _in_order(m, articles[m.article])):
        a = articles[m.article]
        found[m.cluster].append(
            member_of(
                (a.id, a.url, a.domain, a.title, a.published),
                MemberNumbers(m.relation, m.direction, m.resemblance, m.containment, m.lag),
                leads=m.place == 0,
            )
        )  # fmt: skip
    return [
        Cluster(f"c{row.number}", tuple(found[row.number]), read_origin(row.origin), row.probability) for row in rows
    ]


def _in_order(member: MemberRow, article: ArticleRow) -> tuple[bool, float, str]:
    """The order of members, as `assemble.build` has it: the canonical copy, then by time, undated ones last."""
    when = parse_timestamp(article.published) if member.place else None
    return member.place > 0, when[0] if when else inf, article.id


def read_origin(data: str) -> Origin:
    """An origin as `plan.written` wrote it."""
    fields = orjson.loads(data)
    fields["evidence"] = tuple(Evidence(**item) for item in fields["evidence"])
    for name, value in fields.items():
        if name != "evidence" and isinstance(value, list):
            fields[name] = tuple(tuple(item) for item in value)
    return Origin(**fields)
