"""Read dates that name their month in some language, with dateparser, as far as all languages agree.

`listopada` is October in Croatian and November in Polish: such a date is none. Words that only count from now
(yesterday, three hours ago) are none either.
dateparser is asked once for each form of a date, not once for each date: of a form it
tells which number is the day, the hour and so on, and `read` puts the numbers of a date in their places.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Any, NamedTuple

#: The languages of news agencies that dateparser knows.
LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "hr", "sr", "bs", "sl", "bg", "mk", "ru",
    "uk", "be", "el", "tr", "az", "kk", "uz", "sv", "da", "nb", "fi", "is", "et", "lv", "lt", "ca", "gl", "eu", "ga",
    "ar", "fa", "ur", "he", "hi", "bn", "mr", "ta", "te", "th", "vi", "id", "ms", "fil", "ka", "hy", "sq", "af", "sw",
    "am", "zh", "ja", "ko",
)  # fmt: skip
#: Texts that may be such a date: one year, and two to five numbers in all.
_LONGEST, _MOST_NUMBERS = 64, 5
_NUMBER = re.compile(r"\d+")
_OFFSET = re.compile(r"\s*(?:UTC|GMT)?([+-])(\d\d):?(\d\d)\s*\Z", re.IGNORECASE)
#: Dates of numbers alone, whose order the language of the words beside them does not tell.
_NUMERIC = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}")
#: A short word between a date and its time: 3 mars 2026 à 14h05.
_JOINER = re.compile(r"(9999\W*)\b[^\W\d]{1,3}\b(\s*9)")
#: A time written as 14h05, in a form.
_HOUR = re.compile(r"(?<!9)9\s?[hH]\s?9(?!9)")
#: Words, with the marks of scripts that write vowels so.
_WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff])*")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
#: Numbers that are valid as a day, an hour, a minute and a second, all different.
_SAMPLES = (7, 8, 9, 10, 11)
_SAMPLE_YEAR = 2012
#: Years of the Buddhist era, in which Thai dates are written, are beyond this one.
_BUDDHIST, _BUDDHIST_OFFSET = 2400, 543


class _Form(NamedTuple):
    """What the numbers of a form mean: by part the place of its number, None if it has none.

    month: its number. add_hours: 12 for an afternoon. zone: that is named, in minutes from UTC.
    """

    month: int
    year: int
    day: int
    hour: int | None
    minute: int | None
    second: int | None
    add_hours: int
    zone: int | None


def read(text: str) -> tuple[datetime, bool] | None:
    """Read a date: (the time, whether it has a time of day). The time has a zone if the text names one."""
    if len(text) > _LONGEST or _NUMERIC.search(text):
        return None
    zone: timezone | None = None
    if match := _OFFSET.search(text):
        minutes = int(match[2]) * 60 + int(match[3])
        if minutes >= 24 * 60:
            return None
        zone = timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
        text = text[: match.start()]
    numbers = [int(number) for number in _NUMBER.findall(text)]
    if not 2 <= len(numbers) <= _MOST_NUMBERS or sum(number >= 1000 for number in numbers) != 1:
        return None
    if not any(word in _months() for word in _WORDS.findall(text.lower())):
        return None
    shape = _NUMBER.sub(lambda number: "9999" if len(number[0]) == 4 else "9", text)
    shape = _HOUR.sub("9:9", shape)
    form = _form(shape) or _form(_JOINER.sub(r"\1 \2", shape))
    if form is None:
        return None
    year = numbers[form.year] - (_BUDDHIST_OFFSET if numbers[form.year] > _BUDDHIST else 0)
    hour, minute, second = (0 if place is None else numbers[place] for place in form[3:6])
    if form.add_hours:
        hour = hour % 12 + 12
    elif form.hour is not None and hour == 12 and _is_morning(shape, form.hour):
        hour = 0
    if form.zone is not None:
        zone = timezone(timedelta(minutes=form.zone))
    try:
        time = datetime(year, form.month, numbers[form.day], hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return time, form.hour is not None


@lru_cache(8192)
def _form(form: str) -> _Form | None:
    """Find what the numbers of a form (9999 for a year, 9 for others) mean; None if languages disagree."""
    samples = iter(_SAMPLES)
    text = _NUMBER.sub(lambda number: _sample(number[0], next(samples)), form)
    numbers = [int(number) for number in _NUMBER.findall(text)]
    readings = {reading for date in _readings(text) if (reading := _places(date, numbers))}
    return readings.pop() if len(readings) == 1 else None


def _sample(number: str, sample: int) -> str:
    return str(_SAMPLE_YEAR) if number == "9999" else f"{sample:02}"


@lru_cache(1024)
def _is_morning(form: str, hour: int) -> bool:
    """Return whether the twelfth hour of a form is midnight, as with AM. hour: the place of its number."""
    places = iter(range(_MOST_NUMBERS))
    samples = [12 if place == hour else sample for place, sample in enumerate(_SAMPLES)]
    text = _NUMBER.sub(lambda number: _sample(number[0], samples[next(places)]), form)
    return {time.hour for time, has_clock in _readings(text) if has_clock} == {0}


@cache
def _months() -> frozenset[str]:
    """Return the words for months of all languages, as dateparser has them."""
    from importlib import import_module

    words: set[str] = set()
    for name in LANGUAGES:
        info = import_module(f"dateparser.data.date_translation_data.{name}").info
        words.update(word.lower() for month in _MONTHS for spelling in info[month] for word in _WORDS.findall(spelling))
    return frozenset(words)


def _readings(text: str) -> Iterator[tuple[datetime, bool]]:
    """Yield what dateparser makes of a text in each language: (the time, whether it has a time of day)."""
    for parser in _parsers():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of dateparser's own use of the standard library
            try:
                reading = parser.get_date_data(text)
            except (ValueError, OverflowError, TypeError, AttributeError, re.error):  # its faults on odd texts
                continue
        if reading.date_obj is not None:
            yield reading.date_obj, reading.period == "time"


@cache
def _parsers() -> list[Any]:
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]

    settings = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time"],
        "RETURN_TIME_AS_PERIOD": True,
    }
    return [DateDataParser([name], settings=settings, try_previous_locales=False) for name in LANGUAGES]


def _places(reading: tuple[datetime, bool], numbers: list[int]) -> _Form | None:
    """Find the places of the numbers in a reading of them; None if a number is left."""
    time, has_clock = reading
    place = {number: i for i, number in enumerate(numbers)}
    add = 12 if has_clock and time.hour not in place and time.hour - 12 in place else 0
    hour = place.get(time.hour - add) if has_clock else None
    minute = place.get(time.minute) if has_clock and time.minute else None
    second = place.get(time.second) if has_clock and time.second else None
    year, day = place.get(time.year), place.get(time.day)
    used = [part for part in (year, day, hour, minute, second) if part is not None]
    if year is None or day is None or len(set(used)) != len(numbers) or (has_clock and hour is None):
        return None
    offset = time.utcoffset()
    zone = None if offset is None else int(offset / timedelta(minutes=1))
    return _Form(time.month, year, day, hour, minute, second, add, zone)
