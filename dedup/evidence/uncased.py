"""Find the names of papers in scripts without capitals, where no letter says where a name begins and ends.

A name there is one of the registry, and the marks around it say that it is credited: a job and a person beside it
(`오마이뉴스 김 기자`), a label before it (`文/观察者网`), or the statement of an owner's rights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from dedup.evidence.observation import Observation, quote
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.evidence.spelling import UNBROKEN, folded
from dedup.evidence.uncased_patterns import UncasedPattern
from dedup.languages import lexicon

#: Most characters of a name.
_NAME = 26
#: Most characters of a credit line.
LINE = 90
BULLETS = " *※■●◆▲◎□○△▶―─━—–-"
UNBROKEN_LETTER = re.compile(f"[{UNBROKEN}]")
OPEN, CLOSE = "([【［〔<〈《「『«“\"'", ")]】］〕>〉》」』»”\"'"
DATE = (
    r"\d+|[/:()\s.-]|{year_mark}|{month_mark}|{day_mark}|{hour_mark}|{minute_mark}"
    r"|{time_name}|{date_word}|{solar_month}"
)
#: A job beside a name, and the person: `记者 张三`, `기자 김`.
JOB_AND_PERSON = UncasedPattern(
    r"^[\s|/]*[\u3400-\u9fff]{0,6}?(?:{job_beside_name})[\s:/・、@]*(?P<person>[^\d.,。！？!?()]{1,40}?)?\s*(?:/[^/]{2,20})?$"
)
PERSON_AND_JOB = UncasedPattern(
    r"^\s*[\s/|=・,:]\s*(?P<person>[^\d.。！？!?()\[\]]{1,30}?)\s?(?:{job_beside_name})"
    r"(?:[\s/,·(\[|]*[\w.+-]+@[\w.-]+[)\]]*)?\W*$"
)
#: A label before a name in brackets or on a line: `文/观察者网`.
LABEL = UncasedPattern(r"^\W*(?:{credit_by}|{job_beside_name})\s*[/|:=]\s*")
#: Any words between a name and the word for a report at the end of its line: `中央社／台北報導`.
REPORTED = UncasedPattern(r"^[^，。,.]{0,24}?(?:{report_mark})(?:\s*/\s*[^\W\d_]{2,6})?\W*$")
#: A first look for words of pictures; as whole words they are found by `lexicon.search`.
PHOTO = UncasedPattern("{photo}|[A-Za-z]{3}")
_WORD_BEGINS = re.compile(r"[\s,·:'\"“”‘’)\]>-]+")
_FIELD_PARTS = re.compile(r"\s*(?:[,،、;؛:|/()\[\]・·=]|\s[-–—]\s)\s*")
#: Characters of a copyright line in which a slogan may stand before the name.
_SLOGAN = 90
EDITION = UncasedPattern(rf"^[\s・,،、:/|-]*(?:{DATE}|{{edition_mark}})*\W*$")
_REPORTED_ALONE = UncasedPattern(r"^(?:{report_mark})")
#: A paper of which no registry knows the name: `港町新聞`, `바다일보`.
_NEW_PAPER = UncasedPattern(
    r"^[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}?{paper_suffix}(?=$|[^\w]|{job_beside_name}|{licence_behind})"
)


class NamePlace(NamedTuple):
    """A name of the registry at an edge of a text. at: the index after it, or that of its first letter."""

    match: AgencyMatch
    at: int


def leading(text: str, registry: Registry) -> NamePlace | None:
    """Find the longest name of the registry at the beginning of a text; `at` is the index after it."""
    lengths = registry.lengths_at_start(text)
    if not lengths:
        return None
    for size in range(min(_NAME, len(text)), 1, -1):
        if text[size - 1].isspace() or _is_within_word(text, size):
            continue
        name = text[:size]
        if len(folded(name)) not in lengths:
            continue
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
    lengths = registry.lengths_at_end(text)
    if not lengths:
        return None
    for at in range(max(0, len(text) - _NAME), len(text) - 1):
        if text[at].isspace() or _is_within_word(text, at) or len(folded(text[at:])) not in lengths:
            continue
        if (match := registry.exact(text[at:])) is not None:
            return NamePlace(match, at)
    return None


def _is_within_word(text: str, at: int) -> bool:
    """Return whether no word begins or ends at an index: letters on both sides, of a script with blanks."""
    before, after = text[at - 1 : at], text[at : at + 1]
    if not (before.isalnum() and after.isalnum()):
        return before in "\u200c" and before != ""
    return UNBROKEN_LETTER.match(before) is None and UNBROKEN_LETTER.match(after) is None


def observation_of(match: AgencyMatch, words: str, signal: str = "dateline") -> Observation:
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


def is_attribution(rest: str) -> bool:
    """Return whether words behind a name begin with a date or the verb of a citation: `路透社10日报道`."""
    return rest[:1].isdigit() or _REPORTED_ALONE.match(rest) is not None


def signed(text: str, words: str, registry: Registry) -> Observation | None:
    """Match a name with a job and a person; two papers of one house are named by the last."""
    label = LABEL.match(text) or lexicon.at_start("text_and_photo", text)
    if label is not None:
        text = text[label.end() :].lstrip("/|:= ")
    text = text.lstrip(OPEN + BULLETS)
    name = leading(text, registry)
    if name is None:
        paper = new_paper(text)
        rest = text[len(paper) :].lstrip(CLOSE) if paper is not None else ""
        is_new = JOB_AND_PERSON.match(rest) or PERSON_AND_JOB.match(rest)
        return Observation("source_other", quote(words), paper) if paper is not None and is_new else None
    match, at = name
    rest = text[at:]
    if rest[:1] in ("-", "·", "・", "/", "、") and (second := leading(rest[1:], registry)):
        match, at = second.match, at + 1 + second.at
        rest = text[at:]
    rest = rest.lstrip(CLOSE)
    if JOB_AND_PERSON.match(rest) or PERSON_AND_JOB.match(rest) or (label and len(rest.split()) <= 1):
        return observation_of(match, words, "credit")
    is_report = REPORTED.match(rest) is not None and not is_attribution(rest)
    return observation_of(match, words, "credit") if is_report and rest[:1] in (" ", "/", "|") else None


def find_owner(text: str, registry: Registry) -> AgencyMatch | None:
    """Find the owner behind a copyright mark, perhaps after a slogan: `맛있는 뉴스토마토`."""
    head = re.split(r"[,;|。、，।(\[<]", text, maxsplit=1)[0].strip(OPEN + CLOSE + " .:-")
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
    words = [word for text in parts if UNBROKEN_LETTER.search(text) for word in text.split()]
    for part in (*parts, *words):
        match = registry.find(part)
        if match is None and (name := leading(part, registry)) is not None:
            is_named = JOB_AND_PERSON.match(part[name.at :]) is not None
            match = name.match if is_named else None
        if match is not None and match.strong:
            names.setdefault(match.agency.name, match)
    return list(names.values())
