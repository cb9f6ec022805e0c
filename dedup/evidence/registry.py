"""Who is known: agencies and press-release wires by what is printed, and the sites that only republish.

A registry is a value: the packaged files, and what `--agencies` and `--sites` add to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson

from dedup.errors import MissingInput, UsageError
from dedup.languages import lexicon
from dedup.text.agencies import Agency, agencies, parse_agencies

Value = TypeVar("Value")

#: Roles of a site that writes nothing itself; a `chain` is one of many papers that print one text.
REPUBLISHING = frozenset({"aggregator", "portal", "archive", "mirror"})
ROLES = REPUBLISHING | {"chain"}

#: Words that may follow a name without changing whose it is.
_GENERIC = lexicon.regex(r"\s+{agency_suffix}$", re.IGNORECASE)
_LEGAL = lexicon.regex(r",?\s+{company_of_agency}\.?$", re.IGNORECASE)
#: A desk or agency before its name: `Redazione ANSA`, `Agencia EFE`.
_DESK = lexicon.regex(r"^{desk}\s+", re.IGNORECASE)
_ARTICLE = lexicon.regex(r"^{agency_article}\s+", re.IGNORECASE)
_WORD = re.compile(r"\w[\w.’'/-]*")
_PIECES = re.compile(r"[^\W_]+")
_SQUEEZED = re.compile(r"[^\w]|_")


class Site(NamedTuple):
    """A site that is known to republish."""

    name: str
    domains: tuple[str, ...]
    role: str


class Host(NamedTuple):
    """Who runs a site: the registry's name or the domain; the agency's `kind` or ""; whether it republishes, as
    aggregators and press-release wires do."""

    name: str
    kind: str
    republishes: bool


class Found(NamedTuple):
    """An agency that a tag or a name means; `strong` where nothing else is meant by it, here; `home` where a place, a
    host or a language says so."""

    agency: Agency
    strong: bool
    home: bool = False


def parse_sites(data: Any) -> tuple[Site, ...]:
    """Sites from the content of a file like republishers.json; `ValueError` says what is wrong with it."""
    if not isinstance(data, list):
        raise ValueError("a sites file is a JSON list of objects")
    sites = []
    for number, entry in enumerate(data, 1):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ValueError(f"entry {number} has no name")
        domains, role = entry.get("domains"), entry.get("role", "aggregator")
        if not isinstance(domains, list) or not domains or not all(isinstance(d, str) and d for d in domains):
            raise ValueError(f"entry {number} ({entry['name']}): domains is a list of one or more host names")
        if role not in ROLES:
            raise ValueError(f"entry {number} ({entry['name']}): role is one of {', '.join(sorted(ROLES))}")
        sites.append(Site(entry["name"], tuple(domain.lower() for domain in domains), role))
    return tuple(sites)


def rarest(words: Sequence[str]) -> str:
    """The word of a name that stands in the fewest texts: the longest that is not common."""
    return max(words, key=lambda word: (word not in lexicon.words("common_word"), len(word)))


def squeeze(name: str) -> str:
    """A name as it stands in a host name: `The Millbrook Ledger` and `millbrook-ledger` are one."""
    return _SQUEEZED.sub("", _ARTICLE.sub("", name.strip()).lower())


@dataclass(frozen=True, eq=False)
class Registry:
    """Look-ups over agencies and sites. The caches belong to the value."""

    agencies: tuple[Agency, ...]
    sites: tuple[Site, ...]
    _domains: dict[str | None, Agency | None] = field(default_factory=dict)
    _roles: dict[str | None, str | None] = field(default_factory=dict)
    _hosts: dict[str, Host] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Agency]:
        """Agencies by the name they are reported under."""
        return {agency.name: agency for agency in reversed(self.agencies)}

    @cached_property
    def _tags(self) -> dict[str, tuple[Agency, ...]]:
        found: dict[str, dict[str, Agency]] = {}
        for agency in self.agencies:
            for tag in (*agency.tags, *agency.names):
                found.setdefault(tag, {})[agency.key] = agency
        return {tag: tuple(same.values()) for tag, same in found.items()}

    @cached_property
    def _rare(self) -> frozenset[str]:
        """One word of every name and tag, its rarest, in lower case."""
        words = (_PIECES.findall(text.lower()) for agency in self.agencies for text in (*agency.names, *agency.tags))
        return frozenset(rarest(same) for same in words if same)

    def may_name(self, text: str) -> bool:
        """False where no name of the registry can stand in a text: a look at its words. Other scripts do not part
        theirs, so there it may."""
        text = text.replace("’", "'")
        return not text.isascii() or not self._rare.isdisjoint(_PIECES.findall(text.lower()))

    @cached_property
    def plain_tags(self) -> dict[str, tuple[str, bool]]:
        """Strong tags of agencies that mean no other agency: its name, and whether they mean anything else at all."""
        return {
            tag: (same[0].name, same[0].homonym == "low")
            for tag, same in self._tags.items()
            if len(same) == 1 and same[0].kind == "agency" and same[0].homonym != "high" and tag in same[0].strong_tags
        }

    @cached_property
    def _names(self) -> dict[str, tuple[Agency, ...]]:
        """Long names in any case. A short one is a word or an abbreviation of something else."""
        found: dict[str, dict[str, Agency]] = {}
        for agency in self.agencies:
            for name in agency.names:
                if " " in name or len(name) > 5:
                    found.setdefault(name.casefold(), {})[agency.key] = agency
        return {name: tuple(same.values()) for name, same in found.items()}

    @cached_property
    def _homes(self) -> dict[str, Agency]:
        return {domain: agency for agency in reversed(self.agencies) for domain in agency.domains}

    @cached_property
    def _sites(self) -> dict[str, str]:
        return {domain: site.role for site in reversed(self.sites) for domain in site.domains}

    def _called(self, text: str) -> tuple[Agency, ...] | None:
        return self._tags.get(text) or self._names.get(text.casefold())

    def find(self, text: str, context: str = "", tld: str = "", language: str = "") -> Found | None:
        """The agency that a whole piece of text names.

        context: what stands around it, with a dateline's place; tld: the host's; language: some of the story. A tag
        that means other things too is strong only where one of them is its agency's own.
        """
        text = text.strip(" \t.,:;*'’\"“”«»-–—_©")
        same = self._called(text)
        for shorten in (_ARTICLE, _LEGAL, _GENERIC, _DESK):
            if same is None:
                text = shorten.sub("", text)
                same = self._called(text)
        if same is None:
            return None
        at_home = [agency for agency in same if _at_home(agency, context, tld, language)]
        if at_home:
            return Found(at_home[0], True, True)
        certain = [a for a in same if text in a.strong_tags or (text not in a.tags and (" " in text or len(text) > 5))]
        if len(certain) == 1 or len(same) == 1:
            return Found((certain or same)[0], bool(certain))
        return None

    def inside(self, text: str, tld: str = "") -> Found | None:
        """The first agency named anywhere in a text, with no doubt about who is meant; for lines that are known to
        name somebody."""
        words = list(_WORD.finditer(text))
        for at, first in enumerate(words):
            if not first.group()[0].isupper() and first.group() not in self._tags:
                continue
            for last in reversed(words[at : at + 5]):
                found = self.find(text[first.start() : last.end()], text, tld)
                if found is not None and found.strong:
                    return found
        return None

    def of_domain(self, domain: str | None) -> Agency | None:
        """The agency or outlet whose home a domain is, also below it (`hosted.ap.org` is `ap.org`'s)."""
        if domain not in self._domains:
            self._domains[domain] = _below(self._homes, domain)
        return self._domains[domain]

    def role(self, domain: str | None) -> str | None:
        """The role of a known republishing site, None for all others."""
        if domain not in self._roles:
            self._roles[domain] = _below(self._sites, domain)
        return self._roles[domain]

    def republishes(self, domain: str | None) -> bool:
        """Whether a domain is a known portal, aggregator or archive, which writes nothing itself."""
        return self.role(domain) in REPUBLISHING

    def host(self, domain: str) -> Host:
        """Who runs a domain."""
        found = self._hosts.get(domain)
        if found is None:
            agency = self.of_domain(domain)
            kind = agency.kind if agency is not None else ""
            republishes = kind == "press_release" or self.republishes(domain)
            found = self._hosts[domain] = Host(agency.name if agency is not None else domain, kind, republishes)
        return found

    def host_name(self, domain: str) -> str:
        """The name of who runs a domain: the registry's, else the domain itself."""
        return self.host(domain).name


def _at_home(agency: Agency, context: str, tld: str, language: str) -> bool:
    """Whether a place, the host's country or the letters of a language say that an agency's tag is meant."""
    if tld and tld in agency.tlds:
        return True
    low = context.lower() if context else ""
    if any(re.search(rf"(?<!\w){re.escape(place)}(?!\w)", low) for place in agency.places):
        return True
    low += language.lower()
    return bool(agency.letters) and sum(low.count(letter) for letter in agency.letters) >= 2


def _below(table: dict[str, Value], domain: str | None) -> Value | None:
    """What a table says of a domain, or else of what it is below."""
    while domain:
        if domain in table:
            return table[domain]
        _, _, domain = domain.partition(".")
    return None


def _packaged(name: str) -> Any:
    return orjson.loads((files("dedup.evidence") / name).read_bytes())


@lru_cache(8)
def registry(agencies_file: str | None = None, sites_file: str | None = None) -> Registry:
    """The registry, with the entries of a user's files before the packaged ones.

    Raises `MissingInput` for a file that is not there, `UsageError` for one that does not hold what it should.
    """
    own = _users(agencies_file, "--agencies", parse_agencies)
    sites = _users(sites_file, "--sites", parse_sites)
    names = {agency.name for agency in own}
    return Registry(
        (*own, *(a for a in agencies() if a.name not in names)),
        (*sites, *parse_sites(_packaged("republishers.json"))),
    )


def _users(path: str | None, option: str, parse: Any) -> Any:
    if path is None:
        return ()
    try:
        return parse(orjson.loads(Path(path).read_bytes()))
    except OSError as error:
        raise MissingInput(f"{option} {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{option} {path}: {error}") from error
