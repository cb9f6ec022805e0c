"""Match sign-offs and end marks: notes of an agency's desk after the last word of its text.

A tag in brackets, between slashes or after a dash at the very end (`(PAP)`, `/ritzau/`, `--IANS`), alone on the last
line (`TT`), or before the initials of desks (`PTI ABC XY`); `(Reporting by …; Editing by …)`; a writer's address at an
agency.
"""

from __future__ import annotations

import re

from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.press_offices import match_press_office
from dedup.evidence.registry import AgencyMatch, Registry
from dedup.languages import lexicon

_START = lexicon.regex(r"{sign_off_start}(?![^\W_])")
_SIGN_OFF = lexicon.regex(r"\(?(?:{desk_extra} )?{desk_work}\b.{2,300}", re.IGNORECASE | re.DOTALL)
_EDITING = lexicon.regex("{editing}")
_EDITING_ANY_CASE = lexicon.regex("{editing}", re.IGNORECASE)
_WITH = lexicon.regex(r"{with}\b", re.IGNORECASE)
_JOINED = lexicon.regex(r"\s*[/,;&+、，，・]\s*|\s{and}\s")
_END = re.compile(
    r"(?:^|[.!?…”\"»)\]।。\s])\s*(?:[(（\[【]\s*©?\s*(?P<bracket>[^()（）\[\]]{2,40}?)\s*[)）\]】]|/\s?(?P<slash>[^/\s][^/]{1,24}?)\s?/(?:[A-Z]{2,8})?"
    r"|(?:--+|[–—]|(?<=\s)-)\s*(?P<dash>[^\s\d–—-][^.()/–—]{1,24}?)|/(?P<left>[A-ZÅÄÖ]{2,6}))[\s.*]*$"
)
#: The tag, then initials of the desk: `PTI VT ABC BNM`, `EFE abc/xyz`, `dpa xy z1 ab`, `AGERPRES/(AS - autor: …)`.
_DESK = lexicon.regex(
    r"(?:^|[.!?”\"।]\s|--\s?)(?P<tag>[^\W\d_]{2,9})(?:(?:[\s/]+(?:[A-Z]{2,4}|[a-z]{2,4}|[a-z]{1,3}\d|[A-Z]{1,3}/[A-Z]{1,3}|[a-z]{2,4}/[a-z]{2,4})){1,6}"
    r"|\s?/?\([A-Z]{2,3}\s?[-–—].*|/{end_word})[\s.)]*$"
)
#: After the word for the end, a tag and initials: `(النهاية) ك و ن ا / ع ب`.
_AFTER_END = lexicon.regex(
    r"(?:^|\s)[(]\s*{end_bracket}\s*[)]\s*(?P<tag>[^\W\d_][^/()\n]{1,30}?)\s*(?:/[^/\n]{1,20})*$"
)
#: Initials of the desk after a tag in brackets: `(Hina) xabc ydef`.
_INITIALS = re.compile(r"(?:^|[.!?…”\"»।。]\s*)[(]([^()\n]{2,20})[)](?:\s+[a-z]{2,5}/?){1,4}\s*$")
#: The agency's site in brackets, alone or after its tag: `(NAN)(www.nannews.ng)`.
_SITE = re.compile(r"(?:^|[.!?…”\"»।。)]\s*)[(]\s*(?:https?://)?([\w-]+(?:\.[\w-]+)+)/?\s*[)][\s.*]*$")
#: A person in the brackets of an end mark: `(Jane Roe, do Estadão Conteúdo)`.
_PERSON = re.compile(r"[^\W\d_a-z][\w.’'-]+(?: [^\W\d_a-z][\w.’'-]+){1,2}$")
_MAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_DISPATCH = re.compile(r"^\W*dpa[:-][\w:,/ -]{6,}$")

