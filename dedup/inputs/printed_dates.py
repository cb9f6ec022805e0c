"""Read dates as sites print them: with labels, days of the week, words around the time, in any script.

`Publié le 12/06/2017 à 10h20`, `Fr, 13.10.2017, 11.34 Uhr`, `2017年10月13日（金） 11時34分`, `۲۱ مهر ۱۳۹۶ - ۱۱:۳۴`. The
words stand in `dedup.languages`. A text is read if every word in it is known, and if it can mean one day alone.

The order of day and month in a date of numbers is told by: a number above 12, full stops between them (who writes
those puts the day first), words of a language in which the day is always first, and last by the setting `date_order`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import NamedTuple

from dedup.inputs.calendars import LUNAR_YEARS, SOLAR_YEARS, from_buddhist, from_solar_hijri
from dedup.languages import lexicon

#: Longer texts are no dates.
_LONGEST = 160
#: Years below this one stand in the 20th century if a year has two digits, as in POSIX.
_CENTURY_FROM = 69
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
#: Marks between the parts of a line: of a date, a time, an author. A hyphen or a stroke only between blanks.
_PART = re.compile(r"\s*[|•·∙—–()\[\]@;\n]\s*|\s+-+\s+|\s+/+\s+|(?<=\d)[-/](?=\d\d?:)|\s+~\s+")
_OFFSET = re.compile(r"(?:(?<![^\W_])(?:utc|gmt)\s?|(?<=:\d\d)\s?)([+−-])(\d\d?)(?::?(\d\d))?(?!\d)")
#: The time of day as some sites print it, and the same elsewhere: 1134 GMT (1934 HKT).
_FOUR_DIGITS = re.compile(r"(?<!\d)([01]\d|2[0-3])([0-5]\d)(?=\s?(?:gmt|utc)(?![^\W_]))")
_ELSEWHERE = re.compile(r"\(\d{4} [a-z]{2,4}\)")
#: A date whose month is a name between hyphens or strokes: 23-Out-2017, 29 / Dezember / 2022.
_JOINED = re.compile(r"(?<!\d)(\d{1,2})\s?[-/]\s?([^\W\d_]+(?: [^\W\d_]+)?\.?)\s?[-/]\s?(\d{4})(?!\d)")
_SHORT_FIRST = re.compile(r"(?<!\d)(\d{1,2})(\s?[./-]\s?)(\d{1,2})\2(\d{4}|\d\d)(?!\d)\.?")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})(\s?[./-]\s?)(\d{1,2})\2(\d{1,2})(?!\d)\.?")
_LETTER, _ONE_NUMBER = re.compile(r"[^\W\d_]"), re.compile(r"\D*\d\d?\D*")
#: A day and a month before a year as Danes write them: 13/10-2017.
_DANISH = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})-(\d{4})(?!\d)")
#: A letter that stands at a time without a blank: 10:20a.
_LETTER_BEHIND = re.compile(r"[^\W\d_](?![^\W_])")
_LONG_WORD = re.compile(r"[^\W\d_]{2}|[^\x00-\x7f]")
_ASCII_WORD = re.compile(r"[A-Za-z]+")
#: Letters of the initials of a desk.
_INITIALS = 3
#: A text that an extractor took twice.
_TWICE = re.compile(r"(.{6,})\s*\1")
#: An instant of ISO 8601 behind a label.
_ISO = re.compile(r"(?<![^\W_])\d{4}-\d\d-\d\dt\d\d:?\d\d(?::?\d\d(?:\.\d+)?)?(?:z|[+-]\d\d(?::?\d\d)?)?$")


class _Text(NamedTuple):
    """A text whose time of day was taken out.

    hour: None without one. zone: minutes from UTC, None if not named. mark: the word between hour and minute, if there
    is one. words: what stood beside the time.
    """

    rest: str
    hour: int | None
    minute: int
    second: int
    zone: int | None
    mark: str | None
    words: tuple[str, ...]


#: Figures alone, as most sites that print them do.
_PLAIN = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:(?:\s*,\s*|\s+|T)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*(?P<zone>Z|UTC|GMT))?)?", re.ASCII | re.IGNORECASE
)  # fmt: skip


def read_figures(text: str, order: str | None) -> tuple[datetime | None, bool] | None:
    """Read a date of figures alone: (the time, whether it has a time of day); None for other texts.

    The time is None if there is no such day, or if the date can mean two days.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    day = _by_order(match, order, by_words=False)
    if day is None or match["hour"] is None:
        return day, False
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0) if hour <= 12 else hour
    zone = UTC if match["zone"] else None
    try:
        return day.replace(hour=hour, minute=int(match["minute"]), second=int(match["second"] or 0), tzinfo=zone), True
    except ValueError:
        return None, True


