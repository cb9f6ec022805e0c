"""An index made anew from its own articles: all of them, or, where the file is damaged, those that are sound."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from dedup.errors import IndexUnusable
from dedup.index.article_values import article_of
from dedup.index.compatibility import settings_of
from dedup.index.document_store import Packer
from dedup.index.engine import Engine
from dedup.index.stores.checksums import Damage, Table, check_rows, decode_data
from dedup.index.stores.sqlite import rows as r
from dedup.index.stores.sqlite.check import check, is_older, may_be_damage
from dedup.index.stores.sqlite.connections import Connections, is_new
from dedup.index.stores.sqlite.store import SqliteStore
from dedup.model import Article
from dedup.outputs.commit import PREFIX, recover
from dedup.outputs.temporary import OwnedFolder
from dedup.settings import Settings

#: Articles that are read at a time.
_AT_A_TIME = 500
#: Numbers that are passed over where the last one that was given is not known for certain.
_MARGIN = 1 << 20
#: Rows that SQLite or we cannot make sense of.
_UNREADABLE = (sqlite3.Error, Damage, ValueError, TypeError, AttributeError, OverflowError)


class Rebuilt(int):
    """How many articles a rebuilt index has.

    left_out: the ids of articles that were damaged, or `number N` where the id cannot be read. damaged: the file that
    the damaged index was copied to; None if it was sound. usual: whether the usual settings were taken, for those that
    it was made with cannot be read.
    """

    left_out: tuple[str, ...] = ()
    damaged: str | None = None
    usual: bool = False


def rebuild(path: str) -> Rebuilt:
    """See `Index.rebuild`."""
    if is_new(path):
        Engine(path, readonly=True)  # which says that there is none
    with suppress(IndexUnusable):  # of a damaged one, which is found out below
        if is_older(path):
            SqliteStore(path).close()  # which brings its tables up to date
    beside = os.path.dirname(os.path.realpath(path))
    try:
        recover(Path(beside))
        with _alone(path) as release, OwnedFolder(beside, PREFIX) as folder:
            return _rebuild(path, str(folder / "index.db"), release)
    except OSError as error:
        raise IndexUnusable(f"{path}: no other index can be made in its folder ({error.strerror})") from error


def _rebuild(path: str, fresh: str, release: Callable[[], None]) -> Rebuilt:
    left_out: list[str] = []
    damaged, usual = None, False
    if _is_damaged(path):
        try:
            whole = _whole(path, os.path.dirname(fresh))
            with _Damaged(whole) as old:
                settings = old.settings()
                usual = settings is None
                with Engine(fresh, settings=settings or Settings()) as new:
                    _follow(new, path, whole)
                    count = _fill(new, old.articles(left_out))
            if count == 0 and not left_out:
                raise IndexUnusable("no article in it can be read")
        except (sqlite3.Error, IndexUnusable) as error:
            raise IndexUnusable(
                f"{path} cannot be made anew ({_reason(error)}); it was left as it is. Restore it from a copy, or make "
                "another from the files that were added to it, with: dedup index add NEW.db PATH..."
            ) from error
        damaged = _keep(path)
    else:
        with Engine(path, readonly=True, trusted=True) as sound, Engine(fresh, settings=sound.settings) as new:
            _follow(new, path, path)
            count = _fill(new, sound.articles())
    release()
    try:
        _replace_content(path, fresh)
    except IndexUnusable:
        if damaged is None:
            raise
        _replace_file(path, fresh)
    # Who closes a file last moves the log, which has all of it now, into it; who only read it cannot.
    SqliteStore(path).close()
    out = Rebuilt(count)
    out.left_out, out.damaged, out.usual = tuple(left_out), damaged, usual
    return out


def _is_damaged(path: str) -> bool:
    """Whether an index is damaged."""
    try:
        return bool(check(path))
    except IndexUnusable as error:
        if not may_be_damage(error):
            raise
        return True


def _fill(new: Engine, articles: Iterable[Article]) -> int:
    for _ in new.stream(articles):
        pass
    return len(new)


@contextmanager
def _alone(path: str) -> Iterator[Callable[[], None]]:
    """While nobody else writes: what came in meanwhile would be lost. Gives what lets others write again."""
    connections = Connections(path, sync="normal", readonly=False)
    held: list[sqlite3.Connection] = []

    def release() -> None:
        while held:
            held.pop().execute("ROLLBACK")

    try:
        with connections.write_turn():
            try:
                connection = connections.get()
                connection.execute("BEGIN IMMEDIATE")
                held.append(connection)
            except (sqlite3.Error, IndexUnusable) as error:
                if "locked" in str(error):
                    with connections.translate_errors():
                        raise
            yield release
            release()
    finally:
        connections.close()


def _reason(error: BaseException) -> str:
    """What SQLite, or a check, said first."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error)


