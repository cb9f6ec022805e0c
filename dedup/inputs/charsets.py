"""Recognise and undo the character encodings of record files: UTF-16, code pages, encodings of East Asia.

Files are UTF-8 unless their first bytes, the setting `encoding` or bytes that are not UTF-8 say otherwise. Of code
pages for Latin letters that one is chosen whose lines are each spelt with the letters of one language
(`charsets.json`); the other encodings are told apart by charset_normalizer.
A guess that another encoding fits nearly as well is not `is_sure`.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import orjson

from dedup.errors import UsageError

#: Byte order marks, those that begin like another one first.
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Names that mean a larger encoding in practice.
WIDER = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
#: Encodings of other scripts, among which charset_normalizer decides.
_OTHERS = [
    "cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866", "mac_cyrillic", "cp1253", "iso8859_7", "cp1255", "iso8859_8",
    "cp1256", "iso8859_6", "cp874", "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1258", "cp1254", "cp1250",
    "cp1257", "cp1252",
]  # fmt: skip
#: A word that holds a byte beyond ASCII.
_HIGH_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
_LETTER = re.compile(rb"[A-Za-z]")
#: Marks that stand between words, and those that may stand within one.
_MARKS = frozenset("„“”‘’‚‹›«»–—…€£§©®°·•¡¿\xa0\xad´`¨ªº²³½¼™†‰")
_INNER_MARKS = frozenset("’‘–—·…\xa0\xad")
#: Bytes of which an encoding is guessed, and the fewest beyond ASCII for a sure guess.
SAMPLE, ENOUGH = 1 << 18, 20
#: The fewest bytes beyond ASCII for a guess among other scripts: one such byte alone is damage.
LEAST = 8
#: The share of letters that belong to one language, from which a guess counts, and its lead over others if it is sure.
_GOOD, _LEAD = 0.9, 0.03


class Guess(NamedTuple):
    """An encoding. is_sure: whether no other is nearly as likely."""

    encoding: str
    is_sure: bool

    @property
    def note(self) -> str:
        """What to tell the user, after the name of the file."""
        name = title_of(self.encoding)
        if self.is_sure:
            return f"not UTF-8, read as {name}"
        return f"not UTF-8, read as {name}, which is a guess; if letters are wrong, name the encoding with --encoding"


def title_of(encoding: str) -> str:
    """Return the usual name of an encoding."""
    return re.sub("^cp(?=125)", "windows-", encoding.replace("_", "-"))


def check_encoding(name: str) -> str:
    """Return Python's name of an encoding. Raises `UsageError` for an unknown one."""
    try:
        codec = codecs.lookup(name.strip()).name
        "".encode(codec)  # not all codecs are of text
    except (LookupError, ValueError, TypeError):
        raise UsageError(
            f"unknown encoding {name!r}; name one such as utf-8, cp1252, cp1251, utf-16, gb18030, shift_jis or euc-kr"
        ) from None
    return WIDER.get(codec, codec)


def encoding_of_head(head: bytes) -> str | None:
    """Recognise an encoding whose bytes are no lines of ASCII: UTF-16 by its mark or zeros, UTF-32, ISO-2022-JP."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    head = head[:400]
    if len(head) >= 8 and head.count(0) >= len(head) // 4 and b"\n" in head.replace(b"\0", b"") + b"\n":
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > 4 * min(even, odd):
            return "utf-16-le" if odd > even else "utf-16-be"
    if b"\x1b$B" in head or b"\x1b$@" in head:
        return "iso2022_jp"
    return None


def utf8_stream(file: io.BufferedReader, encoding: str | None) -> io.BufferedReader:
    """Return a stream of the same text in UTF-8: the file itself, unless it is in another encoding as a whole.

    encoding: of the setting; None to recognise it by the first bytes.
    """
    head = file.peek(400)
    name = check_encoding(encoding) if encoding else encoding_of_head(head)
    if name is None or name in ("utf-8", "utf-8-sig"):
        return file
    if name == "utf-16":
        name = encoding_of_head(head) or "utf-16-le"
    return io.BufferedReader(_Transcoder(file, name), io.DEFAULT_BUFFER_SIZE * 16)


class _Transcoder(io.RawIOBase):
    """A file in some encoding as a file in UTF-8. Bytes that mean nothing become U+FFFD."""

    def __init__(self, file: io.BufferedReader, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._rest = b""
        self._at_end = False

    def readable(self) -> bool:
        """Return True: text is read, and not written."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Copy the next bytes into a buffer; return their number, 0 at the end."""
        while not self._rest and not self._at_end:
            block = self._file.read1(1 << 16)
            self._at_end = not block
            self._rest = self._decoder.decode(block, self._at_end).encode("utf-8", "replace")
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def is_damaged_utf8(content: bytes) -> bool:
    """Return whether bytes that are not UTF-8 are UTF-8 but for a few: most characters beyond ASCII are valid."""
    try:
        content.decode("utf-8", "surrogatepass")
        return True  # surrogates, one by one
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) > 2 * bad


