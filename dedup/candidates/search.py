"""Search the candidate pairs of a corpus: one body for all that are identical, then bands and passages together."""

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

#: Pairs with a common passage that are held at a time, 8 bytes each.
ROOM = 1 << 24


@dataclass(frozen=True)
class Candidates:
    """Pairs (a < b) to compare, by a, then b; and the buckets that were over-full."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    full_bands: int
    full_passages: int


def group_identical(
    fingerprint: NDArray[np.uint64], count: NDArray[np.int64], time_bucket: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Group articles of one body; returns for each the smallest rank of its group, int64 (n,), -1 for a short body.

    fingerprint: uint64 (n, 2); count: int64 (n,), tokens, of fewer than MIN_TOKENS a body is short. time_bucket: int64
    (n,), only articles of one bucket are grouped (`time_buckets`).
    """
    representative = np.full(len(count), -1, np.int64)
    if time_bucket is None:
        order = argsort_fingerprint(fingerprint)
    else:
        order = np.lexsort((time_bucket, fingerprint[:, 1], fingerprint[:, 0]))
    order = order[count[order] >= MIN_TOKENS]
    if len(order) == 0:
        return representative
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (fingerprint[order[1:]] != fingerprint[order[:-1]]).any(axis=1)
    if time_bucket is not None:
        begins[1:] |= time_bucket[order[1:]] != time_bucket[order[:-1]]
    # The order is stable, so the first of a run of equal bodies has the smallest rank.
    representative[order] = order[begins][np.cumsum(begins) - 1]
    return representative


def argsort_fingerprint(fingerprint: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The stable order, int64 (n,), of fingerprints, uint64 (n, 2), high half first."""
    # The high half decides but for identical bodies.
    high, low = fingerprint[:, 0], fingerprint[:, 1]
    order = np.argsort(high, kind="stable")
    ties = np.flatnonzero(high[order[1:]] == high[order[:-1]])
    if (low[order[ties]] != low[order[ties + 1]]).any():
        return np.lexsort((low, high))
    return order


def rank_bodies(
    representative: NDArray[np.int64],
    shingles: NDArray[np.int32],
    fingerprint: NDArray[np.uint64],
    seconds: NDArray[np.float64] | None,
) -> Ranking:
    """Rank bodies for over-full keys, ties by fingerprint; arguments as for `search`.

    Bodies of the most articles represent a key, in powers of two, so that an article more rarely changes it: the text
    that most sites print word for word is likeliest the story as it was sent. Neighbours are of about one length (of a
    text that grows, a state and the next), or of about one time where a window counts.
    """
    order = argsort_fingerprint(fingerprint)

    def places(key: NDArray[Any]) -> NDArray[np.int64]:
        place = np.empty(len(order), np.int64)
        place[order[np.argsort(key[order], kind="stable")]] = np.arange(len(order))
        return place

    articles = np.bincount(representative[representative >= 0], minlength=len(representative))
    return Ranking(places(-np.frexp(articles)[1]), places(-shingles if seconds is None else seconds))


def time_buckets(fingerprint: NDArray[np.uint64], seconds: NDArray[np.float64], width: float) -> NDArray[np.int64]:
    """Cut the articles of each body into buckets of at most `width` seconds, numbered from 0 by time, int64 (n,).

    seconds: float64 (n,), since 1970, NaN for undated articles, which are in the body's first bucket.
    """
    bucket = np.zeros(len(seconds), np.int64)
    order = np.lexsort((seconds, fingerprint[:, 1], fingerprint[:, 0]))
    begin, last = np.nan, -1
    for i in order.tolist():
        if last < 0 or (fingerprint[i] != fingerprint[last]).any():
            begin, bucket[i] = seconds[i], 0
        elif seconds[i] - begin > width:
            begin, bucket[i] = seconds[i], bucket[last] + 1
        else:
            bucket[i] = 0 if np.isnan(seconds[i]) else bucket[last]
        last = i
    return bucket


def search(
    representative: NDArray[np.int64],
    band: Sequence[tuple[NDArray[np.int64], NDArray[np.uint32]]],
    passage: Sequence[NDArray[np.uint64]],
    shingles: NDArray[np.int32],
    fingerprint: NDArray[np.uint64],
    seconds: NDArray[np.float64] | None = None,
) -> Candidates:
    """Candidate pairs among representatives.

    representative: int64 (n,), of `group_identical`. band: pieces (ranks int64 (m,), -1 for none; keys uint32
    (bands, m)). passage: pieces uint64, `key << 32 | rank`, which are overwritten. shingles: int32 (n,), how many each
    body has. fingerprint: uint64 (n, 2). seconds: float64 (n,), since 1970, when bodies were published, where a window
    counts. Linear in the number of postings, but for the sorts.
    """
    ranking = rank_bodies(representative, shingles, fingerprint, seconds)
    # The last place is that of rank -1, a dropped article.
    is_representative = np.append(representative == np.arange(len(representative)), False)
    ranks = np.concatenate([piece[0] for piece in band]) if band else np.zeros(0, np.int64)
    column = np.flatnonzero(is_representative[ranks])
    column = column[np.argsort(ranks[column], kind="stable")]
    active = ranks[column].astype(np.uint64)
    candidates = PairSet()
    full_bands = 0
    rule = OverfullRule(bands.BUCKET_CAP, REPRESENTATIVES, ranking)
    for i in range(len(band[0][1]) if band else 0):
        keys = np.concatenate([piece[1][i] for piece in band])
        postings = (keys[column].astype(np.uint64) << np.uint64(32)) | active
        postings = sort_postings(postings)
        pairs, _, over = join_postings(postings, 32, shared_keys(postings, 32), rule, None, None, ANY)
        full_bands += int(over)
        candidates.add(pairs)
    pairs, full_passages = passages.passage_pairs(passage, is_representative[:-1], shingles, ranking, ROOM)
    candidates.add(pairs)
    postings = candidates.sorted()
    return Candidates(
        (postings >> np.uint64(32)).astype(np.int64),
        (postings & np.uint64(0xFFFFFFFF)).astype(np.int64),
        full_bands,
        full_passages,
    )
