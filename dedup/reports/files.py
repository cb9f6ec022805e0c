"""The files of the contract, written all or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from dedup.errors import OutputError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dedup.corpus import Corpus
    from dedup.result import ScanResult

#: All files a scan may write; whatever else stands in the folder is the user's and stays.
NAMES = (
    "clusters.jsonl",
    "pairs.jsonl",
    "origins.jsonl",
    "rejects.jsonl",
    "summary.json",
    "deduplicated.jsonl",
    "against.jsonl",
    "report.html",
)


def write(result: ScanResult, directory: str | os.PathLike[str], keep: str | None = None) -> None:
    """Write a result into `directory`. Raises `OutputError`, `UsageError`."""
    if keep not in (None, "canonical"):
        raise UsageError(f"keep must be 'canonical', not {keep!r}")
    target = Path(directory)
    check(target)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        _write_into(fresh, result, keep)
        _replace(fresh, target)
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"{target}: cannot be written ({reason}); what stood there is kept") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def check(target: Path) -> None:
    """Find out before the work starts whether a folder can be written. Raises `OutputError`."""
    try:
        if target.exists() and not target.is_dir():
            raise OutputError(f"{target}: is a file; name a folder for --out")
        target.parent.mkdir(parents=True, exist_ok=True)
        place = target if target.exists() else target.parent
        if not os.access(place, os.W_OK) or not os.access(target.parent, os.W_OK):
            raise OutputError(f"{target}: no permission to write here; name another folder for --out")
    except OSError as error:
        raise OutputError(f"{target}: cannot be made ({error.strerror}); name another folder for --out") from error


def _write_into(folder: Path, result: ScanResult, keep: str | None) -> None:
    line = orjson.OPT_APPEND_NEWLINE
    _write(folder / "clusters.jsonl", result.clusters.lines())
    _write(folder / "pairs.jsonl", result.pairs.lines())
    _write(folder / "origins.jsonl", result.origins.lines())
    _write(folder / "rejects.jsonl", (orjson.dumps(r.to_dict(), option=line) for r in result.rejects))
    if result.against is not None:
        _write(folder / "against.jsonl", (orjson.dumps(told, option=line) for told in result.against))
    if keep:
        _write(folder / "deduplicated.jsonl", (record + b"\n" for record in result.kept_records()))
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    (folder / "summary.json").write_bytes(orjson.dumps(result.summary, option=options))


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("wb", buffering=1 << 17) as out:
        out.writelines(pieces)


def _replace(fresh: Path, target: Path) -> None:
    """Put the new folder in the old one's place.

    Files of other hands in the old folder are carried over first, as links or copies. Between two renames, for an
    instant, there is no folder of the target's name; never is there half of one.
    """
    fresh.chmod(0o755)
    if not target.exists():
        fresh.rename(target)
        return
    for entry in target.iterdir():
        if entry.name not in NAMES:
            _carry(entry, fresh / entry.name)
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    try:
        target.rename(old / "was")
        try:
            fresh.rename(target)
        except OSError:
            (old / "was").rename(target)
            raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def _carry(entry: Path, to: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.copytree(entry, to, symlinks=True, copy_function=_link_or_copy)
    else:
        _link_or_copy(str(entry), str(to))


def _link_or_copy(source: str, to: str) -> str:
    with suppress(OSError):
        os.link(source, to, follow_symlinks=False)
        return to
    return str(shutil.copy2(source, to, follow_symlinks=False))


def records(corpus: Corpus, ranks: NDArray[np.int64]) -> Iterator[bytes]:
    """The original bytes of records, by rank: from the spool, or read again from their file."""
    handles: dict[int, int] = {}
    try:
        for rank in ranks.tolist():
            length = int(corpus.length[rank])
            if corpus.raw_at[rank] >= 0:
                yield corpus.spool.records.read(int(corpus.raw_at[rank]), length)
                continue
            if corpus.offset[rank] < 0:
                raise UsageError("the records were not kept; say keep='canonical' when scanning")
            file = int(corpus.file[rank])
            if file not in handles:
                handles[file] = os.open(corpus.paths[file], os.O_RDONLY)
            yield os.pread(handles[file], length, int(corpus.offset[rank]))
    finally:
        for handle in handles.values():
            os.close(handle)
