"""Split texts into tokens (docs/shingles.md, rules 1 and 2).

A token has two forms: folded UTF-8 (for shingle ids, which others can compute) and a *word*, one uint32 of hash and
flags (for comparison, alignment and boilerplate, which only need equality).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.text_buffers import Buffers, text_buffers
from dedup.text import folding
from dedup.text.repair.edits import LETTERS, Repair
from dedup.text.repair.repair import repair_texts
from dedup.text.token_kernel import CAPITAL, DIGIT, LINE, QUOTED, SENTENCE, WORD_HASH, tokenise_kernel

__all__ = [
    "CAPITAL",
    "DIGIT",
    "LINE",
    "QUOTED",
    "SENTENCE",
    "WORD_HASH",
    "Tokens",
    "normalise",
    "tokenise",
]


@dataclass(frozen=True)
class Tokens:
    """The tokens of n articles.

    `first` and `last` (n,) int64: the tokens of article i are `first[i] : last[i]`. Per token: `word` uint32,
    `start` and `end` int32 (bytes of the article's text), `folded_start` int64 into `folded`, uint8, in which one space
    follows each token. `single` (n,) int64: tokens of scripts without spaces. `texts`: the texts of `start` and `end`,
    after repair. `repairs`: what was repaired, by article.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    word: NDArray[np.uint32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    folded: NDArray[np.uint8]
    folded_start: NDArray[np.int64]
    single: NDArray[np.int64]
    texts: Buffers
    repairs: Mapping[int, Repair] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.first)

    def words(self, i: int) -> NDArray[np.uint32]:
        """Return the words of article i, uint32."""
        return self.word[self.first[i] : self.last[i]]

    def text(self, i: int) -> str:
        """Return the folded tokens of article i, joined by spaces."""
        bounds = self.folded_start[[self.first[i], self.last[i]]]
        return bytes(self.folded[bounds[0] : max(bounds[0], bounds[1] - 1)]).decode()


@cache
def _ascii_fold() -> NDArray[np.uint8]:
    """Return the folded form of each byte, (256,) uint8: ASCII letters and digits in lower case, others 0."""
    table = np.zeros(256, np.uint8)
    for code in range(128):
        if chr(code).isalnum():
            table[code] = ord(chr(code).lower())
    return table


def tokenise(texts: pa.Array | Buffers, *, repair: bool = True) -> Tokens:
    """Split each text into tokens (rules 1 and 2).

    `Tokens.texts` are the texts after repair (`dedup.text.repair`) and NFKC, where these were needed. repair: whether
    texts are repaired.
    """
    texts = text_buffers(texts)
    size = int(texts.offsets[-1] - texts.offsets[0])
    room = size // 4 + 128
    out_room = size + size // 2 + 256
    alphabet = np.zeros(len(texts.offsets) - 1, np.uint8)
    table = folding.load_all()
    repairs: Mapping[int, Repair] | None = None if repair else {}
    is_normal = False
    columns = (_ascii_fold(), table.index, table.pages, table.start, table.code, table.kind)
    while True:
        *arrays, suspect, signs, needs, used, ok = tokenise_kernel(*texts, alphabet, *columns, room, out_room)
        if not ok:
            arrays.clear()  # before memory for more is allocated
            room, out_room = room * 4 + 256, out_room * 4
            continue
        if repairs is None:
            texts_before = texts
            texts, repairs = repair_texts(texts, needs)
            if texts is not texts_before:
                continue
        if not is_normal and np.count_nonzero(suspect):  # a third of the time of `any`
            # Once: a word of three scripts that has become one of two would be changed again.
            texts_before, texts = texts, normalise(texts, suspect)
            is_normal = True
            if texts is not texts_before:
                continue
        alphabet_before, alphabet = alphabet, folding.alphabets_of(signs)
        alphabet[[i for i, repair in repairs.items() if LETTERS in repair.kinds]] = folding.WITH_LOST_LETTERS
        if np.array_equal(alphabet, alphabet_before):
            break
    first, word, start, end, folded, folded_start, single = arrays
    return Tokens(
        first[:-1], first[1:].copy(), word[:used], start[:used], end[:used], folded, folded_start[: used + 1], single,
        texts, repairs,
    )  # fmt: skip


def normalise(texts: Buffers, suspect: NDArray[np.bool_]) -> Buffers:
    """Normalise texts that may need it, by `folding.normalise`. suspect (n,) bool: which."""
    raw = {i: texts.raw(i) for i in np.flatnonzero(suspect).tolist()}
    after = {i: folding.normalise(text.decode()).encode() for i, text in raw.items()}
    if after == raw:
        return texts
    return Buffers.of([after[i] if i in after else texts.raw(i) for i in range(len(suspect))])
