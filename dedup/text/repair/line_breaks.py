"""Write each line break as one: old Macintoshes, mainframes, word processors and PDF have characters of their own."""

from __future__ import annotations

import re

from dedup.text.repair.edits import Step

#: U+000B and U+000C, a carriage return alone, U+0085, U+2028, U+2029.
BREAKS = "\r\v\f\x85\u2028\u2029"
_ANY, _SPACE = re.compile(f"[{BREAKS}]"), re.compile(r"\s{2,}|" + f"[{BREAKS}]")
#: U+0085 in place of the ellipsis that it is in cp1252: `(…)`, and behind a word before a space.
_ELLIPSIS = re.compile(r"(?<=[(\[])\x85|(?<=[^\W_])\x85(?=[ \xa0)\]]|$)")


def repair_line_breaks(text: str) -> tuple[str, list[Step], list[str]]:
    """Return a text with a line feed for each line break of another kind, no steps, for no place moves, and the kinds.

    Where a line ends anyway, nothing changes: a form feed behind a line feed begins no other line.
    """
    if not _ANY.search(text):
        return text, [], []
    ellipses = {match.start() for match in _ELLIPSIS.finditer(text)}

    def put(match: re.Match[str]) -> str:
        if "\n" in match[0]:
            return match[0]
        begin = match.start()
        return "".join(
            "\n" if char in BREAKS and at not in ellipses else char for at, char in enumerate(match[0], begin)
        )

    after = _SPACE.sub(put, text)
    return (after, [], ["lines"]) if after != text else (text, [], [])
