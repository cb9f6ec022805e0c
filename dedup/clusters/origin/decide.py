"""From evidence to an origin, and from an origin to the canonical copy.

Candidates are the names in the evidence, the hosts, and `unknown`. Each family of signals counts once a cluster:
copies repeat one fact, they are not witnesses. The scores are log-odds, and a softmax over them is the probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from math import exp, inf
from operator import itemgetter
from typing import NamedTuple, overload

import orjson

from dedup.articles.agencies import Agency, agencies, of_domain
from dedup.articles.dates import When
from dedup.model import Evidence, Origin

#: Log-odds before any evidence: a host, a host known to republish, nobody that can be named.
HOST, REPUBLISHER, UNKNOWN = -1.0, -3.0, 1.0
HOME = 3.5
#: The first host in time: so much, and so much more for each hour it is ahead, up to the cap.
FIRST_SEEN, FIRST_SEEN_HOUR, FIRST_SEEN_CAP = 2.2, 0.05, 3.0
#: Credits of all kinds together count at most so much for one name.
CREDITS_CAP = 6.0
#: An origin is named from this probability on.
CONFIDENT = 0.5


class Witness(NamedTuple):
    """What the decision sees of one member: who hosts it, when, how long it is, and what it says of its source.

    A tuple, since one is made for every article of every cluster, and a frozen dataclass takes three times as long.
    """

    id: str
    domain: str | None
    when: When | None
    words: int
    said: tuple[Evidence, ...] = ()


@cache
def _republishers() -> frozenset[str]:
    data = orjson.loads((files("dedup.clusters.origin") / "republishers.json").read_bytes())
    return frozenset(domain for entry in data for domain in entry["domains"])


@lru_cache(65536)
def republishes(domain: str | None) -> bool:
    """Whether a domain is a known portal, aggregator or archive, which writes nothing itself."""
    known = _republishers()
    while domain:
        if domain in known:
            return True
        _, _, domain = domain.partition(".")
    return False


@cache
def _by_name() -> dict[str, Agency]:
    return {agency.name: agency for agency in agencies()}


def decide(members: Sequence[Witness]) -> Origin:
    """The origin of a text that these members carry."""
    evidence = _evidence(members)
    domains = tuple(sorted({m.domain for m in members if m.domain}))
    weights = tuple((e.signal, e.supports, e.weight) for e in evidence if e.supports is not None)
    return Origin(*_verdict(domains, weights), tuple(evidence))


@lru_cache(65536)
def _verdict(
    domains: tuple[str, ...], weights: tuple[tuple[str, str, float], ...]
) -> tuple[str | None, str, str | None, bool, float]:
    """(name, kind, domain, in corpus, probability) from the hosts and the weighted evidence.

    Cached, for most texts say the same few things on the same few domains.
    """
    score: dict[str | None, float] = {None: UNKNOWN}
    hosts: dict[str, str] = {}
    for domain in domains:
        name = host_name(domain)
        hosts.setdefault(name, domain)
        score[name] = max(score.get(name, -9.0), REPUBLISHER if republishes(domain) else HOST)
    credits: dict[str, float] = {}
    for signal, name, weight in weights:
        if signal in ("home_domain", "first_seen"):
            score[name] = score.get(name, HOST) + weight
        else:
            credits[name] = min(CREDITS_CAP, credits.get(name, 0.0) + weight)
    for name, weight in credits.items():
        score[name] = score.get(name, HOST) + weight
    total = sum(exp(s) for s in score.values())
    best = max(score, key=lambda name: (score[name], name or ""))
    probability = exp(score[best]) / total
    if best is None or probability < CONFIDENT:
        return None, "unknown", None, False, round(exp(UNKNOWN) / total, 4)
    kind, home = _describe(best, hosts)
    return best, kind, home, best in hosts, round(probability, 4)


def _describe(name: str, hosts: dict[str, str]) -> tuple[str, str | None]:
    """(kind, domain) of a named origin."""
    agency = _by_name().get(name)
    if agency is not None:
        return ("agency" if agency.kind == "agency" else "outlet"), (agency.domains[0] if agency.domains else None)
    return "outlet", hosts.get(name)


@overload
def host_name(domain: str) -> str: ...
@overload
def host_name(domain: None) -> None: ...
def host_name(domain: str | None) -> str | None:
    """The name of who runs a domain: the registry's, else the domain itself."""
    agency = of_domain(domain)
    return agency.name if agency is not None else domain


def _evidence(members: Sequence[Witness]) -> list[Evidence]:
    """One piece of evidence for each signal and name, from the member with the smallest id that has it."""
    found: dict[tuple[str, str | None], Evidence] = {}
    for member in sorted(members, key=itemgetter(0)):
        for item in member.said:
            found.setdefault((item.signal, item.supports), item)
        agency = of_domain(member.domain)
        if agency is not None and agency.kind != "press_release":
            found.setdefault(
                ("home_domain", agency.name), Evidence(member.id, "home_domain", member.domain or "", agency.name, HOME)
            )
    first = _first_seen(members) if len(members) > 1 else None
    if first is not None:
        found.setdefault((first.signal, first.supports), first)
    return sorted(found.values(), key=lambda e: (-e.weight, e.signal, e.supports or "", e.article or ""))


def _first_seen(members: Sequence[Witness]) -> Evidence | None:
    """The host that had the text strictly before all others, where the members' times can tell."""
    dated = sorted(
        [
            (m.when.seconds, m.when.seconds + (0 if m.when.exact else 38 * 3600), m.id, m.domain)
            for m in members
            if m.when
        ],
        key=itemgetter(0, 1, 2),
    )
    if len(dated) < 2:
        return None
    host = host_name(dated[0][3])
    if host is None or republishes(dated[0][3]):
        return None
    ahead = min((d[0] for d in dated[1:] if host_name(d[3]) != host), default=None)
    if ahead is None or ahead <= dated[0][1]:
        return None
    hours = (ahead - dated[0][1]) / 3600
    weight = round(min(FIRST_SEEN_CAP, FIRST_SEEN + FIRST_SEEN_HOUR * hours), 2)
    return Evidence(dated[0][2], "first_seen", f"{hours:.1f} h before the next host", host, weight)


def canonical(members: Sequence[Witness], origin: Origin, core_words: int) -> tuple[int, float]:
    """The member to keep, as its index, and the probability that it is the closest to the origin.

    Closest: on the origin's own domain, else with its credit kept, not on a known republisher, in full, early.
    """
    if len(members) == 1:
        return 0, 1.0
    earliest = min([m.when.seconds for m in members if m.when], default=None)

    def score(member: Witness) -> float:
        points = 0.0
        points += 3.0 if origin.name is not None and host_name(member.domain) == origin.name else 0.0
        points += 1.0 if member.said and any(e.supports == origin.name for e in member.said) else 0.0
        points -= 2.0 if republishes(member.domain) else 0.0
        points -= 2.0 if 10 * member.words < 8 * core_words else 0.0
        points += 0.5 if member.when is not None and member.when.seconds == earliest else 0.0
        return points

    points = [score(m) for m in members]
    times = [m.when.seconds if m.when else inf for m in members]
    best = min(range(len(members)), key=lambda i: (-points[i], times[i], members[i].id))
    return best, round(exp(points[best]) / sum(map(exp, points)), 4)
