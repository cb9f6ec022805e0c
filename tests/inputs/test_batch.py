"""Columns made from buffers, and read from them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

CODE = """
import random, sys
import numpy as np
import pyarrow as pa
from dedup.inputs.batch import take_strings, text_array

rng = random.Random(1)
for n in (0, 1, 7, 300):
    values = [rng.choice([None, "", "a", "\\u00e9", "some words"]) for _ in range(n)]
    for column, held in (
        (text_array(values), values),
        (pa.chunked_array([text_array(values).slice(n // 3)]), values[n // 3 :]),
        (pa.nulls(n, pa.large_string()), [None] * n),
    ):
        places = np.array([rng.randrange(len(held)) for _ in range(20)] if held else [], np.int64)
        assert take_strings(column, places) == [held[i] for i in places.tolist()], (n, column)
two = pa.chunked_array([text_array(["a", None]), text_array(["b"])])
assert take_strings(two, np.array([2, 1, 0])) == ["b", None, "a"]
assert "pyarrow.compute" not in sys.modules
import pyarrow.compute
assert take_strings(two, np.array([2, 1, 0])) == ["b", None, "a"]
assert take_strings(two.combine_chunks(), np.array([2, 1, 0])) == ["b", None, "a"]
"""


def test_texts_are_taken_without_arrows_functions_and_with_them() -> None:
    """In a process of its own: here they were imported long ago."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
