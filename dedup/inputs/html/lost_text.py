"""Find the text of an article again where the extractor lost most of it: by its paragraphs, in JSON-LD, in a script."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from heapq import nlargest
from html import unescape
from typing import Any, NamedTuple

import orjson

from dedup.inputs.html.jsonld import is_title
from dedup.inputs.html.paragraphs import (
    PROSE,
    WIDE,
    Block,
    article_of,
    find_blocks,
    headed_article_of,
    is_prose,
    kin_blocks,
    kin_of,
    main_blocks,
    size_of,
)

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
#: The share of a text that lines between its own ones must have to be filled in.
_FILLED = 0.25
#: The least size of a long paragraph, and the number of these in a page that is no list.
_LONG, _LONG_ONES = 200, 3
#: The end of a teaser.
_TEASER = re.compile(r"(?:…|\.\.\.)\W*$")
#: Characters by which a line is found in another text.
_KEY = 40

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
#: A word of a title that says what it is about: four letters, or the first two of a script without spaces.
TITLE_WORD = re.compile(rf"{WIDE}{{2}}|\w{{4,}}")
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


def needs_second_reading(text: str, besides: int, beside: int, json_body: str) -> bool:
    """Return whether a text is short beside its page.

    besides: characters of the paragraphs of prose that are not in it. beside: of lists and bare text among its own
    paragraphs that are not in it. json_body: the text in JSON-LD.
    """
    if besides > _BESIDES * (least := _least_prose(text)) or beside > _FILLED * least:
        prose = prose_of(text)
        if besides > _BESIDES * prose or beside > _FILLED * prose:
            return True
    if (size := size_of(text)) <= _SHORT or size_of(json_body) > _TIMES * size:
        return True
    return "\n" not in text and "\n" in json_body


def second_reading(tree: Any, text: str, titles: list[str], json_body: str, beside: int) -> Reading:
    """Return the text of a page, read again: `text` itself if nothing better is found.

    The paragraphs of the main container, or of elements of one kind, replace it if they hold it and have twice its
    size, or if it is a small part of the page and they follow the heading; then JSON-LD by its size alone. Else the
    lists among its paragraphs are filled in. The tree is not changed. titles: of the page. beside: see
    `needs_second_reading`.
    """
    if "\n" not in text and "\n" in json_body and share_held(json_body, text) >= _HELD:
        # The extractor joins the paragraphs of JSON-LD to one line.
        return Reading(json_body, "json-ld")
    best = _from_paragraphs(tree, text, titles, json_body)
    if not best.source and beside > _FILLED * prose_of(text):
        best = fill_between(find_blocks(tree), text)
    size, json_size = size_of(best.text), size_of(json_body)
    if (
        json_size >= _LEAST
        and json_size > (_TIMES if share_held(best.text, json_body) >= _HELD else _TIMES_OTHER) * size
    ):
        best = Reading(json_body, "json-ld")
    if size_of(best.text) < _LEAST and size_of(script := script_text(tree)) >= _LEAST and is_about(script, titles):
        best = Reading(script, "script")
    return best


def _from_paragraphs(tree: Any, text: str, titles: list[str], json_body: str) -> Reading:
    blocks = find_blocks(tree)
    head = _heading(blocks, titles)
    for candidates, part_of in (
        (main_blocks(blocks), article_of),
        (kin_blocks(blocks, size_of(text)), headed_article_of),
    ):
        positions = _of_article(blocks, candidates, head)
        positions = _of_one_article(blocks, positions, [part_of(blocks[at].container) for at in positions], text)
        size = sum(blocks[at].size for at in positions if blocks[at].prose)
        if size < _LEAST:
            continue
        new = "\n".join(blocks[at].text for at in positions)
        follows = _follows(blocks, positions[0], head, size)
        if part_of is headed_article_of:
            # Like elements are also those of pictures or comments: they take the place of what is no line of the page.
            follows = follows and share_held(text, "\n".join(b.text for b in blocks if not b.linked)) < _APART
        if _is_better(text, new, size, json_body, follows) or (
            size > prose_of(text) and _is_lead(blocks, positions, head, text)
        ):
            before = _lines_before(blocks, positions[0], head, text)
            return Reading("\n".join([*(line for line in before if line not in new), new]), "paragraphs")
    return Reading(text, "")


def _of_article(blocks: list[Block], positions: list[int], head: int | None) -> list[int]:
    """Leave out what is repeated, and what stands before the heading."""
    positions = _unique(blocks, positions)
    if head is not None and positions and head < positions[-1]:
        return [at for at in positions if at > head]
    return positions


def _is_better(text: str, new: str, size: int, json_body: str, follows: bool) -> bool:
    """Return whether the paragraphs `new` replace a text. size: of their prose. follows: the heading of the page."""
    if share_held(text, new) >= _HELD:
        return size > _TIMES * size_of(text)
    if size_of(json_body) >= _LEAST and share_held(new, json_body) >= _HELD:
        # JSON-LD says which of the two texts is the article's.
        return max(share_held(text, json_body), share_held(json_body, text)) < _APART or size > _TIMES * size_of(text)
    # A menu that was taken for the text has many short lines.
    return follows and size > max(size_of(text), _TIMES_OTHER * prose_of(text))


def fill_between(blocks: list[Block], text: str) -> Reading:
    """Return a text with the lists and like paragraphs that the page has between its own ones, if they are not few."""
    lines, whole = text.splitlines(), _squeeze(text)
    blocks_by_key: dict[str, int] = {}
    for at, block in enumerate(blocks):
        blocks_by_key.setdefault(_squeeze(block.text), at)
    keys = [_squeeze(line).lstrip("-|") for line in lines]
    places = {blocks_by_key[key]: n for n, key in enumerate(keys) if key in blocks_by_key}
    own = [at for at in places if blocks[at].prose]
    if len(own) < 2:
        return Reading(text, "")
    containers = {blocks[at].container for at in own}
    kin = {key for container in containers if (key := kin_of(container))}
    after: defaultdict[int, list[str]] = defaultdict(list)
    size, last = 0, min(own)
    for at in range(min(own), max(own) + 1):
        container, block = blocks[at].container, blocks[at]
        if at in places:
            last = at
        elif not block.linked and _squeeze(block.text)[:_KEY] not in whole:
            is_list = container.tag in ("ul", "ol") and any(each in containers for each in container.iterancestors())
            if is_list or kin_of(container) in kin:
                whole += _squeeze(block.text)
                after[places[last]].append(block.text)
                size += block.size if block.prose else 0
    if size < max(_LEAST, _FILLED * prose_of(text)):
        return Reading(text, "")
    return Reading("\n".join(part for n, line in enumerate(lines) for part in (line, *after[n])), "paragraphs")


def fill_bare(tree: Any, text: str) -> Reading:
    """Return a text with the bare lines that the page has in the very elements of at least two of its own ones.

    The extractor loses those before the first line break of an element.
    """
    blocks, lines, whole = find_blocks(tree), text.splitlines(), _squeeze(text)
    numbers = {_squeeze(line): n for n, line in reversed(list(enumerate(lines)))}
    line_numbers = [numbers.get(_squeeze(block.text)) if block.bare else None for block in blocks]
    own = Counter(
        block.container for block, n in zip(blocks, line_numbers, strict=True) if n is not None and block.prose
    )
    before: defaultdict[int, list[str]] = defaultdict(list)
    leading: list[str] = []
    last: dict[Any, int] = {}
    for block, n in zip(blocks, line_numbers, strict=True):
        box = block.container
        if n is not None:
            before[n] += leading
            leading, last[box] = [], n
        elif (
            block.bare
            and block.prose
            and not block.linked
            and own[box] > 1
            and _squeeze(block.text)[:_KEY] not in whole
        ):
            whole += _squeeze(block.text)
            if box in last:
                before[last[box] + 1].append(block.text)
            else:
                leading.append(block.text)
    if not any(before.values()):
        return Reading(text, "")
    return Reading(
        "\n".join(part for n, line in enumerate([*lines, ""]) for part in (*before[n], line)).rstrip("\n"), "paragraphs"
    )


def is_about(text: str, titles: list[str]) -> bool:
    """Return whether half of the words of a title are in a text."""
    words = [set(TITLE_WORD.findall(title.lower())) for title in titles]
    whole = text.lower()
    return any(some and 2 * sum(word in whole for word in some) >= len(some) for some in words)


def _unique(blocks: list[Block], positions: list[int]) -> list[int]:
    """Leave out paragraphs of prose that were there before."""
    first: dict[str, int] = {}
    for at in positions:
        first.setdefault(blocks[at].text, at)
    return [at for at in positions if not blocks[at].prose or first[blocks[at].text] == at]


def _of_one_article(blocks: list[Block], positions: list[int], articles: list[Any], text: str) -> list[int]:
    """Leave out all `article` elements but those that hold lines of a text, or else the largest.

    articles: the element around each position, or None.
    """
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
    if (named := next((at for at in headings if is_title(blocks[at].text, titles)), None)) is not None:
        return named
    if first := [at for at in headings if blocks[at].heading == 1]:
        return first[0] if len(first) == 1 else None
    return next((at for at, block in enumerate(blocks) if not block.prose and is_title(block.text, titles)), None)


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


def is_one_article(tree: Any, titles: list[str]) -> bool:
    """Return whether a page has one article and no list: long paragraphs follow its only h1, which is its title.

    No heading among them is a link, and few end like a teaser.
    """
    blocks = find_blocks(tree)
    heads = [at for at, block in enumerate(blocks) if block.heading == 1]
    if len(heads) != 1 or blocks[heads[0]].linked or not is_title(blocks[heads[0]].text, titles, words=1):
        return False
    positions = [at for at in main_blocks(blocks) if at > heads[0]]
    long = [at for at in positions if blocks[at].size >= _LONG]
    if len(long) < _LONG_ONES or not _follows(blocks, positions[0], heads[0], sum(blocks[at].size for at in long)):
        return False
    among = blocks[positions[0] : positions[-1] + 1]
    if _has_other(among) or 2 * sum(block.heading > 0 for block in among) >= len(long):
        return False
    return 3 * sum(_TEASER.search(blocks[at].text) is not None for at in long) < len(long)


def _is_lead(blocks: list[Block], positions: list[int], head: int | None, text: str) -> bool:
    """Return whether a text is one paragraph between the heading and the paragraphs at `positions`.

    They are inside the element of that paragraph, and no heading is between.
    """
    if head is None or positions[0] <= head or any(block.heading for block in blocks[head + 1 : positions[-1]]):
        return False
    between = [block for block in blocks[head + 1 : positions[0]] if block.prose]
    own = _squeeze(text)
    if len(between) != 1 or _squeeze(between[0].text)[:_KEY] not in own:
        return False
    around = between[0].container
    return all(around in (box := blocks[at].container, *box.iterancestors()) for at in positions)


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
    return plain_text(article.get("articleBody") if article else None)


def plain_text(body: Any) -> str:
    """Return a text in JSON-LD without markup, one line a paragraph; "" if it is none."""
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


def prose_of(text: str) -> int:
    """Return the size of the lines of a text that are paragraphs of prose."""
    return sum(map(size_of, filter(is_prose, text.splitlines())))


def _least_prose(text: str) -> int:
    """Return a size that the prose of a text has at least."""
    return sum(size for line in text.splitlines() if (size := len(line)) >= PROSE)


def _squeeze(text: str) -> str:
    """Remove white space, and characters that are not seen, which the extractor removes too."""
    bare = "".join(text.split())
    return bare if bare.isascii() else _UNSEEN.sub("", bare)
