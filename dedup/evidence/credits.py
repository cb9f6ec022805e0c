"""Match bylines and credit lines: lines of head or foot whose segments are names of the registry.

Only whole segments count: `By JANE ROE, Associated Press`, `CBS/AP`, `Quelle: dpa`. A name inside a sentence is no
credit, the credit of a picture is not that of the text, and a contributor is no writer.
"""

from __future__ import annotations

import re

from dedup.evidence.names import proper_name
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.press_offices import match_press_office
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.evidence.spelling import is_unbroken, is_uncased, one_width
from dedup.evidence.uncased import match_field
from dedup.evidence.uncased_patterns import UncasedPattern
from dedup.languages import lexicon

_SEGMENTS = lexicon.regex(r"\s*(?:[;,|/•·&()\[\]*،؛、・=]|\s[-–—+]\s|—+|\s(?:{and}|{list_joiner})\s)\s*")
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
_CORRESPONDENT = lexicon.regex(r"{correspondent}\s+{correspondent_of}\s+", re.IGNORECASE)
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
#: A source label after the last sentence, or initials, in its line: `… mañana.Fuente: X`, `Autor: PO / Źródło: X`.
_LAST_COLON = re.compile(r"\s?[:：](?!//)(?=[^:：]{2,80}$|\s*https?://\S+$)")
_AFTER_STOP = re.compile(r"[,;.!?…。！？؟।»”\"')\]|/(（–—-]")
#: Most words of a source label.
_LABEL = 4
#: A site as the source: `Πηγή: in.gr`, `منبع: https://www.isna.ir/news/1`.
_SITE = re.compile(r"^\W*(?:https?://)?(?P<domain>(?:[a-z0-9-]+\.)+[a-z]{2,12})(?:/\S*)?[\s.)\]|]*$", re.IGNORECASE)
#: The paper for which somebody wrote: `Jane Roe, exclusively for the Millbrook Ledger`.
_WRITTEN_FOR = lexicon.regex(r"^.{0,60}?(?:^|[\s,(]){written_for}\s+(?P<paper>\S.{2,40}?)\W*$", re.IGNORECASE)
#: Initials of a desk beside a tag: `kmo/dpa`, `PAP/kg`, `IAR/Polskie Radio/ks`.
_INITIALS = re.compile(r"[a-z]{2,4}\d?|(?:[A-Z]\.\s?){1,3}|[A-Z]{2}")
#: A compound of an agency's tag: `Von dpa-Korrespondent Jan Roe`.
_HYPHEN_CORRESPONDENT = lexicon.regex(r"^(?P<tag>[^\W_]{2,12})-{correspondent}\b", re.IGNORECASE)
#: The date of a paper behind its name: `中国青年报2018年10月24日`.
_YEAR = re.compile(r"\s?[(（]?(?:19|20)\d\d(?![\w-]*\.\w).*$")
#: A person by initial: `В.Сергеев`.
_INITIAL_AND_NAME = re.compile(r"[^\W\d_]\.\s?[^\W\d_]{2,}$")
#: What follows a name in a source line: an address or a date; then the next label: `界面 作者：管乔`.
_NEXT = re.compile(r"\s*(?:https?://|www\.|[(（]\s?(?:19|20|13|14)?\d\d|(?:19|20|13|14)\d\d(?!\d))")
_NEXT_LABEL_UNCASED = UncasedPattern(r"\s+[^\s:：]{1,8}\s?[:：]|\s+[|｜/]\s+|(?:{foot_credit}|{byline_label})\s?[:：]")
_QUOTED_FIRST = re.compile(r"^\W{0,3}(?:«[^»]{2,40}»|《[^》]{2,40}》|「[^」]{2,40}」|『[^』]{2,40}』)")
_COLON = re.compile(r"[:：|]")
#: Most words of a name that is not known, behind a label without a colon.
_NEW_NAME = 4
#: A source label in brackets, or before a dash.
_LABEL_FORM = UncasedPattern(
    r"^[\[【〔〈<(*\s]*(?P<label>{source})\s?(?P<close>[\]】〕〉>)]?)\s*(?P<mark>[-–—_=/]?)(?!/)\s*(?=[^\s:|])"
)
_QUOTED_INSIDE = re.compile(r"«[^»]{2,40}»|《[^》]{2,40}》|「[^」]{2,40}」|『[^』]{2,40}』")
#: Most characters of a source behind its label above a text.
_SHORT = 24
_CONTRIBUTOR = lexicon.regex(r"^(?:{contributor_by}|{contributor_to}.*)\s+")
#: The label of a picture behind the credit of a text.
_PICTURE = lexicon.regex(r"(?<=\w\w)(?:\s*[;|/•·.,]\s*|\s[-–—]\s|\s){photo}\s*[:：].*$", re.IGNORECASE)
#: A label behind the name: `Le Figaro. Перевод: ИноСМИ`.
_NEXT_LABEL = re.compile(r"\.\s+[^\W\d_][^\W\d_]{2,15}(?: [^\W\d_]{2,15})?\s?[:：].*$")
#: A name of which only the first word has a capital, alone behind its label: `Hamnstad kommun`.
_INSTITUTION = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,}){1,4}")
#: A name in quotation marks before other words.
_QUOTED = re.compile(r"^\W{0,2}[«„“\"]([^»“”\"]{2,40})[»“”\"]")
#: A date behind the name: `Skånska Dagbladet den 21 mars`, `Novinite © 2019`.
_BEFORE_DATE = lexicon.regex(r"\s(?:{after_owner}|{on_date})\s(?=\d{1,2}\b)|\s*(?:©|\(c\))\s*(?:19|20)\d\d\b")
_TIME = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b")
#: Most words of a byline or credit line.
_LONGEST = 16
#: Most characters of one where words may have no blanks between them.
_LONGEST_UNCASED = 140
#: A source label behind a time or another label: `2026-03-10 08:30 来源：中国新闻网`.
_LABEL_INSIDE = UncasedPattern(r"(?<=[\s\d|)\]])(?P<source>(?:{source})\s?[:|])")
#: Most characters of a line with the time and the source above a text.
_HEAD_LINE = 60
#: Most words of a note that only names who helped.
_BARE = 7
#: Most letters of a tag.
_TAG = 5


