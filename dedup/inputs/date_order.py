"""Apply the setting `date_order` to dates of numbers that can mean two days, and count those that stay in doubt.

`12/06/2017` is 12 June or 6 December. Nothing but the user's word decides: what other dates of a file or a domain show
would make one article's date depend on which others are read with it, in which order, and in how many parts; an index
that is given one article at a time could not agree with a scan. So such a date is unknown without the setting, and
`DateCounts` tells the user how many there are and what the dates that leave no doubt show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from dedup.inputs.batch import Batch, int_array, text_array
from dedup.inputs.date_signs import doubt_kernel
from dedup.inputs.dates import Timestamp, parse_timestamp
from dedup.inputs.text_buffers import text_buffers
from dedup.settings import DATE_ORDERS, Settings

#: Three short numbers, the last perhaps a year of four digits, as no date of ISO 8601 has them.
_NUMBERS = r"(?:^|[^\p{Nd}])\p{Nd}\p{Nd}? ?[./-] ?\p{Nd}\p{Nd}? ?[./-] ?(?:\p{Nd}{4}|\p{Nd}\p{Nd})(?:[^\p{Nd}]|$)"
_STROKES = re.compile(r"(?<!\d)(\d\d?)([/-])(\d\d?)\2\d{4}(?!\d)")
#: From this share of all articles on, dates in doubt are told in the summary.
SHARE = 0.01


@dataclass
class DateCounts:
    """Dates of numbers. in_doubt: those that can mean two days. day_first, month_first: those that show their order by
    a number above 12. example: the first in doubt by the order of letters; None without any."""

    in_doubt: int = 0
    day_first: int = 0
    month_first: int = 0
    example: str | None = None

    def observe(self, column: Any) -> None:
        """Count the dates of a column of texts."""
        for text in _with_numbers(column):
            if parse_timestamp(text) is None:
                if any(parse_timestamp(text, order=order) is not None for order in DATE_ORDERS):
                    self.in_doubt += 1
                    self.example = text if self.example is None else min(text, self.example)
            elif match := _STROKES.search(text):
                self.day_first += int(match[1]) > 12
                self.month_first += int(match[3]) > 12

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for summary.json."""
        return {
            "in_doubt": self.in_doubt,
            "day_first": self.day_first,
            "month_first": self.month_first,
            "example": self.example,
        }


def sentence(dates: Mapping[str, Any], order: str | None, articles: int) -> str | None:
    """Tell the user of dates in doubt if there are many, and of dates that the order contradicts; None if all is well.

    dates: as `DateCounts.as_dict`. articles: the number of all.
    """
    first: dict[str, tuple[str, int]] = {"dmy": ("day", dates["day_first"]), "mdy": ("month", dates["month_first"])}
    evidence = [(name, word, count) for name, (word, count) in first.items() if count]
    if dates["in_doubt"] and dates["in_doubt"] >= SHARE * articles:
        doubt = f"{dates['in_doubt']:,} dates such as {dates['example']} may begin with the day or the month: unknown."
        others = " and ".join(f"{count:,} others with the {word}" for _, word, count in evidence)
        if len(evidence) == 1:
            return f"{doubt} {others}, as a number above 12 shows; if all are so, add --date-order {evidence[0][0]}"
        return f"{doubt} {others and others + '. '}To read them, add --date-order dmy or --date-order mdy"
    contrary = [(word, count) for name, word, count in evidence if order in first and name != order]
    for word, count in contrary:
        return f"{count:,} dates begin with the {word}, as a number above 12 shows, but --date-order {order} was given"
    return None


def with_date_order(batches: Iterable[Batch], settings: Settings) -> Iterator[Batch]:
    """Yield batches whose dates in doubt are written as ISO 8601, as far as the setting `date_order` decides."""
    for batch in batches:
        yield batch if settings.date_order is None else _ordered(batch, settings.date_order)
        del batch


def _ordered(batch: Batch, order: str) -> Batch:
    column = batch.records.column("published")
    if not any(True for _ in _with_numbers(column)):
        return batch
    place = batch.records.schema.get_field_index("published")
    texts = [in_order(text, order) for text in column.to_pylist()]
    records = batch.records.set_column(place, batch.records.schema.field(place), text_array(texts))
    return replace(batch, records=records)


def in_order(text: str | None, order: str | None) -> str | None:
    """Return a date in doubt as ISO 8601 in the order given; every other text as it is."""
    if text is None or order is None or parse_timestamp(text) is not None:
        return text
    time = parse_timestamp(text, order=order)
    return text if time is None else _iso(time)


def _iso(time: Timestamp) -> str:
    moment = datetime.fromtimestamp(time.seconds, UTC)
    if not time.exact:
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat() + ("Z" if time.has_zone else "")


def _with_numbers(column: Any) -> Iterator[str]:
    """Yield the texts of a column that have a date of numbers and do not begin like ISO 8601."""
    if column.null_count == len(column):
        return
    rows = np.flatnonzero(doubt_kernel(*text_buffers(column)))
    if len(rows) == 0:
        return
    column = column.take(int_array(rows))
    import pyarrow.compute as pc

    matches = pc.match_substring_regex(column, _NUMBERS)
    if pc.any(matches).as_py():
        yield from pc.filter(column, matches).to_pylist()
