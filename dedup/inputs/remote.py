"""Find and open what stands under an address (s3://, gs://, https://, hf://), by fsspec.

The bytes of an address are read as a stream, and again where inputs are read twice. Formats that need a file get a
temporary copy.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from dedup.errors import MissingExtra, MissingInput, UsageError
from dedup.inputs.compression import BLOCK, BlockFile, UnreadableInput
from dedup.inputs.formats import FORMATS, describe_endings, format_in, is_input, missing_library
from dedup.inputs.source import Source

#: A path with a scheme. One letter is a drive of Windows.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
#: The extra that holds what a scheme needs; all others are in `inputs`.
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "hf": "hf"}

#: Bytes that are asked of a store at once; what came of a part that breaks off is lost. s3fs would ask for 50 MiB.
_PART = 5 << 20
#: Libraries whose warnings and tracebacks would stand on the terminal of a program that configures no log.
_TALKATIVE = ("gcsfs", "s3fs", "asyncio")


def is_address(path: str) -> bool:
    """Return whether a path begins with a scheme."""
    return _ADDRESS.match(path) is not None


def local_path(address: str) -> str | None:
    """Return the path of a file:// address; None for every other one."""
    parts = urlsplit(address)
    if parts.scheme.lower() != "file":
        return None
    if parts.netloc not in ("", "localhost"):
        raise MissingInput(f"{address}: a file:// address names a file of this machine, as file:///folder/file")
    return unquote(parts.path)


def addressed(address: str, format: str | None) -> Iterator[Source]:
    """Yield the sources of an address: a file, the files below a folder, or those that match a pattern with `*`.

    Raises `MissingInput`, `UsageError`, `MissingExtra`.
    """
    name = re.sub(r"(?<=://)[^/@]*@", "", address)  # no password in any output
    system = _file_system(address, name)
    scheme = address.partition("://")[0].lower()
    try:
        if scheme in ("http", "https"):
            paths, is_whole = [address], True
            system.info(address)
        elif "*" in address:
            paths, is_whole = sorted(system.glob(address)), False
        elif system.isdir(address):
            paths, is_whole = sorted(system.find(address)), False
        else:
            paths, is_whole = [address], True
            system.info(address)
    except FileNotFoundError:
        raise MissingInput(f"{name}: no such file or folder") from None
    except Exception as error:  # each service has its own kinds
        raise MissingInput(
            f"{name}: cannot be opened ({_first_line(error)}); check the address and your access"
        ) from None
    if is_whole:
        yield _source(system, name, address, format)
        return
    readable = [path for path in paths if is_input(path, format) and not _is_hidden(path)]
    if not readable:
        endings = describe_endings([format] if format else FORMATS)
        raise MissingInput(f"{name}: nothing to read there; files with these endings are read: {endings}")
    for path in readable:
        full = system.unstrip_protocol(path)
        yield _source(system, full, full, format)


def no_format(name: str) -> UsageError:
    """Make the error for a name that does not show its format."""
    return UsageError(
        f"{name}: its name does not show its format; name the format ({', '.join(FORMATS)}), "
        f"or use one of these endings: {describe_endings(FORMATS)}"
    )


def _file_system(address: str, name: str) -> Any:
    for library in _TALKATIVE:
        logging.getLogger(library).addHandler(logging.NullHandler())
    scheme = address.partition("://")[0].lower()
    extra = _EXTRAS.get(scheme, "inputs")
    remedy = f"install it with: pip install 'news-dedup[{extra}]'"
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise MissingExtra(f"{name}: an address needs fsspec; {remedy}") from None
    try:
        system = url_to_fs(address)[0]
        system.invalidate_cache()  # listings are kept as long as the process runs, and files may be new
        return system
    except ImportError as error:
        raise MissingExtra(f"{name}: {scheme}:// needs another library ({_first_line(error)}); {remedy}") from None
    except ValueError as error:
        raise MissingInput(f"{name}: {_first_line(error)}") from None


def _source(system: Any, name: str, address: str, format: str | None) -> Source:
    path = urlsplit(address).path if "?" in address else address
    format_name = format_in(path, format)
    if format_name is None:
        raise no_format(name)
    if problem := missing_library(format_name):
        raise MissingExtra(f"{name}: {problem}")
    return Source(name, address, format_name, regular=False, opener=partial(_open, system, address))


def _open(system: Any, address: str) -> BlockFile:
    return BlockFile(_blocks(system, address))


def _blocks(system: Any, address: str) -> Iterator[bytes]:
    try:
        with system.open(address, "rb", block_size=_PART) as file:
            while block := file.read(BLOCK):
                yield block
    except Exception as error:
        raise UnreadableInput("unreadable", f"the rest cannot be read: {_first_line(error)}", in_record=False) from None


def _is_hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".")


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0][:200]