@lru_cache(32768)
def read(text: str, order: str | None = None) -> tuple[datetime, bool] | None:
    """Read a date: (the time, whether it has a time of day). The time has a zone if the text names one.

    order: `dmy`, `mdy` or `ymd`, by which dates of numbers are read that can mean two days; None: those are no dates.
    """
    if len(text) > _LONGEST:
        return None
    line = _normalise(text)
    if twice := _TWICE.fullmatch(line):
        line = twice[1]
    if len(_YEAR.findall(line)) > 1:
        line = _FOUR_DIGITS.sub(r"\1:\2", _ELSEWHERE.sub(" ", line))
    line, of_change = _publication(line)
    if iso := _ISO.search(line):
        return _instant(iso[0]) if _is_noise(line[: iso.start()]) and not of_change else None
    for pattern, plain in ((_JOINED, r"\1 \2 \3"), (_DANISH, r"\1.\2.\3"), *_rewritten()):
        line = pattern.sub(plain, line)
    line, zone = _take_zone(line)
    part, clock, others = _parts(line)
    if part is None:
        return None
    pieces = _take_clock(part)
    if pieces.hour is None and clock is not None:
        aside = _take_clock(clock)
        pieces = aside._replace(rest=part, words=(*aside.words, aside.rest))
    day = _date(pieces, order)
    if day is None:
        return None
    if pieces.hour is None or of_change or others:
        return day, False
    zone = pieces.zone if zone is None else zone
    try:
        offset = None if zone is None else timezone(timedelta(minutes=zone))
        return day.replace(hour=pieces.hour, minute=pieces.minute, second=pieces.second, tzinfo=offset), True
    except ValueError:
        return None


def _normalise(text: str) -> str:
    """Return a text in lower case, with digits 0-9, single blanks and no invisible characters."""
    text = unicodedata.normalize("NFKC", text).lower()
    if not text.isascii():
        text = "".join(
            str(unicodedata.decimal(char)) if char.isdecimal() else char
            for char in text
            if unicodedata.category(char) != "Cf" and char != "\u0307"  # the dot of a Turkish capital I
        )
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _publication(line: str) -> tuple[str, bool]:
    """Cut off the date of a change behind that of publication: (the rest, whether it is of a change itself)."""
    match = _label("change_label").search(line)
    if match is None:
        return line, False
    before = line[: match.start()]
    if _YEAR.search(before):
        return before, False
    return (line[match.end() :], True) if not any(char.isdigit() for char in before) else (before, False)


def _take_zone(line: str) -> tuple[str, int | None]:
    """Take a time zone in figures out of a line: (the rest, minutes from UTC)."""
    match = _OFFSET.search(line)
    if match is None:
        return line, None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes > 14 * 60:
        return line, None
    return f"{line[: match.start()]} {line[match.end() :]}", minutes if match[1] == "+" else -minutes


