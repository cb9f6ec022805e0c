"""The buffers of texts that kernels get, whatever column they come from."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dedup.inputs.batch import text_array
from dedup.inputs.text_buffers import Buffers, text_buffers

TEXTS = ["one", "", "zwei", "三", "four and more"]
LARGE = pa.array(TEXTS, pa.large_string())


def read_only(column: pa.Array) -> pa.Array:
    """A column whose buffers may not be written, as those of a file or of pandas."""
    buffers = [None if b is None else pa.py_buffer(b.to_pybytes()) for b in column.buffers()]
    return pa.Array.from_buffers(column.type, len(column), buffers, column.null_count)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (LARGE, TEXTS),
        (read_only(LARGE), TEXTS),
        (text_array(TEXTS), TEXTS),
        (LARGE.slice(1, 3), TEXTS[1:4]),
        (read_only(LARGE).slice(2), TEXTS[2:]),
        (pa.array(TEXTS, pa.string()), TEXTS),
        (pa.array(TEXTS, pa.string_view()), TEXTS),
        (pa.array(TEXTS).dictionary_encode(), TEXTS),
        (pa.chunked_array([LARGE, LARGE]), TEXTS + TEXTS),
        (pa.array(["", None, "x"], pa.large_string()), ["", "", "x"]),
        (pa.array(["", None], pa.large_string()), ["", ""]),
        (pa.array([None, None]), ["", ""]),
        (pa.array([], pa.large_string()), []),
        (Buffers.of([b"one", b"two"]), ["one", "two"]),
        (Buffers.of([]), []),
    ],
)
def test_kernels_are_compiled_once(column: Any, expected: list[str]) -> None:
    """numba compiles a kernel anew for arrays that differ in type, layout or whether they may be written."""
    data, offsets = text_buffers(column)
    assert [str(part) for part in (data.dtype, offsets.dtype)] == ["uint8", "int64"]
    assert (data.flags.writeable, offsets.flags.writeable) == (False, True)
    assert data.flags.c_contiguous
    assert offsets.flags.c_contiguous
    texts = [data[low:high].tobytes().decode() for low, high in itertools.pairwise(offsets)]
    assert texts == expected
    assert np.all(np.diff(offsets) >= 0)
