"""Look up agencies and press-release wires by printed names, and sites by domain.

A registry is a value: the packaged files, with the entries of `--agencies` and `--sites` before them.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import orjson

from dedup.errors import MissingInput, UsageError
from dedup.evidence.outlets import outlets
from dedup.evidence.spelling import UNBROKEN, folded, is_uncased, one_width
from dedup.languages import lexicon
from dedup.text.agencies import Agency, agencies, parse_agencies
from dedup.text.boilerplate.learning import normalize_domain

Value = TypeVar("Value")

#: Roles of a site that writes no text; a `chain` is one of many papers that print the same texts.
REPUBLISHING = frozenset({"aggregator", "portal", "archive", "mirror"})
#: An `agency_portal` is an agency's site that prints papers' texts among its own.
ROLES = REPUBLISHING | {"chain", "agency_portal"}

#: Words after a name that are no part of it.
_GENERIC = lexicon.regex(r"\s+{agency_suffix}$", re.IGNORECASE)
_LEGAL = lexicon.regex(r",?\s+{company_of_agency}\.?$", re.IGNORECASE)
#: The same where a script has no blanks: `新华社记者`.
_GLUED = lexicon.regex(rf"(?<=[{UNBROKEN}])\s*{{agency_suffix}}$")
#: A desk or agency before its name: `Redazione ANSA`, `Agencia EFE`.
_DESK = lexicon.regex(r"^{desk}\s+", re.IGNORECASE)
_ARTICLE = lexicon.regex(r"^{agency_article}\s+", re.IGNORECASE)
#: An article joined to a name, and a case suffix: `de l’AFP`, `dell'ANSA`, `Reuters'ın`.
_ELIDED = lexicon.regex(r"^(?:{agency_article}\s+)?{name_elision}[’'](?=\w)", re.IGNORECASE)
_CASE = lexicon.regex(r"(?<=\w)[’']{case_suffix}$")
_WORD = re.compile(r"\w[\w.’'/-]*")
_PIECES = re.compile(r"[^\W_]+")
#: A host name in lower case, as records give it.
_HOST_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
#: Marks around a name.
_AROUND = " \t\u3000.,:;*'’‘‚\"“”„«»‹›―─《》〈〉「」『』【】、，：；。،؛؟।！|-–—_©\u200b\u200c\u200e\u200f"
_QUOTES = ("«", "《", "「", "『")
_UNBROKEN = re.compile(f"[{UNBROKEN}]")
#: Most letters of a word or an abbreviation, and most characters where a script has no blanks.
_LONG, _LONG_UNBROKEN = 5, 3
#: Characters by which a name is told at first sight, and those of a text that have them in any spelling.
_EDGE, _EDGE_TEXT = 2, 6
#: Most characters of a name with words around it.
_LONGEST_NAME = 80
#: Most letters of initials, which are never enough to name an outlet.
_INITIALS = 4
#: One word of a script without capitals: the paper is called as its city or as a common thing (`الرياض`).
_ONE_UNCASED = re.compile(r"[\u0590-\u0dff\u0e00-\u10ff\u1780-\u17ff]+")
#: Between the parts of a field of authors.
_PARTS = re.compile(r"[,;|/()（）•·]|\s[-–—]\s")
_STRIP = operator.methodcaller("strip", _AROUND)
_SQUEEZED = re.compile(r"[^\w]|_")


class Site(NamedTuple):
    """A site that republishes."""

    name: str
    domains: tuple[str, ...]
    role: str


class Host(NamedTuple):
    """The operator of a site: its name in the registry, else the domain; the agency's `kind` or ""; whether it
    republishes, as aggregators and press-release wires do; whether it, or a corpus shows that it, mostly carries
    others' texts."""

    name: str
    kind: str
    republishes: bool
    carries: bool = False


class Habits(NamedTuple):
    """What a corpus shows of its sites: domains that mostly carry others' texts; and, as (host, source, texts), which
    host takes texts of which other one, and how many texts show it. Both sorted."""

    carriers: tuple[str, ...] = ()
    sources: tuple[tuple[str, str, int], ...] = ()


NO_HABITS = Habits()


class AgencyMatch(NamedTuple):
    """An agency that a tag or name may mean. `strong`: the tag has no other meaning, here; `home`: a place, a host or a
    language supports it."""

    agency: Agency
    strong: bool
    home: bool = False


def parse_sites(data: Any) -> tuple[Site, ...]:
    """Parse the content of a file like republishers.json.

    Raises `ValueError` with the number of the entry and what is wrong with it.
    """
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


def _rarest(words: Sequence[str], common: frozenset[str]) -> str:
    """Return the word of a name that is probably in the fewest texts: the longest that is not common."""
    return max(words, key=lambda word: (word not in common, len(word)))


