"""Find the texts that may have a date of three numbers, which patterns then read."""

from __future__ import annotations

import numpy as np

from dedup.kernels.jit import kernel, scalar_kernel


@kernel
def doubt_kernel(data, offsets):
    """Return which texts may have a date of three numbers, (n,) bool: two separators among digits, spaces and the like.

    data (b,) uint8: the texts in UTF-8; offsets (n + 1,) int64: where each begins and the last ends. Texts that begin
    as ISO 8601 does, `2017-06-12`, have none: so most columns need no pattern, which takes fifty times as long.
    """
    n = len(offsets) - 1
    out = np.zeros(n, np.bool_)
    for i in range(n):
        begin, end = offsets[i], offsets[i + 1]
        if end - begin >= 10 and _is_iso(data, begin):
            continue
        separators = 0
        for at in range(begin + 1, end - 1):
            if 45 <= data[at] <= 47:  # - . /
                separators += _may_be_beside(data[at - 1]) and _may_be_beside(data[at + 1])
        out[i] = separators >= 2
    return out


@scalar_kernel
def _is_iso(data, at):
    """Return whether ten bytes from `at` on are like 2017-06-12; data (b,) uint8."""
    if data[at + 4] != 45 or data[at + 7] != 45:
        return False
    is_day = True
    for k in range(10):
        is_day = is_day and (k in (4, 7) or 48 <= data[at + k] <= 57)
    return is_day


@scalar_kernel
def _may_be_beside(byte):
    """Return whether a byte may stand beside the separator of two numbers: a digit of any script, or a space."""
    return 48 <= byte <= 57 or byte == 32 or byte >= 128