_MARK = re.compile(
    r"[(（\[]\s*(?:[a-z]{2,4}/)?[^\W\d_]{2,8}(?:/[a-z]{2,4}|-[^\W\d_a-z]{2,8})?(?:, ?[\d./ -]{6,12})?"
    r"\s*[)）\]](?: [a-z]{2,5}/?){0,4}$"
    r"|©\s?[^\W\d_]{2,8}\b"
    r"|/?(?:[^\W\d_]{2,10}\s?:?\s)?(?:[a-z]{2,4}/)?[^\W\d_a-z]{2,8}(?:/[a-z]{2,4})?$"
    r"|[^\W\d_][\w.’'-]+(?: [^\W\d_][\w.’'-]+){1,2}\s?/\s?[^\W\d_a-z]{2,6}$"
)
#: Initials of a writer beside the tag: `(ncz/spot)`.
_WRITER = re.compile(r"[a-z]{2,4}\d?|[A-Z]{1,3}")
#: Most words of a line that is a mere note: `Photos – AFP.`
_SHORT = 5


def is_sign_off(text: str) -> bool:
    """Return whether a line begins like a desk's sign-off."""
    return _START.match(text) is not None


def is_mark(words: str) -> bool:
    """Return whether a quoted mark is a tag with no words before it: alone, in brackets, or behind a person's name."""
    return _MARK.match(words) is not None


