"""The second tier of clusters: re-worded texts, found by names and numbers, attached to the story that they retell.

It comes when the clusters are known, for two reasons: only one text of each cluster need be looked at, and a rewrite
must never bridge two clusters. So a text that is in no cluster joins the one cluster it retells; if it retells two,
the pairs are only linked, and so are two clusters that retell each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.anchors import Elsewhere, keys_of, name_pairs
from dedup.candidates.time_window import Window
from dedup.comparison import relate as r
from dedup.comparison import rewrite as w
from dedup.comparison.compare import longer_second
from dedup.comparison.pair_table import Compare, Verified
from dedup.corpus.spool import Words

#: Seconds between two publications of one story, original and rewrite: beyond, the same names tell another story.
APART = 7 * 86400
#: Pairs that are looked at together.
BLOCK = 1024
#: By code of a relation: whether such a pair has no more in common than a passage.
_MAY_BE_RETOLD = np.isin(np.arange(len(r.RELATIONS)), (r.NONE, r.OVERLAP))


class Texts(NamedTuple):
    """Where the words of bodies 0..n-1 are: `at` (n,) in the spool, `length` (n,) how many; `tie` (n,): rank of the
    fingerprint."""

    spool: Words
    at: NDArray[np.int64]
    length: NDArray[np.int64]
    tie: NDArray[np.int64]


def retell(
    texts: Texts,
    rep: NDArray[np.int64],
    clusters: Sequence[Sequence[int]],
    edges: Verified,
    compare: Compare,
    published: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    window: Window | None,
    threads: int,
    elsewhere: Elsewhere | None = None,
) -> tuple[list[list[int]], dict[str, int]]:
    """Clusters with their rewrites, and counts: candidates, and keys that were over their cap.

    rep (n,): representative of each article; clusters: bodies, the core first, as `group.cluster` gives them. edges:
    the pairs compared so far; those found to be rewrites are added, or marked. published: seconds of some ranks, NaN
    where unknown. elsewhere: see `name_pairs`; of bodies that lead a cluster or are alone.
    """
    leaders = _leaders(rep, clusters)
    if len(leaders) < 2:  # nobody's words need be read to know that nobody retells another
        return [list(part) for part in clusters], {"candidates": 0, "full": 0}
    stretches = texts.spool.stretches(texts.at[leaders], texts.length[leaders])
    found, full = name_pairs(keys_of(stretches, len(leaders)), elsewhere)
    if len(found) == 0:
        return [list(part) for part in clusters], {"candidates": 0, "full": full}
    pairs = leaders[found[:, :2]]
    pairs = pairs[_timely(pairs, published, window) & _open(pairs, edges)]
    counts = {"candidates": len(pairs), "full": full}
    blocks = list(_looked_at(texts, pairs, threads))
    features = np.concatenate(blocks) if blocks else np.zeros((0, len(w.FEATURES)), np.int32)
    rows = np.flatnonzero(w.is_rewrite(features))
    if len(rows) == 0:
        return [list(part) for part in clusters], counts
    pairs, strength = pairs[rows], w.strength(features[rows])
    missing = edges.missing(pairs)
    if len(missing):
        edges.extend(compare(missing))
    marked = edges.rows(pairs[:, 0], pairs[:, 1])
    keep = _MAY_BE_RETOLD[edges.relation[marked]]
    edges.relation[marked[keep]] = r.REWRITE
    pairs = pairs[keep][np.lexsort((pairs[keep, 1], pairs[keep, 0], -strength[keep]))]
    copies = np.bincount(rep[rep >= 0], minlength=len(rep)) > 1
    return attach(clusters, pairs, copies, texts.length, texts.tie, window), counts


def _leaders(rep: NDArray[np.int64], clusters: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """The bodies that are looked at: the core of each cluster, and all that are in none; ascending."""
    leads = rep == np.arange(len(rep))
    leads[[body for part in clusters for body in part[1:]]] = False
    return np.flatnonzero(leads)


def _timely(
    pairs: NDArray[np.int64],
    published: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    window: Window | None,
) -> NDArray[np.bool_]:
    """Which pairs were published close enough to each other; an unknown time is close to any."""
    ranks, place = np.unique(pairs, return_inverse=True)
    when = published(ranks)[place.reshape(pairs.shape)]
    near = ~(np.abs(when[:, 0] - when[:, 1]) > APART)
    return near if window is None else near & window.near(pairs[:, 0], pairs[:, 1])


def _open(pairs: NDArray[np.int64], edges: Verified) -> NDArray[np.bool_]:
    """Which pairs were not compared, or found to have no more in common than a passage."""
    rows = edges.rows(pairs[:, 0], pairs[:, 1])
    known = rows >= 0
    out = np.ones(len(pairs), np.bool_)
    out[known] = _MAY_BE_RETOLD[edges.relation[rows[known]]]
    return out


def _looked_at(texts: Texts, pairs: NDArray[np.int64], threads: int) -> Iterator[NDArray[np.int32]]:
    """The features of pairs, a block at a time, in order."""

    def work(low: int) -> NDArray[np.int32]:
        part = pairs[low : low + BLOCK]
        bodies, place = np.unique(part, return_inverse=True)
        order = np.argsort(texts.at[bodies], kind="stable")  # the spool is read in its own order
        word, first = texts.spool.gather(texts.at[bodies[order]], texts.length[bodies[order]])
        where = np.empty(len(order), np.int64)
        where[order] = np.arange(len(order))
        index = where[place.reshape(part.shape)]
        return w.look(word, first, index[:, 0], index[:, 1], texts.tie[bodies[order]])

    starts = range(0, len(pairs), BLOCK)
    if threads < 2 or len(starts) < 2:
        yield from map(work, starts)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, starts)


def attach(
    clusters: Sequence[Sequence[int]],
    pairs: NDArray[np.int64],
    copies: NDArray[np.bool_],
    count: NDArray[np.int64],
    tie: NDArray[np.int64],
    window: Window | None,
) -> list[list[int]]:
    """The clusters with the rewrites that belong to one of them, and new ones of texts that are in none.

    pairs (m, 2): rewrites among cores and unclustered bodies, the strongest first; copies (n,): whether several
    articles have the body, which makes it a cluster of its own; count and tie (n,): words, and the rank of the
    fingerprint. What is attached is attached to a core, and is no core itself.
    """
    groups: dict[int, list[int]] = {part[0]: list(part) for part in clusters}
    cores = {*groups, *(body for body in np.unique(pairs).tolist() if copies[body])}
    retold: dict[int, set[int]] = defaultdict(set)  # the clusters that a body in none retells
    for a, b in pairs.tolist():
        if (a in cores) != (b in cores):
            core, other = (a, b) if a in cores else (b, a)
            retold[other].add(core)
    placed: set[int] = set()

    def place(core: int, other: int) -> None:
        group = groups.get(core, [core])
        if window is None or window.admit(group, [other]):
            groups[core] = [core, *sorted([*group[1:], other])]
            placed.update((core, other))

    for a, b in pairs.tolist():
        if a in cores or b in cores:
            core, other = (a, b) if a in cores else (b, a)
            if other not in cores and len(retold[other]) == 1:
                place(core, other)
        elif retold[a] or retold[b]:
            continue
        elif a in placed or b in placed:
            core, other = (a, b) if a in groups else (b, a)
            if core in groups and other not in placed:
                place(core, other)
        else:
            core, other = (b, a) if longer_second(count[[a]], count[[b]], tie[[a]], tie[[b]])[0] else (a, b)
            place(core, other)
    return [groups[core] for core in sorted(groups)]
