"""Dates in every form: of published fields, of other types, of web pages."""

from __future__ import annotations

import locale
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.inputs import calendars, dates
from dedup.inputs.dates import DAY, Timestamp, iso_text, month_numbers, parse_timestamp, repair_iso
from dedup.inputs.html.page_dates import parse_page_date
from tests.inputs.printed_dates import PRINTED


def at(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-03-05T10:20:30Z", at(2024, 3, 5, 10, 20, 30)),
        ("2024-03-05T10:20:30+02:00", at(2024, 3, 5, 8, 20, 30)),
        ("2024-03-05T10:20:30-0500", at(2024, 3, 5, 15, 20, 30)),
        ("2024-03-05T10:20:30", at(2024, 3, 5, 10, 20, 30)),
        ("2024-03-05 10:20:30", at(2024, 3, 5, 10, 20, 30)),
        ("2024-03-05 10:20", at(2024, 3, 5, 10, 20)),
        ("2024-03-05T10:20:30.250Z", at(2024, 3, 5, 10, 20, 30) + 0.25),
        ("  2024-03-05T10:20:30Z ", at(2024, 3, 5, 10, 20, 30)),
        ("Tue, 05 Mar 2024 10:20:30 GMT", at(2024, 3, 5, 10, 20, 30)),
        ("Tue, 05 Mar 2024 10:20:30 +0100", at(2024, 3, 5, 9, 20, 30)),
        ("05-MAR-2024 10:20:30", at(2024, 3, 5, 10, 20, 30)),
        ("5-Mar-1987 10:20:30.40", at(1987, 3, 5, 10, 20, 30) + 0.4),
        ("2024/03/05 10:20:30", at(2024, 3, 5, 10, 20, 30)),
        ("March 5, 2024 10:20 PM", at(2024, 3, 5, 22, 20)),
        ("Mar 5, 2024 10:20 am", at(2024, 3, 5, 10, 20)),
        ("1969-12-31T23:59:59Z", -1.0),
    ],
)
def test_instants(text: str, seconds: float) -> None:
    timestamp = parse_timestamp(text)
    assert timestamp is not None
    assert (timestamp.seconds, timestamp.exact) == (seconds, True)


@pytest.mark.parametrize(
    ("text", "has_zone"),
    [
        ("2024-03-05T10:20:30Z", True),
        ("2024-03-05T10:20:30+02:00", True),
        ("Tue, 05 Mar 2024 10:20:30 GMT", True),
        ("2024-03-05T10:20:30", False),
        ("March 5, 2024 10:20 PM", False),
    ],
)
def test_a_time_without_a_zone_says_so(text: str, has_zone: bool) -> None:
    assert parse_timestamp(text) == Timestamp(parse_timestamp(text).seconds, True, has_zone)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05",
        "2024/03/05",
        "20240305",
        "March 5, 2024",
        "Mar 5, 2024",
        "5 March 2024",
        "5 Mar 2024",
        "05.03.2024",
    ],
)
def test_a_bare_date_is_a_day_wide(text: str) -> None:
    assert parse_timestamp(text) == Timestamp(at(2024, 3, 5), exact=False)


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "yesterday", "2 hours ago", "2024-13-05", "20241305", "2024-02-30", "2024-03-05T25:00:00", "0",
     "nan", "99999999999999999999", "\0", "5", "12:30"],
)  # fmt: skip
def test_no_date(text: str | None) -> None:
    assert parse_timestamp(text) is None


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=30), st.from_regex(r"[0-9TZ:+\-/., A-Za-z]{1,30}", fullmatch=True)))
def test_nothing_raises(text: str) -> None:
    timestamp = parse_timestamp(text)
    assert timestamp is None or (timestamp.seconds == timestamp.seconds and isinstance(timestamp.exact, bool))


