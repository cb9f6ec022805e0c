"""The canonical copy: the member to keep, chosen when the cluster and its origin are known, changing neither."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf

from dedup.clusters.origin.decide import Witness
from dedup.clusters.origin.registry import Registry, registry
from dedup.model import Origin

#: Log-odds of being the copy closest to the origin: on its own site, with its credit, complete, early.
OWN_PAGE, CREDITED, REPUBLISHED, CUT_SHORT, EARLIEST = 3.0, 1.0, -2.0, -2.0, 0.5
#: A copy is complete with so much of the core's words.
_COMPLETE = 8, 10
#: Signals that say that the host itself did not make this copy.
_NOT_OWN = frozenset({"not_own", "aggregator_notice"})


def canonical(
    members: Sequence[Witness], origin: Origin, core_words: int, known: Registry | None = None
) -> tuple[int, float]:
    """The member to keep, as its index, and the probability that it is the closest to the origin.

    Closest: on the origin's own domain, else with its credit kept, not on a known republisher, in full, early; of
    equals the one whose length is closest to the core's, the earlier, the smaller id.
    """
    if len(members) == 1:
        return 0, 1.0
    known = known or registry()
    earliest = min([m.when.seconds for m in members if m.when], default=None)

    def score(member: Witness) -> float:
        points = 0.0
        if origin.name is not None and member.domain and _is_home(member.domain, origin, known):
            points += OWN_PAGE
        if member.said:
            points += CREDITED * any(e.supports == origin.name and e.weight >= 0 for e in member.said)
            points += REPUBLISHED * any(e.signal in _NOT_OWN for e in member.said)
        points += REPUBLISHED if known.republishes(member.domain) else 0.0
        points += CUT_SHORT if _COMPLETE[1] * member.words < _COMPLETE[0] * core_words else 0.0
        points += EARLIEST if member.when is not None and member.when.seconds == earliest else 0.0
        return points

    points = [score(m) for m in members]
    times = [m.when.seconds if m.when else inf for m in members]
    best = min(
        range(len(members)), key=lambda i: (-points[i], times[i], abs(members[i].words - core_words), members[i].id)
    )
    return best, round(exp(points[best]) / sum(map(exp, points)), 4)


def _is_home(domain: str, origin: Origin, known: Registry) -> bool:
    return known.host_name(domain) == origin.name or domain == origin.domain
