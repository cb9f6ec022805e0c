"""Turn the evidence of a cluster's members into features: each signal once for each candidate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache, cached_property
from operator import itemgetter
from typing import NamedTuple

from dedup.attribution.first_seen import first_publisher
from dedup.attribution.weights import weights
from dedup.evidence.names import alike, label, plain, romanised, same_writer
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry
from dedup.inputs.dates import Timestamp
from dedup.model import Evidence

#: A lead of so many hours has the whole weight of first publication; a lead near zero has a sixth of it.
_FULL_HOURS, _AT_ONCE = 10.0, 1 / 6
#: Signals of a copy that point to another source. If a copy stands on the source's own site, they mean more.
_POINTERS = frozenset({"attributed", "contribution", "via", "feed_footer"})
#: Signals of a name in no registry, and their signals if a copy stands on a site of that name.
_CONFIRMED = {"source_other": "source_line", "copyright_other": "copyright_outlet"}
#: Signals of a host on what it carries.
_ON_THE_COPY = frozenset({"not_own", "aggregator_notice", "residue", "staff_byline", "lost_letters"})
#: A longer text where a record has its site is a site or a publication, and no code of a collection.
_CODE = 3
#: Signals of speech to a source.
_TOLD = frozenset({"told", "told_once"})
#: Signals whose name is not the writer's.
SIGNALS_OF_OTHERS = frozenset({"distributor", "co_issuer", "told_once", "unknown_tag", "photo_credit", "in_tail"})


class MemberEvidence(NamedTuple):
    """One member of a cluster: its id, domain, time, words and observations."""

    # A tuple, since each article of each cluster has one, and a frozen dataclass takes three times as long to make.

    id: str
    domain: str | None
    when: Timestamp | None
    words: int
    observations: Sequence[Observation] = ()


class Feature(NamedTuple):
    """A signal for or against a candidate, and the share of its weight that counts."""

    signal: str
    name: str
    share: float = 1.0


def collect_features(
    members: Sequence[MemberEvidence], sites: Registry, candidates: CandidateNames | None = None
) -> tuple[dict[Feature, Evidence], dict[str, str]]:
    """Return each feature with its evidence of the member with the smallest id, and the printed names of hosts.

    candidates: of the cluster, if the members are only some of it.
    """
    hosts = {m.domain: sites.host_name(m.domain) for m in members if m.domain}
    candidates = candidates or CandidateNames(hosts, sites)
    features: dict[Feature, Evidence] = {}
    for member in sorted(members, key=itemgetter(0)) if len(members) > 1 else members:
        host = hosts.get(member.domain) if member.domain else None
        for signal, quote, name in member.observations:
            feature = feature_of(signal, name, host, candidates)
            if feature not in features:
                features[feature] = Evidence(member.id, feature.signal, quote, feature.name, 0.0)
        kind = sites.host(member.domain).kind if member.domain else ""
        if host is not None and kind and kind != "press_release":
            feature = Feature("home_agency" if kind == "agency" else "home_outlet", host)
            if feature not in features:
                features[feature] = Evidence(member.id, feature.signal, member.domain or "", host, 0.0)
    features = _unify_names(features, candidates)
    _join_issuers(features)
    if len(members) > 1:
        lead = first_publisher([(m.when, hosts.get(m.domain) if m.domain else None) for m in members])
        first = members[lead[0]] if lead is not None else None
        if lead is not None and first is not None and first.domain and not sites.host(first.domain).republishes:
            hours = lead[1] / 3600
            # In tenths: finer would only make every cluster's evidence its own.
            share = round(min(1.0, _AT_ONCE + hours / _FULL_HOURS * (1 - _AT_ONCE)), 1)
            host, quote = hosts[first.domain], f"{hours:.1f} h before the next host"
            features[Feature("first_seen", host, share)] = Evidence(first.id, "first_seen", quote, host, 0.0)
    return features, candidates.printed_names


def _unify_names(features: dict[Feature, Evidence], candidates: CandidateNames) -> dict[Feature, Evidence]:
    """Give one writer one name, the longest that members print: `TPS`, `Tasman Press Service`; `Sen. Jane Roe`.

    Names of the registry and of hosts stay.
    """
    sites = candidates.sites
    names = {one.name for one in features if one.name and one.name not in sites.by_name}
    names = {name for name in names if not candidates.is_host(name)}
    if len(names) < 2:
        return features
    longest: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        longer = (other for other in longest if other == longest[other] and same_writer(name, other))
        longest[name] = next(longer, name)
    out: dict[Feature, Evidence] = {}
    for feature, evidence in features.items():
        one = feature._replace(name=longest.get(feature.name, feature.name))
        out.setdefault(one, Evidence(evidence.article, one.signal, evidence.quote, one.name, 0.0))
    return out


def _join_issuers(features: dict[Feature, Evidence]) -> None:
    """Leave one issuer of a release that several issued together, or an office and its head: the longest name."""
    issuers = [feature for feature in features if feature.signal == "issuer"]
    if len(issuers) < 2:
        return
    first = max(issuers, key=lambda feature: (len(feature.name), feature.name))
    pieces = [
        (feature if feature == first or feature not in issuers else Feature("co_issuer", feature.name), evidence)
        for feature, evidence in features.items()
    ]
    features.clear()
    for one, evidence in pieces:
        features[one] = Evidence(evidence.article, one.signal, evidence.quote, one.name, 0.0)


def add_home(
    features: dict[Feature, Evidence],
    domains: Collection[str | None],
    first_of: Callable[[str], tuple[str, str]],
    sites: Registry,
) -> None:
    """Add what sites tell of the writer of a cluster, where nothing names anybody as the writer.

    That is for the only host that writes; else for the host of which the others take texts; else for the one agency to
    which somebody spoke, in copies on several hosts.

    domains: of all members, None for a member without one; first_of: returns the id and domain of the first member of a
    host.
    """
    speaking = {signal for signal, name, _ in features if name is not None and speaks_for(signal)}
    if not speaking <= _TOLD:
        return
    all_hosts = {sites.host_name(d) if d else None for d in domains}
    hosts = {sites.host_name(d) if d else None for d in domains if not d or not sites.host(d).carries}
    host = next(iter(hosts), None)
    if len(hosts) == 1 and host is not None and (len(host) > _CODE or host in sites.by_name):
        if not speaking:
            id, domain = first_of(host)
            features[Feature("sole_host", host)] = Evidence(id, "sole_host", domain, host, 0.0)
        return
    source = _common_source(hosts, sites)
    if source is not None:
        counts = sorted((host, sites.sources.get(host, {}).get(source, 0)) for host in hosts if host)
        quote = ", ".join(f"{host}: {count} other texts" for host, count in counts if count)
        features[Feature("taken_from", source)] = Evidence(first_of(source)[0], "taken_from", quote, source, 0.0)
        return
    mentions = [(feature.name, evidence) for feature, evidence in features.items() if feature.signal in _TOLD]
    if len({name for name, _ in mentions}) == 1 and len(all_hosts - {None}) > 1:
        name, first = mentions[0]
        agency = sites.by_name.get(name)
        if agency is not None and agency.kind == "agency" and agency.homonym != "high":
            one = Feature("told_on_sites", name)
            features[one] = Evidence(first.article, one.signal, first.quote, name, 0.0)


def _common_source(hosts: Collection[str | None], sites: Registry) -> str | None:
    """Return the only one of several hosts that takes no texts of another one of them, None where there are more."""
    if len(hosts) < 2 or None in hosts:
        return None
    roots = [host for host in hosts if host and not any(of in hosts for of in sites.sources.get(host, ()))]
    return roots[0] if len(roots) == 1 else None


@cache
def speaks_for(signal: str) -> bool:
    """Return whether a signal speaks for a name as the writer by more than its site or time."""
    table = weights()
    return table.signal[signal] > 0 and table.family[signal] not in ("site", "time", "relay")


def feature_of(signal: str, name: str | None, host: str | None, candidates: CandidateNames) -> Feature:
    """Return the feature of a signal for a name (None: for the host), in a copy on the site of `host`."""
    if name is None:
        name = host
    elif signal not in SIGNALS_OF_OTHERS:
        name = candidates(name)
    if signal in _TOLD:
        # A host to which somebody spoke has its own writers.
        if name is not None and candidates.is_host(name):
            signal = "spoken_of"
    elif name is not None and name == host:
        signal = _signal_of_host(signal, name, candidates.sites)
    elif signal in _POINTERS and name is not None and candidates.is_host(name):
        signal = "spoken_of"
    elif signal in _CONFIRMED and name is not None and candidates.is_host(name):
        signal = _CONFIRMED[signal]
    return Feature(signal, name)  # type: ignore[arg-type]


class CandidateNames:
    """Map printed names to candidates: the name of a host of this cluster to that host, `Calder, Inc.` to `Calder`.

    domains: those of the cluster. `printed_names`: of candidates that are hosts, as texts print them.
    """

    def __init__(self, domains: Collection[str], sites: Registry) -> None:
        self.sites = sites
        self.printed_names: dict[str, str] = {}
        self._domains = domains
        self._candidates: dict[str, str] = {}
        self._by_plain_name: dict[str, str] = {}

    @cached_property
    def _hosts(self) -> frozenset[str]:
        return frozenset(map(self.sites.host_name, self._domains))

    @cached_property
    def _labels(self) -> list[tuple[str, str]]:
        return [(domain, plain(label(domain))) for domain in self._domains]

    def __call__(self, name: str) -> str:
        """Return the candidate of a printed name."""
        if name in self.sites.by_name:
            return name
        if name not in self._candidates:
            domains = self.domains_of(name)
            candidate = (
                self.sites.host_name(domains[0]) if domains else self._by_plain_name.setdefault(plain(name), name)
            )
            if domains and candidate == domains[0] and name.lower() != candidate:
                self.printed_names.setdefault(candidate, name)
            self._candidates[name] = candidate
        return self._candidates[name]

    def is_host(self, name: str) -> bool:
        """Return whether a name is that of a host of the cluster."""
        return name in self._hosts

    def domains_of(self, name: str) -> list[str]:
        """Return the domains of the cluster whose site has a name, sorted."""
        plain_name, lower = plain(name), name.lower()
        return sorted(domain for domain, of in self._labels if has_name(domain, of, plain_name, lower))


def has_name(domain: str, domain_label: str, plain_name: str, lower: str) -> bool:
    """Return whether a domain, with its label, has a name, given without its legal form and in lower case."""
    if domain_label == plain_name or alike(plain_name, domain_label) or domain == lower:
        return True
    return not plain_name.isascii() and romanised(plain_name) == romanised(domain_label)


def _signal_of_host(signal: str, name: str, sites: Registry) -> str:
    """Return the signal of a host's own name: it is weak, except of an agency, or in a statement on the writer."""
    agency = sites.by_name.get(name)
    if signal in _POINTERS:
        return "own_name" if agency is None or agency.kind != "agency" else signal
    if signal in _ON_THE_COPY or signal in SIGNALS_OF_OTHERS:
        return signal
    if (agency is not None and agency.kind == "agency") or signal in ("licence", "issuer", "issuer_subject"):
        return signal
    return "own_name"
