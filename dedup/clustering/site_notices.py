"""Drop overlaps by notices of a site: a passage that one domain prints in several stories is not copied from one.

Rules of boilerplate have common wordings; the own wording of a site shows only by recurring. A passage in two stories
of one domain may be reused text; a passage in three is a notice, a sign-up box or a standing paragraph.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.pair_table import RelationTable
from dedup.comparison.relate import OVERLAP

#: Clusters of its own domain an article may overlap with; beyond, the shared passage is a notice.
REUSED = 1


def notice_rows(edges: RelationTable, domain: NDArray[np.int64], cluster: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of `edges` that are overlaps by a notice only.

    domain (n,): the number of each body's domain, -1 for none; cluster (n,): the number of its cluster, distinct for
    bodies in none.
    """
    rows = np.flatnonzero(edges.relation == OVERLAP)
    a, b = edges.a[rows], edges.b[rows]
    same_domain = (domain[a] >= 0) & (domain[a] == domain[b])
    rows, a, b = rows[same_domain], a[same_domain], b[same_domain]
    # Each body with each other story it overlaps with, once.
    overlaps = np.unique(np.concatenate([a << 32 | cluster[b], b << 32 | cluster[a]]))
    others = np.bincount(overlaps >> 32, minlength=len(domain))
    return rows[(others[a] > REUSED) | (others[b] > REUSED)]
