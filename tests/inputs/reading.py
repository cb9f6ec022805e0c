"""What the readers' tests share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedup.inputs.batch import METADATA, SCHEMA, Batch
from dedup.inputs.paths import resolve
from dedup.inputs.read import read
from dedup.model import Reject
from dedup.settings import Settings


def write(path: Path, content: str | bytes) -> str:
    """A file, and its name as a user would give it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def read_all(*paths: str | Path, format: str | None = None, **options: Any) -> list[Batch]:
    """The batches of files; each is checked for what every batch promises."""
    batches = list(read(resolve([str(path) for path in paths], format), Settings(**options)))
    return checked(batches)


def checked(batches: Iterable[Batch]) -> list[Batch]:
    found = list(batches)
    for batch in found:
        assert batch.records.schema == SCHEMA
        batch.records.validate(full=True)
        assert batch.records.column("text").null_count == 0
        assert batch.raw is None or len(batch.raw) == batch.records.num_rows
    return found


def rows(batches: Iterable[Batch]) -> list[dict[str, Any]]:
    """All records as dicts."""
    return [row for batch in batches for row in batch.records.to_pylist()]


def rejects(batches: Iterable[Batch]) -> list[Reject]:
    return [reject for batch in batches for reject in batch.rejects]


def reasons(batches: Iterable[Batch]) -> list[tuple[int | None, str]]:
    return [(reject.line, reject.reason) for reject in rejects(batches)]


def content(batches: Iterable[Batch]) -> list[tuple[Any, ...]]:
    """What every format must give alike: text, metadata and line."""
    return [tuple(row[name] for name in ("text", *METADATA, "line")) for row in rows(batches)]


def strings(values: list[str | bytes | None], kind: Any) -> Any:
    """An Arrow column of any string type."""
    return pa.array(values).cast(kind)