def decode_text(content: bytes, encoding: str | None) -> tuple[str, Guess | None]:
    """Decode a whole text: (text, the guess by which it was decoded or None). Raises `UnicodeDecodeError`."""
    name = check_encoding(encoding) if encoding else encoding_of_head(content)
    if name is not None and name not in ("utf-8", "utf-8-sig"):
        if name == "utf-16":
            name = encoding_of_head(content) or "utf-16-le"
        return content.decode(name, "replace").removeprefix("\ufeff"), None
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode(), None
    except UnicodeDecodeError:
        if encoding or (guess := guess_encoding(content)) is None:
            raise
    return content.decode(guess.encoding, "replace"), guess


def guess_encoding(content: bytes) -> Guess | None:
    """Guess the encoding of bytes that are not UTF-8; None for damaged UTF-8 and for bytes that are no text."""
    content = b"\n".join(line for line in content[:SAMPLE].split(b"\n") if not line.isascii())
    if is_damaged_utf8(content) or content.count(0):
        return None
    words = _HIGH_WORD.findall(content)
    letters = sum(len(_LETTER.findall(word)) for word in words)
    high = sum(map(len, words)) - letters
    is_latin = letters >= high / 2 or len(_LETTER.findall(content)) >= 10 * high
    if is_latin and (guess := _guess_latin(content.split(b"\n"), high)) is not None:
        return guess
    return _guess_other(content, high)


@cache
def _alphabets() -> dict[str, list[frozenset[str]]]:
    table = orjson.loads((files("dedup.inputs") / "charsets.json").read_bytes())
    return {name: [frozenset(letters) | {c.upper() for c in letters} for letters in all] for name, all in table.items()}


def _guess_latin(lines: list[bytes], high: int) -> Guess | None:
    """Guess among code pages for Latin letters; None if hardly a line is spelt with the letters of one language."""
    joined = [b" ".join(_HIGH_WORD.findall(line)) for line in lines]
    scores: list[tuple[float, str, str]] = []
    for encoding, alphabets in _alphabets().items():
        try:
            texts = [line.decode(encoding) for line in joined]
        except UnicodeDecodeError:
            continue
        if encoding != "cp1252" and not any(letters.intersection("".join(texts)) for letters in alphabets):
            continue  # marks alone are no sign of the rarer ones
        fit = sum(max(_count_fit(text, letters) for letters in alphabets) for text in texts)
        scores.append((fit / max(1, high), encoding, "\n".join(texts)))
    if not scores:
        return None
    best, encoding, text = max(scores, key=lambda score: score[0])  # the first of equals
    if best < _GOOD:
        return None
    others = [score for score, _, other in scores if other != text]
    return Guess(encoding, (high >= ENOUGH or best == 1.0) and best - max(others, default=0.0) >= _LEAD)


def _count_fit(text: str, letters: frozenset[str]) -> int:
    """Count the characters beyond ASCII that are fit: letters of the language, or marks at their place."""
    fit = 0
    for i, char in enumerate(text):
        if char < "\x80":
            continue
        before, after = text[i - 1 : i], text[i + 1 : i + 2]
        if char in _MARKS:
            fit += char in _INNER_MARKS or not (before.isalpha() and after.isalpha())
        elif char in letters:
            fit += not (char.isupper() and before.islower())
    return fit


def _guess_other(content: bytes, high: int) -> Guess | None:
    from charset_normalizer import from_bytes

    matches = from_bytes(content, cp_isolation=_OTHERS, preemptive_behaviour=False, enable_fallback=False)
    best = matches.best()
    if best is None or high < LEAST:
        return None
    rivals = [match for match in matches if str(match) != str(best)]
    lead = min((match.chaos for match in rivals), default=1.0) - best.chaos
    is_sure = high >= 4 * ENOUGH and (lead > 0.02 or best.coherence - max(m.coherence for m in rivals) > 0.1)
    return Guess(WIDER.get(best.encoding, best.encoding), is_sure)


def decode_lines(lines: Iterator[Any], guess: Guess) -> Iterator[Any]:
    """Yield lines in UTF-8: those that are not are decoded; damaged UTF-8 and lines of other types stay as they are."""
    for line in lines:
        if isinstance(line, bytes) and not line.isascii():
            try:
                line.decode()
            except UnicodeDecodeError:
                if not is_damaged_utf8(line):
                    yield line.decode(guess.encoding, "replace").encode()
                    continue
        yield line
