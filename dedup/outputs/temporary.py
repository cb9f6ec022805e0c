"""Temporary folders that a later run removes if their process was killed.

Each folder holds a file `owner` that its process locks (flock). The kernel releases the lock when the process ends, in
any way. A folder whose lock is free has no owner.

Between the making of a folder and its lock, a process holds a shared lock on the folder around it. Who gets the
exclusive one knows that no process is there, and that a folder without an owner was left by a killed process.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks, so no folder counts as abandoned
    fcntl = None  # type: ignore[assignment]

__all__ = ["OwnedFolder", "exists_in", "fcntl", "is_owned", "remove_abandoned"]

OWNER = "owner"
#: The same file before it is locked.
_UNNAMED = f"{OWNER}.new"
_MARK = b"temporary folder of dedup\n"
#: By this ending a folder is known that its process left before it had any content.
_ENDING = ".dedup-tmp"
#: Seconds after which an unlocked folder has no owner: versions before took no lock on the folder around it, but locked
#: their own within a millisecond.
UNLOCKED = 5.0
#: Seconds for which a process waits while another one looks for abandoned folders.
_PATIENCE = 2.0


class OwnedFolder:
    """A new temporary folder that belongs to this process until it is closed. Raises `OSError`."""

    def __init__(self, parent: str | os.PathLike[str] | None, prefix: str) -> None:
        self._process = os.getpid()
        self._lock: int | None = None
        around = _hold(parent or tempfile.gettempdir())
        try:
            self._make(parent, prefix)
        finally:
            if around is not None:
                os.close(around)

    def _make(self, parent: str | os.PathLike[str] | None, prefix: str) -> None:
        self.path = Path(tempfile.mkdtemp(_ENDING, prefix, parent))
        try:
            self._status = self.path.lstat()
            # It is locked before it gets its name, so no process sees a folder without the lock of its owner.
            owner = self.path / _UNNAMED
            self._lock = os.open(owner, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o600)
            os.write(self._lock, _MARK)
            if fcntl is not None:
                with suppress(OSError):  # a file system without locks
                    fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            owner.rename(self.path / OWNER)
        except BaseException:
            if self._lock is None:
                with suppress(OSError):
                    (self.path / _UNNAMED).unlink(missing_ok=True)
                    self.path.rmdir()
            self.close()
            raise

    def close(self) -> None:
        """Remove the folder with its content; a child process after a fork only closes its handle."""
        if self._lock is None:
            return
        lock, self._lock = self._lock, None
        try:
            if self._process == os.getpid():
                _remove(self.path, self._status)
        finally:
            os.close(lock)

    def abandon(self) -> None:
        """Leave the folder as it is to the next run (`remove_abandoned`)."""
        if self._lock is not None:
            lock, self._lock = self._lock, None
            os.close(lock)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(Exception):
            self.close()


def _hold(parent: str | os.PathLike[str]) -> int | None:
    """Return a handle to a folder with a shared lock on it; None where there is no such lock, as on some servers."""
    if fcntl is None:
        return None
    with suppress(OSError):
        handle = _open_folder(os.path.realpath(parent))
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                break
            time.sleep(0.01)
        return handle
    return None


def is_owned(folder: str | os.PathLike[str]) -> bool:
    """Return whether a folder is a temporary folder of dedup, abandoned or not."""
    for name in (OWNER, _UNNAMED):
        with suppress(OSError), open(os.path.join(folder, name), "rb", opener=_opener) as file:
            return file.read(len(_MARK) + 1) == _MARK
    return False


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def remove_abandoned(
    parent: str | os.PathLike[str], prefix: str, before: Callable[[Path, int], bool] = lambda folder, handle: True
) -> int:
    """Remove the folders that killed processes left in `parent`; return their number.

    These are folders of this user whose name begins with `prefix`, with a file `owner` of dedup whose lock is free, and
    those that never got that far.
    before: called first with the path of a folder and a handle to it; False keeps the folder. Folders that cannot be
    removed stay; nothing is raised.
    """
    if fcntl is None:
        return 0
    count = 0
    with suppress(OSError):
        for entry in sorted(os.scandir(parent), key=lambda entry: entry.name):
            if entry.name.startswith(prefix) and entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    count += _remove_abandoned(Path(entry.path), before)
    return count


def _remove_abandoned(folder: Path, before: Callable[[Path, int], bool]) -> bool:
    # Everything uses the handle: another user may meanwhile put another folder in the place of this one.
    handle = _open_folder(folder)
    lock: int | None = None
    try:
        status = os.fstat(handle)
        if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return False
        if not exists_in(handle, OWNER):
            return _remove_unfinished(folder, handle, status)
        lock = os.open(OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
        if not stat.S_ISREG(os.fstat(lock).st_mode) or os.read(lock, len(_MARK) + 1) != _MARK:
            return False
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # OSError: its process runs
        if not before(folder, handle):
            return False
        _remove(folder, status)
        return True
    finally:
        os.close(handle)
        if lock is not None:
            os.close(lock)


def _remove_unfinished(folder: Path, handle: int, status: os.stat_result) -> bool:
    """Remove a folder whose process was killed before the folder had its owner, or after it had lost it again.

    It has nothing in it but the file of its owner to be, whole or begun. Without the ending of our folders it has that
    file, and whole: others make empty folders too. handle: of the folder; status: its own.
    """
    around = _open_folder(os.path.realpath(folder.parent))
    try:
        fcntl.flock(around, fcntl.LOCK_EX | fcntl.LOCK_NB)  # OSError: a process is making a folder
        names = os.listdir(handle)
        if names not in ([], [_UNNAMED]) or time.time() - os.fstat(handle).st_mtime < UNLOCKED:
            return False
        content = b""
        if names:
            owner = os.open(_UNNAMED, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
            with open(owner, "rb") as file:
                fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
                content = file.read(len(_MARK) + 1)
        if content != _MARK and not (folder.name.endswith(_ENDING) and _MARK.startswith(content)):
            return False
        _remove(folder, status)
        return True
    finally:
        os.close(around)


def exists_in(handle: int, name: str) -> bool:
    """Return whether a folder, known by its handle, has an entry of this name."""
    with suppress(OSError):
        os.lstat(name, dir_fd=handle)
        return True
    return False


def _open_folder(path: str | os.PathLike[str], inside: int | None = None) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=inside)


def _remove(folder: Path, status: os.stat_result) -> None:
    """Remove a temporary folder, its file `owner` last, so that a later run can continue a killed removal.

    status: of the folder; another folder or link that has its name now is not removed.
    """
    if os.scandir not in os.supports_fd or os.unlink not in os.supports_dir_fd:  # Windows
        shutil.rmtree(folder, ignore_errors=True)
        return
    with suppress(OSError):
        handle = _open_folder(folder)
        try:
            if not os.path.samestat(os.fstat(handle), status):
                return
            _empty(handle)
        finally:
            os.close(handle)
        folder.rmdir()


def _empty(handle: int) -> None:
    """Remove the content of a folder. Links are not followed; entries that cannot be removed stay."""
    with os.scandir(handle) as entries:
        files = sorted(entries, key=lambda entry: entry.name == OWNER)
    for entry in files:
        with suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                inner = _open_folder(entry.name, handle)
                try:
                    _empty(inner)
                finally:
                    os.close(inner)
                os.rmdir(entry.name, dir_fd=handle)
            else:
                os.unlink(entry.name, dir_fd=handle)
