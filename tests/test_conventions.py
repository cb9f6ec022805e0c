"""How the code of the package is written: parameter lists, names, and contracts in docstrings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import dedup

PACKAGE = Path(dedup.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
#: Past participles and words without a noun: they say nothing of the thing that they name.
UNSPOKEN = {
    "found", "told", "known", "taken", "said", "kept", "held", "wanted", "given", "asked", "gone", "heard", "drawn",
    "chosen", "made", "met", "seen", "shown", "got", "spent", "left_over", "lost", "sent", "looked", "came", "worn",
    "fresh", "spoken", "listed", "noted", "marked", "waited", "placed", "sought", "what", "who", "those",
}  # fmt: skip
DTYPE = re.compile(r"\b(u?int(8|16|32|64)?|bool|float(32|64)|words?|bytes)\b")
MOST_PARAMETERS = 6


class Function(NamedTuple):
    """A function of the package: its module, its name within it, and its syntax tree."""

    module: str
    name: str
    node: ast.FunctionDef
    is_nested: bool

    @property
    def is_public(self) -> bool:
        return not self.is_nested and not any(part.startswith("_") for part in self.name.split("."))

    @property
    def is_kernel(self) -> bool:
        """Whether numba compiles it."""
        names = {ast.unparse(d).split("(")[0] for d in self.node.decorator_list}
        return bool(names & {"kernel", "scalar_kernel", "jit.kernel", "nb.njit"})

    @property
    def is_intrinsic(self) -> bool:
        """Whether it is an instruction of numba's compiler: typing and code generation."""
        return self.module == "kernels/simd.py" or self.module == "kernels/unaligned.py"

    @property
    def parameters(self) -> list[str]:
        args = self.node.args
        names = [a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]]
        return names[1:] if names[:1] in (["self"], ["cls"]) else names

    @property
    def is_command(self) -> bool:
        """Whether its parameters are the options of a command."""
        return any("click" in ast.unparse(d) for d in self.node.decorator_list)

    def __repr__(self) -> str:
        return f"{self.module}:{self.node.lineno} {self.name}"


def functions() -> Iterator[Function]:
    for path in MODULES:
        module = str(path.relative_to(PACKAGE))

        def walk(node: ast.AST, names: tuple[str, ...], nested: bool, module: str = module) -> Iterator[Function]:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.FunctionDef):
                    yield Function(module, ".".join([*names, child.name]), child, nested)
                    yield from walk(child, (*names, child.name), True)
                elif isinstance(child, ast.ClassDef):
                    yield from walk(child, (*names, child.name), nested)
                else:
                    yield from walk(child, names, nested)

        yield from walk(ast.parse(path.read_text()), (), False)


FUNCTIONS = list(functions())


def test_no_function_takes_more_than_six_parameters() -> None:
    """Kernels take the buffers of a value one by one."""
    long = [f for f in FUNCTIONS if len(f.parameters) > MOST_PARAMETERS and not f.is_kernel and not f.is_command]
    assert long == []


def bindings(node: ast.FunctionDef) -> Iterator[str]:
    """The names that a function binds, nested functions apart."""
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif isinstance(child, ast.arg):
            yield child.arg


def test_names_are_nouns_of_the_thing() -> None:
    bad = {f"{f!r}: {name}" for f in FUNCTIONS for name in bindings(f.node) if name.strip("_") in UNSPOKEN}
    assert sorted(bad) == []


def test_public_functions_have_a_sentence() -> None:
    """A property of a protocol or an overload included; its first line is one sentence."""
    bad = []
    for f in FUNCTIONS:
        if f.is_public and not any("overload" in ast.unparse(d) for d in f.node.decorator_list):
            first = (ast.get_docstring(f.node) or "").split("\n")[0]
            if not first.endswith((".", ":")):
                bad.append(f)
    assert bad == []


def array_parameters(node: ast.FunctionDef) -> set[str]:
    """The parameters that are indexed, measured or iterated."""
    names = {a.arg for a in node.args.args}
    used: set[str] = set()
    for child in ast.walk(node):
        target: ast.AST | None = None
        if isinstance(child, ast.Subscript):
            target = child.value
        elif isinstance(child, ast.Call) and ast.unparse(child.func) == "len" and child.args:
            target = child.args[0]
        elif isinstance(child, ast.For):
            target = child.iter
        if isinstance(target, ast.Name) and target.id in names:
            used.add(target.id)
    return used


def contract_of(doc: str, name: str) -> str:
    """The parts of a docstring that say something of a parameter: from its name to the end of the sentence."""
    doc = " ".join(doc.split())
    return " ".join(m.group(0) for m in re.finditer(rf"(?<![\w.]){re.escape(name)}\b.*?(?:[.;](?= |$)|$)", doc))


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.is_kernel and f.is_public], ids=repr)
def test_public_kernels_say_dtype_and_shape(function: Function) -> None:
    doc = ast.get_docstring(function.node) or ""
    missing = []
    for name in sorted(array_parameters(function.node)):
        contract = contract_of(doc, name)
        if not (DTYPE.search(contract) and re.search(r"\([^;.]*,[^;.]*\)", contract)):
            missing.append(name)
    assert missing == [], "dtype and shape of each array stand in the docstring: `name (n,) int64: what it holds`"
