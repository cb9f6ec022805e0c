"""What an index says of an article: in the words of a scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
import orjson

from dedup.articles.learned import site
from dedup.clusters import align as c
from dedup.clusters import relate as r
from dedup.clusters.compare import MIRROR
from dedup.clusters.notices import REUSED
from dedup.clusters.origin.decide import Witness, decide
from dedup.clusters.origin.registry import registry
from dedup.clusters.pair import match_of, shared_passages
from dedup.indexing.plan import Plan
from dedup.indexing.solve import heard
from dedup.indexing.store import ArticleRow, PairRow, Store
from dedup.model import Article, Cluster, Evidence, Match, Member, Origin, Reject, Relation
from dedup.settings import Settings
from dedup.tables import member_of

#: Matches that a verdict lists; the closest ones.
LISTED = 10
#: The order of matches: by relation, then by how much is shared.
_ORDER = {code: i for i, code in enumerate((r.IDENTICAL, r.NEAR_COPY, r.VERSION, r.EXCERPT, r.REWRITE, r.OVERLAP))}


#: A known article, the code of its relation, shingles in common, and the features with the article asked about as a.
_Found = tuple[ArticleRow, int, int, np.ndarray[Any, Any] | None]


@dataclass(frozen=True, slots=True)
class Seen:
    """A known article that matches; in `match`, a is the article asked about and b the known one."""

    id: str
    url: str | None
    domain: str | None
    title: str | None
    published: str | None
    match: Match

    def to_dict(self) -> dict[str, Any]:
        m = self.match
        return {
            "id": self.id, "url": self.url, "domain": self.domain, "title": self.title, "published": self.published,
            "relation": m.relation.value, "direction": m.direction, "newer": m.newer, "resemblance": m.resemblance,
            "a_in_b": m.a_in_b, "b_in_a": m.b_in_a, "longest_run": m.longest_run,
            "passages": [[p.a_start, p.a_end, p.b_start, p.b_end, p.words] for p in m.passages],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an index says of an article.

    `is_new`: no article that was known before it carries its text. `stored`: it was added now; False for a query, and
    where an article of its id is `known`. `matches`: the closest known articles, at most LISTED, of `matched`.
    `cluster`: the one it stands in, named as in the index (a query's may have no name yet: ""), with the canonical copy
    first; None if it stands alone.
    """

    id: str
    is_new: bool
    stored: bool
    matches: tuple[Seen, ...]
    matched: int
    cluster: Cluster | None
    origin: Origin
    known: bool = False

    @property
    def member(self) -> Member | None:
        """Its place in the cluster: role, relation to the canonical copy, lag."""
        if self.cluster is None:
            return None
        return next((member for member in self.cluster.members if member.id == self.id), None)

    def to_dict(self) -> dict[str, Any]:
        """One line of `dedup index query`."""
        cluster, own = self.cluster, self.member
        return {
            "id": self.id,
            "verdict": "new" if self.is_new else "seen",
            "stored": self.stored,
            "known": self.known,
            "cluster": cluster.name or None if cluster else None,
            "size": cluster.size if cluster else 1,
            "role": own.role if own else None,
            "relation": own.relation.value if own else None,
            "canonical": cluster.canonical.id if cluster else self.id,
            "canonical_url": cluster.canonical.url if cluster else None,
            "origin": self.origin.to_dict(),
            "evidence": [e.to_dict() for e in self.origin.evidence],
            "matched": self.matched,
            "matches": [seen.to_dict() for seen in self.matches],
        }


@dataclass(frozen=True)
class Added(Sequence[Verdict]):
    """The verdicts on the articles of `add_many`, in their order, and the records that were no articles."""

    verdicts: tuple[Verdict, ...]
    rejects: tuple[Reject, ...]

    def __len__(self) -> int:
        return len(self.verdicts)

    @overload
    def __getitem__(self, index: int) -> Verdict: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Verdict]: ...
    def __getitem__(self, index: int | slice) -> Verdict | Sequence[Verdict]:
        return self.verdicts[index]

    def __repr__(self) -> str:
        stored, seen = sum(v.stored for v in self), sum(not v.is_new for v in self)
        return f"<Added: {stored} stored, {seen} seen before, {len(self.rejects)} rejected>"


def verdicts(plan: Plan, *, stored: bool, passages: bool) -> list[Verdict]:
    """The verdict on every article that comes in, in their order, within the plan's transaction."""
    reader = _Reader(plan, stored)
    return [
        reader.verdict(row, incoming.text, passages=passages)
        for row, incoming in zip(plan.known.fresh.values(), plan.known.incoming, strict=True)
    ]


