"""Parse JSON-LD, also broken, and find the object of the article that the page is about."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import orjson

from dedup.inputs.html.urls import key

#: Types of schema.org that are a news article, in lower case.
ARTICLES = frozenset((
    "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "askpublicnewsarticle",
    "backgroundnewsarticle", "opinionnewsarticle", "reviewnewsarticle", "advertisercontentarticle",
    "satiricalarticle", "report", "blogposting", "liveblogposting", "socialmediaposting", "techarticle",
    "scholarlyarticle",
))  # fmt: skip
#: Types of pages that list articles.
LISTS = frozenset((
    "collectionpage", "searchresultspage", "profilepage", "itemlist", "blog",
))  # fmt: skip

#: Properties with other texts or many pictures, which say nothing of the source of a page.
_OMITTED = frozenset((
    "articlebody", "text", "reviewbody", "comment", "comments", "image", "images", "video", "associatedmedia",
    "thumbnail", "thumbnailurl", "speakable", "potentialaction", "breadcrumb", "review", "aggregaterating",
    "interactionstatistic",
))  # fmt: skip
#: The deepest nesting that is searched, and the most characters of a string and items of a list that are returned.
_MAX_DEPTH, _MAX_STRING, _MAX_ITEMS = 12, 500, 20
#: The most bytes of JSON-LD that are returned for a page.
_MAX_BYTES = 20_000


def parse_scripts(scripts: list[str]) -> list[Any]:
    """Parse the JSON of each script; scripts that cannot be repaired are left out."""
    return [value for script in scripts if (value := _value(script)) is not None]


_COMMENT = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
#: A whole string, which may hold brackets, or a character of the structure. A quotation mark alone begins a string that
#: is never closed.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|["{}\[\],]', re.DOTALL)
_TRAILING = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])|\\u(?![0-9a-fA-F]{4})')
_INNER_QUOTE = re.compile(r'(?<![:,\[{\\\s])"(?!\s*[:,}\]])|(?<=\w )"(?=\w)|(?<=\w)"(?= \w)')


def _value(text: str) -> Any:
    """Parse a JSON value, and repair it if need be.

    Repairs comments around it, control characters, trailing commas, wrong escapes, bare quotation marks, several values
    in a row, and a missing end. Returns None for what cannot be repaired.
    """
    text = _COMMENT.sub("", text.strip()).strip().rstrip(";").strip()
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    if len(text) > 1_000_000:
        return None
    attempts = [text, _TRAILING.sub(r"\1", text)]
    attempts.append(_BAD_ESCAPE.sub(r"\\\\", attempts[-1]))
    attempts.append(_INNER_QUOTE.sub(r"\"", attempts[-1]))
    attempts.append(unescape(attempts[1]))
    for attempt in attempts:
        if (value := _parse_values(attempt)) is not None:
            return value
    return _close(attempts[2])


def _parse_values(text: str) -> Any:
    """Parse JSON with control characters in strings; several values in a row become a list."""
    decoder, values, at = json.JSONDecoder(strict=False), [], 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        values.append(value)
        while at < len(text) and (text[at].isspace() or text[at] in ",;"):
            at += 1
    return values[0] if len(values) == 1 else values or None


def _close(text: str) -> Any:
    """Parse a value whose end is missing: closed after the last whole member."""
    brackets: list[str] = []
    end, closing = 0, brackets
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == '"':
            break
        if token in "{[":
            brackets.append("}" if token == "{" else "]")
        elif token in "}]":
            if not brackets or brackets.pop() != token:
                break
            end, closing = match.end(), list(brackets)
        elif token == "," and brackets:
            end, closing = match.start(), list(brackets)
    return _parse_values(text[:end] + "".join(reversed(closing))) if end else None


def types_of(thing: Mapping[str, Any]) -> set[str]:
    """Return the types of an object in lower case, without the address of schema.org."""
    value = thing.get("@type")
    names = value if isinstance(value, list) else [value]
    return {re.split(r"[/:#]", name)[-1].lower() for name in names if isinstance(name, str)}


def find_objects(values: list[Any]) -> list[Mapping[str, Any]]:
    """Return all objects at the top, in lists, in `@graph` and as main entity."""
    objects: list[Mapping[str, Any]] = []

    def walk(value: Any, depth: int) -> None:
        if depth > _MAX_DEPTH or len(objects) > 500:
            return
        if isinstance(value, list):
            for part in value:
                walk(part, depth + 1)
        elif isinstance(value, Mapping):
            objects.append(value)
            for name in ("@graph", "mainEntity", "mainEntityOfPage"):
                if isinstance(value.get(name), Mapping | list):
                    walk(value[name], depth + 1)

    walk(values, 0)
    return objects


def find_article(things: list[Mapping[str, Any]], urls: list[str], titles: list[str]) -> Mapping[str, Any] | None:
    """Find the article that the page is about; None if all have other addresses and headlines, as in a sidebar.

    things: all objects. urls, titles: the addresses and titles of the page.
    """
    best: tuple[int, int] | None = None
    article = None
    addresses = {page for url in urls if (page := key(url))}
    for position, thing in enumerate(things):
        if not types_of(thing) & ARTICLES:
            continue
        score = _address_score(thing, addresses) + _title_score(thing, titles)
        if score >= 0 and (best is None or (score, -position) > best):
            best, article = (score, -position), thing
    return article


def _address_score(thing: Mapping[str, Any], addresses: set[tuple[str, str]]) -> int:
    values = [thing.get("url"), thing.get("mainEntityOfPage"), thing.get("@id")]
    links = [value.get("@id") or value.get("url") if isinstance(value, Mapping) else value for value in values]
    pages = [key(link) for link in links if isinstance(link, str) and link.startswith(("http", "//"))]
    targets = {page for page in pages if page and page[1]}
    if not addresses or not targets:
        return 0
    if addresses & targets:
        return 4
    last = {path.rpartition("/")[2] for _, path in addresses}
    return 2 if any(path.rpartition("/")[2] in last for _, path in targets) else -3


def _title_score(thing: Mapping[str, Any], titles: list[str]) -> int:
    values = [thing.get(name) for name in ("headline", "name", "alternativeHeadline")]
    headlines = [value for value in values if isinstance(value, str)]
    if not headlines or not titles:
        return 0
    return 3 if max(title_overlap(a, b) for a in headlines for b in titles) >= 0.5 else -3


def title_overlap(a: str, b: str) -> float:
    """Return the share of the words of the shorter of two titles that are in the other: 0 to 1."""
    first, second = (set(re.findall(r"\w+", unescape(text).lower())) for text in (a, b))
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer else 0.0


def is_title(text: str, titles: list[str], words: int = 3) -> bool:
    """Return whether a line is one of the titles of a page. words: the least number of its words."""
    return len(text.split()) >= words and any(title_overlap(text, title) >= 0.6 for title in titles)


def condense(thing: Mapping[str, Any], things: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Reduce an object to what is stored: no texts and pictures, references in the page resolved, bounded in size.

    things: all objects of the page.
    """
    references = {each["@id"]: each for each in things if isinstance(each.get("@id"), str) and len(each) > 1}
    out = _condense(thing, references, 0)
    while isinstance(out, dict) and len(out) > 1 and len(orjson.dumps(out)) > _MAX_BYTES:
        largest = max(out, key=lambda name: len(orjson.dumps(out[name])))
        del out[largest]
    return out if isinstance(out, dict) else {}


def _condense(value: Any, references: Mapping[str, Mapping[str, Any]], depth: int) -> Any:
    if isinstance(value, str):
        return _without_surrogates(unescape(value.strip()))[:_MAX_STRING]
    if isinstance(value, list):
        return [_condense(part, references, depth + 1) for part in value[:_MAX_ITEMS]] if depth < 6 else None
    if isinstance(value, Mapping):
        if depth >= 6:
            return None
        if set(value) == {"@id"} and value["@id"] in references and depth < 3:
            value = references[value["@id"]]
        members = ((str(name), part) for name, part in value.items() if str(name).lower() not in _OMITTED)
        return {_without_surrogates(name)[:100]: _condense(part, references, depth + 1) for name, part in members}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def iter_names(value: Any) -> Iterator[str]:
    """Yield the strings of a value that may be a string, an object with a name, or a list of these."""
    for item in value[:_MAX_ITEMS] if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            item = item.get("name") or " ".join(
                part for name in ("givenName", "familyName") if isinstance(part := item.get(name), str)
            )
        if isinstance(item, list):
            yield from (part for part in item if isinstance(part, str) and part.strip())
        elif isinstance(item, str) and item.strip():
            yield unescape(item.strip())
