"""Prints a report and keeps it: a section of RECORD.md, and the figures as JSON under results/."""

import importlib.metadata
import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

from benchmarks.part import Report, Table

HERE = Path(__file__).parent
RECORD = HERE / "RECORD.md"
RESULTS = HERE / "results"
PIPED_WIDTH = 160
HEADING = """# Record of the benchmarks

Written by `python -m benchmarks`. A part that runs again replaces its section.
[docs/comparison.md](../docs/comparison.md) discusses the figures. *Floor* is the time to read, parse and hash each
article once; *peers* are other libraries for near-duplicates.
"""

# Distributions whose version a figure depends on.
DISTRIBUTIONS = [
    "news-dedup",
    "numpy",
    "numba",
    "pyarrow",
    "orjson",
    "xxhash",
    "datasketch",
    "rensa",
    "gaoya",
]


def machine() -> dict[str, str]:
    """Processor, cores and memory."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def versions() -> dict[str, str]:
    """Python and the distributions; those that are missing say so."""
    found = {"python": platform.python_version()}
    for name in DISTRIBUTIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def show(report: Report) -> None:
    """The report's tables on the terminal."""
    # Imported late: what the driver holds while it measures is the least a child can report as its peak.
    from rich.console import Console
    from rich.table import Table as RichTable

    # Piped output has no width of its own, and a wrapped figure is none.
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    for table in report.tables:
        printed = RichTable(title=table.title, title_justify="left")
        for position, column in enumerate(table.columns):
            printed.add_column(column, justify="right" if position else "left")
        for row in table.rows:
            printed.add_row(*row)
        console.print(printed)
    for note in report.notes:
        console.print(note, highlight=False)


def markdown(table: Table) -> str:
    """The table in Markdown, figures to the right."""
    lines = [table.columns, ["---"] + ["---:"] * (len(table.columns) - 1), *table.rows]
    return f"**{table.title}**\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(report: Report, command: str) -> None:
    """Replaces the report's section of RECORD.md, or adds it at the end, and writes its JSON."""
    about = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": command,
        "machine": machine(),
        "versions": versions(),
    }
    RESULTS.mkdir(exist_ok=True)
    content = about | {"figures": report.figures, "notes": report.notes}
    name = re.sub(r"[^a-z0-9]+", "-", report.name.lower())
    written = orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
    # Numbers stand side by side: a list of a thousand is no thousand lines.
    written = re.sub(r"\[[\s\d.,e+-]+\]", lambda found: " ".join(found[0].split()), written)
    (RESULTS / f"{name}.json").write_text(written + "\n", encoding="utf-8")
    record = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEADING
    RECORD.write_text(_replaced(record, report.name, _section(report, command)), encoding="utf-8")


def _section(report: Report, command: str) -> str:
    facts = ", ".join(f"{value} {'cores' if key == 'cores' else ''}".strip() for key, value in machine().items())
    software = ", ".join(f"{name} {version}" for name, version in versions().items())
    blocks = [f"## {report.name}", f"{datetime.now(UTC):%Y-%m-%d} · `{command}`", f"{facts}; {software}"]
    blocks += [markdown(table) for table in report.tables]
    if report.notes:
        blocks.append("\n".join(f"- {note}" for note in report.notes))
    return "\n\n".join(blocks)


def _replaced(record: str, name: str, section: str) -> str:
    """The record with the section called `name` replaced; a section ends where the next one begins."""
    sections = re.split(r"(?m)^(?=## )", record)
    kept = [text.rstrip() for text in sections]
    for at, text in enumerate(kept):
        if text.splitlines()[0] == f"## {name}":
            kept[at] = section
            break
    else:
        kept.append(section)
    return "\n\n".join(kept) + "\n"
