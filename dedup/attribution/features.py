"""From what the members of a cluster say to pieces of evidence: each signal once for each candidate."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from operator import itemgetter
from typing import NamedTuple

from dedup.attribution.first_seen import ahead
from dedup.evidence.names import alike, label, plain
from dedup.evidence.registry import Registry
from dedup.inputs.dates import Timestamp
from dedup.model import Evidence

#: First by so many hours, the whole weight of having been first counts; at once, a sixth of it does.
_SURE_HOURS, _AT_ONCE = 10.0, 1 / 6
#: What a copy says of others, and what more it says where one of them is here too: there the text came from.
_POINTS = frozenset({"attributed", "contribution", "via", "feed_footer"})
#: A name in no registry is one that is known, where a copy stands on its site.
_CONFIRMED = {"source_other": "source_line", "copyright_other": "copyright_outlet"}
#: Signals whose name is not the writer's.
SILENT = frozenset({"distributor", "told_once", "unknown_tag", "photo_credit", "in_tail"})


class Witness(NamedTuple):
    """What the decision sees of one member: who hosts it, when, how long it is, and what it says of its source.

    A tuple, since one is made for every article of every cluster, and a frozen dataclass takes three times as long.
    """

    id: str
    domain: str | None
    when: Timestamp | None
    words: int
    said: tuple[Evidence, ...] = ()


class Piece(NamedTuple):
    """A signal for (or against) a candidate, and how much of its weight it has."""

    signal: str
    name: str
    share: float = 1.0


def gather(members: Sequence[Witness], known: Registry) -> tuple[dict[Piece, Evidence], dict[str, str]]:
    """One piece of evidence for each signal and candidate, from the member with the smallest id that has it; and how
    a candidate that is a host is printed, where the texts print its name."""
    hosts = {m.domain: known.host_name(m.domain) for m in members if m.domain}
    own = frozenset(hosts.values())
    named = Names(hosts, known)
    found: dict[Piece, Evidence] = {}
    for member in sorted(members, key=itemgetter(0)) if len(members) > 1 else members:
        host = hosts.get(member.domain) if member.domain else None
        for item in member.said:
            piece = piece_of(item.signal, item.supports, host, own, named, known)
            if piece not in found:
                found[piece] = Evidence(item.article, piece.signal, item.quote, piece.name, 0.0)
        kind = known.host(member.domain).kind if member.domain else ""
        if host is not None and kind and kind != "press_release":
            piece = Piece("home_agency" if kind == "agency" else "home_outlet", host)
            if piece not in found:
                found[piece] = Evidence(member.id, piece.signal, member.domain or "", host, 0.0)
    if len(members) > 1:
        _add_first_seen(found, members, hosts, known)
    return found, named.printed


def piece_of(
    signal: str, name: str | None, host: str | None, own: Container[str], named: Callable[[str], str], known: Registry
) -> Piece:
    """What a copy on the site of `host` says of a name (None: of its host), toward a cluster with the hosts `own`;
    named: see `Names`."""
    if name is None:
        name = host
    elif signal not in SILENT:
        name = named(name)
    if signal == "told_once" or signal == "told":
        signal, name = _told(signal, name, own)
    elif name is not None and name == host:
        signal = _of_itself(signal, name, known)
    elif signal in _POINTS and name in own:  # type: ignore[operator]
        signal = "spoken_of"
    elif signal in _CONFIRMED and name in own:  # type: ignore[operator]
        signal = _CONFIRMED[signal]
    return Piece(signal, name)  # type: ignore[arg-type]


class Names:
    """Candidates by printed name: a name that is a host's of this cluster is that host; `Calder, Inc.` is `Calder`."""

    def __init__(self, hosts: dict[str, str], known: Registry) -> None:
        self._hosts = hosts
        self._labels: list[tuple[str, str]] | None = None
        self._known = known
        self._found: dict[str, str] = {}
        self._alike: dict[str, str] = {}
        self.printed: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        if name in self._known.by_name:
            return name
        if name not in self._found:
            own = self.sites_of(name)
            chosen = self._hosts[own[0]] if own else self._alike.setdefault(plain(name), name)
            if own and chosen == own[0] and name.lower() != chosen:
                self.printed.setdefault(chosen, name)
            self._found[name] = chosen
        return self._found[name]

    def sites_of(self, name: str) -> list[str]:
        """The domains of the cluster whose name this is, in order."""
        if self._labels is None:
            self._labels = [(domain, plain(label(domain))) for domain in self._hosts]
        squeezed, lower = plain(name), name.lower()
        return sorted(domain for domain, of in self._labels if is_called(domain, of, squeezed, lower))


def is_called(domain: str, its_label: str, name: str, lower: str) -> bool:
    """Whether a domain, with its label, is that of a name, squeezed and in lower case."""
    return its_label == name or alike(name, its_label) or domain == lower


def _told(signal: str, name: str | None, hosts: Container[str]) -> tuple[str, str | None]:
    """What was told to a host of the cluster was told to its writers; to others, only if more than once."""
    if name is not None and name in hosts:
        return "spoken_of", name
    return signal, name


def _of_itself(signal: str, name: str, known: Registry) -> str:
    """A host's own name under its text says little, unless it is an agency or says that its staff wrote it."""
    agency = known.by_name.get(name)
    if signal in ("attributed", "contribution", "via", "feed_footer"):
        return "own_name" if agency is None or agency.kind != "agency" else signal
    if signal in ("not_own", "aggregator_notice", "residue", "staff_byline") or signal in SILENT:
        return signal
    if (agency is not None and agency.kind == "agency") or signal in ("licence", "issuer", "issuer_subject"):
        return signal
    return "own_name"


def _add_first_seen(
    found: dict[Piece, Evidence], members: Sequence[Witness], hosts: dict[str, str], known: Registry
) -> None:
    lead = ahead([(m.when, hosts.get(m.domain) if m.domain else None) for m in members])
    if lead is None:
        return
    member = members[lead[0]]
    if member.domain is None or known.host(member.domain).republishes:
        return
    piece, evidence = first_seen_feature(member.id, hosts[member.domain], lead[1])
    found[piece] = evidence


def first_seen_feature(id: str, host: str, lead: float) -> tuple[Piece, Evidence]:
    """What it says that a member was published so many seconds before any other host had the text."""
    hours = lead / 3600
    # In tenths: finer would only make every cluster's evidence its own.
    share = round(min(1.0, _AT_ONCE + hours / _SURE_HOURS * (1 - _AT_ONCE)), 1)
    quote = f"{hours:.1f} h before the next host"
    return Piece("first_seen", host, share), Evidence(id, "first_seen", quote, host, 0.0)
