"""How other sites print a story again: as it is, lightly edited, or cut."""

from collections.abc import Callable
from random import Random

from tests.corpus.writer import straight, typographic

EDITED_SHARE = (0.02, 0.06)
KEPT_SHARE, LEAST_KEPT = (0.6, 0.85), 15

# What a copy desk changes without a look at the facts; an empty wording drops the word.
_STYLE = {
    "percent": ["per cent", "pct"],
    "said": ["told reporters", "stated", "noted"],
    "about": ["around", "roughly"],
    "after": ["following"],
    "near": ["close to"],
    "will": ["is to", "is set to"],
    "has": ["currently has"],
    "also": ["", "as well"],
    "of": ["out of"],
    "for": ["over"],
    "in": ["within"],
    "at": ["over at"],
    "was": ["has been"],
    "were": ["have been"],
    "with": ["along with"],
    "on": [""],
    "by": ["through"],
    "to": ["so as to"],
    "from": ["out of"],
    "more": ["further"],
    "a": ["one"],
    "the": ["this", "that"],
}


def identical(text: str, rng: Random) -> str:
    """The same words, in other quotation marks or line breaks perhaps."""
    dress = rng.randrange(4)
    if dress == 0:
        return typographic(text)
    if dress == 1:
        return straight(text)
    return text.replace("\n\n", " ") if dress == 2 else text


def edited(text: str, rng: Random) -> str:
    """A word here and there as another house prints it; names and figures stay."""
    tokens = text.split(" ")
    places = [at for at, token in enumerate(tokens) if token in _STYLE]
    wanted = max(1, round(rng.uniform(*EDITED_SHARE) * len(tokens)))
    for at in rng.sample(places, min(wanted, len(places))):
        tokens[at] = rng.choice(_STYLE[tokens[at]])
    return " ".join(token for token in tokens if token)


def truncated(text: str, rng: Random) -> str:
    """The beginning, as feeds cut."""
    tokens = text.split(" ")
    kept = max(min(LEAST_KEPT, len(tokens)), int(len(tokens) * rng.uniform(*KEPT_SHARE)))
    return " ".join(tokens[:kept]) + rng.choice(["", "...", "…"])


# Every way of printing again with its weight.
WAYS: dict[str, tuple[int, Callable[[str, Random], str]]] = {
    "identical": (5, identical),
    "edited": (3, edited),
    "truncated": (2, truncated),
}
