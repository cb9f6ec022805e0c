"""The canonical copy: the member to keep, chosen when the cluster and its origin are known, changing neither."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum, inf

from dedup.attribution.features import MemberEvidence
from dedup.attribution.first_seen import earliest
from dedup.evidence.registry import Registry, registry
from dedup.model import Evidence, Origin

#: Log-odds of being the copy closest to the origin: on its own site; on that of the wire that an issuer publishes
#: through; with its credit in the text, or only in a field beside it; with the host's own work mixed in; on a
#: republisher's site; early. Chosen on the labelled stories: 0.5 more or less of any moves two of a hundred.
OWN_PAGE, WIRE_PAGE, CREDITED, FIELD, MIXED, REPUBLISHED, EARLIEST = 3.0, 2.5, 1.0, 0.25, -1.5, -2.0, 0.5
#: In others' words: closer only where it stands on the origin's own page.
RETOLD = -2.0
#: What a rival's probability of being the origin counts for its own page.
LIKELY = 2.0
#: With less than this many tenths of the core's words a copy is cut short, or a mere teaser; what each costs. Copies
#: that lost their end are still closer to an agency's text than those that a host wrote on.
CUT_SHORT = ((8, -0.5), (4, -1.5))
#: One part in so many of the longest copy is a text, and no teaser, where the longer ones are mixed.
LEAST = 4
#: Signals that say that the host itself did not make this copy; that its own staff worked on it.
NOT_OWN = frozenset({"not_own", "aggregator_notice"})
_IN_FIELDS = frozenset({"authors", "jsonld_author", "provider", "credit_field", "rss_source"})
_OWN_WORK = frozenset({"contribution", "own_staff", "beside", "told", "told_once", "attributed"})


def canonical(
    members: Sequence[MemberEvidence],
    origin: Origin,
    core_words: int,
    known: Registry | None = None,
    retold: Sequence[bool] = (),
) -> tuple[int, float]:
    """The member to keep, as its index, and the probability that it is the closest to the origin.

    Closest: on the origin's own domain (or the likeliest one's, where the origin is unknown), else with its credit
    kept, not on a known republisher, without the host's own additions, in full, early; of equals the earlier, then the
    one whose length is closest to the core's, then the smaller id. core_words: of the longest copy; retold: which
    members tell the story in other words.
    """
    if len(members) == 1:
        return 0, 1.0
    known = known or registry()
    first = earliest([m.when for m in members])
    likely = {name: p for name, p, _ in origin.rivals}
    hosts = [known.host_name(m.domain) if m.domain else None for m in members]
    agency = origin.kind == "agency"
    works = [
        agency and bool(m.said) and mixed(m.said, host, origin.name) for m, host in zip(members, hosts, strict=True)
    ]
    if any(works):  # what a mixed copy has more is its host's own, and makes no other copy incomplete
        longest = max([m.words for m, its in zip(members, works, strict=True) if not its], default=0)
        core_words = longest if LEAST * longest >= core_words else core_words

    def score(member: MemberEvidence, its_mixed: bool) -> float:
        points = MIXED if its_mixed else 0.0
        if member.domain:
            host, _, republishes = known.host(member.domain)
            if origin.name is not None and (host == origin.name or member.domain == origin.domain):
                points += OWN_PAGE
            elif republishes:
                points += WIRE_PAGE if ("distributor", host) in origin.chain else REPUBLISHED
            if origin.name is None:
                points += LIKELY * likely.get(host, 0.0)
        if member.said:
            points += credited(member.said, origin.name)
            points += REPUBLISHED * any(e.signal in NOT_OWN for e in member.said)
        cut = 0.0
        for tenths, cost in CUT_SHORT:
            cut += cost if 10 * member.words < tenths * core_words else 0.0
        points += cut
        points += EARLIEST if first is not None and member.when is not None and member.when.seconds == first else 0.0
        return points

    points = [score(m, its) for m, its in zip(members, works, strict=True)]
    if any(retold):
        points = [p + RETOLD * its for p, its in zip(points, retold, strict=True)]
    times = [m.when.seconds if m.when else inf for m in members]
    best = min(
        range(len(members)), key=lambda i: (-points[i], times[i], abs(members[i].words - core_words), members[i].id)
    )
    return best, round(exp(points[best]) / fsum(map(exp, points)), 4)


def mixed(said: Sequence[Evidence], host: str | None, name: str | None) -> bool:
    """Whether others' work is in a copy of an agency's text: the host says so, or a credit names both in one breath."""
    if any(e.signal == "beside" or (e.supports == host and e.signal in _OWN_WORK) for e in said):
        return True
    own = {e.quote for e in said if e.supports == host and e.signal == "authors"}
    return any(e.supports == name and e.quote in own for e in said)


def credited(said: Sequence[Evidence], name: str | None) -> float:
    """What a copy has for the origin's credit that it keeps."""
    kept = [e.signal in _IN_FIELDS for e in said if e.supports == name and e.signal not in _OWN_WORK]
    return 0.0 if not kept else FIELD if all(kept) else CREDITED
