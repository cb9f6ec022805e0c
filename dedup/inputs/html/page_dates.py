"""Find the dates on which a page was published and changed, each with its certainty.

| certainty | where it stands |
|---|---|
| `stated` | in the page's own JSON-LD, or in metadata that means nothing else |
| `marked` | an element of the page is marked as the date |
| `url` | the day is part of the address |
| `guessed` | htmldate found a date in the page that looks like it |

A date of numbers that can mean two days (03/04/2021) stays as it is printed, as in every other input
(`dedup.inputs.date_order`), if the page has no other that is sure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from typing import Any

from dedup.inputs.dates import DAY, Timestamp, month_numbers, parse_timestamp, repair_iso
from dedup.inputs.html.head import Head
from dedup.settings import DATE_ORDERS

#: Names of metadata that state when an article was published, the surest first.
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article:published",
    "article.published", "publishdate", "publish-date", "publish_date", "published_date", "published-date", "published",
    "publication_date", "publication-date", "pubdate", "parsely-pub-date", "sailthru.date", "ptime", "pdate", "utime",
    "cxenseparse:recs:publishtime", "bt:pubdate", "rnews:datepublished", "dc.date.issued", "dcterms.issued",
    "dc.issued", "dcterms.created", "dc.date.created", "dc.created", "datecreated", "article_date_original",
    "originalpublicationdate", "displaydate", "article:post_date", "dc.date", "dcterms.date", "date", "citation_date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "og:modified_time", "datemodified",
    "article:modified", "dcterms.modified", "dc.date.modified", "dc.modified", "lastmod", "last-modified",
    "last_updated_date", "revision_date", "revised", "lp", "modified", "utime",
)  # fmt: skip
#: Years of the web. A date before or after them is no date of a page.
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
#: Characters of the longest text that is read as a date.
_LONGEST = 100
#: Marks of elements that hold the date of publication, of a change, and of neither.
_PUBLICATION_MARKS = ("publish", "pubdate", "datecreated", "dateline", "posted", "entry-date")
_CHANGE_MARKS = ("modif", "updat")
#: Three numbers of which the first two can both be a month, the last a year.
_IN_DOUBT = re.compile(r"(?<![\d/-])(?:0?[1-9]|1[0-2]) ?([/-]) ?(?:0?[1-9]|1[0-2]) ?\1 ?(?:\d{4}|\d\d)(?![\d/-])")
_OTHER_MARKS = (*_CHANGE_MARKS, "comment", "relat")


@dataclass(frozen=True)
class PageDate:
    """A date of a page: ISO 8601 (a day where no more is known), its certainty, and the same as a timestamp.

    Of a date that can mean two days, `text` is as the page has it, and `timestamp` is None.
    """

    text: str
    certainty: str
    timestamp: Timestamp | None

    def is_near(self, other: PageDate | None) -> bool:
        """Whether two dates are less than two days apart; False without another."""
        if self.timestamp is None or other is None or other.timestamp is None:
            return False
        return abs(self.timestamp.seconds - other.timestamp.seconds) < 2 * DAY


def publication_date(
    head: Head, article: Mapping[str, Any] | None, urls: list[str], tree: Any, capture_time: float | None
) -> PageDate | None:
    """Find the date of publication.

    article: the page's own object in JSON-LD. urls: addresses of the page. tree: the page (lxml). capture_time: seconds
    since 1970 at which the page was downloaded, which no date on it can be later than by more than a day.
    """
    url_date = next(_dates(_in_urls(urls), "url", capture_time), None)
    stated = chain(_in_json(article, ("datePublished", "dateCreated", "uploadDate")), _in_meta(head, _PUBLISHED))
    from_metadata, in_doubt = _apart(_dates(stated, "stated", capture_time))
    if from_metadata:
        # Of dates that are days apart, the address decides. Else the surest place.
        best = next((date for date in from_metadata if date.is_near(url_date)), from_metadata[0])
        return _with_time(best, from_metadata)
    from_marks, more_in_doubt = _apart(_dates(_publication_marks(head), "marked", capture_time))
    if from_marks:
        return next((date for date in from_marks if date.is_near(url_date)), from_marks[0])
    if url_date is not None:
        return url_date
    date = next(iter(in_doubt + more_in_doubt), None) or _by_htmldate(tree, urls, capture_time)
    if date is None or date.timestamp is not None:
        return date
    return _before_change(date, modification_date(head, article, None, capture_time))


def modification_date(
    head: Head, article: Mapping[str, Any] | None, publication: PageDate | None, capture_time: float | None
) -> PageDate | None:
    """Find the date of the last change, as `publication_date` does; a date before `publication` is none."""
    stated = _dates(chain(_in_json(article, ("dateModified",)), _in_meta(head, _MODIFIED)), "stated", capture_time)
    dates = chain(stated, _dates(_by_marks(head, _CHANGE_MARKS), "marked", capture_time))
    first = publication.timestamp if publication is not None else None
    for date in dates:
        if date.timestamp is None:
            continue  # in doubt
        if first is None:
            return date
        are_exact = date.timestamp.exact and first.exact and date.timestamp.has_zone == first.has_zone
        tolerance = 0 if are_exact else DAY
        if date.timestamp.seconds >= first.seconds - tolerance:
            return date
    return None


def _before_change(date: PageDate, change: PageDate | None) -> PageDate:
    """Return a date in doubt as the one day that it can mean if the page was changed at a time that is sure."""
    if change is None or change.timestamp is None:
        return date
    return parse_page_date(date.text, date.certainty, change.timestamp.seconds) or date


def _apart(dates: Iterable[PageDate]) -> tuple[list[PageDate], list[PageDate]]:
    """Return the dates that are sure, and those in doubt."""
    sure: list[PageDate] = []
    in_doubt: list[PageDate] = []
    for date in dates:
        (in_doubt if date.timestamp is None else sure).append(date)
    return sure, in_doubt


def parse_page_date(value: Any, certainty: str, capture_time: float | None = None) -> PageDate | None:
    """Parse a value from a page (text or an epoch); None unless it is a date that a page can have.

    Of two days that numbers can mean, one may lie after the download; then the other is sure.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        value = str(int(value))
    if not isinstance(value, str) or not (text := value.strip()) or len(text) > _LONGEST:
        return None
    text = repair_iso(text)
    timestamp = parse_timestamp(text, any_language=False)
    if timestamp is None:
        timestamp = parse_timestamp(text)
    if timestamp is None and (numbers := _IN_DOUBT.search(text)):
        readings = {order: parse_timestamp(text, order=order) for order in DATE_ORDERS}
        if not any(readings.values()):
            text = numbers[0]
            readings = {order: parse_timestamp(text, order=order) for order in DATE_ORDERS}
        possible = {reading for reading in readings.values() if _is_possible(reading, capture_time)}
        if len(possible) != 1:
            return PageDate(text, certainty, None) if possible else None
        timestamp = possible.pop()
    elif timestamp is None:
        text = _day_by_htmldate(text) or text
        timestamp = parse_timestamp(text, any_language=False)
    if timestamp is None or not _is_possible(timestamp, capture_time):
        return None
    if not timestamp.exact:
        text = datetime.fromtimestamp(timestamp.seconds, UTC).date().isoformat()
    elif not re.match(r"\d{4}-\d\d-\d\dT", text, re.ASCII):
        moment = datetime.fromtimestamp(timestamp.seconds, UTC).replace(tzinfo=None)
        text = moment.isoformat() + ("Z" if timestamp.has_zone else "")
    return PageDate(text, certainty, timestamp)


