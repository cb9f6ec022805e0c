"""Build the fold table of `dedup.text.folding` from the Unicode data of this Python: `python3.11 -m tools.fold_table`.

The rules are rules 1 and 2 of docs/shingles.md. Python 3.11 has Unicode 14.0.0; another version is refused. The tables
below `tools/fold` (letters.json by hand, with sources; the others by `tools.fold_sources`) add what Unicode's
decompositions do not hold.
"""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np

from dedup.text import folding
from dedup.text.folding import (
    ALPHABETS,
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

TABLES = Path(__file__).with_name("fold")
#: Code points with the property Default_Ignorable_Code_Point that are not of category Cf, and the blank of Braille.
IGNORABLE_RANGES = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x2800, 0x2800),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF),
)  # fmt: skip
#: Written composed: Hangul syllables and Kana.
COMPOSED_RANGES = ((0xAC00, 0xD7A3), (0x3040, 0x30FF), (0x31F0, 0x31FF))


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


@cache
def letters() -> dict[str, str]:
    """Return the form of each letter that has one: by letters.json, han.tsv and the Latin rows of lookalikes.tsv."""
    table = {char: form.lower() for char, form in read_pairs("lookalikes") if is_latin(char)}
    table |= dict(read_pairs("han"))
    for group in json.loads((TABLES / "letters.json").read_text(encoding="utf-8")).values():
        table |= group["letters"]
    return table


def path_of(name: str) -> Path:
    """Return the path of a table of two columns: that of look-alikes is in the package, which reads it too."""
    return (Path(folding.__file__).parent if name == "lookalikes" else TABLES) / f"{name}.tsv"


def read_pairs(name: str) -> list[tuple[str, str]]:
    """Return the rows of a table of two columns."""
    rows = path_of(name).read_text(encoding="utf-8").splitlines()
    return [(row[0], row[2:]) for row in rows]


def is_latin(char: str) -> bool:
    """Return whether a character is named as one of the Latin script."""
    return unicodedata.name(char, "").startswith("LATIN ")


@cache
def alphabets() -> tuple[dict[str, str], ...]:
    """Return the Latin form of each Cyrillic letter, by language; none for the first, which is any other language."""
    rows = json.loads((TABLES / "alphabets.json").read_text(encoding="utf-8"))
    return ({}, *(rows[name]["letters"] for name in ALPHABETS))


def fold_char(char: str, alphabet: int = 0) -> str:
    """Fold one character of a text in one of `alphabets` (rule 1), without the rules that need its neighbours."""
    if char.lower() in alphabets()[alphabet]:
        return alphabets()[alphabet][char.lower()]
    if char in letters():
        return letters()[char]
    if _within(ord(char), COMPOSED_RANGES) or _within(ord(char), IGNORABLE_RANGES):
        return "" if _within(ord(char), IGNORABLE_RANGES) else char
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(_form(c) for c in text if not _deleted(c))


def _form(char: str) -> str:
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    stroke = re.fullmatch(r"LATIN (?:CAPITAL|SMALL) LETTER ([A-Z]) WITH .*", unicodedata.name(char, ""))
    return letters().get(char) or (stroke[1].lower() if stroke else char)


def _deleted(char: str) -> bool:
    category = unicodedata.category(char)
    is_mark = category[0] == "M" and ord(char) < 0x700
    return category == "Cf" or char == "\u0640" or is_mark or _within(ord(char), IGNORABLE_RANGES)


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
    """Compute the table from this Python's Unicode data (about four seconds)."""
    codes: list[int] = []
    kinds: list[int] = []
    starts = [0]
    numbers: dict[str, int] = {}

    def entry_of(char: str, alphabet: int) -> int:
        folded = fold_char(char, alphabet)
        if folded == char:
            return -class_of(char)
        if folded not in numbers:
            numbers[folded] = len(starts) - 1
            codes.extend(map(ord, folded))
            kinds.extend(map(class_of, folded))
            starts.append(len(codes))
        # Entry 0 means "itself, OTHER", so pool entries count from 1.
        return ((numbers[folded] + 1) << 1) | (unicodedata.category(char) in ("Lu", "Lt"))

    entries = np.zeros((len(alphabets()), 0x110000), np.int32)
    for code in range(0x110000):
        if not 0xD800 <= code <= 0xDFFF:
            entries[:, code] = entry_of(chr(code), 0)
    for alphabet in range(1, len(alphabets())):
        for code in range(0x400, 0x530):
            entries[alphabet, code] = entry_of(chr(code), alphabet)
    pages, index = np.unique(entries.reshape(-1, 256), axis=0, return_inverse=True)
    return FoldTable(
        index.reshape(len(entries), -1).astype(np.uint16),
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
