"""Write the tables below `tools/fold` that come from other projects: `python -m tools.fold_sources`.

Needs `opencc==1.4.2` (OpenCC's TSCharacters, Apache-2.0) and `confusable_homoglyphs==3.3.1` (confusables.txt of
Unicode Technical Standard 39, Unicode licence). `tools.fold_table` reads the tables, and needs neither package.
"""

import json
import unicodedata
from pathlib import Path

from tools.fold_table import path_of

HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3134F))
#: Scripts whose letters are put for those of Latin words.
LOOKALIKE_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def han() -> dict[str, str]:
    """Return the simplified form of each traditional Chinese character, one character each."""
    import opencc

    converter = opencc.OpenCC("t2s")
    pairs = ((chr(code), converter.convert(chr(code))) for low, high in HAN for code in range(low, high + 1))
    return {char: simple for char, simple in pairs if simple != char and len(simple) == 1}


def lookalikes() -> dict[str, str]:
    """Return the ASCII letter that each letter of another script, or unusual Latin letter, looks like."""
    from confusable_homoglyphs import confusables

    rows = json.loads(Path(confusables.__file__).with_name("confusables.json").read_text(encoding="utf-8"))
    table = {}
    for char in rows:
        similar = [row["c"] for row in rows[char] if len(row["c"]) == 1 and row["c"].isascii() and row["c"].isalpha()]
        name = unicodedata.name(char, "") if len(char) == 1 else ""
        if similar and not char.isascii() and name.startswith((*LOOKALIKE_SCRIPTS, "LATIN")):
            # The standard has one form for I, l and 1; a capital stands for I.
            table[char] = "I" if similar == ["l"] and char.isupper() else min(similar)
    return table


def main() -> None:
    """Write han.tsv and lookalikes.tsv."""
    for name, table in (("han", han()), ("lookalikes", lookalikes())):
        lines = (f"{char}\t{form}\n" for char, form in sorted(table.items()))
        path_of(name).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
