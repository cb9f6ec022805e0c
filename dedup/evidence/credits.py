"""Bylines and credit lines: a line of head or foot that is, but for the words credits are made with, a known name.

Whole segments only: `By JANE ROE, Associated Press`, `CBS/AP`, `Quelle: dpa`. A name inside a sentence is no credit, a
photo's credit is not the text's, and who contributed did not write.
"""

from __future__ import annotations

import re

from dedup.evidence.names import proper_name
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Found, Registry
from dedup.languages import lexicon

_SEGMENTS = lexicon.regex(r"\s*(?:[;,|/•·&()\[\]*]|\s[-–—]\s|\s(?:{and}|{list_joiner})\s)\s*")
_POSSESSIVE = lexicon.regex(r"^(?P<owner>.{2,40}?){possessive}\s+(?=[A-Z])")
#: `(with AFP)`, `(mit dpa)`, `avec AFP`: the host's text, with an agency's help.
_HELPED = lexicon.regex(r"^[\s(*–—-]*(?:{with}|{with_at_start})\b(?! {permission})", re.IGNORECASE)
#: `Jane Roe/USA TODAY Sports`, `Jane Roe/Reuters`: who took a picture, and for whom.
_TAKEN = re.compile(r"^\W*[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,2}\s?/\s?[A-Z][\w .]{1,30}\W*$")
#: The note on a writer below a text: `Jane Roe writes for The Associated Press.`, by name or surname.
_WRITES_FOR = lexicon.regex(
    r"^\W*[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,3} "
    r"(?:{writes_for}|{is_a} (?:\w+ ){0,3}{reporter} {reporter_for}) (?P<owner>[^.,;]{2,40})[.]?\W*$"
)
_EMPLOYED = lexicon.regex(r"{correspondent}\s+{correspondent_of}\s+", re.IGNORECASE)
#: What scrapers leave behind a name: `AP December 1`, `CBS/AP Last Updated Dec`.
_DATE = lexicon.regex(
    r"\s+(?:{update_label}:?\s*|{on_date} )?\b{month_abbreviation}[a-z]{0,6}\b\.?(?:\s+\d{1,2})?(?:,?\s+\d{4})?"
    r"(?=\s*(?:$|[;,|]))",
    re.IGNORECASE,
)
#: American papers of small towns are named with their state: `Tallahassee (Fla.) Democrat`.
_STATE = re.compile(r"(?<=\w) \((?:[A-Z][a-z]{1,5}\.|[A-Z]\.[A-Z]\.|[A-Z]{2})\) (?=[A-Z][a-z])")
_AUTHOR_BY = lexicon.regex(r"^\s*{author_by}\s+", re.IGNORECASE)
_BY_WAY_OF = lexicon.regex(r"^.* {by_way_of} ", re.DOTALL)
_REPORT = lexicon.regex("{report_noun}", re.IGNORECASE)
_CONTRIBUTOR = lexicon.regex(r"^(?:{contributor_by}|{contributor_to}.*)\s+")
_TIME = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b")
#: A byline or credit line is not longer than this, in words.
_LONGEST = 16


def is_photo(text: str) -> bool:
    """Whether a line credits a picture."""
    return lexicon.search("photo", text) is not None


