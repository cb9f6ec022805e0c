"""What every reader yields: one Arrow record batch of articles, and the records it could not take."""

from __future__ import annotations

import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

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

    `file` is the name of the input as the user gave it; `files`, where the articles are of several (HTML), the name of
    each one's. `skip_counts`: how many records of a kind were passed over, which are neither articles nor rejects.
    `raw` holds the records' original bytes (a JSONL line without its line end, else the record as JSON) where they
    cannot be read again by `offset`, else None. `parse_text` gives a record's text anew, as UTF-8, of the bytes that
    stand at its `offset`; None where that is no way to it. `record_hashes` (n,) uint64: the fingerprints
    (`reread.record_hash`) of the records that can be read again by `offset`, else None.
    """

    file: str
    records: pa.RecordBatch
    rejects: tuple[Reject, ...] = ()
    raw: list[bytes] | None = None
    parse_text: Callable[[bytes], bytes] | None = None
    files: tuple[str, ...] | None = None
    skip_counts: Mapping[str, int] = field(default_factory=dict)
    record_hashes: NDArray[np.uint64] | None = None

    def file_of(self, row: int) -> str:
        """The name of the input that an article is of."""
        return self.file if self.files is None else self.files[row]


def text_array(values: Sequence[str | None]) -> pa.Array:
    """A column of short texts. Raises `UnicodeEncodeError` for a lone surrogate.

    Made from buffers: `pa.array` of a Python list imports pandas where it is installed, for a fifth of a second.
    """
    try:
        whole = "".join(values)  # type: ignore[arg-type]
    except TypeError:  # there are nulls
        whole = "".join(filter(None, values))
        valid = pa.py_buffer(np.packbits([value is not None for value in values], bitorder="little"))
        values = [value or "" for value in values]
    else:
        valid = None
    data = whole.encode()
    # Encoded one by one only where the characters are not the bytes.
    sizes = map(len, values if len(data) == len(whole) else map(str.encode, values))  # type: ignore[arg-type]
    return large_strings(sizes, data, valid)


def large_strings(sizes: Iterable[int], data: bytes | bytearray, valid: pa.Buffer | None = None) -> pa.Array:
    """A column of texts that stand one after the other in `data` as UTF-8, by their sizes in bytes."""
    offsets = np.array([0, *sizes], np.int64).cumsum()
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data), valid)


def int_array(values: Sequence[int] | NDArray[np.int64]) -> pa.Array:
    """A column of int64 without nulls, made from a buffer for the reason given at `text_array`."""
    numbers = array("q", values) if isinstance(values, list) else np.ascontiguousarray(values, np.int64)
    return pa.Int64Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])


def to_numpy(numbers: pa.Array) -> NDArray[Any]:
    """The numbers of an Arrow array without nulls; `Array.to_numpy` would import pandas where it is installed."""
    dtype = np.dtype(str(numbers.type))
    return np.frombuffer(numbers.buffers()[1], dtype, len(numbers), numbers.offset * dtype.itemsize)


def take_strings(column: pa.ChunkedArray | pa.Array, rows: NDArray[np.int64]) -> list[str | None]:
    """The texts at some places of a column of `large_string`.

    Arrow's `take` imports all of its functions. In a process that needs no other of them, as one with an index, that is
    9 MiB and a twentieth of a second; in one that has them it is the faster way.
    """
    chunks = column.num_chunks if isinstance(column, pa.ChunkedArray) else 1
    if chunks != 1 or "pyarrow.compute" in sys.modules:
        strings: list[str | None] = column.take(int_array(rows)).to_pylist()
        return strings
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    _, offsets, data = column.buffers()
    if len(rows) == 0 or offsets is None or column.null_count == len(column):
        return [None] * len(rows)
    bounds = np.frombuffer(offsets, np.int64, len(column) + 1, column.offset * 8)
    text = memoryview(data or b"")
    ends = zip(bounds[rows].tolist(), bounds[rows + 1].tolist(), strict=True)
    strings = [str(text[low:high], "utf-8") for low, high in ends]
    if column.null_count:
        bits = rows + column.offset
        valid = np.frombuffer(column.buffers()[0], np.uint8)[bits >> 3] >> (bits & 7) & 1
        for i in np.flatnonzero(valid == 0).tolist():
            strings[i] = None
    return strings


T = TypeVar("T")

#: Bytes of batches that are worked on, or wait, at one time; a batch of more is alone. What is made of a text takes up
#: to 15 times its bytes. Batches are of half a megabyte, so that this binds only where single records are large.
AHEAD = 32 << 20


def map_prefetched(batches: Iterable[Batch], work: Callable[[Batch], T], threads: int) -> Iterator[tuple[Batch, T]]:
    """Every batch with what `work` makes of it, in order; on threads, a bounded number of batches, and of their bytes,
    ahead of who asks. 0 threads: on the one that asks. Nothing of a batch is held here once it was given."""
    if threads < 1:
        for batch in batches:
            yield batch, work(batch)
            del batch
        return
    pending: deque[tuple[Batch, int, Future[T]]] = deque()
    pending_bytes = 0

    def first() -> tuple[Batch, T]:
        nonlocal pending_bytes
        batch, size, future = pending.popleft()
        pending_bytes -= size
        return batch, future.result()

    with ThreadPoolExecutor(threads) as pool:
        try:
            for batch in batches:
                size = batch.records.nbytes
                while pending and pending_bytes + size > AHEAD:
                    yield first()
                pending_bytes += size
                pending.append((batch, size, pool.submit(work, batch)))
                del batch
                while len(pending) > threads + 1 or pending_bytes > AHEAD:
                    yield first()
            while pending:
                yield first()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
