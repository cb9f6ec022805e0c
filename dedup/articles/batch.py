"""What every reader yields: one Arrow record batch of articles, and the records it could not take."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from dedup.model import Reject

#: The columns of a batch. `text` is never null or empty; `id` is null where the record has none (it becomes
#: `FILE:LINE`). `meta` is the page metadata as JSON. `line` counts from 1 (rows, for tables). `offset` and `length`
#: say which bytes of the file the record is, where the file can be read by position; -1 where it cannot.
SCHEMA = pa.schema(
    [
        pa.field("id", pa.large_string()),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("url", pa.large_string()),
        pa.field("domain", pa.large_string()),
        pa.field("title", pa.large_string()),
        pa.field("published", pa.large_string()),
        pa.field("authors", pa.large_string()),
        pa.field("meta", pa.large_string()),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("length", pa.int64(), nullable=False),
    ]
)

#: Names of the columns that hold metadata as text and may be null.
METADATA = ("id", "url", "domain", "title", "published", "authors", "meta")


@dataclass(frozen=True)
class Batch:
    """Articles of one input, in input order.

    `file` is the name of the input as the user gave it. `raw` holds the records' original bytes (a JSONL line
    without its line end, else the record as JSON) where they cannot be read again by `offset`, else None.
    """

    file: str
    records: pa.RecordBatch
    rejects: tuple[Reject, ...] = ()
    raw: list[bytes] | None = None
