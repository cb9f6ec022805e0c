"""Patterns with the words of scripts without capitals, compiled at first use: most scans read no such script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from dedup.evidence.spelling import is_uncased
from dedup.languages import lexicon

_LIST = re.compile(r"\{([a-z_]+)\}")


class UncasedPattern:
    """A regular expression in which `{name}` stands for any word of a list in a script without capitals."""

    def __init__(self, template: str) -> None:
        self._template = template

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Compile the template; of several words that match, the longest counts."""
        return re.compile(_LIST.sub(lambda match: _alternation(match.group(1)), self._template))

    def match(self, text: str) -> re.Match[str] | None:
        """Match the beginning of a text."""
        return self._pattern.match(text)

    def search(self, text: str, begin: int = 0) -> re.Match[str] | None:
        """Search a text from an index on."""
        return self._pattern.search(text, begin)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return all matches in a text."""
        return self._pattern.finditer(text)

    def split(self, text: str) -> list[str]:
        """Split a text at the matches."""
        return self._pattern.split(text)

    def sub(self, text: str) -> str:
        """Return a text without the matches."""
        return self._pattern.sub("", text)


def _alternation(name: str) -> str:
    """Return a group that matches any word of a list in a script without capitals."""
    words = sorted((word for word in lexicon.words(name) if is_uncased(word)), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, words)) or '(?!)'})"
