"""Decide on the origin of a cluster from the evidence of its members.

Candidates are the names in the evidence, the hosts, and `unknown`. Each signal counts once a cluster, and each family
of signals up to a cap, because copies repeat one fact and are no independent evidence. The sums are log-odds; their
softmax decides: if the best is not probable enough, or too close to the next, the origin is unknown. The probability
that is told is sharper, as labelled clusters show that it is (`weights.json`, `sharpness`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from math import exp, fsum
from operator import itemgetter
from typing import NamedTuple

from dedup.attribution.features import SIGNALS_OF_OTHERS, Feature, MemberEvidence, add_home, collect_features
from dedup.attribution.weights import Weights, weights
from dedup.evidence.observation import Observation
from dedup.evidence.outlets import outlets
from dedup.evidence.registry import Registry, registry
from dedup.model import Evidence, Origin

#: Rivals that are reported: how many, and from which probability on.
RIVALS, RIVAL = 3, 0.005
#: No name is told with a higher probability: nobody has read a thousand clusters to know more.
MOST = 0.999
#: Of more domains than this, those in no registry that no feature names are only counted, except the first few.
DOMAINS, PLAIN = 64, 16
#: Signals that name a stop of the text between writer and host, and the role of that stop.
_STOPS = {"distributor": "distributor", "via": "hop", "feed_footer": "hop"}


class Posterior(NamedTuple):
    """The probability of each candidate, best first (None is `unknown`), and the origin, None if it is unknown."""

    candidates: tuple[tuple[str | None, float], ...]
    origin: str | None
    unknown: float

    @property
    def probability(self) -> float:
        """Return the probability of the origin, or that it is unknown: at most `MOST`."""
        return min(MOST, self.unknown if self.origin is None else dict(self.candidates)[self.origin])


def decide(members: Sequence[MemberEvidence], sites: Registry | None = None) -> Origin:
    """Decide on the origin of the text of these members."""
    sites = sites or registry()
    features, printed_names = collect_features(members, sites)
    if len(members) > 1:

        def first_of(host: str) -> tuple[str, str]:
            of_host = (m for m in members if m.domain and sites.host_name(m.domain) == host)
            first = min(of_host, key=itemgetter(0))
            return first.id, first.domain or ""

        add_home(features, {member.domain or None for member in members}, first_of, sites)
    domains = tuple(sorted({m.domain for m in members if m.domain}))
    names = {feature.name for feature in features}
    return origin_of(*_candidate_domains(domains, names, sites), features, printed_names, sites)


def origin_alone(id: str, domain: str | None, observations: Sequence[Observation], sites: Registry) -> Origin:
    """Decide on the origin of an article in no cluster.

    Without observations the probabilities of an unknown origin depend on the sort of host alone, and no rival is named.
    """
    origin = decide([MemberEvidence(id, domain, None, 0, observations)], sites)
    return origin if observations or origin.name is not None else replace(origin, evidence=(), rivals=())


def is_plain(domain: str, sites: Registry) -> bool:
    """Return whether a domain is in no registry."""
    host = sites.host(domain)
    return host.name == domain and not host.kind and not host.republishes and domain not in sites.by_name


def _candidate_domains(
    domains: tuple[str, ...], names: Collection[str | None], sites: Registry
) -> tuple[tuple[str, ...], int]:
    """Return the domains to score, and the number of others: plain ones that no feature names have equal scores."""
    if len(domains) <= DOMAINS:
        return domains, 0
    plain = [domain for domain in domains if is_plain(domain, sites) and domain not in names]
    more = set(plain[PLAIN:])
    return tuple([domain for domain in domains if domain not in more]), len(more)


def origin_of(
    domains: tuple[str, ...],
    more: int,
    evidence: dict[Feature, Evidence],
    printed_names: dict[str, str],
    sites: Registry,
) -> Origin:
    """Build an origin from features and their evidence. domains, more: see `_candidate_domains`."""
    features = tuple([feature for feature in evidence if feature.name is not None])
    plain = _decide(domains, more, features, sites)
    # Made anew, field by field, in a third of the time of `replace`.
    origin = Origin(
        plain.name, plain.kind, plain.domain, plain.in_corpus, plain.probability,
        tuple(_weighted_evidence(evidence, weights())), plain.chain, plain.rivals,
    )  # fmt: skip
    if not printed_names:
        return origin
    return replace(
        origin,
        name=printed_names.get(origin.name, origin.name) if origin.name else None,
        chain=tuple((role, printed_names.get(link, link)) for role, link in origin.chain),
        rivals=tuple((printed_names.get(rival, rival), p, why) for rival, p, why in origin.rivals),
    )


def score(
    domains: Sequence[str], features: Sequence[Feature], sites: Registry, table: Weights
) -> dict[str | None, float]:
    """Return the log-odds (natural logarithm) of every candidate."""
    prior = table.prior
    total: dict[str | None, float] = {None: prior["unknown"]}
    for domain in domains:
        host = sites.host(domain)
        total[host.name] = prior["republisher" if host.republishes else "host"]
    families: dict[tuple[str, str], float] = {}
    for signal, name, share in features:
        if signal in SIGNALS_OF_OTHERS:
            continue
        family, weight = table.family[signal], table.signal[signal] * share
        families[name, family] = families.get((name, family), 0.0) + weight
    for (name, family), weight in families.items():
        total[name] = total.get(name, prior["named"]) + min(weight, table.cap.get(family, weight))
    return total


@lru_cache(16384)
def _decide(domains: tuple[str, ...], more: int, features: tuple[Feature, ...], sites: Registry) -> Origin:
    """Return the origin without its evidence, from hosts and features.

    Cached, since many texts have the same few features on the same few domains.
    """
    result = posterior(domains, features, sites, weights(), more)
    links = chain(result.origin, features, domains, sites)
    description = _describe(result.origin, features, domains, sites)
    others = rivals(result, features, domains, sites)
    return Origin(result.origin, *description, round(result.probability, 4), (), links, others)


def posterior(
    domains: Sequence[str], features: Sequence[Feature], sites: Registry, table: Weights, more: int = 0
) -> Posterior:
    """Return the probabilities of the candidates by a table of weights; more: the number of further plain hosts."""
    total = score(domains, features, sites, table)
    raw = _shares(total, table.prior["host"], more, 1.0)
    best, probability = raw[0]
    second = raw[1][1] if len(raw) > 1 else 0.0
    is_told = best is not None and probability >= table.probability and probability - second >= table.lead
    candidates = _shares(total, table.prior["host"], more, table.sharpness)
    likely = dict(candidates)
    unknown = likely[None]
    if best is None or not is_told:
        return Posterior(tuple(candidates), None, unknown if best is None else max(unknown, 1 - likely[best]))
    if likely[best] > table.mixed and _has_only_contributions(best, features, table):
        candidates[0] = (best, table.mixed)
    return Posterior(tuple(candidates), best, unknown)


def _shares(
    total: Mapping[str | None, float], host: float, more: int, sharpness: float
) -> list[tuple[str | None, float]]:
    """Return the softmax of log-odds times a factor, the greatest first.

    host, more: the log-odds and the number of further hosts, which are left out.
    """
    highest = max(total.values())
    mass = {name: exp(sharpness * (value - highest)) for name, value in total.items()}
    whole = exact_sum([(value, 1) for value in mass.values()] + [(exp(sharpness * (host - highest)), more)])
    return sorted(((name, m / whole) for name, m in mass.items()), key=lambda r: (-r[1], r[0] or ""))


def exact_sum(terms: Iterable[tuple[float, int]]) -> float:
    """Return the correctly rounded sum of (value, count) terms, the same in any order and grouping (`math.fsum`)."""
    parts = []
    for value, count in terms:
        # A value times a power of two is exact.
        parts += [value * (1 << bit) for bit in range(count.bit_length()) if count >> bit & 1]
    return fsum(parts)


def _has_only_contributions(name: str, features: Sequence[Feature], table: Weights) -> bool:
    """Return whether the text itself supports a name only as a contributor."""
    families = {table.family[f.signal] for f in features if f.name == name and table.signal[f.signal] > 0}
    return "mixed" in families and not families & {"credit", "licence", "issuer", "metadata", "site"}


def _weighted_evidence(evidence: dict[Feature, Evidence], table: Weights) -> list[Evidence]:
    """Return the evidence with its weights, the greatest first."""
    out = [
        Evidence(e.article, e.signal, e.quote, e.supports, round(table.signal[feature.signal] * feature.share, 2))
        for feature, e in evidence.items()
    ]
    return sorted(out, key=lambda e: (-e.weight, e.signal, e.supports or "", e.article or ""))


def _describe(
    name: str | None, features: Sequence[Feature], domains: Sequence[str], sites: Registry
) -> tuple[str, str | None, bool]:
    """Return (kind, domain, in corpus) of an origin."""
    if name is None:
        return "unknown", None, False
    hosts = {sites.host_name(domain): domain for domain in reversed(domains)}
    agency = sites.by_name.get(name) or outlets().find(name)
    if agency is not None:
        kind = "agency" if agency.kind == "agency" else "outlet"
        return kind, (agency.domains[0] if agency.domains else None), name in hosts
    is_issuer = any(f.signal in ("issuer", "issuer_subject") and f.name == name for f in features)
    domain = hosts.get(name) or (name if "." in name and " " not in name else None)
    return ("issuer" if is_issuer else "outlet"), domain, name in hosts


def chain(
    origin: str | None, features: Sequence[Feature], domains: Sequence[str], sites: Registry
) -> tuple[tuple[str, str], ...]:
    """Return the stops of the text from writer to host as (role, name): writer, distributor, hop, host."""
    links = [("writer", origin)] if origin else []
    links += sorted({(_STOPS[f.signal], f.name) for f in features if f.signal in _STOPS and f.name != origin})
    if len(links) > (origin is not None) or (origin and len(domains) == 1):
        names = {name for _, name in links}
        links += [("host", host) for host in [host for host in map(sites.host_name, domains) if host not in names][:3]]
    return tuple(links)


def rivals(
    result: Posterior, features: Sequence[Feature], domains: Sequence[str], sites: Registry
) -> tuple[tuple[str, float, str], ...]:
    """Return the next candidates as (name, probability, reason against it)."""
    others = [
        (name, p) for name, p in result.candidates[: RIVALS + 2] if p >= RIVAL and name not in (None, result.origin)
    ]
    if not others:
        return ()
    signals: dict[str, list[str]] = {}
    for feature in features:
        signals.setdefault(feature.name, []).append(feature.signal)
    republishers = {sites.host_name(domain) for domain in domains if sites.host(domain).republishes}
    return tuple(
        [
            (name, round(p, 4), _why_not(signals.get(name, ()), name in republishers, weights()))
            for name, p in others[:RIVALS]
            if name is not None
        ]
    )


def _why_not(signals: Sequence[str], republishes: bool, table: Weights) -> str:
    """Return the reason against a candidate: the heaviest evidence against it, else the little evidence for it."""
    weighty = sorted({s for s in signals if table.signal[s]}, key=lambda s: (table.signal[s], s))
    if weighty and table.signal[weighty[0]] < 0:
        return table.says[weighty[0]]
    if republishes:
        return "a site that republishes"
    if not weighty:
        return "carries the text, and says nothing of having written it"
    return f"only this speaks for it: {', '.join(table.says[s] for s in reversed(weighty[-2:]))}"
