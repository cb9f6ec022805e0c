"""Read the text of pages that have it elsewhere than in paragraphs: under pictures, as steps, in their description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from dedup.inputs.html.lost_text import TITLE_WORD, Reading, is_about, plain_text, prose_of, share_held
from dedup.inputs.html.paragraphs import find_blocks, is_prose, size_of

#: The size of a text to which captions or a description may be preferred.
_SHORT = 900
#: The least captions of a gallery, how many times they must have the size of the text, the name of the element.
_CAPTIONS, _TIMES = 5, 3.0
_GALLERY = re.compile(
    r"(?:^|[\s_-])(?:photo|picture|image|bilder|foto)?-?"
    r"(?:gallery|galerie|galeria|galleria|slideshow|diaporama|fotostrecke)(?:$|[\s_-])",
    re.IGNORECASE,
)
#: The least size of the steps of a recipe, and the share of them in a text below which they are not in it.
_STEPS, _APART = 250, 0.3
#: The least size of a description, and the share of its words from which a text is about the same.
_DESCRIPTION, _STRANGE = 120, 0.15


def with_captions(tree: Any, text: str) -> Reading:
    """Return a short text with the captions of a page that is a gallery of pictures, if they are much more."""
    if (size := size_of(text)) <= _SHORT and size_of(captions := _captions(tree)) > _TIMES * size:
        return Reading("\n".join(filter(None, (text, captions))), "captions")
    return Reading(text, "")


def _captions(tree: Any) -> str:
    """Return the captions of a page that is a gallery by the name of its main element; else ""."""
    lines: dict[str, None] = {}
    for caption in tree.iter("figcaption"):
        around = (each for each in caption.iterancestors() if each.tag in ("article", "main", "body"))
        if any(_GALLERY.search(each.get("class") or "") for each in around):
            lines.update(dict.fromkeys(block.text for block in find_blocks(caption)))
    return "\n".join(lines) if sum(map(is_prose, lines)) >= _CAPTIONS else ""


def from_description(text: str, titles: list[str], descriptions: list[str]) -> Reading:
    """Return the longest description of a page if its text is short and has next to none of its words.

    So are the texts of dialogs replaced where a page shows a film. A text without prose is left to the rules for pages
    that are no article.
    """
    description = max(descriptions, key=size_of, default="")
    if not 0 < prose_of(text) <= _SHORT or size_of(description) < _DESCRIPTION or not is_about(description, titles):
        return Reading(text, "")
    whole = text.lower()
    words = set(TITLE_WORD.findall(" ".join((description, *titles)).lower()))
    is_same = sum(word in whole for word in words) > _STRANGE * len(words)
    return Reading(text, "") if is_same else Reading(description, "description")


def with_steps(text: str, things: Iterable[Mapping[str, Any]]) -> Reading:
    """Return a text with the steps of a recipe in JSON-LD if they are more than it and not in it.

    things: all objects of the page.
    """
    steps = next(filter(None, map(_steps, things)), "")
    if size_of(steps) < max(_STEPS, size_of(text)) or share_held(steps, text) >= _APART:
        return Reading(text, "")
    return Reading("\n".join(filter(None, (text, steps))), "json-ld")


def _steps(thing: Mapping[str, Any]) -> str:
    lines: list[Any] = []
    for step in _listed(thing.get("recipeInstructions")):
        parts = step.get("itemListElement", step) if isinstance(step, Mapping) else step
        lines += [part.get("text") if isinstance(part, Mapping) else part for part in _listed(parts)]
    return "\n".join(filter(None, map(plain_text, lines)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
