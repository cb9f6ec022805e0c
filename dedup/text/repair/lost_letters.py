"""Recognise texts that lost letters: U+FFFD or `?` stands in place of letters that a wrong encoding could not hold.

What was lost is not guessed. In such a text U+FFFD counts as a letter, so that a word that lost some stays one word,
and each `?` in place of letters becomes U+FFFD.
"""

from __future__ import annotations

import re

from dedup.text.repair.edits import LETTERS, Step
from dedup.text.repair.signs import LEAST_LOST

_WORD, _ADDRESS = re.compile(r"\S+"), re.compile(r"//|www\.|[@=&%]")
_LOWER, _LETTER = "a-zß-öø-ÿāăąćčďđēėęěğģīįıķļłńņňōőœřśşšťţūůűųźżžșțơư", "[^\\W\\d_]"
#: U+FFFD between two letters.
_BETWEEN = re.compile(rf"{_LETTER}\ufffd+(?={_LETTER})")
_LATIN = "A-Za-z\u00c0-\u024f"
#: `?` within a word or at its beginning, with what stands beside it.
_INSIDE = re.compile(rf"([{_LATIN}\s])\?+(?=([{_LOWER}]))")
#: One in so many words has a letter lost, and one in so many of all `?` stands inside a word; so many differ at least.
_WORDS, _MARKS, _DISTINCT = 100, 8, 3
#: `?` in place of letters: inside a word; at its beginning; at its end, before a mark or a small letter; alone.
_IN_PLACE = re.compile(
    rf"(?<=[{_LATIN}])\?+(?=[{_LATIN}])|(?<![^\s(\"'’„“«-])\?+(?=[{_LOWER}])"
    rf"|(?<=[{_LATIN}])\?+(?=[,;:.]|\s+(?:[{_LOWER}?]|[{_LATIN}]+\?))|(?<=\s)\?+(?=\s+(?:[{_LOWER}?]|[{_LATIN}]+\?))"
)
_AT_END = re.compile(rf"(?<![{_LATIN}?\ufffd])([{_LATIN}?\ufffd]*[{_LATIN}])([?\ufffd]+)(?![{_LATIN}?\ufffd])")


def mark_lost_letters(text: str) -> tuple[str, list[Step], list[str]]:
    """Return a text with U+FFFD for each `?` in place of letters, no steps, for no place moves, and the kinds.

    A text that did not lose letters stays as it is.
    """
    after = _mark_questions(text) if "?" in text else text
    return (after, [], [LETTERS]) if after != text or _has_lost(text) else (text, [], [])


def _has_lost(text: str) -> bool:
    """Return whether U+FFFD stands in place of letters: in words, and not only at their ends."""
    contexts = {text[max(0, m.start() - 1) : m.end() + 1] for m in _BETWEEN.finditer(text)}
    return len(contexts) >= LEAST_LOST


def _mark_questions(text: str) -> str:
    """Return a text with U+FFFD for each `?` in place of letters, if these are many."""
    plain = _WORD.sub(lambda match: " " * len(match[0]) if _ADDRESS.search(match[0]) else match[0], text)
    inside = _INSIDE.findall(plain)
    if (
        len(set(inside)) < _DISTINCT
        or _WORDS * len(inside) < len(plain.split())
        or _MARKS * len(inside) < plain.count("?")
    ):
        return text
    chars = list(text)

    def mark(low: int, high: int) -> None:
        chars[low:high] = "\ufffd" * (high - low)

    for match in _IN_PLACE.finditer(plain):
        mark(*match.span())
    # A word that lost its end before a small letter has lost it before a capital too.
    ends = list(_AT_END.finditer(plain))
    stems = {match[1] for match in ends if chars[match.start(2)] == "\ufffd"}
    for match in ends:
        if match[1] in stems:
            mark(*match.span(2))
    return "".join(chars)
