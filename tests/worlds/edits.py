"""What a second outlet does to a story that it takes over; sentences keep their keys whatever their words become."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.worlds.sentences import Body, Paragraph, Sentence, sentence, words

_UK = {
    "center": "centre", "color": "colour", "defense": "defence", "labor": "labour", "program": "programme",
    "favor": "favour",
    "neighbor": "neighbour", "organization": "organisation", "percent": "per cent",
    "toward": "towards",
    "analyze": "analyse", "traveled": "travelled", "canceled": "cancelled", "recognize": "recognise",
    "theater": "theatre",
}  # fmt: skip
_DIGITS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"}
_SYNONYMS = {
    "said": "stated", "about": "around", "also": "likewise", "but": "yet", "big": "large",
    "began": "started", "help": "aid",
    "people": "persons", "show": "indicate", "many": "numerous", "however": "still", "because": "since",
    "children": "kids",
    "told": "informed", "use": "utilize",
    "though": "although", "while": "as", "during": "in the course of", "home": "house",
}  # fmt: skip
Change = Callable[[str], str]


def changed(body: Body, change: Change) -> Body:
    """Return a body whose sentences went through a change of words."""
    return tuple(tuple(one.edited(change(one.text)) for one in part) for part in body)


def _swap(text: str, table: dict[str, str]) -> str:
    def other(match: re.Match[str]) -> str:
        new = table[match[0].lower()]
        return new.capitalize() if match[0][0].isupper() else new

    return re.sub(rf"\b(?:{'|'.join(table)})\b", other, text, flags=re.IGNORECASE)


def house_style(style: str) -> Change:
    """Return the change of words and signs that a house makes: spelling, per cent, figures, quotation marks."""
    if style == "uk":
        return lambda text: _swap(text, _UK).replace("U.S.", "US").replace("“", '"').replace("”", '"').replace("’", "'")
    if style == "percent":
        return lambda text: (
            re.sub(r" per ?cent\b", "%", _swap(text, _DIGITS)).replace(" - ", " — ").replace("a.m.", "am")
        )
    return lambda text: text.replace('"', "”").replace(" ”", " “").replace("'", "’")


def typos(body: Body, rng: random.Random, count: int) -> Body:
    """Return a body with some words misspelled, as scans and hurried hands leave them."""
    places = [(i, j) for i, part in enumerate(body) for j, one in enumerate(part) if len(one.text) > 30]
    chosen = set(rng.sample(places, min(count, len(places))))

    def slip(text: str) -> str:
        at = rng.randrange(5, len(text) - 6)
        if not text[at : at + 2].isalpha():
            return text[:at] + text[at:].replace(" ", "  ", 1)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    return tuple(
        tuple(one.edited(slip(one.text)) if (i, j) in chosen else one for j, one in enumerate(part))
        for i, part in enumerate(body)
    )


def other_words(body: Body, rng: random.Random, odds: float) -> Body:
    """Return a body in which a share of common words was exchanged for others of one meaning."""

    def once(text: str) -> str:
        return " ".join(
            _SYNONYMS[word] if word in _SYNONYMS and rng.random() < odds else word for word in text.split(" ")
        )

    return changed(body, once)


def new_figures(body: Body, rng: random.Random, count: int) -> Body:
    """Return a body in which the numbers of some sentences were brought up to date."""
    places = [
        (i, j) for i, part in enumerate(body) for j, one in enumerate(part) if re.search(r"\b\d{1,3}\b", one.text)
    ]
    chosen = set(rng.sample(places, min(count, len(places))))

    def later(text: str) -> str:
        return re.sub(r"\b\d{1,3}\b", lambda match: str(int(match[0]) + rng.randint(1, 9)), text, count=1)

    return tuple(
        tuple(one.edited(later(one.text)) if (i, j) in chosen else one for j, one in enumerate(part))
        for i, part in enumerate(body)
    )


def total(body: Body) -> int:
    """Return the number of words of a body."""
    return sum(len(words(one.text)) for part in body for one in part)


def cut_end(body: Body, share: float) -> Body:
    """Return the first part of a body, whole sentences of about this share of its words, one at the least."""
    limit, held = share * total(body), 0
    out: list[Paragraph] = []
    for part in body:
        kept: list[Sentence] = []
        for one in part:
            if held >= limit and (out or kept):
                break
            kept.append(one)
            held += len(words(one.text))
        if kept:
            out.append(tuple(kept))
        if len(kept) < len(part):
            break
    return tuple(out)


def without(body: Body, rng: random.Random, share: float) -> Body:
    """Return a body without some sentences after the first, of about this share of the words."""
    left = share * total(body)
    order = [one for part in body for one in part][1:]
    rng.shuffle(order)
    gone: set[int] = set()
    for one in order:
        count = len(words(one.text))
        if count <= left:
            gone.add(one.key)
            left -= count
    parts = (tuple(one for one in part if one.key not in gone) for part in body)
    return tuple(part for part in parts if part)


def inserted(body: Body, new: list[Paragraph], rng: random.Random, first: int = 1) -> Body:
    """Return a body with paragraphs put in, after the first or later."""
    out = list(body)
    for part in new:
        out.insert(rng.randint(min(first, len(out)), len(out)), part)
    return tuple(out)


def other_paragraphs(body: Body, rng: random.Random) -> Body:
    """Return a body with the same sentences in other paragraphs."""
    every = [one for part in body for one in part]
    out: list[Paragraph] = []
    while every:
        take = rng.randint(1, 3)
        out.append(tuple(every[:take]))
        every = every[take:]
    return tuple(out)


def names(body: Body) -> str:
    """Return the first names and words with capitals of a body, as a new lead may list them."""
    text = " ".join(one.text for part in body[:3] for one in part)
    runs = re.findall(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*", text)
    distinct = list(dict.fromkeys(runs)) or ["the matter"]
    return ", ".join(distinct[:2]) + (f" and {distinct[2]}" if len(distinct) > 2 else "")


def new_lead(body: Body, lead: str) -> Body:
    """Return a body whose first paragraph was written anew."""
    return ((sentence(lead, False),), *body[1:])
