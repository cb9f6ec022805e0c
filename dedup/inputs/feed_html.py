"""Turn a fragment of HTML that is all content, as feeds hold it, into text with paragraphs."""

from __future__ import annotations

import re
from typing import Any

#: A sign of markup: a tag or an entity.
_SIGN = re.compile(r"</?[A-Za-z][^<>]*>|<!--|&(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
_BLANK = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = {"script", "style", "noscript", "template", "iframe", "svg", "object", "form", "button"}
#: Elements that are paragraphs, and those that end a line.
_BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "table", "figure", "figcaption",
    "section", "article", "header", "footer", "aside", "pre", "hr", "center", "address", "details", "main",
}  # fmt: skip
_LINES = {"br", "li", "dt", "dd", "tr"}
_CELLS = {"td", "th"}


def markup_text(text: str) -> str:
    """Return the text of a fragment: entities are characters, blocks are paragraphs. A text without markup stays."""
    if not _SIGN.search(text):
        return text.strip()
    from lxml import etree, html

    try:
        tree = html.fragment_fromstring(text.replace("\0", ""), create_parent="div")
    except (etree.ParserError, ValueError):
        return text.strip()
    pieces: list[str] = []
    _collect(tree, pieces)
    lines = [" ".join(line.split(" ")).strip() for line in "".join(pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(re.sub(" +", " ", line) for line in lines)).strip()


def _collect(root: Any, pieces: list[str]) -> None:
    """Append the text of a tree piece by piece. No recursion: trees may be deep."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, is_end = stack.pop()
        name = element.tag if isinstance(element.tag, str) else ""
        edge = "\n\n" if name in _BLOCKS else "\n" if name in _LINES else " " if name in _CELLS else ""
        if is_end:
            pieces.append("" if name == "br" else edge)
        else:
            pieces.append(edge)
            stack.append((element, True))
            if name and name not in _HIDDEN:
                pieces.append(_BLANK.sub(" ", element.text or ""))
                stack.extend((child, False) for child in reversed(element))
            continue
        if element is not root:
            pieces.append(_BLANK.sub(" ", element.tail or ""))
