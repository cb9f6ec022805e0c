"""The ways a story is printed again. Every function takes the printed text and returns another text of it."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from tests.corpus.sites import Page
from tests.corpus.spin import spun
from tests.corpus.writer import WordTap, straight, typographic

PARAGRAPH = "\n\n"
EXCERPT_WORDS = (60, 160)


@dataclass(frozen=True)
class Tools:
    """What copying needs: `rng` for single choices, fresh words for edits, and the page of the site that
    copies."""

    rng: Random
    tap: WordTap
    page: Page


Copy = Callable[[str, str, Tools], str]


def exact(text: str, title: str, tools: Tools) -> str:
    """The same characters."""
    return text


def reformatted(text: str, title: str, tools: Tools) -> str:
    """The same words in other dress: line breaks, quotes, spaces, and the headline in capitals on top."""
    rng = tools.rng
    text = straight(text) if rng.random() < 0.5 else typographic(text)
    layout = rng.randrange(4)
    if layout == 0:
        text = text.replace(PARAGRAPH, "\n")
    elif layout == 1:
        text = PARAGRAPH.join(textwrap.fill(paragraph, 72) for paragraph in text.split(PARAGRAPH))
    elif layout == 2:
        text = text.replace(". ", ".  ").replace(PARAGRAPH, "\r\n\r\n")
    else:
        text = text.replace(PARAGRAPH, " ").replace(", ", ",\u00a0")
    return title.upper() + PARAGRAPH + text if rng.random() < 0.5 else text


def wrapped(text: str, title: str, tools: Tools) -> str:
    """Inside the furniture of an aggregator, with a tail of other headlines."""
    return tools.page.wrap(text, tools.rng)


def truncated(text: str, title: str, tools: Tools) -> str:
    """The first 30 to 80 % of the words, as feeds and paywalls cut."""
    words = text.split(" ")
    kept = " ".join(words[: max(30, int(len(words) * tools.rng.uniform(0.3, 0.8)))])
    ending = tools.rng.randrange(3)
    if ending == 0 and PARAGRAPH in kept:
        return kept.rsplit(PARAGRAPH, 1)[0]
    return kept + ("..." if ending == 1 else "")


def reordered(text: str, title: str, tools: Tools) -> str:
    """The same paragraphs in another order."""
    paragraphs = text.split(PARAGRAPH)
    order = paragraphs[:]
    while order == paragraphs and len(paragraphs) > 1:
        tools.rng.shuffle(order)
    return PARAGRAPH.join(order)


def edited(text: str, title: str, tools: Tools, share: float) -> str:
    """`share` of the words replaced, removed or added in stretches of 6 to 30: the work of an editor."""
    rng, words = tools.rng, text.split(" ")
    budget = max(3, round(share * len(words)))
    while budget > 0:
        length = min(budget, rng.randint(6, 30))
        start = rng.randrange(max(1, len(words) - length))
        action = rng.random()
        removed = 0 if action < 0.2 else length
        added = 0 if action > 0.85 else length
        words[start : start + removed] = tools.tap.take(added)
        budget -= length
    return " ".join(words)


def scattered(text: str, title: str, tools: Tools, share: float) -> str:
    """`share` of the words changed one by one, independently: the work of a spinner."""
    rng, words = tools.rng, text.split(" ")
    hit = [PARAGRAPH not in word and rng.random() < share for word in words]
    fresh = iter(tools.tap.take(sum(hit)))
    changed: list[str] = []
    for word, change in zip(words, hit, strict=True):
        action = rng.random() if change else 0.0
        # Of the changed words 70 % are replaced, 15 % get a new word after them, 15 % go.
        if not change:
            changed.append(word)
        elif action < 0.7:
            changed.append(next(fresh))
        elif action < 0.85:
            changed += [word, next(fresh)]
    return " ".join(changed)


# Kinds of copies that belong in their story's cluster, with their weights. Exact and lightly changed copies
# are the most frequent, as in syndicated news; each of the rest has enough for a recall of its own at 20,000
# articles.
KINDS: dict[str, tuple[float, Copy]] = {
    "exact": (12, exact),
    "reformatted": (12, reformatted),
    "wrapped": (14, wrapped),
    "truncated": (10, truncated),
    "reordered": (6, reordered),
    **{f"edited {share} %": (5, partial(edited, share=share / 100)) for share in (5, 10, 20, 40)},
    **{f"scattered {share} %": (4, partial(scattered, share=share / 100)) for share in (5, 10, 20, 30, 40)},
    "spun": (4, lambda text, title, tools: spun(text, tools.rng)),
}


def excerpt(text: str, rng: Random) -> str:
    """60 to 160 running words of the text, from the beginning of a paragraph."""
    least, most = EXCERPT_WORDS
    words = text.split(" ")
    starts = [i for i, word in enumerate(words) if PARAGRAPH in word and i + least < len(words)]
    start = rng.choice([0, *starts])
    taken = words[start : start + rng.randint(least, most)]
    taken[0] = taken[0].split(PARAGRAPH)[-1]
    return " ".join(taken)
