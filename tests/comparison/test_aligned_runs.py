"""The places of aligned words: their words are equal, and they are as many as the comparison counts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import assume, given
from strategies import edited_pairs

from dedup.comparison.align import FEATURES
from dedup.comparison.aligned_runs import (
    BACKWARD,
    BETWEEN,
    FORWARD,
    NUMBER,
    aligned_runs,
)
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import compare
from dedup.text.tokens import tokenise

Row = tuple[int, int, int, int]


def runs(a: str, b: str, k: int = 5) -> tuple[list[Row], dict[str, int]]:
    """Rows (place in a, place in b, words, kind) and features of one pair."""
    tokens = tokenise(pa.array([a, b], pa.large_string()))
    bodies = BodyTokens(tokens.word, tokens.first, tokens.last - tokens.first, np.full(2, k, np.int32))
    pair = (np.array([0]), np.array([1]), np.array([int(a > b), int(b > a)]))
    features = compare(bodies, *pair)
    rows = aligned_runs(bodies, *pair, features)
    assert (rows[:, 0] == 0).all()
    return [tuple(row[1:]) for row in rows.tolist()], dict(zip(FEATURES, features[0].tolist(), strict=True))


@given(edited_pairs())
def test_aligned_words_are_equal_and_as_many_as_are_counted(pair: tuple[list[str], list[str]]) -> None:
    a, b = pair
    rows, counts = runs(" ".join(a), " ".join(b))
    aligned = [row for row in rows if row[3] != NUMBER]
    for i, j, words, _ in aligned:
        assert a[i : i + words] == b[j : j + words]
    assume(counts["words_a"] or not rows)  # of pairs that share fewer shingles than FEW nothing is counted
    in_a = {i + x for i, _, words, _ in aligned for x in range(words)}
    in_b = {j + x for _, j, words, _ in aligned for x in range(words)}
    assert len(in_a) <= counts["words_a"]
    assert len(in_b) <= counts["words_b"]
    if not any(row[3] == BACKWARD for row in rows):
        assert (len(in_a), len(in_b)) == (counts["words_a"], counts["words_b"])


STORY = [f"w{'abcdefghij'[i % 10]}{'klmnopqrst'[i // 10]}" for i in range(100)]


def test_kinds() -> None:
    edited = [*STORY[:20], "new", *STORY[21:60], *STORY[70:]]
    rows, _ = runs(" ".join(STORY), " ".join(edited))
    assert rows == [(0, 0, 20, FORWARD), (21, 21, 39, FORWARD), (70, 60, 30, FORWARD)]
    moved = [*STORY[50:], *STORY[:50]]
    rows, _ = runs(" ".join(STORY), " ".join(moved))
    assert sorted(row[3] for row in rows) == [FORWARD, BACKWARD]
    thinned = [word for i, word in enumerate(STORY) if i < 20 or i > 40 or i % 3]
    rows, _ = runs(" ".join(STORY), " ".join(thinned))
    assert [row[2] for row in rows if row[3] == BETWEEN] == [2] * 6


def test_numbers_that_differ_in_a_slot() -> None:
    a, b = [*STORY[:20], "up", "12", "points", *STORY[20:40]], [*STORY[:20], "up", "14", "points", *STORY[20:40]]
    rows, counts = runs(" ".join(a), " ".join(b))
    assert [row for row in rows if row[3] == NUMBER] == [(21, 21, 1, NUMBER)]
    assert counts["changed"] == 1


def test_without_features_there_are_runs_alone() -> None:
    tokens = tokenise(
        pa.array(
            [" ".join(STORY), " ".join(word for i, word in enumerate(STORY) if i < 20 or i > 40 or i % 3)],
            pa.large_string(),
        )
    )
    bodies = BodyTokens(tokens.word, tokens.first, tokens.last - tokens.first, np.full(2, 5, np.int32))
    rows = aligned_runs(bodies, np.array([0]), np.array([1]), np.array([0, 1]))
    assert set(rows[:, 4].tolist()) == {FORWARD}
