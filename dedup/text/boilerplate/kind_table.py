"""Phrases that are of one or more kinds as arrays, and the longest of them at a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import scalar_kernel
from dedup.text.boilerplate.rules import SlotTable, slot_table
from dedup.text.boilerplate.segments import are_equal

_SLOTS = 1 << 13


class KindTable(NamedTuple):
    """Phrases with the kinds of each.

    The anchor of each phrase in `table` (8192 slots) is its first token. `kind` (p,) uint16: the bits of each phrase.
    """

    table: SlotTable
    kind: NDArray[np.uint16]


def kind_table(kinds: Mapping[str, int]) -> KindTable:
    """Build the table of phrases; kinds: the bits of each."""
    texts = sorted(kinds)
    table, order = slot_table(texts, _SLOTS)
    # Phrases that are one when folded stand several times; the search adds their kinds.
    return KindTable(table, np.array([kinds[texts[i]] for i in order], np.uint16))


@scalar_kernel
def longest(word, at, high, phrases, kinds):
    """Return the tokens and the kinds of the longest phrase at token `at`, before `high`, that has one of `kinds`.

    word (t,) uint32; phrases: `KindTable`. (0, 0) for none.
    """
    table = phrases.table
    size = np.int64(0)
    own_kinds = 0
    place = table.slot[word[at] & np.uint32(_SLOTS - 1)]
    while place >= 0:
        first = table.begin[place]
        length = np.int64(table.begin[place + 1] - first)
        if phrases.kind[place] & kinds and length >= size and at + length <= high:
            if are_equal(word[at : at + length], table.token[first : first + length]):
                own_kinds = np.int64(phrases.kind[place]) | (own_kinds if length == size else 0)
                size = length
        place = -1 if table.last[place] else place + 1
    return size, own_kinds
