"""Check whether dedup may write an output, before any work is done.

A folder may be written if it is new, empty, or holds results of dedup: a sealed manifest (summary.json) that names each
file with its digest. Only files that still have that digest are dedup's own; all other files in the folder are never
replaced or removed. A file may be replaced if it is empty or has a seal of its kind (`dedup.outputs.seal`). `overwrite`
allows to replace other files too, but never an input of the same command.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from dedup.errors import OutputError, UsageError
from dedup.outputs import seal
from dedup.outputs.commit import PREFIX, is_stream, recover
from dedup.outputs.temporary import is_owned

#: Endings of files that SQLite keeps beside a database that is in use, or was not closed.
_COMPANIONS = ("-wal", "-journal", "-shm")

Stamp = tuple[int, int, int, int]
#: The name of a folder in errors.
_FOLDER = "output folder"


@dataclass(frozen=True)
class Folder:
    """A folder that may be written.

    path: as the user named it. real: without symbolic links. own_files: the files in it that dedup wrote, with their
    stamps (device, inode, bytes, modification time in ns) when their digests were right.
    """

    path: Path
    real: Path
    own_files: Mapping[str, Stamp] = field(default_factory=dict)


class Manifest(NamedTuple):
    """The sealed file of a folder that names the files in it with their digests.

    kind: see `dedup.outputs.seal`. shared: whether the folder may hold other files before the first writing.
    """

    name: str
    kind: str
    shared: bool = False


#: The manifest of a scan.
SUMMARY = Manifest("summary.json", seal.SCAN)


def stamp_of(path: str | os.PathLike[str]) -> Stamp:
    """Return what differs between two files, and between a file and its changed self. Raises `OSError`."""
    status = os.lstat(path)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def real_path(path: str | os.PathLike[str]) -> Path:
    """Resolve the symbolic links of a path, and make `//tmp` `/tmp`."""
    real = os.path.realpath(path)
    return Path("/" + real.lstrip("/") if real.startswith("//") else real)


def in_folder(file: str | os.PathLike[str], folder: Path) -> bool:
    """Return whether a file, which need not exist, is directly in a folder, by any path."""
    parent = real_path(Path(file).parent)
    return parent == folder or _same(parent, folder)


# -- folders -------------------------------------------------------------------------------------------------------


def check_folder(
    path: str | os.PathLike[str], names: Iterable[str], manifest: Manifest = SUMMARY, *, overwrite: bool = False
) -> Folder:
    """Check whether the files `names` may be written into a folder. Raises `OutputError` if not."""
    path = Path(path)
    real = real_path(path)
    _check_name(real, path, _FOLDER)
    if not os.path.lexists(path):
        _check_new(path)
        return Folder(path, real)
    if not path.exists():
        raise OutputError(f"{_FOLDER} {path} is a symbolic link to nothing; make its target or name another folder")
    if not path.is_dir():
        raise OutputError(f"{_FOLDER} {path} cannot be written: it is a file; name a folder")
    recover(real)
    try:
        # Temporary folders of this or another process are no content.
        present = {entry.name for entry in os.scandir(real) if not entry.name.startswith(PREFIX)}
        present = {name for name in present if not (name.startswith(PREFIX[1:]) and is_owned(real / name))}
        if not os.access(real, os.W_OK | os.X_OK):
            raise OutputError(f"{_FOLDER} {path} cannot be written: no permission; name another folder")
        if not present:
            return Folder(path, real)
        digests = _manifest_digests(real / manifest.name, manifest)
        if digests is None and not manifest.shared and not overwrite:
            raise OutputError(_foreign_folder(path, manifest.name, manifest.name in present))
        stamps, others = _check_digests(real, digests or {})
    except FileNotFoundError:
        # Another writer exchanged the folder, or a file in it, between two looks.
        return check_folder(path, names, manifest, overwrite=overwrite)
    except OSError as error:
        raise OutputError(f"{_FOLDER} {path} cannot be read ({error.strerror}); name another folder") from error
    # Names are looked up, not compared: on some file systems Pairs.jsonl is pairs.jsonl.
    names = set(names)
    foreign = sorted(name for name in names if name not in stamps and os.path.lexists(real / name))
    if foreign and _manifest_digests(real / manifest.name, manifest) != digests:
        # Another writer committed its results between the two looks at the folder.
        return check_folder(path, names, manifest, overwrite=overwrite)
    for name in sorted({*stamps, *foreign}):
        _refuse_in_use(real / name, path / name, "the file")
        if os.path.isdir(real / name) and not os.path.islink(real / name):
            raise OutputError(f"{path / name} is a folder with the name of a result; name another {_FOLDER}")
    if foreign and not overwrite:
        reason = "was changed since dedup wrote it" if foreign[0] in others else "was not written by dedup"
        raise OutputError(
            f"{path / foreign[0]} {reason}; move it away or name another {_FOLDER} (overwrite replaces it)"
        )
    return Folder(path, real, stamps)


def _check_name(real: Path, path: Path, label: str) -> None:
    """Refuse a name that the system cannot look up, such as one that is too long."""
    try:
        os.lstat(real)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise OutputError(f"{label} {path} cannot be written ({error.strerror}); name another") from error


def _check_new(path: Path) -> None:
    """Check whether a folder can be made."""
    parent = next(p for p in Path(os.path.abspath(path)).parents if os.path.lexists(p))
    if not parent.is_dir():
        raise OutputError(f"{_FOLDER} {path} cannot be made: {parent} is no folder; name another")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(f"{_FOLDER} {path} cannot be made: no permission to write in {parent}")


def _foreign_folder(path: Path, manifest: str, has_manifest: bool) -> str:
    if has_manifest:
        return (
            f"{_FOLDER} {path}: its {manifest} was changed, or is of another program or an older dedup, so "
            "the files of dedup are unknown; name a new or an empty folder (overwrite replaces files of the same names)"
        )
    return (
        f"{_FOLDER} {path} is not empty and holds no results of dedup; name a new or an empty folder "
        "(overwrite keeps its other files, and replaces those of the same names)"
    )


def _manifest_digests(path: Path, manifest: Manifest) -> dict[str, str] | None:
    """Read the digests in a manifest; None if there is no intact manifest."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        content = seal.parse_sealed_json(path.read_bytes(), manifest.kind)
    except FileNotFoundError:
        return None
    files = None if content is None else content.get("files")
    if not isinstance(files, dict):
        return None
    # Only names of files in the folder count, whatever a manifest holds.
    plain = {n: str(d) for n, d in files.items() if d and os.path.basename(n) == n and n not in ("", ".", "..")}
    return {**plain, manifest.name: ""}


