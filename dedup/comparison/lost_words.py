"""Read the words that lost letters as the other body of a pair has them, before the two are compared.

Nothing tells what a word was before letters of it were lost, but where the words before and after it stand in the
other body too, with as many words between, the word between is the same. It is only so for this pair: the words
themselves stay as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.candidates.gapped import have_lost_words
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.unique_words import longest_increasing, unique_common_words
from dedup.kernels.jit import kernel
from dedup.text.token_kernel import is_lost
from dedup.text.tokens import CAPITAL, DIGIT, WORD_HASH

Ints = NDArray[np.int64]

#: Words between two that both bodies have, at most; of these at least half lost letters.
MOST_BETWEEN = 16
#: At least this share of the words that lost nothing stand in the other body in order, per mille; if it is shorter, of
#: as many as it can hold.
LEAST_COMMON = 500
#: Words between two places that are known are aligned if the product of their numbers is at most this.
LARGEST_GAP = 1 << 16
#: What a word that both have, and a lost one beside another word, count in an alignment.
_SAME, _LOST = 4, 1
#: Steps of an alignment: both bodies, the first only, the second only.
_BOTH, _FIRST, _SECOND = range(3)


@kernel
def _align(damaged, sound, steps):
    """Align words, uint32 (n,) and (m,), so that they have most in common; fills steps (n, m) uint8.

    A lost word of `damaged` may stand for any one word of `sound` but a number.
    """
    n, m = len(damaged), len(sound)
    above = np.zeros(m + 1, np.int32)
    for i in range(n - 1, -1, -1):
        before = np.int32(0)  # of the row above, one further
        is_any = is_lost(damaged[i])
        for j in range(m - 1, -1, -1):
            gain = np.int32(0)
            if (damaged[i] ^ sound[j]) & WORD_HASH == 0:
                gain = np.int32(_SAME)
            elif is_any and sound[j] & DIGIT == 0:
                gain = np.int32(_LOST)
            best, step = above[j], _FIRST
            if above[j + 1] > best:
                best, step = above[j + 1], _SECOND
            if gain > 0 and before + gain >= best:
                best, step = before + gain, _BOTH
            before = above[j]
            above[j] = best
            steps[i, j] = step


@kernel
def _place_unique(damaged, sound, place):
    """Set the places in `sound` of words that stand once in both bodies and in one order, in place (n + 1,) int64.

    damaged (n,) uint32; sound (m,) uint32.
    """
    n, m = len(damaged), len(sound)
    slots = 64
    while slots < 2 * (n + m):
        slots *= 2
    scratch = np.empty((4, n + 1), np.int32)
    at_a, at_b, tail, links = scratch[0], scratch[1], scratch[2], scratch[3]
    _, _, common = unique_common_words(
        np.concatenate((damaged, sound)), 0, n, n, n + m, np.empty(slots, np.uint32), np.zeros(slots, np.int8),
        np.empty(slots, np.int32), at_a, at_b,
    )  # fmt: skip
    for k in range(longest_increasing(at_b, common, tail, links)):
        place[at_a[links[k]]] = at_b[links[k]]


@kernel
def _fill_gap(damaged, sound, first, room, place):
    """Set the places of words of a gap, uint32 (n,) and (m,), that both have, from `first` on, in place (n,) int64."""
    n, m = len(damaged), len(sound)
    if n == 0 or m == 0 or n * m > len(room):
        return
    steps = room[: n * m].reshape(n, m)
    _align(damaged, sound, steps)
    i = j = 0
    while i < n and j < m:
        if steps[i, j] == _BOTH:
            if (damaged[i] ^ sound[j]) & WORD_HASH == 0:
                place[i] = first + j
            i += 1
            j += 1
        elif steps[i, j] == _FIRST:
            i += 1
        else:
            j += 1


@kernel
def restore_kernel(damaged, sound, out):
    """Write a body with its lost words as they stand in another one.

    damaged (n,) uint32: its words; sound (m,) uint32: those of the other; out (n,) uint32: gets the words.
    Of a word only the hash is taken: whether the lost one was a name is not known, so it is none.
    """
    out[:] = damaged
    n, m = len(damaged), len(sound)
    place = np.full(n + 1, -1, np.int64)  # of each word that both have
    place[n] = m
    _place_unique(damaged, sound, place)
    steps = np.empty(LARGEST_GAP, np.uint8)
    last, last_place = np.int64(0), np.int64(0)
    for i in range(n + 1):
        if place[i] >= 0:
            _fill_gap(damaged[last:i], sound[last_place : place[i]], last_place, steps, place[last:i])
            last, last_place = np.int64(i + 1), place[i] + 1
    same = whole = 0
    for i in range(n):
        whole += not is_lost(damaged[i])
        same += place[i] >= 0
    if 1000 * same < LEAST_COMMON * min(whole, m * whole // max(1, n)):
        return
    last = last_place = -1
    lost_words = 0
    for i in range(n + 1):
        if i < n and is_lost(damaged[i]):
            lost_words += 1
        if place[i] < 0:
            continue
        between = i - last - 1
        if (
            lost_words > 0
            and place[i] - last_place - 1 == between
            and between <= MOST_BETWEEN
            and 2 * lost_words >= between
        ):
            for x in range(last + 1, i):
                other = sound[last_place + x - last]
                if is_lost(damaged[x]) and other & DIGIT == 0:
                    out[x] = (damaged[x] & ~(WORD_HASH | CAPITAL)) | (other & WORD_HASH)
        last, last_place, lost_words = i, place[i], 0


class RestoredPairs(NamedTuple):
    """Bodies, pairs a and b (m,) int64 and ties (n,) int64 as `compare` takes them; restored (m,) bool: which pairs."""

    bodies: BodyTokens
    a: Ints
    b: Ints
    tie: Ints
    restored: NDArray[np.bool_]


def restore_lost_words(bodies: BodyTokens, a: Ints, b: Ints, tie: Ints) -> RestoredPairs:
    """Return pairs with the words restored of those with one body that lost letters; all others as they came."""
    restored = np.zeros(len(a), np.bool_)
    both = np.concatenate([a, b])
    distinct = np.concatenate(
        [a[np.append(True, a[1:] != a[:-1])] if len(a) else a, b]
    )  # pairs of one `a` come together
    if not have_lost_words(bodies.word, bodies.first, bodies.length, distinct).any():
        return RestoredPairs(bodies, a, b, tie, restored)
    used, index = np.unique(both, return_inverse=True)
    damaged = have_lost_words(bodies.word, bodies.first, bodies.length, used)
    pairs = index.reshape(2, -1)
    parts = [bodies.word[low : low + n] for low, n in zip(bodies.first[used], bodies.length[used], strict=True)]
    origin = list(range(len(used)))  # of each body, that of which it is a form
    for pair in np.flatnonzero(damaged[pairs[0]] ^ damaged[pairs[1]]).tolist():
        side = 0 if damaged[pairs[0, pair]] else 1
        one, other = (parts[body] for body in (pairs[side, pair], pairs[1 - side, pair]))
        out = np.empty_like(one)
        restore_kernel(one, other, out)
        restored[pair] = True
        origin.append(int(pairs[side, pair]))
        pairs[side, pair] = len(parts)
        parts.append(out)
    place = used[origin]
    length = bodies.length[place]
    tokens = BodyTokens(np.concatenate(parts), np.cumsum(length) - length, length, bodies.size[place])
    return RestoredPairs(tokens, pairs[0], pairs[1], tie[place], restored)
