"""Join letters that were spaced out, where wider spaces still part the words: `T h e   m a y o r`."""

from __future__ import annotations

import re

from dedup.text.repair.edits import Step, substitute

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"\S(?: \S)*+")
#: Two letters that stand alone beside each other. Tables of figures, which have as many short tokens, have none.
_SPACED = re.compile(r"(?<!\S)[^\W\d_] [^\W\d_](?!\S)")
#: Words of a line, and their letters, below which it is no text.
_WORDS, _LETTERS = 3, 10


def repair_spacing(text: str) -> tuple[str, list[Step], list[str]]:
    """Return a text with spaced letters joined, the steps, and the kinds of repair."""
    if not _SPACED.search(text):
        return text, [], []
    text, step = substitute(_LINE, _join, text)
    return (text, [step], ["spacing"]) if step is not None else (text, [], [])


def _join(match: re.Match[str]) -> str:
    line = match[0]
    words = re.split(r"[ \xa0]{2,}", line.strip())
    if len(words) < _WORDS:
        return line
    singles = [word for word in words if _WORD.fullmatch(word)]
    letters = sum(map(str.isalpha, line))
    signs = len(line) - line.count(" ")
    if letters < _LETTERS or 10 * len(singles) < 9 * len(words) or 10 * letters < 7 * signs:
        return line
    return " ".join(word.replace(" ", "") if _WORD.fullmatch(word) else word for word in words)
