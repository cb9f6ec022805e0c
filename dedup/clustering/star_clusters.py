"""Clusters that do not chain: connected components, then every member is verified against the core.

The core is the member whose text the others are verified against: the greatest summed containment of the others,
ties by fingerprint, then id. What does not relate to the core leaves and forms its own cluster. Excerpts come after:
an excerpt is attached to the one cluster it lies in; one that lies in two, or in a round-up, is only linked. At last a
body that stands in a cluster by half, and wholly in a text of another, moves there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.time_window import Spans, Window
from dedup.clustering.cores import choose, grow
from dedup.comparison import align as c
from dedup.comparison import relate as r
from dedup.comparison.pair_table import Compare, Verified
from dedup.comparison.relate import JOINS
from dedup.kernels.union_find import components, crossed, flat

#: A longer text of which an excerpt covers less, and not from its beginning, may be a round-up: linked only.
ROUND_UP_SHARE = 350
ROUND_UP_PLACE = 200
#: A story lies whole in a text, millionths of its shingles, that goes beyond it where it is shorter than this, per
#: mille; an excerpt of the text is foreign to the story if less than this of its shingles, millionths, lie there.
WHOLE, BEYOND, FOREIGN = 950_000, 950, 200_000
#: A body is rather an excerpt of another text than a version of its core if so much more of it lies there, millionths.
RATHER = 300_000
#: In a connected component of more bodies a core is not compared with all others (dedup.clustering.cores).
LARGE = 200
#: Excerpts and stories that are looked at together.
CROSSED = 1 << 18


def contained(features: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Per pair: the share of a's shingles in b and of b's in a, in millionths."""
    shared, size_a, size_b = features[:, [c.SHARED, c.SIZE_A, c.SIZE_B]].astype(np.int64).T
    return shared * 1_000_000 // np.maximum(1, size_a), shared * 1_000_000 // np.maximum(1, size_b)


def cluster(
    n: int, edges: Verified, tie: NDArray[np.int64], compare: Compare, window: Window | None = None
) -> list[list[int]]:
    """Clusters of bodies 0..n-1, each with its core first, then ascending.

    edges: the related pairs found so far; pairs that had to be compared on the way are added to it. tie (n,): rank
    of each body's fingerprint. window: how far apart in time members may be.
    """
    found = _copies(n, edges, tie, compare, window)
    return _attach(n, found, edges, compare, window)


