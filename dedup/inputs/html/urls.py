"""Addresses in pages: made absolute, freed of archives' prefixes, and compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from dedup.inputs.dates import iso_second
from dedup.inputs.fields import hostname

if TYPE_CHECKING:
    from collections.abc import Callable

#: What web archives put before the addresses of a page they keep: a host, the time of capture, a kind of resource.
ARCHIVED = re.compile(
    r"(?:https?:)?//(?:web\.archive\.org|web-beta\.archive\.org|webarchive\.[\w.-]+|arquivo\.pt|[\w.-]*archive-it\.org)"
    r"(?:/[\w-]+)??/(?P<time>\d{14}|\d{4,8}|\*)(?:[a-z]{2}_)?/(?=https?:/|//|www\.)",
    re.IGNORECASE,
)
#: Programs that save pages write the address into a comment: Internet Explorer and Chrome, SingleFile, HTTrack.
_SAVED = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*|Mirrored from\s+)(?P<url>[^\s<>]+)",
    re.IGNORECASE,
)
#: Front pages that AMP caches and viewers show pages of others under.
_AMP_CACHE = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/amp/(?:s/)?|[\w-]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?)", re.IGNORECASE
)
_LONGEST = 2_000


def absolute(link: Any, base: str | None) -> str | None:
    """An http address as it was on the live web, or None; `base`: the page's own, for relative ones."""
    if not isinstance(link, str):
        return None
    link = re.sub(r"[\t\r\n]", "", link).strip()
    if not link or len(link) > _LONGEST or link.startswith("#"):
        return None
    # An archive's own prefix without its host, as it rewrites links: /web/20161229011938/http://...
    link = re.sub(r"^/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:/|//)", "", link)
    try:
        if base and not re.match(r"https?:", link, re.IGNORECASE):
            link = urljoin(base, link)
        link = without_archive(link)
        parts = urlsplit(link)
    except ValueError:
        return None
    if (
        parts.scheme.lower() not in ("http", "https")
        or hostname(link) is None
        or not re.search(r"[a-z0-9]", parts.netloc)
    ):
        return None
    return link


def without_archive(link: str) -> str:
    """The address without an archive's prefix, however often it stands there."""
    while match := ARCHIVED.match(link):
        link = link[match.end() :]
        if link.startswith("//"):
            link = "http:" + link
        elif link.startswith("www."):
            link = "http://" + link
        link = re.sub(r"^(https?:)/+", r"\1//", link)
    return link


def address_in_comment(text: str) -> str | None:
    """The address that the program which saved a page wrote into its first lines."""
    match = _SAVED.search(text[:4096])
    if not match:
        return None
    link = match["url"]
    return absolute(link if "://" in link else "http://" + link, None)


def wayback_time(text: str) -> str | None:
    """When the Wayback Machine took the page (ISO, UTC), from the call it puts into the page's head."""
    match = re.search(r"__wm\.wombat\([\"'][^\"']{1,2000}[\"'],\s*[\"'](\d{14})[\"']", text[:20_000])
    return iso_second(match[1]) + "Z" if match else None


def key(link: str | None) -> tuple[str, str] | None:
    """What is the same for two addresses of one page: host and path, without scheme, `www.`, `m.` and a last slash."""
    if not link or (site := hostname(link)) is None:
        return None
    path = unquote(re.split(r"[?#]", re.sub(r"^[a-z]*:?//[^/?#]*", "", link, flags=re.IGNORECASE))[0]).lower()
    path = re.sub(r"/(?:index|default)\.\w+$", "/", path).rstrip("/")
    return re.sub(r"^(?:m|mobile|amp)\.", "", site), path


def is_front_page(link: str | None) -> bool:
    """Whether an address is a site's front page."""
    page = key(link)
    return page is not None and not re.search(r"[\w]", re.sub(r"^/(?:[a-z]{2}(?:-[a-z]{2})?)?$", "", page[1]))


def without_amp_cache(link: str) -> str:
    """The address of a page that an AMP cache or viewer shows."""
    match = _AMP_CACHE.match(link)
    return "https://" + link[match.end() :] if match else link


@lru_cache(maxsize=1)
def _registered() -> Callable[[str], Any]:
    """tldextract with the list of public suffixes that it brings along: no network, no files of its own."""
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)


@lru_cache(maxsize=4096)
def site(name: str) -> str:
    """The registered domain of a host: `abcnews.go.com` is of `go.com`, `news.bbc.co.uk` of `bbc.co.uk`."""
    parts = _registered()(name)
    return parts.top_domain_under_public_suffix or name


def same_site(a: str | None, b: str | None) -> bool:
    """Whether two addresses are of one registered domain."""
    first, second = (hostname(link) if link else None for link in (a, b))
    return first is not None and second is not None and site(first) == site(second)
