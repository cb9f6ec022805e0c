"""The fold table: the folded form of every code point (docs/shingles.md, rules 1 and 2).

The table is shipped, not computed, so that signatures outlive a Python upgrade. It was built under Unicode 14.0.0,
that of Python 3.11, the oldest Python we support: `python3.11 -m tools.fold_table` builds the same bytes again.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

UNICODE_VERSION = "14.0.0"

# Classes of a folded code point.
OTHER, LETTER, NUMBER, MARK, SINGLE, APOSTROPHE, MODIFIER_APOSTROPHE = range(7)

#: Scripts written without spaces or with spaces that vary, as ranges of code points: Han, Kana, Thai, Lao, Khmer,
#: Myanmar, Hangul syllables.
SINGLE_RANGES = (
    (0x2E80, 0x2FDF), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD),
    (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x1AFF0, 0x1AFFF), (0x1B000, 0x1B16F),
    (0x0E00, 0x0E7F), (0x0E80, 0x0EFF), (0x1780, 0x17FF), (0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
    (0xAC00, 0xD7A3),
)  # fmt: skip

#: Cyrillic alphabets of languages that are also written in a Latin one by other rules than Serbian, in the order of
#: the rows of `FoldTable.index` after the first.
ALPHABETS = ("uzbek", "kazakh", "azerbaijani")

#: The row of `FoldTable.index` for texts that lost letters: U+FFFD is a letter there.
WITH_LOST_LETTERS = len(ALPHABETS) + 1
TABLE_FILE = "fold-2-14.0.0.npz"


@dataclass(frozen=True)
class FoldTable:
    """Folded forms: `entry = pages[index[a, cp >> 8], cp & 255]` is that of code point `cp` in a text of alphabet a
    (0, one more than a place in `ALPHABETS`, or `WITH_LOST_LETTERS`).

    entry <= 0: itself, of class -entry. entry > 0: the folded code points `start[e] : start[e + 1]` of `code` and
    `kind` (their classes), where e = entry >> 1; the lowest bit is set if `cp` is an upper-case letter.

    Shapes: index (4, 4352), of `load_all` one row more, uint16; pages (p, 256) int32; start (e + 1,) int32; code (m,)
    uint32; kind (m,) uint8.
    """

    index: NDArray[np.uint16]
    pages: NDArray[np.int32]
    start: NDArray[np.int32]
    code: NDArray[np.uint32]
    kind: NDArray[np.uint8]


@cache
def load() -> FoldTable:
    """Return the table of the package."""
    with (files("dedup.text") / TABLE_FILE).open("rb") as handle, np.load(handle, allow_pickle=False) as table:
        return FoldTable(*(table[name] for name in ("index", "pages", "start", "code", "kind")))


@cache
def load_all() -> FoldTable:
    """Return the table of the package with the row for texts that lost letters."""
    index, pages, *pool = vars(load()).values()
    row, page = index[0].copy(), pages[index[0, 0xFF]].copy()
    row[0xFF], page[0xFD] = len(pages), -LETTER
    return FoldTable(np.vstack([index, row]), np.vstack([pages, page]), *pool)


def alphabets_of(signs: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the alphabet of each text, (n,) uint8: 0, or one more than its place in `ALPHABETS`.

    signs: (n, 4) int32, how often a text has ў; ҳ, қ or ғ; ұ; ҹ or ҝ.
    """
    alphabets = np.zeros(len(signs), np.uint8)
    alphabets[(signs[:, 0] > 0) & (signs[:, 1] > 0)] = 1
    alphabets[signs[:, 2] > 1] = 2
    alphabets[signs[:, 3] > 1] = 3
    return alphabets


_COMPOSED_FIRST = re.compile("[\u1100-\u11ff\u3099\u309a\uff61-\uff9f]")
_LATIN = "a-zA-Z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_OTHER = "\u0370-\u058f\u13a0-\u13ff\u2c80-\u2cff"
_MIXED = re.compile(rf"[{_LATIN}](?!\W)[{_OTHER}]|(?!\W)[{_OTHER}][{_LATIN}]")


@cache
def lookalikes() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return the ASCII letter that a letter looks like, and the Cyrillic and the Greek letter like an ASCII one.

    From confusables.txt of Unicode Technical Standard 39.
    """
    rows = (files("dedup.text") / "lookalikes.tsv").read_text(encoding="utf-8").splitlines()
    latin = {row[0]: row[2] for row in rows}
    cyrillic, greek = (
        {form: char for char, form in reversed(latin.items()) if low <= ord(char) < high}
        for low, high in ((0x400, 0x460), (0x386, 0x3CF))
    )
    return latin, cyrillic, greek


def normalise(text: str) -> str:
    """Return a text with what one code point alone cannot tell put right (rule 1).

    NFKC, if the text holds conjoining jamo, combining kana marks or half-width kana. Then, in a word that mixes Latin
    with Greek, Cyrillic, Armenian, Coptic or Cherokee letters, the look-alikes of the lesser script: if all its letters
    of the other scripts look like ASCII letters they become these, else if all its Latin letters look like Cyrillic
    ones, or, in a word without Cyrillic, like Greek ones, they become those. Where both would do, the script of most of
    its letters holds, Latin before the other.
    """
    if _COMPOSED_FIRST.search(text):
        text = unicodedata.normalize("NFKC", text)
    parts, last = [], 0
    for match in _MIXED.finditer(text):
        if match.start() < last:
            continue
        low, high = match.span()
        while low > last and text[low - 1].isalnum():
            low -= 1
        while high < len(text) and text[high].isalnum():
            high += 1
        parts += [text[last:low], _unmix(text[low:high])]
        last = high
    return "".join(parts) + text[last:]


def _unmix(word: str) -> str:
    """Return a word of mixed script with its look-alike letters replaced, as `normalise` says."""
    to_latin, to_cyrillic, to_greek = lookalikes()
    others, latins = re.findall(f"[{_OTHER}]", word), re.findall(f"[{_LATIN}]", word)
    to_other = to_cyrillic if any("\u0400" <= c < "\u0530" for c in others) else to_greek
    is_latin, is_other = all(c in to_latin for c in others), all(c in to_other for c in latins)
    if is_latin and not (is_other and len(others) > len(latins)):
        return "".join(to_latin[c] if c in others else c for c in word)
    return "".join(to_other.get(c, c) for c in word) if is_other else word
