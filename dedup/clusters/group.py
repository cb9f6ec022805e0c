"""Clusters that do not chain: connected components, then every member is verified against the core.

The core is the member whose text the others are verified against: the greatest summed containment of the others,
ties by fingerprint, then id. What does not relate to the core leaves and forms its own cluster. Excerpts come after:
an excerpt is attached to the one cluster it lies in; one that lies in two, or in a round-up, is only linked. At last a
body that stands in a cluster by half, and wholly in a text of another, moves there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.clusters import align as c
from dedup.clusters import relate as r
from dedup.clusters.components import components
from dedup.clusters.relate import JOINS

#: A longer text of which an excerpt covers less, and not from its beginning, may be a round-up: linked only.
ROUND_UP_SHARE = 350
ROUND_UP_PLACE = 200
#: A story lies whole in a text, millionths of its shingles, that goes beyond it where it is shorter than this, per
#: mille; an excerpt of the text is foreign to the story if less than this of its shingles, millionths, lie there.
WHOLE, BEYOND, FOREIGN = 950_000, 950, 200_000
#: A body is rather an excerpt of another text than a version of its core if so much more of it lies there, millionths.
RATHER = 300_000


@dataclass
class Verified:
    """Compared pairs: bodies `a` < `b`, their features and relation codes, by (a, b). Grows by `extend`."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    features: NDArray[np.int32]
    relation: NDArray[np.uint8]

    def __post_init__(self) -> None:
        self._row = dict(zip((self.a << 32 | self.b).tolist(), range(len(self.a)), strict=True))

    def __len__(self) -> int:
        return len(self.a)

    def find(self, x: int, y: int) -> int:
        """The row of a pair, or -1."""
        return self._row.get((x << 32 | y) if x < y else (y << 32 | x), -1)

    def missing(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the pairs (m, 2), in any order within a pair, that were not compared yet, as (m, 2) with a < b."""
        if len(pairs) == 0:
            return pairs.reshape(-1, 2)
        low, high = np.minimum(pairs[:, 0], pairs[:, 1]), np.maximum(pairs[:, 0], pairs[:, 1])
        wanted = np.unique(low << 32 | high).tolist()
        keys = np.array([key for key in wanted if key not in self._row], np.int64)
        return np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1)

    def joined(self, x: int, y: int) -> bool:
        """Whether a pair is related so that it may stand in one cluster."""
        row = self.find(x, y)
        return row >= 0 and bool(JOINS[self.relation[row]])

    def only(self, keep: NDArray[np.bool_]) -> Verified:
        """The rows for which `keep` (bool) is set."""
        return Verified(self.a[keep], self.b[keep], self.features[keep], self.relation[keep])

    def extend(self, other: Verified) -> None:
        keys = (other.a << 32 | other.b).tolist()
        self._row.update(zip(keys, range(len(self.a), len(self.a) + len(keys)), strict=True))
        self.a = np.concatenate([self.a, other.a])
        self.b = np.concatenate([self.b, other.b])
        self.features = np.concatenate([self.features, other.features])
        self.relation = np.concatenate([self.relation, other.relation])


@dataclass(frozen=True)
class Window:
    """How far apart members of a cluster may have been published.

    first, last (n,) float64: seconds of the earliest and latest article of each body, NaN for undated ones, which
    fit everywhere; width in seconds.
    """

    first: NDArray[np.float64]
    last: NDArray[np.float64]
    width: float

    def near(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs of bodies may stand in one cluster."""
        span = np.maximum(self.last[a], self.last[b]) - np.minimum(self.first[a], self.first[b])
        return ~(span > self.width)

    def admit(self, inside: Sequence[int], wanted: Sequence[int]) -> list[int]:
        """Those of the wanted bodies that fit with the ones inside and with each other, the nearest first."""
        low = min((self.first[m] for m in inside if not np.isnan(self.first[m])), default=np.inf)
        high = max((self.last[m] for m in inside if not np.isnan(self.last[m])), default=-np.inf)
        middle = (low + high) / 2 if low <= high else np.nan
        taken = []
        for m in sorted(wanted, key=lambda m: (abs(np.nan_to_num(self.first[m] - middle, nan=0.0)), m)):
            if np.isnan(self.first[m]):
                taken.append(m)
            elif max(high, self.last[m]) - min(low, self.first[m]) <= self.width:
                low, high = min(low, self.first[m]), max(high, self.last[m])
                taken.append(m)
        return sorted(taken)


#: Which of the wanted bodies may join those inside.
Admit = Callable[[Sequence[int], Sequence[int]], Sequence[int]]
#: Compares pairs (m, 2) of bodies and returns all of them, related or not.
Compare = Callable[[NDArray[np.int64]], Verified]


def contained(features: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Per pair: the share of a's shingles in b and of b's in a, in millionths."""
    f = features.astype(np.int64)
    shared = f[:, c.SHARED] * 1_000_000
    return shared // np.maximum(1, f[:, c.SIZE_A]), shared // np.maximum(1, f[:, c.SIZE_B])


def _core(members: list[int], weight: dict[int, int], tie: NDArray[np.int64]) -> int:
    """The member with the greatest summed containment; ties by fingerprint (`tie` is its rank), then by id."""
    return min(members, key=lambda m: (-weight.get(m, 0), int(tie[m]), m))


def _weights(edges: Verified, rows: NDArray[np.int64]) -> dict[int, int]:
    """For each body the sum, over its related pairs, of the share of the other that lies in it; of an excerpt and its
    container both count their resemblance, for it is no merit of a page to go on beyond the story."""
    f = edges.features[rows].astype(np.int64)
    a_in_b, b_in_a = contained(edges.features[rows])
    excerpt = edges.relation[rows] == r.EXCERPT
    union = np.maximum(1, f[:, c.SIZE_A] + f[:, c.SIZE_B] - f[:, c.SHARED])
    alike = f[:, c.SHARED] * 1_000_000 // union
    a_in_b, b_in_a = np.where(excerpt, alike, a_in_b), np.where(excerpt, alike, b_in_a)
    weight: dict[int, int] = defaultdict(int)
    for x, y, x_in_y, y_in_x in zip(
        edges.a[rows].tolist(), edges.b[rows].tolist(), a_in_b.tolist(), b_in_a.tolist(), strict=True
    ):
        weight[y] += x_in_y
        weight[x] += y_in_x
    return weight


def cluster(
    n: int, edges: Verified, tie: NDArray[np.int64], compare: Compare, window: Window | None = None
) -> list[list[int]]:
    """Clusters of bodies 0..n-1, each with its core first, then ascending.

    edges: the related pairs found so far; pairs that had to be compared on the way are added to it. tie (n,): rank
    of each body's fingerprint. window: how far apart in time members may be.
    """
    admit = window.admit if window is not None else lambda inside, wanted: wanted
    found = _copies(n, edges, tie, compare, admit)
    return _attach(n, found, edges, compare, admit)


def _inside(n: int, parts: Sequence[Sequence[int]], edges: Verified, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the pairs `rows` that lie within one of the parts."""
    number = np.full(n, -1, np.int64)
    for i, part in enumerate(parts):
        number[part] = i
    a, b = number[edges.a[rows]], number[edges.b[rows]]
    return rows[(a == b) & (a >= 0)]


def _copies(n: int, edges: Verified, tie: NDArray[np.int64], compare: Compare, admit: Admit) -> list[list[int]]:
    """Clusters by near copies, versions and rewrites; excerpts are only let in where they relate to the core."""
    excerpts = np.flatnonzero(edges.relation == r.EXCERPT)
    strong = np.flatnonzero(JOINS[edges.relation] & (edges.relation != r.EXCERPT))
    found: list[list[int]] = []
    while len(strong):
        parts = components(n, edges.a[strong], edges.b[strong])
        weight = _weights(edges, np.append(strong, _inside(n, parts, edges, excerpts)))
        cores = [_core(part, weight, tie) for part in parts]
        large = [(part, core) for part, core in zip(parts, cores, strict=True) if len(part) > 2]
        toward = [(core, m) for part, core in large for m in part if m != core]
        missing = edges.missing(np.array(toward, np.int64))
        if len(missing):
            edges.extend(compare(missing))
        left = np.zeros(n, np.bool_)
        for part, core in zip(parts, cores, strict=True):
            if len(part) == 2:
                found.append([core, part[1] if core == part[0] else part[0]])
                continue
            kept = admit([core], [m for m in part if m != core and edges.joined(core, m)])
            left[part] = True
            left[[core, *kept]] = False
            found.append([core, *kept])
        strong = strong[left[edges.a[strong]] & left[edges.b[strong]]]
    return [part for part in found if len(part) > 1]


def _attach(n: int, found: list[list[int]], edges: Verified, compare: Compare, admit: Admit) -> list[list[int]]:
    """Attach excerpts, longest first, so that an excerpt of an excerpt finds the text both are taken from."""
    home = np.arange(n)  # the core of the cluster a body is in
    groups = {part[0]: list(part) for part in found}
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
    for s, container, ok, row, s_is_a in zip(
        short.tolist(), long.tolist(), usable.tolist(), rows.tolist(), short_is_a.tolist(), strict=True
    ):
        length[home[s]] = max(length.get(home[s], 0), int(edges.features[row, c.LENGTH_A if s_is_a else c.LENGTH_B]))
        if ok and home[s] != home[container]:
            containers[int(home[s])].add(container)
    _compare_ahead(containers, groups, home, edges, compare)
    for core in sorted(containers, key=lambda x: (-length[x], x)):
        targets = {int(home[holder]) for holder in containers[core]} - {core}
        if len(targets) != 1 or home[core] != core:
            continue
        (target,) = targets
        _move(core, target, groups, home, edges, compare, admit)
    _rather(short[usable], long[usable], groups, home, edges, admit)
    return [part for part in (groups[k] for k in sorted(groups)) if len(part) > 1]


def _rather(
    short: NDArray[np.int64],
    long: NDArray[np.int64],
    groups: dict[int, list[int]],
    home: NDArray[np.int64],
    edges: Verified,
    admit: Admit,
) -> None:
    """Bodies that stand in a cluster as a version of its core, but far more in another text, go there alone."""
    targets: dict[int, set[int]] = defaultdict(set)
    for s, holder in zip(short.tolist(), long.tolist(), strict=True):
        core, target = int(home[s]), int(home[holder])
        if core not in (s, target) and _share(edges, s, holder) >= _share(edges, s, core) + RATHER:
            targets[s].add(target)
    for s in sorted(targets):
        (target, *others) = targets[s]
        whole = groups.get(target, [target])
        if not others and edges.joined(target, s) and admit(whole, [s]):
            groups[int(home[s])].remove(s)
            groups[target] = [target, *sorted([*whole[1:], s])]
            home[s] = target


def _compare_ahead(
    containers: dict[int, set[int]],
    groups: dict[int, list[int]],
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
            wanted += [(target, m) for m in groups.get(core, [core])]
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
    held: dict[int, list[int]] = defaultdict(list)
    for s, holder in zip(short.tolist(), long.tolist(), strict=True):
        held[holder].append(s)
    foreign = set()
    for holder, items in held.items():
        firsts = sorted({int(home[s]): s for s in items}.values())
        if any(
            not edges.joined(x, y)
            for i, x in enumerate(firsts)
            for y in firsts[i + 1 :]
        ):
            foreign.add(holder)
    f = edges.features[rows].astype(np.int64)
    long_words = np.where(short_is_a, f[:, c.WORDS_B], f[:, c.WORDS_A])
    long_length = np.where(short_is_a, f[:, c.LENGTH_B], f[:, c.LENGTH_A])
    place = np.where(short_is_a, f[:, c.FIRST_B], f[:, c.FIRST_A])
    small = (1000 * long_words < ROUND_UP_SHARE * long_length) & (1000 * place > ROUND_UP_PLACE * long_length)
    return small | np.isin(long, np.array(sorted(foreign), np.int64)) | _added(short, long, edges)


def _added(short: NDArray[np.int64], long: NDArray[np.int64], edges: Verified) -> NDArray[np.bool_]:
    """Which excerpts stand where their container goes beyond another story that it holds whole: that one is told in
    the container, and the excerpt is no part of it."""
    rows = np.flatnonzero(JOINS[edges.relation] & (edges.relation != r.EXCERPT))
    f = edges.features[rows].astype(np.int64)
    a_is_long = f[:, c.LENGTH_A] > f[:, c.LENGTH_B]
    lengths = np.sort(f[:, [c.LENGTH_A, c.LENGTH_B]], axis=1)
    a_in_b, b_in_a = contained(edges.features[rows])
    whole = (np.where(a_is_long, b_in_a, a_in_b) >= WHOLE) & (1000 * lengths[:, 0] < BEYOND * lengths[:, 1])
    whole &= np.isin(np.where(a_is_long, edges.a[rows], edges.b[rows]), long)
    stories: dict[int, list[int]] = defaultdict(list)
    for row, long_is_a in zip(rows[whole].tolist(), a_is_long[whole].tolist(), strict=True):
        x, y = int(edges.a[row]), int(edges.b[row])
        stories[x if long_is_a else y].append(y if long_is_a else x)
    out = np.zeros(len(short), np.bool_)
    for i, (part, holder) in enumerate(zip(short.tolist(), long.tolist(), strict=True)):
        out[i] = any(_share(edges, part, story) < FOREIGN for story in stories.get(holder, ()))
    return out


def _share(edges: Verified, x: int, y: int) -> int:
    """The share of x's shingles that lie in y, in millionths; 0 where the pair was not found related."""
    if x == y:
        return 1_000_000
    row = edges.find(x, y)
    if row < 0:
        return 0
    a_in_b, b_in_a = contained(edges.features[[row]])
    return int(a_in_b[0] if x < y else b_in_a[0])


def _move(
    core: int,
    target: int,
    groups: dict[int, list[int]],
    home: NDArray[np.int64],
    edges: Verified,
    compare: Compare,
    admit: Admit,
) -> None:
    """Attach a cluster (or a single body) to the cluster of `target`, as far as its members relate to that core."""
    members = groups.get(core, [core])
    if any(edges.find(target, m) < 0 for m in members):
        edges.extend(compare(edges.missing(np.array([(target, m) for m in members], np.int64))))
    whole = groups.get(target, [target])
    if not all(edges.joined(target, m) for m in members) or len(admit(whole, members)) < len(members):
        return
    groups.setdefault(target, [target]).extend(members)
    groups[target][1:] = sorted(groups[target][1:])
    groups.pop(core, None)
    home[members] = target
