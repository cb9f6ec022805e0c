"""What an index says of an article: in the words of a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

import numpy as np

from dedup.attribution.score import single_decider
from dedup.clustering.site_notices import REUSED
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.compare import MIRROR
from dedup.evidence.registry import registry
from dedup.index.article_values import stored_clusters
from dedup.index.cluster_values import Large, MemberColumns, member_named
from dedup.index.plan import Plan
from dedup.index.recluster import heard
from dedup.index.stores.base import ArticleRow, Store
from dedup.index.stores.checksums import require_rows
from dedup.model import Article, Cluster, Match, Member, Origin, Passage, Reject, Relation
from dedup.settings import Settings
from dedup.single import match_of, shared_passages
from dedup.text.boilerplate.learning import normalize_domain

#: Matches that a verdict lists; the closest ones.
LISTED = 10
#: Matches from which on it is told by columns which are the closest.
MANY = 64
#: The order of matches: by relation, then by how much is shared.
_ORDER = {relation.code: i for i, relation in enumerate(Relation)}


class _Found(NamedTuple):
    """A known article, the code of its relation, shingles in common, and the row of the comparison, -1 for a copy of
    the body; `mirrored`: there the article asked about is b."""

    other: ArticleRow
    code: int
    shared: int = 0
    row: int = -1
    mirrored: bool = False


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
        return None if self.cluster is None else member_named(self.cluster, self.id)

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
        self._alone = single_decider(registry(self.settings.agencies, self.settings.sites))
        #: The articles of each body that comes in, and the number of the one that stands for it.
        self._same = self.known.rows_of(row.body for row in self.known.fresh.values() if row.body is not None)
        self._own = {body: self.known.representatives(rows)[0].number for body, rows in self._same.items()}
        self._held = self.plan.compared.held
        self._pairs = self._paired()
        self._told = self._retold()
        #: Of representatives of very many matches: how many beside those in `_pairs`, none of which is listed.
        self._beside: dict[int, int] = {}
        for number in [number for number, pairs in self._pairs.items() if len(pairs) > MANY]:
            self._leave_out(number)
        self._rows = self._partners()
        self._made: dict[int, Cluster] = {}
        #: By body: what it matches.
        self._found: dict[int, list[_Found]] = {}

    def _paired(self) -> dict[int, list[tuple[int, int]]]:
        """Of those who stand for the bodies that come in, by number: the rows of their comparisons, and with whom."""
        pairs: dict[int, list[tuple[int, int]]] = {number: [] for number in self._own.values()}
        a, b = self._held.ends
        if len(a) == 0:
            return pairs
        gone = self.plan.compared.stale
        if len(pairs) == 1 and not gone:
            (one,) = pairs
            concerned = np.flatnonzero(((a == one) | (b == one)) & self._held.told)
            others = np.where(a[concerned] == one, b[concerned], a[concerned])
            return {one: list(zip(concerned.tolist(), others.tolist(), strict=True))}
        own = np.array(sorted(pairs), np.int64)
        concerned = np.flatnonzero((np.isin(a, own) | np.isin(b, own)) & self._held.told)
        for row, x, y in zip(concerned.tolist(), a[concerned].tolist(), b[concerned].tolist(), strict=True):
            if x in gone or y in gone:
                continue
            if x in pairs:
                pairs[x].append((row, y))
            if y in pairs:
                pairs[y].append((row, x))
        return pairs

    def _leave_out(self, number: int) -> None:
        """Leave out those pairs of a representative that are not among the closest, which are listed, and count them;
        where some are overlaps, of which notices are no matches, all are looked at."""
        pairs = self._pairs[number]
        at = np.array([row for row, _ in pairs])
        code = self._held.relation[at]
        if self._told:
            keys = [(min(number, other), max(number, other)) for _, other in pairs]
            code = np.array([self._told.get(key, own) for key, own in zip(keys, code.tolist(), strict=True)])
        if (code == r.OVERLAP).any():
            return
        order = np.array([_ORDER.get(one, len(_ORDER)) for one in range(len(r.RELATIONS))])[code]
        place = (order << 32) - self._held.features[at, c.SHARED]
        matched = np.flatnonzero(code != r.NONE)
        if len(matched) > LISTED:
            last = np.partition(place[matched], LISTED - 1)[LISTED - 1]
            listed = matched[place[matched] <= last]
            self._pairs[number] = [pairs[i] for i in listed.tolist()]
            self._beside[number] = len(matched) - len(listed)

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
        wanted = {other for rows in self._pairs.values() for _, other in rows}
        rows = {n: self.known.fresh[n] for n in wanted if n in self.known.fresh}
        if self.solved is not None:
            rows |= self.solved.numbered(wanted)
        missing = wanted - rows.keys()
        if missing:
            rows |= {row.number: row for row in self.known.store.articles(missing)}
            require_rows("article", missing, rows)
        return rows

    def _cluster(self, home: int) -> Cluster:
        """A cluster that is asked for, as a value."""
        assert self.solved is not None
        if home not in self._made:
            stories, name = self.solved.stories, self.plan.names[home]
            # A cluster that only the article asked about would make has no number.
            named = self._stored or name in self.plan.replaced
            members = MemberColumns(self.solved.rows, stories, *stories.first[home : home + 2].tolist())
            self._made[home] = Large(
                f"c{name}" if named else "", members, stories.origins[home], stories.probability[home]
            )
        return self._made[home]

    def verdict(self, row: ArticleRow, text: bytes, *, passages: bool) -> Verdict:
        same, related = self._same_as(row), self._matches(row)
        matched = len(related)
        if row.body is not None:
            matched += len(same) - 1 + self._beside.get(self._own[row.body], 0)
        # Copies of the body come first, by id, and are in this order already: of thousands only these are looked at.
        found = [_Found(other, r.IDENTICAL) for other in same[: LISTED + 1] if other.number != row.number]
        found += related[:LISTED]
        listed = self._listed(row, text, found[:LISTED], passages) if found else ()
        home = self.solved.home_of(row) if self.solved is not None else -1
        if home < 0:
            cluster, origin = None, self._origin(row)
        else:
            cluster = self._cluster(home)
            origin = cluster.origin
        # An excerpt that lies in two clusters is linked to both and stands in none, and is no new text for that.
        within = bool(found) and any(
            one.other.number < row.number
            and (seen.match.relation is Relation.IDENTICAL or seen.match.direction == "a_in_b")
            for one, seen in zip(found, listed, strict=False)
        )
        new = not within and (home < 0 or self.solved.oldest[home] == row.number)  # type: ignore[union-attr]
        return Verdict(row.id, new, self._stored, listed, matched, cluster, origin)

    def _same_as(self, row: ArticleRow) -> Sequence[ArticleRow]:
        """The articles that have its body, itself among them."""
        return self._same[row.body] if row.body is not None else ()

    def _matches(self, row: ArticleRow) -> Sequence[_Found]:
        """Known articles that match and are no copies of the body, the closest first."""
        if row.body is None:
            return ()
        if row.body not in self._found:
            self._found[row.body] = self._found_of(self._own[row.body])
        found = self._found[row.body]
        links = [one.other for one in found if one.code == r.OVERLAP] if row.domain else ()
        notices = self._notices(row, links) if len(links) > REUSED else ()
        return [one for one in found if one.other.number not in notices] if notices else found

    def _found_of(self, own: int) -> list[_Found]:
        """What the article that stands for a body matches, the closest first."""
        found = []
        for at, number in self._pairs[own]:
            code = self._told.get((min(own, number), max(own, number))) or int(self._held.relation[at])
            other = self._rows.get(number)
            if code and other is not None:
                found.append(_Found(other, code, int(self._held.features[at, c.SHARED]), at, number < own))
        return sorted(found, key=lambda one: (_ORDER[one.code], -one.shared, one.other.id))

    def _notices(self, row: ArticleRow, others: Sequence[ArticleRow]) -> set[int]:
        """Overlaps by a site's own standing text (`site_notices`): with several stories of the same domain."""
        if not row.domain or len(others) <= REUSED:
            return set()
        own = [
            other for other in others if other.domain and normalize_domain(other.domain) == normalize_domain(row.domain)
        ]
        if len(own) <= REUSED:
            return set()
        homes = self.known.store.cluster_numbers_of(other.number for other in own)
        stories = {homes.get(other.number, -other.number) for other in own}
        return {other.number for other in own} if len(stories) > REUSED else set()

    def _listed(self, row: ArticleRow, text: bytes, found: Sequence[_Found], passages: bool) -> tuple[Seen, ...]:
        """What is said of the matches that are listed."""
        shared = self._shared(row, text, [one.other for one in found]) if passages else {}
        out = []
        for one in found:
            other, runs = one.other, shared.get(one.other.number, ())
            match = self._match(row, one, runs) if one.row >= 0 else self._same_body(row, runs)
            out.append(Seen(other.id, other.url, other.domain, other.title, other.published, match))
        return tuple(out)

    def _match(self, row: ArticleRow, found: _Found, passages: tuple[Passage, ...]) -> Match:
        features = self._held.features[found.row]
        if found.mirrored:
            features = features[MIRROR]
        return match_of(row, found.other, found.code, features.tolist(), passages)

    def _same_body(self, row: ArticleRow, passages: tuple[Passage, ...]) -> Match:
        """The match of two articles that have one body."""
        (body,) = self.known.body_rows([row.body]).values()  # type: ignore[list-item]
        n = body.words
        return Match(Relation.IDENTICAL, None, None, 1.0, 1.0, 1.0, n, passages, n, n, n, n, n)

    def _shared(self, row: ArticleRow, text: bytes, rows: Sequence[ArticleRow]) -> dict[int, tuple[Passage, ...]]:
        """The passages shared with articles, by number."""
        texts = self._texts(rows)
        others = [other for other in rows if other.number in texts]
        found = shared_passages(
            _article(row, text), [_article(other, texts[other.number]) for other in others], self.settings
        )
        return {other.number: runs for other, runs in zip(others, found, strict=True)}

    def _texts(self, rows: Sequence[ArticleRow]) -> dict[int, bytes]:
        """The texts of articles, by number."""
        known = self.known
        first = min(known.fresh)
        found = {row.number: known.incoming[row.number - first].text for row in rows if row.number in known.fresh}
        stored = [row.number for row in rows if row.number not in found]
        if stored:
            found |= known.texts.unpacked(known.store.texts(stored))
            require_rows("text", stored, found)
        return found

    def _origin(self, row: ArticleRow) -> Origin:
        return self._alone.origin(row.id, row.domain, heard(row.evidence) if row.evidence else ())


def _article(row: ArticleRow, text: bytes) -> Article:
    return Article(text.decode(), row.id, row.url, row.domain, row.title, row.published, row.authors)


def known_verdicts(store: Store, settings: Settings, ids: Sequence[str | None]) -> list[Verdict | None]:
    """The verdicts on articles that are stored, as of now; None for None."""
    numbers = store.numbers_of_ids([id for id in ids if id])
    rows = {row.id: row for row in store.articles(numbers.values())}
    homes = store.cluster_numbers_of(numbers.values())
    clusters = {cluster.name: cluster for cluster in stored_clusters(store, set(homes.values()))}
    require_rows("article", numbers, rows)
    require_rows("cluster", (f"c{home}" for home in homes.values()), clusters)
    decided = single_decider(registry(settings.agencies, settings.sites))
    out: list[Verdict | None] = []
    for id in ids:
        if not id:
            out.append(None)
            continue
        row = rows[id]
        cluster = clusters.get(f"c{homes.get(row.number)}")
        said = heard(row.evidence) if row.evidence else ()
        origin = cluster.origin if cluster is not None else decided.origin(row.id, row.domain, said)
        out.append(Verdict(id, False, False, (), 0, cluster, origin, known=True))
    return out
