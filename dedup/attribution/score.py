"""From evidence to an origin.

Candidates are the names in the evidence, the hosts, and `unknown`. Each signal counts once a cluster and each family
of signals up to a cap: copies repeat one fact, they are not witnesses. The sums are log-odds, and a softmax over them
is the probability. Where the best is not sure enough, or hardly ahead of the next, the origin is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from math import exp, fsum
from typing import NamedTuple

from dedup.attribution.features import SIGNALS_OF_OTHERS, Feature, MemberEvidence, collect_features
from dedup.attribution.weights import Weights, weights
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry, registry
from dedup.model import Evidence, Origin

#: Rivals that are kept to be explained: how many, and from which probability on.
RIVALS, RIVAL = 3, 0.005
#: Of more domains than this those are counted that nothing is said of, but for the first few, which may be rivals.
DOMAINS, PLAIN = 64, 16
#: Signals that name a stop on the text's way, and which.
_STOPS = {"distributor": "distributor", "via": "hop", "feed_footer": "hop"}


class Posterior(NamedTuple):
    """The probability of each candidate, best first (None is `unknown`)."""

    ranked: tuple[tuple[str | None, float], ...]
    chosen: str | None
    unknown: float

    @property
    def probability(self) -> float:
        """The probability that is reported."""
        return self.unknown if self.chosen is None else dict(self.ranked)[self.chosen]


class Decision(NamedTuple):
    """All of an origin that follows from hosts and pieces alone."""

    name: str | None
    kind: str
    domain: str | None
    in_corpus: bool
    probability: float
    rivals: tuple[tuple[str, float, str], ...]


def decide(members: Sequence[MemberEvidence], known: Registry | None = None) -> Origin:
    """The origin of a text that these members carry."""
    known = known or registry()
    if len(members) == 1:
        return _decide_one(members[0], known)
    found, printed = collect_features(members, known)
    domains = tuple(sorted({m.domain for m in members if m.domain}))
    names = {piece.name for piece in found}
    return origin_of(*_listed(domains, names, known), found, printed, known)


def is_plain(domain: str, known: Registry) -> bool:
    """Whether nothing is known of who runs a domain."""
    name, kind, republishes = known.host(domain)
    return name == domain and not kind and not republishes and domain not in known.by_name


def _listed(domains: tuple[str, ...], names: Collection[str | None], known: Registry) -> tuple[tuple[str, ...], int]:
    """The domains that decide, and how many more there are: plain ones that no piece names all have the same chance."""
    if len(domains) <= DOMAINS:
        return domains, 0
    plain = [domain for domain in domains if is_plain(domain, known) and domain not in names]
    more = set(plain[PLAIN:])
    return tuple([domain for domain in domains if domain not in more]), len(more)


def origin_of(
    domains: tuple[str, ...], more: int, found: dict[Feature, Evidence], printed: dict[str, str], known: Registry
) -> Origin:
    """An origin from its evidence; domains, more: see `_listed`."""
    pieces = tuple([piece for piece in found if piece.name is not None])
    end = _conclude(domains, more, pieces, known)
    way = chain(end.name, pieces, domains, known) if any(p.signal in _STOPS for p in pieces) or end.name else ()
    name, rivals = end.name, end.rivals
    if printed:
        name = printed.get(name, name) if name else None
        way = tuple((role, printed.get(one, one)) for role, one in way)
        rivals = tuple((printed.get(one, one), p, why) for one, p, why in rivals)
    evidence = tuple(_evidence(found, weights()))
    return Origin(name, end.kind, end.domain, end.in_corpus, end.probability, evidence, way, rivals)


def _decide_one(member: MemberEvidence, known: Registry) -> Origin:
    said = [Observation(e.signal, e.quote, e.supports) for e in member.said]
    return _of_one(member.id, member.domain, said, known)


def _of_one(id: str, domain: str | None, said: Sequence[Observation], known: Registry) -> Origin:
    """The origin of an article alone. Most say the same few things on the same few domains: the decision is made once
    for each, and only the words are the article's own."""
    plan, pieces = _plan(domain, tuple([(signal, name) for signal, _, name in said]), known)
    evidence = tuple(
        [
            Evidence(id, signal, said[at].quote if at >= 0 else domain or "", name, weight)
            for at, signal, name, weight in pieces
        ]
    )
    return Origin(
        plan.name, plan.kind, plan.domain, plan.in_corpus, plan.probability, evidence, plan.chain, plan.rivals
    )


