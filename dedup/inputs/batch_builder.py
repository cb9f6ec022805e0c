"""Build `Batch`es record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.batch import METADATA, SCHEMA, Batch, int_array, large_strings, text_array
from dedup.inputs.fields import RejectedRecord, field_names, hostname, json_bytes, replace_surrogates
from dedup.inputs.record_shapes import flat_record
from dedup.model import Reject
from dedup.settings import Settings

#: Bytes of text in a batch. Enough that the fixed cost of a batch (some 100 us) is small, little enough for a cache.
BATCH_TEXT = 512 * 1024
#: A batch of tiny texts or of rejects alone ends here.
BATCH_ROWS = 16_384

#: Names of fields that are remembered: records of hostile files may have new names each.
MOST_NAMES = 10_000

_TEXT = pa.large_string()


class BatchBuilder:
    """Collects the records and rejects of one input. The caller checks `full` and takes batches with `flush`.

    `text` holds all texts in UTF-8, one after the other. The lists `sizes` (bytes of text), `rows`, `numbers` (lines),
    `offsets`, `lengths`, `hashes` and `raw` (see `Batch`) have one item a record; the JSONL reader appends to them
    itself, since a method call for each line is a tenth of its time. `hashes` is empty if records cannot be read again
    by position, `raw` if they can. `files` has the file of each record of an input of several files, else it is empty.
    `skip_counts` is as in `Batch`. A row holds the values of the fields `present`, the names of metadata in this input
    so far; `present` grows, so earlier rows may be shorter.
    """

    def __init__(self, file: str, settings: Settings, batch_text: int = BATCH_TEXT) -> None:
        self.file = file
        self.names = field_names(settings.fields)
        self.keep = settings.keep is not None
        self.batch_text = batch_text
        #: Set by readers whose parser rounds numbers: parses the record of a row again, with all digits.
        self.reparse_exact: Callable[[int], Mapping[str, Any]] | None = None
        #: Set by readers whose records can be read again by position: see `Batch.parse_texts`.
        self.parse_texts: Callable[[Sequence[bytes]], list[bytes | None]] | None = None
        self.present: list[str] = []
        #: What is to be told of the input; see `Batch.notes`.
        self.notes: list[str] = []
        #: Names of fields that were looked at: those of `present`, and others.
        self._seen: set[str] = set()
        self._clear()

    def _clear(self) -> None:
        self.text = bytearray()
        self.sizes: list[int] = []
        self.rows: list[tuple[Any, ...]] = []
        self.numbers: list[int] = []
        self.offsets: list[int] = []
        self.lengths: list[int] = []
        self.hashes: list[int] = []
        self.raw: list[bytes] = []
        self.rejects: list[Reject] = []
        self.files: list[str] = []
        self.skip_counts: Counter[str] = Counter()
        self.size = 0

    def add(self, record: Mapping[str, Any], number: int, file: str | None = None) -> bool:
        """Add a record, or its reject; return whether it was added. file: its file, in an input of several."""
        try:
            flat, text = flat_record(record, self.names)
            raw = json_bytes(record) if self.keep else b""
        except RejectedRecord as error:
            self.reject(number, error, file)
            return False
        self.text += text
        self.sizes.append(len(text))
        self.rows.append(self.row(flat))
        self.numbers.append(number)
        self.offsets.append(-1)
        self.lengths.append(-1)
        self.hashes.append(0)
        self.raw.append(raw)
        self.size += len(text) + len(raw)
        if file is not None:
            self.files.append(file)
        return True

    def row(self, record: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the metadata of a record in the order of `present`, to which it adds the names of new fields."""
        names_before = self._seen
        for name in record:
            if name not in names_before:
                if len(names_before) >= MOST_NAMES:
                    names_before.clear()
                    names_before.update(self.present)
                names_before.add(name)
                if self.names.is_metadata(name):
                    self.present.append(name)
        return tuple(map(record.get, self.present))

    def reject(self, number: int | None, rejection: RejectedRecord, file: str | None = None) -> None:
        """Add a reject. number: the line of the record, from 1; None for the file as a whole. file: as in `add`."""
        detail = replace_surrogates(rejection.detail)
        self.rejects.append(Reject(self.file if file is None else file, number, rejection.reason, detail))

    @property
    def full(self) -> bool:
        """Whether the records make a whole batch."""
        return self.size >= self.batch_text or len(self.rows) + len(self.rejects) >= BATCH_ROWS

    def flush(self) -> Iterator[Batch]:
        """Yield all records, rejects and counts of skipped records as one batch, if there are any, and forget them."""
        if self.rows or self.rejects or self.skip_counts:
            columns: dict[str, pa.Array] = {name: string_array(values) for name, values in self._metadata().items()}
            columns["text"] = large_strings(self.sizes, self.text)
            columns["line"] = int_array(self.numbers)
            columns["offset"] = int_array(self.offsets)
            columns["length"] = int_array(self.lengths)
            positional = bool(self.offsets) and self.offsets[0] >= 0
            raw = [line[: length_of_record(line)] for line in self.raw] if self.keep and not positional else None
            yield self.make_batch(columns, np.array(self.hashes, np.uint64) if positional else None, raw)

    def make_batch(
        self, columns: Mapping[str, pa.Array], hashes: NDArray[np.uint64] | None, raw: list[bytes] | None
    ) -> Batch:
        """Make a batch of columns, and of all rejects, notes and counts, which are forgotten.

        columns: those of `SCHEMA`. hashes, raw: as in `Batch`.
        """
        records = pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)
        files = tuple(self.files) if any(file != self.file for file in self.files) else None
        batch = Batch(
            self.file, records, tuple(self.rejects), raw, files=files, skip_counts=dict(self.skip_counts),
            parse_texts=None if hashes is None else self.parse_texts, record_hashes=hashes, notes=tuple(self.notes),
        )  # fmt: skip
        self.notes.clear()
        self._clear()
        return batch

    def metadata(self) -> dict[str, Sequence[str | None]]:
        """Return the columns of METADATA, as a batch would hold them, without making a batch."""
        return {name: utf8(values) for name, values in self._metadata().items()}

    def _metadata(self) -> dict[str, Sequence[str | None]]:
        count = len(self.rows)
        fields = dict(zip(self.present, zip_longest(*self.rows), strict=False))
        columns = {target: self.names.column(target, fields, count) for target in METADATA}
        if self.reparse_exact:
            columns["id"] = self._exact_ids(columns["id"], fields)
        columns["domain"] = with_domains(columns["domain"], columns["url"])
        return columns

    def _exact_ids(self, ids: Sequence[str | None], fields: Mapping[str, Sequence[Any]]) -> Sequence[str | None]:
        """The ids; records whose id is a float are parsed again: it may have been an integer beyond 64 bits."""
        for name in self.names.fields_of("id", fields):
            if float in set(map(type, fields.get(name, ()))):
                ids = list(ids)
                for row, value in enumerate(fields[name]):
                    if type(value) is float and (record := self.reparse_exact(row)):  # type: ignore[misc]
                        ids[row] = self.names.value("id", record)
        return ids


