"""Match notes of a whole sentence on the writer.

An interview for another paper, a text that stands in full elsewhere or was taken over, and the first sentence in which
a paper or agency names its own reporter.
"""

from __future__ import annotations

import re

from dedup.evidence.names import proper_name
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Registry
from dedup.languages import lexicon

_INTERVIEW = lexicon.regex(
    r"^\W*{interview_by}(?![^\W_])[\s:：]*\S.{2,60}?\s{on_behalf_of}\s+(?P<paper>\S.{2,40}?)\W*$", re.IGNORECASE
)
#: Verb-final languages: `Bu yazı The Guardian'da yayımlanmıştır.`
_BEHIND = lexicon.regex(
    r"^\W*(?:{demonstrative} {text_noun}\w{0,3},? )?(?P<name>\S.{1,40}?)[’']{case_suffix}\s(?:\S+ ){0,3}?"
    r"{published_behind}[\s.]*$",
    re.IGNORECASE,
)
_BEFORE_DATE = lexicon.regex(
    r",?\s(?:(?:{after_owner}|{on_date}|{owner_link})\s)?(?=\d{1,2}[./]?\s?(?:\w{1,3} )?(?:\d|{month_stem}))|\s*[(©]"
)
#: `Original-Content von: Polizeipräsidium X, übermittelt durch news aktuell`
_ISSUER = lexicon.regex(r"^\W*{release_source}\s+(?P<name>[^\n/|]{2,90}?),\s*{transmission}\b")
_REPRODUCED_IN = lexicon.regex(r"(?<![^\W_]){reproduced_in}\s+", re.IGNORECASE)
_LINK = lexicon.regex(r"^(?:{owner_link}\b\s*)+(?=\S)")
_SITE = re.compile(r"^\W*(?:https?://)?(?:www\.)?(?P<domain>(?:[a-z0-9-]+\.)+[a-z]{2,12})(?:/\S*)?\W*$", re.IGNORECASE)
#: Most characters of a note; most words of a name after a reporter.
_LONGEST, _NAME = 260, 5
#: A name ends here.
_END = re.compile(r"[,.;:()»\n]|\s[-–—]\s")


def match_notes(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a note on the writer."""
    if position.head and (reporter := lexicon.search("own_reports", text)):
        return _match_reporter(text, text[reporter.end() :], position, registry)
    if len(text) > _LONGEST or not position.begins:
        return ()
    if position.foot and lexicon.holds(text, "transmission") and (issuer := _ISSUER.match(text)):
        return (Observation("issuer", quote(text), issuer.group("name").strip()),)
    if position.head and lexicon.at_start("we_reproduce", text):
        places = list(_REPRODUCED_IN.finditer(text))
        return _name(text[places[-1].end() :], text, position, registry) if places else ()
    if position.foot and (whole := lexicon.at_start("read_whole", text)):
        return _name(text[whole.end() :], text, position, registry)
    if position.foot and position.ends and (published := lexicon.at_start("published_in", text)):
        # Of the registry alone: `Publicado en Deportes` names a section.
        rest = _BEFORE_DATE.split(text[published.end() :], maxsplit=1)[0]
        paper = registry.find(_LINK.sub("", rest)) or registry.find(rest)
        return (Observation("source_line", quote(text), paper.agency.name),) if paper is not None else ()
    if position.foot and (behind := _BEHIND.match(text)) and (paper := registry.find(behind.group("name"))):
        return (Observation("source_line", quote(text), paper.agency.name),)
    if position.foot and (interview := _INTERVIEW.match(text)):
        return _name(interview.group("paper"), text, position, registry)
    return ()


def _name(rest: str, text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Return the paper at the beginning of the rest of a note."""
    rest = rest.strip()
    if site := _SITE.match(rest):
        domain = site.group("domain").lower()
        agency = registry.of_domain(domain)
        signal, name = ("source_line", agency.name) if agency else ("source_other", domain)
        return (Observation(signal, quote(text), name),)
    for name in dict.fromkeys((rest, _LINK.sub("", rest), _END.split(_LINK.sub("", rest))[0])):
        match = registry.find(name, text, position.tld)
        if match is not None:
            is_clear = match.strong or (match.agency.kind == "outlet" and not match.agency.name.isupper())
            return (Observation("source_line" if is_clear else "source_other", quote(text), match.agency.name),)
    owner = proper_name(_LINK.sub("", rest))
    return (Observation("source_other", quote(text), owner),) if owner else ()


def _match_reporter(text: str, rest: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Return the house of a reporter, which stands right behind, without its case ending or in it."""
    words = _END.split(rest.strip())[0].split()
    for size in range(min(len(words), _NAME), 0, -1):
        match = registry.find(" ".join(words[:size]), text, position.tld)
        if match is not None and match.strong and match.agency.kind != "press_release":
            return (Observation("own_reporter", quote(text), match.agency.name),)
    name = proper_name(" ".join(words))
    # A house in no registry needs two words: one may be a town.
    is_house = name is not None and " " in name and not position.foot
    return (Observation("source_other", quote(text), name),) if is_house else ()