def _check_digests(folder: Path, digests: Mapping[str, str]) -> tuple[dict[str, Stamp], set[str]]:
    """Split the files of a manifest: (stamps of those with the right digest, names of those with another)."""
    stamps: dict[str, Stamp] = {}
    others: set[str] = set()
    for name, digest in digests.items():
        file = folder / name
        if not os.path.lexists(file):
            continue
        stamp, status = stamp_of(file), file.lstat()
        # Symbolic links do not count: dedup writes none. The manifest (no digest) was checked by its seal.
        if stat.S_ISREG(status.st_mode) and (not digest or _digest(file, stamp, status.st_ctime_ns) == digest):
            stamps[name] = stamp
        else:
            others.add(name)
    return stamps, others


@lru_cache(maxsize=1024)
def _digest(file: Path, stamp: Stamp, ctime_ns: int) -> str:
    """Compute the digest of a file with this stamp, once: folders are checked before the work and before writing.

    ctime_ns: when the system last noted a change, which no program can set.
    """
    return seal.digest_of(file)


# -- files ---------------------------------------------------------------------------------------------------------


def check_file(
    path: str | os.PathLike[str],
    label: str,
    is_ours: Callable[[Path], bool],
    *,
    overwrite: bool = False,
    inside: Path | None = None,
    database: bool = False,
) -> Path:
    """Check whether a file may be written; return its path without symbolic links. Raises `OutputError` if not.

    label: the name of the output in errors. is_ours: returns whether an existing file is of this kind and unchanged
    since dedup wrote it. inside: a folder that will be made. database: whether it must not be open in another program.
    """
    path = Path(path)
    if is_stream(path) and not database:
        return path
    real = real_path(path)
    _check_name(real, path, label)
    if path.is_symlink() and not path.exists() and not real.parent.is_dir():
        raise OutputError(f"{label} {path} is a symbolic link to nothing; name another file")
    if path.is_dir():
        raise OutputError(f"{label} {path} cannot be written: it is a folder; name a file")
    parent = real.parent
    if not parent.is_dir():
        if inside is not None and parent == real_path(inside) and not os.path.lexists(parent):
            return real
        raise OutputError(f"{label} {path} cannot be written: no such folder; make it first")
    if not os.access(parent, os.W_OK | os.X_OK) or (real.exists() and not os.access(real, os.W_OK)):
        raise OutputError(f"{label} {path} cannot be written; check its permissions, and those of its folder")
    recover(parent)
    if database:
        _refuse_in_use(real, path, label)
    if real.exists() and not overwrite:
        try:
            if real.is_file() and (real.stat().st_size == 0 or is_ours(real)):
                return real
        except OSError as error:
            raise OutputError(f"{label} {path} cannot be read ({error.strerror}); name another file") from error
        reason = "it is no SQLite file as dedup wrote it" if database else "dedup did not write it as it is"
        raise OutputError(f"{label} {path} exists, and {reason}; name another file (overwrite replaces it)")
    if real.exists() and not real.is_file():
        raise OutputError(f"{label} {path} is no plain file; name another")
    return real


