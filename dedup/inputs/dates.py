"""Dates and times in any form that records and pages hold: parsed to a `Timestamp`, or written as ISO 8601.

`parse_timestamp` reads the text of a `published` field. `iso_text` turns the values of other types (numbers, date
objects) into such a text, `repair_iso` the loose spellings of web pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from numbers import Integral
from typing import Any, NamedTuple

#: Seconds of a day.
DAY = 86_400
#: A day before or after these years is of another calendar, unless it is written as a program writes it, with a T.
_FIRST_YEAR, _LAST_YEAR = 1500, 2400
#: Forms of an instant beside ISO 8601 and RFC 2822 that crawlers leave, and forms of a day, in the notation of
#: `datetime.strptime`. The first form that matches counts.
_INSTANTS = (
    "%d-%b-%Y %H:%M:%S.%f", "%d-%b-%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%B %d, %Y %I:%M %p", "%b %d, %Y %I:%M %p",
)  # fmt: skip
_DAYS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d", "%d.%m.%Y")
#: The directives of these forms as `strptime` reads them. It takes the names of months (%B, %b) from the locale
#: of the process, so that one corpus could give two results; here they are those of programs, full or short.
_DIRECTIVES = {
    "Y": r"(?P<year>\d\d\d\d)", "m": r"(?P<month>1[0-2]|0[1-9]|[1-9])",
    "d": r"(?P<day>3[01]|[12]\d|0[1-9]|[1-9]| [1-9])",
    "H": r"(?P<hour>2[0-3]|[01]\d|\d)", "I": r"(?P<hour>1[0-2]|0[1-9]|[1-9])", "M": r"(?P<minute>[0-5]\d|\d)",
    "S": r"(?P<second>[0-5]\d|\d)", "f": r"(?P<fraction>[0-9]{1,6})", "p": r"(?P<half>am|pm)",
}  # fmt: skip


@cache
def month_numbers() -> Mapping[str, int]:
    """Return the number of each month by its full and its short name, in lower case, as programs write them."""
    from dedup.languages import lexicon

    return lexicon.values("program_month")


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """Compile a form, when it is first needed: few corpora need one."""
    month = f"(?P<name>{'|'.join(sorted(month_numbers(), key=len, reverse=True))})"
    directives = {**_DIRECTIVES, "B": month, "b": month}
    pattern = form.replace(".", r"\.").replace(" ", r"\s+")
    return re.compile(re.sub("%(.)", lambda directive: directives[directive[1]], pattern), re.IGNORECASE)


_NUMERIC_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d|\d{8}")
_LOOSE_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d?:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?", re.IGNORECASE
)


class Timestamp(NamedTuple):
    """A point in time, as far as it is known.

    seconds: since 1970 (UTC); a time without a zone counts as UTC. exact: False for a date alone, which is a day wide
    and begins at `seconds`. has_zone: False where no zone was written, so that the true instant may be half a day off.
    """

    seconds: float
    exact: bool
    has_zone: bool = True


def parse_timestamp(text: str | None, *, any_language: bool = True, order: str | None = None) -> Timestamp | None:
    """Parse the text of a `published` field; None if it is no date.

    Reads ISO 8601, RFC 2822, the forms above and, with any_language, dates as sites print them in any language.
    order: `dmy`, `mdy` or `ymd`, by which a date of numbers is read that can mean two days; None: such a date is none.
    """
    if not text:
        return None
    text = text.strip()
    if len(text) <= 10 and _NUMERIC_DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text.replace("/", "-"))
        except ValueError:
            if not any_language:
                return None
        else:
            if day.year >= _FIRST_YEAR or not any_language:
                return _day(day)
    try:
        instant: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        if any_language and _THREE_NUMBERS.match(text) and (plain := _figures(text, order)) is not None:
            return plain[0]
        instant = _instant(text)
    if instant is not None and (instant.year >= _FIRST_YEAR or "T" in text or not any_language):
        return _timestamp(instant)
    by_form = _by_forms(text, _DAYS)
    if by_form is not None and (_FIRST_YEAR <= by_form.year <= _LAST_YEAR or not any_language):
        return _day(by_form)
    reading = _printed(text, order) if any_language else None
    if reading is None:
        return None
    return _timestamp(reading[0]) if reading[1] else _day(reading[0])


def _timestamp(instant: datetime) -> Timestamp | None:
    has_zone = instant.tzinfo is not None
    try:
        return Timestamp((instant if has_zone else instant.replace(tzinfo=UTC)).timestamp(), True, has_zone)
    except (OverflowError, ValueError):
        return None


#: How dates of figures alone begin whose year is last: 13/10/2017.
_THREE_NUMBERS = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}")


def _figures(text: str, order: str | None) -> tuple[Timestamp | None] | None:
    """Read a date of figures alone; None if there is more in the text."""
    from dedup.inputs.printed_dates import read_figures

    reading = read_figures(text, order)
    if reading is None:
        return None
    moment, has_clock = reading
    return (None if moment is None else _timestamp(moment) if has_clock else _day(moment),)


#: What a date that is no ISO 8601 has: two numbers.
_TWO_NUMBERS = re.compile(r"\d\D+\d")


def _printed(text: str, order: str | None) -> tuple[datetime, bool] | None:
    """Read a date as sites print it: (the time, whether it has a time of day)."""
    if not _TWO_NUMBERS.search(text):
        return None
    from dedup.inputs.printed_dates import read

    return read(text, order)


def _day(day: date) -> Timestamp:
    return Timestamp(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp(), False)


#: Initials of the desks of an agency behind the fraction of a second. P would be the afternoon, and Z a zone.
_DESKS = re.compile(r"(?<=:\d\d\.\d\d)[A-OQ-Y]{1,2}(?: [A-OQ-Y]{1,2}){0,4}$")
#: Half a day, which RFC 2822 does not know: its parser would overlook it.
_HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)


#: The zone as browsers write it, `GMT+0530`, and the name of a zone behind a time.
_GMT, _ZONE_NAME = re.compile(r"\b(?:GMT|UTC)(?=[+-]\d\d:?\d\d\b)"), re.compile(r":\d\d\s+[A-Z]{3,5}\b")


def _instant(text: str) -> datetime | None:
    """Read an instant by one of the forms, or by RFC 2822."""
    instant = _by_forms(_DESKS.sub("", text), _INSTANTS)
    if instant is not None:
        return instant
    if _HALF_DAY.search(text):
        return None
    try:
        instant = parsedate_to_datetime(_GMT.sub("", text))
    except (TypeError, ValueError, IndexError):
        return None
    if instant.tzinfo is None and _ZONE_NAME.search(text):  # a zone that RFC 2822 does not know is overlooked
        reading = _printed(text, None)
        if reading is not None and reading[0].replace(tzinfo=None) == instant:
            return reading[0]
    return instant


def _by_forms(text: str, forms: tuple[str, ...]) -> datetime | None:
    """Parse a text by the first form that matches; the result has no zone."""
    for form in forms:
        match = _pattern(form).fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict("0")
        month = month_numbers().get(parts["name"].lower(), 0) if "name" in parts else int(parts["month"])
        hour = int(parts.get("hour", 0))
        if "half" in parts:
            hour = hour % 12 + (12 if parts["half"].lower() == "pm" else 0)
        minute, second = int(parts.get("minute", 0)), int(parts.get("second", 0))
        microsecond = int(parts.get("fraction", "").ljust(6, "0"))
        try:
            return datetime(int(parts["year"]), month, int(parts["day"]), hour, minute, second, microsecond)
        except ValueError:
            continue
    return None


def iso_text(value: Any) -> str | None:
    """A date object, a day as a number (20161109) or an epoch as ISO 8601; None for what is no time.

    The size of an epoch tells its unit (seconds, milliseconds, microseconds or nanoseconds). A string is an epoch if it
    has 9 to 13 digits, for text formats have no numbers; every other string (8 and 14 digits are dates) stays as it is.
    """
    if isinstance(value, str):
        return _iso_epoch(int(value)) if 9 <= len(value) <= 13 and value.isascii() and value.isdigit() else value
    if isinstance(value, bool) or value != value:  # NaN, and pandas' NaT, which calls itself a datetime
        return None
    if isinstance(value, datetime):
        return _iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return _iso_day(value) or _iso_epoch(value)


def _iso_day(value: Any) -> str | None:
    """20161101 as a number is a day, not 22 August 1970."""
    if not 19000101 <= value <= 21001231 or value != int(value):
        return None
    try:
        return date(int(value) // 10000, int(value) // 100 % 100, int(value) % 100).isoformat()
    except ValueError:
        return None


#: Numbers nearer to 0 are no epoch: the days of a spreadsheet (44300 is 14 April 2021), or what stands for no date.
_FIRST_EPOCH = 1e5


def _iso_epoch(value: Any) -> str | None:
    # 1e11 seconds is the year 5138 and 1e11 milliseconds is 1973, so the size tells the unit; and so on by thousands.
    size = abs(value)
    if size < _FIRST_EPOCH:
        return None
    divisor = 1 if size < 1e11 else 1_000 if size < 1e14 else 1_000_000 if size < 1e17 else 1_000_000_000
    try:
        if isinstance(value, Integral):
            offset = timedelta(seconds=int(value) // divisor, microseconds=int(value) % divisor * 1_000_000 // divisor)
        else:
            offset = timedelta(seconds=float(value) / divisor)
        return _iso(datetime(1970, 1, 1, tzinfo=UTC) + offset)
    except (OverflowError, ValueError):
        return None


def _iso(value: datetime) -> str | None:
    """UTC with Z where the zone is known; a time without a zone stays without."""
    try:
        if value.tzinfo is None:
            return value.isoformat()
        return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    except (OverflowError, ValueError):
        return None


def iso_second(digits: str) -> str:
    """A time of 14 digits (20240501210000), as web archives write it, as ISO 8601 without a zone."""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:]}"


def repair_iso(text: str) -> str:
    """ISO 8601, as `parse_timestamp` reads it, of its looser spellings in web pages; every other text as it is.

    Reads 14 digits, an epoch of 10 or 13 digits (to the second), and a date with a time that is separated by blanks,
    has an hour of one digit, no seconds, or a zone written as UTC, GMT or +01. Fractions of seconds are dropped.
    """
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return _iso_epoch(int(text[:10])) or text
    if re.fullmatch(r"(?:19|20)\d{12}", text):
        return iso_second(text)
    match = _LOOSE_ISO.match(text)
    if match is None:
        return text
    day, clock, zone = match.groups()
    if clock is None:
        return day if len(text) == len(day) or not text[len(day)].isdigit() else text
    clock = clock if clock[2] == ":" else "0" + clock
    zone = (zone or "").upper()
    zone = "Z" if zone in ("UTC", "GMT") else zone if len(zone) != 3 else zone + ":00"
    return f"{day}T{clock if len(clock) == 8 else clock + ':00'}{zone}"
