"""Opening and decompression, a bounded amount at a time, and lines of bounded length."""

from __future__ import annotations

import bz2
import io
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Any, Protocol

from dedup.articles.fields import Refused
from dedup.articles.reread import FileState, open_regular

if TYPE_CHECKING:
    from dedup.articles.sources import Source

#: Raw bytes at a time. Measured: lines taken one by one from a buffer this size cost half of splitting 256 KiB
#: blocks, because a line is parsed while it is still in the nearest cache.
BLOCK = 128 * 1024
#: Records longer than this are refused (`too_large`) and skipped without being held.
MAX_RECORD = 64 * 1024 * 1024
#: Unpacked bytes without a line end after which the reading of a compressed file ends, if they came from less than one
#: packed byte for each `MOST_RATIO` of them. No record is that long, and text packs to a tenth or a fifth. Below this
#: size, and in files that are not compressed, what follows a long record is always read.
LONGEST_RUN, MOST_RATIO = 1 << 30, 200
#: Endings and the names of compressions.
COMPRESSIONS = {".gz": "gz", ".zst": "zst", ".bz2": "bz2"}
#: So many bytes tell a compression.
SNIFF = 10

#: Compressed bytes given to zstd at once. Its Python interface has no limit on what comes out: 128 KiB for every 4
#: bytes at worst, so 64 MiB for this many. Measured on articles: 512 costs 30 % more, 16,384 saves 10 %.
_ZSTD_STEP = 2048


class Cut(Refused):
    """What ends the reading of a file, `within` a record or as a whole; what came before is good."""

    def __init__(self, reason: str, detail: str, within: bool = True) -> None:
        super().__init__(reason, detail)
        self.within = within


class Skipped:
    """A line that was too long to hold; `len` is its length in bytes, line end included."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size


def sniff(head: bytes) -> str | None:
    """The compression that a file's first bytes show."""
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F):
        return "zst"
    if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2"
    return None


class _File(io.FileIO):
    """A file of a source. Notes its state in the source when it is opened; reading raises `Cut` if it ends before the
    size it then had, because it was cut meanwhile."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.path, opener=lambda path, _: open_regular(path) if source.regular else _waited(path))
        self._state = FileState.of(self.fileno())
        if source.regular and not self._state.regular:
            self.close()
            raise Cut("unreadable", "it is no regular file any more", within=False)
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
        # Some file systems state a size that is not that of the content: only one that became smaller is a sign.
        before, now = self._state.size, os.fstat(self.fileno()).st_size
        if self._state.regular and now < before and self.tell() < before:
            raise Cut("truncated", f"the file was cut from {before:,} to {now:,} bytes while it was read")


def _waited(path: str) -> int:
    """Open a named pipe, once its writer does."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))


@contextmanager
def open_stream(source: Source, block: int = BLOCK) -> Iterator[io.BufferedReader]:
    """The source's content, decompressed, buffered by `block` bytes; standard input stays open.

    Reading raises `Cut` after the last good byte of a damaged compressed stream, and where the disk fails.
    """
    try:
        with ExitStack() as stack:
            if source.path == "-":
                file: Any = sys.stdin.buffer
            else:
                file = stack.enter_context(_File(source))
            raw = _counted(_raw(file, block), source.taken)
            if source.positional:
                # Of JSON lines the offset says how far they are; for them nothing stands between file and buffer.
                yield io.BufferedReader(file if source.format == "jsonl" else _Pieces(raw), block)
            else:
                pieces = _decompressed(source.compression, raw, block)
                yield io.BufferedReader(_Pieces(_worthwhile(pieces, source.taken)), block)
    except OSError as error:
        raise Cut("unreadable", error.strerror or str(error), within=False) from None


@contextmanager
def open_raw(source: Source) -> Iterator[tuple[io.BufferedReader, str | None]]:
    """The source's bytes as they are, and its compression; standard input stays open."""
    try:
        with ExitStack() as stack:
            if source.path == "-":
                file: Any = sys.stdin.buffer
            else:
                file = stack.enter_context(io.BufferedReader(_File(source), BLOCK))
            plain = source.compression is None and not source.positional
            yield file, sniff(file.peek(SNIFF)[:SNIFF]) if plain else source.compression
    except OSError as error:
        raise Cut("unreadable", error.strerror or str(error), within=False) from None


def unpacked(file: IO[bytes], compression: str) -> Iterator[bytes]:
    """The content of an open compressed file, piece by piece; raises `Cut` where it is damaged."""
    return _decompressed(compression, _raw(file, BLOCK), BLOCK)


