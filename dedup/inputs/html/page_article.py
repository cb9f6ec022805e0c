"""Extract one page: its text and its metadata, in the fields of an input record. Runs in a worker."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dedup.inputs.dates import parse_timestamp
from dedup.inputs.fields import RejectedRecord, replace_surrogates
from dedup.inputs.html import body, jsonld, lost_text, other_sources, page_dates, page_types, titles, urls
from dedup.inputs.html.decode import decode_page, undo_chunked, undo_content_encoding
from dedup.inputs.html.head import collapse_whitespace, read_head
from dedup.inputs.html.limits import MAX_PAGE

#: Keys of `meta`, and the names of metadata that fill them, best first.
_CREDITS = {
    "credit": ("copyright", "dc.rights", "dcterms.rights", "rights", "rights-standard", "credit"),
    "provider": ("dc.source", "dcterms.source", "provider", "article:provider", "content-provider", "source", "agency"),
    "syndication_source": ("syndication-source", "syndication_source", "syndication_permalink"),
    "original_source": ("original-source", "original_source", "article:original_source"),
}
#: Properties of the Open Graph, without the sizes of pictures.
_OG = re.compile(r"og:((?!image:|video|audio).+)")


@dataclass(frozen=True, slots=True)
class Hints:
    """What the input says of a page. The names are a part of the keys of the cache.

    url: its address. captured: the time of download (ISO 8601). charset: of the server's header. packed: its
    Content-Encoding. chunked: whether the body may hold the sizes of chunks.
    """

    url: str | None = None
    captured: str | None = None
    charset: str | None = None
    packed: str = ""
    chunked: bool = False


def extract(content: bytes, hints: Hints) -> dict[str, Any]:
    """Extract `url`, `title`, `published`, `authors`, `text` and `meta` of a page, None if unknown.

    Raises `RejectedRecord`:

    | reason | the page |
    |---|---|
    | `too_large` | more than `limits.MAX_PAGE` bytes after decompression |
    | `corrupt` | its own compression is damaged |
    | `unreadable` | no text at all |
    | `no_text` | no markup, or nothing in it that is an article's text |

    `meta["no_article"]` says why a page is to be set aside, as {"reason", "detail"}; without any text it is rejected:

    | reason | the page |
    |---|---|
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
    # XML forbids these two, and the parser would drop them between two words, which they part.
    text = text.replace("\v", " ").replace("\f", " ")
    tree = body.parse_html(text)
    if tree is None:
        raise RejectedRecord("no_text", "there is no markup in it that can be read")
    return _Page(tree, text, hints).record()


