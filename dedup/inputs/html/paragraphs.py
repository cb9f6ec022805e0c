"""Collect the paragraphs of an article by their place in the page: a second reading where the extractor lost text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any, NamedTuple

#: Elements whose content is no part of an article.
_NO_TEXT = frozenset((
    "script", "style", "noscript", "template", "button", "select", "textarea", "svg", "iframe", "object", "figure",
    "figcaption", "audio", "video", "head", "label", "input", "rt", "rp",
))  # fmt: skip
#: Elements that stand around an article, if it is not inside them: a form around a whole page, an end that is missing.
_PARTS = frozenset(("nav", "footer", "aside", "form"))
#: Elements inside a line of text.
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "mark", "nobr", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr", "amp-img", "picture", "source",
))  # fmt: skip
#: Elements that hold one line; the others that hold text hold several.
_LINES = frozenset(("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: Words of classes and ids of what stands around an article, which are English on sites of all languages.
_AROUND = re.compile(
    r"(?:.*[-_])?(?:comments?|disqus|respond|repl(?:y|ies)|related|recommended|recommendations?|read-?(?:more|next|also)"
    r"|more-?(?:from|stories|news|on)|most-?(?:read|popular)|popular|trending|newsletters?|subscri(?:be|ption)|promos?"
    r"|teasers?|side-?bar|menu|nav(?:igation|bar)?|breadcrumbs?|footer|social|shar(?:e|ing)|cookies?|consent|gdpr"
    r"|banner|advert(?:s|isement|ising)?|ads?|sponsor(?:ed)?|taboola|outbrain|widgets?|tags?|bio|captions?|disclaimer"
    r"|login|modal|popup|overlay|tooltip|gallery|slideshow|playlist)"
    r"(?:[-_]+(?:lists?|box|boxes|container|wrap(?:per)?|section|area|inner|items?|blocks?|links?|bar|buttons?|widget"
    r"|content|text|articles?|stories|posts?|form|thread|body|slots?|units?|zone|label|\d+))?",
    re.IGNORECASE,
)
#: The least size of a paragraph of prose, and the share of its characters in links that it stays below.
PROSE, _LINKS = 60, 0.5
#: Characters of the longest class or id that is looked at.
_LONGEST_MARK = 500
#: A character of a script without spaces.
WIDE = r"[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_WIDE = re.compile(WIDE)
_GAP = re.compile(r"\x00\s*(?:\x00\s*)+")


class Block(NamedTuple):
    """A line of text: its text, its size, whether it is prose, and the element that its neighbours are in too.

    heading: the level of a heading, else 0. linked: whether half of it is inside links, as the heading of another.
    bare: whether it is text of the container itself, between line breaks or other elements.
    """

    text: str
    size: int
    prose: bool
    container: Any
    heading: int = 0
    linked: bool = False
    bare: bool = False


def size_of(text: str) -> int:
    """Return the characters of a text; those of scripts without spaces count as three, since they say as much."""
    return len(text) if text.isascii() else len(text) + 2 * len(_WIDE.findall(text))


def is_prose(text: str) -> bool:
    """Return whether a line has the size of a paragraph of prose."""
    return size_of(text) >= PROSE


def find_blocks(root: Any) -> list[Block]:
    """Return the lines of an element in order, without menus, forms, pictures and what else is around an article."""
    from lxml.etree import iterwalk

    blocks: list[Block] = []
    parts: list[str] = []
    linked = in_link = 0
    skipped: Any = None
    paragraphs = sum(1 for _ in root.iter("p"))

    def end_line(holder: Any) -> None:
        nonlocal linked
        whole = "".join(parts)
        parts.clear()
        is_linked, linked = linked >= _LINKS * len(whole), 0
        heading = int(holder.tag[1]) if holder.tag in _HEADINGS else 0
        if not whole or whole.isspace() or (is_linked and not heading):
            return
        bare = holder.tag not in _LINES or holder.getparent() is None
        container = holder if bare else holder.getparent()
        for piece in _GAP.split(whole) if "\x00" in whole else (whole,):
            if text := " ".join(piece.replace("\x00", " ").split()):
                size = size_of(text)
                blocks.append(Block(text, size, size >= PROSE and not heading, container, heading, is_linked, bare))

    def add(text: str | None) -> None:
        nonlocal linked
        if text:
            parts.append(text)
            linked += len(text) if in_link else 0

    walker = iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if element is not root and (tag in _NO_TEXT or (tag not in _INLINE and _is_around(element, paragraphs))):
                skipped = element
                walker.skip_subtree()
            elif tag == "br":
                parts.append("\x00")
            elif tag in _INLINE:
                in_link += tag == "a"
                add(element.text)
            else:
                if (parent := element.getparent()) is not None:
                    end_line(_holder(parent))
                add(element.text)
            continue
        if event == "end" and element is not skipped:
            if tag in _INLINE:
                in_link -= tag == "a"
            elif tag != "br":
                end_line(element)
        if element is not root:
            add(element.tail)
    return blocks


def _holder(element: Any) -> Any:
    """Return the innermost element around a place that is not inside a line."""
    while element.tag in _INLINE and element.getparent() is not None:
        element = element.getparent()
    return element


def _is_around(element: Any, paragraphs: int) -> bool:
    """Return whether an element stands around an article and does not hold it. paragraphs: their number in the page."""
    if element.tag in ("body", "html", "article", "main"):
        return False
    if element.tag in _PARTS:
        return next(element.iter("h1"), None) is None and 2 * sum(1 for _ in element.iter("p")) <= paragraphs
    marks = (element.get("class"), element.get("id"))
    named = any(mark and len(mark) <= _LONGEST_MARK and _is_named_around(mark) for mark in marks)
    return named and next(element.iter("h1"), None) is None


@lru_cache(maxsize=4096)
def _is_named_around(names: str) -> bool:
    return any(_AROUND.fullmatch(name) for name in names.split())


def main_blocks(blocks: list[Block]) -> list[int]:
    """Return the positions of the blocks of the container with the most prose, and of those that continue it.

    A container counts half for the element around it, so that paragraphs each in an element of its own are found too.
    A heading of another article, outside these containers, ends them.
    """
    scores: defaultdict[Any, float] = defaultdict(float)
    for block in blocks:
        if block.prose:
            scores[block.container] += block.size
            if (parent := block.container.getparent()) is not None:
                scores[parent] += block.size / 2
    if not scores:
        return []
    main = max(scores, key=scores.__getitem__)
    parts: dict[Any, Any] = {}
    segments: list[list[int]] = [[]]
    for position, block in enumerate(blocks):
        part = _part(block.container, main, parts)
        if part is not None:
            if not block.linked:
                segments[-1].append(position)
        elif block.heading == 1 or (block.heading == 2 and block.linked):
            segments.append([])
    return max(segments, key=lambda segment: sum(blocks[at].size for at in segment if blocks[at].prose))


def kin_blocks(blocks: list[Block], least: int) -> list[int]:
    """Return the positions of the blocks of the like containers that have the most prose together.

    So are the modules of a page found that stand between others, and the texts of slides. A heading of another article
    outside these containers ends them. None are returned if their prose has no more than `least` characters.
    """
    names = {container: _names_of(container) for container in {block.container for block in blocks}}
    sizes: defaultdict[Any, int] = defaultdict(int)
    for block in blocks:
        if block.prose and names[block.container]:
            sizes[names[block.container]] += block.size
    if not sizes or max(sizes.values()) <= least:
        return []
    largest = max(sizes, key=sizes.__getitem__)
    keys = {container: kin_of(container) for container in names}
    articles: Counter[Any] = Counter()
    for block in blocks:
        if block.prose and names[block.container] == largest and (key := keys[block.container]):
            articles[key[3]] += block.size
    main = (*largest, max(articles, key=articles.__getitem__))
    segments: list[list[int]] = [[]]
    for position, block in enumerate(blocks):
        if is_kin(keys[block.container], main):
            if not block.linked:
                segments[-1].append(position)
        elif block.heading == 1 or (block.heading == 2 and block.linked):
            segments.append([])
    return max(segments, key=lambda segment: sum(blocks[at].size for at in segment if blocks[at].prose))


def kin_of(element: Any) -> tuple[Any, ...] | None:
    """Return what an element has in common with its like: names and article; without names, those around it.

    None for an article, which has no like, and where there are no names.
    """
    return (*names, headed_article_of(element)) if (names := _names_of(element)) else None


def _names_of(element: Any) -> tuple[str, str, frozenset[str]] | None:
    if element.tag == "article":
        return None
    if names := _words_of(element):
        return element.tag, "", names
    if (parent := element.getparent()) is not None and (around := _words_of(parent)):
        return element.tag, parent.tag, around
    return None


def _words_of(element: Any) -> frozenset[str]:
    """Return the classes of an element, without the numbers that count them."""
    return frozenset(name.rstrip("0123456789").rstrip("-_") for name in (element.get("class") or "").split())


def is_kin(a: tuple[Any, ...] | None, b: tuple[Any, ...] | None) -> bool:
    """Return whether two elements, as `kin_of` describes them, are alike: they share most names, in one article."""
    if a is None or b is None or a[:2] != b[:2] or not (a[3] is b[3] or a[3] is None or b[3] is None):
        return False
    return len(a[2] & b[2]) >= 0.5 * len(a[2] | b[2])


def headed_article_of(element: Any) -> Any:
    """Return the innermost `article` element with a heading around a place; one without is a part of a page."""
    article = article_of(element)
    while article is not None and next(article.iter(*_HEADINGS), None) is None:
        article = next(article.iterancestors("article"), None)
    return article


def _part(container: Any, main: Any, parts: dict[Any, Any]) -> Any:
    """Return `main`, or the element that continues it, if a container is in one; else None."""
    path, at = [], container
    while at is not None and at not in parts and at is not main and not _continues(at, main):
        path.append(at)
        at = at.getparent()
    part = parts.get(at, at)
    parts.update(dict.fromkeys((*path, container), part))
    return part


def _continues(element: Any, main: Any) -> bool:
    """Return whether an element has the tag and most classes of `main`, and is in the same article."""
    if element.tag != main.tag or element.tag == "article":
        return False
    names, others = set((element.get("class") or "").split()), set((main.get("class") or "").split())
    if not names or len(names & others) < 0.5 * len(names | others):
        return False
    return article_of(element) is article_of(main)


def article_of(element: Any) -> Any:
    """Return the innermost `article` element around a place, which may be the element itself; None if there is none."""
    return element if element.tag == "article" else next(element.iterancestors("article"), None)
