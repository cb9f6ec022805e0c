"""Show the progress of a scan on standard error: as a bar in a terminal, as lines in a log, or not at all."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self, TextIO

from dedup.progress import BYTES, NullProgress

if TYPE_CHECKING:
    from rich.progress import TaskID


class Stage:
    """A stage: its name, the amount that is done, and the time since it began."""

    def __init__(self, name: str, unit: str) -> None:
        self.name, self.unit = name, unit
        self.done = 0
        self.began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return time.perf_counter() - self.began

    def amount(self) -> str:
        """Format the amount with its unit; empty for a stage that does not count."""
        return _amount(self.done, self.unit) if self.done else ""

    def rate(self) -> str:
        """Format the amount a second; empty in the first 0.05 seconds, when it would be noise."""
        seconds = self.seconds
        if not self.done or seconds < 0.05:
            return ""
        rate = round(self.done / seconds)
        return f"{_amount(rate, self.unit)}/s" if self.unit in BYTES else f"{rate:,}/s"


class LineProgress(NullProgress):
    """Print one line for each finished stage: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.stage: Stage | None = None
        self.lock = threading.Lock()

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Begin a stage, and end the one before."""
        if self.stage is not None:
            self.finish()
        self.stage = Stage(stage, unit)

    def advance(self, n: int) -> None:
        """Count an amount."""
        if self.stage is not None:
            with self.lock:
                self.stage.done += n

    def finish(self) -> None:
        """End the stage with its line."""
        stage, self.stage = self.stage, None
        if stage is None:
            return
        amount = f"{stage.amount()} in " if stage.amount() else ""
        rate = f" ({stage.rate()})" if stage.rate() else ""
        self.say(f"{stage.name}: {amount}{clock(stage.seconds)}{rate}")

    def note(self, text: str) -> None:
        """Print a line at once."""
        self.say(text)

    def say(self, line: str) -> None:
        """Print a line. A scan goes on without its log if the stream fails."""
        with suppress(OSError):
            print(line, file=self.stream, flush=True)


class BarProgress(LineProgress):
    """Show a moving bar for the stage at work, and leave one dim line with the time of each finished stage."""

    #: Redraws a second. A redraw takes some 0.6 milliseconds of a core.
    REFRESH = 5

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        from rich import progress as bars
        from rich.table import Column

        from dedup.reports.layout import console_for

        cell = Column(no_wrap=True)
        head = (bars.SpinnerColumn(table_column=cell), bars.TextColumn("{task.description:<11}", "bold", markup=False))
        bar = (*head, bars.BarColumn(28, complete_style="cyan"), bars.TaskProgressColumn(table_column=cell))
        unit, left = bars.TextColumn("{task.fields[unit]}"), bars.TimeRemainingColumn(compact=True, table_column=cell)
        size, speed = bars.DownloadColumn(table_column=cell), bars.TransferSpeedColumn(table_column=cell)
        #: Columns for amounts in bytes, for other amounts, and for stages of which the end is not known.
        self._bytes = (*bar, size, speed, left)
        self._counts = (*bar, bars.MofNCompleteColumn(table_column=cell), unit, left)
        self._open = (*head, bars.TextColumn("{task.completed:,.0f}"), unit, bars.TimeElapsedColumn(table_column=cell))
        self.progress = bars.Progress(
            console=console_for(stream),
            refresh_per_second=self.REFRESH,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def close(self) -> None:
        """Remove the bar, and restore the terminal."""
        self._remove()
        self.stage = None
        self.progress.stop()

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Begin a stage with a bar, or with a count if its total is not known."""
        super().start(stage, total, unit)
        self.progress.columns = self._open if total is None else self._bytes if unit in BYTES else self._counts
        self._task = self.progress.add_task(stage, total=total, unit=unit)

    def advance(self, n: int) -> None:
        """Count an amount, and move the bar."""
        super().advance(n)
        if self._task is not None:
            self.progress.advance(self._task, n)

    def finish(self) -> None:
        """End the stage: its line takes the place of its bar."""
        self._remove()
        stage, self.stage = self.stage, None
        if stage is not None:
            line = f"  ✓ {stage.name:<12} {stage.amount():>22}   {clock(stage.seconds):>7}   {stage.rate()}"
            self._print(line.rstrip(), "dim")

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._print(f"  {text}", "yellow")

    def _remove(self) -> None:
        """Remove the bar of the stage."""
        if self._task is not None:
            self.progress.remove_task(self._task)
            self._task = None

    def _print(self, line: str, style: str) -> None:
        """Print a line above the bar."""
        self.progress.console.print(line, style=style, no_wrap=True, overflow="ellipsis", crop=True)


def progress_for(stream: TextIO, quiet: bool = False) -> NullProgress:
    """Choose the display of progress that suits `stream`; a context manager."""
    if quiet:
        return NullProgress()
    # Windows has no TERM. Elsewhere a terminal without TERM cannot move its cursor.
    terminal = os.environ.get("TERM") or ("windows" if os.name == "nt" else "dumb")
    return BarProgress(stream) if stream.isatty() and terminal not in ("dumb", "unknown") else LineProgress(stream)


def clock(seconds: float) -> str:
    """Format a duration: 0.24 s, 12.3 s, 4:05 min, 1:02:03 h."""
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d} h"


def _amount(n: int, unit: str) -> str:
    """Format a count with its unit: 1.5 MB, 1,000 articles, 1 pair."""
    if unit in BYTES:
        for name, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
            if n >= size:
                return f"{n / size:,.1f} {name}"
        return f"{n} B"
    return f"{n:,} {unit}" if n != 1 or not unit.endswith("s") else f"1 {unit[:-1]}"
