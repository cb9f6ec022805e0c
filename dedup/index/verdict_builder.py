"""Build the verdicts on articles from a planned change, or from what is stored of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.attribution.score import origin_alone
from dedup.clustering.site_notices import REUSED
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.compare import MIRROR
from dedup.comparison.probability import Limits, model, probabilities
from dedup.comparison.recency import Dated
from dedup.index.lazy_cluster import LazyCluster, MemberColumns
from dedup.index.model_values import article_from_row, evidence_from_json, load_clusters
from dedup.index.plan import Change
from dedup.index.sites import sites_of
from dedup.index.stores.base import ArticleRow, Store
from dedup.index.stores.checksums import require_rows
from dedup.index.verdicts import MAX_MATCHES, KnownMatch, Verdict
from dedup.kernels.sorted_arrays import isin_sorted
from dedup.model import Cluster, Match, Passage, Relation
from dedup.settings import Settings
from dedup.single import Numbers, match_of, shared_passages
from dedup.text.boilerplate.learning import normalize_domain

#: Pairs of an article from which on its closest matches are chosen by columns.
MANY_PAIRS = 64
#: The order of matches: by the code of the relation, then by shingles in common. Unrelated pairs come last.
_ORDER = np.full(len(r.RELATIONS), len(Relation))
_ORDER[[relation.code for relation in Relation]] = range(len(Relation))


class _MatchRow(NamedTuple):
    """A match before it is a value. relation: code; shared: shingles in common; comparison: row in the comparisons of
    the change, -1 for a copy of the body; mirrored: there the article of the verdict is b."""

    article: ArticleRow
    relation: int
    shared: int = 0
    comparison: int = -1
    mirrored: bool = False


def build_verdicts(change: Change, *, stored: bool, passages: bool) -> list[Verdict]:
    """Return the verdict on every new article, in their order, within the transaction of the change.

    stored: the change will be applied. passages: find the shared passages of the matches.
    """
    builder = VerdictBuilder(change, stored)
    return [builder.verdict(row, passages=passages) for row in change.snapshot.added.values()]


class VerdictBuilder:
    """Builds the verdicts on the new articles of one change."""

    def __init__(self, change: Change, stored: bool) -> None:
        self._change, self._stored = change, stored
        self._snapshot = snapshot = change.snapshot
        self._result = change.result
        self._comparisons = change.pairs.comparisons
        self._settings = snapshot.settings
        self._sites = sites_of(self._settings)
        #: By new body: its articles, and the number of its representative.
        self._copies = snapshot.articles_of(row.body for row in snapshot.added.values() if row.body is not None)
        self._representative = {body: snapshot.representatives(rows)[0].number for body, rows in self._copies.items()}
        #: By representative: (row of the comparison, number) of the articles that it was compared with.
        self._partners = self._find_partners()
        self._rewrites = self._find_rewrites()
        #: By representative of very many partners: matches that are not in `_partners`, none of which is listed.
        self._unlisted: dict[int, int] = {}
        for number in [number for number, partners in self._partners.items() if len(partners) > MANY_PAIRS]:
            self._keep_closest(number)
        self._rows = self._load_partners()
        self._clusters: dict[int, Cluster] = {}
        self._matches: dict[int, list[_MatchRow]] = {}  # by body

    def _find_partners(self) -> dict[int, list[tuple[int, int]]]:
        """Collect the comparisons of the representatives of new bodies."""
        a, b = self._comparisons.ends
        numbers = np.array(sorted(self._representative.values()), np.int64)
        is_partner = (isin_sorted(numbers, a) | isin_sorted(numbers, b)) & self._comparisons.has_features
        if self._change.pairs.stale:
            stale = np.array(sorted(self._change.pairs.stale), np.int64)
            is_partner &= ~(isin_sorted(stale, a) | isin_sorted(stale, b))
        rows = np.flatnonzero(is_partner)
        x, y = a[rows], b[rows]
        own, other, row = (np.concatenate(both) for both in ((x, y), (y, x), (rows, rows)))
        order = np.argsort(own, kind="stable")
        ends = (np.searchsorted(own, numbers, side, order).tolist() for side in ("left", "right"))
        parts = (order[low:high] for low, high in zip(*ends, strict=True))
        pairs = [list(zip(row[part].tolist(), other[part].tolist(), strict=True)) for part in parts]
        return dict(zip(numbers.tolist(), pairs, strict=True))

    def _keep_closest(self, number: int) -> None:
        """Drop the partners of a representative that cannot be among the closest, and count those that match.

        Where some are overlaps all are kept: overlaps by a site's own notices are no matches (`_notices`).
        """
        partners = self._partners[number]
        rows = np.array([row for row, _ in partners])
        relation = self._comparisons.relation[rows]
        if self._rewrites:
            is_rewrite = [_pair(number, other) in self._rewrites for _, other in partners]
            relation = np.where(is_rewrite, r.REWRITE, relation)
        if (relation == r.OVERLAP).any():
            return
        order = (_ORDER[relation] << 32) - self._comparisons.features[rows, c.SHARED]
        matched = np.flatnonzero(relation != r.NONE)
        if len(matched) > MAX_MATCHES:
            last = np.partition(order[matched], MAX_MATCHES - 1)[MAX_MATCHES - 1]
            closest = matched[order[matched] <= last]
            self._partners[number] = [partners[i] for i in closest.tolist()]
            self._unlisted[number] = len(matched) - len(closest)

    def _find_rewrites(self) -> set[tuple[int, int]]:
        """Return the pairs of articles a < b that clustering found to be rewrites, whatever their comparison says."""
        if self._result is None:
            return set()
        pairs, rows = self._result.pairs, self._result.rows
        rewrites = np.flatnonzero(pairs.relation == r.REWRITE)
        ends = zip(pairs.a[rewrites].tolist(), pairs.b[rewrites].tolist(), strict=True)
        return {_pair(rows[a].number, rows[b].number) for a, b in ends}

    def _load_partners(self) -> dict[int, ArticleRow]:
        """Return the rows of all partners by number."""
        numbers = {other for partners in self._partners.values() for _, other in partners}
        added = self._snapshot.added
        rows = {number: added[number] for number in numbers if number in added}
        if self._result is not None:
            rows |= self._result.rows_by_number(numbers)
        missing = numbers - rows.keys()
        if missing:
            rows |= {row.number: row for row in self._snapshot.store.articles(missing)}
            require_rows("article", missing, rows)
        return rows

    def verdict(self, row: ArticleRow, *, passages: bool) -> Verdict:
        """Return the verdict on a new article."""
        copies = self._copies[row.body] if row.body is not None else ()
        matches = self._matches_of(row)
        matched = len(matches)
        if row.body is not None:
            matched += len(copies) - 1 + self._unlisted.get(self._representative[row.body], 0)
        # Copies of the body come first, by id, and are in this order already: of thousands only these are looked at.
        closest = [_MatchRow(other, r.IDENTICAL) for other in copies[: MAX_MATCHES + 1] if other.number != row.number]
        closest = [*closest, *matches[:MAX_MATCHES]][:MAX_MATCHES]
        values = self._known_matches(row, closest, passages) if closest else ()
        number = self._result.cluster_of(row) if self._result is not None else -1
        cluster = self._cluster(number) if number >= 0 else None
        evidence = evidence_from_json(row.evidence)
        origin = origin_alone(row.id, row.domain, evidence, self._sites) if cluster is None else cluster.origin
        # An excerpt of two clusters is linked to both and a member of neither, and yet no new text.
        is_contained = any(
            match.article.number < row.number
            and (value.match.relation is Relation.IDENTICAL or value.match.direction == "a_in_b")
            for match, value in zip(closest, values, strict=True)
        )
        is_oldest = number < 0 or self._result.oldest_members[number] == row.number  # type: ignore[union-attr]
        return Verdict(row.id, is_oldest and not is_contained, self._stored, values, matched, cluster, origin)

    def _cluster(self, number: int) -> Cluster:
        """Return a cluster of the result as a value."""
        assert self._result is not None
        if number not in self._clusters:
            clusters, stored_number = self._result.clusters, self._change.cluster_numbers[number]
            # A cluster that only the article of a query would make has no number.
            has_name = self._stored or stored_number in self._change.replaced_clusters
            members = MemberColumns(self._result.rows, clusters, *clusters.first[number : number + 2].tolist())
            self._clusters[number] = LazyCluster(
                f"c{stored_number}" if has_name else "", members, clusters.origins[number], clusters.probability[number]
            )
        return self._clusters[number]

    def _matches_of(self, row: ArticleRow) -> Sequence[_MatchRow]:
        """Return the matches that are no copies of the body, the closest first."""
        if row.body is None:
            return ()
        if row.body not in self._matches:
            self._matches[row.body] = self._matches_of_representative(self._representative[row.body])
        matches = self._matches[row.body]
        notices = self._notices(row, [match.article for match in matches if match.relation == r.OVERLAP])
        return [match for match in matches if match.article.number not in notices] if notices else matches

    def _matches_of_representative(self, number: int) -> list[_MatchRow]:
        matches = []
        for row, other in self._partners[number]:
            is_rewrite = _pair(number, other) in self._rewrites
            relation = r.REWRITE if is_rewrite else int(self._comparisons.relation[row])
            if relation != r.NONE and other in self._rows:
                shared = int(self._comparisons.features[row, c.SHARED])
                matches.append(_MatchRow(self._rows[other], relation, shared, row, other < number))
        return sorted(matches, key=lambda match: (_ORDER[match.relation], -match.shared, match.article.id))

    def _notices(self, row: ArticleRow, overlaps: Sequence[ArticleRow]) -> set[int]:
        """Return the numbers of overlaps by a site's standing text: with several stories of the article's own domain
        (`dedup.clustering.site_notices`)."""
        if not row.domain or len(overlaps) <= REUSED:
            return set()
        domain = normalize_domain(row.domain)
        same_site = [other for other in overlaps if other.domain and normalize_domain(other.domain) == domain]
        if len(same_site) <= REUSED:
            return set()
        clusters = self._snapshot.store.cluster_numbers_of(other.number for other in same_site)
        stories = {clusters.get(other.number, -other.number) for other in same_site}
        return {other.number for other in same_site} if len(stories) > REUSED else set()

    def _known_matches(self, row: ArticleRow, matches: Sequence[_MatchRow], passages: bool) -> tuple[KnownMatch, ...]:
        """Return matches as values."""
        others = [match.article for match in matches]
        runs: Sequence[tuple[Passage, ...]] = [()] * len(others)
        if passages:
            texts = self._snapshot.texts([row, *others])
            article, *articles = (article_from_row(one, texts[one.number]) for one in (row, *others))
            runs = shared_passages(article, articles, self._settings)
        (body,) = self._snapshot.body_rows([row.body]).values()  # type: ignore[list-item]
        n = body.words
        values = []
        compared = [match for match in matches if match.comparison >= 0]
        numbers = iter(self._numbers(compared) if compared else ())
        for match, other, own_runs in zip(matches, others, runs, strict=True):
            if match.comparison < 0:
                same = model().identical / 10_000
                value = Match(Relation.IDENTICAL, None, None, 1.0, 1.0, 1.0, n, own_runs, n, n, n, n, n, same)
            else:
                x, y = (Dated(article.title, article.domain, article.published) for article in (row, other))
                value = match_of(x, y, match.relation, next(numbers), own_runs)
            values.append(KnownMatch(other.id, other.url, other.domain, other.title, other.published, value))
        return tuple(values)

    def _numbers(self, matches: Sequence[_MatchRow]) -> list[Numbers]:
        """Return what was measured of compared matches, the article of the verdict as a."""
        features = self._comparisons.features[[match.comparison for match in matches]]
        mirrored = [match.mirrored for match in matches]
        features[mirrored] = features[mirrored][:, MIRROR]
        relation = np.array([match.relation for match in matches], np.uint8)
        probability = probabilities(features, relation, Limits.of(self._settings))
        return list(map(Numbers, features.tolist(), probability.tolist()))


def _pair(x: int, y: int) -> tuple[int, int]:
    return (x, y) if x < y else (y, x)


def known_verdicts(store: Store, settings: Settings, ids: Sequence[str]) -> list[Verdict]:
    """Return the verdicts on articles that are stored, as of now, within a transaction; they list no matches."""
    if not ids:
        return []
    numbers = store.numbers_of_ids(ids)
    rows = {row.id: row for row in store.articles(numbers.values())}
    require_rows("article", numbers, rows)
    cluster_of = store.cluster_numbers_of(numbers.values())
    clusters = {cluster.name: cluster for cluster in load_clusters(store, sorted(set(cluster_of.values())))}
    sites = sites_of(settings)
    verdicts = []
    for id in ids:
        row = rows[id]
        cluster = clusters.get(f"c{cluster_of.get(row.number)}")
        evidence = evidence_from_json(row.evidence)
        origin = origin_alone(row.id, row.domain, evidence, sites) if cluster is None else cluster.origin
        verdicts.append(Verdict(id, False, False, (), 0, cluster, origin, known=True))
    return verdicts
