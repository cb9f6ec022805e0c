"""Observations: what a text states about its source, before it is weighed. All families of evidence return them."""

from __future__ import annotations

from typing import NamedTuple

#: Most characters of a quote; a credit line is shorter.
LONGEST_QUOTE = 200


class Observation(NamedTuple):
    """A signal (a row of weights.json), the words that show it, and the name that it is about, None for the host."""

    signal: str
    quote: str
    name: str | None


class LinePosition(NamedTuple):
    """The position of a line in its article.

    `head` and `foot` are both true in a short text. `begins`, `ends`: whether the text has the beginning and the end of
    its paragraph. `is_dateline`: the text was removed from the body as a dateline, up to its dash. `tld`: the last
    label of the host's name.
    """

    head: bool
    foot: bool
    begins: bool = True
    ends: bool = True
    is_dateline: bool = False
    tld: str = ""


def quote(text: str) -> str:
    """Return a text on one line, at most LONGEST_QUOTE characters of it."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
