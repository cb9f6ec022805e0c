"""Pages of postings as rows hold them: uint64, little-endian, ascending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.indexing.posting_kernels import BODY, page_ends

Packed = NDArray[np.uint64]

_BITS, _MASK = np.uint64(BODY), np.uint64((1 << BODY) - 1)


def bare(page: Packed, keys: Packed) -> Packed:
    """A page without the bodies of those of some keys that are marked in it."""
    key = page >> _BITS
    wanted = np.intersect1d(keys, key[(page & _MASK) == 0])
    return page[~np.isin(key, wanted) | ((page & _MASK) == 0)]


def joined(pages: Sequence[bytes]) -> Packed:
    """The postings of pages, one after the other."""
    return np.frombuffer(bytearray().join(pages), "<u8")


def pages(values: Packed, start: int, room: int) -> Iterator[tuple[int, bytes]]:
    """Pages of sorted postings; the first begins at `start`."""
    begin = 0
    for end in page_ends(values, room).tolist():
        low = start if begin == 0 else int(values[begin] >> _BITS)
        yield low, values[begin:end].astype("<u8").tobytes()
        begin = end
