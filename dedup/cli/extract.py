"""`dedup extract`: articles of any readable format as JSONL."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
import rich_click

from dedup.cli import CONTEXT, NOTHING_ACCEPTED, OK
from dedup.cli.common import furniture_option, input_options, settings_from
from dedup.errors import OutputError, UsageError

if TYPE_CHECKING:
    from dedup.model import Reject
    from dedup.settings import Settings


@click.command(
    "extract", short_help="Print articles of any format as JSONL.", cls=rich_click.RichCommand, context_settings=CONTEXT
)
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option("--out", metavar="FILE", help="Write into FILE, whole or not at all. Default: standard output.")
@click.option("--body", is_flag=True, help="The bodies that are compared, and the furniture that was set aside.")
@click.option("--explain", is_flag=True, help="With --body: on how many pages of its domain learned furniture stands.")
@furniture_option
@input_options
def command(paths: tuple[str, ...], out: str | None, body: bool, explain: bool, **options: Any) -> int:
    """Print the articles of files and folders (or - for standard input) as JSONL.

    Each line holds id, file, url, domain, title, published, authors, text and meta.
    """
    if not paths:
        raise UsageError("nothing to extract: name files or folders, or - for standard input")
    if explain and not body:
        raise UsageError("--explain tells what --body cuts; give both")
    settings = settings_from(options)
    rejects: list[Reject] = []
    if body:
        from dedup.api import bodies

        lines: Iterable[dict[str, Any]] = bodies(paths, settings, explain=explain, rejects=rejects)
    else:
        lines = ({k: v for k, v in record.items() if k != "line"} for record in records(paths, settings, rejects))
    with _target(out) as stream:
        count = write_lines(lines, stream)
    if rejects:
        why = ", ".join(
            f"{n:,} {name.replace('_', ' ')}" for name, n in Counter(r.reason for r in rejects).most_common()
        )
        print(f"dedup: {len(rejects):,} rejected: {why}", file=sys.stderr)
        from dedup.reports.progress import unreadable_sentence, whole_files

        sentence = unreadable_sentence(whole_files(rejects))
        if sentence:
            print(f"dedup: {sentence}", file=sys.stderr)
    if not count:
        print("dedup: no article was accepted", file=sys.stderr)
    return OK if count else NOTHING_ACCEPTED


def records(paths: Sequence[str], settings: Settings, rejects: list[Reject]) -> Iterator[dict[str, Any]]:
    """The articles of `paths` in input order, with the ids of a scan; what cannot be taken goes to `rejects`."""
    import orjson

    from dedup.articles import readers, sources

    for batch in readers.read(sources.resolve(list(paths), settings.format), settings):
        rejects.extend(batch.rejects)
        for row, record in enumerate(batch.records.to_pylist()):
            meta = record["meta"]
            yield {
                "id": record["id"] if record["id"] is not None else f"{batch.file}:{record['line']}",
                "file": batch.file_of(row),
                "line": record["line"],
                **{name: record[name] for name in ("url", "domain", "title", "published", "authors", "text")},
                "meta": orjson.loads(meta) if meta else None,
            }


def write_lines(lines: Iterable[dict[str, Any]], stream: BinaryIO) -> int:
    """Write JSON lines; how many there were."""
    import orjson

    count = 0
    for count, line in enumerate(lines, 1):  # noqa: B007 - the last number is the answer
        stream.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    stream.flush()
    return count


@contextmanager
def _target(out: str | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears under its name only when it is complete."""
    if out is None:
        yield sys.stdout.buffer
        return
    path = Path(out)
    if path.is_dir():
        raise OutputError(f"--out {out} is a folder; name a file")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise OutputError(f"--out {out} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)
        os.replace(name, path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"--out {out} cannot be written: {error.strerror}") from error
        raise
