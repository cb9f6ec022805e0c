"""View Arrow columns of text as the buffers that kernels take."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Buffers(NamedTuple):
    """n texts for kernels.

    data: all texts in UTF-8, uint8, read-only. offsets: (n + 1,) int64, the bytes at which each text begins and the
    last one ends. A null is an empty text.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Buffers:
        """Make the buffers of a few texts in UTF-8 without an Arrow column, which would take longer."""
        data = texts[0] if len(texts) == 1 else b"".join(texts)
        return cls(np.frombuffer(data, np.uint8), np.array([0, *accumulate(map(len, texts))], np.int64))

    def raw(self, i: int) -> bytes:
        """Return text i in UTF-8."""
        return self.data[self.offsets[i] : self.offsets[i + 1]].tobytes()


def text_buffers(texts: pa.Array | Buffers) -> Buffers:
    """View the buffers of an Arrow array of text, without making Python strings.

    texts: string, large_string, string_view, dictionary and null arrays, sliced or not.
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
    if n == 0 or offsets is None or data is None:
        return Buffers(np.frombuffer(b"", np.uint8), np.zeros(n + 1, np.int64))  # read-only, too
    bounds = np.frombuffer(offsets, np.int64, n + 1, texts.offset * 8)
    text = np.frombuffer(data, np.uint8)
    # Kernels are compiled for read-only and for writable arrays: bytes are always the one, offsets the other.
    text.flags.writeable = False
    if not bounds.flags.writeable:
        bounds = bounds.copy()
    return Buffers(text, bounds)


def _without_bytes(texts: pa.Array) -> bool:
    """Return whether the nulls of a column have no bytes. Then they need not be replaced by `fill_null`, which imports
    pandas where it is installed."""
    valid, offsets, _ = texts.buffers()
    if valid is None or offsets is None:
        return False
    at = np.arange(texts.offset, texts.offset + len(texts))
    null = (np.frombuffer(valid, np.uint8)[at >> 3] >> (at & 7).astype(np.uint8)) & 1 == 0
    return not np.diff(np.frombuffer(offsets, np.int64, len(texts) + 1, texts.offset * 8))[null].any()
