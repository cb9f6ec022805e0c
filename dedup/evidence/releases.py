"""Match the issuer of a press release, which wrote the text that a wire distributes.

The release itself names its issuer: `SOURCE Issuer` at the end, `Original-Content von: Issuer`, the subject of the
first sentence, `About Issuer`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dedup.evidence.names import plain, proper_name
from dedup.evidence.observation import Observation, quote
from dedup.languages import lexicon

_SOURCE = lexicon.regex(r"^\s*(?:{release_source}|EQS-[\w-]+:|DGAP-\w+:)\s+(?P<name>[^\n/|]{2,90})", re.MULTILINE)
_ABOUT = lexicon.regex(r"^\s*{about}\s+(?P<name>[^\n]{2,80}?):?\s*$", re.MULTILINE)
_ABBREVIATION = lexicon.regex(r"\b{company_abbreviation}\.$")
_TRANSMISSION = lexicon.regex(r",\s*{transmission}\b.*$")
#: The end of the subject in the first sentence: `Calder Marine (NYSE: CLDM), a builder of …, today announced`.
_SUBJECT_ENDS = lexicon.regex(r"^\s*(?:[(,;]|{after_subject}\b|[-–—®™])")
#: The rest of a dateline after the wire's tag: `- March 10, 2026) - `, `/ March 10, 2026 / `, `)--`.
_REST_OF_DATELINE = re.compile(r"^(?:[^()\n]{0,60}\)|\s*/?[\s\w.,]{0,30}/|/)?\s*[-–—:/]*\s*")


def match_issuer(opening: str, closing: str, tags: Iterable[str] = ()) -> Observation | None:
    """Match the issuer of a release.

    opening: the first words of the story, perhaps with the dateline; closing: the end of the page; tags: printed names
    of the wire.
    """
    for text in (closing, opening):
        if match := _SOURCE.search(text):
            name = _TRANSMISSION.sub("", match.group("name")).strip(" *")
            name = name if _ABBREVIATION.search(name) else name.rstrip(".")
            if name and not name.lower().startswith("http"):
                return Observation("issuer", quote(match.group()), name)
    opening = _after_dateline(opening, tags)
    subject = proper_name(opening)
    about = [m.group("name").strip(" .*") for m in _ABOUT.finditer(closing)]
    if subject and _SUBJECT_ENDS.match(opening.lstrip(' \t*“"')[len(subject) :].lstrip(".")):
        for name in about:
            if plain(name) == plain(subject):
                return Observation("issuer", quote(f"About {name}"), subject)
        return Observation("issuer_subject", quote(opening[:120]), subject)
    if len({plain(name) for name in about}) == 1:
        return Observation("issuer", quote(f"About {about[0]}"), about[0])
    return None


def _after_dateline(opening: str, tags: Iterable[str]) -> str:
    """Return an opening without its dateline."""
    ends = [at + len(tag) for tag in tags if (at := opening.find(tag, 0, 140)) >= 0]
    return _REST_OF_DATELINE.sub("", opening[max(ends) :]) if ends else opening
