"""Who among all that is known might be a copy: the same two indexes as in a scan, looked up for a few bodies.

The kernels are those of the scan, on the postings of the keys that the bodies in question have. A crowded key gives
its first and last bodies only, so that a stop phrase costs nothing and the most syndicated story is found all the same:
whoever is found brings its component with it, in which `search` then runs as in a scan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from dedup.articles.dates import parse
from dedup.candidates import bands, names, passages
from dedup.clusters import rewrite
from dedup.clusters.retold import APART
from dedup.indexing.known import Known, among_sorted
from dedup.indexing.meet_kernels import crowd_meetings, meetings_of
from dedup.indexing.pairs import Compared
from dedup.indexing.posting_kernels import BODY
from dedup.indexing.store import BAND, BODIES, EDGE, NAME, PASSAGE, ArticleRow, Found

_NONE = np.zeros(0, np.uint64)
_LOW32 = np.uint64(0xFFFFFFFF)

BodyPairs = set[tuple[int, int]]


def candidates(known: Known, bodies: Collection[int]) -> BodyPairs:
    """Pairs of bodies a < b, at least one of them of `bodies`, that share a band or enough passages."""
    found = known.postings(bodies, (BAND, PASSAGE), ahead=(NAME,))
    asked = np.array(sorted(bodies), np.uint64)
    split = np.searchsorted(found.posting, np.uint64(PASSAGE << (32 + BODY)))
    banded = meetings_of(found.posting[:split], asked, _NONE, bands.BUCKET_CAP, bands.REPRESENTATIVES)
    met = meetings_of(found.posting[split:], asked, _NONE, passages.PASSAGE_CAP, passages.REPRESENTATIVES)
    pairs, count = _counted(met)
    often = pairs[count > 1]
    once = _ends(pairs[count == 1]).tolist()
    # Those in crowds will be asked for next.
    crowds = (known.crowds() & np.uint64(BODIES)).tolist()
    measures = known.measures({*crowds, *(body for pair in once for body in pair)})
    few = {body for body, row in measures.items() if row[1] - row[2] + 1 < passages.SHORT}
    near = {(x, y) for x, y in once if x in few or y in few}
    near.update((x, y) for x, y in _ends(np.concatenate([banded, often])).tolist())
    return {(x, y) for x, y in near if known.is_alive(x) and known.is_alive(y)}


def _counted(meetings: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The pairs of meetings, ascending, and how often each met."""
    meetings = np.sort(meetings)
    first = np.flatnonzero(np.append(True, meetings[1:] != meetings[:-1])) if len(meetings) else _NONE.view(np.int64)
    return meetings[first], np.diff(np.append(first, len(meetings)))


def _ends(pairs: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs `a << 32 | b` as (n, 2)."""
    return np.stack([pairs >> np.uint64(32), pairs & _LOW32], axis=1).astype(np.int64)


def retellings(
    known: Known, bodies: Collection[int], core_of: Callable[[Iterable[int]], Mapping[int, int]], compared: Compared
) -> BodyPairs:
    """Pairs of cores of clusters (a body in none is its own), one of them of `bodies`, of which one retells the other.

    core_of: the core of each body's cluster; bodies that are gone are left out.
    """
    if not bodies:
        return set()
    found = known.postings(bodies, (NAME,))
    asked = np.array(sorted(bodies), np.uint64)
    met = meetings_of(found.posting, asked, found.crowded, names.CAP, 0)
    # A crowd of copies of one story is a sign of it, one of many stories is none.
    crowded = _crowded(found)
    if len(crowded):
        cores = core_of(np.unique(crowded & np.uint64(BODIES)).tolist())
        body, core = np.array([*cores.items()], np.uint64).reshape(-1, 2).T
        order = np.argsort(body)
        met = np.concatenate([met, crowd_meetings(crowded, asked, body[order], core[order], EDGE)])
    pairs, count = _counted(met)
    enough = _ends(pairs[count >= names.SHARED]).tolist()
    cores = core_of({body for pair in enough for body in pair})
    likely = {
        (min(p), max(p)) for x, y in enough if x in cores and y in cores and (p := (cores[x], cores[y]))[0] != p[1]
    }
    return _confirmed(known, sorted(likely), compared)


def _crowded(found: Found) -> NDArray[np.uint64]:
    """The postings of crowded keys."""
    return found.posting[among_sorted(found.crowded, found.posting >> np.uint64(BODY))]


def _confirmed(known: Known, likely: list[tuple[int, int]], compared: Compared) -> BodyPairs:
    """Those pairs of bodies of which one retells the other, published within days."""
    rows = known.rows_of({body for pair in likely for body in pair})
    nodes = {body: known.representatives(found) for body, found in rows.items()}
    pairs: list[tuple[ArticleRow, ArticleRow]] = []
    source = []
    for a, b in likely:
        for x in nodes.get(a, ()):
            for y in nodes.get(b, ()):
                if _timely(x, y):
                    pairs.append((x, y))
                    source.append((a, b))
    if not pairs:
        return set()
    told = compared.look(pairs)
    return {pair for pair, yes in zip(source, rewrite.is_rewrite(told).tolist(), strict=True) if yes}


def _timely(x: ArticleRow, y: ArticleRow) -> bool:
    a, b = parse(x.published), parse(y.published)
    return a is None or b is None or abs(a.seconds - b.seconds) <= APART