def _refuse_in_use(real: Path, path: Path, label: str) -> None:
    """Refuse a database that another program is writing or reading, or did not close."""
    for ending in _COMPANIONS:
        if os.path.lexists(f"{real}{ending}"):
            raise OutputError(
                f"{label} {path} is in use, or was not closed ({path.name}{ending} is beside it); "
                "close the program that uses it, or name another file"
            )
    if real.is_file() and seal.is_locked_database(real):
        raise OutputError(f"{label} {path} is in use; close the program that uses it, or name another file")


def is_sealed_json(kind: str) -> Callable[[Path], bool]:
    """Make a check for `check_file`: whether a file is a sealed JSON object of this kind."""
    return lambda path: seal.parse_sealed_json(path.read_bytes(), kind) is not None


def is_exported_articles(path: Path) -> bool:
    """Check for `check_file` whether a file holds articles as an export or `extract` wrote them."""
    with path.open("rb") as file:
        return seal.has_sealed_lines(file)


# -- inputs --------------------------------------------------------------------------------------------------------


def refuse_inputs(
    inputs: Iterable[str | os.PathLike[str]], outputs: Mapping[str, str | os.PathLike[str] | None], folder: Path | None
) -> None:
    """Refuse a command whose output is one of its inputs, or whose output folder holds one. Raises `UsageError`.

    inputs: files and folders that are read. outputs: the file by its label in errors. folder: the output folder. Files
    are compared by device and inode, so links of any kind are recognised.
    """
    targets = {label: path for label, path in outputs.items() if path is not None}
    _refuse_same(targets)
    target_ids = {label: number for label, path in targets.items() if (number := _file_id(path)) is not None}
    folder_id = None if folder is None else _file_id(folder)
    within: dict[str, bool] = {}  # by folder: whether it is, or is in, the output folder
    for name in inputs:
        if os.fspath(name) == "-":
            continue
        source = os.path.realpath(os.fsdecode(name))
        number = _file_id(source)
        if folder_id is not None and (number == folder_id or _lies_in(os.path.dirname(source), folder_id, within)):
            where = "is the output folder" if number == folder_id else f"is in the output folder {folder}"
            raise UsageError(f"{os.fsdecode(name)} is an input and {where}; name another output folder")
        for label, path in targets.items():
            if number is not None and target_ids.get(label) == number:
                raise UsageError(f"{label} {os.fspath(path)} is an input of this command; name another file")


def _file_id(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Return device and inode of a file; None if there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _lies_in(folder: str, number: tuple[int, int], within: dict[str, bool]) -> bool:
    if folder not in within:
        parent = os.path.dirname(folder)
        within[folder] = _file_id(folder) == number or (parent != folder and _lies_in(parent, number, within))
    return within[folder]


def _refuse_same(targets: Mapping[str, str | os.PathLike[str]]) -> None:
    """Refuse two outputs that are one file."""
    for a, b in combinations(targets, 2):
        if real_path(targets[a]) == real_path(targets[b]) or _same(targets[a], targets[b]):
            raise UsageError(f"{a} and {b} name the same file {os.fspath(targets[a])}; name two")


def _same(a: str | os.PathLike[str], b: str | os.PathLike[str]) -> bool:
    return _file_id(a) == _file_id(b) is not None
