"""Dates of numbers that can mean two days, and the setting that decides."""

from __future__ import annotations

import json
import random
import re
from datetime import date
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.errors import UsageError
from dedup.inputs.date_order import _NUMBERS, DateCounts, _with_numbers, in_order, sentence
from dedup.inputs.date_signs import doubt_kernel
from dedup.inputs.dates import parse_timestamp
from dedup.inputs.text_buffers import text_buffers
from dedup.settings import DATE_ORDERS, Settings


@pytest.mark.parametrize(
    ("text", "dmy", "mdy", "ymd"),
    [
        ("12/06/2017", "2017-06-12", "2017-12-06", None),
        ("12-06-2017 10:20", "2017-06-12T10:20:00", "2017-12-06T10:20:00", None),
        ("06/12/2017 10:20 PM", "2017-12-06T22:20:00", "2017-06-12T22:20:00", None),
        ("12/06/2017 10:20 UTC", "2017-06-12T10:20:00Z", "2017-12-06T10:20:00Z", None),
        ("Posted: 12/06/2017, 10:20", "2017-06-12T10:20:00", "2017-12-06T10:20:00", None),
        ("28/2/18", "2018-02-28", "2018-02-28", "2028-02-18"),
        ("17/06/12", "2012-06-17", "2012-06-17", "2017-06-12"),
        ("12.06.17", "2017-06-12", "2017-12-06", "2012-06-17"),
        ("31/02/2017", None, None, None),
        ("31/02/18", None, None, "2031-02-18"),
        ("12/06/97", "1997-06-12", "1997-12-06", None),
    ],
)
def test_the_setting_decides_what_is_in_doubt(text: str, dmy: str | None, mdy: str | None, ymd: str | None) -> None:
    assert parse_timestamp(text) is None
    for order, expected in (("dmy", dmy), ("mdy", mdy), ("ymd", ymd)):
        assert in_order(text, order) == (expected or text)


@pytest.mark.parametrize(
    "text",
    [
        "13/06/2017", "06/13/2017", "05/05/2017", "12.06.2017", "2017/06/12", "2017-06-12T10:20", "12/06/2017 às 10h20",
        "12 June 2017", "lundi 12/06/2017", "2017年6月12日", "no date",
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", DATE_ORDERS)
def test_the_setting_changes_no_other_date(text: str, order: str) -> None:
    assert parse_timestamp(text, order=order) == parse_timestamp(text)
    assert in_order(text, order) == text


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2030, 12, 31)))
def test_a_date_is_read_or_in_doubt_and_never_another_one(day: date) -> None:
    midnight = parse_timestamp(day.isoformat())
    for form, order in (("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy"), ("%d-%m-%Y", "dmy")):
        text = day.strftime(form)
        in_doubt = day.day <= 12 and day.day != day.month
        assert parse_timestamp(text) == (None if in_doubt else midnight)
        assert parse_timestamp(text, order=order) == midnight


def column(texts: list[str | None]) -> pa.Array:
    return pa.array(texts, pa.large_string())


TEXTS = st.lists(
    st.sampled_from([None, "12/06/2017", "01/02/2017 11:34", "13/06/2017", "06/13/2017", "2017-06-12", "x", "1.2.17"]),
    max_size=20,
)


