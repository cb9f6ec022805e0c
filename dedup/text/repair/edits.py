"""Replace parts of a text and know where each place of the new text stood in the old one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass


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


def substitute(pattern: re.Pattern[str], put: Callable[[re.Match[str]], str], text: str) -> tuple[str, Step | None]:
    """Return a text with each match of a pattern replaced, and the step; None if nothing changes."""
    pieces: list[str] = []
    new: list[int] = []
    old: list[int] = []
    done = size = 0
    for match in pattern.finditer(text):
        value = put(match)
        if value == match[0]:
            continue
        pieces += (text[done : match.start()], value)
        size += match.start() - done
        new += (size, size + len(value))
        old += match.span()
        size += len(value)
        done = match.end()
    if not new:
        return text, None
    pieces.append(text[done:])
    return "".join(pieces), Step(new, old)


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
