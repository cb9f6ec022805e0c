"""Which files a compiled kernel depends on, and that the caches of all kernels are refused when one of them changes."""

from __future__ import annotations

import ast
import inspect
import json
import os
import pickle
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from numba import types
from numba.core.dispatcher import Dispatcher

import dedup
from dedup.kernels import jit

PACKAGE = Path(dedup.__file__).parent
SOURCES = {f"dedup.{name.removesuffix('.py').replace('/', '.')}" for name in jit.SOURCES}
MODULES = sorted(
    ".".join(("dedup", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.name != "__main__.py"
)


@cache
def statements(module: str) -> dict[str, ast.stmt]:
    """The statement of a module that binds each of its global names."""
    out: dict[str, ast.stmt] = {}
    for node in ast.parse(Path(str(import_module(module).__file__)).read_text()).body:
        if isinstance(node, ast.ImportFrom):
            out.update((alias.asname or alias.name, node) for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            out[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                out.update((name.id, node) for name in ast.walk(target) if isinstance(name, ast.Name))
    return out


def definitions(module: str, name: str, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The modules that a global name goes through, and those of the global names that it is made of."""
    node = statements(module).get(name)
    if node is None or (module, name) in seen:
        return
    seen.add((module, name))
    yield module
    if not isinstance(node, ast.ImportFrom):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                yield from definitions(module, inner.id, seen)
    elif (node.module or "").startswith("dedup."):
        (original,) = (alias.name for alias in node.names if (alias.asname or alias.name) == name)
        if (whole := f"{node.module}.{original}") in MODULES:
            yield whole
        else:
            yield from definitions(str(node.module), original, seen)


def kernels() -> Iterator[tuple[str, str, Any]]:
    for module in MODULES:
        for name, value in vars(import_module(module)).items():
            if isinstance(value, Dispatcher) and value.py_func.__module__ == module:
                yield module, name, value


def test_sources_are_the_files_that_kernels_are_made_of() -> None:
    """Also the modules of constants that a kernel reads, and of what these are computed from; and no other files."""
    seen: set[tuple[str, str]] = set()
    wanted = {"dedup.kernels.jit"}
    for module, name, _ in kernels():
        wanted |= {module, *definitions(module, name, seen)}
    assert (sorted(wanted - SOURCES), sorted(SOURCES - wanted)) == ([], [])
    assert list(jit.SOURCES) == sorted(set(jit.SOURCES))


def test_every_kernel_has_the_stamp() -> None:
    found = [(module, name, value) for module, name, value in kernels()]
    assert len(found) > 100
    for module, name, value in found:
        assert value._cache._cache_file._source_stamp == jit.STAMP, f"{module}.{name} is no `kernel`"
        assert value.targetoptions["nogil"], f"{module}.{name}"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    copy = tmp_path / "dedup"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize("name", jit.SOURCES)
def test_digest_depends_on_every_source_and_on_no_time(name: str, package: Path) -> None:
    assert jit.digest_sources(package) == jit.STAMP
    os.utime(package / name, (1, 1))
    assert jit.digest_sources(package) == jit.STAMP
    with (package / name).open("a") as file:
        file.write("#\n")
    assert jit.digest_sources(package) != jit.STAMP
    (package / name).unlink()
    assert jit.digest_sources(package) is None


CODE = """
import json
import numpy as np
from dedup.kernels.sorted_arrays import unique_counts
from dedup.kernels.union_find import union
from dedup.text.token_kernel import tokenise_kernel
from dedup.kernels.jit import is_cached
ready = [is_cached(each) for each in (unique_counts, union, tokenise_kernel)]
unique_counts(np.zeros(3, np.uint64))
union(np.zeros(1, np.int64), np.zeros(1, np.int64), np.arange(3))
hits = [sum(each.stats.cache_hits.values()) for each in (unique_counts, union)]
print(json.dumps([ready, hits]))
"""


def test_a_changed_source_has_all_kernels_compiled_again(package: Path) -> None:
    def run() -> Any:
        environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
        command = [sys.executable, "-c", CODE]
        environment["PYTHONPATH"] = str(package.parent)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=package.parent)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    compiled, cached = [[False, False, False], [0, 0]], [[True, True, False], [1, 1]]
    assert run() == compiled
    assert run() == cached
    for name in ("kernels/sorted_arrays.py", "cli/scan.py", "kernels/simd.py"):
        os.utime(package / name, (1, 1))
    assert run() == cached
    # Neither kernel is in this file, nor calls one that is.
    with (package / "kernels" / "simd.py").open("a") as file:
        file.write("#\n")
    assert run() == compiled
    assert run() == cached


def test_the_cache_of_other_sources_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may name a class that is no more: every command of an upgraded program would end with numba's error."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    def one(x: int) -> int:
        return x + 1

    for stamp in ("a" * 32, "b" * 32):
        monkeypatch.setattr(jit, "STAMP", stamp)
        own = jit.kernel(one)
        assert not jit.is_cached(own)
        assert own(1) == 2
        assert jit.is_cached(own)
        index = Path(own._cache._cache_file._index_path)
        with index.open("rb") as file:
            version = pickle.dumps(pickle.load(file))
        index.write_bytes(version + b"cmodule_that_is_no_more\nName\n.")


NUMBERS = {f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)} | {"float64", "bool_", "sqrt"}
PYTHON = {"range", "len", "min", "max", "abs", "enumerate", "zip", "bool"}


def calls(function: Any) -> Iterator[tuple[str, Any]]:
    """The names that a kernel calls, each with what it is; numpy's by their name alone."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(ast.Module(tree.body[0].body, [])):  # type: ignore[attr-defined]
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            yield node.func.id, function.__globals__.get(node.func.id)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            module = node.func.value.id
            yield (
                node.func.attr,
                None if module in ("np", "math") else getattr(function.__globals__.get(module), node.func.attr),
            )
        else:
            yield ast.unparse(node.func), None


def is_scalar_kernel(value: Any) -> bool:
    return isinstance(value, Dispatcher) and value.targetoptions["_nrt"] is False


def test_scalar_kernels_call_nothing_that_could_make_an_array() -> None:
    """A function of numpy that a scalar kernel had compiled would count no references for other kernels either."""
    scalars = [(name, value) for _, name, value in kernels() if is_scalar_kernel(value)]
    assert len(scalars) > 100
    for name, value in scalars:
        for called, what in calls(value.py_func):
            inlined = isinstance(what, Dispatcher) and what.targetoptions.get("inline") == "always"
            intrinsic = type(what).__name__ == "_Intrinsic"
            known = called in (PYTHON if what is None else ()) or called in (NUMBERS if what is None else ())
            assert known or inlined or intrinsic or is_scalar_kernel(what), f"{name} calls {called}"


def test_scalar_kernels_return_no_array() -> None:
    """A reference that is returned and was not counted would be given back twice, and the array with it."""
    sentence = "One two three four five six seven. "
    dedup.compare(sentence * 9, sentence * 8)  # has them compiled where numba's cache does not hold them
    returned = []
    for _, name, value in kernels():
        if is_scalar_kernel(value):
            # numba's cache holds those that other kernels call, too.
            for arguments, *_ in value._cache._cache_file._load_index():
                value.compile(arguments)
            returned += [(name, one.signature.return_type) for one in value.overloads.values()]
    assert len({name for name, _ in returned}) > 60
    for name, kind in returned:
        parts = list(kind) if isinstance(kind, types.BaseTuple) else [kind]
        assert all(isinstance(part, types.Number | types.Boolean | types.NoneType) for part in parts), f"{name}: {kind}"


def test_without_the_known_parts_of_the_cache_a_kernel_has_the_rule_of_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    def one(x: int) -> int:
        return x + 1

    monkeypatch.setattr(jit, "STAMP", None)
    own = jit.kernel(one)
    assert own._cache._cache_file._source_stamp != jit.digest_sources(PACKAGE)
    assert own(1) == 2
    monkeypatch.setattr(jit, "njit", lambda **options: lambda function: function)
    assert jit.kernel(one)(1) == 2
    assert jit.is_cached(jit.kernel(one))


def test_kernels_run_for_those_who_may_write_no_cache(package: Path) -> None:
    """A cache that was filled by who installed it is read; without one the kernels are compiled in each run."""
    program = """
import os, sys
import dedup.kernels.jit as jit
def refuse(function):
    raise RuntimeError("cannot cache function: no locator available")
class Refusing(jit.FunctionCache):
    def __init__(self, function):
        if type(self) is Refusing:
            refuse(function)
        super().__init__(function)
if "refuse" in sys.argv:
    jit.FunctionCache = Refusing
import numpy as np
from dedup.kernels.sorted_arrays import unique_counts
print(unique_counts(np.array([1, 1, 2], np.uint64))[1].tolist(), sum(unique_counts.stats.cache_hits.values()))
"""
    environment = {**os.environ, "PYTHONPATH": str(package.parent)} | {"PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("NUMBA_CACHE_DIR", None)

    def run(*words: str) -> str:
        command = [sys.executable, "-c", program, *words]
        options = {"env": environment, "cwd": package.parent, "capture_output": True, "text": True, "check": True}
        return subprocess.run(command, **options).stdout.strip()  # type: ignore[call-overload, no-any-return]

    def files() -> list[str]:
        return sorted(str(path) for path in package.rglob("*.nb?"))

    for path in files():
        Path(path).unlink()
    assert (run("refuse"), files()) == ("[2, 1] 0", [])
    assert run() == "[2, 1] 0"
    before = files()
    assert before
    assert (run("refuse"), files()) == ("[2, 1] 1", before)
