"""numba's functions on arrays, loaded without SciPy: imported before the first kernel is called, which loads them.

As it loads them, numba imports SciPy's linear algebra to see whether a kernel with `np.dot` could call its BLAS: a
fifth of a second and some 30 MiB, for what no kernel of ours calls. A program's own may: so that one question is
answered by whether SciPy is installed, and whoever compiles such a kernel still imports it then.

What is done here is done once and by one thread, as a module is imported once.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def _is_installed() -> None:
    """In the place of numba's `ensure_blas`. Raises `ImportError` where there is no SciPy."""
    if find_spec("scipy") is None:
        raise ImportError("SciPy is not installed")


def _load() -> None:
    # Another numba may have other names; then it loads as it always does.
    with suppress(ImportError, AttributeError):
        linalg: Any = import_module("numba.np.linalg")
        if "numba.np.arraymath" in sys.modules or "scipy.linalg" in sys.modules:
            return
        real = linalg.ensure_blas
        linalg.ensure_blas = _is_installed
        try:
            loaded: Any = import_module("numba.np.arraymath")
        finally:
            linalg.ensure_blas = real
        loaded.ensure_blas = real


_load()
