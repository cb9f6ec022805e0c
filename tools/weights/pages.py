"""Page metadata of labelled articles, from their raw pages: what an HTML reader would put into a record's `meta`."""

import contextlib
import gzip
import html.parser
import json
import re
from pathlib import Path
from typing import Any

# Rewritten by the archive that kept the pages.
ARCHIVED = re.compile(r"https?:\\?/\\?/web\.archive\.org\\?/web\\?/\d+[a-z_]*\\?/")
# Names of `meta` elements and the key of a record's `meta` that they fill, the first found wins.
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
        found = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (found.get("name") or found.get("property") or "").lower()
            content = found.get("content", "").strip()
            if content and name in FIELDS:
                self.meta.setdefault(FIELDS[name], content)
            elif content and name == "author":
                self.things.append({"author": {"name": content}})
        elif tag == "link" and found.get("rel", "").lower() == "canonical":
            self.meta.setdefault("canonical", found.get("href", ""))
        elif tag == "script" and found.get("type", "").lower() == "application/ld+json":
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
    things = [one for thing in page.things for one in (thing if isinstance(thing, list) else [thing])]
    return page.meta | ({"jsonld": things} if things else {})


def pages(data: Path, name: str) -> dict[str, dict[str, Any]]:
    """The metadata of a set's articles that have a page, by id."""
    manifest = data / "html_pages" / "manifest.jsonl"
    if not manifest.exists():
        return {}
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    folder = manifest.parent
    return {row["id"]: read_page(folder / row["file"]) for row in rows if row["set"] == name}
