"""Split a credit into segments, and find the names of the registry among them."""

from __future__ import annotations

import re

from dedup.evidence.observation import LinePosition
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.languages import lexicon

SEGMENTS = lexicon.regex(r"\s*(?:[;,|/•·&()\[\]*،؛、・=]|\s[-–—+]\s|—+|\s(?:{and}|{list_joiner})\s)\s*")
_CORRESPONDENT = lexicon.regex(r"{correspondent}\s+{correspondent_of}\s+", re.IGNORECASE)
#: A site as the source: `Πηγή: in.gr`, `منبع: https://www.isna.ir/news/1`.
SITE = re.compile(r"^\W*(?:https?://)?(?P<domain>(?:[a-z0-9-]+\.)+[a-z]{2,12})(?:/\S*)?[\s.)\]|]*$", re.IGNORECASE)
#: Initials of a desk beside a tag: `kmo/dpa`, `PAP/kg`, `IAR/Polskie Radio/ks`.
_INITIALS = re.compile(r"[a-z]{2,4}\d?|(?:[A-Z]\.\s?){1,3}|[A-Z]{2}")
#: A compound of an agency's tag: `Von dpa-Korrespondent Jan Roe`.
_HYPHEN_CORRESPONDENT = lexicon.regex(r"^(?P<tag>[^\W_]{2,12})-{correspondent}\b", re.IGNORECASE)
_TIME = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b")


def split_names(text: str, position: LinePosition, registry: Registry) -> tuple[list[AgencyMatch], int]:
    """Return the names of the registry among the segments of a line, and the number of other segments."""
    whole = registry.find(text, text, position.tld, text)
    if whole is not None:
        return [whole], 0
    if SITE.match(text):
        return [], 1
    names: list[AgencyMatch] = []
    strangers = 0
    for segment in SEGMENTS.split(text):
        if not segment.strip(" .:-–—"):
            continue
        match = registry.find(segment, text, position.tld, text) or _find_with_title(segment, position, registry)
        match = match or _find_after_person(segment, position, registry)
        if match is None:
            is_known = lexicon.is_phrase("wire_services", segment.strip()) or _is_time(segment)
            strangers += not (is_known or (position.foot and _INITIALS.fullmatch(segment.strip(" ()"))))
            continue
        at = next((i for i, name in enumerate(names) if name.agency.name == match.agency.name), None)
        if at is None:
            names.append(match)
        elif match.strong:
            names[at] = match  # `AGI - Agenzia Giornalistica Italia`
    return names, strangers


def _find_with_title(segment: str, position: LinePosition, registry: Registry) -> AgencyMatch | None:
    """Find a name before a job title, `AP Sports Writer`, or after one, `Repórter da Agência Brasil`."""
    words = segment.split()
    correspondent = _CORRESPONDENT.match(segment.strip())
    if correspondent:
        return registry.find(segment.strip()[correspondent.end() :], segment, position.tld)
    if hyphen := _HYPHEN_CORRESPONDENT.match(segment.strip()):
        return registry.find(hyphen.group("tag"), segment, position.tld)
    if len(words) < 2 or words[-1].lower().strip(".") not in lexicon.words("job_title"):
        return None
    for size in range(min(len(words) - 1, 4), 0, -1):
        if match := registry.find(" ".join(words[:size]), segment, position.tld, outlets_too=False):
            return match
    return None


def _find_after_person(segment: str, position: LinePosition, registry: Registry) -> AgencyMatch | None:
    """Find an agency after a person without a comma, by a name of several words: `JANE ROE Associated Press`."""
    words = segment.split()
    for size in (2, 3):
        name = words[size:]
        if 2 <= len(name) <= 4 and all(word[0].isupper() and word.isalpha() for word in words):
            match = registry.find(" ".join(name), segment, position.tld)
            if match is not None and match.strong and match.agency.kind == "agency":
                return match
    return None


def _is_time(segment: str) -> bool:
    """Return whether a segment is a time: `publié le mardi 10 mars 2026 à 10h12`, `10:14 a.m. EDT`."""
    return len(segment.split()) <= 9 and _TIME.search(segment) is not None


def is_photo(text: str) -> bool:
    """Return whether a line credits a picture."""
    return lexicon.search("photo", text) is not None
