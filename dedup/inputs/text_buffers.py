"""Arrow columns of text as the buffers that kernels take."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Buffers(NamedTuple):
    """n texts as kernels take them: UTF-8, not to be written into, and offsets (n + 1,) int64. A null is empty."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Buffers:
        """Texts that no Arrow column holds: of a few, one would cost more than what is done with them."""
        data = texts[0] if len(texts) == 1 else b"".join(texts)
        return cls(np.frombuffer(data, np.uint8), np.array([0, *accumulate(map(len, texts))], np.int64))

    def raw(self, i: int) -> bytes:
        """Text i."""
        return self.data[self.offsets[i] : self.offsets[i + 1]].tobytes()


def text_buffers(texts: pa.Array | Buffers) -> Buffers:
    """The buffers of any Arrow array of text, without making a Python string.

    Takes string, large_string, string_view, dictionary and null arrays, sliced or not; null counts as empty.
    """
    if isinstance(texts, Buffers):
        return texts
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if not pa.types.is_large_string(texts.type):
        texts = texts.cast(pa.large_string())
    if texts.null_count and not _without_bytes(texts):
        texts = texts.fill_null("")
    _, offsets, data = texts.buffers()
    n = len(texts)
    if n == 0 or offsets is None:
        return Buffers(np.zeros(0, np.uint8), np.zeros(n + 1, np.int64))
    bounds = np.frombuffer(offsets, np.int64, n + 1, texts.offset * 8)
    if data is None:
        return Buffers(np.zeros(0, np.uint8), np.zeros(n + 1, np.int64))
    text = np.frombuffer(data, np.uint8)
    text.flags.writeable = False  # whatever they stand in: else kernels would be compiled and loaded for both kinds
    return Buffers(text, bounds)


def _without_bytes(texts: pa.Array) -> bool:
    """Whether the nulls of a column stand for no bytes, as ours do: then they need not be replaced, by a function of
    Arrow's that imports pandas where it is installed."""
    valid, offsets, _ = texts.buffers()
    if valid is None or offsets is None:
        return False
    at = np.arange(texts.offset, texts.offset + len(texts))
    null = (np.frombuffer(valid, np.uint8)[at >> 3] >> (at & 7).astype(np.uint8)) & 1 == 0
    return not np.diff(np.frombuffer(offsets, np.int64, len(texts) + 1, texts.offset * 8))[null].any()
