"""A batch: an Arrow record batch of articles, and the rejects among them; columns made from buffers."""

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

from dedup.model import Reject, SetAside

#: Names of the columns that hold metadata as text and may be null.
METADATA = ("id", "url", "domain", "title", "published", "authors", "meta")
#: The columns of a batch. `text` is never null or empty; `id` is null where the record has none (it becomes
#: `FILE:LINE`). `meta` is the page metadata as JSON. `line` counts from 1 (rows, for tables). `offset` and `length`
#: say which bytes of the file the record is, where the file can be read by position; -1 where it cannot.
SCHEMA = pa.schema(
    [pa.field(name, pa.large_string(), nullable=name != "text") for name in ("id", "text", *METADATA[1:])]
    + [pa.field(name, pa.int64(), nullable=False) for name in ("line", "offset", "length")]
)


@dataclass(frozen=True)
class Batch:
    """n articles of one input, in input order, and the rejects among them.

    file: the name of the input as the user gave it. records: a record batch of `SCHEMA`. raw: the original bytes of
    each record (a JSONL line without its line end, else the record as JSON) if they are kept and cannot be read again
    by `offset`, else None. parse_texts: parses the bytes at the `offset` of records to their texts in UTF-8, None for
    those without; None if that is not possible. files: the name of each article's file if they are of several (HTML),
    else None. skip_counts: the number of records by the reason for which they are neither articles nor rejects.
    record_hashes: (n,) uint64, the fingerprints (`record_files.record_hash`) of records that can be read again by
    `offset`, else None. notes: sentences to tell the user of the input, as how it was decoded. set_aside: the records
    that are no articles, by their places among all that were read, articles and these.
    """

    file: str
    records: pa.RecordBatch
    rejects: tuple[Reject, ...] = ()
    raw: list[bytes] | None = None
    parse_texts: Callable[[Sequence[bytes]], list[bytes | None]] | None = None
    files: tuple[str, ...] | None = None
    skip_counts: Mapping[str, int] = field(default_factory=dict)
    record_hashes: NDArray[np.uint64] | None = None
    notes: tuple[str, ...] = ()
    set_aside: Mapping[int, SetAside] = field(default_factory=dict)

    @classmethod
    def without_records(cls, file: str, rejects: Iterable[Reject]) -> Batch:
        """Make a batch that has no articles."""
        empty = pa.RecordBatch.from_arrays([pa.nulls(0, column.type) for column in SCHEMA], schema=SCHEMA)
        return cls(file, empty, tuple(rejects))

    def id_of(self, row: int) -> str:
        """Return the id of an article; `FILE:LINE` where its record has none."""
        id = self.records.column("id")[row].as_py()
        return id if id is not None else f"{self.file}:{self.records.column('line')[row].as_py()}"

    def file_of(self, row: int) -> str:
        """Return the name of an article's file."""
        return self.file if self.files is None else self.files[row]


def text_array(values: Sequence[str | None]) -> pa.Array:
    """Make a column (large_string) of short texts. Raises `UnicodeEncodeError` for a lone surrogate.

    It is made from buffers: `pa.array` of a Python list imports pandas where it is installed, for a fifth of a second.
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
    """Make a column of texts that follow one another in `data` (UTF-8). sizes: bytes of each text."""
    offsets = np.array([0, *sizes], np.int64).cumsum()
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data), valid)


def int_array(values: Sequence[int] | NDArray[np.int64]) -> pa.Array:
    """Make a column of int64 without nulls, from a buffer for the reason given at `text_array`."""
    numbers = array("q", values) if isinstance(values, list) else np.ascontiguousarray(values, np.int64)
    return pa.Int64Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])


def to_numpy(numbers: pa.Array) -> NDArray[Any]:
    """View n numbers without nulls as (n,); `Array.to_numpy` would import pandas if it is installed."""
    dtype = np.dtype(str(numbers.type))
    return np.frombuffer(numbers.buffers()[1], dtype, len(numbers), numbers.offset * dtype.itemsize)


def take_strings(column: pa.ChunkedArray | pa.Array, rows: NDArray[np.int64]) -> list[str | None]:
    """Return the texts in some rows of a column of `large_string`. rows: (k,) int64.

    Arrow's `take` is faster, but imports all of Arrow's functions. That costs 9 MiB and 50 ms in a process that needs
    no other of them, such as one with an index.
    """
    if "pyarrow.compute" in sys.modules:
        return column.take(int_array(rows)).to_pylist()  # type: ignore[no-any-return]
    return [column[row].as_py() for row in rows.tolist()]


T = TypeVar("T")

#: Bytes of all batches that are prefetched at one time; a larger batch is alone. The results of a text take up to 15
#: times its bytes. Batches have half a megabyte, so this limit matters only where single records are large.
PREFETCH_BYTES = 32 << 20


def map_prefetched(batches: Iterable[Batch], work: Callable[[Batch], T], threads: int) -> Iterator[tuple[Batch, T]]:
    """Yield every batch with its result of `work`, in order.

    threads: how many work ahead of the caller, on a bounded number of batches and bytes; 0: the caller's thread works.
    No reference to a batch is kept once it was yielded.
    """
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
                while pending and pending_bytes + size > PREFETCH_BYTES:
                    yield first()
                pending_bytes += size
                pending.append((batch, size, pool.submit(work, batch)))
                del batch
                while len(pending) > threads + 1 or pending_bytes > PREFETCH_BYTES:
                    yield first()
            while pending:
                yield first()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
