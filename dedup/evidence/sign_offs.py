"""Sign-offs and end marks: what an agency's desk leaves after the last word of its text.

A tag in brackets, between slashes or after a dash at the very end (`(PAP)`, `/ritzau/`, `--IANS`), alone on the last
line (`TT`), or before the initials of desks (`PTI ABC XY`); `(Reporting by …; Editing by …)`; a writer's address at an
agency.
"""

from __future__ import annotations

import re

from dedup.evidence.observation import LinePosition, Observation, quote
from dedup.evidence.registry import Registry
from dedup.languages import lexicon

_SIGNED = lexicon.regex(r"\(?(?:{desk_extra} )?{desk_work}\b.{2,300}", re.IGNORECASE | re.DOTALL)
_EDITING = lexicon.regex("{editing}")
_EDITING_ANY_CASE = lexicon.regex("{editing}", re.IGNORECASE)
_WITH = lexicon.regex(r"{with}\b", re.IGNORECASE)
_JOINED = lexicon.regex(r"\s*[/,;&+]\s*|\s{and}\s")
_END = re.compile(
    r"(?:^|[.!?…”\"»)\]।。\s])\s*(?:[(（\[【]\s*©?\s*(?P<bracket>[^()（）\[\]]{2,40}?)\s*[)）\]】]|/\s?(?P<slash>[^/\s][^/]{1,24}?)\s?/(?:[A-Z]{2,8})?"
    r"|(?:--+|[–—]|(?<=\s)-)\s*(?P<dash>[^\s\d–—-][^.()/–—]{1,24}?)|/(?P<left>[A-ZÅÄÖ]{2,6}))[\s.*]*$"
)
#: `PTI VT ABC BNM`, `EFE abc/xyz`, `dpa xy z1 ab`, `AGERPRES/(AS - autor: …)`: the tag, then who sat at the desk.
_DESK = lexicon.regex(
    r"(?:^|[.!?”\"।]\s|--\s?)(?P<tag>[^\W\d_]{2,9})(?:(?:[\s/]+(?:[A-Z]{2,4}|[a-z]{2,4}|[a-z]{1,3}\d|[A-Z]{1,3}/[A-Z]{1,3}|[a-z]{2,4}/[a-z]{2,4})){1,6}"
    r"|\s?/?\([A-Z]{2,3}\s?[-–—].*|/{end_word})[\s.)]*$"
)
_MAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_DISPATCH = re.compile(r"^\W*dpa[:-][\w:,/ -]{6,}$")

#: Words of a line that is nothing but a note: `Photos – AFP.`
_SHORT = 5


def is_signed(text: str) -> bool:
    """Whether a line begins like a desk's sign-off."""
    return text.startswith(lexicon.words("sign_off_start"))


def read(text: str, place: LinePosition, registry: Registry) -> tuple[Observation, ...]:
    """What the end of a text says."""
    line = text.strip()
    if is_signed(line):
        return (_signed(line, registry),) if _EDITING.search(line) else ()
    said: list[Observation] = []
    if lexicon.search("standards", line):
        said.append(Observation("standards", quote(line), "Reuters"))
    signed = _SIGNED.search(line)
    if signed and _EDITING_ANY_CASE.search(line):
        said.append(_signed(signed.group(), registry))
    if place.ends:
        said.extend(_end(line, place, registry))
    for host in _MAIL.findall(line) if "@" in line else ():
        agency = registry.of_domain(host.lower())
        if agency is not None:
            said.append(Observation("address", quote(line), agency.name))
    return tuple(dict.fromkeys(said))


def _signed(text: str, registry: Registry) -> Observation:
    """The form is Reuters', but for those who print theirs in it with their name."""
    if registry.may_name(text):
        found = registry.inside(text)
        if found is not None and found.agency.kind == "agency":
            return Observation("sign_off", quote(text), found.agency.name)
    return Observation("sign_off", quote(text), "Reuters")


def _end(line: str, place: LinePosition, registry: Registry) -> list[Observation]:
    tail = line[-120:]
    if re.search(r"(?:^|[.!?”\"]\s*)Enditem\W*$", tail):
        return [Observation("end_mark", "Enditem", "Xinhua News Agency")]
    desk = _DESK.search(tail)
    if desk and (found := registry.find(desk.group("tag"), line, place.tld)) and found.agency.kind == "agency":
        return [Observation("end_mark" if found.strong else "weak_credit", quote(desk.group()), found.agency.name)]
    if _DISPATCH.match(line):
        return [Observation("end_mark", quote(line), "Deutsche Presse-Agentur")]
    end = _END.search(tail)
    if end is None or (len(line.split()) <= _SHORT and lexicon.search("photo", line)):
        return []
    inside = next(group for group in end.groups() if group)
    if lexicon.search("photo", inside) or _WITH.match(inside):
        return []
    if _spelled(tail[: end.start()], inside):
        return []
    parts = [p for p in _JOINED.split(inside) if p]
    named = [registry.find(part, line, place.tld) for part in parts]
    known = [found for found in named if found is not None and found.agency.kind == "agency"]
    if len(known) == 1 and (len(parts) == 1 or named[0] is known[0]):
        found = known[0]
        strong = found.strong or end.group("slash") is not None
        return [Observation("end_mark" if strong else "weak_credit", quote(end.group()), found.agency.name)]
    return [Observation("contribution", quote(end.group()), found.agency.name) for found in known]


def _spelled(before: str, inside: str) -> bool:
    """Whether the last words before a bracket are what it abbreviates."""
    words = re.findall(r"[^\W\d_]+", before)[-len(inside) :]
    return len(inside) > 1 and "".join(w[0] for w in words).lower() == inside.lower()
