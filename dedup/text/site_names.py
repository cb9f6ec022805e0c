"""Find the name of the site behind a headline: `Ferries close | Alpha Times`, from alpha.example.

Only a name that the article's own domain shows to be the site's is one: it is the domain's label, or its words or their
initials make the label (`The New York Times`, nytimes.com).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.text.tokens import Tokens

#: Tokens of a text that may be a headline alone, and of the name of a site; the headline before it has more.
LONGEST_HEADLINE, LONGEST_NAME, SHORTEST_HEADLINE = 40, 7, 3
#: What stands between a headline and the name of the site, in UTF-8; the spaces are a part of it.
_SEPARATOR = re.compile(rb"\s+(?:[|\-]|\xe2\x80[\x90-\x95\xa2]|\xc2[\xb7\xbb]|::)\s+|\s*(?:\||\xef\xbd\x9c)\s*")
#: What all separators have, by which titles without one are passed over: patterns that begin with spaces are tried at
#: each of them, and one that begins with a set of bytes is not.
_MARK = re.compile(rb"[|:\-\xc2\xe2\xef](?:(?<=\|)|(?<=[:-])\s|(?<=\xc2)[\xb7\xbb]|(?<=\xe2)\x80|(?<=\xef)\xbd)")
_WORD = re.compile(r"\w+")
#: Labels of hosts that are no names of sites.
_COMMON = frozenset((
    "www", "m", "amp", "mobile", "news", "edition", "com", "co", "org", "net", "gov", "edu", "ac", "or", "ne", "go",
))  # fmt: skip


def mark_site_names(tokens: Tokens, domains: pa.Array | Sequence[str | None]) -> Iterator[tuple[int, int, int]]:
    """Yield the sites' names at the end of texts that are headlines alone: (article, first token, last token + 1)."""
    count = tokens.last - tokens.first
    short = np.flatnonzero((count > SHORTEST_HEADLINE) & (count <= LONGEST_HEADLINE))
    for i in short.tolist():
        raw = tokens.texts.raw(i).strip()
        if b"\n" not in raw and (at := _name_at(tokens, i, raw, domains)) is not None:
            yield i, at, int(tokens.last[i])


def without_site_names(headlines: Tokens, domains: pa.Array | Sequence[str | None]) -> NDArray[np.int64]:
    """Return the last token + 1 (n,) of each headline without the name of its site."""
    if isinstance(domains, pa.Array) and domains.null_count == len(domains):
        return headlines.last
    data, offsets = headlines.texts
    low, high = int(offsets[0]), int(offsets[-1])
    starts = [low + hit.start() for hit in _MARK.finditer(data[low:high].tobytes())]
    rows = set((np.searchsorted(offsets, starts, "right") - 1).tolist())
    last = headlines.last
    if rows:
        last = last.copy()
        for i in sorted(rows):
            if headlines.last[i] - headlines.first[i] > SHORTEST_HEADLINE:
                at = _name_at(headlines, i, headlines.texts.raw(i), domains)
                last[i] = last[i] if at is None else at
    return last


def _name_at(tokens: Tokens, i: int, raw: bytes, domains: pa.Array | Sequence[str | None]) -> int | None:
    """Return the first token of the name of its site at the end of text i; None if there is none."""
    separators = list(_SEPARATOR.finditer(raw))
    if not separators:
        return None
    separator = separators[-1]
    domain = domains[i]
    domain = domain if domain is None or isinstance(domain, str) else domain.as_py()
    name = raw[separator.end() :].decode("utf-8", "replace")
    if not domain or len(name) > 80 or not is_site_name(name, domain):
        return None
    first, last = int(tokens.first[i]), int(tokens.last[i])
    lead = len(tokens.texts.raw(i)) - len(tokens.texts.raw(i).lstrip())
    at = first + int(np.searchsorted(tokens.start[first:last], separator.start() + lead))
    return at if at - first >= SHORTEST_HEADLINE and 0 < last - at <= min(LONGEST_NAME, at - first) else None


@lru_cache(4096)
def is_site_name(name: str, domain: str) -> bool:
    """Return whether a name is that of the site at a domain."""
    words = [word.casefold() for word in _WORD.findall(name)]
    if not 0 < len(words) <= LONGEST_NAME:
        return False
    if "".join(words) == "".join(_WORD.findall(domain.casefold())):
        return True  # the address itself, or the site's name in its place
    labels = [re.sub(r"\W", "", label) for label in domain.casefold().split(".")[:-1]]
    labels = [label for label in labels if len(label) >= 3 and label not in _COMMON]
    return any(_spells(words, label) for label in labels)


def _spells(words: list[str], label: str) -> bool:
    """Return whether words, or their initials followed by words, are a label; further words may stand around them."""
    for low in range(len(words)):
        for high in range(low + 1, len(words) + 1):
            part = words[low:high]
            for k in range(len(part) + 1):
                initials = "".join(word[0] for word in part[:k])
                if initials + "".join(part[k:]) == label and (k == 0 or k > 1):
                    # Initials of some words among others may be chance.
                    return k == 0 or (low == 0 and high == len(words)) or len(label) > k + 3
    return False


def needs_domain(text: bytes, title: bytes) -> bool:
    """Return whether the domain of an article may matter for `mark_site_names` and `without_site_names`."""
    return len(text) <= 1000 or _MARK.search(title) is not None
