"""`dedup extract`: articles of any readable format as JSONL."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
@click.option("--overwrite", is_flag=True, help="Replace a FILE that is there and that dedup did not write.")
@click.option("--body", is_flag=True, help="The bodies that are compared, and the furniture that was set aside.")
@click.option("--explain", is_flag=True, help="With --body: on how many pages of its domain learned furniture stands.")
@furniture_option
@input_options
def command(
    paths: tuple[str, ...], out: str | None, overwrite: bool, body: bool, explain: bool, **options: Any
) -> int:
    """Print the articles of files and folders (or - for standard input) as JSONL.

    Each line holds id, file, url, domain, title, published, authors, text and meta.
    """
    if not paths:
        raise UsageError("nothing to extract: name files or folders, or - for standard input")
    if explain and not body:
        raise UsageError("--explain tells what --body cuts; give both")
    target = None if out is None else _checked(out, (*paths, options["furniture"]), overwrite=overwrite)
    settings = settings_from(options)
    rejects: list[Reject] = []
    if body:
        from dedup.api import bodies

        lines: Iterable[dict[str, Any]] = bodies(paths, settings, explain=explain, rejects=rejects)
    else:
        lines = ({k: v for k, v in record.items() if k != "line"} for record in records(paths, settings, rejects))
    count = _write(lines, target)
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


def _checked(out: str, inputs: Sequence[str | None], *, overwrite: bool) -> Path:
    """Find out whether the file may be written, before the work begins."""
    from dedup.outputs.ownership import check_file, is_exported_articles, refuse_inputs

    refuse_inputs([name for name in inputs if name is not None], {"--out": out}, None)
    return check_file(out, "--out", is_exported_articles, overwrite=overwrite)


def _write(lines: Iterable[dict[str, Any]], target: Path | None) -> int:
    """Write JSON lines to standard output, or into a file whole or not at all; how many."""
    from dedup.outputs.commit import is_stream, replaced
    from dedup.outputs.seal import write_sealed_lines

    if target is None:
        return write_sealed_lines(lines, sys.stdout.buffer, sealed=False)
    try:
        with replaced(target) as fresh, fresh.open("wb", buffering=1 << 17) as stream:
            return write_sealed_lines(lines, stream, sealed=not is_stream(target))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError(f"--out {target} cannot be written: {error.strerror}") from error
