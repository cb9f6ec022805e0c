"""Read the lines of a stream into one array: many at once for kernels, or one by one."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dedup.inputs.charsets import Guess, decode_lines
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.readers.line_kernel import PADDING
from dedup.inputs.readers.streams import OversizedLine

#: What `bytes.strip` removes.
BLANK = b" \t\n\r\v\f"
_LINE_FEED = 10
#: Bytes in which a line end is searched at a time.
_NEAR = 4096


class LineBuffer:
    """The lines of a stream.

    Lines that were read and not taken are `data[at:end]` of (m + PADDING,) uint8, many of them after `fill`. All end in
    a line feed; the last of a stream may have it at `end`.

    block: bytes of the buffer of the file, at most. limit: bytes of a line, without its line end; a longer one is
    skipped, and comes as `OversizedLine`. size: bytes of lines to have at a time. head: lines that were read before, of
    which the last may be too long: then `skipped` is the number of its bytes, which are not among them.
    """

    def __init__(
        self,
        file: io.BufferedReader,
        block: int,
        limit: int,
        size: int = 4 * BLOCK,
        head: bytes = b"",
        skipped: int = 0,
    ) -> None:
        self._file, self._block, self._limit, self._size = file, block, limit, size
        self._skipped = skipped
        self._guess: Guess | None = None
        self._error: UnreadableInput | None = None
        self._at_end = False
        #: What was read: whole lines up to `_whole`, then the begin of one.
        self._raw = np.zeros(max(size, len(head)) + PADDING, np.uint8)
        self._raw[: len(head)] = np.frombuffer(head, np.uint8)
        self._whole, self._size_of_raw = 0, len(head)
        self.data, self.at, self.end = self._raw, 0, 0

    def fill(self, size: int = 1) -> bool:
        """Read on if there are less than `size` bytes of lines; return whether there are any.

        False at the end of the stream, and before a line that is too long. Raises `UnreadableInput` where the stream is
        damaged, once all lines before were taken.
        """
        if self.at < self.end and (self._guess is not None or self.end - self.at >= size):
            return True
        begin = self._whole if self._guess is not None else max(self.at, self._whole if self.at == self.end else 0)
        rest = self._raw[begin : self._size_of_raw]
        self._raw[: len(rest)] = rest
        self._size_of_raw, self._whole = len(rest), 0
        scanned = 0
        while True:
            self._whole = _last_line_end(self._raw, scanned, self._size_of_raw) or self._whole
            scanned = self._size_of_raw
            if self._at_end or scanned > self._limit or (self._whole and scanned >= max(size, self._size)):
                break
            if self._skipped or not self._read():
                self._at_end = not self._skipped
                break
        if not self._whole and scanned > self._limit:
            self._skipped, self._size_of_raw = scanned, 0
        elif not self._whole and self._error is not None:
            raise self._error
        elif self._at_end and self._error is None:
            self._whole = scanned
            self._raw[scanned] = _LINE_FEED
        self._show(0, self._whole)
        return self.at < self.end

    def _read(self) -> int:
        """Read some bytes behind those that are there; return their number."""
        if self._size_of_raw + BLOCK > len(self._raw) - PADDING:
            grown = np.zeros(2 * len(self._raw) + BLOCK, np.uint8)
            grown[: self._size_of_raw] = self._raw[: self._size_of_raw]
            self._raw = grown
        # Not more than a line may have: so every whole line is short enough. And not more than the buffer of the file
        # has: it would give what it holds and read on in one call, and lose what it gave if that fails.
        last = min(
            len(self._raw) - PADDING, max(self._limit + 1, self._size_of_raw + 1), self._size_of_raw + self._block
        )
        try:
            count = self._file.readinto1(self._raw[self._size_of_raw : last].data)
        except UnreadableInput as error:
            self._error, count = error, 0
        self._size_of_raw += count
        return count

    def _show(self, first: int, last: int) -> None:
        """Make bytes of `_raw` the lines that come next."""
        if self._guess is None:
            self.data, self.at, self.end = self._raw, first, last
            return
        content = b"".join(decode_lines(iter(io.BytesIO(self._raw[first:last].tobytes())), self._guess))
        self.data, self.at, self.end = np.zeros(len(content) + PADDING, np.uint8), 0, len(content)
        self.data[: self.end] = np.frombuffer(content, np.uint8)
        self.data[self.end] = _LINE_FEED

    def decode(self, guess: Guess) -> None:
        """Decode the lines that are not UTF-8, from the next on."""
        self._guess = guess
        self._show(self.at, self.end)

    def long_line(self) -> OversizedLine | None:
        """Skip the line that is too long, where `fill` stands before one; None at the end of the stream."""
        if not self._skipped:
            return None
        size, self._skipped = self._skipped, 0
        while True:
            count = self._read()
            if self._error is not None:
                raise self._error
            place = self._raw[:count].tobytes().find(b"\n") + 1
            size += place or count
            if place or not count:
                self._whole = 0
                rest = self._raw[place : self._size_of_raw]
                self._raw[: len(rest)] = rest
                self._size_of_raw = len(rest)
                return OversizedLine(size)
            self._size_of_raw = 0

    def next_line(self) -> bytes | OversizedLine | None:
        """Take the next line with its line end; None at the end. Many short blank lines come as if they were one."""
        if not self.fill():
            return self.long_line()
        line = self._take(self.at)
        if not line.strip(BLANK):
            while self.at < self.end and self.data[self.at] in BLANK:
                near = self.data[self.at : min(self.end, self.at + _NEAR)].tobytes()
                blank = near.rfind(b"\n", 0, len(near) - len(near.lstrip(BLANK))) + 1
                if not blank:
                    break
                line += near[:blank]
                self.at += blank
        return line

    def _take(self, begin: int) -> bytes:
        """Take the line from `begin` on."""
        place, step = begin, _NEAR
        while place < self.end:
            near = self.data[place : min(self.end, place + step)].tobytes()
            found_at = near.find(b"\n") + 1
            if found_at:
                place += found_at
                break
            place += len(near)
            step *= 2
        self.at = place
        return self.data[begin:place].tobytes()

    def __iter__(self) -> Iterator[bytes | OversizedLine]:
        while (line := self.next_line()) is not None:
            yield line


def _last_line_end(data: NDArray[np.uint8], first: int, last: int) -> int:
    """Return the place behind the last line feed in a part of some bytes, 0 if it has none."""
    while last > first:
        begin = max(first, last - _NEAR)
        place = data[begin:last].tobytes().rfind(b"\n") + 1
        if place:
            return begin + place
        last = begin
    return 0
