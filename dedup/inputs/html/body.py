"""Extract the text of a page with trafilatura, and the links, pictures and tracking pixels around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, takewhile
from typing import Any

from dedup.inputs.html.head import collapse_whitespace
from dedup.inputs.html.jsonld import is_title
from dedup.inputs.html.limits import OPTIONS
from dedup.inputs.html.urls import absolute, same_site

#: The most links and pictures of a page.
MAX_LINKS, MAX_IMAGES = 100, 30

#: Characters of the shortest paragraph of prose.
_PROSE = 60
#: Characters by which a part of a page is found in a text.
_BEGINNING = 30
#: The share of a text in blocks below which most of it is in bare lines.
_BARE = 0.5
#: Elements that contain other blocks: an element with one of them is no line of the article.
_CONTAINERS = {"p", "div", "ul", "ol", "table", "section", "article", "header", "footer", "nav", "aside", "form"}
#: Addresses of tracking pixels; others are known by their size of one pixel.
_PIXEL = re.compile(r"pixel|counter|/count|beacon|/track|analytics|1x1", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"^data:|(?:spacer|blank|transparent|placeholder|lazy)[\w-]*\.(?:gif|png|svg)", re.IGNORECASE)


def parse_html(text: str) -> Any | None:
    """Parse a page to a tree (lxml), as trafilatura does.

    None if it has no markup. A fragment gets a page around it.
    """
    from trafilatura.utils import load_html

    if not re.search(r"<(?:html|body|head)\b", text[:20_000], re.IGNORECASE):
        text = f"<html><body>{text}</body></html>"
    tree = load_html(text)
    if tree is None:
        _check_memory(text)
    return tree


def _check_memory(text: str) -> None:
    """Raise `MemoryError` if there is no tree for that reason, which trafilatura does not report."""
    from lxml import etree
    from lxml.html import fromstring

    try:
        fromstring(text)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from None
    except (etree.ParserError, ValueError):
        return


def body_text(tree: Any, url: str | None) -> str:
    """Extract the text of a page with trafilatura, one line a paragraph.

    "" if there is none. The tree is not changed.
    """
    from trafilatura import bare_extraction
    from trafilatura.utils import normalize_unicode

    document: Any = bare_extraction(tree, url=url, **OPTIONS)
    return normalize_unicode(document.text or "").strip() if document is not None else ""


class ArticleNodes:
    """The elements of a page that hold the lines of its text.

    blocks: the elements. size: characters of their text. link_size: those inside links. besides: characters of the
    other paragraphs of prose.
    """

    def __init__(self, tree: Any, text: str) -> None:
        self.tree = tree
        lines = {bare for line in text.splitlines() if len(bare := _without_space(line)) > 2}
        self.blocks: list[Any] = []
        self.link_size = self.size = self.besides = 0
        self._find(lines, tree.iter("p"), prose=_PROSE)
        # If most of the text is in paragraphs, the search of every `div` for the rest is not worth its time.
        if self.size < 0.7 * len(text):
            others = tree.iter("li", "blockquote", "td", "h2", "h3", "h4", "div", "figcaption")
            self._find(lines, (element for element in others if not any(part.tag in _CONTAINERS for part in element)))

    def _find(self, lines: set[str], elements: Iterable[Any], prose: int | None = None) -> None:
        """Find the lines among elements; the others count as prose besides them, if they have `prose` characters."""
        for element in elements:
            whole = element.text_content()
            if len(whole) > 20_000 or len(whole) < 3 or _without_space(whole) not in lines:
                if prose is not None and len(whole) >= prose:
                    self.besides += len(whole.strip())
                continue
            self.blocks.append(element)
            self.size += len(whole.strip())
            self.link_size += sum(len(a.text_content().strip()) for a in element.iter("a"))

    def lost_beside(self, text: str) -> int:
        """Count the characters of lists and of bare text beside the blocks that are not in their text."""
        blocks, size = set(self.blocks), 0
        for around in {block.getparent() for block in self.blocks}:
            if around is None or around.tag == "body":
                continue
            size += _lost(around.text, text)
            for child in around:
                size += _lost(child.tail, text)
                if child in blocks:
                    continue
                if child.tag == "div":
                    size += _lost(child.text, text) + sum(_lost(br.tail, text) for br in child.iterchildren("br"))
                elif child.tag in ("ul", "ol") and (amount := _lost(child.text_content(), text)):
                    size += max(0, amount - 2 * sum(len(a.text_content()) for a in child.iter("a")))
        return size

    def is_bare(self, text: str) -> bool:
        """Return whether most of a text is in no block, and the page has bare text in elements that is not in it."""
        if self.size >= _BARE * len(text):
            return False
        parts = (part for box in self.tree.iter("div", "td", "section", "article") for part in _bare_parts(box))
        return any(_lost(part, text) for part in parts)

    def links(self, base: str | None) -> list[str]:
        """Return the addresses of the article's links, in order; of more than `MAX_LINKS`, those of other sites first.

        base: the address of the page.
        """
        links: dict[str, None] = {}
        for block in self.blocks:
            for a in block.iter("a"):
                if link := absolute(a.get("href"), base):
                    links.setdefault(link)
        if len(links) > MAX_LINKS:
            # Links to other sites may name a source.
            return sorted(links, key=lambda link: same_site(link, base))[:MAX_LINKS]
        return list(links)

    def images(self, base: str | None) -> list[str]:
        """Return the addresses of all tracking pixels, then of the pictures among the paragraphs of the article.

        base: the address of the page.
        """
        pixels: dict[str, None] = {}
        pictures: dict[str, None] = {}
        for element in self.tree.iter("img", "amp-img", "amp-pixel"):
            source, get = _source(element), element.get
            tiny = element.tag == "amp-pixel" or (_tiny(get("width")) and _tiny(get("height")))
            if source and (tiny or _PIXEL.search(source)) and (link := absolute(source, base)):
                pixels.setdefault(link)
        # Parsers keep the content of `noscript` as text.
        for element in self.tree.iter("noscript"):
            for source in re.findall(r"<img[^>]+?src=[\"']([^\"'\s]+)", element.text or "", re.IGNORECASE):
                if _PIXEL.search(source) and (link := absolute(source, base)):
                    pixels.setdefault(link)
        around = self._around()
        for element in around.iter("img", "amp-img") if around is not None else ():
            if (link := absolute(_source(element), base)) and link not in pixels:
                pictures.setdefault(link)
        return [*pixels, *pictures][:MAX_IMAGES]

    def _around(self) -> Any | None:
        """Return the innermost element that holds most of the blocks, if it is not the whole page."""
        parents = (takewhile(lambda parent: parent.tag not in ("body", "html"), b.iterancestors()) for b in self.blocks)
        count = Counter(chain.from_iterable(parents))
        return max(count, key=count.__getitem__, default=None)


def _without_space(text: str) -> str:
    """Return a line without white space and without the marks of list items in trafilatura's text."""
    return "".join(text.split()).lstrip("-|").rstrip("|")


