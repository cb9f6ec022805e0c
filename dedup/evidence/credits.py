"""Match bylines and credit lines: lines of head or foot whose segments are names of the registry.

Only whole segments count: `By JANE ROE, Associated Press`, `CBS/AP`, `Quelle: dpa`. A name inside a sentence is no
credit, the credit of a picture is not that of the text, and a contributor is no writer.
"""

from __future__ import annotations

import re

from dedup.evidence.name_segments import SEGMENTS, is_photo, split_names
from dedup.evidence.names import proper_name
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.evidence.source_lines import HEAD_LINE, match_source, named_source, source_inside, source_label, with_colon
from dedup.evidence.spelling import is_uncased, one_width
from dedup.evidence.uncased import match_field
from dedup.languages import lexicon

_POSSESSIVE = lexicon.regex(r"^(?P<owner>.{2,40}?){possessive}\s+(?=[A-Z])")
#: `(with AFP)`, `(mit dpa)`, `avec AFP`: the host's text, with an agency's help.
_CONTRIBUTION = lexicon.regex(r"^[\s(*–—-]*(?:{with}|{with_at_start})\b(?! {permission})", re.IGNORECASE)
#: A photographer and the client: `Jane Roe/USA TODAY Sports`, `Jane Roe/Reuters`.
_PHOTOGRAPHER = re.compile(r"^\W*[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,2}\s?/\s?[A-Z][\w .]{1,30}\W*$")
#: The note on a writer below a text: `Jane Roe writes for The Associated Press.`, by name or surname.
_WRITES_FOR = lexicon.regex(
    r"^\W*[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,3} "
    r"(?:{writes_for}|{is_a} (?:\w+ ){0,3}{reporter} {reporter_for}) (?P<owner>[^.,;]{2,40})[.]?\W*$"
)
#: A person and the agency as the last line: `Jane Roe, The Canadian Press`.
_SIGNED = re.compile(r"^\W*[^\W\d_a-z][\w.’'-]+(?: [^\W\d_a-z][\w.’'-]+){1,2}, [^,\d]{4,40}$")
#: A date that scrapers leave behind a name: `AP December 1`, `CBS/AP Last Updated Dec`.
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
#: The paper for which somebody wrote: `Jane Roe, exclusively for the Millbrook Ledger`.
_WRITTEN_FOR = lexicon.regex(r"^.{0,60}?(?:^|[\s,(]){written_for}\s+(?P<paper>\S.{2,40}?)\W*$", re.IGNORECASE)
_CONTRIBUTOR = lexicon.regex(r"^(?:{contributor_by}|{contributor_to}.*)\s+")
#: The label of a picture behind the credit of a text.
_PICTURE = lexicon.regex(r"(?<=\w\w)(?:\s*[;|/•·.,]\s*|\s[-–—]\s|\s){photo}\s*[:：].*$", re.IGNORECASE)
#: A label behind the name: `Le Figaro. Перевод: ИноСМИ`.
_NEXT_LABEL = re.compile(r"\.\s+[^\W\d_][^\W\d_]{2,15}(?: [^\W\d_]{2,15})?\s?[:：].*$")
#: A name in quotation marks before other words.
_QUOTED = re.compile(r"^\W{0,2}[«„“\"]([^»“”\"]{2,40})[»“”\"]")
#: A date behind the name: `Skånska Dagbladet den 21 mars`, `Novinite © 2019`.
_BEFORE_DATE = lexicon.regex(r"\s(?:{after_owner}|{on_date})\s(?=\d{1,2}\b)|\s*(?:©|\(c\))\s*(?:19|20)\d\d\b")
#: Most words of a byline or credit line.
_LONGEST = 16
#: Most characters of one where words may have no blanks between them.
_LONGEST_UNCASED = 140
#: Most words of a note that only names who helped.
_BARE = 7