def unpack(content: bytes, compression: str, limit: int) -> bytes:
    """The content of a whole compressed file; raises `Cut` where it is damaged and `Refused` beyond `limit` bytes."""
    out = bytearray()
    for piece in unpacked(io.BytesIO(content), compression):
        out += piece
        if len(out) > limit:
            raise Refused("too_large", f"more than {limit:,} bytes after decompression, as many as a page may have")
    return bytes(out)


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _raw(file: IO[bytes], size: int) -> Iterator[bytes]:
    # A pipe hands over what it has; `read1` and unbuffered `read` both return early instead of waiting for more.
    read = getattr(file, "read1", file.read)
    while block := read(size):
        yield block


def _counted(raw: Iterator[bytes], taken: list[int]) -> Iterator[bytes]:
    """The same pieces; `taken` is told how many bytes they were."""
    for piece in raw:
        taken[0] += len(piece)
        yield piece


def _worthwhile(pieces: Iterator[bytes], taken: list[int]) -> Iterator[bytes]:
    """The same pieces; raises `Cut` in a run without a line end that is a decompression bomb (`LONGEST_RUN`)."""
    run, since = 0, taken[0]
    for piece in pieces:
        yield piece
        end = piece.rfind(b"\n") + 1
        if end:
            run, since = 0, taken[0]
        run += len(piece) - end
        if run > LONGEST_RUN and run > MOST_RATIO * (taken[0] - since + BLOCK):
            packed = f"{run:,} bytes without a line end were packed in at most {taken[0] - since + BLOCK:,}"
            raise Cut("too_large", f"{packed}; the file is read no further: if records follow, decompress it first")


def _decompressed(compression: str | None, raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    if compression is None:
        first = next(raw, b"")
        compression = sniff(first[:SNIFF])
        raw = _chain(first, raw)
        if compression is None:
            return raw
    if compression == "zst":
        return _unpacked(_zstd, _sliced(raw, _ZSTD_STEP), size)
    return _unpacked(_gzip if compression == "gz" else bz2.BZ2Decompressor, raw, size)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
        yield from rest


def _sliced(raw: Iterable[bytes], step: int) -> Iterator[bytes]:
    for block in raw:
        for start in range(0, len(block), step):
            yield block[start : start + step]


class _Decompressor(Protocol):
    """One member of a compressed file, as `bz2.BZ2Decompressor` has it."""

    eof: bool
    unused_data: bytes
    needs_input: bool

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _gzip:  # noqa: N801 - a factory among factories
    """zlib with the interface of `bz2.BZ2Decompressor`."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self.needs_input = True

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        # Output that reaches the limit may have more behind it, though all input is consumed.
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


class _zstd:  # noqa: N801
    """zstd with the same interface; `max_length` is kept by giving it little at a time."""

    needs_input = True

    def __init__(self) -> None:
        import zstandard

        self._inner = zstandard.ZstdDecompressor().decompressobj()

    def decompress(self, data: bytes, max_length: int) -> bytes:
        import zstandard

        try:
            return self._inner.decompress(data)
        except zstandard.ZstdError as error:
            raise zlib.error(str(error)) from None

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


def _unpacked(member: Any, raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Decompress member after member; zero padding between and after members is passed over, as gzip does."""
    engine: _Decompressor | None = None
    empty = True
    try:
        for data in raw:
            empty = False
            while data:
                if engine is None:
                    data = data.lstrip(b"\0")
                    if not data:
                        break
                    engine = member()
                out = engine.decompress(data, size)
                if out:
                    yield out
                while not engine.eof and not engine.needs_input:
                    out = engine.decompress(b"", size)
                    if out:
                        yield out
                data = engine.unused_data if engine.eof else b""
                engine = None if engine.eof else engine
    except (zlib.error, OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault, not the data's
        raise Cut("corrupt", f"the compressed data is damaged here: {error}") from None
    if engine is not None or empty:
        raise Cut("truncated", "the compressed file ends early; what came before is kept")


def lines(file: io.BufferedReader, limit: int = MAX_RECORD, blank: bytes = b"") -> Iterator[bytes | Skipped]:
    """The lines with their `\n`; one above the limit comes as `Skipped` and is never held whole.

    blank: bytes of which a line without content is made. Many short lines of these alone come together, as if they were
    one: a thousandth of the price.
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
        while line and not line.endswith(b"\n"):
            line = readline(BLOCK)
            size += len(line)
        yield Skipped(size)
