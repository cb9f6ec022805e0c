"""WARC files: the HTML pages among their records; `split_records` finds the records, also in damaged files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dedup.inputs.batch import Batch
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html.extraction import InputRecord, PageExtractor
from dedup.inputs.readers.warc_recovery import WarcRecord, split_records
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.inputs.source import Source

_PAGES = ("text/html", "application/xhtml+xml")
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:.*\n")


def read_warc(source: Source, settings: Settings, pages: PageExtractor) -> Iterator[Batch]:
    """The articles of a WARC file. A record's line is its number in the file, all kinds of records counted.

    Responses that are no page (`not_html`), or that came with another status than success (`http_status`), and revisits
    (`revisit`), whose content stands elsewhere, are passed over and counted; requests and other records of a crawler's
    own keeping are neither.
    """
    return pages.batches(_items(source, pages), source.name)


def _items(source: Source, pages: PageExtractor) -> Iterator[InputRecord]:
    for number, frame in enumerate(split_records(source), 1):
        if frame.refused is not None:
            yield InputRecord(source.name, None if frame.ends else number, refused=frame.refused)
            continue
        try:
            item = _item(source.name, number, frame, pages.names.of("url")[0])
        except (OSError, ValueError, UnicodeError, AttributeError, TypeError) as error:
            item = InputRecord(
                source.name, number, refused=RejectedRecord("corrupt", f"the record cannot be read: {error}")
            )
        if item is not None:
            yield item


def _item(file: str, number: int, frame: WarcRecord, url_name: str) -> InputRecord | None:
    """What a record is: a page, something that is only counted, or None."""
    record = _parsed(frame)
    if record is None:
        return InputRecord(file, number, refused=RejectedRecord("corrupt", "the record's header cannot be read"))
    kind = (record.headers.get("WARC-Type") or "").lower()
    if kind == "revisit":
        return InputRecord(file, number, skip_reason="revisit")
    if kind not in ("response", "resource"):
        return None
    header: dict[str, Any] = {}
    content_type = record.headers.get("Content-Type") or ""
    http = record.http_headers
    if http is not None:
        if not 200 <= (http.status_code or 0) < 300:
            return InputRecord(file, number, skip_reason="http_status")
        content_type = http.get("Content-Type") or ""
        header = {"packed": http.get("Content-Encoding") or "", "charset": _charset(content_type)}
        header["chunked"] = "chunked" in (http.get("Transfer-Encoding") or "").lower()
    elif kind == "response":
        # An address that was not asked by HTTP (dns:), or a head that is none.
        if (record.headers.get("WARC-Target-URI") or "").lower().lstrip("<").startswith("http"):
            return InputRecord(
                file, number, refused=RejectedRecord("corrupt", "the record holds no response of a server")
            )
        return InputRecord(file, number, skip_reason="not_html")
    content = record.reader.read()
    if not _is_page(content_type, content):
        return InputRecord(file, number, skip_reason="not_html")
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    header |= {"url": url or None, "captured": record.headers.get("WARC-Date") or None}
    header = {name: value for name, value in header.items() if value}
    if not content.strip():
        return InputRecord(file, number, refused=RejectedRecord("empty_text", "the response has no body"))
    return InputRecord(file, number, page=content, header=header, record={url_name: url} if url else {})


def _parsed(frame: WarcRecord) -> Any | None:
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


def _charset(content_type: str) -> str | None:
    match = re.search(r"charset\s*+=\s*+[\"']?\s*+([\w.:+-]+)", content_type, re.IGNORECASE)
    return match[1] if match else None


def _is_page(content_type: str, content: bytes) -> bool:
    """By the type the server named; where it named none, by the content."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and media_type not in ("unknown/unknown", "application/octet-stream", "application/http"):
        return media_type in _PAGES
    return (
        re.match(
            rb"\s*(?:<!--|<!doctype\s+html|<html|<\?xml[^>]*>\s*<(?:!doctype\s+)?html)", content[:512], re.IGNORECASE
        )
        is not None
    )
