"""Residue of machines: words glued where a page's elements met, as translated and scraped texts have them.

`SeoulNorth Korea agrees between US, South Korea andJapanto` was a dateline and a link before it was translated. It says
nothing of who wrote the text, but that the host did not.
"""

from __future__ import annotations

import re

from dedup.evidence.observation import Observation, quote

_GLUED = re.compile(r"\b[A-Za-z][a-z]+[A-Z][a-z]{2,}|[a-z]['\"“][A-Za-z][a-z]+ [^'\"”]{3,60}['\"”][a-z]{2,}")
#: Names are written so too; more than this many in one opening are not names.
_NAMES = 2


def read(opening: str) -> Observation | None:
    """What the first words of a story show."""
    glued = [m.group() for m in _GLUED.finditer(opening)]
    return Observation("residue", quote(", ".join(glued)), None) if len(glued) > _NAMES - 1 else None
