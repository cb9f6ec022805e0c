"""Find the member of a cluster that was published first, if the times of the members show it.

A time is an interval: a date without a time is a day wide, in any zone of the earth; a time without a zone may be off
by the width of the zones. A member was first only if its interval ends before all others begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dedup.inputs.dates import Timestamp

#: Seconds of a day, and of the zones before and after UTC.
DAY, EAST, WEST = 24 * 3600.0, 14 * 3600.0, 12 * 3600.0
#: Seconds; a longer lead is a wrong date more often than a first publication.
PLAUSIBLE = 14 * DAY


def interval(seconds: Any, exact: Any, zoned: Any) -> tuple[Any, Any]:
    """Return the earliest and latest second of a time, or of columns (n,) of times."""
    is_instant = exact & zoned
    return seconds - EAST * (1 - is_instant), seconds + DAY * (1 - exact) + WEST * (1 - is_instant)


def first_publisher(times: Sequence[tuple[Timestamp | None, str | None]]) -> tuple[int, float] | None:
    """Return which (time, host) was first, and its lead in seconds over all other hosts; None if none is certain."""
    spans = sorted(
        (*interval(when.seconds, when.exact, when.has_zone), i) for i, (when, _) in enumerate(times) if when is not None
    )
    if len(spans) < 2:
        return None
    _, end, first = spans[0]
    host = times[first][1]
    others = [start for start, _, i in spans[1:] if times[i][1] != host]
    if not others or host is None or not 0 < others[0] - end <= PLAUSIBLE:
        return None
    return first, others[0] - end


def earliest(seconds: Iterable[float]) -> float | None:
    """Return the earliest plausible of ascending times: a time far before all others is a wrong date."""
    before = None
    for second in seconds:
        if before is not None and second - before <= PLAUSIBLE:
            break
        before = second
    return before
