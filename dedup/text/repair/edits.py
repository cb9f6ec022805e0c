"""Replace parts of a text and know where each place of the new text stood in the old one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

#: The kind of repair of a text that lost letters, which no step can bring back.
LETTERS = "letters"


@dataclass(frozen=True)
class Step:
    """Parts of a text that were replaced: places in the new text and in the old one, ascending.

    Part i is `new[2 * i] : new[2 * i + 1]` of the new text and `old[2 * i] : old[2 * i + 1]` of the old one.
    """

    new: Sequence[int]
    old: Sequence[int]

    def place_before(self, at: int) -> int:
        """Return the place in the old text of a place in the new one; inside a part it is proportional."""
        i = bisect_right(self.new, at)
        if i == 0:
            return at
        low, old = self.new[i - 1], self.old[i - 1]
        if i % 2 == 0 or i == len(self.new):
            return old + at - low
        size, old_size = self.new[i] - low, self.old[i] - old
        return old + (at - low) * old_size // max(1, size)


def put_in(text: str, parts: Iterable[tuple[int, int, str]]) -> tuple[str, Step | None]:
    """Return a text with parts (begin, end, new words) replaced, and the step; None if nothing changes.

    parts: ascending, apart from each other.
    """
    pieces: list[str] = []
    new: list[int] = []
    old: list[int] = []
    done = size = 0
    for low, high, value in parts:
        if value == text[low:high]:
            continue
        pieces += (text[done:low], value)
        size += low - done
        new += (size, size + len(value))
        old += (low, high)
        size += len(value)
        done = high
    if not new:
        return text, None
    pieces.append(text[done:])
    return "".join(pieces), Step(new, old)


def substitute(pattern: re.Pattern[str], put: Callable[[re.Match[str]], str], text: str) -> tuple[str, Step | None]:
    """Return a text with each match of a pattern replaced, and the step; None if nothing changes."""
    return put_in(text, ((*match.span(), put(match)) for match in pattern.finditer(text)))


@dataclass(frozen=True)
class Repair:
    """What was repaired in one text: the kinds, in order, and the steps, from the text as it came."""

    kinds: tuple[str, ...]
    steps: tuple[Step, ...]

    def place_before(self, at: int) -> int:
        """Return the place in the text as it came of a place in the repaired text, both in characters."""
        for step in reversed(self.steps):
            at = step.place_before(at)
        return at
