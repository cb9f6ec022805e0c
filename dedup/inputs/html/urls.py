"""Normalise the addresses in pages: make them absolute, remove the prefixes of archives, and compare them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from dedup.inputs.dates import iso_second
from dedup.inputs.fields import hostname
from dedup.languages import lexicon

#: The prefix of web archives before the address of a page: a host, the time of capture, a type of resource.
ARCHIVED = re.compile(
    r"(?:https?:)?//(?:web\.archive\.org|web-beta\.archive\.org|webarchive\.[\w.-]+|arquivo\.pt|[\w.-]*archive-it\.org)"
    r"(?:/[\w-]+)??/(?P<time>\d{14}|\d{4,8}|\*)(?:[a-z]{2}_)?/(?=https?:/|//|www\.)",
    re.IGNORECASE,
)
#: Comments of programs that save pages, with the address: Internet Explorer and Chrome, SingleFile, HTTrack.
_SAVED = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*|Mirrored from\s+)(?P<url>[^\s<>]+)",
    re.IGNORECASE,
)
#: Prefixes of AMP caches and viewers before the address of a page.
_AMP_CACHE = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/amp/(?:s/)?|[\w-]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?)", re.IGNORECASE
)
_MAX_LENGTH = 2_000


@cache
def _list_path() -> re.Pattern[str]:
    """Compile the paths of pages that list articles. A slug of more words is of an article."""
    return lexicon.regex(r"^/(?:[a-z]{2}/)?{list_path}(?:/(?:[^/-]*-){0,3}[^/-]*){0,2}$", re.IGNORECASE)


def absolute(link: Any, base: str | None) -> str | None:
    """Return an http address as it was on the live web, or None. base: the address of the page, for relative ones."""
    if not isinstance(link, str):
        return None
    link = re.sub(r"[\t\r\n]", "", link).strip()
    if not link or len(link) > _MAX_LENGTH or link.startswith("#"):
        return None
    # The prefix of an archive without its host, in links that it rewrote: /web/20161229011938/http://...
    link = re.sub(r"^/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:/|//)", "", link)
    try:
        if base and not re.match(r"https?:", link, re.IGNORECASE):
            link = urljoin(base, link)
        link = without_archive(link)
        parts = urlsplit(link)
    except ValueError:
        return None
    is_http = parts.scheme.lower() in ("http", "https") and re.search(r"[a-z0-9]", parts.netloc)
    return link if is_http and hostname(link) is not None else None


def without_archive(link: str) -> str:
    """Remove the prefix of a web archive from an address, also several times."""
    while match := ARCHIVED.match(link):
        link = link[match.end() :]
        if link.startswith("//"):
            link = "http:" + link
        elif link.startswith("www."):
            link = "http://" + link
        link = re.sub(r"^(https?:)/+", r"\1//", link)
    return link


def address_in_comment(text: str) -> str | None:
    """Return the address that a program which saved the page wrote into a comment in its first lines."""
    match = _SAVED.search(text[:4096])
    if not match:
        return None
    link = match["url"]
    return absolute(link if "://" in link else "http://" + link, None)


def wayback_time(text: str) -> str | None:
    """Return the time of capture by the Wayback Machine (ISO 8601, UTC), from its script in the head of the page."""
    match = re.search(r"__wm\.wombat\([\"'][^\"']{1,2000}[\"'],\s*[\"'](\d{14})[\"']", text[:20_000])
    return iso_second(match[1]) + "Z" if match else None


#: The number of an article in an address without a path.
_NUMBER = re.compile(r"[?&](?:p|[a-z]?id|page_?id|(?:article|story|news|item)(?:_?id)?)=\d", re.IGNORECASE)

_BEFORE_PATH, _QUERY = re.compile(r"^[a-z]*:?//[^/?#]*", re.IGNORECASE), re.compile(r"[?#]")
_INDEX_FILE, _MOBILE = re.compile(r"/(?:index|default)\.\w+$"), re.compile(r"^(?:m|mobile|amp)\.")
#: A path that is only a language, and what other paths have.
_LANGUAGE, _WORD = re.compile(r"^/(?:[a-z]{2}(?:-[a-z]{2})?)?$"), re.compile(r"\w")


def key(link: str | None) -> tuple[str, str] | None:
    """Return (host, path) without scheme, `www.`, `m.` and last slash: the same for all addresses of a page."""
    if not link or (site := hostname(link)) is None:
        return None
    path = unquote(_QUERY.split(_BEFORE_PATH.sub("", link), maxsplit=1)[0]).lower()
    return _MOBILE.sub("", site), _INDEX_FILE.sub("/", path).rstrip("/")


def is_front_page(link: str | None) -> bool:
    """Return whether an address is the front page of a site: no path, and no number of an article in its query."""
    page = key(link)
    return page is not None and _is_front_path(page[1], link or "")


def _is_front_path(path: str, link: str) -> bool:
    return not _NUMBER.search(link) and not _WORD.search(_LANGUAGE.sub("", path))


def is_list_path(path: str) -> bool:
    """Return whether the path of an address is that of a page of a tag, a topic, an author or a search."""
    return _list_path().match(path) is not None


def is_list_address(link: str) -> bool:
    """Return whether an address is a front page, or that of a page that lists articles."""
    page = key(link)
    return page is not None and (_is_front_path(page[1], link) or is_list_path(page[1]))


def without_amp_cache(link: str) -> str:
    """Remove the prefix of an AMP cache or viewer from an address."""
    match = _AMP_CACHE.match(link)
    return "https://" + link[match.end() :] if match else link


@lru_cache(maxsize=1)
def _extractor() -> Callable[[str], Any]:
    """Make a tldextract with its own list of public suffixes: it uses no network and writes no files."""
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)


@lru_cache(maxsize=4096)
def registered_domain(name: str) -> str:
    """Return the registered domain of a host: `go.com` of `abcnews.go.com`, `bbc.co.uk` of `news.bbc.co.uk`."""
    parts = _extractor()(name)
    return parts.top_domain_under_public_suffix or name


def same_site(a: str | None, b: str | None) -> bool:
    """Return whether two addresses have the same registered domain."""
    first, second = (hostname(link) if link else None for link in (a, b))
    return first is not None and second is not None and registered_domain(first) == registered_domain(second)
