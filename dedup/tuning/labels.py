"""Read labelled pairs: articles that a person judged to be copies or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dedup.errors import UsageError
from dedup.model import Relation
from dedup.settings import read_file

#: Labels of pairs that have to be found. Rewrites are left out, because no threshold of common text holds for them.
COPIES = frozenset(relation.value for relation in Relation if relation.joins) - {Relation.REWRITE}
#: Labels of copies that other tools write.
YES = frozenset({"copy", "duplicate", "dup", "same", "true", "yes", "1"})
#: Names under which a line may have its label, the first that is present.
LABELS = ("label", "relation")


@dataclass(frozen=True)
class Label:
    """A pair of ids, and whether the two are copies."""

    a: str
    b: str
    copy: bool


def read_labels(path: str) -> list[Label]:
    """Read the pairs of a JSONL file: ids `a` and `b`, and a `label` or `relation`.

    A line without both is a pair of copies; a line with `unsure` set is skipped. Raises `MissingInput` if the file
    cannot be read, `UsageError` if a line is no such pair or no pair is of copies.
    """
    import orjson

    labels = []
    for number, line in enumerate(read_file(path, f"--pairs {path}").splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise UsageError(f"--pairs {path}, line {number} is not JSON: {error}") from error
        label = _label(value)
        if label is None:
            raise UsageError(f"--pairs {path}, line {number}: not an object with two different ids `a` and `b`")
        if not value.get("unsure"):
            labels.append(label)
    if not any(label.copy for label in labels):
        raise UsageError(
            f"--pairs {path}: contains no pair of copies; labels of copies are {', '.join(sorted(COPIES))}"
        )
    return labels


def _label(value: Any) -> Label | None:
    if not isinstance(value, dict):
        return None
    a, b = (_id(value.get(name)) for name in ("a", "b"))
    if a is None or b is None or a == b:
        return None
    label = next((value[name] for name in LABELS if value.get(name) is not None), True)
    return Label(a, b, label == 1 or str(label).lower() in COPIES | YES)


def _id(value: Any) -> str | None:
    """The id as a scan has it, where integers become their digits; None if the value is no id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
