"""Look up the bodies that might be copies or rewrites of a few: the candidate search of a scan on stored postings.

The rules are those of the scan, on the postings of the keys that the bodies have. An over-full key gives its first and
last bodies only, so that a stop phrase costs nothing and the most syndicated story is met all the same: whoever is met
brings its component along, in which `recluster` then searches as a scan does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import anchors, bands, passages
from dedup.clustering.rewrites import APART
from dedup.comparison import rewrite
from dedup.comparison.pair_table import pair_keys
from dedup.index.pair_cache import PairCache
from dedup.index.snapshot import Packed, Snapshot
from dedup.index.stores.base import ANCHOR, BAND, HEAD_TAIL, PASSAGE, ArticleRow, sorted_unique
from dedup.inputs.dates import parse_timestamp
from dedup.kernels.join_postings import ANY, REPRESENTATIVES, OverfullRule, join_postings, shared_keys
from dedup.kernels.sorted_arrays import BODY_BITS, BODY_MASK, isin_sorted, unique_counts

_HALF, _LOW32 = np.uint64(32), np.uint64(0xFFFFFFFF)

#: Pairs of numbers of bodies a < b.
BodyPairs = set[tuple[int, int]]


def copy_candidates(snapshot: Snapshot, bodies: Collection[int]) -> BodyPairs:
    """Return the pairs, at least one of each pair in `bodies`, that share a band or enough passages."""
    hits = snapshot.postings(bodies, (BAND, PASSAGE), prefetch=(ANCHOR,))
    queries = np.array(sorted(bodies), np.uint64)
    split = np.searchsorted(hits.postings, np.uint64(PASSAGE << (32 + BODY_BITS)))
    by_band = _join(hits.postings[:split], queries, bands.BUCKET_CAP)
    by_passage = _join(hits.postings[split:], queries, passages.PASSAGE_CAP)
    pairs, count = unique_counts(np.sort(by_passage))
    once = pairs[count == 1]
    any_short = snapshot.is_short(_ends(once).ravel()).reshape(-1, 2).any(1)
    ends = _ends(sorted_unique(np.concatenate([by_band, pairs[count > 1], once[any_short]])))
    exist = snapshot.exists_after(ends.ravel()).reshape(-1, 2).all(1)
    return {(x, y) for x, y in ends[exist].tolist()}


def _join(postings: Packed, queries: Packed, cap: int, representatives: int = REPRESENTATIVES) -> Packed:
    """Return the pairs of bodies, one of them in `queries`, that share a key, once for each; see `join_postings`."""
    pairs: Packed
    rule = OverfullRule(cap, representatives, None)
    pairs, _, _ = join_postings(postings, BODY_BITS, shared_keys(postings, BODY_BITS), rule, queries, None, ANY)
    return pairs


def _ends(pairs: Packed) -> NDArray[np.int64]:
    """Return pairs `a << 32 | b` as (n, 2)."""
    return np.stack([pairs >> _HALF, pairs & _LOW32], axis=1).view(np.int64)


class CoreIndex:
    """The core of the cluster of each body; a body in no cluster is its own. reclustered: cores by body of components
    that the change works out; of all others as stored."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.reclustered: dict[int, int] = {}

    def cores_of(self, bodies: Iterable[int]) -> dict[int, int]:
        """Return the cores of those bodies that have articles after the change."""
        rows = self._snapshot.body_rows(bodies)
        exist = self._snapshot.exists_after(np.array([*rows], np.int64)).tolist()
        return {
            body: self.reclustered.get(body, row.core or body)
            for (body, row), exists in zip(rows.items(), exist, strict=True)
            if exists
        }

    def is_core(self, bodies: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of the bodies (n,) are cores and exist after the change; `cores_of` without reading their rows."""
        cores = self._snapshot.is_core(bodies)
        if self.reclustered:
            for i, body in enumerate(bodies.tolist()):
                cores[i] = self.reclustered[body] == body if body in self.reclustered else cores[i]
        return cores


def rewrite_candidates(snapshot: Snapshot, bodies: Collection[int], cores: CoreIndex, cache: PairCache) -> BodyPairs:
    """Return the pairs of cores, at least one of each pair in `bodies`, of which one is a rewrite of the other."""
    if not bodies:
        return set()
    hits = snapshot.postings(bodies, (ANCHOR,))
    queries = np.array(sorted(bodies), np.uint64)
    is_overfull = isin_sorted(hits.overfull, hits.postings >> np.uint64(BODY_BITS))
    shared = _join(hits.postings[~is_overfull], queries, anchors.MAX_BODIES, 0)
    # A key that many copies of one story share is a sign of this story; one that many stories share is none.
    overfull = hits.postings[is_overfull]
    if len(overfull):
        # `pair_with_cores` would pass the other keys over, after reading the core of every body.
        body = overfull & np.uint64(BODY_MASK)
        is_other_core = cores.is_core(body.view(np.int64)) & ~isin_sorted(queries, body)
        overfull = keys_with_few_cores(overfull, is_other_core, HEAD_TAIL)
    if len(overfull):
        core_of = cores.cores_of((overfull & np.uint64(BODY_MASK)).tolist())
        shared = np.concatenate([shared, pair_with_cores(overfull, queries, core_of, HEAD_TAIL)])
    pairs, count = unique_counts(np.sort(shared))
    enough = _ends(pairs[count >= anchors.MIN_SHARED]).tolist()
    core_of = cores.cores_of({body for pair in enough for body in pair})
    core_pairs = {(core_of[x], core_of[y]) for x, y in enough if x in core_of and y in core_of}
    return _confirm(snapshot, sorted({(min(pair), max(pair)) for pair in core_pairs if pair[0] != pair[1]}), cache)


def keys_with_few_cores(postings: Packed, is_core: NDArray[np.bool_], most: int) -> Packed:
    """Select the postings of the keys that at most `most` cores have.

    postings (p,): `key << BODY_BITS | body`, ascending; is_core (p,): of the body of each posting.
    """
    _, size = unique_counts(postings >> np.uint64(BODY_BITS))
    key = np.repeat(np.arange(len(size)), size)
    return postings[np.bincount(key, is_core, len(size))[key] <= most]


def pair_with_cores(postings: Packed, queries: Packed, core_of: Mapping[int, int], most: int) -> Packed:
    """Pair queried bodies with the cores of the other bodies of a key, unless these cores are more than `most`.

    postings (p,): `key << BODY_BITS | body`, ascending. queries (q,): bodies, ascending. core_of: the cores of the
    clusters of the bodies that count. Returns pairs `a << 32 | b` with a < b, once for each key.
    """
    mask = np.uint64(BODY_MASK)
    is_query = isin_sorted(queries, postings & mask)
    query, other = postings[is_query], postings[~is_query]
    core = np.array([core_of.get(body, 0) for body in (other & mask).tolist()], np.uint64)
    core_postings = sorted_unique((other & ~mask | core)[core > 0])
    core_postings = keys_with_few_cores(core_postings, np.ones(len(core_postings), np.bool_), most)
    first = np.searchsorted(core_postings, query & ~mask)
    end = np.searchsorted(core_postings, query | mask, "right")
    pairs = []
    for place in range(most):
        has_core = first + place < end
        x, y = query[has_core] & mask, core_postings[first[has_core] + place] & mask
        pairs.append(pair_keys(x, y)[x != y])
    return np.concatenate(pairs)


def _confirm(snapshot: Snapshot, body_pairs: list[tuple[int, int]], cache: PairCache) -> BodyPairs:
    """Return the pairs of which one is a rewrite of the other, published within `APART` seconds of it."""
    pairs = [(pair, x, y) for pair, x, y in representative_pairs(snapshot, body_pairs) if _published_close(x, y)]
    if not pairs:
        return set()
    is_rewrite = rewrite.is_rewrite(cache.rewrite_features([(x, y) for _, x, y in pairs])).tolist()
    return {pair for (pair, _, _), is_match in zip(pairs, is_rewrite, strict=True) if is_match}


def representative_pairs(
    snapshot: Snapshot, body_pairs: Collection[tuple[int, int]]
) -> list[tuple[tuple[int, int], ArticleRow, ArticleRow]]:
    """Return for pairs of bodies (pair, x, y) with all representatives x of one and y of the other."""
    articles = snapshot.articles_of({body for pair in body_pairs for body in pair})
    representatives = {body: snapshot.representatives(rows) for body, rows in articles.items()}
    return [
        ((a, b), x, y) for a, b in body_pairs for x in representatives.get(a, ()) for y in representatives.get(b, ())
    ]


def _published_close(x: ArticleRow, y: ArticleRow) -> bool:
    a, b = parse_timestamp(x.published), parse_timestamp(y.published)
    return a is None or b is None or abs(a.seconds - b.seconds) <= APART
