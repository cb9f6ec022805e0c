"""Find the title, authors, language and site name of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape
from typing import Any

from dedup.inputs.html.head import Head, collapse_whitespace
from dedup.inputs.html.jsonld import iter_names, title_overlap, types_of
from dedup.languages import lexicon

_AUTHORS = (
    "author", "article:author", "article:author_name", "og:article:author", "byl", "byline", "parsely-author",
    "sailthru.author", "dc.creator", "dcterms.creator", "dc.creator.name", "citation_author", "cxenseparse:author",
    "rnews:author", "creator", "authors", "twitter:data1",
)  # fmt: skip
_TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title", "headline", "title")
_NO_NAME = re.compile(r"https?:|www\.|@\w+\.|[<>{}|]|^\W*$|^\d+$")
#: Separators between the title of a page and the name of its site.
_SEPARATOR = re.compile(r"\s+[|\u2013\u2014»·•-]\s+|\s*\|\s*|\s+::\s+")
_LANGUAGE = re.compile(r"^([a-z]{2,3})(?:[-_]([a-z]{2}|[a-z]{4}|\d{3}))?(?:[-_.]|$)", re.IGNORECASE)


@cache
def _by() -> re.Pattern[str]:
    """Compile the words before an author's name."""
    return lexicon.regex(r"^\s*{author_prefix}\s*(?:(?<=[:：])|(?<=\s))\s*(?=\S)", re.IGNORECASE)


@cache
def _and() -> re.Pattern[str]:
    """Compile what separates the names of a byline."""
    return lexicon.regex(r"\s*[,;、،؛]\s*(?:{author_and}\s+)?|\s+(?:{author_and}|&)\s+", re.IGNORECASE)


@cache
def _and_in_name() -> re.Pattern[str]:
    return lexicon.regex(r"\s+{author_and_in_name}\s+", re.IGNORECASE)


def _names(byline: str) -> Iterator[str]:
    """Yield the names of a byline. A word that names may contain separates those of two to four words."""
    for part in _and().split(byline):
        names = _and_in_name().split(part)
        yield from names if all(2 <= len(name.split()) <= 4 for name in names) else [part]


@cache
def _after_name() -> re.Pattern[str]:
    """Compile what follows the last name of a byline."""
    mark = r"\s+[|\u2022·\u2013\u2014-]\s+|\s*\||\s*\d"
    return lexicon.regex(rf"{mark}|\s+{{after_author}}(?![^\W\d_])", re.IGNORECASE)


@cache
def _no_author() -> frozenset[str]:
    return frozenset(word.lower() for word in lexicon.words("no_author"))


def _is_no_name(text: str) -> bool:
    return text.lower() in _no_author() or _NO_NAME.search(text) is not None


def titles(head: Head) -> list[str]:
    """Return all titles that a page gives itself, the surest first.

    Headings count only without any other, because a page may have headings of other articles.
    """
    texts = [
        head.first("og:title"),
        head.first("twitter:title"),
        head.first("title", "headline", "dc.title"),
        head.title,
    ]
    unique = dict.fromkeys(collapse_whitespace(unescape(text)) for text in texts if text and text.strip())
    return list(unique) or [collapse_whitespace(unescape(text)) for text in head.headings[:3]]


def title(head: Head, article: Mapping[str, Any] | None) -> str | None:
    """Find the headline that readers see: the heading that agrees with the metadata, else the title of the metadata.

    The heading is best, because metadata hold shortened titles, or titles with the name of the site. But a page may
    have headings that are no title. article: the page's own object in JSON-LD.
    """
    own = (text for name in ("headline", "name") for text in iter_names((article or {}).get(name)))
    best_title = next(own, None) or head.first(*_TITLES) or head.title
    if not best_title:
        return collapse_whitespace(unescape(head.headings[0])) if head.headings else None
    site = site_name(head, article)
    best = _bare_title(collapse_whitespace(unescape(best_title)), site, sure=best_title != head.title)
    least = len(best.split()) / 2
    for heading in head.headings:
        heading = collapse_whitespace(unescape(heading))
        agrees = title_overlap(heading, best) >= 0.6 and len(heading.split()) >= least and len(heading) <= 400
        if agrees and not (site and title_overlap(heading, site) >= 0.8 and len(heading.split()) <= len(site.split())):
            return heading
    return best