@settings(max_examples=100)
@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_iso_round_trip(moment: datetime) -> None:
    timestamp = parse_timestamp(moment.isoformat())
    # Offsets with seconds (before 1900) or far ends of the calendar may be no instant for Python itself.
    assert timestamp is None or timestamp == Timestamp(moment.timestamp(), exact=True)


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("form", [*dates._DAYS, *dates._INSTANTS])
def test_every_form_with_every_month_whatever_the_letters(form: str, month: int) -> None:
    """The names of months are the table's, and `strptime` agrees where the locale is the C locale."""
    assert locale.setlocale(locale.LC_TIME) in ("C", "POSIX")
    written = datetime(2024, month, 5, 15, 4, 9, 250_000).strftime(form)
    expected = datetime.strptime(written, form).replace(tzinfo=UTC).timestamp()
    exact = form in dates._INSTANTS
    for text in (written, written.upper(), written.lower(), written.replace("05", "5", 1), written.replace(" ", "  ")):
        assert parse_timestamp(text) == Timestamp(expected, exact, not exact)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("26-FEB-1987 15:01:01.79F", 541350061.79),
        ("26-FEB-1987 15:01:01.79RM", 541350061.79),
        ("26-FEB-1987 15:01:01.79C G T M", 541350061.79),
        ("26-FEB-1987 05:01:01.79P", None),
        ("26-FEB-1987 05:01:01.79F P", None),
        ("26-FEB-1987 15:01:01.79FRANKFURT", None),
    ],
)
def test_initials_of_desks_behind_a_time(text: str, seconds: float | None) -> None:
    assert parse_timestamp(text) == (None if seconds is None else Timestamp(seconds, True, False))


def test_months_are_those_of_the_library() -> None:
    names = {datetime(2024, n, 1).strftime(form).lower(): n for n in range(1, 13) for form in ("%B", "%b")}
    assert month_numbers() == names


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("1714597200", "2024-05-01T21:00:00Z"),
        ("1714597200999", "2024-05-01T21:00:00Z"),
        ("20240501210000", "2024-05-01T21:00:00"),
        ("2024-05-01 21:00:00 UTC", "2024-05-01T21:00:00Z"),
        ("2024-05-01T9:00 gmt", "2024-05-01T09:00:00Z"),
        ("2024-05-01T21:00:00.123+02", "2024-05-01T21:00:00+02:00"),
        ("2024-05-01, some words", "2024-05-01"),
        ("2024-05-017", "2024-05-017"),
        ("May 1, 2024", "May 1, 2024"),
    ],
)
def test_loose_spellings_of_pages(text: str, repaired: str) -> None:
    assert repair_iso(text) == repaired


@pytest.mark.parametrize(
    "text",
    [
        "May 1, 2024", "1 May 2024", "1st of May 2024", "Published: 2024-05-01", "1.5.2024",
        "1. Mai 2024", "1 mai 2024", "1 mei 2024", "1 Mayıs 2024", "mercredi 1 mai 2024", "1 de mayo de 2024",
    ],
)  # fmt: skip
def test_days_of_pages_in_many_languages(text: str) -> None:
    date = parse_page_date(text, "stated")
    assert date is not None
    assert (date.text, date.timestamp) == ("2024-05-01", Timestamp(at(2024, 5, 1), exact=False))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Mittwoch, 1. Mai 2024, 09:30 Uhr", "2024-05-01T09:30:00"),
        ("Publicado em 01/05/2024 às 10h20", "2024-05-01T10:20:00"),
        ("13/05/2024 10:20", "2024-05-13T10:20:00"),
        ("05/13/2024", "2024-05-13"),
        ("Wed May 01 2024 23:05:46 GMT-0400 (Eastern Daylight Time)", "2024-05-02T03:05:46Z"),
        ("Wed May 1 19:20:36 CEST 2024", "2024-05-01T17:20:36Z"),
        ("२०२४-०५-०१T10:20:00Z", "2024-05-01T10:20:00Z"),
    ],
)
def test_times_of_pages(text: str, iso: str) -> None:
    date = parse_page_date(text, "stated")
    assert date is not None
    assert date.text == iso


