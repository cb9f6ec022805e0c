"""Find candidate pairs: identical bodies become one, then bands and passages are searched, within a time window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.search import Candidates, argsort_fingerprint, group_identical, search, time_buckets
from dedup.candidates.time_window import Window
from dedup.settings import Settings


class Bodies(NamedTuple):
    """Digests of n bodies: length (n,) int64 words, size (n,) int32 tokens of a shingle, fingerprint (n, 2) uint64."""

    length: NDArray[np.int64]
    size: NDArray[np.int32]
    fingerprint: NDArray[np.uint64]

    @property
    def shingles(self) -> NDArray[np.int32]:
        """The number of shingles of each body (n,)."""
        return np.maximum(0, self.length - self.size + 1).astype(np.int32)


class Postings(NamedTuple):
    """The postings of bodies, in pieces.

    bands: (ranks (m,) int64, keys (bands, m) uint32), rank -1 for none; passages: uint64 `key << 32 | rank`.
    """

    bands: Sequence[tuple[NDArray[np.int64], NDArray[np.uint32]]]
    passages: Sequence[NDArray[np.uint64]]


class SearchResult(NamedTuple):
    """Candidate pairs of representatives.

    representative (n,) int64: of each article, -1 where its body is too short. window: of the bodies, None for no
    limit.
    """

    representative: NDArray[np.int64]
    window: Window | None
    candidates: Candidates


def find_candidates(
    bodies: Bodies,
    postings: Postings,
    published: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    settings: Settings,
) -> SearchResult:
    """Candidate pairs of n articles; published: seconds since 1970 of rows (m,), NaN where unknown."""
    length, _, fingerprint = bodies
    window = era = None
    if settings.window is not None:
        seconds, width = published(np.arange(len(length))), settings.window * 86400
        window, era = Window(seconds, seconds, width), time_buckets(fingerprint, seconds, width)
    representative = group_identical(fingerprint, length, era)
    if window is not None:
        window = window.of_representatives(representative)
    first = None if window is None else window.first
    candidates = search(representative, *postings, bodies.shingles, fingerprint, first)
    if window is not None:
        within = window.within(candidates.a, candidates.b)
        candidates = replace(candidates, a=candidates.a[within], b=candidates.b[within])
    return SearchResult(representative, window, candidates)


def fingerprint_ranks(fingerprint: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The rank (n,) of each fingerprint (n, 2)."""
    rank = np.empty(len(fingerprint), np.int64)
    rank[argsort_fingerprint(fingerprint)] = np.arange(len(fingerprint))
    return rank
