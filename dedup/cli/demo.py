"""`dedup demo`: scan the sample that comes with the package."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import click

from dedup.cli.common import rich_command
from dedup.cli.scan import Display, check_targets, run_scan


@rich_command("demo", short_help="Scan the sample that comes with the package.")
@click.option("--out", metavar="DIR", help="Also write the results into this folder.")
def command(out: str | None) -> int:
    """Scan the packaged sample: some sixty articles of a dozen sites over three days, made up for this purpose."""
    from dedup.settings import Settings

    folder = Path(out) if out is not None else None
    if folder is not None:
        check_targets(folder, {}, (), None)
    with as_file(files("dedup") / "sample" / "articles.jsonl") as sample:
        return run_scan(
            [str(sample)],
            Settings(),
            folder,
            Display(source="the packaged sample", advice="dedup scan YOUR.jsonl --out out/"),
        )
