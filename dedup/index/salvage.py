"""Read what is sound of a damaged index file: its settings, its articles, and the numbers that it gave."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Self

import orjson

from dedup.errors import IndexUnusable
from dedup.index.compatibility import index_settings
from dedup.index.model_values import article_from_row
from dedup.index.stores.checksums import Damage, Table, check_rows, decode_data
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite.connections import Connections
from dedup.index.text_codec import TextCodec
from dedup.model import Article
from dedup.settings import Settings

#: Articles that are read together.
_BATCH = 500
#: Numbers that are skipped where the last one that was given is not known for certain.
_MARGIN = 1 << 20
#: The highest number that is believed.
_MAX_NUMBER = 1 << 29
#: A file whose header claims more than so many times its size, or than a MiB times that, is damaged in its header.
_MAX_GROWTH = 64
#: Errors for rows that SQLite or dedup cannot read.
_UNREADABLE = (sqlite3.Error, Damage, ValueError, TypeError, AttributeError, OverflowError)
#: Each lists the numbers of all articles from another part of the file.
_LISTS = (
    "SELECT number FROM article NOT INDEXED ORDER BY number", "SELECT article FROM text ORDER BY article",
    "SELECT number FROM article ORDER BY id", "SELECT article FROM name ORDER BY hash",
    "SELECT number FROM article ORDER BY age",
)  # fmt: skip

Row = tuple[Any, ...]


def padded_copy(path: str, folder: str) -> str:
    """Copy a file that was cut short into a folder, with zeros for what is missing, so that SQLite reads the rest.

    Returns the path of the copy, or `path` if the file is not cut short.
    """
    with open(path, "rb") as file:
        header = file.read(100)
    page = int.from_bytes(header[16:18], "big")
    size = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    # A header that claims far more than is there is damaged itself; the zeros take no room on disk.
    if not os.path.getsize(path) < size <= _MAX_GROWTH * max(1 << 20, os.path.getsize(path)):
        return path
    copy = os.path.join(folder, "whole.db")
    shutil.copyfile(path, copy)
    log = f"{os.path.realpath(path)}-wal"
    if os.path.exists(log):
        shutil.copyfile(log, f"{copy}-wal")
    os.truncate(copy, size)
    return copy


class SalvageReader:
    """Reads the sound rows of a damaged file. A context manager; the file must be one that SQLite opens."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connections = Connections(path, sync="normal", readonly=True)

    def __enter__(self) -> Self:
        self._db = self._connections.get()
        return self

    def __exit__(self, *_: object) -> None:
        self._connections.close()

    def settings(self) -> Settings | None:
        """Return the settings that the index was made with, None where they are damaged."""
        about = {}
        with suppress(*_UNREADABLE):
            for row in self._db.execute("SELECT name, value, sum FROM about"):
                with suppress(*_UNREADABLE):
                    check_rows(Table.ABOUT, [row])
                    about[row[0]] = row[1]
        with suppress(IndexUnusable):
            return index_settings(about, self._path, trusted=True)
        return None

    def articles(self, left_out: list[str]) -> Iterator[Article]:
        """Iterate the sound articles in the order in which they came; append the ids of the others to `left_out`."""
        codec = self._codec()
        for numbers in self._numbers():
            rows = self._rows("article", "number", numbers)
            texts = self._rows("text", "article", numbers)
            unreadable = []
            for number in numbers:
                try:
                    (row,) = r.decode_articles([rows[number]])
                    frame = decode_data(Table.TEXT, [texts[number]])[number]
                    yield article_from_row(row, codec.decompress(frame))
                except (KeyError, *_UNREADABLE):
                    unreadable.append(number)
            left_out += self._ids(unreadable, rows)

    def last_numbers(self) -> tuple[int, int, int]:
        """Return numbers of articles, bodies and clusters that are above all that were given."""
        article = self._last(("article", "number"), ("text", "article"), ("member", "article"))
        body = self._last(("body", "number"), ("sketch", "body"))
        return article, body, self._last(("cluster", "number"))

    def _last(self, *columns: tuple[str, str]) -> int:
        highest = 0
        for table, column in columns:
            with suppress(*_UNREADABLE):
                highest = max(highest, self._db.execute(f"SELECT max({column}) FROM {table}").fetchone()[0] or 0)
        return min(highest, _MAX_NUMBER) + _MARGIN

    def _codec(self) -> TextCodec:
        dictionaries: list[bytes] = []
        with suppress(*_UNREADABLE):
            for row in self._db.execute("SELECT * FROM dictionary ORDER BY number"):
                with suppress(*_UNREADABLE):
                    dictionaries += decode_data(Table.DICTIONARY, [row]).values()
        return TextCodec(dictionaries)

    def _numbers(self) -> Iterator[list[int]]:
        """Yield the numbers of all articles that any part of the file lists; each part is read from both ends."""
        numbers: set[int] = set()
        for sql in _LISTS:
            for order in ("", " DESC"):
                try:
                    numbers.update(number for (number,) in self._db.execute(sql + order) if isinstance(number, int))
                    break
                except _UNREADABLE:
                    continue
        ascending = sorted(numbers)
        for low in range(0, len(ascending), _BATCH):
            yield ascending[low : low + _BATCH]

    def _rows(self, table: str, key: str, numbers: list[int]) -> dict[int, Row]:
        """Return the rows by number that can be read: all at once or, where that fails, one by one."""
        rows: dict[int, Row] = {}
        sql = f"SELECT * FROM {table} NOT INDEXED WHERE {key} IN (SELECT value FROM json_each(?))"
        try:
            rows.update((row[0], row) for row in self._db.execute(sql, (orjson.dumps(numbers),)))
        except _UNREADABLE:
            for number in numbers:
                with suppress(*_UNREADABLE):
                    rows.update((row[0], row) for row in self._db.execute(sql, (orjson.dumps([number]),)))
        return rows

    def _ids(self, numbers: list[int], rows: dict[int, Row]) -> list[str]:
        """Return the ids of articles from their rows or from the list of ids, else `number N`."""
        ids = {number: rows[number][1] for number in numbers if number in rows and isinstance(rows[number][1], str)}
        rest = set(numbers).difference(ids)
        if rest:
            with suppress(*_UNREADABLE):
                cursor = self._db.execute("SELECT number, id FROM article INDEXED BY sqlite_autoindex_article_1")
                ids |= {number: id for number, id in cursor if number in rest}
        return [ids.get(number, f"number {number}") for number in numbers]
