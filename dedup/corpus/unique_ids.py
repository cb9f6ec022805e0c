"""Unique ids: reject an id that one file repeats, rename an id that several files have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.batch import text_array, to_numpy
from dedup.model import Reject


def unique_ids(
    ids: pa.Array, file: NDArray[np.int32], line: NDArray[np.int64], files: Sequence[str]
) -> tuple[pa.Array, NDArray[np.int64], int, list[Reject]]:
    """Make ids unique: (ids, rows to drop, how many were renamed, rejects).

    ids: large_string (n,); file, line (n,): where the record of each stands; files: names by number. The same id twice
    in one file: the later record is rejected. In two files: all are renamed `FILE#ID`.
    """
    import pyarrow.compute as pc

    order = pc.sort_indices(ids)
    ascending = ids.take(order)
    repeats = to_numpy(pc.indices_nonzero(pc.equal(ascending[1:], ascending[:-1])))
    if len(repeats) == 0:
        return ids, np.zeros(0, np.int64), 0, []
    rows = to_numpy(order)
    groups: dict[str, list[int]] = {}
    for place in repeats.tolist():
        groups.setdefault(ascending[place].as_py(), [int(rows[place])]).append(int(rows[place + 1]))
    values = ids.to_pylist()
    names = set(values)
    dropped: list[int] = []
    rejects: list[Reject] = []
    renamed = 0

    def reject(row: int, detail: str) -> None:
        dropped.append(row)
        rejects.append(Reject(files[file[row]], int(line[row]), "duplicate_id", detail))

    for name, members in groups.items():
        first: dict[int, int] = {}
        for row in sorted(members, key=lambda i: (int(file[i]), int(line[i]))):
            earlier = first.setdefault(int(file[row]), row)
            if earlier != row:
                reject(row, f"{name!r} stands already in line {int(line[earlier])}")
        for row in first.values() if len(first) > 1 else ():
            longer = f"{files[file[row]]}#{name}"
            if longer in names:
                reject(row, f"{longer!r} is taken")
            else:
                values[row] = longer
                renamed += 1
    return text_array(values) if renamed else ids, np.array(sorted(dropped), np.int64), renamed, rejects
