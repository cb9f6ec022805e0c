"""Read days whose month is named in some language, with dateparser, as far as all languages agree.

`listopada` is October in Croatian and November in Polish: such a date is none. Words that only count from now
(yesterday, three hours ago) are none either.
dateparser is asked once for each form of a date, not once for each date: of a form it
tells which number is the day and which the year, and `read` puts the numbers of a date in their places.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from dedup.inputs.calendars import from_buddhist

#: The languages of news agencies that dateparser knows.
LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "hr", "sr", "bs", "sl", "bg", "mk", "ru",
    "uk", "be", "el", "tr", "az", "kk", "uz", "sv", "da", "nb", "fi", "is", "et", "lv", "lt", "ca", "gl", "eu", "ga",
    "ar", "fa", "ur", "he", "hi", "bn", "mr", "ta", "te", "th", "vi", "id", "ms", "fil", "ka", "hy", "sq", "af", "sw",
    "am", "zh", "ja", "ko",
)  # fmt: skip
#: Texts that may be such a date: a day and a year.
_LONGEST, _NUMBERS = 64, 2
_NUMBER = re.compile(r"\d+")
#: Words, with the marks of scripts that write vowels so.
_WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff])*")
#: Names under which dateparser has its words for months.
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
#: A day and a year that are different numbers.
_SAMPLE_DAY, _SAMPLE_YEAR = 7, 2012


class _Form(NamedTuple):
    """What the numbers of a form mean: the number of the month, and the places of the year and the day."""

    month: int
    year: int
    day: int


def read(text: str) -> datetime | None:
    """Read a day without a time."""
    if len(text) > _LONGEST:
        return None
    numbers = _NUMBER.findall(text)
    if len(numbers) != _NUMBERS or sorted(map(len, numbers)) not in ([1, 4], [2, 4]):
        return None
    if not any(word in month_words() for word in _WORDS.findall(text.lower())):
        return None
    form = _form(_NUMBER.sub(lambda number: "9999" if len(number[0]) == 4 else "9", text))
    if form is None:
        return None
    try:
        return datetime(from_buddhist(int(numbers[form.year])), form.month, int(numbers[form.day]))
    except ValueError:
        return None


@lru_cache(8192)
def _form(form: str) -> _Form | None:
    """Find what the numbers of a form (9999 for the year, 9 for the day) mean; None if languages disagree."""
    text = _NUMBER.sub(lambda number: str(_SAMPLE_YEAR) if number[0] == "9999" else f"{_SAMPLE_DAY:02}", form)
    numbers = [int(number) for number in _NUMBER.findall(text)]
    days = {(date.year, date.month, date.day) for date in _readings(text)}
    if len(days) != 1:
        return None
    year, month, day = days.pop()
    if (year, day) != (_SAMPLE_YEAR, _SAMPLE_DAY):
        return None
    return _Form(month, numbers.index(year), numbers.index(day))


@cache
def month_words() -> frozenset[str]:
    """Return the words for months of all languages, as dateparser has them."""
    from importlib import import_module

    words: set[str] = set()
    for name in LANGUAGES:
        info = import_module(f"dateparser.data.date_translation_data.{name}").info
        words.update(word.lower() for month in _MONTHS for spelling in info[month] for word in _WORDS.findall(spelling))
    return frozenset(words)


def _readings(text: str) -> Iterator[datetime]:
    """Yield what dateparser makes of a text in each language."""
    for parser in _parsers():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of dateparser's own use of the standard library
            try:
                reading = parser.get_date_data(text)
            except (ValueError, OverflowError, TypeError, AttributeError, re.error):  # its faults on odd texts
                continue
        if reading.date_obj is not None:
            yield reading.date_obj


@cache
def _parsers() -> list[Any]:
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]

    settings = {"STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    return [DateDataParser([name], settings=settings, try_previous_locales=False) for name in LANGUAGES]
