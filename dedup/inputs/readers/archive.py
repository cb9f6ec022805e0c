"""Read the files in zip and tar archives, each by the reader of its format.

Members follow one another as sources, in the order of the archive. A member is read from the archive as a stream;
formats that need a file get a temporary copy of it (`local_copy`). Nothing is ever written under the name of a member.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

from dedup.inputs.batch import Batch
from dedup.inputs.compression import BLOCK, LONGEST_RUN, MOST_RATIO, BlockFile, UnreadableInput
from dedup.inputs.formats import FORMATS, describe_endings, format_in, is_input
from dedup.inputs.html.extraction import PageExtractor
from dedup.inputs.local_copy import local_copy
from dedup.inputs.read import read_each
from dedup.inputs.readers.streams import open_stream
from dedup.inputs.source import Source
from dedup.settings import Settings

#: Archives that may lie in one another.
DEEPEST = 3
#: Errors of damaged archives, and of members that are compressed by a method that Python does not know.
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, ValueError, KeyError)


def read_zip(source: Source, settings: Settings, pages: PageExtractor) -> Iterator[Batch]:
    """Read the files in a zip archive; the file of their articles is `ARCHIVE/MEMBER`."""
    return read_each(_Archive(source, settings, _zip_members).sources(), settings, pages)


def read_tar(source: Source, settings: Settings, pages: PageExtractor) -> Iterator[Batch]:
    """Read the files in a tar archive, compressed or not; the file of their articles is `ARCHIVE/MEMBER`."""
    return read_each(_Archive(source, settings, _tar_members).sources(), settings, pages)


#: A member: its path in the archive, its bytes, and a function that opens it until the next member is asked for.
Member = tuple[str, int, Callable[[], IO[bytes]]]


class _Archive:
    """The files in an archive that the user named, and in the archives in it.

    size: decompressed bytes so far, of all members. is_over: whether these are too many. names: of all members so far,
    and how often each came.
    """

    def __init__(self, source: Source, settings: Settings, members: Callable[[Source], Iterator[Member]]) -> None:
        self.source, self.tmp, self.members = source, settings.tmp, members
        self.format = None if settings.format and FORMATS[settings.format].is_archive else settings.format
        self.size = 0
        self.is_over = False
        self.names: Counter[str] = Counter()

    def sources(self) -> Iterator[Source]:
        """Yield the files that are read, and sources that are `unreadable` for what is not."""
        is_empty = True
        for source in self._walk(self.source, self.members, 1):
            is_empty = False
            yield source
        if is_empty:
            endings = describe_endings([self.format] if self.format else FORMATS)
            yield self._problem(
                self.source.name, f"nothing to read in it; files with these endings are read: {endings}"
            )

    def _walk(self, archive: Source, members: Callable[[Source], Iterator[Member]], depth: int) -> Iterator[Source]:
        try:
            for path, size, opener in members(archive):
                if self.is_over:
                    yield self._problem(archive.name, "the rest of it is not read, as it is a decompression bomb")
                    return
                if is_hidden(path) or not is_input(path, self.format):
                    continue
                name = self._own_name(f"{archive.name}/{path}")
                if not size:
                    yield self._problem(name, "the file is empty")
                    continue
                format = format_in(path, self.format)
                assert format is not None, "what is read has a format"
                source = Source(
                    name, name, format, regular=False, opener=partial(BlockFile, self._blocks(opener, archive))
                )
                yield from self._nested(source, depth) if FORMATS[format].is_archive else (source,)
        except UnreadableInput as error:
            yield self._problem(archive.name, error.detail)
        except OSError as error:
            yield self._problem(archive.name, error.strerror or str(error))
        except _DAMAGE as error:
            yield self._problem(archive.name, f"the archive is damaged: {error}")

    def _own_name(self, name: str) -> str:
        """Return a name that no other member has: ids are made of it, and an archive can hold a name more than once."""
        name = first = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        while name in self.names:
            self.names[first] += 1
            name = f"{first}#{self.names[first]}"
        self.names[name] = 1
        return name

    def _nested(self, source: Source, depth: int) -> Iterator[Source]:
        if depth == DEEPEST:
            yield self._problem(source.name, f"an archive in {DEEPEST} archives")
        elif source.format == "tar":
            yield from self._walk(source, _tar_members, depth + 1)
        else:
            with local_copy(source, self.tmp) as copy:
                yield from (copy,) if copy.unreadable else self._walk(copy, _zip_members, depth + 1)

    def _blocks(self, opener: Callable[[], IO[bytes]], archive: Source) -> Iterator[bytes]:
        """Yield the content of a member; raise `UnreadableInput` where it is damaged, and in a decompression bomb."""
        try:
            with opener() as file:
                while block := file.read(BLOCK):
                    self.size += len(block)
                    if self.size > LONGEST_RUN and self.size > MOST_RATIO * (self.source.bytes_read[0] + BLOCK):
                        self.is_over = True
                        detail = f"an archive of {self.source.bytes_read[0]:,} bytes holds more than {self.size:,}"
                        raise UnreadableInput("too_large", f"{detail}; the rest of it is not read")
                    yield block
        except RuntimeError as error:  # zipfile's error for a member that is encrypted
            raise UnreadableInput("unreadable", f"it cannot be read: {error}", in_record=False) from None
        except tarfile.ReadError:
            raise UnreadableInput("truncated", "the archive ends early; the records before are kept") from None
        except _DAMAGE as error:
            raise UnreadableInput("corrupt", f"the archive is damaged: {error}") from None

    def _problem(self, name: str, problem: str) -> Source:
        return Source(name, name, "", unreadable=problem, regular=False)


def is_hidden(path: str) -> bool:
    """Return whether a member or one of its folders begins with a dot, or is one that macOS adds to archives."""
    parts = path.replace("\\", "/").split("/")
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts)


def _zip_members(source: Source) -> Iterator[Member]:
    with open(source.path, "rb") as file, zipfile.ZipFile(file) as archive:
        source.bytes_read[0] = file.seek(0, 2)
        for info in archive.infolist():
            if not info.is_dir():
                yield info.filename, info.file_size, partial(archive.open, info)


def _tar_members(source: Source) -> Iterator[Member]:
    with open_stream(source) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            if info.isreg():
                yield info.name.removeprefix("./"), info.size, partial(_content, archive, info)
            archive.members = []  # type: ignore[attr-defined]  # else all of them are held


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Any:
    return archive.extractfile(info)
