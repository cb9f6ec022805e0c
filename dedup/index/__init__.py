"""The incremental index: add, query and remove articles one at a time.

Public: `dedup.Index`. The way of one article: `ingest` digests it, `plan` decides by a `snapshot` of the store what it
changes (`lookup` finds candidates, `recluster` works out their components), `verdict_builder` words the answer, and
`apply` writes the change.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    if name != "Index":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn("dedup.index.Index is deprecated: use dedup.Index", DeprecationWarning, stacklevel=2)
    return import_module("dedup.index.public").Index
