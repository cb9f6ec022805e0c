"""Resolve the paths that a user names to the files that are read, and report what is wrong with a path."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from dedup.errors import MissingExtra, MissingInput, UsageError
from dedup.inputs.compression import SNIFF, sniff
from dedup.inputs.formats import (
    FORMATS,
    STANDARD_INPUT,
    describe_endings,
    format_in,
    is_input,
    missing_library,
    split_compression,
)
from dedup.inputs.remote import addressed, is_address, local_path, no_format
from dedup.inputs.source import Source, open_regular
from dedup.outputs.seal import is_summary


def resolve(paths: Sequence[str | os.PathLike[str]], format: str | None = None) -> list[Source]:
    """Resolve paths to files, in the order given; those of a folder in sorted order. Each real file comes once.

    format: of all files, None for the format of each name. Raises `MissingInput` or `UsageError`, before anything is
    read, for a path that is missing or cannot be opened, a folder without a file to read, and a file whose name does
    not show its format. In a folder, files with other endings and names that begin with a dot are skipped. An entry of
    a folder that cannot be read (a file or subfolder without permission, a link to nothing, a named pipe, a socket, a
    device) is a source that is `unreadable`.
    """
    if format is not None and format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; the formats are {', '.join(FORMATS)}")
    if not paths:
        raise UsageError("no input: name at least one file or folder, or - for standard input")
    sources: dict[str, Source] = {}
    for path in paths:
        for source in _sources(os.fsdecode(path), format):
            is_file = source.path != STANDARD_INPUT and source.opener is None
            key = os.path.realpath(source.path) if is_file else source.path
            if key not in sources or (sources[key].unreadable and not source.unreadable):
                sources[key] = source
    return _with_own_names(list(sources.values()))


def _with_own_names(sources: list[Source]) -> list[Source]:
    """Give each source a name of its own: names that are not UTF-8 may look the same when printed."""
    names = Counter(source.name for source in sources)
    return [
        replace(source, name=source.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
        if names[source.name] > 1
        else source
        for source in sources
    ]


def _sources(path: str, format: str | None) -> Iterator[Source]:
    if path == STANDARD_INPUT:
        name = format or "jsonl"
        if not FORMATS[name].streams:
            raise UsageError(f"{name} cannot be read from standard input; name a file")
        yield Source("-", STANDARD_INPUT, name, regular=False)
    elif os.path.isdir(path):
        yield from _folder(path, format)
    elif is_address(path) and not os.path.exists(path):
        local = local_path(path)
        yield from _sources(local, format) if local is not None else addressed(path, format)
    else:
        yield _file(_printable(path), path, format)


def _folder(folder: str, format: str | None) -> Iterator[Source]:
    base = folder.rstrip(os.sep) or folder
    empty = True
    for path, problem in _walk(folder):
        if problem or is_input(path, format):
            empty = False
            below = os.path.relpath(path, folder).replace(os.sep, "/")
            yield _entry(_printable(base.rstrip("/") + "/" + below), path, format, problem)
    if empty:
        endings = describe_endings([format] if format else FORMATS)
        raise MissingInput(f"{folder}: nothing to read in this folder; files with these endings are read: {endings}")


def _walk(folder: str) -> Iterator[tuple[str, str]]:
    """Yield (path, "") of every entry that is no folder, and (path, reason) of every subfolder that is not read.

    The reason is an error, or that it holds results of a scan. Links to folders are not followed: they may form a loop.
    """
    pending = [folder]
    while pending:
        current = pending.pop()
        files, folders, problem = _listing(current)
        if problem and current == folder:
            raise MissingInput(f"{folder}: this folder cannot be opened ({problem}); check its permissions")
        if current != folder and "summary.json" in files and is_summary(os.path.join(current, "summary.json")):
            yield current, "results of an earlier scan are not read as articles; name the folder itself to read them"
            continue
        if problem:
            yield current, problem
        yield from ((os.path.join(current, name), "") for name in sorted(files))
        pending.extend(os.path.join(current, name) for name in sorted(folders, reverse=True))


def _listing(folder: str) -> tuple[list[str], list[str], str]:
    """List a folder: (names of files, names of folders, the error or "")."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                is_folder = False
                with suppress(OSError):
                    is_folder = entry.is_dir()
                if not is_folder:
                    files.append(entry.name)
                elif not entry.is_symlink():
                    folders.append(entry.name)
    except OSError as error:
        return files, folders, error.strerror or str(error)
    return files, folders, ""


def _entry(name: str, path: str, format: str | None, problem: str) -> Source:
    """Make the source of an entry of a folder. problem: why it cannot be read, or ""."""
    try:
        if not problem and not stat.S_ISREG(os.stat(path).st_mode):
            problem = "a named pipe, a socket or a device, which was not opened"
        if not problem:
            source = _source(name, path, format, _first_bytes(path))
            problem = _own(source)
            return replace(source, unreadable=problem) if problem else source
    except OSError as error:
        problem = error.strerror or str(error)
        if isinstance(error, FileNotFoundError) and os.path.islink(path):
            problem = "a link to a file that does not exist"
    return Source(name, path, format_in(path, format) or "", unreadable=problem)


def _own(source: Source) -> str:
    """Say why a file is not read if it is a database that dedup wrote; "" for every other file."""
    if source.format != "sqlite":
        return ""
    from dedup.inputs.readers.databases import HEADER, own_database

    with open(source.path, "rb", opener=open_regular) as file:
        return own_database(file.read(HEADER))


def _file(name: str, path: str, format: str | None) -> Source:
    """Make the source of a file or pipe that the user named. Nothing is read of a pipe: its bytes come only once."""
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISSOCK(mode) or not (stat.S_ISREG(mode) or os.access(path, os.R_OK)):
            raise MissingInput(f"{name}: cannot be opened; name a file, a folder or a pipe that you may read")
        head = _first_bytes(path) if stat.S_ISREG(mode) else None
    except FileNotFoundError:
        raise MissingInput(f"{name}: no such file or folder") from None
    except OSError as error:
        raise MissingInput(f"{name}: cannot be opened ({error.strerror}); check the path and its permissions") from None
    except ValueError:
        raise MissingInput(f"{name!r}: not a path") from None
    source = _source(name, path, format, head)
    if head is not None and (problem := _own(source)):
        raise UsageError(f"{name}: {problem}")
    if problem := missing_library(source.format):
        raise MissingExtra(f"{name}: {problem}")
    return source


def _source(name: str, path: str, format: str | None, head: bytes | None) -> Source:
    """Make the source of a file. head: its first `SNIFF` bytes; None for a pipe."""
    format_name = format_in(path, format)
    if format_name is None:
        raise no_format(name)
    if head is None:
        return Source(name, path, format_name, regular=False)
    compression = sniff(head) if FORMATS[format_name].compressible else None
    if compression is None and not _looks_plain(head) and FORMATS[format_name].compressible:
        # A file that is named .gz and is text (servers decompress files) is read as it is; any other file is damaged.
        _, compression = split_compression(path)
    return Source(name, path, format_name, compression)


def _looks_plain(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf")
    return len(head) == SNIFF and all(byte >= 0x20 or byte in b"\t\r\n" for byte in text)


def _first_bytes(path: str) -> bytes:
    with open(path, "rb", opener=open_regular) as file:
        return file.read(SNIFF)


def _printable(name: str) -> str:
    """Return a name that can be written in UTF-8, which a file name may not be."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
