"""Align the paragraphs of two texts by the passages that they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dedup.model import Passage

#: What is not blank, line by line.
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Row:
    """Paragraphs `a` and `b` (first, one after the last) that share passages; or, where one is empty or nothing is
    shared, those of each that lie between two such rows."""

    a: tuple[int, int]
    b: tuple[int, int]


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Find the paragraphs of a text as (start, end) in characters: its lines that are not blank."""
    return [line.span() for line in _LINE.finditer(text) if not line[0].isspace()]


def align_paragraphs(
    a: Sequence[tuple[int, int]], b: Sequence[tuple[int, int]], passages: Sequence[Passage]
) -> list[Row]:
    """Put all paragraphs of both texts into rows, in their order. Passages that go back in one text are ignored."""
    rows: list[Row] = []
    i = j = 0
    for passage in increasing_chain(passages):
        low, high = _span(a, passage.a_start, passage.a_end), _span(b, passage.b_start, passage.b_end)
        last = rows[-1] if rows else None
        if last is not None and (low[0] < last.a[1] or high[0] < last.b[1]):
            rows[-1] = Row((last.a[0], max(last.a[1], low[1])), (last.b[0], max(last.b[1], high[1])))
        else:
            if low[0] > i or high[0] > j:
                rows.append(Row((i, low[0]), (j, high[0])))
            rows.append(Row(low, high))
        i, j = rows[-1].a[1], rows[-1].b[1]
    if i < len(a) or j < len(b):
        rows.append(Row((i, len(a)), (j, len(b))))
    return rows


def _span(paragraphs: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Find the first paragraph that holds characters from start to end, and the one after the last."""
    inside = [i for i, (low, high) in enumerate(paragraphs) if low < end and start < high]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def increasing_chain(passages: Sequence[Passage]) -> list[Passage]:
    """Find the passages that go forward in both texts and have most words together: a longest increasing chain."""
    order = sorted(passages, key=lambda p: (p.b_start, p.a_start))
    best: list[int] = []
    before: list[int] = []
    for i, passage in enumerate(order):
        earlier = [j for j in range(i) if order[j].a_end <= passage.a_start and order[j].b_end <= passage.b_start]
        last = max(earlier, key=lambda j: best[j], default=-1)
        best.append(passage.words + (best[last] if last >= 0 else 0))
        before.append(last)
    at = max(range(len(best)), key=lambda i: best[i], default=-1)
    chain = []
    while at >= 0:
        chain.append(order[at])
        at = before[at]
    return chain[::-1]
