"""`dedup scan`: read articles, find republished ones, write the results and print a summary."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedup.cli import NOTHING_ACCEPTED, OK, common
from dedup.errors import UsageError
from dedup.inputs.formats import describe_formats
from dedup.reports import layout
from dedup.settings import Settings

#: Options of glibc's `mallopt`, from its malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
#: Width of the bar that stands for certainty.
BAR = 40

if TYPE_CHECKING:
    from rich.text import Text


@common.rich_command(
    "scan",
    short_help="Find the republished articles of a corpus.",
    help=f"""Find republished articles in files and folders (or - for standard input).

    Reads {describe_formats()}. Writes clusters.jsonl, pairs.jsonl, origins.jsonl, rejects.jsonl, set_aside.jsonl,
    summary.json and report.html into DIR, all or nothing.
    """,
    epilog="Exit codes: 0 done, 1 no article accepted, 2 wrong usage, 3 output cannot be written, 130 interrupted.",
)
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option("--out", metavar="DIR", help="Folder for the results: new, empty, or that of an earlier scan. Required.")
@common.input_options
@common.compare_options
@common.settings_option
@common.furniture_option
@click.option("--save-furniture", metavar="FILE", help="Write the boilerplate model that was used, for --furniture.")
@click.option("--overwrite", is_flag=True, help="Replace files that dedup did not write, if a result has their name.")
@common.origin_options
@click.option(
    "--window", type=float, metavar="DAYS", help="Articles published further apart never cluster. Default: no limit."
)
@click.option("--num-perm", type=int, metavar="N", help="Length of a MinHash signature. Default: 128.")
@click.option("--seed", type=int, metavar="N", help="Seed of the signatures. Default: 1.")
@click.option(
    "--keep",
    type=click.Choice(["canonical"]),
    help="Also write deduplicated.jsonl: one copy of each cluster, and all unclustered articles.",
)
@click.option(
    "--against", metavar="INDEX|DIR", help="Compare with an index, or an earlier --out folder; see against.jsonl."
)
@click.option("--no-html", is_flag=True, help="Write no report.html.")
@click.option(
    "--html-articles",
    type=click.Choice(["all", "clustered", "none"]),
    help="Texts in report.html. Default: clustered, or none if more than 20,000 articles are in clusters.",
)
@click.option("--csv", is_flag=True, help="Also write all tables as CSV: articles, clusters, members, pairs ...")
@click.option("--parquet", is_flag=True, help="Also write all tables as Parquet.")
@click.option("--sqlite", metavar="FILE", help="Also write all tables into one SQLite database, with views.")
@click.option("--graphml", is_flag=True, help="Also write flow.graphml: who republishes whom, as a graph.")
@click.option("--threads", type=int, metavar="N", help="Threads to use. Default: one for each core.")
@click.option(
    "--tmp",
    metavar="DIR",
    help="Folder for temporary files, up to 3.5 times the size of the text. Default: the system's.",
)
@click.option("--quiet", is_flag=True, help="No progress and no summary.")
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the summary.")
@click.option("--explain-settings", is_flag=True, help="Show what these settings find, with probabilities, and stop.")
def command(paths: tuple[str, ...], out: str | None, **options: Any) -> int:
    """Scan files and folders."""
    quiet, as_json, explain = (options.pop(name) for name in ("quiet", "as_json", "explain_settings"))
    html = not options.pop("no_html")
    extras = {name: options.pop(name) for name in ("html_articles", "csv", "parquet", "sqlite", "graphml")}
    keep, save = options.pop("keep"), options.pop("save_furniture")
    against, overwrite = options.pop("against"), options.pop("overwrite")
    rule_files = [options[name] for name in ("furniture", "agencies", "sites", "settings") if options.get(name)]
    texts = html and extras["html_articles"] != "none"
    settings = common.settings_from({**options, "keep": keep, "texts": texts})
    if explain:
        layout.show(common.stdout_console(), explain_lines(settings))
        return OK
    if not out:
        raise UsageError("--out is missing: name the folder the results go to, for example --out out/")
    if not paths:
        raise UsageError("nothing to scan: name files or folders, or - for standard input")
    _check_tmp(settings.tmp)
    _check_lists(settings)
    files = {"keep": keep, "html": html, **extras}
    # What is not asked for is not passed on: `write` has the same defaults.
    files |= {name: value for name, value in (("furniture", save), ("overwrite", overwrite)) if value}
    all_inputs = (*common.files_read(paths, settings.format, extras["sqlite"], save), *rule_files)
    all_inputs += (against,) if against is not None else ()
    check_targets(Path(out), files, all_inputs, settings.format)
    return run_scan(paths, settings, Path(out), Display(quiet, as_json), files, against)


@dataclass(frozen=True)
class Display:
    """What a scan prints. source: the name of the input, if its file has no telling one. advice: the next command."""

    quiet: bool = False
    as_json: bool = False
    source: str | None = None
    advice: str | None = None


def run_scan(
    paths: Sequence[str],
    settings: Settings,
    out: Path | None,
    display: Display,
    files: dict[str, Any] | None = None,
    against: str | None = None,
) -> int:
    """Run one scan with progress, files and summary; return the exit code. files: the options of `ScanResult.write`."""
    began = time.perf_counter()
    _keep_memory()
    common.load_numba()
    import dedup
    from dedup.reports.progress_display import progress_for

    with (
        progress_for(sys.stderr, display.quiet) as progress,
        dedup.scan(paths, settings=settings, progress=progress, against=against) as result,
    ):
        if not result.summary["counts"]["articles"]:
            progress.close()
            return _nothing_accepted(result, out, as_json=display.as_json)
        if out is not None:
            result.write(out, **(files or {}), progress=progress)
        seconds = time.perf_counter() - began
        # The moving line ends before the summary begins; the result may still hold temporary files, so it stays open.
        progress.close()
        if display.as_json and out is not None:
            common.write((out / "summary.json").read_bytes())
        elif not display.quiet:
            _show(result, seconds, out, display)
    return OK


def _nothing_accepted(result: Any, out: Path | None, *, as_json: bool) -> int:
    """Say why no article was accepted; the results of an earlier scan stay as they are."""
    from dedup.reports.reject_remedies import commonest
    from dedup.reports.writer import write_failure
    from dedup.sanitize import sanitize

    has_results = out is not None and (out / "summary.json").is_file()
    why = commonest(result.summary["counts"], result.rejects)
    print(f"dedup: no article was accepted: {sanitize(why)}", file=sys.stderr)
    if out is not None:
        folder = write_failure(result, out)
        stay = f"; the results in {sanitize(out)} stay as they were" if has_results else ""
        where = folder if out.is_absolute() else out.parent / folder.name
        file = "set_aside.jsonl" if len(result.set_aside) > len(result.rejects) else "rejects.jsonl"
        print(f"dedup: {sanitize(where / file)} says why{stay}", file=sys.stderr)
        if as_json:
            common.write((folder / "summary.json").read_bytes())
    return NOTHING_ACCEPTED


def _keep_memory() -> None:
    """Tell glibc to keep freed memory for later allocations.

    By default it hands every batch's buffers back to the system and takes fresh pages for the same ones again: a tenth
    of a scan. Other C libraries have no such call, and do without.
    """
    import ctypes

    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in ((_M_MMAP_THRESHOLD, 32 << 20), (_M_TRIM_THRESHOLD, 1 << 30), (_M_TOP_PAD, 16 << 20)):
            mallopt(option, value)


def _show(result: Any, seconds: float, out: Path | None, display: Display) -> None:
    """Print the summary of a scan that took `seconds`."""
    from dedup.reports import terminal

    console = common.stdout_console()
    lines = terminal.summary_lines(
        result.summary, result.clusters, width=layout.room(console), seconds=seconds, out=out, source=display.source
    )
    if display.advice is not None:
        lines[-1:] = [layout.text(), layout.text("  Your own: ", (display.advice, "bold")), layout.text()]
    layout.show(console, lines)


def _check_lists(settings: Settings) -> None:
    """Read the user's agencies and sites before the work begins."""
    if settings.agencies is not None or settings.sites is not None:
        from dedup.evidence.registry import registry

        registry(settings.agencies, settings.sites)


