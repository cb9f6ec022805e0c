"""Match sources in page metadata (`meta` of a record).

A URL counts only if it points to a page of another site. A site's links to itself, to its other editions, to a front
page or to a portal name no source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from dedup.evidence.credits import match_authors
from dedup.evidence.name_segments import is_photo
from dedup.evidence.names import label, same
from dedup.evidence.observation import Observation, quote
from dedup.evidence.registry import Registry
from dedup.inputs.fields import hostname
from dedup.languages import lexicon

_PIXEL = re.compile(r"pixel|counter|count\b|/count|track|analytics|beacon", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]{3,}|\d{4,}")
#: Levels of JSON-LD that are searched.
_DEEPEST = 4
_COPYRIGHT = lexicon.regex(
    r"^(?:[\s©:,]|{copyright_start}|\(c\)|\d{4}(?!\d))+|[\s,.]*{rights_notice_in_field}.*$", re.IGNORECASE
)


def match_metadata(meta: str, domain: str | None, url: str | None, registry: Registry) -> list[Observation]:
    """Match the sources in the metadata of a page on `domain`."""
    try:
        data = orjson.loads(meta)
    except ValueError:
        return []
    if not isinstance(data, dict):
        return []
    page = _Page(domain, url, registry)
    observations = page.pointer("canonical", data.get("canonical"))
    for key in ("original_source", "syndication_source"):
        observations += page.pointer("original_source", data.get(key)) or page.name("original_source", data.get(key))
    for key in ("provider", "credit"):
        observations += page.name(key, data.get(key))
    rss = data.get("rss_source")
    if isinstance(rss, Mapping):
        observations += page.name("rss_source", rss.get("name"), rss.get("url"))
    for thing in _objects(data.get("jsonld")):
        observations += page.structured(thing)
    for image in _texts(data.get("images")):
        agency = registry.of_domain(hostname(image))
        if agency is not None and _PIXEL.search(image):
            observations.append(Observation("pixel", quote(image), agency.name))
    for link in _texts(data.get("links")):
        if url and _slug(link) and _same_slug(link, url):
            observations += page.pointer("link", link)
    return list(dict.fromkeys(observations))


class _Page:
    """A page's own site, to tell pointers to other sites from self-references."""

    def __init__(self, domain: str | None, url: str | None, registry: Registry) -> None:
        self.domain = domain or (hostname(url) if url else None)
        self.registry = registry
        self.tld = (self.domain or "").rpartition(".")[2]

    def is_own(self, other: str | None) -> bool:
        """Return whether a site is the page's own, or another edition of it."""
        if other is None or self.domain is None:
            return other is None
        if other == self.domain or label(other) == label(self.domain):
            return True
        agency = self.registry.of_domain(other)
        return agency is not None and agency == self.registry.of_domain(self.domain)

    def pointer(self, signal: str, value: Any) -> list[Observation]:
        """Match a URL that points to a page of another site."""
        if not isinstance(value, str) or "/" not in value:
            return []
        target = hostname(value)
        if target is None or self.is_own(target) or not _slug(value) or self.registry.republishes(target):
            return []
        agency = self.registry.of_domain(target)
        if agency is not None and agency.kind == "press_release":
            return [Observation("distributor", quote(value), agency.name)]
        return [Observation(signal, quote(value), self.registry.host_name(target))]

    def name(self, signal: str, value: Any, url: Any = None) -> list[Observation]:
        """Match a name that is not the page's own."""
        if isinstance(value, Mapping):
            value = value.get("name")
        if not isinstance(value, str) or not value.strip() or is_photo(value):
            value = None
        target = hostname(url) if isinstance(url, str) else None
        if value is None:
            if target is None or self.is_own(target):
                return []
            return [Observation(signal, quote(str(url)), self.registry.host_name(target))]
        value = _COPYRIGHT.sub("", value.strip()) or value.strip()
        if self.domain is not None and (same(value, label(self.domain)) or (target and self.is_own(target))):
            return []
        match = self.registry.find(value, tld=self.tld)
        if match is not None:
            if match.agency == self.registry.of_domain(self.domain):
                return []
            wire = match.agency.kind == "press_release"
            return [Observation("distributor" if wire else signal, quote(value), match.agency.name)]
        authors = match_authors(value, self.registry, self.tld)
        if authors:
            return [Observation(signal, s.quote, s.name) for s in authors if s.signal == "authors"]
        home = self.registry.of_domain(self.domain)
        if home is not None and home.kind == "press_release":
            return [Observation("issuer", quote(value), value.strip())]
        # A name in no registry is a source only with its own site, or on a site that is known to republish.
        is_source = target is not None and not self.registry.republishes(target)
        is_source = is_source or self.registry.republishes(self.domain)
        return [Observation(signal, quote(value), value.strip())] if is_source else []

    def structured(self, thing: Mapping[str, Any]) -> list[Observation]:
        """Match the sources in one object of JSON-LD."""
        observations: list[Observation] = []
        for key in ("author", "creator"):
            for name, kind in _people(thing.get(key)):
                match = self.registry.find(name, tld=self.tld)
                if match is not None and match.agency != self.registry.of_domain(self.domain):
                    observations.append(Observation("jsonld_author", quote(name), match.agency.name))
                elif match is None and kind != "Organization":
                    authors = match_authors(name, self.registry, self.tld)
                    observations += [
                        Observation("jsonld_author", s.quote, s.name) for s in authors if s.signal == "authors"
                    ]
        for key in ("provider", "sourceOrganization", "copyrightHolder", "creditText"):
            for name, _ in _people(thing.get(key)):
                observations += self.name("jsonld_source", name)
        for publisher in _objects(thing.get("publisher")):
            site = publisher.get("url") or publisher.get("@id")
            if isinstance(site, str) and (target := hostname(site)) and not self.is_own(target):
                observations += self.name("jsonld_publisher", publisher.get("name"), site)
        for base in thing.get("isBasedOn"), thing.get("isBasedOnUrl"):
            for item in base if isinstance(base, list) else [base]:
                link = item.get("url") or item.get("@id") if isinstance(item, Mapping) else item
                observations += self.pointer("based_on", link)
        return observations