def _whole(path: str, folder: str) -> str:
    """A file that was cut short, as a copy with zeros for what is missing, so that SQLite reads the rest; else it."""
    with open(path, "rb") as file:
        head = file.read(100)
    page = int.from_bytes(head[16:18], "big")
    size = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    # A header that claims far more than is there is damaged itself; what is missing of the copy takes no room on disk.
    if not os.path.getsize(path) < size <= 64 * max(1 << 20, os.path.getsize(path)):
        return path
    copy = os.path.join(folder, "whole.db")
    shutil.copyfile(path, copy)
    log = f"{os.path.realpath(path)}-wal"
    if os.path.exists(log):
        shutil.copyfile(log, f"{copy}-wal")
    os.truncate(copy, size)
    return copy


def _follow(new: Engine, path: str, whole: str) -> None:
    """Give numbers above all that were ever given: who has the file open remembers things by number. whole: the file,
    or its copy that can be read."""
    assert isinstance(new._store, SqliteStore)
    try:
        old = SqliteStore(path, readonly=True)
        try:
            new._store.continue_numbering(old)
        finally:
            old.close()
    except IndexUnusable:
        with _Damaged(whole) as damaged:
            new._store.start_numbering(*damaged.last())


class _Damaged:
    """Reads what is sound of a damaged file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connections = Connections(path, sync="normal", readonly=True)

    def __enter__(self) -> _Damaged:
        self._db = self._connections.get()
        return self

    def __exit__(self, *_: object) -> None:
        self._connections.close()

    def settings(self) -> Settings | None:
        """How the index was made; None where that is damaged."""
        about = {}
        with suppress(*_UNREADABLE):
            for row in self._db.execute("SELECT name, value, sum FROM about"):
                with suppress(*_UNREADABLE):
                    check_rows(Table.ABOUT, [row])
                    about[row[0]] = row[1]
        with suppress(IndexUnusable):
            return settings_of(about, self._path, None, None, trusted=True)
        return None

    def articles(self, left_out: list[str]) -> Iterator[Article]:
        """The sound ones, in the order in which they came; the ids of the others are added to `left_out`."""
        packer = self._packer()
        for numbers in self._numbers():
            rows = self._rows("article", "number", numbers)
            texts = self._rows("text", "article", numbers)
            lost = []
            for number in numbers:
                try:
                    (row,) = r.decode_articles([rows[number]])
                    text = decode_data(Table.TEXT, [texts[number]])[number]
                    yield article_of(row, packer.unpack(text))
                except (KeyError, *_UNREADABLE):
                    lost.append(number)
            left_out += self._named(lost, rows)

    def last(self) -> tuple[int, int, int]:
        """Numbers above all that were given, of articles, bodies and clusters."""
        tables = (("article", "text", "member"), ("body", "sketch"), ("cluster",))
        columns = {"article": "number", "text": "article", "member": "article", "sketch": "body"}
        out = []
        for own in tables:
            highest = 0
            for table in own:
                with suppress(*_UNREADABLE):
                    column = columns.get(table, "number")
                    highest = max(highest, self._db.execute(f"SELECT max({column}) FROM {table}").fetchone()[0] or 0)
            out.append(min(highest, 1 << 29) + _MARGIN)
        return out[0], out[1], out[2]

    def _packer(self) -> Packer:
        dictionaries: list[bytes] = []
        with suppress(*_UNREADABLE):
            for row in self._db.execute("SELECT * FROM dictionary ORDER BY number"):
                with suppress(*_UNREADABLE):
                    dictionaries += decode_data(Table.DICTIONARY, [row]).values()
        return Packer(dictionaries)

    def _numbers(self) -> Iterator[list[int]]:
        """The numbers of all articles that any part of the file knows of, from both ends of each."""
        found: set[int] = set()
        for sql in (
            "SELECT number FROM article NOT INDEXED ORDER BY number", "SELECT article FROM text ORDER BY article",
            "SELECT number FROM article ORDER BY id", "SELECT article FROM name ORDER BY hash",
            "SELECT number FROM article ORDER BY age",
        ):  # fmt: skip
            for order in ("", " DESC"):
                try:
                    found.update(number for (number,) in self._db.execute(sql + order) if isinstance(number, int))
                    break
                except _UNREADABLE:
                    continue
        numbers = sorted(found)
        for low in range(0, len(numbers), _AT_A_TIME):
            yield numbers[low : low + _AT_A_TIME]

    def _rows(self, table: str, key: str, numbers: list[int]) -> dict[int, tuple[Any, ...]]:
        """Rows by number, as far as they can be read."""
        found: dict[int, tuple[Any, ...]] = {}
        sql = f"SELECT * FROM {table} NOT INDEXED WHERE {key} IN (SELECT value FROM json_each(?))"
        try:
            found.update((row[0], row) for row in self._db.execute(sql, (orjson.dumps(numbers),)))
        except _UNREADABLE:
            for number in numbers:
                with suppress(*_UNREADABLE):
                    found.update((row[0], row) for row in self._db.execute(sql, (orjson.dumps([number]),)))
        return found

    def _named(self, numbers: list[int], rows: dict[int, tuple[Any, ...]]) -> list[str]:
        """The ids of articles that cannot be kept, from their rows or the list of ids."""
        names = {number: rows[number][1] for number in numbers if number in rows and isinstance(rows[number][1], str)}
        rest = set(numbers).difference(names)
        if rest:
            with suppress(*_UNREADABLE):
                listed = self._db.execute("SELECT number, id FROM article INDEXED BY sqlite_autoindex_article_1")
                names |= {number: id for number, id in listed if number in rest}
        return [names.get(number, f"number {number}") for number in numbers]


def _keep(path: str) -> str:
    """Copy a damaged file, and the log beside it, to names that nobody has; the first one."""
    number = 1
    while True:
        name = f"{path}.damaged" + (f".{number}" if number > 1 else "")
        try:
            with open(name, "xb") as copy, open(path, "rb") as source:
                shutil.copyfileobj(source, copy)
                os.fsync(copy.fileno())
            break
        except FileExistsError:
            number += 1
    log = f"{os.path.realpath(path)}-wal"
    if os.path.exists(log) and os.path.getsize(log):
        shutil.copyfile(log, f"{name}-wal")
    shutil.copymode(path, name)
    return name


def _replace_file(path: str, fresh: str) -> None:
    """Put another file in the place of one that SQLite cannot open; a copy of it is kept already."""
    target = os.path.realpath(path)
    shutil.copymode(target, fresh)
    for end in ("-wal", "-shm"):  # of the damaged one: SQLite would take them for those of the other
        with suppress(FileNotFoundError):
            os.unlink(target + end)
    os.replace(fresh, target)


def _replace_content(path: str, fresh: str) -> None:
    """Put the content of another index into a file, in one transaction; whoever reads it sees the one or the other."""
    target = Connections(path, sync="full", readonly=False)
    source = Connections(fresh, sync="normal", readonly=False)
    try:
        with target.translate_errors():
            source.get().backup(target.get())
    finally:
        source.close()
        target.close()
