"""Labelled pairs: which articles somebody holds for copies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.errors import MissingInput, UsageError
from dedup.model import Relation

#: Labels of pairs that have to be found. A rewrite is not among them, for no threshold of common text holds for it.
COPIES = frozenset(relation.value for relation in Relation if relation.joins) - {Relation.REWRITE}
YES = frozenset({"copy", "duplicate", "dup", "same", "true", "yes", "1"})
LABELS = ("label", "relation")


@dataclass(frozen=True)
class Label:
    """A pair of ids, and whether the two are copies."""

    a: str
    b: str
    copy: bool


def read_labels(path: str) -> list[Label]:
    """The pairs of a JSONL file: `a`, `b` and a `label` or `relation`; without either, every line is a pair of copies.

    Lines with `unsure` set are left out. Raises `MissingInput` or `UsageError`.
    """
    import orjson

    try:
        lines = Path(path).read_bytes().splitlines()
    except OSError as error:
        raise MissingInput(f"--pairs {path} cannot be read: {error.strerror}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise UsageError(f"--pairs {path}, line {number} is not JSON: {error}") from error
        label = _label(value)
        if label is None:
            raise UsageError(f"--pairs {path}, line {number}: not an object with the ids `a` and `b`")
        if not value.get("unsure"):
            found.append(label)
    if not any(label.copy for label in found):
        raise UsageError(f"--pairs {path}: no pair of copies in it; labels of copies are {', '.join(sorted(COPIES))}")
    return found


def _label(value: Any) -> Label | None:
    if not isinstance(value, dict):
        return None
    a, b = (_id(value.get(name)) for name in ("a", "b"))
    if a is None or b is None or a == b:
        return None
    said = next((value[name] for name in LABELS if value.get(name) is not None), True)
    return Label(a, b, said is True or said == 1 or str(said).lower() in COPIES | YES)


def _id(value: Any) -> str | None:
    """An id as a scan has it: integers become their digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
