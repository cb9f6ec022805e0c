"""The index on names and numbers, against sets and loops."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.candidates import anchors
from dedup.candidates.anchors import Keys, anchor_words, key_kernel, keys_of, name_pairs
from dedup.inputs.batch import text_array
from dedup.text.tokens import CAPITAL, DIGIT, LINE, SENTENCE, WORD_HASH, tokenise

PIECES = ["Kishida", "Fumio", "Seoul", "met", "the", "in", "1945", "83", "said", "He", "Ørsted", "Łódź"]


def texts() -> st.SearchStrategy[str]:
    pieces = st.sampled_from([*PIECES, *(f"{p}." for p in PIECES), *(f"{p}\n" for p in PIECES)])
    return st.lists(pieces, max_size=60).map(" ".join)


def expected_anchors(words: list[int]) -> list[int]:
    """Numbers, and the last names of runs of names; a name is capitalised inside a sentence."""
    named = [bool(w & int(CAPITAL)) and not w & int(LINE | SENTENCE) for w in words] + [False]
    return [
        w & int(WORD_HASH) for i, w in enumerate(words) if w & int(DIGIT) or (named[i] and not named[i + 1])
    ]  # fmt: skip


@given(texts())
def test_anchors(text: str) -> None:
    word = tokenise(text_array([text])).words(0)
    out = np.empty(len(word) + 1, np.uint32)
    count = anchor_words(word, 0, len(word), out)
    assert out[:count].tolist() == expected_anchors([int(w) for w in word])


def anchors_of(text: str) -> list[str]:
    tokens = tokenise(text_array([text]))
    known = {
        w & int(WORD_HASH): text[s:e] for w, s, e in zip(tokens.word.tolist(), tokens.start, tokens.end, strict=True)
    }
    out = np.empty(len(tokens.word) + 1, np.uint32)
    return [known[w] for w in out[: anchor_words(tokens.word, 0, len(tokens.word), out)].tolist()]


def test_a_person_is_one_anchor_whatever_the_title() -> None:
    assert anchors_of("On Monday Prime Minister Fumio Kishida, 64, met Yoon in Seoul.") == [
        "Kishida", "64", "Yoon", "Seoul",
    ]  # fmt: skip
    assert anchors_of("Yesterday the visitor, Kishida, aged 64, saw Yoon there.") == ["Kishida", "64", "Yoon"]


@given(st.lists(texts(), max_size=5), st.integers(1, 4), st.integers(1, 6))
def test_keys_are_of_neighbouring_anchors(bodies: list[str], sample: int, most: int) -> None:
    """All of them at a rate of 1; at any other the same ones for a pair of anchors in whatever body."""
    words = [tokenise(text_array([body])).words(0) for body in bodies]
    length = np.array([len(word) for word in words], np.int64)
    begin = np.cumsum(length) - length
    word = np.concatenate([np.zeros(0, np.uint32), *words])
    key, taken = key_kernel(word, begin, length, sample, most)
    parts = np.split(key, np.cumsum(taken))[:-1]
    for body, part in zip(words, parts, strict=True):
        chain = expected_anchors([int(w) for w in body])
        rate = sample
        while len(chain) > rate * most:
            rate *= 2
        pairs = [int(anchors._key(np.uint32(x), np.uint32(y))) for x, y in pairwise(chain) if x != y]
        assert part.tolist() == [k for k in pairs if k < 2**32 // rate]


def brute(bodies: list[list[int]], times: Counter[int]) -> list[tuple[int, int, int]]:
    """Who shares enough keys, of those that few articles have."""
    holders: dict[int, set[int]] = defaultdict(set)
    for i, body in enumerate(bodies):
        for key in body:
            holders[key].add(i)
    kept = [set(body) & {k for k in holders if times[k] <= anchors.CAP} for body in bodies]
    out = []
    for a in range(len(bodies)):
        near = [(len(kept[a] & kept[b]), b) for b in range(a + 1, len(bodies))]
        near = [
            (n, b)
            for n, b in near
            if n >= anchors.SHARED and 1000 * n >= anchors.SHARE * min(len(bodies[a]), len(bodies[b]))
        ]
        best = sorted(near, key=lambda x: (-x[0], x[1]))[: anchors.PER_ARTICLE]
        out += [(a, b, n) for n, b in sorted(best, key=lambda x: x[1])]
    return out


# Below 1,024 keys meet in no slot of the table, so that the counts are exact.
BODIES = st.lists(st.lists(st.integers(0, 24).map(lambda k: 41 * k), max_size=12), max_size=45)


@settings(max_examples=200)
@given(BODIES, st.randoms())
def test_pairs_are_those_of_brute_force(bodies: list[list[int]], random: object) -> None:
    """In whatever order the keys lie in memory."""
    order = list(range(len(bodies)))
    random.shuffle(order)  # type: ignore[attr-defined]
    first, at = np.zeros(len(bodies), np.int64), 0
    key: list[int] = []
    for i in order:
        first[i], at = at, at + len(bodies[i])
        key += bodies[i]
    keys = Keys(np.array(key, np.uint32), first, np.array([len(b) for b in bodies], np.int64))
    found, full = name_pairs(keys)
    times = Counter(k for body in bodies for k in body)
    assert [tuple(row) for row in found.tolist()] == brute(bodies, times)
    assert full == sum(n > anchors.CAP for n in times.values())


@settings(max_examples=200)
@given(st.lists(st.sets(st.integers(0, 24).map(lambda k: 41 * k), max_size=12), max_size=30), st.data())
def test_bodies_elsewhere_count_too(bodies: list[set[int]], data: st.DataObject) -> None:
    """A part of a corpus, with what is known of the rest, finds what the whole finds in it."""
    outside = data.draw(st.dictionaries(st.integers(0, 24).map(lambda k: 41 * k), st.integers(0, 40)))
    flat = [sorted(body) for body in bodies]
    taken = np.array([len(b) for b in flat], np.int64)
    keys = Keys(np.array([k for b in flat for k in b], np.uint32), np.cumsum(taken) - taken, taken)
    found, _ = name_pairs(keys, lambda keys: np.array([outside.get(k, 0) for k in keys.tolist()], np.int64))
    times = Counter(k for body in flat for k in body)
    times.update({k: n for k, n in outside.items() if k in times})
    assert [tuple(row) for row in found.tolist()] == brute(flat, times)


def test_room_for_many_pairs() -> None:
    """Every body with every other, up to the number an article may have."""
    shared = np.arange(5, dtype=np.uint32)
    groups = [shared + np.uint32(5 * g) for g in range(60)]
    bodies = [groups[i // 30] for i in range(1800)]
    keys = Keys(np.concatenate(bodies), np.arange(1800) * 5, np.full(1800, 5))
    found, _ = name_pairs(keys)
    whole = sum(min(anchors.PER_ARTICLE, 29 - i) for i in range(30))
    assert len(found) == 60 * whole > 1800 + 1024
    assert (found[:, 0] // 30 == found[:, 1] // 30).all()
    assert (found[:, 0] < found[:, 1]).all()


def test_keys_of_stretches_are_those_of_the_whole() -> None:
    text = "Yesterday Kishida met Yoon, 61, in Seoul and Moon in Busan on 3 May, 1910 and 1945 being past."
    word = tokenise(text_array([text])).words(0)
    one = (word, np.array([1]), np.array([0]), np.array([len(word)]))
    two = (np.concatenate([word[:4], word]), np.array([2, 0]), np.array([4, 0]), np.array([len(word), 4]))
    keys = keys_of([one, two], 3)
    part = [keys.key[f : f + t].tolist() for f, t in zip(keys.first, keys.size, strict=True)]
    assert part[1] == part[2]
    assert len(part[1]) > 0
    assert part[0] == part[1][: len(part[0])]
    assert len(part[0]) <= 1  # of the first four words: Kishida, Yoon
    empty = keys_of([], 2)
    assert empty.size.tolist() == [0, 0]
    assert len(name_pairs(empty)[0]) == 0
