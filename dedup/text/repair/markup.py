"""Remove tags, comments and scripts that were left in a text, and decode its entities.

A text may speak of tags (`the line that begins <li>`) or use the signs (`a < b`): only names of HTML are tags, and only
where tags do the work of markup: they touch words, have attributes, or stand alone at an end of a line.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

from dedup.text.repair.edits import Step, substitute
from dedup.text.repair.elements import BLOCK, ELEMENTS, HIDDEN, INLINE

_CONTENT = re.compile(
    rf"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|<\?xml[^<>]*>|<!doctype[^<>]*>|<({'|'.join(HIDDEN)})\b[^<>]*>.*?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[\w:.@-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*)\s*/?>"""
)
_SPACE = " \t\r"
_ENTITY = re.compile(r"&(?:#(\d{2,7});?|#[xX]([0-9a-fA-F]{2,6});?|([A-Za-z][A-Za-z0-9]{1,30});)")
#: Rounds of escaping that are undone.
_ROUNDS = 3
#: How often the code of a company may stand in angle brackets.
_CODE_REPEATS = 2


def repair_markup(text: str) -> tuple[str, list[Step], list[str]]:
    """Return a text without markup and entities, the steps, and the kinds of repair."""
    steps: list[Step] = []
    kinds: list[str] = []
    has_tags = False
    for _ in range(_ROUNDS):
        before = text
        if not has_tags and "<" in text and _is_markup(text):
            has_tags = True
            for pattern, put in ((_CONTENT, _of_content), (_TAG, _of_tag)):
                text, step = substitute(pattern, put, text)
                if step is not None:
                    steps.append(step)
            kinds.append("markup")
        if "&" in text:
            text, step = substitute(_ENTITY, _of_entity, text)
            if step is not None:
                steps.append(step)
                if "entities" not in kinds:
                    kinds.append("entities")
        if text == before:
            break
    return text, steps, kinds


def _name(tag: re.Match[str]) -> str:
    return tag[2].lower()


def _is_markup(text: str) -> bool:
    """Return whether the tags of a text are markup, and not what the text is about."""
    rest = _CONTENT.sub("\n", text)
    if not rest.count("<") or not _has_more_than_codes(rest):
        return bool(_CONTENT.search(text))
    working = idle = 0
    coverage = 0
    total = 0
    for line in rest.split("\n"):
        line = line.strip()
        total += len(line)
        works = 0
        for tag in _TAG.finditer(line):
            name = _name(tag)
            if name not in BLOCK and name not in INLINE:
                continue
            if _does_work(line, tag, name):
                works += 1
            else:
                idle += 1
        working += works
        coverage += len(line) if works else 0
    if not working:
        return bool(_CONTENT.search(text)) and not idle
    return working >= 3 * idle and 2 * coverage >= total


def _has_more_than_codes(text: str) -> bool:
    """Return whether a text has a tag of HTML that may not be the code of a company, as in `Navistar <NAV> said`.

    Codes are in capitals, without values of attributes, and are not closed; each is written once or twice.
    """
    codes: dict[str, int] = {}
    for tag in _TAG.finditer(text):
        if _name(tag) in ELEMENTS:
            if tag[1] or "=" in tag[3] or not tag[2].isupper():
                return True
            codes[tag[2]] = codes.get(tag[2], 0) + 1
    return any(count > _CODE_REPEATS for count in codes.values())


def _does_work(line: str, tag: re.Match[str], name: str) -> bool:
    """Return whether a tag has attributes with values, or touches what it marks."""
    before = line[tag.start() - 1] if tag.start() else "\n"
    after = line[tag.end()] if tag.end() < len(line) else "\n"
    if "=" in tag[3]:
        return True
    if name in BLOCK:
        return (
            before in "\n>"
            or after in "\n<"
            or (before not in _SPACE) != (after not in _SPACE)
            or (before.isalnum() or after.isalnum())
        )
    return (
        before not in _SPACE and not before.isspace()
        if tag[1]
        else after not in _SPACE and after not in "\n,.;:!?\"'”’)"
    )


def _of_content(match: re.Match[str]) -> str:
    return "" if match[0].startswith(("<![", "]]>")) else "\n"


def _of_tag(tag: re.Match[str]) -> str:
    name = _name(tag)
    return "\n" if name in BLOCK else "" if name in INLINE else tag[0]


def _of_entity(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name is not None:
        value = html5.get(name + ";", entity[0])
    else:
        value = html.unescape(f"&#{decimal};" if decimal is not None else f"&#x{hexadecimal};")
        if value == "\ufffd" or (len(value) == 1 and ord(value) < 32 and value not in "\n\t"):
            return entity[0]
    return " " if value == "\xa0" else "\n" if value == "\r" else value
