"""Match credits in scripts without capitals, where no letter says where a name begins and ends.

A name there is one of the registry, and the marks around it say that it is credited: a dispatch mark or a date behind
it (`人民网北京3月10日电`), a job beside it (`오마이뉴스 김 기자`), a verb and a colon (`کیهان نوشت:`), a phrase
behind it (`西日本新聞より転載`), or the brackets that end a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.evidence.spelling import UNBROKEN, UNCASED, is_uncased
from dedup.languages import lexicon

#: Most characters of a name.
_NAME = 26
#: Most characters of a place before a name in brackets.
_PLACE = 12
#: Most characters of a credit line.
_LINE = 90
_BULLETS = " *※■●◆▲◎□○△▶―─━—–-"
_UNBROKEN = re.compile(f"[{UNBROKEN}]")
_OPEN, _CLOSE = "([【［〔<〈《「『«“\"'", ")]】］〕>〉》」』»”\"'"
_BRACKET_AT_START = re.compile(r"[(\[【［〔<〈]\s*(?P<inside>[^()\[\]【】［］〔〕<>〈〉]{2,60}?)\s*[)\]】］〕>〉]\s*")
#: The brackets that end a text, with a date or page within them: `（《人民日报》（2018年11月02日 11版））`.
_BRACKET_AT_END = re.compile(
    r"(?:^|^.{0,12}\s|(?P<stop>[.!?…。！？।؟\"”»」』)\]】]))\s*[(\[【［〔<〈]\s*"
    r"(?P<inside>[^()\[\]【】［］〔〕<>]{2,80}?(?:\([^()]{2,30}\))?[^()\[\]【】［］〔〕<>]{0,30}?)\s*[)\]】］〕>〉][\s.*]*$"
)
#: What stands between a name and the mark of a dispatch: a place and a date, no clause.
_DISPATCH_GAP = r"(?P<gap>(?:[^\W\d_]{0,10}?|[^，,。:：“”「」\n()]{0,24}?\d[^，,。:：“”「」\n()]{0,8}?))"
_DISPATCH = lexicon.regex(
    rf"^{_DISPATCH_GAP}\s*(?P<mark>(?:{{dispatch_mark}}|{{report_mark}})(?=[\s(:)\]】]|$)|{{reports_mark}}(?=[\s(:,)\]】]|$))"
)
_DATED_DISPATCH = lexicon.regex(r"^[^，,。:“”「」\n()]{0,16}?\d+\s*(?:{day_mark})\s*{dispatch_mark}")
_DATE = (
    r"\d+|[/:()\s.-]|{year_mark}|{month_mark}|{day_mark}|{hour_mark}|{minute_mark}"
    r"|{time_name}|{date_word}|{solar_month}"
)
#: A job beside a name, and the person: `记者 张三`, `기자 김`.
_JOB_AND_PERSON = lexicon.regex(
    r"^[\s|/]*[\u3400-\u9fff]{0,6}?(?:{job_beside_name})[\s:/・、@]*(?P<person>[^\d.,。！？!?()]{1,40}?)?\s*(?:/[^/]{2,20})?$"
)
_PERSON_AND_JOB = lexicon.regex(
    r"^\s*[\s/|=・,:]\s*(?P<person>[^\d.。！？!?()\[\]]{1,30}?)\s?(?:{job_beside_name})"
    r"(?:[\s/,·(\[|]*[\w.+-]+@[\w.-]+[)\]]*)?\W*$"
)
_OWN_REPORTER = lexicon.regex(
    r"^(?:(?:{job_beside_name})(?=[^，。,.]{0,16}?{reporter_learned})|[^\W_]{0,4}?{paper_learned}|(?=.{2,20}?{paper_learned}))"
)
#: A label before a name in brackets or on a line: `文/观察者网`.
_LABEL = lexicon.regex(r"^\W*(?:{credit_by}|{job_beside_name})\s*[/|:=]\s*")
#: Any words between a name and the word for a report at the end of its line: `中央社／台北報導`.
_REPORTED = lexicon.regex(r"^[^，。,.]{0,24}?(?:{report_mark})(?:\s*/\s*[^\W\d_]{2,6})?\W*$")
_TEXT_END = lexicon.regex(r"^\W*(?:{text_end})\s*[/|)–-]\s*(?P<name>\S.{1,25})$")
#: A name behind the brackets of its desk: `（譯者：張三）中央社`.
_BEHIND_BRACKET = re.compile(r"^[(【\[][^()【】\[\]]{1,60}[)】\]]\s*(?P<name>[^\s()].{1,24})$")
_PERSONS_BEHIND = re.compile(r"^\s*/\s*[^\W\d_][^\d.,।:!?()]{1,40}$")
#: A reporter who names himself at the end of a broadcast: `KBS 뉴스 임가온입니다.`
_NAMED_SELF = lexicon.regex(
    rf"^\s*(?:{{agency_suffix}})?\s*[{UNBROKEN}]{{2,4}}(?:[(\[][^()\[\]]{{3,40}}[)\]])?{{named_self}}\W*$"
)
_LEAD = lexicon.regex(r"(?:^|[.!؟]\s*){lead_credit}\s+(?P<who>[^\n،,:؛]{2,70}?)\s*[،,:؛]")
_CITING = lexicon.regex(r"\s(?:{citing})\s")
_INTERVIEW = lexicon.regex(r"(?:^|\s){interview_with}\s+(?P<who>[^\n،,:؛.]{2,70})")
_WROTE = lexicon.regex(r"^\s*(?:[^،,.:؛\n]{0,40}?\s)?{as_written_by}\s*[:؛]")
#: The end of a dateline of segments: `हीरापुर, जेएनएन।`, `لندن - «القدس العربي»`.
_SEGMENTS_END = re.compile(r"\s*(?:।|\|(?=\s)|:(?=\s)|[-–—]{1,2}(?=\s)|/(?=\s)|$)")
#: Most words behind a name that says from where it reports; most words of a place, a date and a tag.
_DASHES = ("-", "–", "—", "--")
#: Fewest characters of a line that is no headline.
_PARAGRAPH = 110
_PLACE_WORDS, _DATED_WORDS = 3, 13
#: Most words of an issuer.
_ISSUER = 7
#: Most words of a place behind a paper's name.
_PLACE_OF_PAPER = 2
_WORD_BEGINS = re.compile(r"[\s,·:'\"“”‘’)\]>-]+")
_FIELD_PARTS = re.compile(r"\s*(?:[,،、;؛:|/()\[\]・·=]|\s[-–—]\s)\s*")
#: Characters of a copyright line in which a slogan may stand before the name.
_SLOGAN = 90
#: A time of at least a year, a month and a day before a name.
_TIME_AT_START = lexicon.regex(rf"^[\[(]?(?=(?:\D*\d){{6}})(?:{_DATE}){{3,}}[\])]?\s*(?=[^\W\d_])")
_BLANK = re.compile(r"\s+")
_SITE_BEHIND = re.compile(r"^\s?\((?:www\.)?[\w-]+(?:\.[\w-]+)+\)")
_DATE_AT_END = re.compile(r"\d+\s*[^\W\d_]{0,2}\s*$")
_PROVINCE = re.compile(r"^\s?/\s?[^\W\d_][\w\u200c]{2,}\s")
_SEGMENT = re.compile(r"\s*(?:[,،|/–—\[\]():।]|\s-+\s|(?<=\S)-\s|\s-(?=\S))\s*")
#: A name within quotation marks after a place, or its reporter: `صلالة: «الشرق الأوسط»`.
_PLACE_AND_PAPER = re.compile(
    r"^[^«»:\n.،]{2,40}?\s*[:–—-]\s*(?:[^«»:\n.،]{2,30}\s)?«(?P<paper>[^»]{2,30})»\s*(?P<rest>[-–—:].*)?$"
)
_BEHIND = lexicon.regex(r"(?P<between>[\s»”\"』」》)]*[\w\s]{0,8}?)(?:{licence_behind})")
_DISTRIBUTED = lexicon.regex(rf"^\W*(?=.*\d)(?:{_DATE}){{3,40}}\s*{{distribution_mark}}\W*$")
_TIME_OF_DISTRIBUTION = lexicon.regex(
    rf"^\W*(?=.*\d)(?:{_DATE}){{3,40}}\s*{{distribution_mark}}[\s:|]*(?P<name>\S.{{1,24}})$"
)
_EDITION = lexicon.regex(rf"^[\s・,،、:/|-]*(?:{_DATE}|{{edition_mark}})*\W*$")
_EDITION_AT_END = lexicon.regex(rf"\s*\d(?:{_DATE}|{{edition_mark}})*$")
_PROVIDED = lexicon.regex(r"^\W*{provided_label}\s*[:=]\s*(?P<name>\S.{1,30}?)\W*$")
#: `某某网讯 …`; `本报讯` names nobody.
_REPORT = lexicon.regex(r"^(?P<paper>(?!{own_paper})[\u3400-\u9fff]{2,8}?){reports_mark}(?=[\s（(])")
_WORDS_AT_START = re.compile(r"\W*[^\W_]+[\s:=/]*")
_REPORTED_ALONE = lexicon.regex(r"^(?:{report_mark})")
_PERSON_BEHIND = re.compile(rf"^\s*[・/／,、=\s]\s*[{UNCASED}]{{2,8}}$")
_NEW_AT_END = lexicon.regex(
    r"(?:^|[\s「『《“\"(:※])(?P<name>(?!{own_paper})[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}?{paper_suffix})$"
)
#: A paper of which no registry knows the name: `港町新聞`, `바다일보`.
_NEW_PAPER = lexicon.regex(
    rf"^[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{{2,8}}?{{paper_suffix}}(?=$|[^\w]|{{job_beside_name}}|{{licence_behind}})"
)
_JOB_FIRST = lexicon.regex(
    r"^[^\W\d_]{2,5}\s?(?:{job_beside_name})\s?[·・/,]\s?(?P<name>[^\W\d_][^.。,]{1,20})$"
)
_SENTENCE = re.compile(r"[.!?。！？।؟…]+[\"”»」』)]*\s*")


class NamePlace(NamedTuple):
    """A name of the registry at an edge of a text. at: the index after it, or that of its first letter."""

    match: AgencyMatch
    at: int


def leading(text: str, registry: Registry) -> NamePlace | None:
    """Find the longest name of the registry at the beginning of a text; `at` is the index after it."""
    for size in range(min(_NAME, len(text)), 1, -1):
        if text[size - 1].isspace() or _is_within_word(text, size):
            continue
        name = text[:size]
        if (match := registry.exact(name)) is not None and not name.endswith(_jobs()):
            return NamePlace(match, size)
    return None


@cache
def _jobs() -> tuple[str, ...]:
    return tuple(word for word in lexicon.words("job_beside_name") if len(word) > 1)


def new_paper(text: str) -> str | None:
    """Return a name at the beginning of a text that no registry knows, but that ends like that of a paper."""
    if lexicon.at_start("source", text) is not None or lexicon.at_start("provider", text) is not None:
        return None
    paper = _NEW_PAPER.match(text)
    if paper is None or paper.group().startswith(lexicon.words("own_paper")):
        return None
    name = paper.group()
    return None if lexicon.is_phrase("not_a_name", name) or lexicon.is_phrase("wire_services", name) else name


def ending(text: str, registry: Registry) -> NamePlace | None:
    """Find the longest name of the registry at the end of a text; `at` is the index of its first letter."""
    for at in range(max(0, len(text) - _NAME), len(text) - 1):
        if text[at].isspace() or _is_within_word(text, at):
            continue
        if (match := registry.exact(text[at:])) is not None:
            return NamePlace(match, at)
    return None


def _is_within_word(text: str, at: int) -> bool:
    """Return whether no word begins or ends at an index: letters on both sides, of a script with blanks."""
    before, after = text[at - 1 : at], text[at : at + 1]
    if not (before.isalnum() and after.isalnum()):
        return before in "\u200c" and before != ""
    return _UNBROKEN.match(before) is None and _UNBROKEN.match(after) is None


def match_lead(line: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match the beginning of a text that names its source without a dateline in brackets."""
    is_short = position.ends and len(line) <= _LINE
    if lexicon.search("photo", line[:_LINE]) and (is_short or _is_photo(line)):
        return ()
    for match in (_match_phrase, _match_dispatch, _match_bracket_at_start, _match_dated, _match_segments):
        if observation := match(line, position, registry):
            return (observation,)
    return ()


