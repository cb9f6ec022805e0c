"""Who among all that is known might be a copy: the same two indexes as in a scan, looked up for a few bodies.

The kernels are those of the scan, on the postings of the keys that the bodies in question have. A crowded key gives
its first and last bodies only, so that a stop phrase costs nothing and the most syndicated story is found all the same:
whoever is found brings its component with it, in which `search` then runs as in a scan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

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
    measures = known.measures(met.tolist())
    words, size = np.array([measures[body][1:3] for body in met.tolist()], np.int64).T
    sizes = np.maximum(0, words - size + 1).astype(np.int32)
    split = len(found[0][1])
    of_bands = _packed(found[0][0], place[:split])
    of_passages = _packed(found[1][0], place[split:])
    shared, _ = bands.bucket_pairs(of_bands, bands.BUCKET_CAP, bands.REPRESENTATIVES)
    often, _ = passages.passage_pairs([of_passages], np.ones(len(met), np.bool_), sizes, _ROOM)
    both = distinct(np.concatenate([shared, often]))
    a, b = (both >> np.uint64(32)).astype(np.int64), (both & _LOW32).astype(np.int64)
    asked = _among(met, bodies)
    kept = asked[a] | asked[b]
    pairs = zip(met[a[kept]].tolist(), met[b[kept]].tolist(), strict=True)
    return {(x, y) for x, y in pairs if known.is_alive(x) and known.is_alive(y)}


def _among(met: NDArray[np.int64], bodies: Collection[int]) -> NDArray[np.bool_]:
    """Which of the ascending numbers `met` are among `bodies`."""
    out = np.zeros(len(met), np.bool_)
    wanted = np.array(sorted(bodies), np.int64)
    place = np.searchsorted(met, wanted)
    inside = place < len(met)
    place, wanted = place[inside], wanted[inside]
    out[place[met[place] == wanted]] = True
    return out


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
    met, place = np.unique(body, return_inverse=True)
    packed = distinct((key.astype(np.uint64) << np.uint64(32)) | place.astype(np.uint64))
    of_key, of_body = packed >> np.uint64(32), (packed & _LOW32).astype(np.int64)
    first = np.flatnonzero(np.append(True, of_key[1:] != of_key[:-1]))
    size = np.diff(np.append(first, len(packed)))
    full = _among(of_key[first].astype(np.int64), crowded.tolist())
    runs = (size > 1) & (size <= names.CAP) & ~full
    begin, end = first[runs], first[runs] + size[runs]
    room = int((size[runs] * (size[runs] - 1) // 2).sum())
    meetings, _ = passages.meetings(packed, begin, end, 0, len(met), names.CAP, 1, room)
    x, y = met[(meetings >> np.uint64(32)).astype(np.int64)], met[(meetings & _LOW32).astype(np.int64)]
    asked = _among(met, bodies)
    kept = asked[(meetings >> np.uint64(32)).astype(np.int64)] | asked[(meetings & _LOW32).astype(np.int64)]
    shared = Counter(zip(x[kept].tolist(), y[kept].tolist(), strict=True))
    ends = [
        met[of_body[low : low + n]].tolist() for low, n in zip(first[full].tolist(), size[full].tolist(), strict=True)
    ]
    shared.update(_crowds(ends, bodies, core_of))
    enough = [pair for pair, count in shared.items() if count >= names.SHARED]
    cores = core_of({body for pair in enough for body in pair})
    likely = {
        (min(p), max(p)) for x, y in enough if x in cores and y in cores and (p := (cores[x], cores[y]))[0] != p[1]
    }
    return _confirmed(known, sorted(likely), compared)


def _crowds(
    ends: Sequence[Sequence[int]], bodies: Collection[int], core_of: Callable[[Iterable[int]], Mapping[int, int]]
) -> Iterator[tuple[int, int]]:
    """Pairs of bodies that meet in crowded keys, whose ends are given: a crowd of copies of one story is a sign of it,
    one of many stories is none."""
    asked = set(bodies)
    ends = [found for found in ends if asked.intersection(found) and len(found) > 1]
    cores = core_of({body for found in ends for body in found}) if ends else {}
    for found in ends:
        others = {cores[body] for body in found if body in cores and body not in asked}
        if len(others) <= EDGE:
            yield from ((x, y) for x in asked.intersection(found) for y in others if x != y)


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
