"""Match artifacts of scraping and translation: words without a space where elements of a page met.

`SeoulNorth Korea agrees between US, South Korea andJapanto` was a dateline and a link. Artifacts name no writer, but
show that the host did not write the text.
"""

from __future__ import annotations

import re

from dedup.evidence.observation import Observation, quote

_JOINED_WORDS = re.compile(r"\b[A-Za-z][a-z]+[A-Z][a-z]{2,}|[a-z]['\"“][A-Za-z][a-z]+ [^'\"”]{3,60}['\"”][a-z]{2,}")
#: Fewest such words in an opening; a single one may be a name.
_LEAST = 2


def match_scrape_artifacts(opening: str) -> Observation | None:
    """Match artifacts in the first words of a story."""
    words = [m.group() for m in _JOINED_WORDS.finditer(opening)]
    return Observation("residue", quote(", ".join(words)), None) if len(words) >= _LEAST else None