def _parts(line: str) -> tuple[str | None, str | None, bool]:
    """Find the parts of a line with the date and with the time: (date, time, whether there are several times).

    No date if several parts have one that differs.
    """
    source = next((m for m in _label("source").finditer(line) if _YEAR.search(line[: m.start()])), None)
    parts = [part.strip(" ,.:") for part in _PART.split(line if source is None else line[: source.start()]) if part]
    dates = dict.fromkeys(part for part in parts if _has_year(part))
    if len(dates) > 1:
        # A date is often given in two calendars.
        dates = dict.fromkeys(part for part in dates if not _other_calendar(part))
    if len(dates) != 1:
        return None, None, False
    date = next(iter(dates))
    if any(part != date and _names_a_day(part) for part in parts):
        return None, None, False  # from a day to another one
    own = len(_clocks(date))
    clocks = list(dict.fromkeys(part for part in parts if part != date and _clocks(part)))
    if own:
        return date, None, own > 1
    # What stands in brackets behind a time is the same time elsewhere, or that of a change.
    return date, clocks[0] if clocks else None, len(clocks) > 1 or any(len(_clocks(part)) > 1 for part in clocks)


def _has_year(part: str) -> bool:
    return any(pattern.search(part) for pattern in (_YEAR, _east_asian(), _SHORT_FIRST))


def _instant(text: str) -> tuple[datetime, bool] | None:
    try:
        return datetime.fromisoformat(text.upper()), True
    except ValueError:
        return None


def _names_a_day(part: str) -> bool:
    """Return whether a part without a year has a day and a month."""
    from dedup.inputs.date_words import read as read_words

    return _ONE_NUMBER.fullmatch(part) is not None and read_words(f"{part} 2000") is not None


def _other_calendar(part: str) -> bool:
    return all(int(year[0]) in LUNAR_YEARS or int(year[0]) in SOLAR_YEARS for year in _YEAR.finditer(part))


def _clocks(part: str) -> list[re.Match[str]]:
    """Find the times of day in a part."""
    return [*_clock().finditer(part)]


def _take_clock(part: str) -> _Text:
    """Take the time of day out of a part, with the words beside it."""
    match = _clock().search(part)
    if match is None:
        return _Text(part, None, 0, 0, None, None, ())
    parts = match.groupdict()
    hour, minute = int(parts["hour"]), int(parts["minute"] or 0)
    half = next((name for name in ("morning", "afternoon") if parts[name] or parts[f"{name}_before"]), None)
    if half == "morning" and hour == 12:
        hour = 0
    elif half == "afternoon" and hour < 12:
        hour += 12
    before, after = part[: match.start()], part[match.end() :]
    letter = _LETTER_BEHIND.match(after)
    unclear = letter is not None and letter[0] not in (*lexicon.words("hour_mark"), *_values("zone"))
    left, right = _word_before().search(before), _word_after().match(after)
    words = [left[0] if left else "", right[0] if right else ""]
    zones = _values("zone")
    zone = next((zones[name] for beside in words for name in _zone().findall(beside) if name in zones), None)
    if left:
        before = before[: left.start()]
    if right:
        after = after[right.end() :]
    if half is not None:
        words.append(parts[half] or parts[f"{half}_before"])
    rest = f"{before} {after}".strip(" ,.:")
    if half is None and hour <= 12 and (unclear or _half().search(after)):
        return _Text(rest, None, 0, 0, None, None, ())  # a mark of half a day that is not known, or not beside the time
    return _Text(rest, hour, minute, int(parts["second"] or 0), zone, parts["mark"], tuple(words))


def _date(pieces: _Text, order: str | None) -> datetime | None:
    """Read the date of a text without its time."""
    rest = pieces.rest
    for pattern in (_east_asian(), _vietnamese(), _YEAR_FIRST, _SHORT_FIRST):
        match = pattern.search(rest)
        if match is None:
            continue
        noise = f"{rest[: match.start()]} {rest[match.end() :]}"
        if not _is_noise(noise):
            return None
        if pattern is _SHORT_FIRST:
            by_words = pieces.mark in _day_first_marks() or any(map(_day_first, (noise, *pieces.words)))
            return _by_order(match, "dmy" if by_words else order, by_words=by_words)
        year, month, day = _year_first(match, pattern)
        return None if year is None else _day(year, month, day)
    return _by_names(rest)