@pytest.mark.parametrize(
    "text", ["03/04/2021", "03-04-2021", "3/4/2021", "Published: 03/04/2021", "03/04/2021 10:20", "by Jo 03/04/2021"]
)
def test_a_date_of_a_page_that_can_mean_two_days_is_as_printed(text: str) -> None:
    date = parse_page_date(text, "stated")
    assert date is not None
    assert (date.text in text, date.timestamp) == (True, None)
    days = {parse_timestamp(date.text, order=order).seconds // DAY * DAY for order in ("dmy", "mdy")}  # type: ignore[union-attr]
    assert days == {at(2021, 4, 3), at(2021, 3, 4)}
    # One of the two days lies after the download.
    sure = parse_page_date(text, "stated", at(2021, 3, 10))
    assert sure is not None
    assert sure.text[:10] == "2021-03-04"
    assert parse_page_date(text, "stated", at(2019, 1, 1)) is None


@pytest.mark.parametrize(
    "value", [datetime(2024, 5, 1, 21), datetime(2024, 5, 1, 21, tzinfo=UTC), 1714597200, 20240501]
)
def test_values_of_other_types_become_texts_that_parse(value: object) -> None:
    timestamp = parse_timestamp(iso_text(value))
    assert timestamp is not None
    assert timestamp.seconds in (at(2024, 5, 1, 21), at(2024, 5, 1))


@pytest.mark.parametrize("language", PRINTED)
def test_dates_as_sites_print_them(language: str) -> None:
    for text, meaning in PRINTED[language]:
        timestamp = parse_timestamp(text)
        if meaning is None:
            assert timestamp is None, text
            continue
        assert timestamp is not None, text
        moment = datetime.fromisoformat(meaning)
        expected = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        is_day = len(meaning) == 10
        assert timestamp.seconds // 60 * 60 == expected.timestamp(), text
        assert timestamp.exact is not is_day, text
        assert is_day or timestamp.has_zone is (moment.tzinfo is not None), text


#: Forms in which any moment can be printed, the numbers in the order of the language.
FORMS = (
    "{d:02}/{m:02}/{y} {h:02}h{i:02}", "{d}/{m}/{y} às {h}h{i:02}", "Publicado em {d:02}/{m:02}/{y} às {h:02}:{i:02}",
    "Publié le {d:02}/{m:02}/{y} à {h:02}:{i:02}", "{d:02}.{m:02}.{y}, {h:02}.{i:02} Uhr", "{d}.{m}.{y} klo {h}.{i:02}",
    "{d}. {m}. {y} v {h}.{i:02} hod.", "{d:02}-{m:02}-{y}, godz. {h:02}.{i:02}", "{d:02}/{m:02}/{y} saat {h:02}:{i:02}",
    "{d:02}/{m:02}/{y} lúc {h:02}:{i:02}", "{d:02}/{m:02}/{y} kl. {h:02}.{i:02}",
    "{d:02}/{m:02}/{y}, ora {h:02}:{i:02}",
    "{y}年{m}月{d}日 {h}時{i:02}分", "{y}. {m:02}. {d:02}. {h:02}:{i:02}", "{h:02}:{i:02} ngày {d:02}/{m:02}/{y}",
    "{y}년 {m}월 {d}일 {h}시 {i:02}분", "{h:02}:{i:02}, {d:02}.{m:02}.{y}",
    "{d:02}/{m:02}/{y} pukul {h:02}.{i:02}", "{d:02}.{m:02}.{y} в {h:02}:{i:02}",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.datetimes(datetime(1995, 1, 1), datetime(2029, 12, 31)), st.sampled_from(FORMS))
def test_every_moment_in_every_form(moment: datetime, form: str) -> None:
    moment = moment.replace(second=0, microsecond=0)
    text = form.format(y=moment.year, m=moment.month, d=moment.day, h=moment.hour, i=moment.minute)
    for printed in (text, text.upper(), f" {text} ", text.translate({48 + n: 0x660 + n for n in range(10)})):
        assert parse_timestamp(printed) == Timestamp(moment.replace(tzinfo=UTC).timestamp(), True, False), printed


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1990, 3, 21), date(2029, 12, 31)))
def test_days_of_the_solar_hijri_calendar(day: date) -> None:
    year = day.year - 621 - (day < calendars.from_solar_hijri(day.year - 621, 1, 1))
    length = [31] * 6 + [30] * 5 + [30]
    elapsed = (day - calendars.from_solar_hijri(year, 1, 1)).days
    month = next(n for n in range(12) if elapsed < sum(length[: n + 1]))
    text = f"{year}/{month + 1:02}/{elapsed - sum(length[:month]) + 1:02}"
    assert parse_timestamp(text) == parse_timestamp(text.replace("/", "-")) == parse_timestamp(day.isoformat())
    for clock in ("10:20", "10:20:00"):
        assert parse_timestamp(f"{text} {clock}") == parse_timestamp(f"{day.isoformat()} 10:20")
