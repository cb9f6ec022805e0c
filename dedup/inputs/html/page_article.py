"""One page: its text and all it says of itself, in the fields of an input record. Runs in a worker."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from dedup.inputs.dates import parse_timestamp
from dedup.inputs.fields import RejectedRecord, replace_surrogates
from dedup.inputs.html import body, jsonld, page_dates, page_types, titles, urls
from dedup.inputs.html.decode import decode_page, undo_chunked, undo_content_encoding
from dedup.inputs.html.head import collapse_whitespace, read_head
from dedup.inputs.html.limits import MAX_PAGE

#: Names of metadata and the key of `meta` that they fill; of several the first that is there.
_CREDITS = {
    "credit": ("copyright", "dc.rights", "dcterms.rights", "rights", "rights-standard", "credit"),
    "provider": ("dc.source", "dcterms.source", "provider", "article:provider", "content-provider", "source", "agency"),
    "syndication_source": ("syndication-source", "syndication_source", "syndication_permalink"),
    "original_source": ("original-source", "original_source", "article:original_source"),
}
#: Properties of the Open Graph but for the sizes of pictures.
_OG = re.compile(r"og:((?!image:|video|audio).+)")


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a page beside its bytes. `url`: where it was taken from, `captured`: when (ISO 8601), `charset`:
    what the server said; `packed`: its Content-Encoding, `chunked`: whether chunk sizes may stand in the body."""

    url: str | None = None
    captured: str | None = None
    charset: str | None = None
    packed: str = ""
    chunked: bool = False

    def to_dict(self) -> dict[str, Any]:
        """What is known, by name."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


def extract(content: bytes, hints: Hints) -> dict[str, Any]:
    """`url`, `title`, `published`, `authors`, `text` and `meta` of a page, null where unknown. Raises `RejectedRecord`.

    | reason | what the page was |
    |---|---|
    | `too_large` | more than `limits.MAX_PAGE` bytes after decompression |
    | `corrupt` | its own compression is damaged |
    | `unreadable` | no text at all |
    | `no_text` | no markup, or nothing in it that is an article's text |
    | `not_an_article` | a front page, a tag's or author's page, a list of links |
    | `error_page` | "page not found" and the like |
    | `consent_wall` | a question for consent in the article's place |
    | `paywall` | a notice of a paywall and next to no text |
    """
    if hints.chunked:
        content = undo_chunked(content)
    content = undo_content_encoding(content, hints.packed)
    if len(content) > MAX_PAGE:
        raise RejectedRecord("too_large", f"{len(content):,} bytes; a page may have {MAX_PAGE:,}")
    text = decode_page(content, hints.charset)
    tree = body.parse_html(text)
    if tree is None:
        raise RejectedRecord("no_text", "there is no markup in it that can be read")
    return _Page(tree, text, hints).record()


class _Page:
    """A page on its way to a record."""

    def __init__(self, tree: Any, text: str, hints: Hints) -> None:
        self.tree = tree
        self.head = read_head(tree)
        self.things = jsonld.find_objects(jsonld.parse_scripts(self.head.scripts))
        self.captured = hints.captured or urls.wayback_time(text)
        captured = parse_timestamp(self.captured)
        self.wayback_time = captured.seconds if captured else None
        given = urls.without_archive(hints.url) if hints.url else urls.address_in_comment(text)
        base = given or self._said_address(None)
        self.canonical = self._link(("canonical",), base)
        og = urls.absolute(self.head.first("og:url", "twitter:url"), base)
        #: Where the page is, by its own word where nothing else is known. Its canonical link goes before og:url, which
        #: sites of one publisher share: on the labelled pages where they disagree it is right six times of six.
        said = [link for link in (self.canonical, og) if link]
        self.url = given or next((link for link in said if not urls.is_front_page(link)), said[0] if said else None)
        self.base = urls.absolute(self.head.base, self.url) or self.url
        self.urls = list(
            dict.fromkeys(link for link in (self.url, og, self.canonical) if link and not urls.is_front_page(link))
        )
        self.titles = titles.titles(self.head)
        own = jsonld.find_article(self.things, self.urls, self.titles)
        self.own = jsonld.condense(own, self.things) if own else None

    def _said_address(self, base: str | None) -> str | None:
        addresses = [self.head.first("og:url"), *self.head.links.get("canonical", ()), self.head.base]
        return next((link for address in addresses if (link := urls.absolute(address, base))), None)

    def _link(self, relations: tuple[str, ...], base: str | None) -> str | None:
        for relation in relations:
            for link in self.head.links.get(relation, ()):
                if target := urls.absolute(link, base):
                    return urls.without_amp_cache(target)
        return None

    def record(self) -> dict[str, Any]:
        others = body.remove_other_articles(self.tree, self.titles)
        text = body.body_text(self.tree, self.url)
        place = body.ArticleNodes(self.tree, text)
        page_types.check_error([*self.titles, *self.head.headings[:1]], text)
        page_types.check_consent(text)
        if not text or not page_types.words(text):
            raise RejectedRecord("no_text", "no text of an article was found in it")
        page_types.check_list(
            text,
            front=bool(self.url) and urls.is_front_page(self.url),
            path=urlsplit(self.url).path if self.url else "",
            said_article=self._says_article(),
            said_list=any(jsonld.types_of(thing) & jsonld.LISTS for thing in self.things),
            linked=place.linked / max(1, place.words),
        )
        text, stub = page_types.without_paywall(text)
        first = page_dates.published(self.head, self.own, self.urls, self.tree, self.wayback_time)
        return {
            "url": self.url,
            "title": titles.title(self.head, self.own),
            "published": first.iso if first else None,
            "authors": titles.authors(self.head, self.own),
            "text": replace_surrogates(text),
            "meta": self._meta(first, place, others, stub),
        }

    def _says_article(self) -> bool:
        kind = (self.head.first("og:type") or "").lower()
        return self.own is not None or "article" in kind or "article:published_time" in self.head.meta

    def _meta(
        self, first: page_dates.PageDate | None, place: body.ArticleNodes, others: int, stub: bool
    ) -> dict[str, Any]:
        """Page metadata in the keys of the contract and some more; nothing that is empty."""
        head, article = self.head, self.own
        last = page_dates.modified(head, article, first, self.wayback_time)
        meta: dict[str, Any] = {
            "canonical": self.canonical,
            "published_certainty": first.certainty if first else None,
            "modified": last.iso if last else None,
            "modified_certainty": last.certainty if last else None,
            "captured": self.captured,
            "language": titles.language(head, article),
            "og_site_name": titles.site_name(head, article, self.things),
            "og": {match[1]: contents[0] for name, contents in head.meta.items() if (match := _OG.match(name))},
            **{key: head.first(*places) for key, places in _CREDITS.items()},
            "rss_source": self._feed(),
            "jsonld": article,
            "links": place.links(self.base),
            "images": place.images(self.base),
            "amp": head.amp or None,
            "amphtml": self._link(("amphtml",), self.base),
            "paywalled": True if stub or self._paid() else None,
            "other_articles": others or None,
        }
        return {key: value for key, value in meta.items() if value}

    def _paid(self) -> bool:
        free = self.own.get("isAccessibleForFree") if self.own else None
        return free is False or (isinstance(free, str) and free.strip().lower() == "false")

    def _feed(self) -> dict[str, str] | None:
        """The source that an aggregator's feed named: `source` elements, and FeedWordPress' metadata."""
        name, link = (
            self.head.first("rss_source", "syndication_source"),
            self.head.first("rss_source_url", "syndication_source_uri"),
        )
        if self.head.sources and not name:
            link, name = self.head.sources[0]
        if not (name or link):
            return None
        return {
            key: value
            for key, value in (("url", urls.absolute(link, self.base)), ("name", collapse_whitespace(name)))
            if value
        }