def squeeze(name: str) -> str:
    """Return a name as in a host name: `The Millbrook Ledger` and `millbrook-ledger` are equal."""
    return _SQUEEZED.sub("", _ARTICLE.sub("", name.strip()).lower())


@dataclass(frozen=True, eq=False)
class Registry:
    """Look-ups over agencies and sites. The caches belong to the value."""

    agencies: tuple[Agency, ...]
    sites: tuple[Site, ...]
    #: What a corpus shows of its sites (`carriers`).
    habits: Habits = NO_HABITS
    _hosts: dict[str, Host] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Agency]:
        """Return the agencies by name."""
        return {agency.name: agency for agency in reversed(self.agencies)}

    @cached_property
    def _tags(self) -> dict[str, tuple[Agency, ...]]:
        """Return the agencies of each tag and name, as written."""
        return _group((tag, agency) for agency in self.agencies for tag in (*agency.tags, *agency.names))

    @cached_property
    def _rare(self) -> frozenset[str]:
        """Return the rarest word of every name and tag, in lower case."""
        words = (_PIECES.findall(text.lower()) for agency in self.agencies for text in (*agency.names, *agency.tags))
        common = frozenset(lexicon.words("common_word"))
        return frozenset(_rarest(same, common) for same in words if same)

    def may_name(self, text: str) -> bool:
        """Return False if no name of the registry is in a text, by a look at its words.

        Other scripts than Latin may not separate words, so that such a text may always name an agency.
        """
        text = text.replace("’", "'")
        return not text.isascii() or not self._rare.isdisjoint(_PIECES.findall(text.lower()))

    @cached_property
    def plain_tags(self) -> dict[str, tuple[str, bool]]:
        """Return strong tags of only one agency, with its name, and whether the tag has no other meaning at all."""
        return {
            tag: (same[0].name, same[0].homonym == "low")
            for tag, same in self._tags.items()
            if len(same) == 1 and same[0].kind == "agency" and same[0].homonym != "high" and tag in same[0].strong_tags
        }

    @cached_property
    def _names(self) -> dict[str, tuple[Agency, ...]]:
        """Return the agencies of each long name, case-folded; a short name may be a word or another abbreviation."""
        names = ((name, agency) for agency in self.agencies for name in agency.names)
        return _group((name.casefold(), agency) for name, agency in names if " " in name or len(name) > 5)

    @cached_property
    def _homes(self) -> dict[str, Agency]:
        return {domain: agency for agency in reversed(self.agencies) for domain in agency.domains}

    @cached_property
    def _sites(self) -> dict[str, str]:
        return {domain: site.role for site in reversed(self.sites) for domain in site.domains}

    @cached_property
    def _site_names(self) -> dict[str, str]:
        return {site.name.casefold(): site.role for site in reversed(self.sites)}

    @cached_property
    def _spellings(self) -> dict[str, tuple[Agency, ...]]:
        """Return the agencies of each tag and name in one spelling, of those that are not ASCII."""
        return _group((folded(tag), agency) for tag, same in self._tags.items() if not tag.isascii() for agency in same)

    def _agencies_of(self, text: str) -> tuple[Agency, ...] | None:
        same = self._tags.get(text) or self._names.get(text.casefold())
        if same is None and not text.isascii():
            wide = one_width(text)
            same = self._tags.get(wide) or self._spellings.get(folded(text))
        return same

    def of_tag(self, tag: str) -> tuple[Agency, ...]:
        """Return the agencies that have one tag, as written."""
        return self._tags.get(tag, ())

    def find(
        self, text: str, context: str = "", tld: str = "", language: str = "", *, outlets_too: bool = True
    ) -> AgencyMatch | None:
        """Find the agency that a whole text names, else the outlet.

        context: the words around it, with the place of a dateline; tld: of the host; language: a part of the story. A
        tag with other meanings is strong only if one of these supports it.
        """
        original = text.strip()
        if is_uncased(original) and not self.may_hold(original[:_LONGEST_NAME]):
            return None
        text = printed = original.strip(_AROUND)
        same = self._agencies_of(text) or (self._agencies_of(original) if text != original else None)
        same = same or self._agencies_of(f"{text}.")  # `F.A.Z.`
        if (bare := _ELIDED.sub("", text)) != text and (others := self._agencies_of(bare)):
            text, same = bare, others
        for shorten in (_CASE, _ARTICLE, _LEGAL, _GENERIC, _GLUED, _DESK):
            if same is None:
                shorter = shorten.sub("", text)
                if shorter != text:
                    text = shorter.strip(_AROUND)
                    same = self._agencies_of(text)
        if same is None:
            return self._find_outlet(printed, original, text) if outlets_too else None
        home = next((agency for agency in same if _is_supported(agency, context, tld, language)), None)
        if home is not None:
            return AgencyMatch(home, True, True)
        strong = [a for a in same if text in a.strong_tags or _is_long(text, text in a.tags)]
        if len(strong) == 1 or len(same) == 1:
            return AgencyMatch((strong or same)[0], bool(strong))
        return None

    def _find_outlet(self, text: str, original: str, shortest: str) -> AgencyMatch | None:
        """Find the outlet that a whole text names. A word for a paper or a quotation mark before it says it is one.

        original: the text with the marks around it; shortest: without article, desk and suffixes.
        """
        paper = _DESK.sub("", text)
        is_paper = is_uncased(text) and (paper != text or original[:1] in _QUOTES)
        names = [text, _ARTICLE.sub("", text), paper, _CASE.sub("", _ELIDED.sub("", text)), shortest]
        if not text.isascii():
            names += [_GENERIC.sub("", paper), _GLUED.sub("", paper)]
        for name in dict.fromkeys(name.strip(_AROUND) for name in names):
            if len(name) < 2:
                continue
            if (outlet := outlets().find(name) or outlets().find_inflected(name)) is not None:
                is_common = _ONE_UNCASED.fullmatch(name) or (name.isupper() and len(name) <= _INITIALS)
                return AgencyMatch(outlet, is_paper or (outlet.homonym != "high" and not is_common))
        return None

    def printed_names(self) -> tuple[str, ...]:
        """Return all names and tags, those of outlets case-folded."""
        return (*self._tags, *outlets().by_name)

    @cached_property
    def _edges(self) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
        """Return the lengths of all names in one spelling, by their first two and their last two characters."""
        begins: dict[str, set[int]] = {}
        ends: dict[str, set[int]] = {}
        for name in map(folded, self.printed_names()):
            begins.setdefault(name[:_EDGE], set()).add(len(name))
            ends.setdefault(name[-_EDGE:], set()).add(len(name))
        return begins, ends

    def lengths_at_start(self, text: str) -> set[int]:
        """Return the lengths in one spelling of the names that may begin a text, by its first two characters."""
        return self._edges[0].get(folded(text[:_EDGE_TEXT])[:_EDGE], set())

    def lengths_at_end(self, text: str) -> set[int]:
        """Return the lengths in one spelling of the names that may end a text, by its last two characters."""
        return self._edges[1].get(folded(text[-_EDGE_TEXT:])[-_EDGE:], set())

    def may_hold(self, text: str) -> bool:
        """Return False if no name begins anywhere in a text without capitals, by a look at pairs of characters."""
        spelling, begins = folded(text), self._edges[0]
        return any(spelling[at : at + _EDGE] in begins for at in range(len(spelling) - 1))

    def exact(self, name: str) -> AgencyMatch | None:
        """Find the agency or outlet of a name as printed, without words around it."""
        same = self._agencies_of(name)
        if same is not None:
            is_long = name not in same[0].tags or _is_long(name, True)
            is_strong = name in same[0].strong_tags or (is_long and len(name) > 1)
            return AgencyMatch(same[0], is_strong) if len(same) == 1 else None
        outlet = outlets().find(name)
        if outlet is None:
            return None
        return AgencyMatch(outlet, outlet.homonym != "high" and not _ONE_UNCASED.fullmatch(name))

    def names_outlet(self, text: str) -> bool:
        """Return whether a part of a field of authors, or of a last line, is an outlet's name or an agency's tag."""
        return any(
            part in self._tags or outlets().find(part) is not None or outlets().find_inflected(part) is not None
            for part in map(_STRIP, _PARTS.split(text))
        )

    def inside(self, text: str, tld: str = "") -> AgencyMatch | None:
        """Find the first strong name of an agency anywhere in a text."""
        words = list(_WORD.finditer(text))
        for at, first in enumerate(words):
            if not first.group()[0].isupper() and first.group() not in self._tags:
                continue
            for last in reversed(words[at : at + 5]):
                match = self.find(text[first.start() : last.end()], text, tld, outlets_too=False)
                if match is not None and match.strong:
                    return match
        return None

    def of_domain(self, domain: str | None) -> Agency | None:
        """Return the agency or outlet of a domain or of a domain above it (`hosted.ap.org` is of `ap.org`)."""
        return _below(self._homes, domain) or _outlet_of(domain)

    def is_language_of(self, name: str | None, story: str) -> bool:
        """Return whether letters of a story are those of an agency's language."""
        agency = self.by_name.get(name or "")
        return agency is not None and sum(story.lower().count(letter) for letter in agency.letters) >= 2

    def republishes(self, domain: str | None) -> bool:
        """Return whether a domain is a known portal, aggregator or archive, which writes no text."""
        role = _below(self._sites, domain)
        return role in REPUBLISHING

    @cached_property
    def _carriers(self) -> frozenset[str]:
        return frozenset(self.habits.carriers)

    @cached_property
    def sources(self) -> dict[str, dict[str, int]]:
        """Return by host the hosts whose texts it takes, and how many texts show it."""
        out: dict[str, dict[str, int]] = {}
        for host, source, texts in self.habits.sources:
            out.setdefault(host, {})[source] = texts
        return out

    def host(self, domain: str) -> Host:
        """Return the operator of a domain, or of a publication that is named instead of one."""
        host = self._hosts.get(domain)
        if host is None:
            agency, role = self.of_domain(domain.lower()), _below(self._sites, domain.lower())
            if agency is None and role is None and not _HOST_NAME.fullmatch(domain):
                agency, role = self._of_publication(domain)
            kind = "" if agency is None else "outlet" if role == "agency_portal" else agency.kind
            republishes = kind == "press_release" or role in REPUBLISHING
            host = self._hosts[domain] = Host(
                agency.name if agency is not None else domain,
                kind,
                republishes,
                republishes or normalize_domain(domain) in self._carriers,
            )
        return host

    def _of_publication(self, name: str) -> tuple[Agency | None, str | None]:
        """Return the agency, or the role of a site, of a publication's name, as exports of libraries give it.

        An agency has several: `Associated Press International`, `CNN Wire`, `iCrowdNewswire (English)`.
        """
        words = name.split()
        for size in range(len(words), 0, -1):
            rest = _PIECES.findall(" ".join(words[size:]).lower())
            if not all(word in lexicon.words("publication_service") for word in rest):
                break
            start = " ".join(words[:size])
            match, role = self.find(start), self._site_names.get(start.casefold())
            if role is not None or (match is not None and match.strong):
                return match.agency if match is not None and match.strong else None, role
        return None, None

    def host_name(self, domain: str) -> str:
        """Return the name of a domain's operator: the registry's, else the domain."""
        return self.host(domain).name


