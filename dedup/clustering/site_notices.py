"""Notices of a site: a passage that one domain prints in several different stories is not copied from one of them.

The rules of furniture know common wordings; what a site says in its own words shows only by recurring. A passage in
two stories of one domain may be reused text; one in three is a notice, a sign-up box or a standing paragraph.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.pair_table import Verified
from dedup.comparison.relate import OVERLAP

#: Stories of its own domain an article may overlap with before what they share is taken for a notice.
REUSED = 1


def notices(edges: Verified, domain: NDArray[np.int64], story: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of `edges` that are overlaps by a notice only.

    domain (n,): the number of each body's domain, -1 for none; story (n,): the number of its cluster, distinct for
    bodies in none.
    """
    rows = np.flatnonzero(edges.relation == OVERLAP)
    a, b = edges.a[rows], edges.b[rows]
    same = (domain[a] >= 0) & (domain[a] == domain[b])
    rows, a, b = rows[same], a[same], b[same]
    # Each body with each other story it overlaps with, once.
    meetings = np.unique(np.concatenate([a << 32 | story[b], b << 32 | story[a]]))
    stories = np.bincount(meetings >> 32, minlength=len(domain))
    return rows[(stories[a] > REUSED) | (stories[b] > REUSED)]
