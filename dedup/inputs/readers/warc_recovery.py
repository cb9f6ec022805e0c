"""Split a WARC file into the bytes of its records, also where the file is damaged.

Libraries for WARC trust the stated length of a record and the compression of a file. On a file with one damaged member
of gzip, warcio 1.8 and FastWARC 2.0 both end there; a length that is too large costs them a record or all that follow.
This module finds records by three signs together: the length, the bytes after it, and the end of the member that holds
the record. FastWARC then parses each record.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dedup.inputs.compression import BLOCK, UnreadableInput, decompress, iter_blocks
from dedup.inputs.fields import RejectedRecord, too_large
from dedup.inputs.readers.streams import MAX_RECORD, open_raw
from dedup.inputs.source import Source

#: The head of a member of gzip (RFC 1952): the reserved bits of its flags are zero.
_MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
#: Bytes of a member from which it is seen whether it begins with a record.
_MEMBER_HEAD = 4096
_START = re.compile(rb"WARC/[01]\.\d{1,4}\r?\n")
#: The beginning of a record in the middle of a file, after a line end (_LINE) or an empty line (_NEXT). The patterns
#: begin with letters, which Python searches fast, and look behind them for the line ends.
_NEXT = re.compile(rb"WARC/(?:(?<=\n\nWARC/)|(?<=\n\r\nWARC/))[01]\.\d{1,4}\r?\n[A-Za-z-]{1,128}[ \t]{0,16}:")
_LINE = re.compile(rb"WARC/(?<=\nWARC/)[01]\.\d{1,4}\r?\n[A-Za-z-]{1,128}[ \t]{0,16}:")
_HEAD_END = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?$")
_ZEROS = re.compile(rb"\0*")
_FILLING = re.compile(rb"[\r\n \0]*")
#: Bytes of the longest head.
_LONGEST_HEAD = 64 * 1024
#: Bytes that are searched again when more bytes are there: more than any match of _NEXT or _LINE and its line ends.
_EDGE = 192
#: Compressed bytes given to zlib at once: it copies the rest of them at the end of each member.
_STEP = 16 * 1024
#: The bytes of damaged members are searched for good members until this number of their decompressed bytes, and this
#: number more for each byte of the file; later searches begin after the damage. Without a bound, members that overlap
#: and end in one damage take time with the square of their number.
_SEARCHED_AGAIN, _SEARCHED_AGAIN_PER_BYTE = 1 << 30, 16


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record, or the damage in its place.

    head: bytes up to and with the empty line. has_other_length: whether the content has another length than the head
    states. rejection: the damage, None for a record. of_file: whether it ends the file, and is of no record.
    """

    head: bytes = b""
    content: bytes = b""
    has_other_length: bool = False
    rejection: RejectedRecord | None = None
    of_file: bool = False


def split_records(source: Source) -> Iterator[WarcRecord]:
    """Split a file, compressed or not, into its records and its damages."""
    splitter = RecordSplitter()
    try:
        with open_raw(source) as (file, compression):
            if compression == "gz":
                yield from _packed(file, splitter)
                return
            for piece in decompress(compression, iter_blocks(file, BLOCK), BLOCK):
                yield from splitter.more(piece)
            yield from splitter.end(whole=False)
    except UnreadableInput as error:
        yield from splitter.drop(error)


def _packed(file: IO[bytes], splitter: RecordSplitter) -> Iterator[WarcRecord]:
    """Read member after member; after a damaged one, the next that begins with a record."""
    raw = GzipMembers(file)
    while raw.begin():
        engine, piece, size = zlib.decompressobj(wbits=31), b"", 0
        try:
            while not engine.eof:
                piece = piece or raw.take()
                if not piece:
                    yield from splitter.end(whole=False)
                    return
                out = engine.decompress(piece, BLOCK)
                size += len(out)
                yield from splitter.more(out)
                piece = engine.unconsumed_tail
        except zlib.error as error:
            yield from splitter.drop(RejectedRecord("corrupt", f"the compressed data is damaged: {error}"))
            raw.skip_damage(len(piece), size)
            continue
        raw.at -= len(engine.unused_data)
        yield from splitter.end(whole=True)
    yield from splitter.end(whole=False)