def _inside(n: int, parts: Sequence[Sequence[int]], edges: Verified, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the pairs `rows` that lie within one of the parts."""
    number = np.full(n, -1, np.int64)
    body, first = flat(parts)
    number[body] = np.repeat(np.arange(len(parts)), np.diff(first))
    a, b = number[edges.a[rows]], number[edges.b[rows]]
    return rows[(a == b) & (a >= 0)]


def _copies(
    n: int, edges: Verified, tie: NDArray[np.int64], compare: Compare, window: Window | None
) -> list[list[int]]:
    """Clusters by near copies, versions and rewrites; excerpts are only let in where they relate to the core."""
    excerpts = np.flatnonzero(edges.relation == r.EXCERPT)
    strong = np.flatnonzero(JOINS[edges.relation] & (edges.relation != r.EXCERPT))
    found: list[list[int]] = []
    while len(strong):
        parts = components(n, edges.a[strong], edges.b[strong])
        left = np.zeros(n, np.bool_)
        large = [part for part in parts if len(part) > LARGE]
        for part in large:
            own, lesser = _inside(n, [part], edges, strong), _inside(n, [part], edges, excerpts)
            found += grow(part, own, lesser, edges, tie, compare, window)
        parts = [part for part in parts if len(part) <= LARGE]
        cores = choose(parts, edges, _inside(n, parts, edges, np.append(strong, excerpts)), tie)
        several = [i for i, part in enumerate(parts) if len(part) > 2]
        body, first = flat([parts[i] for i in several])
        core = np.repeat(cores[several], np.diff(first))
        missing = edges.missing(np.stack([core, body], axis=1)[core != body])
        if len(missing):
            edges.extend(compare(missing))
        # Of a core with itself there is no row.
        joined = (core != body) & JOINS[edges.relation[edges.rows(core, body)]]
        left[body] = True
        at = iter(pairwise(first.tolist()))
        for part, leader in zip(parts, cores.tolist(), strict=True):
            if len(part) == 2:
                found.append([leader, part[1] if leader == part[0] else part[0]])
                continue
            low, high = next(at)
            kept = body[low:high][joined[low:high]].tolist()
            if window is not None:
                kept = window.admit([leader], kept)
            left[[leader, *kept]] = False
            found.append([leader, *kept])
        strong = strong[left[edges.a[strong]] & left[edges.b[strong]]]
    return [part for part in found if len(part) > 1]


def _attach(
    n: int, found: list[list[int]], edges: Verified, compare: Compare, window: Window | None
) -> list[list[int]]:
    """Attach excerpts, longest first, so that an excerpt of an excerpt finds the text both are taken from."""
    home = np.arange(n)  # the core of the cluster a body is in
    groups = {part[0]: set(part) for part in found}
    for part in found:
        home[part] = part[0]
    rows = np.flatnonzero(edges.relation == r.EXCERPT)
    if len(rows) == 0:
        return found
    short_is_a = edges.features[rows, c.LENGTH_A] < edges.features[rows, c.LENGTH_B]
    short = np.where(short_is_a, edges.a[rows], edges.b[rows])
    long = np.where(short_is_a, edges.b[rows], edges.a[rows])
    usable = ~_round_ups(rows, short, long, short_is_a, home, edges)
    containers: dict[int, set[int]] = defaultdict(set)
    length: dict[int, int] = {}
    words = np.where(short_is_a, edges.features[rows, c.LENGTH_A], edges.features[rows, c.LENGTH_B])
    apart = usable & (home[short] != home[long])
    for own, container, outside, count in zip(
        home[short].tolist(), long.tolist(), apart.tolist(), words.tolist(), strict=True
    ):
        length[own] = max(length.get(own, 0), count)
        if outside:
            containers[own].add(container)
    _compare_ahead(containers, groups, home, edges, compare)
    spans = Spans(window)
    for core in sorted(containers, key=lambda x: (-length[x], x)):
        targets = {int(home[holder]) for holder in containers[core]} - {core}
        if len(targets) != 1 or home[core] != core:
            continue
        (target,) = targets
        _move(core, target, groups, home, edges, compare, spans)
    _rather(short[usable], long[usable], groups, home, edges, spans)
    return [[core, *sorted(groups[core] - {core})] for core in sorted(groups) if len(groups[core]) > 1]


def _rather(
    short: NDArray[np.int64],
    long: NDArray[np.int64],
    groups: dict[int, set[int]],
    home: NDArray[np.int64],
    edges: Verified,
    spans: Spans,
) -> None:
    """Bodies that stand in a cluster as a version of its core, but far more in another text, go there alone."""
    targets: dict[int, set[int]] = defaultdict(set)
    asked = np.flatnonzero((home[short] != short) & (home[short] != home[long]))
    short, long = short[asked], long[asked]
    more = _shares(edges, short, long) >= _shares(edges, short, home[short]) + RATHER
    for s, target in zip(short[more].tolist(), home[long[more]].tolist(), strict=True):
        targets[s].add(target)
    for s in sorted(targets):
        (target, *others) = targets[s]
        whole = groups.get(target, {target})
        if not others and edges.joined(target, s) and spans.add(target, whole, [s]):
            groups[int(home[s])].remove(s)
            spans.forget(int(home[s]))
            groups[target] = whole
            whole.add(s)
            home[s] = target


def _compare_ahead(
    containers: dict[int, set[int]],
    groups: dict[int, set[int]],
    home: NDArray[np.int64],
    edges: Verified,
    compare: Compare,
) -> None:
    """Compare what is likely to be asked, members with the core of the one cluster they lie in, all at once."""
    wanted = []
    for core, holders in containers.items():
        targets = {int(home[holder]) for holder in holders}
        if len(targets) == 1:
            (target,) = targets
            wanted += [(target, m) for m in groups.get(core, {core})]
    missing = edges.missing(np.array(wanted, np.int64))
    if len(missing):
        edges.extend(compare(missing))


def _round_ups(
    rows: NDArray[np.int64],
    short: NDArray[np.int64],
    long: NDArray[np.int64],
    short_is_a: NDArray[np.bool_],
    home: NDArray[np.int64],
    edges: Verified,
) -> NDArray[np.bool_]:
    """Which excerpt pairs lie in a round-up: a text that holds two that have nothing to do with each other, or of
    which the excerpt is a small part, not the beginning."""
    columns = [[c.WORDS_B, c.LENGTH_B, c.FIRST_B], [c.WORDS_A, c.LENGTH_A, c.FIRST_A]]
    of_a, of_b = (edges.features[rows][:, own].astype(np.int64).T for own in columns)
    long_words, long_length, place = np.where(short_is_a, of_a, of_b)
    small = (1000 * long_words < ROUND_UP_SHARE * long_length) & (1000 * place > ROUND_UP_PLACE * long_length)
    return small | np.isin(long, _foreign(short, long, home, edges)) | _added(short, long, edges)


def _foreign(
    short: NDArray[np.int64], long: NDArray[np.int64], home: NDArray[np.int64], edges: Verified
) -> NDArray[np.int64]:
    """The containers that hold two excerpts of different clusters, one of each, that are not related."""
    # Of the excerpts of one cluster in one container the last is taken.
    order = np.lexsort((np.arange(len(short)), home[short], long))
    last = np.append((np.diff(long[order]) != 0) | (np.diff(home[short][order]) != 0), True)
    order = order[last]
    order = order[np.lexsort((short[order], long[order]))]
    part, holder = short[order], long[order]
    first = np.flatnonzero(np.diff(holder, prepend=-1))
    count = np.diff(np.append(first, len(holder)))
    found = [np.zeros(0, np.int64)]
    # The first with all others, and only of the few containers that are left, all with all.
    one, other, _ = crossed(first, np.minimum(count, 1), first, count)
    for everything in (False, True):
        if everything:
            kept = ~np.isin(holder[first], found[0])
            # An excerpt that was compared with fewer bodies than the container has others is not related to one.
            few = kept & (np.minimum.reduceat(_compared(edges, len(home))[part], first) < count - 1)
            found.append(holder[first[few]])
            kept &= ~few
            one, other, _ = crossed(first[kept], count[kept], first[kept], count[kept])
        later = one < other
        one, other = one[later], other[later]
        row = edges.rows(part[one], part[other])
        found.append(holder[one[(row < 0) | ~JOINS[edges.relation[row]]]])
        found = [np.unique(np.concatenate(found))]
    return found[0]


def _added(short: NDArray[np.int64], long: NDArray[np.int64], edges: Verified) -> NDArray[np.bool_]:
    """Which excerpts stand where their container goes beyond another story that it holds whole: that one is told in
    the container, and the excerpt is no part of it."""
    rows = np.flatnonzero(JOINS[edges.relation] & (edges.relation != r.EXCERPT))
    features = edges.features[rows]
    lengths = features[:, [c.LENGTH_A, c.LENGTH_B]].astype(np.int64)
    a_is_long = lengths[:, 0] > lengths[:, 1]
    a_in_b, b_in_a = contained(features)
    whole = (np.where(a_is_long, b_in_a, a_in_b) >= WHOLE) & (1000 * lengths.min(1) < BEYOND * lengths.max(1))
    whole &= np.isin(np.where(a_is_long, edges.a[rows], edges.b[rows]), long)
    x, y, a_is_long = edges.a[rows[whole]], edges.b[rows[whole]], a_is_long[whole]
    holder, story = np.where(a_is_long, x, y), np.where(a_is_long, y, x)
    order = np.argsort(holder, kind="stable")
    holder, story = holder[order], story[order]
    low, high = np.searchsorted(holder, long), np.searchsorted(holder, long, "right")
    # An excerpt that was compared with fewer bodies than there are stories is not part of one of them.
    out = high - low > _compared(edges, int(short.max(initial=0)) + 1)[short] + 1
    high = np.where(out, low, high)
    # Some at a time, for a text that goes beyond many may hold many excerpts.
    for some in np.array_split(np.flatnonzero(high > low), 1 + int((high - low).sum()) // CROSSED):
        excerpt, other, _ = crossed(some, np.ones_like(some), low[some], (high - low)[some])
        out[excerpt[_shares(edges, short[excerpt], story[other]) < FOREIGN]] = True
    return out


def _compared(edges: Verified, n: int) -> NDArray[np.int64]:
    """With how many others each body 0..n-1 was compared, at least (n,): pairs that share nothing may not be kept."""
    return np.bincount(np.concatenate([edges.a, edges.b]), minlength=n)


def _shares(edges: Verified, x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """The share of each x's shingles that lie in its y, in millionths; 0 where the pair was not found related."""
    if len(edges) == 0:
        return np.where(x == y, 1_000_000, 0)
    row = edges.rows(x, y)
    a_in_b, b_in_a = contained(edges.features[row])
    return np.where(x == y, 1_000_000, np.where(row < 0, 0, np.where(x < y, a_in_b, b_in_a)))


def _move(
    core: int,
    target: int,
    groups: dict[int, set[int]],
    home: NDArray[np.int64],
    edges: Verified,
    compare: Compare,
    spans: Spans,
) -> None:
    """Attach a cluster (or a single body) to the cluster of `target`, as far as its members relate to that core."""
    members = groups.get(core, {core})
    if any(edges.find(target, m) < 0 for m in members):
        edges.extend(compare(edges.missing(np.array([(target, m) for m in members], np.int64))))
    whole = groups.get(target, {target})
    if not all(edges.joined(target, m) for m in members) or not spans.add(target, whole, members):
        return
    groups[target] = whole
    whole |= members
    groups.pop(core, None)
    home[list(members)] = target
