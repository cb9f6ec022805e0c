"""The table of input formats. To add one, write a module in `dedup/inputs/readers` and one entry in `FORMATS`.

A reader is a function `(source, settings) -> Iterator[Batch]`. The reader of a format that may hold web pages
(`has_pages`) has a third parameter `pages`, the extraction of this run (`inputs.html.extraction.PageExtractor`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedup.inputs.batch import Batch

#: The path that stands for standard input.
STANDARD_INPUT = "-"
#: The reason of a reject that stands for a file as a whole.
UNREADABLE = "unreadable"
#: Endings of compressed files, and the names of their compressions.
COMPRESSIONS = {".gz": "gz", ".zst": "zst", ".bz2": "bz2", ".xz": "xz"}


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its title in help and documents, the endings of its files, its reader, and its properties.

    reader: `module:function`; a module that begins with a dot is one of `dedup.inputs.readers`. compressible: those
    of `COMPRESSIONS` may follow. streams: can be read from a pipe. has_pages: may hold web pages. takes_list: files
    that follow one another are given to the reader together. is_archive: holds files of other formats. has_tables: a
    query can be asked of it (`Settings.query`). needs: the module of a library that not all have, and its name.
    is_lines: each line is an article; the reader takes `batch_text`. is_text: each file is one article and nothing
    else. counts_bytes: the reader counts the bytes that it has read (`Source.bytes_read`), for progress.
    """

    title: str
    endings: tuple[str, ...]
    reader: str
    compressible: bool = True
    streams: bool = True
    has_pages: bool = False
    takes_list: bool = False
    is_archive: bool = False
    has_tables: bool = False
    needs: tuple[str, str] | None = None
    is_lines: bool = False
    is_text: bool = False
    counts_bytes: bool = False

    def load(self) -> Callable[..., Iterator[Batch]]:
        """Import the reader: only when a file of the format is there."""
        module, _, function = self.reader.partition(":")
        return getattr(import_module(module, "dedup.inputs.readers"), function)  # type: ignore[no-any-return]


#: What reads all workbooks.
_CALAMINE = ("python_calamine", "python-calamine")

FORMATS: dict[str, Format] = {
    "jsonl": Format(
        "JSONL", (".jsonl", ".ndjson"), ".jsonl:read_jsonl", has_pages=True, is_lines=True, counts_bytes=True
    ),
    "json": Format("JSON", (".json",), ".jsonl:read_json", has_pages=True, counts_bytes=True),
    "csv": Format("CSV", (".csv",), ".csv:read_csv", counts_bytes=True),
    "tsv": Format("TSV", (".tsv",), ".csv:read_tsv", counts_bytes=True),
    "parquet": Format("Parquet", (".parquet",), ".arrow:read_parquet", compressible=False, streams=False),
    "arrow": Format("Arrow", (".arrow", ".feather", ".ipc"), ".arrow:read_arrow", compressible=False, streams=False),
    "xlsx": Format(
        "Excel",
        (".xlsx", ".xlsm", ".xlsb"),
        ".spreadsheet:read_workbook",
        compressible=False,
        streams=False,
        needs=_CALAMINE,
    ),
    "xls": Format(
        "Excel 97", (".xls",), ".spreadsheet:read_workbook", compressible=False, streams=False, needs=_CALAMINE
    ),
    "ods": Format(
        "OpenDocument", (".ods",), ".spreadsheet:read_workbook", compressible=False, streams=False, needs=_CALAMINE
    ),
    "sqlite": Format(
        "SQLite",
        (".sqlite", ".sqlite3", ".db", ".db3"),
        ".databases:read_sqlite",
        compressible=False,
        streams=False,
        has_tables=True,
    ),
    "duckdb": Format(
        "DuckDB",
        (".duckdb", ".ddb"),
        ".databases:read_duckdb",
        compressible=False,
        streams=False,
        has_tables=True,
        needs=("duckdb", "duckdb"),
    ),
    "feed": Format("RSS and Atom feeds", (".rss", ".atom", ".rdf", ".xml"), ".feed:read_feed", counts_bytes=True),
    "txt": Format("plain text", (".txt",), ".one_article:read_text", is_text=True, counts_bytes=True),
    "html": Format("HTML", (".html", ".htm", ".xhtml"), ".one_article:read_html", has_pages=True, takes_list=True),
    "warc": Format("WARC", (".warc",), ".warc:read_warc", has_pages=True),
    "tar": Format(
        "tar", (".tar", ".tgz", ".tbz2", ".tzst", ".txz"), ".archive:read_tar", has_pages=True, is_archive=True
    ),
    "zip": Format(
        "zip", (".zip",), ".archive:read_zip", compressible=False, streams=False, has_pages=True, is_archive=True
    ),
}


def describe_formats() -> str:
    """Name all formats in words: those whose files may be compressed first."""
    compressible = ", ".join(format.title for format in FORMATS.values() if format.compressible)
    others = ", ".join(format.title for format in FORMATS.values() if not format.compressible)
    return f"{compressible} (also {', '.join(COMPRESSIONS)}), {others}"


def is_input(path: str, format: str | None) -> bool:
    """Return whether a file of a folder or of an archive is read.

    With a format, archives and files without any ending (`part-00000`) are read too, and those with the ending of
    another one not.
    """
    own = format_of(path)
    if format is None or own is None:
        return own is not None or (format is not None and "." not in os.path.basename(split_compression(path)[0]))
    return own == format or FORMATS[own].is_archive


def format_in(path: str, format: str | None) -> str | None:
    """Return the format of a file for which the user may have named a format: an archive keeps its own."""
    own = format_of(path)
    return own if own is not None and FORMATS[own].is_archive else format or own


def missing_library(format: str) -> str:
    """Say what a format needs that is not installed; "" if there is nothing."""
    needs = FORMATS[format].needs
    if needs is None or find_spec(needs[0]) is not None:
        return ""
    return f"{FORMATS[format].title} needs {needs[1]}; install it with: pip install 'news-dedup[inputs]'"


def describe_endings(names: Iterable[str]) -> str:
    """List the endings of the files of some formats."""
    formats = [FORMATS[name] for name in names]
    suffix = f" (also with {' '.join(COMPRESSIONS)})" if any(format.compressible for format in formats) else ""
    return " ".join(ending for format in formats for ending in format.endings) + suffix


def split_compression(path: str) -> tuple[str, str | None]:
    """Split the ending of a compression from a path: (the path without it, the compression's name or None)."""
    for ending, name in COMPRESSIONS.items():
        if path.lower().endswith(ending):
            return path[: -len(ending)], name
    return path, None


def format_of(path: str) -> str | None:
    """Find the format that the ending of a file's name stands for; None if it is none of the table's."""
    plain, compression = split_compression(path)
    for name, format in FORMATS.items():
        if plain.lower().endswith(format.endings) and (format.compressible or compression is None):
            return name
    return None
