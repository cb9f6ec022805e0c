"""Match source lines: a label and the names behind it, alone on a line or at its end."""

from __future__ import annotations

import re

from dedup.evidence.name_segments import SITE, is_photo, split_names
from dedup.evidence.names import proper_name
from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.press_offices import match_press_office
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.evidence.spelling import is_unbroken, is_uncased
from dedup.evidence.uncased_patterns import UncasedPattern
from dedup.languages import lexicon

#: A source label after the last sentence, or initials, in its line: `… mañana.Fuente: X`, `Autor: PO / Źródło: X`.
_LAST_COLON = re.compile(r"\s?[:：](?!//)(?=[^:：]{2,80}$|\s*https?://\S+$)")
_AFTER_STOP = re.compile(r"[,;.!?…。！？؟।»”\"')\]|/(（–—-]")
#: Most words of a source label.
_LABEL = 4
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
#: A name of which only the first word has a capital, alone behind its label: `Hamnstad kommun`.
_INSTITUTION = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,}){1,4}")
#: A source label behind a time or another label: `2026-03-10 08:30 来源：中国新闻网`.
_LABEL_INSIDE = UncasedPattern(r"(?<=[\s\d|)\]])(?P<source>(?:{source})\s?[:|])")
#: Most characters of a line with the time and the source above a text.
HEAD_LINE = 60
#: Most letters of a tag.
_TAG = 5


def source_label(line: str, position: LinePosition, registry: Registry) -> re.Match[str] | None:
    """Match a source label at the beginning of a line.

    `Provided by X` needs no colon, `Source X` does, unless X is a known name and all that follows.
    """
    source = lexicon.at_start("source", line)
    if source is None or source.group().strip()[-1:] in ":：|" or lexicon.at_start("provider", line):
        return source
    whole = registry.find(line[source.end() :], line, position.tld)
    is_writer = whole is not None and (is_uncased(line) or whole.strong)
    return source if is_writer and not lexicon.at_start("distributor", line) else None


def source_inside(line: str) -> str | None:
    """Return the source label at the end of a line behind other words, with what stands behind it.

    After a blank alone the label begins with a capital letter: `… Awa Sidibé Source : Infosept`.
    """
    if not lexicon.holds(line, "source"):
        return None
    if len(line) <= HEAD_LINE and is_uncased(line) and (inside := _LABEL_INSIDE.search(line)):
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


def match_source(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a source label and what stands behind it."""
    label = lexicon.at_start("source", text)
    if label is None or is_photo(text):
        return ()
    rest = text[label.end() :]
    names, strangers = split_names(rest, position, registry)
    return named_source(rest, names, strangers, quote(text), position, registry)


def named_source(
    rest: str, names: list[AgencyMatch], strangers: int, words: str, position: LinePosition, registry: Registry
) -> tuple[Observation, ...]:
    """Return what a source line names. rest: behind its label; names, strangers: of `split_names`."""
    if lexicon.is_phrase("data_source", words.strip(" .*").lower()):
        return ()  # `Bron: CBS` is the Dutch office of statistics
    # Without capitals only a colon says that a name follows: `来自全国各地的选手` is a sentence.
    uncased = is_uncased(rest)
    may_be_new = not uncased or _may_be_name(rest, words.removesuffix(rest.strip()))
    if not names and uncased:
        for cut in (_NEXT, _NEXT_LABEL_UNCASED):
            rest = _before(cut, rest)
            names, strangers = split_names(rest, position, registry)
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
    if site := SITE.match(rest):
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


def with_colon(line: str) -> str:
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
    cut = None if SITE.match(rest) else pattern.search(rest, 1)
    return rest[: cut.start()] if cut is not None else rest
