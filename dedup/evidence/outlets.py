"""Papers, stations and sites that others take texts from (outlets.json), by their printed names and domains.

They are looked up only where a credit names somebody: many have the name of a common thing (`Focus`, `Time`), so that
their names are no sign of a credit.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import orjson

from dedup.evidence.spelling import folded
from dedup.languages import lexicon
from dedup.text.agencies import Agency

#: A name whose words are inflected: two words or more, or one long one that is not in Latin letters.
_INFLECTED = re.compile(r"[^\W\d_].* |[\u0370-\u052f]{6,}$")
#: Letters by which an inflected name may be one of the table.
_BEGINNING = 3
_ENDING = lexicon.regex(r"(?<=\w\w\w){name_ending}$")


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

    def find_inflected(self, name: str) -> Agency | None:
        """Return the outlet of a name of several words in any case: `Європейської правди`, `Gazety Wyborczej`."""
        # Nearly all texts end here: stems of all words take ten times as long as a look at three letters.
        if " ".join(name.split()).casefold()[:_BEGINNING] not in _beginnings() or name[0].islower():
            return None
        number = _by_stems().get(_stems(name)) if _INFLECTED.match(name) else None
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


def _stems(name: str) -> str:
    """Return a name without the endings of its words."""
    return " ".join(_ENDING.sub("", word) for word in name.casefold().split())


@cache
def _by_stems() -> dict[str, int]:
    """Return the outlet of each inflected name, by stems."""
    by_stems: dict[str, int] = {}
    for name, number in outlets().by_name.items():
        if _INFLECTED.match(name):
            by_stems.setdefault(_stems(name), number)
    return by_stems


@cache
def _beginnings() -> frozenset[str]:
    """Return the first letters of inflected names. No ending of a word is taken from its first three letters."""
    return frozenset(stems[:_BEGINNING] for stems in _by_stems())


def stems_of_ascii_names() -> list[str]:
    """Return the first words of inflected names that are ASCII, without their endings."""
    return [stems.partition(" ")[0] for stems in _by_stems() if stems.isascii()]


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
