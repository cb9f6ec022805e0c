"""The protocol by which a scan reports its progress. `dedup.reports.progress_display` shows it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol, Self

#: Units of amounts that are shown in kB, MB and GB.
BYTES = ("bytes", "B")


class Progress(Protocol):
    """A receiver of progress. One stage runs at a time; `advance` may be called from any thread."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Begin a stage. total: the amount of work, None if not known. unit: of the amount ("articles", "bytes")."""

    def advance(self, n: int) -> None:
        """Add `n` to the amount that is done."""

    def finish(self) -> None:
        """End the stage."""

    def note(self, text: str) -> None:
        """Show one line of text at once."""


class NullProgress:
    """Show nothing: the default of the library, and `--quiet`."""

    def start(self, stage: str, total: int | None, unit: str) -> None:
        """Ignore the beginning of a stage."""

    def advance(self, n: int) -> None:
        """Ignore an amount."""

    def finish(self) -> None:
        """Ignore the end of a stage."""

    def note(self, text: str) -> None:
        """Ignore a line."""

    def close(self) -> None:
        """Restore the terminal; may be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class StageTimer:
    """Reports stages to `progress` and measures wall and CPU seconds of each."""

    def __init__(self, progress: Progress) -> None:
        self.timings: dict[str, dict[str, float]] = {}
        self.progress = progress

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[None]:
        """One stage; total: the amount to do in `unit`, None where it is not known."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.progress.start(name, total, unit)
        yield
        self.progress.finish()
        took = {"wall": round(time.perf_counter() - wall, 4), "cpu": round(time.process_time() - cpu, 4)}
        self.timings[name] = took