def _bare_parts(element: Any) -> Iterator[str | None]:
    yield element.text
    for child in element:
        yield child.tail


def _lost(part: str | None, text: str) -> int:
    """Return the size of a part of a page if it has that of a paragraph and does not begin any in a text; else 0."""
    if part is None or len(part) < _PROSE or len(part := part.strip()) < _PROSE:
        return 0
    return len(part) if part[:_BEGINNING] not in text else 0


def _source(element: Any) -> str | None:
    """Return the address of a picture, which may be in another attribute until the page is scrolled."""
    for name in ("src", "data-src", "data-original"):
        if (source := element.get(name)) and not _PLACEHOLDER.search(source):
            return source  # type: ignore[no-any-return]
    return None


def _tiny(size: str | None) -> bool:
    return size is not None and size.strip().removesuffix("px") in ("0", "1")


def remove_other_articles(tree: Any, titles: list[str]) -> int:
    """Remove other whole articles from a page that adds articles when it is scrolled; return their number.

    Each article of such a page has an h1 and a text. The article whose heading is a title of the page stays; if there
    is none, nothing is removed. titles: of the page.
    """
    candidates = []
    if sum(1 for _ in tree.iter("h1")) < 2:
        return 0
    for element in tree.iter("article", "div", "section"):
        kind = (element.get("class") or "").lower()
        if element.tag != "article" and "article" not in kind and "story" not in kind and "post" not in kind:
            continue
        headings = list(element.iter("h1"))
        if len(headings) == 1 and sum(len(p.text_content().split()) for p in element.iter("p")) >= 80:
            candidates.append((element, collapse_whitespace(headings[0].text_content()), headings[0]))
    # Of nested candidates the outermost, which holds all that belongs to its heading.
    outer = {heading: (element, title) for element, title, heading in reversed(candidates)}
    if len(outer) < 2:
        return 0
    order = list(reversed(outer.values()))
    matches = (position for position, (_, title) in enumerate(order) if is_title(title, titles))
    if (keep := next(matches, None)) is None:
        return 0
    for position, (element, _) in enumerate(order):
        if position != keep and (parent := element.getparent()) is not None:
            parent.remove(element)
    return len(order) - 1
