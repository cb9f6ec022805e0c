"""Repair the texts of a batch that show signs of need."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.text_buffers import Buffers
from dedup.text.repair.edits import Repair, Step
from dedup.text.repair.signs import HAS_BREAKS, HAS_MARKUP, HAS_SISTER, IS_MISREAD, IS_SPACED, LACKS_LETTERS

#: What one kind of repair makes of a text: the text, the steps that move places in it, and the kinds of repair.
_Repaired = tuple[str, list[Step], list[str]]
#: Names of what is repaired, as summary.json and `dedup extract --explain` say them.
KINDS = ("markup", "entities", "encoding", "lines", "spacing", "letters")


def _repairs_for(need: int) -> Iterator[Callable[[str], _Repaired]]:
    """Yield what repairs the needs, in the order in which it is tried; its patterns are made when it is first needed.

    Entities may hide a wrong encoding, so a text with markup is tried for that too. Both may hide line breaks, and
    U+0085 may be a part of a wrong encoding.
    """
    if need & HAS_MARKUP:
        from dedup.text.repair.markup import repair_markup

        yield repair_markup
    if need & (IS_MISREAD | HAS_SISTER):
        from dedup.text.repair.encoding import repair_encoding, repair_sister

        if need & IS_MISREAD:
            yield repair_encoding
        if need & HAS_SISTER:
            yield repair_sister
    if need & (HAS_BREAKS | HAS_MARKUP | IS_MISREAD):
        from dedup.text.repair.line_breaks import repair_line_breaks

        yield repair_line_breaks
    if need & IS_SPACED:
        from dedup.text.repair.spacing import repair_spacing

        yield repair_spacing
    if need & LACKS_LETTERS:
        from dedup.text.repair.lost_letters import mark_lost_letters

        yield mark_lost_letters


def repair_text(text: str, need: int) -> tuple[str, Repair | None]:
    """Return a text with what it needs repaired, and what was done; need: bits of `dedup.text.repair.signs`."""
    kinds: list[str] = []
    steps: list[Step] = []
    for repair in _repairs_for(need):
        text, new_steps, new_kinds = repair(text)
        steps += new_steps
        kinds += [kind for kind in new_kinds if kind not in kinds]
    return text, Repair(tuple(kinds), tuple(steps)) if kinds else None


def repair_texts(texts: Buffers, needs: NDArray[np.uint8]) -> tuple[Buffers, dict[int, Repair]]:
    """Return texts with those repaired that need it, and what was repaired, by text; needs (n,) uint8."""
    rows = np.flatnonzero(needs).tolist()
    repaired: dict[int, bytes] = {}
    repairs: dict[int, Repair] = {}
    for row in rows:
        text, repair = repair_text(texts.raw(row).decode(), int(needs[row]))
        if repair is not None:
            repaired[row] = text.encode()
            repairs[row] = repair
    if not repairs:
        return texts, repairs
    return Buffers.of([repaired[i] if i in repaired else texts.raw(i) for i in range(len(needs))]), repairs
