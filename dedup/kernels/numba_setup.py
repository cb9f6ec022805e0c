"""What numba does once in each process before the first kernel runs, less what no kernel needs: imported before it.

Three parts of it cost more than the kernels themselves in a short run:

- As numba loads its functions on arrays it imports SciPy's linear algebra to see whether a kernel with `np.dot` could
  call its BLAS: a fifth of a second and some 30 MiB. That question is answered by whether SciPy is installed, and
  whoever compiles such a kernel still imports it then.
- As it declares its functions it installs all that is declared anew for each of 250 of them: a tenth of a second. Here
  the whole is installed once.
- With each kernel of its cache it reads the intermediate code that another kernel is linked with, if one is compiled: a
  tenth of a second for thirty kernels. Here it is read when that happens.

A numba whose functions are made otherwise than here known is left as it is. What is done here is done once and by one
thread, as a module is imported once.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from threading import get_ident
from typing import Any

#: The names that the functions of numba use that are replaced; another numba has others.
REFRESH = "load_additional_registries install_registry builtin_registry typing_context refresh"
UNSERIALIZE = (
    "create_library isinstance ll parse_bitcode _final_module _finalize_final_module enable_object_caching "
    "_set_compiled_object _shared_module _codegen _engine _load_defined_symbols ValueError"
)
FOR_LINKING = (
    "_ensure_finalized _shared_module _final_module functions is_declaration linkage ll Linkage external append name "
    "RuntimeError clone get_function"
)
ADDRESS = "_ensure_finalized _codegen _engine is_symbol_defined get_function_address"
#: A name in the code of a kernel that calls itself, whose symbols numba has to know at once.
RECURSIVE = b"numba.unresolved"


def is_known(function: Any, names: str) -> bool:
    """Return whether a function of numba uses these names, in this order, as the one did that is replaced here."""
    return getattr(getattr(function, "__code__", None), "co_names", None) == tuple(names.split())


def _is_installed() -> None:
    """In the place of numba's `ensure_blas`. Raises `ImportError` where there is no SciPy."""
    if find_spec("scipy") is None:
        raise ImportError("SciPy is not installed")


def _load_without_blas() -> None:
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


def _refresh_once() -> None:
    """Let a context that is being refreshed not be refreshed again by each declaration, but once afterwards."""
    base: Any = import_module("numba.core.base")
    real = base.BaseContext.refresh
    if not is_known(real, REFRESH):
        return
    repeats: dict[tuple[int, int], bool] = {}  # contexts at work, each in its thread: whether one was asked for again

    def refresh(self: Any) -> None:
        work = (id(self), get_ident())
        if work in repeats:
            # A declaration asks for it to see whether the registry of built-in functions is installed, and it is.
            repeats[work] = True
            if base.builtin_registry not in self._registries:
                real(self)
            return
        repeats[work] = False
        try:
            real(self)
            if repeats[work]:
                real(self)  # installs what the declarations added
        finally:
            del repeats[work]

    base.BaseContext.refresh = refresh


def _read_code_on_demand() -> None:
    """Let the code of a cached kernel that others are linked with be read as the first of them is compiled."""
    codegen: Any = import_module("numba.core.codegen")
    library = codegen.JITCodeLibrary
    real, for_linking, address_of = (
        library._unserialize.__func__,
        library._get_module_for_linking,
        library.get_pointer_to_function,
    )
    if not (is_known(real, UNSERIALIZE) and is_known(for_linking, FOR_LINKING) and is_known(address_of, ADDRESS)):
        return

    def unserialize(cls: Any, code: Any, state: Any) -> Any:
        name, kind, content = state
        if kind != "object" or RECURSIVE in content[0] or RECURSIVE in content[1]:
            return real(cls, code, state)
        self = code.create_library(name)
        self.enable_object_caching()
        self._set_compiled_object(content[0])
        self._bitcode = content[1]
        self._finalize_final_module()
        return self

    def module_for_linking(self: Any) -> Any:
        bitcode = self.__dict__.pop("_bitcode", None)
        if bitcode is not None:
            self._shared_module = codegen.ll.parse_bitcode(bitcode)
            self._codegen._engine._load_defined_symbols(self._shared_module)
        return for_linking(self)

    def get_pointer_to_function(self: Any, name: str) -> int:
        if "_bitcode" not in self.__dict__:
            return int(address_of(self, name))
        self._ensure_finalized()
        return int(self._codegen._engine.get_function_address(name))

    library._unserialize, library._get_module_for_linking = classmethod(unserialize), module_for_linking
    library.get_pointer_to_function = get_pointer_to_function


for _part in (_load_without_blas, _refresh_once, _read_code_on_demand):
    # Another numba may have other names; then it does as it always does.
    with suppress(ImportError, AttributeError):
        _part()
