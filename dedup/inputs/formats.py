"""The table of input formats. To add one, write a module in `dedup/inputs/readers` and one entry here.

A reader is a function `(source, settings) -> Iterator[Batch]`. The reader of a format that holds web pages (`pages`)
has the parameter `pages` as well, the extraction of this run (`dedup.inputs.html.extraction.Pages`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedup.inputs.batch import Batch

#: The path that stands for standard input.
STANDARD_INPUT = "-"
#: The reason of a reject that stands for a file as a whole.
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the endings of its files, where its reader is, and what may be done with its files.

    `compressible`: .gz, .zst and .bz2 may follow the ending. `streams`: can be read from standard input.
    `pages`: may hold web pages. `together`: files that follow one another are given to the reader as a list.
    """

    endings: tuple[str, ...]
    reader: str
    compressible: bool = True
    streams: bool = True
    pages: bool = False
    together: bool = False

    def load(self) -> Callable[..., Iterator[Batch]]:
        """The reader; imported only when a file of the format is there."""
        module, _, function = self.reader.partition(":")
        return getattr(import_module(f"dedup.inputs.readers.{module}"), function)  # type: ignore[no-any-return]


FORMATS: dict[str, Format] = {
    "jsonl": Format((".jsonl", ".ndjson"), "jsonl:read_jsonl", pages=True),
    "json": Format((".json",), "jsonl:read_json", pages=True),
    "csv": Format((".csv",), "csv:read_csv"),
    "tsv": Format((".tsv",), "csv:read_tsv"),
    "parquet": Format((".parquet",), "arrow:read_parquet", compressible=False, streams=False),
    "arrow": Format((".arrow", ".feather", ".ipc"), "arrow:read_arrow", compressible=False, streams=False),
    "txt": Format((".txt",), "text:read_text"),
    "html": Format((".html", ".htm", ".xhtml"), "html:read_html", pages=True, together=True),
    "warc": Format((".warc",), "warc:read_warc", pages=True),
}