def _is_photo(line: str) -> bool:
    """Return whether a line credits a picture at its beginning: `图片来源：新华社`, `[사진=연합뉴스]`."""
    head = _WORDS_AT_START.match(line)
    return head is not None and lexicon.search("photo", head.group()) is not None


def _match_dated(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a portal's line above a text with the time and the name: `3/10(火) 10:00配信 毎日新聞`."""
    if not position.ends or len(line) > _LINE:
        return None
    if time := _TIME_AT_START.match(line):
        rest = line[time.end() :].lstrip(_CLOSE + " |")
        match = registry.find(rest)
        if match is not None and match.strong:
            return _observation(match, line)
        if dispatch := _match_dispatch(rest, position, registry):
            return dispatch
    return _match_distribution(line, position, registry) or _match_print(line, position, registry)


def _observation(match: AgencyMatch, words: str, signal: str = "dateline") -> Observation:
    """Return an observation; a weak one if the name has other meanings."""
    weak = "dateline_weak" if signal == "dateline" else "weak_credit"
    return Observation(signal if match.strong else weak, quote(words), match.agency.name)


def without_desk(text: str) -> Iterator[str]:
    """Yield a text, and what is left of it without each word for a desk or paper at its beginning."""
    text = text.strip()
    yield text
    while desk := lexicon.at_start("desk", text):
        text = text[desk.end() :]
        yield text


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
        start = start.lstrip(_OPEN)
        name = leading(start, registry)
        rest = start[name.at :].strip(_CLOSE + " ") if name is not None else ""
        if name is not None and (not rest or lexicon.at_start("lead_follows", rest) is not None):
            return name.match._replace(strong=True)
    return None


def _match_phrase(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a phrase before a name (`به گزارش ایرنا،`), or a verb behind it (`کیهان نوشت:`)."""
    if lead := _LEAD.search(line):
        # `به گزارش عصرایران به نقل از ایرنا`: the host names itself, and then the writer.
        names = [match for part in _CITING.split(lead.group("who")) if (match := _named_in(part, registry))]
        agencies = [match for match in names if match.agency.kind == "agency"]
        if names:
            return _observation(agencies[0] if agencies else names[-1], lead.group(), "source_line")
        who = lead.group("who").strip()
        if office := lexicon.at_start("press_office", who):
            issuer = who[office.end() :]
            return Observation("issuer", quote(lead.group()), issuer) if 0 < len(issuer.split()) <= _ISSUER else None
    if (interview := _INTERVIEW.search(line)) and (match := _named_in(interview.group("who"), registry)):
        return Observation("own_reporter", quote(interview.group()), match.agency.name)
    if lexicon.holds(line, "as_written_by"):
        for rest in without_desk(line):
            name = leading(rest.lstrip(_OPEN), registry)
            if name is not None and (wrote := _WROTE.match(rest.lstrip(_OPEN)[name.at :].lstrip(_CLOSE))):
                return Observation("source_line", quote(line[: 40 + wrote.end()]), name.match.agency.name)
            if rest == line.strip() and name is not None:
                break
            if lexicon.at_start("desk", rest) is None:
                break
    return None


def _match_dispatch(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a name, a place and a date before the mark of a dispatch: `人民网北京3月10日电`, `新京报讯（记者 李）`."""
    text = line.lstrip("([【〔 ")
    if not _UNBROKEN.search(text[:8]):
        return None
    label = _LABEL.match(text)
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
        return _observation(match, text[: at + mark.end()])
    bracket = _BRACKET_AT_START.match(line)
    if bracket is not None and by_way is None:
        rest = bracket.group("inside").rpartition(text[:at])[2]
    if by_way is None and ((position.ends and len(line) <= _LINE) or bracket is not None):
        if _REPORTED.match(rest) and rest[:1] and not is_attribution(rest):
            return _observation(match, line[:_LINE], "byline")
        if label is not None and not any(letter in rest for letter in ",。"):
            return _observation(match, line[:_LINE], "byline")
        if signature := _signed(text[:at] + rest.rstrip(" )]】〕"), line[:_LINE], registry):
            return signature
    if by_way is not None:
        return None
    if reporter := _OWN_REPORTER.match(rest):
        return Observation("own_reporter", quote(text[: at + reporter.end()]), match.agency.name)
    return None


def is_attribution(rest: str) -> bool:
    """Return whether words behind a name begin with a date or the verb of a citation: `路透社10日报道`."""
    return rest[:1].isdigit() or _REPORTED_ALONE.match(rest) is not None


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
            return _observation(second, bracket.group())
        paper = new_paper(inside)
        is_signed = paper is not None and _PERSON_AND_JOB.match(inside[len(paper) :]) is not None
        return Observation("source_other", quote(bracket.group()), paper) if is_signed else None
    match, at = name
    rest = inside[at:]
    is_credit = (
        not rest.strip(" ・/=|")
        or rest.lstrip()[:1] in ("=", "/", "|")
        or _PERSON_AND_JOB.match(rest) is not None
        or _JOB_AND_PERSON.match(rest) is not None
        or _DISPATCH.match(rest) is not None
        or _EDITION.match(rest) is not None
    )
    if not is_credit or lexicon.search("photo", inside):
        return None
    return _observation(match, bracket.group())


def _match_segments(line: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a dateline of a place and a name without brackets, up to a mark or alone on its line."""
    if _UNBROKEN.search(line[:_LINE]):
        return None
    if own := _PLACE_AND_PAPER.match(line):
        match = registry.find(f"«{own.group('paper')}»", line, position.tld)
        if match is None:
            return None if own.group("rest") else Observation("source_other", quote(own.group()), own.group("paper"))
        return _observation(match, line[: own.end("paper") + 1])
    if province := _match_province(line, registry):
        return province
    for end in list(_SEGMENTS_END.finditer(line[:80]))[:3]:
        whole = not line[end.end() :].strip()
        head = line[: end.start()].strip()
        if not head or (whole and (not position.ends or len(line) > 80)):
            continue
        if (match := _alone_before_mark(head, end.group().strip(), len(line) >= _PARAGRAPH, registry)) is not None:
            return _observation(match, head)
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
            len(part.split()) > _PLACE_OF_PAPER and not any(letter.isdigit() for letter in part) for part in segments[1:]
        ):
            continue
        return _observation(match._replace(strong=is_sure or is_marked), head)
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
    return _observation(name.match, line[: name.at])


def match_end(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match the end of a text, or a line of its foot, that names its source."""
    line = text.strip()
    tail = line[-160:]
    label = lexicon.at_start("text_and_photo", tail)
    if label is not None and position.ends and (signature := _signed(tail, tail, registry)):
        return (signature,)
    for match in (
        _match_self,
        _match_behind,
        _match_distribution,
        _match_print,
        _match_signature,
        _match_bracket_at_end,
    ):
        if observation := match(tail, position, registry):
            return (observation,)
    return ()


def _last_sentence(tail: str) -> str:
    """Return the last sentence of a text."""
    ends = [end.end() for end in _SENTENCE.finditer(tail.rstrip(" .。"))]
    return tail[ends[-1] if ends else 0 :].strip()


def _match_self(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a reporter who names his station and himself."""
    if not position.ends or not lexicon.holds(tail, "named_self"):
        return None
    last = _last_sentence(tail)
    for start in [0, *(blank.end() for blank in _BLANK.finditer(last))]:
        name = leading(last[start:], registry)
        if name is not None and _NAMED_SELF.match(last[start + name.at :]):
            return Observation("credit", quote(last), name.match.agency.name)
    paper = new_paper(last)
    is_own = paper is not None and _NAMED_SELF.match(last[len(paper) :]) is not None
    return Observation("source_other", quote(last), paper) if is_own else None


def _match_behind(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a phrase behind the name of the first publisher: `西日本新聞より転載`, `오마이뉴스에 실린 글`."""
    if not lexicon.holds(tail, "licence_behind") or lexicon.search("photo", tail):
        return None
    for phrase in _BEHIND.finditer(tail):
        before = tail[: phrase.start()].rstrip(" )")
        for words in (
            before,
            _EDITION_AT_END.sub("", before).rstrip(),
            before + phrase.group("between").strip(_CLOSE + " "),
        ):
            words = words.rstrip(_CLOSE)
            if name := ending(words, registry):
                is_quoted = words[: name.at].rstrip()[-1:] in ("", *_OPEN)
                is_marked = is_quoted or lexicon.search("text_noun", tail) is not None
                return _observation(name.match._replace(strong=name.match.strong or is_marked), tail, "licence")
        paper = _NEW_AT_END.search((before + phrase.group("between")).rstrip(_CLOSE + " "))
        if paper is not None and not lexicon.is_phrase("not_a_name", paper.group("name")):
            return Observation("source_other", quote(tail), paper.group("name"))
    return None


def _match_distribution(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a portal's line with the name and the time: `毎日新聞 1月16日19時25分配信`, `提供：東スポ`."""
    if not position.ends:
        return None
    if lexicon.holds(tail, "distribution_mark"):
        last = _last_sentence(tail)
        if (name := leading(last, registry)) and _DISTRIBUTED.match(last[name.at :]):
            return Observation("credit", quote(last), name.match.agency.name)
        line = _TIME_OF_DISTRIBUTION.match(last)
        if line and (match := registry.find(line.group("name"))):
            return Observation("credit", quote(last), match.agency.name)
    # Agencies provide pictures.
    if provider := _PROVIDED.match(tail):
        match = registry.find(provider.group("name"))
        if match is not None and match.agency.kind == "outlet" and match.strong:
            return Observation("source_line", quote(tail), match.agency.name)
    return None


def _match_print(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a last line of a paper's name and the day or page of its print: `《人民日报》（2026年03月10日 11 版）`."""
    if not (position.begins and position.ends) or len(tail) > _LINE:
        return None
    if (end := _TEXT_END.match(tail)) and (match := registry.find(end.group("name"))) is not None:
        return Observation("end_mark", quote(tail), match.agency.name) if match.agency.kind == "agency" else None
    if desk := _BEHIND_BRACKET.match(tail):
        match = registry.find(desk.group("name"))
        return _observation(match, tail, "credit") if match is not None and match.strong else None
    for text in without_desk(tail.lstrip(_OPEN + _BULLETS)):
        name = leading(text, registry)
        if name is None:
            continue
        rest = text[name.at :].lstrip(_CLOSE + " ")
        if name.match.agency.kind == "agency" and _PERSONS_BEHIND.match(rest):  # `हिन्दुस्थान समाचार / राम`
            return _observation(name.match, tail, "end_mark")
        is_paper = name.match.strong or lexicon.at_start("desk", tail) is not None
        if any(letter.isdigit() for letter in rest) and _EDITION.match(rest):
            return _observation(name.match._replace(strong=is_paper), tail, "credit")
    return None


def _match_signature(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a last line of a name, a job and a person: `封面新闻记者 邱添`, `뉴스토마토 조 기자 jo@etomato.com`."""
    last = tail if position.begins and len(tail) <= _LINE else _last_sentence(tail)
    if not position.ends or lexicon.search("photo", last):
        return None
    if not lexicon.holds(last, "job_beside_name", "report_mark", "credit_by"):
        return None
    if ":" in last and lexicon.holds(last, "source"):
        return None
    if job := _JOB_FIRST.match(last):  # `김 기자·연합뉴스`
        match = registry.find(job.group("name"))
        return _observation(match, last, "credit") if match is not None else None
    return _signed(last, last, registry)


def _signed(text: str, words: str, registry: Registry) -> Observation | None:
    """Match a name with a job and a person; two papers of one house are named by the last."""
    label = _LABEL.match(text) or lexicon.at_start("text_and_photo", text)
    if label is not None:
        text = text[label.end() :].lstrip("/|:= ")
    text = text.lstrip(_OPEN + _BULLETS)
    name = leading(text, registry)
    if name is None:
        paper = new_paper(text)
        rest = text[len(paper) :].lstrip(_CLOSE) if paper is not None else ""
        is_new = _JOB_AND_PERSON.match(rest) or _PERSON_AND_JOB.match(rest)
        return Observation("source_other", quote(words), paper) if paper is not None and is_new else None
    match, at = name
    rest = text[at:]
    if rest[:1] in ("-", "·", "・", "/", "、") and (second := leading(rest[1:], registry)):
        match, at = second.match, at + 1 + second.at
        rest = text[at:]
    rest = rest.lstrip(_CLOSE)
    if _JOB_AND_PERSON.match(rest) or _PERSON_AND_JOB.match(rest) or (label and len(rest.split()) <= 1):
        return _observation(match, words, "credit")
    is_report = _REPORTED.match(rest) is not None and not is_attribution(rest)
    return _observation(match, words, "credit") if is_report and rest[:1] in (" ", "/", "|") else None


def _match_bracket_at_end(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match an outlet in the brackets that end a text, with its reporter or the day of print."""
    bracket = _BRACKET_AT_END.search(tail) if position.ends else None
    if bracket is None:
        return None
    if bracket.group("stop") is None and not position.begins:
        return None
    inside = bracket.group("inside").strip()
    if lexicon.search("photo", inside) or not is_uncased(inside):
        return None
    text = inside.lstrip(_OPEN + _BULLETS)
    if by_way := lexicon.at_start("dispatch_before", text):
        name = leading(text[by_way.end() :], registry)
        is_wire = name is not None and lexicon.is_phrase("wire_mark", text[by_way.end() + name.at :].strip())
        return _observation(name.match, bracket.group(), "credit") if name is not None and is_wire else None
    name = leading(text, registry)
    if name is None:
        whole = registry.find(inside)
        is_paper = whole is not None and whole.agency.kind == "outlet"
        if is_paper:
            return _observation(whole, bracket.group(), "credit")
        paper = new_paper(text)
        rest = text[len(paper or "") :].lstrip(_CLOSE)
        if paper is not None and (_EDITION.match(rest) or _PERSON_BEHIND.match(rest)):
            return Observation("source_other", quote(bracket.group()), paper)
        return _signed(text, bracket.group(), registry)
    match, at = name
    is_quoted = text != inside
    rest = text[at:].lstrip(_CLOSE)
    if match.agency.kind == "agency" and not rest and bracket.group("stop") is not None:
        return _observation(match, bracket.group(), "end_mark")
    is_own = bracket.start() > 0 and bracket.group("stop") is None and not rest
    if is_own and match.strong:  # initials of the desk before it
        return _observation(match, tail, "credit")
    is_signed = _PERSON_BEHIND.match(rest) is not None
    if not (is_signed or _EDITION.match(rest)):
        return _signed(text, bracket.group(), registry)
    return _observation(match._replace(strong=match.strong or is_quoted), bracket.group(), "credit")


def find_owner(text: str, registry: Registry) -> AgencyMatch | None:
    """Find the owner behind a copyright mark, perhaps after a slogan: `맛있는 뉴스토마토`."""
    head = re.split(r"[,;|。、，।(\[<]", text, maxsplit=1)[0].strip(_OPEN + _CLOSE + " .:-")
    name = leading(head, registry) or (ending(head, registry) if len(head) <= _NAME else None)
    if name is not None:
        return name.match
    last = registry.find(head.rpartition(" ")[2])
    if last is not None and last.strong:
        return last
    return first_inside(text[:_SLOGAN], registry)


def first_inside(text: str, registry: Registry) -> AgencyMatch | None:
    """Find the first strong name that begins a word of a text and ends with one."""
    for start in [0, *(blank.end() for blank in _WORD_BEGINS.finditer(text))]:
        name = leading(text[start:], registry)
        if name is not None and name.match.strong and not text[start + name.at : start + name.at + 1].isalnum():
            return name.match
    return None


def match_field(authors: str, registry: Registry) -> list[AgencyMatch]:
    """Find the names in a field of authors that stand beside a person or a job: `김 한겨레 기자`, `人民网记者 张三`."""
    names: dict[str, AgencyMatch] = {}
    parts = _FIELD_PARTS.split(authors)
    words = [word for text in parts if _UNBROKEN.search(text) for word in text.split()]
    for part in (*parts, *words):
        match = registry.find(part)
        if match is None and (name := leading(part, registry)) is not None:
            is_named = _JOB_AND_PERSON.match(part[name.at :]) is not None
            match = name.match if is_named else None
        if match is not None and match.strong:
            names.setdefault(match.agency.name, match)
    return list(names.values())
