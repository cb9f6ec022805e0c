"""Lay out lines for a terminal or a pipe: the console, formats of numbers and times, tables without frames.

Every line is a `rich.text.Text` of known width, so that nothing is wrapped, markup in an article is only text, and
what a log file gets is what the terminal shows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from dedup.sanitize import cell_width, cut, safe_link, sanitize

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

#: A line longer than this is hard to follow with the eye, however wide the window.
WIDEST = 140
#: The width of a pipe or a log, where none is known.
PIPED = 100
#: The column in which what stands beside a label begins.
INDENT = 4
LABEL = 10
LABELS = "dim"


def console_for(stream: TextIO) -> Console:
    """Make a rich console for `stream`. NO_COLOR turns all styles off, FORCE_COLOR turns them on in a pipe too."""
    from rich.console import Console

    force = os.environ.get("FORCE_COLOR", "") not in ("", "0", "false")
    plain = bool(os.environ.get("NO_COLOR")) or not (stream.isatty() or force)
    dumb = os.environ.get("TERM") in ("dumb", "unknown")
    system: Any = None if plain or (dumb and not force) else "standard" if dumb else "auto"
    console = Console(
        file=stream,
        color_system=system,
        no_color=plain,
        force_terminal=True if force and not plain else None,
        markup=False,
        highlight=False,
        emoji=False,
    )
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        console.width = int(columns)
    elif not stream.isatty():
        console.width = PIPED
    return console


def styled(console: Console) -> bool:
    """Whether the console shows colours. If not, callers mark text with characters."""
    return console.color_system is not None


def room(console: Console) -> int:
    """The width of the layout in cells, at least 40: narrower terminals crop the lines."""
    return max(40, min(WIDEST, console.width))


def show(console: Console, lines: Iterable[Text]) -> None:
    """Print lines as they are, without spaces at their ends."""
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)


# -- words and numbers ---------------------------------------------------------------------------------------------


def plural(n: int, one: str, many: str | None = None) -> str:
    """Format a count with its noun; many: the plural, if it is not `one` with an s."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def percent(part: float) -> str:
    """Format a share of one as a percentage. Only exactly 0 and exactly 1 are shown as 0 % and 100 %."""
    if 0 < part < 0.005:
        return "<1 %"
    return "99 %" if 0.99 <= part < 1 else f"{part:.0%}".replace("%", " %")


def lag(seconds: int | None) -> str:
    """Format the seconds between two publications, in at most two units."""
    if seconds is None:
        return "undated"
    if seconds < 60:
        return "at once" if seconds == 0 else f"{seconds} s"
    minutes = seconds // 60
    for big, small, size, many in (("d", "h", 60, 24 * 60), ("h", "min", 1, 60)):
        if minutes >= many:
            whole, rest = divmod(minutes, many)
            return f"{whole:,} {big}" + (f" {rest // size} {small}" if rest // size and whole < 30 else "")
    return f"{minutes} min"


def moment(published: str | None) -> str | None:
    """Format a publication time in UTC to the minute. A text that is no ISO date is returned as it is."""
    if not published:
        return None
    text = published.strip()
    try:
        time = datetime.fromisoformat(text)
        utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return sanitize(text, 32)
    return utc.date().isoformat() if len(text) <= 10 else f"{utc.isoformat(' ', 'minutes')[:16]} UTC"


# -- lines ---------------------------------------------------------------------------------------------------------


def text(*parts: str | tuple[str, str]) -> Text:
    """Make a line from texts, or from texts with their styles."""
    from rich.text import Text

    return Text.assemble(*parts, end="\n")


def heading(words: str, aside: str = "") -> list[Text]:
    """Lay out a heading below a blank line, with an aside in small print."""
    return [text(), text((f"  {words}", "bold"), (f"   {aside}" if aside else "", LABELS))]


def labelled(label: str, *parts: str | tuple[str, str]) -> Text:
    """Lay out a line that begins with a label."""
    return text(" " * INDENT, (f"{label:<{LABEL}}", LABELS), *parts)


def linked(words: str, style: str, url: str | None) -> tuple[str, str]:
    """Make a styled piece of text that a terminal can open as a link, if the address is safe."""
    link = safe_link(url)
    return (words, f"{style} link {link}") if link else (words, style)


@dataclass(frozen=True)
class Column:
    """A column of a table. If a line is too long a `flex` column shrinks, and is left out below `least` cells."""

    title: str
    right: bool = False
    style: str = ""
    flex: bool = False
    least: int = 0


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int) -> list[Text]:
    """Lay out rows under dim titles, aligned by terminal cells. Columns without any text are left out."""
    rows = [tuple(row) for row in rows]
    wide = _widths(columns, rows, width - INDENT)
    lines: list[Text] = []
    for row in [tuple(c.title for c in columns), *rows]:
        line = text(" " * INDENT)
        for i, size in wide.items():
            cell = cut(row[i], size)
            pad = " " * (size - cell_width(cell))
            before, after = (pad, "  ") if columns[i].right else ("", pad + "  ")
            line.append(before).append(cell, columns[i].style if lines else LABELS).append(after)
        line.rstrip()
        lines.append(line)
    return lines


def titled_table(
    title: tuple[str, str], columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int
) -> list[Text]:
    """Lay out a table below its heading. title: the heading and an aside in small print."""
    return [*heading(*title), text(), *table(columns, rows, width)]


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> dict[int, int]:
    """The width of each column that has any text; the widest flexible column gives way first."""
    filled = [i for i in range(len(columns)) if any(row[i] for row in rows)]
    while True:
        wide = {i: max([cell_width(columns[i].title), *(cell_width(row[i]) for row in rows)]) for i in filled}
        flex = [i for i in filled if columns[i].flex]
        while flex and sum(wide.values()) + 2 * (len(filled) - 1) > width:
            widest = max(flex, key=lambda i: wide[i])
            if wide[widest] <= 4:
                break
            wide[widest] -= 1
        narrow = [i for i in flex if wide[i] < columns[i].least and wide[i] < max(cell_width(row[i]) for row in rows)]
        if not narrow:
            return wide
        filled.remove(narrow[-1])
