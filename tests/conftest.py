"""For all tests: compiled kernels, a generated corpus, and Hypothesis without a clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# An example may compile a kernel for types that no work of `compile_kernels` has, which takes seconds.
settings.register_profile("dedup", deadline=None)
settings.load_profile("dedup")

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dedup"
#: Written after the kernels were compiled: the state of the sources, and the files of numba's cache.
COMPILED = PACKAGE / "__pycache__" / "compiled-kernels.json"


def _states(pattern: str) -> list[list[Any]]:
    """Return path, size and time of change (ns) of the files of the package that match."""
    return [[str(path), (at := path.stat()).st_size, at.st_mtime_ns] for path in sorted(PACKAGE.rglob(pattern))]


def _sources() -> list[list[Any]]:
    """Return the state of all that a compiled kernel may depend on; any module may hold a constant that one reads."""
    return [*_states("*.py"), [sys.version, version("numba"), os.environ.get("NUMBA_CACHE_DIR")]]


def is_compiled() -> bool:
    """Return whether the kernels of these sources were compiled, and numba's cache still holds them."""
    try:
        before = json.loads(COMPILED.read_bytes())
    except (OSError, ValueError):
        return False
    return before["sources"] == _sources() and all(Path(file).exists() for file in before["cache"])


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter of bytes by its place alone, since packed bytes hold the time at which they were packed.

    Workers that collect in different seconds would else disagree on the names of tests, which ends the run.
    """
    return argname if isinstance(val, bytes) else None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile all kernels in one process before the first test, where numba's cache does not hold them.

    So no test pays for what others use as well. Tests of a single file compile the kernels that they need. Workers
    start after it.
    """
    is_worker = hasattr(session.config, "workerinput")
    is_single = len(session.config.args) == 1 and session.config.args[0].partition("::")[0].endswith(".py")
    if is_worker or is_single or session.config.option.collectonly or is_compiled():
        return
    began, before = time.monotonic(), _states("__pycache__/*.nb[ic]")
    subprocess.run([sys.executable, "-m", "tests.compile_kernels"], check=True, cwd=ROOT, timeout=900)
    after = _states("__pycache__/*.nb[ic]")
    with suppress(OSError):  # a checkout that may not be written: numba's cache is elsewhere
        COMPILED.parent.mkdir(exist_ok=True)
        COMPILED.write_text(json.dumps({"sources": _sources(), "cache": [state[0] for state in after]}))
    if after != before:
        print(f"compiling kernels: {time.monotonic() - began:.0f} s", flush=True)


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], tuple[Path, Path]]:
    """Return a function of a number of articles: the files of a corpus of `tests.corpus` and its truth.

    The same number always gives the same bytes; a corpus is written once a session.
    """
    folder = tmp_path_factory.mktemp("generated")

    def make(articles: int) -> tuple[Path, Path]:
        file, truth = folder / f"{articles}.jsonl", folder / f"{articles}.truth.jsonl"
        if not file.exists():
            sizes = ["--articles", str(articles), "--seed", "1"]
            command = [sys.executable, "-m", "tests.corpus", str(file), str(truth), *sizes]
            subprocess.run(command, check=True, cwd=ROOT, timeout=120)
        return file, truth

    return make
