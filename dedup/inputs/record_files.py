"""Read records of input files again, and check that they are the same as before."""

from __future__ import annotations

import os
import stat
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Self

from xxhash import xxh3_64_intdigest

from dedup.errors import InputChanged
from dedup.inputs.source import Source, open_regular

#: The fingerprint of a record: XXH3-64 of its bytes without the line end.
record_hash = xxh3_64_intdigest
#: Files that are open at the same time. The limit of a process is often 1,024, and a corpus may have more files.
MAX_OPEN = 64


def input_changed(name: str, difference: str) -> InputChanged:
    """Make the error for an input that has changed. name: as the user gave it; difference: a clause."""
    return InputChanged(
        f"{name} has changed while it was read ({difference}); try again when nothing writes to it, or use a copy"
    )


class RecordFiles:
    """Reads records of several files by position. Usable from several threads; a context manager.

    sources: the files by number; None for an input that is no file. A file that is shorter than before is refused when
    it is opened. In every other file each record is checked by its fingerprint, so a file that only grew, or was
    replaced by a copy, is read as before.
    """

    def __init__(self, sources: Sequence[Source | None]) -> None:
        self._sources = sources
        self._handles: OrderedDict[int, int] = OrderedDict()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            while self._handles:
                os.close(self._handles.popitem()[1])

    def read(self, file: int, offset: int, length: int, fingerprint: int) -> bytes:
        """Read one record. Raises `InputChanged` if its bytes have changed.

        file: the number of the source. offset, length: in bytes. fingerprint: `record_hash` of the first reading.
        """
        source = self._sources[file]
        assert source is not None, "records of an input that is no file are in the spool"
        try:
            # Under the lock, as another thread may close the file to open its own.
            with self._lock:
                record = os.pread(self._handle(file, source), length, offset)
        except OSError as error:
            raise input_changed(source.name, _reason(error)) from error
        if record_hash(record) != fingerprint:
            raise input_changed(source.name, self._difference(source))
        return record

    def _handle(self, file: int, source: Source) -> int:
        """Return the handle of a file; opening it may close the file that was unused for longest."""
        handle = self._handles.get(file)
        if handle is not None:
            self._handles.move_to_end(file)
            return handle
        handle = open_regular(source.path)
        try:
            now, before = os.fstat(handle), source.state
            if not stat.S_ISREG(now.st_mode):
                raise input_changed(source.name, "it is no longer a file")
            if before is not None and now.st_size < before.st_size:
                raise input_changed(source.name, f"it had {before.st_size:,} bytes and has {now.st_size:,}")
        except BaseException:
            os.close(handle)
            raise
        if len(self._handles) >= MAX_OPEN:
            os.close(self._handles.popitem(last=False)[1])
        self._handles[file] = handle
        return handle

    @staticmethod
    def _difference(source: Source) -> str:
        """Describe how a file with other records has changed."""
        before = source.state
        try:
            now = os.stat(source.path)
        except OSError as error:
            return _reason(error)
        if before is not None and not os.path.samestat(now, before):
            return "another file has its name"
        if before is not None and (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            return "it was written to"
        return "its content is different, though its size and time are the same"


def _reason(error: OSError) -> str:
    return "it was removed" if isinstance(error, FileNotFoundError) else f"it cannot be read again: {error.strerror}"