class _Reader:
    """Reads verdicts off a plan."""

    def __init__(self, plan: Plan, stored: bool) -> None:
        self._stored = stored
        self.plan, self.known, self.solved = plan, plan.known, plan.solved
        self.settings = plan.known.settings
        self._made: dict[int, Cluster] = {}
        self._pairs: dict[int, list[PairRow]] = {}
        fresh = {row.number for row in self._representatives().values()}
        gone = plan.compared.stale
        for row in plan.compared.held():
            for end in {row.a, row.b} & fresh:
                if row.a not in gone and row.b not in gone:
                    self._pairs.setdefault(end, []).append(row)
        self._told = self._retold()
        #: The first article of each cluster, by when it came.
        self._first: dict[int, int] = {}
        for number, home in self.solved.home.items() if self.solved is not None else ():
            self._first[home] = min(number, self._first.get(home, number))
        self._rows = self._partners()

    def _representatives(self) -> dict[int, ArticleRow]:
        """Who stands for the bodies of the articles that come in."""
        found = self.known.rows_of(row.body for row in self.known.fresh.values() if row.body is not None)
        return {body: self.known.representatives(rows)[0] for body, rows in found.items()}

    def _retold(self) -> dict[tuple[int, int], int]:
        """The relations of pairs of articles as clustering left them, which knows rewrites of the second tier."""
        if self.solved is None:
            return {}
        edges, rows = self.solved.edges, self.solved.rows
        told = np.flatnonzero(edges.relation == r.REWRITE)
        ends = zip(edges.a[told].tolist(), edges.b[told].tolist(), strict=True)
        return {tuple(sorted((rows[a].number, rows[b].number))): r.REWRITE for a, b in ends}  # type: ignore[misc]

    def _partners(self) -> dict[int, ArticleRow]:
        """The articles on the other side of all pairs."""
        wanted = {end for rows in self._pairs.values() for row in rows for end in (row.a, row.b)}
        rows = {n: self.known.fresh[n] for n in wanted if n in self.known.fresh}
        return rows | {row.number: row for row in self.known.store.articles(wanted - rows.keys())}

    def verdict(self, row: ArticleRow, text: bytes, *, passages: bool) -> Verdict:
        found = self._matches(row)
        earlier = {other.id for other, *_ in found if other.number < row.number}
        found.sort(key=lambda item: (_ORDER.get(item[1], 9), -item[2], item[0].id))
        listed = tuple(self._seen(row, text, item, passages) for item in found[:LISTED])
        cluster = self._cluster(row)
        origin = cluster.origin if cluster is not None else self._origin(row)
        # An excerpt that lies in two clusters is linked to both and stands in none, and is no new text for that.
        within = any(
            s.match.relation is Relation.IDENTICAL or s.match.direction == "a_in_b" for s in listed if s.id in earlier
        )
        home = self.solved.home.get(row.number) if self.solved is not None else None
        new = not within and (home is None or self._first[home] == row.number)
        return Verdict(row.id, new, self._stored, listed, len(found), cluster, origin)

    def _matches(self, row: ArticleRow) -> list[_Found]:
        """Known articles that match: the article, the relation's code, shingles in common, features with row as a."""
        if row.body is None:
            return []
        same = self.known.rows_of([row.body])[row.body]
        out: list[_Found] = [(other, r.IDENTICAL, 0, None) for other in same if other.number != row.number]
        own = self.known.representatives(same)[0].number
        links: list[_Found] = []
        for pair in self._pairs.get(own, ()):
            code = self._told.get((pair.a, pair.b), pair.relation)
            other = self._rows.get(pair.b if pair.a == own else pair.a)
            if not code or other is None or not pair.features:
                continue
            features = np.frombuffer(pair.features, "<i4")
            features = features if pair.a == own else features[MIRROR]
            (links if code == r.OVERLAP else out).append((other, code, int(features[c.SHARED]), features))
        return out + [link for link in links if link[0].number not in self._notices(row, [item[0] for item in links])]

    def _notices(self, row: ArticleRow, others: Sequence[ArticleRow]) -> set[int]:
        """Overlaps by a site's own standing text (dedup.clusters.notices): with several stories of the same domain."""
        own = [other for other in others if row.domain and other.domain and site(other.domain) == site(row.domain)]
        if len(own) <= REUSED:
            return set()
        homes = self.known.store.homes(other.number for other in own)
        stories = {homes.get(other.number, -other.number) for other in own}
        return {other.number for other in own} if len(stories) > REUSED else set()

    def _seen(self, row: ArticleRow, text: bytes, found: _Found, passages: bool) -> Seen:
        other, code, _, features = found
        if features is None:
            (body,) = self.known.body_rows([row.body]).values()  # type: ignore[list-item]
            n = body.words
            match = Match(Relation.IDENTICAL, None, None, 1.0, 1.0, 1.0, n, (), n, n, n, n, n)
        else:
            match = match_of(_article(row), _article(other), code, features)
        if passages and (mine := _article(row, text)) and (its := self._text(other)) is not None:
            match = replace(match, passages=shared_passages(mine, _article(other, its), self.settings))
        return Seen(other.id, other.url, other.domain, other.title, other.published, match)

    def _text(self, row: ArticleRow) -> bytes | None:
        if row.number in self.known.fresh:
            return self.known.incoming[row.number - min(self.known.fresh)].text
        return self.known.texts.unpacked(self.known.store.texts([row.number])).get(row.number)

    def _cluster(self, row: ArticleRow) -> Cluster | None:
        home = self.solved.home.get(row.number) if self.solved is not None else None
        if home is None or self.solved is None:
            return None
        if home not in self._made:
            name = self.plan.names[home]
            # A cluster that only the article asked about would make has no number.
            named = self._stored or name in self.plan.replaced
            self._made[home] = replace(self.solved.clusters[home], name=f"c{name}" if named else "")
        return self._made[home]

    def _origin(self, row: ArticleRow) -> Origin:
        return origin_alone(row, self.settings)


