"""Match the beginnings of texts that name their source, in scripts without capitals.

A dispatch mark or a date behind a name (`人民网北京3月10日电`), brackets with the name and a reporter, a place before
it (`لندن - «القدس العربي»`), a phrase before it (`به گزارش ایرنا،`), a verb and a colon behind it (`کیهان نوشت:`).
"""

from __future__ import annotations

import re

from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.evidence.uncased import (
    CLOSE,
    DATE,
    EDITION,
    JOB_AND_PERSON,
    LABEL,
    LINE,
    OPEN,
    PERSON_AND_JOB,
    PHOTO,
    REPORTED,
    UNBROKEN_LETTER,
    ending,
    is_attribution,
    leading,
    new_paper,
    observation_of,
    signed,
    without_desk,
)
from dedup.evidence.uncased_ends import match_behind, match_distribution, match_print
from dedup.evidence.uncased_patterns import UncasedPattern
from dedup.languages import lexicon

#: Most characters of a place before a name in brackets.
_PLACE = 12
_BRACKET_AT_START = re.compile(r"[(\[【［〔<〈]\s*(?P<inside>[^()\[\]【】［］〔〕<>〈〉]{2,60}?)\s*[)\]】］〕>〉]\s*")
#: What stands between a name and the mark of a dispatch: a place and a date, no clause.
_DISPATCH_GAP = r"(?P<gap>(?:[^\W\d_]{0,10}?|[^，,。:：“”「」\n()]{0,24}?\d[^，,。:：“”「」\n()]{0,8}?))"
_DISPATCH = UncasedPattern(
    rf"^{_DISPATCH_GAP}\s*(?P<mark>(?:{{dispatch_mark}}|{{report_mark}})(?=[\s(:)\]】]|$)|{{reports_mark}}(?=[\s(:,)\]】]|$))"
)
_DATED_DISPATCH = UncasedPattern(r"^[^，,。:“”「」\n()]{0,16}?\d+\s*(?:{day_mark})\s*{dispatch_mark}")
_OWN_REPORTER = UncasedPattern(
    r"^(?:(?:{job_beside_name})(?=[^，。,.]{0,16}?{reporter_learned})|[^\W_]{0,4}?{paper_learned}"
    r"|{learned_from}[^，。,.]{2,16}?{paper_learned})"
)
_LEAD = UncasedPattern(r"(?:^|[.!؟]\s*){lead_credit}\s+(?P<words>[^\n،,:؛]{2,70}?)\s*[،,:؛]")
_CITING = UncasedPattern(r"\s(?:{citing})\s")
_INTERVIEW = UncasedPattern(r"(?:^|\s){interview_with}\s+(?P<words>[^\n،,:؛.]{2,70})")
_WROTE = UncasedPattern(r"^\s*(?:[^،,.:؛\n]{0,40}?\s)?{as_written_by}\s*[:؛]")
#: The end of a dateline of segments: `हीरापुर, जेएनएन।`, `لندن - «القدس العربي»`.
_SEGMENTS_END = re.compile(r"\s*(?:।|\|(?=\s)|:(?=\s)|[-–—]{1,2}(?=\s)|/(?=\s)|$)")
_DASHES = ("-", "–", "—", "--")
#: Fewest characters of a line that is no headline.
_PARAGRAPH = 110
#: Most words behind a name that says from where it reports; most words of a place, a date and a tag.
_PLACE_WORDS, _DATED_WORDS = 3, 13
#: Most words of an issuer.
_ISSUER = 7
#: Most words of a place behind a paper's name.
_PLACE_OF_PAPER = 2
#: A time of at least a year, a month and a day before a name.
_TIME_AT_START = UncasedPattern(rf"^[\[(]?(?=(?:\D*\d){{6}})(?:{DATE}){{3,}}[\])]?\s*(?=[^\W\d_])")
_WRITTEN = UncasedPattern("{as_written_by}")
_SITE_BEHIND = re.compile(r"^\s?\((?:www\.)?[\w-]+(?:\.[\w-]+)+\)")
_DATE_AT_END = re.compile(r"\d+\s*[^\W\d_]{0,2}\s*$")
_PROVINCE = re.compile(r"^\s?/\s?[^\W\d_][\w\u200c]{2,}\s")
_SEGMENT = re.compile(r"\s*(?:[,،|/–—\[\]():।]|\s-+\s|(?<=\S)-\s|\s-(?=\S))\s*")
#: A name within quotation marks after a place, or its reporter: `صلالة: «الشرق الأوسط»`.
_PLACE_AND_PAPER = re.compile(
    r"^[^«»:\n.،]{2,40}?\s*[:–—-]\s*(?:[^«»:\n.،]{2,30}\s)?«(?P<paper>[^»]{2,30})»\s*(?P<rest>[-–—:].*)?$"
)
#: `某某网讯 …`; `本报讯` names nobody.
_REPORT = UncasedPattern(r"^(?P<paper>(?!{own_paper})[\u3400-\u9fff]{2,8}?){reports_mark}(?=[\s（(])")
_WORDS_AT_START = re.compile(r"\W*[^\W_]+[\s:=/]*")
#: Words to a paper's own reporter: `告诉新京报记者`.
_TOLD_REPORTER = UncasedPattern(r"{told_reporter}[^，。,.:]{2,14}?(?P<job>{job_beside_name})")


