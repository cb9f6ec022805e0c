"""What one more body changes in the pairs that the keys of a component give, without pairing all others again.

The rule is that of the search (`bands.bucket_pairs`, `passages.meetings`): up to a cap all members of a key are paired;
in a fuller one each is paired with a few representatives, and with its neighbour in an order. The representatives are
the first members in one order or two. `component_state` has these orders, and proves when it begins that all pairs
are those of the search.
"""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(nogil=True, cache=True)
def choose(member, orders, few, chosen):
    """Mark the representatives among members in `chosen` (m,) bool; they, as indices, in the order of their choice.

    orders (3, n) int64: the place of each body among neighbours, and in the orders by which the first `few[0]`, then
    `few[1]` more, are chosen.
    """
    chosen[:] = False
    out = np.empty(few[0] + few[1], np.int64)
    for i in range(len(out)):
        order = orders[1] if i < few[0] else orders[2]
        best = np.int64(-1)
        for j in range(len(member)):
            if not chosen[j] and (best < 0 or order[member[j]] < order[member[best]]):
                best = j
        chosen[best] = True
        out[i] = best
    return out


@nb.njit(nogil=True, cache=True, inline="always")
def _pair(x, y):
    return (np.uint64(min(x, y)) << np.uint64(32)) | np.uint64(max(x, y))


@nb.njit(nogil=True, cache=True)
def full_pairs(member, orders, few, out):
    """The pairs of a key of more members than the cap, each once, as `a << 32 | b` with a < b; returns how many."""
    m = len(member)
    chosen = np.zeros(m, np.bool_)
    first = choose(member, orders, few, chosen)
    chosen[:] = False
    at = 0
    for best in first:
        chosen[best] = True
        for j in range(m):
            if not chosen[j]:
                out[at] = _pair(member[best], member[j])
                at += 1
    place = np.empty(m, np.int64)
    for i in range(m):
        place[i] = orders[0][member[i]]
    order = np.argsort(place)
    for i in range(m - 1):
        if not chosen[order[i]] and not chosen[order[i + 1]]:
            out[at] = _pair(member[order[i]], member[order[i + 1]])
            at += 1
    return at


@nb.njit(nogil=True, cache=True)
def all_pairs(member, bounds, orders, few, cap):
    """The pairs of all keys; member: the bodies of each, those of key i from `bounds[i]` to `bounds[i + 1]`."""
    total = 0
    for i in range(len(bounds) - 1):
        m = bounds[i + 1] - bounds[i]
        total += m * (m - 1) // 2 if m <= cap else m * (few[0] + few[1] + 1)
    out = np.empty(total, np.uint64)
    at = 0
    for i in range(len(bounds) - 1):
        own = member[bounds[i] : bounds[i + 1]]
        if len(own) > cap:
            at += full_pairs(own, orders, few, out[at:])
            continue
        for x in range(len(own)):
            for y in range(x + 1, len(own)):
                out[at] = _pair(own[x], own[y])
                at += 1
    return out[:at]


@nb.njit(nogil=True, cache=True)
def change(member, body, orders, few, cap):
    """What one more body changes in the pairs of a key: (those that come, those that go), `a << 32 | b` with a < b.

    member (m,) int64: the bodies that have the key before. The time is that of reading them, but where the body becomes
    a representative, or fills the key.
    """
    m = len(member)
    none = np.empty(0, np.uint64)
    if m < cap:
        come = np.empty(m, np.uint64)
        for i in range(m):
            come[i] = _pair(member[i], body)
        return come, none
    whole = np.append(member, np.int64(body))
    if m == cap:
        gone = np.empty(m * (m - 1) // 2, np.uint64)
        at = 0
        for x in range(m):
            for y in range(x + 1, m):
                gone[at] = _pair(member[x], member[y])
                at += 1
        come = np.empty((few[0] + few[1] + 1) * (m + 1), np.uint64)
        return come[: full_pairs(whole, orders, few, come)], gone
    chosen = np.zeros(m + 1, np.bool_)
    first = choose(whole, orders, few, chosen)
    if chosen[m]:
        come = np.empty((few[0] + few[1] + 1) * (m + 1), np.uint64)
        gone = np.empty((few[0] + few[1] + 1) * m, np.uint64)
        count = full_pairs(whole, orders, few, come)
        return come[:count], gone[: full_pairs(member, orders, few, gone)]
    come = np.empty(len(first) + 2, np.uint64)
    at = 0
    for best in first:
        come[at] = _pair(member[best], body)
        at += 1
    order, place = orders[0], orders[0][body]
    before = after = np.int64(-1)
    for i in range(m):
        own = order[member[i]]
        if own < place:
            if before < 0 or own > order[member[before]]:
                before = i
        elif after < 0 or own < order[member[after]]:
            after = i
    left, right = before >= 0 and not chosen[before], after >= 0 and not chosen[after]
    if left:
        come[at] = _pair(member[before], body)
        at += 1
    if right:
        come[at] = _pair(member[after], body)
        at += 1
    if not (left and right):
        return come[:at], none
    gone = np.empty(1, np.uint64)
    gone[0] = _pair(member[before], member[after])
    return come[:at], gone
