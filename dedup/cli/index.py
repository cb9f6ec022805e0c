"""`dedup index`: add, query and remove articles of an incremental index."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import rich_click

from dedup.cli import CONTEXT, FAILED, NOTHING_ACCEPTED, OK, common
from dedup.errors import UsageError
from dedup.sanitize import sanitize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedup.index.public import Index
    from dedup.model import Reject

#: Articles that are named where some were left out.
NAMED = 20
#: Rejects that are printed, each in a line.
PRINTED = 5


@click.group(
    "index",
    short_help="Add, query and remove articles one at a time.",
    cls=rich_click.RichGroup,
    context_settings=CONTEXT,
    epilog="Exit codes: 0 done, 1 no article accepted, 2 wrong usage, 3 the index cannot be used, 130 interrupted.",
)
def command() -> None:
    """Keep articles in one SQLite file, and say of an article whether it is new and, if not, what its copies are.

    Several processes may use it at once; what was acknowledged survives kill -9.
    """


def _open(path: str, options: dict[str, Any] | None = None, **how: Any) -> Index:
    """Open an index. Options of comparisons must be those of the index; options of reading may be any."""
    from dedup.index.public import Index

    set_options = {name: value for name, value in (options or {}).items() if value is not None and value != ()}
    if not set_options:
        return Index(path, **how)
    settings = common.settings_from(set_options)
    return Index(path, **{name: getattr(settings, name) for name in set_options}, **how)


creation_options = common.option_group(
    common.compare_options,
    common.furniture_option,
    click.option("--window", type=float, metavar="DAYS", help="Articles published further apart never cluster."),
)
sync_option = click.option(
    "--sync",
    type=click.Choice(["normal", "full"]),
    default="normal",
    help="full: survive power loss too. Default: normal.",
)


@command.command("add", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.argument("paths", metavar="PATH...", nargs=-1)
@common.input_options
@creation_options
@click.option(
    "--batch", type=click.IntRange(1), default=2000, metavar="N", help="Articles of a transaction. Default: 2000."
)
@sync_option
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def add(index: str, paths: tuple[str, ...], batch: int, sync: str, quiet: bool, as_json: bool, **options: Any) -> int:
    """Store the articles of files and folders (or - for standard input). Makes the index if there is none.

    Articles whose ids are in the index are skipped: after an interruption, repeat the command.
    """
    from dedup.inputs.paths import resolve
    from dedup.reports.progress_display import progress_for

    require_paths(paths)
    resolve(list(paths), options.get("format"))  # a wrong path is advice before an index is made
    common.load_numba()
    printer = RejectPrinter()
    counts = {"read": 0, "stored": 0, "seen": 0, "known": 0, "rejected": 0, "set_aside": 0}
    with _open(index, options, sync=sync) as store, progress_for(sys.stderr, quiet) as progress:
        progress.start("index", None, "articles")
        for verdicts, rejects in store.stream(list(paths), batch=batch):
            count = sum(v.stored for v in verdicts)
            counts["set_aside"] += sum(v.set_aside is not None for v in verdicts)
            verdicts = [v for v in verdicts if v.set_aside is None]
            counts["read"] += len(verdicts)
            counts["stored"] += count
            counts["known"] += len(verdicts) - count
            counts["seen"] += sum(v.stored and not v.is_new for v in verdicts)
            counts["rejected"] += len(rejects)
            progress.advance(len(verdicts))
            printer.add(rejects)
        printer.finish()
        progress.finish()
        progress.close()
        if as_json:
            common.print_json({**counts, "index": store.stats()})
        elif not quiet:
            aside = f", {counts['set_aside']:,} set aside" if counts["set_aside"] else ""
            click.echo(
                f"{counts['stored']:,} stored, {counts['seen']:,} of them seen before; "
                f"{counts['known']:,} known already, {counts['rejected']:,} rejected{aside}; {len(store):,} in {index}"
            )
            from dedup.inputs.date_order import sentence

            if advice := sentence(store.dates.as_dict(), store.settings.date_order, counts["read"]):
                click.echo(sanitize(advice))
    return OK if counts["read"] else NOTHING_ACCEPTED


@command.command("query", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.argument("paths", metavar="PATH...", nargs=-1)
@common.input_options
@creation_options
@click.option("--add", "adding", is_flag=True, help="Also store each article; its line is printed once it is stored.")
@click.option("--no-passages", is_flag=True, help="Leave out the shared passages.")
@sync_option
def query(index: str, paths: tuple[str, ...], adding: bool, no_passages: bool, sync: str, **options: Any) -> int:
    """Say of each article whether it is new. Each gets one line of JSON at once, so that the command works in a pipe.

    crawler | dedup index query seen.db - --add
    """
    import orjson

    require_paths(paths)
    common.load_numba()
    count = 0
    with _open(index, options, sync=sync, create=adding, readonly=not adding) as store:
        for article, rejects in iter_single(paths, store):
            printer = RejectPrinter()  # for each batch, a line of a pipe: who sends one is advice of it at once
            printer.add(rejects)
            printer.finish()
            if article is None:
                continue
            verdict = store.add_or_query(article, store=adding, passages=not no_passages)
            common.write(orjson.dumps(verdict.to_dict(), option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    return OK if count else NOTHING_ACCEPTED


def iter_single(paths: tuple[str, ...], index: Index) -> Iterator[tuple[Any, list[Reject]]]:
    """Yield each digested article as soon as it is read, with the rejects before it; None where only these came."""
    from dedup.inputs.formats import FORMATS
    from dedup.inputs.paths import resolve
    from dedup.inputs.read import read
    from dedup.inputs.set_aside import without_non_articles

    for source in resolve(list(paths), index.settings.format):
        if FORMATS[source.format].is_lines and not source.unreadable:
            lines = FORMATS[source.format].load()(source, index.settings, batch_text=1)
            batches = without_non_articles(lines, index.settings)
        else:
            batches = read([source], index.settings)
        for batch in batches:
            rejects = list(batch.rejects)
            if batch.records.num_rows == 0 and not batch.set_aside:
                yield None, rejects
            for article in index.digest_batch(batch):
                yield article, rejects
                rejects = []


@command.command("remove", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.argument("ids", metavar="ID...", nargs=-1)
def remove(index: str, ids: tuple[str, ...]) -> int:
    """Remove articles by their ids; - reads one id a line from standard input."""
    if not ids:
        raise UsageError("nothing to remove: name ids, or - to read them from standard input")
    names = [line.rstrip("\n") for line in sys.stdin] if ids == ("-",) else list(ids)
    with _open(index, create=False) as store:
        click.echo(f"{store.remove(names):,} removed, {len(store):,} left in {index}")
    return OK


@command.command("expire", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.option("--before", metavar="DATE", help="Remove articles published before this date, like 2024-05-31.")
@click.option("--older-than", type=float, metavar="DAYS", help="Remove articles published more than DAYS ago.")
def expire(index: str, before: str | None, older_than: float | None) -> int:
    """Remove old articles in small steps, by their date or, if it is not known, by the time when they were stored."""
    import time

    if (before is None) == (older_than is None):
        raise UsageError("say which articles are old: --before DATE or --older-than DAYS")
    with _open(index, create=False) as store:
        count = store.expire(before if older_than is None else time.time() - older_than * 86400)  # type: ignore[arg-type]
        click.echo(f"{count:,} removed, {len(store):,} left in {index}")
    return OK


@command.command("stats", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def stats(index: str, as_json: bool) -> int:
    """Show how much an index holds, and its settings."""
    with _open(index, create=False, readonly=True) as store:
        values = store.stats()
    if as_json:
        common.print_json(values)
        return OK
    n = max(1, values["articles"])
    beyond = values["file_bytes"] - values["text_bytes"]
    for line in (
        f"{values['articles']:,} articles, {values['clustered']:,} of them in {values['clusters']:,} clusters",
        f"{values['bodies']:,} different texts, {values['pairs']:,} comparisons remembered",
        f"{values['file_bytes'] / 1e6:,.1f} MB on disk; {values['text_bytes'] / 1e6:,.1f} MB of it compressed text, "
        f"{beyond / n / 1024:.2f} KiB an article beside it",
        "settings: " + ", ".join(f"{name} {value}" for name, value in values["settings"].items() if value is not None),
    ):
        click.echo(line)
    return OK


@command.command("export", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
@click.option("--out", metavar="DIR", help="Write the files of a scan of all articles.")
@click.option("--articles", "file", metavar="FILE", help="Write all articles as JSONL, as they were added.")
@click.option("--overwrite", is_flag=True, help="Replace files that dedup did not write, if a new file has their name.")
def export(index: str, out: str | None, file: str | None, overwrite: bool) -> int:
    """Write what an index holds: its articles, or the results of a scan of them."""
    if out is None and file is None:
        raise UsageError("say what to write: --out DIR for results, --articles FILE for the articles")
    _check_export(index, out, file, overwrite=overwrite)
    with _open(index, create=False, readonly=True) as store:
        if out is not None:  # first, for the file may be meant to lie in the folder
            store.export(Path(out), overwrite=overwrite)
            click.echo(f"results in {out}")
        if file is not None:
            click.echo(f"{store.export_articles(Path(file), overwrite=overwrite):,} articles in {file}")
    return OK


def _check_export(index: str, out: str | None, file: str | None, *, overwrite: bool) -> None:
    """Check before the work begins that the outputs may be written."""
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
    """Read all of an index and list what is damaged. The exit code is 0 if nothing is, else 3.

    Every row is checked with its checksum, every reference between rows, and every count.
    """
    from dedup.index.public import Index
    from dedup.sanitize import sanitize

    faults = Index.check(index)
    if as_json:
        common.print_json({"path": index, "sound": not faults, "faults": [fault.to_dict() for fault in faults]})
    elif not faults:
        click.echo(f"{index} is sound")
    else:
        for fault in faults:
            click.echo(sanitize(str(fault)))
        click.echo(f"{index} is damaged; make it anew from what is sound with: dedup index rebuild {index}")
    return FAILED if faults else OK


@command.command("rebuild", cls=rich_click.RichCommand, context_settings=CONTEXT)
@click.argument("index", metavar="INDEX.db")
def rebuild(index: str) -> int:
    """Make an index again from its own articles: after an upgrade that changed the rules, or after damage.

    A damaged file is copied to INDEX.db.damaged. Articles that cannot be read are left out and listed.
    """
    from dedup.index.public import Index
    from dedup.sanitize import sanitize

    outcome = Index.rebuild(index)
    if outcome.damaged is not None:
        click.echo(f"{index} was damaged; a copy of it is {outcome.damaged}", err=True)
    if outcome.usual:
        click.echo("how it was made cannot be read, so it was made anew with the usual settings", err=True)
    if outcome.left_out:
        names = ", ".join(outcome.left_out[:NAMED]) + (", ..." if len(outcome.left_out) > NAMED else "")
        click.echo(f"{len(outcome.left_out):,} damaged articles were left out: {sanitize(names)}", err=True)
    click.echo(f"{outcome:,} articles in {index}")
    return OK


def require_paths(paths: tuple[str, ...]) -> None:
    """Raise `UsageError` if no path is named."""
    if not paths:
        raise UsageError("no input: name files or folders, or - for standard input")


class RejectPrinter:
    """Prints the first rejects to standard error, and at the end how many more there are and why."""

    def __init__(self) -> None:
        self._printed = 0
        self._more: Counter[str] = Counter()

    def add(self, rejects: list[Reject]) -> None:
        """Print rejects, or count them if enough were printed."""
        from dedup.sanitize import sanitize

        for reject in rejects:
            if self._printed < PRINTED:
                where = f"{reject.file}:{reject.line}" if reject.line else reject.file
                print(f"dedup: {sanitize(f'{where}: {reject.reason} {reject.detail}'.rstrip())}", file=sys.stderr)
                self._printed += 1
            else:
                self._more[reject.reason] += 1

    def finish(self) -> None:
        """Print how many rejects were not printed."""
        if self._more:
            reasons = ", ".join(f"{n:,} {reason}" for reason, n in self._more.most_common())
            print(f"dedup: {self._more.total():,} more rejected: {reasons}", file=sys.stderr)
