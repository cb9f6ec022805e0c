"""Read the HTML pages of WARC files; `warc_recovery` finds the records, also in damaged files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from dedup.inputs.batch import Batch
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html.extraction import InputRecord, PageExtractor
from dedup.inputs.readers.warc_recovery import WarcRecord, split_records
from dedup.inputs.source import Source
from dedup.settings import Settings

_PAGES = ("text/html", "application/xhtml+xml")
_MARKUP = re.compile(rb"\s*(?:<!--|<!doctype\s+html|<html|<\?xml[^>]*>\s*<(?:!doctype\s+)?html)", re.IGNORECASE)
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:.*\n")


def read_warc(source: Source, settings: Settings, pages: PageExtractor) -> Iterator[Batch]:
    """Read the articles of a WARC file. The line of a record is its number among all records of the file.

    Responses that are no page (`not_html`) or have another status than success (`http_status`), and revisits
    (`revisit`), whose content is in another record, are skipped and counted. Requests and other records of a crawler
    are skipped and not counted.
    """
    return pages.batches(_items(source, pages), source.name)


def _items(source: Source, pages: PageExtractor) -> Iterator[InputRecord]:
    for number, record in enumerate(split_records(source), 1):
        if record.rejection is not None:
            yield InputRecord(source.name, None if record.of_file else number, rejection=record.rejection)
            continue
        try:
            item = _item(source.name, number, record, pages.names.of("url")[0])
        except (OSError, ValueError, UnicodeError, AttributeError, TypeError) as error:
            rejection = RejectedRecord("corrupt", f"the record cannot be read: {error}")
            item = InputRecord(source.name, number, rejection=rejection)
        if item is not None:
            yield item


def _item(file: str, number: int, raw: WarcRecord, url_name: str) -> InputRecord | None:
    """Make the item of a record: a page, or a count of a skipped record; None for a record that is not counted."""
    record = _parse(raw)
    if record is None:
        return InputRecord(file, number, rejection=RejectedRecord("corrupt", "the record's header cannot be read"))
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
        # An address of another protocol (dns:), or a head that is none.
        if (record.headers.get("WARC-Target-URI") or "").lower().lstrip("<").startswith("http"):
            return InputRecord(file, number, rejection=RejectedRecord("corrupt", "the record holds no HTTP response"))
        return InputRecord(file, number, skip_reason="not_html")
    content = record.reader.read()
    if not _is_page(content_type, content):
        return InputRecord(file, number, skip_reason="not_html")
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    header |= {"url": url or None, "captured": record.headers.get("WARC-Date") or None}
    header = {name: value for name, value in header.items() if value}
    if not content.strip():
        return InputRecord(file, number, rejection=RejectedRecord("empty_text", "the response has no body"))
    return InputRecord(file, number, page=content, header=header, record={url_name: url} if url else {})


def _parse(raw: WarcRecord) -> Any | None:
    """Parse a record and its HTTP head; its body stays as it is."""
    from fastwarc.warc import ArchiveIterator

    head = raw.head
    if raw.has_other_length:
        first, end, rest = _LENGTH.sub(b"", head).partition(b"\n")
        head = first + end + b"Content-Length: %d\r\n" % len(raw.content) + rest
    stream = io.BytesIO(head + raw.content + b"\r\n\r\n")
    # The content of a record may look compressed; the compression of the records is undone already.
    for record in ArchiveIterator(stream, parse_http=True, quirks_mode=True, stream_detect=False):
        record.freeze()
        return record
    return None


def _charset(content_type: str) -> str | None:
    match = re.search(r"charset\s*+=\s*+[\"']?\s*+([\w.:+-]+)", content_type, re.IGNORECASE)
    return match[1] if match else None


def _is_page(content_type: str, content: bytes) -> bool:
    """Return whether a response is a page: by its type, if it has none by its content."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and media_type not in ("unknown/unknown", "application/octet-stream", "application/http"):
        return media_type in _PAGES
    return _MARKUP.match(content[:512]) is not None
