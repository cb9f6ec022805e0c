"""Choose the canonical copy of a cluster: the member to keep. Cluster and origin stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum, inf
from typing import Any, NamedTuple

from dedup.attribution.features import MemberEvidence
from dedup.attribution.first_seen import earliest
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry, registry
from dedup.model import Origin

#: Log-odds of the copy closest to the origin: on the origin's own site; on the site of the wire through which an issuer
#: publishes; with its credit in the text, or only in a field beside it; with the host's own work mixed in; on a
#: republisher's site; earliest. Chosen on the labelled stories: 0.5 more or less of any changes two of a hundred.
OWN_PAGE, WIRE_PAGE, CREDIT, FIELD, MIXED, REPUBLISHER, EARLIEST = 3.0, 2.5, 1.0, 0.25, -1.5, -2.0, 0.5
#: A rewrite is closer only on the origin's own page; a copy with another story beside it is never kept, nor one that
#: does not hold what another member tells.
REWRITE, COMPOSITE, PARTIAL = -2.0, -1000.0, -1000.0
#: What a member is to the story: a copy in any state, a rewrite, a copy with another story beside it, or one that
#: cannot stand for all others.
COPY_TIER, REWRITE_TIER, COMPOSITE_TIER, PARTIAL_TIER = range(4)
#: Weight of a rival's probability to be the origin, for its own page.
LIKELY = 2.0
#: A copy with less than so many tenths of the core's words is incomplete, or a mere teaser; the log-odds of each.
#: Copies without their end are still closer to an agency's text than copies with the host's own work.
INCOMPLETE = ((8, -0.5), (4, -1.5))
#: Log-odds that a reader would keep the same copy: always, by its share of the odds, where the origin is known, on the
#: origin's own page, and where not all members are copies of one. Logistic regression on 284 labelled clusters.
CERTAINTY = (0.7, 1.4, 0.5, 0.8, -1.9)
#: A copy of at least one part in so many of the longest copy is a text and no teaser, where the longer ones are mixed.
LEAST = 4
#: Signals that the host itself did not make this copy, or damaged it.
NOT_OWN = frozenset({"not_own", "aggregator_notice", "lost_letters"})
_IN_FIELDS = frozenset({"authors", "jsonld_author", "provider", "credit_field", "rss_source"})
#: Signals that the host's own staff worked on it.
_OWN_WORK = frozenset({"contribution", "own_staff", "beside", "told", "told_once", "attributed"})


class Standing(NamedTuple):
    """What makes one copy closer to the origin than another: values of one copy, or columns (n,) of all.

    `on_republisher` is false on the origin's own page, `on_wire` is only read on a republisher. `likelihood`: the
    probability that the host is the origin, where the origin is unknown. `credit`: of `credit_points`.
    """

    words: Any
    is_mixed: Any
    on_origin_page: Any
    on_republisher: Any
    on_wire: Any
    likelihood: Any
    credit: Any
    is_not_own: Any
    is_earliest: Any
    tier: Any

    def is_no_worse(self, other: Standing) -> Any:
        """Return whether a copy on the same site may be kept in place of another, if it is fuller."""
        return (
            (self.tier == other.tier)
            & (self.is_mixed <= other.is_mixed)
            & (self.is_not_own <= other.is_not_own)
            & (self.credit >= other.credit)
        )

    def points(self, core_words: int) -> Any:
        """Return the log-odds: float, or float64 (n,)."""
        incomplete = 0.0
        for tenths, cost in INCOMPLETE:
            incomplete = incomplete + cost * (10 * self.words < tenths * core_words)
        return (
            MIXED * self.is_mixed
            + OWN_PAGE * self.on_origin_page
            + (WIRE_PAGE * self.on_wire + REPUBLISHER * (1 - self.on_wire)) * self.on_republisher
            + LIKELY * self.likelihood
            + self.credit
            + REPUBLISHER * self.is_not_own
            + incomplete
            + EARLIEST * self.is_earliest
            + REWRITE * (self.tier == REWRITE_TIER)
            + COMPOSITE * (self.tier == COMPOSITE_TIER)
            + PARTIAL * (self.tier == PARTIAL_TIER)
        )


def canonical(
    members: Sequence[MemberEvidence],
    origin: Origin,
    core_words: int,
    sites: Registry | None = None,
    tiers: Sequence[int] = (),
) -> tuple[int, float]:
    """Return the index of the member to keep, and the probability that it is the closest to the origin.

    Closest: on the origin's own domain (or the likeliest one's, where the origin is unknown), else with its credit, not
    on a known republisher, without the host's own additions, complete, early. Of equals the earlier, then the one whose
    length is closest to the core's, then the smaller id. core_words: of the longest copy; tiers (n,): what each member
    is to the story, copies if not said.
    """
    if len(members) == 1:
        return 0, 1.0
    sites = sites or registry()
    first = earliest(sorted(member.when.seconds for member in members if member.when is not None))
    likelihood = {name: p for name, p, _ in origin.rivals} if origin.name is None else {}
    standings = []
    for member, tier in zip(members, tiers or [COPY_TIER] * len(members), strict=True):
        observations = member.observations
        site = sites.host(member.domain) if member.domain else None
        host, republishes = (site.name, site.republishes) if site is not None else (None, False)
        is_own = origin.name is not None and host is not None
        is_own = is_own and (host == origin.name or member.domain == origin.domain)
        standings.append(
            Standing(
                member.words,
                origin.kind == "agency" and bool(observations) and is_mixed(observations, host, origin.name),
                is_own,
                republishes and not is_own,
                republishes and ("distributor", host) in origin.chain,
                likelihood.get(host, 0.0) if host is not None else 0.0,
                credit_points(observations, origin) if observations else 0.0,
                bool(observations) and any(o.signal in NOT_OWN for o in observations),
                member.when is not None and member.when.seconds == first,
                tier,
            )
        )
    if any(copy.is_mixed for copy in standings):
        core_words = words_of_core(max((s.words for s in standings if not s.is_mixed), default=0), core_words)
    points = [copy.points(core_words) for copy in standings]
    times = [m.when.seconds if m.when else inf for m in members]
    best = min(
        range(len(members)), key=lambda i: (-points[i], times[i], abs(members[i].words - core_words), members[i].id)
    )
    best = _fullest(members, standings, best, sites)
    share = exp(points[best]) / fsum(map(exp, points))
    return best, certainty(share, origin, standings[best].on_origin_page, PARTIAL_TIER in tiers)


def certainty(share: float, origin: Origin, is_on_origin_page: bool, has_partial: bool) -> float:
    """Return the probability that a reader would keep the copy that is kept, rounded to four decimals.

    share: of the odds of all members; of two pages that are equally good each has half, and a reader takes either.
    has_partial: the cluster holds a text of which another member is no copy.
    """
    facts = (1.0, share, float(origin.name is not None), float(is_on_origin_page), float(has_partial))
    terms = zip(CERTAINTY, facts, strict=True)
    return round(1 / (1 + exp(-fsum(weight * value for weight, value in terms))), 4)


def _fullest(members: Sequence[MemberEvidence], standings: Sequence[Standing], best: int, sites: Registry) -> int:
    """Return the fullest state of the text on the site of the best copy: its longest one that stands no worse.

    Sites that only republish, as release wires, count as one.
    """
    hosts = [sites.host(member.domain) if member.domain else None for member in members]
    host = hosts[best]
    if host is None:
        return best
    same = [
        i
        for i, other in enumerate(hosts)
        if other is not None
        and (other.name == host.name or (host.republishes and other.republishes))
        and standings[i].is_no_worse(standings[best])
    ]
    return min(same, key=lambda i: (-members[i].words, i != best, members[i].id))


def words_of_core(longest: int, core_words: int) -> int:
    """Return the words of a complete copy; longest: of the copies that are not mixed.

    The host's own work makes a mixed copy longer, and the other copies not incomplete.
    """
    return longest if LEAST * longest >= core_words else core_words


def is_mixed(observations: Sequence[Observation], host: str | None, name: str | None) -> bool:
    """Return whether a copy of an agency's text has others' work in it: by the host, or by a credit that names both."""
    if any(o.signal == "beside" or (o.name == host and o.signal in _OWN_WORK) for o in observations):
        return True
    host_quotes = {o.quote for o in observations if o.name == host and o.signal == "authors"}
    return any(o.name == name and o.quote in host_quotes for o in observations)


def credit_points(observations: Sequence[Observation], origin: Origin) -> float:
    """Return the log-odds for the origin's credit in a copy; an issuer's copies name it in many ways."""
    in_fields = [
        o.signal in _IN_FIELDS
        for o in observations
        if (o.name == origin.name or (origin.kind == "issuer" and o.signal == "issuer")) and o.signal not in _OWN_WORK
    ]
    return 0.0 if not in_fields else FIELD if all(in_fields) else CREDIT
