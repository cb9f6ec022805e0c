"""Read HTML files: one file is one page; all files of a run are read together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dedup.inputs.batch import Batch
from dedup.inputs.compression import BLOCK
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html.extraction import InputRecord, PageExtractor
from dedup.inputs.html.limits import MAX_PAGE
from dedup.inputs.readers.streams import open_raw
from dedup.inputs.source import Source
from dedup.settings import Settings


def read_html(sources: Sequence[Source], settings: Settings, pages: PageExtractor) -> Iterator[Batch]:
    """Read the articles of files, in the order of the files; the id of an article is the name of its file.

    Compressed files go to the workers as they are: workers decompress in parallel, and a page in the cache needs none.
    """
    identifier = pages.names.of("id")[0]
    return pages.batches((_item(source, identifier) for source in sources), sources[0].name)


def _item(source: Source, identifier: str) -> InputRecord:
    content = bytearray()
    try:
        with open_raw(source) as (file, compression):
            while piece := file.read(BLOCK):
                content += piece
                if len(content) > MAX_PAGE:
                    raise RejectedRecord("too_large", f"more than {MAX_PAGE:,} bytes, as many as a page may have")
    except RejectedRecord as rejection:
        return InputRecord(source.name, 1, rejection=rejection)
    if not content:
        return InputRecord(source.name, 1, rejection=RejectedRecord("empty_text", "the file is empty"))
    header = {"compression": compression} if compression else {}
    return InputRecord(source.name, 1, page=bytes(content), header=header, record={identifier: source.name})
