"""Collect the metadata of a page, from its head and from marked elements of its body, in one walk over the tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

#: Characters of the longest value of metadata.
_MAX_VALUE = 2_000
_TYPES = re.compile(r"application/(?:[\w.]+\+)?ld\+json", re.IGNORECASE)
_WHITE = re.compile(r"\s+")

#: Elements that may hold metadata.
_ELEMENTS = ("meta", "link", "script", "time", "source", "title", "h1", "base", "abbr", "a", "span", "p", "div")
_BYLINE = re.compile(r"\b(?:byline|author)(?:s|s?[_-]*(?:name|link|title|text))?\b", re.IGNORECASE)


@dataclass
class Head:
    """The metadata of a page.

    meta: contents by name in lower case, in the order of the page, names of all kinds (name, property, itemprop,
    http-equiv) together. links: addresses by relation. scripts: texts of JSON-LD. times: (value, marks, text) of
    elements that hold a time. headings: texts of h1. sources: (address, name) of `source` elements of feeds. bylines:
    (certainty, text) of elements marked as the author: 2 by microdata or the relation of a link, 1 by a class.
    """

    meta: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    times: list[tuple[str, str, str]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    bylines: list[tuple[int, str]] = field(default_factory=list)
    title: str | None = None
    base: str | None = None
    language: str | None = None
    amp: bool = False

    def first(self, *names: str) -> str | None:
        """Return the first content of the first name that has one."""
        return next((contents[0] for name in names if (contents := self.meta.get(name))), None)


def collapse_whitespace(text: str | None) -> str:
    """Replace every run of white space by one space, and strip the text."""
    return _WHITE.sub(" ", text or "").strip()


def read_head(tree: Any) -> Head:
    """Collect the metadata of a page in one walk over its tree (lxml)."""
    head = Head()
    root = tree.getroottree().getroot()
    head.language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
    head.amp = root.get("amp") is not None or root.get("⚡") is not None
    for element in tree.iter(*_ELEMENTS):
        name, get = element.tag, element.get
        if name == "meta":
            _meta(head, get)
        elif name == "link":
            if (href := get("href")) and len(href) <= _MAX_VALUE:
                for relation in (get("rel") or "").lower().split():
                    head.links.setdefault(relation, []).append(href)
        elif name == "script":
            if _TYPES.match((get("type") or "").strip()) and (text := element.text_content().strip()):
                head.scripts.append(text)
        elif name == "title":
            if head.title is None and not _in_drawing(element):
                head.title = collapse_whitespace(element.text_content()) or None
        elif name == "h1":
            if text := collapse_whitespace(element.text_content()):
                head.headings.append(text)
        elif name == "base":
            head.base = head.base or get("href")
        elif name == "source":
            if (url := get("url")) and (text := collapse_whitespace(element.text_content() or element.tail)):
                head.sources.append((url, text))
        elif element.attrib:
            _marked(head, element, name)
    return head


def _in_drawing(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in ("svg", "g", "symbol", "a")


def _meta(head: Head, get: Any) -> None:
    content = get("content")
    if content is None or not (content := content.strip()) or len(content) > _MAX_VALUE:
        return
    for kind in ("property", "name", "itemprop", "http-equiv"):
        for name in (get(kind) or "").lower().split():
            head.meta.setdefault(name, []).append(content)


def _marked(head: Head, element: Any, name: str) -> None:
    """Collect times and bylines: from `time`, and from elements marked by microdata, a relation or a class."""
    get = element.get
    mark, kind = get("itemprop") or "", get("class") or ""
    if (mark == "author" or "author" in (get("rel") or "")) and name != "time":
        _byline(head, element, 2)
    elif kind and ("byline" in kind or "author" in kind) and _BYLINE.search(kind):
        _byline(head, element, 1)
    if name == "a":
        return
    value = get("datetime") or get("content") or (get("title") if name in ("abbr", "span") else None) or ""
    if name == "time":
        mark = f"{mark} {kind} {'pubdate' if get('pubdate') is not None else ''}".strip()
    elif not mark.lower().startswith("date"):
        if not value or not ("published" in kind or "dateline" in kind or "updated" in kind):
            return
        mark = kind
    text = collapse_whitespace(element.text_content())[:100]
    if value or text:
        head.times.append((value.strip(), mark.lower(), text))


def _byline(head: Head, element: Any, certainty: int) -> None:
    name = element.find(".//*[@itemprop='name']")
    text = collapse_whitespace(" ".join((element if name is None else name).itertext()))
    if 2 < len(text) <= 120 and len(head.bylines) < 20:
        head.bylines.append((certainty, text))
