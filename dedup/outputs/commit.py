"""Put new files in the place of old ones: all of them or none, also when the process is killed on the way.

New files are made in a temporary folder on the same file system (`Staging`). To commit, each old file is linked into
that folder and then replaced by one rename, so at no time is a name without its file. A journal, written first, says
what is moved; whoever comes after a killed process (`recover`) puts the old files back. Files and folders keep their
mode, owner and extended attributes; a folder is never replaced by another one.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from dedup.outputs.temporary import OwnedFolder, fcntl, remove_abandoned

PREFIX = ".dedup-"
_JOURNAL = "journal.json"


@dataclass(frozen=True)
class Move:
    """One step of a commit: `new`, a file or a new folder, takes the name `target`; None: `target` is removed.

    place: the folder whose area holds `new`.
    """

    new: Path | None
    target: Path
    place: Path


class Staging:
    """Temporary folders beside the targets, one a folder of targets. Close it to remove them."""

    def __init__(self) -> None:
        self._areas: dict[Path, OwnedFolder] = {}

    def area(self, place: Path, *, inside: bool = False) -> Path:
        """A folder for new files on the file system of the folder `place`: in its parent, or `inside` it.

        In the parent it cannot be seen by who lists the folder; where the parent cannot be written or is another file
        system, it is inside. Raises `OSError`.
        """
        if place not in self._areas:
            self._areas[place] = OwnedFolder(place if inside or not _beside(place) else place.parent, PREFIX)
            for name in ("new", "old"):
                (self._areas[place].path / name).mkdir()
        return self._areas[place].path

    def commit(self, moves: Sequence[Move], before: Callable[[], None] = lambda: None) -> None:
        """Carry out all moves or none; the last one decides, after a killed process, whether all are kept.

        A new folder can only be the last. before: called once nobody else can commit to these folders.
        Raises `OSError`.
        """
        folders = sorted({move.target.parent for move in moves})
        with _locked(folders):
            before()
            _keep_attributes(moves)
            self._journal(moves)
            done: list[tuple[Move, Path | None]] = []
            try:
                for number, move in enumerate(moves):
                    backup = self._areas[move.place].path / "old" / str(number)
                    existed = _back_up(move.target, backup)
                    done.append((move, backup if existed else None))
                    if move.new is not None:
                        os.replace(move.new, move.target)
                    else:
                        move.target.unlink(missing_ok=True)
            except BaseException:
                for move, old in reversed(done):
                    _undo(move, old)
                raise
            finally:
                for area in self._areas.values():
                    (area.path / _JOURNAL).unlink(missing_ok=True)
            for folder in folders:
                _sync(folder)

    def _journal(self, moves: Sequence[Move]) -> None:
        steps = [
            {"target": os.fsencode(move.target).hex(), "new": list(_identity(move.new)), "old": str(number)}
            for number, move in enumerate(moves)
        ]
        for place, area in self._areas.items():
            own = [step for step, move in zip(steps, moves, strict=True) if move.place == place]
            if own:
                part = area.path / f"{_JOURNAL}.new"
                part.write_bytes(orjson.dumps({"steps": own, "last": steps[-1]}))
                _sync(part)
                part.rename(area.path / _JOURNAL)

    def close(self) -> None:
        """Remove the temporary folders with what is still in them."""
        for area in self._areas.values():
            area.close()
        self._areas.clear()


@contextmanager
def replaced(target: Path, before: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Write one file whole or not at all: yields the path to write to; the file takes its place when the block ends.

    before: called just before that. A pipe or device is written to as it is. Raises `OSError`.
    """
    if is_stream(target):
        yield target
        return
    staging = Staging()
    try:
        new = staging.area(target.parent, inside=True) / "new" / "file"
        yield new
        staging.commit([Move(new, target, target.parent)], before)
    finally:
        staging.close()


def is_stream(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a pipe, socket or device (/dev/stdout): written to as it is, for nothing there can be lost."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def recover(folder: Path) -> None:
    """Put back what a killed commit moved in a folder, and remove what it left beside and in it. Never raises."""
    for place in (folder.parent, folder):
        remove_abandoned(place, PREFIX, _roll_back)


def _roll_back(area: Path) -> None:
    """Put the old files of an unfinished commit back, where the new ones are still as the commit left them."""
    try:
        journal = orjson.loads((area / _JOURNAL).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return  # the commit had not begun, or was finished
    if _identity(_target(journal["last"])) == tuple(journal["last"]["new"]):
        return  # all was moved
    for step in reversed(journal["steps"]):
        target, old = _target(step), area / "old" / step["old"]
        now = _identity(target)
        if now == tuple(step["new"]) or (old.exists() and not now):
            _undo(Move(None, target, area), old if old.exists() else None)


def _target(step: dict[str, Any]) -> Path:
    return Path(os.fsdecode(bytes.fromhex(step["target"])))


def _undo(move: Move, old: Path | None) -> None:
    """Take back one step. Never raises: the other steps are to be taken back too."""
    with suppress(OSError):
        if old is not None:
            os.replace(old, move.target)
        elif move.new is None or not move.new.exists():  # else it had not been moved yet
            move.target.unlink(missing_ok=True)


def _identity(path: Path | None) -> tuple[int, ...]:
    """Device, inode, size and modification time of a file; nothing where there is none."""
    if path is None:
        return ()
    try:
        status = path.lstat()
    except OSError:
        return ()
    if stat.S_ISDIR(status.st_mode):
        return status.st_dev, status.st_ino
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _back_up(target: Path, backup: Path) -> bool:
    """Give an old file a second name, or a copy where the file system has no links; whether there was one."""
    if not os.path.lexists(target) or target.is_dir():
        return False  # in the place of an empty folder its successor is renamed
    try:
        os.link(target, backup, follow_symlinks=False)
    except OSError:
        shutil.copy2(target, backup, follow_symlinks=False)
    return True


def _keep_attributes(moves: Sequence[Move]) -> None:
    """Give new files mode, owner and extended attributes of the old ones; have them on the disk before those go."""
    for move in moves:
        if move.new is None:
            continue
        try:
            old = move.target.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(old.st_mode):
            with suppress(OSError, AttributeError):  # not allowed, or another system
                if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                    os.chown(move.new, old.st_uid, old.st_gid)
            with suppress(OSError, AttributeError):
                for name in os.listxattr(move.target):
                    with suppress(OSError):
                        os.setxattr(move.new, name, os.getxattr(move.target, name))
            os.chmod(move.new, stat.S_IMODE(old.st_mode))
        _sync(move.new)


def _sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    with suppress(OSError):  # some file systems cannot for folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _beside(place: Path) -> bool:
    """Whether files made in the parent of a folder can be renamed into it."""
    parent = place.parent
    try:
        same = parent != place and parent.stat().st_dev == place.stat().st_dev and not os.path.ismount(place)
    except OSError:
        return parent != place and not place.exists()
    return same and os.access(parent, os.W_OK | os.X_OK)


@contextmanager
def _locked(folders: Sequence[Path]) -> Iterator[None]:
    """Hold a lock on each folder, in one order, so that two commits never mix."""
    handles: list[int] = []
    try:
        for folder in folders:
            if fcntl is not None:
                with suppress(OSError):  # a file system without locks
                    handles.append(os.open(folder, os.O_RDONLY))
                    fcntl.flock(handles[-1], fcntl.LOCK_EX)
        yield
    finally:
        for handle in handles:
            os.close(handle)