def _bare_title(text: str, site: str | None, sure: bool) -> str:
    """Remove the name of the site from the end of a title. sure: whether it is not from the `title` element."""
    parts = _SEPARATOR.split(text)
    if len(parts) < 2:
        return text
    last = text[text.rfind(parts[-1]) :]
    is_site = site is not None and title_overlap(last, site) >= 0.5
    if is_site or (not sure and len(parts[-1].split()) <= 4 and len(parts[0].split()) >= 3):
        return text[: len(text) - len(last)].rstrip(" |\u2013\u2014»·•:-")
    return text


def authors(head: Head, article: Mapping[str, Any] | None) -> list[str]:
    """Return the names of the authors: from JSON-LD, else from metadata, else from marked bylines.

    article: the page's own object in JSON-LD.
    """
    return _valid_names(_in_json(article)) or _valid_names(_in_meta(head)) or _valid_names(_in_bylines(head))


def _in_bylines(head: Head) -> Iterator[str]:
    """Yield the names of sure bylines; of those by a class only the first, since others may be of other articles."""
    sure = [text for sureness, text in head.bylines if sureness == 2]
    for text in sure[:5] or [text for _, text in head.bylines[:1]]:
        text = _after_name().split(text)[0]
        names = [name for name in _names(_by().sub("", text)) if name.strip()]
        if all(len(name.split()) <= 6 for name in names):
            yield from names


def _in_json(article: Mapping[str, Any] | None) -> Iterator[str]:
    for name in ("author", "creator"):
        yield from iter_names(article.get(name) if article else None)


def _in_meta(head: Head) -> Iterator[str]:
    for name in _AUTHORS:
        names = [content for content in head.meta.get(name, ()) if not _is_no_name(content)]
        if name == "twitter:data1" and not _labels_an_author(head.first("twitter:label1") or ""):
            continue
        if names:
            yield from names
            return


def _labels_an_author(label: str) -> bool:
    words = set(re.findall(r"\w+", label.lower()))
    entries = (set(re.findall(r"\w+", entry.lower())) for entry in lexicon.words("author_label"))
    return any(entry == words or (len(entry) > 1 and entry <= words) for entry in entries)


def _valid_names(names: Any) -> list[str]:
    unique: dict[str, None] = {}
    for name in names:
        name = _by().sub("", collapse_whitespace(unescape(name))).strip(" ,;")
        if 1 < len(name) <= 200 and not _is_no_name(name):
            unique.setdefault(name)
    return list(unique)[:10]


def language(head: Head, article: Mapping[str, Any] | None) -> str | None:
    """Return the language that a page declares, as `en` or `en-GB`."""
    names = ("og:locale", "content-language", "language", "dc.language", "dcterms.language")
    for label in (head.language, next(iter_names((article or {}).get("inLanguage")), None), *map(head.first, names)):
        if label and (match := _LANGUAGE.match(label.strip())):
            region = match[2]
            if region is None or len(region) == 4:
                return match[1].lower()
            return f"{match[1].lower()}-{region.upper()}"
    return None


def site_name(
    head: Head, article: Mapping[str, Any] | None, things: list[Mapping[str, Any]] | None = None
) -> str | None:
    """Return the name that a page gives its site. article, things: its own and all objects in JSON-LD."""
    if name := head.first("og:site_name", "application-name", "apple-mobile-web-app-title"):
        return collapse_whitespace(unescape(name))
    publisher = next(iter_names(article.get("publisher") if article else None), None)
    if publisher:
        return collapse_whitespace(publisher)
    sites = (thing for thing in things or () if types_of(thing) & {"website", "newsmediaorganization"})
    return next((collapse_whitespace(text) for thing in sites for text in iter_names(thing.get("name"))), None)
