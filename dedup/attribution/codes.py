"""Numbers for the domains of a cluster and for what its members say."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.attribution.features import is_called
from dedup.attribution.score import PLAIN, is_plain
from dedup.evidence.names import label, plain
from dedup.evidence.observation import Observation
from dedup.evidence.registry import Registry

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class _Growing:
    """An array that grows at its end."""

    def __init__(self, dtype: type) -> None:
        self._held: NDArray[Any] = np.zeros(64, dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def append(self, value: Any) -> None:
        if self._size == len(self._held):
            self._held = np.append(self._held, np.zeros_like(self._held))
        self._held[self._size] = value
        self._size += 1

    def cut(self, size: int) -> None:
        self._size = min(size, self._size)

    @property
    def values(self) -> NDArray[Any]:
        return self._held[: self._size]


class Codes:
    """Numbers for domains and for statements, given in the order in which they come and never changed.

    Not for two threads at once.
    """

    def __init__(self, known: Registry) -> None:
        self.known = known
        self.domains: list[str] = []
        self._domain: dict[str, int] = {}
        #: By domain: the number of the name of who runs it; whether it republishes, whether it is that of an agency or
        #: an outlet, whether nothing is known of it.
        self._host, self._republishes = _Growing(np.int64), _Growing(np.bool_)
        self._writes, self._plain = _Growing(np.bool_), _Growing(np.bool_)
        #: Domains of which nothing is known, in order.
        self._in_order: list[str] = []
        self.hosts: list[str] = []
        self.host_code: dict[str, int] = {}
        #: What members say; the first says nothing.
        self.said: list[tuple[Observation, ...]] = [()]
        self._said: dict[str, int] = {}
        self._labels: list[str] = []
        #: By name: how many domains were asked, and which of them are called so.
        self._called: dict[str, tuple[int, list[int]]] = {}

    def domain(self, name: str | None) -> int:
        """The number of a domain, -1 for none."""
        if not name:
            return -1
        code = self._domain.get(name)
        if code is None:
            code = self._domain[name] = len(self.domains)
            host = self.known.host(name)
            if host.name not in self.host_code:
                self.host_code[host.name] = len(self.hosts)
                self.hosts.append(host.name)
            self.domains.append(name)
            self._host.append(self.host_code[host.name])
            self._republishes.append(host.republishes)
            self._writes.append(host.kind not in ("", "press_release"))
            self._plain.append(is_plain(name, self.known))
            if self.are_plain[code]:
                insort(self._in_order, name)
        return code

    def statement(self, said: str | None, read: Callable[[str], Sequence[Observation]]) -> int:
        """The number of what a member says, given as text; 0 for nothing."""
        if not said:
            return 0
        code = self._said.get(said)
        if code is None:
            code = self._said[said] = len(self.said)
            self.said.append(tuple(read(said)))
        return code

    def mark(self) -> tuple[int, int, int]:
        """How much there is, for `forget`."""
        return len(self.domains), len(self.hosts), len(self.said)

    def forget(self, mark: tuple[int, int, int]) -> None:
        """Forget what came after a mark."""
        domains, hosts, said = mark
        for name in self.domains[domains:]:
            del self._domain[name]
            place = bisect_left(self._in_order, name)
            if self._in_order[place : place + 1] == [name]:
                del self._in_order[place]
        for name in self.hosts[hosts:]:
            del self.host_code[name]
        if len(self.said) > said:
            self._said = {text: code for text, code in self._said.items() if code < said}
        for values, size in ((self.domains, domains), (self.hosts, hosts), (self.said, said), (self._labels, domains)):
            del values[size:]  # type: ignore[attr-defined]
        for column in (self._host, self._republishes, self._writes, self._plain):
            column.cut(domains)
        for name, (seen, own) in self._called.items():
            if seen > domains:
                self._called[name] = domains, [code for code in own if code < domains]

    def host_of(self, domain: Ints) -> Ints:
        """The hosts (n,) of domains (n,), -1 for none."""
        return np.where(domain >= 0, self._host.values[domain], -1) if self.domains else domain

    def host_name(self, code: int) -> str | None:
        return self.hosts[code] if code >= 0 else None

    def republishes(self, domain: Ints) -> Bools:
        return (domain >= 0) & self._republishes.values[domain] if self.domains else domain >= 0

    def writes(self, domain: Ints) -> Bools:
        """Which domains (n,) are those of a known agency or outlet, which speaks for its being the origin."""
        return (domain >= 0) & self._writes.values[domain] if self.domains else domain >= 0

    @property
    def are_plain(self) -> Bools:
        """By domain: whether nothing is known of who runs it."""
        return self._plain.values

    def first_plain(self, present: Bools, but: Collection[str | None]) -> list[str]:
        """The first `PLAIN` of the domains that are present, of which nothing is known and that are not in `but`."""
        wanted = (name for name in self._in_order if present[self._domain[name]] and name not in but)
        return list(islice(wanted, PLAIN))

    def number_of(self, domain: str | None) -> int:
        """The number of a domain that has one, else -1."""
        return self._domain.get(domain, -1) if domain is not None else -1

    def called(self, name: str) -> list[int]:
        """The domains whose name this is."""
        seen, own = self._called.get(name, (0, []))
        if seen < len(self.domains):
            self._labels += [plain(label(domain)) for domain in self.domains[len(self._labels) :]]
            squeezed, lower = plain(name), name.lower()
            more = range(seen, len(self.domains))
            own = own + [i for i in more if is_called(self.domains[i], self._labels[i], squeezed, lower)]
            self._called[name] = len(self.domains), own
        return own
