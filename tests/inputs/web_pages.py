"""Pages as sites make them, put together from stories, and WARC files of them."""

from __future__ import annotations

import gzip
import html
import io
import json
from typing import Any

STORY = (
    "The harbour of Eastport will be closed to large ships from Monday, the port authority said, after divers found a "
    "crack in the northern breakwater that is longer than first thought.",
    "Engineers measured the gap at eleven metres during a low tide on Thursday. A survey in March had put it at four "
    "metres, and officials had then said that repairs could wait until the autumn.",
    "“We would rather lose two weeks of trade than a wall that has stood for ninety years,” harbour master Ines Carrow "
    "told reporters on the quay. Ferries to the islands will continue, though at half their usual speed.",
    "Fishing crews, who land about a third of the county's catch at Eastport, asked the council for compensation. The "
    "council will meet on Wednesday evening to decide, a spokeswoman said.",
    "The breakwater was built in the nineteen-thirties and was last repaired after the winter storm that sank two "
    "trawlers at their moorings.",
)
OTHER = (
    "A library in the hills above Marlow lends out telescopes, seed packets and, since last week, a bicycle for two "
    "that was given by a couple who no longer ride it.",
    "Librarian Paul Aldous keeps the catalogue on index cards and says he never lost a telescope. Two were returned "
    "late in nine years, both after a comet.",
    "The county wants to close four of its smaller branches next spring to save money. Marlow is on the list, although "
    "its lending figures rose by a fifth, according to a paper seen by members of the board.",
    "A petition has been signed by more people than live in the village, which Aldous puts down to visitors who come "
    "for the dark skies and stay for the soup.",
)
MENU = (
    "<nav><ul>"
    + "".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("news", "sport", "weather"))
    + "</ul></nav>"
)
FOOT = '<footer><p>Copyright 2024 The Eastport Gazette. <a href="/imprint">Imprint</a></p></footer>'


def paragraphs(story: tuple[str, ...]) -> str:
    return "".join(f"<p>{html.escape(text, quote=False)}</p>\n" for text in story)


def page(
    body: str, *, title: str = "Harbour to close after crack in breakwater grows", head: str = "", lang: str = "en-GB"
) -> str:
    """A whole page around a body."""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{title} - Eastport Gazette</title>'
        f"{head}"
        f"</head><body>{MENU}<main>{body}</main>{FOOT}</body></html>"
    )


def article(
    story: tuple[str, ...] = STORY, *, title: str = "Harbour to close after crack in breakwater grows", head: str = ""
) -> str:
    """A page of one article."""
    return page(f"<article><h1>{title}</h1>{paragraphs(story)}</article>", title=title, head=head)


def ld(*things: Any) -> str:
    """JSON-LD as a page holds it."""
    return f'<script type="application/ld+json">{json.dumps(things[0] if len(things) == 1 else list(things))}</script>'


def news(**fields: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", **fields}


def response(
    content: bytes | str,
    url: str,
    *,
    status: str = "200 OK",
    headers: str = "Content-Type: text/html; charset=utf-8",
    kind: str = "response",
) -> bytes:
    """A WARC record of a server's response."""
    body = content.encode() if isinstance(content, str) else content
    block = f"HTTP/1.1 {status}\r\n{headers}\r\n\r\n".encode() + body
    return record(block, url, kind=kind, type_="application/http; msgtype=response")


def record(
    block: bytes, url: str, *, kind: str = "response", type_: str = "text/plain", length: int | None = None
) -> bytes:
    """A WARC record; `length` may be another than that of its block."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{abs(hash(url)):032x}>\r\n"
        f"WARC-Date: 2024-05-02T10:00:00Z\r\nWARC-Target-URI: {url}\r\nContent-Type: {type_}\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def packed(records: list[bytes]) -> bytes:
    """Records as a .warc.gz holds them: each a member of its own."""
    out = io.BytesIO()
    for one in records:
        out.write(gzip.compress(one, 6, mtime=0))
    return out.getvalue()
