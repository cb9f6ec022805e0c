"""Days of calendars other than the Gregorian one in which news sites print their dates."""

from __future__ import annotations

from datetime import date, timedelta

#: Years of the Solar Hijri calendar (Iran, Afghanistan) from 1990 to 2030, and of the lunar Hijri calendar in the same
#: time: they have none in common, so that a year tells its calendar.
SOLAR_YEARS, LUNAR_YEARS = range(1369, 1410), range(1410, 1453)
#: Years of the Buddhist era (Thailand) are beyond this one, and this many ahead.
_BUDDHIST, _BUDDHIST_OFFSET = 2400, 543
#: The first day of the year 1369 in the Solar Hijri calendar, and the years that have a leap day, as the equinox fell.
_NEW_YEAR_1369 = date(1990, 3, 21)
_LEAP_YEARS = frozenset({1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408})


def from_buddhist(year: int) -> int:
    """Return the Gregorian year of one of the Buddhist era; every other year as it is."""
    return year - _BUDDHIST_OFFSET if year > _BUDDHIST else year


def from_solar_hijri(year: int, month: int, day: int) -> date:
    """Return the day of a date in the Solar Hijri calendar.

    year: in `SOLAR_YEARS`. Raises `ValueError` if there is no such day.
    """
    length = 31 if month < 7 else 30 if month < 12 or year in _LEAP_YEARS else 29
    if not (1 <= month <= 12 and 1 <= day <= length):
        raise ValueError(f"no day {day} in month {month}")
    years = year - SOLAR_YEARS.start
    leaps = sum(leap < year for leap in _LEAP_YEARS)
    days = 365 * years + leaps + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1
    return _NEW_YEAR_1369 + timedelta(days=days)
