"""Write the files of a scan, all or none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from dedup.errors import OutputError, UsageError
from dedup.outputs.commit import Move, Staging, is_stream
from dedup.outputs.ownership import (
    Folder,
    check_file,
    check_folder,
    in_folder,
    is_sealed_json,
    real_path,
    refuse_inputs,
)
from dedup.outputs.seal import FURNITURE, SCAN, digest_of, is_sealed_database, seal_json

if TYPE_CHECKING:
    from dedup.model import Reject, SetAside
    from dedup.progress import Progress
    from dedup.results.result import ScanOutcome

#: The tables of `--csv` and `--parquet` (dedup.reports.table_rows).
TABLES = ("articles", "clusters", "members", "pairs", "origins", "evidence", "sites", "flow")
#: The file that names all others of a folder; without it nothing there is ours.
SUMMARY = "summary.json"


@dataclass(frozen=True)
class Choice:
    """The files to write beside those of the contract. `html_articles` None: the default of `html_report`.

    sqlite, furniture: paths of files, in the folder or elsewhere. overwrite: replace files that dedup did not write.
    """

    keep: str | None = None
    html: bool = True
    html_articles: str | None = None
    csv: bool = False
    parquet: bool = False
    sqlite: str | os.PathLike[str] | None = None
    graphml: bool = False
    furniture: str | os.PathLike[str] | None = None
    overwrite: bool = False

    def __post_init__(self) -> None:
        if self.keep not in (None, "canonical"):
            raise UsageError(f"keep must be 'canonical', not {self.keep!r}")
        if self.html_articles not in (None, "all", "clustered", "none"):
            raise UsageError(f"html_articles must be 'all', 'clustered' or 'none', not {self.html_articles!r}")

    def names(self) -> set[str]:
        """List the names that files of the folder may have, without those of `sqlite` and `furniture`."""
        names = {"clusters.jsonl", "pairs.jsonl", "origins.jsonl", "against.jsonl", SUMMARY}
        names |= {"rejects.jsonl", "set_aside.jsonl"}
        names |= {"deduplicated.jsonl"} if self.keep else set()
        names |= {"report.html"} if self.html else set()
        names |= {"flow.graphml"} if self.graphml else set()
        endings = [ending for ending, is_on in (("csv", self.csv), ("parquet", self.parquet)) if is_on]
        return names | {f"{table}.{ending}" for table in TABLES for ending in endings}


@dataclass(frozen=True)
class Targets:
    """The places of a result, after `check` has found that they may be written."""

    folder: Folder
    sqlite: Path | None
    furniture: Path | None

    def beside(self) -> list[Path]:
        """List the files outside the folder, without pipes and devices, which are never replaced."""
        files = [file for file in (self.sqlite, self.furniture) if file is not None and not is_stream(file)]
        return [file for file in files if file.parent != self.folder.real]


#: All files that a scan may write into its folder.
ALL_NAMES = Choice("canonical", csv=True, parquet=True, graphml=True).names()


def check(directory: str | os.PathLike[str], choice: Choice) -> Targets:
    """Check before any work that a result may be written. Raises `OutputError`, `UsageError`."""
    path = Path(directory)
    real = real_path(path)
    paths = {"--sqlite": choice.sqlite, "--save-furniture": choice.furniture}
    names_inside = {
        option: Path(file).name for option, file in paths.items() if file is not None and in_folder(file, real)
    }
    for option, name in names_inside.items():
        if name.casefold() in ALL_NAMES:
            raise OutputError(f"{option} {paths[option]}: is the name of another file of a scan; name another")
        if not _is_utf8(name):  # summary.json has to name it
            raise OutputError(f"{option} {paths[option]}: its name is not UTF-8, as it must be in --out; name another")
    for option, file in paths.items():
        if file is not None and real_path(file) == real:
            raise UsageError(f"{option} {file} is the folder of --out; name another file")
    refuse_inputs((), paths, None)
    folder = check_folder(path, choice.names() | set(names_inside.values()), overwrite=choice.overwrite)
    files: dict[str, Path | None] = {}
    for option, is_ours in (("--sqlite", is_sealed_database), ("--save-furniture", is_sealed_json(FURNITURE))):
        if (file := paths[option]) is None:
            files[option] = None
        elif option in names_inside:
            files[option] = real / names_inside[option]
        else:
            files[option] = check_file(file, option, is_ours, overwrite=choice.overwrite, database=option == "--sqlite")
    return Targets(folder, files["--sqlite"], files["--save-furniture"])


def _is_utf8(name: str) -> bool:
    return name == name.encode("utf-8", "ignore").decode()


def write(
    result: ScanOutcome, directory: str | os.PathLike[str], choice: Choice, progress: Progress | None = None
) -> None:
    """Write a result into `directory`. Raises `OutputError`, `UsageError`."""
    targets = check(directory, choice)
    files = {"--sqlite": targets.sqlite, "--save-furniture": targets.furniture}
    inputs = [source.path for source in result.corpus.texts.sources if source is not None]
    refuse_inputs(inputs, files, targets.folder.real)
    if not result.summary["counts"]["articles"] and targets.folder.own_files and not choice.overwrite:
        raise OutputError(f"{directory}: no article was accepted; the results that are there stay as they were")

    with _staged(targets) as (staging, new):
        _write_into(new, result, choice, targets, staging, progress)
        staging.commit(_moves(targets, staging, new), lambda: _refuse_changed(targets, check(directory, choice).folder))


def write_failure(result: ScanOutcome, directory: Path) -> Path:
    """Write rejects and summary of a scan that accepted no article into `DIR.failed`; return its path.

    What was set aside is written too. If something else has that name: `DIR.failed-2` and so on. Raises `OutputError`.
    """
    base, names = Path(f"{os.path.abspath(directory)}.failed"), {"rejects.jsonl", "set_aside.jsonl", SUMMARY}
    for number in range(1, 1000):
        path = base if number == 1 else base.with_name(f"{base.name}-{number}")
        try:
            targets = Targets(check_folder(path, names), None, None)
            break
        except OutputError:
            if not os.path.exists(path):
                raise
    else:
        raise OutputError(f"{base} and 998 others like it are there and not dedup's; move them away")
    with _staged(targets) as (staging, new):
        _write(new / "rejects.jsonl", _record_lines(result.rejects))
        _write(new / "set_aside.jsonl", _record_lines(result.set_aside))
        _write_summary(new, result)
        staging.commit(_moves(targets, staging, new), lambda: _refuse_changed(targets, check_folder(path, names)))
    return path


def _refuse_changed(targets: Targets, folder: Folder) -> None:
    """Refuse to replace files that appeared or changed since the check. Raises `OutputError`. folder: as it is now."""
    if folder.own_files != targets.folder.own_files:
        raise OutputError(f"{targets.folder.path} was changed while its new results were made; they are not written")


@contextmanager
def _staged(targets: Targets) -> Iterator[tuple[Staging, Path]]:
    """Open a folder for new files beside their targets; raise errors of the system as `OutputError`."""
    folder = targets.folder
    staging = Staging()
    try:
        folder.real.parent.mkdir(parents=True, exist_ok=True)
        new = staging.area(folder.real) / "new"
        yield staging, new
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"{folder.path}: cannot be written ({reason}); what stood there is kept") from error
    finally:
        staging.close()


def _moves(targets: Targets, staging: Staging, new: Path) -> list[Move]:
    """List the moves that put the new files in their places. The summary, or the whole new folder, comes last."""
    real = targets.folder.real
    moves = [
        Move(staging.area(file.parent, inside=True) / "new" / file.name, file, file.parent) for file in targets.beside()
    ]
    if not real.exists():
        return [*moves, Move(new, real, real)]
    names = sorted(os.listdir(new), key=lambda name: (name == SUMMARY, name))
    moves += [Move(None, real / name, real) for name in sorted(set(targets.folder.own_files) - set(names))]
    return [*moves, *(Move(new / name, real / name, real) for name in names)]


def _write_into(
    folder: Path, result: ScanOutcome, choice: Choice, targets: Targets, staging: Staging, progress: Progress | None
) -> None:
    """Write all files, and report each to `progress`. The bytes are the same each time."""
    line = orjson.OPT_APPEND_NEWLINE
    jobs: list[Callable[[], None]] = [
        partial(_write, folder / "clusters.jsonl", result.clusters.lines()),
        partial(_write, folder / "pairs.jsonl", result.pairs.lines()),
        partial(_write, folder / "origins.jsonl", result.origins.lines()),
        partial(_write, folder / "rejects.jsonl", _record_lines(result.rejects)),
        partial(_write, folder / "set_aside.jsonl", _record_lines(result.set_aside)),
    ]
    if result.against is not None:
        lines = (orjson.dumps(row, option=line) for row in result.against)
        jobs.append(partial(_write, folder / "against.jsonl", lines))
    if choice.keep:
        jobs.append(partial(_write, folder / "deduplicated.jsonl", (r + b"\n" for r in result.kept_records())))
    beside = {file: staging.area(file.parent, inside=True) / "new" / file.name for file in targets.beside()}
    database = targets.sqlite and beside.get(targets.sqlite, folder / targets.sqlite.name)
    jobs += _more(folder, result, choice, database)
    if targets.furniture is not None:
        stream = targets.furniture if is_stream(targets.furniture) else None
        model = stream or beside.get(targets.furniture, folder / targets.furniture.name)
        jobs.append(lambda: _write(model, [result.furniture.to_bytes()]))
    jobs.append(partial(_write_summary, folder, result))
    if progress is not None:
        progress.start("write", len(jobs), "files")
    for job in jobs:
        job()
        if progress is not None:
            progress.advance(1)
    if progress is not None:
        progress.finish()


def _record_lines(records: Iterable[Reject | SetAside]) -> Iterator[bytes]:
    return (orjson.dumps(record.to_dict(), option=orjson.OPT_APPEND_NEWLINE) for record in records)


def _write_summary(folder: Path, result: ScanOutcome) -> None:
    """Write summary.json with the digest of every other file in the folder, by which a later run knows them."""
    digests = {path.name: digest_of(path) for path in sorted(folder.iterdir())}
    _write(folder / SUMMARY, [seal_json(SCAN, {**result.summary, "files": digests})])


def _more(folder: Path, result: ScanOutcome, choice: Choice, database: Path | None) -> Iterator[Callable[[], None]]:
    """Yield the functions that write the files that are not JSON lines. Each module is loaded only if it is used."""
    if choice.html:
        from dedup.reports.html_report import pieces

        yield partial(_write, folder / "report.html", pieces(result, choice.html_articles))
    if choice.csv:
        from dedup.reports.csv_parquet import write_csv

        yield partial(write_csv, folder, result)
    if choice.parquet:
        from dedup.reports.csv_parquet import write_parquet

        yield partial(write_parquet, folder, result)
    if choice.graphml:
        from dedup.reports.graphml import write_graphml

        yield partial(write_graphml, folder / "flow.graphml", result)
    if database is not None:
        from dedup.reports.sqlite_tables import write_sqlite

        yield partial(write_sqlite, database, result)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with path.open("wb", buffering=1 << 17) as out:
        out.writelines(pieces)