def is_photo(text: str) -> bool:
    """Return whether a line credits a picture."""
    return lexicon.search("photo", text) is not None


def match_credits(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a byline or credit line."""
    line = _STATE.sub(" ", text.strip())
    if is_uncased(line):
        line = _with_colon(line)
    is_labelled = position.foot or (position.begins and len(line) <= _HEAD_LINE and is_uncased(line))
    if is_labelled and position.ends and (source_at_end := _source_inside(line[-160:])):
        if observations := _match_source(source_at_end, position._replace(begins=True), registry):
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
    source = lexicon.at_start("source", line)
    if source and source.group().strip()[-1:] not in ":：|" and not lexicon.at_start("provider", line):
        # `Provided by X` needs no colon, `Source X` does, unless X is all that follows
        whole = registry.find(line[source.end() :], line, position.tld)
        is_writer = whole is not None and (is_uncased(line) or whole.strong)
        source = source if is_writer and not lexicon.at_start("distributor", line) else None
    via = lexicon.at_start("via", line)
    contribution = _CONTRIBUTION.match(line)
    lead = source or via or (by if by and by.end() < len(line) else None) or contribution
    rest = line[lead.end() :] if lead else line
    if source:
        rest = _BEFORE_DATE.split(_NEXT_LABEL.sub("", rest), maxsplit=1)[0]
    if via:
        rest = _BY_WAY_OF.sub("", rest)  # `Authored by Jane Roe via The Millbrook Ledger`
    names, strangers = _split_names(rest, position, registry)
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
        return () if is_of_text and not names else _source(rest, names, strangers, words, position, registry)
    if position.foot and not by and (not names or strangers) and (paper := _WRITTEN_FOR.match(line)) is not None:
        match = registry.find(paper.group("paper"), line, position.tld)
        if match is not None:
            return (Observation("source_line" if match.strong else "weak_credit", words, match.agency.name),)
        name = proper_name(paper.group("paper"))
        return (Observation("source_other", words, name),) if name else ()
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


def _source_inside(line: str) -> str | None:
    """Return the source label at the end of a line behind other words, with what stands behind it.

    After a blank alone the label begins with a capital letter: `… Awa Sidibé Source : Infosept`.
    """
    if not lexicon.holds(line, "source"):
        return None
    if len(line) <= _HEAD_LINE and is_uncased(line) and (inside := _LABEL_INSIDE.search(line)):
        return line[inside.start("source") :]
    colon = _LAST_COLON.search(line)
    if colon is None:
        return None
    label = _AFTER_STOP.split(line[: colon.start()])[-1]
    words = label.split()
    for count in range(min(len(words), _LABEL), 0, -1):
        source = " ".join(words[-count:])
        if lexicon.is_phrase("source", source) and (count == len(words) < len(line.split()) or not source[0].islower()):
            at = line.rindex(words[-count], 0, colon.start())
            return line[at:] if at > 0 else None
    return None


def _match_source(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a source label and what stands behind it."""
    label = lexicon.at_start("source", text)
    if label is None or is_photo(text):
        return ()
    rest = text[label.end() :]
    names, strangers = _split_names(rest, position, registry)
    return _source(rest, names, strangers, quote(text), position, registry)


def _source(
    rest: str, names: list[AgencyMatch], strangers: int, words: str, position: LinePosition, registry: Registry
) -> tuple[Observation, ...]:
    """Return what a source line names. rest: behind its label; names, strangers: of `_split_names`."""
    if lexicon.is_phrase("data_source", words.strip(" .*").lower()):
        return ()  # `Bron: CBS` is the Dutch office of statistics
    # Without capitals only a colon says that a name follows: `来自全国各地的选手` is a sentence.
    uncased = is_uncased(rest)
    may_be_new = not uncased or _may_be_name(rest, words.removesuffix(rest.strip()))
    if not names and uncased:
        for cut in (_NEXT, _NEXT_LABEL_UNCASED):
            rest = _before(cut, rest)
            names, strangers = _split_names(rest, position, registry)
            if names:
                break
        if not names and (quotation := _QUOTED_INSIDE.search(rest)):
            names = [match for match in [registry.find(quotation.group(), rest, position.tld)] if match is not None]
    if len(names) == 1:
        is_outlet = names[0].agency.kind == "outlet"
        signal = "source_line" if names[0].strong or strangers == 0 else "source_other" if is_outlet else "weak_credit"
        return (Observation(signal, words, names[0].agency.name),)
    if names:
        return _credited_together(names, rest, words)
    if site := _SITE.match(rest):
        domain = site.group("domain").lower().removeprefix("www.")
        agency = registry.of_domain(domain)
        return (Observation("source_line" if agency else "source_other", words, agency.name if agency else domain),)
    if position.foot and (office := match_press_office(rest.strip(" .*"))) is not None:
        return (office._replace(quote=words),)
    if lexicon.at_start("title_label", words):
        return ()  # `Оригинал публикации: Die Fähre`
    if released := lexicon.at_start("released_by", rest):
        rest = rest[released.end() :]
    # In scripts without capitals a page names its source above the text.
    is_place = position.foot or (uncased and position.begins and position.ends and len(rest) <= _SHORT)
    name = proper_name(_YEAR.sub("", rest)) if is_place and may_be_new else None
    if name is not None and not uncased and _INSTITUTION.fullmatch(rest.strip(" .*")):
        name = rest.strip(" .*")
    if name and _INITIAL_AND_NAME.match(name):
        return ()  # `Превод: В.Сергеев`
    if name and (lexicon.is_phrase("wire_services", name) or lexicon.is_phrase("data_source", name)):
        return ()  # `Source: agencies` names nobody, `Source: Eurostat` is of a chart
    is_whole = name and re.match(r"\W*$|[.(（|,]|\d{4}", rest.split(name, 1)[-1].lstrip(" »”\"'》"))
    if name is None or not is_whole:
        return ()
    if match := registry.find(name, rest, position.tld):
        return (Observation("source_line" if match.strong else "weak_credit", words, match.agency.name),)
    # Initials that nobody knows are no name.
    return (Observation("unknown_tag" if name.isupper() and len(name) <= _TAG else "source_other", words, name),)


def _credited_together(names: list[AgencyMatch], rest: str, words: str) -> tuple[Observation, ...]:
    """Credit several names of a source line: one agency wrote, else the first of several outlets."""
    agencies = [f.agency for f in names if f.agency.kind != "outlet"]
    if len(agencies) < len(names) and all(agency.syndicate for agency in agencies):  # `El Tiempo / GDA`
        agencies = []
    if len(agencies) == 2 and "/" in rest and (agencies[0].relays or agencies[0].compiles):  # `APA/dpa`, `sda/afp`
        return (Observation("source_line", words, agencies[1 if agencies[0].relays else 0].name),)
    if len(agencies) > 1:
        return tuple(Observation("contribution", words, f.agency.name) for f in names)
    writer = agencies[0] if agencies else names[0].agency
    others = (f.agency.name for f in names if f.agency.name != writer.name)
    return (Observation("source_line", words, writer.name), *(Observation("beside", words, name) for name in others))


def _with_colon(line: str) -> str:
    """Return a line whose source label stands in brackets or before a dash with a colon instead: `【来源】新华社`."""
    label = _LABEL_FORM.match(line)
    if label is None or not (label.group("close") or label.group("mark")):
        return line
    return f"{label.group('label')}: {line[label.end() :]}"


def _may_be_name(rest: str, label: str) -> bool:
    """Return whether words behind a source label are a name, in a script without capitals: a colon says so."""
    if _COLON.search(label) or _QUOTED_FIRST.match(rest):
        return True
    name = rest.strip(" .。।)）")
    if is_unbroken(name):
        return name.endswith(lexicon.words("paper_suffix")) and len(name) <= _SHORT
    return len(name.split()) <= _NEW_NAME and not any(mark in name for mark in ".،؛:।")


def _before(pattern: re.Pattern[str] | UncasedPattern, rest: str) -> str:
    """Return what stands before a match of a pattern, unless the rest is an address."""
    cut = None if _SITE.match(rest) else pattern.search(rest, 1)
    return rest[: cut.start()] if cut is not None else rest


def match_authors(authors: str, registry: Registry, tld: str = "") -> tuple[Observation, ...]:
    """Match the field of authors: `Jane Roe, Associated Press`, `CBS/AP`, `dpa`."""
    authors = one_width(authors)
    named = registry.may_name(authors) or registry.names_outlet(authors)
    if (not named and not lexicon.search("staff", authors)) or is_photo(authors):
        return ()
    position = LinePosition(True, False, tld=tld)
    authors = _DATE.sub("", authors)
    names, _ = _split_names(_AUTHOR_BY.sub("", authors), position, registry)
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


def _split_names(text: str, position: LinePosition, registry: Registry) -> tuple[list[AgencyMatch], int]:
    """Return the names of the registry among the segments of a line, and the number of other segments."""
    whole = registry.find(text, text, position.tld, text)
    if whole is not None:
        return [whole], 0
    if _SITE.match(text):
        return [], 1
    names: list[AgencyMatch] = []
    strangers = 0
    for segment in _SEGMENTS.split(text):
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
    for segment in _SEGMENTS.split(lexicon.whole_words("contribution").sub("|", part)):
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
