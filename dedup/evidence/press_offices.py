"""Match the press office that signs a text, and its house: `Пресцентър на Община X`, `Ufficio stampa Comune di X`."""

from __future__ import annotations

import re

from dedup.evidence.observation import Observation, quote
from dedup.languages import lexicon

_MARKS = " \t()[]*|_~–—-•.©\"'“”„«»,:/"
#: Most words of a press office and its house.
_OFFICE = 14
_OFFICE_FIRST = lexicon.regex(
    r"^(?P<office>{press_office}|{press_office_inflected})(?![^\W_])(?P<link>\s*[,.:/|–—-]+\s*|\s+{office_link}\s+|\s+)(?P<house>\S.{2,100})$",
    re.IGNORECASE,
)
_OFFICE_LAST = lexicon.regex(r"^(?P<house>\S.{2,100}?)[\s,.:/|–—-]+{press_office}$", re.IGNORECASE)


def match_press_office(line: str) -> Observation | None:
    """Match a press office and its house: `Пресцентър на Община X`, `Assessoria de Imprensa/Prefeitura de X`."""
    if not lexicon.holds(line, "press_office", "press_office_inflected") or len(line.split()) > _OFFICE:
        return None
    office = _OFFICE_FIRST.match(line) or _OFFICE_LAST.match(line)
    if office is None:
        return None
    house = office.group("house").strip(_MARKS)
    # A sentence has a verb and small words; a house is a name, perhaps behind one word for its kind.
    capitals = [w for w in re.findall(r"[^\W\d_]{2,}", house) if w.isupper() or (len(w) > 3 and not w[0].islower())]
    if not capitals or re.search(r"[.!?;:]\s", house):
        return None
    # Without a word between them the house may be in the genitive: `Пресс-служба правительства Иркутской области`.
    is_inflected = lexicon.is_phrase("press_office_inflected", office.groupdict().get("office") or "")
    is_whole = is_inflected and not office.group("link").strip()
    return Observation("source_other", quote(line), line if is_whole else house)