def _is_long(name: str, is_tag: bool) -> bool:
    """Return whether a name is too long for a word or an abbreviation; of tags only those without blanks."""
    if _UNBROKEN.match(name) is not None:
        return len(name) > _LONG_UNBROKEN
    return not is_tag and (" " in name or len(name) > _LONG)


def _group(rows: Iterable[tuple[str, Agency]]) -> dict[str, tuple[Agency, ...]]:
    """Return the agencies of each name, in order, each once."""
    groups: dict[str, dict[str, Agency]] = {}
    for name, agency in rows:
        groups.setdefault(name, {})[agency.key] = agency
    return {name: tuple(agencies.values()) for name, agencies in groups.items()}


def _is_supported(agency: Agency, context: str, tld: str, language: str) -> bool:
    """Return whether a place, the host's country or the letters of a language support an agency's tag."""
    if tld and tld in agency.tlds:
        return True
    low = context.lower() if context else ""
    if any(re.search(rf"(?<!\w){re.escape(place)}(?!\w)", low) for place in agency.places):
        return True
    low += language.lower()
    return bool(agency.letters) and sum(low.count(letter) for letter in agency.letters) >= 2


def _outlet_of(domain: str | None) -> Agency | None:
    """Return the packaged outlet of a domain, or of the nearest domain above it."""
    while domain and "." in domain:
        if (outlet := outlets().of_domain(domain)) is not None:
            return outlet
        domain = domain.partition(".")[2]
    return None


