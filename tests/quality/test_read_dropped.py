"""Two texts beside each other, for a reader."""

from __future__ import annotations

from tests.quality.read_dropped import beside, shortened


def test_common_parts_stand_once() -> None:
    lines = list(beside("One day the same four words, old end.", "Now the same four WORDS new end here."))
    assert lines == ["  < One day", "  > Now", "  = the same four words,", "  < old end.", "  > new end here."]


def test_short_common_runs_are_no_parts() -> None:
    assert list(beside("a b c", "x b c")) == ["  < a b c", "  > x b c"]


def test_long_parts_are_cut() -> None:
    words = [str(i) for i in range(100)]
    assert shortened(words).startswith("0 1 ")
    assert "[... 40 words ...]" in shortened(words)
    assert shortened(words[:64]) == " ".join(words[:64])