def _check_tmp(tmp: str | None) -> None:
    if tmp is not None and not Path(tmp).is_dir():
        raise UsageError(f"--tmp {tmp} is not a folder; make it first")


def check_targets(out: Path, files: dict[str, Any], inputs: Sequence[str], format: str | None) -> None:
    """Check before the work begins that the outputs may be written. inputs: all files that the command reads."""
    from dedup.outputs.ownership import refuse_inputs
    from dedup.reports.writer import Choice, check

    refuse_inputs(inputs, {"--sqlite": files.get("sqlite"), "--save-furniture": files.get("furniture")}, out)
    check(out, Choice(**files))
    _refuse_nested(out, inputs, format)


def _refuse_nested(out: Path, inputs: Sequence[str], format: str | None) -> None:
    """Refuse a folder of results that would be read as part of a folder of inputs. Raises `UsageError`."""
    from dedup.inputs.formats import is_input
    from dedup.outputs.seal import is_summary

    real = os.path.realpath(out)
    # A folder that holds results of a scan is not read; one that `--overwrite` adds them to would be.
    if not os.path.isdir(real) or is_summary(os.path.join(real, "summary.json")):
        return
    for name in inputs:
        below = os.path.relpath(real, os.path.realpath(name))
        if not os.path.isdir(name) or any(part.startswith(".") for part in below.split(os.sep)):
            continue  # not in it, or in a hidden folder, which is not read
        input_file = next(
            (file for file in sorted(os.listdir(real)) if is_input(os.path.join(real, file), format)), None
        )
        if input_file is not None:
            raise UsageError(
                f"--out {out} lies in the input folder {name}, and its {input_file} would be read as articles; "
                "name a folder elsewhere for --out"
            )