def match_lead(line: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match the beginning of a text that names its source without a dateline in brackets."""
    is_short = position.ends and len(line) <= LINE
    if (is_short or _is_photo(line)) and lexicon.search("photo", line[:LINE]) is not None:
        return ()
    for match in (_match_phrase, _match_dispatch, _match_bracket_at_start, _match_dated, _match_segments):
        if observation := match(line, position, registry):
            return (observation,)
    return ()


def _is_photo(line: str) -> bool:
    """Return whether a line credits a picture at its beginning: `图片来源：新华社`, `[사진=연합뉴스]`."""
    head = _WORDS_AT_START.match(line)
    return (
        head is not None
        and PHOTO.search(head.group()) is not None
        and lexicon.search("photo", head.group()) is not None
    )


def _match_dated(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a portal's line above a text with the time and the name: `3/10(火) 10:00配信 毎日新聞`."""
    if not position.ends or len(line) > LINE:
        return None
    if time := _TIME_AT_START.match(line):
        rest = line[time.end() :].lstrip(CLOSE + " |")
        match = registry.find(rest)
        if match is not None and match.strong:
            return observation_of(match, line)
        if dispatch := _match_dispatch(rest, position, registry):
            return dispatch
    for match_line in (match_distribution, match_print, match_behind):
        if observation := match_line(line, position, registry):
            return observation
    return None


def _named_in(text: str, registry: Registry) -> AgencyMatch | None:
    """Find the name in the words after a phrase, behind words for a desk; a place or a source may follow it."""
    starts = list(without_desk(text))
    words = text.split()
    while words and (lexicon.is_phrase("time_name", words[0]) or lexicon.is_phrase("time_word", words[0])):
        starts.append(" ".join(words := words[1:]))  # `به گزارش روز سه‌شنبه ایرنا`
    if len(starts) > 1:  # the desk's subject: `خبرنگار گروه استان‌های باشگاه خبرنگاران جوان`
        words = starts[-1].split()
        starts += [" ".join(words[at:]) for at in range(1, min(6, len(words)))]
    for start in starts:
        start = start.lstrip(OPEN)
        name = leading(start, registry)
        rest = start[name.at :].strip(CLOSE + " ") if name is not None else ""
        if name is not None and (not rest or lexicon.at_start("lead_follows", rest) is not None):
            return name.match._replace(strong=True)
    return None


def _match_phrase(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a phrase before a name (`به گزارش ایرنا،`), or a verb behind it (`کیهان نوشت:`)."""
    if lead := _LEAD.search(line):
        # `به گزارش عصرایران به نقل از ایرنا`: the host names itself, and then the writer.
        names = [match for part in _CITING.split(lead.group("words")) if (match := _named_in(part, registry))]
        agencies = [match for match in names if match.agency.kind == "agency"]
        if names:
            return observation_of(agencies[0] if agencies else names[-1], lead.group(), "source_line")
        office_words = lead.group("words").strip()
        if office := lexicon.at_start("press_office", office_words):
            issuer = office_words[office.end() :]
            return Observation("issuer", quote(lead.group()), issuer) if 0 < len(issuer.split()) <= _ISSUER else None
    if report := _TOLD_REPORTER.search(line):
        name = ending(line[: report.start("job")], registry)
        if name is not None and name.match.agency.kind == "outlet" and name.match.strong:
            return Observation("own_reporter", quote(report.group()), name.match.agency.name)
    if (interview := _INTERVIEW.search(line)) and (match := _named_in(interview.group("words"), registry)):
        return Observation("own_reporter", quote(interview.group()), match.agency.name)
    if _WRITTEN.search(line) is not None:
        for rest in without_desk(line):
            name = leading(rest.lstrip(OPEN), registry)
            if name is not None and (wrote := _WROTE.match(rest.lstrip(OPEN)[name.at :].lstrip(CLOSE))):
                return Observation("source_line", quote(line[: 40 + wrote.end()]), name.match.agency.name)
            if rest == line.strip() and name is not None:
                break
            if lexicon.at_start("desk", rest) is None:
                break
    return None


def _match_dispatch(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a name, a place and a date before the mark of a dispatch: `人民网北京3月10日电`, `新京报讯（记者 李）`."""
    text = line.lstrip("([【〔 ")
    if not UNBROKEN_LETTER.search(text[:8]):
        return None
    label = LABEL.match(text)
    by_way = lexicon.at_start("dispatch_before", text)  # `据新华社北京3月10日电`
    text = text[label.end() if label else by_way.end() if by_way else 0 :]
    name = leading(text, registry)
    if name is None:
        report = _REPORT.match(line)  # `某某网讯 …`
        return Observation("source_other", quote(report.group()), report.group("paper")) if report else None
    match, at = name
    rest = _SITE_BEHIND.sub("", text[at:])
    text = text[:at] + rest
    mark = _DISPATCH.match(rest) or _DATED_DISPATCH.match(rest)
    is_dispatch = mark is not None and (by_way is None or lexicon.is_phrase("wire_mark", mark.group()[-1:]))
    if mark is not None and is_dispatch and not lexicon.holds(mark.group(), "attribution_after"):
        return observation_of(match, text[: at + mark.end()])
    bracket = _BRACKET_AT_START.match(line)
    if bracket is not None and by_way is None:
        rest = bracket.group("inside").rpartition(text[:at])[2]
    if by_way is None and ((position.ends and len(line) <= LINE) or bracket is not None):
        if REPORTED.match(rest) and rest[:1] and not is_attribution(rest):
            return observation_of(match, line[:LINE], "byline")
        if label is not None and not any(letter in rest for letter in ",。"):
            return observation_of(match, line[:LINE], "byline")
        if signature := signed(text[:at] + rest.rstrip(" )]】〕"), line[:LINE], registry):
            return signature
    if by_way is not None:
        return None
    if reporter := _OWN_REPORTER.match(rest):
        return Observation("own_reporter", quote(text[: at + reporter.end()]), match.agency.name)
    return None


def _match_bracket_at_start(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match an outlet in brackets at the beginning, with its reporter, place or date: `[스타뉴스 김 기자]`."""
    bracket = _BRACKET_AT_START.match(line)
    if bracket is None or (position.ends and not line[bracket.end() :].strip() and not position.head):
        return None
    inside = bracket.group("inside").strip()
    name = leading(inside, registry)
    if name is None:
        place, equals, tag = inside.rpartition("=")
        second = registry.exact(tag.strip()) if equals and len(place) <= _PLACE else None
        if second is not None:
            return observation_of(second, bracket.group())
        paper = new_paper(inside)
        is_signed = paper is not None and PERSON_AND_JOB.match(inside[len(paper) :]) is not None
        return Observation("source_other", quote(bracket.group()), paper) if is_signed else None
    match, at = name
    rest = inside[at:]
    is_credit = (
        not rest.strip(" ・/=|")
        or rest.lstrip()[:1] in ("=", "/", "|")
        or PERSON_AND_JOB.match(rest) is not None
        or JOB_AND_PERSON.match(rest) is not None
        or _DISPATCH.match(rest) is not None
        or EDITION.match(rest) is not None
    )
    if not is_credit or (PHOTO.search(inside) and lexicon.search("photo", inside)):
        return None
    return observation_of(match, bracket.group())


def _match_segments(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a dateline of a place and a name without brackets, up to a mark or alone on its line."""
    if UNBROKEN_LETTER.search(line[:LINE]):
        return None
    if own := _PLACE_AND_PAPER.match(line):
        match = registry.find(f"«{own.group('paper')}»", line, position.tld)
        if match is None:
            return None if own.group("rest") else Observation("source_other", quote(own.group()), own.group("paper"))
        return observation_of(match, line[: own.end("paper") + 1])
    if province := _match_province(line, registry):
        return province
    for end in list(_SEGMENTS_END.finditer(line[:80]))[:3]:
        whole = not line[end.end() :].strip()
        head = line[: end.start()].strip()
        if not head or (whole and (not position.ends or len(line) > 80)):
            continue
        if (match := _alone_before_mark(head, end.group().strip(), len(line) >= _PARAGRAPH, registry)) is not None:
            return observation_of(match, head)
        segments = [part for part in _SEGMENT.split(head) if part.strip()]
        if not 2 <= len(segments) <= 3 or any(len(part.split()) > 4 for part in segments):
            continue
        names = [registry.find(part, line, position.tld) for part in segments]
        matches = [match for match in names if match is not None]
        # A name before a colon or a single stroke may be that of a headline: `रॉयटर्स: …`.
        if len({match.agency.name for match in matches}) != 1 or matches[0].agency.kind == "press_release":
            continue
        if names[0] is None and names[-1] is None and not whole:
            continue
        if whole and ":" in head and names[0] is not None and registry.exact(segments[0].strip()) is not None:
            continue
        match = matches[0]
        is_desk = any(len(part.split()) > 1 for part, name in zip(segments, names, strict=True) if name is not None)
        is_marked = is_desk or end.group().strip() == "।"
        # A tag that only its language supports may be a word of a heading: `भाषा, साहित्य और समाज`.
        is_sure = match.strong and not (match.home and whole and names[-1] is None)
        if names[-1] is None and any(
            len(part.split()) > _PLACE_OF_PAPER and not any(letter.isdigit() for letter in part)
            for part in segments[1:]
        ):
            continue
        return observation_of(match._replace(strong=is_sure or is_marked), head)
    return None


def _alone_before_mark(head: str, mark: str, is_long: bool, registry: Registry) -> AgencyMatch | None:
    """Find a name before a mark that no comma or dash separates from its place and date, or that has none.

    `شفق نيوز/`, `إيلاف من لندن:`, `رام الله 10-3-2026 وفا-`; not `رويترز: …`, as headlines begin. is_long: a paragraph
    follows, no headline.
    """
    name = leading(head, registry)
    if name is not None:
        rest = head[name.at :].strip()
        if not rest:
            if mark in _DASHES and is_long and name.match.strong:
                return name.match
            return name.match if mark == "/" and (" " in head or name.match.agency.kind == "agency") else None
        follows = lexicon.at_start("lead_follows", rest)
        if mark in (":", "") and follows is not None and len(rest.split()) <= _PLACE_WORDS:
            return name.match._replace(strong=True)
    if mark in _DASHES and lexicon.at_start("desk", head) and (match := _named_in(head, registry)):
        return match if match.agency.kind == "agency" else None
    if len(head.split()) > _DATED_WORDS or not any(letter.isdigit() for letter in head):
        return None
    tag = ending(head, registry)
    is_after_date = tag is not None and _DATE_AT_END.search(head[: tag.at]) is not None
    return tag.match._replace(strong=True) if tag is not None and is_after_date else None


def _match_province(line: str, registry: Registry) -> Observation | None:
    """Match an agency and the province of its office before the first words: `ایسنا/گیلان`."""
    name = leading(line, registry)
    if name is None or name.match.agency.kind != "agency" or not _PROVINCE.match(line[name.at :]):
        return None
    return observation_of(name.match, line[: name.at])
