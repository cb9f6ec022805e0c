"""The registry of agencies, press-release wires and syndicating outlets (agencies.json), by what is printed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Agency:
    """Somebody whose texts others print. `kind` is agency, outlet or press_release.

    `names` are recognised in any case, `tags` only as written; `strong_tags` need no witness beside them. For a tag
    that means other things as well (`homonym` high) `places` (lower case), `tlds` of the host and `letters` of the
    text's language are such witnesses.
    """

    key: str
    name: str
    kind: str
    names: tuple[str, ...]
    tags: tuple[str, ...]
    strong_tags: frozenset[str]
    domains: tuple[str, ...]
    homonym: str = "low"
    places: tuple[str, ...] = ()
    tlds: tuple[str, ...] = ()
    letters: str = ""
    #: It passes on what its papers wrote: beside a paper's name it is not the writer.
    syndicate: bool = False


KINDS = ("agency", "outlet", "press_release")
HOMONYM = ("low", "medium", "high")


def parse_agencies(data: Any) -> tuple[Agency, ...]:
    """Agencies from the content of a file like agencies.json; `ValueError` says what is wrong with it.

    Only `name` must be there; a name of one's own list is its own tag, and strong.
    """
    if not isinstance(data, list):
        raise ValueError("an agencies file is a JSON list of objects")
    return tuple(_agency(entry, number) for number, entry in enumerate(data, 1))


def _agency(entry: Any, number: int) -> Agency:
    known = {field.name for field in fields(Agency)}
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise ValueError(f"entry {number} has no name")
    name = entry["name"].strip()
    if unknown := sorted(set(entry) - known):
        raise ValueError(f"entry {number} ({name}): unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    kind, homonym = entry.get("kind", "agency"), entry.get("homonym", "low")
    if kind not in KINDS or homonym not in HOMONYM:
        raise ValueError(f"entry {number} ({name}): kind is one of {KINDS}, homonym one of {HOMONYM}")
    lists = {key: entry.get(key, []) for key in ("names", "tags", "domains", "places", "tlds")}
    lists["strong_tags"] = entry.get("strong_tags", lists["tags"] if homonym == "low" else [])
    for key, value in lists.items():
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise ValueError(f"entry {number} ({name}): {key} is a list of texts")
    names = tuple(dict.fromkeys([name, *lists["names"]]))
    return Agency(
        entry.get("key", name), name, kind, names, tuple(lists["tags"]), frozenset(lists["strong_tags"]),
        tuple(domain.lower() for domain in lists["domains"]), homonym, tuple(lists["places"]), tuple(lists["tlds"]),
        entry.get("letters", ""), bool(entry.get("syndicate", False)),
    )  # fmt: skip


@cache
def agencies() -> tuple[Agency, ...]:
    return parse_agencies(orjson.loads((files("dedup.text") / "agencies.json").read_bytes()))


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
