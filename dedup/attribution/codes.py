"""Number the domains of a cluster and the statements of its members."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from dedup.attribution.features import has_name
from dedup.attribution.score import PLAIN, is_plain
from dedup.evidence.names import label, plain
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Codes:
    """Numbers of domains, hosts and statements, in the order in which they come.

    `statements`: the observations of one member each; number 0 is empty. Not for two threads at once.
    """

    def __init__(self, sites: Registry) -> None:
        self.sites = sites
        self.domains: list[str] = []
        self._domain: dict[str, int] = {}
        #: For no domain, and then by domain: the number of its host; whether it republishes; whether it is that of an
        #: agency or an outlet; whether it is in no registry (`is_plain`).
        self._host, self._republishes = array("q", [-1]), array("b", [False])
        self._writes, self._plain = array("b", [False]), array("b", [False])
        #: Domains that are in no registry, sorted.
        self._plain_domains: list[str] = []
        self.hosts: list[str] = []
        self.host_code: dict[str, int] = {}
        self.statements: list[tuple[Observation, ...]] = [()]
        self._statement: dict[str, int] = {}
        self._labels: list[str] = []
        #: By name: the number of domains that were compared with it, and the domains that have it.
        self._named: dict[str, tuple[int, list[int]]] = {}

    def domain(self, name: str | None) -> int:
        """Return the number of a domain, -1 for none."""
        if not name:
            return -1
        code = self._domain.get(name)
        if code is None:
            code = self._domain[name] = len(self.domains)
            host = self.sites.host(name)
            if host.name not in self.host_code:
                self.host_code[host.name] = len(self.hosts)
                self.hosts.append(host.name)
            self.domains.append(name)
            self._host.append(self.host_code[host.name])
            self._republishes.append(host.republishes)
            self._writes.append(host.kind not in ("", "press_release"))
            self._plain.append(is_plain(name, self.sites))
            if self._plain[-1]:
                insort(self._plain_domains, name)
        return code

    def statement(self, text: str | None, parse: Callable[[str], Sequence[Observation]]) -> int:
        """Return the number of a member's observations, as text; 0 for none."""
        if not text:
            return 0
        code = self._statement.get(text)
        if code is None:
            code = self._statement[text] = len(self.statements)
            self.statements.append(tuple(parse(text)))
        return code

    def mark(self) -> tuple[int, int, int]:
        """Return the counts of domains, hosts and statements, for `forget`."""
        return len(self.domains), len(self.hosts), len(self.statements)

    def forget(self, mark: tuple[int, int, int]) -> None:
        """Remove the numbers given after a mark."""
        domains, hosts, statements = mark
        for name in self.domains[domains:]:
            del self._domain[name]
            place = bisect_left(self._plain_domains, name)
            if self._plain_domains[place : place + 1] == [name]:
                del self._plain_domains[place]
        for name in self.hosts[hosts:]:
            del self.host_code[name]
        if len(self.statements) > statements:
            self._statement = {text: code for text, code in self._statement.items() if code < statements}
        del self.domains[domains:], self.hosts[hosts:], self.statements[statements:], self._labels[domains:]
        for column in (self._host, self._republishes, self._writes, self._plain):
            del column[domains + 1 :]
        for name, (count, codes) in self._named.items():
            if count > domains:
                self._named[name] = domains, [code for code in codes if code < domains]

    def host_of(self, domain: Ints) -> Ints:
        """Return the hosts (n,) int64 of domains (n,) int64, -1 for none."""
        return np.frombuffer(self._host, np.int64)[domain + 1]

    def host_name(self, code: int) -> str | None:
        """Return the name of a host, None for -1."""
        return self.hosts[code] if code >= 0 else None

    def republishes(self, domain: Ints) -> Bools:
        """Return which domains (n,) int64 are known to republish."""
        return np.frombuffer(self._republishes, np.bool_)[domain + 1]

    def writes(self, domain: Ints) -> Bools:
        """Return which domains (n,) int64 are those of a known agency or outlet."""
        return np.frombuffer(self._writes, np.bool_)[domain + 1]

    @property
    def is_plain(self) -> Bools:
        """Return for each domain whether it is in no registry: (domains,) bool."""
        # A copy: the array cannot grow while a view of it is in use.
        return np.frombuffer(self._plain, np.bool_)[1:].copy()

    def first_plain(self, present: Bools, but: Collection[str | None]) -> list[str]:
        """Return the first `PLAIN` present domains in no registry and not in `but`; present: (domains,) bool."""
        names = (name for name in self._plain_domains if present[self._domain[name]] and name not in but)
        return list(islice(names, PLAIN))

    def number_of(self, domain: str | None) -> int:
        """Return the number of a domain that has one, else -1."""
        return self._domain.get(domain, -1) if domain is not None else -1

    def domains_of(self, name: str) -> list[int]:
        """Return the domains whose site has a name."""
        count, codes = self._named.get(name, (0, []))
        if count < len(self.domains):
            self._labels += [plain(label(domain)) for domain in self.domains[len(self._labels) :]]
            plain_name, lower = plain(name), name.lower()
            more = range(count, len(self.domains))
            codes = codes + [i for i in more if has_name(self.domains[i], self._labels[i], plain_name, lower)]
            self._named[name] = len(self.domains), codes
        return codes