def _year_first(match: re.Match[str], pattern: re.Pattern[str]) -> tuple[int | None, int, int]:
    if pattern is _YEAR_FIRST:
        return int(match[1]), int(match[3]), int(match[4])
    parts = match.groupdict()
    day, month, year = int(parts["day"]), int(parts["month"]), parts["year"]
    era = parts.get("era")
    if era is None:
        return (int(year) if len(year) == 4 and year.isdigit() else None), month, day
    return _values("era")[era] + (int(year) if year.isdigit() else 1), month, day


def _by_order(match: re.Match[str], order: str | None, *, by_words: bool) -> datetime | None:
    """Read a date of three numbers, the year last or with two digits. by_words: whether its words tell the order."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if len(match[4]) == 2:
        if order is None:
            return None
        if order == "ymd":
            return _day(_century(first), second, year)
        year = _century(year)
    elif order == "ymd":
        order = None
    if match[2].strip() == "." and len(match[4]) == 4:
        order, by_words = "dmy", True
    if first > 12 or second > 12:
        return _day(year, min(first, second), max(first, second))
    if first == second:
        return _day(year, first, second)
    if order is None:
        return None
    return _day(year, second, first) if by_words or order == "dmy" else _day(year, first, second)


def _century(year: int) -> int:
    return year + (1900 if year >= _CENTURY_FROM else 2000)


def _day(year: int, month: int, day: int) -> datetime | None:
    """Make a day of its numbers, in whatever calendar the year is; None if there is no such day."""
    if year in LUNAR_YEARS:
        return None  # a month begins when the moon is seen
    try:
        if year in SOLAR_YEARS:
            return datetime.combine(from_solar_hijri(year, month, day), datetime.min.time())
        return datetime(from_buddhist(year), month, day)
    except ValueError:
        return None


def _by_names(rest: str) -> datetime | None:
    """Read a date whose month is named."""
    from dedup.inputs.date_words import read as read_words

    plain = _ordinal().sub("", rest)
    years = [int(year[0]) for year in _YEAR.finditer(plain)]
    if len(years) != 1:
        return None
    if years[0] in SOLAR_YEARS or years[0] in LUNAR_YEARS:
        return _by_list(plain, "solar_month")
    # English names without dateparser, which takes a second to load; it knows no single letters, as of a desk, either.
    english, other = _by_list(plain, "program_month"), _rest_of(plain)
    if english is not None or not _LONG_WORD.search(other):
        return english
    # Nor the initials of a desk beside an English month: words so short that say something stand in our own lists.
    words = _ASCII_WORD.findall(other)
    if other != plain and other.isascii() and all(len(word) <= _INITIALS or _is_noise(word) for word in words):
        return None
    if (reading := read_words(plain)) is None and (own := _by_list(plain, "month_name")) is not None:
        return own
    if reading is None and (rest := _without_noise(plain)) != plain:
        return read_words(rest)
    return reading


def _rest_of(text: str) -> str:
    """Return a text without the English names of months."""
    return _months("program_month").sub(" ", text)


def _by_list(text: str, name: str) -> datetime | None:
    """Read a day, a month of this word list and a year, in any order, beside words that say nothing."""
    months = [*_months(name).finditer(text)]
    numbers = re.findall(r"\d+", text)
    if len({month[0] for month in months}) != 1 or sorted(map(len, numbers)) not in ([1, 4], [2, 4]):
        return None
    if not _is_noise(re.sub(r"\d+", " ", _months(name).sub(" ", text))):
        return None
    year, day = sorted(map(int, numbers), reverse=True)
    return _day(year, _values(name)[months[0][0]], day)


# -- words ---------------------------------------------------------------------------------------------------------

#: Lists of the words that may stand beside a date and do not change what it says.
_NOISE = (
    "time_word", "time_name", "time_label", "date_label", "date_word", "update_label", "zone", "zone_in_doubt",
    "on_date", "text_noun",
)  # fmt: skip
#: Lists whose words tell by their language that the day is first.
_CUES = (
    "time_word", "time_name", "time_label", "date_label", "date_word", "morning", "afternoon", "change_label",
)  # fmt: skip


def _spelt(*names: str) -> str:
    """Return a group that matches the words of these lists, the longest first, however they are spaced."""
    words = {_normalise(word).strip(".") for name in names for word in lexicon.words(name)}
    spellings = (re.sub(r"[ .]+", lambda gap: r"[ .]+", word) for word in map(_escape, words))
    return f"(?:{'|'.join(sorted(spellings, key=lambda word: (-len(word), word))) or '(?!)'})"


def _escape(word: str) -> str:
    return re.sub(r"[^\w .]", lambda char: re.escape(char[0]), word)


#: No letter before a word, and none behind it; the scripts without blanks have no such limits.
_BEGIN = r"(?<![^\W\d_\u3040-\u9fff\u0e00-\u0e7f])"
_END = r"(?![^\W\d_\u3040-\u9fff\u0e00-\u0e7f])"


@cache
def _label(name: str) -> re.Pattern[str]:
    return re.compile(rf"{_BEGIN}{_spelt(name)}{_END}\s*:?\s*")


@cache
def _clock() -> re.Pattern[str]:
    """Compile a time of day: 11:34, 11.34, 11h34, 11 h, 11 am, 11時34分, 午後6時."""
    hour, minute, second = (_spelt(f"{name}_mark") for name in ("hour", "minute", "second"))
    before = "|".join(rf"(?P<{name}>{_spelt(name)})" for name in ("morning_before", "afternoon_before"))
    behind = "|".join(rf"(?P<{name}>{_spelt(name)}){_END}" for name in ("morning", "afternoon"))
    return re.compile(
        rf"(?:{_BEGIN}(?:{before})[ .]*)?(?<![\d:/-])(?<!\d\.)(?P<hour>[01]?\d|2[0-3])"
        # Minutes, or no minutes but a word that makes the number an hour. 13.10. before a year is no time.
        rf"(?:(?:\s?:\s?|\.(?!\d\d\.?\s*\d{{4}}(?!\d))|\s?(?P<mark>{hour})\s?)(?P<minute>[0-5]\d)(?![\d/-])(?!\.\d)"
        rf"(?:(?::|\s?{minute}\s?)(?P<second>[0-5]\d)(?!\d)(?:\.\d+)?(?:\s?{second})?|\s?{minute}{_END})?"
        rf"|(?=\s?{_spelt('morning', 'afternoon')}{_END})|\s?{hour}{_END}(?!\s?\d))(?:\s?(?:{behind}))?"
    )


@cache
def _half() -> re.Pattern[str]:
    return re.compile(rf"{_BEGIN}{_spelt('morning', 'afternoon')}{_END}")


@cache
def _word_before() -> re.Pattern[str]:
    return re.compile(rf"(?:{_BEGIN}{_spelt('time_word', 'date_word', 'zone')}{_END}[\s.,:]*)+$")


@cache
def _word_after() -> re.Pattern[str]:
    words = _spelt("time_word", "date_word", "zone", "zone_in_doubt")
    return re.compile(rf"(?:[\s.,]*{_BEGIN}{words}{_END})+\.?")


@cache
def _zone() -> re.Pattern[str]:
    return re.compile(rf"{_BEGIN}{_spelt('zone', 'zone_in_doubt')}{_END}")


@cache
def _rewritten() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Compile what is written plainly before a line is cut into its parts: (pattern, its replacement)."""
    era, year = _spelt("era"), _spelt("year_mark")
    return (
        # A zone in brackets; a second name of the month; a year in two counts.
        (re.compile(rf"\s?\(({_spelt('zone', 'zone_in_doubt')})\)"), r" \1"),
        (re.compile(rf"(?<=[^\W\d_])\s?/\s?{_spelt('month_name')}{_END}"), ""),
        (re.compile(rf"{era}\s?\d{{1,2}}\s?{year}\s?\((\d{{4}})\s?{year}\)"), r"\1" + lexicon.words("year_mark")[0]),
        (re.compile(rf"(\d{{4}}\s?{year})\s?\({era}\s?\d{{1,2}}\s?{year}\)"), r"\1"),
    )


