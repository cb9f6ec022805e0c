"""Replace files by new ones: all of them or none, also if the process is killed meanwhile.

New files are made in a temporary folder on the same file system (`Staging`). A commit links each old file into that
folder and replaces it by one rename, so no name is ever without its file. A journal, written first, lists the moves;
after a killed process the next run (`recover`) puts the old files back. The journal holds names in the folder that the
temporary folder is in or beside, and no paths, so it never refers to a file elsewhere, even if a folder was moved.
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
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from dedup.outputs.temporary import OwnedFolder, exists_in, fcntl, remove_abandoned

PREFIX = ".dedup-"
_JOURNAL = "journal.json"
#: Seconds to wait for the lock of a folder. A commit has it for milliseconds; another program may keep it
#: (`flock DIR dedup scan … --out DIR`).
LOCK_TIMEOUT = 30.0


@dataclass(frozen=True)
class Move:
    """One step of a commit: the file or folder `new` gets the name `target`; if it is None, `target` is removed.

    folder: the folder whose area holds `new`.
    """

    new: Path | None
    target: Path
    folder: Path


class Staging:
    """Temporary folders for new files, one for each folder of targets. `close` removes them."""

    def __init__(self) -> None:
        self._areas: dict[Path, OwnedFolder] = {}

    def area(self, folder: Path, *, inside: bool = False) -> Path:
        """Return a folder for new files on the file system of `folder`: in its parent, or `inside` it.

        In the parent it is not listed with the folder; if the parent cannot be written or is another file system, it is
        inside. Raises `OSError`.
        """
        if folder not in self._areas:
            parent = folder if inside or not _fits_in_parent(folder) else folder.parent
            self._areas[folder] = OwnedFolder(parent, PREFIX)
            for name in ("new", "old"):
                (self._areas[folder].path / name).mkdir()
        return self._areas[folder].path

    def commit(self, moves: Sequence[Move], before: Callable[[], object] = lambda: None) -> None:
        """Carry out all moves or none. If the process is killed, all count as done if the last one was done.

        Only the last move can be of a folder. before: called when the folders are locked, right before the moves.
        Raises `OSError`.
        """
        folders = sorted({move.target.parent for move in moves})
        for move in moves:  # before the lock, because it may take long
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
                backup = self._areas[move.folder].path / "old" / str(number)
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
            else:  # the old files are in there: the next run tries again
                for area in self._areas.values():
                    area.abandon()
                self._areas.clear()

    def _journal(self, moves: Sequence[Move]) -> None:
        """Write into each area its folder, the moves into that, and the last move of all."""
        for folder, area in self._areas.items():
            steps = [
                {"name": _to_hex(move.target.name), "new": list(_identity(move.new)), "old": number}
                for number, move in enumerate(moves)
                if move.target.parent == folder
            ]
            last = {
                "way": _to_hex(os.path.relpath(moves[-1].target, area.path.parent)),
                "new": list(_identity(moves[-1].new)),
            }
            if steps:
                part = area.path / f"{_JOURNAL}.new"
                part.write_bytes(orjson.dumps({"folder": folder.stat().st_ino, "steps": steps, "last": last}))
                _sync(part)
                part.rename(area.path / _JOURNAL)

    def close(self) -> None:
        """Remove the temporary folders with their content."""
        for area in self._areas.values():
            area.close()
        self._areas.clear()


@contextmanager
def replace_file(target: Path, before: Callable[[], object] = lambda: None) -> Iterator[Path]:
    """Write one file whole or not at all: yields a path to write to; that file gets the name `target` at the end.

    before: called right before that. A pipe or device is written directly. Raises `OSError`.
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
    """Return whether a path is a pipe, socket or device (/dev/stdout), which is written directly."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def recover(folder: Path) -> None:
    """Undo a killed commit to a folder, and remove its temporary folders beside and in it. Raises nothing."""
    for parent in (folder.parent, folder):
        remove_abandoned(parent, PREFIX, _roll_back)


def _roll_back(area: Path, handle: int) -> bool:
    """Put back the old files of an unfinished commit whose new files are unchanged.

    handle: of the folder `area`. Returns whether the area may be removed: all old files are back.
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
        return False  # not a journal of dedup: it stays
    if folder is None or _identity(area.parent / last) == last_new:
        return True  # its folder is gone, or all was moved
    complete = True
    for name, new, number in reversed(steps):
        if os.path.basename(name) != name or name in ("", ".", ".."):
            return False
        target, old = folder / name, f"old/{number}"
        now, has_old = _identity(target), exists_in(handle, old)
        try:
            if has_old and (now == new or not now):
                os.replace(old, target, src_dir_fd=handle)
            elif now and now == new:
                target.unlink()
        except OSError:
            complete = False
    return complete


