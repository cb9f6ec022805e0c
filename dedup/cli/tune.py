"""`dedup tune`: measure on a sample which settings suit a corpus."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import rich_click

from dedup.cli import CONTEXT, OK
from dedup.cli.common import files_read, furniture_option, input_options, print_json, settings_from, stdout_console
from dedup.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from dedup.inputs.batch import Batch
    from dedup.progress import Progress
    from dedup.settings import Settings
    from dedup.tuning.grid import Outcome
    from dedup.tuning.tune import Tuning

#: Rows of the table on the screen; the page has all.
ROWS = 12


@click.command(
    "tune",
    short_help="Find the settings that suit a corpus.",
    cls=rich_click.RichCommand,
    context_settings=CONTEXT,
    epilog="Then: dedup scan PATH... --out out/ --settings DIR/tuning.json",
)
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option("--out", metavar="DIR", help="Write tuning.json, for scan --settings, and tuning.html with the curves.")
@click.option("--overwrite", is_flag=True, help="Replace a tuning.json or tuning.html that dedup did not write.")
@click.option(
    "--pairs", metavar="FILE", help="JSONL of pairs (a, b, label) to find. Default: all pairs over the threshold."
)
@click.option(
    "--threshold", type=float, metavar="T",
    help="The pairs to find: those with this share of the shorter body's shingles in common. Default: 0.25, the least "
    "of a version. If given, scan --settings holds it too.",
)  # fmt: skip
@click.option("--recall", type=float, metavar="R", help="Share of the pairs that must be found. Default: 0.98.")
@click.option("--minutes", type=float, metavar="M", help="Time to spend. Default: 5.")
@click.option("--sample", type=int, metavar="N", help="Articles to draw from a larger corpus. Default: 20,000.")
@click.option("--shingle-size", type=int, metavar="K", help="Words a shingle has. Default: 5.")
@click.option("--seed", type=int, metavar="N", help="Seed of the signatures and of the sample. Default: 1.")
@furniture_option
@input_options
@click.option("--threads", type=int, metavar="N", help="Threads to use. Times are those of one thread. Default: 2.")
@click.option("--tmp", metavar="DIR", help="Folder for temporary files. Default: the system's.")
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
@click.option("--json", "as_json", is_flag=True, help="Print tuning.json instead of the summary.")
def command(paths: tuple[str, ...], out: str | None, pairs: str | None, **options: Any) -> int:
    """Measure which settings find the copies of a corpus, at what cost, and recommend one.

    A sample is compared exhaustively, every pair exactly, so that the truth is known. Then each setting of a grid is
    run on it: shingle size, permutations, bands and rows, passage rate, furniture learned or by rules.
    """
    from dedup.reports.progress_display import progress_for
    from dedup.tuning.labels import read_labels
    from dedup.tuning.tune import Goal, tune

    if not paths:
        raise UsageError("nothing to tune to: name files or folders, or - for standard input")
    overwrite = options.pop("overwrite")
    if out is not None:
        from dedup.outputs.ownership import refuse_inputs
        from dedup.tuning import result_file

        check = result_file.check(Path(out), (result_file.NAME, result_file.PAGE), overwrite=overwrite)
        targets = {f"--out {name}": check.real / name for name in (result_file.NAME, result_file.PAGE)}
        all_inputs = files_read(paths, options["format"], *targets.values())
        refuse_inputs([*all_inputs, *(name for name in (pairs, options["furniture"]) if name)], targets, None)
    quiet, as_json, threshold = options.pop("quiet"), options.pop("as_json"), options.pop("threshold")
    goal_options = {name: options.pop(name) for name in ("recall", "minutes", "sample")}
    goal = Goal(**{k: v for k, v in {**goal_options, "threshold": threshold}.items() if v is not None})
    settings = settings_from(options)
    labels = read_labels(pairs) if pairs is not None else []
    with progress_for(sys.stderr, quiet) as progress:
        names, read_again = batches(paths, settings, progress)
        tuning = tune(read_again, settings, goal, labels, progress)
        progress.close()
    own_options = {"threshold": threshold, "seed": options["seed"]}
    own_options = {name: value for name, value in own_options.items() if value is not None}
    return report(tuning, names, own_options, Output(Path(out) if out else None, quiet, as_json, overwrite))


def batches(
    paths: tuple[str, ...], settings: Settings, progress: Progress
) -> tuple[list[str], Callable[[], Iterable[Batch]]]:
    """List the names of the files, and make a function that reads their batches anew; input of a pipe is kept."""
    from dedup.inputs.paths import resolve
    from dedup.inputs.repeatable import repeatable
    from dedup.results.rejects import unreadable_sentence

    sources = resolve(list(paths), settings.format)
    sentence = unreadable_sentence([(source.name, source.unreadable) for source in sources if source.unreadable])
    if sentence:
        progress.note(sentence)
    sources = [source for source in sources if not source.unreadable]
    return [source.name for source in sources], repeatable(sources, settings)


class Output(NamedTuple):
    """What `report` writes and prints. folder: where tuning.json and tuning.html go, if anywhere."""

    folder: Path | None
    quiet: bool
    as_json: bool
    overwrite: bool


def report(tuning: Tuning, names: list[str], options: dict[str, Any], output: Output) -> int:
    """Write the files and print the summary; return the exit code. options: those that were given for the scan."""
    from dedup.reports import layout
    from dedup.tuning import result_file

    content, out = result_file.to_dict(tuning, names, options), output.folder
    if out is not None:
        from dedup.tuning.tuning_page import page

        files = result_file.contents(content, page(tuning, names, out).encode())
        result_file.write(out, files, overwrite=output.overwrite)
    if output.as_json:
        print_json(content)
    elif not output.quiet:
        console = stdout_console()
        layout.show(console, lines(tuning, out, layout.room(console)))
    return OK


def lines(tuning: Tuning, out: Path | None, width: int) -> list[Text]:
    """Lay out the summary: what was compared, the table, the recommendation."""
    import textwrap

    from dedup.reports import layout
    from dedup.sanitize import sanitize
    from dedup.tuning.descriptions import CAPTION, command_line, described, sampled
    from dedup.tuning.result_file import NAME, PAGE

    room = min(width, 100) - layout.INDENT
    out_lines = [
        *layout.heading("Truth"),
        *(layout.text(f"    {line}") for line in textwrap.wrap(sampled(tuning), room)),
    ]
    out_lines += layout.heading("Settings", "the cheapest for what they find; * recommended, = usual")
    out_lines += _table(tuning, width)
    out_lines += [layout.text((f"    {line}", "dim")) for line in textwrap.wrap(CAPTION, room)]
    out_lines += [*layout.heading("Recommended"), layout.text(f"    {described(tuning.choice.best.setting)}")]
    out_lines += [layout.text(f"    {line}") for line in textwrap.wrap(tuning.choice.reason, room)]
    if tuning.thresholds is not None:
        out_lines += layout.heading("Threshold")
        out_lines += [layout.text(f"    {line}") for line in textwrap.wrap(tuning.thresholds.sentence, room)]
    out_lines += [layout.text((f"    {line}", "yellow")) for note in tuning.notes for line in textwrap.wrap(note, room)]
    out_lines += [layout.text(), layout.text("  Use it: ", (command_line(out), "bold"))]
    if out is not None:
        out_lines.append(
            layout.text("  Curves: ", (sanitize(out / PAGE), "bold"), f", all figures: {sanitize(out / NAME)}")
        )
    return [*out_lines, layout.text()]


def _table(tuning: Tuning, width: int) -> list[Text]:
    from dedup.reports import layout
    from dedup.tuning.descriptions import COLUMNS, cells

    columns = [layout.Column(""), *(layout.Column(name, right=True) for name in COLUMNS)]
    return layout.table(columns, [(mark(tuning, o), *cells(o)) for o in shown_rows(tuning)], width)


def mark(tuning: Tuning, outcome: Outcome) -> str:
    return "*" if outcome is tuning.choice.best else "=" if outcome.setting == tuning.own else ""


def shown_rows(tuning: Tuning) -> list[Outcome]:
    """Select the rows of the table: the Pareto front, thinned if long, with the recommended and the usual setting."""
    from dedup.tuning.descriptions import thinned_front

    return thinned_front(tuning, ROWS)