@cache
def _noise() -> re.Pattern[str]:
    return re.compile(rf"(?:[\W_]*{_BEGIN}{_spelt(*_NOISE)}{_END})*[\W_]*")


@cache
def _beside() -> re.Pattern[str]:
    return re.compile(rf"{_BEGIN}{_spelt('time_word', 'time_label', 'date_label', 'date_word', 'text_noun')}{_END}\.?")


def _without_noise(text: str) -> str:
    """Remove the words beside a date, which dateparser may not know; the names of months stay."""
    from dedup.inputs.date_words import month_words

    def replaced(match: re.Match[str]) -> str:
        word = match[0].strip(".")
        return match[0] if len(word) > 1 and word in month_words() else " "

    return _beside().sub(replaced, text).strip(" .,:")


def _is_noise(text: str) -> bool:
    return (not _LETTER.search(text) and not any(map(str.isdigit, text))) or _noise().fullmatch(text) is not None


@cache
def _day_first_marks() -> frozenset[str]:
    return lexicon.words_of_languages(("hour_mark",), "day_and_month", ("day",))


@cache
def _day_first_words() -> re.Pattern[str]:
    words = lexicon.words_of_languages(_CUES, "day_and_month", ("day",))
    unsure = {word for name in ("zone", "zone_in_doubt") for word in lexicon.words(name)}
    spellings = sorted(map(_escape, {_normalise(word) for word in words} - unsure), key=lambda word: (-len(word), word))
    return re.compile(rf"{_BEGIN}(?:{'|'.join(spellings) or '(?!)'}){_END}")


