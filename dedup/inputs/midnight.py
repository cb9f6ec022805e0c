"""Recognise sources whose times are all midnight: dates that a program wrote as times, which are read as dates again.

A table program keeps a date as midnight and exports it so. Taken for a time it would say who was first, and by how many
hours, which nobody knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dedup.inputs.batch import Batch, text_array
from dedup.inputs.dates import parse_timestamp

#: So many times, all at midnight, make a source one of dates. Fewer may be chance.
LEAST = 3
_DAY = 86400
#: Midnight in ISO 8601, and a date alone.
_MIDNIGHT = r"^(\d{4}-\d\d-\d\d)[T ]00:00(?::00(?:\.0+)?)? ?(?:Z|UTC|[+-]\d\d:?\d\d)?$"
_DATE = r"^\d{4}-?\d\d-?\d\d$"


class MidnightSources:
    """Notes of each file whether all its times are midnight."""

    def __init__(self) -> None:
        self._timed: set[str] = set()
        self._midnights: Counter[str] = Counter()

    def observe(self, batch: Batch) -> None:
        """Note the times of a batch. Batches of several files are pages, which know their dates."""
        column = batch.records.column("published")
        if batch.files is not None or batch.file in self._timed or column.null_count == len(column):
            return
        import pyarrow.compute as pc

        midnight = pc.match_substring_regex(column, _MIDNIGHT)
        other = pc.filter(column, pc.invert(pc.or_(midnight, pc.match_substring_regex(column, _DATE))))
        if any(_midnight_day(text) == "" for text in other.drop_null().to_pylist()):
            self._timed.add(batch.file)
            self._midnights.pop(batch.file, None)
            return
        self._midnights[batch.file] += len(other) + (pc.sum(midnight).as_py() or 0)

    def holds(self, file: str) -> bool:
        """Return whether all times of a file so far are midnight."""
        return self._midnights[file] >= LEAST

    @property
    def files(self) -> set[str]:
        """The files whose times are all midnight."""
        return {file for file in self._midnights if self.holds(file)}


def as_dates(column: Any) -> Any:
    """Return a column of times at midnight as dates."""
    import pyarrow.compute as pc

    column = pc.replace_substring_regex(column, _MIDNIGHT, r"\1")
    texts: Sequence[str | None] = column.to_pylist()
    days = [text if text is None or len(text) <= 10 else _midnight_day(text) or text for text in texts]
    return column if days == texts else text_array(days)


def with_dates(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield batches with dates in place of midnight if all times of their file, as far as it is read, are midnight."""
    sources = MidnightSources()
    for batch in batches:
        sources.observe(batch)
        if sources.holds(batch.file) and batch.files is None:
            place = batch.records.schema.get_field_index("published")
            field = batch.records.schema.field(place)
            records = batch.records.set_column(place, field, as_dates(batch.records.column(place)))
            batch = replace(batch, records=records)
        yield batch
        del batch


def _midnight_day(text: str) -> str | None:
    """Return the day of a time at midnight, "" for another time, None for what is no time."""
    time = parse_timestamp(text)
    if time is None or not time.exact:
        return None
    with suppress(OverflowError, ValueError, OSError):
        if time.seconds % _DAY == 0:
            return datetime.fromtimestamp(time.seconds, UTC).date().isoformat()
    return ""
