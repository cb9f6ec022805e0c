"""What a published field says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.inputs.dates import When, parse


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
    found = parse(text)
    assert found is not None
    assert (found.seconds, found.exact) == (seconds, True)


@pytest.mark.parametrize(
    ("text", "zoned"),
    [
        ("2024-03-05T10:20:30Z", True),
        ("2024-03-05T10:20:30+02:00", True),
        ("Tue, 05 Mar 2024 10:20:30 GMT", True),
        ("2024-03-05T10:20:30", False),
        ("March 5, 2024 10:20 PM", False),
    ],
)
def test_a_time_without_a_zone_says_so(text: str, zoned: bool) -> None:
    assert parse(text) == When(parse(text).seconds, True, zoned)  # type: ignore[union-attr]


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
    assert parse(text) == When(at(2024, 3, 5), exact=False)


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "yesterday", "2 hours ago", "2024-13-05", "20241305", "2024-02-30", "2024-03-05T25:00:00", "0",
     "nan", "99999999999999999999", "\0", "5", "12:30"],
)  # fmt: skip
def test_no_date(text: str | None) -> None:
    assert parse(text) is None


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=30), st.from_regex(r"[0-9TZ:+\-/., A-Za-z]{1,30}", fullmatch=True)))
def test_nothing_raises(text: str) -> None:
    found = parse(text)
    assert found is None or (found.seconds == found.seconds and isinstance(found.exact, bool))


@settings(max_examples=100)
@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_iso_round_trip(moment: datetime) -> None:
    found = parse(moment.isoformat())
    # Offsets with seconds (before 1900) or far ends of the calendar may be no instant for Python itself.
    assert found is None or found == When(moment.timestamp(), exact=True)
