"""Match the issuer of a press release, which wrote the text that a wire distributes.

The release itself names its issuer: `SOURCE Issuer` at the end, `Original-Content von: Issuer`, the subject of the
first sentence, `About Issuer`. Carriers of office releases name it before the first sentence: `The following
information was released by Issuer:`, `Issuer issued the following news release:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dedup.evidence.names import plain, proper_name
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.languages import lexicon

_SOURCE = lexicon.regex(r"^\s*(?:{release_source}|EQS-[\w-]+:|DGAP-\w+:)\s+(?P<name>[^\n/|]{2,90})", re.MULTILINE)
#: The seller of a report: `The "Widgets" report has been added to Calder Research's offering`.
_ADDED_TO = lexicon.regex(r"{added_to}\s*(?P<name>[^\W_][^\n]{1,60}?)[’']\s?s?\s?offering")
_ABOUT = lexicon.regex(r"^\s*{about}\s+(?P<name>[^\n]{2,80}?):?\s*$", re.MULTILINE)
_ABBREVIATION = lexicon.regex(r"\b{company_abbreviation}\.$")
_TRANSMISSION = lexicon.regex(r",\s*{transmission}\b.*$")
#: The end of the subject in the first sentence: `Calder Marine (NYSE: CLDM), a builder of …, today announced`.
_SUBJECT_ENDS = lexicon.regex(r"^\s*(?:[(,;]|{after_subject}\b|[-–—®™])")
#: The rest of a dateline after the wire's tag: `- March 10, 2026) - `, `/ March 10, 2026 / `, `)--`.
_REST_OF_DATELINE = re.compile(r"^(?:[^()\n]{0,60}\)|\s*/?[\s\w.,]{0,30}/|/)?\s*[-–—:/]*\s*")
#: A place and date before a dash: `TULSA, Okla., Dec. 21 -- `.
_DATELINE = re.compile(r"^[^a-z\W][^:;!?–—]{1,60}?\s?(?:--+|[–—]|\s-)\s+")
_RELEASED_BY = lexicon.regex(
    r"^\W*{released_by}(?![^\W_])[\s:：./–—-]*(?P<name>\S.{1,160}?)\s*[:：.]?\s*$", re.IGNORECASE
)
_ISSUED = lexicon.regex(r"^(?P<name>.{2,200}?),?\s+{issued_following}(?!\w)", re.IGNORECASE)
_OFFICE_OF = lexicon.regex(r"^{office_of}\s+", re.IGNORECASE)
#: Most words between the verb and the colon: `issued the following remarks at the markup of the act (H.R. 4754):`.
_REMARK = 60
#: Most words of an issuer's name.
_NAME = 12


def match_announcement(text: str, position: LinePosition) -> Observation | None:
    """Match a line above or below a release that says who issued it."""
    line = " ".join(text.split())
    if not lexicon.holds(line, "released_by", "issued_following"):
        return None
    is_whole = position.ends
    released = _RELEASED_BY.match(line) if position.begins and is_whole else None
    issued = _ISSUED.match(line) if position.head else None
    if issued is not None:
        rest = line[issued.end() :]
        if len(rest.split()) > _REMARK or (is_whole and not rest.rstrip(" *").endswith((":", "："))):
            return None
        subject = _DATELINE.sub("", issued.group("name"))
    elif released is not None and len(released.group("name").split()) <= _NAME:
        subject = released.group("name")
    else:
        return None
    name = _OFFICE_OF.sub("", subject).split(", ")[0].strip(' *:：."“”«»')
    # A line with nothing else may write the first word small, as many languages do: `préfecture de la Sarthe`.
    is_name = proper_name(name) is not None and not name[0].islower() if issued is not None else name[:1].isalpha()
    is_name &= not name.islower()  # `Nota de prensa completa`
    if not is_name or len(name.split()) > _NAME:
        return None
    # Below a text it may be the imprint of a site.
    return Observation("issuer" if position.head else "source_other", quote(line), name)


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
    if (seller := _ADDED_TO.search(opening)) is not None:
        return Observation("issuer", quote(seller.group()), seller.group("name").removesuffix(".com"))
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
