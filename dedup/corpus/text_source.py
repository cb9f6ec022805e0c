"""Texts of articles, read again: from their file where a record has a place in one, else from the spool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.corpus.columns import RecordColumns
from dedup.corpus.spool import SpoolFile
from dedup.inputs.batch import large_strings
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.record_files import RecordFiles
from dedup.inputs.source import Source


@dataclass(frozen=True)
class TextSource:
    """The texts of n articles.

    spool: the file with the texts that `records.text_at` names. sources: the input files by number, None for an input
    that is no file. parsers: by number of file, the function from the bytes of a record to its text
    (`Batch.parse_text`); None where records hold no text. Usable from several threads.
    """

    records: RecordColumns
    spool: SpoolFile
    sources: Sequence[Source | None]
    parsers: Mapping[int, Callable[[bytes], bytes] | None]

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
            for row in rows:
                text = self._text(row, files)
                yield None if text is None else text.decode(errors="replace")

    def _column(self, rows: NDArray[np.int64], files: RecordFiles) -> pa.Array:
        texts = []
        for row in rows.tolist():
            text = self._text(row, files)
            assert text is not None, "a text that cannot be read again is in the spool"
            assert len(text) == self.records.text_length[row], "the same bytes have the same text"
            texts.append(text)
        return large_strings(map(len, texts), b"".join(texts))

    def _text(self, row: int, files: RecordFiles) -> bytes | None:
        records = self.records
        if (position := int(records.text_at[row])) >= 0:
            return self.spool.read(position, int(records.text_length[row]))
        parse = self.parsers.get(int(records.file[row]))
        if parse is None or records.offset[row] < 0:
            return None
        try:
            return parse(record_bytes(records, row, files))
        except (RejectedRecord, KeyError):
            return None  # the record holds a web page beside records of the same file that hold texts


def record_bytes(records: RecordColumns, row: int, files: RecordFiles) -> bytes:
    """The bytes of a record that has a place in a file. files: of the inputs. Raises `InputChanged`."""
    file, offset, length = (int(column[row]) for column in (records.file, records.offset, records.length))
    return files.read(file, offset, length, int(records.record_hash[row]))
