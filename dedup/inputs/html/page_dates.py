"""When a page was published and changed, and how sure that is.

| certainty | where it stands |
|---|---|
| `stated` | in the page's own JSON-LD, or in metadata that means nothing else |
| `marked` | an element of the page is marked as the date |
| `url` | the day is part of the address |
| `guessed` | htmldate found a date in the page that looks like it |
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dedup.inputs.dates import parse
from dedup.inputs.html.head import Head

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
#: Days of the web. What lies before or after is no date of a page.
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_DAY = 86_400
_IN_URL = re.compile(
    r"[/_-](?P<year>199\d|20\d\d)(?P<cut>[/_-]?)(?P<month>0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?P=cut)(?P<day>0?[1-9]|[12]\d|3[01])(?=[/_.-]|$|[a-z])",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d\d?:\d\d(?::\d\d)?)(\.\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Moment:
    """A time as ISO 8601, a day where no more is known, and its certainty."""

    value: str
    certainty: str
    seconds: float
    exact: bool


def published(
    head: Head, own: Mapping[str, Any] | None, urls: list[str], tree: Any, before: float | None
) -> Moment | None:
    """When the page says it was published; `before`: when it was taken, which nothing on it can be later than."""
    by_url = _of_urls(urls, before)
    stated = [
        *_in_json(own, ("datePublished", "dateCreated", "uploadDate"), before),
        *_in_meta(head, _PUBLISHED, before),
    ]
    if stated:
        # Two that contradict each other by days: the address says which. Else the surest place.
        agreeing = [one for one in stated if by_url and abs(one.seconds - by_url.seconds) < 2 * _DAY]
        best = (agreeing or stated)[0]
        return _finer(best, stated)
    marked = list(_marked(head, before))
    if marked:
        return next((one for one in marked if by_url and abs(one.seconds - by_url.seconds) < 2 * _DAY), marked[0])
    return by_url or _guess(tree, urls, before)


def modified(head: Head, own: Mapping[str, Any] | None, first: Moment | None, before: float | None) -> Moment | None:
    """When the page says it was changed last; not where that lies before its publication."""
    said = [
        *_in_json(own, ("dateModified",), before),
        *_in_meta(head, _MODIFIED, before),
        *_marked(head, before, "modif", "updat"),
    ]
    for one in said:
        if first is None or one.seconds >= first.seconds - (0 if one.exact and first.exact else _DAY):
            return one
    return None


def seconds(value: str | None) -> float | None:
    """A time as seconds since 1970."""
    found = parse(value)
    return found.seconds if found else None


def moment(value: Any, certainty: str, before: float | None = None) -> Moment | None:
    """A value from a page as a time, if it is one and lies where a page's date can lie."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        value = str(int(value))
    if not isinstance(value, str) or not (text := value.strip()) or len(text) > 100:
        return None
    text = _spelled(text)
    found = parse(text)
    if found is None:
        day = _day_of(text)
        found = parse(day) if day else None
        text = day or text
    if found is None or not _FIRST.timestamp() <= found.seconds < _LAST.timestamp():
        return None
    if before is not None and found.seconds > before + _DAY:
        return None
    if not found.exact:
        text = datetime.fromtimestamp(found.seconds, UTC).date().isoformat()
    elif not re.match(r"\d{4}-\d\d-\d\dT", text):
        text = datetime.fromtimestamp(found.seconds, UTC).isoformat().replace("+00:00", "Z")
    return Moment(text, certainty, found.seconds, found.exact)


def _spelled(text: str) -> str:
    """ISO 8601 as our readers of dates know it, from its looser spellings; epochs as ISO."""
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat().replace("+00:00", "Z")
    if re.fullmatch(r"(?:19|20)\d{12}", text):
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}"
    found = _ISO.match(text)
    if found is None:
        return text
    day, clock, _, zone = found.groups()
    if clock is None:
        return day if len(text) == len(day) or not text[len(day)].isdigit() else text
    clock = clock if clock[2] == ":" else "0" + clock
    zone = (zone or "").upper()
    zone = "Z" if zone in ("UTC", "GMT") else zone if len(zone) != 3 else zone + ":00"
    return f"{day}T{clock if len(clock) == 8 else clock + ':00'}{zone}"


def _day_of(text: str) -> str | None:
    """The day in a text that is a date in any common spelling or language, by htmldate's parser."""
    # Without a year the parser would count from today, and the same page give another day tomorrow.
    if not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text):
        return None
    from htmldate.extractors import custom_parse

    try:
        return custom_parse(text, "%Y-%m-%d", _FIRST.replace(tzinfo=None), _LAST.replace(tzinfo=None))
    except (ValueError, OverflowError):
        return None


def _in_json(own: Mapping[str, Any] | None, names: tuple[str, ...], before: float | None) -> Iterator[Moment]:
    for name in names:
        value = own.get(name) if own else None
        for one in value if isinstance(value, list) else [value]:
            if found := moment(one, "stated", before):
                yield found


def _in_meta(head: Head, names: tuple[str, ...], before: float | None) -> Iterator[Moment]:
    for name in names:
        for value in head.meta.get(name, ())[:3]:
            if found := moment(value, "stated", before):
                yield found


def _marked(head: Head, before: float | None, *marks: str) -> Iterator[Moment]:
    """Dates of marked elements: of publication, or with `marks` of what these stand for. An element that is marked as
    such goes before a bare `time`, of which a page may have many; of those only the first counts."""
    wanted = marks or ("publish", "pubdate", "datecreated", "dateline", "posted", "entry-date")
    bare: list[tuple[str, str]] = []
    for value, mark, text in head.times:
        if any(name in mark for name in wanted):
            if found := moment(value or text, "marked", before):
                yield found
        elif not marks and value and not any(name in mark for name in ("modif", "updat", "comment", "relat")):
            bare.append((value, text))
    if bare and not marks and (found := moment(bare[0][0], "marked", before)):
        yield found


def _finer(best: Moment, others: list[Moment]) -> Moment:
    """The time of day from another place that states the same day, where the best has none."""
    if best.exact:
        return best
    return next((one for one in others if one.exact and one.value[:10] == best.value), best)


def _of_urls(urls: list[str], before: float | None) -> Moment | None:
    for url in urls:
        found = _IN_URL.search(url)
        if found is None or (found["cut"] == "" and len(found["month"]) + len(found["day"]) < 4):
            continue
        month = found["month"].lower()
        number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
        if one := moment(f"{found['year']}-{number:02d}-{int(found['day']):02d}", "url", before):
            return one
    return None


def _guess(tree: Any, urls: list[str], before: float | None) -> Moment | None:
    """htmldate's quick search. Its upper limit is fixed, not today, for the same page must give the same result."""
    from htmldate import find_date

    last = datetime.fromtimestamp(before + _DAY, UTC) if before is not None else _LAST
    try:
        found = find_date(
            tree, extensive_search=False, original_date=True, url=urls[0] if urls else None,
            min_date=_FIRST.date().isoformat(), max_date=last.date().isoformat(),
        )  # fmt: skip
    except Exception:  # its bugs on odd pages are no reason to lose the page
        return None
    return moment(found, "guessed", before)
