"""Page metadata (`meta` of a record): what the page's head says of its source, beside what its text says.

A pointer counts only when it points elsewhere: to another site, at a page of it. A site's links to itself, to its other
editions, to a front page or to a portal say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from dedup.evidence.credits import is_photo, read_authors
from dedup.evidence.names import label, plain, same
from dedup.evidence.observation import Said, quote
from dedup.evidence.registry import Registry
from dedup.inputs.fields import hostname

_PIXEL = re.compile(r"pixel|counter|count\b|/count|track|analytics|beacon", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]{3,}|\d{4,}")
#: Levels of JSON-LD that are looked into.
_DEEPEST = 4
_COPYRIGHT = re.compile(r"^(?:[\s©:,]|copyright|\(c\)|\d{4}(?!\d))+|[\s,.]*all rights reserved.*$", re.IGNORECASE)


def read(meta: str, domain: str | None, url: str | None, registry: Registry) -> list[Said]:
    """What the metadata of a page on `domain` says."""
    try:
        data = orjson.loads(meta)
    except ValueError:
        return []
    if not isinstance(data, dict):
        return []
    page = _Page(domain, url, registry)
    said = page.pointer("canonical", data.get("canonical"))
    for key in ("original_source", "syndication_source"):
        said += page.pointer("original_source", data.get(key)) or page.named("original_source", data.get(key))
    for key in ("provider", "credit"):
        said += page.named(key, data.get(key))
    rss = data.get("rss_source")
    if isinstance(rss, Mapping):
        said += page.named("rss_source", rss.get("name"), rss.get("url"))
    for thing in _objects(data.get("jsonld")):
        said += page.structured(thing)
    for image in _texts(data.get("images")):
        agency = registry.of_domain(hostname(image))
        if agency is not None and _PIXEL.search(image):
            said.append(Said("pixel", quote(image), agency.name))
    for link in _texts(data.get("links")):
        if url and _slug(link) and _same_slug(link, url):
            said += page.pointer("link", link)
    return list(dict.fromkeys(said))


class _Page:
    """A page's own site, against which pointers are told from self-references."""

    def __init__(self, domain: str | None, url: str | None, registry: Registry) -> None:
        self.domain = domain or (hostname(url) if url else None)
        self.registry = registry
        self.tld = (self.domain or "").rpartition(".")[2]

    def own(self, other: str | None) -> bool:
        """Whether a site is the page's own, or another edition of it."""
        if other is None or self.domain is None:
            return other is None
        if other == self.domain or label(other) == label(self.domain):
            return True
        agency = self.registry.of_domain(other)
        return agency is not None and agency == self.registry.of_domain(self.domain)

    def pointer(self, signal: str, value: Any) -> list[Said]:
        """A URL that points at a page of another site."""
        if not isinstance(value, str) or "/" not in value:
            return []
        target = hostname(value)
        if target is None or self.own(target) or not _slug(value) or self.registry.republishes(target):
            return []
        agency = self.registry.of_domain(target)
        if agency is not None and agency.kind == "press_release":
            return [Said("distributor", quote(value), agency.name)]
        return [Said(signal, quote(value), self.registry.host_name(target))]

    def named(self, signal: str, value: Any, url: Any = None) -> list[Said]:
        """A name, which must not be the page's own."""
        if isinstance(value, Mapping):
            value = value.get("name")
        if not isinstance(value, str) or not value.strip() or is_photo(value):
            value = None
        target = hostname(url) if isinstance(url, str) else None
        if value is None:
            return (
                [Said(signal, quote(str(url)), self.registry.host_name(target))]
                if not self.own(target) and target
                else []
            )
        value = _COPYRIGHT.sub("", value.strip()) or value.strip()
        if (target is not None and self.own(target)) or (self.domain is not None and same(value, label(self.domain))):
            return []
        found = self.registry.find(value, tld=self.tld)
        if found is not None:
            if found.agency == self.registry.of_domain(self.domain):
                return []
            wire = found.agency.kind == "press_release"
            return [Said("distributor" if wire else signal, quote(value), found.agency.name)]
        segments = read_authors(value, self.registry, self.tld)
        if segments:
            return [Said(signal, said.quote, said.name) for said in segments if said.signal == "authors"]
        home = self.registry.of_domain(self.domain)
        if home is not None and home.kind == "press_release":
            return [Said("issuer", quote(value), value.strip())]
        if target is not None and not self.registry.republishes(target):
            return [Said(signal, quote(value), value.strip())]
        # A name that nobody knows is a source only where somebody who republishes says so.
        return [Said(signal, quote(value), value.strip())] if self.registry.republishes(self.domain) else []

    def structured(self, thing: Mapping[str, Any]) -> list[Said]:
        """What one object of JSON-LD says."""
        said: list[Said] = []
        for key in ("author", "creator"):
            for name, kind in _people(thing.get(key)):
                found = self.registry.find(name, tld=self.tld)
                if found is not None and found.agency != self.registry.of_domain(self.domain):
                    said.append(Said("jsonld_author", quote(name), found.agency.name))
                elif found is None and kind != "Organization":
                    heard = read_authors(name, self.registry, self.tld)
                    said += [Said("jsonld_author", s.quote, s.name) for s in heard if s.signal == "authors"]
        for key in ("provider", "sourceOrganization", "copyrightHolder", "creditText"):
            for name, _ in _people(thing.get(key)):
                said += self.named("jsonld_source", name)
        for publisher in _objects(thing.get("publisher")):
            site = publisher.get("url") or publisher.get("@id")
            if isinstance(site, str) and (target := hostname(site)) and not self.own(target):
                said += self.named("jsonld_publisher", publisher.get("name"), site)
        for base in thing.get("isBasedOn"), thing.get("isBasedOnUrl"):
            for one in base if isinstance(base, list) else [base]:
                link = one.get("url") or one.get("@id") if isinstance(one, Mapping) else one
                said += self.pointer("based_on", link)
        return said


def _objects(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The objects in JSON-LD: one, a list, or a `@graph`."""
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
    for one in (value if isinstance(value, list) else [value])[:10]:
        if isinstance(one, Mapping) and isinstance(one.get("name"), str):
            kind = one.get("@type")
            yield one["name"], kind if isinstance(kind, str) else None
        elif isinstance(one, str) and one.strip():
            yield one, None


def _texts(value: Any) -> list[str]:
    return [one for one in value[:200] if isinstance(one, str)] if isinstance(value, list) else []


def _slug(url: str) -> str:
    """The path of a URL without its ends; empty for a front page."""
    path = re.sub(r"^[a-z]*:?//[^/]*", "", url.strip(), flags=re.IGNORECASE)
    return re.split(r"[?#]", path)[0].strip("/ ")


def _same_slug(a: str, b: str) -> bool:
    """Whether two URLs end in nearly the same words: a copy often keeps its original's."""
    first, second = (set(_WORDS.findall(_slug(url).rpartition("/")[2].lower())) for url in (a, b))
    return len(first & second) >= 4 and 2 * len(first & second) > min(len(first), len(second))


def matches(name: str, domain: str) -> bool:
    """Whether a printed name is that of a domain's site."""
    return bool(plain(name)) and same(name, label(domain))
