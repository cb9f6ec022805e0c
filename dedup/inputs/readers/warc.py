"""WARC files: the HTML pages among their records; `frames` finds the records, also in damaged files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dedup.inputs.batch import Batch
from dedup.inputs.fields import Refused
from dedup.inputs.html.extraction import Item, Pages
from dedup.inputs.readers.warc_recovery import Frame, frames
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.inputs.source import Source

_PAGES = ("text/html", "application/xhtml+xml")
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:.*\n")


def read_warc(source: Source, settings: Settings, pages: Pages) -> Iterator[Batch]:
    """The articles of a WARC file. A record's line is its number in the file, all kinds of records counted.

    Responses that are no page (`not_html`), or that came with another status than success (`http_status`), and revisits
    (`revisit`), whose content stands elsewhere, are passed over and counted; requests and other records of a crawler's
    own keeping are neither.
    """
    return pages.batches(_items(source, pages), source.name)


def _items(source: Source, pages: Pages) -> Iterator[Item]:
    for number, frame in enumerate(frames(source), 1):
        if frame.refused is not None:
            yield Item(source.name, None if frame.ends else number, refused=frame.refused)
            continue
        try:
            item = _item(source.name, number, frame, pages.names.of("url")[0])
        except (OSError, ValueError, UnicodeError, AttributeError, TypeError) as error:
            item = Item(source.name, number, refused=Refused("corrupt", f"the record cannot be read: {error}"))
        if item is not None:
            yield item


def _item(file: str, number: int, frame: Frame, url_name: str) -> Item | None:
    """What a record is: a page, something that is only counted, or None."""
    record = _parsed(frame)
    if record is None:
        return Item(file, number, refused=Refused("corrupt", "the record's header cannot be read"))
    kind = (record.headers.get("WARC-Type") or "").lower()
    if kind == "revisit":
        return Item(file, number, passed="revisit")
    if kind not in ("response", "resource"):
        return None
    header: dict[str, Any] = {}
    declared = record.headers.get("Content-Type") or ""
    said = record.http_headers
    if said is not None:
        if not 200 <= (said.status_code or 0) < 300:
            return Item(file, number, passed="http_status")
        declared = said.get("Content-Type") or ""
        header = {"packed": said.get("Content-Encoding") or "", "charset": _charset(declared)}
        header["chunked"] = "chunked" in (said.get("Transfer-Encoding") or "").lower()
    elif kind == "response":
        # An address that was not asked by HTTP (dns:), or a head that is none.
        if (record.headers.get("WARC-Target-URI") or "").lower().lstrip("<").startswith("http"):
            return Item(file, number, refused=Refused("corrupt", "the record holds no response of a server"))
        return Item(file, number, passed="not_html")
    content = record.reader.read()
    if not _is_page(declared, content):
        return Item(file, number, passed="not_html")
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    header |= {"url": url or None, "captured": record.headers.get("WARC-Date") or None}
    header = {name: value for name, value in header.items() if value}
    if not content.strip():
        return Item(file, number, refused=Refused("empty_text", "the response has no body"))
    return Item(file, number, page=content, header=header, record={url_name: url} if url else {})


def _parsed(frame: Frame) -> Any | None:
    """The record, its HTTP head taken apart, its body as it came."""
    from fastwarc.warc import ArchiveIterator

    head = frame.head
    if frame.mended:
        first, end, rest = _LENGTH.sub(b"", head).partition(b"\n")
        head = first + end + b"Content-Length: %d\r\n" % len(frame.content) + rest
    stream = io.BytesIO(head + frame.content + b"\r\n\r\n")
    # What is inside a record may look packed; the records' own compression is undone already.
    for record in ArchiveIterator(stream, parse_http=True, quirks_mode=True, stream_detect=False):
        record.freeze()
        return record
    return None


def _charset(declared: str) -> str | None:
    found = re.search(r"charset\s*+=\s*+[\"']?\s*+([\w.:+-]+)", declared, re.IGNORECASE)
    return found[1] if found else None


def _is_page(declared: str, content: bytes) -> bool:
    """By the type the server named; where it named none, by the content."""
    kind = declared.partition(";")[0].strip().lower()
    if kind and kind not in ("unknown/unknown", "application/octet-stream", "application/http"):
        return kind in _PAGES
    return (
        re.match(
            rb"\s*(?:<!--|<!doctype\s+html|<html|<\?xml[^>]*>\s*<(?:!doctype\s+)?html)", content[:512], re.IGNORECASE
        )
        is not None
    )
