"""Match the ends of texts that name their source, in scripts without capitals.

A phrase behind a name (`西日本新聞より転載`), the time of a portal, a paper's day and page, a name with a job
and a person, a reporter who names himself, or the brackets that end a text.
"""

from __future__ import annotations

import re

from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Registry
from dedup.evidence.spelling import UNBROKEN, UNCASED, is_uncased
from dedup.evidence.uncased import (
    BULLETS,
    CLOSE,
    DATE,
    EDITION,
    LINE,
    OPEN,
    PHOTO,
    ending,
    leading,
    new_paper,
    observation_of,
    signed,
    without_desk,
)
from dedup.evidence.uncased_patterns import UncasedPattern
from dedup.languages import lexicon

#: The brackets that end a text, with a date or page within them: `（《人民日报》（2018年11月02日 11版））`.
_BRACKET_AT_END = re.compile(
    r"(?:^|^.{0,12}\s|(?P<stop>[.!?…。！？।؟\"”»」』)\]】]))\s*[(\[【［〔<〈]\s*"
    r"(?P<inside>[^()\[\]【】［］〔〕<>]{2,80}?(?:\([^()]{2,30}\))?[^()\[\]【】［］〔〕<>]{0,30}?)\s*[)\]】］〕>〉][\s.*]*$"
)
_TEXT_END = UncasedPattern(r"^\W*(?:{text_end})\s*[/|)–-]\s*(?P<name>\S.{1,25})$")
#: A name behind the brackets of its desk: `（譯者：張三）中央社`.
_BEHIND_BRACKET = re.compile(r"^[(【\[][^()【】\[\]]{1,60}[)】\]]\s*(?P<name>[^\s()].{1,24})$")
_PERSONS_BEHIND = re.compile(r"^\s*/\s*[^\W\d_][^\d.,।:!?()]{1,40}$")
#: A reporter who names himself at the end of a broadcast: `KBS 뉴스 임가온입니다.`
_NAMED_SELF = UncasedPattern(
    rf"^\s*(?:{{agency_suffix}})?\s*[{UNBROKEN}]{{2,4}}(?:[(\[][^()\[\]]{{3,40}}[)\]])?{{named_self}}\W*$"
)
_BLANK = re.compile(r"\s+")
_BEHIND = UncasedPattern(r"(?P<between>[\s»”\"』」》)]*[\w\s]{0,8}?)(?:{licence_behind})")
_DISTRIBUTED = UncasedPattern(rf"^\W*(?=.*\d)(?:{DATE}){{3,40}}\s*{{distribution_mark}}\W*$")
_TIME_OF_DISTRIBUTION = UncasedPattern(
    rf"^\W*(?=.*\d)(?:{DATE}){{3,40}}\s*{{distribution_mark}}[\s:|]*(?P<name>\S.{{1,24}})$"
)
_EDITION_AT_END = UncasedPattern(rf"\s*\d(?:{DATE}|{{edition_mark}})*$")
_PROVIDED = UncasedPattern(r"^\W*{provided_label}\s*[:=]\s*(?P<name>\S.{1,30}?)\W*$")
_PERSON_BEHIND = re.compile(rf"^\s*[・/／,、=\s]\s*[{UNCASED}]{{2,8}}$")
_NEW_AT_END = UncasedPattern(
    r"(?:^|[\s「『《“\"(:※])(?P<name>(?!{own_paper})[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}?{paper_suffix})$"
)
_JOB_FIRST = UncasedPattern(r"^[^\W\d_]{2,5}\s?(?:{job_beside_name})\s?[·・/,]\s?(?P<name>[^\W\d_][^.。,]{1,20})$")
_SELF, _BEHIND_PHRASE = UncasedPattern("{named_self}"), UncasedPattern("{licence_behind}")
_PORTAL, _SOURCE = UncasedPattern("{distribution_mark}"), UncasedPattern("{source}")
_SIGNED_BY = UncasedPattern("{job_beside_name}|{report_mark}|{credit_by}")
_SENTENCE = re.compile(r"[.!?。！？।؟…]+[\"”»」』)]*\s*")


