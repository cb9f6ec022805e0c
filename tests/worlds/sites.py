"""Sites with furniture of their own, and how they print a story."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from tests.worlds.furniture import LINES, MENU, NAMES
from tests.worlds.vocabulary import PLACES, fold


def choose(text: str, rng: random.Random) -> str:
    """Return a text with one of each `[this|that]` chosen."""
    while "[" in text:
        text = re.sub(r"\[([^\[\]]*)\]", lambda match: rng.choice(match[1].split("|")), text)
    return text


@dataclass
class Site:
    """A site: its address, its language, the lines of its furniture, and how often it prints each."""

    name: str
    domain: str
    language: str
    lines: dict[str, str]
    menu: list[str]
    odds: dict[str, float]
    gap: str
    style: str
    headlines: list[str] = field(default_factory=list)

    def related(self, rng: random.Random) -> list[str]:
        """Return a list of headlines of other stories of the site under its heading."""
        if len(self.headlines) < 4:
            return []
        return [self.lines["related"], *rng.sample(self.headlines, rng.randint(3, min(6, len(self.headlines))))]


def make_site(rng: random.Random, language: str, number: int) -> Site:
    """Return a site whose wording no other site is likely to have in full."""
    lists = LINES.get(language, LINES["en"])
    places = PLACES.get(language, PLACES["en"])
    name = rng.choice(NAMES.get(language, NAMES["en"])).format(rng.choice(places))
    domain = f"{re.sub(r'[^a-z0-9]', '', fold(name).lower())[:18] or 'news'}{number}.example"
    lines = {kind: choose(rng.choice(texts), rng).replace("{site}", name) for kind, texts in lists.items()}
    menu = rng.sample(MENU.get(language, MENU["en"]), rng.randint(7, 10))
    odds = {
        kind: rng.choice((0.0, 0.0, 0.5, 1.0)) for kind in ("menu", "share", "consent", "paywall", "related", "head")
    }
    odds |= {"box": rng.choice((0.0, 0.4, 0.9)), "middle": rng.choice((0.0, 0.0, 0.5)), "foot": rng.choice((0.3, 1.0))}
    gap = rng.choice(("\n\n", "\n\n", "\n", "\n", " "))
    return Site(name, domain, language, lines, menu, odds, gap, rng.choice(("us", "us", "uk", "percent")))


def printed(site: Site, paragraphs: list[str], rng: random.Random, own: dict[str, str | None]) -> str:
    """Return the text of a page: the story's paragraphs with what the site puts before, between and after them.

    `own` holds lines of this article: `head`, `byline`, `dateline`, `credit`, `box`, `tail`.
    """
    odds, lines = site.odds, site.lines
    story = list(paragraphs)
    if own.get("dateline"):
        story[0] = f"{own['dateline']}{story[0]}"
    if len(story) > 3 and rng.random() < odds["middle"]:
        kind = rng.choice(("box", "box_mid", "related"))
        extra = site.related(rng) if kind == "related" else [lines[kind]]
        story[(at := rng.randint(2, len(story) - 1)) : at] = extra
    if own.get("box"):
        at = rng.randint(1, len(story))
        story[at:at] = (own["box"] or "").split("\n")
    head: list[str] = []
    if rng.random() < odds["consent"]:
        head.append(lines["consent"])
    if rng.random() < odds["menu"]:
        head += [" | ".join(site.menu)] if rng.random() < 0.5 else site.menu
    head += [line for line in (own.get("head"), own.get("byline")) if line]
    if rng.random() < odds["share"]:
        head.append(lines["share"])
    foot = [line for line in (own.get("tail"), own.get("credit")) if line]
    for kind in ("paywall", "box", "foot"):
        if rng.random() < odds[kind]:
            foot.append(lines[kind])
    if rng.random() < odds["related"]:
        foot[rng.randint(0, len(foot)) : 0] = site.related(rng)
    return site.gap.join([*head, *story, *foot])
