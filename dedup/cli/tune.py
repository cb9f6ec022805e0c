"""`dedup tune`: measure settings on a sample of a corpus and recommend one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedup.cli import OK, common
from dedup.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from dedup.inputs.batch import Batch
    from dedup.progress import Progress
    from dedup.settings import Settings
    from dedup.tuning.grid import Outcome
    from dedup.tuning.tune import Tuning

#: Rows of the table in the terminal; the page has the whole Pareto front.
ROWS = 12


@common.rich_command(
    "tune",
    short_help="Find the settings that suit a corpus.",
    epilog="Then: dedup scan PATH... --out out/ --settings DIR/tuning.json",
)
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option("--out", metavar="DIR", help="Write tuning.json, for scan --settings, and tuning.html with the curves.")
@click.option("--overwrite", is_flag=True, help="Replace a tuning.json or tuning.html that dedup did not write.")
@click.option(
    "--pairs",
    metavar="FILE",
    help="JSONL of labelled pairs to find (a, b, label). Default: the pairs over the threshold.",
)
@click.option(
    "--threshold", type=float, metavar="T",
    help="Least share of the shorter body's shingles that the pairs to find have in common. Default: 0.25, the least "
    "of a version. If given, scan --settings uses it too.",
)  # fmt: skip
@click.option("--recall", type=float, metavar="R", help="Share of these pairs to find. Default: 0.98.")
@click.option("--minutes", type=float, metavar="M", help="Time to spend. Default: 5.")
@click.option("--sample", type=int, metavar="N", help="Articles to draw from a larger corpus. Default: 20,000.")
@click.option("--shingle-size", type=int, metavar="K", help="Words in a shingle. Default: 5.")
@click.option("--seed", type=int, metavar="N", help="Seed of the signatures and of the sample. Default: 1.")
@common.furniture_option
@common.input_options
@click.option("--threads", type=int, metavar="N", help="Threads to use; costs are of one thread. Default: 2.")
@click.option("--tmp", metavar="DIR", help="Folder for temporary files. Default: the system's.")
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
@click.option("--json", "as_json", is_flag=True, help="Print tuning.json instead of the summary.")
def command(paths: tuple[str, ...], out: str | None, pairs: str | None, **options: Any) -> int:
    """Measure recall and cost of many settings on a sample of a corpus, and recommend one.

    Every pair of the sample is compared exactly, so that all copies in it are known. Then each setting of a grid is run
    on the sample: shingle size, permutations, bands and rows, passage rate, boilerplate learned or found by rules.
    """
    from dedup.reports import layout
    from dedup.reports.progress_display import progress_for
    from dedup.tuning import result_file
    from dedup.tuning.labels import read_labels
    from dedup.tuning.tune import Target, tune

    if not paths:
        raise UsageError("nothing to tune to: name files or folders, or - for standard input")
    overwrite = options.pop("overwrite")
    if out is not None:
        from dedup.outputs.ownership import refuse_inputs

        folder = result_file.check(Path(out), overwrite=overwrite)
        targets = {f"--out {name}": folder.real / name for name in (result_file.NAME, result_file.PAGE)}
        inputs = common.files_read(paths, options["format"], *targets.values())
        refuse_inputs([*inputs, *(name for name in (pairs, options["furniture"]) if name)], targets, None)
    quiet, as_json = options.pop("quiet"), options.pop("as_json")
    target = {name: options.pop(name) for name in ("threshold", "recall", "minutes", "sample")}
    target = {name: value for name, value in target.items() if value is not None}
    settings = common.settings_from(options)
    labels = read_labels(pairs) if pairs is not None else []
    with progress_for(sys.stderr, quiet) as progress:
        names, open_batches = batches(paths, settings, progress)
        tuning = tune(open_batches, settings, Target(**target), labels, progress)
        progress.close()
    scan_options = {"threshold": target.get("threshold"), "seed": options["seed"]}
    content = result_file.to_dict(tuning, names, {k: v for k, v in scan_options.items() if v is not None})
    if out is not None:
        from dedup.tuning.tuning_page import render_page

        result_file.write(Path(out), content, render_page(tuning, names, Path(out)).encode(), overwrite=overwrite)
    if as_json:
        common.print_json(content)
    elif not quiet:
        console = common.stdout_console()
        layout.show(console, summary(tuning, Path(out) if out is not None else None, layout.room(console)))
    return OK


def batches(
    paths: tuple[str, ...], settings: Settings, progress: Progress
) -> tuple[list[str], Callable[[], Iterable[Batch]]]:
    """The names of the inputs, and a function that gives their batches each time; input from a pipe stays in memory."""
    from dedup.inputs.paths import resolve
    from dedup.inputs.repeatable import repeatable
    from dedup.results.rejects import unreadable_sentence

    sources = resolve(list(paths), settings.format)
    sentence = unreadable_sentence([(source.name, source.unreadable) for source in sources if source.unreadable])
    if sentence:
        progress.note(sentence)
    sources = [source for source in sources if not source.unreadable]
    return [source.name for source in sources], repeatable(sources, settings)


def summary(tuning: Tuning, out: Path | None, width: int) -> list[Text]:
    """The lines of the summary: the sample, the table of settings, the recommendation."""
    import textwrap

    from dedup.reports import layout
    from dedup.sanitize import sanitize
    from dedup.tuning import descriptions
    from dedup.tuning.result_file import NAME, PAGE

    def paragraph(text: str, style: str = "") -> list[Text]:
        return [layout.text((f"    {line}", style)) for line in textwrap.wrap(text, min(width, 100) - layout.INDENT)]

    columns = [layout.Column(""), *(layout.Column(name, right=True) for name in descriptions.COLUMNS)]
    rows = [(_mark(tuning, o), *descriptions.cells(o)) for o in descriptions.table_rows(tuning, ROWS)]
    lines = [*layout.heading("Sample"), *paragraph(descriptions.describe_sample(tuning))]
    lines += layout.heading("Settings", "the cheapest for each recall; * recommended, = current")
    lines += [*layout.table(columns, rows, width), *paragraph(descriptions.CAPTION, "dim")]
    lines += layout.heading("Recommended")
    lines.append(layout.text(f"    {descriptions.describe_setting(tuning.recommendation.best.setting)}"))
    lines += paragraph(tuning.recommendation.reason)
    if tuning.thresholds is not None:
        lines += [*layout.heading("Threshold"), *paragraph(tuning.thresholds.sentence)]
    for note in tuning.notes:
        lines += paragraph(note, "yellow")
    lines += [layout.text(), layout.text("  Use it: ", (descriptions.command_line(out), "bold"))]
    if out is not None:
        lines.append(
            layout.text("  Curves: ", (sanitize(out / PAGE), "bold"), f", all figures: {sanitize(out / NAME)}")
        )
    return [*lines, layout.text()]


def _mark(tuning: Tuning, outcome: Outcome) -> str:
    return "*" if outcome is tuning.recommendation.best else "=" if outcome.setting == tuning.current else ""
