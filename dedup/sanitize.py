"""Make untrusted text safe for a terminal: nothing in it may move the cursor, hide, reorder or act as markup."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

#: What ends a line for some terminal or pager.
_LINE_ENDS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
#: Letters and marks that show nothing at all: Hangul fillers, the Braille blank, joiners and separators of old scripts.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
#: The joiner and non-joiner are spelling in Persian, in Indic scripts and in emoji; elsewhere they hide.
_JOINERS = frozenset("\u200c\u200d")
#: Combining marks that are shown after one letter. Pointed Hebrew needs 3; hundreds would paint over other lines.
_MARKS = 4
#: Nearly every address there is: of it nothing need be asked. Without user, without brackets.
_PLAIN_LINK = re.compile(r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*(?:[/?#][!-~]*)?")


def sanitize(text: object, width: int | None = None, *, multiline: bool = False) -> str:
    """Make `text` safe to print; with `width` also cut it to so many terminal cells, with an ellipsis.

    Control characters become their pictures (ESC is ␛), format, bidirectional and other invisible characters their
    code points (⟨U+202E⟩). A line end becomes ⏎, or with `multiline` stays one. The result is plain text: a caller
    that prints with rich puts it into a `rich.text.Text`, never into a markup string.
    """
    line = str(text)
    if not line.isascii() or not line.isprintable():
        line = _replace_controls(line, multiline)
    return line if width is None else cut(line, width)


def _replace_controls(text: str, multiline: bool) -> str:
    out: list[str] = []
    marks = 0
    text = text.replace("\r\n", "\n")
    for position, char in enumerate(text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MARKS:
            if marks == _MARKS + 1:
                out.append("⟨marks⟩")
        elif char in _LINE_ENDS:
            out.append("\n" if multiline else "⏎")
        elif category == "Zs" or char == "\t":
            out.append(" ")
        elif category == "Cc":
            out.append(_control_picture(char))
        elif char in _JOINERS and _is_spelling(text, position):
            out.append(char)
        elif category in ("Cf", "Cs") or char in _BLANK or _is_noncharacter(char):
            out.append(f"⟨U+{ord(char):04X}⟩")
        else:
            out.append(char)
    return "".join(out)


def _control_picture(char: str) -> str:
    """The visible picture of a control character; only those of ASCII have one."""
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def _is_spelling(text: str, position: int) -> bool:
    """Whether the joiner at `position` is spelling: inside a word or an emoji of a script that uses it."""
    around = text[position - 1 : position] + text[position + 1 : position + 2]
    return len(around) == 2 and all(ord(c) > 0x2FF and unicodedata.category(c)[0] in "LMS" for c in around)


def _is_noncharacter(char: str) -> bool:
    """Whether a character is a non-character, or a variation selector that can smuggle data."""
    code = ord(char)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xE0100 <= code <= 0xE01EF


def cell_width(text: str) -> int:
    """The number of terminal cells that `text` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int) -> str:
    """Cut `text` to at most `width` cells. A cut leaves an ellipsis."""
    if width <= 0:
        return ""
    if cell_width(text) <= width:
        return text
    from rich.cells import set_cell_size

    return set_cell_size(text, width - 1).rstrip() + "…"


def safe_link(url: object) -> str | None:
    """Return `url` if it is a safe link: http or https, with a host and without invisible characters; else None."""
    if isinstance(url, str) and _PLAIN_LINK.fullmatch(url):
        return url
    if not isinstance(url, str) or not url.isprintable() or any(c.isspace() for c in url) or sanitize(url) != url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host else None
