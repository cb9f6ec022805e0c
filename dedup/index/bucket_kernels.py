"""What one more body changes in the pairs that the keys of a component give, without pairing all others again.

The rule is that of the search (`kernels.join_postings`). `component_state.load_state` proves that all pairs
are those of the search.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.kernels.join_postings import choose_representatives, encode_pair, pair_overfull


@kernel
def _pairs_of_key(member, ranking, representatives, cap):
    """All pairs of one key, uint64, as `join_postings` gives them."""
    m = len(member)
    if m > cap:
        out = np.empty((representatives + 1) * m, np.uint64)
        return out[: pair_overfull(member, ranking, representatives, out)]
    out = np.empty(m * (m - 1) // 2, np.uint64)
    count = 0
    for x in range(m):
        for y in range(x + 1, m):
            out[count] = encode_pair(member[x], member[y])
            count += 1
    return out


@kernel
def change(member, body, ranking, representatives, cap):
    """What one more body changes in the pairs of a key: (added, removed), uint64, `a << 32 | b` with a < b.

    member (m,) int64: the bodies that have the key before; ranking, representatives, cap: as for `join_postings`, cap
    greater than the representatives. The time is that of reading the members, but where the body becomes a
    representative, or makes the key over-full.
    """
    m = len(member)
    none = np.empty(0, np.uint64)
    if m < cap:
        added = np.empty(m, np.uint64)
        for i in range(m):
            added[i] = encode_pair(member[i], body)
        return added, none
    whole = np.append(member, np.int64(body))
    best = choose_representatives(whole, ranking, representatives)
    if m == cap or (best == m).any():
        before = _pairs_of_key(member, ranking, representatives, cap)
        return _pairs_of_key(whole, ranking, representatives, cap), before
    added = np.empty(len(best) + 2, np.uint64)
    represents = np.zeros(m, np.bool_)
    count = 0
    for i in best:
        represents[i] = True
        added[count] = encode_pair(member[i], body)
        count += 1
    place = ranking.neighbour[body]
    left = right = np.int64(-1)
    for i in range(m):
        own = ranking.neighbour[member[i]]
        if own < place:
            if left < 0 or own > ranking.neighbour[member[left]]:
                left = i
        elif right < 0 or own < ranking.neighbour[member[right]]:
            right = i
    has_left, has_right = left >= 0 and not represents[left], right >= 0 and not represents[right]
    if has_left:
        added[count] = encode_pair(member[left], body)
        count += 1
    if has_right:
        added[count] = encode_pair(member[right], body)
        count += 1
    if not (has_left and has_right):
        return added[:count], none
    removed = np.empty(1, np.uint64)
    removed[0] = encode_pair(member[left], member[right])
    return added[:count], removed
