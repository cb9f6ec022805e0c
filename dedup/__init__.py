"""Find republished news: which articles are copies of which, and who wrote them.

    result = dedup.scan("corpus.jsonl")
    match = dedup.compare(text_a, text_b)
    guess = dedup.origin(article)

Names are loaded on first use, so `import dedup` costs nothing.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dedup._version import __version__

if TYPE_CHECKING:
    from dedup.api import ScanResult, compare, minhash, origin, scan
    from dedup.errors import (
        DedupError,
        IndexUnusable,
        InputChanged,
        MissingExtra,
        MissingInput,
        OutputError,
        UsageError,
    )
    from dedup.index.public import Index
    from dedup.index.verdicts import KnownMatch, Verdict
    from dedup.model import Article, Cluster, Evidence, Match, Member, Origin, Pair, Passage, Reject, Relation
    from dedup.settings import Settings

_HOME = {
    **dict.fromkeys(("compare", "minhash", "origin", "scan"), "dedup.api"),
    **dict.fromkeys(
        ("DedupError", "IndexUnusable", "InputChanged", "MissingExtra", "MissingInput", "OutputError", "UsageError"),
        "dedup.errors",
    ),
    "Index": "dedup.index.public",
    **dict.fromkeys(("KnownMatch", "Verdict"), "dedup.index.verdicts"),
    **dict.fromkeys(
        ("Article", "Cluster", "Evidence", "Match", "Member", "Origin", "Pair", "Passage", "Reject", "Relation"),
        "dedup.model",
    ),
    "ScanResult": "dedup.api",
    "Settings": "dedup.settings",
}

#: Old public names, which go with the next version, and what they are called now.
_DEPRECATED = {"Seen": "KnownMatch"}

__all__ = [
    "Article",
    "Cluster",
    "DedupError",
    "Evidence",
    "Index",
    "IndexUnusable",
    "InputChanged",
    "KnownMatch",
    "Match",
    "Member",
    "MissingExtra",
    "MissingInput",
    "Origin",
    "OutputError",
    "Pair",
    "Passage",
    "Reject",
    "Relation",
    "ScanResult",
    "Settings",
    "UsageError",
    "Verdict",
    "__version__",
    "compare",
    "minhash",
    "origin",
    "scan",
]


def __getattr__(name: str) -> Any:
    if name in _DEPRECATED:
        warnings.warn(f"dedup.{name} is deprecated: use dedup.{_DEPRECATED[name]}", DeprecationWarning, stacklevel=2)
        return getattr(sys.modules[__name__], _DEPRECATED[name])
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'dedup' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """Keeps public functions functions: importing a submodule of the same name must not replace them."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _HOME and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
