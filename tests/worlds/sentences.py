"""Sentences that remember where their words come from, and texts as lists of paragraphs of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

#: A word, or one character of a script without spaces.
WORD = re.compile(r"[一-鿿぀-ヿ가-힯]|[^\W_]+")
_BREAK = re.compile(
    r"(?<=[.!?؟][\"”»)])\s+"
    r"|(?<=[.!?؟])(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|St|Jr|vs)\.)(?<!Mrs\.|Sen\.|Rep\.|Gov\.)\s+(?=[\"“„«(¿¡]?[^\Wa-z])"
    r"|(?<=[。！？])(?![”」』])"
)
_KEYS = itertools.count(1)


@lru_cache(maxsize=200_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case; each character of Chinese, Japanese and Korean is one."""
    return tuple(WORD.findall(text.lower()))


def new_key() -> int:
    """A number that no sentence has yet."""
    return next(_KEYS)


@dataclass(frozen=True)
class Sentence:
    """Words with the number of the sentence that they were first written as; an edit keeps the number."""

    text: str
    key: int
    is_quote: bool = False

    def edited(self, text: str) -> Sentence:
        """Return the sentence in other words, as the same sentence."""
        return replace(self, text=text)


Paragraph = tuple[Sentence, ...]
Body = tuple[Paragraph, ...]


def sentence(text: str, is_quote: bool | None = None) -> Sentence:
    """Return a sentence that was never written before; a quotation if most of its words stand in quotation marks."""
    if is_quote is None:
        quotes = re.findall(r"[\"“„«「]([^\"”“»」]*)[\"”“»」]", text)
        is_quote = sum(len(words(part)) for part in quotes) * 2 > len(words(text))
    return Sentence(text, new_key(), is_quote)


def split(text: str) -> list[str]:
    """Return the sentences of a paragraph as texts."""
    return [part.strip() for part in _BREAK.split(text) if part and part.strip()]


def paragraph(text: str, is_quote: bool | None = None) -> Paragraph:
    """Return a paragraph of new sentences."""
    return tuple(sentence(part, is_quote) for part in split(text))


def body(texts: Iterable[str]) -> Body:
    """Return new paragraphs."""
    return tuple(paragraph(text) for text in texts if text.strip())


def flat(paragraphs: Body) -> list[Sentence]:
    """Return all sentences in order."""
    return [one for each in paragraphs for one in each]


def plain(part: Paragraph) -> str:
    """Return the words of a paragraph as they are printed; Chinese and Japanese sentences join without a space."""
    out = ""
    for one in part:
        out += ("" if not out or (out[-1] in "。！？」”" and ord(out[-2:-1] or "a") > 0x2E80) else " ") + one.text
    return out


def size(paragraphs: Body) -> int:
    """Return the number of words."""
    return sum(len(words(one.text)) for one in flat(paragraphs))