@settings(max_examples=50)
@given(TEXTS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_counts_depend_on_no_order_and_no_batches(texts: list[str | None], chance: random.Random, size: int) -> None:
    whole, parts = DateCounts(), DateCounts()
    whole.observe(column(texts))
    chance.shuffle(texts)
    for first in range(0, len(texts), size):
        parts.observe(column(texts[first : first + size]))
    assert whole == parts
    assert whole.in_doubt == sum(texts.count(text) for text in ("12/06/2017", "01/02/2017 11:34", "1.2.17"))
    assert (whole.day_first, whole.month_first) == (texts.count("13/06/2017"), texts.count("06/13/2017"))


@pytest.mark.parametrize(
    ("counts", "order", "said"),
    [
        ((3, 5, 0), None, "5 others with the day, as a number above 12 shows; if all are so, add --date-order dmy"),
        ((3, 0, 5), None, "5 others with the month, as a number above 12 shows; if all are so, add --date-order mdy"),
        ((3, 2, 5), None, "2 others with the day and 5 others with the month. To read them, add --date-order dmy or"),
        ((3, 0, 0), None, "unknown. To read them, add --date-order dmy or --date-order mdy"),
        ((0, 2, 5), "mdy", "2 dates begin with the day, as a number above 12 shows, but --date-order mdy was given"),
        ((0, 2, 0), "dmy", None),
        ((0, 2, 5), None, None),
        ((0, 0, 0), None, None),
    ],
)
def test_the_user_is_told_which_order_the_others_show(
    counts: tuple[int, int, int], order: str | None, said: str | None
) -> None:
    found = sentence(DateCounts(*counts, example="12/06/2017").as_dict(), order, articles=100)
    assert found is None if said is None else said in str(found)
    assert sentence(DateCounts(*counts).as_dict(), order, articles=1_000_000) is None or order is not None


def articles() -> list[dict[str, str]]:
    words = [f"w{n}" for n in range(300)]
    dates = ("12/06/2017 10:20", "13/06/2017 09:00", "11/06/2017", "2017-06-12T12:00", "12/06/2017 às 11h34", "5/6/17")
    return [
        {"id": f"a{n}", "published": date, "text": " ".join([f"x{n}", *words[:200]])} for n, date in enumerate(dates)
    ]


def published_in(result: Any) -> dict[str, str | None]:
    return {member.id: member.published for cluster in result.clusters for member in cluster.members}


@pytest.mark.parametrize("order", [None, "dmy", "mdy"])
def test_scan_and_index_agree_whatever_the_order_of_articles(order: str | None) -> None:
    records = articles()
    with dedup.scan(records, date_order=order) as result:
        expected, counts = published_in(result), result.summary["dates"]
        members = [[member.id for member in cluster.members] for cluster in result.clusters]
    assert (
        expected["a0"] == {None: "12/06/2017 10:20", "dmy": "2017-06-12T10:20:00", "mdy": "2017-12-06T10:20:00"}[order]
    )
    assert expected["a5"] == {None: "5/6/17", "dmy": "2017-06-05", "mdy": "2017-05-06"}[order]
    assert counts["in_doubt"] == (3 if order is None else 0)
    assert len(expected) == len(records)
    with dedup.scan(records[::-1], date_order=order) as result:
        assert published_in(result) == expected
        assert [[member.id for member in cluster.members] for cluster in result.clusters] == members
    with dedup.Index(date_order=order) as index:
        for record in records[::-1]:
            index.add(record)
        one_by_one = {article.id: article.published for article in index.articles()}
    with dedup.Index(date_order=order) as index:
        index.add_many(records)
        assert {article.id: article.published for article in index.articles()} == one_by_one
    assert one_by_one == expected


def test_an_index_keeps_its_order(tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    with dedup.Index(path, date_order="dmy") as index:
        index.add(articles()[0])
    with dedup.Index(path) as index:
        index.add(articles()[2])
        assert [article.published for article in index.articles()] == ["2017-06-12T10:20:00", "2017-06-11"]
    with pytest.raises(UsageError, match="date_order"):
        dedup.Index(path, date_order="mdy")


def test_a_wrong_order_is_told() -> None:
    with pytest.raises(UsageError, match="date_order must be dmy, mdy, ymd, not 'dym'"):
        Settings(date_order="dym")
    assert Settings(date_order="dmy").fingerprint() != Settings().fingerprint()


def test_the_commands_take_the_option_and_tell_of_doubt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from dedup.cli import index, scan

    def run(command: click.Command, *arguments: str) -> Any:
        return command.main([*arguments], standalone_mode=False)

    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in articles()))
    out = tmp_path / "out"
    for options, said in (([], True), (["--date-order", "dmy"], False)):
        assert run(scan.command, str(file), "--out", str(out), "--no-html", *options) == 0
        printed = " ".join(capsys.readouterr().out.split())
        assert ("3 dates such as" in printed) is said
        assert ("add --date-order dmy" in printed) is said
        assert run(index.command, "add", str(tmp_path / f"{said}.db"), str(file), *options) == 0
        assert ("3 dates such as" in capsys.readouterr().out) is said
    with pytest.raises(click.UsageError, match="'dym' is not one of 'dmy', 'mdy', 'ymd'"):
        run(scan.command, str(file), "--out", str(out), "--date-order", "dym")


PRINTED = ["2017-06-12", "2017-06-12T10:20:00Z", "12/06/2017", "", "2017/06/12", "2017-06-12 3/4/2018"]


@given(
    st.lists(st.one_of(st.none(), st.sampled_from(PRINTED), st.text("0123456789-/. ", max_size=14)), max_size=6),
)
def test_a_date_of_numbers_is_seen_whatever_stands_beside_it(texts: list[str | None]) -> None:
    column = pa.array(texts, pa.large_string())
    expected = [text for text in texts if text and next(_with_numbers(pa.array([text, "x"], pa.large_string())), None)]
    assert list(_with_numbers(column)) == expected


@given(st.lists(st.text("01９٣२-/.: xé", max_size=16), min_size=1, max_size=6))
def test_no_date_of_numbers_is_overlooked(texts: list[str]) -> None:
    column = pa.array(texts, pa.large_string())
    may_have = doubt_kernel(*text_buffers(column))
    for text, has_numbers, seen in zip(texts, pc.match_substring_regex(column, _NUMBERS), may_have, strict=True):
        assert seen or not has_numbers.as_py() or re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