def match_sign_offs(text: str, position: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """Match a sign-off, an end mark or a writer's address at the end of a text."""
    line = text.strip()
    if is_sign_off(line):
        return (_sign_off(line, registry),) if _EDITING.search(line) else ()
    observations: list[Observation] = []
    if lexicon.search("standards", line):
        observations.append(Observation("standards", quote(line), "Reuters"))
    sign_off = _SIGN_OFF.search(line)
    if sign_off and _EDITING_ANY_CASE.search(line):
        observations.append(_sign_off(sign_off.group(), registry))
    if position.ends:
        observations.extend(_match_end(line, position, registry))
    for host in _MAIL.findall(line) if "@" in line else ():
        agency = registry.of_domain(host.lower())
        if agency is not None:
            observations.append(Observation("address", quote(line), agency.name))
    return tuple(dict.fromkeys(observations))


def _sign_off(text: str, registry: Registry) -> Observation:
    """Return the agency of a sign-off: the one it names, else Reuters, whose form it is."""
    if registry.may_name(text):
        match = registry.inside(text)
        if match is not None and match.agency.kind == "agency":
            return Observation("sign_off", quote(text), match.agency.name)
    return Observation("sign_off", quote(text), "Reuters")


def _match_end(line: str, position: LinePosition, registry: Registry) -> list[Observation]:
    """Match a tag after the last word of a text."""
    tail = line[-120:]
    if re.search(r"(?:^|[.!?”\"]\s*)Enditem\W*$", tail):
        return [Observation("end_mark", "Enditem", "Xinhua News Agency")]
    desk = _DESK.search(tail)
    if desk and (match := registry.find(desk.group("tag"), line, position.tld)) and match.agency.kind == "agency":
        return [Observation("end_mark" if match.strong else "weak_credit", quote(desk.group()), match.agency.name)]
    if _DISPATCH.match(line):
        return [Observation("end_mark", quote(line), "Deutsche Presse-Agentur")]
    if "(" in tail and (mark := _match_brackets(tail, line, position, registry)) is not None:
        return mark
    end = _END.search(tail)
    if end is None or (len(line.split()) <= _SHORT and lexicon.search("photo", line)):
        return []
    inside = next(group for group in end.groups() if group)
    if lexicon.search("photo", inside) or _WITH.match(inside):
        return []
    if _abbreviates_words(tail[: end.start()], inside):
        return []
    if end.group("bracket") and (office := match_press_office(inside)) is not None:
        return [office._replace(quote=quote(end.group()))]
    parts = [p for p in _JOINED.split(inside) if p.strip(" \t.-0123456789")]
    names = [registry.find(part, line, position.tld) for part in parts]
    agencies = [match for match in names if match is not None and match.agency.kind == "agency"]
    if len(parts) == 2 and "/" in inside and names[1] is None and _PERSON.match(parts[1]) and parts[1].istitle():
        return []  # `(AFP/Jean Roy)` is of a picture
    initials = len(agencies) == 1 and all(
        match is not None or _WRITER.fullmatch(part) for match, part in zip(names, parts, strict=True)
    )
    if len(agencies) == 1 and (len(parts) == 1 or names[0] is agencies[0] or initials):
        match = agencies[0]
        strong = match.strong or end.group("slash") is not None
        strong &= not _is_abbreviation(tail, end, match.home)
        return [Observation("end_mark" if strong else "weak_credit", quote(end.group()), match.agency.name)]
    if len(agencies) == len(parts) == 2 and "/" in inside:
        first, second = (match.agency for match in agencies)
        if first.relays or first.compiles:  # `(APA/dpa)`, `(sda/afp)`
            return [Observation("end_mark", quote(end.group()), (second if first.relays else first).name)]
    if (
        len(agencies) == 1
        and agencies[0].strong
        and end.group("bracket")
        and len(parts) == 2
        and _PERSON.match(parts[0])
    ):
        return [Observation("credit", quote(end.group()), agencies[0].agency.name)]
    if len(parts) == 1 and names[0] is not None and names[0].agency.kind == "outlet":
        return _outlet_mark(tail, end, names[0])
    return [Observation("contribution", quote(end.group()), match.agency.name) for match in agencies]


def _outlet_mark(tail: str, end: re.Match[str], match: AgencyMatch) -> list[Observation]:
    """Return the observation of an outlet in brackets behind the last sentence, or alone on the last line."""
    bracket = end.group("bracket")
    before = tail[: end.start("bracket")].rstrip(" (（[【©") if bracket else ""
    has_form = " " in (bracket or "").strip() or any(c.isdigit() for c in bracket or "")
    if not bracket or not (match.strong or has_form) or end.group().rstrip(" *").endswith(".") or before[-1:].isalnum():
        return []
    is_clear = (match.strong and " " in bracket.strip()) or "." in bracket or bracket.strip('"“”„«»') != bracket
    return [Observation("source_line" if is_clear else "source_other", quote(end.group()), match.agency.name)]


def _match_brackets(tail: str, line: str, position: LinePosition, registry: Registry) -> list[Observation] | None:
    """Match an agency's site, or a tag with the word for the end or with initials; None if there is none of these."""
    if (site := _SITE.search(tail)) and (agency := registry.of_domain(site.group(1).lower())):
        return [Observation("end_mark", quote(site.group()), agency.name)] if agency.kind == "agency" else []
    for pattern in (_AFTER_END, _INITIALS):
        mark = pattern.search(tail)
        if mark and (match := registry.find(mark.group(1), line, position.tld)) and match.agency.kind == "agency":
            return [Observation("end_mark" if match.strong else "weak_credit", quote(mark.group()), match.agency.name)]
    return None


def _is_abbreviation(tail: str, end: re.Match[str], home: bool) -> bool:
    """Return whether a bracket of capitals before the full stop of a sentence may abbreviate words of that sentence.

    home: the tag has a support. Then only words that may be abbreviated count: a name, or words with these letters.
    """
    tag = end.group("bracket")
    if tag is None or not tag.isupper() or not end.group().rstrip(" *").endswith("."):
        return False
    words = re.findall(r"[^\W\d_]+", re.split(r"[.!?…:]\s", tail[: end.start("bracket")])[-1])[-len(tag) - 2 :]
    if not words or not tail[: end.start("bracket")].rstrip(" (（[【©")[-1:].isalnum():
        return False
    if not home or not words[-1][0].islower():
        return True
    letters = "".join(f".*{letter}" for letter in map(re.escape, tag[1:].lower()))
    return any(
        not word[0].islower() and re.match(tag[0].lower() + letters, " ".join(words[at:]).lower())
        for at, word in enumerate(words)
    )


def _abbreviates_words(before: str, inside: str) -> bool:
    """Return whether a bracket has the initials of the last words before it, with or without those in lower case."""
    words = re.findall(r"[^\W\d_]+", re.split(r"[.!?…:]\s", before)[-1])
    letters = inside.replace(".", "").lower()
    initials = "".join(word[0] for word in words).lower()
    capitals = "".join(word[0] for word in words if not word[0].islower()).lower()
    return len(letters) > 1 and (initials.endswith(letters) or capitals.endswith(letters))
