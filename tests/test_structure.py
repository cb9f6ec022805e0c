"""The rooms of the package: who may import whom, what is public, and what importing costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dedup

PACKAGE = Path(dedup.__file__).parent
MODULES = {
    ".".join(("dedup", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
#: The data's way; a stage may import itself and what stands before it.
STAGES = ["articles", "candidates", "clusters", "reports"]
#: Below all stages, these may import one another.
GROUND = {"errors", "model", "outputs", "settings"}
#: Above all stages.
TOP = {"again", "api", "corpus", "index", "indexing", "learning", "pipeline", "result", "scrapy", "summary"}
TOP |= {"tables", "tuning"}


def _typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(module: str, *, typing: bool) -> Iterator[str]:
    """The full names of all that a module imports, functions' own imports among them; for types only, if asked."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]

    def walk(node: ast.AST) -> Iterator[str]:
        if _typing_only(node) and not typing:
            return
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
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    return walk(ast.parse(MODULES[module].read_text()))


def room(module: str) -> str:
    """The folder or top-level module that a module belongs to; empty for the package itself."""
    return module.split(".")[1] if "." in module else ""


def allowed(module: str, imported: str) -> bool:
    here, there = room(module), room(imported)
    if there in GROUND:
        return True
    if here in GROUND:
        return False
    if imported == "dedup":  # its version
        return here not in STAGES
    if here in STAGES:
        return there in STAGES[: STAGES.index(here) + 1]
    if here in TOP:
        # Of the reports, the progress display is told by all; files and tables are written at the end of the way.
        return there in STAGES or there in TOP
    return here in ("cli", "__main__", "")  # the command line, and the package's own list of names


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down_the_way(module: str) -> None:
    wrong = [
        name for name in imports(module, typing=False) if name.split(".")[0] == "dedup" and not allowed(module, name)
    ]
    assert not wrong, f"{module} imports {wrong}"


@pytest.mark.parametrize("module", MODULES)
def test_types_of_a_later_stage_are_not_known_before_it(module: str) -> None:
    """For a type alone a report may name the result it shows; no stage may name a later one."""
    here = room(module)
    if here in STAGES:
        later = STAGES[STAGES.index(here) + 1 :]
        assert not [name for name in imports(module, typing=True) if name.startswith("dedup.") and room(name) in later]


def test_top_level_modules_use_only_the_progress_of_reports_at_import() -> None:
    """What is written at the end is loaded at the end."""
    for module in sorted(f"dedup.{name}" for name in TOP):
        top = ast.parse(MODULES[module].read_text()).body
        names = [n.module or "" for n in top if isinstance(n, ast.ImportFrom)]
        assert not [n for n in names if n.startswith("dedup.reports") and n != "dedup.reports.progress"], module


def test_the_rooms_are_known() -> None:
    """A new room must be given its place above."""
    assert {room(module) for module in MODULES} == {*STAGES, *GROUND, *TOP, "cli", "__main__", ""}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_600_lines(module: str) -> None:
    assert len(MODULES[module].read_text().splitlines()) <= 600


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_pickled(module: str) -> None:
    names = {name.split(".")[0] for name in imports(module, typing=True)}
    assert not names & {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}


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
        "import dedup.clusters.origin, dedup.clusters.compare, dedup.cli.scan, dedup.pipeline, dedup.api",
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
