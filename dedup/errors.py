"""Everything that can go wrong and is not a bug.

    DedupError                  base: one clear sentence that says what to do
    ├── UsageError              wrong option, argument or input value         (exit code 2)
    │   ├── MissingInput        a named file or folder is not there           (exit code 2)
    │   └── InputChanged        an input is not what it was when it was read  (exit code 2)
    ├── MissingExtra            an optional library is not installed          (exit code 2)
    ├── OutputError             the output cannot be written                  (exit code 3)
    └── IndexUnusable           an index cannot be opened, read or written    (exit code 3)

A bad *record* is never an exception: it becomes a `dedup.model.Reject`.
"""

from __future__ import annotations


class DedupError(Exception):
    """Base of all errors raised on purpose; its text is fit to be shown to a user."""

    exit_code = 3


class UsageError(DedupError):
    """A wrong option, argument or input value; the text names the remedy."""

    exit_code = 2


class MissingInput(UsageError):
    """A file or folder that was named does not exist or cannot be opened."""


class InputChanged(UsageError):
    """An input file was changed, replaced or removed after it was read; nothing of what it is now is written."""


class MissingExtra(DedupError):
    """An optional library is needed; the text holds the `pip install` line."""

    exit_code = 2


class OutputError(DedupError):
    """The output folder or a file in it cannot be written; what stood there before is untouched."""


class IndexUnusable(DedupError):
    """An index cannot be opened, read or written; nothing in it was changed."""