class SingleDecider:
    """Decides articles that stand in no cluster, one by one; keeps what it decided of each sort of domains.

    What nobody says is as likely unknown as its host is one to write (`assemble.singles`): of an article that says
    nothing on a site that is nobody's there is nothing to tell, and one origin serves for all on such sites.
    """

    def __init__(self, known: Registry) -> None:
        self._known = known
        self._silent: dict[tuple[str, bool] | None, Origin | None] = {}

    def origin(self, id: str, domain: str | None, said: Sequence[Observation]) -> Origin:
        """The origin of an article by its id, its domain, and what it says."""
        if not said:
            host = self._known.host(domain) if domain else None
            sort = (host.kind, host.republishes) if host is not None else None
            if sort not in self._silent:
                plan, _ = _plan(domain, (), self._known)
                self._silent[sort] = replace(plan, evidence=(), rivals=()) if plan.name is None else None
            if (silent := self._silent[sort]) is not None:
                return silent
        return _of_one(id, domain, said, self._known)


@lru_cache(8)
def single_decider(known: Registry) -> SingleDecider:
    """What decides articles alone, by a registry."""
    return SingleDecider(known)


@lru_cache(16384)
def _plan(
    domain: str | None, said: tuple[tuple[str, str | None], ...], known: Registry
) -> tuple[Origin, tuple[tuple[int, str, str | None, float], ...]]:
    """The origin of an article that says this, and for each piece of its evidence which of the things said it is (-1:
    none, it is the domain's), its signal, name and weight."""
    numbered = tuple(Evidence(str(i), signal, "", name, 0.0) for i, (signal, name) in enumerate(said))
    found, printed = collect_features([MemberEvidence("-1", domain, None, 0, numbered)], known)
    origin = origin_of((domain,) if domain else (), 0, found, printed, known)
    return origin, tuple((int(e.article or -1), e.signal, e.supports, e.weight) for e in origin.evidence)


def score(
    domains: Sequence[str], pieces: Sequence[Feature], known: Registry, table: Weights
) -> dict[str | None, float]:
    """Log-odds of every candidate."""
    prior = table.prior
    total: dict[str | None, float] = {None: prior["unknown"]}
    for domain in domains:
        host = known.host(domain)
        total[host.name] = prior["republisher" if host.republishes else "host"]
    families: dict[tuple[str, str], float] = {}
    for signal, name, share in pieces:
        if signal in SIGNALS_OF_OTHERS:
            continue
        family, weight = table.family[signal], table.signal[signal] * share
        families[name, family] = families.get((name, family), 0.0) + weight
    for (name, family), weight in families.items():
        total[name] = total.get(name, prior["named"]) + min(weight, table.cap.get(family, weight))
    return total


@lru_cache(16384)
def _conclude(domains: tuple[str, ...], more: int, pieces: tuple[Feature, ...], known: Registry) -> Decision:
    """Cached, for many texts say the same few things on the same few domains."""
    verdict = posterior(domains, pieces, known, weights(), more)
    kind, home, inside = _describe(verdict.chosen, pieces, domains, known)
    others = rivals(verdict, pieces, domains, known)
    return Decision(verdict.chosen, kind, home, inside, round(verdict.probability, 4), others)


def posterior(
    domains: Sequence[str], pieces: Sequence[Feature], known: Registry, table: Weights, more: int = 0
) -> Posterior:
    """The verdict on candidates under a table of weights; more: how many hosts there are beside, all plain."""
    total = score(domains, pieces, known, table)
    highest = max(total.values())
    mass = {name: exp(value - highest) for name, value in total.items()}
    whole = exact_sum([(value, 1) for value in mass.values()] + [(exp(table.prior["host"] - highest), more)])
    ranked = sorted(((name, m / whole) for name, m in mass.items()), key=lambda r: (-r[1], r[0] or ""))
    unknown = mass[None] / whole
    best, probability = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if best is None or probability < table.probability or probability - second < table.lead:
        return Posterior(tuple(ranked), None, unknown if best is None else max(unknown, 1 - probability))
    if probability > table.mixed and _only_helped(best, pieces, table):
        ranked[0] = (best, table.mixed)
    return Posterior(tuple(ranked), best, unknown)


