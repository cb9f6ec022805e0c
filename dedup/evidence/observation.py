"""What a piece of text says of a source, before it is weighed: the common value of all families of evidence."""

from __future__ import annotations

from typing import NamedTuple

#: Characters of a quote; a credit line is shorter, and nobody reads more.
LONGEST_QUOTE = 200


class Observation(NamedTuple):
    """One observation. `signal` is a row of weights.json; `name` whom it speaks of, None for the article's own host."""

    signal: str
    quote: str
    name: str | None


class LinePosition(NamedTuple):
    """Where a line stands: `head` and `foot` may both be true in a short text; `whole` is false for a part of a
    paragraph (`begins` and `ends` say which side is missing); `dated`: it was cut out as a dateline, up to its dash;
    `tld` is the last label of the host's name."""

    head: bool
    foot: bool
    begins: bool = True
    ends: bool = True
    dated: bool = False
    tld: str = ""


def quote(text: str) -> str:
    """A text on one line, at most LONGEST_QUOTE characters of it."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
