"""The records of a WARC file as bytes, found also where the file is damaged.

Libraries for WARC take a record's length and a file's compression on trust: tried on a file with one damaged member of
gzip, warcio 1.8 and FastWARC 2.0 both ended there, and a length that was too large cost them one record or all that
followed. So records are told here, by three signs together: the length, what stands behind it, and where the member
ends that holds the record. FastWARC then takes each record apart.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING

from dedup.articles.fields import Refused
from dedup.articles.readers.streams import BLOCK, MAX_RECORD, Cut, open_raw, unpacked

if TYPE_CHECKING:
    from dedup.articles.sources import Source

_MAGIC = b"\x1f\x8b\x08"
_START = re.compile(rb"WARC/[01]\.\d+\r?\n")
_NEXT = re.compile(rb"\r?\n\r?\n(?=WARC/[01]\.\d+\r?\n[A-Za-z-]+[ \t]*:)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$")
#: A head longer than this is none.
_LONGEST_HEAD = 64 * 1024
#: What stands between two records, at most; kept when searched through, so that a sign on the edge is seen.
_EDGE = 64


@dataclass(frozen=True, slots=True)
class Frame:
    """A record: its head up to and with the empty line, and its content; `mended` where that is not as long as the head
    says. Or what was wrong in its place; `ends`: with the file, not with a record of it."""

    head: bytes = b""
    content: bytes = b""
    mended: bool = False
    refused: Refused | None = None
    ends: bool = False


def frames(source: Source) -> Iterator[Frame]:
    """The records of a file, plain or packed."""
    cutter = _Cutter()
    try:
        with open_raw(source) as (file, compression):
            if compression == "gz":
                yield from _packed(file, cutter)
                return
            pieces = iter(partial(file.read, BLOCK), b"") if compression is None else unpacked(file, compression)
            for piece in pieces:
                yield from cutter.more(piece)
            yield from cutter.end(whole=False)
    except Cut as cut:
        yield from cutter.drop(cut)


def _packed(file: IO[bytes], cutter: _Cutter) -> Iterator[Frame]:
    """Member after member. After a damaged one, on with the next that begins with a record."""
    raw = file.read(BLOCK)
    while raw := (raw.lstrip(b"\0") or file.read(BLOCK)):
        engine, taken, data = zlib.decompressobj(wbits=31), bytearray(raw), raw
        try:
            while True:
                yield from cutter.more(engine.decompress(data, BLOCK))
                if engine.eof:
                    break
                data = engine.unconsumed_tail
                if not data:
                    data = file.read(BLOCK)
                    if not data:
                        yield from cutter.end(whole=False)
                        return
                    if len(taken) <= MAX_RECORD:
                        taken += data
        except zlib.error as error:
            yield from cutter.drop(Refused("corrupt", f"the compressed data is damaged here: {error}"))
            raw = _next_member(bytes(taken[1:]), file)
            continue
        raw = engine.unused_data
        yield from cutter.end(whole=True)


def _next_member(data: bytes, file: IO[bytes]) -> bytes:
    """What is left of the file from the next member that begins with a record; nothing where there is none."""
    while True:
        at = data.find(_MAGIC)
        while at >= 0:
            if len(data) - at < 4096:
                data += file.read(4096)
            try:
                begins = zlib.decompressobj(wbits=31).decompress(data[at : at + 4096], 5)
            except zlib.error:
                begins = b""
            if begins == b"WARC/":
                return data[at:]
            at = data.find(_MAGIC, at + 1)
        more = file.read(BLOCK)
        if not more:
            return b""
        data = data[-len(_MAGIC) + 1 :] + more


class _Cutter:
    """Cuts a stream of bytes into records. It holds one record, and no more than `MAX_RECORD` of it."""

    def __init__(self) -> None:
        self._data = bytearray()
        #: Bytes of a record that is too large, which are passed over up to the next sign of a record.
        self._skipped = 0
        #: Where the search for such a sign goes on.
        self._searched = 0

    def more(self, piece: bytes) -> Iterator[Frame]:
        """The records that are whole with this piece."""
        self._data += piece
        while (frame := self._take(final=False)) is not None:
            yield frame

    def end(self, whole: bool) -> Iterator[Frame]:
        """The records that end here. `whole`: a member of gzip ends, so that what is there is all there was; else the
        file ends, and a record that should be longer was cut."""
        while (frame := self._take(final=True, whole=whole)) is not None:
            yield frame
        self._forget()

    def drop(self, refused: Refused) -> Iterator[Frame]:
        """What stood here is lost, for this reason."""
        yield Frame(refused=refused, ends=isinstance(refused, Cut) and not refused.within)
        self._forget()

    def _forget(self) -> None:
        self._data.clear()
        self._skipped = self._searched = 0

    def _take(self, final: bool, whole: bool = False) -> Frame | None:
        """The record at the front; None where more of it must be known, or nothing is left."""
        data = self._data
        if self._skipped:
            return self._skip(final)
        if data and data[0] in b"\r\n \0":
            del data[: len(data) - len(data.lstrip(b"\r\n \0"))]
        if not data or (len(data) < 16 and not final):
            return None
        if not _START.match(data):
            return self._junk(final)
        found = _HEAD_END.search(data, 0, _LONGEST_HEAD)
        if found is None:
            if len(data) < _LONGEST_HEAD and not final:
                return None
            return self._junk(final) if len(data) >= _LONGEST_HEAD else self._cut()
        start, length = found.end(), _LENGTH.search(data, 0, found.end())
        if length is not None and int(length[1]) <= MAX_RECORD:
            end = start + int(length[1])
            if len(data) < end + _EDGE and not final:
                return None
            if self._ends_at(end, final):
                return self._out(start, end, mended=False)
        return self._by_next(start, final, whole)

    def _ends_at(self, end: int, final: bool) -> bool:
        """Whether a record ends here: an empty line follows and then a record, or nothing."""
        if end > len(self._data):
            return False
        rest = bytes(self._data[end : end + _EDGE]).lstrip(b"\r\n")
        return (not rest and final) or _START.match(rest) is not None or not rest.strip(b"\0\r\n ")

    def _by_next(self, start: int, final: bool, whole: bool) -> Frame | None:
        """The record whose length cannot be right: it ends where the next begins."""
        found = _NEXT.search(self._data, max(start - 4, self._searched))
        if found is not None:
            return self._out(start, max(start, found.start()), mended=True)
        if final:
            return self._out(start, len(self._data.rstrip(b"\r\n")), mended=True) if whole else self._cut()
        self._searched = max(0, len(self._data) - _EDGE)
        if len(self._data) - start > MAX_RECORD:
            self._skipped = len(self._data)
            del self._data[:-_EDGE]
        return None

    def _out(self, start: int, end: int, mended: bool) -> Frame:
        data = self._data
        frame = Frame(bytes(data[:start]), bytes(data[start:end]), mended)
        del data[:end]
        self._searched = 0
        return frame

    def _cut(self) -> Frame:
        self._forget()
        return Frame(refused=Refused("truncated", "the file ends within this record"))

    def _junk(self, final: bool) -> Frame | None:
        """Bytes that belong to no record."""
        found = _NEXT.search(self._data) or re.search(rb"(?<=\n)(?=WARC/[01]\.\d+\r?\n)", self._data)
        if found is not None and found.end() > 0:
            del self._data[: found.end()]
            return Frame(refused=Refused("corrupt", f"{found.end():,} bytes that belong to no record"))
        if final:
            size = len(self._data)
            self._forget()
            return Frame(refused=Refused("corrupt", f"{size:,} bytes that belong to no record"))
        if len(self._data) > MAX_RECORD:
            self._skipped = len(self._data)
            del self._data[:-_EDGE]
        return None

    def _skip(self, final: bool) -> Frame | None:
        """Pass over a record that is too large."""
        found = _NEXT.search(self._data)
        if found is None and not final:
            self._skipped += max(0, len(self._data) - _EDGE)
            del self._data[:-_EDGE]
            return None
        size = self._skipped + (found.start() if found else len(self._data))
        del self._data[: found.end() if found else len(self._data)]
        self._skipped = self._searched = 0
        return Frame(refused=Refused("too_large", f"{size:,} bytes; a record may have {MAX_RECORD:,}"))
