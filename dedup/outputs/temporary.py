"""Temporary folders that a later run removes if their process was killed.

Each folder holds a file `owner`, locked (flock) as long as its process lives: the kernel lets go of the lock whenever a
process ends, however it ends. A folder whose lock can be had belongs to nobody.
"""

from __future__ import annotations

import os
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing is locked, so nothing is taken for abandoned
    fcntl = None  # type: ignore[assignment]

__all__ = ["OwnedFolder", "fcntl", "remove_abandoned"]

OWNER = "owner"
#: The same file before it is locked.
_UNNAMED = f"{OWNER}.new"
_MARK = b"temporary folder of dedup\n"
#: Seconds after which a process that has not locked its folder is gone: a living one takes less than a millisecond.
UNLOCKED = 60.0


class OwnedFolder:
    """A new temporary folder that belongs to this process until it is closed. Raises `OSError`."""

    def __init__(self, parent: str | os.PathLike[str] | None, prefix: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self._process = os.getpid()
        self._lock: int | None = None
        try:
            # Locked before it has its name: nobody ever sees a folder of a living process without its lock.
            fresh = self.path / _UNNAMED
            self._lock = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o600)
            os.write(self._lock, _MARK)
            if fcntl is not None:
                with suppress(OSError):  # a file system without locks
                    fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fresh.rename(self.path / OWNER)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the folder with all that is in it; a child process after a fork only forgets it."""
        if self._lock is None:
            return
        lock, self._lock = self._lock, None
        if self._process == os.getpid():
            _remove(self.path)
        os.close(lock)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(Exception):
            self.close()


def remove_abandoned(
    parent: str | os.PathLike[str], prefix: str, before: Callable[[Path], None] = lambda folder: None
) -> int:
    """Remove the folders that killed processes left in `parent`; how many. before: called for each one first.

    Only folders of this user, whose name begins with `prefix`, that hold the file `owner` as dedup writes it, and whose
    lock nobody holds. Whatever cannot be removed stays; nothing is raised.
    """
    if fcntl is None:
        return 0
    removed = 0
    with suppress(OSError):
        for entry in sorted(os.scandir(parent), key=lambda entry: entry.name):
            if entry.name.startswith(prefix) and entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    removed += _remove_abandoned(Path(entry.path), before)
    return removed


def _remove_abandoned(folder: Path, before: Callable[[Path], None]) -> bool:
    if folder.lstat().st_uid != os.geteuid():
        return False
    try:
        handle = os.open(folder / OWNER, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        handle = os.open(folder / _UNNAMED, os.O_RDWR | os.O_NOFOLLOW)
    try:
        if time.time() - os.fstat(handle).st_mtime < UNLOCKED and not (folder / OWNER).exists():
            return False
        if not stat.S_ISREG(os.fstat(handle).st_mode) or os.read(handle, len(_MARK) + 1) != _MARK:
            return False
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # OSError: its process lives
        before(folder)
        _remove(folder)
        return True
    finally:
        os.close(handle)


def _remove(folder: Path) -> None:
    """Remove a folder of ours: plain files in it and in its subfolders, `owner` last, so that a killed removal can be
    taken up again."""
    with suppress(OSError):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name == OWNER):
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    _remove(Path(entry.path))
                else:
                    os.unlink(entry.path)
        folder.rmdir()
