"""Where the furniture of a text stands, for pages that show the text with it greyed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.text.boilerplate.explain import mark_learned
from dedup.text.boilerplate.learning import Furniture
from dedup.text.boilerplate.zones import zones
from dedup.text.tokens import tokenise


def furniture_spans(texts: pa.Array, titles: pa.Array, domains: pa.Array, learned: Furniture) -> list[list[int]]:
    """For each text [start, end, zone, start, end, zone ...] of its furniture, in UTF-16 code units.

    Those are what JavaScript counts characters in. Zones are the numbers of `zones.ZONES`. A part
    reaches to the next word that is none of it, so that its closing punctuation stays with it.
    """
    tokens = tokenise(texts)
    zone, rule, _ = zones(tokens, titles)
    mark_learned(tokens, zone, rule, domains, learned)
    data, offsets = tokens.texts
    units = _units(data[int(offsets[0]) : int(offsets[-1])])
    base = offsets - offsets[0]
    n = len(zone)
    owner = np.repeat(np.arange(len(tokens)), tokens.last - tokens.first)
    fresh = np.ones(n + 1, np.bool_)
    fresh[1:n] = (zone[1:] != zone[:-1]) | (owner[1:] != owner[:-1])
    cuts = np.flatnonzero(fresh)
    low, high = cuts[:-1], cuts[1:]
    cut = zone[low] > 0
    low, high = low[cut], high[cut]
    own = owner[low]
    start = np.where(low == tokens.first[own], 0, tokens.start[low])
    inside = high < tokens.last[own]
    end = np.where(inside, tokens.start[np.minimum(high, n - 1)], base[own + 1] - base[own])
    first = units[base[own]]
    rows = np.stack([units[base[own] + start] - first, units[base[own] + end] - first, zone[low]], 1).reshape(-1)
    bounds = 3 * np.searchsorted(own, np.arange(len(tokens) + 1))
    values, places = rows.tolist(), bounds.tolist()
    return [values[places[i] : places[i + 1]] for i in range(len(tokens))]


def _units(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many UTF-16 code units stand before each byte of UTF-8, and in all (m + 1,)."""
    size = ((data & 0xC0) != 0x80).astype(np.int64) + (data >= 0xF0)
    return np.concatenate([[0], np.cumsum(size)])
