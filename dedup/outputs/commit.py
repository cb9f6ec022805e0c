"""Put new files in the place of old ones: all of them or none, also when the process is killed on the way.

New files are made in a temporary folder on the same file system (`Staging`). To commit, each old file is linked into
that folder and then replaced by one rename, so at no time is a name without its file. A journal, written first, says
what is moved; whoever comes after a killed process (`recover`) puts the old files back. It holds names in the folder
that the temporary folder is in or beside, and no paths, so it never means a file elsewhere, even if a folder was moved.
Files and folders keep their mode, owner and extended attributes; a folder is never replaced by another one.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from dedup.outputs.temporary import OwnedFolder, fcntl, remove_abandoned

PREFIX = ".dedup-"
_JOURNAL = "journal.json"
#: Seconds to wait for the lock of a folder. A commit holds it for a moment; another program may hold it for good
#: (`flock DIR dedup scan … --out DIR`).
PATIENCE = 30.0


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
            self._areas[place] = OwnedFolder(place if inside or not _fits_in_parent(place) else place.parent, PREFIX)
            for name in ("new", "old"):
                (self._areas[place].path / name).mkdir()
        return self._areas[place].path

    def commit(self, moves: Sequence[Move], before: Callable[[], object] = lambda: None) -> None:
        """Carry out all moves or none; the last one decides, after a killed process, whether all are kept.

        A new folder can only be the last. before: called last of all, once nobody else can commit to these folders.
        Raises `OSError`.
        """
        folders = sorted({move.target.parent for move in moves})
        for move in moves:  # here, for it may take long
            if move.new is not None and os.path.lexists(move.target):
                _sync(move.new)
        with _lock_folders(folders):
            _keep_attributes(moves)
            self._journal(moves)
            before()
            with _defer_interrupts() as deliver:
                self._carry_out(moves, deliver)
            for folder in folders:
                _sync(folder)

    def _carry_out(self, moves: Sequence[Move], deliver: Callable[[], None]) -> None:
        backups: list[tuple[Move, Path | None]] = []
        is_consistent = False  # whether all files are new, or all are old
        try:
            for number, move in enumerate(moves):
                deliver()
                backup = self._areas[move.place].path / "old" / str(number)
                has_backup = _back_up(move.target, backup)
                backups.append((move, backup if has_backup else None))
                if move.new is not None:
                    os.replace(move.new, move.target)
                else:
                    move.target.unlink(missing_ok=True)
            is_consistent = True
        except BaseException:
            undone = [_undo(move, old) for move, old in reversed(backups)]
            is_consistent = all(undone)
            raise
        finally:
            if is_consistent:
                for area in self._areas.values():
                    (area.path / _JOURNAL).unlink(missing_ok=True)
            else:  # the old files are in there: whoever comes next tries again
                for area in self._areas.values():
                    area.abandon()
                self._areas.clear()

    def _journal(self, moves: Sequence[Move]) -> None:
        """Note in each area its folder, what is moved into it, and the last move of all."""
        for place, area in self._areas.items():
            steps = [
                {"name": _to_hex(move.target.name), "new": list(_identity(move.new)), "old": number}
                for number, move in enumerate(moves)
                if move.target.parent == place
            ]
            last = {
                "way": _to_hex(os.path.relpath(moves[-1].target, area.path.parent)),
                "new": list(_identity(moves[-1].new)),
            }
            if steps:
                part = area.path / f"{_JOURNAL}.new"
                part.write_bytes(orjson.dumps({"folder": place.stat().st_ino, "steps": steps, "last": last}))
                _sync(part)
                part.rename(area.path / _JOURNAL)

    def close(self) -> None:
        """Remove the temporary folders with what is still in them."""
        for area in self._areas.values():
            area.close()
        self._areas.clear()


@contextmanager
def replace_file(target: Path, before: Callable[[], object] = lambda: None) -> Iterator[Path]:
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


def _roll_back(area: Path, handle: int) -> bool:
    """Put the old files of an unfinished commit back, where the new ones are still as the commit left them.

    handle: of the folder `area`. Returns whether all is back, so that the area may be removed.
    """
    try:
        file = os.open(_JOURNAL, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
    except FileNotFoundError:
        return True  # the commit had not begun, or was finished
    try:
        with open(file, "rb") as stream:
            journal = orjson.loads(stream.read())
        last, last_new = _from_hex(journal["last"]["way"]), tuple(journal["last"]["new"])
        steps = [(_from_hex(step["name"]), tuple(step["new"]), int(step["old"])) for step in journal["steps"]]
        folder = _folder(area.parent, journal["folder"])
    except (ValueError, KeyError, TypeError):
        return False  # no journal of ours: it stays
    if folder is None or _identity(area.parent / last) == last_new:
        return True  # its folder is gone, or all was moved
    complete = True
    for name, new, number in reversed(steps):
        if os.path.basename(name) != name or name in ("", ".", ".."):
            return False
        target, old = folder / name, f"old/{number}"
        now, has_old = _identity(target), _has(old, handle)
        try:
            if has_old and (now == new or not now):
                os.replace(old, target, src_dir_fd=handle)
            elif now and now == new:
                target.unlink()
        except OSError:
            complete = False
    return complete


def _folder(beside: Path, number: int) -> Path | None:
    """The folder with this inode: `beside` itself, or one in it, whatever it is called by now."""
    if beside.stat().st_ino == number:
        return beside
    with os.scandir(beside) as entries:
        return next((Path(entry.path) for entry in entries if _identity(Path(entry.path)) == (number,)), None)


def _to_hex(name: str) -> str:
    """A name of a file in a form that JSON can hold."""
    return os.fsencode(name).hex()


def _from_hex(name: str) -> str:
    return os.fsdecode(bytes.fromhex(name))


def _has(name: str, handle: int) -> bool:
    with suppress(OSError):
        os.lstat(name, dir_fd=handle)
        return True
    return False


def _undo(move: Move, old: Path | None) -> bool:
    """Take back one step; whether that was possible. No `OSError`: the other steps are to be taken back too."""
    try:
        if old is not None:
            os.replace(old, move.target)
        elif move.new is not None and not os.path.lexists(move.new):  # else it had not been moved yet
            os.replace(move.target, move.new)
    except OSError:
        return False
    return True


def _identity(path: Path | None) -> tuple[int, ...]:
    """Inode, size and modification time of a file; nothing where there is none.

    The device is left out, for its number may be another after the machine was started again.
    """
    if path is None:
        return ()
    try:
        status = path.lstat()
    except OSError:
        return ()
    if stat.S_ISDIR(status.st_mode):
        return (status.st_ino,)
    return status.st_ino, status.st_size, status.st_mtime_ns


def _back_up(target: Path, backup: Path) -> bool:
    """Give an old file a second name, or a copy where the file system has no links; whether there was one."""
    try:
        if stat.S_ISDIR(os.lstat(target).st_mode):
            return False  # in the place of an empty folder its successor is renamed
    except FileNotFoundError:
        return False
    try:
        os.link(target, backup, follow_symlinks=False)
    except OSError:
        shutil.copy2(target, backup, follow_symlinks=False)
    return True


def _keep_attributes(moves: Sequence[Move]) -> None:
    """Give new files mode, owner and extended attributes of the old ones."""
    for move in moves:
        if move.new is None:
            continue
        try:
            old = move.target.lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(old.st_mode):
            for owner in (-1, old.st_uid):  # who may not give a file away may still give it to a group
                with suppress(OSError, AttributeError):
                    os.chown(move.new, owner, old.st_gid)
            with suppress(OSError, AttributeError):
                for name in os.listxattr(move.target):
                    with suppress(OSError):
                        os.setxattr(move.new, name, os.getxattr(move.target, name))
            os.chmod(move.new, stat.S_IMODE(old.st_mode))


def _sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    with suppress(OSError):  # some file systems cannot for folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _fits_in_parent(place: Path) -> bool:
    """Whether files for a folder can be made in its parent: they must be free to move, and be what they would be if
    they were made in the folder itself."""
    parent = place.parent
    if not os.path.lexists(place):
        return parent != place
    try:
        status = place.stat()
        if parent == place or status.st_dev != parent.stat().st_dev or not os.access(parent, os.W_OK | os.X_OK):
            return False
    except OSError:
        return False
    if status.st_mode & stat.S_ISGID:
        return False  # files in it get its group
    with suppress(OSError, AttributeError):
        os.getxattr(place, "system.posix_acl_default")
        return False  # and these the rights that it hands down
    return fcntl is None or not _other_mount(parent, place)


def _other_mount(parent: Path, place: Path) -> bool:
    """Whether a folder is mounted into its parent from the same device (`mount --bind`)."""
    try:
        os.rename(f"{parent}/.", f"{place}/.")  # never possible; the reason is another one within a mount
    except OSError as error:
        return error.errno == errno.EXDEV
    return False


@contextmanager
def _lock_folders(folders: Sequence[Path]) -> Iterator[None]:
    """Hold a lock on each folder, in one order, so that two commits never mix."""
    handles: list[int] = []
    try:
        if fcntl is not None:
            for folder in folders:
                with suppress(OSError):
                    handles.append(os.open(folder, os.O_RDONLY))
            # Two paths may be one folder, and nobody can lock that twice.
            states = [os.fstat(handle) for handle in handles]
            unique = {(state.st_dev, state.st_ino): handle for state, handle in zip(states, handles, strict=True)}
            deadline = time.monotonic() + PATIENCE
            for _, handle in sorted(unique.items()):
                with suppress(OSError):  # a file system without locks
                    _lock(handle, deadline)
        yield
    finally:
        for handle in handles:
            os.close(handle)


def _lock(handle: int, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.01)


@contextmanager
def _defer_interrupts() -> Iterator[Callable[[], None]]:
    """Hold interrupts back until the block ends: a second one would break off the undoing after the first.

    Yields a function that lets those through that came so far.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # others are never interrupted
        return
    pending: list[int] = []
    handlers: dict[int, Any] = {}

    def deliver() -> None:
        while pending:
            number = pending.pop(0)
            handlers[number](number, None)

    try:
        for number in (getattr(signal, name) for name in ("SIGHUP", "SIGTERM", "SIGINT") if hasattr(signal, name)):
            handler = signal.getsignal(number)
            if callable(handler):
                handlers[number] = handler
                signal.signal(number, lambda signum, frame: pending.append(signum))
        yield deliver
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    deliver()
