"""The text of a page by trafilatura, and what stands in the page where that text is: links, pictures, pixels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dedup.inputs.html.head import collapse_whitespace
from dedup.inputs.html.jsonld import title_overlap
from dedup.inputs.html.limits import OPTIONS
from dedup.inputs.html.urls import absolute, same_site

#: Links and pictures that are kept of a page.
MOST_LINKS, MOST_IMAGES = 100, 30

#: What holds text of others, so that its own is no line of the article.
_HOLDERS = frozenset(
    ("p", "div", "ul", "ol", "table", "section", "article", "header", "footer", "nav", "aside", "form")
)
#: Tracking pixels call themselves so, or are one pixel large.
_PIXEL = re.compile(r"pixel|counter|/count|beacon|/track|analytics|1x1", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"^data:|(?:spacer|blank|transparent|placeholder|lazy)[\w-]*\.(?:gif|png|svg)", re.IGNORECASE)


def parse_html(text: str) -> Any | None:
    """The page as a tree, as trafilatura loads it; None where there is no markup. A piece of a page is put into one."""
    from trafilatura.utils import load_html

    if not re.search(r"<(?:html|body|head)\b", text[:20_000], re.IGNORECASE):
        text = f"<html><body>{text}</body></html>"
    tree = load_html(text)
    if tree is None:
        _check_memory(text)
    return tree


def _check_memory(text: str) -> None:
    """Raise `MemoryError` where that is why there is no tree; trafilatura only says that there is none."""
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
    """trafilatura's text of a page: a line a paragraph. The tree is not changed."""
    from trafilatura import bare_extraction
    from trafilatura.utils import normalize_unicode

    document: Any = bare_extraction(tree, url=url, **OPTIONS)
    return normalize_unicode(document.text or "").strip() if document is not None else ""


class ArticleNodes:
    """Where in the page its text stands.

    `blocks`: the elements whose own text is a line of the article. `linked` and `words`: characters of these inside
    links, and all.
    """

    def __init__(self, tree: Any, text: str) -> None:
        self.tree = tree
        lines = {length_without_newline for line in text.splitlines() if len(length_without_newline := _bare(line)) > 2}
        self.blocks: list[Any] = []
        self.linked = self.words = 0
        self._find(lines, tree.iter("p"))
        # Where most of the text stands in paragraphs, what else stands beside it is not worth a look at every `div`.
        if self.words < 0.7 * len(text):
            others = tree.iter("li", "blockquote", "td", "h2", "h3", "h4", "div", "figcaption")
            self._find(lines, (element for element in others if not any(part.tag in _HOLDERS for part in element)))

    def _find(self, lines: set[str], elements: Iterable[Any]) -> None:
        for element in elements:
            whole = element.text_content()
            if len(whole) > 20_000 or len(whole) < 3 or _bare(whole) not in lines:
                continue
            self.blocks.append(element)
            self.words += len(whole.strip())
            self.linked += sum(len(a.text_content().strip()) for a in element.iter("a"))

    def links(self, base: str | None) -> list[str]:
        """Addresses that the article links to, in its order; of more than are kept, those of other sites first."""
        links: dict[str, None] = {}
        for block in self.blocks:
            for a in block.iter("a"):
                if link := absolute(a.get("href"), base):
                    links.setdefault(link)
        if len(links) > MOST_LINKS:
            # Those to other sites are what tells of a source.
            away = [link for link in links if not same_site(link, base)]
            return (away + [link for link in links if same_site(link, base)])[:MOST_LINKS]
        return list(links)

    def images(self, base: str | None) -> list[str]:
        """Tracking pixels anywhere in the page, then pictures among the article's paragraphs."""
        pixels: dict[str, None] = {}
        pictures: dict[str, None] = {}
        for element in self.tree.iter("img", "amp-img", "amp-pixel"):
            source, get = _source(element), element.get
            tiny = element.tag == "amp-pixel" or (_tiny(get("width")) and _tiny(get("height")))
            if source and (tiny or _PIXEL.search(source)) and (link := absolute(source, base)):
                pixels.setdefault(link)
        # In `noscript` parsers keep what is in it as text.
        for element in self.tree.iter("noscript"):
            for source in re.findall(r"<img[^>]+?src=[\"']([^\"'\s]+)", element.text or "", re.IGNORECASE):
                if _PIXEL.search(source) and (link := absolute(source, base)):
                    pixels.setdefault(link)
        around = self._around()
        for element in around.iter("img", "amp-img") if around is not None else ():
            if (link := absolute(_source(element), base)) and link not in pixels:
                pictures.setdefault(link)
        return [*pixels, *pictures][:MOST_IMAGES]

    def _around(self) -> Any | None:
        """The innermost element that holds most of the article's paragraphs, if it is not the whole page."""
        count: dict[Any, int] = {}
        for block in self.blocks:
            for parent in block.iterancestors():
                if parent.tag in ("body", "html"):
                    break
                count[parent] = count.get(parent, 0) + 1
        return max(count, key=count.__getitem__, default=None)


def _bare(text: str) -> str:
    """A line as it is the same in the page and in trafilatura's text, which marks items of lists."""
    return "".join(text.split()).lstrip("-|").rstrip("|")


def _source(element: Any) -> str | None:
    """The address of a picture, which may wait in another attribute until it is scrolled to."""
    for name in ("src", "data-src", "data-original"):
        if (source := element.get(name)) and not _PLACEHOLDER.search(source):
            return source  # type: ignore[no-any-return]
    return None


def _tiny(size: str | None) -> bool:
    return size is not None and size.strip().removesuffix("px") in ("0", "1")


def remove_other_articles(tree: Any, titles: list[str]) -> int:
    """Take other whole articles out of a page that loads one after the other as it is scrolled; how many were.

    An article of such a page has its own heading of the first order and a text of its own. The one whose heading is the
    page's title stays; where none is, nothing is taken out.
    """
    candidates = []
    if sum(1 for _ in tree.iter("h1")) < 2:
        return 0
    for element in tree.iter("article", "div", "section"):
        kind = (element.get("class") or "").lower()
        if element.tag != "article" and "article" not in kind and "story" not in kind and "post" not in kind:
            continue
        headings = list(element.iter("h1"))
        if (
            len(headings) == 1
            and sum(len(collapse_whitespace(p.text_content()).split()) for p in element.iter("p")) >= 80
        ):
            candidates.append((element, collapse_whitespace(headings[0].text_content()), headings[0]))
    # Of nested candidates the outermost: it holds all that belongs to its heading.
    outer = {heading: (element, title) for element, title, heading in reversed(candidates)}
    if len(outer) < 2:
        return 0
    order = list(reversed(outer.values()))
    matches = (position for position, (_, title) in enumerate(order) if _is_title(title, titles))
    if (keep := next(matches, None)) is None:
        return 0
    for position, (element, _) in enumerate(order):
        if position != keep and (parent := element.getparent()) is not None:
            parent.remove(element)
    return len(order) - 1


def _is_title(heading: str, titles: list[str]) -> bool:
    return len(heading.split()) >= 3 and any(title_overlap(heading, title) >= 0.6 for title in titles)