def _is_possible(timestamp: Timestamp | None, capture_time: float | None) -> bool:
    """Return whether a page can have a date: of the years of the web, and not after its download."""
    if timestamp is None or not _FIRST.timestamp() <= timestamp.seconds < _LAST.timestamp():
        return False
    return capture_time is None or timestamp.seconds <= capture_time + DAY


def _day_by_htmldate(text: str) -> str | None:
    """Parse a day in any common spelling or language with htmldate."""
    # Without a year the parser would count from today, and the same page give another day tomorrow.
    if not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text):
        return None
    from htmldate.extractors import custom_parse

    try:
        return custom_parse(text, "%Y-%m-%d", _FIRST.replace(tzinfo=None), _LAST.replace(tzinfo=None))
    except (ValueError, OverflowError):
        return None


def _dates(values: Iterable[Any], certainty: str, capture_time: float | None) -> Iterator[PageDate]:
    """Yield the dates among some values."""
    return filter(None, (parse_page_date(value, certainty, capture_time) for value in values))


def _in_json(article: Mapping[str, Any] | None, names: tuple[str, ...]) -> Iterator[Any]:
    for name in names:
        values = article.get(name) if article else None
        yield from values if isinstance(values, list) else [values]


def _in_meta(head: Head, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield from head.meta.get(name, ())[:3]


def _by_marks(head: Head, marks: tuple[str, ...]) -> Iterator[str]:
    """Yield the values of the elements that carry one of these marks."""
    return (value or text for value, mark, text in head.times if any(name in mark for name in marks))


def _publication_marks(head: Head) -> Iterator[str]:
    """Yield the values of elements marked as publication, then of the first bare `time` of a page."""
    yield from _by_marks(head, _PUBLICATION_MARKS)
    marks = (*_PUBLICATION_MARKS, *_OTHER_MARKS)
    yield from islice((value for value, mark, _ in head.times if value and not any(name in mark for name in marks)), 1)


def _with_time(date: PageDate, others: list[PageDate]) -> PageDate:
    """Another date of the same day that has a time of day, where `date` has none."""
    if _is_exact(date):
        return date
    return next((other for other in others if _is_exact(other) and other.text[:10] == date.text), date)


def _is_exact(date: PageDate) -> bool:
    return date.timestamp is not None and date.timestamp.exact


@cache
def _in_url() -> re.Pattern[str]:
    """Compile a day that is part of an address: /2017/10/13/, /2017/oct/13/, -20171013-."""
    months = "|".join(sorted(name for name in month_numbers() if len(name) == 3))
    return re.compile(
        rf"[/_-](?P<year>199\d|20\d\d)(?P<separator>[/_-]?)(?P<month>0?[1-9]|1[0-2]|{months})"
        r"(?P=separator)(?P<day>0?[1-9]|[12]\d|3[01])(?=[/_.-]|$|[a-z])",
        re.IGNORECASE,
    )


def _in_urls(urls: list[str]) -> Iterator[str]:
    """Yield the day in each address that has one."""
    for match in filter(None, map(_in_url().search, urls)):
        if match["separator"] or len(match["month"]) + len(match["day"]) >= 4:
            month = month_numbers().get(match["month"].lower()) or int(match["month"])
            yield f"{match['year']}-{month:02d}-{int(match['day']):02d}"


def _by_htmldate(tree: Any, urls: list[str], capture_time: float | None) -> PageDate | None:
    """Search the page with htmldate. The upper limit is fixed, not today: the same page must give the same result."""
    from htmldate import find_date

    last = datetime.fromtimestamp(capture_time + DAY, UTC) if capture_time is not None else _LAST
    try:
        day = find_date(
            tree, extensive_search=False, original_date=True, url=urls[0] if urls else None,
            min_date=_FIRST.date().isoformat(), max_date=last.date().isoformat(),
        )  # fmt: skip
    except Exception:  # its bugs on odd pages are no reason to lose the page
        return None
    date = parse_page_date(day, "guessed", capture_time)
    return date if date is None else _as_printed(date, tree, capture_time)


def _as_printed(date: PageDate, tree: Any, capture_time: float | None) -> PageDate:
    """Return a day that htmldate found as the page has it if that can mean two days: htmldate takes the day first.

    Where the page has the same day in another form too, it is sure.
    """
    from lxml import etree

    year, month, day = map(int, date.text[:10].split("-"))
    if day > 12 or day == month:
        return date
    printed = re.compile(rf"(?<![\d/-])0?{day} ?([/-]) ?0?{month} ?\1 ?(?:{year}|{year % 100:02})(?![\d/-])")
    source = etree.tostring(tree, encoding="unicode")
    if not (numbers := printed.search(source)) or re.search(rf"{year}([-/]?){month:02}\1{day:02}", source):
        return date
    lines = [line for text in tree.itertext() if len(line := text.strip()) <= _LONGEST and str(year) in line]
    dates = [line_date for line in lines if (line_date := parse_page_date(line, date.certainty, capture_time))]
    same = [line_date for line_date in dates if line_date.text[:10] == date.text[:10]]
    in_doubt = [line_date for line_date in dates if line_date.timestamp is None and printed.search(line_date.text)]
    return next(iter(same or in_doubt), PageDate(numbers[0], date.certainty, None))