@lru_cache(1024)
def _day_first(words: str) -> bool:
    """Return whether words are of a language in which the day is first in dates of numbers."""
    return bool(words) and _day_first_words().search(words) is not None


@cache
def _values(name: str) -> dict[str, int]:
    return {_normalise(word).strip("."): value for word, value in lexicon.values(name).items()}


@cache
def _months(name: str) -> re.Pattern[str]:
    return re.compile(rf"{_BEGIN}{_spelt(name)}{_END}")


@cache
def _ordinal() -> re.Pattern[str]:
    return re.compile(rf"(?<=\d){_spelt('ordinal')}(?![^\W\d_])")


@cache
def _east_asian() -> re.Pattern[str]:
    """Compile a date whose numbers are marked: 2017年10月13日, 平成29年10月13日."""
    first, year, month, day = (_spelt(name) for name in ("first_year", "year_mark", "month_mark", "day_mark"))
    return re.compile(
        rf"(?:(?P<era>{_spelt('era')})\s?)?(?<!\d)(?P<year>\d{{1,4}}|{first})\s?{year}\s?(?P<month>\d{{1,2}})\s?{month}\s?"
        rf"(?P<day>\d{{1,2}})(?!\d)(?:\s?{day})?"
    )


@cache
def _vietnamese() -> re.Pattern[str]:
    """Compile a date in which words stand before the numbers: ngày 13 tháng 10 năm 2017."""
    month, year = _spelt("month_before"), _spelt("year_before")
    return re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})\s{month}\s(?P<month>\d{{1,2}}),?\s(?:{year}\s)?(?P<year>\d{{4}})(?!\d)"
    )
