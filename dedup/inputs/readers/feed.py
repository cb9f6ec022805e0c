"""Read the items of feeds: RSS 2.0 and its older forms, RSS 1.0 (RDF) and Atom.

A feed is parsed item by item. Entities that the file itself declares are not expanded, and nothing outside the file is
read. What feeds commonly get wrong is repaired first: control characters, blanks before the XML declaration, entities
of HTML, several feeds one after the other in one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html.entities import html5
from itertools import chain
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from dedup.inputs.batch import Batch
from dedup.inputs.batch_builder import BatchBuilder
from dedup.inputs.compression import BLOCK, UnreadableInput
from dedup.inputs.feed_html import markup_text
from dedup.inputs.fields import hostname
from dedup.inputs.readers.streams import open_stream
from dedup.inputs.record_files import record_hash
from dedup.inputs.source import Source
from dedup.settings import Settings

_ROOTS = ("rss", "feed", "RDF")
#: Namespaces whose elements stand under their bare names, and those with a fixed prefix.
_BARE = ("", "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/",
         "http://my.netscape.com/rdf/simple/0.9/", "http://backend.userland.com/rss2")  # fmt: skip
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc", "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content", "http://news.yandex.ru": "yandex",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
}  # fmt: skip
#: Elements in which a value may stand. Of several texts the longest is taken, of all else the first.
_TEXTS = ("content:encoded", "content", "yandex:full-text", "full-text", "description", "summary")
_DATES = ("pubDate", "published", "dc:date", "issued", "dcterms:issued", "created", "updated", "modified")
_AUTHORS = ("dc:creator", "author", "creator")
_IDS = ("guid", "id")

_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_ENTITIES = (b"amp", b"lt", b"gt", b"quot", b"apos")
#: The end of a feed with another document behind it, and the end of a file that is whole.
_BETWEEN = re.compile(rb"(</(?:[\w.-]+:)?(?:rss|feed|RDF)\s*>)\s*(?=<\?xml\s)")
_WHOLE = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|RDF)\s*>\s*\Z")
#: Bytes at the end of a block in which something may begin that goes on in the next.
_EDGE = 256
_ITEM_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>")


def read_feed(source: Source, settings: Settings) -> Iterator[Batch]:
    """Read a file of feeds. The line of an item is its number in the file."""
    builder = BatchBuilder(source.name, settings)
    reader = _FeedReader(builder, {name for _, name in settings.fields})
    try:
        with open_stream(source, BLOCK) as file:
            for piece in chain(_pieces(iter(lambda: file.read(BLOCK), b"")), [None]):
                reader.feed(piece)
                if builder.full:
                    yield from builder.flush()
    except UnreadableInput as error:
        builder.reject(reader.number + 1 if error.in_record and reader.number else None, error)
    yield from builder.flush()


def _pieces(blocks: Iterator[bytes]) -> Iterator[bytes | None]:
    """Yield the repaired bytes of a file, and None where another document begins."""
    first = next(blocks, b"")
    if first.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):  # UTF-16, in which bytes are no characters
        yield first
        yield from blocks
        return
    rest = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    for block in chain(blocks, [b""]):
        data = rest + block
        # What may be the end of a feed, or an entity that goes on in the next block, is kept back.
        end = len(data)
        keep = min((at for mark in (b"</", b"&") if (at := data.rfind(mark, max(0, end - _EDGE))) >= 0), default=end)
        cut = keep if block else end
        data, rest = data[:cut], data[cut:]
        parts = _BETWEEN.split(data)  # pieces, and between them the end tags, which belong to the pieces before
        for number in range(0, len(parts), 2):
            if number:
                yield None
            piece = b"".join(parts[number : number + 2])
            yield _ENTITY.sub(_numeric, piece.translate(None, _CONTROLS))


def _numeric(entity: re.Match[bytes]) -> bytes:
    """Write an entity of HTML as numbers, which XML knows without a declaration."""
    name = entity[1]
    text = None if name in _XML_ENTITIES else html5.get(name.decode() + ";")
    return entity[0] if text is None else "".join(f"&#{ord(char)};" for char in text).encode()


class _FeedReader:
    """Parses documents piece by piece and adds their items to a builder.

    own_names: elements that the user named. number: items so far in the file. seen: the fingerprint of the item of each
    id.
    """

    def __init__(self, builder: BatchBuilder, own_names: set[str]) -> None:
        self.builder = builder
        self.own_names = own_names
        self.number = 0
        self.seen: dict[str, int] = {}
        self._open()

    def _open(self) -> None:
        self._parser = etree.XMLPullParser(
            ("start", "end"), recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        self._root: Any = None
        self._channel: dict[str, str] = {}
        self._inside = 0
        self._tail = b""
        self._ended = self._taken = 0
        self._is_empty = True

    def feed(self, piece: bytes | None) -> None:
        """Parse more of a document; None ends it. Raises `UnreadableInput` for what is no feed."""
        if piece is None:
            self._close()
            self._open()
        elif piece:
            self._is_empty = self._is_empty and not piece.strip()
            self._tail = (self._tail + piece)[-_EDGE:]
            self._ended += len(_ITEM_END.findall(piece))
            try:
                self._parser.feed(piece)
            except etree.XMLSyntaxError as error:
                raise UnreadableInput(
                    "corrupt" if self.number else "unreadable", _message(error), bool(self.number)
                ) from None
            self._events()

    def _close(self) -> None:
        if self._is_empty:
            return
        whole = b"\0" in self._tail or _WHOLE.search(self._tail) is not None
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            if self._root is None:
                raise UnreadableInput("unreadable", f"it is no XML: {_message(error)}", in_record=False) from None
        self._events(most=None if whole else self._ended)
        if self._root is None:
            raise UnreadableInput("unreadable", "it is no XML", in_record=False)
        if not whole:
            raise UnreadableInput("truncated", "the feed ends early; the items before are kept")

    def _events(self, most: int | None = None) -> None:
        """Take over the items that are parsed. most: how many of a document that was cut are whole."""
        for event, element in self._parser.read_events():
            name = _name(element)
            if self._root is None:
                self._root = element
                if name.rpartition(":")[2] not in _ROOTS:
                    raise UnreadableInput("unreadable", f"it is no feed: its root is <{name}>", in_record=False)
            if name in ("item", "entry"):
                self._inside += 1 if event == "start" else -1
                if event == "end" and self._inside == 0:
                    self._taken += 1
                    if most is None or self._taken <= most:
                        self._add(element)
                    _remove(element)
            elif event == "end" and not self._inside and name in ("title", "link", "id") and name not in self._channel:
                self._channel[name] = _link(element) if name == "link" else _text(element)

    def _add(self, item: Any) -> None:
        self.number += 1
        record = self._record(item)
        text = str(record.get("text") or "").encode(errors="replace")
        if (identifier := record.get("id")) is not None:
            # An item that was changed is there again under its id: an article of its own.
            if self.seen.setdefault(identifier, record_hash(text)) != record_hash(text):
                record["id"] = None
        names = self.builder.names
        fields = {names.of(target)[0]: value for target, value in record.items()}
        fields |= {_name(child): _content(child) for child in reversed(item) if _name(child) in self.own_names}
        self.builder.add(fields, self.number)

    def _record(self, item: Any) -> dict[str, Any]:
        """Return the columns of an item."""
        children: dict[str, list[Any]] = {}
        for child in item:
            if isinstance(child.tag, str):
                children.setdefault(_name(child), []).append(child)
        texts = [_content(child) for name in _TEXTS for child in children.get(name, ())]
        titles = [" ".join(_content(child).split()) for child in children.get("title", ())]
        authors = [_author(child) for name in _AUTHORS for child in children.get(name, ())]
        sources = [_origin(child) for child in children.get("source", ())]
        origin = next((source for source in sources if source), None)
        url = self._url(children)
        host = hostname(origin["url"]) if origin and origin.get("url") else None
        about = next((value for name, value in item.attrib.items() if name.endswith("}about")), None)
        return {
            "id": _first(children, _IDS) or about,
            "text": max(texts, key=len, default=None) or None,
            "title": next(filter(None, titles), None),
            "url": url,
            "published": _first(children, _DATES),
            "domain": host or (None if url else hostname(self._channel.get("link", ""))),
            "authors": list(dict.fromkeys(filter(None, authors))) or None,
            "meta": {"rss_source": origin} if origin else None,
        }

    def _url(self, children: Mapping[str, list[Any]]) -> str | None:
        links = [_text(child) for child in children.get("feedburner:origLink", ())]
        links += [_link(child) for child in children.get("link", ())]
        links += [
            _text(child) for child in children.get("guid", ())
            if child.get("isPermaLink", "true").lower() == "true" and _text(child).startswith("http")
        ]  # fmt: skip
        link = next(filter(None, links), None)
        return link and urljoin(self._channel.get("link", ""), link)


def _name(element: Any) -> str:
    """Return the name of an element: bare in the namespaces of feeds, else with a prefix."""
    if not isinstance(element.tag, str):
        return ""
    space, _, local = element.tag.rpartition("}")
    space = space.removeprefix("{")
    if space in _PREFIXES:
        return f"{_PREFIXES[space]}:{local}"
    return local if space in _BARE or element.prefix is None else f"{element.prefix}:{local}"


def _first(children: Mapping[str, list[Any]], names: Iterable[str]) -> str | None:
    return next((text for name in names for child in children.get(name, ()) if (text := _text(child))), None)


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _content(element: Any) -> str:
    """Return the text of an element that may hold markup: escaped, or as elements."""
    if len(element):
        text = (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)
        return markup_text(text)
    text = element.text or ""
    return text.strip() if element.get("type") in ("text", "text/plain") else markup_text(text)


def _link(element: Any) -> str:
    """Return the address of a link to the story: Atom has it in an attribute, and has links to other things."""
    href = element.get("href")
    if href is None:
        return _text(element)
    return href.strip() if element.get("rel", "alternate") == "alternate" else ""


def _author(element: Any) -> str:
    """Return a name: Atom has it in an element, RSS behind an address, as in `desk@paper.org (A. Writer)`."""
    names = [_text(child) for child in element if _name(child) == "name"]
    name = names[0] if names else _text(element)
    in_brackets = re.fullmatch(r"\S+@\S+\s*\((.+)\)", name)
    return in_brackets[1].strip() if in_brackets else name


def _origin(element: Any) -> dict[str, str]:
    """Return the name and address of the feed from which an item was taken over."""
    children = {_name(child): child for child in element if isinstance(child.tag, str)}
    name = _text(children["title"]) if "title" in children else _text(element)
    url = element.get("url") or ("link" in children and _link(children["link"])) or ""
    return {key: value for key, value in (("name", name), ("url", url)) if value}


def _remove(element: Any) -> None:
    """Take an element that is done out of the tree, which would else hold the whole feed."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _message(error: Exception) -> str:
    return str(error).partition("\n")[0]
