"""How far a scan is: what the engine reports to, and the three ways of showing it. Always on standard error."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self, TextIO

from dedup.progress import BYTES, Silent

if TYPE_CHECKING:
    from rich.text import Text


class Stage:
    """One stage's count and clock."""

    def __init__(self, name: str, total: int | None, unit: str) -> None:
        self.name, self.total, self.unit = name, total, unit
        self.done = 0
        self.began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def amount(self) -> str:
        """How much is done; nothing for a stage that does not count."""
        return _amount(self.done, self.unit) if self.done else ""

    def rate(self) -> str:
        """How many a second, or nothing while that would be noise."""
        seconds = self.seconds
        if not self.done or seconds < 0.05:
            return ""
        rate = round(self.done / seconds)
        return f"{_amount(rate, self.unit)}/s" if self.unit in BYTES else f"{rate:,}/s"

    def left(self) -> str:
        """The time left at the pace so far, or nothing while that would be a guess."""
        if not self.total or not self.done or self.seconds < 1 or self.done >= self.total:
            return ""
        rest = (self.total - self.done) * self.seconds / self.done
        return f"{round(rest)} s left" if rest < 99.5 else f"{clock(rest)} left"


class Plain(Silent):
    """One line a stage, when it is over: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.stage: Stage | None = None
        self.lock = threading.Lock()

    def start(self, stage: str, total: int | None, unit: str) -> None:
        if self.stage is not None:
            self.finish()
        self.stage = Stage(stage, total, unit)

    def advance(self, n: int) -> None:
        if self.stage is not None:
            with self.lock:
                self.stage.done += n

    def finish(self) -> None:
        stage, self.stage = self.stage, None
        if stage is None:
            return
        what = f"{stage.amount()} in " if stage.amount() else ""
        rate = f" ({stage.rate()})" if stage.rate() else ""
        self.say(f"{stage.name}: {what}{clock(stage.seconds)}{rate}")

    def note(self, text: str) -> None:
        self.say(text)

    def say(self, line: str) -> None:
        with suppress(OSError):  # a log that went away is no reason to lose the scan
            print(line, file=self.stream, flush=True)


class Live(Plain):
    """A moving line for the stage at work; every finished stage stays above it as one dim line with its time."""

    #: Redraws a second. A redraw takes about a millisecond of the core the engine works on.
    REFRESH = 8

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        from rich.live import Live as RichLive

        from dedup.reports.layout import console_for

        self.console = console_for(stream)
        self.live = RichLive(
            console=self.console,
            get_renderable=self.picture,
            refresh_per_second=self.REFRESH,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self.live.start(refresh=False)
        return self

    def close(self) -> None:
        self.stage = None
        self.live.stop()

    def finish(self) -> None:
        stage, self.stage = self.stage, None
        if stage is not None:
            from rich.text import Text

            self.live.refresh()  # takes the moving line away before the finished one is printed
            line = f"  ✓ {stage.name:<12} {stage.amount():>22}   {clock(stage.seconds):>7}   {stage.rate()}"
            self.print(Text(line.rstrip(), style="dim"))

    def note(self, text: str) -> None:
        from rich.text import Text

        self.print(Text(f"  {text}", style="yellow"))

    def print(self, line: Text) -> None:
        self.console.print(line, no_wrap=True, overflow="ellipsis", crop=True)

    def picture(self) -> Text:
        """The stage at work: a bar where the end is known, done of total, rate, time left."""
        from rich.text import Text

        stage = self.stage
        if stage is None:
            return Text("")
        beat = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"[int(time.perf_counter() * self.REFRESH) % 10]
        line = Text.assemble((f"  {beat} ", "cyan"), (f"{stage.name:<12} ", "bold"))
        # Fixed widths, so that numbers stay where the eye has found them.
        rest = f"{stage.rate():>11}  {stage.left() or clock(stage.seconds):<13}"
        if stage.total:
            part = min(1.0, stage.done / stage.total)
            amount = f" {part:4.0%}  {_of(stage.done, stage.total, stage.unit)}"
            size = min(28, self.console.width - 1 - line.cell_len - len(amount) - len(rest))
            full = int(part * max(0, size))
            line.append("━" * full, "cyan").append("━" * (size - full), "bright_black")
            line.append(amount)
        else:
            line.append(stage.amount())
        line.append(rest, "dim")
        line.rstrip()
        line.truncate(self.console.width - 1, overflow="ellipsis")
        return line


def progress_for(stream: TextIO, quiet: bool = False) -> Silent:
    """The way of showing progress that suits `stream`; a context manager."""
    if quiet:
        return Silent()
    # No TERM at all is normal on Windows, and elsewhere a sign of a terminal that cannot move its cursor.
    terminal = os.environ.get("TERM") or ("windows" if os.name == "nt" else "dumb")
    return Live(stream) if stream.isatty() and terminal not in ("dumb", "unknown") else Plain(stream)


def clock(seconds: float) -> str:
    """A duration as one reads it off a watch: 0.24 s, 12.3 s, 4:05 min, 1:02:03 h."""
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d} h"


def _amount(n: int, unit: str) -> str:
    if unit in BYTES:
        for name, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
            if n >= size:
                return f"{n / size:,.1f} {name}"
        return f"{n} B"
    return f"{n:,} {unit}" if n != 1 or not unit.endswith("s") else f"1 {unit[:-1]}"


def _of(done: int, total: int, unit: str) -> str:
    if unit in BYTES:
        whole = _amount(total, unit)
        return f"{_amount(done, unit):>{len(whole)}} of {whole}"
    return f"{done:>{len(f'{total:,}')},} of {total:,} {unit}"
