"""Read progress: bytes if all inputs are streamed files, else articles."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dedup.inputs.batch import Batch
from dedup.inputs.formats import FORMATS
from dedup.inputs.source import Source
from dedup.progress import Progress


class ReadProgress:
    """Reports to `progress` how far the inputs are read. `total`: bytes of all inputs, None where this is not known."""

    def __init__(self, sources: Sequence[Source], progress: Progress) -> None:
        self._progress = progress
        counts_bytes = bool(sources) and all(FORMATS[s.format].counts_bytes and os.path.isfile(s.path) for s in sources)
        self._inputs = {source.name: (source, _file_size(source.path)) for source in sources} if counts_bytes else {}
        self.total = sum(size for _, size in self._inputs.values()) if counts_bytes else None
        self.unit = "bytes" if counts_bytes else "articles"
        self._file, self._size, self._position = "", 0, 0

    def on_batch(self, batch: Batch) -> None:
        """Report a batch that has been digested."""
        self._progress.advance(self.amount_of(batch))

    def on_learn(self) -> None:
        """Begin the stage in which boilerplate is learned: else a bar would stand at its end meanwhile."""
        self._progress.start("furniture", None, "articles")

    def amount_of(self, batch: Batch) -> int:
        """The amount that a batch adds, in `unit`."""
        if self.total is None:
            return batch.records.num_rows
        amount = 0
        if batch.file not in self._inputs:
            return 0  # articles of an index, which come last
        if batch.file != self._file:
            amount = self._size - self._position  # the rest of the file before, behind its last record
            self._file, (self._source, self._size), self._position = batch.file, self._inputs[batch.file], 0
        last = batch.records.num_rows - 1
        end = self._source.bytes_read[0]
        if last >= 0 and batch.records.column("offset")[last].as_py() >= 0:
            end = batch.records.column("offset")[last].as_py() + batch.records.column("length")[last].as_py()
        before, self._position = self._position, max(self._position, min(end, self._size))
        return amount + self._position - before


def _file_size(path: str) -> int:
    """The bytes of a file; 0 for a missing file, which its reader reports."""
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
