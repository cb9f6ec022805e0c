"""Find the text of an article again where the extractor lost most of it: by its paragraphs, in JSON-LD, in a script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from heapq import nlargest
from html import unescape
from typing import Any, NamedTuple

import orjson

from dedup.inputs.html.jsonld import title_overlap
from dedup.inputs.html.paragraphs import WIDE, Block, article_of, find_blocks, is_prose, main_blocks, size_of

#: The least size of another text that replaces one, and how many times it must have the size of that one: where it
#: holds most of it, and where it need not hold it. On 1,400 pages with known texts the first ratio is 2 and more where
#: half of a text was lost, and at most 1.85 where a box or readers' comments were taken for it.
_LEAST, _TIMES, _TIMES_OTHER = 250, 1.9, 3.0
#: The least share of the prose of a page without a heading that another text has.
_BULK = 0.8
#: The share of a text in another from which it is held by it; the share below which they are of different articles.
_HELD, _APART = 0.6, 0.3
#: A text of this size or less is always read again; others if the page has this many times as much prose besides it.
#: One page in ten is read again, which takes 1 % of the time of all.
_SHORT, _BESIDES = 900, 0.8
#: Characters by which a line is found in another text.
_KEY = 40

#: A word of a title that says what it is about: four letters, or the first two of a script without spaces.
_TITLE_WORD = re.compile(rf"{WIDE}{{2}}|\w{{4,}}")
#: Markup in a JSON string.
_MARKUP = re.compile(r"</?(?:p|br|div|h[1-6]|li|ul|a|em|strong|b|i|span)\b[^<>]*>", re.IGNORECASE)
_ESCAPED_MARKUP = re.compile(r"&lt;/?(?:p|br|div)\b", re.IGNORECASE)
#: A link of Markdown, and other marks of it: references, attributes, rules, headings, emphasis.
_LINK = re.compile(r"!?\[([^\]\[\n]*)\]\([^)\s]*\)")
_CODES = re.compile(r"\[#\w+:[^\]\n]*\]|\{:[^}\n]*\}|\|\|\||^[#+*=-]+[ \t]*(?:[\w-]+$)?|\*\*|__", re.MULTILINE)
#: A string of JSON with markup of paragraphs, as the scripts hold it from which some sites build their pages.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_PARAGRAPH = re.compile(r"(?:<|\\+u003c)p\b", re.IGNORECASE)
#: The most strings of a script that are parsed, the longest first.
_STRINGS = 3
#: A string of JSON inside a string of JSON.
_INNER = re.compile(r"\\u003c|^\s*[{\[]|\":\s*\"")


class Reading(NamedTuple):
    """A text of a page, and what it was read from: "" for the extractor, `paragraphs`, `json-ld` or `script`."""

    text: str
    source: str


def needs_second_reading(text: str, besides: int, json_body: str) -> bool:
    """Return whether a text is short beside its page.

    besides: characters of the paragraphs of prose that are not in it. json_body: the text in JSON-LD.
    """
    if besides > _BESIDES * len(text) or (size := size_of(text)) <= _SHORT or size_of(json_body) > _TIMES * size:
        return True
    return "\n" not in text and "\n" in json_body


def second_reading(tree: Any, text: str, titles: list[str], json_body: str) -> Reading:
    """Return the text of a page, read again: `text` itself if nothing better is found.

    The paragraphs of the main container replace it if they hold it and have twice its size, or if it is a small part of
    the page and they follow the heading; then JSON-LD by its size alone. The tree is not changed. titles: of the page.
    """
    if "\n" not in text and "\n" in json_body and share_held(json_body, text) >= _HELD:
        # The extractor joins the paragraphs of JSON-LD to one line.
        return Reading(json_body, "json-ld")
    best = _from_paragraphs(tree, text, titles, json_body)
    size, json_size = size_of(best.text), size_of(json_body)
    if (
        json_size >= _LEAST
        and json_size > (_TIMES if share_held(best.text, json_body) >= _HELD else _TIMES_OTHER) * size
    ):
        best = Reading(json_body, "json-ld")
    if size_of(best.text) < _LEAST and size_of(script := script_text(tree)) >= _LEAST and _is_about(script, titles):
        best = Reading(script, "script")
    return best


def _from_paragraphs(tree: Any, text: str, titles: list[str], json_body: str) -> Reading:
    blocks = find_blocks(tree)
    positions, head = _unique(blocks, main_blocks(blocks)), _heading(blocks, titles)
    if head is not None and positions and head < positions[-1]:
        positions = [at for at in positions if at > head]
    positions = _of_one_article(blocks, positions, text)
    size = sum(blocks[at].size for at in positions if blocks[at].prose)
    if size >= _LEAST:
        new = "\n".join(blocks[at].text for at in positions)
        if _is_better(text, new, size, json_body, _follows(blocks, positions[0], head, size)):
            before = (line for line in _lines_before(blocks, positions[0], head, text) if line not in new)
            return Reading("\n".join([*before, new]), "paragraphs")
    return Reading(text, "")


def _is_better(text: str, new: str, size: int, json_body: str, follows: bool) -> bool:
    """Return whether the paragraphs `new` replace a text. size: of their prose. follows: the heading of the page."""
    if share_held(text, new) >= _HELD:
        return size > _TIMES * size_of(text)
    if size_of(json_body) >= _LEAST and share_held(new, json_body) >= _HELD:
        # JSON-LD says which of the two texts is the article's.
        return max(share_held(text, json_body), share_held(json_body, text)) < _APART or size > _TIMES * size_of(text)
    # A menu that was taken for the text has many short lines.
    return follows and size > max(size_of(text), _TIMES_OTHER * sum(map(size_of, filter(is_prose, text.splitlines()))))


def _is_about(text: str, titles: list[str]) -> bool:
    """Return whether half of the words of a title are in a text."""
    words = [set(_TITLE_WORD.findall(title.lower())) for title in titles]
    whole = text.lower()
    return any(some and 2 * sum(word in whole for word in some) >= len(some) for some in words)


def _unique(blocks: list[Block], positions: list[int]) -> list[int]:
    """Leave out paragraphs of prose that were there before."""
    first: dict[str, int] = {}
    for at in positions:
        first.setdefault(blocks[at].text, at)
    return [at for at in positions if not blocks[at].prose or first[blocks[at].text] == at]


def _of_one_article(blocks: list[Block], positions: list[int], text: str) -> list[int]:
    """Leave out all `article` elements but those that hold lines of a text, or else the largest."""
    articles = [box if (box := blocks[at].container).tag == "article" else article_of(box) for at in positions]
    if len(set(map(id, articles))) < 2:
        return positions
    lines = {_squeeze(line) for line in text.splitlines()}
    pairs = list(zip(positions, articles, strict=True))
    own = {id(article) for at, article in pairs if _squeeze(blocks[at].text) in lines}
    if not own:
        sizes: Counter[int] = Counter()
        for at, article in pairs:
            sizes[id(article)] += blocks[at].size
        own = {sizes.most_common(1)[0][0]}
    return [at for at, article in pairs if article is None or id(article) in own]


def _heading(blocks: list[Block], titles: list[str]) -> int | None:
    """Return the position of the heading of the article: the first that is a title of the page, else the only h1.

    If there is none, the first short line that is a title.
    """
    headings = [at for at, block in enumerate(blocks) if block.heading]
    if (named := next((at for at in headings if _is_title(blocks[at].text, titles)), None)) is not None:
        return named
    if first := [at for at in headings if blocks[at].heading == 1]:
        return first[0] if len(first) == 1 else None
    return next((at for at, block in enumerate(blocks) if not block.prose and _is_title(block.text, titles)), None)


def _is_title(text: str, titles: list[str]) -> bool:
    return len(text.split()) >= 3 and any(title_overlap(text, title) >= 0.6 for title in titles)


def _follows(blocks: list[Block], start: int, head: int | None, size: int) -> bool:
    """Return whether paragraphs follow the heading of the page, with little and no other article between.

    start: position of the first. head: of the heading; without one they must be most of the page's prose. size: of the
    paragraphs.
    """
    if head is None:
        return size >= _BULK * sum(block.size for block in blocks if block.prose)
    if start < head:
        return False
    between = blocks[head + 1 : start]
    before = sum(block.size for block in between if block.prose)
    return not _has_other(between) and _TIMES_OTHER * before < size if before else all(b.heading != 1 for b in between)


def _has_other(blocks: list[Block]) -> bool:
    """Return whether the heading of another article is among some blocks."""
    return any(block.heading == 1 or (block.heading and block.linked) for block in blocks)


def _lines_before(blocks: list[Block], start: int, head: int | None, text: str) -> list[str]:
    """Return the lines of a text that stand between the heading and the paragraphs found."""
    if head is not None and _has_other(blocks[head + 1 : start]):
        return []
    between = {_squeeze(block.text) for block in blocks[head or 0 : start]}
    return [line for line in text.splitlines() if _squeeze(line) in between]


def article_body(article: Mapping[str, Any] | None) -> str:
    """Return the text that JSON-LD holds of an article, without markup, one line a paragraph; "" if there is none."""
    body = article.get("articleBody") if article else None
    if not isinstance(body, str):
        return ""
    if _ESCAPED_MARKUP.search(body):
        body = unescape(body)
    if _MARKUP.search(body):
        return _text_of_markup(body)
    body = unescape(body)
    if _LINK.search(body):
        body = _CODES.sub("", _LINK.sub(r"\1", body))
    return "\n".join(line for part in body.splitlines() if (line := " ".join(part.split())))


def script_text(tree: Any) -> str:
    """Return the longest text with markup of paragraphs in a string of the scripts of a page; "" if there is none."""
    best = ""
    for script in tree.iter("script"):
        if (content := script.text) and _PARAGRAPH.search(content):
            longest = nlargest(_STRINGS, _strings(content, 1), key=len)
            best = max(best, *map(_text_of_markup, longest), "", key=size_of)
    return best


def _strings(content: str, deeper: int) -> Iterator[str]:
    """Yield the strings of JSON in a text that hold paragraphs; also from JSON inside strings, `deeper` levels down."""
    for string in _STRING.findall(content):
        if len(string) < _LEAST or len(_PARAGRAPH.findall(string)) < 2:
            continue
        try:
            value = orjson.loads(string)
        except ValueError:
            continue
        if _INNER.search(value):
            yield from _strings(value, deeper - 1) if deeper else ()
        else:
            yield value


def _text_of_markup(markup: str) -> str:
    from dedup.inputs.html.body import parse_html

    tree = parse_html(markup)
    return "\n".join(block.text for block in find_blocks(tree)) if tree is not None else ""


def share_held(text: str, other: str) -> float:
    """Return the share of a text in lines whose beginning is in another text, 0 to 1."""
    whole, total, common = _squeeze(other), 0, 0
    for line in text.splitlines():
        bare = _squeeze(line).lstrip("-|")
        if len(bare) > _KEY // 2:
            total += len(bare)
            common += len(bare) if bare[:_KEY] in whole else 0
    return common / total if total else 0.0


def _squeeze(text: str) -> str:
    return "".join(text.split())
