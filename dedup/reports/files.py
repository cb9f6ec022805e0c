"""The files of the contract, written all or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from dedup.articles.reread import RecordFiles
from dedup.errors import OutputError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dedup.corpus import Corpus
    from dedup.reports.progress import Progress
    from dedup.result import ScanResult

#: The tables of `--csv` and `--parquet` (dedup.reports.rows).
TABLES = ("articles", "clusters", "members", "pairs", "origins", "evidence", "sites", "flow")
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
    *(f"{table}.{ending}" for ending in ("csv", "parquet") for table in TABLES),
    "flow.graphml",
)
#: How every SQLite file begins.
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True)
class Choice:
    """Which files beside those of the contract: `html_articles` None is as many texts as a page bears."""

    keep: str | None = None
    html: bool = True
    html_articles: str | None = None
    csv: bool = False
    parquet: bool = False
    sqlite: str | os.PathLike[str] | None = None
    graphml: bool = False

    def __post_init__(self) -> None:
        if self.keep not in (None, "canonical"):
            raise UsageError(f"keep must be 'canonical', not {self.keep!r}")
        if self.html_articles not in (None, "all", "clustered", "none"):
            raise UsageError(f"html_articles must be 'all', 'clustered' or 'none', not {self.html_articles!r}")


def write(
    result: ScanResult, directory: str | os.PathLike[str], choice: Choice, progress: Progress | None = None
) -> None:
    """Write a result into `directory`. Raises `OutputError`, `UsageError`."""
    target = Path(directory)
    check(target)
    base = None if choice.sqlite is None else Path(choice.sqlite)
    if base is not None:
        check_database(base, target)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    beside: Path | None = None
    try:
        if base is not None:
            inside = base.absolute().parent == target.absolute()
            beside = fresh / base.name if inside else Path(_sibling(base))
        _write_into(fresh, result, choice, beside, progress)
        if base is None or beside is None or beside.parent == fresh:
            _replace(fresh, target, () if base is None else (base.name,))
        else:
            with _swapped(beside, base):
                _replace(fresh, target)
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"{target}: cannot be written ({reason}); what stood there is kept") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if beside is not None:
            beside.unlink(missing_ok=True)


def _sibling(path: Path) -> str:
    """A new empty file beside `path`, so that a rename puts it in its place."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.absolute().parent)
    os.close(handle)
    return name


@contextmanager
def _swapped(fresh: Path, target: Path) -> Iterator[None]:
    """Put a file in another's place; back again, if what comes with it fails."""
    old = Path(_sibling(target))
    had = target.exists()
    try:
        if had:
            os.replace(target, old)
        fresh.chmod(0o644)
        os.replace(fresh, target)
        try:
            yield
        except BaseException:
            if had:
                os.replace(old, target)
            else:
                target.unlink(missing_ok=True)
            raise
    finally:
        old.unlink(missing_ok=True)


def check_database(path: Path, folder: Path) -> None:
    """Find out before the work starts whether `--sqlite` can be written. Raises `OutputError`."""
    parent = path.absolute().parent
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; name a file for --sqlite")
    if parent != folder.absolute() and not parent.is_dir():
        raise OutputError(f"{path}: no such folder; make it first")
    if parent.is_dir() and not os.access(parent, os.W_OK):
        raise OutputError(f"{path}: no permission to write here; name another file for --sqlite")
    if path.name in NAMES and parent == folder.absolute():
        raise OutputError(f"{path}: is the name of another file of a scan; name another for --sqlite")
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as old:
            if old.read(len(_SQLITE)) != _SQLITE:
                raise OutputError(f"{path}: is there and no SQLite file; name another for --sqlite")


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


def _write_into(
    folder: Path, result: ScanResult, choice: Choice, database: Path | None, progress: Progress | None
) -> None:
    """Write all files, told to `progress` one by one; the same bytes however often."""
    line = orjson.OPT_APPEND_NEWLINE
    jobs: list[Callable[[], None]] = [
        partial(_write, folder / "clusters.jsonl", result.clusters.lines()),
        partial(_write, folder / "pairs.jsonl", result.pairs.lines()),
        partial(_write, folder / "origins.jsonl", result.origins.lines()),
        partial(_write, folder / "rejects.jsonl", (orjson.dumps(r.to_dict(), option=line) for r in result.rejects)),
    ]
    if result.against is not None:
        told = (orjson.dumps(one, option=line) for one in result.against)
        jobs.append(partial(_write, folder / "against.jsonl", told))
    if choice.keep:
        jobs.append(partial(_write, folder / "deduplicated.jsonl", (r + b"\n" for r in result.kept_records())))
    jobs += _more(folder, result, choice, database)
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    jobs.append(partial(_write, folder / "summary.json", [orjson.dumps(result.summary, option=options)]))
    if progress is not None:
        progress.start("write", len(jobs), "files")
    for job in jobs:
        job()
        if progress is not None:
            progress.advance(1)
    if progress is not None:
        progress.finish()


def _more(folder: Path, result: ScanResult, choice: Choice, database: Path | None) -> Iterator[Callable[[], None]]:
    """What writes the files that are not JSON lines; each is loaded when it is wanted."""
    if choice.html:
        from dedup.reports.html import pieces

        yield partial(_write, folder / "report.html", pieces(result, choice.html_articles))
    if choice.csv:
        from dedup.reports.flat import write_csv

        yield partial(write_csv, folder, result)
    if choice.parquet:
        from dedup.reports.flat import write_parquet

        yield partial(write_parquet, folder, result)
    if choice.graphml:
        from dedup.reports.graph import write_graphml

        yield partial(write_graphml, folder / "flow.graphml", result)
    if database is not None:
        from dedup.reports.database import write_sqlite

        yield partial(write_sqlite, database, result)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("wb", buffering=1 << 17) as out:
        out.writelines(pieces)


def _replace(fresh: Path, target: Path, ours: tuple[str, ...] = ()) -> None:
    """Put the new folder in the old one's place.

    Files of other hands in the old folder are carried over first, as links or copies. Between two renames, for an
    instant, there is no folder of the target's name; never is there half of one.
    """
    fresh.chmod(0o755)
    if not target.exists():
        fresh.rename(target)
        return
    for entry in target.iterdir():
        if entry.name not in NAMES and entry.name not in ours:
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
    """The original bytes of records, by rank: from the spool, or read again from their file. Raises `InputChanged`."""
    with RecordFiles(corpus.sources) as files:
        for rank in ranks.tolist():
            if corpus.raw_at[rank] >= 0:
                yield corpus.spool.records.read(int(corpus.raw_at[rank]), int(corpus.length[rank]))
            elif corpus.offset[rank] < 0:
                raise UsageError("the records were not kept; say keep='canonical' when scanning")
            else:
                yield corpus.record(rank, files)