def _objects(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in JSON-LD: one, a list, or a `@graph`."""
    if isinstance(value, str) and depth == 0:
        try:
            value = orjson.loads(value)
        except ValueError:
            return
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        yield value
        yield from _objects(value.get("@graph"), depth + 1)
    elif isinstance(value, list):
        for part in value[:20]:
            yield from _objects(part, depth + 1)


def _people(value: Any) -> Iterator[tuple[str, str | None]]:
    """Yield (name, type) of the people and organisations in a value of JSON-LD."""
    for item in (value if isinstance(value, list) else [value])[:10]:
        if isinstance(item, Mapping) and isinstance(item.get("name"), str):
            kind = item.get("@type")
            yield item["name"], kind if isinstance(kind, str) else None
        elif isinstance(item, str) and item.strip():
            yield item, None


def _texts(value: Any) -> list[str]:
    """Return the texts in a list, at most of its first 200 items."""
    return [item for item in value[:200] if isinstance(item, str)] if isinstance(value, list) else []


def _slug(url: str) -> str:
    """Return the path of a URL without slashes at its ends; empty for a front page."""
    path = re.sub(r"^[a-z]*:?//[^/]*", "", url.strip(), flags=re.IGNORECASE)
    return re.split(r"[?#]", path)[0].strip("/ ")


def _same_slug(a: str, b: str) -> bool:
    """Return whether two URLs end in nearly the same words: a copy often keeps the slug of its original."""
    first, second = (set(_WORDS.findall(_slug(url).rpartition("/")[2].lower())) for url in (a, b))
    return len(first & second) >= 4 and 2 * len(first & second) > min(len(first), len(second))
