"""The rooms of the package: who may import whom, what is public, and what importing costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import dedup

PACKAGE = Path(dedup.__file__).parent
MODULES = {
    ".".join(("dedup", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
#: The rooms from the ground up, as ARCHITECTURE.md lists them: a room may import itself and the rooms before it.
ROOMS = [line.split("`")[1].rstrip("/") for line in (PACKAGE.parent / "ARCHITECTURE.md").read_text().splitlines()
         if line.startswith("| `")]  # fmt: skip


def _typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@cache
def imports(module: str) -> tuple[str, ...]:
    """Return the full names of all that a module imports: in functions too, and for types only."""
    return tuple(_parse_imports(module, MODULES[module]))


def _parse_imports(module: str, path: Path) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parent, base]).rstrip(".")
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in MODULES else base


def room(module: str) -> str:
    """The folder or module of the package that a module belongs to; `__init__` for the public names."""
    return module.split(".")[1] if "." in module else "__init__"


def own_imports(module: str) -> set[str]:
    """The modules of the package that a module imports."""
    return {name for name in imports(module) if name in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_to_rooms_before(module: str) -> None:
    here = ROOMS.index(room(module))
    # The list of public names imports for type checkers what it loads on first use; the command line uses the list.
    later = [name for name in own_imports(module) if ROOMS.index(room(name)) > here]
    assert not later, f"{module} imports {later}"


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of more than one module (Tarjan 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    out: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in graph[node]:
            if other not in number:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == number[node]:
            component = stack[stack.index(node) :]
            del stack[-len(component) :]
            if len(component) > 1:
                out.append(sorted(component))

    for node in graph:
        if node not in number:
            visit(node)
    return out


def test_no_modules_import_each_other() -> None:
    graph = {module: own_imports(module) - {module} for module in MODULES}
    assert circles(graph) == []


def test_a_circle_would_be_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def test_architecture_has_one_sentence_for_every_room() -> None:
    """A new room must be given its place and its sentence; a room that is gone must leave the list."""
    assert len(set(ROOMS)) == len(ROOMS)
    assert {room(module) for module in MODULES} == set(ROOMS)


def test_no_two_rooms_have_a_module_of_one_name() -> None:
    """`cli` has a module for each command, named for the command."""
    homes: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        if path.name != "__init__.py" and room(module) not in ("cli", "__main__"):
            homes.setdefault(path.stem, set()).add(room(module))
    assert {name: rooms for name, rooms in homes.items() if len(rooms) > 1} == {}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_600_lines(module: str) -> None:
    assert len(MODULES[module].read_text().splitlines()) <= 600


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_pickled(module: str) -> None:
    names = {name.split(".")[0] for name in imports(module)}
    assert not names & {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}


@pytest.mark.parametrize("module", MODULES)
def test_the_package_needs_nothing_of_the_checkout(module: str) -> None:
    """The wheel holds neither tests nor benchmarks nor tools."""
    assert not {name.split(".")[0] for name in imports(module)} & {"tests", "benchmarks", "tools"}


def test_public_names_are_what_can_be_imported() -> None:
    assert sorted(dedup.__all__) == dedup.__dir__()
    assert len(set(dedup.__all__)) == len(dedup.__all__)
    for name in dedup.__all__:
        value = getattr(dedup, name)
        assert name == "__version__" or value.__module__.startswith("dedup."), name
        assert name == "__version__" or value.__doc__, f"{name} has no documentation"
    with pytest.raises(AttributeError, match="no_such_name"):
        dedup.no_such_name  # noqa: B018


def test_public_names_are_those_that_type_checkers_see() -> None:
    tree = ast.parse(MODULES["dedup"].read_text())
    (block,) = (node for node in tree.body if _typing_only(node))
    shown = {
        alias.asname or alias.name
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert shown | {"__version__"} == set(dedup.__all__)


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_functions_stay_functions() -> None:
    """Modules of the same name must not take their place, in whatever order they come."""
    for order in (
        "import dedup.cli.scan, dedup.cli.compare, dedup.cli.origin, dedup.pipeline",
        "from dedup import scan; import dedup.cli.scan, dedup.cli.compare, dedup.cli.origin, dedup.pipeline",
        "import dedup.evidence, dedup.comparison.compare, dedup.cli.scan, dedup.pipeline, dedup.api",
    ):
        assert run(f"{order}\nimport dedup\nprint(*(type(getattr(dedup, n)).__name__ for n in "
                   "('scan', 'compare', 'origin', 'minhash')))") == "function function function function"  # fmt: skip


@pytest.mark.parametrize(
    "code", ["import dedup", "import dedup; dedup.Article, dedup.UsageError, dedup.Settings, dir(dedup)"]
)
def test_importing_costs_nothing(code: str) -> None:
    heavy = ("numpy", "numba", "pyarrow", "datasketch", "scipy", "rich", "pandas", "llvmlite", "click")
    assert run(f"import sys; {code}; print(*(n for n in {heavy!r} if n in sys.modules))") == ""


def test_every_module_can_be_imported() -> None:
    names = [name for name in MODULES if name != "dedup.__main__"]
    run("\n".join(f"import {name}" for name in names))
