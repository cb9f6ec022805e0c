"""Corpora that are one large story each: what may make a scan slower than its input grows.

Texts are of invented words, so that nothing is in common by chance. Ids ascend in the order of publication.
"""

import random
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

_SYLLABLES = [first + last for first in "bdfgklmn" for last in "aeiou"]

Texts = Iterator[str]


def _sentences(rng: random.Random, count: int, length: int = 15) -> list[str]:
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(count * length)]
    return [" ".join(words[i : i + length]).capitalize() + "." for i in range(0, len(words), length)]


def _joined(lines: list[str]) -> str:
    return "\n\n".join(" ".join(lines[i : i + 4]) for i in range(0, len(lines), 4))


def _edited(n: int, rng: random.Random) -> Texts:
    """States of one article: each changes a sentence of the one before, or adds one; 30 to 40 sentences."""
    lines = _sentences(rng, 30)
    for _ in range(n):
        (new,) = _sentences(rng, 1)
        if len(lines) < 40 and rng.random() < 0.02:
            lines.append(new)
        else:
            lines[rng.randrange(len(lines))] = new
        yield _joined(lines)


def _rolling(n: int, rng: random.Random) -> Texts:
    """States of a live blog that drops its old entries: each has three new sentences on top, of 30."""
    lines = _sentences(rng, 30)
    for _ in range(n):
        lines = _sentences(rng, 3) + lines[:-3]
        yield _joined(lines)


def _long_rolling(n: int, rng: random.Random) -> Texts:
    """As `rolling`, with one new sentence of 120."""
    lines = _sentences(rng, 120)
    for _ in range(n):
        lines = _sentences(rng, 1) + lines[:-1]
        yield _joined(lines)


def _blog(n: int, rng: random.Random) -> Texts:
    """States of a live blog that keeps everything: each has one sentence more, at its end."""
    lines = _sentences(rng, 10)
    for _ in range(n):
        lines += _sentences(rng, 1)
        yield _joined(lines)


def _identical(n: int, rng: random.Random) -> Texts:
    """One text."""
    yield from [_joined(_sentences(rng, 30))] * n


def _near_copies(n: int, rng: random.Random) -> Texts:
    """One text, each time with another sentence exchanged."""
    lines = _sentences(rng, 30)
    for _ in range(n):
        yield _joined([*lines[: (at := rng.randrange(30))], *_sentences(rng, 1), *lines[at + 1 :]])


def _mixed(n: int, rng: random.Random) -> Texts:
    """Near copies, versions with a new end, and excerpts of one text."""
    lines = _sentences(rng, 30)
    for i in range(n):
        at, few = rng.randrange(22), rng.randint(8, 24)
        if i % 3 == 0:
            yield _joined([*lines[:at], *_sentences(rng, 1), *lines[at + 1 :]])
        elif i % 3 == 1:
            yield _joined(lines + _sentences(rng, rng.randint(3, 8)))
        else:
            yield _joined(lines[at : at + few] + _sentences(rng, 1, 4))


def _excerpts(n: int, rng: random.Random) -> Texts:
    """Excerpts of an article of 40 sentences, each with a few words of its own."""
    lines = _sentences(rng, 40)
    yield _joined(lines)
    for _ in range(n - 1):
        few = rng.randint(6, 16)
        at = rng.randrange(40 - few)
        yield _joined(lines[at : at + few] + _sentences(rng, 1, 6))


def _paragraph(n: int, rng: random.Random) -> Texts:
    """Articles that have nothing in common but one paragraph."""
    common = " ".join(_sentences(rng, 5))
    for _ in range(n):
        lines = _sentences(rng, 24)
        yield "\n\n".join([_joined(lines[:12]), common, _joined(lines[12:])])


def _forms(n: int, rng: random.Random) -> Texts:
    """Notices of one form with other numbers."""
    phrases = [line[:-1] for line in _sentences(rng, 12, 7)]
    for _ in range(n):
        yield " ".join(f"{phrase} {rng.randrange(900)}." for phrase in phrases)


def _round_up(n: int, rng: random.Random) -> Texts:
    """One text that holds all others, as items."""
    items = [" ".join(_sentences(rng, 6)) for _ in range(n - 1)]
    yield "\n\n".join(items)
    yield from items


def _digests(n: int, rng: random.Random) -> Texts:
    """Digests of 12 items of a pool that moves on, and the items as articles."""
    items = [_sentences(rng, 5) for _ in range(n // 4 + 40)]
    for i in range(n):
        if i % 4 == 0:
            yield _joined(list(chain.from_iterable(rng.sample(items[i // 4 : i // 4 + 40], 12))))
        else:
            yield _joined(items[i // 4 + i % 4] + _sentences(rng, i % 4))


_TEXTS: dict[str, Callable[[int, random.Random], Texts]] = {
    make.__name__[1:].replace("_", " "): make
    for make in (
        _edited, _rolling, _long_rolling, _blog, _identical, _near_copies, _mixed, _excerpts, _paragraph, _forms,
        _round_up, _digests,
    )
}  # fmt: skip
#: Corpora by name: the texts, and whether one site has them all.
KINDS = {name: (name, False) for name in _TEXTS}
KINDS |= {f"{name}, one site": (name, True) for name in ("near copies", "excerpts", "paragraph", "forms")}
#: States of a live blog grow with their number, hence their bytes with its square.
SQUARE = {"blog"}


def articles(kind: str, n: int, seed: int) -> list[dict[str, Any]]:
    """The corpus of a kind with n articles."""
    texts, one_site = KINDS[kind]
    rng = random.Random(f"{texts} {seed}")
    return [
        {
            "id": f"{i:07d}",
            "text": text,
            "title": "One story",
            "domain": "site.example" if one_site else f"site{i}.example",
            "published": f"2024-03-{1 + i // 1440 % 28:02d}T{i // 60 % 24:02d}:{i % 60:02d}:00Z",
        }
        for i, text in enumerate(_TEXTS[texts](n, rng))
    ]
