"""The text of a page by trafilatura, and what stands in the page where that text is: links, pictures, pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dedup.articles.pages.head import squeezed
from dedup.articles.pages.limits import OPTIONS
from dedup.articles.pages.urls import absolute

#: Links and pictures that are kept of a page.
MOST_LINKS, MOST_IMAGES = 100, 30

_BLOCKS = ("p", "li", "blockquote", "td", "h1", "h2", "h3", "h4", "figcaption", "div", "section", "article", "body")
#: What counts as the same line in trafilatura's text and in the page's.
_LETTERS = re.compile(r"\W+")
#: Tracking pixels call themselves so, or are one pixel large.
_PIXEL = re.compile(r"pixel|counter|/count|beacon|/track|analytics|1x1", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"^data:|(?:spacer|blank|transparent|placeholder|lazy)[\w-]*\.(?:gif|png|svg)", re.IGNORECASE)


def load(text: str) -> Any | None:
    """The page as a tree, as trafilatura loads it; None where there is no markup. A piece of a page is put into one."""
    from trafilatura.utils import load_html

    if not re.search(r"<(?:html|body|head)\b", text[:20_000], re.IGNORECASE):
        text = f"<html><body>{text}</body></html>"
    return load_html(text)


def body_text(tree: Any, url: str | None) -> str:
    """trafilatura's text of a page: a line a paragraph. The tree is not changed."""
    from trafilatura import bare_extraction
    from trafilatura.utils import normalize_unicode

    document = bare_extraction(tree, url=url, **OPTIONS)
    return normalize_unicode(document.text or "").strip() if document is not None else ""


class Place:
    """Where in the page its text stands.

    `blocks`: the elements whose own text is a line of the article. `linked` and `words`: characters of these inside
    links, and all.
    """

    def __init__(self, tree: Any, text: str) -> None:
        self.tree = tree
        lines = {bare for line in text.splitlines() if len(bare := _bare(line)) > 2}
        self.blocks: list[Any] = []
        self.linked = self.words = 0
        for element in tree.iter("p", "li", "blockquote", "td", "h2", "h3", "h4", "div", "figcaption"):
            if element.tag in ("div", "td", "blockquote", "li") and element.find(".//p") is not None:
                continue
            whole = element.text_content()
            if len(whole) > 20_000 or not (bare := _bare(whole)) or bare not in lines:
                continue
            self.blocks.append(element)
            self.words += len(whole.strip())
            self.linked += sum(len(a.text_content().strip()) for a in element.iter("a"))

    def links(self, base: str | None) -> list[str]:
        """Addresses that the article links to, in its order."""
        found: dict[str, None] = {}
        for block in self.blocks:
            for a in block.iter("a"):
                if link := absolute(a.get("href"), base):
                    found.setdefault(link)
        return list(found)[:MOST_LINKS]

    def images(self, base: str | None) -> list[str]:
        """Tracking pixels anywhere in the page, then pictures among the article's paragraphs."""
        pixels: dict[str, None] = {}
        pictures: dict[str, None] = {}
        around = set(self._around())
        for element in self.tree.iter("img", "amp-img", "amp-pixel"):
            get = element.get
            source = next((s for name in ("src", "data-src", "data-original") if (s := get(name)) and not _PLACEHOLDER.search(s)), None)
            if not (link := absolute(source, base)):
                continue
            if element.tag == "amp-pixel" or (_tiny(get("width")) and _tiny(get("height"))) or _PIXEL.search(link):
                pixels.setdefault(link)
            elif any(parent in around for parent in element.iterancestors()):
                pictures.setdefault(link)
        for link in _unrendered(self.tree):
            if _PIXEL.search(link) and (link := absolute(link, base) or ""):
                pixels.setdefault(link)
        return [*pixels, *(link for link in pictures if link not in pixels)][:MOST_IMAGES]

    def _around(self) -> Iterator[Any]:
        """The elements that hold several of the article's paragraphs, not the whole page."""
        count: dict[Any, int] = {}
        for block in self.blocks:
            for parent in block.iterancestors():
                if parent.tag in ("body", "html"):
                    break
                count[parent] = count.get(parent, 0) + 1
        most = max(count.values(), default=0)
        # The innermost of the elements that hold most paragraphs.
        best = next((element for element, number in count.items() if number == most), None)
        if best is not None:
            yield best


def _bare(text: str) -> str:
    return _LETTERS.sub("", text.lower())


def _tiny(size: str | None) -> bool:
    return size is not None and size.strip().removesuffix("px") in ("0", "1")


def _unrendered(tree: Any) -> Iterator[str]:
    """Addresses of pictures in `noscript`, whose content parsers keep as text."""
    for element in tree.iter("noscript"):
        yield from re.findall(r"<img[^>]+?src=[\"']([^\"'\s]+)", element.text or "", re.IGNORECASE)


def single(tree: Any, titles: list[str]) -> int:
    """Take other whole articles out of a page that loads one after the other as it is scrolled; how many were.

    An article of such a page has its own heading of the first order and a text of its own. The one whose heading is the
    page's title stays, or the first.
    """
    from dedup.articles.pages.jsonld import alike

    found = []
    for element in tree.iter("article", "div", "section"):
        kind = (element.get("class") or "").lower()
        if element.tag != "article" and "article" not in kind and "story" not in kind and "post" not in kind:
            continue
        headings = [h for h in element.iter("h1")]
        if len(headings) == 1 and sum(len(squeezed(p.text_content()).split()) for p in element.iter("p")) >= 80:
            found.append((element, squeezed(headings[0].text_content()), headings[0]))
    # Of nested candidates the outermost: it holds all that belongs to its heading.
    outer = {heading: (element, title) for element, title, heading in reversed(found)}
    if len(outer) < 2:
        return 0
    order = list(reversed(outer.values()))
    chosen = next((place for place, (_, title) in enumerate(order) if any(alike(title, one) >= 0.5 for one in titles)), 0)
    for place, (element, _) in enumerate(order):
        if place != chosen and (parent := element.getparent()) is not None:
            parent.remove(element)
    return len(order) - 1
