"""Credits in the head and foot of an article: datelines, bylines, credit and copyright lines.

Only blocks that furniture rules set aside are read here (never the story, never a tail of other stories), so that
"told Reuters" and a dateline under "You may also like" are no credits.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from dedup.articles.agencies import Agency, agencies, by_tag
from dedup.model import Evidence

#: What a line says: signal, quote, name, weight.
Said = tuple[str, str, str, float]
#: Log-odds of a signal (natural logarithm); starting points of the domain notes, to be fitted on labelled origins.
WEIGHTS = {"dateline": 4.0, "byline": 3.5, "credit": 3.5, "licence": 4.0, "sign_off": 2.5, "authors": 3.5}
#: A contribution is not authorship.
CONTRIBUTED = 0.5

_WORD = re.compile(r"\w+")
_PARENTHESES = re.compile(r"\(([^()]{2,60})\)")
_LICENCE = re.compile(
    r"(?:originally (?:published|appeared) (?:by|on|at|in)|republished from"
    r"|first (?:published|appeared) (?:on|in|at)|source:)\s+([^.,;:|]{2,60})",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(r"\(?Reporting by .{3,200}?[Ee]diting by ", re.DOTALL)
_HOP = re.compile(r"^the post\b", re.IGNORECASE)
_PHOTO = re.compile(r"\b(?:photo|foto|image|picture|video|graphic)s?\b", re.IGNORECASE)
_CONTRIBUTED = re.compile(r"\bcontribut|\bwith inputs? from\b|\bcompiled from\b", re.IGNORECASE)


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """All names of two or more words, and strong one-word tags, by their first word, longest first."""
    names = {n for a in agencies() for n in a.names if " " in n} | {t for a in agencies() for t in a.strong_tags}
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda n: (-len(n), n)):
        first = _WORD.search(name)
        found.setdefault(first.group() if first else name, []).append(name)
    return {first: tuple(same) for first, same in found.items()}


def _agency_in(text: str) -> Agency | None:
    """The agency whose name stands first in a text. One look-up a word: an alternation over all names is slow."""
    names = _names()
    for match in _WORD.finditer(text):
        for name in names.get(match.group(), ()):
            end = match.start() + len(name)
            if text.startswith(name, match.start()) and not text[end : end + 1].isalnum():
                return by_tag().get(name)
    return None


@lru_cache(4096)
def read_dateline(text: str) -> tuple[Said, ...]:
    """What a dateline says, as (signal, quote, name, weight): `SEOUL, South Korea (AP) —`."""
    text = _quote(text)
    out = []
    for inside in _PARENTHESES.findall(text) or [text]:
        for tag in re.split(r"\s*[/,]\s*", inside.strip()):
            agency = by_tag().get(tag)
            if agency is not None and tag in agency.strong_tags:
                out.append(("dateline", text, agency.name, WEIGHTS["dateline"]))
    return tuple(out)


@lru_cache(4096)
def read_credit(text: str) -> tuple[Said, ...]:
    """What a credit line says, as (signal, quote, name, weight)."""
    text = _quote(text)
    if _PHOTO.search(text) or _HOP.match(text):
        return ()
    licence = _LICENCE.search(text)
    if licence:
        named = licence.group(1).strip()
        agency = _agency_in(named) or by_tag().get(named)
        return (("licence", text, agency.name if agency else named, WEIGHTS["licence"]),)
    agency = _agency_in(text)
    if agency is None:
        return (("sign_off", text, "Reuters", WEIGHTS["sign_off"]),) if _SIGN_OFF.search(text) else ()
    if _CONTRIBUTED.search(text):
        return (("contribution", text, agency.name, CONTRIBUTED),)
    signal = "byline" if re.match(r"by\b", text, re.IGNORECASE) else "credit"
    return ((signal, text, agency.name, WEIGHTS[signal]),)


@lru_cache(4096)
def read_authors(authors: str | None) -> tuple[Said, ...]:
    """An author that is an agency, by whole segments only: `Associated Press`, `Jane Roe; Reuters`."""
    if not authors:
        return ()
    out = []
    for segment in re.split(r"\s*[;,|]\s*|\s+and\s+", authors):
        agency = by_tag().get(re.sub(r"^by\s+", "", segment.strip(), flags=re.IGNORECASE))
        if agency is not None and (" " in segment or segment.strip() in agency.strong_tags):
            out.append(("authors", authors, agency.name, WEIGHTS["authors"]))
    return tuple(out)


def _quote(text: str) -> str:
    return " ".join(text.split())[:200]


def to_evidence(article: str | None, said: Said) -> Evidence:
    signal, quote, name, weight = said
    return Evidence(article, signal, quote, name, weight)
