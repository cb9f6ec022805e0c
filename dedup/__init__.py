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

from dedup._version import __version__ as __version__

if TYPE_CHECKING:
    from dedup.api import ScanResult as ScanResult
    from dedup.api import compare as compare
    from dedup.api import minhash as minhash
    from dedup.api import origin as origin
    from dedup.api import scan as scan
    from dedup.errors import DedupError as DedupError
    from dedup.errors import IndexUnusable as IndexUnusable
    from dedup.errors import InputChanged as InputChanged
    from dedup.errors import MissingExtra as MissingExtra
    from dedup.errors import MissingInput as MissingInput
    from dedup.errors import OutputError as OutputError
    from dedup.errors import UsageError as UsageError
    from dedup.index.public import Index as Index
    from dedup.index.verdicts import KnownMatch as KnownMatch
    from dedup.index.verdicts import Verdict as Verdict
    from dedup.model import Article as Article
    from dedup.model import Cluster as Cluster
    from dedup.model import Evidence as Evidence
    from dedup.model import Match as Match
    from dedup.model import Member as Member
    from dedup.model import Origin as Origin
    from dedup.model import Pair as Pair
    from dedup.model import Passage as Passage
    from dedup.model import Reject as Reject
    from dedup.model import Relation as Relation
    from dedup.settings import Settings as Settings

#: The public names, by the module that has them.
_NAMES = {
    "dedup.api": "ScanResult compare minhash origin scan",
    "dedup.errors": "DedupError IndexUnusable InputChanged MissingExtra MissingInput OutputError UsageError",
    "dedup.index.public": "Index",
    "dedup.index.verdicts": "KnownMatch Verdict",
    "dedup.model": "Article Cluster Evidence Match Member Origin Pair Passage Reject Relation",
    "dedup.settings": "Settings",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}
__all__ = sorted([*_HOME, "__version__"])

#: Old public names, which go with the next version, and what they are called now.
_DEPRECATED = {"Seen": "KnownMatch"}


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
