"""What one more body changes in the pairs that the keys of a component give, without pairing all others again.

The rule is that of the search (`kernels.join_postings`). `component_state.load_state` proves that all pairs
are those of the search.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel
from dedup.kernels.join_postings import ANY, choose_representatives, encode_pair, join_postings


@kernel
def _pairs_of_key(member, rule):
    """All pairs of one key, uint64, as `join_postings` gives them."""
    keys = (np.zeros(1, np.int64), np.full(1, len(member)))
    pairs, _, _ = join_postings(member.view(np.uint64), 32, keys, rule, None, None, ANY)
    return pairs


@kernel
def change(member, body, rule):
    """What one more body changes in the pairs of a key: (added, removed), uint64, `a << 32 | b` with a < b.

    member (m,) int64, ascending: the bodies that have the key before; body: above them. rule: as for `join_postings`,
    with a cap greater than the representatives. The time is that of reading the members, but where the body becomes a
    representative, or makes the key over-full.
    """
    m = len(member)
    none = np.empty(0, np.uint64)
    if m < rule.cap:
        added = np.empty(m, np.uint64)
        for i in range(m):
            added[i] = encode_pair(member[i], body)
        return added, none
    whole = np.append(member, np.int64(body))
    best = choose_representatives(whole, rule.ranking, rule.representatives)
    if m == rule.cap or (best == m).any():
        return _pairs_of_key(whole, rule), _pairs_of_key(member, rule)
    added = np.empty(len(best) + 2, np.uint64)
    represents = np.zeros(m, np.bool_)
    count = 0
    for i in best:
        represents[i] = True
        added[count] = encode_pair(member[i], body)
        count += 1
    neighbour = rule.ranking.neighbour
    place = neighbour[body]
    left = right = np.int64(-1)
    for i in range(m):
        own = neighbour[member[i]]
        if own < place:
            if left < 0 or own > neighbour[member[left]]:
                left = i
        elif right < 0 or own < neighbour[member[right]]:
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
