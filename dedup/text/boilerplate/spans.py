"""Where the furniture and the body of a text stand, for pages that show the text with its parts marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.text.boilerplate.explain import mark_learned
from dedup.text.boilerplate.learning import Furniture
from dedup.text.boilerplate.zones import body_kernel, zones
from dedup.text.tokens import Tokens, tokenise


@dataclass(frozen=True)
class MarkedTexts:
    """Texts with the places of their parts in UTF-16 code units, in which JavaScript counts characters.

    `furniture`: for each text [start, end, zone, start, end, zone ...]; zones are the numbers of `zones.ZONES`. A part
    reaches to the next word that is none of it, so that its closing punctuation stays with it. `bodies`: the tokens of
    the bodies. `before` (bytes + 1,) int64: code units before each byte of all texts; `base` (n + 1,) int64: the first
    byte of each text.
    """

    furniture: list[list[int]]
    bodies: Tokens
    before: NDArray[np.int64]
    base: NDArray[np.int64]

    def units(self, text: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
        """The code units before the bytes `at` (m,) of the texts numbered `text` (m,)."""
        first = self.base[text]
        return self.before[first + at] - self.before[first]


def mark_texts(texts: pa.Array, titles: pa.Array, domains: pa.Array, learned: Furniture) -> MarkedTexts:
    """Find furniture and bodies of texts, by the rules and by what was learned of the domains."""
    tokens = tokenise(texts)
    zone, rule, _ = zones(tokens, titles)
    mark_learned(tokens, zone, rule, domains, learned)
    data, offsets = tokens.texts
    base = offsets - offsets[0]
    n = len(zone)
    owner = np.repeat(np.arange(len(tokens)), tokens.last - tokens.first)
    changes = np.ones(n + 1, np.bool_)
    changes[1:n] = (zone[1:] != zone[:-1]) | (owner[1:] != owner[:-1])
    bounds = np.flatnonzero(changes)
    low, high = bounds[:-1], bounds[1:]
    is_furniture = zone[low] > 0
    low, high = low[is_furniture], high[is_furniture]
    text = owner[low]
    start = np.where(low == tokens.first[text], 0, tokens.start[low])
    inside = high < tokens.last[text]
    end = np.where(inside, tokens.start[np.minimum(high, n - 1)], base[text + 1] - base[text])
    marked = MarkedTexts([], tokens, _units(data[int(offsets[0]) : int(offsets[-1])]), base)
    values = np.stack([marked.units(text, start), marked.units(text, end), zone[low]], 1).reshape(-1).tolist()
    places = (3 * np.searchsorted(text, np.arange(len(tokens) + 1))).tolist()
    marked.furniture.extend(values[places[i] : places[i + 1]] for i in range(len(tokens)))
    has_furniture = np.bincount(text, minlength=len(tokens)) > 0
    # The bodies take the place of all tokens, which are of no more use.
    body_kernel(
        tokens.first, tokens.last, tokens.word, tokens.start, tokens.end, tokens.folded, tokens.folded_start, zone,
        has_furniture, tokens.single,
    )  # fmt: skip
    return marked


def _units(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many UTF-16 code units stand before each byte of UTF-8, and in all (m + 1,)."""
    size = ((data & 0xC0) != 0x80).astype(np.int64) + (data >= 0xF0)
    return np.concatenate([[0], np.cumsum(size)])
