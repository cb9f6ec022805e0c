"""The registry of agencies, press-release wires and syndicating outlets (agencies.json), by what is printed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import orjson


@dataclass(frozen=True, slots=True)
class Agency:
    """Somebody whose texts others print. `kind` is agency, outlet or press_release."""

    key: str
    name: str
    kind: str
    names: tuple[str, ...]
    tags: tuple[str, ...]
    strong_tags: frozenset[str]
    domains: tuple[str, ...]


@cache
def agencies() -> tuple[Agency, ...]:
    data = orjson.loads((files("dedup.articles") / "agencies.json").read_bytes())
    return tuple(
        Agency(
            a["key"],
            a["name"],
            a["kind"],
            tuple(a["names"]),
            tuple(a["tags"]),
            frozenset(a["strong_tags"]),
            tuple(a["domains"]),
        )
        for a in data
    )


@cache
def by_tag() -> dict[str, Agency]:
    """Agencies by the case-sensitive tag of a dateline; full names are tags as well. Strong tags win a homonym."""
    found: dict[str, Agency] = {}
    for agency in agencies():
        for tag in (*agency.tags, *agency.names):
            if tag not in found or (tag in agency.strong_tags and tag not in found[tag].strong_tags):
                found[tag] = agency
    return found


@cache
def by_domain() -> dict[str, Agency]:
    return {domain: agency for agency in reversed(agencies()) for domain in agency.domains}


@lru_cache(65536)
def of_domain(domain: str | None) -> Agency | None:
    """The agency or outlet whose home a domain is, also below it (`hosted.ap.org` is `ap.org`'s)."""
    homes = by_domain()
    while domain:
        if domain in homes:
            return homes[domain]
        _, _, domain = domain.partition(".")
    return None