def match_end(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match the end of a text, or a line of its foot, that names its source."""
    line = text.strip()
    tail = line[-160:]
    label = lexicon.at_start("text_and_photo", tail)
    if label is not None and position.ends and (signature := signed(tail, tail, registry)):
        return (signature,)
    for match in (
        _match_self,
        match_behind,
        match_distribution,
        match_print,
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
    if not position.ends or not _SELF.search(tail):
        return None
    last = _last_sentence(tail)
    for start in [0, *(blank.end() for blank in _BLANK.finditer(last))]:
        name = leading(last[start:], registry)
        if name is not None and _NAMED_SELF.match(last[start + name.at :]):
            return Observation("credit", quote(last), name.match.agency.name)
    paper = new_paper(last)
    is_own = paper is not None and _NAMED_SELF.match(last[len(paper) :]) is not None
    return Observation("source_other", quote(last), paper) if is_own else None


def match_behind(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a phrase behind the name of the first publisher: `西日本新聞より転載`, `오마이뉴스에 실린 글`."""
    if not _BEHIND_PHRASE.search(tail) or (PHOTO.search(tail) and lexicon.search("photo", tail)):
        return None
    for phrase in _BEHIND.finditer(tail):
        before = tail[: phrase.start()].rstrip(" )")
        for words in (
            before,
            _EDITION_AT_END.sub(before).rstrip(),
            before + phrase.group("between").strip(CLOSE + " "),
        ):
            words = words.rstrip(CLOSE)
            if name := ending(words, registry):
                is_quoted = words[: name.at].rstrip()[-1:] in ("", *OPEN)
                is_marked = is_quoted or lexicon.search("text_noun", tail) is not None
                return observation_of(name.match._replace(strong=name.match.strong or is_marked), tail, "licence")
        paper = _NEW_AT_END.search((before + phrase.group("between")).rstrip(CLOSE + " "))
        if paper is not None and not lexicon.is_phrase("not_a_name", paper.group("name")):
            return Observation("source_other", quote(tail), paper.group("name"))
    return None


def match_distribution(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a portal's line with the name and the time: `毎日新聞 1月16日19時25分配信`, `提供：東スポ`."""
    if not position.ends:
        return None
    if _PORTAL.search(tail):
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


def match_print(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a last line of a paper's name and the day or page of its print: `《人民日报》（2026年03月10日 11 版）`."""
    if not (position.begins and position.ends) or len(tail) > LINE:
        return None
    if (end := _TEXT_END.match(tail)) and (match := registry.find(end.group("name"))) is not None:
        return Observation("end_mark", quote(tail), match.agency.name) if match.agency.kind == "agency" else None
    if desk := _BEHIND_BRACKET.match(tail):
        match = registry.find(desk.group("name"))
        return observation_of(match, tail, "credit") if match is not None and match.strong else None
    for text in without_desk(tail.lstrip(OPEN + BULLETS)):
        name = leading(text, registry)
        if name is None:
            continue
        rest = text[name.at :].lstrip(CLOSE + " ")
        if name.match.agency.kind == "agency" and _PERSONS_BEHIND.match(rest):  # `हिन्दुस्थान समाचार / राम`
            return observation_of(name.match, tail, "end_mark")
        is_paper = name.match.strong or lexicon.at_start("desk", tail) is not None
        if any(letter.isdigit() for letter in rest) and EDITION.match(rest):
            return observation_of(name.match._replace(strong=is_paper), tail, "credit")
    return None


def _match_signature(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match a last line of a name, a job and a person: `封面新闻记者 邱添`, `뉴스토마토 조 기자 jo@etomato.com`."""
    last = tail if position.begins and len(tail) <= LINE else _last_sentence(tail)
    if not position.ends or (PHOTO.search(last) and lexicon.search("photo", last)):
        return None
    if not _SIGNED_BY.search(last):
        return None
    if ":" in last and _SOURCE.search(last):
        return None
    if job := _JOB_FIRST.match(last):  # `김 기자·연합뉴스`
        match = registry.find(job.group("name"))
        return observation_of(match, last, "credit") if match is not None else None
    return signed(last, last, registry)


def _match_bracket_at_end(tail: str, position: LinePosition, registry: Registry) -> Observation | None:
    """Match an outlet in the brackets that end a text, with its reporter or the day of print."""
    bracket = _BRACKET_AT_END.search(tail) if position.ends else None
    if bracket is None:
        return None
    if bracket.group("stop") is None and not position.begins:
        return None
    inside = bracket.group("inside").strip()
    if (PHOTO.search(inside) and lexicon.search("photo", inside)) or not is_uncased(inside):
        return None
    text = inside.lstrip(OPEN + BULLETS)
    if by_way := lexicon.at_start("dispatch_before", text):
        name = leading(text[by_way.end() :], registry)
        is_wire = name is not None and lexicon.is_phrase("wire_mark", text[by_way.end() + name.at :].strip())
        return observation_of(name.match, bracket.group(), "credit") if name is not None and is_wire else None
    name = leading(text, registry)
    if name is None:
        whole = registry.find(inside)
        if whole is not None and whole.agency.kind == "outlet":
            return observation_of(whole, bracket.group(), "credit")
        paper = new_paper(text)
        rest = text[len(paper or "") :].lstrip(CLOSE)
        if paper is not None and (EDITION.match(rest) or _PERSON_BEHIND.match(rest)):
            return Observation("source_other", quote(bracket.group()), paper)
        return signed(text, bracket.group(), registry)
    match, at = name
    is_quoted = text != inside
    rest = text[at:].lstrip(CLOSE)
    if match.agency.kind == "agency" and not rest and bracket.group("stop") is not None:
        return observation_of(match, bracket.group(), "end_mark")
    is_own = bracket.start() > 0 and bracket.group("stop") is None and not rest
    if is_own and match.strong:  # initials of the desk before it
        return observation_of(match, tail, "credit")
    is_signed = _PERSON_BEHIND.match(rest) is not None
    if not (is_signed or EDITION.match(rest)):
        return signed(text, bracket.group(), registry)
    return observation_of(match._replace(strong=match.strong or is_quoted), bracket.group(), "credit")
