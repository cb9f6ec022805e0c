"""Recognise compressed files, and decompress them a bounded amount at a time."""

from __future__ import annotations

import bz2
import io
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

from dedup.inputs.fields import RejectedRecord

#: Bytes of a block. Measured: reading line by line from a buffer of this size takes half the time of splitting blocks
#: of 256 KiB, because a line is parsed while it is still in the nearest cache.
BLOCK = 128 * 1024
#: A decompression bomb: more than LONGEST_RUN decompressed bytes without a line end, compressed more than MOST_RATIO to
#: one. No record is that long, and text is compressed 5 to 10 to one.
LONGEST_RUN, MOST_RATIO = 1 << 30, 200
#: The first bytes of a file from which its compression is recognised.
SNIFF = 10
#: Compressed bytes given to zstd at once. Its Python interface does not limit the output: 128 KiB for every 4 bytes at
#: worst, so 64 MiB for this many. Measured on articles: 512 take 30 % longer, 16,384 take 10 % less.
_ZSTD_STEP = 2048
#: Bytes that the decompressor of an xz file may take. `xz -9` needs 65 MiB; a header can ask for 4 GiB.
_XZ_MEMORY = 512 << 20


class UnreadableInput(RejectedRecord):
    """The rest of a file cannot be read; all records before are good.

    in_record: whether a record was being read; else the reject is of the file as a whole.
    """

    def __init__(self, reason: str, detail: str, in_record: bool = True) -> None:
        super().__init__(reason, detail)
        self.in_record = in_record


def sniff(head: bytes) -> str | None:
    """Recognise the compression of a file by its first `SNIFF` bytes; None for a file that is not compressed."""
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\x28\xb5\x2f\xfd") or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F):
        return "zst"
    if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    return None


def decompress_bytes(content: bytes, compression: str, limit: int) -> bytes:
    """Decompress a whole file. Raises `UnreadableInput` if it is damaged, `RejectedRecord` beyond `limit` bytes."""
    out = bytearray()
    for block in decompress(compression, iter_blocks(io.BytesIO(content), BLOCK), BLOCK):
        out += block
        check_page_size(out, limit)
    return bytes(out)


def check_page_size(content: bytes | bytearray, limit: int) -> None:
    """Raise `RejectedRecord` for a decompressed page of more than `limit` bytes."""
    if len(content) > limit:
        raise RejectedRecord("too_large", f"more than {limit:,} bytes after decompression, as many as a page may have")


class BlockFile(io.RawIOBase):
    """An iterator of blocks as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return True: blocks are read, and not written."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Copy the next bytes into a buffer; return their number, 0 at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def iter_blocks(file: IO[bytes], size: int, counter: list[int] | None = None) -> Iterator[bytes]:
    """Read a file in blocks of at most `size` bytes. counter: one number, to which the bytes are added."""
    # From a pipe, `read1` and an unbuffered `read` return the bytes that are there, instead of waiting for more.
    read_block = getattr(file, "read1", file.read)
    while block := read_block(size):
        if counter is not None:
            counter[0] += len(block)
        yield block


def refuse_bombs(blocks: Iterator[bytes], counter: list[int]) -> Iterator[bytes]:
    """Yield the same blocks; raise `UnreadableInput` in a decompression bomb (`LONGEST_RUN`).

    counter: one number, the compressed bytes read so far.
    """
    run, start = 0, counter[0]
    for block in blocks:
        yield block
        end = block.rfind(b"\n") + 1
        if end:
            run, start = 0, counter[0]
        run += len(block) - end
        if run > LONGEST_RUN and run > MOST_RATIO * (counter[0] - start + BLOCK):
            sizes = f"{run:,} bytes without a line end were compressed to at most {counter[0] - start + BLOCK:,}"
            raise UnreadableInput(
                "too_large", f"{sizes}; the rest of the file is not read; if records follow, decompress it first"
            )


def decompress(compression: str | None, raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Decompress blocks into blocks of about `size` bytes; compression None: as the first block shows."""
    if compression is None:
        first = next(raw, b"")
        compression = sniff(first[:SNIFF])
        raw = chain([first], raw)
        if compression is None:
            return raw
    if compression == "zst":
        steps = (block[i : i + _ZSTD_STEP] for block in raw for i in range(0, len(block), _ZSTD_STEP))
        return _decompress_members(_Zstd, steps, size)
    members = {"gz": _Gzip, "bz2": bz2.BZ2Decompressor, "xz": _Xz}
    return _decompress_members(members[compression], raw, size)


class _Member:
    """The decompressor of one member of a file, with the interface of `bz2.BZ2Decompressor`."""

    needs_input = True

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


class _Gzip(_Member):
    """zlib: the output has at most `max_length` bytes."""

    def __init__(self) -> None:
        super().__init__(zlib.decompressobj(wbits=31))

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        # If the output reaches the limit, more may follow, though all input is consumed.
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out


class _Zstd(_Member):
    """zstd: `max_length` is ignored, as the input comes in steps of `_ZSTD_STEP`."""

    def __init__(self) -> None:
        import zstandard

        super().__init__(zstandard.ZstdDecompressor().decompressobj())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        import zstandard

        try:
            return self._inner.decompress(data)
        except zstandard.ZstdError as error:
            raise zlib.error(str(error)) from None


class _Xz(_Member):
    """xz: the output has at most `max_length` bytes, the decompressor at most `_XZ_MEMORY`."""

    def __init__(self) -> None:
        try:
            import lzma
        except ImportError:  # Python can be built without it
            raise UnreadableInput("unreadable", "this Python cannot read xz; decompress it first", False) from None
        self._errors = lzma.LZMAError
        super().__init__(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY))

    def decompress(self, data: bytes, max_length: int) -> bytes:
        try:
            out = self._inner.decompress(data, max_length)
        except self._errors as error:
            raise zlib.error(str(error)) from None
        self.needs_input = self._inner.needs_input
        return out


def _decompress_members(member: Any, raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Decompress member after member; zeros between and after members are skipped, as gzip does."""
    engine: Any = None
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
            raise  # an error of the disk, not of the data
        raise UnreadableInput("corrupt", f"the compressed data is damaged: {error}") from None
    if engine is not None or empty:
        raise UnreadableInput("truncated", "the compressed file ends early; the records before are kept")