def length_of_record(line: bytes) -> int:
    """Return the bytes of a line without its line end, and without commas after it, as lines of an array have."""
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    return len(line.rstrip(b", \t") if line.endswith(b",") else line)


def with_domains(domains: Sequence[str | None], urls: Sequence[str | None]) -> Sequence[str | None]:
    """Return the domains; a record without one has the host of its URL."""
    # `all` looks at an object's truth, `None in` compares: five times the price. No value is empty here.
    if all(domains) or not any(urls):
        return domains
    return [
        hostname(url) if domain is None and url is not None else domain
        for domain, url in zip(domains, urls, strict=True)
    ]


def string_array(values: Sequence[str | None]) -> Any:
    """Make a column of short texts; lone surrogates become U+FFFD."""
    if not any(values):
        return pa.nulls(len(values), _TEXT)
    try:
        return text_array(values)
    except UnicodeEncodeError:  # only in records that did not come through a UTF-8 parser
        return text_array(utf8(values))


def utf8(values: Sequence[str | None]) -> Sequence[str | None]:
    """Return short texts with U+FFFD for lone surrogates, which UTF-8 cannot hold."""
    try:
        "".join(filter(None, values)).encode()
    except UnicodeEncodeError:
        return [None if value is None else replace_surrogates(value) for value in values]
    return values


def joined_array(texts: Sequence[bytes]) -> Any:
    """Make a column of texts in UTF-8; for long ones several times faster than `pa.array`."""
    return large_strings(map(len, texts), b"".join(texts))