def match_credits(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a byline or credit line."""
    line = _STATE.sub(" ", text.strip())
    if is_uncased(line):
        line = with_colon(line)
    is_labelled = position.foot or (position.begins and len(line) <= HEAD_LINE and is_uncased(line))
    if is_labelled and position.ends and (source_at_end := source_inside(line[-160:])):
        if observations := match_source(source_at_end, position._replace(begins=True), registry):
            return observations
    if lexicon.search("contribution", line):
        return _match_contribution(line, position, registry)
    if position.foot and (note := _WRITES_FOR.match(line)):
        match = registry.find(note.group("owner"), line, position.tld)
        if match is None or not match.strong:
            return ()
        return (Observation("own_writer", quote(line), match.agency.name),)
    if _PHOTOGRAPHER.match(line):
        return ()
    line = _without_picture(line)
    if line.startswith("©") and not position.foot and is_uncased(line):
        return ()  # below a picture
    if not (position.begins and position.ends) or len(line.split()) > _LONGEST or is_photo(line):
        return ()
    if len(line) > _LONGEST_UNCASED and is_uncased(line):
        return ()
    by = lexicon.at_start("credit_by", line)
    source = source_label(line, position, registry)
    via = lexicon.at_start("via", line)
    contribution = _CONTRIBUTION.match(line)
    lead = source or via or (by if by and by.end() < len(line) else None) or contribution
    rest = line[lead.end() :] if lead else line
    if source:
        rest = _BEFORE_DATE.split(_NEXT_LABEL.sub("", rest), maxsplit=1)[0]
    if via:
        rest = _BY_WAY_OF.sub("", rest)  # `Authored by Jane Roe via The Millbrook Ledger`
    names, strangers = split_names(rest, position, registry)
    if source and not names and (own := _QUOTED.match(rest)):  # `„Дневник“ с разрешение`
        names = [match for match in (registry.find(own.group(1), line, position.tld),) if match is not None]
    words = quote(line)
    if via:
        # The text came through a site that may be in no registry.
        sites = [f.agency.name for f in names] or [name for name in (proper_name(rest),) if name]
        return tuple(Observation("via", words, name) for name in sites)
    if contribution and not by:
        if position.foot and not position.head and len(names) == 1 and names[0].strong and strangers == 0:
            return (Observation("with_agency", words, names[0].agency.name),)
        return tuple(Observation("contribution", words, f.agency.name) for f in names)
    if source:
        is_of_text = lexicon.is_phrase("text_noun", source.group().strip(" :：([*–—-"))
        return () if is_of_text and not names else named_source(rest, names, strangers, words, position, registry)
    if position.foot and not by and (not names or strangers) and (paper := _WRITTEN_FOR.match(line)) is not None:
        return _written_for(paper.group("paper"), line, position, registry)
    if not names:
        staff = by and lexicon.search("staff", line)
        return (Observation("staff_byline", words, None),) if staff else ()
    if by or (position.head and strangers):
        if not by and (is_uncased(rest) or not _is_title_case(_without_names(rest, names))):
            return ()
        return _credited("byline", names, words)
    if position.foot and strangers == 1 and len(names) == 1 and _SIGNED.match(line):
        is_full = names[0].strong and (
            " " in names[0].agency.name and line.rstrip(" .").endswith(names[0].agency.names)
        )
        return (Observation("credit" if is_full else "weak_credit", words, names[0].agency.name),)
    return _credited("credit", names, words) if strangers == 0 else ()


def _written_for(paper: str, line: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Return the paper for which the writer wrote."""
    match = registry.find(paper, line, position.tld)
    if match is not None:
        return (Observation("source_line" if match.strong else "weak_credit", quote(line), match.agency.name),)
    name = proper_name(paper)
    return (Observation("source_other", quote(line), name),) if name else ()


def _without_picture(line: str) -> str:
    """Return a line without the credit of its picture: `Tekst: Jan Roe, X; foto's: Ann Poe`.

    The label of a text and its pictures together is that of the text.
    """
    if not is_photo(line):
        return line
    if both := lexicon.at_start("text_and_picture", line):
        return f"{lexicon.words('text_label')[0]}: {line[both.end() :]}"
    picture = _PICTURE.search(line)
    return line[: picture.start()] if picture is not None else line


def match_authors(authors: str, registry: Registry, tld: str = "") -> tuple[Observation, ...]:
    """Match the field of authors: `Jane Roe, Associated Press`, `CBS/AP`, `dpa`."""
    authors = one_width(authors)
    named = registry.may_name(authors) or registry.names_outlet(authors)
    if (not named and not lexicon.search("staff", authors)) or is_photo(authors):
        return ()
    position = LinePosition(True, False, tld=tld)
    authors = _DATE.sub("", authors)
    names, _ = split_names(_AUTHOR_BY.sub("", authors), position, registry)
    if "=" in authors and len(names) > 1:
        names = names[:1]  # `AFP=時事`: the second passes it on
    if not names and is_uncased(authors):
        names = match_field(authors, registry)
    if names:
        return _credited("authors", names, quote(authors))
    if lexicon.search("staff", authors):
        return (Observation("staff_byline", quote(authors), None),)
    return ()


def _credited(signal: str, names: list[AgencyMatch], words: str) -> tuple[Observation, ...]:
    """Credit names: one agency is the writer, an outlet beside it is its customer; of several agencies none is."""
    agencies = [f for f in names if f.agency.kind != "outlet"]
    papers = [f for f in names if f.agency.kind == "outlet"]
    if papers and agencies and all(f.agency.syndicate for f in agencies):  # `Miami Herald | Tribune News Service`
        return (
            Observation(signal if papers[0].strong else "weak_credit", words, papers[0].agency.name),
            *(Observation("distributor", words, f.agency.name) for f in agencies),
        )
    if len({f.agency.name for f in agencies}) > 1:
        return tuple(Observation("contribution", words, f.agency.name) for f in agencies)
    writer = (agencies or names)[0]
    observations = [Observation(signal if writer.strong else "weak_credit", words, writer.agency.name)]
    if agencies:
        observations += [Observation("beside", words, f.agency.name) for f in names if f.agency.kind == "outlet"]
    return tuple(observations)


def _match_contribution(line: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a note on contributors. An agency's own writers, named with their title, sign the agency's own text."""
    words = quote(line)
    if lexicon.search("photo", line) and not _REPORT.search(line):
        return ()
    observations: list[Observation] = []
    for part in re.split(r"(?<=[a-z]{3}[.])\s+(?=[A-Z])", line)[-4:]:
        owner = _POSSESSIVE.match(part)
        if owner and (match := registry.find(owner.group("owner"), line, position.tld)):
            observations.append(Observation("own_staff", words, match.agency.name))
        observations.extend(_match_own_writer(part, words, position, registry))
        observations.extend(_match_contributors(part, words, position, registry, {s.name for s in observations}))
    if len(observations) == 1 and is_uncased(line) and position.foot and not position.head and _is_bare(line):
        return (observations[0]._replace(signal="with_agency"),)  # `(भाषा इनपुट के साथ)`
    return tuple(dict.fromkeys(observations))


def _is_bare(line: str) -> bool:
    """Return whether a note on a contribution has no words for the text or its writers."""
    return len(line.split()) <= _BARE and lexicon.search("report_noun", line) is None


def _match_own_writer(part: str, words: str, position: LinePosition, registry: Registry) -> list[Observation]:
    """Match an agency's own writers: `Associated Press writers A in X and B in Y contributed`."""
    tokens = part.strip(" (*").split()
    for size in range(min(4, len(tokens) - 2), 0, -1):
        match = registry.find(" ".join(tokens[:size]), part, position.tld, outlets_too=False)
        if match is None:
            continue
        for title, after in zip(tokens[size : size + 4], tokens[size + 1 : size + 5], strict=False):
            if title.lower().strip(",.") in lexicon.words("job_title") and after[:1].isupper():
                return [Observation("own_writer", words, match.agency.name)]
        break
    return []


def _match_contributors(
    part: str, words: str, position: LinePosition, registry: Registry, names: set[str | None]
) -> list[Observation]:
    """Match agencies that contributed and are not in `names` yet."""
    observations = []
    for segment in SEGMENTS.split(lexicon.whole_words("contribution").sub("|", part)):
        if not registry.may_name(segment):
            continue
        match = registry.find(_CONTRIBUTOR.sub("", segment.strip()), part, position.tld)
        if match is not None and match.agency.name not in names:
            observations.append(Observation("contribution", words, match.agency.name))
    return observations


def _without_names(text: str, names: list[AgencyMatch]) -> str:
    """Return a text without the names that were found, whose words may be small: `La Presse canadienne`."""
    for name in (one for match in names for one in match.agency.names):
        text = text.replace(name, "")
    return text


def _is_title_case(text: str) -> bool:
    """Return whether all words of four letters or more begin with a capital."""
    return all(word[:1].isupper() or len(word) < 4 for word in re.findall(r"[^\W\d_]+", text))
