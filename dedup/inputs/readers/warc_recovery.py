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

from dedup.inputs.compression import BLOCK, UnreadableInput, decompress_file
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.readers.streams import MAX_RECORD, open_raw

if TYPE_CHECKING:
    from dedup.inputs.source import Source

#: The head of a member of gzip (RFC 1952): the bits of its flags that mean nothing are zero.
_MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
#: So many bytes show whether a member begins with a record.
_MEMBER_HEAD = 4096
_START = re.compile(rb"WARC/[01]\.\d{1,4}\r?\n")
#: The beginning of a record in the middle of a file. The pattern begins with letters, for which Python searches fast;
#: what stands before them is looked at afterwards: a line end (_LINE), or an empty line (_NEXT).
_NEXT = re.compile(rb"WARC/(?:(?<=\n\nWARC/)|(?<=\n\r\nWARC/))[01]\.\d{1,4}\r?\n[A-Za-z-]{1,128}[ \t]{0,16}:")
_LINE = re.compile(rb"WARC/(?<=\nWARC/)[01]\.\d{1,4}\r?\n[A-Za-z-]{1,128}[ \t]{0,16}:")
_HEAD_END = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$")
_ZEROS = re.compile(rb"\0*")
_FILLING = re.compile(rb"[\r\n \0]*")
#: A head longer than this is none.
_LONGEST_HEAD = 64 * 1024
#: Longer than any match of _NEXT or _LINE with the line ends before it; so many bytes are searched once more when the
#: next ones are there.
_EDGE = 192
#: Bytes of a packed file that are given to zlib at once: it copies what is left of them behind the end of each member.
_STEP = 16 * 1024
#: Unpacked bytes of damaged members up to which their own bytes are searched for good members, and how many more for
#: each byte of the file; beyond that the search goes on behind the damage. Without a bound, members that are made to
#: overlap and end in one damage take time with the square of their number.
_SEARCHED_AGAIN, _SEARCHED_AGAIN_PER_BYTE = 1 << 30, 16


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record: its head up to and with the empty line, and its content; `mended` where that is not as long as the head
    says. Or what was wrong in its place; `ends`: with the file, not with a record of it."""

    head: bytes = b""
    content: bytes = b""
    mended: bool = False
    refused: RejectedRecord | None = None
    ends: bool = False


def split_records(source: Source) -> Iterator[WarcRecord]:
    """The records of a file, plain or packed."""
    cutter = RecordSplitter()
    try:
        with open_raw(source) as (file, compression):
            if compression == "gz":
                yield from _packed(file, cutter)
                return
            pieces = iter(partial(file.read, BLOCK), b"") if compression is None else decompress_file(file, compression)
            for piece in pieces:
                yield from cutter.more(piece)
            yield from cutter.end(whole=False)
    except UnreadableInput as error:
        yield from cutter.drop(error)


def _packed(file: IO[bytes], cutter: RecordSplitter) -> Iterator[WarcRecord]:
    """Member after member. After a damaged one, on with the next that begins with a record."""
    raw = GzipMembers(file)
    while raw.begin():
        engine, piece, size = zlib.decompressobj(wbits=31), b"", 0
        try:
            while not engine.eof:
                piece = piece or raw.take()
                if not piece:
                    yield from cutter.end(whole=False)
                    return
                out = engine.decompress(piece, BLOCK)
                size += len(out)
                yield from cutter.more(out)
                piece = engine.unconsumed_tail
        except zlib.error as error:
            yield from cutter.drop(RejectedRecord("corrupt", f"the compressed data is damaged here: {error}"))
            raw.pass_damage(len(piece), size)
            continue
        raw.at -= len(engine.unused_data)
        yield from cutter.end(whole=True)
    yield from cutter.end(whole=False)


class GzipMembers:
    """The bytes of a gzip file; those of the present member are held up to `MAX_RECORD`, to be searched again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._data = bytearray()
        #: The place in `_data` up to which it was taken.
        self.at = 0
        #: The first place at which another member than the present one can begin.
        self._other = 0
        #: Unpacked bytes of damaged members that may still be searched again.
        self._allowed = _SEARCHED_AGAIN

    def _more(self) -> bool:
        block = self._file.read(BLOCK)
        self._data += block
        self._allowed += _SEARCHED_AGAIN_PER_BYTE * len(block)
        return bool(block)

    def _forget(self) -> None:
        """Remove what was taken. That a bytearray is shortened at its front costs nothing."""
        del self._data[: self.at]
        self.at = 0

    def begin(self) -> bool:
        """Go to the beginning of a member, past padding of zeros; False at the end of the file."""
        while True:
            self.at = _ZEROS.match(self._data, self.at).end()  # type: ignore[union-attr]
            self._forget()
            if self._data:
                self._other = 1
                return True
            if not self._more():
                return False

    def take(self) -> bytes:
        """The next bytes of the member; none at the end of the file."""
        if self.at == len(self._data):
            if self.at > MAX_RECORD:
                self._forget()
                self._other = 0
            self._more()
        piece = bytes(self._data[self.at : self.at + _STEP])
        self.at += len(piece)
        return piece

    def pass_damage(self, unread: int, size: int) -> None:
        """Go to the next member that begins with a record, or to the end of the file.

        unread: bytes that were taken last, in which the damage is. size: how many bytes the damaged member had
        unpacked.
        """
        self._allowed -= size
        self.at = self._other if self._allowed >= 0 else max(self._other, self.at - unread)
        while True:
            while (match := _MEMBER.search(self._data, self.at)) is not None:
                self.at = match.start()
                if len(self._data) - self.at < _MEMBER_HEAD:
                    self._forget()
                    self._more()
                try:
                    head = self._data[self.at : self.at + _MEMBER_HEAD]
                    if zlib.decompressobj(wbits=31).decompress(head, 5) == b"WARC/":
                        return
                except zlib.error:
                    pass
                self.at += 1
            self.at = max(self.at, len(self._data) - 3)
            self._forget()
            if not self._more():
                self._data.clear()
                self.at = 0
                return


