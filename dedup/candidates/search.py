"""All candidate pairs of a corpus: identical bodies collapse to one, then bands and passages together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.candidates import bands, passages
from dedup.candidates.shingles import MIN_TOKENS
from dedup.kernels.join_postings import ANY, REPRESENTATIVES, OverfullRule, Ranking, join_postings, shared_keys
from dedup.kernels.pair_set import PairSet
from dedup.kernels.radix_sort import sort_postings

#: Meetings in passages that are held at a time, 8 bytes each.
ROOM = 1 << 24


@dataclass(frozen=True)
class Candidates:
    """Pairs (a < b) to compare, by a, then b; and the buckets that were over-full."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    full_bands: int
    full_passages: int


def collapse(
    fingerprint: NDArray[np.uint64], count: NDArray[np.int64], era: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """For every article its representative: the smallest rank with the same body; -1 where the body is too short.

    fingerprint (n, 2) uint64; count (n,) tokens; era (n,): only articles of one era collapse (`eras`).
    """
    rep = np.full(len(count), -1, np.int64)
    order = by_fingerprint(fingerprint) if era is None else np.lexsort((era, fingerprint[:, 1], fingerprint[:, 0]))
    order = order[count[order] >= MIN_TOKENS]
    if len(order) == 0:
        return rep
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (fingerprint[order[1:]] != fingerprint[order[:-1]]).any(axis=1)
    if era is not None:
        is_new[1:] |= era[order[1:]] != era[order[:-1]]
    # The order is stable, so the first of a run of equal bodies has the smallest rank.
    rep[order] = order[is_new][np.cumsum(is_new) - 1]
    return rep


def by_fingerprint(fingerprint: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The stable order (n,) of fingerprints (n, 2): by the high half, which settles it but for identical bodies."""
    high, low = fingerprint[:, 0], fingerprint[:, 1]
    order = np.argsort(high, kind="stable")
    level = np.flatnonzero(high[order[1:]] == high[order[:-1]])
    if (low[order[level]] != low[order[level + 1]]).any():
        return np.lexsort((low, high))
    return order


def rank_bodies(
    rep: NDArray[np.int64],
    shingles: NDArray[np.int32],
    fingerprint: NDArray[np.uint64],
    when: NDArray[np.float64] | None,
) -> Ranking:
    """Rank bodies for over-full keys, ties by fingerprint; all but `when` as for `search`.

    Bodies of the most articles represent a key, in powers of two, so that an article more rarely changes it: the text
    that most sites print word for word is likeliest the story as it was sent. Neighbours are of about one length (of a
    text that grows, a state and the next), or of about one time where a window counts.
    """
    order = by_fingerprint(fingerprint)

    def places(key: NDArray[Any]) -> NDArray[np.int64]:
        place = np.empty(len(order), np.int64)
        place[order[np.argsort(key[order], kind="stable")]] = np.arange(len(order))
        return place

    articles = np.bincount(rep[rep >= 0], minlength=len(rep))
    return Ranking(places(-np.frexp(articles)[1]), places(-shingles if when is None else when))


def eras(fingerprint: NDArray[np.uint64], when: NDArray[np.float64], width: float) -> NDArray[np.int64]:
    """Cut the articles of each body into stretches of at most `width` seconds, numbered from 0 (n,).

    when (n,) float64: seconds, NaN for undated articles, which count as the body's first.
    """
    era = np.zeros(len(when), np.int64)
    order = np.lexsort((when, fingerprint[:, 1], fingerprint[:, 0]))
    begin, last = np.nan, -1
    for i in order.tolist():
        if last < 0 or (fingerprint[i] != fingerprint[last]).any():
            begin, era[i] = when[i], 0
        elif when[i] - begin > width:
            begin, era[i] = when[i], era[last] + 1
        else:
            era[i] = 0 if np.isnan(when[i]) else era[last]
        last = i
    return era


def search(
    rep: NDArray[np.int64],
    band: Sequence[tuple[NDArray[np.int64], NDArray[np.uint32]]],
    passage: Sequence[NDArray[np.uint64]],
    shingles: NDArray[np.int32],
    fingerprint: NDArray[np.uint64],
    when: NDArray[np.float64] | None = None,
) -> Candidates:
    """Candidate pairs among representatives.

    rep (n,) from `collapse`; band: pieces (ranks (m,), keys (bands, m)); passage: pieces of `key << 32 | rank`;
    shingles (n,) int32: how many each body has; fingerprint (n, 2); when (n,): when bodies were published, where a
    window counts. Linear in the number of postings, but for the sorts.
    """
    ranking = rank_bodies(rep, shingles, fingerprint, when)
    # The last place is that of rank -1, a dropped article.
    is_rep = np.append(rep == np.arange(len(rep)), False)
    ranks = np.concatenate([piece[0] for piece in band]) if band else np.zeros(0, np.int64)
    column = np.flatnonzero(is_rep[ranks])
    column = column[np.argsort(ranks[column], kind="stable")]
    active = ranks[column].astype(np.uint64)
    pair_set = PairSet()
    full_bands = 0
    rule = OverfullRule(bands.BUCKET_CAP, REPRESENTATIVES, ranking)
    for i in range(len(band[0][1]) if band else 0):
        keys = np.concatenate([piece[1][i] for piece in band])
        packed = (keys[column].astype(np.uint64) << np.uint64(32)) | active
        packed = sort_postings(packed)
        pairs, _, over = join_postings(packed, 32, shared_keys(packed, 32), rule, None, None, ANY)
        full_bands += int(over)
        pair_set.add(pairs)
    pairs, full_passages = passages.passage_pairs(passage, is_rep[:-1], shingles, ranking, ROOM)
    pair_set.add(pairs)
    packed = pair_set.sorted()
    return Candidates(
        (packed >> np.uint64(32)).astype(np.int64),
        (packed & np.uint64(0xFFFFFFFF)).astype(np.int64),
        full_bands,
        full_passages,
    )
