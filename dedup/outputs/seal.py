"""Seals: marks in files that show later that dedup wrote them and that nobody changed them since.

A seal is the XXH3-128 digest of the whole file with zeros (in JSON lines: spaces) in the place of the seal. It protects
against accidents, not against forgery. In JSON lines it is made of blanks, which JSON ignores: a key would be a column
for every program that reads the file as a table.

| file | where its seal is |
|---|---|
| JSON object: summary.json, tuning.json, furniture | its last key, `seal`; its first, `format`, names the kind |
| JSON lines: articles | 128 blanks at the end of the first line, a space for each bit 0 and a tab for each 1 |
| SQLite database: tables of a scan | `application_id`, and `user_version` equal to SQLite's change counter |
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

import orjson
import xxhash

if TYPE_CHECKING:
    import sqlite3

#: Kinds of sealed JSON objects: the value of their key `format`.
SCAN, TUNING, FURNITURE = "dedup-scan/1", "dedup-tuning/1", "dedup-furniture/1"
#: `application_id` of a database with the tables of a scan: "dedt".
TABLES_APPLICATION = 0x64656474

_BLANK = b"0" * 32
_SEAL = re.compile(rb'"seal":\s?"([0-9a-f]{32})"\s*\}\s*\Z')
#: Bytes of the longest first line that is read: no foreign file is read into memory whole.
_LONGEST_LINE = 1 << 27
#: Bits of a seal made of blanks.
_BITS = 128
_BLOCK = 1 << 20


def seal_json(kind: str, value: Mapping[str, Any]) -> bytes:
    """Serialise an object as indented JSON with `format` (kind) as its first key and its seal as the last."""
    content = {
        "format": kind,
        **{k: v for k, v in value.items() if k not in ("format", "seal")},
        "seal": _BLANK.decode(),
    }
    data = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    position = data.rindex(_BLANK)
    return data[:position] + xxhash.xxh3_128_hexdigest(data).encode() + data[position + len(_BLANK) :]


def parse_sealed_json(data: bytes, kind: str) -> dict[str, Any] | None:
    """Parse a sealed object of this kind; None if the bytes are no such object, or were changed."""
    seal = _SEAL.search(data, max(0, len(data) - 128))
    if seal is None:
        return None
    blank = data[: seal.start(1)] + _BLANK + data[seal.end(1) :]
    if xxhash.xxh3_128_hexdigest(blank).encode() != seal[1]:
        return None
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return content if isinstance(content, dict) and content.get("format") == kind else None


def is_summary(path: str) -> bool:
    """Return whether a file begins as summary.json of a scan does, changed or not."""
    try:
        with open(path, "rb") as file:
            return file.read(64).startswith(b'{\n  "format": "%s",\n' % SCAN.encode())
    except OSError:
        return False


def write_sealed_lines(records: Iterable[Mapping[str, Any]], stream: IO[bytes], *, has_seal: bool = True) -> int:
    """Write records as JSON lines and return their number.

    has_seal: whether the first line ends with a seal; this needs a stream that can seek.
    """
    digest, count, position = xxhash.xxh3_128(), 0, 0
    for record in records:
        line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        if has_seal and count == 0:
            position = len(line) - 1
            line = line[:-1] + b" " * _BITS + b"\n"
        if has_seal:
            digest.update(line)
        stream.write(line)
        count += 1
    if has_seal and count:
        stream.seek(position)
        stream.write(_blanks(digest))
    stream.flush()
    return count


def has_sealed_lines(stream: IO[bytes]) -> bool:
    """Return whether an open file holds articles as `write_sealed_lines` wrote them."""
    first = stream.readline(_LONGEST_LINE)
    seal = first[-_BITS - 1 : -1]
    if len(seal) < _BITS or seal.strip(b" \t") or not first.endswith(b"\n"):
        return False
    digest = xxhash.xxh3_128(first[: -_BITS - 1] + b" " * _BITS + b"\n")
    while block := stream.read(_BLOCK):
        digest.update(block)
    return _blanks(digest) == seal


def _blanks(digest: xxhash.xxh3_128) -> bytes:
    """Write a digest as blanks: a space for each bit 0 and a tab for each 1, the highest bit first."""
    return f"{digest.intdigest():0{_BITS}b}".translate({ord("0"): " ", ord("1"): "\t"}).encode()


def seal_database(connection: sqlite3.Connection, path: str | os.PathLike[str]) -> None:
    """Seal a database that is written into the file `path`. This must be its last transaction.

    SQLite adds one to the change counter in the file's header (bytes 24 to 27, big-endian) with every transaction that
    changes the file (https://sqlite.org/fileformat2.html, section 1.3.7). `user_version` is set to what the counter
    will be after this transaction, so any later change makes the two differ.
    """
    with open(path, "rb") as file:
        counter = int.from_bytes(file.read(28)[24:28], "big")
    connection.execute(f"PRAGMA user_version = {counter + 1}")


def is_sealed_database(path: str | os.PathLike[str]) -> bool:
    """Return whether a file is the unchanged database of a scan."""
    with open(path, "rb") as file:
        head, size = file.read(100), os.fstat(file.fileno()).st_size
    number = {name: int.from_bytes(head[at : at + 4], "big") for name, at in _HEADER.items()}
    return (
        len(head) >= 100
        and head.startswith(b"SQLite format 3\0")
        and number["application_id"] == TABLES_APPLICATION
        and number["user_version"] == number["counter"]
        and (65536 if head[16:18] == b"\0\1" else int.from_bytes(head[16:18], "big")) * number["pages"] == size
    )


def is_locked_database(path: str | os.PathLike[str]) -> bool:
    """Return whether another program is in a transaction on a database; False for any other file.

    A database in WAL mode is not opened, because that would make files beside it; such files show its use.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(20)
    except OSError:
        return False
    if not head.startswith(b"SQLite format 3\0") or head[18:20] != b"\1\1":
        return False
    import sqlite3  # here, because most commands need none

    base = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        base.execute("BEGIN EXCLUSIVE")
        base.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False
    finally:
        base.close()
    return False


#: Offsets of 4-byte fields in SQLite's header.
_HEADER = {"counter": 24, "pages": 28, "user_version": 60, "application_id": 68}


def digest_of(path: str | os.PathLike[str]) -> str:
    """Compute the XXH3-128 digest of a file, as 32 hexadecimal digits."""
    digest = xxhash.xxh3_128()
    with open(path, "rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