def origin_alone(row: ArticleRow, settings: Settings) -> Origin:
    """The origin of an article that stands in no cluster."""
    said = tuple(Evidence(row.id, *item, 0.0) for item in heard(row.said)) if row.said else ()
    origin = decide([Witness(row.id, row.domain, None, 0, said)], registry(settings.agencies, settings.sites))
    # Of an article that says nothing on a site that is nobody's, there is nothing to tell (`assemble.singles`).
    return origin if said or origin.name is not None else replace(origin, evidence=(), rivals=())


def _article(row: ArticleRow, text: bytes = b"") -> Article:
    return Article(text.decode(), row.id, row.url, row.domain, row.title, row.published, row.authors)


def known_verdicts(store: Store, settings: Settings, ids: Sequence[str | None]) -> list[Verdict | None]:
    """The verdicts on articles that are stored, as of now; None for None."""
    numbers = store.known([id for id in ids if id])
    rows = {row.id: row for row in store.articles(numbers.values())}
    homes = store.homes(numbers.values())
    clusters = {cluster.name: cluster for cluster in stored_clusters(store, set(homes.values()))}
    out: list[Verdict | None] = []
    for id in ids:
        if not id:
            out.append(None)
            continue
        row = rows[id]
        cluster = clusters.get(f"c{homes.get(row.number)}")
        origin = cluster.origin if cluster is not None else origin_alone(row, settings)
        out.append(Verdict(id, False, False, (), 0, cluster, origin, known=True))
    return out


# -- what is stored -------------------------------------------------------------------------------------------------


def stored_clusters(store: Store, numbers: Iterable[int]) -> list[Cluster]:
    """Clusters as values, within a transaction."""
    rows = store.clusters(numbers)
    members = store.members(row.number for row in rows)
    articles = {row.number: row for row in store.articles(member.article for member in members)}
    found: dict[int, list[Member]] = {row.number: [] for row in rows}
    for m in members:
        a = articles[m.article]
        found[m.cluster].append(
            member_of(
                (a.id, a.url, a.domain, a.title, a.published), leads=m.place == 0, relation=m.relation,
                direction=m.direction, resemblance=m.resemblance, containment=m.containment, lag=m.lag,
            )
        )  # fmt: skip
    return [
        Cluster(f"c{row.number}", tuple(found[row.number]), read_origin(row.origin), row.probability) for row in rows
    ]


def read_origin(data: str) -> Origin:
    """An origin as `plan.written` wrote it."""
    fields = orjson.loads(data)
    fields["evidence"] = tuple(Evidence(**item) for item in fields["evidence"])
    for name, value in fields.items():
        if name != "evidence" and isinstance(value, list):
            fields[name] = tuple(tuple(item) for item in value)
    return Origin(**fields)
