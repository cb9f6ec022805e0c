"""Papers, stations and sites that others take texts from (outlets.json), by their printed names and domains.

They are looked up only where a credit names somebody: many have the name of a common thing (`Focus`, `Time`), so that
their names are no sign of a credit.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import orjson

from dedup.evidence.spelling import folded
from dedup.text.agencies import Agency


class OutletTable(NamedTuple):
    """The outlets as packaged, and the index of each by name, case-folded, and by domain."""

    rows: list[dict[str, Any]]
    by_name: dict[str, int]
    by_domain: dict[str, int]

    def find(self, name: str) -> Agency | None:
        """Return the outlet of a printed name."""
        number = self.by_name.get(name.casefold())
        if number is None and not name.isascii():
            number = _by_spelling().get(folded(name))
        return None if number is None else _outlet(number)

    def of_domain(self, domain: str) -> Agency | None:
        """Return the outlet of a domain."""
        number = self.by_domain.get(domain)
        return None if number is None else _outlet(number)


@cache
def outlets() -> OutletTable:
    """Return the packaged outlets."""
    rows = orjson.loads((files("dedup.evidence") / "outlets.json").read_bytes())
    by_name: dict[str, int] = {}
    by_domain: dict[str, int] = {}
    for number, row in enumerate(rows):
        for name in (row["name"], *row.get("names", ())):
            by_name.setdefault(name.casefold(), number)
        for domain in row.get("domains", ()):
            by_domain.setdefault(domain.lower(), number)
    return OutletTable(rows, by_name, by_domain)


@cache
def _by_spelling() -> dict[str, int]:
    """Return the outlets by their names in one spelling, of names that are not ASCII."""
    return {folded(name): number for name, number in reversed(outlets().by_name.items()) if not name.isascii()}


@cache
def _outlet(number: int) -> Agency:
    row = outlets().rows[number]
    homonym = row.get("homonym", "low")
    names = (row["name"], *row.get("names", ()))
    strong = frozenset(names) if homonym == "low" else frozenset()
    domains = tuple(domain.lower() for domain in row.get("domains", ()))
    return Agency(row["name"], row["name"], "outlet", names, (), strong, domains, homonym)
