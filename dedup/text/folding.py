"""The fold table: the folded form of every code point (docs/shingles.md, rules 1 and 2).

The table is shipped, not computed, so that signatures outlive a Python upgrade. It was built under Unicode 14.0.0,
that of Python 3.11, the oldest Python we support: `python3.11 -m dedup.text.folding` builds the same bytes again.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

UNICODE_VERSION = "14.0.0"

# Classes of a folded code point.
OTHER, LETTER, NUMBER, MARK, SINGLE, APOSTROPHE, MODIFIER_APOSTROPHE = range(7)

#: Scripts written without spaces, as ranges of code points: Han, Kana, Thai, Lao, Khmer, Myanmar.
SINGLE_RANGES = (
    (0x2E80, 0x2FDF), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD),
    (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x1AFF0, 0x1AFFF), (0x1B000, 0x1B16F),
    (0x0E00, 0x0E7F), (0x0E80, 0x0EFF), (0x1780, 0x17FF), (0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
)  # fmt: skip
#: Written composed: Hangul syllables and Kana.
COMPOSED_RANGES = ((0xAC00, 0xD7A3), (0x3040, 0x30FF), (0x31F0, 0x31FF))

TABLE_FILE = "fold-14.0.0.npz"


@dataclass(frozen=True)
class FoldTable:
    """Folded forms: `entry = pages[index[cp >> 8], cp & 255]` is that of code point `cp`.

    entry <= 0: itself, of class -entry. entry > 0: the folded code points `start[e] : start[e + 1]` of `code` and
    `kind` (their classes), where e = entry >> 1; the lowest bit is set if `cp` is an upper-case letter.

    Shapes: index (4352,) uint16; pages (p, 256) int32; start (e + 1,) int32; code (m,) uint32; kind (m,) uint8.
    """

    index: NDArray[np.uint16]
    pages: NDArray[np.int32]
    start: NDArray[np.int32]
    code: NDArray[np.uint32]
    kind: NDArray[np.uint8]


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def fold_char(char: str) -> str:
    """Return the folded form of one character (rule 1), without the apostrophe rule, which needs its neighbours."""
    if _within(ord(char), COMPOSED_RANGES):
        return char
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(c for c in text if not _deleted(c))


def _deleted(char: str) -> bool:
    category = unicodedata.category(char)
    return category == "Cf" or char == "\u0640" or (category[0] == "M" and ord(char) < 0x700)


def class_of(char: str) -> int:
    """Return the class of a folded character."""
    if char in "'\u2018\u2019":
        return APOSTROPHE
    if char == "\u02bc":
        return MODIFIER_APOSTROPHE
    major = unicodedata.category(char)[0]
    if major == "M":
        return MARK
    if major not in "LN":
        return OTHER
    if _within(ord(char), SINGLE_RANGES):
        return SINGLE
    return LETTER if major == "L" else NUMBER


def build() -> FoldTable:
    """Compute the table from this Python's Unicode data (about two seconds)."""
    codes: list[int] = []
    kinds: list[int] = []
    starts = [0]
    entry_of: dict[str, int] = {}
    entries = np.zeros(0x110000, np.int32)
    for cp in range(0x110000):
        if 0xD800 <= cp <= 0xDFFF:
            continue
        char = chr(cp)
        folded = fold_char(char)
        if folded == char:
            entries[cp] = -class_of(char)
            continue
        if folded not in entry_of:
            entry_of[folded] = len(starts) - 1
            codes.extend(map(ord, folded))
            kinds.extend(map(class_of, folded))
            starts.append(len(codes))
        # Entry 0 means "itself, OTHER", so pool entries count from 1.
        entries[cp] = ((entry_of[folded] + 1) << 1) | (unicodedata.category(char) in ("Lu", "Lt"))
    pages, index = np.unique(entries.reshape(-1, 256), axis=0, return_inverse=True)
    return FoldTable(
        index.ravel().astype(np.uint16),
        pages,
        np.array([0, *starts], np.int32),
        np.array(codes, np.uint32),
        np.array(kinds, np.uint8),
    )


@cache
def load() -> FoldTable:
    """Return the table of the package."""
    with (files("dedup.text") / TABLE_FILE).open("rb") as handle, np.load(handle, allow_pickle=False) as table:
        return FoldTable(*(table[name] for name in ("index", "pages", "start", "code", "kind")))


def main() -> None:
    if unicodedata.unidata_version != UNICODE_VERSION:
        raise SystemExit(f"build the table with a Python whose Unicode version is {UNICODE_VERSION} (3.11)")
    table = build()
    np.savez_compressed(Path(__file__).with_name(TABLE_FILE), **vars(table))


if __name__ == "__main__":
    main()
