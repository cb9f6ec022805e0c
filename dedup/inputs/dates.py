"""When an article says it was published: an instant where it can be known, else a day, else nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_BARE_DATE = re.compile(r"\d{4}-\d\d-\d\d$|\d{4}/\d\d/\d\d$|\d{8}$")
#: Forms beside ISO 8601 and RFC 2822 that crawlers leave.
_FORMS = (
    "%d-%b-%Y %H:%M:%S.%f",
    "%d-%b-%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%B %d, %Y %I:%M %p",
    "%b %d, %Y %I:%M %p",
)
_DAY_FORMS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class When:
    """Seconds since 1970 (UTC; a naive time counts as UTC). `exact` is False for a bare date, which is a day wide;
    `zoned` is False where no zone was written, so that the true instant may be half a day off."""

    seconds: float
    exact: bool
    zoned: bool = True


def parse(text: str | None) -> When | None:
    """Read a published field; None where it is absent or no date."""
    found = moment(text)
    return None if found is None else When(*found)


def moment(text: str | None) -> tuple[float, bool, bool] | None:
    """`parse` as a tuple, for who reads many and keeps none."""
    if not text:
        return None
    text = text.strip()
    if len(text) <= 10 and _BARE_DATE.match(text):
        try:
            return _day(date.fromisoformat(text.replace("/", "-")))
        except ValueError:
            return None
    found = _moment(text)
    if found is not None:
        zoned = found.tzinfo is not None
        if not zoned:
            found = found.replace(tzinfo=UTC)
        try:
            return found.timestamp(), True, zoned
        except (OverflowError, ValueError):
            return None
    for form in _DAY_FORMS:
        try:
            return _day(datetime.strptime(text, form).date())
        except ValueError:
            continue
    return None


def _day(day: date) -> tuple[float, bool, bool]:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp(), False, True


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _FORMS:
        try:
            return datetime.strptime(text.title() if "-" in text else text, form)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
