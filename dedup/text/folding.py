"""The fold table: the folded form of every code point (docs/shingles.md, rules 1 and 2).

The table is shipped, not computed, so that signatures outlive a Python upgrade. It was built under Unicode 14.0.0,
that of Python 3.11, the oldest Python we support: `python3.11 -m tools.fold_table` builds the same bytes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

UNICODE_VERSION = "14.0.0"

# Classes of a folded code point.
OTHER, LETTER, NUMBER, MARK, SINGLE, APOSTROPHE, MODIFIER_APOSTROPHE = range(7)

#: Scripts written without spaces, as ranges of code points: Han, Kana, Thai, Lao, Khmer, Myanmar.
SINGLE_RANGES = (
    (0x2E80, 0x2FDF), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD),
    (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x1AFF0, 0x1AFFF), (0x1B000, 0x1B16F),
    (0x0E00, 0x0E7F), (0x0E80, 0x0EFF), (0x1780, 0x17FF), (0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
)  # fmt: skip

TABLE_FILE = "fold-14.0.0.npz"


@dataclass(frozen=True)
class FoldTable:
    """Folded forms: `entry = pages[index[cp >> 8], cp & 255]` is that of code point `cp`.

    entry <= 0: itself, of class -entry. entry > 0: the folded code points `start[e] : start[e + 1]` of `code` and
    `kind` (their classes), where e = entry >> 1; the lowest bit is set if `cp` is an upper-case letter.

    Shapes: index (4352,) uint16; pages (p, 256) int32; start (e + 1,) int32; code (m,) uint32; kind (m,) uint8.
    """

    index: NDArray[np.uint16]
    pages: NDArray[np.int32]
    start: NDArray[np.int32]
    code: NDArray[np.uint32]
    kind: NDArray[np.uint8]


@cache
def load() -> FoldTable:
    """Return the table of the package."""
    with (files("dedup.text") / TABLE_FILE).open("rb") as handle, np.load(handle, allow_pickle=False) as table:
        return FoldTable(*(table[name] for name in ("index", "pages", "start", "code", "kind")))
