"""Find the boilerplate of texts as spans of characters, for pages that show it in grey."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.text.boilerplate.explain import mark_by_model
from dedup.text.boilerplate.learning import BoilerplateModel
from dedup.text.boilerplate.zones import zones
from dedup.text.tokens import tokenise


def boilerplate_spans(texts: pa.Array, titles: pa.Array, domains: pa.Array, model: BoilerplateModel) -> list[list[int]]:
    """Return for each text [start, end, zone, start, end, zone ...] of its boilerplate.

    Positions are UTF-16 code units, as JavaScript counts characters. Zones are numbers of `zones.ZONES`. A span reaches
    to the next word of another zone, so that it includes its closing punctuation.
    """
    tokens = tokenise(texts)
    zone, rule, _ = zones(tokens, titles)
    mark_by_model(tokens, zone, rule, domains, model)
    data, offsets = tokens.texts
    units = _units(data[int(offsets[0]) : int(offsets[-1])])
    base = offsets - offsets[0]
    n = len(zone)
    owner = np.repeat(np.arange(len(tokens)), tokens.last - tokens.first)
    begins = np.ones(n + 1, np.bool_)
    begins[1:n] = (zone[1:] != zone[:-1]) | (owner[1:] != owner[:-1])
    bounds = np.flatnonzero(begins)
    low, high = bounds[:-1], bounds[1:]
    is_boilerplate = zone[low] > 0
    low, high = low[is_boilerplate], high[is_boilerplate]
    article = owner[low]
    start = np.where(low == tokens.first[article], 0, tokens.start[low])
    inside = high < tokens.last[article]
    end = np.where(inside, tokens.start[np.minimum(high, n - 1)], base[article + 1] - base[article])
    first = units[base[article]]
    rows = np.stack([units[base[article] + start] - first, units[base[article] + end] - first, zone[low]], 1).reshape(
        -1
    )
    bounds = 3 * np.searchsorted(article, np.arange(len(tokens) + 1))
    values, places = rows.tolist(), bounds.tolist()
    return [values[places[i] : places[i + 1]] for i in range(len(tokens))]


def _units(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the UTF-16 code units before each byte of UTF-8 text (m,) uint8, and in all: (m + 1,) int64."""
    size = ((data & 0xC0) != 0x80).astype(np.int64) + (data >= 0xF0)
    return np.concatenate([[0], np.cumsum(size)])
