"""Pairs of an over-full key: every member is paired with a few representatives and with one neighbour.

Which members represent a key depends on what they are, never on their ids: those that stand for the most articles,
for the text that most sites print word for word is likeliest the story as it was sent; ties go to the smallest
fingerprints. Keys that many of the same bodies hold therefore have the same representatives (a bottom-k sample, Cohen
and Kaplan 2007), and a body is compared with few others however many of its keys are over-full. By order of id, every
state of a text that grows would represent the keys that begin with it, and all states would be compared with all.

Neighbours are of about one length: of a text that grows, a state and the next.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.kernels.jit import kernel

#: Representatives of an over-full key.
REPRESENTATIVES = 4


class Ranking(NamedTuple):
    """The place of each of n bodies in two orders, int64 (n,), each a permutation of 0..n-1 with ties by fingerprint.

    first: who represents a key, bodies of the most articles first, in powers of two, so that an article more rarely
    changes it; in_a_row: neighbours stand beside each other, the longest first, or by time where a window counts.
    """

    first: NDArray[np.int64]
    in_a_row: NDArray[np.int64]


@kernel
def few_pairs(member, ranking):
    """Pair the members of an over-full key; returns `a << 32 | b` with a < b, uint64, each pair once, unsorted.

    member (m,) uint64: ranks of bodies, each once, m > REPRESENTATIVES. ranking: a `Ranking`. At most 5 m pairs.
    """
    m = len(member)
    chosen = np.zeros(m, np.bool_)
    out = np.empty((REPRESENTATIVES + 1) * m, np.uint64)
    at = 0
    for _ in range(REPRESENTATIVES):
        best = -1
        for i in range(m):
            if not chosen[i] and (best < 0 or ranking.first[member[i]] < ranking.first[member[best]]):
                best = i
        x = member[best]
        for i in range(m):
            if i != best and not chosen[i]:
                out[at] = (min(x, member[i]) << np.uint64(32)) | max(x, member[i])
                at += 1
        chosen[best] = True
    place = np.empty(m, np.int64)
    for i in range(m):
        place[i] = ranking.in_a_row[member[i]]
    order = np.argsort(place)
    for i in range(1, m):
        x, y = member[order[i - 1]], member[order[i]]
        if not chosen[order[i - 1]] and not chosen[order[i]]:
            out[at] = (min(x, y) << np.uint64(32)) | max(x, y)
            at += 1
    return out[:at]
