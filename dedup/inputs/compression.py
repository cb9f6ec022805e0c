"""Compression: recognise it, and decompress a bounded amount at a time."""

from __future__ import annotations

import bz2
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any, Protocol

from dedup.inputs.fields import RejectedRecord

#: Raw bytes at a time. Measured: lines taken one by one from a buffer this size cost half of splitting 256 KiB
#: blocks, because a line is parsed while it is still in the nearest cache.
BLOCK = 128 * 1024
#: Unpacked bytes without a line end after which the reading of a compressed file ends, if they came from less than one
#: packed byte for each `MOST_RATIO` of them. No record is that long, and text packs to a tenth or a fifth. Below this
#: size, and in files that are not compressed, what follows a long record is always read.
LONGEST_RUN, MOST_RATIO = 1 << 30, 200
#: So many bytes tell a compression.
SNIFF = 10
#: Compressed bytes given to zstd at once. Its Python interface has no limit on what comes out: 128 KiB for every 4
#: bytes at worst, so 64 MiB for this many. Measured on articles: 512 costs 30 % more, 16,384 saves 10 %.
_ZSTD_STEP = 2048


class UnreadableInput(RejectedRecord):
    """What ends the reading of a file, `within` a record or as a whole; what came before is good."""

    def __init__(self, reason: str, detail: str, within: bool = True) -> None:
        super().__init__(reason, detail)
        self.within = within


def sniff(head: bytes) -> str | None:
    """The compression that a file's first bytes show."""
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F):
        return "zst"
    if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2"
    return None


def decompress_file(file: IO[bytes], compression: str) -> Iterator[bytes]:
    """The content of an open compressed file, piece by piece; raises `UnreadableInput` where it is damaged."""
    return decompress(compression, iter_blocks(file, BLOCK), BLOCK)


def decompress_bytes(content: bytes, compression: str, limit: int) -> bytes:
    """The content of a whole compressed file; raises `UnreadableInput` where it is damaged and `RejectedRecord` beyond
    `limit` bytes.
    """
    out = bytearray()
    for piece in decompress_file(io.BytesIO(content), compression):
        out += piece
        if len(out) > limit:
            raise RejectedRecord(
                "too_large", f"more than {limit:,} bytes after decompression, as many as a page may have"
            )
    return bytes(out)


class BlockFile(io.RawIOBase):
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


def iter_blocks(file: IO[bytes], size: int) -> Iterator[bytes]:
    # A pipe hands over what it has; `read1` and unbuffered `read` both return early instead of waiting for more.
    read_some = getattr(file, "read1", file.read)
    while block := read_some(size):
        yield block


def refuse_bombs(pieces: Iterator[bytes], counter: list[int]) -> Iterator[bytes]:
    """The same pieces; raises `UnreadableInput` in a run without a line end that is a decompression bomb
    (`LONGEST_RUN`).
    """
    run, start = 0, counter[0]
    for piece in pieces:
        yield piece
        end = piece.rfind(b"\n") + 1
        if end:
            run, start = 0, counter[0]
        run += len(piece) - end
        if run > LONGEST_RUN and run > MOST_RATIO * (counter[0] - start + BLOCK):
            packed = f"{run:,} bytes without a line end were packed in at most {counter[0] - start + BLOCK:,}"
            raise UnreadableInput(
                "too_large", f"{packed}; the file is read no further: if records follow, decompress it first"
            )


def decompress(compression: str | None, raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    if compression is None:
        first = next(raw, b"")
        compression = sniff(first[:SNIFF])
        raw = _chain(first, raw)
        if compression is None:
            return raw
    if compression == "zst":
        return _decompress_members(_zstd, _slice(raw, _ZSTD_STEP), size)
    return _decompress_members(_gzip if compression == "gz" else bz2.BZ2Decompressor, raw, size)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
        yield from rest


def _slice(raw: Iterable[bytes], step: int) -> Iterator[bytes]:
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


def _decompress_members(member: Any, raw: Iterator[bytes], size: int) -> Iterator[bytes]:
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
        raise UnreadableInput("corrupt", f"the compressed data is damaged here: {error}") from None
    if engine is not None or empty:
        raise UnreadableInput("truncated", "the compressed file ends early; what came before is kept")
