"""Kernels out of the cache, whose code for linking is read on demand: linked, recursive, loaded by many threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: A program whose arguments are the kernels that it calls.
KERNELS = """
import sys
from concurrent.futures import ThreadPoolExecutor
import dedup.kernels.numba_setup
from numba import njit
import numpy as np

@njit(cache=True, nogil=True)
def total(values):
    out = 0.0
    for value in values:
        out += value
    return out

@njit(cache=True, nogil=True)
def mean(values):
    return total(values) / len(values)

@njit("int64(int64)", cache=True, nogil=True)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

@njit(cache=True, nogil=True)
def sorted_sum(values, table):
    return np.sort(values)[0] + total(values) + sum([table[i] for i in range(len(table))])

values = np.arange(10, dtype=np.float64)
calls = {
    "total": lambda: total(values),
    "mean": lambda: mean(values),
    "fibonacci": lambda: float(fibonacci(15)),
    "sorted_sum": lambda: sorted_sum(values, np.arange(3)),
}
with ThreadPoolExecutor(8) as pool:
    for out in pool.map(lambda name: calls[name](), [*sys.argv[1:]] * 4):
        print(out)
hits = {name: sum(globals()[name].stats.cache_hits.values()) for name in sys.argv[1:]}
print(hits, file=sys.stderr)
"""
RESULTS = {"total": 45.0, "mean": 4.5, "fibonacci": 610.0, "sorted_sum": 48.0}


def run(folder: Path, *names: str, source: str = KERNELS) -> str:
    (folder / "some_kernels.py").write_text(source)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "some_kernels.py", *names], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(RESULTS[name]) for name in names] * 4
    return done.stderr


def forget(folder: Path, name: str) -> None:
    """Remove a kernel from the cache."""
    paths = list((folder / "cache").rglob(f"some_kernels.{name}-*"))
    assert paths
    for path in paths:
        path.unlink()


def test_all_parts_are_known_in_this_numba() -> None:
    code = (
        "import dedup.kernels.numba_setup; from numba.core import base, codegen; import sys;"
        "library = codegen.JITCodeLibrary;"
        "print({f.__module__ for f in (base.BaseContext.refresh, library._unserialize.__func__,"
        " library._get_module_for_linking, library.get_pointer_to_function)}, 'scipy.linalg' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "{'dedup.kernels.numba_setup'} False"


def test_a_kernel_of_the_cache_is_run_and_linked(tmp_path: Path) -> None:
    assert "'total': 0" in run(tmp_path, *RESULTS)
    assert all(f"'{name}': 1" in run(tmp_path, name) for name in RESULTS)
    # `total` comes out of the cache, is run, and then linked into kernels that are compiled.
    forget(tmp_path, "mean")
    forget(tmp_path, "sorted_sum")
    assert "'mean': 0" in run(tmp_path, "total", "mean", "sorted_sum")
    # ... and so they are cached: without `total` they are whole.
    forget(tmp_path, "total")
    assert "'mean': 1" in run(tmp_path, "mean", "sorted_sum", "fibonacci")


OTHERS = {
    "library": (
        "from numba.core import codegen\nreal = codegen.CPUCodeLibrary._unserialize.__func__\n"
        "codegen.CPUCodeLibrary._unserialize = classmethod(lambda *args: real(*args))\n",
        "assert codegen.JITCodeLibrary._get_module_for_linking.__module__ == 'numba.core.codegen'\n",
    ),
    "context": (
        "from numba.core import base\nreal = base.BaseContext.refresh\n"
        "base.BaseContext.refresh = lambda self: real(self)\n",
        "assert base.BaseContext.refresh.__module__ == '__main__'\n",
    ),
}


@pytest.mark.parametrize("part", OTHERS)
def test_another_numba_is_left_as_it_is(tmp_path: Path, part: str) -> None:
    before, after = OTHERS[part]
    source = before + KERNELS + after
    run(tmp_path, "total", "fibonacci", source=source)
    assert "'total': 1" in run(tmp_path, "total", "fibonacci", source=source)
