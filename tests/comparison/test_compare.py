"""The numbers of a comparison, against sets and loops."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import reference
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference import Word
from strategies import edited_pairs, word_lists

from dedup.comparison.align import FEATURES
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import compare as compare_bodies
from dedup.text.tokens import tokenise

#: With fewer shared shingles the kernel may leave the alignment out.
ENOUGH = 8


def text_of(body: list[Word]) -> str:
    return " ".join(f"“{word}”" if quoted else word for word, quoted in body)


def compare_all(bodies: list[list[Word]], pairs: list[tuple[int, int]], k: int = 5) -> list[dict[str, int]]:
    tokens = tokenise(pa.array([text_of(body) for body in bodies], pa.large_string()))
    assert (tokens.last - tokens.first).tolist() == [len(body) for body in bodies]
    count = tokens.last - tokens.first
    index = np.array(pairs, np.int64).reshape(-1, 2)
    texts = [text_of(body) for body in bodies]
    order = {text: place for place, text in enumerate(sorted(set(texts)))}
    tie = np.array([order[text] for text in texts], np.int64)
    held = BodyTokens(tokens.word, tokens.first, count, np.full(len(bodies), k, np.int32))
    rows = compare_bodies(held, index[:, 0], index[:, 1], tie)
    return [dict(zip(FEATURES, row, strict=True)) for row in rows.tolist()]


def compare(a: list[Word], b: list[Word], k: int = 5) -> dict[str, int]:
    return compare_all([a, b], [(0, 1)], k)[0]


def plain(words: list[str]) -> list[Word]:
    return [(word, False) for word in words]


@st.composite
def quoted_lists(draw: st.DrawFn) -> list[Word]:
    words = draw(word_lists())
    return [(word, draw(st.booleans())) for word in words]


PAIRS = st.one_of(
    edited_pairs().map(lambda pair: (plain(pair[0]), plain(pair[1]))),
    st.tuples(quoted_lists(), quoted_lists()),
    quoted_lists().map(lambda body: (body, body)),
    st.tuples(quoted_lists(), quoted_lists(), quoted_lists()).map(lambda x: (x[0] + x[1], x[2] + x[0])),
)


def check(found: dict[str, int], a: list[Word], b: list[Word], k: int) -> None:
    expected = reference.compare(a, b, k)
    for name in ("shared", "size_a", "length_a", "length_b", "plain"):
        assert found[name] == expected[name], name
    # A pair that cannot be a copy may be spared some work: its size_b counts repeats, its numbers are not looked at.
    spared = 2 * expected["shared"] < max(1, min(expected["size_a"], expected["size_b"]))
    assert expected["size_b"] <= found["size_b"] <= (max(1, len(b) - k + 1) if spared else expected["size_b"])
    assert found["run"] <= expected["run"]
    if expected["shared"] < min(ENOUGH, expected["size_a"], expected["size_b"]) or expected["shared"] == 0:
        return
    for name in ("numbers_a", "numbers_b", "numbers", "amounts_a", "amounts_b", "amounts"):
        assert found[name] == expected[name] or (spared and found[name] == 0), name
    # The alignment walks along the shorter body: all of it that shared shingles cover is found.
    if len(a) > len(b):
        assert found["words_b"] >= expected["covered_b"]
    elif len(a) < len(b):
        assert found["words_a"] >= reference.compare(b, a, k)["covered_b"]
    longer = "size_a" if len(a) >= len(b) else "size_b"
    if expected[longer] == max(1, max(len(a), len(b)) - k + 1) and len(a) != len(b):  # none stands twice in it
        assert found["run"] == expected["run"]
        assert found["run"] >= min(k, len(a), len(b))
    for side in "ab":
        aligned, length = found[f"words_{side}"], found[f"length_{side}"]
        assert 0 < aligned <= length
        assert found["run"] <= aligned
        assert 0 <= found[f"first_{side}"] < length
        assert found[f"first_{side}"] + found[f"span_{side}"] <= length
    assert 0 < found["ordered"] <= len(b)


@settings(max_examples=400)
@given(PAIRS, st.integers(1, 10))
def test_numbers_equal_the_reference(pair: tuple[list[Word], list[Word]], k: int) -> None:
    a, b = pair
    check(compare(a, b, k), a, b, k)


@settings(max_examples=150)
@given(edited_pairs())
def test_words_in_shared_shingles_are_aligned(pair: tuple[list[str], list[str]]) -> None:
    """On either side, as long as no shingle is met twice."""
    a, b = map(plain, pair)
    expected = reference.compare(a, b)
    assume(expected["shared"] >= ENOUGH and expected["size_b"] == len(b) - 4)
    found = compare(a, b)
    # The alignment walks along the shorter body: all of it that shared shingles cover is found.
    if len(a) > len(b):
        assert found["words_b"] >= expected["covered_b"]
    elif len(a) < len(b):
        assert found["words_a"] >= reference.compare(b, a)["covered_b"]
    # What is aligned between anchors is one order, so both sides have it.
    assert found["words_a"] - expected["covered_a"] <= max(0, len(b) - expected["covered_b"])


@settings(max_examples=150)
@given(st.integers(30, 120), st.lists(st.integers(0, 119), max_size=10), st.booleans())
def test_no_alignment_beats_a_longest_common_subsequence(size: int, changed: list[int], cut: bool) -> None:
    """Where nothing was moved, all of the alignment is in order."""
    a = [f"w{i}" for i in range(size)]
    b = [f"x{i}" if i in changed else f"w{i}" for i in range(size // 2 if cut else 0, size)]
    found = compare(plain(a), plain(b))
    assume(2 * found["shared"] >= min(found["size_a"], found["size_b"]) and found["shared"] >= ENOUGH)
    assert found["words_a"] == found["words_b"] == reference.common_subsequence(a, b)


@settings(max_examples=100)
@given(quoted_lists())
def test_identical_bodies(body: list[Word]) -> None:
    found = compare(body, body)
    assert found["shared"] == found["size_a"] == found["size_b"]
    if len(body) >= 8:
        assert found["run"] == found["words_a"] == found["words_b"] == found["ordered"] == len(body)
        assert found["span_a"] == found["span_b"] == len(body)
        assert found["numbers"] == found["numbers_a"] == found["numbers_b"]
        assert found["first_a"] == found["first_b"] == found["changed"] == 0
    else:
        assert found["shared"] == 0


MIRROR = {name: name[:-1] + {"a": "b", "b": "a"}[name[-1]] if name[-2:] in ("_a", "_b") else name for name in FEATURES}


@settings(max_examples=200)
@given(PAIRS)
def test_sets_do_not_ask_which_comes_first(pair: tuple[list[Word], list[Word]]) -> None:
    a, b = pair
    there, back = compare(a, b), compare(b, a)
    names = ["shared", "plain", "length_a", "length_b"]
    if 2 * there["shared"] >= max(1, min(there["size_a"], back["size_a"])):
        names += ["size_a", "size_b", "numbers_a", "numbers_b", "numbers"]
    for name in names:
        assert there[name] == back[MIRROR[name]], name


@settings(max_examples=200)
@given(edited_pairs())
def test_the_alignment_hardly_asks_which_comes_first(pair: tuple[list[str], list[str]]) -> None:
    a, b = map(plain, pair)
    expected = reference.compare(a, b)
    assume(expected["size_a"] == len(a) - 4 and expected["size_b"] == len(b) - 4 and expected["shared"] >= ENOUGH)
    there, back = compare(a, b), compare(b, a)
    assert there["run"] == back["run"]
    for name in ("words_a", "words_b"):
        assert abs(there[name] - back[MIRROR[name]]) <= 0.35 * max(len(a), len(b))


def test_many_pairs_at_once_are_what_they_are_alone() -> None:
    """Also when `a` changes back and forth, and bodies are too short or empty."""
    generator = np.random.default_rng(2)
    base = [f"w{i}" for i in range(200)]
    bodies = [plain(base), plain(base[:90]), [], plain(base[40:]), plain(base[:7]), plain(base[:8]), plain(base[::-1])]
    bodies += [plain([w if generator.random() > 0.1 else f"x{w}" for w in base]) for _ in range(3)]
    pairs = [(i, j) for i in range(len(bodies)) for j in range(len(bodies))]
    shuffled = [pairs[i] for i in generator.permutation(len(pairs))]
    found = dict(zip(shuffled, compare_all(bodies, shuffled), strict=True))
    assert found == dict(zip(pairs, compare_all(bodies, pairs), strict=True))
    for i, j in pairs:
        assert found[i, j] == compare(bodies[i], bodies[j])


@pytest.mark.parametrize("count", [511, 512, 513, 700])
def test_bodies_of_very_many_numbers(count: int) -> None:
    """A results page: 512 different numbers count, and no more (dedup.comparison.numbers_and_names.MOST)."""
    numbers = [str(1000 + i) for i in range(count)]
    a = plain(["the", "results", "of", "the", "day", "are", "these", "ones", *numbers])
    found = compare(a, a)
    assert found["numbers"] == found["numbers_a"] == min(count, 512)


def test_no_pairs() -> None:
    assert compare_all([plain(["w"] * 10)], []) == []
