"""Read page metadata of labelled articles from their raw pages, as an HTML reader puts it into a record's `meta`."""

import contextlib
import gzip
import html.parser
import json
import re
from pathlib import Path
from typing import Any

# Addresses that the web archive rewrote.
ARCHIVED = re.compile(r"https?:\\?/\\?/web\.archive\.org\\?/web\\?/\d+[a-z_]*\\?/")
# Names of `meta` elements and the key of a record's `meta` that they fill; the first element counts.
FIELDS = {
    "copyright": "credit",
    "dc.source": "provider",
    "syndication-source": "syndication_source",
    "original-source": "original_source",
    "og:site_name": "og_site_name",
    "article:modified_time": "modified",
}


class _Page(html.parser.HTMLParser):
    """Collects `meta`, canonical link and JSON-LD."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, Any] = {}
        self.things: list[Any] = []
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (attributes.get("name") or attributes.get("property") or "").lower()
            content = attributes.get("content", "").strip()
            if content and name in FIELDS:
                self.meta.setdefault(FIELDS[name], content)
            elif content and name == "author":
                self.things.append({"author": {"name": content}})
        elif tag == "link" and attributes.get("rel", "").lower() == "canonical":
            self.meta.setdefault("canonical", attributes.get("href", ""))
        elif tag == "script" and attributes.get("type", "").lower() == "application/ld+json":
            self._script = []

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            with contextlib.suppress(ValueError):
                self.things.append(json.loads("".join(self._script)))
            self._script = None


def read_page(file: Path) -> dict[str, Any]:
    """The metadata of one gzipped page."""
    text = ARCHIVED.sub("", gzip.decompress(file.read_bytes()).decode("utf-8", "replace"))
    page = _Page()
    page.feed(text)
    things = [item for thing in page.things for item in (thing if isinstance(thing, list) else [thing])]
    return page.meta | ({"jsonld": things} if things else {})


def pages(data: Path, name: str) -> dict[str, dict[str, Any]]:
    """The metadata of a set's articles that have a page, by id."""
    manifest = data / "html_pages" / "manifest.jsonl"
    if not manifest.exists():
        return {}
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    folder = manifest.parent
    return {row["id"]: read_page(folder / row["file"]) for row in rows if row["set"] == name}