def _folder(beside: Path, number: int) -> Path | None:
    """Return the folder with this inode: `beside` itself, or one in it, of any name; None if there is none."""
    if beside.stat().st_ino == number:
        return beside
    with os.scandir(beside) as entries:
        return next((Path(entry.path) for entry in entries if _identity(Path(entry.path)) == (number,)), None)


def _to_hex(name: str) -> str:
    """Encode the name of a file, which may not be UTF-8, for JSON."""
    return os.fsencode(name).hex()


def _from_hex(name: str) -> str:
    return os.fsdecode(bytes.fromhex(name))


def _undo(move: Move, old: Path | None) -> bool:
    """Undo one step; return whether that was possible. Raises no `OSError`, so that the other steps are undone too."""
    try:
        if old is not None:
            os.replace(old, move.target)
        elif move.new is not None and not os.path.lexists(move.new):  # else it had not been moved yet
            os.replace(move.target, move.new)
    except OSError:
        return False
    return True


def _identity(path: Path | None) -> tuple[int, ...]:
    """Return inode, size and modification time of a file; () if there is none.

    The number of the device is left out, because it may change when the machine starts.
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
    """Link an old file to a second name, or copy it if the file system has no links; return whether there is one."""
    try:
        if stat.S_ISDIR(os.lstat(target).st_mode):
            return False  # an empty folder is replaced by the rename
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
            for owner in (-1, old.st_uid):  # a user who may not change the owner may still change the group
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


def _fits_in_parent(folder: Path) -> bool:
    """Return whether files for a folder can be made in its parent.

    It must be possible to rename them into the folder, and they must have the attributes of files made there.
    """
    parent = folder.parent
    if not os.path.lexists(folder):
        return parent != folder
    try:
        status = folder.stat()
        if parent == folder or status.st_dev != parent.stat().st_dev or not os.access(parent, os.W_OK | os.X_OK):
            return False
    except OSError:
        return False
    if status.st_mode & stat.S_ISGID:
        return False  # files in it get its group
    with suppress(OSError, AttributeError):
        os.getxattr(folder, "system.posix_acl_default")
        return False  # files in it get its default rights
    return fcntl is None or not _other_mount(parent, folder)


def _other_mount(parent: Path, folder: Path) -> bool:
    """Return whether a folder is mounted into its parent from the same device (`mount --bind`)."""
    try:
        os.rename(f"{parent}/.", f"{folder}/.")  # never possible; the error shows whether it is another mount
    except OSError as error:
        return error.errno == errno.EXDEV
    return False


@contextmanager
def _lock_folders(folders: Sequence[Path]) -> Iterator[None]:
    """Lock all folders, always in the same order, so that two commits never mix."""
    handles: list[int] = []
    try:
        if fcntl is not None:
            for folder in folders:
                with suppress(OSError):
                    handles.append(os.open(folder, os.O_RDONLY))
            # Two paths may be one folder, which can be locked only once.
            states = [os.fstat(handle) for handle in handles]
            unique = {(state.st_dev, state.st_ino): handle for state, handle in zip(states, handles, strict=True)}
            deadline = time.monotonic() + LOCK_TIMEOUT
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
    """Defer interrupts until the block ends: a second interrupt would stop the undoing after the first.

    Yields a function that delivers the interrupts so far.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # other threads are never interrupted
        return
    pending: list[int] = []
    handlers: dict[int, Any] = {}

    def deliver() -> None:
        while pending:
            number = pending.pop(0)
            handlers[number](number, None)

    with ExitStack() as restore:  # restores all handlers, also if one of them raises meanwhile
        for number in (getattr(signal, name) for name in ("SIGHUP", "SIGTERM", "SIGINT") if hasattr(signal, name)):
            handler = signal.getsignal(number)
            if callable(handler):
                handlers[number] = handler
                restore.callback(signal.signal, number, handler)
                signal.signal(number, lambda signum, frame: pending.append(signum))
        yield deliver
    deliver()