def read(text: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """What a byline or credit line says."""
    line = _STATE.sub(" ", text.strip())
    if lexicon.search("contribution", line):
        return _contribution(line, place, registry)
    if place.foot and (note := _WRITES_FOR.match(line)):
        found = registry.find(note.group("owner"), line, place.tld)
        return (
            (Observation("own_writer", quote(line), found.agency.name),) if found is not None and found.strong else ()
        )
    if _TAKEN.match(line):
        return ()
    if not (place.begins and place.ends) or len(line.split()) > _LONGEST or is_photo(line):
        return ()
    by = lexicon.at_start("credit_by").match(line)
    source = lexicon.at_start("source").match(line)
    if source and source.group().strip()[-1:] not in ":：" and not lexicon.at_start("provider").match(line):
        source = None  # `Provided by X` needs no colon, `Source X` does
    via = lexicon.at_start("via").match(line)
    helped = _HELPED.match(line)
    lead = source or via or (by if by and by.end() < len(line) else None) or helped
    rest = line[lead.end() :] if lead else line
    if via:
        rest = _BY_WAY_OF.sub("", rest)  # `Authored by Jane Roe via The Millbrook Ledger`
    names, strangers = _named(rest, place, registry)
    words = quote(line)
    if via:
        return tuple(Observation("via", words, f.agency.name) for f in names) or _hop(rest, words)
    if helped and not by:
        return tuple(Observation("contribution", words, f.agency.name) for f in names)
    if source:
        if len(names) == 1:
            return (
                Observation(
                    "source_line" if names[0].strong or strangers == 0 else "weak_credit", words, names[0].agency.name
                ),
            )
        if names:
            return tuple(Observation("contribution", words, f.agency.name) for f in names)
        named = proper_name(rest) if place.foot else None
        alone = named and re.match(r"\W*$|[.(|,]", rest.split(named, 1)[-1].lstrip())
        return (Observation("source_other", words, named),) if named and alone else ()
    if not names:
        staff = by and lexicon.search("staff", line)
        return (Observation("staff_byline", words, None),) if staff else ()
    if by or (place.head and strangers):
        if not by and not _title_case(rest):
            return ()
        return _credited("byline", names, words)
    return _credited("credit", names, words) if strangers == 0 else ()


def read_authors(authors: str, registry: Registry, tld: str = "") -> tuple[Observation, ...]:
    """What the field of authors says: `Jane Roe, Associated Press`, `CBS/AP`, `dpa`."""
    if (not registry.may_name(authors) and not lexicon.search("staff", authors)) or is_photo(authors):
        return ()
    place = LinePosition(True, False, tld=tld)
    authors = _DATE.sub("", authors)
    names, _ = _named(_AUTHOR_BY.sub("", authors), place, registry)
    if names:
        return _credited("authors", names, quote(authors))
    if lexicon.search("staff", authors):
        return (Observation("staff_byline", quote(authors), None),)
    return ()


def _credited(signal: str, names: list[Found], words: str) -> tuple[Observation, ...]:
    """One agency is the writer; an outlet beside it is its customer; of several agencies none is."""
    agencies = [f for f in names if f.agency.kind != "outlet"]
    papers = [f for f in names if f.agency.kind == "outlet"]
    if papers and agencies and all(f.agency.syndicate for f in agencies):  # `Miami Herald | Tribune News Service`
        return (
            Observation(signal if papers[0].strong else "weak_credit", words, papers[0].agency.name),
            *(Observation("distributor", words, f.agency.name) for f in agencies),
        )
    if len({f.agency.name for f in agencies}) > 1:
        return tuple(Observation("contribution", words, f.agency.name) for f in agencies)
    chosen = agencies or names[:1]
    said = [Observation(signal if f.strong else "weak_credit", words, f.agency.name) for f in chosen[:1]]
    if agencies:
        said += [Observation("beside", words, f.agency.name) for f in names if f.agency.kind == "outlet"]
    return tuple(said)


def _named(text: str, place: LinePosition, registry: Registry) -> tuple[list[Found], int]:
    """The known names among the segments of a line, and how many other segments there are."""
    whole = registry.find(text, text, place.tld, text)
    if whole is not None:
        return [whole], 0
    found: list[Found] = []
    strangers = 0
    for segment in _SEGMENTS.split(text):
        if not segment.strip(" .:-–—"):
            continue
        one = registry.find(segment, text, place.tld, text) or _titled(segment, place, registry)
        one = one or _after_person(segment, place, registry)
        if one is None:
            strangers += not (lexicon.whole_words("wire_services").fullmatch(segment.strip()) or _is_time(segment))
        elif one.agency.name not in [f.agency.name for f in found]:
            found.append(one)
    return found, strangers


def _titled(segment: str, place: LinePosition, registry: Registry) -> Found | None:
    """`AP Sports Writer`, `Press Association Sport Correspondent`, `Reuters Staff`: a name and somebody's title."""
    words = segment.split()
    employed = _EMPLOYED.match(segment.strip())  # `Repórter da Agência Brasil`
    if employed:
        return registry.find(segment.strip()[employed.end() :], segment, place.tld)
    if len(words) < 2 or words[-1].lower().strip(".") not in lexicon.words("job_title"):
        return None
    for size in range(min(len(words) - 1, 4), 0, -1):
        if found := registry.find(" ".join(words[:size]), segment, place.tld):
            return found
    return None


def _after_person(segment: str, place: LinePosition, registry: Registry) -> Found | None:
    """`JANE ROE Associated Press`: a person, and without a comma the agency, by a name of several words."""
    words = segment.split()
    for size in (2, 3):
        name = words[size:]
        if 2 <= len(name) <= 4 and all(word[0].isupper() and word.isalpha() for word in words):
            found = registry.find(" ".join(name), segment, place.tld)
            if found is not None and found.strong and found.agency.kind == "agency":
                return found
    return None


def _is_time(segment: str) -> bool:
    """`publié le mardi 10 mars 2026 à 10h12`, `10:14 a.m. EDT`: when, not who."""
    return len(segment.split()) <= 9 and _TIME.search(segment) is not None


def _contribution(line: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Who contributed. An agency's own writers, named with their title, sign the agency's own text."""
    words = quote(line)
    if lexicon.search("photo", line) and not _REPORT.search(line):
        return ()
    said: list[Observation] = []
    for part in re.split(r"(?<=[a-z]{3}[.])\s+(?=[A-Z])", line)[-4:]:
        owner = _POSSESSIVE.match(part)
        if owner and (found := registry.find(owner.group("owner"), line, place.tld)):
            said.append(Observation("own_staff", words, found.agency.name))
        said.extend(_signing(part, words, place, registry))
        said.extend(_mentioned(part, words, place, registry, {s.name for s in said}))
    return tuple(dict.fromkeys(said))


def _signing(part: str, words: str, place: LinePosition, registry: Registry) -> list[Observation]:
    """`Associated Press writers A in X and B in Y contributed`, `AP Basketball Writer C`."""
    tokens = part.strip(" (*").split()
    for size in range(min(4, len(tokens) - 2), 0, -1):
        found = registry.find(" ".join(tokens[:size]), part, place.tld)
        if found is None:
            continue
        for title, after in zip(tokens[size : size + 4], tokens[size + 1 : size + 5], strict=False):
            if title.lower().strip(",.") in lexicon.words("job_title") and after[:1].isupper():
                return [Observation("own_writer", words, found.agency.name)]
        break
    return []


def _mentioned(
    part: str, words: str, place: LinePosition, registry: Registry, known: set[str | None]
) -> list[Observation]:
    said = []
    for segment in _SEGMENTS.split(lexicon.whole_words("contribution").sub("|", part)):
        if not registry.may_name(segment):
            continue
        found = registry.find(_CONTRIBUTOR.sub("", segment.strip()), part, place.tld)
        if found is not None and found.agency.name not in known:
            said.append(Observation("contribution", words, found.agency.name))
    return said


def _hop(rest: str, words: str) -> tuple[Observation, ...]:
    name = proper_name(rest)
    return (Observation("via", words, name),) if name else ()


def _title_case(text: str) -> bool:
    return all(word[:1].isupper() or len(word) < 4 for word in re.findall(r"[^\W\d_]+", text))
