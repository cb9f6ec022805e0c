"""Rejects as a sentence: files that could not be read at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dedup.model import Reject


def whole_files(rejects: Iterable[Reject]) -> list[tuple[str, str]]:
    """The files and folders among the rejects that could not be read at all, each with the reason."""
    return [(reject.file, reject.detail) for reject in rejects if reject.reason == "unreadable" and reject.line is None]


def unreadable_sentence(files: Sequence[tuple[str, str]]) -> str | None:
    """Say that files or folders, or parts of them, are missing: a count of rejected records does not show it.

    files: names and reasons. None where there are none.
    """
    if not files:
        return None
    from dedup.sanitize import sanitize

    first = f"{sanitize(files[0][0])} ({sanitize(files[0][1])})"
    if len(files) == 1:
        return f"could not be read, or not to its end: {first}"
    return f"{len(files):,} files or folders could not be read, or not to their end; the first is {first}"
