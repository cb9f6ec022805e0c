"""Answer "may dedup write here?" for every output, before any work is done.

A folder may be written if it is new, empty, or holds results of ours: a sealed manifest (summary.json) that names each
file with its digest. Only files that still have that digest are ours; whatever else stands in the folder is never
replaced or removed. A file may be replaced if it is empty or carries a seal of its own kind (`dedup.outputs.seal`).
`overwrite` allows to replace other files too, but never an input of the same command.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from dedup.errors import OutputError, UsageError
from dedup.outputs import seal
from dedup.outputs.commit import PREFIX, is_stream, recover
from dedup.outputs.temporary import is_owned

#: Files that SQLite keeps beside a database that is in use, or was not closed.
_COMPANIONS = ("-wal", "-journal", "-shm")

Stamp = tuple[int, int, int, int]


@dataclass(frozen=True)
class Folder:
    """A folder that may be written.

    path: as the user named it; real: without symbolic links; owned: the files in it that are ours, with the stamp
    (device, inode, size, modification time in ns) that each had when its digest was right.
    """

    path: Path
    real: Path
    owned: Mapping[str, Stamp] = field(default_factory=dict)


def stamp_of(path: str | os.PathLike[str]) -> Stamp:
    """What tells a file from another one and from itself after a change. Raises `OSError`."""
    status = os.lstat(path)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def real_path(path: str | os.PathLike[str]) -> Path:
    """A path without symbolic links, and with one slash at its head: `//tmp` is `/tmp`."""
    real = os.path.realpath(path)
    return Path("/" + real.lstrip("/") if real.startswith("//") else real)


def in_folder(file: str | os.PathLike[str], folder: Path) -> bool:
    """Whether a file, which need not be there, is or would be directly in a folder, by whatever path."""
    parent = real_path(Path(file).parent)
    return parent == folder or _same(parent, folder)


# -- folders -------------------------------------------------------------------------------------------------------


def check_folder(
    path: str | os.PathLike[str],
    names: Iterable[str],
    *,
    option: str = "--out",
    kind: str = seal.SCAN,
    manifest: str = "summary.json",
    shared: bool = False,
    overwrite: bool = False,
) -> Folder:
    """Find out whether the files `names` may be written into a folder. Raises `OutputError`.

    option: what the folder is called in errors. kind, manifest: the sealed file that names ours. shared: a folder of
    other files will do as well.
    """
    path = Path(path)
    real = real_path(path)
    _check_name(real, path, option)
    if not os.path.lexists(path):
        _check_new(path, option)
        return Folder(path, real)
    if not path.exists():
        raise OutputError(f"{option} {path} is a symbolic link to nothing; make its target or name another folder")
    if not path.is_dir():
        raise OutputError(f"{option} {path} cannot be written: it is a file; name a folder")
    recover(real)
    try:
        # Temporary folders of others that write here, or of ours with --tmp, are no content.
        present = {entry.name for entry in os.scandir(real) if not entry.name.startswith(PREFIX)}
        present = {name for name in present if not (name.startswith(PREFIX[1:]) and is_owned(real / name))}
        if not os.access(real, os.W_OK | os.X_OK):
            raise OutputError(f"{option} {path} cannot be written: no permission; name another folder")
        if not present:
            return Folder(path, real)
        digests = _manifest_digests(real / manifest, kind, manifest)
        if digests is None and not shared and not overwrite:
            raise OutputError(_foreign_folder(path, option, manifest, manifest in present))
        stamps, modified = _check_digests(real, digests or {})
    except OSError as error:
        raise OutputError(f"{option} {path} cannot be read ({error.strerror}); name another folder") from error
    # Names are looked up, not compared: some file systems take Pairs.jsonl for pairs.jsonl.
    foreign = sorted(name for name in names if name not in stamps and os.path.lexists(real / name))
    for name in sorted({*stamps, *foreign}):
        _refuse_in_use(real / name, path / name, option)
        if os.path.isdir(real / name) and not os.path.islink(real / name):
            raise OutputError(f"{path / name} is a folder, and a result has its name; name another folder for {option}")
    if foreign and not overwrite:
        why = "was changed since dedup wrote it" if foreign[0] in modified else "was not written by dedup"
        raise OutputError(
            f"{path / foreign[0]} {why}; move it away or name another folder for {option} (--overwrite replaces it)"
        )
    return Folder(path, real, stamps)


def _check_name(real: Path, path: Path, option: str) -> None:
    """Refuse a name that the system cannot hold or look up, such as one that is too long."""
    try:
        os.lstat(real)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise OutputError(f"{option} {path} cannot be written ({error.strerror}); name another") from error


def _check_new(path: Path, option: str) -> None:
    """Find out whether a folder can be made."""
    parent = next(p for p in Path(os.path.abspath(path)).parents if os.path.lexists(p))
    if not parent.is_dir():
        raise OutputError(f"{option} {path} cannot be made: {parent} is no folder; name another")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(f"{option} {path} cannot be written: {parent} does not allow it")


def _foreign_folder(path: Path, option: str, manifest: str, has_manifest: bool) -> str:
    if has_manifest:
        return (
            f"{option} {path}: its {manifest} was changed, or is of another program or an older dedup; nothing says "
            "which files are dedup's; name a new or an empty folder (--overwrite replaces files of the same names)"
        )
    return (
        f"{option} {path} is not empty and holds no results of dedup; name a new or an empty folder "
        "(--overwrite writes beside what is there, and replaces files of the same names)"
    )


def _manifest_digests(manifest: Path, kind: str, name: str) -> dict[str, str] | None:
    """The digests of the files that a manifest names; None where there is no intact manifest."""
    try:
        if not stat.S_ISREG(manifest.lstat().st_mode):
            return None
        content = seal.parse_sealed_json(manifest.read_bytes(), kind)
    except FileNotFoundError:
        return None
    files = None if content is None else content.get("files")
    if not isinstance(files, dict):
        return None
    # Names are those of plain files in the folder, whatever a manifest says.
    plain = {n: str(d) for n, d in files.items() if d and os.path.basename(n) == n and n not in ("", ".", "..")}
    return {**plain, name: ""}


def _check_digests(folder: Path, digests: Mapping[str, str]) -> tuple[dict[str, Stamp], set[str]]:
    """The listed files that are as they were written, and those that are there and are not."""
    stamps: dict[str, Stamp] = {}
    modified: set[str] = set()
    for name, digest in digests.items():
        file = folder / name
        if not os.path.lexists(file):
            continue
        stamp, status = stamp_of(file), file.lstat()
        # A symbolic link is not ours: dedup writes none. The manifest (no digest) is proved by its own seal.
        if stat.S_ISREG(status.st_mode) and (not digest or _digest(file, stamp, status.st_ctime_ns) == digest):
            stamps[name] = stamp
        else:
            modified.add(name)
    return stamps, modified


@lru_cache(maxsize=1024)
def _digest(file: Path, stamp: Stamp, ctime_ns: int) -> str:
    """The digest of a file as it is under this stamp; a folder is checked before the work, and again before writing.

    ctime_ns: when the system last noted a change (ctime), which no program can set.
    """
    return seal.digest_of(file)


# -- files ---------------------------------------------------------------------------------------------------------


def check_file(
    path: str | os.PathLike[str],
    option: str,
    is_ours: Callable[[Path], bool],
    *,
    overwrite: bool = False,
    inside: Path | None = None,
    database: bool = False,
) -> Path:
    """Find out whether a file may be written; its path without symbolic links. Raises `OutputError`.

    is_ours: whether an existing file is of this kind and as dedup wrote it. inside: a folder that will be made on the
    way. database: refused where another program has it open.
    """
    path = Path(path)
    if is_stream(path) and not database:
        return path
    real = real_path(path)
    _check_name(real, path, option)
    if path.is_symlink() and not path.exists() and not real.parent.is_dir():
        raise OutputError(f"{option} {path} is a symbolic link to nothing; name another file")
    if path.is_dir():
        raise OutputError(f"{option} {path} cannot be written: it is a folder; name a file")
    parent = real.parent
    if not parent.is_dir():
        if inside is not None and parent == real_path(inside) and not os.path.lexists(parent):
            return real
        raise OutputError(f"{option} {path} cannot be written: no such folder; make it first")
    if not os.access(parent, os.W_OK | os.X_OK) or (real.exists() and not os.access(real, os.W_OK)):
        raise OutputError(f"{option} {path} cannot be written; check its permissions, and those of its folder")
    recover(parent)
    if database:
        _refuse_in_use(real, path, option)
    if real.exists() and not overwrite:
        try:
            if real.is_file() and (real.stat().st_size == 0 or is_ours(real)):
                return real
        except OSError as error:
            raise OutputError(f"{option} {path} cannot be read ({error.strerror}); name another file") from error
        reason = "is no SQLite file as dedup wrote it" if database else "dedup did not write it as it is"
        raise OutputError(f"{option} {path} is there, and {reason}; name another file, or say --overwrite")
    if real.exists() and not real.is_file():
        raise OutputError(f"{option} {path} is no plain file; name another")
    return real


def _refuse_in_use(real: Path, path: Path, option: str) -> None:
    """Refuse a database that another program is writing or reading, or did not close."""
    for ending in _COMPANIONS:
        if os.path.lexists(f"{real}{ending}"):
            raise OutputError(
                f"{option} {path} is in use, or was not closed ({path.name}{ending} lies beside it); "
                "close the program that uses it, or name another file"
            )
    if real.is_file() and seal.is_locked_database(real):
        raise OutputError(f"{option} {path} is in use; close the program that uses it, or name another file")


def is_sealed_json(kind: str) -> Callable[[Path], bool]:
    """A check for `check_file`: a sealed JSON object of this kind."""
    return lambda path: seal.parse_sealed_json(path.read_bytes(), kind) is not None


def is_exported_articles(path: Path) -> bool:
    """A check for `check_file`: articles as `index export` and `extract` wrote them."""
    with path.open("rb") as file:
        return seal.has_sealed_lines(file)


def is_tables_database(path: Path) -> bool:
    """A check for `check_file`: the tables of a scan."""
    with path.open("rb") as file:
        return seal.is_sealed_database(file.read(100), os.fstat(file.fileno()).st_size)


# -- inputs --------------------------------------------------------------------------------------------------------


def refuse_inputs(
    inputs: Iterable[str | os.PathLike[str]], outputs: Mapping[str, str | os.PathLike[str] | None], folder: Path | None
) -> None:
    """Refuse a command whose output is one of its inputs, or whose output folder holds one. Raises `UsageError`.

    inputs: files and folders that are read. outputs: the file of each option. folder: the output folder. Files are
    compared by device and inode, so links of any kind are seen.
    """
    targets = {option: path for option, path in outputs.items() if path is not None}
    _refuse_same(targets)
    target_ids = {option: number for option, path in targets.items() if (number := _number(path)) is not None}
    folder_id = None if folder is None else _number(folder)
    within: dict[str, bool] = {}  # of folders: whether they are, or lie in, the output folder
    for name in inputs:
        if os.fspath(name) == "-":
            continue
        source = os.path.realpath(os.fsdecode(name))
        number = _number(source)
        if folder_id is not None and (number == folder_id or _lies_in(os.path.dirname(source), folder_id, within)):
            where = "is the output folder" if number == folder_id else f"lies in the output folder {folder}"
            raise UsageError(f"{os.fsdecode(name)} is an input and {where}; name another folder for --out")
        for option, path in targets.items():
            if number is not None and target_ids.get(option) == number:
                raise UsageError(f"{option} {os.fspath(path)} is an input of this command; name another file")


def _number(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Device and inode; None where there is nothing."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _lies_in(folder: str, number: tuple[int, int], within: dict[str, bool]) -> bool:
    if folder not in within:
        parent = os.path.dirname(folder)
        within[folder] = _number(folder) == number or (parent != folder and _lies_in(parent, number, within))
    return within[folder]


def _refuse_same(targets: Mapping[str, str | os.PathLike[str]]) -> None:
    """Refuse two options that name one file."""
    options = list(targets)
    for i, a in enumerate(options):
        for b in options[i + 1 :]:
            if real_path(targets[a]) == real_path(targets[b]) or _same(targets[a], targets[b]):
                raise UsageError(f"{a} and {b} name the same file {os.fspath(targets[a])}; name two")


def _same(a: str | os.PathLike[str], b: str | os.PathLike[str]) -> bool:
    try:
        return os.path.samefile(a, b)
    except OSError:
        return False