# -- --explain-settings -------------------------------------------------------------------------------------------


def explain_lines(settings: Settings) -> list[Text]:
    """Lay out the two searches for candidates under these settings, each with its probability of finding a pair."""
    from dedup.candidates.bands import Banding
    from dedup.candidates.passages import SHORT, probability_of_run, rate_of
    from dedup.candidates.shingles import MIN_TOKENS

    banding, k, rate = Banding.of(settings), settings.shingle_size, rate_of(settings)
    cut = f"{banding.bands} of {banding.rows} numbers each, from signatures of {settings.num_perm}"
    lines = [
        *layout.heading("Shingles", f"{k} words each"),
        layout.text((f"    Bodies of fewer than {MIN_TOKENS} words match nothing.", "dim")),
        *layout.heading("Bands", cut if banding.bands else "none"),
    ]
    if banding.bands:
        lines += [
            layout.text(("    Two articles are compared if they agree on a whole band of their signatures.", "dim")),
            layout.text(),
            *_curve("resemblance", [(f"{s / 20:.2f}", banding.probability(s / 20)) for s in range(1, 21)]),
        ]
    least = f"2 kept shingles (1 in texts of fewer than {SHORT})"
    runs = [(n, probability_of_run(max(0, n - k + 1), rate, short=False)) for n in (20, 30, 40, 60, 80, 120, 160, 240)]
    return [
        *lines,
        *layout.heading("Passages", f"one shingle in {rate} is kept"),
        layout.text((f"    They are compared, too, if they share {least}.", "dim")),
        layout.text(),
        *_curve("words copied", [(f"{words:,}", probability) for words, probability in runs]),
        layout.text(),
    ]


def _curve(title: str, points: list[tuple[str, float]]) -> list[Text]:
    """Lay out a curve, one line for each point: its place, its probability, and a bar."""
    rows = [(where, f"{share:.4f}", "█" * round(BAR * round(share, 4))) for where, share in points]
    columns = [
        layout.Column(title, right=True, style="bold"),
        layout.Column("found", right=True),
        layout.Column("", style="cyan"),
    ]
    return layout.table(columns, rows, 80)
