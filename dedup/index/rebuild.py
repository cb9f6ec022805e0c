"""Make an index anew from its own articles: from all, or from the sound ones where the file is damaged."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dedup.errors import IndexUnusable
from dedup.index.engine import Engine
from dedup.index.salvage import SalvageReader, padded_copy
from dedup.index.stores.sqlite.check import check, is_older, may_be_damage
from dedup.index.stores.sqlite.connections import Connections, is_new
from dedup.index.stores.sqlite.store import SqliteStore
from dedup.model import Article
from dedup.outputs.commit import PREFIX, recover
from dedup.outputs.temporary import OwnedFolder
from dedup.settings import Settings, make_settings


class RebuildResult(int):
    """The number of articles in a rebuilt index.

    left_out: the ids of articles that were damaged, or `number N` where the id cannot be read. damaged: the file that
    the damaged index was copied to, None if it was sound. usual: the usual settings were taken, since those that the
    index was made with cannot be read.
    """

    left_out: tuple[str, ...] = ()
    damaged: str | None = None
    usual: bool = False


def rebuild(path: str) -> RebuildResult:
    """Make an index anew, see `Index.rebuild`."""
    if is_new(path):
        Engine(path, readonly=True)  # raises `MissingInput`
    with suppress(IndexUnusable):  # of a damaged one: `_rebuild` finds that out
        if is_older(path):
            SqliteStore(path).close()  # brings its tables up to date
    folder = os.path.dirname(os.path.realpath(path))
    try:
        recover(Path(folder))
        with _write_lock(path) as release, OwnedFolder(folder, PREFIX) as temporary:
            return _rebuild(path, str(temporary / "index.db"), release)
    except OSError as error:
        raise IndexUnusable(f"{path}: no other index can be made in its folder ({error.strerror})") from error


def _rebuild(path: str, new_path: str, release: Callable[[], None]) -> RebuildResult:
    left_out: list[str] = []
    copy, usual = None, False
    if _is_damaged(path):
        try:
            source = padded_copy(path, os.path.dirname(new_path))
            with SalvageReader(source) as reader:
                settings = reader.settings()
                usual = settings is None
                with Engine(new_path, settings=settings or Settings()) as new:
                    _continue_numbering(new, path, source)
                    count = _fill(new, reader.articles(left_out))
            if count == 0 and not left_out:
                raise IndexUnusable("no article in it can be read")
        except (sqlite3.Error, IndexUnusable) as error:
            raise IndexUnusable(
                f"{path} cannot be made anew ({_first_reason(error)}); it was left as it is. Restore it from a copy, "
                "or make another from the files that were added to it, with: dedup index add NEW.db PATH..."
            ) from error
        copy = _copy_damaged(path)
    else:
        with Engine(path, trusted=True) as sound, Engine(new_path, settings=sound.settings) as new:
            _continue_numbering(new, path, path)
            count = _fill(new, sound.articles())
    release()
    try:
        _replace_content(path, new_path)
    except IndexUnusable:
        if copy is None:
            raise
        _replace_file(path, new_path)
    # The last writer that closes a file moves the log, which has all of it now, into the file; a reader cannot.
    SqliteStore(path).close()
    result = RebuildResult(count)
    result.left_out, result.damaged, result.usual = tuple(left_out), copy, usual
    return result


def _is_damaged(path: str) -> bool:
    try:
        return bool(check(path))
    except IndexUnusable as error:
        if not may_be_damage(error):
            raise
        return True


def _fill(new: Engine, articles: Iterable[Article]) -> int:
    """Store all articles, and return their number: what an older dedup stored is not set aside, it would be lost."""
    new.settings = make_settings(new.settings, keep_all=True)  # of this object; what the file records is written
    for _ in new.stream(articles):
        pass
    return len(new)


@contextmanager
def _write_lock(path: str) -> Iterator[Callable[[], None]]:
    """Keep other writers out: what they added would be lost. Yields a function that lets them in again."""
    locks: list[sqlite3.Connection] = []

    def release() -> None:
        while locks:
            locks.pop().execute("ROLLBACK")

    with closing(Connections(path, sync="normal", readonly=False)) as connections, connections.write_turn():
        try:
            connection = connections.get()
            connection.execute("BEGIN IMMEDIATE")
            locks.append(connection)
        except (sqlite3.Error, IndexUnusable) as error:
            if "locked" in str(error):
                with connections.translate_errors():
                    raise
        yield release
        release()


def _first_reason(error: BaseException) -> str:
    """Return the message of the error that began a chain of them."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error)


def _continue_numbering(new: Engine, path: str, readable: str) -> None:
    """Let a new index give numbers above all that the old one gave: open processes cache by number.

    readable: the old file, or its copy that SQLite can read.
    """
    assert isinstance(new._store, SqliteStore)
    try:
        with closing(SqliteStore(path, readonly=True)) as old:
            new._store.continue_numbering(old)
    except IndexUnusable:
        with SalvageReader(readable) as reader:
            new._store.start_numbering(*reader.last_numbers())


def _copy_damaged(path: str) -> str:
    """Copy a damaged file and its log to names that are free; return that of the file."""
    for name in itertools.chain([f"{path}.damaged"], (f"{path}.damaged.{number}" for number in itertools.count(2))):
        with suppress(FileExistsError), open(name, "xb") as copy, open(path, "rb") as source:
            shutil.copyfileobj(source, copy)
            os.fsync(copy.fileno())
            break
    log = f"{os.path.realpath(path)}-wal"
    if os.path.exists(log) and os.path.getsize(log):
        shutil.copyfile(log, f"{name}-wal")
    shutil.copymode(path, name)
    return name


def _replace_file(path: str, new_path: str) -> None:
    """Put another file in the place of one that SQLite cannot open; a copy of it exists already."""
    target = os.path.realpath(path)
    shutil.copymode(target, new_path)
    for end in ("-wal", "-shm"):  # of the damaged file: SQLite would take them for those of the new one
        with suppress(FileNotFoundError):
            os.unlink(target + end)
    os.replace(new_path, target)


def _replace_content(path: str, new_path: str) -> None:
    """Put the content of another index into a file in one transaction; readers see the one or the other."""
    with (
        closing(Connections(path, sync="full", readonly=False)) as target,
        closing(Connections(new_path, sync="normal", readonly=False)) as source,
        target.translate_errors(),
    ):
        source.get().backup(target.get())