class _Page:
    """A page with its metadata, from which the record is made."""

    def __init__(self, tree: Any, text: str, hints: Hints) -> None:
        self.tree = tree
        self.head = read_head(tree)
        self.things = jsonld.find_objects(jsonld.parse_scripts(self.head.scripts))
        self.captured = hints.captured or urls.wayback_time(text)
        capture_time = parse_timestamp(self.captured)
        self.capture_seconds = capture_time.seconds if capture_time else None
        address = urls.without_archive(hints.url) if hints.url else urls.address_in_comment(text)
        own_addresses = [self.head.first("og:url"), *self.head.links.get("canonical", ()), self.head.base]
        base = address or next(filter(None, (urls.absolute(link, None) for link in own_addresses)), None)
        self.canonical = self._link("canonical", base)
        og = urls.absolute(self.head.first("og:url", "twitter:url"), base)
        #: The address of the page; its own metadata count if nothing else is known. The canonical link goes before
        #: og:url, which sites of one publisher share: on six labelled pages where they differ it is right six times.
        links = [link for link in (self.canonical, og) if link]
        self.url = address or next((link for link in links if not urls.is_front_page(link)), next(iter(links), None))
        self.base = urls.absolute(self.head.base, self.url) or self.url
        unique = dict.fromkeys((self.url, og, self.canonical))
        self.urls = [link for link in unique if link and not urls.is_front_page(link)]
        self.titles = titles.titles(self.head)
        article = jsonld.find_article(self.things, self.urls, self.titles)
        #: The page's own object in JSON-LD.
        self.article = jsonld.condense(article, self.things) if article else None
        self.json_body = lost_text.article_body(article)

    def _link(self, relation: str, base: str | None) -> str | None:
        targets = (urls.absolute(link, base) for link in self.head.links.get(relation, ()))
        return next((urls.without_amp_cache(target) for target in targets if target), None)

    def record(self) -> dict[str, Any]:
        """Return the record of `extract`."""
        others = body.remove_other_articles(self.tree, self.titles)
        text = body.body_text(self.tree, self.url)
        nodes = body.ArticleNodes(self.tree, text)
        text, source = self._reread(text, nodes)
        if source:
            nodes = body.ArticleNodes(self.tree, text)
        has_notice, mark = False, None
        try:
            self._check_type(text, nodes)
            text, has_notice = page_types.without_paywall(text)
        except page_types.NotAnArticle as kind:
            if not page_types.words(text):
                raise
            mark = {"reason": kind.reason, "detail": kind.detail}
        extra = ({"no_article": mark} if mark else {}) | ({"text_from": source} if source else {})
        first = page_dates.publication_date(self.head, self.article, self.urls, self.tree, self.capture_seconds)
        return {
            "url": self.url,
            "title": titles.title(self.head, self.article),
            "published": first.text if first else None,
            "authors": titles.authors(self.head, self.article),
            "text": replace_surrogates(text),
            "meta": self._meta(first, nodes, others, has_notice) | extra,
        }

    def _reread(self, text: str, nodes: body.ArticleNodes) -> lost_text.Reading:
        """Return the text of the page, read again from other sources where it is short beside the page."""
        beside = nodes.lost_beside(text)
        if not lost_text.needs_second_reading(text, nodes.besides, beside, self.json_body):
            return lost_text.fill_bare(self.tree, text) if nodes.is_bare(text) else lost_text.Reading(text, "")
        first = text
        if nodes.link_size > page_types.LINK_SHARE * nodes.size and not lost_text.prose_of(text):
            # A list of links is no text beside paragraphs under the title.
            first = "" if any(jsonld.is_title(heading, self.titles) for heading in self.head.headings) else text
        reading = lost_text.second_reading(self.tree, first, self.titles, self.json_body, beside)
        if not reading.source:
            reading = other_sources.with_captions(self.tree, text)
        if not reading.source and self.article is None:
            reading = other_sources.with_steps(text, self.things)
        if not reading.source and nodes.is_bare(text):
            reading = lost_text.fill_bare(self.tree, text)
        if not reading.source:
            reading = other_sources.from_description(text, self.titles, self._descriptions())
        return reading if reading.source else lost_text.Reading(text, "")

    def _descriptions(self) -> list[str]:
        names = ("description", "og:description", "twitter:description")
        return [collapse_whitespace(text) for text in map(self.head.first, names) if text]

    def _check_type(self, text: str, nodes: body.ArticleNodes) -> None:
        """Raise `NotAnArticle` for a page that shows something else, `RejectedRecord` for one without a text."""
        page_types.check_error([*self.titles, *self.head.headings[:1]], text)
        page_types.check_consent(text)
        if not text or not page_types.words(text):
            raise RejectedRecord("no_text", "no text of an article was found in it")
        path = urlsplit(self.url).path if self.url else ""
        # A page of a theme lies above the articles on it.
        if path.count("/") > 2 and urls.is_list_path(path) and lost_text.is_one_article(self.tree, self.titles):
            path = ""
        page_types.check_list(
            text,
            front=bool(self.url) and urls.is_front_page(self.url),
            path=path,
            claims_article=self._claims_article(),
            claims_list=any(jsonld.types_of(thing) & jsonld.LISTS for thing in self.things),
            link_share=nodes.link_size / max(1, nodes.size),
        )

    def _claims_article(self) -> bool:
        kind = (self.head.first("og:type") or "").lower()
        return self.article is not None or "article" in kind or "article:published_time" in self.head.meta

    def _meta(
        self, first: page_dates.PageDate | None, nodes: body.ArticleNodes, others: int, has_notice: bool
    ) -> dict[str, Any]:
        """Return the metadata of the page without empty values; docs/pages.md lists the keys."""
        head, article = self.head, self.article
        last = page_dates.modification_date(head, article, first, self.capture_seconds)
        meta: dict[str, Any] = {
            "canonical": self.canonical,
            "published_certainty": first.certainty if first else None,
            "modified": last.text if last else None,
            "modified_certainty": last.certainty if last else None,
            "captured": self.captured,
            "language": titles.language(head, article),
            "og_site_name": titles.site_name(head, article, self.things),
            "og": {match[1]: contents[0] for name, contents in head.meta.items() if (match := _OG.match(name))},
            **{key: head.first(*places) for key, places in _CREDITS.items()},
            "rss_source": self._feed(),
            "jsonld": article,
            "links": nodes.links(self.base),
            "images": nodes.images(self.base),
            "amp": head.amp or None,
            "amphtml": self._link("amphtml", self.base),
            "paywalled": True if has_notice or self._is_paid() else None,
            "other_articles": others or None,
        }
        return {key: value for key, value in meta.items() if value}

    def _is_paid(self) -> bool:
        free = self.article.get("isAccessibleForFree") if self.article else None
        return free is False or (isinstance(free, str) and free.strip().lower() == "false")

    def _feed(self) -> dict[str, str] | None:
        """Return the source in the feed of an aggregator, from `source` elements or metadata of FeedWordPress."""
        name = self.head.first("rss_source", "syndication_source")
        link = self.head.first("rss_source_url", "syndication_source_uri")
        if self.head.sources and not name:
            link, name = self.head.sources[0]
        if not (name or link):
            return None
        source = {"url": urls.absolute(link, self.base), "name": collapse_whitespace(name)}
        return {key: value for key, value in source.items() if value}
