"""Know the bytes behind letters: one-byte encodings as tables that never fail."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

#: Codecs by which UTF-8 is misread, in the order in which they are tried.
MISREADERS = (
    "cp1252", "cp1251", "mac_roman", "cp1250", "cp1253", "cp1254", "cp1256", "cp1255", "cp1257", "cp1258", "cp874",
    "koi8_r", "cp437", "cp850", "cp866", "iso8859_2", "iso8859_7", "iso8859_9", "iso8859_15",
)  # fmt: skip


@cache
def bytes_of(codec: str) -> Mapping[int, str]:
    """Return the table for `str.translate` from the characters of a codec to their bytes, as characters below U+0100.

    A byte that the codec leaves free is read as the control character of its number. Other characters below U+0100
    become U+FFFF, for they are no byte of the codec.
    """
    table = dict.fromkeys(range(0x80, 0x100), "\uffff")
    free = []
    for byte in range(0x80, 0x100):
        char = bytes([byte]).decode(codec, "ignore")
        if char:
            table[ord(char)] = chr(byte)
        else:
            free.append(byte)
    # WHATWG and browsers read cp1252 so; a text may mix both readings of 80 to 9F.
    for byte in (*free, *range(0x80, 0xA0)):
        if table[byte] == "\uffff":
            table[byte] = chr(byte)
    return table


def encode(text: str, codec: str) -> str:
    """Return the bytes of a text as characters; a character that the codec does not have stays, or becomes U+FFFF."""
    return text.translate(bytes_of(codec))


def as_bytes(text: str, codec: str) -> bytes | None:
    """Return the bytes of a text, or None if the codec does not have one of its characters."""
    try:
        return encode(text, codec).encode("latin-1")
    except UnicodeEncodeError:
        return None
