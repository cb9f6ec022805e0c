"""The features of two beginnings against a slow reference."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.comparison import align as c
from dedup.comparison import leads
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import compare
from dedup.text.tokens import CAPITAL, DIGIT, WORD_HASH

K = 5
Words = NDArray[np.uint32]

FLAGS = st.sampled_from([0, int(CAPITAL), int(DIGIT)])
BODIES = st.lists(st.tuples(st.integers(1, 90), FLAGS), min_size=8, max_size=300).map(
    lambda body: np.array([word | flag for word, flag in body], np.uint32)
)


def distinct(words: Words) -> set[int]:
    return set((words & WORD_HASH).tolist())


def share(a: set[int], b: set[int]) -> int:
    return 1000 * len(a & b) // max(1, min(len(a), len(b)))


def memory_for(words: int) -> tuple[Words, Words, NDArray[np.int32], NDArray[np.uint8]]:
    """The memory of `scratch_room`, full of what other pairs left."""
    room = leads.scratch_room(words)
    return tuple(np.full(room, 3, kind) for kind in (np.uint32, np.uint32, np.int32, np.uint8))  # type: ignore[return-value]


@settings(max_examples=150)
@given(BODIES, BODIES)
def test_names_and_rare_words_of_two_leads(a: Words, b: Words) -> None:
    word, memory = np.concatenate([a, b]), memory_for(len(a) + len(b))
    bounds = 0, len(a), len(a), len(word)
    named = [distinct(body[(body & (CAPITAL | DIGIT)) != 0]) for body in (a[:60], b[:60])]
    ends = 0, min(60, len(a)), len(a), len(a) + min(60, len(b))
    assert leads._same_named(word, *ends, memory) == share(*named)
    count = Counter((word & WORD_HASH).tolist())
    rare = [{w for w in distinct(body[:40]) if count[w] <= leads.RARE} for body in (a, b)]
    assert leads._same_rare(word, *bounds, 40, memory) == share(*rare)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 90)), min_size=2, max_size=12), st.permutations(range(6)))
def test_where_the_first_sentence_in_common_is(parts: list[tuple[bool, int]], order: list[int]) -> None:
    """Every word is another, so that a passage stands in one place of each body."""
    pieces, at = [], 1
    for _, size in parts:
        pieces.append(np.arange(at, at + size))
        at += size
    shared = [i for i, (in_both, size) in enumerate(parts) if in_both and size >= 12]
    if not shared:
        return
    a = np.concatenate(pieces)
    turned = [shared[i] for i in order if i < len(shared)] + shared[len(order) :]
    b = np.concatenate([np.arange(5000, 5000 + parts[0][1]), *(pieces[i] for i in turned)])
    row = features(a.astype(np.uint32), b.astype(np.uint32))
    if 1000 * max(row[c.WORDS_A] / len(a), row[c.WORDS_B] / len(b)) < leads.IN_COMMON:
        return
    if max(len(a), len(b)) > leads.FOLLOW_UP_TIMES * min(len(a), len(b)):
        assert row[c.LEAD_OWN] == 0
        return
    assert row[c.LEAD_OWN] == max(min(int(pieces[i][0]) - 1 for i in shared), parts[0][1])
    if row[c.LEAD_OWN] < leads.SEVERAL and 1000 * row[c.RUN] < leads.LONG_BLOCK * max(row[c.WORDS_A], row[c.WORDS_B]):
        return
    width = min(leads.LEAD * K, len(a), len(b))
    place_a, place_b = {int(w): i for i, w in enumerate(a)}, {int(w): i for i, w in enumerate(b)}
    beginning = leads.BEGINNING * K
    cover_a = sum(place_b.get(int(w), beginning) < beginning for w in a[:width])
    cover_b = sum(place_a.get(int(w), beginning) < beginning for w in b[:width])
    assert row[c.LEAD_COVER] == 1000 * max(cover_a, cover_b) // width


def features(a: Words, b: Words) -> NDArray[np.int32]:
    word = np.concatenate([a, b])
    length = np.array([len(a), len(b)])
    bodies = BodyTokens(word, np.array([0, len(a)]), length, np.array([K, K], np.int32))
    row: NDArray[np.int32] = compare(bodies, np.array([0]), np.array([1]), np.array([1, 0]))[0]
    return row
