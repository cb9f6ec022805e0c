"""Who among all that is known might be a copy: the same two indexes as in a scan, looked up for a few bodies.

The kernels are those of the scan, on the postings of the keys that the bodies in question have. A crowded key gives
its first and last bodies only, so that a stop phrase costs nothing and the most syndicated story is found all the same:
whoever is found brings its component with it, in which `search` then runs as in a scan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import anchors, bands, passages
from dedup.clustering.rewrites import APART
from dedup.comparison import rewrite
from dedup.index.join_kernels import keys_with_few_cores, pair_with_cores
from dedup.index.pair_cache import Compared
from dedup.index.snapshot import Known
from dedup.index.stores.base import ANCHOR, BAND, HEAD_TAIL, PASSAGE, ArticleRow, sorted_unique
from dedup.inputs.dates import parse_timestamp
from dedup.kernels.join_postings import ANY, REPRESENTATIVES, OverfullRule, join_postings, shared_keys
from dedup.kernels.sorted_arrays import BODY_BITS, BODY_MASK, isin_sorted, unique_counts

_HALF, _LOW32 = np.uint64(32), np.uint64(0xFFFFFFFF)

BodyPairs = set[tuple[int, int]]


def candidates(known: Known, bodies: Collection[int]) -> BodyPairs:
    """Pairs of bodies a < b, at least one of them of `bodies`, that share a band or enough passages."""
    found = known.postings(bodies, (BAND, PASSAGE), ahead=(ANCHOR,))  # which will be asked for next
    asked = np.array(sorted(bodies), np.uint64)
    split = np.searchsorted(found.postings, np.uint64(PASSAGE << (32 + BODY_BITS)))
    banded = _join(found.postings[:split], bands.BUCKET_CAP, REPRESENTATIVES, asked)
    met = _join(found.postings[split:], passages.PASSAGE_CAP, REPRESENTATIVES, asked)
    pairs, count = unique_counts(np.sort(met))
    once = pairs[count == 1]
    few = known.short(_ends(once).ravel()).reshape(-1, 2).any(1)
    near = _ends(sorted_unique(np.concatenate([banded, pairs[count > 1], once[few]])))
    alive = known.alive(near.ravel()).reshape(-1, 2).all(1)
    return {(x, y) for x, y in near[alive].tolist()}


def _join(posting: NDArray[np.uint64], cap: int, representatives: int, asked: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Pairs of bodies, one of them asked about, that hold a common key; over-full keys are ranked by body number."""
    pairs: NDArray[np.uint64]
    rule = OverfullRule(cap, representatives, None)
    pairs, _, _ = join_postings(posting, BODY_BITS, shared_keys(posting, BODY_BITS), rule, asked, None, ANY)
    return pairs


def _ends(pairs: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs `a << 32 | b` as (n, 2)."""
    out = np.empty((len(pairs), 2), np.int64)
    out[:, 0] = pairs >> _HALF
    out[:, 1] = pairs & _LOW32
    return out


class Cores:
    """The cores of clusters (a body in none is its own): those that were solved anew (`solved`, by body), else as
    stored."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.solved: dict[int, int] = {}

    def of(self, bodies: Iterable[int]) -> dict[int, int]:
        """The cores of those bodies that are there after the change."""
        rows = self._known.body_rows(bodies)
        return {
            body: self.solved.get(body, row.core or body) for body, row in rows.items() if self._known.is_alive(body)
        }

    def leading(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these bodies, (n,), are cores and there after the change: `of` without reading their rows."""
        leads = self._known.leading(bodies)
        if self.solved:
            for i, body in enumerate(bodies.tolist()):
                leads[i] = self.solved[body] == body if body in self.solved else leads[i]
        return leads


def retellings(known: Known, bodies: Collection[int], cores: Cores, compared: Compared) -> BodyPairs:
    """Pairs of cores of clusters, one of them of `bodies`, of which one retells the other."""
    if not bodies:
        return set()
    found = known.postings(bodies, (ANCHOR,))
    asked = np.array(sorted(bodies), np.uint64)
    overfull = isin_sorted(found.overfull, found.postings >> np.uint64(BODY_BITS))
    met = _join(found.postings[~overfull], anchors.MAX_BODIES, 0, asked)
    # An over-full key of copies of one story is a sign of it, one of many stories is none.
    crowded = _of_few(found.postings[overfull], asked, cores)
    if len(crowded):
        core_of = cores.of((crowded & np.uint64(BODY_MASK)).tolist())
        body, core = np.array(sorted(core_of.items()), np.uint64).reshape(-1, 2).T.copy()
        met = np.concatenate([met, pair_with_cores(crowded, asked, body, core, HEAD_TAIL)])
    pairs, count = unique_counts(np.sort(met))
    enough = _ends(pairs[count >= anchors.MIN_SHARED]).tolist()
    core_of = cores.of({body for pair in enough for body in pair})
    likely = {
        (min(p), max(p))
        for x, y in enough
        if x in core_of and y in core_of and (p := (core_of[x], core_of[y]))[0] != p[1]
    }
    return _confirmed(known, sorted(likely), compared)


def _of_few(crowded: NDArray[np.uint64], asked: NDArray[np.uint64], cores: Cores) -> NDArray[np.uint64]:
    """The postings of crowded keys without those keys of which more than `HEAD_TAIL` bodies lead each its own story:
    `pair_with_cores` would pass these over, once it had read whom all the others belong to."""
    if len(crowded) == 0:
        return crowded
    body = crowded & np.uint64(BODY_MASK)
    found: NDArray[np.uint64] = keys_with_few_cores(
        crowded, cores.leading(body.view(np.int64)) & ~isin_sorted(asked, body), HEAD_TAIL
    )
    return found


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
    a, b = parse_timestamp(x.published), parse_timestamp(y.published)
    return a is None or b is None or abs(a.seconds - b.seconds) <= APART
