"""The protocol by which a scan reports its progress. `dedup.reports.progress_display` shows it."""

from __future__ import annotations

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
        pass

    def advance(self, n: int) -> None:
        pass

    def finish(self) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def close(self) -> None:
        """Restore the terminal; may be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