def _below(table: dict[str, Value], domain: str | None) -> Value | None:
    """Return the value of a domain in a table, or of the nearest domain above it."""
    while domain:
        if domain in table:
            return table[domain]
        _, _, domain = domain.partition(".")
    return None


@lru_cache(8)
def registry(agencies_file: str | None = None, sites_file: str | None = None, habits: Habits = NO_HABITS) -> Registry:
    """Return the registry, with the entries of a user's files before the packaged ones.

    Raises `MissingInput` for a file that cannot be read, `UsageError` for other content.
    """
    if habits != NO_HABITS:
        return replace(registry(agencies_file, sites_file), habits=habits, _hosts={})
    user_agencies = _parse_file(agencies_file, "--agencies", parse_agencies)
    user_sites = _parse_file(sites_file, "--sites", parse_sites)
    names = {agency.name for agency in user_agencies}
    packaged_sites = parse_sites(orjson.loads((files("dedup.evidence") / "republishers.json").read_bytes()))
    return Registry(
        (*user_agencies, *(agency for agency in agencies() if agency.name not in names)),
        (*user_sites, *packaged_sites),
    )


def _parse_file(path: str | None, option: str, parse: Any) -> Any:
    """Parse a user's file of an option; empty without a file."""
    if path is None:
        return ()
    try:
        return parse(orjson.loads(Path(path).read_bytes()))
    except OSError as error:
        raise MissingInput(f"{option} {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{option} {path}: {error}") from error
