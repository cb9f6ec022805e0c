"""The canonical copy: the member to keep, chosen when the cluster and its origin are known, changing neither."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf

from dedup.clusters.origin.decide import Witness
from dedup.clusters.origin.registry import Registry, registry
from dedup.clusters.origin.times import earliest
from dedup.model import Origin

#: Log-odds of being the copy closest to the origin: on its own site; with its credit in the text, or only in a field
#: beside it; with the host's own work mixed in; on a republisher's site; early. Chosen on the labelled stories: 0.5
#: more or less of any moves two of a hundred.
OWN_PAGE, CREDITED, FIELD, MIXED, REPUBLISHED, EARLIEST = 3.0, 1.0, 0.25, -1.5, -2.0, 0.5
#: What a rival's probability of being the origin counts for its own page.
LIKELY = 2.0
#: With less than this many tenths of the core's words a copy is cut short, or a mere teaser; what each costs. Copies
#: that lost their end are still closer to an agency's text than those that a host wrote on.
_CUT_SHORT = ((8, -0.5), (4, -1.5))
#: Signals that say that the host itself did not make this copy; that its own staff worked on it.
_NOT_OWN = frozenset({"not_own", "aggregator_notice"})
_IN_FIELDS = frozenset({"authors", "jsonld_author", "provider", "credit_field", "rss_source"})
_OWN_WORK = frozenset({"contribution", "own_staff", "beside", "told", "told_once", "attributed"})


def canonical(
    members: Sequence[Witness], origin: Origin, core_words: int, known: Registry | None = None
) -> tuple[int, float]:
    """The member to keep, as its index, and the probability that it is the closest to the origin.

    Closest: on the origin's own domain (or the likeliest one's, where the origin is unknown), else with its credit
    kept, not on a known republisher, without the host's own additions, in full, early; of equals the earlier, then the
    one whose length is closest to the core's, then the smaller id.
    """
    if len(members) == 1:
        return 0, 1.0
    known = known or registry()
    first = earliest([m.when for m in members])
    likely = {name: p for name, p, _ in origin.rivals}

    def score(member: Witness) -> float:
        points = 0.0
        host = None
        if member.domain:
            host, _, republishes = known.host(member.domain)
            if origin.name is None:
                points += LIKELY * likely.get(host, 0.0)
            elif host == origin.name or member.domain == origin.domain:
                points += OWN_PAGE
            elif republishes and ("distributor", host) in origin.chain:
                points += OWN_PAGE - REPUBLISHED  # the wire's own page is where an issuer publishes
            if republishes and points < OWN_PAGE:
                points += REPUBLISHED
        if member.said:
            points += _credited(member, origin.name)
            points += REPUBLISHED * any(e.signal in _NOT_OWN for e in member.said)
            if origin.kind == "agency":
                points += MIXED * any(e.supports == host and e.signal in _OWN_WORK for e in member.said)
        points += sum(cost for tenths, cost in _CUT_SHORT if 10 * member.words < tenths * core_words)
        points += EARLIEST if first is not None and member.when is not None and member.when.seconds == first else 0.0
        return points

    points = [score(m) for m in members]
    times = [m.when.seconds if m.when else inf for m in members]
    best = min(
        range(len(members)), key=lambda i: (-points[i], times[i], abs(members[i].words - core_words), members[i].id)
    )
    return best, round(exp(points[best]) / sum(map(exp, points)), 4)


def _credited(member: Witness, name: str | None) -> float:
    """What a copy has for the origin's credit that it keeps."""
    kept = [e.signal in _IN_FIELDS for e in member.said if e.supports == name and e.signal not in _OWN_WORK]
    return 0.0 if not kept else FIELD if all(kept) else CREDITED
