"""From the paths a user names to the files that are read; everything that can be wrong with a path is said here."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dedup.articles.readers import FORMATS, STANDARD_INPUT
from dedup.articles.readers.streams import COMPRESSIONS, SNIFF, sniff
from dedup.errors import MissingInput, UsageError


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is the path as given, inside a folder argument with the path below it.

    `compression` is None, "gz", "zst" or "bz2"; for standard input and pipes it is found when reading starts. `taken`
    counts the bytes of the file that were read so far, for progress, by the readers that read it as a stream.
    """

    name: str
    path: str
    format: str
    compression: str | None = None
    taken: list[int] = field(default_factory=lambda: [0], compare=False, repr=False)


def resolve(paths: Sequence[str | os.PathLike[str]], format: str | None = None) -> list[Source]:
    """The files behind the paths, in the order given, folders in sorted order; each real file once.

    Raises `MissingInput` or `UsageError`, before anything is read, for a path that is missing or cannot be opened, a
    folder without a readable file, and a file whose format cannot be told. In a folder, files with other endings and
    those whose name begins with a dot are passed over.
    """
    if format is not None and format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; the formats are {', '.join(FORMATS)}")
    if not paths:
        raise UsageError("no input: name at least one file or folder, or - for standard input")
    found: dict[str, Source] = {}
    for path in paths:
        for source in _sources(os.fsdecode(path), format):
            found.setdefault(os.path.realpath(source.path) if source.path != STANDARD_INPUT else "-", source)
    return list(found.values())


def _sources(path: str, format: str | None) -> Iterator[Source]:
    if path == STANDARD_INPUT:
        chosen = format or "jsonl"
        if not FORMATS[chosen].streams:
            raise UsageError(f"{chosen} cannot be read from standard input; name a file")
        yield Source("-", STANDARD_INPUT, chosen)
    elif os.path.isdir(path):
        yield from _folder(path, format)
    else:
        yield _file(_printable(path), path, format)


def _folder(folder: str, format: str | None) -> Iterator[Source]:
    base = folder.rstrip(os.sep) or folder
    empty = True
    for path in _walk(folder):
        if is_wanted(path, format):
            empty = False
            below = os.path.relpath(path, folder).replace(os.sep, "/")
            yield _file(_printable(base.rstrip("/") + "/" + below), path, format)
    if empty:
        wanted = _endings([format] if format else list(FORMATS))
        raise MissingInput(f"{folder}: nothing to read in this folder; files with these endings are read: {wanted}")


def _walk(folder: str) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise MissingInput(f"{error.filename}: this folder cannot be opened ({error.strerror}); check its permissions")

    for here, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(here, name)
            if not name.startswith(".") and os.path.isfile(path):
                yield path


def is_wanted(path: str, format: str | None) -> bool:
    """With `--format`, parts without any ending (`part-00000`) are read as well; with another format's ending never."""
    if format is None:
        return format_of(path) is not None
    return format_of(path) == format or "." not in os.path.basename(_without_compression(path))


def _file(name: str, path: str, format: str | None) -> Source:
    head = _head(name, path)
    chosen = format or format_of(path)
    if chosen is None:
        raise UsageError(
            f"{name}: the format cannot be told from the name; say it with --format ({', '.join(FORMATS)}), "
            f"or use one of these endings: {_endings(list(FORMATS))}"
        )
    if head is None:
        return Source(name, path, chosen)
    compression = sniff(head) if FORMATS[chosen].compressible else None
    if compression is None and not _looks_plain(head) and FORMATS[chosen].compressible:
        # A file that is called .gz and is plain (servers unpack on the way) reads as it is; any other is damaged.
        compression = _named_compression(path)
    return Source(name, path, chosen, compression)


def _looks_plain(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf")
    return len(head) == SNIFF and all(byte >= 0x20 or byte in b"\t\r\n" for byte in text)


def _head(name: str, path: str) -> bytes | None:
    """The first bytes of a file; None for a pipe, whose bytes can be taken only once."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as file:
            return file.read(SNIFF)
    except FileNotFoundError:
        raise MissingInput(f"{name}: no such file or folder") from None
    except OSError as error:
        raise MissingInput(f"{name}: cannot be opened ({error.strerror}); check the path and its permissions") from None
    except ValueError:
        raise MissingInput(f"{name!r}: not a path") from None


def format_of(path: str) -> str | None:
    """The format a file name's ending stands for."""
    plain = _without_compression(path).lower()
    for name, format in FORMATS.items():
        if plain.endswith(format.endings) and (format.compressible or plain == path.lower()):
            return name
    return None


def _without_compression(path: str) -> str:
    named = _named_compression(path)
    return path if named is None else path[: path.rindex(".")]


def _named_compression(path: str) -> str | None:
    lower = path.lower()
    return next((name for ending, name in COMPRESSIONS.items() if lower.endswith(ending)), None)


def _endings(formats: list[str]) -> str:
    plain = " ".join(ending for name in formats for ending in FORMATS[name].endings)
    packed = any(FORMATS[name].compressible for name in formats)
    return plain + (f" (also with {' '.join(COMPRESSIONS)})" if packed else "")


def _printable(name: str) -> str:
    """File names that are not UTF-8 must not fail when they are written into a report."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
