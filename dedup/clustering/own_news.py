"""Keep pairs out of a cluster of which each text tells something of its own: they are linked, and both are kept.

What an article has of its own decides whether it may be dropped for another. An edition is the other text with edits:
its own words stand between the common ones, and break their shingles. A story beside it has the common words whole, in
passages, and passages of its own besides. Such pairs keep the relation of their words; they only join no cluster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import align as c
from dedup.comparison.leads import OWN_LEAD, SAME_LEAD, SEVERAL
from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import EXCERPT, VERSION

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: A text with less than this share of the words of the other, per mille, with this share of words that the other has
#: not, and more of them than were edited, is no edition of it, unless both begin alike.
BRIEF, OWN = 525, 200
#: ... and of texts of any lengths, where one run has this share of the words in common, and no lead stands at the
#: beginning of the other: that is a background.
ONE_BLOCK, OWN_BESIDE_BLOCK = 650, 250


def own_and_edited(table: RelationTable, rows: Ints) -> tuple[Ints, Ints]:
    """The share of words that the shorter body of pairs has of its own (k,), and of those edited (k,), per mille.

    rows (k,): of the table. A word in common whose shingles are not was edited, or stands beside an edit.
    """
    length_a, length_b, words_a, words_b = table.columns(rows, c.LENGTH_A, c.LENGTH_B, c.WORDS_A, c.WORDS_B)
    shared, size_a, size_b = table.columns(rows, c.SHARED, c.SIZE_A, c.SIZE_B)
    words = np.where(length_a < length_b, words_a, words_b)
    words = np.where(length_a == length_b, np.minimum(words_a, words_b), words)
    in_common = 1000 * words // np.maximum(1, np.minimum(length_a, length_b))
    return 1000 - in_common, in_common - 1000 * shared // np.maximum(1, np.minimum(size_a, size_b))


def tells_own_news(table: RelationTable) -> Bools:
    """Which pairs (m,) of a table tell news of their own, each, and join no cluster."""
    out = np.zeros(len(table), np.bool_)
    versions, excerpts = (np.flatnonzero(table.relation == code) for code in (VERSION, EXCERPT))
    out[versions] = _are_beside(table, versions)
    out[excerpts] = _lie_deep(table, excerpts)
    return out


def _are_beside(table: RelationTable, rows: Ints) -> Bools:
    """Which versions (k,) have words in common, and each passages of its own."""
    own, edited = own_and_edited(table, rows)
    length_a, length_b, words_a, words_b = table.columns(rows, c.LENGTH_A, c.LENGTH_B, c.WORDS_A, c.WORDS_B)
    run, cover, lead, first_a, first_b = table.columns(rows, c.RUN, c.LEAD_COVER, c.LEAD_OWN, c.FIRST_A, c.FIRST_B)
    brief = 1000 * np.minimum(length_a, length_b) < BRIEF * np.maximum(length_a, length_b)
    block = (1000 * run >= ONE_BLOCK * np.maximum(1, np.maximum(words_a, words_b))) & (cover < SAME_LEAD)
    brief &= np.maximum(lead, np.maximum(first_a, first_b)) >= OWN_LEAD
    return (brief & (own >= OWN) & (own > edited)) | (block & (own >= OWN_BESIDE_BLOCK))


def _lie_deep(table: RelationTable, rows: Ints) -> Bools:
    """Which excerpts (k,) stand in the longer text behind a lead of several sentences: it is a story with another one
    in it."""
    length_a, length_b, first_a, first_b = table.columns(rows, c.LENGTH_A, c.LENGTH_B, c.FIRST_A, c.FIRST_B)
    return np.where(length_a < length_b, first_b, first_a) >= SEVERAL
