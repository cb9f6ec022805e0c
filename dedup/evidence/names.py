"""Names as they are printed: cut out of a line, and put beside one another."""

from __future__ import annotations

import re
from functools import lru_cache

from dedup.evidence.registry import squeeze

_LEGAL = re.compile(
    r"[,\s]+(?:inc|corp|corporation|co|ltd|limited|llc|llp|plc|gmbh|ag|se|kg|kgaa|s\.?a|s\.?p\.?a|n\.?v|b\.?v|ab|asa|oyj?|"
    r"a/s|as|pty|pte|sarl|srl|holdings?)\.?$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|der|die|das|dem|den|le|la|les|el|los|las|il|lo|o|a|het|de)\s+(?=[^\Wa-z])")
_WORD = r"[^\W_a-z][\w’'.&+/-]*"
_NAME = re.compile(
    rf"(?:[Tt]he )?{_WORD}(?:(?: |, (?=(?:Inc|Corp|Ltd|LLC|L\.?P|Co)\b))(?:(?:of|and|the|for|de|del|della|di|du|des|la|"
    rf"le|el|und|der|et|y|e|i|da|do|van|&|@)(?= [^\W_a-z])|{_WORD}))*"
)
#: A full stop after a longer word ends a sentence, not an abbreviation.
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{4})\.\s")
_DAY = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?$",
    re.IGNORECASE,
)
#: Words that are no name though they may begin with a capital where one could stand.
_NOT = frozenset(
    [
        "this",
        "that",
        "it",
        "its",
        "here",
        "an",
        "our",
        "all",
        "read",
        "click",
        "written",
        "rights",
        "copyright",
        "http",
        "https",
        "www",
        "reserved",
        "permission",
        "image",
        "photo",
        "these",
        "those",
        "he",
        "she",
        "they",
        "we",
        "you",
        "i",
        "in",
        "on",
        "at",
        "by",
        "from",
        "to",
        "with",
        "as",
        "is",
        "was",
    ]
)


def proper_name(text: str) -> str | None:
    """The name that a text begins with: capitalised words and the small words between them. None for a date."""
    text = text.lstrip(" \t:*“”\"'‘«(–—-")
    match = _NAME.match(text)
    if match is None:
        return None
    name = _SENTENCE_END.split(match.group(), maxsplit=1)[0].rstrip(" .,’'-/")
    first = re.split(r"[\s,]", name, maxsplit=1)[0].lower()
    if not 2 <= len(name) <= 80 or _DAY.match(first) or first in _NOT or name[0].isdigit() or len(name.split()) > 9:
        return None
    return _ARTICLE.sub("", name) or None


@lru_cache(16384)
def plain(name: str) -> str:
    """A name squeezed, without the form of its company: `Calder Marine, Inc.` is `caldermarine`."""
    return squeeze(_LEGAL.sub("", name))


def same(name: str, label: str) -> bool:
    """Whether a printed name is that of a site: `Louisville Courier Journal` is `courier-journal`'s."""
    a, b = plain(name), plain(label)
    return a == b or alike(a, b)


def alike(a: str, b: str) -> bool:
    """Whether the one of two names, as `plain` gives them, is the beginning or the end of the other."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return len(short) >= 6 and (long.startswith(short) or long.endswith(short))


_SECOND = frozenset(["co", "com", "org", "net", "gov", "ac", "edu", "ne", "or", "go", "example"])


@lru_cache(16384)
def label(domain: str) -> str:
    """The part of a host name that is somebody's name: `news.liverpool.ac.uk` is `liverpool`."""
    parts = domain.split(".")
    at = len(parts) - 2
    if at > 0 and parts[at] in _SECOND:
        at -= 1
    return parts[max(0, at)]
