"""Agencies, press-release wires and syndicating outlets (agencies.json), by their printed names."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Agency:
    """A source of texts that others print. `kind` is agency, outlet or press_release.

    `names` match in any case, `tags` only as written. `strong_tags` need no support. A tag with other meanings
    (`homonym` high) is supported by `places` (lower case), by `tlds` of the host and by `letters` of the text's
    language.
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
    #: It passes on what foreign agencies wrote: before another's tag and a slash it is not the writer (`APA/dpa`).
    relays: bool = False
    #: It writes from foreign agencies' reports: before another's tag it is the writer (`sda/afp`).
    compiles: bool = False


KINDS = ("agency", "outlet", "press_release")
HOMONYM = ("low", "medium", "high")


def parse_agencies(data: Any) -> tuple[Agency, ...]:
    """Parse the content of a file like agencies.json. Only `name` is required.

    Raises `ValueError` with the number of the entry and what is wrong with it.
    """
    if not isinstance(data, list):
        raise ValueError("an agencies file is a JSON list of objects")
    return tuple(_agency(entry, number) for number, entry in enumerate(data, 1))


def _agency(entry: Any, number: int) -> Agency:
    keys = {field.name for field in fields(Agency)}
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"].strip():
        raise ValueError(f"entry {number} has no name")
    name = entry["name"].strip()
    if unknown := sorted(set(entry) - keys):
        raise ValueError(f"entry {number} ({name}): unknown key {unknown[0]!r}; known are {', '.join(sorted(keys))}")
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
        entry.get("letters", ""), bool(entry.get("syndicate", False)), bool(entry.get("relays", False)),
        bool(entry.get("compiles", False)),
    )  # fmt: skip


@cache
def agencies() -> tuple[Agency, ...]:
    """Return the packaged agencies."""
    return parse_agencies(orjson.loads((files("dedup.text") / "agencies.json").read_bytes()))
