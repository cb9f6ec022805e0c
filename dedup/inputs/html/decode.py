"""Decode the bytes of a page to text, and undo the compression and chunks of HTTP bodies."""

from __future__ import annotations

import codecs
import io
import re
import zlib

import brotli
import zstandard

from dedup.inputs import charsets
from dedup.inputs.compression import check_page_size
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.html.limits import MAX_PAGE

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+["']?\s*+([\w.:+-]{2,40})""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:+-]{2,40})""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), *charsets.BOMS)
#: Names that mean a larger encoding on the web than by their standard (WHATWG Encoding, labels).
_WIDER = {**charsets.WIDER, "big5": "big5hkscs"}
#: The usual encoding of pages in a language that declare none and are not UTF-8.
_OF_LANGUAGE = {
    **dict.fromkeys(("cs", "sk", "pl", "hu", "hr", "sl", "bs", "ro", "sq"), "cp1250"),
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be"), "cp1251"),
    "el": "cp1253", "tr": "cp1254", "he": "cp1255", "ar": "cp1256", "fa": "cp1256", "et": "cp1257", "lv": "cp1257",
    "lt": "cp1257", "vi": "cp1258", "ja": "cp932", "zh": "gb18030", "ko": "cp949", "th": "cp874",
}  # fmt: skip
_LANGUAGE = re.compile(rb"""<html[^>]{0,500}?\blang\s*=\s*["']?([a-z]{2})\b""", re.IGNORECASE)
#: Encodings whose bytes are all ASCII, so that they are valid UTF-8.
_SEVEN_BIT = ("iso2022", "hz", "utf-7")
#: If UTF-8 is declared, up to this share of invalid characters among those beyond ASCII is damage.
_DAMAGE = 0.02
#: Bytes that are rare in text, and the largest share of them in a text. Of random bytes they are a tenth.
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b")
_MOST_CONTROLS = 0.02


def decode_page(content: bytes, charset: str | None = None) -> str:
    """Decode a page. charset: the encoding that the server declares.

    A byte order mark decides. Then UTF-8, if all bytes are valid, because text in other encodings hardly ever is (many
    pages in UTF-8 declare ISO-8859-1). Then the declarations of the server and of the page. Then a guess.
    Raises `RejectedRecord` (`unreadable`) for bytes that are no text.
    """
    for mark, unicode in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(unicode, "replace")
    names = [name for label in (charset, *_in_page(content)) if label and (name := _codec(label))]
    seven_bit = next((name for name in names if name.startswith(_SEVEN_BIT)), None)
    if seven_bit is not None and seven_bit != "utf-7" and (text := _strictly(content, seven_bit)) is not None:
        return text
    if (wide := _without_mark(content)) is not None:
        return content.decode(wide, "replace")
    if len(content.translate(None, _CONTROLS)) < len(content) * (1 - _MOST_CONTROLS):
        raise RejectedRecord("unreadable", "the file is no text: it is full of control characters")
    if (text := _strictly(content, "utf-8")) is not None:
        return text
    if "utf-8" in names[:1] or not names:
        text = content.decode("utf-8", "replace")
        if text.count("\ufffd") <= _DAMAGE * sum(char > "\x7f" for char in text):
            return text
    for name in names:
        if name != "utf-8" and (text := _strictly(content, name)) is not None:
            return text
    return _guessed(content, names)


def _in_page(content: bytes) -> list[str]:
    head = content[:4096]
    return [match[1].decode("ascii") for rule in (_XML_DECLARED, _DECLARED) if (match := rule.search(head))]


def _codec(label: str) -> str | None:
    """Return Python's name of a declared encoding; None for UTF-16, in which the declaration would be unreadable."""
    try:
        name = codecs.lookup(label.strip("\"' ")).name
        "".encode(name)  # not all codecs are of text
    except (LookupError, ValueError, TypeError):
        return None
    return None if name.startswith(("utf-16", "utf-32")) else _WIDER.get(name, name)


def _strictly(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _without_mark(content: bytes) -> str | None:
    """Recognise UTF-16 without its mark: every other byte of the markup is zero."""
    head = content[:400]
    if len(head) < 8 or head.count(0) < len(head) // 4:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _guessed(content: bytes, names: list[str]) -> str:
    """Guess by the language that the page declares, as browsers do; then Western, if plausible; then by statistics."""
    language = _LANGUAGE.search(content[:4096])
    encoding = _OF_LANGUAGE.get(language[1].decode("ascii").lower()) if language else None
    if encoding and (text := _strictly(content, encoding)) is not None:
        return text
    if (text := _strictly(content, "cp1252")) is not None and _reads_western(text):
        return text
    from trafilatura.utils import detect_encoding

    for name in detect_encoding(content):
        if (text := _strictly(content, name)) is not None:
            return text
    return content.decode(next((name for name in names if name != "utf-8"), "cp1252"), "replace")


def _reads_western(text: str) -> bool:
    """Return whether the characters beyond ASCII are punctuation and accented letters, few among all letters."""
    beyond = [char for char in text if char > "\x7f"]
    letters = sum(char.isalpha() for char in beyond)
    marks = sum(char in "„“”‘’‚‹›«»–—…€£§©®°·•¡¿\xa0\xad" for char in beyond)
    return letters + marks >= 0.98 * len(beyond) and letters <= 0.2 * sum(char.isalpha() for char in text)


def undo_content_encoding(content: bytes, encodings: str, limit: int = MAX_PAGE) -> bytes:
    """Undo the `Content-Encoding` of a body: `gzip`, `deflate`, `br`, `zstd`, or several.

    Crawlers often store decompressed bodies with the header, so a body that is not compressed is returned as it is.
    Raises `RejectedRecord`: `corrupt`, or `too_large` for more than `limit` bytes.
    """
    for name in reversed([part.strip().lower() for part in encodings.split(",") if part.strip()]):
        before = content
        try:
            content = _decompressed(content, name, limit + 1)
        except (zlib.error, zstandard.ZstdError, brotli.error) as error:
            raise RejectedRecord("corrupt", f"the page's own compression is damaged: {error}") from None
        if content is not before:
            check_page_size(content, limit)
    return content


def _decompressed(content: bytes, name: str, size: int) -> bytes:
    """Undo one encoding of a body up to `size` bytes; a truncated body up to its end."""
    if name in ("gzip", "x-gzip") and content.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(31).decompress(content, size)
    if name == "zstd" and content.startswith(b"\x28\xb5\x2f\xfd"):
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read(size)
    if name not in ("deflate", "br") or content.lstrip()[:1] == b"<":
        return content
    if name == "deflate":
        try:
            return zlib.decompressobj(15).decompress(content, size)
        except zlib.error:
            return zlib.decompressobj(-15).decompress(content, size)  # some servers send this form
    engine = brotli.Decompressor()
    try:
        return bytes(engine.process(content, output_buffer_limit=size))
    except TypeError:  # brotli 1.1 has no limit; then the memory of the worker is the limit
        return bytes(engine.process(content))


_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")


def undo_chunked(content: bytes) -> bytes:
    """Remove the sizes of `Transfer-Encoding: chunked` from a body.

    A body without sizes, as many crawlers store it, is returned as it is.
    """
    parts: list[bytes] = []
    position = 0
    while match := _CHUNK.match(content, position):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(content[match.end() : match.end() + size])
        position = match.end() + size
        end = content[position : position + 2]
        position += 2 if end == b"\r\n" else end.startswith(b"\n")
    # The last size is missing: the body is truncated, or the first size was text.
    if not parts or (len(parts) == 1 and position < len(content)):
        return content
    return b"".join([*parts, content[position:]])