class GzipMembers:
    """Reads the members of a gzip file. Keeps up to `MAX_RECORD` bytes of the present member, to search them again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._data = bytearray()
        #: The position in `_data` up to which it was read.
        self.at = 0
        #: The first position at which another member can begin.
        self._other = 0
        #: Decompressed bytes of damaged members that may still be searched again.
        self._budget = _SEARCHED_AGAIN

    def _more(self) -> bool:
        block = self._file.read(BLOCK)
        self._data += block
        self._budget += _SEARCHED_AGAIN_PER_BYTE * len(block)
        return bool(block)

    def _forget(self) -> None:
        """Remove the bytes that were read. To shorten a bytearray at its front takes no time."""
        del self._data[: self.at]
        self.at = 0

    def begin(self) -> bool:
        """Go to the beginning of a member, after padding with zeros; False at the end of the file."""
        while True:
            self.at = _ZEROS.match(self._data, self.at).end()  # type: ignore[union-attr]
            self._forget()
            if self._data:
                self._other = 1
                return True
            if not self._more():
                return False

    def take(self) -> bytes:
        """Read the next bytes of the member; none at the end of the file."""
        if self.at == len(self._data):
            if self.at > MAX_RECORD:
                self._forget()
                self._other = 0
            self._more()
        piece = bytes(self._data[self.at : self.at + _STEP])
        self.at += len(piece)
        return piece

    def skip_damage(self, unread: int, size: int) -> None:
        """Go to the next member that begins with a record, or to the end of the file.

        unread: bytes that were read last, in which the damage is. size: decompressed bytes of the damaged member.
        """
        self._budget -= size
        self.at = self._other if self._budget >= 0 else max(self._other, self.at - unread)
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
    """Splits a stream of bytes into records. It keeps one record, and at most `MAX_RECORD` bytes of it.

    Every byte is searched a bounded number of times: a search begins where the last one ended, also after bytes were
    added or removed.
    """

    def __init__(self) -> None:
        self._data = bytearray()
        #: Bytes so far of a record that is too large, which are skipped up to the next sign of a record.
        self._skip_size = 0
        #: Consecutive bytes that belong to no record; they are reported when a record begins or the file ends.
        self._stray = 0
        #: The position in `_data` up to which there is no empty line.
        self._headless = 0
        #: The position at which the search for the next record goes on.
        self._search_from = 0
        #: The end of the head at the front and the length that it states; None if not known.
        self._start: int | None = None
        self._length: int | None = None

    def more(self, piece: bytes) -> Iterator[WarcRecord]:
        """Add bytes, and yield the records that are whole with them."""
        self._data += piece
        while (record := self._take(final=False)) is not None:
            yield record

    def end(self, whole: bool) -> Iterator[WarcRecord]:
        """Yield the records that end here.

        whole: a member of gzip ends, so the records are complete. Otherwise the file ends, and a record that should be
        longer is truncated.
        """
        while (record := self._take(final=True, whole=whole)) is not None:
            yield record
        self._forget()
        if not whole:
            yield from self._strays()

    def drop(self, rejection: RejectedRecord) -> Iterator[WarcRecord]:
        """Yield the damage that makes the present bytes unreadable, and forget them."""
        yield from self._strays()
        yield WarcRecord(
            rejection=rejection, of_file=isinstance(rejection, UnreadableInput) and not rejection.in_record
        )
        self._forget()

    def _strays(self) -> Iterator[WarcRecord]:
        size, self._stray = self._stray, 0
        if size:
            yield WarcRecord(rejection=RejectedRecord("corrupt", f"{size:,} bytes that belong to no record"))

    def _forget(self) -> None:
        self._data.clear()
        self._skip_size = 0
        self._shift(0)
        self._headless = self._search_from = 0

    def _shift(self, size: int) -> None:
        """Remove bytes from the front."""
        del self._data[:size]
        self._headless = max(0, self._headless - size)
        self._search_from = max(0, self._search_from - size)
        self._start = self._length = None

    def _take(self, final: bool, whole: bool = False) -> WarcRecord | None:
        """Return the record at the front; None if more bytes are needed, or none are left."""
        data = self._data
        if self._skip_size:
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
                return next(self._strays()) if self._stray else self._truncated()
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
                return self._out(start, end, has_other_length=False)
            self._length = None
        return self._by_next(start, final, whole)

    def _dead(self) -> int:
        """Return the position before which no record can begin: no empty line is within the length of a head."""
        match = _HEAD_END.search(self._data, max(0, self._headless - 2))
        self._headless = match.start() if match else len(self._data)
        return max(1, self._headless - _LONGEST_HEAD)

    def _to_next(self, at: int, final: bool) -> bool:
        """Skip bytes of no record, up to the first sign of one from `at` on; return whether there is one."""
        match = _LINE.search(self._data, at)
        end = len(self._data) if final else max(0, at, len(self._data) - _EDGE)
        size = match.start() if match is not None else end
        self._stray += size
        self._shift(size)
        return match is not None

    def _ends_at(self, end: int, final: bool) -> bool:
        """Return whether a record ends here: an empty line and a record follow, or nothing."""
        if end > len(self._data):
            return False
        rest = bytes(self._data[end : end + _EDGE]).lstrip(b"\r\n")
        return (not rest and final) or _START.match(rest) is not None or not rest.strip(b"\0\r\n ")

    def _by_next(self, start: int, final: bool, whole: bool) -> WarcRecord | None:
        """Return a record whose stated length is wrong: it ends where the next one begins."""
        match = _NEXT.search(self._data, max(start, self._search_from))
        if match is not None:
            return self._out(start, max(start, self._before(match.start())), has_other_length=True)
        if final:
            return (
                self._out(start, len(self._data.rstrip(b"\r\n")), has_other_length=True) if whole else self._truncated()
            )
        self._search_from = max(0, len(self._data) - _EDGE)
        if len(self._data) - start > MAX_RECORD:
            self._skip_size = len(self._data) - _EDGE
            self._shift(len(self._data) - _EDGE)
        return None

    def _before(self, at: int) -> int:
        """Return the position of the two line ends before `at`."""
        for _ in range(2):
            at -= self._data[at - 1 : at] == b"\n"
            at -= self._data[at - 1 : at] == b"\r"
        return at

    def _out(self, start: int, end: int, has_other_length: bool) -> WarcRecord:
        data = self._data
        record = WarcRecord(bytes(data[:start]), bytes(data[start:end]), has_other_length)
        self._shift(end)
        return record

    def _truncated(self) -> WarcRecord:
        self._forget()
        return WarcRecord(rejection=RejectedRecord("truncated", "the file ends within this record"))

    def _skip(self, final: bool) -> WarcRecord | None:
        """Skip a record that is too large."""
        match = _NEXT.search(self._data)
        if match is None and not final:
            self._skip_size += max(0, len(self._data) - _EDGE)
            self._shift(max(0, len(self._data) - _EDGE))
            return None
        size = self._skip_size + (self._before(match.start()) if match else len(self._data))
        self._shift(match.start() if match else len(self._data))
        self._skip_size = 0
        return WarcRecord(rejection=too_large(size, MAX_RECORD))
