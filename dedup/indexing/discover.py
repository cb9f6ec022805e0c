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
from dedup.indexing.known import Known, distinct
from dedup.indexing.pairs import Compared
from dedup.indexing.store import BAND, EDGE, NAME, PASSAGE, ArticleRow

#: Meetings that are held at a time.
_ROOM = 1 << 18
_LOW32 = np.uint64(0xFFFFFFFF)

BodyPairs = set[tuple[int, int]]


def candidates(known: Known, bodies: Collection[int]) -> BodyPairs:
    """Pairs of bodies a < b, at least one of them of `bodies`, that share a band or enough passages."""
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for kind in (BAND, PASSAGE):
        key, body, _ = known.postings(kind, bodies)
        found.append((key, body))
    met, place = np.unique(np.concatenate([body for _, body in found]), return_inverse=True)
    if len(met) == 0:
        return set()
    rows = known.body_rows(met.tolist())
    sizes = np.array([max(0, row.words - row.size + 1) for row in rows.values()], np.int32)
    split = len(found[0][1])
    of_bands = _packed(found[0][0], place[:split])
    of_passages = _packed(found[1][0], place[split:])
    shared, _ = bands.bucket_pairs(of_bands, bands.BUCKET_CAP, bands.REPRESENTATIVES)
    often, _ = passages.passage_pairs([of_passages], np.ones(len(met), np.bool_), sizes, _ROOM)
    both = distinct(np.concatenate([shared, often]))
    a, b = met[(both >> np.uint64(32)).astype(np.int64)], met[(both & _LOW32).astype(np.int64)]
    asked = np.isin(a, list(bodies)) | np.isin(b, list(bodies))
    pairs = zip(a[asked].tolist(), b[asked].tolist(), strict=True)
    return {(x, y) for x, y in pairs if known.is_alive(x) and known.is_alive(y)}


def _packed(key: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Sorted postings `key << 32 | place`."""
    packed = (key.astype(np.uint64) << np.uint64(32)) | place.astype(np.uint64)
    packed.sort()
    return packed


def retellings(
    known: Known, bodies: Collection[int], core_of: Callable[[Iterable[int]], Mapping[int, int]], compared: Compared
) -> BodyPairs:
    """Pairs of cores of clusters (a body in none is its own), one of them of `bodies`, of which one retells the other.

    core_of: the core of each body's cluster; bodies that are gone are left out.
    """
    if not bodies:
        return set()
    key, body, crowded = known.postings(NAME, bodies)
    if len(key) == 0:
        return set()
    present, place = np.unique(body, return_inverse=True)
    core = core_of(present.tolist())
    of_present = np.array([core.get(b, -1) for b in present.tolist()])
    held = of_present[place] >= 0
    cores, local = np.unique(of_present[place[held]], return_inverse=True)
    packed = distinct((key[held].astype(np.uint64) << np.uint64(32)) | local.astype(np.uint64))
    of_key = packed >> np.uint64(32)
    first = np.flatnonzero(np.diff(of_key, prepend=~of_key[:1]))
    size = np.diff(np.append(first, len(packed)))
    # A key of many stories is no sign of one; a crowd of copies of one story is.
    most = np.where(np.isin(of_key[first], crowded), EDGE, names.CAP)
    runs = (size > 1) & (size <= most)
    begin, end = first[runs], first[runs] + size[runs]
    room = int((size[runs] * (size[runs] - 1) // 2).sum())
    met, _ = passages.meetings(packed, begin, end, 0, len(cores), names.CAP, 1, room)
    met, shared = np.unique(met, return_counts=True)
    met = met[shared >= names.SHARED]
    x, y = cores[(met >> np.uint64(32)).astype(np.int64)], cores[(met & _LOW32).astype(np.int64)]
    leading = sorted({core[b] for b in bodies if b in core})
    asked = np.isin(x, leading) | np.isin(y, leading)
    likely = list(zip(x[asked].tolist(), y[asked].tolist(), strict=True))
    return _confirmed(known, likely, compared)


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