class RecordSplitter:
    """Cuts a stream of bytes into records. It holds one record, and no more than `MAX_RECORD` of it.

    Every byte is searched a bounded number of times: what a search has passed is not searched again when more bytes are
    there, nor when the bytes before it are gone.
    """

    def __init__(self) -> None:
        self._data = bytearray()
        #: Bytes of a record that is too large, which are passed over up to the next sign of a record.
        self._skipped = 0
        #: Bytes that belong to no record, one after the other; they are told of when a record begins or the file ends.
        self._stray = 0
        #: The place in `_data` up to which there is no empty line.
        self._headless = 0
        #: Where the search for the next record goes on.
        self._searched = 0
        #: The end of the head at the front and the length it states, where they are known.
        self._start: int | None = None
        self._length: int | None = None

    def more(self, piece: bytes) -> Iterator[WarcRecord]:
        """The records that are whole with this piece."""
        self._data += piece
        while (frame := self._take(final=False)) is not None:
            yield frame

    def end(self, whole: bool) -> Iterator[WarcRecord]:
        """The records that end here. `whole`: a member of gzip ends, so that what is there is all there was; else the
        file ends, and a record that should be longer was cut."""
        while (frame := self._take(final=True, whole=whole)) is not None:
            yield frame
        self._forget()
        if not whole:
            yield from self._strays()

    def drop(self, rejection: RejectedRecord) -> Iterator[WarcRecord]:
        """What stood here is lost, for this reason."""
        yield from self._strays()
        yield WarcRecord(refused=rejection, ends=isinstance(rejection, UnreadableInput) and not rejection.within)
        self._forget()

    def _strays(self) -> Iterator[WarcRecord]:
        size, self._stray = self._stray, 0
        if size:
            yield WarcRecord(refused=RejectedRecord("corrupt", f"{size:,} bytes that belong to no record"))

    def _forget(self) -> None:
        self._data.clear()
        self._skipped = 0
        self._shift(0)
        self._headless = self._searched = 0

    def _shift(self, size: int) -> None:
        """Remove bytes from the front."""
        del self._data[:size]
        self._headless = max(0, self._headless - size)
        self._searched = max(0, self._searched - size)
        self._start = self._length = None

    def _take(self, final: bool, whole: bool = False) -> WarcRecord | None:
        """The record at the front; None where more of it must be known, or nothing is left."""
        data = self._data
        if self._skipped:
            return self._skip(final)
        while self._start is None:
            if data and data[0] in b"\r\n \0":
                self._shift(_FILLING.match(data).end())  # type: ignore[union-attr]
            if not data or (len(data) < 16 and not final):
                return None
            if not _START.match(data):
                if not self._to_next(0, final):
                    return None
                continue
            head_end = _HEAD_END.search(data, max(0, self._headless - 2), _LONGEST_HEAD)
            if head_end is not None:
                length = _LENGTH.search(data, 0, head_end.end())
                self._start, self._length = head_end.end(), int(length[1]) if length else None
            elif len(data) < _LONGEST_HEAD:
                self._headless = len(data)
                if not final:
                    return None
                return next(self._strays()) if self._stray else self._cut()
            elif not self._to_next(self._dead(), final):
                return None
        if self._stray:
            return next(self._strays())
        start = self._start
        if self._length is not None and self._length <= MAX_RECORD:
            end = start + self._length
            if len(data) < end + _EDGE and not final:
                return None
            if self._ends_at(end, final):
                return self._out(start, end, mended=False)
            self._length = None
        return self._by_next(start, final, whole)

    def _dead(self) -> int:
        """The place before which no record can begin, because no empty line is within the length of a head."""
        match = _HEAD_END.search(self._data, max(0, self._headless - 2))
        self._headless = match.start() if match else len(self._data)
        return max(1, self._headless - _LONGEST_HEAD)

    def _to_next(self, at: int, final: bool) -> bool:
        """Pass over what belongs to no record, up to the first sign of one from `at` on."""
        match = _LINE.search(self._data, at)
        end = len(self._data) if final else max(0, at, len(self._data) - _EDGE)
        size = match.start() if match is not None else end
        self._stray += size
        self._shift(size)
        return match is not None

    def _ends_at(self, end: int, final: bool) -> bool:
        """Whether a record ends here: an empty line follows and then a record, or nothing."""
        if end > len(self._data):
            return False
        rest = bytes(self._data[end : end + _EDGE]).lstrip(b"\r\n")
        return (not rest and final) or _START.match(rest) is not None or not rest.strip(b"\0\r\n ")

    def _by_next(self, start: int, final: bool, whole: bool) -> WarcRecord | None:
        """The record whose length cannot be right: it ends where the next begins."""
        match = _NEXT.search(self._data, max(start, self._searched))
        if match is not None:
            return self._out(start, max(start, self._before(match.start())), mended=True)
        if final:
            return self._out(start, len(self._data.rstrip(b"\r\n")), mended=True) if whole else self._cut()
        self._searched = max(0, len(self._data) - _EDGE)
        if len(self._data) - start > MAX_RECORD:
            self._skipped = len(self._data) - _EDGE
            self._shift(len(self._data) - _EDGE)
        return None

    def _before(self, at: int) -> int:
        """The place before the two line ends that stand before `at`."""
        for _ in range(2):
            at -= self._data[at - 1 : at] == b"\n"
            at -= self._data[at - 1 : at] == b"\r"
        return at

    def _out(self, start: int, end: int, mended: bool) -> WarcRecord:
        data = self._data
        frame = WarcRecord(bytes(data[:start]), bytes(data[start:end]), mended)
        self._shift(end)
        return frame

    def _cut(self) -> WarcRecord:
        self._forget()
        return WarcRecord(refused=RejectedRecord("truncated", "the file ends within this record"))

    def _skip(self, final: bool) -> WarcRecord | None:
        """Pass over a record that is too large."""
        match = _NEXT.search(self._data)
        if match is None and not final:
            self._skipped += max(0, len(self._data) - _EDGE)
            self._shift(max(0, len(self._data) - _EDGE))
            return None
        size = self._skipped + (self._before(match.start()) if match else len(self._data))
        self._shift(match.start() if match else len(self._data))
        self._skipped = 0
        return WarcRecord(refused=RejectedRecord("too_large", f"{size:,} bytes; a record may have {MAX_RECORD:,}"))
