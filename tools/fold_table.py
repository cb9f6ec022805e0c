"""Build the fold table of `dedup.text.folding` from the Unicode data of this Python: `python3.11 -m tools.fold_table`.

The rules are rules 1 and 2 of docs/shingles.md. Python 3.11 has Unicode 14.0.0; another version is refused.
"""

import unicodedata
from pathlib import Path

import numpy as np

from dedup.text import folding
from dedup.text.folding import (
    APOSTROPHE,
    LETTER,
    MARK,
    MODIFIER_APOSTROPHE,
    NUMBER,
    OTHER,
    SINGLE,
    SINGLE_RANGES,
    TABLE_FILE,
    UNICODE_VERSION,
    FoldTable,
)

#: Written composed: Hangul syllables and Kana.
COMPOSED_RANGES = ((0xAC00, 0xD7A3), (0x3040, 0x30FF), (0x31F0, 0x31FF))


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def fold_char(char: str) -> str:
    """Fold one character (rule 1), without the apostrophe rule, which needs its neighbours."""
    if _within(ord(char), COMPOSED_RANGES):
        return char
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(c for c in text if not _deleted(c))


def _deleted(char: str) -> bool:
    category = unicodedata.category(char)
    return category == "Cf" or char == "\u0640" or (category[0] == "M" and ord(char) < 0x700)


def class_of(char: str) -> int:
    """Return the class of a folded character (rule 2)."""
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
    numbers: dict[str, int] = {}
    entries = np.zeros(0x110000, np.int32)
    for cp in range(0x110000):
        if 0xD800 <= cp <= 0xDFFF:
            continue
        char = chr(cp)
        folded = fold_char(char)
        if folded == char:
            entries[cp] = -class_of(char)
            continue
        if folded not in numbers:
            numbers[folded] = len(starts) - 1
            codes.extend(map(ord, folded))
            kinds.extend(map(class_of, folded))
            starts.append(len(codes))
        # Entry 0 means "itself, OTHER", so pool entries count from 1.
        entries[cp] = ((numbers[folded] + 1) << 1) | (unicodedata.category(char) in ("Lu", "Lt"))
    pages, index = np.unique(entries.reshape(-1, 256), axis=0, return_inverse=True)
    return FoldTable(
        index.ravel().astype(np.uint16),
        pages,
        np.array([0, *starts], np.int32),
        np.array(codes, np.uint32),
        np.array(kinds, np.uint8),
    )


def main() -> None:
    """Write the table into the package; exit with an error under another Unicode version."""
    if unicodedata.unidata_version != UNICODE_VERSION:
        raise SystemExit(f"build the table with a Python whose Unicode version is {UNICODE_VERSION} (3.11)")
    table = build()
    np.savez_compressed(Path(folding.__file__).with_name(TABLE_FILE), **vars(table))


if __name__ == "__main__":
    main()
