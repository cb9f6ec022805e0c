"""Find the boilerplate and the body of texts, for pages that show a text with its parts marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.text.boilerplate.explain import mark_by_model
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.text.boilerplate.zones import pack, zones
from dedup.text.tokens import Tokens, tokenise


@dataclass(frozen=True)
class MarkedTexts:
    """Texts with the places of their parts in UTF-16 code units, in which JavaScript counts characters.

    `boilerplate`: for each text [start, end, zone, start, end, zone ...]; zones are the numbers of `zones.ZONES`. A
    part reaches to the next word that is none of it, so that its closing punctuation stays with it. `bodies`: the
    tokens of the bodies. `before` (bytes + 1,) int64: code units before each byte of all texts; `base` (n + 1,) int64:
    the first byte of each text.
    """

    boilerplate: list[list[int]]
    bodies: Tokens
    before: NDArray[np.int64]
    base: NDArray[np.int64]

    def units(self, text: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
        """The code units before the bytes `at` (m,) of the texts numbered `text` (m,)."""
        first = self.base[text]
        return self.before[first + at] - self.before[first]


def mark_texts(texts: pa.Array, titles: pa.Array, domains: pa.Array, model: BoilerplateModel) -> MarkedTexts:
    """Find the boilerplate and the bodies of texts, by the rules and by the learned model."""
    tokens = tokenise(texts)
    zone, rule, _ = zones(tokens, titles)
    mark_by_model(tokens, zone, rule, domains, model)
    data, offsets = tokens.texts
    base = offsets - offsets[0]
    n = len(zone)
    owner = np.repeat(np.arange(len(tokens)), tokens.last - tokens.first)
    changes = np.ones(n + 1, np.bool_)
    changes[1:n] = (zone[1:] != zone[:-1]) | (owner[1:] != owner[:-1])
    bounds = np.flatnonzero(changes)
    low, high = bounds[:-1], bounds[1:]
    is_boilerplate = zone[low] > 0
    low, high = low[is_boilerplate], high[is_boilerplate]
    text = owner[low]
    start = np.where(low == tokens.first[text], 0, tokens.start[low])
    inside = high < tokens.last[text]
    end = np.where(inside, tokens.start[np.minimum(high, n - 1)], base[text + 1] - base[text])
    result = MarkedTexts([], tokens, _units(data[int(offsets[0]) : int(offsets[-1])]), base)
    values = np.stack([result.units(text, start), result.units(text, end), zone[low]], 1).reshape(-1).tolist()
    places = (3 * np.searchsorted(text, np.arange(len(tokens) + 1))).tolist()
    result.boilerplate.extend(values[places[i] : places[i + 1]] for i in range(len(tokens)))
    has_boilerplate = np.bincount(text, minlength=len(tokens)) > 0
    # The bodies take the place of all tokens, which are of no more use.
    pack(tokens, zone, has_boilerplate)
    return result


def _units(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many UTF-16 code units stand before each byte of UTF-8, and in all (m + 1,)."""
    # A continuation byte counts 0, the lead of a character beyond U+FFFF 2, any other byte 1.
    size = (data.view(np.int8) >= -64).view(np.int8) + (data >= 0xF0).view(np.int8)
    out = np.zeros(len(data) + 1, np.int64)
    np.cumsum(size, out=out[1:])
    return out
