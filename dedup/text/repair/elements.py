"""The names of the elements of HTML that may stand in a text, as sets and as numbers for kernels."""

from __future__ import annotations

import numpy as np


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Elements that begin and end a line.
BLOCK = _names(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe legend li main menu nav ol option p pre "
    "section select summary table tbody td tfoot th thead tr ul video audio title"
)
#: Elements within a line.
INLINE = _names(
    "a abbr acronym amp-img b bdi bdo big cite code data del dfn em embed font i img input ins kbd label link "
    "mark meta object picture q rp rt ruby s samp small source span strike strong sub sup svg time tt u var "
    "wbr"
)
#: Elements whose content is none of the text.
HIDDEN = ("script", "style", "noscript", "template", "svg", "iframe", "head")
ELEMENTS = BLOCK | INLINE | frozenset(HIDDEN)
#: Bytes of the longest name, and what a letter, a digit or a hyphen counts in the number of a name.
LONGEST, BASE = max(map(len, ELEMENTS)), 64


def name_number(name: str) -> int:
    """Return the number of the name of an element, at most `LONGEST` ASCII characters in lower case."""
    number = 0
    for byte in name.encode():
        number = number * BASE + (byte & (BASE - 1))
    return number


#: The numbers of all names, (e,) int64.
NUMBERS = np.array(sorted(map(name_number, ELEMENTS)), np.int64)
