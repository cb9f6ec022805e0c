"""Print a report and record it: a section of RECORD.md, and the figures as JSON under results/."""

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
    """The versions of Python and the distributions; "not installed" for missing ones."""
    out = {"python": platform.python_version()}
    for name in DISTRIBUTIONS:
        try:
            out[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            out[name] = "not installed"
    return out


def show(report: Report) -> None:
    """Print the tables and notes of a report."""
    # Imported late: a child reports at least the memory of its parent as its peak.
    from rich.console import Console
    from rich.table import Table as RichTable

    # Piped output has no width, and figures must not be wrapped.
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    for table in report.tables:
        rich_table = RichTable(title=table.title, title_justify="left")
        for position, column in enumerate(table.columns):
            rich_table.add_column(column, justify="right" if position else "left")
        for row in table.rows:
            rich_table.add_row(*row)
        console.print(rich_table)
    for note in report.notes:
        console.print(note, highlight=False)


def markdown(table: Table) -> str:
    """The table in Markdown, with figures right-aligned."""
    lines = [table.columns, ["---"] + ["---:"] * (len(table.columns) - 1), *table.rows]
    return f"**{table.title}**\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(report: Report, command: str) -> None:
    """Replace the report's section of RECORD.md, or append it, and write its JSON."""
    about = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": command,
        "machine": machine(),
        "versions": versions(),
    }
    RESULTS.mkdir(exist_ok=True)
    content = about | {"figures": report.figures, "notes": report.notes}
    name = re.sub(r"[^a-z0-9]+", "-", report.name.lower())
    text = orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
    # A list of numbers stands in one line.
    text = re.sub(r"\[[\s\d.,e+-]+\]", lambda match: " ".join(match[0].split()), text)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    record = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEADING
    RECORD.write_text(_replace(record, report.name, _section(report, command)), encoding="utf-8")


def _section(report: Report, command: str) -> str:
    facts = ", ".join(f"{value} {'cores' if key == 'cores' else ''}".strip() for key, value in machine().items())
    software = ", ".join(f"{name} {version}" for name, version in versions().items())
    blocks = [f"## {report.name}", f"{datetime.now(UTC):%Y-%m-%d} · `{command}`", f"{facts}; {software}"]
    blocks += [markdown(table) for table in report.tables]
    if report.notes:
        blocks.append("\n".join(f"- {note}" for note in report.notes))
    return "\n\n".join(blocks)


def _replace(record: str, name: str, section: str) -> str:
    """The record with one section replaced; a section ends where the next begins."""
    sections = re.split(r"(?m)^(?=## )", record)
    parts = [text.rstrip() for text in sections]
    for position, text in enumerate(parts):
        if text.splitlines()[0] == f"## {name}":
            parts[position] = section
            break
    else:
        parts.append(section)
    return "\n\n".join(parts) + "\n"