def exact_sum(terms: Iterable[tuple[float, int]]) -> float:
    """The sum of values, each so many times, as if it were exact and then rounded: in whatever order, and grouped or
    not, it is the same number."""
    parts = []
    for value, count in terms:
        # A value times a power of two is exact.
        parts += [value * (1 << bit) for bit in range(count.bit_length()) if count >> bit & 1]
    return fsum(parts)


def _only_helped(name: str, pieces: Sequence[Feature], table: Weights) -> bool:
    """Whether all that the text itself says for a name is that it contributed."""
    families = {table.family[p.signal] for p in pieces if p.name == name and table.signal[p.signal] > 0}
    return "mixed" in families and not families & {"credit", "licence", "issuer", "metadata", "site"}


def _evidence(found: dict[Feature, Evidence], table: Weights) -> list[Evidence]:
    """The pieces with their weights, the heaviest first."""
    out = [
        Evidence(e.article, e.signal, e.quote, e.supports, round(table.signal[piece.signal] * piece.share, 2))
        for piece, e in found.items()
    ]
    return sorted(out, key=lambda e: (-e.weight, e.signal, e.supports or "", e.article or ""))


def _describe(
    name: str | None, pieces: Sequence[Feature], domains: Sequence[str], known: Registry
) -> tuple[str, str | None, bool]:
    """(kind, domain, in corpus) of an origin."""
    if name is None:
        return "unknown", None, False
    hosts = {known.host_name(domain): domain for domain in reversed(domains)}
    agency = known.by_name.get(name)
    if agency is not None:
        kind = "agency" if agency.kind == "agency" else "outlet"
        return kind, (agency.domains[0] if agency.domains else None), name in hosts
    issued = any(p.signal in ("issuer", "issuer_subject") and p.name == name for p in pieces)
    domain = hosts.get(name) or (name if "." in name and " " not in name else None)
    return ("issuer" if issued else "outlet"), domain, name in hosts


def chain(
    chosen: str | None, pieces: Sequence[Feature], domains: Sequence[str], known: Registry
) -> tuple[tuple[str, str], ...]:
    """The way of the text as (role, name), where it can be seen: writer, distributor, hop, host."""
    links = [("writer", chosen)] if chosen else []
    links += sorted({(_STOPS[p.signal], p.name) for p in pieces if p.signal in _STOPS and p.name != chosen})
    if len(links) > (chosen is not None) or (chosen and len(domains) == 1):
        named = {name for _, name in links}
        links += [
            ("host", host) for host in [known.host_name(d) for d in domains if known.host_name(d) not in named][:3]
        ]
    return tuple(links)


def rivals(
    verdict: Posterior, pieces: Sequence[Feature], domains: Sequence[str], known: Registry
) -> tuple[tuple[str, float, str], ...]:
    """The candidates that were not chosen, as (name, probability, reason)."""
    others = [
        (name, p) for name, p in verdict.ranked[: RIVALS + 2] if p >= RIVAL and name not in (None, verdict.chosen)
    ]
    if not others:
        return ()
    own: dict[str, list[str]] = {}
    for piece in pieces:
        own.setdefault(piece.name, []).append(piece.signal)
    republishers = {known.host_name(domain) for domain in domains if known.host(domain).republishes}
    return tuple(
        [
            (name, round(p, 4), _why_not(own.get(name, ()), name in republishers, weights()))
            for name, p in others[:RIVALS]
            if name is not None
        ]
    )


def _why_not(signals: Sequence[str], republishes: bool, table: Weights) -> str:
    """Why a candidate was not chosen: what speaks against it, else how little speaks for it."""
    own = sorted({s for s in signals if table.signal[s]}, key=table.signal.__getitem__)
    if own and table.signal[own[0]] < 0:
        return table.says[own[0]]
    if republishes:
        return "a site that republishes"
    if not own:
        return "carries the text, and says nothing of having written it"
    return f"only this speaks for it: {', '.join(table.says[s] for s in reversed(own[-2:]))}"
