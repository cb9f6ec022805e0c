"""Open sources as streams of bytes, decompressed a bounded amount at a time, and split them into lines."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from dedup.inputs import compression
from dedup.inputs.compression import BLOCK, SNIFF, UnreadableInput
from dedup.inputs.formats import FORMATS, STANDARD_INPUT
from dedup.inputs.source import Source, open_regular

#: Bytes of a record. Longer ones are rejected (`too_large`), and skipped without being held in memory.
MAX_RECORD = 64 * 1024 * 1024


class OversizedLine:
    """Stands for a line that is too long to hold. `len` is its length in bytes with the line end."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size


class _File(io.FileIO):
    """A file of a source, whose state it notes in the source.

    Reading raises `UnreadableInput` if the file ends before the size that it had when it was opened.
    """

    def __init__(self, source: Source) -> None:
        # A named pipe is opened as usual, which waits for its writer.
        super().__init__(source.path, opener=open_regular if source.regular else None)
        self._state = os.fstat(self.fileno())
        self._regular = stat.S_ISREG(self._state.st_mode)
        if source.regular and not self._regular:
            self.close()
            raise UnreadableInput("unreadable", "it is no longer a regular file", in_record=False)
        source.states[:] = [self._state]

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer) or 0
        if not size:
            self._check_end()
        return size

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(-1 if size is None else size) or b""
        if not data:
            self._check_end()
        return data

    def _check_end(self) -> None:
        # Some file systems state another size than that of the content: only a size that became smaller is a sign.
        before, now = self._state.st_size, os.fstat(self.fileno()).st_size
        if self._regular and now < before and self.tell() < before:
            raise UnreadableInput("truncated", f"the file shrank from {before:,} to {now:,} bytes while it was read")


@contextmanager
def _open(source: Source) -> Iterator[Any]:
    """Open the file of a source, unbuffered, or standard input, which stays open."""
    try:
        with _opened(source) as file:
            yield file
    except OSError as error:
        raise UnreadableInput("unreadable", error.strerror or str(error), in_record=False) from None


def _opened(source: Source) -> AbstractContextManager[Any]:
    if source.opener is not None:
        return source.opener()
    return nullcontext(sys.stdin.buffer) if source.path == STANDARD_INPUT else _File(source)


@contextmanager
def open_stream(source: Source, block: int = BLOCK) -> Iterator[io.BufferedReader]:
    """Open a source as a stream, decompressed, with a buffer of `block` bytes. Standard input stays open.

    Reading raises `UnreadableInput` after the last good byte of a damaged compressed stream, and where the disk fails.
    """
    with _open(source) as file:
        blocks = compression.iter_blocks(file, block, source.bytes_read)
        if source.positional and FORMATS[source.format].is_lines:
            # The offsets of lines show the progress: their bytes need not be counted, the file is read directly.
            yield io.BufferedReader(file, block)
            return
        if not source.positional:
            pieces = compression.decompress(source.compression, blocks, block)
            blocks = compression.refuse_bombs(pieces, source.bytes_read)
        yield io.BufferedReader(compression.BlockFile(blocks), block)


@contextmanager
def open_raw(source: Source) -> Iterator[tuple[io.BufferedReader, str | None]]:
    """Open a source as it is: (its bytes, its compression or None). Standard input stays open.

    Reading raises `UnreadableInput` where the disk fails.
    """
    with _open(source) as raw:
        file = raw if source.path == STANDARD_INPUT else io.BufferedReader(raw, BLOCK)
        plain = source.compression is None and not source.positional
        yield file, compression.sniff(file.peek(SNIFF)[:SNIFF]) if plain else source.compression


def lines(file: io.BufferedReader, limit: int = MAX_RECORD, blank: bytes = b"") -> Iterator[bytes | OversizedLine]:
    """Yield the lines of a file with their line ends; a line of more than `limit` bytes as `OversizedLine`.

    blank: bytes that make no content. Many short lines of these bytes alone come as if they were one line, in a
    thousandth of the time.
    """
    readline = file.readline
    while line := readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            if len(line) < 8 and blank and not line.strip(blank):
                near = file.peek()[:limit]
                line += file.read(near.rfind(b"\n", 0, len(near) - len(near.lstrip(blank))) + 1)
            yield line
            continue
        size = len(line)
        del line
        yield skip_line(file, size)


def skip_line(file: io.BufferedReader, size: int) -> OversizedLine:
    """Skip the rest of a line of which `size` bytes were read."""
    while line := file.readline(BLOCK):
        size += len(line)
        if line.endswith(b"\n"):
            break
    return OversizedLine(size)
