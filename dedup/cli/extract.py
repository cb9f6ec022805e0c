"""`dedup extract`: print articles of any readable format as JSONL."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedup.cli import NOTHING_ACCEPTED, OK
from dedup.cli.common import files_read, furniture_option, input_options, rich_command, settings_from
from dedup.errors import OutputError, UsageError

if TYPE_CHECKING:
    from dedup.model import Reject, SetAside


@rich_command("extract", short_help="Print articles of any format as JSONL.")
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option("--out", metavar="FILE", help="Write to FILE, all or nothing. Default: standard output.")
@click.option("--overwrite", is_flag=True, help="Replace a FILE that dedup did not write.")
@click.option(
    "--body", is_flag=True, help="Print the bodies that a scan compares, and the boilerplate that it leaves out."
)
@click.option(
    "--explain",
    is_flag=True,
    help="With --body: say what was repaired, and on how many pages of its domain learned boilerplate occurs.",
)
@furniture_option
@input_options
def command(paths: tuple[str, ...], out: str | None, overwrite: bool, body: bool, explain: bool, **options: Any) -> int:
    """Print the articles of files and folders (or - for standard input) as JSONL.

    Each line holds id, file, url, domain, title, published, authors, text and meta.
    """
    if not paths:
        raise UsageError("nothing to extract: name files or folders, or - for standard input")
    if explain and not body:
        raise UsageError("--explain tells what --body cuts; give both")
    if out is not None:
        _refuse_inputs(out, paths, options)
    check = partial(_checked, out, overwrite=overwrite)
    target = check()
    settings = settings_from(options)
    from dedup.sanitize import sanitize

    rejects: list[Reject] = []
    aside: list[SetAside] = []
    if body:
        from dedup.api import bodies

        lines: Iterable[dict[str, Any]] = bodies(paths, settings, explain=explain, rejects=rejects, aside=aside)
    else:
        from dedup.inputs.records import records

        lines = (
            {k: v for k, v in record.items() if k != "line"} for record in records(paths, settings, rejects, aside)
        )
    count = _write(lines, target, check)
    if rejects:
        print(f"dedup: {len(rejects):,} rejected: {_reasons(rejects)}", file=sys.stderr)
        from dedup.results.rejects import unreadable_sentence, whole_files

        sentence = unreadable_sentence(whole_files(rejects))
        if sentence:
            print(f"dedup: {sentence}", file=sys.stderr)
    if aside:
        print(f"dedup: {len(aside):,} set aside: {_reasons(aside)}; --keep-all keeps them", file=sys.stderr)
    if not count:
        stays = f"; {sanitize(out)} stays as it was" if target is not None and target.is_file() else ""
        print(f"dedup: no article was accepted{stays}", file=sys.stderr)
    return OK if count else NOTHING_ACCEPTED


def _reasons(records: Sequence[Reject | SetAside]) -> str:
    """List the reasons with their counts, the most frequent first."""
    counts = Counter(record.reason for record in records)
    return ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counts.most_common())


def _refuse_inputs(out: str, paths: Sequence[str], options: dict[str, Any]) -> None:
    """Refuse an output that is read by the same command."""
    from dedup.outputs.ownership import refuse_inputs

    files = [options["furniture"]] if options["furniture"] is not None else []
    refuse_inputs([*files_read(paths, options["format"], out), *files], {"--out": out}, None)
    for name in paths:
        below = os.path.relpath(os.path.realpath(out), os.path.realpath(name)).split(os.sep)
        # A hidden folder is not read.
        if os.path.isdir(name) and below[0] != os.pardir and not any(part.startswith(".") for part in below):
            raise UsageError(
                f"--out {out} lies in the input folder {name}, and would be read as articles the next time; "
                "name a file elsewhere"
            )


def _checked(out: str | None, *, overwrite: bool) -> Path | None:
    """Check that the file may be written, before the work begins and again before the file is replaced."""
    if out is None:
        return None
    from dedup.outputs.ownership import check_file, is_exported_articles

    return check_file(out, "--out", is_exported_articles, overwrite=overwrite)


class _NothingError(Exception):
    """There was no line to write."""


def _write(lines: Iterable[dict[str, Any]], target: Path | None, check: Callable[[], Any]) -> int:
    """Write JSON lines to standard output, or all or none into a file; return how many.

    Without lines there is no file.
    """
    from dedup.outputs.commit import is_stream, replace_file
    from dedup.outputs.seal import write_sealed_lines

    if target is None:
        return write_sealed_lines(lines, sys.stdout.buffer, has_seal=False)
    try:
        with replace_file(target, check) as new, new.open("wb", buffering=1 << 17) as stream:
            count = write_sealed_lines(lines, stream, has_seal=not is_stream(target))
            if not count and not is_stream(target):
                raise _NothingError
            return count
    except _NothingError:
        return 0
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError(f"--out {target} cannot be written: {error.strerror}") from error
