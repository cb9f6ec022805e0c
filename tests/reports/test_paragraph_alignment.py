"""Paragraphs of two texts in rows: none is lost or moved, and shared ones meet."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.model import Passage
from dedup.reports.paragraph_alignment import Row, align_paragraphs, increasing_chain, paragraphs

WORDS = [f"word{i}" for i in range(400)]


def paragraph(number: int) -> str:
    return " ".join(WORDS[12 * number : 12 * number + 12]) + "."


@given(st.lists(st.integers(0, 30), max_size=14), st.lists(st.integers(0, 30), max_size=14))
def test_every_paragraph_stands_once_and_in_order(left: list[int], right: list[int]) -> None:
    a, b = ("\n\n".join(map(paragraph, numbers)) for numbers in (left, right))
    match = dedup.compare(a, b) if left and right else None
    parts = paragraphs(a), paragraphs(b)
    rows = align_paragraphs(*parts, match.passages if match else ())
    for side, spans in (("a", parts[0]), ("b", parts[1])):
        ranges = [getattr(row, side) for row in rows]
        assert [i for low, high in ranges for i in range(low, high)] == list(range(len(spans)))
    for row in rows:
        assert row.a[0] < row.a[1] or row.b[0] < row.b[1]


def test_shared_paragraphs_meet() -> None:
    a = "\n".join(map(paragraph, (1, 2, 9, 3, 4)))
    b = "\n\n".join(map(paragraph, (1, 2, 3, 20, 4)))
    match = dedup.compare(a, b)
    assert match is not None
    assert align_paragraphs(paragraphs(a), paragraphs(b), match.passages)[-1] == Row((4, 5), (4, 5))
    assert Row((2, 3), (2, 2)) in align_paragraphs(paragraphs(a), paragraphs(b), match.passages)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 9)), max_size=12))
def test_the_chain_goes_forward_and_none_has_more_words(spans: list[tuple[int, int, int]]) -> None:
    """Against all subsets of the passages."""
    passages = [Passage(a, a + n, b, b + n, n) for a, b, n in spans][:9]

    def goes(chain: list[Passage]) -> bool:
        return all(p.a_end <= q.a_start and p.b_end <= q.b_start for p, q in pairwise(chain))

    found = increasing_chain(passages)
    assert goes(found)
    best = 0
    for bits in range(1 << len(passages)):
        chosen = sorted((p for i, p in enumerate(passages) if bits >> i & 1), key=lambda p: (p.b_start, p.a_start))
        if goes(chosen):
            best = max(best, sum(p.words for p in chosen))
    assert sum(p.words for p in found) == best


def test_paragraphs_are_lines_that_are_not_blank() -> None:
    text = "one\r\n\r\n  \ntwo\x85three\u2028four\x0b\n"
    assert [text[low:high] for low, high in paragraphs(text)] == ["one", "two", "three", "four"]
