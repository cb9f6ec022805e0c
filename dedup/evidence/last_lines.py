"""Match lines of the foot without a label, and datelines of sites: a paper alone, a person and a paper, a press office.

`Українська правда`, `Malin Granö / HBL`, `Пресцентър на Община Тракийци`, `(Humas Pemkab Talang Mas)`; above a text
`TEMPO.CO, Jakarta - `. A paper's name alone may also be left of a menu, so that it weighs less than a labelled one.
"""

from __future__ import annotations

import re

from dedup.evidence.name_segments import is_photo
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.press_offices import match_press_office
from dedup.evidence.registry import AgencyMatch, Registry

_MARKS = " \t()[]*|_~–—-•.©\"'“”„«»"
#: A person, then the paper: `Malin Granö / HBL`, `Jan Roe, "Gazeta Wyborcza"`, `Jan Roe (Le Monde)`.
_PERSON_AND_NAME = re.compile(
    r"^(?P<person>[^\W\d_][\w.’'-]*(?: [^\W\d_][\w.’'-]*){1,2})\s*(?:[,/|(]|\s[-–—])\s*(?P<name>[^/|,()]{2,40})$"
)
#: `TEMPO.CO | BUDI SANTOSO`
_NAME_AND_PERSON = re.compile(
    r"^(?P<name>[^/|,()]{2,40}?)\s\|\s(?P<person>[^\W\d_][\w.’'-]*(?: [^\W\d_][\w.’'-]*){1,2})$"
)
#: `Jakarta, Beritasatu.com – Text`, `TEMPO.CO, Jakarta - Text`, `Merdeka.com - Text`.
_SITE_DATELINE = re.compile(
    r"^\W{0,3}(?P<place>[^\W\d_][^,:;.–—\n]{1,30}, )?(?P<site>(?:[^\W_][\w-]*\.)+[^\W\d_]{2,6})"
    r"(?P<after>,? [^\W\d_][^,:;.–—\n]{1,30}(?:, [^,:;.–—\n]{2,20})?)?(?:\s?\([\d/.]+\))?"
    r"(?:\s+(?:-{1,2}|[–—|])|\s?[–—:]|\s?\.-)\s*(?=[^\W_]|[\"“«„'‘])(?P<text>.{20,})",
    re.DOTALL,
)
#: A paper that no registry knows, behind a person: `Анна Петренко, «Новинарня»`.
_QUOTED = re.compile(r",\s+[«„\"“](?P<name>[^»“”\"]{3,40})[»“”\"][\s.)]*$")
#: `Jakarta, CNN Indonesia -- Text`, `BERLIN taz | Text`.
_CITY_AND_OUTLET = re.compile(
    r"^\W{0,3}(?:[^\W\d_][^,:;.–—|\n]{1,30}, (?P<name>[^\W\d_][\w ]{2,30}?)\s(?:--?|[–—])\s"
    r"|(?-i:[^\W\d_a-z]{3,20}) (?P<outlet>[^\W\d_][\w ]{2,30}?)\s\|\s)(?=[^\W_]|[\"“«„])"
)


def match_last_line(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a short line below a story that has no label. position: the host's `tld` counts."""
    line = text.strip().strip(_MARKS)
    if not line or is_photo(line) or text.rstrip().endswith(("?", "!", ":", "…")):
        return ()
    if (office := match_press_office(line)) is not None:
        return (office._replace(quote=quote(text)),)
    match = registry.find(line, line, position.tld)
    if match is not None:
        return _weigh(match, line, text)
    if several := registry.of_tag(line):  # the language of the story decides
        return tuple(Observation("weak_credit", quote(text), agency.name) for agency in several)
    signed = _PERSON_AND_NAME.match(line) or _NAME_AND_PERSON.match(line)
    if signed is None or not is_person(signed.group("person")):
        return ()
    match = registry.find(signed.group("name"), line, position.tld)
    if match is None and (own := _QUOTED.search(text)) is not None:
        return (Observation("source_other", quote(text), own.group("name")),)
    if match is None or match.agency.kind == "press_release":
        return ()
    if match.agency.kind == "agency":
        # Photographers of the agencies of the whole world are credited so; an agency of one country is its writers'.
        is_native = bool(match.agency.letters or match.agency.tlds)
        return (Observation("weak_credit", quote(text), match.agency.name),) if is_native else ()
    signal = "source_line" if match.strong else "source_other" if match.agency.homonym == "low" else "weak_credit"
    signal = "source_other" if signal == "weak_credit" and not signed.group("name").isupper() else signal
    return (Observation(signal, quote(text), match.agency.name),)


def _weigh(match: AgencyMatch, line: str, text: str) -> tuple[Observation, ...]:
    """Return the observation of a name alone: one word may also be the entry of a menu."""
    if match.agency.kind != "outlet" or not match.strong:
        # `в. „Стандарт“`: marked as a paper
        is_marked = match.agency.kind == "outlet" and line != text.strip()
        is_marked &= not line.isupper() or match.agency.homonym == "low"
        signal = "credit" if match.strong else "source_other" if is_marked else "weak_credit"
        return (Observation(signal, quote(text), match.agency.name),)
    is_clear = len(line.split()) > 1 or "." in line or line != text.strip().rstrip(".")
    return (Observation("source_line" if is_clear else "source_other", quote(text), match.agency.name),)


def match_site_dateline(text: str, registry: Registry) -> tuple[Observation, ...]:
    """Match the dateline of a site at the beginning of a story."""
    site = _SITE_DATELINE.match(text)
    if site is None:
        city = _CITY_AND_OUTLET.match(text)
        paper = registry.find(city.group("name") or city.group("outlet")) if city is not None else None
        if paper is None or city is None or not paper.strong or paper.agency.kind != "outlet":
            return ()
        return (Observation("dateline", quote(text[: city.end()]), paper.agency.name),)
    domain = site.group("site")
    match = registry.find(domain)
    agency = match.agency if match is not None else registry.of_domain(domain.lower())
    words = quote(text[: site.start("text")])
    if agency is None:
        has_place = site.group("place") or site.group("after")
        return (Observation("source_other", words, domain.lower()),) if has_place else ()
    return (Observation("dateline", words, agency.name),)


def is_person(text: str) -> bool:
    """Return whether a text can be a person's name: two or three words with capitals, or initials and one."""
    words = text.split()
    return 2 <= len(words) <= 3 and all(not word[0].islower() and not word.isdigit() for word in words)
