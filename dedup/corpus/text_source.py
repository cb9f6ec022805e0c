"""Texts of articles, read again: from their file where a record has a place in one, else from the spool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.corpus.columns import RecordColumns
from dedup.corpus.spool import SpoolFile
from dedup.inputs.batch import large_strings
from dedup.inputs.record_files import RecordFiles
from dedup.inputs.source import Source

#: Rows whose texts are read at once, and the bytes of records that are parsed at once.
AT_ONCE, BYTES_AT_ONCE = 1024, 1 << 20


@dataclass(frozen=True)
class TextSource:
    """The texts of n articles.

    spool: the file with the texts that `records.text_at` names. sources: the input files by number, None for an input
    that is no file. parsers: by number of file, the function from the bytes of records to their texts
    (`Batch.parse_texts`); None where records hold no text. Usable from several threads.
    """

    records: RecordColumns
    spool: SpoolFile
    sources: Sequence[Source | None]
    parsers: Mapping[int, Callable[[Sequence[bytes]], list[bytes | None]] | None]

    @contextmanager
    def open(self) -> Iterator[Callable[[NDArray[np.int64]], pa.Array]]:
        """Give the function from rows (m,) to a column of their texts.

        The function raises `InputChanged` where a record is another than before.
        """
        with RecordFiles(self.sources) as files:
            yield lambda rows: self._column(rows, files)

    def texts(self, rows: Iterable[int]) -> Iterator[str | None]:
        """The text of each row; None where it was not kept (`Settings.texts`). Raises `InputChanged`."""
        with RecordFiles(self.sources) as files:
            rest = iter(rows)
            while some := list(islice(rest, AT_ONCE)):
                for text in self._texts(some, files):
                    yield None if text is None else text.decode(errors="replace")

    def _column(self, rows: NDArray[np.int64], files: RecordFiles) -> pa.Array:
        texts: list[bytes] = []
        for begin in range(0, len(rows), AT_ONCE):
            some = rows[begin : begin + AT_ONCE]
            for text, length in zip(self._texts(some.tolist(), files), self.records.text_length[some], strict=True):
                assert text is not None, "a text that cannot be read again is in the spool"
                assert len(text) == length, "the same bytes have the same text"
                texts.append(text)
        return large_strings(map(len, texts), b"".join(texts))

    def _texts(self, rows: Sequence[int], files: RecordFiles) -> list[bytes | None]:
        """The text of each row; None where there is none."""
        records = self.records
        texts: list[bytes | None] = [None] * len(rows)
        places: dict[int, list[int]] = {}  # of each file, those of its records among the rows
        for place, row in enumerate(rows):
            if (position := int(records.text_at[row])) >= 0:
                texts[place] = self.spool.read(position, int(records.text_length[row]))
            elif records.offset[row] >= 0 and self.parsers.get(int(records.file[row])) is not None:
                places.setdefault(int(records.file[row]), []).append(place)
        for file, of_file in places.items():
            parse = self.parsers[file]
            assert parse is not None
            for some in _within_bytes(of_file, [int(records.length[rows[place]]) for place in of_file]):
                parsed = parse([record_bytes(records, rows[place], files) for place in some])
                for place, text in zip(some, parsed, strict=True):
                    texts[place] = text
        return texts


def _within_bytes(places: Sequence[int], sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places in groups whose records have `BYTES_AT_ONCE` bytes at most, one alone as many as it has."""
    group: list[int] = []
    left = BYTES_AT_ONCE
    for place, size in zip(places, sizes, strict=True):
        if group and size > left:
            yield group
            group, left = [], BYTES_AT_ONCE
        group.append(place)
        left -= size
    if group:
        yield group


def record_bytes(records: RecordColumns, row: int, files: RecordFiles) -> bytes:
    """The bytes of a record that has a place in a file. files: of the inputs. Raises `InputChanged`."""
    file, offset, length = (int(column[row]) for column in (records.file, records.offset, records.length))
    return files.read(file, offset, length, int(records.record_hash[row]))
