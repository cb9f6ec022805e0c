"""`dedup index`: what a crawler has seen, in a file that is asked and told article by article."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import rich_click

from dedup.cli import CONTEXT, FAILED, NOTHING_ACCEPTED, OK
from dedup.cli.common import (
    compare_options,
    furniture_option,
    input_options,
    load_numba,
    print_json,
    settings_from,
    write,
)
from dedup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedup.index.public import Index
    from dedup.model import Reject

#: Articles that are named where some were left out.
NAMED = 20


@click.group(
    "index",
    short_help="Keep what a crawler has seen, and ask it article by article.",
    cls=rich_click.RichGroup,
    context_settings=CONTEXT,
    epilog="Exit codes: 0 done, 1 no article accepted, 2 wrong usage, 3 the index cannot be used, 130 interrupted.",
)
def command() -> None:
    """An index of known articles in one SQLite file: is this article new, and if not, what is the earlier copy?

    Several processes may use it at once; what was acknowledged survives kill -9.
    """


def _settings(options: dict[str, Any]) -> Any:
    return settings_from(options)


def _open(path: str, options: dict[str, Any] | None = None, **how: Any) -> Index:
    """The index; options of a comparison must be its own, those of reading may be any."""
    from dedup.index.public import Index

    given = {name: value for name, value in (options or {}).items() if value is not None and value != ()}
    if not given:
        return Index(path, **how)
    settings = settings_from(given)
    return Index(path, **{name: getattr(settings, name) for name in given}, **how)


def _made_with(command: Any) -> Any:
    """Options that say how a new index is made."""
    for option in (
        click.option("--window", type=float, metavar="DAYS", help="Articles published further apart never cluster."),
        furniture_option,
        compare_options,
    ):
        command = option(command)
    return command


@command.command("add", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.argument("paths", metavar="PATH...", nargs=-1)
@input_options
@_made_with
@click.option("--batch", type=click.IntRange(1), default=2000, metavar="N", help="Articles of a transaction: 2000.")
@click.option("--sync", type=click.Choice(["normal", "full"]), default="normal", help="full: safe from power loss too.")
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def add(index: str, paths: tuple[str, ...], batch: int, sync: str, quiet: bool, as_json: bool, **options: Any) -> int:
    """Store the articles of files and folders (or - for standard input). Makes the index where there is none.

    Articles whose ids are known are passed over: after an interruption, give the same command again.
    """
    from dedup.inputs.paths import resolve
    from dedup.reports.progress_display import progress_for

    _needs(paths)
    resolve(list(paths), options.get("format"))  # a wrong path is told before an index is made
    load_numba()
    counts = {"read": 0, "stored": 0, "seen": 0, "known": 0, "rejected": 0}
    with _open(index, options, sync=sync) as opened, progress_for(sys.stderr, quiet) as progress:
        progress.start("index", None, "articles")
        for verdicts, rejects in opened.stream(list(paths), batch=batch):
            stored = sum(v.stored for v in verdicts)
            counts["read"] += len(verdicts)
            counts["stored"] += stored
            counts["known"] += len(verdicts) - stored
            counts["seen"] += sum(v.stored and not v.is_new for v in verdicts)
            counts["rejected"] += len(rejects)
            progress.advance(len(verdicts))
            _say_rejects(rejects)
        progress.finish()
        progress.close()
        if as_json:
            print_json({**counts, "index": opened.stats()})
        elif not quiet:
            click.echo(
                f"{counts['stored']:,} stored, {counts['seen']:,} of them seen before; "
                f"{counts['known']:,} known already, {counts['rejected']:,} rejected; {len(opened):,} in {index}"
            )
    return OK if counts["read"] else NOTHING_ACCEPTED


@command.command("query", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.argument("paths", metavar="PATH...", nargs=-1)
@input_options
@_made_with
@click.option("--add", "adding", is_flag=True, help="Store each article too; a line is printed once it is kept.")
@click.option("--no-passages", is_flag=True, help="Leave out the shared passages.")
@click.option("--sync", type=click.Choice(["normal", "full"]), default="normal", help="full: safe from power loss too.")
def query(index: str, paths: tuple[str, ...], adding: bool, no_passages: bool, sync: str, **options: Any) -> int:
    """Say of each article whether it is new: one line of JSON each, at once, so that it works in a pipe.

    crawler | dedup index query seen.db - --add
    """
    import orjson

    _needs(paths)
    load_numba()
    count = 0
    with _open(index, options, sync=sync, create=adding, readonly=not adding) as opened:
        for record, rejects in _one_by_one(paths, opened):
            _say_rejects(rejects)
            if record is None:
                continue
            verdict = opened.tell(record, store=adding, passages=not no_passages)
            write(orjson.dumps(verdict.to_dict(), option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return OK if count else NOTHING_ACCEPTED


def _one_by_one(paths: tuple[str, ...], index: Index) -> Iterator[tuple[Any, list[Reject]]]:
    """Batches of one article each, as soon as it is there, and what was rejected before it."""
    from dedup.inputs.formats import FORMATS
    from dedup.inputs.paths import resolve
    from dedup.inputs.read import read

    for source in resolve(list(paths), index.settings.format):
        if FORMATS[source.format].is_lines and not source.unreadable:
            batches = FORMATS[source.format].load()(source, index.settings, batch_text=1)
        else:
            batches = read([source], index.settings)
        for batch in batches:
            rejects = list(batch.rejects)
            if batch.records.num_rows == 0:
                yield None, rejects
            for one in index.singles(batch):
                yield one, rejects
                rejects = []


@command.command("remove", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.argument("ids", metavar="ID...", nargs=-1)
def remove(index: str, ids: tuple[str, ...]) -> int:
    """Forget articles by their ids; - reads one id a line from standard input."""
    if not ids:
        raise UsageError("nothing to remove: name ids, or - to read them from standard input")
    wanted = [line.rstrip("\n") for line in sys.stdin] if ids == ("-",) else list(ids)
    with _open(index, create=False) as opened:
        click.echo(f"{opened.remove(wanted):,} removed, {len(opened):,} left in {index}")
    return OK


@command.command("expire", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.option("--before", metavar="DATE", help="Forget what was published before, like 2024-05-31.")
@click.option("--older-than", type=float, metavar="DAYS", help="Forget what was published longer ago.")
def expire(index: str, before: str | None, older_than: float | None) -> int:
    """Forget old articles, in small steps: by their date, or where that is not known by when they were stored."""
    import time

    if (before is None) == (older_than is None):
        raise UsageError("say which articles are old: --before DATE or --older-than DAYS")
    with _open(index, create=False) as opened:
        removed = opened.expire(before if older_than is None else time.time() - older_than * 86400)  # type: ignore[arg-type]
        click.echo(f"{removed:,} removed, {len(opened):,} left in {index}")
    return OK


@command.command("stats", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def stats(index: str, as_json: bool) -> int:
    """How much an index holds, and under which settings it was made."""
    with _open(index, create=False, readonly=True) as opened:
        found = opened.stats()
    if as_json:
        print_json(found)
        return OK
    n = max(1, found["articles"])
    beyond = found["file_bytes"] - found["text_bytes"]
    for line in (
        f"{found['articles']:,} articles, {found['clustered']:,} of them in {found['clusters']:,} clusters",
        f"{found['bodies']:,} different texts, {found['pairs']:,} comparisons remembered",
        f"{found['file_bytes'] / 1e6:,.1f} MB on disk; {found['text_bytes'] / 1e6:,.1f} MB of it compressed text, "
        f"{beyond / n / 1024:.2f} KiB an article beside it",
        "settings: " + ", ".join(f"{name} {value}" for name, value in found["settings"].items() if value is not None),
    ):
        click.echo(line)
    return OK


@command.command("export", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.option("--out", metavar="DIR", help="The files that a scan of all its articles writes.")
@click.option("--articles", "file", metavar="FILE", help="All its articles as JSONL, as they came in.")
@click.option(
    "--overwrite", is_flag=True, help="Replace files that dedup did not write, where a new one has their name."
)
def export(index: str, out: str | None, file: str | None, overwrite: bool) -> int:
    """Write what an index holds: its articles, or the results of a scan of them."""
    if out is None and file is None:
        raise UsageError("say what to write: --out DIR for results, --articles FILE for the articles")
    _check_export(index, out, file, overwrite=overwrite)
    with _open(index, create=False, readonly=True) as opened:
        if out is not None:  # first, for the file may be meant to lie in the folder
            opened.export(Path(out), overwrite=overwrite)
            click.echo(f"results in {out}")
        if file is not None:
            click.echo(f"{opened.export_articles(Path(file), overwrite=overwrite):,} articles in {file}")
    return OK


def _check_export(index: str, out: str | None, file: str | None, *, overwrite: bool) -> None:
    """Say what would fail at the end before the work begins."""
    if file is not None:
        from dedup.index.export import check_articles_file

        check_articles_file(file, index, overwrite=overwrite)
    if out is not None:
        from dedup.outputs.ownership import in_folder, real_path, refuse_inputs
        from dedup.reports.writer import ALL_NAMES, Choice, check

        if file is not None and real_path(file) == real_path(out):
            raise UsageError(f"--articles {file} is the folder of --out; name another file")
        if file is not None and Path(file).name.casefold() in ALL_NAMES and in_folder(file, real_path(out)):
            raise UsageError(f"--articles {file}: is the name of another file of a scan; name another")
        refuse_inputs([index], {"--articles": file}, Path(out))
        check(out, Choice(overwrite=overwrite))


@command.command("check", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check(index: str, as_json: bool) -> int:
    """Read all of an index, and say what of it is damaged: exit code 0 if nothing is, else 3.

    Every row is checked with its checksum, every reference between rows, and every count.
    """
    from dedup.index.public import Index
    from dedup.sanitize import visible

    faults = Index.check(index)
    if as_json:
        print_json({"path": index, "sound": not faults, "faults": [fault.to_dict() for fault in faults]})
    elif not faults:
        click.echo(f"{index} is sound")
    else:
        for fault in faults:
            click.echo(visible(str(fault)))
        click.echo(f"{index} is damaged; make it anew from what is sound with: dedup index rebuild {index}")
    return FAILED if faults else OK


@command.command("rebuild", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
def rebuild(index: str) -> int:
    """Make an index anew from its own articles: after an upgrade that changed the rules, or where it is damaged.

    A damaged file is copied to INDEX.db.damaged, and articles that cannot be read are left out and named.
    """
    from dedup.index.public import Index
    from dedup.sanitize import visible

    done = Index.rebuild(index)
    if done.damaged is not None:
        click.echo(f"{index} was damaged; a copy of it is {done.damaged}", err=True)
    if done.usual:
        click.echo("how it was made cannot be read, so it was made anew with the usual settings", err=True)
    if done.left_out:
        names = ", ".join(done.left_out[:NAMED]) + (", ..." if len(done.left_out) > NAMED else "")
        click.echo(f"{len(done.left_out):,} damaged articles were left out: {visible(names)}", err=True)
    click.echo(f"{done:,} articles in {index}")
    return OK


def _needs(paths: tuple[str, ...]) -> None:
    if not paths:
        raise UsageError("no input: name files or folders, or - for standard input")


def _say_rejects(rejects: list[Reject]) -> None:
    from dedup.sanitize import visible

    for reject in rejects[:5]:
        where = f"{reject.file}:{reject.line}" if reject.line else reject.file
        print(f"dedup: {visible(f'{where}: {reject.reason} {reject.detail}'.rstrip())}", file=sys.stderr)
    if len(rejects) > 5:
        print(f"dedup: {len(rejects) - 5:,} more rejected", file=sys.stderr)
